"""What every pool promises (``Pool``, ``SharedPool``), tried on every kind of pool."""

import copy
import pickle
from typing import NamedTuple

import numpy as np
import pytest

from defi_lib.exchange import (
    ConcentratedPool,
    ConstantProductPool,
    OrderBook,
    StableSwapPool,
    WeightedPool,
    arbitrage_outside,
    pull_liquidity,
)


class DynamicFeePool(ConstantProductPool):
    """A pool whose fee grows with the distance from the price that it believes in: users write such subclasses."""

    believed = 2000.0

    def __new__(cls, reserves, believed=2000.0):
        pool = super().__new__(cls, reserves, 0.003)
        pool.believed = believed
        return pool

    def __getnewargs__(self):
        return self.reserves, self.believed

    @property
    def fee(self):
        return 0.003 + 0.05 * np.minimum(np.abs(np.log(self.price() / self.believed)), 1.0)


class Kind(NamedTuple):
    """A pool, and what is asked of it."""

    pool: object
    move: float = 0.05  #: by which part its price can be moved in one trade
    exact: float = 1e-12  #: how near to a price a trade can bring it (ratio)
    pair: tuple[int, int] = (0, 1)


def concentrated():
    pool = ConcentratedPool(2000.0, 0.003, 60)
    for lower, upper, liquidity in ((69060, 82920, 40_000.0), (75960, 76080, 50_000.0), (74940, 76500, 9000.0)):
        pool = pool.add_liquidity(lower, upper, liquidity).pool
    return pool


THREE = WeightedPool((10.0, 200.0, 7e4), (0.5, 0.3, 0.2), 0.01)
KINDS = {
    "constant product": Kind(ConstantProductPool((1000.0, 2e6), 0.003)),
    "constant product, no fee, protocol fee": Kind(ConstantProductPool((1000.0, 2e6), 0.0, protocol_fee=1 / 6)),
    "dynamic fee": Kind(DynamicFeePool((1000.0, 2e6), 1980.0)),
    "weighted": Kind(WeightedPool((8000.0, 4e6), (0.8, 0.2), 0.003)),
    "three weighted": Kind(THREE, pair=(2, 0)),
    "stable": Kind(StableSwapPool((1.1e6, 0.9e6), 200.0), 0.01),
    "three stable": Kind(StableSwapPool((1.1e6, 0.9e6, 1e6), 500.0, 0.001), 0.01, pair=(2, 1)),
    "concentrated": Kind(concentrated(), 0.02),
    "order book": Kind(OrderBook.around(2000.0, 0.001, 1e6), 0.03, 2e-3),
}
every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
SHARED = {name: kind for name, kind in KINDS.items() if hasattr(kind.pool, "shares")}
every_shared_kind = pytest.mark.parametrize("kind", SHARED.values(), ids=SHARED.keys())


def directions(kind):
    """Both directions in which the pair can be traded, with an amount that is a small part of the reserve."""
    token, quote = kind.pair
    return [(a, b, 0.003 * kind.pool.reserves[a]) for a, b in ((token, quote), (quote, token))]


def paid(swap):
    """What left the trader's hands and what came into them, by token."""
    return {swap.token_in: -swap.amount_in, swap.token_out: swap.amount_out}


@every_kind
def test_out_undoes_in(kind):
    for token_in, token_out, amount in directions(kind):
        for size in (1e-6, 1.0):
            sold = kind.pool.swap_exact_in(size * amount, token_in, token_out)
            bought = kind.pool.swap_exact_out(sold.amount_out, token_in, token_out)
            assert bought.amount_in == pytest.approx(sold.amount_in, rel=1e-9)
            assert bought.fee == pytest.approx(sold.fee, rel=1e-9)
            assert bought.price_after == pytest.approx(sold.price_after, rel=1e-12)


@every_kind
def test_what_the_trader_pays_the_pool_has(kind):
    for token_in, token_out, amount in directions(kind):
        swap = kind.pool.swap_exact_in(amount, token_in, token_out)
        for number, before in enumerate(kind.pool.reserves):
            change = -paid(swap).get(number, 0.0)
            if isinstance(kind.pool, OrderBook):
                change = min(change, 0.0)  # what a taker pays goes to the makers, not into the book
            assert swap.pool.reserves[number] - before == pytest.approx(change, abs=1e-13 * before)


