"""Where in a plane an answer turns: computed on a coarse grid first, then again only around the border.

Places run from 0 to 1 along each axis, so that a logarithmic axis needs no thought here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.evidence import Assumption, Effect
from defi_lib.integers import positions

Numbers = NDArray[np.float64]

#: Cells of the coarse grid along each axis, and into how many each is cut where the answer turns.
CELLS, CUTS = 24, 4
_DRAWN = 3  # columns of the areas for each column of the fine grid
_STEPS = 32  # along one axis


def plane(effect: Effect, world: Mapping[str, float], x: Assumption, y: Assumption) -> dict[str, Numbers]:
    """The columns of a map over ``x`` and ``y``, with all else as in ``world``.

    ``x``, ``true from``, ``true to`` and ``x not``, ``not from``, ``not to`` are the two areas; ``x from``, ``y from``,
    ``x to``, ``y to`` the pieces of the border.
    """

    def margin(across: Numbers, up: Numbers) -> Numbers:
        return _margin(effect, world, {x.name: x.value(across), y.name: y.value(up)})

    places, heights = _around_the_border(margin)
    fine = np.linspace(0, 1, (len(places) - 1) * _DRAWN + 1)
    dense = _between(heights, places, fine)
    columns: dict[str, Numbers] = {}
    for true, names in ((True, ("x", "true from", "true to")), (False, ("x not", "not from", "not to"))):
        across, low, high = _there_and_back(fine, *_bands(places, dense, true))
        columns |= dict(zip(names, (x.value(across), y.value(low), y.value(high)), strict=True))
    ends = zip(("x from", "y from", "x to", "y to"), (x, y, x, y), _border(places, heights), strict=True)
    return columns | {name: each.value(places) for name, each, places in ends}


def turning_along(effect: Effect, world: Mapping[str, float], *axes: Assumption) -> tuple[float, str, Numbers]:
    """The effect in ``world``, and where its answer turns along one axis alone, nearest first; two calls of the effect.

    That axis, whose name is told, is the first of ``axes`` along which the answer turns, or the last.
    """
    places = np.linspace(0, 1, _STEPS + 1)
    lines = {each.name: np.full((len(axes), len(places)), world[each.name]) for each in axes}
    for number, each in enumerate(axes):
        lines[each.name][number] = each.value(places)
    first = _margin(effect, world, {name: np.append(line.ravel(), world[name]) for name, line in lines.items()})
    crossed = np.diff(first[:-1].reshape(len(axes), -1) > 0, axis=1)
    along = axes[int(crossed.any(axis=1).argmax()) if crossed.any() else -1]
    found = np.flatnonzero(crossed[axes.index(along)])
    points = np.empty(0)
    if len(found):
        parts = places[found][:, None] + np.linspace(0, 1 / _STEPS, _STEPS + 1)
        again = _margin(effect, world, {along.name: along.value(parts.ravel())}).reshape(parts.shape)
        points = _crossings(parts, again)[1]
    here = float(along.place(world[along.name]))
    nearest = points[np.argsort(np.abs(points - here), kind="stable")]
    return float(first[-1] + effect.more_than), along.name, along.value(nearest)


def _margin(effect: Effect, world: Mapping[str, float], moved: Mapping[str, ArrayLike]) -> Numbers:
    """By how much the effect is above the size that counts."""
    count = np.broadcast_shapes(*(np.shape(values) for values in moved.values()))
    whole = {name: np.broadcast_to(np.asarray(value, float), count) for name, value in {**world, **moved}.items()}
    return effect(whole) - effect.more_than


def _around_the_border(margin: Callable[[Numbers, Numbers], Numbers]) -> tuple[Numbers, Numbers]:
    """The fine grid's places, and the margin at each point of it: exact around the border, interpolated elsewhere."""
    rough, fine = np.linspace(0, 1, CELLS + 1), np.linspace(0, 1, CELLS * CUTS + 1)
    across, up = (grid.ravel() for grid in np.meshgrid(rough, rough, indexing="ij"))
    coarse = margin(across, up).reshape(CELLS + 1, CELLS + 1)
    heights = _between(_between(coarse, rough, fine).T, rough, fine).T
    near = np.zeros(heights.shape, bool)
    for i, j in np.argwhere(_mixed(coarse > 0)):
        near[i * CUTS : (i + 1) * CUTS + 1, j * CUTS : (j + 1) * CUTS + 1] = True
    if near.any():
        i, j = np.nonzero(near)
        heights[near] = margin(fine[i], fine[j])
    return fine, heights


