"""Cascades with linear impact and into an exchange pool."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.exchange import ConstantProductPool
from defi_lib.lending import (
    AAVE_V3,
    AAVE_V3_3,
    linear_cascade,
    liquidate,
    lowest_without_loss,
    pool_cascade,
    sale_for_fall,
)
from tests.support.contracts import assert_refuses

POOL = ConstantProductPool((1000.0, 2e6), 0.003)


def naive_cascade(price, impact, triggers, sizes):
    """Look for somebody to liquidate until there is nobody."""
    hit = [False] * len(triggers)
    while True:
        new = [i for i in range(len(triggers)) if not hit[i] and price <= triggers[i]]
        if not new:
            return price, hit
        first = max(new, key=lambda i: triggers[i])
        hit[first] = True
        price = max(price - impact * sizes[first], 0.0)


def test_check_value():
    cascade = linear_cascade(100.0, 95.0, 0.01, np.array([95.0, 93.5, 90.0]), np.array([200.0, 300.0, 500.0]))
    assert cascade.final_price == 85.0
    assert cascade.amplification == 3.0
    assert list(cascade.liquidated) == [True, True, True]


@given(
    st.floats(0, 99),
    st.floats(0, 0.1),
    st.lists(st.tuples(st.floats(0, 120), st.floats(0, 500)), min_size=1, max_size=8),
)
def test_it_agrees_with_a_plain_loop(first, impact, positions):
    triggers, sizes = np.array(positions).T
    cascade = linear_cascade(100.0, first, impact, triggers, sizes)
    price, hit = naive_cascade(first, impact, triggers, sizes)
    if np.min(np.abs(triggers[:, None] - price)) > 1e-6:
        assert list(cascade.liquidated) == hit
        assert cascade.final_price == pytest.approx(price, abs=1e-9)
    assert cascade.amplification >= 1


def test_the_order_of_positions_does_not_matter_and_scenarios_agree():
    triggers, sizes = np.array([90.0, 95.0, 93.5]), np.array([500.0, 200.0, 300.0])
    firsts = np.array([96.0, 95.0, 90.0])
    cascade = linear_cascade(100.0, firsts, 0.01, triggers, sizes)
    for i, first in enumerate(firsts):
        one = linear_cascade(100.0, float(first), 0.01, triggers, sizes)
        assert cascade.final_price[i] == one.final_price
        np.testing.assert_array_equal(cascade.liquidated[i], one.liquidated)
    assert list(cascade.final_price) == [96.0, 85.0, 80.0]
    assert list(cascade.amplification) == [1.0, 3.0, 2.0]


def test_a_price_does_not_fall_below_0():
    assert linear_cascade(100.0, 90.0, 1.0, np.array([95.0]), np.array([500.0])).final_price == 0.0


@given(st.floats(0, 0.95), st.floats(0, 0.05))
def test_a_sale_makes_the_price_fall_as_wanted(fall, fee):
    pool = ConstantProductPool((1000.0, 2e6), fee)
    price = pool.swap_exact_in(sale_for_fall(pool, fall)).price_after
    assert price == pytest.approx(2000.0 * (1 - fall), rel=1e-12)


def test_no_cascade_without_unhealthy_positions():
    cascade = pool_cascade(POOL, sale_for_fall(POOL, 0.1), np.array([10.0]), np.array([1000.0]), 0.8)
    assert cascade.waves == ()
    assert cascade.amplification == 1.0
    assert cascade.final_price == pytest.approx(1800.0)
    assert (cascade.repaid, cascade.liquidators_profit, cascade.bad_debt) == (0.0, 0.0, 0.0)


@given(st.floats(0.01, 0.6), st.floats(1, 500), st.sampled_from([AAVE_V3, AAVE_V3_3]), st.floats(0, 1))
def test_nothing_is_created_in_a_cascade(fall, size, rules, fee_share):
    collateral = np.linspace(0.1, 1.0, 20) * size
    debt = collateral * 2000 * np.linspace(0.3, 0.79, 20)
    sale = sale_for_fall(POOL, fall)
    cascade = pool_cascade(POOL, sale, collateral, debt, 0.8, 0.05, fee_share, rules)
    sold = sum(wave.sold for wave in cascade.waves)
    fees = sum(wave.liquidation.protocol_fee.sum() for wave in cascade.waves)
    assert cascade.collateral.sum() + sold + fees == pytest.approx(collateral.sum(), rel=1e-10)
    assert cascade.pool.reserves[0] == pytest.approx(1000 + sale + sold, rel=1e-10)
    written_off = sum(wave.liquidation.written_off.sum() for wave in cascade.waves)
    assert cascade.debt.sum() + cascade.repaid + written_off == pytest.approx(debt.sum(), rel=1e-10)
    assert cascade.final_price <= cascade.first_price
    assert cascade.amplification >= 1
    # At the end nobody can be liquidated any more.
    healthy = cascade.collateral * cascade.final_price * 0.8 >= cascade.debt * (1 - 1e-9)
    assert np.all(healthy | (cascade.collateral == 0))


def test_amplification_grows_with_the_size_of_the_positions_against_the_pool():
    collateral = np.linspace(0.1, 1.0, 50)
    debt = collateral * 2000 * np.linspace(0.5, 0.79, 50)
    sale = sale_for_fall(POOL, 0.1)
    grown = [pool_cascade(POOL, sale, n * collateral, n * debt, 0.8).amplification for n in (0.1, 1, 5, 20)]
    assert np.all(np.diff(grown) > 0)
    assert grown[0] > 1


def test_scenarios_of_pools_and_sales():
    depths = np.array([1e3, 1e4])
    pools = ConstantProductPool((depths, 2000 * depths), 0.003)
    collateral, debt = np.array([50.0, 20.0]), np.array([75_000.0, 20_000.0])
    both = pool_cascade(pools, sale_for_fall(pools, 0.1), collateral, debt, 0.8)
    for i, depth in enumerate(depths):
        pool = ConstantProductPool((float(depth), 2000.0 * float(depth)), 0.003)
        one = pool_cascade(pool, sale_for_fall(pool, 0.1), collateral, debt, 0.8)
        assert both.final_price[i] == pytest.approx(one.final_price, rel=1e-13)
        assert both.debt[i] == pytest.approx(one.debt, rel=1e-12)
        assert both.liquidators_profit[i] == pytest.approx(one.liquidators_profit, rel=1e-9)


def test_bad_debt_is_counted_whether_it_is_written_off_or_not():
    for rules in (AAVE_V3, AAVE_V3_3):
        cascade = pool_cascade(POOL, sale_for_fall(POOL, 0.5), np.array([10.0]), np.array([15_000.0]), 0.8, rules=rules)
        assert cascade.bad_debt == pytest.approx(15_000 - cascade.repaid, rel=1e-12)
        assert cascade.bad_debt > 5000


CROWD = (np.full(20, 20.0), np.linspace(0.5, 0.79, 20) * 20 * 2000, 0.8)


def test_buyers_close_their_part_of_the_gap_after_each_wave():
    sale = sale_for_fall(POOL, 0.1)
    cascade = pool_cascade(POOL, sale, *CROWD, refill=0.6)
    assert len(cascade.waves) > 1
    for wave in cascade.waves:
        assert wave.reported == pytest.approx(wave.price_after + 0.6 * (1800 - wave.price_after), rel=1e-12)
    assert [wave.price for wave in cascade.waves[1:]] == [wave.reported for wave in cascade.waves[:-1]]
    assert cascade.path == (2000, cascade.first_price, *(wave.reported for wave in cascade.waves))
    assert cascade.lowest_price == min(wave.reported for wave in cascade.waves) <= cascade.final_price
    assert cascade.amplification == (2000 - cascade.lowest_price) / (2000 - cascade.first_price)


@pytest.mark.parametrize("visits", [1.0, 2.0, 7.5])
def test_buyers_who_come_often_close_a_part_each_time(visits):
    wave = pool_cascade(POOL, sale_for_fall(POOL, 0.1), *CROWD, refill=0.3, visits=visits).waves[0]
    gap = (1800 - wave.price_after) * 0.7**visits
    assert wave.buying[-1].pool.price() == pytest.approx(1800 - gap, rel=1e-12)


def test_if_all_gaps_are_closed_there_is_no_second_wave():
    cascade = pool_cascade(POOL, sale_for_fall(POOL, 0.1), *CROWD, refill=1.0)
    assert len(cascade.waves) == 1 and cascade.amplification == pytest.approx(1, rel=1e-12)


def test_more_buyers_never_deepen_a_fall():
    sale = sale_for_fall(POOL, 0.1)
    lowest = [pool_cascade(POOL, sale, *CROWD, refill=part).lowest_price for part in np.linspace(0, 1, 11)]
    assert np.all(np.diff(lowest) >= -1e-9) and lowest[0] < 1000
    assert lowest[0] == pool_cascade(POOL, sale, *CROWD).final_price


def test_buyers_come_to_each_scenario_as_if_it_were_alone():
    refill, visits = np.array([0.0, 0.2, 0.8, 1.0]), np.array([1.0, 3.0, 1.0, 2.0])
    pool, sale = ConstantProductPool((np.full(4, 1000.0), np.full(4, 2e6))), sale_for_fall(POOL, 0.1)
    together = pool_cascade(pool, sale, *CROWD, refill=refill, visits=visits)
    for i in range(4):
        one = pool_cascade(POOL, sale, *CROWD, refill=float(refill[i]), visits=float(visits[i]))
        for name in ("lowest_price", "final_price", "repaid", "bad_debt"):
            got = np.broadcast_to(getattr(together, name), (4,))[i]
            assert got == pytest.approx(getattr(one, name), rel=1e-12)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: pool_cascade(POOL, 60.0, *CROWD, refill=1.1), r"refill = 1.1 .* \[0, 1\]"),
        (lambda: pool_cascade(POOL, 60.0, *CROWD, refill=-0.1), r"refill = -0.1"),
        (lambda: pool_cascade(POOL, 60.0, *CROWD, visits=0.5), r"visits = 0.5"),
        (lambda: linear_cascade(0.0, 0.0, 0.1, np.ones(1), np.ones(1)), r"price = 0 .* \(0, inf\)"),
        (lambda: linear_cascade(100.0, 100.0, 0.1, np.ones(1), np.ones(1)), r"first_price = 100 .* \[0, 100\)"),
        (lambda: linear_cascade(100.0, 90.0, -0.1, np.ones(1), np.ones(1)), r"impact = -0.1"),
        (lambda: linear_cascade(100.0, 90.0, 0.1, -np.ones(1), np.ones(1)), r"triggers\[0\] = -1"),
        (lambda: linear_cascade(100.0, 90.0, 0.1, np.ones(1), -np.ones(1)), r"sizes\[0\] = -1"),
        (lambda: linear_cascade(100.0, 90.0, 0.1, np.ones(3), np.ones(2)), r"triggers \(3,\), sizes \(2,\)"),
        (lambda: sale_for_fall(POOL, 1.0), r"fall = 1 .* \[0, 1\)"),
        (lambda: pool_cascade(POOL, 0.0, 1.0, 1.0, 0.8), r"sale = 0"),
        (lambda: pool_cascade(POOL, 1.0, -1.0, 1.0, 0.8), r"collateral = -1"),
        (lambda: pool_cascade(POOL, 1.0, 1.0, -1.0, 0.8), r"debt = -1"),
        (
            lambda: pool_cascade(POOL, 60.0, np.full(9, 99.0), np.linspace(9e4, 15e4, 9), 0.8, max_waves=1),
            r"max_waves = 1",
        ),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)


def test_a_sale_too_small_to_move_the_price_amplifies_nothing():
    assert pool_cascade(POOL, 1e-30, np.array([1.0]), np.array([100.0]), 0.8).amplification == 1.0


# Liquidators who stop at a loss.


@given(st.floats(0.01, 0.6), st.floats(1, 500), st.floats(0, 1), st.floats(0.0, 1.0), st.sampled_from([0.0, 0.05, 0.1]))
def test_who_stops_at_a_loss_never_loses_and_leaves_nothing_that_would_pay(fall, size, fee_share, refill, bonus):
    collateral = np.linspace(0.1, 1.0, 20) * size
    debt = collateral * 2000 * np.linspace(0.3, 0.79, 20)
    sale = sale_for_fall(POOL, fall)
    cascade = pool_cascade(
        POOL, sale, collateral, debt, 0.8, bonus, fee_share, max_waves=100_000, refill=refill, stops_at_loss=True
    )
    sold = sum(wave.sold for wave in cascade.waves)
    fees = sum(wave.liquidation.protocol_fee.sum() for wave in cascade.waves)
    assert cascade.collateral.sum() + sold + fees == pytest.approx(collateral.sum(), rel=1e-10)
    assert cascade.debt.sum() + cascade.repaid == pytest.approx(debt.sum(), rel=1e-10)
    for wave in cascade.waves:
        repaid = wave.liquidation.repaid.sum()
        assert wave.proceeds >= repaid * (1 - 1e-9)
        full = liquidate(wave.liquidation.collateral_before, wave.liquidation.debt_before, wave.price, 0.8, bonus)
        if repaid < full.repaid.sum() * (1 - 1e-9):  # it stopped, where one token more brought what it cost
            more = wave.price_after * (1 - POOL.fee) ** 2
            cost = wave.price / (1 + bonus * (1 - fee_share))
            assert more <= cost * (1 + 1e-9) and cost <= wave.price_after * (1 + 1e-9)


def test_nobody_comes_for_a_bonus_below_the_fee_of_the_pool():
    sale = sale_for_fall(POOL, 0.3)
    assert pool_cascade(POOL, sale, *CROWD, 0.003, stops_at_loss=True).waves == ()
    assert pool_cascade(POOL, sale, *CROWD, 0.05, 1.0, stops_at_loss=True).waves == (), "the protocol keeps it all"
    assert pool_cascade(POOL, sale, *CROWD, 0.0031, stops_at_loss=True, max_waves=100_000).waves


def test_the_first_wave_of_who_stops_by_hand():
    # Without a fee the pool pays 1/(1 + b) of its price when it holds √1.21 = 1.1 times as many tokens.
    pool = ConstantProductPool((1000.0, 2e6), 0.0)
    crowd = (np.full(20, 200.0), 10 * CROWD[1], 0.8)
    wave = pool_cascade(pool, sale_for_fall(pool, 0.19), *crowd, 0.21, stops_at_loss=True).waves[0]
    assert wave.sold == pytest.approx(0.1 * 1000 / 0.9, rel=1e-12)
    assert wave.price_after == pytest.approx(wave.price / 1.21, rel=1e-12)


@pytest.mark.parametrize("refill", [0.02, 0.3, 0.8, 1.0])
@pytest.mark.parametrize("bonus", [0.0, 0.02, 0.1])
def test_however_many_loans_the_price_comes_to_one_bound_and_no_further(refill, bonus):
    crowd = (np.full(20, 2000.0), 100 * CROWD[1], 0.8)
    sale = sale_for_fall(POOL, 0.1)
    least = lowest_without_loss(1800.0, POOL.fee, refill, bonus)
    cascade = pool_cascade(
        POOL, sale, *crowd, bonus, refill=refill, max_waves=10_000, stops_at_loss=True, until=least * (1 + 1e-7)
    )
    assert least * (1 - 1e-12) <= cascade.lowest_price == pytest.approx(least, rel=1e-6)
    by_rule = pool_cascade(POOL, sale, *crowd, bonus, refill=refill)
    first = cascade.waves[0].reported if cascade.waves else 1800.0
    assert by_rule.waves[0].reported <= first * (1 + 1e-12) and bool(cascade.waves) == (bonus > 0 and refill < 1)


def test_who_stops_and_who_sells_by_rule_stand_side_by_side():
    stops, bonus = np.array([True, False, True]), np.array([0.05, 0.05, 0.02])
    pool, sale = ConstantProductPool((np.full(3, 1000.0), np.full(3, 2e6))), sale_for_fall(POOL, 0.1)
    together = pool_cascade(pool, sale, *CROWD, bonus[:, None], refill=0.4, stops_at_loss=stops)
    for i in range(3):
        one = pool_cascade(POOL, sale, *CROWD, float(bonus[i]), refill=0.4, stops_at_loss=bool(stops[i]))
        assert together.lowest_price[i] == pytest.approx(one.lowest_price, rel=1e-12)
        assert together.repaid[i] == pytest.approx(one.repaid, rel=1e-12)
    assert together.lowest_price[0] > together.lowest_price[1]
    assert together.liquidators_profit[0] > 0 > together.liquidators_profit[1]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: pool_cascade(POOL, 60.0, *CROWD, np.full(20, 0.05), stops_at_loss=True), "bonus has 20 entries"),
        (lambda: pool_cascade(POOL, 60.0, *CROWD, until=-1.0), "until = -1"),
        (lambda: lowest_without_loss(0.0, 0.0, 0.5, 0.05), "first_price = 0"),
        (lambda: lowest_without_loss(1.0, 1.0, 0.5, 0.05), "fee = 1"),
        (lambda: lowest_without_loss(1.0, 0.0, 1.5, 0.05), "refill = 1.5"),
        (lambda: lowest_without_loss(1.0, 0.0, 0.5, -0.05), "bonus = -0.05"),
    ],
)
def test_errors_of_who_stops_name_argument_value_and_range(call, message):
    assert_refuses(call, message)
