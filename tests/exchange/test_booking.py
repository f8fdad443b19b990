"""What exchanges write into the ledger: who pays whom is checked by hand, record by record."""

from __future__ import annotations

import numpy as np
import pytest

from defi_lib.exchange import (
    ConcentratedPool,
    ConstantProductPool,
    OrderBook,
    StableSwapPool,
    WeightedPool,
    arbitrage_along,
    open_pool,
    sandwich_attack,
)
from defi_lib.ledger import Ledger, Transfer, profits
from defi_lib.ledger.transfer import OUTSIDE
from tests.support.contracts import assert_refuses

PRICE = 2_000.0
POOL = ConstantProductPool((1_000.0, 2e6), fee=0.003)


def booked(record, *parties, **names):
    ledger = Ledger(parties)
    ledger.mark("ETH", PRICE)
    ledger.book(record, **names)
    ledger.check_conserved()
    return ledger


def test_a_swap_pays_its_fee_to_the_pool():
    swap = POOL.swap_exact_in(10.0)
    assert swap.transfers(trader="Ann") == (
        Transfer("Ann", "pool", 0.03, "ETH", "fee"),
        Transfer("Ann", "pool", 9.97, "ETH", "price impact"),
        Transfer("pool", "Ann", swap.amount_out, "USD", "price impact"),
    )
    ledger = booked(swap, "Ann", "pool", trader="Ann")
    assert ledger.balance("pool", "ETH") == swap.pool.reserves[0] - 1_000
    assert -ledger.balance("pool", "USD") == pytest.approx(2e6 - swap.pool.reserves[1], rel=1e-12)
    result = profits(ledger)
    assert result["pool"]["fee"] == pytest.approx(0.03 * PRICE)
    # At the marginal price before, the trader loses the price impact of what he pays after the fee.
    assert result["Ann"]["price impact"] == pytest.approx(-swap.price_impact * 9.97 * PRICE)


@pytest.mark.parametrize("token_in", [0, 1])
@pytest.mark.parametrize(
    "pool",
    [
        POOL,
        WeightedPool((1_000.0, 8e6), (0.2, 0.8)),
        StableSwapPool((1e6, 2e6), 100.0, 0.001),
        ConcentratedPool(PRICE, 0.003, 60).add_liquidity(-887_220, 887_220, 1e6).pool,
        ConstantProductPool((np.array([500.0, 1_000.0]), np.array([1e6, 2e6]))),
    ],
    ids=lambda pool: type(pool).__name__,
)
def test_every_pool_gets_what_its_reserves_say(pool, token_in):
    swap = pool.swap_exact_in(100.0, token_in, 1 - token_in)
    ledger = booked(swap, "trader", "pool")
    for asset, before, after in zip(("ETH", "USD"), pool.reserves, swap.pool.reserves, strict=True):
        np.testing.assert_allclose(
            ledger.balance("pool", asset), after - before, rtol=1e-9, atol=1e-12 * np.max(before)
        )


@pytest.mark.parametrize("maker_fee", [0.0, 0.0002, -0.0005, np.array([0.0002, -0.0005])])
@pytest.mark.parametrize("token_in", [0, 1])
def test_the_fees_of_an_order_book_go_to_its_owner(maker_fee, token_in):
    book = OrderBook([[1_990.0, 50.0]], [[2_010.0, 50.0]], taker_fee=0.001, maker_fee=maker_fee)
    amount = (10.0, 20_000.0)[token_in]
    trade = book.swap_exact_in(amount, token_in, 1 - token_in)
    paid, received = ("ETH", "USD") if token_in == 0 else ("USD", "ETH")
    ledger = booked(trade, "trader", "makers", "exchange")
    net = 0.999 * amount
    got = net * 1_990 if token_in == 0 else net / 2_010
    np.testing.assert_allclose(ledger.balance("exchange", paid), 0.001 * amount + net * maker_fee)
    np.testing.assert_allclose(ledger.balance("makers", paid), net - net * maker_fee)
    np.testing.assert_allclose(ledger.balance("trader", received), got)
    assert np.all(ledger.balance("exchange", received) == 0)
    assert np.all(np.asarray(profits(ledger)["exchange"]["fee"]) > 0)


