"""What is left of a farm's yield when others come. Readings X4a and X5a.

The farm pays a fixed number of tokens a day, and what users pay, to all deposits together. Farmers sell what they get
each day, at a price that changes evenly (in logarithms). New money closes a part of the gap to what it asks elsewhere.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.evidence.effects import Control, Registry
from defi_lib.evidence.unknowns import assumptions
from defi_lib.rewards import follow_yield
from defi_lib.units import DAYS_PER_YEAR

EVIDENCE = Registry("rewards")

Worlds = NDArray[np.float64]

#: Of a cohort: how long it stays, how much later the second one comes, and when that one leaves (days).
STAY, LATER, LAST = 90, 30, 120

#: The time in which the price changes by ``price_change`` (days).
_HALF_YEAR = DAYS_PER_YEAR / 2

#: New money closes at most so much of a gap in a day: all but nothing. If it asked for nothing, no farm were too full.
_ALL, _SOMETHING = 1 - 1e-12, 1e-6

_ALONE = {"speed": 0.0, "price_change": 0.0, "length": 10_000.0}
_PLAIN = {"first_rate": 0.4, "demanded": 0.05, "price_change": 0.0, "users_part": 0.0, "length": 1e4, "bill": 0.05}


def rates(
    speed: Worlds,
    first_rate: Worlds,
    outside: Worlds,
    price_change: Worlds,
    users_part: Worlds,
    length: Worlds,
    *,
    days: int = LAST,
) -> Worlds:
    """What the farm shows on each of ``days`` days (ratio per year): a row a day, a column a world.

    Args:
        speed: part of the gap that new money closes in a day.
        first_rate: shown on the first day (ratio per year).
        outside: at which rate nobody comes or leaves (ratio per year).
        price_change: of the reward token in half a year (ratio).
        users_part: part of the first rate that users pay; it lasts.
        length: days for which tokens are emitted.
        days: how many to show.
    """
    day = np.arange(float(days))[:, np.newaxis]
    tokens = np.where(day < length, (1 + price_change) ** (day / _HALF_YEAR), 0.0)
    yearly = first_rate * (users_part + (1 - users_part) * tokens)
    asked, pace = np.maximum(outside, _SOMETHING), -np.log1p(-np.minimum(speed, _ALL))
    deposits = follow_yield(yearly / DAYS_PER_YEAR, outside_yield=asked, speed=pace, days=days)
    return np.asarray(yearly / deposits)


def cohorts(shown: Worlds, bill: Worlds) -> tuple[Worlds, Worlds]:
    """What the first and the later cohort gain above a bill, leaving when it pays no more.

    In 365ths of the deposit: a day's rate counts as a year's.
    """
    above = np.maximum(shown - bill, 0.0)
    return above[:STAY].sum(0), above[LATER:LAST].sum(0)


@EVIDENCE.model(
    "X4a",
    placebos=[_ALONE],  # nobody follows, the price stands still, the programme goes on: the rate stays
    controls=[
        # All of the gap at once: from the second day on it pays 10 %, a quarter of the first day.
        Control({**_PLAIN, "speed": 1.0}, 0.75),
        # Nobody follows. In half a year the price falls to a sixteenth: after 90 of 182.5 days the log is 90/182.5 of
        # it. The users' half stays.
        Control(
            {**_PLAIN, "speed": 0.0, "price_change": -15 / 16, "users_part": 0.5},
            0.5 * (1 - 2 ** (-4 * 90 / 182.5)),
        ),
        # The programme ends on day 90: what is left is the tenth that users pay, on deposits that nobody joined.
        Control({**_PLAIN, "speed": 0.0, "users_part": 0.1, "length": 90.0}, 0.9),
        Control({**_PLAIN, "speed": 0.0, "users_part": 0.1, "length": 91.0}, 0.0),
        # Half of the gap a day: after 90 days it is closed.
        Control({**_PLAIN, "speed": 0.5, "demanded": 0.15}, 0.5),
    ],
)
def rate_lost(
    speed: Worlds,
    first_rate: Worlds,
    demanded: Worlds,
    price_change: Worlds,
    users_part: Worlds,
    length: Worlds,
    bill: Worlds,
) -> Worlds:
    """Part of the first day's rate that is gone on day 90."""
    shown = rates(speed, first_rate, bill + demanded, price_change, users_part, length)
    return np.asarray(1 - shown[STAY] / shown[0])


@EVIDENCE.model(
    "X5a",
    placebos=[_ALONE],  # nobody follows, the price stands still, the programme goes on: both earn the same
    controls=[
        # All of the gap at once: the first has a day at 35 points above the bill and 89 days at 5, the other 90 at 5.
        Control({**_PLAIN, "speed": 1.0}, 1 - 90 * 0.05 / (0.35 + 89 * 0.05)),
        # Nobody follows; the programme lasts 60 days: the first earns for 60 days, the other for 30.
        Control({**_PLAIN, "speed": 0.0, "length": 60.0}, 0.5),
        # Nobody follows; half is paid by users and stays, half ends after 30 days: 30 · 35 + 60 · 15 against 90 · 15.
        Control({**_PLAIN, "speed": 0.0, "users_part": 0.5, "length": 30.0}, 1 - 1_350 / 1_950),
        # Nobody follows, no bill: the price loses half of its logarithm, and each day of the other is 30 days later.
        Control({**_PLAIN, "speed": 0.0, "price_change": -0.75, "bill": 0.0}, 1 - 0.25 ** (30 / 182.5)),
        # Half of the gap a day, for two days, from 1 to 4: 40 %, and 40/2.5 = 16 %. The other is too late.
        Control({**_PLAIN, "speed": 0.5, "length": 2.0}, 1.0),
        # Never above the bill: nobody gains, and nothing is less than half of it.
        Control({**_PLAIN, "speed": 0.0, "first_rate": 0.04}, 0.0),
    ],
)
def missed_by_coming_later(
    speed: Worlds,
    first_rate: Worlds,
    demanded: Worlds,
    price_change: Worlds,
    users_part: Worlds,
    length: Worlds,
    bill: Worlds,
) -> Worlds:
    """How much less the cohort of day 30 gains above a bill than the first one (part of the first one's gain)."""
    shown = rates(speed, first_rate, bill + demanded, price_change, users_part, length)
    first, later = cohorts(shown, bill)
    return np.where(first > 0, 1 - later / np.where(first > 0, first, 1.0), 0.0)


def day_of_entry(
    entry: ArrayLike, speed: float, first_rate: float, demanded: float, price_change: float
) -> dict[str, Worlds]:
    """What lesson 4.1 explores: the rate on the screen by the day, and what 90 days from then on earn (ratios a year).

    The programme goes on, and users pay nothing. Who stays leaves for a Treasury bill on the day on which the farm pays
    no more; arguments as in :func:`rates`.

    >>> at = day_of_entry(30, 0.05, 0.24, 0.0, 0.0)
    >>> [round(float(at[name]), 4) for name in ("On the screen", "Your 90 days")]
    [0.0444, 0.0379]
    """
    start = np.rint(np.asarray(entry)).astype(np.int64)
    bill = assumptions("X5a", ("bill",))["bill"].today
    known = (np.array([each]) for each in (speed, first_rate, bill + demanded, price_change, 0.0, np.inf))
    shown = rates(*known, days=int(start.max()) + STAY)[:, 0]
    until = np.append(0.0, np.cumsum(np.maximum(shown, bill)))
    earned = (until[start + STAY] - until[start]) / STAY
    return {"On the screen": shown[start], "Your 90 days": earned, "Treasury bill": bill + 0.0 * earned}