def _between(heights: Numbers, places: Numbers, wanted: Numbers) -> Numbers:
    """The heights at the places wanted, in straight lines between those known: ``np.interp`` along the first axis."""
    left = np.clip(np.searchsorted(places, wanted, side="right") - 1, 0, len(places) - 2)
    slope = np.diff(heights, axis=0) / np.diff(places)[:, None]
    found = slope[left] * (wanted - places[left])[:, None] + heights[left]
    exact = np.searchsorted(places, wanted)
    known = places[exact] == wanted
    found[known] = heights[exact[known]]
    return np.asarray(found)


def _mixed(true: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which cells of a grid have both answers at their corners."""
    corners = true[:-1, :-1], true[1:, :-1], true[:-1, 1:], true[1:, 1:]
    some, every = (each.reduce(corners) for each in (np.logical_or, np.logical_and))
    return np.asarray(some & ~every)


def _crossings(places: Numbers, lines: Numbers) -> tuple[NDArray[np.intp], Numbers]:
    """Where lines cross zero: the number of the line, and the place on it, in order.

    Args:
        places: of the points of all lines, or of each.
        lines: the last axis counts the points of a line.
    """
    line, left = np.nonzero(np.diff(lines > 0, axis=-1))
    here, there = lines[line, left], lines[line, left + 1]
    start, end = (np.broadcast_to(places, lines.shape)[line, left + k] for k in (0, 1))
    return line, start + here / (here - there) * (end - start)


def _bands(places: Numbers, columns: Numbers, true: bool) -> tuple[Numbers, NDArray[np.intp]]:
    """Between which heights of each column the answer is ``true``, or not, as pairs; and how many pairs it has."""
    column, crossing = _crossings(places, columns)
    crossed = np.bincount(positions(column), minlength=len(columns))
    ends = np.ones((len(columns), crossed.max() + 4))
    ends[:, 0] = 0.0
    ends[column, np.arange(len(column)) - (np.cumsum(crossed) - crossed)[column] + 1] = crossing
    other = (columns[:, 0] > 0) != true  # then the first band has the other answer
    count = (crossed + 1 + ~other) // 2
    pairs = np.take_along_axis(ends, np.arange(2 * max(1, count.max())) + other[:, None], axis=1)
    return pairs.reshape(len(columns), -1, 2), count


def _there_and_back(across: Numbers, bands: Numbers, count: NDArray[np.intp]) -> tuple[Numbers, Numbers, Numbers]:
    """All bands as one area: along the first of each column, back along the second, and so on.

    Where a column has no such band, the area is as thin as a line, in the middle of the last band before it.
    """
    middle = bands.sum(axis=-1) / 2
    start = middle[np.argmax(count > 0), 0] if count.any() else 0.5
    passes: list[tuple[Numbers, Numbers]] = []
    for number in range(bands.shape[1]):
        has = count > number
        last = np.maximum.accumulate(np.where(has, np.arange(len(has)), -1))
        thin = np.where(last >= 0, middle[last, number], start)
        ends = np.where(has[:, None], bands[:, number], thin[:, None]).T
        way = slice(None, None, -1 if number % 2 else 1)
        passes.append((ends[:, way], across[way]))
    low, high = np.concatenate([pair for pair, _ in passes], axis=1)
    return np.concatenate([places for _, places in passes]), low, high


def _border(places: Numbers, heights: Numbers) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """The pieces of the border: each cell's crossings of its four sides, joined (marching squares)."""
    i, j = np.nonzero(_mixed(heights > 0))
    if not len(i):
        return (np.empty(0),) * 4
    round_it = ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))
    height = np.stack([heights[i + di, j + dj] for di, dj in round_it])
    corner = np.stack([np.stack([places[i + di], places[j + dj]]) for di, dj in round_it])
    crossed = (height[:-1] > 0) != (height[1:] > 0)
    part = np.divide(height[:-1], height[:-1] - height[1:], out=np.zeros(crossed.shape), where=crossed)
    points = corner[:-1] + part[:, None] * np.diff(corner, axis=0)
    order = np.argsort(~crossed, axis=0, kind="stable")
    pieces = []
    for pair in ((0, 1), (2, 3)):
        cell = np.flatnonzero(crossed.sum(axis=0) > pair[1])
        pieces.append(np.concatenate([points[order[k, cell], :, cell].T for k in pair]))
    found = np.concatenate(pieces, axis=1)
    return found[0], found[1], found[2], found[3]
