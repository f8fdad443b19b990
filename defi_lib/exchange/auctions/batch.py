"""A batch auction over a constant product pool: all its orders trade at one price, and only the rest in the pool.

Of token 0 the batch sells A, of token 1 it sells B; the pool holds x and y, ``γ = 1 − fee``. If more of token 0 is
sold than the other side takes even after fee (``γ·y·A > B·x``), the rest ``a = A − B/p`` goes into the pool, which
gives ``y·γa/(x + γa) = p·a`` for it. Solved for the price: ``p = γ·(y + B)/(x + γ·A)``. The other way round it is
``p = (y + γ·B)/(γ·(x + A))``. Between the two nobody needs the pool, and ``p = B/A``: own derivation.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from defi_lib.exchange.pools.constant_product import ConstantProductPool, needs_constant_product
from defi_lib.exchange.pools.pool import ASSETS, PRICE_IMPACT, Swap
from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.rounding import above, rest
from defi_lib.validation import Amount, broadcastable, non_negative, plain, positive, ratio


class BatchSettlement(NamedTuple):
    """What happened to a batch: its price, what went through the pool, and what each order got."""

    before: ConstantProductPool
    pool: ConstantProductPool  #: after the batch
    price: Amount  #: of token 0 in token 1, the same for every order
    orders: tuple[tuple[Amount, ...], tuple[Amount, ...]]  #: what each order sold: of token 0, of token 1
    received: tuple[tuple[Amount, ...], tuple[Amount, ...]]  #: what each got: of token 1, of token 0
    margins: tuple[tuple[Amount, ...], tuple[Amount, ...]]  #: what the solver kept of it, in the same tokens
    swaps: tuple[Swap, Swap]  #: through the pool: token 0 sold, token 1 sold; at most one is more than nothing

    @property
    def matched(self) -> Amount:
        """What met its opposite in the batch and never saw the pool (token 0)."""
        sold, bought = self.swaps
        return plain(rest(sum(self.orders[0]), sold.amount_in) + 0.0 * bought.amount_in)

    def transfers(
        self,
        sellers: Sequence[str] = (),
        buyers: Sequence[str] = (),
        solver: str = "solver",
        settlement: str = "settlement",
        pool: str = "pool",
        assets: Sequence[str] = ASSETS,
    ) -> tuple[Transfer, ...]:
        """Orders pay the settlement contract, which trades the rest with the pool, and pays out; nothing stays with it.

        Args:
            sellers: who sells token 0, one name an order; by default ``"seller 0"`` and so on.
            buyers: who sells token 1; by default ``"buyer 0"`` and so on.
            solver, settlement, pool: their names.
            assets: the names of the pool's tokens, in the pool's order.

        Raises:
            ValueError: not one name for each order.
        """
        made: list[Transfer] = []
        for side, (role, given) in enumerate((("seller", sellers), ("buyer", buyers))):
            count = len(self.orders[side])
            names = given or [f"{role} {number}" for number in range(count)]
            if len(names) != count:
                raise ValueError(f"{role}s has {len(names)} names: allowed is one for each of the {count} orders")
            paid, got = assets[side], assets[1 - side]
            parts = zip(names, self.orders[side], self.received[side], self.margins[side], strict=True)
            for name, order, received, margin in parts:
                made.append(Transfer(name, settlement, order, paid, PRICE_IMPACT))
                made.append(Transfer(settlement, name, received + margin, got, PRICE_IMPACT))
                made.append(Transfer(name, solver, margin, got, "solver's margin"))
        through = (each for swap in self.swaps for each in swap.transfers(settlement, pool, assets))
        return actual([*made, *through])


def settle_batch(
    pool: ConstantProductPool,
    sold_0: Sequence[Amount],
    sold_1: Sequence[Amount],
    margin: Amount = 0.0,
) -> BatchSettlement:
    """Trade all orders of a batch at one price, the rest of them in the pool.

    The price depends on the two sums alone, so the order within the batch means nothing. Whoever buys and sells in the
    batch gets and pays the same price: a sandwich within it earns nothing.

    Args:
        pool: of constant product.
        sold_0: what each order sells of token 0, >= 0; there may be none.
        sold_1: what each order sells of token 1, >= 0; there may be none.
        margin: part of each payout that the solver keeps, in [0, 1): :func:`second_best_shortfall`.

    Raises:
        ValueError: an argument outside its range, another kind of pool, or shapes that do not fit together.

    Source: the form of CoW Protocol's settlement. There orders have limit prices and may be left out, a solver may
    use any pool, and what the winner keeps is paid by the protocol, not taken from the payout.

    >>> batch = settle_batch(ConstantProductPool((100.0, 100.0), fee=0.0), [100.0], [50.0])
    >>> batch.price, batch.received[0], [round(amount, 6) for amount in batch.pool.reserves]
    (0.75, (75.0,), [133.333333, 75.0])
    """
    needs_constant_product("pool", pool)
    sides = tuple(
        tuple(non_negative(f"{name}[{n}]", each) for n, each in enumerate(side))
        for name, side in (("sold_0", sold_0), ("sold_1", sold_1))
    )
    margin = ratio("margin", margin)
    sums: list[Amount] = [np.add.reduce(np.broadcast_arrays(0.0, *side)) for side in sides]
    broadcastable(reserve=pool.reserves[0], fee=pool.fee, sold_0=sums[0], sold_1=sums[1], margin=margin)
    price, rest_0, rest_1 = _clearing(pool, *sums)
    first = pool.swap_exact_in(rest_0, 0, 1)
    second = first.pool.swap_exact_in(rest_1, 1, 0)
    whole = [[plain(each * price) for each in sides[0]], [plain(each / price) for each in sides[1]]]
    kept = [tuple(plain(each * margin) for each in side) for side in whole]
    paid = [
        tuple(plain(np.subtract(each, part)) for each, part in zip(side, parts, strict=True))
        for side, parts in zip(whole, kept, strict=True)
    ]
    return BatchSettlement(
        pool, second.pool, price, (sides[0], sides[1]), (paid[0], paid[1]), (kept[0], kept[1]), (first, second)
    )


def _clearing(pool: ConstantProductPool, sold_0: Amount, sold_1: Amount) -> tuple[Amount, Amount, Amount]:
    """The one price, and what of each token goes through the pool."""
    (x, y), gamma = pool.reserves, 1 - pool.fee
    too_much_0, too_much_1 = above(gamma * y * sold_0, sold_1 * x), above(gamma * x * sold_1, sold_0 * y)
    falling, rising = gamma * (y + sold_1) / (x + gamma * sold_0), (y + gamma * sold_1) / (gamma * (x + sold_0))
    nothing = np.asarray(sold_0) * sold_1 == 0
    with np.errstate(over="ignore"):  # next to nothing on one side: then the pool's formula holds
        among = np.where(nothing, y / x, sold_1 / np.where(nothing, 1.0, sold_0))
    price = np.where(too_much_0, falling, np.where(too_much_1, rising, among))
    into_0 = np.where(too_much_0, rest(gamma * sold_0 * y, sold_1 * x) / (gamma * (y + sold_1)), 0.0)
    into_1 = np.where(too_much_1, rest(gamma * sold_1 * x, sold_0 * y) / (gamma * (x + sold_0)), 0.0)
    return plain(price), plain(into_0), plain(into_1)


def second_best_shortfall(bidders: Amount) -> Amount:
    """How far the second best of n bids lies below the best that could be, on average: ``2/(n + 1)`` of the spread.

    Bids are equally likely anywhere in a spread. In an auction whose winner pays (or delivers) what the second would
    have, so much is left between winner and costs. One bidder alone keeps all of it.

    Args:
        bidders: n >= 1; a mean number need not be whole.

    Raises:
        ValueError: fewer than one.

    Source: order statistics of the uniform distribution; Vickrey (1961).

    >>> [second_best_shortfall(n) for n in (1, 3, 9)]
    [1.0, 0.5, 0.2]
    """
    bidders = positive("bidders", bidders)
    if np.any(np.less(bidders, 1.0)):
        raise ValueError(f"bidders = {bidders}: allowed is 1 or more")
    return plain(2 / (np.asarray(bidders) + 1))
