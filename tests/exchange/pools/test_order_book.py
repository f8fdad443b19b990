from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.exchange import EXCHANGE, ConstantProductPool, Fill, Order, OrderBook, maker_fees, market_fills

BOOK = OrderBook(bids=[(99.0, 2.0), (98.0, 1.0), (99.0, 3.0)], asks=[(101.0, 1.0), (103.0, 4.0)], taker_fee=0.01)


def walked(orders, amount, given_token):
    """What ``amount`` of a token is worth along (price, size) rows: one order after the other, in fractions."""
    left, got = Fraction(amount), Fraction(0)
    for price, size in orders:
        price, size = Fraction(price), Fraction(size)
        whole = size if given_token == 0 else size * price
        part = min(left, whole)
        got += part * price if given_token == 0 else part / price
        left -= part
    return got


def test_prices_and_depth():
    assert (BOOK.best_bid, BOOK.best_ask, BOOK.mid) == (99.0, 101.0, 100.0)
    assert BOOK.spread == pytest.approx(0.02) and BOOK.price(1, 0) == pytest.approx(0.01)
    assert BOOK.reserves == (5.0, 99 * 5 + 98)
    assert BOOK.depth(0.01) == (495.0, 101.0) and BOOK.depth(0.005) == (0.0, 0.0)
    assert BOOK.depth(0.05) == (593.0, 513.0) and BOOK.fee == 0.01


def test_market_order_walks_the_book():
    sold = BOOK.swap_exact_in(5.5 / 0.99)
    assert sold.amount_out == pytest.approx(99 * 5 + 98 * 0.5, rel=1e-15)
    assert sold.fee == pytest.approx(5.5 / 99, rel=1e-14) and sold.pool.best_bid == 98.0
    bought = BOOK.swap_exact_in(101 + 103 * 2.0, 1, 0)
    assert bought.amount_out == pytest.approx(1 + (307 * 0.99 - 101) / 103, rel=1e-14)
    assert bought.price_before == 0.01 and bought.price_after == pytest.approx(1 / 101)
    assert bought.pool.reserves == pytest.approx((5 - bought.amount_out, 593.0))


def test_cost_contains_half_the_spread_the_walk_and_the_fee():
    small = BOOK.swap_exact_in(1e-9)
    assert small.price_impact == pytest.approx(0.01, rel=1e-12)
    assert small.cost == pytest.approx(1 - 0.99 * 0.99, rel=1e-12)
    nothing = BOOK.swap_exact_in(0.0)
    assert (nothing.amount_out, nothing.price_impact) == (0, 0) and nothing.pool == BOOK
    assert BOOK.swap_exact_in(5.5).cost > small.cost


@settings(max_examples=60)
@given(
    sizes=st.lists(st.floats(1e-6, 1e6), min_size=1, max_size=8),
    steps=st.lists(st.floats(1e-4, 50), min_size=8, max_size=8),
    first=st.floats(0, 0.4),
    second=st.floats(1e-12, 0.5),
    fee=st.sampled_from([0.0, 0.001, 0.1]),
    token=st.sampled_from([0, 1]),
)
def test_any_walk_against_fractions(sizes, steps, first, second, fee, token):
    prices = 100 + np.cumsum(steps[: len(sizes)]) if token else 100 / (1 + np.cumsum(steps[: len(sizes)]))
    rows, other = list(zip(prices.tolist(), sizes, strict=True)), [(100.0, 1.0)]
    book = OrderBook(other, rows, taker_fee=fee) if token else OrderBook(rows, other, taker_fee=fee)
    total = sum(size * (price if token else 1) for price, size in rows)
    start, amount = first * total / (1 - fee), second * total / (1 - fee)
    one = book.swap_exact_in(start, token, 1 - token)
    two = one.pool.swap_exact_in(amount, token, 1 - token)
    net = [Fraction(x) * (1 - Fraction(fee)) for x in (start, amount)]
    want = walked(rows, sum(net), token) - walked(rows, net[0], token)
    assert one.amount_out == pytest.approx(float(walked(rows, net[0], token)), rel=1e-13)
    # Rounding may put an order's edge a hair beside the start: it costs no more than a hair of the whole walk.
    assert two.amount_out == pytest.approx(float(want), rel=1e-12, abs=1e-15 * float(walked(rows, sum(net), token)))
    back = one.pool.swap_exact_out(two.amount_out, token, 1 - token)
    assert back.amount_in == pytest.approx(amount, rel=1e-9, abs=1e-14 * total)
    assert two.price_impact >= -1e-12


