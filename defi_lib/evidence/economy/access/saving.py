"""Coins as savings: how much they add to the chance of falling below a month's living costs. Reading X18b."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.economy import chance_below
from defi_lib.evidence.effects import Control, Registry
from defi_lib.ledger import Ledger

EVIDENCE = Registry("economy")

Array = NDArray[np.float64]

#: Months of living costs that the two households of the reading have saved.
POOR, BETTER_OFF = 2.0, 24.0

#: Months of living costs that the bill of the ledger takes.
BILL = 2.5

#: Nodes of the grid of prices; with 512 the effect differs by less than three thousandths.
NODES = 40

# Four fifths in coins that surely lose three quarters of their worth in a year: 2 months become 0.8, 24 become 9.6.
_SLIDE = {"part": 0.8, "volatility": 0, "drift": -0.75, "bill": 0, "chance": 0, "saved": 0}


@EVIDENCE.model(
    "X18b",
    placebos=[{"volatility": 0.0, "drift": 0.0}],  # coins that stand still are money
    controls=[
        Control(_SLIDE, 1.0),
        Control(_SLIDE | {"bill": 1.5, "chance": 0.4}, 0.6),  # four in ten would fall without coins
        Control(_SLIDE | {"saved": 0.1}, 0.0),  # 1.2 months are saved meanwhile
        # All in coins that lose nine tenths: a bill of two months is too much for 2.4, and for 2 with or without coins.
        Control(_SLIDE | {"part": 1.0, "drift": -0.9, "bill": 2, "chance": 1}, -1.0),
        # Half in coins, a bill of half a month that three in ten meet: by lot, 12.3 in a hundred (two million drawn).
        Control({"part": 0.5, "volatility": 0.8, "drift": 0, "bill": 0.5, "chance": 0.3, "saved": 0}, 0.123, 0.015),
        Control({"part": 0.9, "volatility": 0.8, "drift": 0.2, "bill": 0, "chance": 0, "saved": 0}, 0.29415, 0.01),
    ],
    worlds=256,
)
def what_coins_add(part: Array, volatility: Array, drift: Array, bill: Array, chance: Array, saved: Array) -> Array:
    """How much more coins add to the chance of falling for the poor household than for the better-off one.

    Args:
        part: of the savings in coins.
        volatility: of the coins (ratio per year).
        drift: their mean growth (ratio per year).
        bill: that comes unexpected (months of living costs).
        chance: of it in a year.
        saved: in a month (months of living costs).
    """
    poor, better_off = added_chance(_HOUSEHOLDS, part, volatility, drift, bill, chance, saved)
    return poor - better_off


_HOUSEHOLDS = np.array([[POOR], [BETTER_OFF]])


def added_chance(
    months: ArrayLike,
    part: ArrayLike,
    volatility: ArrayLike,
    drift: ArrayLike,
    bill: ArrayLike,
    chance: ArrayLike,
    saved: ArrayLike,
    inflation: ArrayLike = 0.0,
) -> Array:
    """By how much a part in coins raises the chance that savings fall below one month's living costs in a year.

    Args:
        months: saved at the start.
        part, volatility, drift, bill, chance, saved: as in :func:`what_coins_add`.
        inflation: at which money loses (a year, continuous).
    """
    at = {"bill": bill, "chance": chance, "saved": saved, "inflation": inflation}
    life = {name: np.asarray(each, float) for name, each in at.items()}
    shape = np.broadcast_shapes(*(np.shape(each) for each in (months, part, volatility, drift)))
    parts = np.stack([np.broadcast_to(part, shape), np.zeros(shape)])  # with coins, and without
    with_coins, without = np.asarray(
        chance_below(
            np.asarray(months, float),
            parts,
            np.asarray(volatility, float),
            np.asarray(drift, float),
            **life,
            nodes=NODES,
        )
    )
    return np.asarray(with_coins - without)


def a_year(
    months: ArrayLike, part: ArrayLike, volatility: ArrayLike, bill: ArrayLike, inflation: ArrayLike
) -> dict[str, Array]:
    """What lesson 8.8 explores: a year with a bill for half of the households, nothing saved, coins a fair bet.

    Args:
        months: saved at the start.
        part: of that in coins.
        volatility: of the coins (ratio per year).
        bill: months of living costs.
        inflation: at which money loses (a year).

    >>> found = a_year(4.0, 0.5, 0.6, 2.5, 0.0)
    >>> bool(found["Without coins"] == 0 < found["With coins"])
    True
    """
    life = {"bill": np.asarray(bill, float), "chance": 0.5, "inflation": np.log1p(np.asarray(inflation, float))}
    start, coins = np.asarray(months, float), np.asarray(part, float)
    beside = np.asarray(chance_below(start, 0.0, 0.0, **life, nodes=16))
    held = np.asarray(chance_below(start, coins, np.asarray(volatility, float), **life, nodes=32))
    return {"With coins": held, "Without coins": beside + 0 * held, "added": held - beside}


def who_must_sell() -> dict[str, Ledger]:
    """A fall to two fifths, and back or on, in a year with a bill of 2.5 months, booked in months of living costs.

    "coins, back": a poor household has four months and a better-off one forty, half in coins of price 1. In June coins
    stand at 0.4 and the bill comes: money pays first, then coins are sold to buyers. In December they stand at 1 again;
    in "coins, lower" they stand at a fifth.
    "bank": the same with all in an account, which pays nothing; the bank's owners have the use of the money.
    """
    months = {"poor": 4.0, "better-off": 40.0}
    books = {}
    for way, part, december in (("coins, back", 0.5, 1.0), ("coins, lower", 0.5, 0.2), ("bank", 0.0, 1.0)):
        ledger = Ledger({name: name for name in months} | {"buyers": "who buys in June", "shop": "whom the bill pays"})
        ledger.mark("coin", 1.0)
        for name, start in months.items():
            if part:
                ledger.mint(name, start * part, "coin", "bought before")
            ledger.mint(name, start * (1 - part), "USD", "saved before")
        ledger.mark("coin", 0.4)
        for name, start in months.items():
            ledger.record(name, "shop", BILL, "USD", "bill")
            short = max(BILL - start * (1 - part), 0.0)
            if short:
                ledger.record("buyers", name, short, "USD", "sold in need")
                ledger.record(name, "buyers", short / 0.4, "coin", "sold in need")
        ledger.mark("coin", december)
        ledger.check_conserved()
        books[way] = ledger
    return books
