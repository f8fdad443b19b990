"""Troves in floats against the contracts' results, and against their twin in integers where no result was recorded."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.ledger import Ledger
from defi_lib.lending import (
    LIQUITY,
    ExactStabilityPool,
    TroveBook,
    TroveRules,
    Troves,
    TroveSystem,
    borrowing_fee,
    decayed_base_rate,
    liquidate_trove,
    redeem_coins,
    redemption_fee,
)
from tests.support.contracts import assert_refuses
from tests.support.vectors import cases

WAD = 10**18
CASES = {case["id"]: case for case in cases("liquity_troves")}
RATES = [case for case in CASES.values() if case["group"] == "rate"]
REDEMPTIONS = [case for case in CASES.values() if case["op"] == "redeem" and not case["outputs"]["reverted"]]


@pytest.mark.parametrize("case", RATES, ids=lambda case: case["id"])
def test_rates(case):
    rate = decayed_base_rate(int(case["inputs"]["base_rate"]) / WAD, float(case["inputs"]["seconds"]))
    assert rate == pytest.approx(int(case["outputs"]["decayed_base_rate"]) / WAD, rel=0, abs=1e-14)
    assert redemption_fee(rate) == pytest.approx(int(case["outputs"]["redemption_rate"]) / WAD, rel=0, abs=1e-14)
    assert borrowing_fee(rate) == pytest.approx(int(case["outputs"]["borrowing_rate"]) / WAD, rel=0, abs=1e-14)


def troves_of(state, names):
    rows = [state["troves"][name] for name in names]
    return Troves(*(np.array([int(row.get(key, 0)) / WAD for row in rows]) for key in ("collateral", "debt")), LIQUITY)


def agree(troves, state, names):
    for i, name in enumerate(names):
        want = state["troves"][name]
        assert troves.debt[i] == pytest.approx(int(want.get("debt", 0)) / WAD, rel=2e-15)
        assert troves.collateral[i] == pytest.approx(int(want.get("collateral", 0)) / WAD, rel=2e-15)


@pytest.mark.parametrize("case", REDEMPTIONS, ids=lambda case: case["id"])
def test_redemptions(case):
    before, after, want = case["state_before"], case["state_after"], case["outputs"]
    names = [name for name, trove in before["troves"].items() if trove["status"] == "active"]
    seconds = float(before["block_timestamp"]) - float(before["last_fee_time"])
    rate = decayed_base_rate(int(before["base_rate"]) / WAD, seconds)
    coins, price = int(case["inputs"]["amount"]) / WAD, int(before["price"]) / WAD
    result = troves_of(before, names).redeem(coins, price, rate, int(before["total_debt"]) / WAD)
    assert result.paid == pytest.approx(int(want["coins_paid"]) / WAD, rel=2e-15)
    assert result.fee == pytest.approx(int(want["fee"]) / WAD, rel=2e-15, abs=1e-14 * result.drawn.sum())
    received = int(want["collateral_received"]) / WAD
    assert result.drawn.sum() - result.fee == pytest.approx(received, rel=2e-15, abs=1e-14 * result.drawn.sum())
    assert result.base_rate == pytest.approx(int(after["base_rate"]) / WAD, rel=0, abs=1e-14)
    assert result.returned.sum() == pytest.approx(sum(map(int, after["surplus"].values())) / WAD, rel=2e-15)
    agree(result.troves, after, names)


def test_a_redemption_that_would_leave_too_little_redeems_nothing():
    case = CASES["troves-24"]
    names = [name for name, trove in case["state_before"]["troves"].items() if trove["status"] == "active"]
    troves = troves_of(case["state_before"], names)
    result = troves.redeem(int(case["inputs"]["amount"]) / WAD, int(case["state_before"]["price"]) / WAD)
    assert (result.paid, result.fee, result.drawn.sum()) == (0.0, 0.0, 0.0)


def test_two_liquidations_of_which_the_pool_pays_a_part():
    first, second = CASES["troves-10"], CASES["troves-11"]
    before, names = first["state_before"], sorted(first["state_before"]["troves"])
    pool = int(before["pool"]["coins"]) / WAD
    result = troves_of(before, names).liquidate(int(before["price"]) / WAD, pool)
    agree(result.troves, second["state_after"], names)
    for key, got in (("pool_debt", result.offset_debt), ("pool_collateral", result.offset_collateral)):
        want = [int(case["outputs"][key]) / WAD for case in (first, second)]
        assert [got[names.index("alice")], got[names.index("bob")]] == pytest.approx(want, rel=1e-15)
    given = [int(case["outputs"]["caller_collateral"]) / WAD for case in (first, second)]
    assert sorted(result.compensation[result.closed]) == pytest.approx(sorted(given), rel=1e-15)


def test_a_trove_exactly_at_the_minimum_is_safe_and_can_be_redeemed():
    troves = Troves(np.array([3.3, 9.0]), np.array([3.0, 3.0]))
    assert not np.any(troves.liquidate(1.0).closed)
    assert troves.redeem(1.0, 1.0).cancelled[0] == 1.0
    assert Troves(np.array([1.5 * 0.7]), np.array([0.7])).in_recovery(1.0) == False  # noqa: E712


SIZES = st.lists(st.tuples(st.integers(2000, 50_000), st.floats(0.9, 2.5)), min_size=2, max_size=6)


def system_of(sizes, price, coins):
    """The twin in integers with troves of these debts (coins) and ratios at a price of 1000."""
    book = TroveBook()
    for i, (debt, ratio) in enumerate(sizes):
        book = book.written(str(i), debt * WAD, int(debt * ratio * WAD) // 1000)
    pool = ExactStabilityPool().deposit("pool", coins * WAD).pool if coins else ExactStabilityPool()
    return TroveSystem(price * WAD, book=book, pool=pool)


@settings(max_examples=150, deadline=None)
@given(SIZES, st.integers(0, 60_000), st.integers(700, 1300))
def test_liquidating_one_after_the_other_as_in_integers(sizes, coins, price):
    system = system_of(sizes, price, coins)
    exact = [system.book.entire(str(i)) for i in range(len(sizes))]
    troves = Troves([each.collateral / WAD for each in exact], [each.debt / WAD for each in exact], LIQUITY)
    ratios = np.sort(troves.ratios(float(price)))
    if np.any(np.abs(np.diff(ratios)) < 1e-9) or np.any(np.abs(ratios - 1.1) < 1e-9):
        return  # ties, and troves at the limit by less than a float can tell
    got = troves.liquidate(float(price), float(coins))
    closed, offset, surplus, paid = one_call_in_integers(system)
    assert list(np.flatnonzero(got.closed)) == sorted(closed)
    assert got.offset_debt.sum() == pytest.approx(offset / WAD, rel=1e-12)
    assert got.returned.sum() == pytest.approx(surplus / WAD, rel=1e-9, abs=1e-12)
    assert got.compensation.sum() == pytest.approx(paid / WAD, rel=1e-12)


def one_call_in_integers(system):
    """All that one call liquidates, lowest ratio first; ratios of before, since what is spread comes at its end."""
    start, closed, offset, surplus, paid = system, [], 0, 0, 0
    debt, collateral = system.book.total
    for user in system.book.open:
        if len(closed) == len(start.book.open) - 1:
            break  # the last trove stays
        # What was spread has not yet reached the others: each is judged as it was, in the system as it is.
        own = start.book.entire(user)
        recovering = collateral * system.price // debt < 3 * WAD // 2 if debt else False
        ratio = own.collateral * system.price // own.debt
        coins = start.pool.total - offset
        if recovering and ratio <= WAD:
            gain, share, back = 0, own.collateral // 200, 0
        elif ratio < 11 * WAD // 10:
            gain, share, back = min(own.debt, coins), own.collateral // 200, 0
        elif recovering and ratio < collateral * system.price // debt and own.debt <= coins:
            capped = own.debt * 11 * WAD // 10 // system.price
            gain, share, back = own.debt, capped // 200, own.collateral - capped
        else:
            continue
        taken = own.collateral - back
        closed.append(int(user))
        offset, surplus, paid = offset + gain, surplus + back, paid + share
        debt, collateral = debt - gain, collateral - back - share - (taken - share) * gain // own.debt
    return closed, offset, surplus, paid


@settings(max_examples=60, deadline=None)
@given(SIZES, st.integers(1, 60_000))
def test_redemption_as_the_twin_does(sizes, coins):
    system = system_of([(debt, max(ratio, 1.2)) for debt, ratio in sizes], 1000, 0).after(15 * 86_400)
    exact = [system.book.entire(str(i)) for i in range(len(sizes))]
    troves = Troves([each.collateral / WAD for each in exact], [each.debt / WAD for each in exact], LIQUITY)
    ratios = np.sort(troves.ratios(1000.0))
    most = (troves.debt - 200).sum()
    if np.any(np.abs(np.diff(ratios)) < 1e-9) or coins >= most:
        return
    got = troves.redeem(float(coins), 1000.0)
    try:
        want = redeem_coins(system, coins * WAD)
    except ValueError:
        assert got.paid == 0.0
        return
    assert got.paid == pytest.approx(want.paid / WAD, rel=1e-14)
    assert got.fee == pytest.approx(want.fee / WAD, rel=1e-12)
    assert got.base_rate == pytest.approx(want.system.base_rate / WAD, abs=1e-14)


@settings(max_examples=150, deadline=None)
@given(SIZES, st.floats(0, 60_000), st.floats(700, 1300), st.booleans())
def test_a_liquidation_creates_nothing(sizes, coins, price, recovery):
    debt, ratio = np.array(sizes).T
    collateral = debt * ratio / 1000
    result = Troves(collateral, debt, LIQUITY._replace(recovery=recovery)).liquidate(price, coins)
    left = result.offset_collateral.sum() + result.compensation.sum() + result.returned.sum()
    assert result.troves.collateral.sum() + left == pytest.approx(collateral.sum(), rel=1e-12)
    assert result.troves.debt.sum() + result.offset_debt.sum() == pytest.approx(debt.sum(), rel=1e-12)
    assert result.offset_debt.sum() <= coins * (1 + 1e-12)
    assert result.troves.collateral.min() >= 0 and result.troves.debt.min() >= 0


def test_recovery_mode_in_scenarios():
    collateral = np.array([8.0, 200.0])
    debt = np.array([10_000.0, 192_155.0])
    troves = Troves(collateral, debt, LIQUITY)
    prices, pools = np.array([1450.0, 1450.0, 2000.0, 1100.0]), np.array([50_000.0, 9999.0, 50_000.0, 50_000.0])
    assert list(troves.in_recovery(prices)) == [True, True, False, True]
    many = troves.liquidate(prices, pools)
    for i, (price, pool) in enumerate(zip(prices, pools, strict=True)):
        one = troves.liquidate(float(price), float(pool))
        for got, want in zip(many[2:], one[2:], strict=True):
            np.testing.assert_array_equal(np.broadcast_to(got, (4, 2))[i], want)
    assert list(many.closed[:, 0]) == [True, False, False, True]
    assert many.returned[0, 0] == pytest.approx(8 - 1.1 * 10_000 / 1450)
    assert many.offset_debt[3, 0] == 0.0  # at 88 % the others share it
    assert many.troves.debt[3, 1] == pytest.approx(202_155.0)
    assert Troves(collateral, debt).liquidate(1450.0, 5e4).closed.sum() == 0


def test_who_pays_and_who_gains():
    ledger = Ledger({name: name for name in ("redeemer", "owners", "stakers", "issuer", "liquidator")})
    troves = Troves(np.array([8.0, 200.0]), np.array([10_000.0, 100_000.0]), LIQUITY)
    ledger.book(troves.redeem(2000.0, 2000.0))
    ledger.book(troves.liquidate(1300.0, 1e5))
    ledger.check_conserved()
    assert ledger.balance("redeemer", "coin") == -2000.0
    assert 0 < ledger.balance("stakers", "collateral") < 1.0
    assert ledger.balance("liquidator", "coin") == 200.0
    assert ledger.balance("liquidator", "collateral") == pytest.approx(0.04)
    assert ledger.balance("owners", "coin debt") == pytest.approx(12_000.0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: TroveRules(-1.0), "reserve = -1"),
        (lambda: TroveRules(0.0, -1.0), "least_debt = -1"),
        (lambda: TroveRules(0.0, 0.0, 1.1), "compensation = 1.1"),
        (lambda: Troves(np.ones(2), 1.0).system_ratio(0.0), "price = 0"),
        (lambda: Troves(np.ones(2), 1.0).in_recovery(-1.0), "price = -1"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)


def test_the_twin_liquidates_as_the_float_troves_in_one_step():
    system = system_of([(10_000, 1.05), (100_000, 2.0)], 1000, 5000)
    done = liquidate_trove(system, "0")
    got = Troves([10.5, 200.0], [10_000.0, 100_000.0], LIQUITY).liquidate(1000.0, 5000.0)
    assert got.troves.debt[1] == pytest.approx(done.system.book.entire("1").debt / WAD, rel=1e-14)
    assert got.troves.collateral[1] == pytest.approx(done.system.book.entire("1").collateral / WAD, rel=1e-14)
