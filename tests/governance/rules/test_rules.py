import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.governance import (
    conviction,
    conviction_threshold,
    count_votes,
    draw_jury,
    liquid_votes,
    periods_to_pass,
    split_names,
    votes_of,
)
from defi_lib.governance.rules.weighing import RULES
from tests.support.contracts import assert_broadcasts, assert_refuses

holdings = st.lists(st.floats(0, 1e9), min_size=1, max_size=20)


def test_worked_values():
    assert votes_of(100.0, "quadratic") == 10 and votes_of(100.0, "quadratic", identities=25) == pytest.approx(50)
    assert votes_of(100.0, "capped", cap=30.0) == 30 and votes_of(100.0, "capped", cap=30.0, identities=5) == 100
    assert [votes_of(h, "equal", identities=3) for h in (0.0, 5.0)] == [0.0, 3.0]
    assert [round(conviction(100.0, t, 3.0), 4) for t in (3, 9, 30)] == [242.3661, 424.1407, 484.2588]
    assert conviction(100.0, 1e9, 3.0) == pytest.approx(484.7322, abs=5e-5)
    wanted = [302_957.63, 538_591.34, 1_211_830.53]
    assert [round(conviction_threshold(r, 1e6, 3.0), 2) for r in (0.0, 0.05, 0.1)] == wanted
    assert_refuses(lambda: conviction_threshold(0.2, 1e6, 3.0), "request = 0.2 .*below the largest")


def test_equal_holders_get_the_same_result_under_every_rule():
    said = np.arange(100) < 51
    tallies = [count_votes(np.full(100, 7.0), said, rule, cap=5.0) for rule in RULES]
    assert all(t.passed and t.votes_for / (t.votes_for + t.votes_against) == pytest.approx(0.51) for t in tallies)


@settings(max_examples=50, deadline=None)
@given(holdings, st.sampled_from(RULES), st.floats(0.1, 1e6), st.integers(1, 50))
def test_names_never_take_votes_away_and_linear_votes_gain_none(held, rule, cap, names):
    one, many = votes_of(np.array(held), rule, cap), votes_of(np.array(held), rule, cap, names)
    assert np.all(many >= one * (1 - 1e-12)) and np.all(many <= one * names * (1 + 1e-12))
    if rule == "linear":
        assert np.array_equal(one, many)
    if rule == "quadratic":
        assert many**2 == pytest.approx(names * np.array(held), rel=1e-12)


@settings(max_examples=30, deadline=None)
@given(st.floats(0.1, 1e6), st.integers(2, 40), st.floats(0, 100), st.sampled_from(RULES))
def test_at_the_break_even_cost_nothing_is_gained(holding, names, value, rule):
    split = split_names(holding, names, value, 0.0, rule, cap=3.0)
    even = split_names(holding, names, value, split.break_even, rule, cap=3.0)
    assert even.profit == pytest.approx(0.0, abs=1e-9 * max(even.gain, 1.0))


def test_free_names_make_quadratic_votes_linear():
    held = np.array([1.0, 4.0, 25.0])
    assert votes_of(held, "quadratic", identities=held) == pytest.approx(held)


def test_ten_thousand_voters_in_many_electorates_are_each_electorate():
    rng = np.random.default_rng(1)
    held, said = rng.pareto(1.2, (20, 500)), rng.random((20, 500)) < 0.5
    for rule in RULES:
        together = count_votes(held, said, rule, cap=2.0)
        for k in (0, 19):
            alone = count_votes(held[k], said[k], rule, cap=2.0)
            assert (together.votes_for[k], together.votes_against[k]) == pytest.approx(tuple(alone))
        assert together.passed.shape == (20,)
    assert_broadcasts(lambda h: split_names(h, 4, 1.0, 0.5), np.array([1.0, 7.0, 100.0]))


def test_conviction_is_its_recursion_and_waits_as_long_as_it_says():
    a, y = 2 ** (-1 / 3), 5.0
    for _ in range(7):
        y = a * y + 100.0
    assert conviction(100.0, 7.0, 3.0, start=5.0) == pytest.approx(y)
    assert periods_to_pass(100.0, conviction(100.0, 11.0, 3.0), 3.0) == pytest.approx(11.0)
    assert periods_to_pass(100.0, 485.0, 3.0) == np.inf == periods_to_pass(0.0, 1.0, 3.0)
    assert periods_to_pass(0.0, 0.0, 3.0) == 0.0
    assert_broadcasts(lambda x: periods_to_pass(x, 300.0, 3.0), np.array([1.0, 62.0, 500.0]))


def test_a_jury_by_tokens_or_by_heads():
    rng = np.random.default_rng(2)
    held, said = np.tile([97.0, 1.0, 1.0, 1.0, 0.0], (4_000, 1)), np.array([1, 0, 0, 0, 1])
    by_tokens = draw_jury(held, said, 3, rng)
    assert np.mean(by_tokens.votes_for) / 3 == pytest.approx(0.97, abs=0.01)
    by_heads = draw_jury(held, said, 3, rng, by="heads")
    assert np.mean(by_heads.votes_for) / 3 == pytest.approx(0.25, abs=0.02) and not np.any(by_heads.passed)
    assert set(by_heads.votes_for.tolist()) == {0.0, 1.0}
    assert draw_jury(held[0], said, 4, rng, by="heads").votes_for == 1.0


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 11)), min_size=12, max_size=12))
def test_delegated_votes_are_conserved_and_end_where_a_walk_ends(members):
    weights, targets = zip(*members, strict=True)
    found, want, lost = liquid_votes(weights, targets), [0] * 12, 0
    for start, weight in enumerate(weights):
        at = start
        for _ in range(12):
            at = targets[at]
        if targets[at] == at:
            want[at] += weight
        else:
            lost += weight
    assert found.votes.tolist() == want and found.lost == lost and found.votes.sum() + found.lost == sum(weights)


def test_a_long_chain_and_its_length():
    found = liquid_votes(np.ones(1_000), np.minimum(np.arange(1_000) + 1, 999))
    assert found.votes[-1] == 1_000 and found.longest == 999 and found.lost == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: votes_of(-1.0), "holdings = -1"),
        (lambda: votes_of(1.0, "log"), "rule = 'log'"),
        (lambda: votes_of(1.0, "capped", cap=0.0), "cap = 0"),
        (lambda: votes_of(1.0, identities=0), "identities = 0"),
        (lambda: votes_of(1.0, identities=1.5), "identities = 1.5"),
        (lambda: count_votes([1.0, 2.0], [0.0, 1.1]), r"in_favour\[1\] = 1.1"),
        (lambda: split_names(1.0, 2, -1.0, 0.0), "value = -1"),
        (lambda: split_names(1e300, 2, 1e300, 0.0), "beyond what a float can hold"),
        (lambda: conviction_threshold(0.2 - 1e-14, 1e300, 3.0), "beyond what a float can hold"),
        (lambda: conviction(1.0, -1.0, 3.0), "time = -1"),
        (lambda: draw_jury([1.0], [1], 2, np.random.default_rng(1), by="heads"), "seats = 2 cannot be filled"),
        (lambda: draw_jury([1.0], [1], 1, np.random.default_rng(1), by="lot"), "by = 'lot'"),
        (lambda: liquid_votes([1.0, 2.0], [0, 2]), r"delegates\[1\] = 2"),
        (lambda: liquid_votes([1.0, 2.0], [0]), "delegates has shape"),
    ],
)
def test_refusals_name_the_argument(call, message):
    assert_refuses(call, message)
