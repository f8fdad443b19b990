import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.economy import balance_share, better_wins, simulate_adoption
from tests.support.contracts import assert_broadcasts, assert_refuses


def generator(seed=1):
    return np.random.default_rng(seed)


def exact(exponent, users, better=1.0, first=1, other=1):
    """The whole distribution of the first system's users, by following every state of the chain."""
    chance = np.array([1.0])  # by newcomers that the first system has
    for step in range(users):
        mine = np.arange(step + 1)
        one, two = better * (first + mine) ** float(exponent), (other + step - mine) ** float(exponent)
        to = one / (one + two)
        chance = np.append(chance * (1 - to), 0.0) + np.append(0.0, chance * to)
    return (first + np.arange(users + 1)) / (first + other + users), chance


@pytest.mark.parametrize(
    ("exponent", "leader", "above"), [(0.5, 0.523, 0.0), (1.0, 0.747, 0.105), (1.5, 0.974, 0.893), (2.0, 0.998, 0.998)]
)
def test_published_check_values_by_simulation_and_by_the_exact_chain(exponent, leader, above):
    run = simulate_adoption(np.ones((400, 2)), exponent, 2_000, generator())
    assert np.mean(run.leader_share) == pytest.approx(leader, abs=0.03)
    assert np.mean(run.leader_share > 0.95) == pytest.approx(above, abs=0.03)
    share, chance = exact(exponent, 2_000)
    lead = np.maximum(share, 1 - share)
    assert chance @ lead == pytest.approx(leader, abs=0.01)
    assert chance @ (lead > 0.95) == pytest.approx(above, abs=0.01)


def test_polyas_urn_ends_anywhere_with_the_same_chance():
    _, chance = exact(1, 500)
    assert chance == pytest.approx(np.full(501, 1 / 501), rel=1e-9)
    run = simulate_adoption(np.ones((4_000, 2)), 1.0, 500, generator())
    assert np.histogram(run.shares[:, 0], 5, (0, 1))[0] / 4_000 == pytest.approx(np.full(5, 0.2), abs=0.03)


@pytest.mark.parametrize(("exponent", "lead"), [(0.5, 0), (1.0, 3), (1.5, 0), (1.5, 2)])
def test_how_often_the_better_wins_is_what_the_exact_chain_says(exponent, lead):
    result = better_wins(0.2, exponent, 301, 4_000, generator(), lead=lead)
    for got, power in ((result.with_effect, exponent), (result.without_effect, 0)):
        share, chance = exact(power, 301, 1.2, 1, 1 + lead)
        assert got == pytest.approx(chance @ ((share > 0.5) + 0.5 * (share == 0.5)), abs=0.03)


def test_placebos_no_network_effect_and_no_difference():
    assert better_wins(0.2, 0.0, 200, 300, generator(), lead=5.0, review=0.5, routed=0.2).lost == 0.0
    same = better_wins(0.0, 2.0, 200, 4_000, generator())
    assert same.with_effect == pytest.approx(0.5, abs=0.03) and same.lost == pytest.approx(0.0, abs=0.04)


def test_the_standard_error_is_that_of_many_repetitions():
    many = [better_wins(0.1, 1.5, 100, 200, generator(seed)) for seed in range(60)]
    assert np.std([each.lost for each in many]) == pytest.approx(
        np.mean([each.standard_error for each in many]), rel=0.3
    )


def test_shares_come_to_rest_at_the_balance_and_part_at_the_watershed():
    rest = balance_share(0.5, 0.5)
    assert rest == pytest.approx(1.5**2 / (1.5**2 + 1))
    run = simulate_adoption([[20.0, 1.0], [1.0, 20.0]], 0.5, 40_000, generator(), appeal=[1.5, 1.0])
    assert run.shares[:, 0] == pytest.approx(rest, abs=0.03)
    shed = balance_share(0.5, 2.0)
    assert shed == pytest.approx(0.4)
    starts = np.array([[shed + 0.1, 0.9 - shed], [shed - 0.1, 1.1 - shed]]) * 1_000
    run = simulate_adoption(starts, 2.0, 20_000, generator(), appeal=[1.5, 1.0])
    assert run.shares[0, 0] > 0.9 and run.shares[1, 0] < 0.1


def test_balance_in_numbers_and_at_its_edges():
    assert_broadcasts(balance_share, np.array([0.0, 0.5, 9.0]), np.array([0.5, 0.0, 3.0]))
    assert balance_share(0.0, 1.5) == 0.5 and balance_share(1e300, 0.999) == 1.0 and balance_share(9.0, 1.001) < 1e-9


