"""A coin that is redeemed in new tokens of its own maker, in a run like Terra's. Reading P7b.

All amounts are for one coin, and in dollars.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.evidence.effects import Control, Registry
from defi_lib.evidence.unknowns import assumptions
from defi_lib.figures import figure
from defi_lib.ledger import Ledger, who_profits
from defi_lib.risk import FraxPool, FraxUser, SpiralRun, may_2022, run_on_reserve, spiral
from defi_lib.validation import Amount, one_of, plain

EVIDENCE = Registry("risk")

Worlds = NDArray[np.float64]

#: When Terra's run began: in the evening of 7 May 2022 (days since 0:00 UTC).
FIRST_EVENING = 22 / 24

#: Dollars for one special drawing right in May 2022, in which Terra counted its pools: rounded.
DOLLARS_PER_SDR = 1.34
#: What a run is made of, in the order of the arguments.
UNKNOWNS = ("value", "fear", "answer", "leaving", "days", "reserve", "speed", "pool")
#: How long after the last has left both sides are compared, in days.
AFTERWARDS = 30.0

# Tokens that are worth nothing: who leaves has the reserve and the pool.
_NOTHING = {
    "value": 1e-9, "fear": 0.0, "answer": 1.0, "leaving": 0.75, "days": 1.0, "reserve": 0.5, "speed": 1.0,
    "pool": 0.25,
}  # fmt: skip
# So slow that no spread but the least is paid, of 2 %: one new token finds a buyer at 0.98.
_SLOW = {**_NOTHING, "value": 2.0, "fear": 0.5, "answer": 2.0, "leaving": 1.0, "reserve": 0.25, "days": 1e6}
_BROUGHT = 0.5 * 0.999  # what buyers pay before the value is gone, at 2 dollars of value for each
_LATE = 0.75 - _BROUGHT / 0.98  # coins sold to the pool: those that nobody redeems
# Half of the coins leave in half a day past a pool of next to nothing: one coin a day, at the price where as much is
# redeemed as sold. Terra forgot 50 million SDR of 1.34 dollars 12,758 times in 36 days, for 18.712 billion coins.
_QUICK = {**_NOTHING, "value": 4.0, "answer": 0.0, "reserve": 0.0, "pool": 1e-4, "leaving": 0.5, "days": 0.5}
_FORGOTTEN = 50e6 * 1.34 / 18.712e9 * 12_758 / 36


@EVIDENCE.model(
    "P7b",
    placebos=[
        {"leaving": 0.0},  # nobody leaves
        {"reserve": 1.0},  # cash for every coin
    ],
    controls=[
        # 0.25 coins go to a pool of 0.25: half of its dollars, and a price of a quarter for the stayers.
        Control(_NOTHING, 0.5 + 0.125 + 0.25 * 0.25 - 1, 1e-6),
        Control({**_NOTHING, "leaving": 1.0}, 0.5 + 0.25 * 2 / 3 - 1, 1e-6),
        # The fear takes what is behind the coins as well as a small value does.
        Control({**_NOTHING, "value": 10.0, "fear": 1 - 1e-10}, 0.5 + 0.125 + 0.25 * 0.25 - 1, 1e-6),
        # The tokens' buyers pay a half, and a half only; then the pool is what is left.
        Control(_SLOW, 0.25 + _BROUGHT + 0.25 * (1 - 0.25 / (0.25 + _LATE)) - 1, 1e-3),
        # With twice the value, or half of the answer, all are paid, nearly all at 0.98.
        Control({**_SLOW, "value": 4.0}, -0.75 * 0.02, 5e-3),
        Control({**_SLOW, "answer": 1.0}, -0.75 * 0.02, 5e-3),
        *(
            Control({**_QUICK, "speed": s}, 0.5 / (1 + 1 / (s * _FORGOTTEN)) ** 2 + 0.5 * 0.98 - 1, 1e-2)
            for s in (1, 4)
        ),
    ],
)
def loss_against_cash(
    value: Worlds,
    fear: Worlds,
    answer: Worlds,
    leaving: Worlds,
    days: Worlds,
    reserve: Worlds,
    speed: Worlds,
    pool: Worlds,
) -> Worlds:
    """What a coin's average holder has in the end, less what he would have with cash behind every coin (dollars).

    Args:
        value: of all tokens before, > 0 (dollars for each coin).
        fear: part of it that is gone before new tokens are sold.
        answer: what a dollar of new tokens takes off it (dollars).
        leaving: part of the coins that is sold.
        days: how long that takes.
        reserve: cash for each coin, which buys first.
        speed: of redemption, times Terra's.
        pool: dollars in the pool for each coin, and as many coins.
    """
    own = run(value, fear, answer, leaving, days, reserve, speed, pool)
    cash = run(value, fear, answer, leaving, days, np.ones_like(leaving), speed, pool)
    return np.asarray(worth(own)) - worth(cash)


def run(
    value: ArrayLike,
    fear: ArrayLike,
    answer: ArrayLike,
    leaving: ArrayLike,
    days: ArrayLike,
    reserve: ArrayLike,
    speed: ArrayLike,
    pool: ArrayLike,
    time: ArrayLike | None = None,
) -> SpiralRun:
    """A run of one coin (arguments of :func:`loss_against_cash`), at ``time`` or a month after the last has left.

    Base pool and recovery period change by the same factor, as Terra's proposal 1164 changed them.
    """
    faster = np.sqrt(speed)
    base, period = terras_market()
    return spiral(
        np.asarray(days, float) + AFTERWARDS if time is None else time,
        supply=1.0,
        leaving=leaving,
        days=days,
        base_pool=base * faster,
        recovery_period=period / faster,
        pool=pool,
        value=np.asarray(value) * (1 - np.asarray(fear)),
        token_supply=1.0,
        answer=answer,
        reserve=reserve,
    )


def worth(one: SpiralRun) -> Amount:
    """What those who left were paid and those who stayed could sell for, in a run of one coin (dollars)."""
    return plain(one.proceeds + (1.0 - np.asarray(one.sold)) * one.coin_price)


@cache
def terras_market() -> tuple[float, float]:
    """Terra's base pool (dollars for each coin) and its recovery period (blocks), as they stood on 8 May 2022."""
    base, coins = figure("terra.market_module_basepool_crash_before"), figure("depeg.ust_supply_sunday_8_may")
    blocks = figure("terra.market_module_poolrecoveryperiod_crash_before")
    return float(base.value) * DOLLARS_PER_SDR / (float(coins.value) * 1e3), float(blocks.value)


