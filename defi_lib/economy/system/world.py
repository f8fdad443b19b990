"""Everything random of a year of the whole economy, drawn once per seed, so that settings meet the same fate."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.frozen import locked
from defi_lib.units import DAYS_PER_YEAR
from defi_lib.validation import Amount, at_least, non_negative

#: One number per person and use of it; ``role`` decides the wish, ``loan`` the loan's size, and so on.
PERSONAL_DRAWS = ("role", "buying", "loan", "voting", "lost", "stolen", "asleep", "papers", "misfortune")
#: One number per seed: whether each protocol is robbed, whether the custodian fails, whether that hits customers.
EVENTS = ("exchange", "lending", "farm", "custodian", "customers")


class SystemWorld(NamedTuple):
    """Draws of several seeds; the first axis is the seed, the last one people or days."""

    normal: NDArray[np.float64]  #: wealth, skill and luck of each person: three standard normal numbers
    uniform: NDArray[np.float64]  #: as ``PERSONAL_DRAWS`` says, from 0 to 1
    event: NDArray[np.float64]  #: as ``EVENTS`` says, from 0 to 1
    shock: NDArray[np.float64]  #: the moves of ether's price, one standard normal number a day

    @property
    def seeds(self) -> int:
        """How many."""
        return self.shock.shape[0]

    @property
    def people(self) -> int:
        """How many in each seed."""
        return self.normal.shape[-1]

    def draw(self, name: str) -> NDArray[np.float64]:
        """The personal numbers for one use, seeds × people."""
        return self.uniform[PERSONAL_DRAWS.index(name)]

    def happens(self, name: str, chance: Amount) -> NDArray[np.bool_]:
        """Whether an event happens in each seed."""
        return self.event[:, EVENTS.index(name)] < np.asarray(chance)

    def prices(self, volatility: Amount) -> NDArray[np.float64]:
        """Ether's price at the end of each day, in times the first price: a geometric Brownian motion without drift.

        Args:
            volatility: per square root of a year (ratio), >= 0, one or one per seed.

        Raises:
            ValueError: a negative volatility.
        """
        daily = np.reshape(non_negative("volatility", volatility), (-1, 1)) / DAYS_PER_YEAR**0.5
        prices: NDArray[np.float64] = np.exp(np.cumsum(daily * self.shock - daily**2 / 2, axis=1))
        return prices

    def stir(self) -> NDArray[np.float64]:
        """How much more than usual is traded each day: half of all trading follows the size of the price's move."""
        mean = (2 / np.pi) ** 0.5
        return 0.5 + 0.5 * np.abs(self.shock) / mean


def draw_world(seeds: int, people: int, first: int = 0) -> SystemWorld:
    """The draws of the seeds ``first``, ``first + 1``, …, each from a generator of its own.

    Args:
        seeds: how many, >= 1.
        people: in each, >= 10, so that there is a richest tenth.
        first: the first seed, >= 0. Seed 7 is the same in whatever block it stands.

    Raises:
        ValueError: an argument below its least value.

    >>> draw_world(3, 20).shock[2, 0] == draw_world(1, 20, first=2).shock[0, 0]
    np.True_
    """
    at_least("seeds", seeds, 1), at_least("people", people, 10), at_least("first", first, 0)
    normal = np.empty((3, seeds, people))
    uniform = np.empty((len(PERSONAL_DRAWS), seeds, people))
    event, shock = np.empty((seeds, len(EVENTS))), np.empty((seeds, DAYS_PER_YEAR))
    for place in range(seeds):
        rng = np.random.default_rng((first + place, 816))
        event[place], shock[place] = rng.random(len(EVENTS)), rng.standard_normal(DAYS_PER_YEAR)
        normal[:, place] = rng.standard_normal((3, people))
        uniform[:, place] = rng.random((len(PERSONAL_DRAWS), people))
    return SystemWorld(*map(locked, (normal, uniform, event, shock)))
