"""A household's savings in money and in coins: the chance that they fall below what it needs, month by month."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from defi_lib.rounding import reaches
from defi_lib.validation import Amount, at_least, between, broadcastable, finite, non_negative, plain

Array = NDArray[np.float64]

MONTHS = 12  #: a year

#: How far the grid of log prices reaches, in standard deviations at the end.
_REACH = 5.0


def chance_below(
    months: Amount,
    part: Amount,
    volatility: Amount,
    drift: Amount = 0.0,
    *,
    saved: Amount = 0.0,
    bill: Amount = 0.0,
    chance: Amount = 0.0,
    inflation: Amount = 0.0,
    need: Amount = 1.0,
    horizon: int = MONTHS,
    nodes: int = 64,
) -> Amount:
    """Chance that savings are below some months of living costs at the end of any month.

    All is counted in months of living costs. Money: ``M(k) = M(k−1)·e^{−π/12} + saved``, from ``months·(1 − part)``;
    coins: ``months·part·X``, a lognormal price of mean growth ``drift``. At most one bill comes in a year; what money
    does not cover is owed, and counts against the coins. The density of the log price is carried from month to month on
    a grid; what is below the need is taken out.

    Args:
        months: saved at the start (months of living costs), >= 0.
        part: of that in coins, in [0, 1].
        volatility: of the coins (ratio per year), >= 0.
        drift: mean growth of the coins beyond living costs (ratio per year), in [-0.99, 100].
        saved: from income in each month (months of living costs), >= 0.
        bill: months of living costs, >= 0.
        chance: that it comes within a year, in [0, 1].
        inflation: at which money loses against living costs (a year, continuous).
        need: below which savings must not fall (months of living costs), >= 0.
        horizon: months, >= 1.
        nodes: of the grid, >= 16.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: own model.

    >>> round(chance_below(2.0, 0.5, 0.8, bill=0.5, chance=0.3), 3)
    0.123
    >>> round(chance_below(2.0, 0.5, 0.0), 9), chance_below(24.0, 0.0, 0.8, bill=30.0, chance=1.0)
    (0.0, 1.0)
    """
    given = _checked(months, part, volatility, drift, saved, bill, chance, inflation, need)
    at_least("horizon", horizon, 1)
    at_least("nodes", nodes, 16)
    worlds = broadcastable(**given)
    rows = {name: np.broadcast_to(np.asarray(each, float), worlds).reshape(-1, 1) for name, each in given.items()}
    scale = np.sqrt(horizon / MONTHS)
    grid, cell = np.linspace(-_REACH * scale, _REACH * scale, nodes, retstep=True)
    still = ((rows["months"] * rows["part"] == 0) | (rows["volatility"] == 0))[:, 0]
    lasts = np.empty(len(still))
    # Where no price moves, one node is enough.
    for these, nodes_, width in ((still, np.zeros(1), 1.0), (~still, grid, float(cell))):
        if these.any():
            lasts[these] = _lasting({name: each[these] for name, each in rows.items()}, nodes_, width, horizon)
    return plain(np.clip(1.0 - lasts, 0.0, 1.0).reshape(worlds))


def _lasting(rows: dict[str, Array], grid: Array, cell: float, horizon: int) -> Array:
    """Part of the households whose savings never fall below the need: the density is carried on, month by month."""
    month = 1.0 / MONTHS
    alone = len(grid) == 1
    step = np.ones((1, 1)) if alone else _normal(grid[:, np.newaxis] - grid, month) * cell
    start = np.ones(1) if alone else _normal(grid, month) * cell
    arrives = 1.0 - (1.0 - rows["chance"]) ** month
    # A bill that is paid from money is worth what that money would have become: by month, if money loses.
    groups = [range(1, horizon + 1)] if not rows["inflation"].any() else [(j,) for j in range(1, horizon + 1)]
    money, free = _money(rows, horizon), start  # what the grid holds if nothing is taken out
    calm = np.broadcast_to(start, (len(arrives), len(grid)))
    billed: list[Array] = [np.zeros_like(calm) for _ in groups]
    for k in range(1, horizon + 1):
        if k > 1:
            calm, free = calm @ step, free @ step
            billed = [each @ step if group[0] < k else each for each, group in zip(billed, groups, strict=True)]
        for g, group in enumerate(groups):
            owed = rows["bill"] * np.exp(-rows["inflation"] * month * (k - group[0]))
            came = arrives * calm if k in group else 0.0
            billed[g] = (billed[g] + came) * _enough(rows, money[k] - owed, k * month, grid, cell)
        calm = (1.0 - arrives) * calm * _enough(rows, money[k], k * month, grid, cell)
    return np.asarray((calm.sum(axis=1) + sum(each.sum(axis=1) for each in billed)) / free.sum())


def draw_lowest(
    count: int,
    rng: np.random.Generator,
    months: float,
    part: float,
    volatility: float,
    drift: float = 0.0,
    *,
    saved: float = 0.0,
    bill: float = 0.0,
    chance: float = 0.0,
    inflation: float = 0.0,
    horizon: int = MONTHS,
) -> Array:
    """The lowest savings of the months, for each of ``count`` households drawn by lot; else as :func:`chance_below`.

    Raises:
        ValueError: an argument outside its range.

    >>> lowest = draw_lowest(1_000, np.random.default_rng(1), 2.0, 0.5, 0.8, bill=0.5, chance=0.3)
    >>> bool(0.1 < (lowest < 1).mean() < 0.15)
    True
    """
    at_least("count", count, 1)
    at_least("horizon", horizon, 1)
    _checked(months, part, volatility, drift, saved, bill, chance, inflation, 1.0)
    month = 1.0 / MONTHS
    money, price = np.full(count, months * (1.0 - part)), np.ones(count)
    billed, lowest = np.zeros(count, dtype=bool), np.full(count, np.inf)
    for _ in range(horizon):
        moves = (np.log1p(drift) - volatility**2 / 2) * month + volatility * np.sqrt(month) * rng.standard_normal(count)
        price = price * np.exp(moves)
        comes = ~billed & (rng.random(count) < 1.0 - (1.0 - chance) ** month)
        billed |= comes
        money = money * np.exp(-inflation * month) + saved - bill * comes
        lowest = np.minimum(lowest, money + months * part * price)
    return lowest


def _checked(
    months: Amount,
    part: Amount,
    volatility: Amount,
    drift: Amount,
    saved: Amount,
    bill: Amount,
    chance: Amount,
    inflation: Amount,
    need: Amount,
) -> dict[str, Amount]:
    return {
        "months": non_negative("months", months),
        "part": between("part", part, 0.0, 1.0),
        "volatility": non_negative("volatility", volatility),
        "drift": between("drift", drift, -0.99, 100.0),
        "saved": non_negative("saved", saved),
        "bill": non_negative("bill", bill),
        "chance": between("chance", chance, 0.0, 1.0),
        "inflation": finite("inflation", inflation),
        "need": non_negative("need", need),
    }


def _normal(z: Array, variance: float) -> Array:
    """Density of a normal distribution around 0."""
    return np.asarray(np.exp(-(z**2) / (2 * variance)) / np.sqrt(2 * np.pi * variance))


def _money(rows: dict[str, Array], horizon: int) -> Sequence[Array]:
    """Money at the end of each month without a bill, from month 0."""
    money = [rows["months"] * (1.0 - rows["part"])]
    for _ in range(horizon):
        money.append(money[-1] * np.exp(-rows["inflation"] / MONTHS) + rows["saved"])
    return money


def _enough(rows: dict[str, Array], money: Array, time: float, grid: Array, cell: float) -> Array:
    """Weights of the nodes in an integral over what is not below the need: 0, 1, or between near it."""
    coins, volatility, lacking = rows["months"] * rows["part"], rows["volatility"], rows["need"] - money
    middle = (np.log1p(rows["drift"]) - volatility**2 / 2) * time
    moves = (coins > 0) & (volatility > 0) & (lacking > 0)
    needed = np.log(np.where(moves, lacking, 1.0) / np.where(moves, coins, 1.0))
    edge = (needed - middle) / np.where(moves, volatility, 1.0)
    still = np.asarray(reaches(money + coins * np.exp(middle), rows["need"]), float)
    sure = np.where(lacking > 0, still, 1.0)
    first = np.where(moves, (grid[0] - edge) / cell, np.where(sure > 0, 9.0, -9.0 - len(grid)))
    return _weights_above(first[:, 0], len(grid))


def _weights_above(first: Array, nodes: int) -> Array:
    """Weights of an integral over all above an edge that lies between nodes, right to the fourth power of the cell.

    Euler and Maclaurin's rule from the nearest node on, less a parabola through three nodes from there to the edge.
    What is integrated is smooth across the edge.

    Args:
        first: where the first node lies, from the edge on (cells).
        nodes: how many.
    """
    nearest = np.clip(np.rint(-first), -2, nodes + 1).astype(np.int64)
    off = np.clip(-first - nearest, -0.5, 0.5)
    around = (
        -1 / 24 + off**2 / 4 - off**3 / 6,
        0.5 - off + off**3 / 3,
        25 / 24 - off**2 / 4 - off**3 / 6,
    )
    rule = (np.arange(nodes) > nearest[:, np.newaxis] + 1).astype(float)
    rows = np.arange(len(first))
    for place, weight in zip((-1, 0, 1), around, strict=True):
        inside = (nearest + place >= 0) & (nearest + place < nodes)
        rule[rows[inside], (nearest + place)[inside]] = weight[inside]
    return rule