def test_scenarios_agree_with_scalars():
    book = OrderBook.around(2000.0, 0.001, 1e6, growth=1.0, taker_fee=0.002)
    for token, amounts in ((0, np.array([0.0, 1e-9, 3.0, 400.0])), (1, np.array([0.0, 1e-6, 5e3, 9e5]))):
        first = book.swap_exact_in(amounts, token, 1 - token)
        second = first.pool.swap_exact_out(0.1 * first.amount_out, token, 1 - token)
        for i, amount in enumerate(amounts.tolist()):
            one = book.swap_exact_in(amount, token, 1 - token)
            two = one.pool.swap_exact_out(0.1 * float(one.amount_out), token, 1 - token)
            for name in ("amount_in", "amount_out", "cost", "price_impact", "price_before", "price_after", "fee"):
                assert np.broadcast_to(getattr(first, name), 4)[i] == pytest.approx(getattr(one, name), rel=1e-14), name
                assert np.broadcast_to(getattr(second, name), 4)[i] == pytest.approx(getattr(two, name), rel=1e-12), (
                    name
                )
            for side in (0, 1):
                assert np.broadcast_to(second.pool.depth(0.02)[side], 4)[i] == pytest.approx(two.pool.depth(0.02)[side])
    assert book.swap_exact_in(np.ones((2, 3))).cost.shape == (2, 3)


def test_fills_of_a_market_order():
    book = BOOK.place("sell", 101.0, 2.0, "ann").pool.place("sell", 100.5, 1.0, "bob").pool
    swap = book.swap_exact_out(3.0, 1, 0)
    # Best price first; at equal price the older order first.
    assert market_fills(swap) == (
        Fill("bob", 100.5, 1.0, 6),
        Fill("market maker", 101.0, 1.0, 3),
        Fill("ann", 101.0, 1.0, 5),
    )
    assert sum(fill.price * fill.size for fill in market_fills(swap)) == pytest.approx(0.99 * swap.amount_in)
    assert market_fills(book.swap_exact_in(0.0)) == ()
    rest = swap.pool.swap_exact_out(0.5, 1, 0)
    assert market_fills(rest) == (Fill("ann", 101.0, 0.5, 5),)
    assert rest.pool.cancel(5).order == Order(5, "ann", "sell", 101.0, 0.5)


def test_limit_order_that_waits():
    placed = BOOK.place("buy", 99.5, 2.0, "ann")
    assert placed.fills == () and placed.order == Order(5, "ann", "buy", 99.5, 2.0)
    assert (placed.swap.amount_in, placed.swap.amount_out) == (0, 0)
    assert placed.pool.best_bid == 99.5 and placed.pool.best_ask == 101.0 and placed.pool.next_id == 6
    assert placed.pool.reserves[1] - BOOK.reserves[1] == placed.order.deposit[1] == 199.0
    back = placed.pool.cancel(5)
    assert back.order == placed.order and back.pool.bids.orders == BOOK.bids.orders
    assert back.pool.reserves == BOOK.reserves and BOOK.best_bid == 99.0


def test_limit_order_that_crosses():
    placed = BOOK.place("buy", 103.0, 7.0, "ann")
    assert placed.fills == (Fill("market maker", 101.0, 1.0, 3), Fill("market maker", 103.0, 4.0, 4))
    assert placed.order == Order(5, "ann", "buy", 103.0, 2.0) and placed.pool.asks.orders == ()
    swap = placed.swap
    assert (swap.token_in, swap.amount_out) == (1, 5.0)
    assert swap.amount_in == pytest.approx(513 / 0.99) and swap.fee == pytest.approx(513 / 99)
    part = BOOK.place("sell", 98.5, 4.0, "bob")
    assert [fill.order_id for fill in part.fills] == [0, 2] and part.order is None
    assert part.swap.amount_out == 99 * 4.0 and part.swap.amount_in == pytest.approx(4 / 0.99)
    assert part.pool.bids.orders == (Order(2, "market maker", "buy", 99.0, 1.0), BOOK.bids.orders[2])