@every_kind
def test_nothing_is_created_by_trading_to_and_fro(kind):
    for token_in, token_out, amount in directions(kind):
        pool, held = kind.pool, 0.0
        for size in (0.3, 1.0, 0.01):
            swap = pool.swap_exact_in(size * amount, token_in, token_out)
            pool, held = swap.pool, held + swap.amount_out
        back = pool.swap_exact_in(held, token_out, token_in)
        assert back.amount_out <= 1.31 * amount * (1 + 1e-12)
        in_parts = kind.pool.swap_exact_in(amount / 2, token_in, token_out)
        second = in_parts.pool.swap_exact_in(amount / 2, token_in, token_out)
        at_once = kind.pool.swap_exact_in(amount, token_in, token_out)
        if not isinstance(kind.pool, DynamicFeePool):
            # A fee that stays in the pool makes it deeper for who comes second; it cannot earn more than that fee.
            gain = in_parts.amount_out + second.amount_out - at_once.amount_out
            assert gain <= at_once.amount_out * (kind.pool.fee * 0.01 + 1e-12)


@every_kind
def test_a_trade_is_never_better_than_the_price(kind):
    for token_in, token_out, amount in directions(kind):
        for size in (1e-6, 1.0):
            swap = kind.pool.swap_exact_in(size * amount, token_in, token_out)
            assert 0 < swap.average_price <= swap.price_before * (1 + 1e-9)
            assert swap.price_after <= swap.price_before * (1 + 1e-12)
            assert -1e-9 <= swap.price_impact <= swap.cost + 1e-9 < 1


@every_kind
def test_an_empty_trade_changes_nothing(kind):
    for token_in, token_out, _ in directions(kind):
        for swap in (
            kind.pool.swap_exact_in(0.0, token_in, token_out),
            kind.pool.swap_exact_out(0.0, token_in, token_out),
        ):
            assert (swap.amount_in, swap.amount_out, swap.fee, swap.price_impact) == (0, 0, 0, 0)
            assert swap.cost == pytest.approx(kind.pool.fee)
            assert swap.pool.reserves == kind.pool.reserves and swap.price_after == swap.price_before


@every_kind
def test_arrays_agree_with_scalars(kind):
    sizes = np.array([0.0, 1e-9, 0.1, 1.0])
    for token_in, token_out, amount in directions(kind):
        for verb in ("swap_exact_in", "swap_exact_out"):
            scale = amount if verb == "swap_exact_in" else 0.003 * kind.pool.reserves[token_out]
            together = getattr(kind.pool, verb)(sizes * scale, token_in, token_out)
            again = together.pool.swap_exact_in(amount, token_in, token_out)
            for i, size in enumerate(sizes.tolist()):
                alone = getattr(kind.pool, verb)(size * scale, token_in, token_out)
                for name in ("amount_in", "amount_out", "fee", "price_after", "cost", "average_price"):
                    got = np.broadcast_to(getattr(together, name), 4)[i]
                    assert got == pytest.approx(getattr(alone, name), rel=1e-11, abs=1e-9 * size), name
                one = alone.pool.swap_exact_in(amount, token_in, token_out)
                assert again.amount_out[i] == pytest.approx(one.amount_out, rel=1e-11)
    assert kind.pool.swap_exact_in(np.full((2, 3), amount), token_in, token_out).cost.shape == (2, 3)


@every_kind
def test_bad_arguments_are_named(kind):
    token, quote = kind.pair
    count = len(kind.pool.reserves)
    for call, word in (
        (lambda: kind.pool.swap_exact_in(-1.0, token, quote), "amount_in = -1"),
        (lambda: kind.pool.swap_exact_out(-1.0, token, quote), "amount_out = -1"),
        (lambda: kind.pool.swap_exact_in(np.array([1.0, np.nan]), token, quote), r"amount_in\[1\] = nan"),
        (lambda: kind.pool.swap_exact_in(1.0, count, quote), f"token_in = {count}"),
        (lambda: kind.pool.swap_exact_in(1.0, token, token), "token_out = . equals token_in"),
        (lambda: kind.pool.swap_exact_out(kind.pool.reserves[quote] * 1.01, token, quote), "amount_out"),
    ):
        with pytest.raises(ValueError, match=word):
            call()


@every_kind
def test_transitions_leave_the_old_pool_alone(kind):
    before = pickle.dumps(kind.pool)
    for token_in, token_out, amount in directions(kind):
        kind.pool.swap_exact_in(np.array([amount, 0.0]), token_in, token_out)
        kind.pool.swap_exact_out(0.003 * kind.pool.reserves[token_out], token_in, token_out)
    if hasattr(kind.pool, "shares"):
        kind.pool.add_liquidity(tuple(0.1 * reserve for reserve in kind.pool.reserves))
        kind.pool.remove_liquidity(0.1 * kind.pool.shares)
    assert pickle.dumps(kind.pool) == before
    with pytest.raises(AttributeError):
        kind.pool.reserves = (1.0, 1.0)


