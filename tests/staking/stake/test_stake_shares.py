from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.staking import polya_limit, polya_urn, share_moments, simulate_stakes
from tests.support.contracts import assert_refuses


def generator(seed=1):
    return np.random.default_rng(seed)


def test_check_values():
    limit = share_moments(0.1, 100.0, 1.0)
    assert limit.mean == 0.1
    assert limit.variance == pytest.approx(0.000891089, rel=1e-6)
    assert sqrt(limit.variance) == pytest.approx(0.02985, abs=5e-6)
    assert share_moments(0.1, 100.0, 1.0, 4000).variance == pytest.approx(0.00087, abs=5e-6)


def test_simulated_urn_has_the_closed_moments():
    path = polya_urn(0.1, 100.0, 1.0, 4000, 4000, generator(), at=[0, 10, 500, 4000])
    assert path.shape == (4, 4000)
    for steps, shares in zip([0, 10, 500, 4000], path, strict=True):
        want = share_moments(0.1, 100.0, 1.0, steps)
        assert shares.mean() == pytest.approx(want.mean, abs=4 * sqrt(want.variance / 4000) + 1e-15)
        assert shares.var() == pytest.approx(want.variance, rel=0.1, abs=1e-30)


@pytest.mark.parametrize(("share", "stake", "reward", "steps"), [(0.5, 2.0, 1.0, 3), (0.25, 4.0, 3.0, 4)])
def test_small_urn_against_every_outcome(share, stake, reward, steps):
    outcomes = {share * stake: 1.0}
    for step in range(steps):
        total, following = stake + step * reward, {}
        for own, chance in outcomes.items():
            win = own / total
            following[own + reward] = following.get(own + reward, 0.0) + chance * win
            following[own] = following.get(own, 0.0) + chance * (1 - win)
        outcomes = following
    total = stake + steps * reward
    mean = sum(chance * own / total for own, chance in outcomes.items())
    variance = sum(chance * (own / total - mean) ** 2 for own, chance in outcomes.items())
    assert share_moments(share, stake, reward, steps) == pytest.approx((mean, variance), rel=1e-12)


@settings(max_examples=60)
@given(st.floats(0, 1), st.floats(1e-3, 1e12), st.floats(1e-6, 1e6), st.integers(0, 10**9))
def test_variance_rises_to_its_limit(share, stake, reward, steps):
    now, limit = share_moments(share, stake, reward, steps), share_moments(share, stake, reward)
    assert now.mean == limit.mean == share
    assert 0 <= now.variance <= share_moments(share, stake, reward, steps + 1).variance <= limit.variance * (1 + 1e-12)


def test_the_draw_at_once_has_the_same_distribution():
    stakes = np.array([10.0, 30.0, 60.0])
    shares = polya_limit(stakes, 1.0, 500, 40_000, generator(2))
    assert shares.sum(axis=1) == pytest.approx(1, rel=1e-14)
    blocks = polya_urn(0.1, 100.0, 1.0, 500, 40_000, generator(3))[0]
    probability = np.linspace(0.02, 0.98, 25)
    assert np.quantile(shares[:, 0], probability) == pytest.approx(np.quantile(blocks, probability), abs=0.003)
    for party in range(3):
        want = share_moments(stakes[party] / 100, 100.0, 1.0, 500)
        assert shares[:, party].mean() == pytest.approx(want.mean, abs=0.001)
        assert shares[:, party].var() == pytest.approx(want.variance, rel=0.03)


def test_edges_of_the_urn():
    assert polya_urn(0.0, 10.0, 1.0, 50, 20, generator()).tolist() == [[0.0] * 20]
    assert polya_urn(1.0, 10.0, 1.0, 50, 20, generator()) == pytest.approx(np.ones((1, 20)))
    assert polya_urn(0.3, 10.0, 1.0, 0, 2, generator()).tolist() == [[0.3, 0.3]]
    same = [polya_urn(0.3, 10.0, 1.0, 50, 20, generator(9)) for _ in range(2)]
    assert np.array_equal(*same)


def test_without_what_breaks_it_the_general_simulation_is_the_urn():
    history = simulate_stakes([10.0, 30.0, 60.0], 1.0, 400, 8000, generator())
    for party, share in enumerate([0.1, 0.3, 0.6]):
        want = share_moments(share, 100.0, 1.0, 400)
        assert history.shares[:, party].mean() == pytest.approx(want.mean, abs=4 * sqrt(want.variance / 8000))
        assert history.shares[:, party].var() == pytest.approx(want.variance, rel=0.06)
    assert np.array_equal(history.stakes, np.add(history.rewards, [10.0, 30.0, 60.0]))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.floats(0, 100), min_size=2, max_size=5),
    st.floats(0, 5),
    st.floats(0, 1),
    st.floats(0, 1),
    st.floats(0, 50),
    st.floats(0, 0.9),
    st.sampled_from([None, 0, 1]),
)
def test_every_token_is_accounted_for(stakes, reward, cost, restaked, minimum, pool_fee, operator):
    terms = {"cost": cost, "restaked": restaked, "minimum": minimum, "pool_fee": pool_fee, "operator": operator}
    history = simulate_stakes(stakes, reward, 30, 8, generator(), **terms)
    came = stakes + history.rewards + history.operator_income
    went = history.stakes + history.fees + history.costs + history.withdrawn
    assert came == pytest.approx(went, rel=1e-9, abs=1e-9)
    assert np.all(history.stakes >= 0)
    assert history.rewards.sum() <= 30 * 8 * reward * (1 + 1e-12)
    outside = history.fees.sum() - history.operator_income.sum()
    assert outside == pytest.approx(history.fees.sum() if operator is None else 0, abs=1e-9)


