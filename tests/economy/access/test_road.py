"""The whole road of a sum: steps by hand, a second way, break-even amounts, money that is conserved."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.economy import RoadStep, cheaper_from, coin_road, draw_arrivals, service_road, walk_road
from defi_lib.ledger import OUTSIDE, Ledger
from defi_lib.staking.fees.transaction_cost import break_even_amount, percentage_fee

FREE = dict(ramp_in=0.0, gas=0.0, exchange=0.0, ramp_out=0.0, cash=0.0)
# Hundredths of a per cent, cents: so that two slopes are equal, or differ by more than rounding.
ratios, dollars = (st.integers(0, top).map(lambda n, by=by: n / by) for top, by in ((2_000, 10_000), (5_000, 100)))
steps = st.builds(
    lambda part, fixed, least, chance: RoadStep("step", "firm", part, fixed, least, chance),
    *(ratios, dollars, dollars, st.integers(0, 100).map(lambda n: n / 1_000)),
)
roads = st.lists(steps, min_size=1, max_size=5)


def test_two_hundred_dollars_as_in_the_models():
    walk = walk_road(200.0, coin_road())
    assert dict(zip(walk.names, walk.fees.round(9).tolist(), strict=True)) == {
        **{"ramp in": 2.0, "gas": 0.5, "spread": 0.0, "exchange": 0.6},
        **{"custody": 0.0, "mistakes": 0.0, "ramp out": 3.0, "cash": 2.0},
    }
    assert walk.cost == pytest.approx(8.10) and walk.part == pytest.approx(0.0405)
    assert walk_road(200.0, service_road(0.062)).cost == pytest.approx(12.40)


def test_fixed_parts_divide_small_from_large_and_proportions_do_not():
    parts = walk_road([50.0, 500.0, 5_000.0], coin_road()).part
    assert parts.tolist() == pytest.approx([0.028 + 2.5 / 50, 0.028 + 2.5 / 500, 0.028 + 2.5 / 5_000])
    assert np.ptp(walk_road([50.0, 500.0, 5_000.0], service_road(0.062)).part) < 1e-12
    bank = walk_road([50.0, 500.0, 5_000.0], service_road(0.0, 25.0, 0.01, payee="bank")).part
    assert bank.tolist() == pytest.approx([0.51, 0.06, 0.015])


def test_chance_and_time_by_hand():
    walk = walk_road(1_000.0, coin_road(**FREE, custodian_fails=0.01, mistake=0.02, lost=0.5, hours=3.0), 10.0)
    assert walk.losses.sum() == pytest.approx(5.0 + 10.0) and walk.time.sum() == 30.0
    assert walk.cost == pytest.approx(45.0) and walk.arrives == pytest.approx(985.0)
    assert walk.mishap == pytest.approx(1 - 0.99 * 0.98)


def test_a_free_road_costs_nothing_and_two_alike_never_differ():
    walk = walk_road(200.0, coin_road(**FREE))
    assert walk.cost == 0.0 and walk.arrives == 200.0 and walk.mishap == 0.0
    assert cheaper_from(coin_road(), coin_road()) == np.inf
    assert cheaper_from(coin_road(), coin_road()[::-1]) == np.inf
    assert cheaper_from(service_road(0.028, 2.5), coin_road()) == np.inf


@settings(max_examples=60, deadline=None)
@given(st.floats(0.01, 1e6), ratios, dollars, ratios, dollars)
def test_a_service_costs_what_the_lesson_on_fees_says(amount, part, fixed, margin, least):
    wanted = percentage_fee(amount, part, fixed, margin, least).total
    assert walk_road(amount, service_road(part, fixed, margin, least)).cost == pytest.approx(wanted)


@settings(max_examples=40, deadline=None)
@given(st.floats(1e-3, 1e7), roads, st.booleans())
def test_all_that_was_sent_is_paid_lost_or_arrives(amount, road, in_turn):
    walk = walk_road(amount, road, in_turn=in_turn)
    ledger = Ledger(new_parties="by name")
    for party in ("sender", "receiver", "firm", "thieves"):
        ledger.party(party, "party")
    ledger.open("sender", "USD", amount)
    ledger.book(walk)
    ledger.check_conserved()
    assert ledger.balance("sender", "USD") == pytest.approx(0.0, abs=1e-9 * amount)
    assert ledger.balance("receiver", "USD") == pytest.approx(walk.arrives, abs=1e-9 * amount)


def test_who_gets_what_by_name():
    moves = walk_road(200.0, coin_road(mistake=0.01)).transfers(sender="Ann", receiver="Ben", thieves=OUTSIDE)
    assert [(move.payee, round(move.amount, 2)) for move in moves] == [
        *[("ramp", 2.0), ("validators", 0.5), ("liquidity providers", 0.6)],
        *[(OUTSIDE, 2.0), ("ramp", 3.0), ("cash agent", 2.0), ("Ben", 189.9)],
    ]


def test_a_sum_smaller_than_the_fixed_fees_does_not_arrive():
    walk = walk_road(2.0, coin_road())
    assert walk.part > 1 and walk.arrives == 0.0
    assert sum(move.amount for move in walk.transfers()) == pytest.approx(2.0)


def test_in_turn_by_hand_and_by_many_senders():
    road = coin_road(custodian_fails=0.03, mistake=0.05, lost=0.4)
    walk = walk_road(200.0, road, in_turn=True)
    left = (((200 * 0.99 - 0.5) * 0.997) * (1 - 0.03 * 0.4) * (1 - 0.05 * 0.4)) * 0.985 - 2
    assert walk.arrives == pytest.approx(left)
    arrived = draw_arrivals(200.0, road, np.random.default_rng(5), 200_000)
    error = arrived.std() / arrived.size**0.5
    assert abs(arrived.mean() - walk.arrives) < 4 * error
    assert np.mean(arrived < arrived.max()) == pytest.approx(walk.mishap, abs=0.003)
    assert draw_arrivals(200.0, road, np.random.default_rng(5), 0).shape == (0,)


def test_break_even_as_in_the_lesson_on_fees_and_the_other_way_round():
    mine = cheaper_from(coin_road(), service_road(0.062))
    assert mine == pytest.approx(2.5 / 0.034) == pytest.approx(break_even_amount(2.5, 0.062 - 0.028))
    at = walk_road(mine, coin_road()).cost
    assert at == pytest.approx(walk_road(mine, service_road(0.062)).cost)
    assert cheaper_from(service_road(0.062), coin_road()) == np.inf
    assert cheaper_from(service_road(0.01), service_road(0.02)) == 0.0
    assert cheaper_from(service_road(0.02, 1.0), service_road(0.02, 3.0)) == 0.0


def test_hours_are_a_fixed_cost():
    slow = coin_road(hours=2.0)
    assert cheaper_from(slow, service_road(0.062), hour_value=[0.0, 10.0]).tolist() == pytest.approx(
        [2.5 / 0.034, 22.5 / 0.034]
    )


def test_a_smallest_fee_bends_once_and_exactly():
    # 4 dollars until 100, then 4 %, costs less than 3 dollars and 2 % from 50 to 150 only.
    least, flat = service_road(0.04, least=4.0), service_road(0.02, 3.0)
    assert cheaper_from(flat, least) == pytest.approx(150.0)
    assert cheaper_from(least, flat) == np.inf
    # With 1 % beyond its smallest fee it stays cheaper, from 50 on.
    assert cheaper_from(service_road(0.01, least=4.0), flat) == pytest.approx(50.0)


def test_a_step_of_next_to_nothing_in_proportion_bends_beyond_any_amount():
    tiny, least = service_road(1e-300, least=4.0), service_road(0.0, 5.0)
    assert cheaper_from(tiny, least) == np.inf and 1e290 <= cheaper_from(least, tiny) < np.inf


@settings(max_examples=100, deadline=None)
@given(roads, roads)
def test_break_even_by_brute_force(road, other):
    found = cheaper_from(road, other)

    def gap(amount):
        return walk_road(amount, road).cost - walk_road(amount, other).cost

    amounts = np.geomspace(1e-2, 1e6, 3_000)
    gaps, tolerance = gap(amounts), 1e-9 * (1 + amounts)
    if np.isinf(found):
        assert gap(1e9) > -1e-2
    else:
        assert np.all(gaps[amounts > found * (1 + 1e-9)] <= tolerance[amounts > found * (1 + 1e-9)])
        if 1e-2 < found < 1e6:
            assert gap(found) == pytest.approx(0.0, abs=1e-7 * (1 + found))


def test_worlds_side_by_side():
    cash, fee = np.array([0.0, 2.0, 9.0]), np.array([0.02, 0.062, 0.5])
    many = cheaper_from(coin_road(cash=cash), service_road(fee, least=[0.0, 3.0, 30.0]))
    each = [
        cheaper_from(coin_road(cash=c), service_road(f, least=m))
        for c, f, m in zip(cash.tolist(), fee.tolist(), (0.0, 3.0, 30.0), strict=True)
    ]
    assert many.tolist() == each and isinstance(each[0], float)
    costs = walk_road(np.array([50.0, 500.0, 5_000.0]), coin_road(cash=cash)).cost
    assert all(low < high for low, high in pairwise(costs.tolist()))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: walk_road(0.0, coin_road()), r"amount = 0 .*\(0, inf\)"),
        (lambda: walk_road(1.0, []), "road has 0 steps"),
        (lambda: walk_road(1.0, [RoadStep("a", "b", chance=1.5)]), r"road\[0\]\.chance = 1\.5 .*\[0, 1\]"),
        (lambda: walk_road(1.0, coin_road(), hour_value=-1.0), r"hour_value = -1 .*\[0, inf\)"),
        (lambda: coin_road(gas=-0.5), r"gas = -0\.5 .*\[0, inf\)"),
        (lambda: coin_road(mistake=2.0), r"mistake = 2 .*\[0, 1\]"),
        (lambda: service_road(0.02, exchange_margin=-0.01), r"exchange_margin = -0\.01 .*\[0, inf\)"),
        (lambda: walk_road([1.0, 2.0], coin_road(gas=[1.0, 2.0, 3.0])), "shapes do not fit together"),
        (lambda: draw_arrivals(1.0, coin_road(), np.random.default_rng(1), -1), "count = -1"),
    ],
)
def test_bad_input_is_named(call, said):
    with pytest.raises(ValueError, match=said):
        call()
