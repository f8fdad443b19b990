"""What winners of perpetual futures are paid on a day on which losers lose more than their margins. P15b."""

from __future__ import annotations

from math import e, log

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.evidence.effects import Control, Registry
from defi_lib.figures import figure
from defi_lib.lending import leverage_reached

EVIDENCE = Registry("lending")

Worlds = NDArray[np.float64]

LOW, MIDDLE = 3.0, 7.0  #: where the published count of leverages divides them


def middle_part() -> float:
    """The part of those with at most seven times that have more than three, as published."""
    middle, low = (figure(f"perps.hyperliquid_leverage_{name}").value for name in ("3_to_7", "below_3"))
    return float(middle) / (float(middle) + float(low))


def sold(fall: Worlds, margin: Worlds, least: ArrayLike, most: ArrayLike) -> Worlds:
    """What is sold of longs with leverages from ``least`` to ``most``, at their lines, as a part of their worth before.

    Each doubling of the leverage has as many, so that the sum over those reached, ``(1 − 1/L)/(1 − m)`` each, is
    ``(ln(b/c) + 1/b − 1/c)/((1 − m)·ln(b/a))``.

    >>> sold(np.array([0.2, 0.01]), np.array(0.02), 7.0, 25.0).round(4).tolist()
    [0.938, 0.0]
    """
    low, high = np.asarray(least, float), np.asarray(most, float)
    first = np.clip(np.asarray(leverage_reached(fall, margin)), low, high)
    return (np.log(high / first) + 1 / high - 1 / first) / ((1 - margin) * np.log(high / low))


def lacking_of_a_sale(margin: Worlds, slip: Worlds) -> Worlds:
    """What a sale below the line lacks on average beyond the margin, if how far below it ends is exponential.

    >>> float(lacking_of_a_sale(np.array(0.02), np.array(0.0154)).round(5)), float(lacking_of_a_sale(0.02, 0.0))
    (0.0042, 0.0)
    """
    slip = np.asarray(slip, float)
    return slip * np.exp(-margin / np.where(slip > 0, slip, 1.0))


def forced(fall: Worlds, high: Worlds, margin: Worlds, slip: Worlds) -> tuple[Worlds, Worlds]:
    """What a fall sells, and what is lacking then beyond the margins, as parts of the open interest.

    Args:
        fall: of the price, once and without a pause (ratio).
        high: part of the longs with more than seven times leverage; the largest allowed is half over ``margin``.
        margin: maintenance margin (ratio).
        slip: how far below its line a position is sold, on average (ratio).
    """
    middle = middle_part()
    groups = (
        (high, MIDDLE, 0.5 / margin),
        ((1 - high) * middle, LOW, MIDDLE),
        ((1 - high) * (1 - middle), 1.0, LOW),
    )
    all_sold = np.zeros(())
    for part, least, most in groups:
        all_sold = all_sold + part * sold(fall, margin, least, most)
    return all_sold, all_sold * lacking_of_a_sale(margin, slip)


def paid_by_fall(
    fall: ArrayLike, high: ArrayLike, margin: ArrayLike, slip: ArrayLike, times: ArrayLike
) -> dict[str, Worlds]:
    """What lesson 2.9 explores: which part of what a fall owes them winners are paid, without a fund.

    >>> {name: round(float(part), 3) for name, part in paid_by_fall(0.3, 0.4, 0.05, 0.05, 2.0).items()}
    {'Paid': 0.92, 'Paid if only that is taken': 0.96, 'sold': 0.651, 'lacking': 0.04}
    """
    fall, high, margin = (np.asarray(each, float) for each in (fall, high, margin))
    all_sold, lacking = forced(fall, high, margin, np.asarray(slip))
    return {
        "Paid": 1 - np.asarray(times) * lacking / fall,
        "Paid if only that is taken": 1 - lacking / fall,
        "sold": all_sold,
        "lacking": lacking / fall,
    }


_ALL_HIGH = {"fall": 0.2, "high": 1, "margin": 0.02, "slip": 0.02, "fund": 0, "times": 2, "closed": 0.5, "comeback": 0}
_SOLD = (log(25 / 7) + 1 / 25 - 1 / 7) / (0.98 * log(25 / 7))


@EVIDENCE.model(
    "P15b",
    placebos=[
        {"slip": 0, "comeback": 0},  # each position is sold at its line, where its margin is left
        {"high": 0, "fall": 0.1},  # nobody has so much leverage that the fall reaches his line
        {"fund": 1, "comeback": 0},  # the fund pays whatever is lacking
    ],
    controls=[
        # All longs have 7 to 25 times; a slip as large as the margin leaves 1/e of it lacking, and double is taken.
        Control(_ALL_HIGH, -2 * _SOLD * 0.02 / e / 0.2),
        # A fund of 0.002; what is closed, half of what is sold, was closed 10 % below the price of later.
        Control(
            _ALL_HIGH | {"fund": 0.002, "comeback": 0.1},
            (0.5 * _SOLD * 0.1 - 2 * (_SOLD * 0.02 / e - 0.002)) / 0.2,
        ),
        # Nobody has more than 7: of the middle those with more than 1/0.216 times are reached, 3.7 of 6.47. The slip is
        # half the margin: 1/e² of it is lacking.
        Control(
            _ALL_HIGH | {"high": 0, "slip": 0.01},
            -2 * 3.7 / 6.47 * (log(7 * 0.216) + 1 / 7 - 0.216) / (0.98 * log(7 / 3)) * 0.01 / e**2 / 0.2,
        ),
        # Half have 7 to 25. A fall of a half reaches all of the middle, and of the lowest those above 1/0.51 times.
        Control(
            _ALL_HIGH | {"high": 0.5, "fall": 0.5},
            -2
            * 0.02
            / e
            / 0.5
            * (
                _SOLD / 2
                + 0.5 * 3.7 / 6.47 * (log(7 / 3) + 1 / 7 - 1 / 3) / log(7 / 3) / 0.98
                + 0.5 * 2.77 / 6.47 * (log(3 * 0.51) + 1 / 3 - 0.51) / log(3) / 0.98
            ),
        ),
    ],
)
def paid_to_winners(
    fall: Worlds,
    high: Worlds,
    margin: Worlds,
    slip: Worlds,
    fund: Worlds,
    times: Worlds,
    closed: Worlds,
    comeback: Worlds,
) -> Worlds:
    """What all shorts get more than the fall owes them, as a part of that; below zero where they get less.

    Who was closed has no more after the price has come back, which counts for him; at the time nobody knows of it.

    Args:
        fall, high, margin, slip: as of :func:`forced`.
        fund: what the insurance fund pays (part of the open interest).
        times: what winners are made to pay for each dollar that is lacking.
        closed: what auto-deleveraging closes for each dollar that is liquidated (ratio).
        comeback: by how much the price rises after such a closing, on average (ratio).
    """
    all_sold, lacking = forced(fall, high, margin, slip)
    taken = times * np.maximum(lacking - fund, 0.0)
    return np.asarray((all_sold * closed * comeback - taken) / fall)