@every_kind
def test_a_pool_and_its_records_travel(kind):
    token_in, token_out, amount = directions(kind)[0]
    swap = kind.pool.swap_exact_in(np.array([amount, 0.0]), token_in, token_out)
    for journey in (copy.deepcopy, copy.copy, lambda state: pickle.loads(pickle.dumps(state))):
        pool, arrived = journey(kind.pool), journey(swap)
        assert type(pool) is type(kind.pool) and type(arrived) is type(swap)
        assert pool.fee == kind.pool.fee and pool.reserves == kind.pool.reserves
        assert pool.swap_exact_in(amount, token_in, token_out).amount_out == swap.amount_out[0]
        np.testing.assert_array_equal(arrived.pool.price(token_in, token_out), swap.price_after)


ARRAYS = {
    "constant product": lambda a, fee: ConstantProductPool((a, 2 * a), fee, a, fee, a),
    "weighted": lambda a, fee: WeightedPool((a, 2 * a, a), (fee, fee, 1 - 2 * fee), fee, a, power_error=fee),
    "stable": lambda a, fee: StableSwapPool((a, 2 * a), a, fee, a),
    "concentrated": lambda a, fee: ConcentratedPool(a, fee, protocol_fee=fee),
    "order book": lambda a, fee: OrderBook([(1.0, 2.0)], [(2.0, 3.0)], fee, fee),
}


@pytest.mark.parametrize("build", ARRAYS.values(), ids=ARRAYS.keys())
def test_a_pool_keeps_its_own_numbers(build):
    amounts, fees = np.array([100.0, 200.0]), np.array([0.1, 0.2])
    pool, want = build(amounts, fees), pickle.dumps(build(amounts.copy(), fees.copy()))
    amounts[0], fees[0] = 5.0, 0.4
    assert pickle.dumps(pool) == want


@every_kind
@pytest.mark.parametrize("side", [-1.0, -0.01, 0.0, 0.01, 1.0])
def test_a_trade_to_a_price_ends_there(kind, side):
    for token, quote in (kind.pair, kind.pair[::-1]):
        price = kind.pool.price(token, quote) * (1 + side * kind.move)
        bought, sold = kind.pool.trade_to(price, token, quote)
        assert (bought.token_in, bought.token_out, sold.token_in, sold.token_out) == (quote, token, token, quote)
        assert sold.before is bought.pool
        assert sold.pool.price(token, quote) == pytest.approx(price, rel=kind.exact)
        if kind.exact < 1e-6:
            assert (bought.amount_in > 0, sold.amount_in > 0) == (side > 0, side < 0)


@every_kind
def test_within_the_band_nothing_is_traded_after_fee(kind):
    token, quote = kind.pair
    for price in kind.pool.price(token, quote) * (1 + 0.99 * kind.pool.fee * np.array([-1.0, 0.0, 1.0])):
        assert [swap.amount_in for swap in kind.pool.trade_to(price, token, quote, after_fee=True)] == [0.0, 0.0]


@every_kind
@pytest.mark.parametrize("after_fee", [False, True])
def test_prices_of_scenarios_are_reached_one_by_one(kind, after_fee):
    token, quote = kind.pair
    prices = kind.pool.price(token, quote) * (1 + kind.move * np.array([-1.0, 0.0, 0.7]))
    together = kind.pool.trade_to(prices, token, quote, after_fee=after_fee)
    for i, price in enumerate(prices.tolist()):
        for swap, alone in zip(together, kind.pool.trade_to(price, token, quote, after_fee=after_fee), strict=True):
            assert swap.amount_in[i] == pytest.approx(alone.amount_in, rel=1e-10)
            assert swap.amount_out[i] == pytest.approx(alone.amount_out, rel=1e-10)


@every_kind
@pytest.mark.parametrize("price", [0.0, -1.0, np.nan, np.inf])
def test_a_price_that_is_none_is_refused(kind, price):
    with pytest.raises(ValueError, match="price = "):
        kind.pool.trade_to(price, *kind.pair)
    with pytest.raises(ValueError, match="price = "):
        arbitrage_outside(kind.pool, price, *kind.pair)


