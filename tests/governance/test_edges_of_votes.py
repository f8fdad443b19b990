"""Edges of voting rules and powers where rounding, a far quota or a kind of number decided the answer."""

import numpy as np
import pytest

from defi_lib.exchange import ConstantProductPool
from defi_lib.governance import (
    Emission,
    GaugeController,
    Lock,
    approximate_power,
    award,
    boost,
    borrow_votes,
    collude,
    compare_payouts,
    count_votes,
    largest_loan,
    middle_vote,
    minimal_winning_coalition,
    name_at_stake,
    quadratic_match,
    runway,
    sampled_power,
    votes_with_names,
)
from tests.support.contracts import assert_refuses

POOL = ConstantProductPool((100.0, 100.0), fee=0.0)


def test_a_small_donor_beside_a_large_one_is_matched():
    assert quadratic_match([1e20, 1e-20]) == pytest.approx(2.0, rel=1e-15)
    assert quadratic_match([[1e18, 1.0, 0.0], [7.0, 0.0, 0.0]]).tolist() == [2e9, 0.0]


def test_one_vote_against_the_many_is_counted():
    assert count_votes([1e17, 1.0], [1, 0]).votes_against == 1.0
    assert count_votes([0.1, 0.2, 0.3], [1, 1, 1]).votes_against == 0.0


@pytest.mark.parametrize("decide", [minimal_winning_coalition, approximate_power])
def test_a_quota_of_all_votes_is_allowed_however_they_add_up(decide):
    weights = [0.1, 0.2, 0.3]
    total = 0.1 + 0.2 + 0.3  # since Python 3.12 sum() is exact
    assert total > 0.6, "the sum is rounded up"
    decide(weights, total)
    assert_refuses(lambda: decide(weights, 0.61), "quota = 0.61")
    assert_refuses(lambda: decide(weights, 0.0), "quota = 0")
    assert_refuses(lambda: decide(weights, np.array([0.3])), r"quota has shape \(1,\)")


@pytest.mark.parametrize("quota", [0.5, 199.5])
def test_a_quota_at_which_nobody_decides_is_refused_not_divided_by_nothing(quota):
    assert_refuses(lambda: approximate_power(np.ones(200), quota), "of all votes is so far from half")
    assert_refuses(
        lambda: sampled_power(np.ones(200), quota, draws=200, rng=np.random.default_rng(1)), "of all votes is so far"
    )


def test_parts_and_votes_at_a_threshold():
    assert award([[0.3, 2.7]], 100.0, least=0.1).awards == pytest.approx([10.0, 90.0])
    assert middle_vote(0.3, 0.1 + 0.2, difference=0.5, spread=0.4) == 0.5
    assert runway(1.0, 0.1 + 0.2, income=0.3) == np.inf
    # Eleven names, not twelve, fill a cap of 0.1 with 1.1 tokens; half of the ten bought are struck.
    assert votes_with_names(1.1, 0.0, 0.0, found=0.5, rule="capped", cap=0.1, least=0.01) == pytest.approx(0.6)


def test_the_worth_of_a_short_probation_of_the_very_patient():
    # δ = 1 − 2⁻⁴⁰, ten periods: δ·(1 − δ¹⁰)/(1 − δ) = δ + δ² + … + δ¹⁰.
    delta = 1 - 2.0**-40
    assert largest_loan(1.0, delta, probation=10.0) == pytest.approx(sum(delta**k for k in range(1, 11)), rel=1e-14)
    assert largest_loan(1.0, 0.0, name_cost=3.0) == 3.0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: compare_payouts(1.0, 200.0, POOL, 0.1, token=2), "token = 2"),
        (lambda: compare_payouts(1.0, 200.0, POOL, 0.1, quote=2), "quote = 2"),
        (lambda: largest_loan(1.0, 0.5, probation="long"), "probation = 'long'"),
        (lambda: name_at_stake(1.0, 0.5, probation=-1.0), "probation = -1"),
        (lambda: name_at_stake(1.0, 0.5, probation=np.nan), "probation = nan"),
        (lambda: borrow_votes(1.0, 1.0, 0.1, 1.0, available=10**400), "available = "),
        (lambda: borrow_votes(1.0, 1.0, 0.1, 1.0, available=np.nan), "available = nan"),
        (lambda: boost(5e-324, 1.0, 0.5, 1.0), r"boost\(deposit = 5e-324"),
        (lambda: award([[1.0]], np.array([1.0, 2.0])), r"pool has shape \(2,\)"),
        (lambda: collude([[1.0]], [1.0], 2, 10.0), r"budget has shape \(1,\)"),
        (lambda: Lock(10**18, 10**9, 0).power(float("nan")), "time = nan"),
        (lambda: Emission().updated(float("nan")), "time = nan"),
        (lambda: GaugeController().add_gauge("pool", 0).relative_weight("pool", 0.5), "time = 0.5"),
    ],
)
def test_refusals_name_the_argument(call, message):
    assert_refuses(call, message)


@pytest.mark.parametrize("kind", [np.int32, np.int64])
def test_a_time_of_numpy_is_a_time(kind):
    lock = Lock(10**27, 2_000_000_000, 0)
    assert lock.power(kind(1_000)) == lock.power(1_000)
    assert GaugeController().add_gauge("pool", 0, weight=10**25).relative_weight("pool", kind(10**9)) == 10**18
