"""A year of lending: loans against ether, the rate of the kinked curve, and what is sold when ether falls."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.economy.system.people import People
from defi_lib.economy.system.setting import SystemSetting
from defi_lib.economy.system.world import SystemWorld
from defi_lib.integers import positions
from defi_lib.lending import KinkedCurve
from defi_lib.units import DAYS_PER_YEAR

Array = NDArray[np.float64]

#: No more than this part of the deposits is lent: who comes later gets less.
_MOST_LENT = 0.95


class LendingDays(NamedTuple):
    """What happened in lending; USD, seeds × people unless it says so."""

    deposits: Array
    interest: Array  #: what each borrower owed for the year
    sold: Array  #: the debt of those whose collateral was sold
    named_loans: Array  #: loans on a good name, without collateral
    unpaid: Array  #: those of them that are never paid back
    loan_years: Array  #: debt times years: what the use of the loans is counted by
    still_owed: Array  #: all debt at the end, one per seed


def loan_ratio(world: SystemWorld, setting: SystemSetting) -> Array:
    """Each borrower's loan, of the collateral: the mean, and equally common from 0.2 below to 0.2 above."""
    return np.asarray(setting.beside_people("loan_ratio") + 0.4 * (world.draw("loan") - 0.5))


def lending_days(world: SystemWorld, setting: SystemSetting, people: People) -> LendingDays:
    """Day by day: the rate follows how much is lent out, and loans are sold when ether has fallen too far.

    Who sees it in time repays and stays. A loan on a good name (``identity``) pays a margin and is never sold; if
    misfortune meets its borrower, the lenders lose it.
    """
    beside = setting.beside_people
    deposits, ratio = people.deployed * people.is_("lender"), loan_ratio(world, setting)
    backed = people.deployed * people.is_("borrower") * ratio
    named = people.deployed * people.is_("borrower") * beside("identity") * beside("name_loan")
    most, asked = _MOST_LENT * deposits.sum(axis=1), (backed + named).sum(axis=1)
    cut = np.divide(most, asked, out=np.zeros_like(most), where=asked > 0)
    cut = np.minimum(cut, 1.0)[:, np.newaxis]
    backed, named = backed * cut, named * cut
    out_day = _day_of_sale(world, setting, ratio)
    asleep = world.draw("asleep") >= np.minimum(2 * beside("awake") * people.skill, 1.0)
    sold = asleep & (out_day < DAYS_PER_YEAR)
    out_day = np.where(sold, out_day, DAYS_PER_YEAR)
    place = np.arange(world.seeds)[:, np.newaxis] * (DAYS_PER_YEAR + 1) + out_day
    leaving = np.bincount(positions(place.ravel()), backed.ravel(), world.seeds * (DAYS_PER_YEAR + 1))
    leaving = leaving.reshape(world.seeds, DAYS_PER_YEAR + 1)[:, :DAYS_PER_YEAR]
    owed = (backed + named).sum(axis=1)[:, np.newaxis] - np.cumsum(leaving, axis=1)
    owed = np.maximum(owed, 0.0)  # a difference of sums: zero to rounding once all are sold
    rates = np.transpose(_rates(owed, deposits.sum(axis=1), setting))
    index = np.concatenate([np.zeros((world.seeds, 1)), np.cumsum(rates, axis=1)], axis=1) / DAYS_PER_YEAR
    margin = named * (index[:, -1:] + beside("name_margin"))
    unpaid = named * (world.draw("misfortune") < beside("misfortune"))
    interest = backed * np.take_along_axis(index, out_day, axis=1) + margin
    years = backed * out_day / DAYS_PER_YEAR + named
    return LendingDays(deposits, interest, backed * sold, named, unpaid, years, owed[:, -1])


def _day_of_sale(world: SystemWorld, setting: SystemSetting, ratio: Array) -> NDArray[np.int64]:
    """The first day on which ether is worth less than the loan allows; 365 if there is none."""
    lowest = np.minimum.accumulate(world.prices(setting["volatility"]), axis=1)
    bound = ratio / setting.beside_people("threshold")
    days = [np.searchsorted(-low, -floor, side="right") for low, floor in zip(lowest, bound, strict=True)]
    return np.stack(days).astype(np.int64)


def _rates(owed: Array, deposits: Array, setting: SystemSetting) -> Array:
    """The borrowers' rate (ratio per year) of every day, days × seeds."""
    kink = np.asarray(setting["kink"], dtype=float)
    curve = KinkedCurve(0.0, setting["kink_rate"] / kink, setting["steep_rate"] / (1 - kink), kink)
    there = np.where(deposits > 0, deposits, 1.0)
    return np.asarray(curve.rate(np.transpose(owed) / there))
