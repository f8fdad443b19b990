from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.risk import (
    audits_worth,
    bounty_needed,
    committee_stuck,
    committee_taken,
    hands_needed,
    hole_left,
    hole_missed,
    hole_missed_by_methods,
    hostile_upgrade,
    keys_lost,
    loss_rates_2022,
    offer_bounty,
    published_losses,
    seen_in_time,
    stack_survival,
    survival,
)

parts = st.floats(0.0, 1.0)
hands = st.lists(st.integers(1, 4), min_size=1, max_size=7)


def by_all_cases(needed, operators, chances):
    total = 0.0
    for lost in product([0, 1], repeat=len(operators)):
        if np.dot(lost, operators) >= needed:
            total += np.prod([p if each else 1 - p for p, each in zip(chances, lost, strict=True)])
    return total


def test_five_of_nine_and_ronin():
    assert committee_taken(5, 9, 0.05) == pytest.approx(3.3222e-5, abs=5e-10)
    ronin = committee_taken(5, [4, 1, 1, 1, 1, 1], 0.05)
    assert ronin == pytest.approx(1.131125e-2, abs=5e-9)
    assert ronin / committee_taken(5, 9, 0.05) == pytest.approx(340, abs=1)


@settings(max_examples=60, deadline=None)
@given(hands, st.data())
def test_every_way_to_lose_keys_counted(operators, data):
    needed = data.draw(st.integers(1, sum(operators)))
    chances = data.draw(st.lists(parts, min_size=len(operators), max_size=len(operators)))
    assert committee_taken(needed, operators, chances) == pytest.approx(
        by_all_cases(needed, operators, chances), abs=1e-12
    )
    stuck = by_all_cases(sum(operators) - needed + 1, operators, chances)
    assert committee_stuck(needed, operators, chances) == pytest.approx(stuck, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 12), st.integers(1, 12), parts, parts)
def test_more_keys_needed_is_safer_and_more_keys_around_is_not(needed, more, chance, common):
    keys = needed + more
    at = [committee_taken(k, keys, chance, common) for k in range(1, keys + 1)]
    assert all(low >= high - 1e-12 for low, high in pairwise(at))
    assert committee_taken(needed, keys, chance) <= committee_taken(needed, keys + 1, chance) + 1e-12
    assert committee_taken(needed, keys, chance, common) >= common - 1e-12


def test_one_hand_for_all_keys_is_one_key_and_nothing_common_is_independence():
    assert committee_taken(5, [9], 0.05) == pytest.approx(0.05)
    assert committee_taken(5, 9, 0.05, common=0.0) == committee_taken(5, [1] * 9, 0.05)
    assert committee_taken(3, 3, 0.1, common=0.02) == pytest.approx(0.02 + 0.98 * 0.1**3)
    assert keys_lost([3, 1], [0.2, 0.3]).sum() == pytest.approx(1.0)


def test_committees_in_many_worlds():
    chances = np.array([0.0, 0.05, 1.0])
    found = committee_taken(5, [4, 1, 1, 1, 1, 1], chances)
    assert found.tolist() == [committee_taken(5, [4, 1, 1, 1, 1, 1], each) for each in chances.tolist()]
    assert found[0] == 0.0 and found[2] == 1.0


def test_drawn_keys_say_the_same():
    rng = np.random.default_rng(2)
    lost = (rng.random((100_000, 4)) < 0.3) @ np.array([2, 1, 1, 1])
    assert np.mean(lost >= 3) == pytest.approx(committee_taken(3, [2, 1, 1, 1], 0.3), abs=4 * np.sqrt(0.25 / 1e5))


def test_how_few_hands():
    assert hands_needed(3, [1, 1, 3]) == 1 and hands_needed(5, 5) == 5 and hands_needed(4, [3, 1, 1]) == 2


def test_auditors_of_the_literature():
    assert hole_missed(0.6, np.array([1, 2, 3])).tolist() == pytest.approx([0.4, 0.16, 0.064])
    assert hole_missed(0.6, 2, alike=1.0) == pytest.approx(0.4) and hole_missed(0.6, 0, alike=1.0) == 1.0
    assert hole_missed_by_methods(0.6, ["fuzz", "fuzz", "fuzz"]) == pytest.approx(0.4)
    assert hole_missed_by_methods(0.6, []) == 1.0


