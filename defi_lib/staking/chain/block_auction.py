"""Who builds a block, and what each keeps: builders bid for the proposer's signature with what they alone can see.

Orders that are sent to everybody are worth the same to every builder, so competition hands their whole worth to the
proposer. What a builder keeps is what the others did not see: its **private orders**.
"""

from __future__ import annotations

from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.frozen import locked
from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.validation import Amount, between, broadcastable, fulfilled, non_negative, plain, positive

#: A step for each set of builders: beyond this many it takes too long, and sums that alternate lose digits.
MOST_BUILDERS = 10

#: Of the slowest to the fastest builder: beyond it a private flow is as good as none.
_NONE = 1e-300


class BlockSale(NamedTuple):
    """What happened in one auction (last axis of the values given: builders)."""

    winner: NDArray[np.int64]  #: who builds, counted from 0
    value: Amount  #: what the orders in the block pay
    bid: Amount  #: winner → proposer

    @property
    def profit(self) -> Amount:
        """What the winner keeps, before its own costs."""
        return self.value - self.bid

    def transfers(
        self, users: str = "users", builder: str = "builder", proposer: str = "proposer", asset: str = "ETH"
    ) -> tuple[Transfer, ...]:
        """What the orders pay, and the bid. The relay, which passes it on, is mostly paid nothing, and here too."""
        return actual(
            [
                Transfer(users, builder, self.value, asset, "orders"),
                Transfer(builder, proposer, self.bid, asset, "bid for the block"),
            ]
        )


def sell_block(values: Amount) -> BlockSale:
    """An open auction in which bids rise until one builder is left: it wins, and pays what the second could have paid.

    Args:
        values: what each builder's best block is worth to it, >= 0 (last axis: two builders or more).

    Raises:
        ValueError: a negative value, or fewer than two builders.

    >>> sale = sell_block([0.05, 0.08, 0.06])
    >>> int(sale.winner), sale.bid, round(sale.profit, 10)
    (1, 0.06, 0.02)

    Source: bids at a relay of MEV-Boost can be read by all and raised until the block is due, so that the first price
    is paid, and comes out just above the second value. There a late bid may come too late, and a builder may bid more
    than its block is worth, to be seen winning (a *subsidy*).
    """
    worth = np.atleast_1d(np.asarray(non_negative("values", values), float))
    fulfilled("number of builders", worth.shape[-1], worth.shape[-1] >= 2, "two or more")
    ranked = np.sort(worth, axis=-1)
    winner = np.argmax(worth, axis=-1).astype(np.int64)
    return BlockSale(winner, plain(locked(ranked[..., -1])), plain(locked(ranked[..., -2])))


class BuilderOdds(NamedTuple):
    """What each builder can expect of a block (last axis of ``wins`` and ``profit``: builders)."""

    wins: NDArray[np.float64]  #: chance to build it
    profit: NDArray[np.float64]  #: mean of what it keeps, over all blocks, also those that others build
    bid: Amount  #: mean of what the proposer gets beyond the orders that all see


def builder_odds(private: Amount) -> BuilderOdds:
    """Chances and profits of builders who see the same public orders and, each, some of their own.

    What a builder's private orders are worth varies from block to block, exponentially around its mean μ. With
    λ = 1/μ, and S running over all sets of the others,

        ``wins_i = Σ_S (−1)^|S| · λ_i / (λ_i + Σ_S λ)``,   ``profit_i = wins_i · μ_i``

    for an exponential has no memory: by how much the winner is ahead is on average again its own mean. What all see
    does not matter, since all can bid it.

    Args:
        private: mean worth of each builder's private orders in a block, > 0 (last axis: 2 to 10 builders).

    Raises:
        ValueError: a mean that is not above 0, or another number of builders.

    >>> odds = builder_odds([4.0, 1.0])
    >>> odds.wins.round(9).tolist(), odds.profit.round(9).tolist(), round(odds.bid, 9)
    ([0.8, 0.2], [3.2, 0.2], 0.8)

    Source: own derivation, for :func:`sell_block`. Öz et al., arXiv:2407.13931, and arXiv:2410.12352 find the same
    order among real builders: who sees more private orders wins more blocks, and keeps more of each.
    """
    mean = np.atleast_1d(np.asarray(positive("private", private), float))
    count = mean.shape[-1]
    fulfilled("number of builders", count, 2 <= count <= MOST_BUILDERS, f"2 to {MOST_BUILDERS}")
    largest = mean.max(axis=-1, keepdims=True)
    speed = 1 / np.maximum(mean / largest, _NONE)
    wins = np.stack([_wins(speed, each) for each in range(count)], axis=-1)
    profit = wins * mean
    sets = (chosen for size in range(1, count + 1) for chosen in combinations(range(count), size))
    best = sum(-((-1) ** len(chosen)) / speed[..., chosen].sum(axis=-1) for chosen in sets)
    bid = np.maximum(best * largest[..., 0] - profit.sum(axis=-1), 0.0)
    return BuilderOdds(locked(wins), locked(profit), plain(locked(bid)))


