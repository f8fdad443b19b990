"""What is read from a year: who gained, how concentrated, who was served, and who paid whom."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from defi_lib.economy.system.people import ROLES
from defi_lib.economy.system.twin import TwinYear
from defi_lib.economy.system.year import SystemYear
from defi_lib.measures import gini, top_share

Array = NDArray[np.float64]

#: What is measured of each year, with its unit. *Worth* is profit and what services were worth to their users.
MEASURES: Mapping[str, str] = {
    "worth, poorer nine tenths": "USD a head",
    "profit, poorer nine tenths": "USD a head",
    "worth, poorer half": "USD a head",
    "profit, poorer half": "USD a head",
    "profit, richest hundredth": "USD a head",
    "gains of the top hundredth": "% of all gains",
    "who gains": "% of people",
    "Gini of wealth, change": "points of 100",
    "traded": "% of what is wished",
    "served": "% of people",
}

#: Whose money a year moves; per head of all people, so that all of them add up to nothing.
GROUPS = ("poorer half", "next four tenths", "richest tenth", "insiders")


def system_measures(year: SystemYear | TwinYear) -> dict[str, Array]:
    """Every one of ``MEASURES``, one per seed.

    The *gains* are the profits of all who have one. Rich and poor are counted by wealth at the start, insiders among
    them. Wealth after the year is at least nothing.
    """
    wealth, people = year.people.wealth, year.people
    count = wealth.shape[1]
    order = np.argsort(wealth, axis=1, kind="stable")
    profit = np.take_along_axis(year.profit, order, axis=1)
    worth = np.take_along_axis(year.worth, order, axis=1)
    gains = np.maximum(profit, 0.0)
    some = np.where(gains.any(axis=1, keepdims=True), gains, 1.0)
    after = np.maximum(wealth + year.profit, 0.0)
    most, half, top = int(0.9 * count), count // 2, max(count // 100, 1)
    wished = people.wished_volume.sum(axis=1)
    values = (
        *(worth[:, :most].mean(axis=1), profit[:, :most].mean(axis=1)),
        *(worth[:, :half].mean(axis=1), profit[:, :half].mean(axis=1), profit[:, -top:].mean(axis=1)),
        100 * np.asarray(top_share(some, fraction=0.01)),
        100 * (profit > 0).mean(axis=1),
        100 * (np.asarray(gini(after)) - np.asarray(gini(wealth))),
        100 * np.divide(year.volume, wished, out=np.zeros_like(wished), where=wished > 0),
        100 * people.served.mean(axis=1),
    )
    return dict(zip(MEASURES, map(np.asarray, values), strict=True))


def who_paid(year: SystemYear | TwinYear) -> dict[str, Array]:
    """What each group of people and each account outside has got, USD per head of all people, one per seed.

    All of them add up to nothing: who has more has it from somebody who has less. Firms have paid everything to their
    owners, who are people; *nobody* has what was burned or lost, *thieves* what was robbed.
    """
    wealth, inside = year.people.wealth, year.people.wishes("insider")
    count = wealth.shape[1]
    rank = np.argsort(np.argsort(wealth, axis=1, kind="stable"), axis=1, kind="stable")
    edges = (0, count // 2, int(0.9 * count), count)
    groups = [(rank >= low) & (rank < high) & ~inside for low, high in pairwise(edges)]
    got = {name: (year.profit * who).sum(axis=1) for name, who in zip(GROUPS, (*groups, inside), strict=True)}
    return {name: amount / count for name, amount in (got | year.book.firms).items()}


def role_returns(year: SystemYear | TwinYear) -> dict[str, float]:
    """Profit of all people of each role, of their wealth (ratio), over all seeds."""
    each = {name: year.people.wishes(name) for name in ROLES}
    wealth = {name: float((year.people.wealth * who).sum()) for name, who in each.items()}
    return {name: float((year.profit * each[name]).sum()) / wealth[name] for name in ROLES if wealth[name] > 0}