@settings(max_examples=60, deadline=None)
@given(parts, st.integers(0, 20), parts, st.floats(0.0, 20.0))
def test_one_more_auditor_never_hurts_and_one_more_alike_helps_less(found, number, alike, holes):
    assert hole_missed(found, number + 1, alike) <= hole_missed(found, number, alike) + 1e-12
    assert hole_left(holes, found, number + 1, alike) <= hole_left(holes, found, number, alike) + 1e-12
    assert hole_missed(found, number, alike) >= hole_missed(found, number) - 1e-12


def test_holes_drawn_one_by_one():
    rng = np.random.default_rng(4)
    holes = rng.poisson(2.0, 50_000)
    left = rng.binomial(holes, 0.4**2)
    assert np.mean(left > 0) == pytest.approx(hole_left(2.0, 0.6, 2), abs=4 * np.sqrt(0.25 / 50_000))


def test_audits_that_are_free_or_find_nothing():
    assert audits_worth(1e6, 2.0, 0.0, 3, price=10.0) == -30.0
    assert audits_worth(1e6, 0.0, 0.6, 3, price=0.0) == 0.0


def test_a_bounty_of_the_literature_exactly_at_the_boundary():
    assert bounty_needed(10e6, 0.5, 1e6) == 4.5e6
    assert bounty_needed(10e6, 0.95, 1e6) == 0.0
    at = offer_bounty([4.5e6 - 1, 4.5e6], 10e6, 0.5, 1e6)
    assert at.reported.tolist() == [0.0, 1.0] and at.cost.tolist() == [5e6, 4.5e6]


@settings(max_examples=60, deadline=None)
@given(st.floats(0.0, 1e8), st.floats(0.0, 1e8), parts, st.floats(0.0, 1e7), parts)
def test_a_bounty_beats_any_theft_it_prevents(bounty, loot, caught, penalty, honest):
    found = offer_bounty(bounty, loot, caught, penalty, honest)
    net = found.stolen - found.returned
    assert found.cost == pytest.approx(found.bounties + net) and found.returned <= found.stolen + 1e-6
    if found.reported < 1:
        assert bounty <= (1 - caught) * loot  # a thief never refuses more than the loot is worth to him


def test_survival_of_the_literature():
    assert survival(0.0313, 5.0) == pytest.approx(0.8530, abs=5e-5)
    assert stack_survival([0.0313] * 3) == pytest.approx(0.9090, abs=5e-5)
    assert survival(0.5, 0.0) == 1.0 and survival(0.0, 1e6) == 1.0


@settings(max_examples=60, deadline=None)
@given(st.lists(parts, min_size=1, max_size=6), st.floats(0.0, 20.0), parts)
def test_a_stack_is_never_safer_than_its_weakest_layer(rates, years, alike):
    whole = stack_survival(rates, years, alike)
    worst = min(survival(rate, years) for rate in rates)
    assert np.prod([survival(rate, years) for rate in rates]) - 1e-12 <= whole <= worst + 1e-12
    assert stack_survival(rates, years, 1.0) == pytest.approx(worst)


def test_published_losses_apart_by_kind_add_up():
    losses = {(each.period, each.kind): each.lost for each in published_losses()}
    assert losses["2022", "bridges"] + losses["2022", "protocols"] == pytest.approx(3.1e9)
    assert losses["2026-Q2", "bridges"] == pytest.approx(351e6)
    assert sum(loss_rates_2022().values()) == pytest.approx(0.0313)


def test_who_sees_it_in_time():
    assert seen_in_time(3.0, 2.0, 0.5) == pytest.approx(0.5 * (1 - np.exp(-1.5)))
    rng = np.random.default_rng(8)
    seen = (rng.random(50_000) < 0.5) & (rng.exponential(2.0, 50_000) < 3.0)
    assert np.mean(seen) == pytest.approx(seen_in_time(3.0, 2.0, 0.5), abs=4 * np.sqrt(0.25 / 50_000))


