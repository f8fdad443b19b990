"""Are users better off where no insider is given tokens? Reading R2c.

Both launches have the same prices in their own terms. Where all is earned by use, nobody is locked: whales get their
part evenly over the time of deposits, as all others do, and sell of it what insiders sell of theirs.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.evidence.effects import Control, Registry
from defi_lib.evidence.rewards.insiders import venture_launch
from defi_lib.evidence.rewards.price_paths import END, prices
from defi_lib.evidence.unknowns import assumptions
from defi_lib.rewards import LaunchGains, launch_gains

EVIDENCE = Registry("rewards")

Worlds = NDArray[np.float64]

_EQUAL = {"insiders": 0.0, "reached": 1.0, "whales": 0.0, "slower": 0.0, "lives": 1.0}
_STILL = {"half_year": 0.0, "later": 0.0, "sold": 1.0, "earned": 12.0}
#: To a quarter in half a year, to 1/64 of that in the 42 months after; a twelfth is sold in each of the first months.
_FALL = {"half_year": -0.75, "later": -63 / 64, "sold": 1.0, "earned": 12.0}
_FIRST_YEAR = (
    sum(0.25 ** (month / 6) for month in range(1, 7)) + sum(0.25 * 2.0 ** (-n / 7) for n in range(1, 7))
) / 12
#: A thirty-sixth in each month from the 13th on.
_LOCKED = sum(0.25 * 2.0 ** (-(month - 6) / 7) for month in range(13, 49)) / 36


def fair_launch(whales: Worlds, sold: Worlds, half_year: Worlds, later: Worlds, earned: Worlds) -> LaunchGains:
    """Gains from a launch whose tokens are all earned, evenly in time; whales are its insiders, and pay nothing.

    Args:
        whales: their part of the tokens.
        sold: part of what they earn that they sell at once.
        half_year, later: as in :func:`~defi_lib.evidence.rewards.price_paths.prices`.
        earned: months over which all tokens are earned.
    """
    months = np.arange(END + 1.0)
    unlocked = np.minimum(np.divide.outer(months, earned), 1.0)
    return launch_gains(prices(months, half_year, later), unlocked, whales, 1 - whales, sold=sold)


@EVIDENCE.model(
    "R2c",
    placebos=[_EQUAL],  # venture money takes no tokens and brings nothing, and there are no whales: the same
    controls=[
        # The price stands still: users have 60 % of 0.75 · 0.8 against a fifth of half.
        Control({**_STILL, "insiders": 0.5, "reached": 0.2, "whales": 0.4, "slower": 0.25, "lives": 0.8}, 0.36 - 0.1),
        # Nobody but whales, who sell on the way down; the venture launch gives everything to users.
        Control(
            {**_FALL, "insiders": 0.0, "reached": 1.0, "whales": 0.5, "slower": 0.0, "lives": 1.0},
            0.5 / 256 + 0.5 * (1 / 256 - _FIRST_YEAR) - 1 / 256,
        ),
        # Nobody is a whale, all of it dies; insiders have half and sell it between month 13 and the end.
        Control(
            {**_FALL, "insiders": 0.5, "reached": 0.2, "whales": 0.0, "slower": 0.0, "lives": 0.0},
            -(0.1 / 256 + 0.5 * (1 / 256 - _LOCKED)),
        ),
        # Nobody but whales, and all is earned within six months: they sell a sixth in each of them.
        Control(
            {**_FALL, "insiders": 0.0, "reached": 1.0, "whales": 1.0, "slower": 0.0, "lives": 1.0, "earned": 6.0},
            1 / 256 - sum(0.25 ** (month / 6) for month in range(1, 7)) / 6 - 1 / 256,
        ),
        # They sell half, and the project is worth a quarter: half as large, half as likely to live.
        Control(
            {**_FALL, "sold": 0.5, "insiders": 0.0, "reached": 0.0, "whales": 0.5, "slower": 0.5, "lives": 0.5},
            (0.5 / 256 + 0.25 * (1 / 256 - _FIRST_YEAR)) / 4,
        ),
    ],
)
def users_ahead_without_insiders(
    insiders: Worlds,
    reached: Worlds,
    sold: Worlds,
    half_year: Worlds,
    later: Worlds,
    whales: Worlds,
    slower: Worlds,
    lives: Worlds,
    earned: Worlds,
) -> Worlds:
    """Gain of users and buyers without insiders, less that with them (part of a venture launch's value).

    A project without venture money is worth ``1 − slower`` of one with it if both live, and lives ``lives`` times as
    often; what it is worth divides among the same parties.
    """
    fair, venture = (
        fair_launch(whales, sold, half_year, later, earned),
        venture_launch(insiders, reached, sold, half_year, later),
    )
    worth = (1 - slower) * lives
    return np.asarray(worth * (fair.users + fair.buyers) - (venture.users + venture.buyers))


def by_whales(
    whales: ArrayLike, reached: float, slower: float, lives: float, insiders: float, later: float, earned: float
) -> dict[str, Worlds]:
    """What lesson 4.6 explores: gains by the whales' part (parts of a venture launch's value, per project begun).

    What is sold and the first half-year are today's; arguments as in :func:`users_ahead_without_insiders`.

    >>> found = by_whales(0.4, 0.3, 0.0, 1.0, 0.467, -0.5, 12.0)
    >>> {name: round(float(gain), 3) for name, gain in found.items()}
    {'Without insiders': 0.035, 'With venture money': 0.008, 'Whales': 0.157}
    """
    known = assumptions("R2c", ("sold", "half_year"))
    part, sold, before = np.atleast_1d(np.asarray(whales, float)), known["sold"].today, known["half_year"].today
    path = {"half_year": np.array(before), "later": np.array(later)}
    fair, worth = fair_launch(part, np.array(sold), **path, earned=np.array(earned)), (1 - slower) * lives
    venture = venture_launch(np.array(insiders), np.array(reached), np.array(sold), **path)
    lines = {
        "Without insiders": worth * (fair.users + fair.buyers),
        "With venture money": (venture.users + venture.buyers) + 0.0 * part,
        "Whales": worth * fair.insiders,
    }
    return {name: np.reshape(line, np.shape(whales)) for name, line in lines.items()}