def test_a_limit_order_that_crosses_the_book_is_a_trade():
    book = OrderBook([[1_990.0, 50.0]], [[2_010.0, 50.0]], taker_fee=0.001)
    placed = book.place("buy", 2_020.0, 1.0, "Ann")
    ledger = booked(placed.swap, "Ann", "makers", "exchange", trader="Ann")
    assert ledger.balance("exchange", "USD") == pytest.approx(2_010 / 0.999 * 0.001)


def test_shares_are_minted_for_a_deposit_and_burned_for_a_withdrawal():
    deposit = POOL.add_liquidity((100.0, 2e5))
    assert deposit.transfers("Ann") == (
        Transfer("Ann", "pool", 100.0, "ETH", "liquidity"),
        Transfer("Ann", "pool", 2e5, "USD", "liquidity"),
        Transfer(OUTSIDE, "Ann", deposit.shares, "pool share", "liquidity"),
    )
    withdrawal = deposit.pool.remove_liquidity(0.5 * deposit.shares)
    ledger = booked(deposit, "Ann", "pool", provider="Ann")
    ledger.book(withdrawal, provider="Ann")
    assert ledger.supply("pool share") == ledger.balance("Ann", "pool share") == pytest.approx(0.5 * deposit.shares)
    assert ledger.supply("pool share") == pytest.approx(withdrawal.pool.shares - POOL.shares)
    assert ledger.balance("Ann", "ETH") == pytest.approx(-50.0)
    assert ledger.balance("Ann", "USD") == pytest.approx(-1e5)
    ledger.check_conserved()


@pytest.mark.parametrize(
    "change",
    [
        POOL.add_liquidity((1.0, 3_000.0)),
        POOL.remove_liquidity(1_000.0),
        open_pool((10.0, 2e4)),
        WeightedPool((1_000.0, 8e6), (0.2, 0.8)).add_single_asset(100.0),
        WeightedPool((1_000.0, 8e6), (0.2, 0.8)).remove_single_asset(100.0),
        WeightedPool((1_000.0, 8e6), (0.2, 0.8)).remove_exact_amounts((1.0, 0.0)),
        StableSwapPool((1e6, 2e6), 100.0, 0.001).add_liquidity((0.0, 500.0)),
        StableSwapPool((1e6, 2e6), 100.0, 0.001).remove_exact_amounts((500.0, 0.0)),
        ConcentratedPool(PRICE, 0.003, 60).add_liquidity(-887_220, 887_220, 1e6),
        ConstantProductPool((np.array([500.0, 1e3]), np.array([1e6, 2e6]))).remove_liquidity(np.array([1.0, 0.0])),
    ],
)
def test_changes_of_liquidity_are_changes_of_the_reserves(change):
    ledger = booked(change, "provider", "pool")
    before = (0.0, 0.0) if change.before is None else change.before.reserves
    for asset, held, now in zip(("ETH", "USD"), before, change.pool.reserves, strict=True):
        np.testing.assert_allclose(ledger.balance("pool", asset), now - held, rtol=1e-9, atol=1e-9)
    growing = change.before is None or np.any(np.asarray(change.pool.reserves) > np.asarray(before))
    np.testing.assert_allclose(ledger.supply("pool share"), change.shares if growing else -change.shares)


def test_what_a_pool_keeps_for_later_moves_when_it_is_collected():
    pool = ConcentratedPool(PRICE, 0.003, 60).add_liquidity(-887_220, 887_220, 1e6).pool
    removed = pool.remove_liquidity(-887_220, 887_220, 4e5)
    assert removed.transfers() == (Transfer("provider", OUTSIDE, 4e5, "pool share", "liquidity"),)
    collected = removed.pool.collect(-887_220, 887_220)
    ledger = booked(removed, "provider", "pool")
    ledger.book(collected)
    assert removed.amounts[1] > 0
    assert ledger.balance("provider", "USD") == pytest.approx(removed.amounts[1])
    assert ledger.supply("pool share") == -4e5


def test_a_deposit_that_the_reserves_do_not_feel_is_not_written_as_its_opposite():
    assert POOL.add_liquidity((1e-20, 2e-17)).transfers() == ()
    assert POOL.remove_liquidity(0.0).transfers() == ()