def test_without_a_delay_nobody_gets_out_and_nobody_stops_it():
    at_once = hostile_upgrade(100.0, 0.0, 1.0, guardians=5, guardian_sees=1.0)
    assert (at_once.left, at_once.stopped, at_once.taken) == (0.0, 0.0, 100.0)


def test_guardians_and_a_queue():
    step = hostile_upgrade(100.0, 2.0, 1e-9, exit_limit=10.0, guardians=2, guardian_sees=0.5)
    assert (step.warned, step.left, step.stopped, step.taken) == (100.0, 20.0, 0.75, 20.0)
    assert hostile_upgrade(100.0, 2.0, 1.0, guardians=1, guardian_sees=1.0).taken == 0.0


@settings(max_examples=60, deadline=None)
@given(
    st.floats(0.0, 1e6), st.floats(0.0, 90.0), st.floats(0.0, 30.0), st.floats(0.1, 30.0), parts, st.floats(0.0, 1e5)
)
def test_a_longer_delay_never_takes_more(deposits, delay, more, notice, watching, limit):
    short, long = (
        hostile_upgrade(deposits, d, notice, watching=watching, exit_limit=limit) for d in (delay, delay + more)
    )
    assert long.taken <= short.taken + 1e-9 * deposits
    assert short.taken + short.left == pytest.approx(deposits)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: committee_taken(10, 9, 0.1), r"needed = 10 .* 1 to 9"),
        (lambda: committee_taken(0, 9, 0.1), r"needed = 0"),
        (lambda: committee_taken(5, [4, 0], 0.1), r"operators\[1\] = 0"),
        (lambda: committee_taken(1, [], 0.1), r"operators has no entry"),
        (lambda: committee_taken(1, 3, 1.5), r"chance = 1\.5"),
        (lambda: committee_taken(1, [1, 1], [0.1]), r"chance has 1 entries"),
        (lambda: committee_stuck(4, 3, 0.1), r"needed = 4"),
        (lambda: committee_stuck(3, 3, 0.1, -0.1), r"common = -0\.1"),
        (lambda: hands_needed(4, 3), r"needed = 4"),
        (lambda: hole_missed(1.2, 1), r"found = 1\.2"),
        (lambda: hole_missed(0.2, -1), r"auditors = -1"),
        (lambda: hole_missed(0.2, 1, 2.0), r"alike = 2"),
        (lambda: hole_left(-1.0, 0.5, 1), r"holes = -1"),
        (lambda: audits_worth(-1.0, 1.0, 0.5, 1, 1.0), r"loot = -1"),
        (lambda: bounty_needed(-1.0), r"loot = -1"),
        (lambda: bounty_needed(1.0, 1.1), r"caught = 1\.1"),
        (lambda: offer_bounty(-1.0, 1.0), r"bounty = -1"),
        (lambda: offer_bounty(1.0, 1.0, honest=-0.1), r"honest = -0\.1"),
        (lambda: survival(1.1), r"loss_rate = 1\.1"),
        (lambda: survival(0.1, -1.0), r"years = -1"),
        (lambda: stack_survival([]), r"loss_rates has no entry"),
        (lambda: stack_survival([0.1], alike=1.5), r"alike = 1\.5"),
        (lambda: hostile_upgrade(-1.0, 1.0, 1.0), r"deposits = -1"),
        (lambda: hostile_upgrade(1.0, -1.0, 1.0), r"delay = -1"),
        (lambda: hostile_upgrade(1.0, 1.0, 0.0), r"notice = 0"),
        (lambda: hostile_upgrade(1.0, 1.0, 1.0, exit_limit=-1.0), r"exit_limit = -1"),
        (lambda: hostile_upgrade(1.0, 1.0, 1.0, guardians=-1), r"guardians = -1"),
    ],
)
def test_errors_name_the_argument_its_value_and_the_range(call, message):
    with pytest.raises(ValueError, match=message):
        call()
