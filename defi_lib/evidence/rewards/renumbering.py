"""Who gains from those who come later? Reading X5b.

All tokens together are 1, and so is their price at the launch. One pool without fee, half of it dollars.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.evidence.effects import Control, Registry
from defi_lib.evidence.unknowns import assumptions
from defi_lib.exchange import ConstantProductPool
from defi_lib.rewards import BuyersRun, buyers_in_turn

EVIDENCE = Registry("rewards")

Array = NDArray[np.float64]

#: How long the reading looks (months), and steps in a month. With twice as many the effect is the same within two
#: points, in nearly all worlds within 0.1.
MONTHS, STEPS = 24, 8

#: The options of ``end``: what tokens count for that nobody has sold.
LAST_PRICE, AT_ONCE = 0, 1

#: In a world of one step of buyers: 0.8/8 dollars.
_ONE_STEP = {
    "growth": 1.0, "first_money": 0.8, "comes_until": 1 / STEPS, "depth": 0.1, "unlock": 0.0, "leave": 0.0,
    "income": 0.0, "lock": 0.0, "end": LAST_PRICE,
}  # fmt: skip
_HALF_LEFT = 0.95 ** (191 / 8) / 2


def two_years_of_buyers(
    growth: ArrayLike,
    first_money: ArrayLike,
    comes_until: ArrayLike,
    depth: ArrayLike,
    unlock: ArrayLike,
    leave: ArrayLike,
    income: ArrayLike,
    lock: ArrayLike,
    steps: int = STEPS,
) -> BuyersRun:
    """The buyers of a token in its first two years (USD, of a launch value of 1).

    Args:
        growth: new money of a month over that of the month before.
        first_money: of the first month (part of the launch value).
        comes_until: month after which nobody new comes.
        depth: dollars in the pool at the launch (part of the launch value).
        unlock: what insiders sell a month once their lock is over (part of all tokens).
        leave: what buyers sell a month (part of what they hold).
        income: what the project spends a year on its own token (part of the launch value).
        lock: months for which insiders are locked.
        steps: in a month.
    """
    month = (np.arange(MONTHS * steps) + 0.5) / steps
    coming = np.clip(steps * np.subtract.outer(np.asarray(comes_until, float), month) + 0.5, 0.0, 1.0).T
    money = np.asarray(first_money) / steps * np.power.outer(np.asarray(growth, float), month).T * coming
    part = -np.expm1(np.log1p(-np.asarray(leave, float)) / steps)
    sold, earned = np.asarray(unlock) / steps, np.asarray(income) / 12 / steps
    dollars = np.asarray(depth, float)
    pool = ConstantProductPool((dollars, dollars), fee=0.0)
    wait = steps * np.asarray(lock, float)
    return buyers_in_turn(pool, money, leave=part, insiders=sold, locked=wait, income=earned)


@EVIDENCE.model(
    "X5b",
    # Nobody's money moves the price, and nobody else sells or buys: early or late, all have what they paid.
    placebos=[{"first_money": 1e-13, "unlock": 0.0, "income": 0.0}],
    controls=[
        # One step brings 0.1 dollars into a pool of 0.1 and 0.1: a price of 2, and 4 after it. All have doubled.
        Control(_ONE_STEP, -1.0),
        # Two such steps: 0.05 tokens at 2, then 0.1/6 at 6, and the last price is 9: +350 and +50 %.
        Control(_ONE_STEP | {"comes_until": 0.25}, -0.5),
        # All at once get back the 0.2 dollars, three quarters of them the first: 0.15 and 0.05.
        Control(_ONE_STEP | {"comes_until": 0.25, "end": AT_ONCE}, 0.5),
        # The second step brings four times the first: 0.25 each, for 0.0625 and 0.25/12 tokens; the last price is 36.
        Control(_ONE_STEP | {"growth": 4.0**8, "first_money": 0.4, "comes_until": 0.25}, -2.0),
        # In each of 192 steps a 191st part of the pool's tokens is sold; the first meets as many dollars at 1. Then the
        # pool's tokens double, and the price is a quarter.
        Control(_ONE_STEP | {"first_money": 0.8 / 191, "unlock": 0.8 / 191}, -0.75),
        # The last of the steps alone is no longer locked. 0.1 dollars bought 0.05 tokens of a pool that has as
        # many now, and 0.2 dollars; as many again halve its price, and again: from 2, at which all have bought, to 1.
        Control(_ONE_STEP | {"unlock": 0.05 * STEPS, "lock": MONTHS - 1 / STEPS}, -0.5),
        # In each of 192 steps the project buys for a 96th of the pool: 0.1 + 0.1 + 0.2 dollars, and a price of 16.
        Control(_ONE_STEP | {"income": 0.1}, 1 - 16 / (2 + 1 / 96)),
        # 191 steps of selling leave 0.95^(191/8) of 0.05 tokens, in a pool that began with 0.05: with x of half of that
        # part, what was got and what is left are 2 − 1/(1 − x) and x/(1 − x)² of 0.1 dollars.
        Control(_ONE_STEP | {"leave": 0.05}, -((_HALF_LEFT / (1 - _HALF_LEFT)) ** 2)),
    ],
)
def first_gain_later_lose(
    growth: Array,
    first_money: Array,
    comes_until: Array,
    depth: Array,
    unlock: Array,
    leave: Array,
    income: Array,
    lock: Array,
    end: Array,
) -> Array:
    """The smaller of what the first half of the buyers gained and what the later half lost (part of what each paid).

    Args:
        growth, first_money, comes_until, depth, unlock, leave, income, lock: as in :func:`two_years_of_buyers`.
        end: what tokens that are left count for: 0 = the last price, 1 = what all get who sell at once.
    """
    run = two_years_of_buyers(growth, first_money, comes_until, depth, unlock, leave, income, lock)
    first, later = np.where(end == LAST_PRICE, run.returns(), run.exit_returns())
    return np.asarray(np.minimum(first, -later))


def halves_by_lock(lock: ArrayLike, growth: float, unlock: float, leave: float) -> dict[str, Any]:
    """What lesson 4.7 explores: gains of both halves of buyers after two years, by the lock (part of what each paid).

    All else is today's; arguments as in :func:`two_years_of_buyers`.

    >>> found = halves_by_lock([0.0, 24.0], growth=0.9, unlock=0.009, leave=0.1)
    >>> {name: gain.round(2).tolist() for name, gain in found.items()}
    {'First half': [-0.48, 0.36], 'Later half': [-0.62, -0.34]}
    """
    now = assumptions("X5b", ("first_money", "comes_until", "depth", "income"))
    months = np.atleast_1d(np.asarray(lock, float))
    chosen = {"growth": growth, "unlock": unlock, "leave": leave} | {name: each.today for name, each in now.items()}
    worlds: dict[str, Any] = {name: np.full(months.shape, value) for name, value in chosen.items()}
    run = two_years_of_buyers(lock=months, **worlds)
    return {
        name: np.reshape(gain, np.shape(lock))
        for name, gain in zip(("First half", "Later half"), run.returns(), strict=True)
    }
