"""What is told beside what happened: closed form against people drawn at random, and against quadrature."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.economy import VANISHING, sample_told, told_results

chances = st.floats(0.0, 1.0)


@pytest.mark.parametrize("vanish", VANISHING)
@pytest.mark.parametrize("spread", [0.3, 1.0, 2.0])
@pytest.mark.parametrize("vanished", [0.0, 0.2, 0.5, 0.9])
def test_closed_form_and_people_agree(vanish, spread, vanished):
    numbers = (spread, 0.6, 0.1, vanished, 0.05)
    exact = told_results(*numbers, vanish=vanish)
    drawn = [sample_told(20_000, np.random.default_rng(seed), *numbers, vanish=vanish) for seed in range(12)]
    for field in exact._fields:
        found = np.array([getattr(each, field) for each in drawn])
        error = found.std(ddof=1) / len(drawn) ** 0.5
        # Means of few: a t-quantile of one in ten thousand, and no error at all where nothing is random.
        assert abs(found.mean() - getattr(exact, field)) <= 5.5 * error + 1e-5, field


@settings(max_examples=40, deadline=None)
@given(st.floats(0.05, 2.0), chances, chances, st.floats(0.0, 0.9), st.floats(0.0, 0.5), st.sampled_from(VANISHING))
def test_closed_form_and_quadrature_agree(spread, winner, loser, vanished, fees, vanish):
    exact = told_results(spread, winner, loser, vanished, fees, vanish=vanish)
    z = np.linspace(-9.0, 9.0, 36_001)
    weight = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi) * (z[1] - z[0])
    result = (1 - fees) * np.exp(spread * z - spread**2 / 2)
    won, below = result >= 1, np.cumsum(weight)
    lost = weight[~won].sum()
    stays = {
        "worst": below > vanished,
        "losers": np.where(won, min((1 - vanished) / (1 - lost), 1), max(1 - vanished / max(lost, 1e-300), 0)),
        "anybody": np.full(z.size, 1 - vanished),
    }[vanish]
    tells = weight * stays * np.where(won, winner, loser)
    assert exact.told == pytest.approx(tells.sum(), abs=5e-4)
    if tells.sum() > 0.02:
        assert exact.told_mean == pytest.approx((tells * result).sum() / tells.sum(), rel=1e-2)
        assert exact.told_losing == pytest.approx(tells[~won].sum() / tells.sum(), abs=1e-2)
        middle = result[np.searchsorted(np.cumsum(tells), tells.sum() / 2)]
        # Between two bands the middle may jump: as much is told below it as above.
        near = np.abs(np.cumsum(tells) / tells.sum() - 0.5) < 1e-2
        assert result[near].min(initial=middle) * 0.99 <= exact.told_median <= result[near].max(initial=middle) * 1.01


@pytest.mark.parametrize("spread", [0.0, 0.3, 1.0, 2.0])
def test_placebo_all_tell_alike_and_none_vanishes(spread):
    for vanished, vanish in ((0.0, "worst"), (0.0, "losers"), (0.4, "anybody")):
        heard = told_results(spread, 0.3, 0.3, vanished, 0.02, vanish=vanish)
        assert heard.exaggeration == pytest.approx(1.0) and heard.told_median == pytest.approx(heard.median)
        assert heard.told_losing == pytest.approx(heard.losing)


def test_by_hand_with_one_table_of_the_normal():
    heard = told_results(1.0, 0.5, 0.1)  # a dollar is half a deviation above the middle
    assert heard.losing == pytest.approx(0.691462, abs=5e-7)
    assert heard.told == pytest.approx(0.1 * 0.691462 + 0.5 * 0.308538, abs=5e-7)
    assert heard.told_mean == pytest.approx((0.1 * 0.308538 + 0.5 * 0.691462) / 0.2234152, abs=5e-6)


def test_only_winners_tell_the_conditional_mean():
    # E[R | R ≥ 1] = Φ(σ/2)/Φ(−σ/2) for a fair game.
    assert told_results(1.0, 0.01, 0.0).exaggeration == pytest.approx(0.691462 / 0.308538, rel=1e-5)
    assert told_results(1.0, 1.0, 0.0).told_losing == 0.0


def test_without_spread_all_have_the_same_and_a_dollar_back_is_no_loss():
    even, short = told_results(0.0, 0.5, 0.1), told_results(0.0, 0.5, 0.1, 0.3, fees=0.05)
    assert (even.losing, even.told, even.told_mean, even.told_median) == (0.0, 0.5, 1.0, 1.0)
    assert (short.losing, short.told_losing) == (1.0, 1.0)
    assert (short.told_mean, short.told_median) == pytest.approx((0.95, 0.95))
    assert short.told == pytest.approx(0.07)


def test_where_nobody_tells_there_is_nothing_that_contradicts_all():
    for heard in (
        told_results(1.0, 0.0, 0.0),
        told_results(0.0, 0.5, 0.0, fees=0.05),
        sample_told(10, np.random.default_rng(1), 1.0, 0.0, 0.0),
    ):
        assert heard.told == 0.0 and heard.exaggeration == pytest.approx(1.0)
        assert heard.told_median == pytest.approx(heard.median) and heard.told_losing == heard.losing


def test_far_out_the_middle_one_of_those_who_tell_is_a_winner_still():
    # Only one in 3·10¹⁵ gets a dollar back; all who tell did.
    heard = told_results(0.3, 1.0, 0.0, mean=0.1)
    assert 0 < heard.told < 1e-14 and 1.0 <= heard.told_median < heard.told_mean < 1.1
    assert heard.told_losing == 0.0
    huge = told_results(30.0, 1.0, 0.1, 0.2)
    assert all(np.isfinite(huge)) and huge.median < 1e-100


@settings(max_examples=80, deadline=None)
@given(st.floats(0.0, 2.0), chances, chances, st.floats(0.0, 0.9), st.sampled_from(VANISHING))
def test_it_lies_upwards_if_winners_tell_more_and_losers_vanish(spread, one, other, vanished, vanish):
    heard = told_results(spread, max(one, other), min(one, other), vanished, vanish=vanish)
    assert heard.exaggeration >= 1 - 1e-9 and heard.told_median >= heard.median * (1 - 1e-9)
    assert 0 <= heard.told <= 1 and -1e-12 <= heard.told_losing <= heard.losing + 1e-9


def test_however_rarely_people_tell_it_is_the_same_that_is_told():
    often = told_results(1.0, 1.0, 0.5)
    assert told_results(1.0, 2e-320, 1e-320).told_mean == pytest.approx(often.told_mean, rel=1e-3)
    assert told_results(1.0, 0.0, 5e-324).told_losing == 1.0


def test_exactly_as_many_vanish_as_lose():
    losing = told_results(1.0, 0.5, 0.1).losing
    for vanish in ("worst", "losers"):
        heard = told_results(1.0, 0.5, 0.1, losing, vanish=vanish)
        assert heard.told_losing == pytest.approx(0.0, abs=1e-12)
        assert heard.told_mean == pytest.approx(told_results(1.0, 0.5, 0.0).told_mean)


def test_worlds_side_by_side():
    spread, gone = np.array([0.0, 0.3, 2.0]), np.array([0.0, 0.5, 0.9])
    many = told_results(spread, 0.5, 0.1, gone)
    for at in range(3):
        alone = told_results(float(spread[at]), 0.5, 0.1, float(gone[at]))
        assert [float(np.broadcast_to(field, 3)[at]) for field in many] == list(alone)
    assert many.exaggeration.shape == (3,) and isinstance(alone.exaggeration, float)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: told_results(-1.0, 0.5, 0.1), r"spread = -1 .*\[0, inf\)"),
        (lambda: told_results(1.0, 1.5, 0.1), r"winner_tells = 1\.5 .*\[0, 1\]"),
        (lambda: told_results(1.0, 0.5, 0.1, 1.0), r"vanished = 1 .*\[0, 1\)"),
        (lambda: told_results(1.0, 0.5, 0.1, fees=1.0), r"fees = 1 .*\[0, 1\)"),
        (lambda: told_results(1.0, 0.5, 0.1, vanish="all"), "vanish = 'all'"),
        (lambda: told_results([1.0, 2.0], [0.5] * 3, 0.1), "shapes do not fit together"),
        (lambda: sample_told(0, np.random.default_rng(1), 1.0, 0.5, 0.1), "count = 0"),
    ],
)
def test_bad_input_is_named(call, said):
    with pytest.raises(ValueError, match=said):
        call()