def paid_in_turn(groups: int, days: float, **coin: ArrayLike) -> list[float]:
    """What each of some equal groups of leavers is paid for a coin, the first to leave first (dollars).

    Args:
        groups: how many.
        days: how long the run takes.
        coin: the other arguments of :func:`run`, but not the time.

    >>> coin = dict(value=0.6, fear=0.0, answer=2.0, leaving=1.0, reserve=0.25, speed=1.0, pool=0.05)
    >>> [round(paid, 2) for paid in paid_in_turn(4, days=4.0, **coin)]
    [1.0, 0.71, 0.61, 0.05]
    """
    times = np.linspace(0.0, days, groups + 1)
    along = run(days=days, time=times, **{name: np.full(groups + 1, given) for name, given in coin.items()})
    return [float(paid) for paid in np.diff(along.proceeds) / np.diff(along.sold)]


def book_run(one: SpiralRun) -> Ledger:
    """Who had what before a run of one coin, what moved, and what it was worth in the end; arbitrageurs keep nothing.

    >>> coin = dict(value=1.0, fear=0.0, answer=2.0, leaving=1.0, days=4.0, reserve=0.25, speed=1.0, pool=0.05)
    >>> ledger = book_run(run(**coin))
    >>> round(ledger.balance("reserve", "USD"), 9)
    0.0
    """
    parties = ("leavers", "stayers", "pool", "reserve", "token holders", "buyers of new tokens")
    ledger = Ledger({name: name for name in parties})
    ledger.mark("UST", 1.0)
    ledger.mark("LUNA", one.first_value / one.first_supply)
    for party, asset, amount in (
        ("leavers", "UST", one.sold),
        ("stayers", "UST", one.supply - one.sold),
        ("pool", "UST", one.pool),
        ("pool", "USD", one.pool),
        ("reserve", "USD", one.reserve_spent),
        ("token holders", "LUNA", one.first_supply),
        ("buyers of new tokens", "USD", one.raised),
    ):
        ledger.open(party, asset, amount)
    ledger.book(one)
    ledger.mark("UST", one.coin_price)
    ledger.mark("LUNA", one.token_price)
    ledger.check_conserved()
    return ledger


def part_in_cash(cash: float, share_price: float) -> float:
    """What Frax's contract pays for a coin if it keeps ``cash`` for each and a share brings ``share_price`` (dollars).

    It pays the rest in new shares, as many as its oracle's price of a dollar asks for: the oracle is late.

    >>> part_in_cash(0.75, 1.0), part_in_cash(0.75, 0.0)
    (1.0, 0.75)
    """
    coins = 10**18
    pool = FraxPool(
        collateral_ratio=round(cash * 10**6), collateral=round(cash * 10**6), users={"holder": FraxUser(stable=coins)}
    )
    got = pool.redeem_fractional("holder", coins)
    return got.claim_collateral_change / 10**6 + got.claim_shares_change / coins * share_price