@every_kind
@pytest.mark.parametrize("side", [-1.0, -0.4, 0.4, 1.0])
def test_the_profit_of_arbitrage_is_that_of_its_swaps_and_the_best_possible(kind, side):
    for token, quote in (kind.pair, kind.pair[::-1]):
        price = kind.pool.price(token, quote) * (1 + side * kind.move)
        found = arbitrage_outside(kind.pool, price, token, quote)
        (trade,) = (swap for swap in found.swaps if swap.amount_in > 0)
        assert found.pool is found.sold.pool and found.before is kind.pool

        def gain(swap, price=price, token=token):
            value_in, value_out = (price if number == token else 1.0 for number in (swap.token_in, swap.token_out))
            return swap.amount_out * value_out - swap.amount_in * value_in

        value = trade.amount_in * (price if trade.token_in == token else 1.0)
        assert found.profit == pytest.approx(gain(trade), abs=1e-13 * value) and found.profit > 0
        others = trade.amount_in * np.concatenate([np.linspace(0.0, 1.2, 601), 1 + np.linspace(-1e-3, 1e-3, 201)])
        best = np.max(gain(kind.pool.swap_exact_in(others, trade.token_in, trade.token_out)))
        assert best <= found.profit + 1e-12 * value
        assert best == pytest.approx(found.profit, rel=1e-5)
        again = arbitrage_outside(found.pool, price, token, quote).profit
        if isinstance(
            kind.pool, StableSwapPool
        ):  # whose fee stays on the side that was bought, and moves the price back
            assert again <= 1e-5 * found.profit
        elif not isinstance(kind.pool, DynamicFeePool):  # whose fee has fallen meanwhile
            assert again <= 1e-12 * value


def test_arbitrage_with_a_pool_that_cannot_say_its_trade_is_refused():
    class Foreign:
        reserves, fee = (1.0, 1.0), 0.0

    with pytest.raises(ValueError, match="pool is a Foreign without trade_to"):
        arbitrage_outside(Foreign(), 1.0)


@every_kind
def test_another_fee_is_checked_and_changes_nothing_else(kind):
    token_in, token_out, amount = directions(kind)[0]
    cheap = kind.pool.with_fee(0.0)
    assert type(cheap) is type(kind.pool) and cheap.reserves == kind.pool.reserves
    assert cheap.price(token_in, token_out) == kind.pool.price(token_in, token_out)
    if not isinstance(kind.pool, DynamicFeePool):
        assert cheap.fee == cheap.swap_exact_in(amount, token_in, token_out).fee == 0.0
        many = kind.pool.with_fee(np.array([0.0, 0.3])).swap_exact_in(amount, token_in, token_out)
        assert many.amount_out[1] < many.amount_out[0]
    for fee in (1.0, -0.1, np.nan):
        with pytest.raises(ValueError, match=rf"fee = {fee:g}.*\[0, 1\)"):
            kind.pool.with_fee(fee)


@every_shared_kind
def test_shares_are_worth_what_was_paid_for_them(kind):
    pool = kind.pool
    part = 0.1
    added = pool.add_liquidity(tuple(part * reserve for reserve in pool.reserves))
    assert type(added.pool) is type(pool) and added.pool.fee == pytest.approx(pool.fee)
    assert added.shares == pytest.approx(part * pool.shares, rel=1e-12)
    back = added.pool.remove_liquidity(added.shares)
    assert back.amounts == pytest.approx(added.amounts, rel=1e-11)
    assert back.pool.reserves == pytest.approx(pool.reserves, rel=1e-12)
    assert back.pool.shares == pytest.approx(pool.shares, rel=1e-12)


@every_shared_kind
def test_all_shares_but_rounding_are_all_shares(kind):
    shares = kind.pool.shares
    for almost in (shares, np.nextafter(shares, 0.0), 0.1 * shares + 0.2 * shares + 0.7 * shares * (1 - 1e-15)):
        with pytest.raises(ValueError, match="shares"):
            kind.pool.remove_liquidity(float(almost))
    assert kind.pool.remove_liquidity(shares * (1 - 1e-9)).pool.shares > 0


@every_shared_kind
def test_a_holder_who_comes_after_a_removal_gets_less(kind):
    token_in, token_out, amount = directions(kind)[0]
    pull = pull_liquidity(kind.pool, 0.9, amount, token_in, token_out)
    assert pull.removal.amounts == pytest.approx([0.9 * reserve for reserve in kind.pool.reserves], rel=1e-12)
    assert 0 < pull.holder_loss < pull.sale_before.amount_out


def test_a_pull_needs_shares():
    with pytest.raises(ValueError, match="pool is a OrderBook without shares"):
        pull_liquidity(KINDS["order book"].pool, 0.5)