def mean_share(party=0, stakes=(20.0, 80.0), steps=2000, **terms):
    return simulate_stakes(stakes, 1.0, steps, 2000, generator(), **terms).shares[:, party].mean()


def test_what_breaks_it():
    assert mean_share() == pytest.approx(0.2, abs=0.005)
    assert mean_share(cost=0.1) < 0.15  # the same cost for all weighs on the small
    assert mean_share(cost=[0.0, 0.0]) == mean_share()
    assert mean_share(restaked=[0.5, 1.0]) < 0.15
    assert mean_share(minimum=32.0, pool_fee=0.1) < 0.195
    assert mean_share(1, minimum=32.0, pool_fee=0.1, operator=1) > 0.805


def test_when_all_stake_is_gone_nothing_is_paid():
    history = simulate_stakes([1.0, 1.0], 0.5, 50, 3, generator(), cost=1.0)
    assert np.all(history.stakes == 0)
    assert np.all(history.shares == 0)
    assert np.all(history.rewards.sum(axis=1) <= 1.0)
    assert np.all(simulate_stakes([0.0], 1.0, 5, 1, generator()).rewards == 0)


def test_who_has_no_stake_never_wins():
    assert np.all(simulate_stakes([0.0, 1.0, 0.0], 1.0, 100, 50, generator()).rewards[:, [0, 2]] == 0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: share_moments(1.1, 1, 1), r"share = 1.1 is outside the allowed range \[0, 1\]"),
        (lambda: share_moments(0.1, 0, 1), r"stake = 0"),
        (lambda: share_moments(0.1, 1, [1, 0]), r"reward\[1\] = 0"),
        (lambda: share_moments(0.1, 1, 1, -1), r"steps = -1"),
        (lambda: polya_urn(1.1, 1, 1, 1, 1, None), r"share = 1.1"),
        (lambda: polya_urn(0.1, 0, 1, 1, 1, None), r"stake = 0"),
        (lambda: polya_urn(0.1, 1, 0, 1, 1, None), r"reward = 0"),
        (lambda: polya_urn(0.1, 1, 1, -1, 1, None), r"steps = -1"),
        (lambda: polya_urn(0.1, 1, 1, 1, 0, None), r"runs = 0"),
        (lambda: polya_urn(0.1, 1, 1, 5, 1, None, at=[3, 3]), r"at has 3 after 3: allowed are increasing numbers"),
        (lambda: polya_urn(0.1, 1, 1, 5, 1, None, at=[6]), r"at has 6 after -1: .* from 0 to 5"),
        (lambda: polya_limit([1.0], 1, 1, 1, None), r"stakes has shape \(1,\): allowed is one stake for each"),
        (lambda: polya_limit([1.0, 0.0], 1, 1, 1, None), r"stakes\[1\] = 0"),
        (lambda: simulate_stakes([], 1, 1, 1, None), r"stakes has shape \(0,\)"),
        (lambda: simulate_stakes([-1.0], 1, 1, 1, None), r"stakes\[0\] = -1"),
        (lambda: simulate_stakes([1.0], -1, 1, 1, None), r"reward = -1"),
        (lambda: simulate_stakes([1.0], 1, 1, 1, None, cost=-1), r"cost = -1"),
        (lambda: simulate_stakes([1.0], 1, 1, 1, None, cost=[1, 2]), r"cost and restaked have shape \(2,\)"),
        (lambda: simulate_stakes([1.0, 2.0], 1, 1, 1, None, restaked=[1, 2]), r"restaked\[1\] = 2"),
        (lambda: simulate_stakes([1.0], 1, 1, 1, None, minimum=-1), r"minimum = -1"),
        (
            lambda: simulate_stakes([1.0], 1, 1, 1, None, pool_fee=1.0),
            r"pool_fee = 1 is outside the allowed range \[0, 1\)",
        ),
        (
            lambda: simulate_stakes([1.0], 1, 1, 1, None, operator=1),
            r"operator = 1 is outside the allowed range \[0, 1\)",
        ),
        (lambda: simulate_stakes([1.0], 1, -1, 1, None), r"steps = -1"),
        (lambda: simulate_stakes([1.0], 1, 1, 0, None), r"runs = 0"),
    ],
)
def test_errors(call, message):
    assert_refuses(call, message)
