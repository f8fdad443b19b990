"""Designs are judged by all factors, and the shares of remedies add up."""

import numpy as np
import pytest

from defi_lib.economy import (
    DESIGN_CHOICES,
    MEASURES,
    REMEDIES,
    DesignOutcome,
    DesignScore,
    RemedyEffect,
    design_outcome,
    design_setting,
    judge_outcome,
    remedy_effects,
    score_design,
    summarise,
)

FATE = {"seeds": 12, "people": 400}
TODAY = score_design({}, **FATE)


def test_shapley_values_add_up_to_the_effect_of_all_in_each_seed():
    found = remedy_effects(3, 100, rounds=2)
    for measure in MEASURES:
        total = sum(found["Shapley", remedy, measure] for remedy in REMEDIES)
        np.testing.assert_allclose(total, found["effect", "all", measure], atol=1e-8)
        levels = found["level", "all", measure] - found["level", "none", measure]
        np.testing.assert_allclose(found["effect", "all", measure], levels, atol=1e-12)
        twin = found["level", "none", measure] - found["level", "twin", measure]
        np.testing.assert_allclose(found["gap", "none", measure], twin, atol=1e-12)


def test_what_a_remedy_gives_somebody_somebody_pays():
    found = remedy_effects(3, 100, rounds=1)
    for remedy in REMEDIES:
        for way in ("alone", "Shapley", "last"):
            moved = sum(v for (w, r, m), v in found.items() if (w, r) == (way, remedy) and m.startswith("to "))
            np.testing.assert_allclose(moved, 0, atol=1e-8)


def test_blocks_of_seeds_are_put_together():
    together = {row[:3]: row for row in summarise([remedy_effects(4, 60, rounds=1)])}
    apart = {row[:3]: row for row in summarise([remedy_effects(2, 60, first, rounds=1) for first in (0, 2)])}
    for key, row in together.items():
        assert apart[key].mean == pytest.approx(row.mean, abs=1e-9)
        assert apart[key].standard_error == pytest.approx(row.standard_error, abs=1e-9)


def test_an_effect_below_twice_its_error_is_none():
    assert not RemedyEffect("alone", "cover", "served", 0.0, 0.0).is_one
    assert not RemedyEffect("alone", "cover", "served", 1.9, 1.0).is_one
    assert RemedyEffect("alone", "cover", "served", -2.1, 1.0).is_one


def test_factors_lie_between_nothing_and_one_and_give_the_score():
    assert 0 < TODAY.score < 100 and 0 <= TODAY.spread <= 100
    for name in ("survive", "serve", "founders", "fair"):
        assert 0 <= getattr(TODAY, name) <= 1
    assert TODAY.serve == 1.0 and TODAY.founders == 1.0
    served = design_outcome({}, **FATE).served
    assert TODAY.worst_role == min(served, key=lambda role: served[role]) and "insider" not in served
    assert TODAY.fair == pytest.approx(np.clip(1 + (served[TODAY.worst_role] + 0.05) / 0.25, 0, 1))
    assert score_design({}, **FATE) == TODAY, "the same seeds give the same"
    assert TODAY.score != score_design({}, **FATE, first=500).score


def test_each_factor_by_hand():
    two = {"spread": [60.0, 70.0], "unpaid": [0.2, 0.21], "liquidity": [0.2, 1.0], "dry": [0.3, 0.0]}
    trade = {"traded": [90.0, 300.0], "traded_before": [100.0, 100.0]}
    arrays = {name: np.array(values) for name, values in (two | trade).items()}
    returns = {"holder": -0.15, "payer": 0.02}
    rest = {"returns": returns | {"insider": -0.5}, "left_out": np.array([0.45, 0.45])}
    outcome = DesignOutcome(**arrays, wages=100.0, insiders=-50.0, served=returns, **rest)
    score = judge_outcome(outcome)
    assert score[2:7] == pytest.approx((65.0, 0.5, 0.95, 0.75, 0.6)) and score.worst_role == "holder"
    assert score.score == pytest.approx(12.15) and score.standard_error == pytest.approx(12.15)
    for name, bad in (("liquidity", 0.19), ("dry", 0.31), ("unpaid", 0.21)):
        assert judge_outcome(outcome._replace(**{name: np.array([bad, bad])})).survive <= 0.5
    assert judge_outcome(outcome._replace(insiders=-200.0)).score == 0
    assert judge_outcome(outcome._replace(served={"holder": -0.3})).score == 0


def test_the_standard_error_knows_that_fairness_is_uncertain_too():
    """Scores of other seeds vary as the standard error says, which counts how the factors of all seeds vary."""
    found = [score_design({}, 12, 200, 1_000 + 12 * block) for block in range(30)]
    scattered = np.std([each.score for each in found], ddof=1)
    assert 0.6 < np.mean([each.standard_error for each in found]) / scattered < 1.6
    assert np.isnan(score_design({}, 1, 100).standard_error)


@pytest.mark.parametrize(
    ("design", "factor"),
    [
        ({"pool_fee": 0.05}, "serve"),
        ({"insider_tokens": 0.0, "airdrop": 0.5}, "founders"),
        ({"insider_tokens": 0.8, "emission": 0.05, "grants": 0.0}, "fair"),
    ],
)
def test_one_sided_designs_lose_by_their_own_factor(design, factor):
    score = score_design(design, **FATE)
    assert getattr(score, factor) < getattr(TODAY, factor)


@pytest.mark.parametrize(
    ("design", "words"),
    [
        ({"turnout": 0.5}, "name = 'turnout'"),
        ({"pool_fee": 0.5}, "pool_fee"),
        ({"pool_fee": float("nan")}, "pool_fee"),
        ({"pool_fee": np.array([0.1, 0.2])}, "pool_fee"),
        ({"remedies": ("magic",)}, "remedy = 'magic'"),
        ({"remedies": ("vesting", "vesting")}, "remedies"),
        ({"remedies": REMEDIES[:5]}, "remedies"),
        ({"insider_tokens": 0.8, "airdrop": 0.3}, "add up to"),
        ({"insider_tokens": 0.2, "remedies": ("more_airdrop",)}, "insider_tokens = 0.2"),
        ({"hurry": 1}, "hurry"),
        ({"reserve_factor": 1.0}, "reserve_factor"),
    ],
)
def test_designs_that_are_not_allowed_are_refused(design, words):
    with pytest.raises(ValueError, match=words):
        design_setting(design)


def test_a_design_changes_only_what_it_names():
    setting = design_setting({"airdrop": 0.2, "remedies": ["cover"]})
    assert setting["airdrop"] == 0.2 and setting["cover"] == 1.0 and setting["layer_2"] == 0.0
    assert set(setting.changes) == {"airdrop", "cover"} and "airdrop" in DESIGN_CHOICES
    assert isinstance(TODAY, DesignScore)
