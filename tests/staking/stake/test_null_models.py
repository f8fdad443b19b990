import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.measures import gini
from defi_lib.staking import kesten_tail_exponent, simulate_kesten, simulate_yard_sale
from tests.support.contracts import assert_refuses


def generator(seed=1):
    return np.random.default_rng(seed)


def test_kesten_check_value():
    assert kesten_tail_exponent(-0.02, 0.2) == pytest.approx(1.0)
    assert kesten_tail_exponent(np.array([-0.02, -0.04]), 0.2) == pytest.approx([1, 2])
    mu, sigma = -0.03, 0.2
    alpha = kesten_tail_exponent(mu, sigma)
    assert np.exp(alpha * mu + alpha**2 * sigma**2 / 2) == pytest.approx(1, rel=1e-14)  # E[A^α] = 1


def test_simulated_tail_has_the_exponent():
    wealth = simulate_kesten(np.ones(200_000), -0.12, 0.4, 1.0, 400, generator())
    tail = np.sort(wealth)[-2000:]
    hill = 1 / np.mean(np.log(tail[1:] / tail[0]))
    assert kesten_tail_exponent(-0.12, 0.4) == pytest.approx(1.5)
    assert hill == pytest.approx(1.5, rel=0.1)


def test_kesten_without_luck_is_a_plain_recursion():
    wealth = simulate_kesten(np.array([4.0, 0.0]), -0.1, 0.0, 2.0, 5, generator())
    want = np.array([4.0, 0.0])
    for _ in range(5):
        want = want * np.exp(-0.1) + 2
    assert wealth == pytest.approx(want, rel=1e-14)
    assert simulate_kesten(3.0, 0.1, 0.1, 0.0, 0, generator()).tolist() == [3.0]


def test_yard_sale_check_value():
    wealth = simulate_yard_sale(np.ones((20, 1000)), 0.1, 200, generator())
    assert gini(wealth).mean() == pytest.approx(0.54, abs=0.03)
    assert gini(wealth).std() < 0.02


def test_fair_bets_condense_wealth():
    steps = [
        gini(simulate_yard_sale(np.ones((5, 100)), 0.2, rounds, generator())).mean() for rounds in (0, 50, 500, 20_000)
    ]
    assert steps[0] == 0
    assert np.all(np.diff(steps) > 0)
    assert steps[-1] > 0.95


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=9), st.floats(0, 1), st.integers(0, 20), st.integers(0, 99))
def test_yard_sale_conserves_wealth(wealth, fraction, rounds, seed):
    after = simulate_yard_sale(wealth, fraction, rounds, generator(seed))
    assert after.sum() == pytest.approx(sum(wealth), rel=1e-12)
    assert np.all(after >= 0)


def test_yard_sale_is_fair():
    start = np.tile([1.0, 3.0, 6.0], (40_000, 1))
    after = simulate_yard_sale(start, np.full(40_000, 0.3), 5, generator())
    assert after.mean(axis=0) == pytest.approx([1, 3, 6], rel=0.02)
    assert np.array_equal(start[0], [1.0, 3.0, 6.0])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: kesten_tail_exponent(0.0, 1.0), r"log_mean = 0 is outside the allowed range \(-inf, 0\)"),
        (lambda: kesten_tail_exponent(-1.0, 0.0), r"log_deviation = 0"),
        (lambda: simulate_kesten([1, -1], 0, 1, 1, 1, None), r"wealth\[1\] = -1"),
        (lambda: simulate_kesten(1, np.nan, 1, 1, 1, None), r"log_mean = nan"),
        (lambda: simulate_kesten(1, 0, -1, 1, 1, None), r"log_deviation = -1"),
        (lambda: simulate_kesten(1, 0, 1, -1, 1, None), r"income = -1"),
        (lambda: simulate_kesten(1, 0, 1, 1, -1, None), r"steps = -1"),
        (lambda: simulate_kesten(1, 700, 0, 0, 2, generator()), r"wealth at the end\[0\] = inf"),
        (lambda: simulate_yard_sale([-1.0], 0.1, 1, None), r"wealth\[0\] = -1"),
        (lambda: simulate_yard_sale([1.0], 1.1, 1, None), r"fraction = 1.1"),
        (lambda: simulate_yard_sale([1.0], 0.1, -1, None), r"rounds = -1"),
    ],
)
def test_errors(call, message):
    assert_refuses(call, message)