def test_the_protocols_shares_are_its_own():
    pool = ConstantProductPool((1_000.0, 2e6), protocol_fee=1 / 6).swap_exact_in(100.0).pool
    change = pool.add_liquidity((10.0, pool.matching_amount(10.0)))
    ledger = booked(change, "provider", "pool", "protocol")
    assert ledger.balance("protocol", "pool share") == change.protocol_shares > 0
    assert ledger.supply("pool share") == pytest.approx(change.pool.shares - pool.shares)


@pytest.mark.parametrize("paths", [None, 3])
def test_arbitrageurs_pay_providers_and_their_profit_is_that_of_the_run(paths):
    shape = (50,) if paths is None else (50, paths)
    prices = PRICE * np.exp(np.cumsum(np.random.default_rng(1).normal(0, 0.02, shape), axis=0))
    run = arbitrage_along(POOL, prices)
    parts = {"Ann": 0.25, "Ben": 0.75}
    ledger = Ledger([*parts, "arbitrageurs", "outside market"])
    ledger.mark("ETH", run.price)
    ledger.book(run, providers=parts)
    ledger.check_conserved()
    for asset, before, after in zip(("ETH", "USD"), POOL.reserves, run.pool.reserves, strict=True):
        for name, part in parts.items():
            np.testing.assert_allclose(ledger.balance(name, asset), part * (after - before), rtol=1e-6)
    fees = profits(ledger)["arbitrageurs"]["fee"]
    np.testing.assert_allclose(fees, -(run.fees[0] * run.price + run.fees[1]))
    np.testing.assert_allclose(profits(ledger)["arbitrageurs"]["total"], run.arbitrage_profit)
    assert np.all(np.abs(ledger.balance("arbitrageurs", "ETH")) < 1e-9)


def test_a_sandwich_is_three_swaps_and_gas():
    attack = sandwich_attack(POOL, 40_000.0, 0.01, gas=5.0, token_in=1, token_out=0)
    ledger = booked(attack, "bot", "Ben", "pool", "block producers", attacker="bot", victim="Ben")
    assert ledger.balance("bot", "USD") == pytest.approx(attack.attacker_profit)
    assert ledger.balance("bot", "ETH") == pytest.approx(0.0, abs=1e-12)
    assert ledger.balance("Ben", "ETH") == attack.victim.amount_out
    assert ledger.balance("block producers", "USD") == 5.0
    assert {move.payee for move in sandwich_attack(POOL, 1.0, 0.01).transfers()} == {"pool", "attacker", "victim"}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: POOL.swap_exact_in(1.0).transfers(assets=("ETH",)), r"assets = \('ETH',\): allowed are the names"),
        (lambda: POOL.remove_liquidity(1.0).transfers(assets="E"), r"assets = \('E',\): .* all 2 tokens"),
        (lambda: arbitrage_along(POOL, [PRICE]).transfers({"a": 0.5}), "add up to 0.5: allowed is exactly 1"),
        (lambda: arbitrage_along(POOL, [PRICE]).transfers({"a": 2.0, "b": -1.0}), r"providers\['a'\] = 2 .*\[0, 1\]"),
        (lambda: arbitrage_along(POOL, [PRICE]).transfers(assets=("ETH",)), r"assets = \('ETH',\)"),
    ],
)
def test_errors(call, message):
    assert_refuses(call, message)


def test_former_names_write_the_same():
    from defi_lib.ledger import former

    swap, deposit = POOL.swap_exact_in(10.0), POOL.add_liquidity((1.0, 2e3))
    trade = OrderBook([[1_990.0, 50.0]], [[2_010.0, 50.0]]).swap_exact_in(1.0)
    old, new = (Ledger(["Ann", "pool", "makers", "exchange"]) for _ in range(2))
    with pytest.warns(DeprecationWarning, match=r"is now ledger.book\(record"):
        former.record_swap(old, swap, "Ann", "pool", ("ETH", "USD"), 1.0)
        former.record_trade(old, trade, "Ann", assets=("A", "B"))
        former.record_deposit(old, deposit, "Ann")
    new.book(swap, trader="Ann", time=1.0)
    new.book(trade, trader="Ann", assets=("A", "B"))
    new.book(deposit, provider="Ann")
    assert old.transfers().equals(new.transfers())
    with pytest.warns(DeprecationWarning, match="record_run is now"):
        from defi_lib.exchange import record_run
    assert record_run is former.record_run
