"""Points divided at the end, and the same tokens paid by the day."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from defi_lib.rewards import RewardFarm, divide_by_points, pay_by_day

DEPOSITS = arrays(float, (5, 3), elements=st.one_of(st.just(0.0), st.floats(1e-3, 1e9)))


@given(DEPOSITS, st.floats(0, 1e9), st.floats(0, 1), arrays(float, 5, elements=st.floats(0, 9)))
def test_all_tokens_go_somewhere(deposits, tokens, diverted, weight):
    for found in (divide_by_points(deposits, tokens, weight, diverted), pay_by_day(deposits, tokens)):
        assert np.all(found.tokens >= 0) and found.rest >= -1e-9 * tokens
        assert found.tokens.sum() + found.rest == pytest.approx(tokens)


@given(DEPOSITS)
def test_a_dollar_and_day_counts_the_same_whenever_it_is(deposits):
    shuffled = deposits[::-1]
    np.testing.assert_allclose(
        divide_by_points(deposits, 1e6).tokens, divide_by_points(shuffled, 1e6).tokens, rtol=1e-9
    )


def test_equal_on_all_days_it_is_ordinary_rewards():
    """Placebo: nobody comes or leaves, and no rule is made later."""
    deposits = np.tile([1.0, 3.0, 6.0], (30, 1))
    np.testing.assert_allclose(divide_by_points(deposits, 500.0).tokens, pay_by_day(deposits, 500.0).tokens)
    farm = RewardFarm([1.0, 3.0, 6.0]).distribute(500.0).after
    np.testing.assert_allclose(pay_by_day(deposits, 500.0).tokens, farm.pending)


def test_who_is_there_first_gets_no_more_by_points_than_by_the_day():
    growing = np.column_stack([np.ones(50), np.geomspace(1e-3, 1e3, 50)])
    assert divide_by_points(growing, 1.0).tokens[0] < pay_by_day(growing, 1.0).tokens[0]


def test_weights_favour_the_days_they_name():
    deposits = [[1.0, 0.0], [0.0, 1.0]]
    assert divide_by_points(deposits, 90.0, weight=[2.0, 1.0]).tokens.tolist() == [60.0, 30.0]
    assert divide_by_points(deposits, 90.0, weight=[0.0, 0.0]).rest == 90.0  # nobody has a point


def test_scenarios_stand_behind():
    deposits = np.multiply.outer([[1.0, 0.0], [1.0, 3.0]], [1.0, 2.0])
    found = divide_by_points(deposits, np.array([100.0, 50.0]), diverted=[0.0, 0.5])
    np.testing.assert_allclose(found.tokens, [[40.0, 10.0], [60.0, 15.0]])
    np.testing.assert_allclose(found.rest, [0.0, 25.0], atol=1e-12)


def test_it_is_booked_by_name():
    found = divide_by_points([[1.0, 0.0], [1.0, 3.0]], 100.0, diverted=0.5)
    assert [move[:3] for move in found.transfers(("Ann", "Ben"))] == [
        ("issuer", "Ann", 20.0),
        ("issuer", "Ben", 30.0),
        ("issuer", "others", 50.0),
    ]
    assert found.transfers()[0].payee == "depositor 0"
    with pytest.raises(ValueError, match=r"names = .* are 1: allowed are 2, one for a depositor"):
        found.transfers(("Ann",))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: divide_by_points([1.0, 2.0], 1.0), "deposits has shape"),
        (lambda: divide_by_points([[-1.0]], 1.0), "deposits"),
        (lambda: divide_by_points([[1.0]], -1.0), "tokens"),
        (lambda: divide_by_points([[1.0]], 1.0, diverted=2.0), "diverted"),
        (lambda: divide_by_points([[1.0]], 1.0, weight=[1.0, 2.0]), "weight has 2 entries"),
        (lambda: pay_by_day([[]], 1.0), "deposits has shape"),
    ],
)
def test_errors(call, message):
    with pytest.raises(ValueError, match=message):
        call()