def test_routers_by_depth_leave_shares_and_routers_by_quality_draw_them_to_even():
    start = np.array([[3.0, 1.0], [70.0, 30.0]])
    by_depth = simulate_adoption(start, 2.0, 500, generator(), routed=1.0)
    assert by_depth.shares == pytest.approx(start / start.sum(axis=-1, keepdims=True))
    by_quality = simulate_adoption(start, 2.0, 500, generator(), routed=1.0, routed_exponent=0.0, appeal=[1.0, 3.0])
    assert by_quality.sizes == pytest.approx(start + 500 * np.array([0.25, 0.75]))
    half = simulate_adoption(np.ones((2_000, 2)), 1.5, 500, generator(), routed=0.5, routed_exponent=0.0)
    none = simulate_adoption(np.ones((2_000, 2)), 1.5, 500, generator())
    assert np.mean(half.leader_share) < np.mean(none.leader_share) - 0.1


def test_old_users_who_choose_again():
    def share(**keywords):
        start = np.tile([50.0, 150.0], (500, 1))
        return np.mean(simulate_adoption(start, 0.0, 400, generator(), appeal=[3.0, 1.0], **keywords).shares[:, 0])

    stay, dear, free = share(), share(review=1.0, switching_cost=0.8), share(review=1.0)
    assert stay == pytest.approx((50 + 300) / 600, abs=0.01) and stay < dear < free
    assert share(review=1.0, switching_cost=1.0) == pytest.approx(stay, abs=0.01)
    # x' = (users' choice − x)·(1 + 1)/n, from 1/4 to 3/4 while n grows from 200 to 600
    assert free == pytest.approx(0.75 - 0.5 * (200 / 600) ** 2, abs=0.01)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(1e-3, 1e6), min_size=2, max_size=5),
    st.floats(0, 4),
    st.integers(0, 30),
    st.floats(0, 1),
    st.floats(0, 1),
    st.floats(0, 1),
    st.integers(0, 99),
)
def test_users_are_conserved(sizes, exponent, users, routed, review, cost, seed):
    run = simulate_adoption(sizes, exponent, users, generator(seed), routed=routed, review=review, switching_cost=cost)
    assert np.sum(run.sizes) == pytest.approx(sum(sizes) + users, rel=1e-12)
    assert np.all(run.sizes >= 0) and np.sum(run.shares) == pytest.approx(1)
    assert np.sum([run.wins(system) for system in range(len(sizes))]) == pytest.approx(1)


def test_extremes():
    run = simulate_adoption([1.0, 1e300], 50.0, 20, generator())
    assert np.all(np.isfinite(run.sizes)) and run.wins(1) == 1.0 and run.wins(0) == 0.0
    assert simulate_adoption([2.0, 2.0], 1.0, 0, generator()).wins() == 0.5
    assert simulate_adoption([5.0, 5.0, 5.0], 3.0, 0, generator()).leader_share == pytest.approx(1 / 3)
    lone = simulate_adoption(np.full((300, 2), 1e-3), 1.5, 50, generator(), review=1.0)
    assert np.all(np.isfinite(lone.sizes)) and np.all(lone.sizes >= 0)
    each = simulate_adoption([1.0, 1.0], np.array([0.0, 9.0]), 400, generator())
    assert each.sizes.shape == (2, 2) and each.leader_share[1] > 0.99 > each.leader_share[0]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: simulate_adoption([1.0], 1.0, 5, generator()), "two or more systems"),
        (lambda: simulate_adoption([1.0, 0.0], 1.0, 5, generator()), r"sizes\[1\] = 0"),
        (lambda: simulate_adoption([1.0, 1.0], -1.0, 5, generator()), "exponent = -1"),
        (lambda: simulate_adoption([1.0, 1.0], 1.0, -5, generator()), "users = -5"),
        (lambda: simulate_adoption([1.0, 1.0], 1.0, 5, generator(), appeal=[1.0, 0.0]), r"appeal\[1\]"),
        (lambda: simulate_adoption([1.0, 1.0], 1.0, 5, generator(), appeal=[1.0, 2.0, 3.0]), "shapes do not fit"),
        (lambda: simulate_adoption([1.0, 1.0], 1.0, 5, generator(), routed=1.1), "routed = 1.1"),
        (lambda: simulate_adoption([1.0, 1.0], 1.0, 5, generator(), review=-0.1), "review = -0.1"),
        (lambda: simulate_adoption([1.0, 1.0], 1.0, 5, generator(), switching_cost=2.0), "switching_cost = 2"),
        (lambda: simulate_adoption(np.ones((3, 2)), np.ones(2), 5, generator()), "shapes do not fit"),
        (lambda: better_wins(-0.1, 1.0, 5, 5, generator()), "advantage = -0.1"),
        (lambda: better_wins(0.1, 1.0, 5, 1, generator()), "runs = 1"),
        (lambda: better_wins(0.1, 1.0, 5, 5, generator(), lead=-1.0), "lead = -1"),
        (lambda: balance_share(0.1, 1.0), "exponent = 1"),
    ],
)
def test_refusals(call, message):
    assert_refuses(call, message)