def days_of_may(quantity: str = "UST price", speed: float = 4.0) -> dict[str, Worlds]:
    """A price day by day (dollars; days since 7 May 2022, UTC): at two speeds by the model, and as it was published.

    Args:
        quantity: "UST price" or "LUNA price"; the model's LUNA has lost by fear from the first hour on.
        speed: of the second line, times Terra's.

    Raises:
        ValueError: another quantity.
    """
    one_of("quantity", quantity, ("UST price", "LUNA price"))
    world: dict[str, ArrayLike] = {name: each.today for name, each in assumptions("P7b", UNKNOWNS).items()}
    coins = float(figure("depeg.ust_supply_sunday_8_may").value) * 1e9
    tokens = may_2022("LUNA supply")[0].value
    day = np.linspace(0.0, 8.5, 171)
    columns = {"day": day}
    for name, times in (("Terra's speed", 1.0), (f"{speed:.0f} times that", speed)):
        one = run(**{**world, "speed": times}, time=np.maximum(day - FIRST_EVENING, 0.0))
        luna = np.asarray(one.token_price) * coins / tokens
        columns[name] = np.asarray(one.coin_price) if quantity == "UST price" else luna
    for name, timed in (("hour printed", True), ("hour unknown", False)):
        found = [each for each in may_2022(quantity) if each.timed is timed]
        columns[f"{name} at"] = np.array([each.day for each in found])
        columns[name] = np.array([each.value for each in found])
    return columns


def after_a_run(leaving: ArrayLike, value: ArrayLike, answer: ArrayLike, reserve: ArrayLike) -> dict[str, Amount]:
    """What lesson 6.3 explores: another coin than Terra's, whose token falls by nothing but what is sold (dollars).

    A run of five days at Terra's speed, with 3 dollars in the pool for each 100 coins.

    Args:
        leaving: part of the coins that is sold.
        value: of all tokens before, for each coin.
        answer: what a dollar of new tokens takes off it.
        reserve: cash for each coin.
    """
    one = run(value, 0.0, answer, leaving, 5.0, reserve, 1.0, 0.03)
    left = np.asarray(one.token_value) / one.first_value
    return {"The average holder has": worth(one), "Who stays has": one.coin_price, "Of the token is left": plain(left)}


def three_runs(coins: float) -> dict[str, dict[str, float]]:
    """Who gains what when nine in ten leave: a coin in its maker's tokens, one with cash, an insured bank (dollars).

    The tokens of the first are worth as much as its coins, and a dollar of new ones takes 1.5 off. The bank holds a
    tenth in cash, and sells its loans for a tenth less than they are worth.

    Args:
        coins: how many, and dollars in the bank.

    >>> gains = three_runs(10.0)
    >>> gains["insured bank"]["leavers"], round(gains["insured bank"]["insurer"], 2)
    (0.0, -0.89)
    """
    found = {}
    for name, cash in (("new tokens", 0.0), ("cash", 1.0)):
        one = run(1.0, 0.0, 1.5, 0.9, 5.0, cash, 1.0, 0.03)
        found[name] = {who: 0.0 - coins * float(lost) for who, lost in one.losses.items()}
        found[name]["paper"] = coins * float(one.paper)
    bank = run_on_reserve(0.1 * coins, 0.9 * coins, 0.9, 0.1, "insured bank", claims=coins)
    gains = {"leavers": 0.0, "stayers": 0.0 - bank.loss, "insurer": -bank.insurer, "buyers of loans": bank.to_buyers}
    return {**found, "insured bank": {who: float(gain) for who, gain in gains.items()}}


def who_got_it(speed: float = 1.0) -> dict[str, float]:
    """Where the money went in May 2022, by the model: what leavers got and of whom, and who lost (billion dollars).

    Args:
        speed: of redemption, times Terra's.

    >>> found = who_got_it()
    >>> abs(found["got"] - found["buyers"] - found["reserve"] - found["pool"]) < 1e-9
    True
    """
    world: dict[str, ArrayLike] = {name: each.today for name, each in assumptions("P7b", UNKNOWNS).items()}
    coins, one = float(figure("depeg.ust_supply_sunday_8_may").value), run(**world | {"speed": speed})
    total = who_profits(book_run(one))["total"]
    fear = float(np.asarray(world["value"]) * world["fear"])
    found = {
        "got": float(one.proceeds), "buyers": float(one.raised), "reserve": float(one.reserve_spent),
        "pool": float(one.pool_spent), "leavers lost": -total["leavers"], "stayers lost": -total["stayers"],
        "holders lost": fear - total["token holders"], "by fear": fear,
    }  # fmt: skip
    return {what: coins * amount for what, amount in found.items()}
