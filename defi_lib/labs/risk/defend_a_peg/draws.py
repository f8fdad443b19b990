"""Coins to practise on and to be tested with. Each can be defended, none at the least cost by the design of another."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from defi_lib.frozen import FrozenDict
from defi_lib.labs.risk.defend_a_peg.world import (
    BOUND,
    KINDS,
    OUTFLOW_DAYS,
    RULES,
    Coin,
    Design,
    cost,
    paid,
    survives,
)

#: Shocks of each kind that a coin has had, and the smallest of them as a part of the largest that can be.
PAST, SMALLEST = 80, 0.3
#: What the four bits of a coin's number say.
CHEAP_WAIT, LARGE_RUNS, LARGE_FLOWS, SAVERS_ANSWER = 1, 2, 4, 8
#: Fees that the reference tries.
_FEES = (0.0, 0.005, 0.01)


@lru_cache(maxsize=4096)
def largest(number: int) -> Mapping[str, float]:
    """The largest shock of each kind that this coin can meet."""
    rng = np.random.default_rng([number, 1])
    run = rng.uniform(*((0.5, 0.65) if number & LARGE_RUNS else (0.12, 0.18)))
    flow = rng.uniform(*((0.1, 0.14) if number & LARGE_FLOWS else (0.016, 0.024)))
    return {
        "run": run,
        "bank": run * rng.uniform(0.7, 0.9),
        "weekend": flow * rng.uniform(0.6, 0.8),
        "outflow": flow / OUTFLOW_DAYS,
    }


def fresh(number: int, kind: str, rng: np.random.Generator, shocks: int) -> NDArray[np.float64]:
    """Sizes of new shocks, drawn as the past ones were: their range ends, so that those show what to expect."""
    return np.round(largest(number)[kind] * rng.uniform(SMALLEST, 1, shocks), 5)


@lru_cache(maxsize=4096)
def draw_coin(number: int) -> Coin:
    """A coin by its number: the same number gives the same coin.

    >>> draw_coin(7) == draw_coin(7) and draw_coin(7) != draw_coin(8)
    True
    """
    number = int(number)
    rng, most = np.random.default_rng([number, 2]), largest(number)
    cheap, answer = bool(number & CHEAP_WAIT), bool(number & SAVERS_ANSWER)
    bound = int(rng.integers(1, 3))
    side = _rounded(rng.uniform(0.05, 0.09))
    return Coin(
        discount=round(rng.uniform(*((0.2, 0.3) if cheap else (0.08, 0.14))), 3),
        wait=round(rng.uniform(*((0.014, 0.02) if cheap else (0.08, 0.15))), 4),
        banks=int(rng.integers(4, 11)),
        recovery=round(rng.uniform(0.4, 0.7), 2),
        cash_cost=round(rng.uniform(0.006, 0.01), 4),
        module_cost=round(rng.uniform(0.04, 0.06), 4),
        buffer_cost=round(rng.uniform(0.1, 0.15), 4),
        turnover=round(rng.uniform(0.03, 0.05), 3),
        pool=(side, side),
        capital=_rounded(most["outflow"] * bound * rng.uniform(1.4, 1.8)),
        bound=bound,
        saved=round(rng.uniform(*((0.02, 0.04) if answer else (0.2, 0.4))), 3),
        outside_rate=round(rng.uniform(0.03, 0.05), 3),
        sensitivity=round(rng.uniform(*((800, 1100) if answer else (2, 5))), 1),
        past=FrozenDict({kind: tuple(map(float, fresh(number, kind, rng, PAST))) for kind in KINDS}),
    )


@lru_cache(maxsize=4096)
def reference(number: int) -> tuple[Design, float]:
    """A cheap design under which this coin survives the largest shocks that can be, and its cost."""
    coin, most = draw_coin(number), largest(number)
    found: list[tuple[float, dict[str, Any]]] = []
    doors = _doors(coin, most)
    cash, buffer = np.meshgrid(np.linspace(0, 0.7, 29), np.linspace(0, 0.12, 49), indexing="ij")
    for rule, (fee, savings, module) in product(RULES, doors):
        design = {"cash": cash, "module": module, "buffer": buffer, "fee": fee, "savings": savings, "rule": rule}
        fine = paid(coin, design, most["run"]).enough & paid(coin, design, most["bank"], 1 / coin.banks).enough
        fine &= cash * (1 - coin.recovery) / coin.banks - buffer <= 0.9 * BOUND
        dear = np.where(fine, cash * coin.cash_cost + buffer * coin.buffer_cost, np.inf)
        at = np.unravel_index(np.argmin(dear), dear.shape)
        one = {**design, "cash": float(cash[at]), "buffer": float(buffer[at])}
        if fine[at]:
            found.append((float(cost(coin, one)), one))
    least, best = min(found, key=lambda each: each[0])
    return best, least


def _doors(coin: Coin, most: Mapping[str, float]) -> list[tuple[float, float, float]]:
    """For each fee the cheapest pair of savings rate and module that holds the price in outflows and on weekends."""
    sizes = np.linspace(0, 1.2 * most["outflow"] * OUTFLOW_DAYS, 25)
    rates = np.concatenate([[0.0], coin.outside_rate + np.linspace(0, 0.12, 13)])
    shape = len(_FEES), sizes.size * rates.size
    fee, module, savings = (each.ravel() for each in np.meshgrid(_FEES, sizes, rates, indexing="ij"))
    design = {"cash": 0.0, "buffer": 0.0, "module": module, "fee": fee, "savings": savings}
    fine = survives(coin, design, "outflow", np.full(module.size, most["outflow"]))
    fine &= survives(coin, design, "weekend", most["weekend"])
    price = np.where(fine, module * coin.module_cost + savings * coin.saved, np.inf).reshape(shape)
    return [
        (float(fee[at]), float(savings[at]), float(module[at]))
        for row, least in enumerate(price.argmin(axis=1))
        if fine[at := row * shape[1] + int(least)]
    ]


def _rounded(number: float) -> float:
    """With four digits: easy to read."""
    return float(f"{number:.4g}")