def _wins(speed: NDArray[np.float64], one: int) -> NDArray[np.float64]:
    """Chance that the private orders of one builder are worth most."""
    own = speed[..., one]
    others = [each for each in range(speed.shape[-1]) if each != one]
    sets = (chosen for size in range(len(others) + 1) for chosen in combinations(others, size))
    chance = sum((-1) ** len(chosen) * own / (own + speed[..., chosen].sum(axis=-1)) for chosen in sets)
    return np.clip(np.asarray(chance, float), 0.0, 1.0)


class OrderValue(NamedTuple):
    """Who keeps what of all that the order of transactions is worth."""

    value: Amount  #: all of it: what searchers take from traders
    searchers: Amount  #: kept
    users: Amount  #: given back
    builders: Amount  #: kept
    pools: Amount  #: fee of those who stake for others
    stakers: Amount  #: kept

    @property
    def middlemen(self) -> Amount:
        """Searchers, builders and pools together; relays are paid nothing."""
        return self.searchers + self.builders + self.pools

    def transfers(
        self,
        users: str = "traders",
        searcher: str = "searchers",
        builder: str = "builders",
        staker: str = "stakers",
        pool: str = "staking pools",
        asset: str = "ETH",
    ) -> tuple[Transfer, ...]:
        """The way of the money, from traders to those who stake."""
        to_builders = self.value - self.searchers
        return actual(
            [
                Transfer(users, searcher, self.value, asset, "worth of the order"),
                Transfer(searcher, builder, plain(to_builders), asset, "for the place"),
                Transfer(builder, users, self.users, asset, "given back"),
                Transfer(builder, staker, plain(self.stakers + self.pools), asset, "bid for the block"),
                Transfer(staker, pool, self.pools, asset, "fee"),
            ]
        )


def divide_order_value(
    value: Amount, bid: Amount, returned: Amount = 0.0, margin: Amount = 0.0, pooled: Amount = 0.0, fee: Amount = 0.0
) -> OrderValue:
    """Follow what the order of transactions is worth, from searchers to those who stake.

    Args:
        value: what searchers take, >= 0.
        bid: part of it that they pay for their places, in [0, 1].
        returned: part of what they pay that goes back to users, in [0, 1].
        margin: part of the rest that builders keep, in [0, 1].
        pooled: part of the stake that others look after, in [0, 1].
        fee: part of its rewards that these keep, in [0, 1].

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> kept = divide_order_value(100.0, bid=0.8, margin=0.25, pooled=0.5, fee=0.2)
    >>> kept.searchers, kept.builders, kept.pools, kept.stakers
    (20.0, 20.0, 6.0, 54.0)
    """
    value = non_negative("value", value)
    bid, returned = between("bid", bid, 0.0, 1.0), between("returned", returned, 0.0, 1.0)
    margin, pooled = between("margin", margin, 0.0, 1.0), between("pooled", pooled, 0.0, 1.0)
    fee = between("fee", fee, 0.0, 1.0)
    broadcastable(value=value, bid=bid, returned=returned, margin=margin, pooled=pooled, fee=fee)
    paid = np.asarray(value) * bid
    back = paid * returned
    builders = (paid - back) * margin
    stake = paid - back - builders
    pools = stake * pooled * fee
    parts = (value - paid, back, builders, pools, stake - pools)
    return OrderValue(*(plain(np.asarray(part)) for part in (value, *parts)))