def test_a_limit_order_at_any_price_is_a_market_order():
    for token, side, price in ((1, "buy", 1e9), (0, "sell", 1e-9)):
        market = BOOK.swap_exact_out(3.5, 1, 0) if token else BOOK.swap_exact_in(3.5 / 0.99)
        placed = BOOK.place(side, price, 3.5, "ann")
        assert placed.order is None and placed.fills == market_fills(market)
        assert placed.swap.amount_in == pytest.approx(market.amount_in, rel=1e-14)
        assert placed.swap.amount_out == pytest.approx(market.amount_out, rel=1e-14)
        assert placed.pool.reserves == pytest.approx(market.pool.reserves, rel=1e-14)


@pytest.mark.parametrize(("whole", "part", "times"), [(0.3, 0.1, 3), (1.0, 0.1, 10), (0.7, 0.1, 7), (2.1, 0.7, 3)])
def test_what_is_filled_to_within_rounding_leaves_nothing(whole, part, times):
    ask, bid = (
        OrderBook([(0.5, 1.0)], [(1.0, whole), (2.0, 1.0)], 0.0),
        OrderBook([(1.0, whole), (0.5, 1.0)], [(2.0, 1.0)]),
    )
    bought, sold, crossed = ask, bid, OrderBook([(0.5, 1.0)], [(1.0, whole)])
    for _ in range(times):
        bought, sold = bought.swap_exact_out(part, 1, 0).pool, sold.swap_exact_out(part).pool
        crossed = crossed.place("buy", 1.0, part, "ann").pool
    assert (bought.best_ask, [order.size for order in bought.asks.open()]) == (2.0, [1.0])
    assert (sold.best_bid, [order.size for order in sold.bids.open()]) == (0.5, [1.0])
    assert crossed.asks.open() == () and crossed.best_bid == 0.5
    assert bought.reserves[0] == 1.0 and bought.custody["market maker"][0] == 1.0
    # The other way round: one large order against many small ones.
    many = OrderBook((), [(1.0, part)] * times).place("buy", 1.0, whole, "ann")
    assert many.order is None and many.pool.asks.orders == ()


def test_prices_that_are_equal_to_within_rounding_meet():
    placed = OrderBook((), [(0.1 + 0.2, 1.0)]).place("buy", 0.3, 1.0, "ann")
    assert placed.order is None and placed.pool.asks.orders == ()
    with pytest.raises(ValueError, match="meets the best ask"):
        OrderBook([(0.3, 1.0)], [(0.1 + 0.2, 1.0)])
    book = OrderBook([(99.0, 1.0), (97.0, 1.0)], [(101.0, 1.0), (103.0, 1.0)])
    assert book.depth(0.03) == (196.0, 204.0) and book.depth(0.03 - 1e-12) == (99.0, 101.0)


def test_a_side_cannot_be_emptied_whatever_the_rounding():
    book = OrderBook([(1.0, 0.1), (0.9, 0.2)], [(2.0, 0.1), (3.0, 0.2)], 0.0)
    for amount in (0.3, 0.1 + 0.2, np.nextafter(0.3, 0.0)):
        with pytest.raises(ValueError, match=r"amount_out = 0\.3"):
            book.swap_exact_out(float(amount), 1, 0)
        with pytest.raises(ValueError, match="amount_in"):
            book.swap_exact_in(float(amount))


def test_custody_by_maker():
    book = BOOK.place("sell", 102.0, 2.0, "ann").pool.place("buy", 97.0, 1.0, "ann").pool
    assert EXCHANGE == "exchange" and book.custody == {"market maker": (5.0, 593.0), "ann": (2.0, 97.0)}
    after = book.swap_exact_out(2.0, 1, 0).pool
    assert after.custody == {"market maker": (4.0, 593.0), "ann": (1.0, 97.0)}


