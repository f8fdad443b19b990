"""The first years of a token: unlocks are sold into a pool, buyers come or do not, and somebody has the profit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.exchange import Pool
from defi_lib.ledger.transfer import OUTSIDE, Moment, Transfer
from defi_lib.rewards.farming.capital_flows import per_step
from defi_lib.rewards.launches.launch import AllocationTable
from defi_lib.validation import Amount, at_least, between, broadcastable, non_negative, one_of, per_token

#: Who buys after the launch, who issued the token, and where it is traded, in transfers and tables of profit.
BUYERS, PROJECT, POOL = "buyers", "project", "pool"


class LaunchRun(NamedTuple):
    """A launch month by month; arrays have one entry per month first, the launch included, then one per scenario."""

    table: AllocationTable
    start: Pool  #: of the token (token 0) and USD (token 1), before the first month
    pool: Pool  #: after the last
    liquidity: str | None  #: the allocation whose tokens are in the pool
    sold: NDArray[np.float64]  #: tokens that each allocation sold; months, then allocations
    proceeds: NDArray[np.float64]  #: USD that each got; months, then allocations
    demand: NDArray[np.float64]  #: USD that buyers spent
    bought: NDArray[np.float64]  #: tokens that they got
    price: NDArray[np.float64]  #: USD per token after the month
    reserves: NDArray[np.float64]  #: of the pool after the month; months, then token and USD

    @property
    def after(self) -> Pool:
        """:attr:`pool`, by the name that every record has for what is left."""
        return self.pool

    @property
    def float_share(self) -> NDArray[np.float64]:
        """Part of the supply that has vested by each month."""
        return np.asarray(self.table.float_share(np.arange(float(len(self.price)))))

    @property
    def fully_diluted_value(self) -> NDArray[np.float64]:
        """All tokens at the price of each month (USD)."""
        return self.price * self.table.supply

    @property
    def buyer_returns(self) -> NDArray[np.float64]:
        """What the buyers of each month gained or lost by the end (ratio of what they spent); 0 where nobody bought."""
        spent = self.demand > 0
        return np.where(spent, self.bought * self.price[-1] / np.where(spent, self.demand, 1.0) - 1, 0.0)

    def profits(self) -> dict[str, NDArray[np.float64]]:
        """Profit of every party by each month (USD): money got, and all tokens at the month's price, less money paid.

        Vested or not, a token counts at the price of the pool, which only the first sellers would get. Money is only
        passed on: if the pool's tokens are one of the allocations, all profits together are the supply at that price.
        """
        received = np.cumsum(self.proceeds, axis=0)
        left = -np.cumsum(self.sold, axis=0)
        in_pool = self.reserves[:, 0] * self.price + self.reserves[:, 1]
        worth = {}
        lines = zip(self.table.names, self.table.tokens, self.table.raised, strict=True)
        for number, (name, tokens, paid) in enumerate(lines):
            if name == self.liquidity:
                worth[name] = in_pool - self.start.reserves[1] - paid
            else:
                worth[name] = received[:, number] + (tokens + left[:, number]) * self.price - paid
        if self.liquidity is None:
            held, money = self.start.reserves
            worth[POOL] = in_pool - (held * self.start.price(0, 1) + money)
        worth[BUYERS] = np.cumsum(self.bought, axis=0) * self.price - np.cumsum(self.demand, axis=0)
        worth[PROJECT] = np.full_like(self.price, np.sum(self.table.raised))
        return worth

    def opening_transfers(self) -> tuple[Transfer, ...]:
        """The allocation, what was paid for it, and the opening of the pool."""
        moves = []
        for name, tokens, paid in zip(self.table.names, self.table.tokens, self.table.raised, strict=True):
            moves.append(Transfer(OUTSIDE, name, float(tokens), "token", "allocation"))
            moves.append(Transfer(name, PROJECT, float(paid), "USD", "token sale"))
        provider = OUTSIDE if self.liquidity is None else self.liquidity
        for asset, reserve in zip(("token", "USD"), self.start.reserves, strict=True):
            moves.append(Transfer(provider, POOL, reserve, asset, "liquidity"))
        return tuple(moves)

    def transfers(self, month: int) -> tuple[Transfer, ...]:
        """Who paid whom what in ``month``."""
        moves = [
            Transfer(BUYERS, POOL, self.demand[month], "USD", "purchase"),
            Transfer(POOL, BUYERS, self.bought[month], "token", "purchase"),
        ]
        for number, name in enumerate(self.table.names):
            if name != self.liquidity:
                moves.append(Transfer(name, POOL, self.sold[month, number], "token", "sale"))
                moves.append(Transfer(POOL, name, self.proceeds[month, number], "USD", "sale"))
        return tuple(moves)

    def moments(self) -> Iterator[Moment]:
        """The launch and its months, with every token counted at the last price: then nothing is left as price change.

        The column ``"purchase"`` of a profit table shows what buyers gained by the end, ``"sale"`` what sellers gained
        by not having kept. If the pool was opened with no allocation, its tokens and dollars come from outside.
        """
        yield Moment(self.opening_transfers(), {"token": self.price[-1]}, 0.0)
        for month in range(len(self.price)):
            yield Moment(self.transfers(month), time=float(month))


def simulate_launch(
    table: AllocationTable,
    pool: Pool,
    months: int = 48,
    sold: Mapping[str, Amount] | Amount = 1.0,
    demand: Amount = 0.0,
    liquidity: str | None = None,
) -> LaunchRun:
    """Lead a token through its first months: buyers buy, then each allocation sells a part of what has just vested.

    All sales of a month are one trade, and every seller gets its average price.

    Args:
        table: the allocations.
        pool: of any kind, of the token (token 0) and USD (token 1), opened at the price of the launch.
        months: >= 0; month 0 is the launch.
        sold: part of newly vested tokens that is sold at once, in [0, 1]; one for all, or by name (else 0).
        demand: that new buyers spend (USD per month), >= 0; one number, or months (one more than ``months``) along the
            first axis, then scenarios.
        liquidity: name of the allocation whose tokens the pool was opened with; it sells nothing. By default the
            pool's tokens are none of the table, and the party ``"pool"`` has paid the launch price for them.

    Raises:
        ValueError: an argument outside its range, an unknown name, or a pool that does not hold its allocation.

    Source: own model; on what unlocks did to prices see the published figures of this course.
    """
    count = at_least("months", months, 0) + 1
    parts = _parts(table, sold, liquidity)
    per_token("pool.reserves", pool.reserves, 2, non_negative)
    if liquidity is not None:
        own = float(table.tokens[table.names.index(one_of("liquidity", liquidity, table.names))])
        between("pool.reserves[0]", pool.reserves[0], own * (1 - 1e-9), own * (1 + 1e-9))
    spending = per_step("demand", demand, count)
    shape = broadcastable(
        demand=spending[0], reserves=pool.reserves[0], fee=pool.fee, **{f"sold[{n!r}]": p for n, p in parts.items()}
    )
    unlocked = table.unlocked(np.arange(float(count)))
    new = np.maximum(np.diff(unlocked, axis=1, prepend=0.0), 0.0)
    start, columns = pool, []
    for month, spent in enumerate(spending):
        amounts = np.stack([np.broadcast_to(new[i, month] * part, shape) for i, part in enumerate(parts.values())])
        total = np.sum(amounts, axis=0)
        purchase = pool.swap_exact_in(np.broadcast_to(spent, shape), 1, 0)
        sale = purchase.pool.swap_exact_in(total, 0, 1)
        pool = sale.pool
        proceeds = amounts / np.where(total > 0, total, 1.0) * sale.amount_out
        reserves = np.stack([np.broadcast_to(reserve, shape) for reserve in pool.reserves])
        columns.append((amounts, proceeds, purchase.amount_in, purchase.amount_out, pool.price(0, 1), reserves))
    stacked = (np.stack(column) for column in zip(*columns, strict=True))
    return LaunchRun(table, start, pool, liquidity, *stacked)


def _parts(table: AllocationTable, sold: Mapping[str, Amount] | Amount, liquidity: str | None) -> dict[str, Amount]:
    """What each allocation sells of what vests (ratio)."""
    if isinstance(sold, Mapping):
        for name in sold:
            one_of("name in sold", name, table.names)
        parts = {name: between(f"sold[{name!r}]", sold.get(name, 0.0), 0.0, 1.0) for name in table.names}
    else:
        parts = dict.fromkeys(table.names, between("sold", sold, 0.0, 1.0))
    return parts | ({} if liquidity is None else {liquidity: 0.0})
