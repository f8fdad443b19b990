from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.staking import confirmations_needed, double_spend_probability, double_spend_probability_whitepaper
from tests.support.contracts import assert_refuses


# Rosenfeld, table 1, and the Bitcoin paper, section 11.
@pytest.mark.parametrize(
    ("attacker", "confirmations", "want"),
    [(0.1, 1, 0.2), (0.1, 2, 0.056), (0.1, 6, 0.00059), (0.3, 3, 0.32616), (0.2, 4, 0.06669)],
)
def test_published_values(attacker, confirmations, want):
    assert double_spend_probability(attacker, confirmations) == pytest.approx(want, rel=5e-3)


@pytest.mark.parametrize(
    ("attacker", "confirmations", "want"),
    [(0.1, 0, 1.0), (0.1, 1, 0.2045873), (0.1, 5, 0.0009137), (0.1, 10, 0.0000012), (0.3, 10, 0.0416605)],
)
def test_values_of_the_bitcoin_paper(attacker, confirmations, want):
    assert double_spend_probability_whitepaper(attacker, confirmations) == pytest.approx(want, abs=5e-8)


@settings(max_examples=60)
@given(st.floats(0.01, 0.49), st.integers(1, 30))
def test_the_formula_term_by_term(q, z):
    p = 1 - q
    want = 1 - sum(comb(k + z - 1, k) * (p**z * q**k - p**k * q**z) for k in range(z + 1))
    assert double_spend_probability(q, z) == pytest.approx(want, rel=1e-9, abs=1e-13)


def test_a_tiny_chance_keeps_its_digits():
    # At z = 40 the textbook form 1 − Σ is all rounding; the leading term is C(2z, z)·q^z up to O(q).
    assert double_spend_probability(1e-6, 40) == pytest.approx(comb(80, 40) * 1e-240, rel=1e-3)


def test_limits_and_order():
    share = np.array([0.0, 1e-9, 0.1, 0.3, 0.4999, 0.5, 0.7, 1.0])
    chances = np.array([double_spend_probability(share, z) for z in (0, 1, 2, 6, 60)])
    assert np.array_equal(chances[:, 0], np.zeros(5))
    assert np.array_equal(chances[:, -3:], np.ones((5, 3)))
    assert np.array_equal(chances[0, 1:], np.ones(7))
    assert np.all(np.diff(chances[:, 1:], axis=1) >= 0)
    assert np.all(np.diff(chances[:, 1:], axis=0) <= 1e-12)
    assert [double_spend_probability(float(q), 6) for q in share] == pytest.approx(chances[3], rel=1e-15)
    assert np.all(double_spend_probability_whitepaper(share[2:4], 6) < chances[3, 2:4])
    assert np.array_equal(double_spend_probability_whitepaper(share[[0, 5, 7]], 3), [0.0, 1.0, 1.0])


def test_simulated_race():
    random, z, q, runs = np.random.default_rng(3), 3, 0.3, 200_000
    ahead = random.negative_binomial(z, 1 - q, runs)
    caught_up = (q / (1 - q)) ** np.maximum(z - ahead, 0)
    assert double_spend_probability(q, z) == pytest.approx(caught_up.mean(), abs=0.003)


def test_confirmations_needed():
    for attacker, risk in [(0.1, 0.001), (0.3, 0.001), (0.02, 0.5), (0.45, 0.01), (0.0, 0.1)]:
        needed = confirmations_needed(attacker, risk)
        assert double_spend_probability(attacker, needed) <= risk
        assert needed == 0 or double_spend_probability(attacker, needed - 1) > risk
    assert confirmations_needed(0.1, 0.001) == 6


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: double_spend_probability(1.5, 1), r"attacker = 1.5 is outside the allowed range \[0, 1\]"),
        (lambda: double_spend_probability([0.1, -0.1], 1), r"attacker\[1\] = -0.1 is outside"),
        (lambda: double_spend_probability(0.1, -1), r"confirmations = -1 is outside"),
        (lambda: double_spend_probability_whitepaper(2.0, 1), r"attacker = 2 is outside"),
        (lambda: confirmations_needed(0.5, 0.1), r"attacker = 0.5 is outside the allowed range \[0, 0.5\)"),
        (lambda: confirmations_needed(0.1, 0.0), r"risk = 0 is outside the allowed range \(0, 1\]"),
        (lambda: confirmations_needed(0.499, 0.001, 50), r"limit = 50 blocks are not enough"),
    ],
)
def test_errors(call, message):
    assert_refuses(call, message)