@settings(max_examples=40)
@given(data=st.data())
def test_deposits_fills_and_cancellations_are_conserved(data):
    book = OrderBook(taker_fee=0.0)
    held, moved = np.zeros(2), 0.0  # what the exchange received for orders, less what it paid out
    for _ in range(data.draw(st.integers(1, 15))):
        open_ids = [order.order_id for order in book.bids.open() + book.asks.open()]
        if open_ids and data.draw(st.booleans()):
            change = book.cancel(data.draw(st.sampled_from(open_ids)))
            held -= change.order.deposit
            book = change.pool
            continue
        side, price = data.draw(st.sampled_from(["buy", "sell"])), float(data.draw(st.integers(90, 110)))
        size = data.draw(st.floats(0.01, 10))
        placed = book.place(side, price, size, "ann")
        filled = sum(fill.size for fill in placed.fills)
        assert filled + (placed.order.size if placed.order else 0) == pytest.approx(size, rel=1e-12)
        assert all(fill.price <= price if side == "buy" else fill.price >= price for fill in placed.fills)
        held -= [0, placed.swap.amount_out] if side == "sell" else [placed.swap.amount_out, 0]
        held += placed.order.deposit if placed.order else (0.0, 0.0)
        moved += size * price
        book = placed.pool
        if book.bids.orders and book.asks.orders:
            assert book.best_bid < book.best_ask
        for orders, sign in ((book.bids.orders, -1), (book.asks.orders, 1)):
            ranks = [(sign * order.price, order.order_id) for order in orders]
            assert ranks == sorted(ranks)
    assert np.array(book.reserves) == pytest.approx(held, abs=1e-12 * (1 + moved))


def test_maker_fees():
    book = OrderBook([(99.0, 2.0)], [(101.0, 2.0)], taker_fee=0.002, maker_fee=np.array([0.001, -0.002]))
    assert maker_fees(book.swap_exact_in(1.0)) == pytest.approx([0.000998, -0.001996])


@pytest.mark.parametrize("growth", [0.0, 1.0, 2.5])
def test_around(growth):
    book = OrderBook.around(2000.0, 0.001, 1e6, reach=0.1, levels=50, growth=growth)
    assert book.mid == pytest.approx(2000) and book.spread == pytest.approx(0.001)
    assert book.depth(0.1) == pytest.approx((1e6, 1e6)) and book.reserves[1] == pytest.approx(1e6)
    values = np.diff(book.asks.quote)
    assert values[-1] / values[0] == pytest.approx(50**growth) and len(book.bids.orders) == 50
    assert book.depth(0.05)[0] == pytest.approx(1e6 * 0.5 ** (1 + growth), rel=0.1)
    single = OrderBook.around(2000.0, 0.2, 1e3, levels=1)
    assert (single.best_bid, single.best_ask) == (pytest.approx(1800), pytest.approx(2200))


@pytest.mark.parametrize("token", [0, 1])
def test_mirror_trades_like_the_pool(token):
    pool = ConstantProductPool((1000.0, 2e6), fee=0.003)
    book = OrderBook.mirror(pool, reach=100.0, levels=2000)
    assert book.fee == 0.003 and book.mid == pytest.approx(2000, rel=1e-5)
    assert book.reserves == pytest.approx((900.0, 1.8e6), rel=1e-12)  # 1 − 1/√100 of the pool
    amounts = np.array([0.05, 0.5, 2.0, 8.0]) * pool.reserves[token]
    want = pool.swap_exact_in(amounts, token, 1 - token)
    assert book.swap_exact_in(amounts, token, 1 - token).amount_out == pytest.approx(want.amount_out, rel=1e-4)
    # At the edges between two orders the two agree to rounding.
    side = book.bids if token == 0 else book.asks
    edges = (side.base if token == 0 else side.quote)[[1, 7, 900, 1999]] / 0.997
    exact = pool.swap_exact_in(edges, token, 1 - token)
    assert book.swap_exact_in(edges, token, 1 - token).amount_out == pytest.approx(exact.amount_out, rel=1e-12)


def test_mirror_comes_closer_with_more_orders_and_never_favours_the_taker():
    pool = ConstantProductPool((1000.0, 2e6), fee=0)
    amounts = np.geomspace(1e-3, 5e3, 40)
    for token, scale in ((0, 1.0), (1, 2000.0)):
        want = pool.swap_exact_in(amounts * scale, token, 1 - token).amount_out
        gaps = []
        for levels in (50, 500, 5000):
            book = OrderBook.mirror(pool, levels=levels)
            gaps.append(1 - book.swap_exact_in(amounts * scale, token, 1 - token).amount_out / want)
        assert np.min(gaps) > -1e-12
        assert gaps[1].max() < gaps[0].max() / 5 and gaps[2].max() < 1e-3


def test_an_empty_book_has_no_price_and_takes_orders():
    empty = OrderBook()
    assert empty.reserves == (0, 0) and empty.custody == {}
    with pytest.raises(ValueError, match="no orders"):
        empty.price()
    assert empty.place("buy", 5.0, 1.0, "ann").pool.best_bid == 5.0


