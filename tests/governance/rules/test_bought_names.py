import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.governance import names_bought, split_names, votes_of, votes_with_names
from defi_lib.governance.rules.weighing import RULES
from tests.support.contracts import assert_broadcasts, assert_refuses


def test_worked_values():
    assert [names_bought(100.0, spend, 5.0) for spend in (0.0, 4.99, 5.0, 120.0, 1e9)] == [1, 1, 2, 25, 100]
    assert votes_with_names(100.0, 120.0, 5.0) == pytest.approx(50.0)
    assert votes_with_names(100.0, 120.0, 5.0, found=0.5) == pytest.approx(13 * 2)
    assert votes_with_names(100.0, 120.0, 5.0, rule="equal") == 25.0
    assert votes_with_names(100.0, 120.0, 5.0, rule="capped", cap=30.0) == 100.0
    assert votes_with_names(100.0, 10.0, 5.0, rule="capped", cap=30.0) == 90.0
    assert votes_with_names(0.0, 120.0, 5.0) == 0.0 and votes_with_names(0.5, 120.0, 5.0, rule="equal") == 1.0


def test_where_names_are_free_the_root_of_the_tokens_is_the_tokens():
    held = np.array([1.0, 7.0, 1e6])
    assert votes_with_names(held, 0.0, 0.0) == pytest.approx(held)


def test_who_would_lose_by_false_names_buys_none():
    # Two names of which one is struck: one name of half the tokens.
    assert votes_with_names(100.0, 5.0, 5.0, found=1.0) == 10.0
    assert votes_with_names(100.0, 500.0, 5.0, found=0.95, rule="linear") == 100.0


@settings(max_examples=60, deadline=None)
@given(
    st.floats(1, 1e9), st.floats(0, 1e6), st.floats(0.01, 100), st.floats(0, 1), st.sampled_from(RULES)
)  # fmt: skip
def test_names_never_take_votes_away_and_tokens_gain_none(held, spend, cost, found, rule):
    one, with_names = votes_of(held, rule, 10.0), votes_with_names(held, spend, cost, found, rule, 10.0)
    assert with_names >= one
    if rule == "linear":
        assert with_names == pytest.approx(one)
    if rule == "capped":
        assert with_names <= held * (1 + 1e-12)
    names = names_bought(held, spend, cost)
    if rule == "quadratic" and not found:
        split = split_names(held, int(names), 1.0, cost)
        assert with_names == pytest.approx(split.split_votes) and split.cost <= spend * (1 + 1e-9)


def test_many_holders_are_each_of_them():
    assert_broadcasts(lambda h: votes_with_names(h, 40.0, 5.0, 0.3), np.array([1.0, 7.0, 100.0]))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: names_bought(-1.0, 1.0, 1.0), "holdings = -1"),
        (lambda: names_bought(1.0, -1.0, 1.0), "spend = -1"),
        (lambda: names_bought(1.0, 1.0, -1.0), "name_cost = -1"),
        (lambda: names_bought(1.0, 1.0, 1.0, least=0.0), "least = 0"),
        (lambda: votes_with_names(1.0, 1.0, 1.0, found=1.1), "found = 1.1"),
        (lambda: votes_with_names(1.0, 1.0, 1.0, rule="log"), "rule = 'log'"),
    ],
)
def test_refusals_name_the_argument(call, message):
    assert_refuses(call, message)
