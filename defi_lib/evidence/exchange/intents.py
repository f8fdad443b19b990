"""What auctions leave to the user of what a sandwich takes. Reading X21c."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.evidence.effects import Control, Registry
from defi_lib.exchange import (
    ConstantProductPool,
    arbitrage_outside,
    auction_order_flow,
    sandwich_attack,
    second_best_shortfall,
    settle_batch,
)
from defi_lib.ledger import Ledger

EVIDENCE = Registry("exchange")

Array = NDArray[np.float64]

#: The options of ``way``.
BATCH, ORDER_FLOW = 0, 1

#: Nearly all: the open ends of what may be bid and given back.
_ALL = 1 - 2.0**-40


def left_by_a_batch(
    taken: ArrayLike,
    bidders: ArrayLike,
    cost_spread: ArrayLike,
    volume_fee: ArrayLike,
    matched: ArrayLike,
    order_size: ArrayLike,
    pool_fee: ArrayLike,
) -> Array:
    """What a batch auction leaves to the user, as a part of what a sandwich takes; more than 1: better than unseen.

    The user pays the fees and what the second-best solver would have kept; what meets its opposite in the batch pays
    no fee of the pool and moves no price.

    Args:
        taken: by a sandwich, of the trade.
        bidders: solvers.
        cost_spread: between the dearest and the cheapest solver, of the trade.
        volume_fee: of the website and the protocol, of the trade.
        matched: part of the order that meets its opposite.
        order_size: of one side of the pool.
        pool_fee: of the pool.

    >>> round(float(left_by_a_batch(0.005, 5, 0.003, 0.001, 0.0, 0.00667, 0.003)), 3)
    0.6
    """
    pool = ConstantProductPool((1.0, 1.0), fee=np.asarray(pool_fee, float))
    order = np.asarray(order_size, float)
    alone = pool.swap_exact_in(order).amount_out
    gain = settle_batch(pool, [order], [order * np.asarray(matched)]).received[0][0] / alone - 1
    margin = np.multiply(cost_spread, second_best_shortfall(np.asarray(bidders, float)))
    return np.asarray(1 - (np.add(volume_fee, margin) - gain) / np.asarray(taken))


def left_by_order_flow(
    taken: ArrayLike,
    bidders: ArrayLike,
    order_size: ArrayLike,
    pool_fee: ArrayLike,
    given_back: ArrayLike,
    leak: ArrayLike,
) -> Array:
    """What an order-flow auction leaves to the user, as a part of what a sandwich takes.

    The order is sandwiched all the same with the chance ``leak``; else the user gets back a part of what the searchers
    bid for the trade behind it.

    Args:
        taken, order_size, pool_fee: as in :func:`left_by_a_batch`.
        bidders: searchers.
        given_back: part of the searchers' payments.
        leak: chance.

    >>> round(float(left_by_order_flow(0.005, 5, 0.00667, 0.003, 0.9, 0.01)), 3)
    1.46
    """
    pool = ConstantProductPool((1.0, 1.0), fee=np.asarray(pool_fee, float))
    order, back = np.asarray(order_size, float), np.minimum(given_back, _ALL)
    bid = np.maximum(1 - np.asarray(second_best_shortfall(np.asarray(bidders, float))), 0.0)
    auction = auction_order_flow(pool, order, 1.0, bid, back)
    rebate = auction.rebate / order / np.asarray(taken)
    return np.asarray((1 - np.asarray(leak)) * (1 + rebate))


def left_by_bidders(
    bidders: ArrayLike, taken: float, volume_fee: float, matched: float, cost_spread: float
) -> dict[str, Array]:
    """What lesson 1.8 explores: both auctions by the number of those who bid, for the order of X21c.

    >>> {name: round(float(left), 2) for name, left in left_by_bidders(5, 0.005, 0.001, 0.0, 0.003).items()}
    {'Batch auction': 0.6, 'Order-flow auction': 1.46}
    """
    size, fee = 2_000 / 300_000, 0.003
    return {
        "Batch auction": left_by_a_batch(taken, bidders, cost_spread, volume_fee, matched, size, fee),
        "Order-flow auction": left_by_order_flow(taken, bidders, size, fee, 0.9, 0.01),
    }


ASSETS = ("USD", "COIN")

#: Who is who in :func:`four_ways`.
PARTIES = {
    "Kim": "buyers", "Leo": "buyers", "Mo": "seller", "attacker": "attacker", "pool": "providers",
    "searcher": "arbitrageurs", "solver": "solver", "settlement": "contract", "block producers": "block producers",
}  # fmt: skip


def four_ways(margin: float, bid: float, given_back: float = 0.9, tolerance: float = 0.005) -> dict[str, Ledger]:
    """The same three orders in one block, traded in four ways: who gets what.

    Kim and Leo each buy for 2,000 dollars (booked as one order), Mo sells 1,000 coins, in a pool of 300,000 on each
    side (fee 0.3 %). Outside a coin costs a dollar, and in the end somebody trades the pool's price back.

    Args:
        margin: what the solver keeps of each payout (ratio).
        bid: part of a back-run's profit that searchers bid (ratio).
        given_back: part of these payments that buyers get (ratio).
        tolerance: of Kim and Leo (ratio); they are attacked as one of their sum.

    >>> sorted(four_ways(0.001, 0.667))
    ['batch auction', 'order-flow auction', 'private', 'public']
    """
    pool = ConstantProductPool((300_000.0, 300_000.0), fee=0.003)
    ledgers = {}
    for way in ("public", "private", "order-flow auction", "batch auction"):
        ledger = Ledger(PARTIES)
        ledger.mark("COIN", 1.0)
        for asset in ASSETS:
            ledger.open("pool", asset, 300_000.0)
        if way == "batch auction":
            batch = settle_batch(pool, [2_000.0, 2_000.0], [1_000.0], margin)
            ledger.book(batch, sellers=["Kim", "Leo"], buyers=["Mo"], assets=ASSETS)
            after = batch.pool
        else:
            after = _one_by_one(ledger, pool, way, bid, given_back, tolerance)
        ledger.book(*arbitrage_outside(after, 1.0, 1, 0).swaps, trader="searcher", assets=ASSETS)
        ledger.check_conserved()
        ledgers[way] = ledger
    return ledgers


def _one_by_one(
    ledger: Ledger, pool: ConstantProductPool, way: str, bid: float, given_back: float, tolerance: float
) -> ConstantProductPool:
    """Both buyers, then Mo: attacked, hidden, or with an auction of the place behind the buyers."""
    if way == "order-flow auction":
        auction = auction_order_flow(pool, 4_000.0, 1.0, bid, given_back)
        ledger.book(auction, trader="Kim", assets=ASSETS)
        after: ConstantProductPool = auction.back_run.pool
    else:
        attack = sandwich_attack(pool, 4_000.0, tolerance if way == "public" else 0.0)
        ledger.book(attack, victim="Kim", assets=ASSETS)
        after = attack.pool
    sale = after.swap_exact_in(1_000.0, 1, 0)
    ledger.book(sale, trader="Mo", assets=ASSETS)
    return sale.pool


_BY_HAND = {
    "way": BATCH, "taken": 0.01, "bidders": 3.0, "cost_spread": 0.004, "volume_fee": 0.001, "matched": 0.0,
    "order_size": 0.005, "pool_fee": 0.01, "given_back": 0.8, "leak": 0.1,
}  # fmt: skip
# Without fee, an order as large as a side of the pool: alone it gets a half of it, and leaves a price of 4.
_LARGE = _BY_HAND | {"taken": 0.5, "order_size": 1.0, "pool_fee": 0.0}


@EVIDENCE.model(
    "X21c",
    placebos=[
        # All that the sandwich took goes to the website; the order is sandwiched all the same.
        {"way": BATCH, "taken": 0.01, "volume_fee": 0.01, "cost_spread": 0.0, "matched": 0.0},
        {"way": ORDER_FLOW, "leak": 1.0},
    ],
    controls=[
        Control(_BY_HAND, 1 - (0.001 + 0.002) / 0.01),  # the second of three solvers stands in the middle
        Control(_LARGE | {"matched": 0.5}, 1 - (0.003 - 0.5) / 0.5),  # at a price of 1.5/2 in place of 1/2
        # An order below the fee leaves nothing to trade back.
        Control(_BY_HAND | {"way": ORDER_FLOW}, 0.9),
        # The half brings 1 for the 0.5 it costs; half of this is bid, of which four fifths are given back.
        Control(_LARGE | {"way": ORDER_FLOW}, 0.9 + 0.9 * 0.2 / 0.5),
        # Half a side buys a third, which brings back the half: 1/6 is earned on an order of 1/2.
        Control(_LARGE | {"way": ORDER_FLOW, "order_size": 0.5}, 0.9 + 0.9 * (1 / 6 * 0.5 * 0.8 / 0.5) / 0.5),
    ],
)
def left_to_the_user(
    way: Array,
    taken: Array,
    bidders: Array,
    cost_spread: Array,
    volume_fee: Array,
    matched: Array,
    order_size: Array,
    pool_fee: Array,
    given_back: Array,
    leak: Array,
) -> Array:
    """What an auction leaves to the user, as a part of what a sandwich takes.

    Args:
        way: 0 = batch auction, 1 = order-flow auction.
        taken, bidders, cost_spread, volume_fee, matched, order_size, pool_fee: as in :func:`left_by_a_batch`.
        given_back, leak: as in :func:`left_by_order_flow`.
    """
    batch = left_by_a_batch(taken, bidders, cost_spread, volume_fee, matched, order_size, pool_fee)
    return np.where(way == BATCH, batch, left_by_order_flow(taken, bidders, order_size, pool_fee, given_back, leak))