MANY = BOOK.swap_exact_in(np.ones(2)).pool


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: OrderBook([(99.0, -1.0)]), ["size in bids[0] = -1", "(0, inf)"]),
        (lambda: OrderBook((), [(1.0, 1.0), (0.0, 1.0)]), ["price in asks[1] = 0", "(0, inf)"]),
        (lambda: OrderBook([1.0, 2.0]), ["bids has shape (2,)", "price and size"]),
        (lambda: OrderBook([(1.0, "a")]), ["bids", "price and size"]),
        (lambda: OrderBook([(100.0, 1.0)], [(100.0, 1.0)]), ["best bid = 100", "below 100"]),
        (lambda: OrderBook(taker_fee=1.0), ["taker_fee = 1", "[0, 1)"]),
        (lambda: OrderBook(taker_fee=0.001, maker_fee=-0.01), ["maker_fee = -0.01", "[-0.001, 1)"]),
        (lambda: OrderBook.around(-1.0, 0.1, 1.0), ["mid = -1", "(0, inf)"]),
        (lambda: OrderBook.around(1.0, 0.0, 1.0), ["spread = 0", "(0, inf)"]),
        (lambda: OrderBook.around(1.0, 0.1, 0.0), ["depth = 0", "(0, inf)"]),
        (lambda: OrderBook.around(1.0, 0.1, 1.0, reach=0.01), ["reach = 0.01", "[0.05, 1)"]),
        (lambda: OrderBook.around(1.0, 0.1, 1.0, levels=0), ["levels = 0", ">= 1"]),
        (lambda: OrderBook.around(1.0, 0.1, 1.0, growth=-1.0), ["growth = -1", "[0, inf)"]),
        (lambda: OrderBook.around(np.ones(2), 0.1, 1.0), ["mid has shape (2,)", "single number"]),
        (lambda: OrderBook.mirror(ConstantProductPool((np.ones(2), 1.0))), ["pool.reserves[0] has shape (2,)"]),
        (lambda: OrderBook.mirror(ConstantProductPool((1.0, 1.0)), reach=1.0), ["reach = 1", "(1, inf]"]),
        (lambda: OrderBook.mirror(ConstantProductPool((1.0, 1.0)), levels=0), ["levels = 0", ">= 1"]),
        (lambda: BOOK.price(0, 2), ["quote = 2", "0 to 1"]),
        (lambda: BOOK.depth(-0.1), ["within = -0.1", "[0, inf)"]),
        (lambda: BOOK.swap_exact_in(-1.0), ["amount_in = -1", "[0, inf)"]),
        (lambda: BOOK.swap_exact_in(np.array([1.0, 7.0])), ["amount_in·(1 − fee)[1] = 6.93", "[0, 6)"]),
        (lambda: BOOK.swap_exact_in(600.0, 1, 0), ["amount_in·(1 − fee) = 594", "[0, 513)"]),
        (lambda: BOOK.swap_exact_in(1.0, 1, 1), ["token_out = 1 equals token_in"]),
        (lambda: BOOK.swap_exact_out(593.0), ["amount_out = 593", "[0, 593)"]),
        (lambda: BOOK.swap_exact_out(5.0, 1, 0), ["amount_out = 5", "[0, 5)"]),
        (lambda: MANY.swap_exact_in(np.ones(3)), ["amount_in", "(3,)", "(2,)"]),
        (lambda: BOOK.place("hold", 1.0, 1.0, "ann"), ["side = 'hold'", "'buy', 'sell'"]),
        (lambda: BOOK.place("buy", 0.0, 1.0, "ann"), ["price = 0", "(0, inf)"]),
        (lambda: BOOK.place("buy", 1.0, -1.0, "ann"), ["size = -1", "(0, inf)"]),
        (lambda: BOOK.place("buy", 1.0, np.ones(2), "ann"), ["size has shape (2,)", "single number"]),
        (lambda: MANY.place("sell", 1.0, 1.0, "ann"), ["scenarios of shape (2,)", "one scenario"]),
        (lambda: MANY.custody, ["scenarios of shape (2,)", "one scenario"]),
        (lambda: BOOK.cancel(17), ["order_id = 17", "orders in the book"]),
    ],
)
def test_errors(call, words):
    with pytest.raises(ValueError) as error:
        call()
    assert all(word in str(error.value) for word in words), str(error.value)
