"""A run on a coin that is redeemed in a token of its own maker: which of the two breaks first."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from defi_lib.ledger.transfer import OUTSIDE, Transfer, actual
from defi_lib.risk.mint_to_redeem.answer import _log_growth
from defi_lib.risk.mint_to_redeem.flow import Array, Flow, flow, time_of_halt
from defi_lib.validation import Amount, between, broadcastable, non_negative, plain, positive

#: Blocks of Terra in a day, from 4,656,810 in a year, as its governance counted them in 2022.
BLOCKS_PER_DAY = 4_656_810 / 365


class SpiralRun(NamedTuple):
    """How a run stands at ``time``. Dollars and coins; one number or one per case."""

    time: Amount  #: days since the run began
    coin_price: Amount  #: of the coin, in the pool (dollars)
    token_value: Amount  #: of all tokens (dollars)
    token_supply: Amount
    halted: Amount  #: whether (1 or 0) the token's value is gone and nothing is redeemed any more
    halt_time: Amount  #: days until that, or ``time`` if it has not happened
    sold: Amount  #: coins that leavers have sold
    redeemed: Amount  #: coins burned for new tokens
    raised: Amount  #: dollars that buyers of new tokens paid
    reserve_spent: Amount  #: dollars of the reserve, paid at par
    pool_spent: Amount  #: dollars that the pool paid
    supply: Amount  #: coins outside the pool, before
    pool: Amount  #: dollars in the pool, before, and as many coins
    first_value: Amount  #: of all tokens, before (dollars)
    first_supply: Amount  #: of tokens, before

    @property
    def token_price(self) -> Amount:
        """Dollars for a token."""
        return plain(np.asarray(self.token_value) / self.token_supply)

    @property
    def proceeds(self) -> Amount:
        """Dollars that leavers got: from the reserve, the pool, and the buyers of new tokens."""
        return plain(np.asarray(self.reserve_spent) + self.pool_spent + self.raised)

    @property
    def paper(self) -> Amount:
        """Worth that is gone and that nobody got: of coins (counted at par before) and tokens that still exist."""
        coins = np.asarray(self.supply) + self.pool
        return plain(
            (coins - self.redeemed) * (1.0 - np.asarray(self.coin_price)) + self.first_value - self.token_value
        )

    @property
    def losses(self) -> dict[str, Amount]:
        """Who lost what (dollars), coins counted at par before. Together: what was redeemed, and :attr:`paper`."""
        price, new = np.asarray(self.coin_price), 1.0 - np.asarray(self.first_supply) / self.token_supply
        parts = {
            "leavers": self.sold - self.proceeds,
            "stayers": (np.asarray(self.supply) - self.sold) * (1.0 - price),
            "pool": np.asarray(self.pool_spent) - (self._pool_coins() * price - self.pool),
            "reserve": np.asarray(self.reserve_spent) * (1.0 - price),
            "token holders": np.asarray(self.first_value) - self.token_value * (1.0 - new),
            "buyers of new tokens": np.asarray(self.raised) - self.token_value * new,
        }
        return {name: plain(part) for name, part in parts.items()}

    def transfers(
        self,
        leavers: str = "leavers",
        pool: str = "pool",
        reserve: str = "reserve",
        buyers: str = "buyers of new tokens",
        coin: str = "UST",
        token: str = "LUNA",
    ) -> tuple[Transfer, ...]:
        """Dollars to those who left, their coins to whoever paid, and the new tokens; arbitrageurs keep nothing."""
        minted = np.asarray(self.token_supply) - self.first_supply
        into_pool = self._pool_coins() - np.asarray(self.pool)
        return actual(
            (
                Transfer(reserve, leavers, self.reserve_spent, "USD", "reserve"),
                Transfer(leavers, reserve, self.reserve_spent, coin, "reserve"),
                Transfer(pool, leavers, self.pool_spent, "USD", "sale"),
                Transfer(leavers, pool, plain(into_pool), coin, "sale"),
                Transfer(buyers, leavers, self.raised, "USD", "redemption"),
                Transfer(leavers, OUTSIDE, self.redeemed, coin, "redemption"),
                Transfer(OUTSIDE, buyers, plain(minted), token, "redemption"),
            )
        )

    def _pool_coins(self) -> Amount:
        return np.asarray(self.pool) / np.sqrt(self.coin_price)


def spiral(
    time: Amount,
    *,
    supply: Amount,
    leaving: Amount,
    days: Amount,
    base_pool: Amount,
    recovery_period: Amount,
    pool: Amount,
    value: Amount,
    token_supply: Amount,
    answer: Amount = 1.0,
    reserve: Amount = 0.0,
    min_spread: Amount = 0.02,
    halt: Amount = 1e-3,
    blocks_per_day: Amount = BLOCKS_PER_DAY,
) -> SpiralRun:
    """Holders sell a part of a coin at an even pace; arbitrageurs redeem in tokens what the pool pays too little for.

    First the reserve buys at par. Then the pool (constant product, no fee) pays ``p = 1/(1 + q)²`` after ``q·pool``
    coins. Redeeming pays once p is below ``1 − min_spread``; arbitrageurs keep the marginal spread of the virtual pools
    of :class:`~defi_lib.risk.mint_to_redeem.market.TerraMarket` at ``1 − p``, that is ``δ = q·base``. With F coins sold
    a day and ``c = base·blocks per day/period`` forgotten a day and unit of q::

        (pool + base)·dq/dt = F − c·q

    The tokens that they get are sold at once, and the market answers: each dollar of buyers takes ``answer`` dollars
    off the token's value (see :func:`~defi_lib.risk.mint_to_redeem.answer.supply_growth`). When a part ``halt`` of it
    is left, the chain stops: leavers have only the pool. If the token survives the leavers, redeeming refills the
    pool and the price returns to ``1 − min_spread``. All of it is solved in closed form, at any ``time``.

    Args:
        time: days since the run began, >= 0.
        supply: coins outside the pool, > 0.
        leaving: part of them that is sold, in [0, 1].
        days: how long that takes at an even pace, > 0.
        base_pool: dollars, > 0: of Terra, SDR times dollars per SDR.
        recovery_period: blocks, >= 1.
        pool: dollars in the pool, and as many coins, > 0.
        value: of all tokens before (dollars), > 0.
        token_supply: > 0.
        answer: >= 0.
        reserve: dollars, >= 0.
        min_spread: of the contract (ratio), in [0, 1).
        halt: part of the token's value, in (0, 1).
        blocks_per_day: > 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    A coin as large as its token, with a market where each dollar takes 2.5: half of the holders leave, or all.

    >>> coin = dict(supply=10e9, days=1.0, base_pool=67e6, recovery_period=36, pool=500e6, value=10e9, token_supply=1e9)
    >>> half, all_of_them = spiral(30.0, leaving=0.5, answer=2.5, **coin), spiral(30.0, leaving=1.0, answer=2.5, **coin)
    >>> round(half.coin_price, 2), half.halted, round(all_of_them.coin_price, 2), all_of_them.halted
    (0.98, 0.0, 0.04, 1.0)

    Source: own derivation. What the model leaves out: fear that is ahead of the new tokens, the delay of the oracle's
    price, and tokens minted as fees, which are paid out over a year.
    """
    given = {
        "time": non_negative("time", time),
        "supply": positive("supply", supply),
        "leaving": between("leaving", leaving, 0.0, 1.0),
        "days": positive("days", days),
        "base_pool": positive("base_pool", base_pool),
        "recovery_period": between("recovery_period", recovery_period, 1.0, np.inf, high_open=True),
        "pool": positive("pool", pool),
        "value": positive("value", value),
        "token_supply": positive("token_supply", token_supply),
        "answer": non_negative("answer", answer),
        "reserve": non_negative("reserve", reserve),
        "min_spread": between("min_spread", min_spread, 0.0, 1.0, high_open=True),
        "halt": between("halt", halt, 0.0, 1.0, low_open=True, high_open=True),
        "blocks_per_day": positive("blocks_per_day", blocks_per_day),
    }
    shape = broadcastable(**given)
    world = {name: np.broadcast_to(np.add(number, 0.0), shape).ravel() for name, number in given.items()}
    return SpiralRun(*(plain(np.reshape(part, shape)) for part in _solved(**world)))


def _solved(
    time: Array, value: Array, token_supply: Array, answer: Array, halt: Array, **coin: Array
) -> tuple[Array, ...]:
    run = Flow.of(**coin)
    with np.errstate(over="ignore"):  # an answer so small that the value has no end
        most = np.where(answer > 0.0, (1.0 - halt) * value / np.where(answer > 0.0, answer, 1.0), np.inf)
    halted = flow(run, time).raised >= most
    end = np.array(time)
    end[halted] = time_of_halt(run.only(halted), time[halted], most[halted])
    state = flow(run, end)
    late = np.where(halted, np.clip(np.minimum(time, run.days) - end, 0.0, None), 0.0)  # sold to the pool alone
    depth = 1.0 + state.q + run.pace * late / run.pool
    raised = np.minimum(state.raised, most)
    growth = np.exp(np.asarray(_log_growth(raised / value, answer)))
    return (
        *(time, depth**-2, value - answer * raised, token_supply * growth, halted.astype(float), end),
        *(state.sold + run.pace * late, state.redeemed, raised, state.reserve_spent, run.pool * (1.0 - 1.0 / depth)),
        *(coin["supply"], coin["pool"], value, token_supply),
    )
