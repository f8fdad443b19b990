"""Where in a plane an answer turns: computed on a coarse grid first, then again only around the border.

Places run from 0 to 1 along each axis, so that a logarithmic axis needs no thought here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.evidence import Assumption, Effect

Numbers = NDArray[np.float64]
Band = tuple[float, float]

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
    dense = np.stack([np.interp(fine, places, heights[:, up]) for up in range(len(places))], axis=1)
    bands = [_bands(places, column) for column in dense]
    columns: dict[str, Numbers] = {}
    for true, names in ((True, ("x", "true from", "true to")), (False, ("x not", "not from", "not to"))):
        across, low, high = _there_and_back(fine, [pair[not true] for pair in bands])
        columns |= dict(zip(names, (x.value(across), y.value(low), y.value(high)), strict=True))
    ends = zip(("x from", "y from", "x to", "y to"), (x, y, x, y), _border(places, heights), strict=True)
    return columns | {name: each.value(places) for name, each, places in ends}


def turning_along(effect: Effect, world: Mapping[str, float], x: Assumption) -> tuple[float, Numbers]:
    """The effect in ``world``, and where along ``x`` alone its answer turns, nearest first; two calls of the effect."""
    here, places = float(x.place(world[x.name])), np.linspace(0, 1, _STEPS + 1)

    def margin(along: Numbers) -> Numbers:
        return _margin(effect, world, {x.name: x.value(along)})

    first = _margin(effect, world, {x.name: np.append(x.value(places), world[x.name])})
    found = _edges(first[:-1])
    if len(found):
        parts = places[found][:, None] + np.linspace(0, 1 / _STEPS, _STEPS + 1)
        again = margin(parts.ravel()).reshape(parts.shape)
        rows = [_crossings(part, line) for part, line in zip(parts, again, strict=True)]
        points = np.concatenate(rows)
    else:
        points = np.empty(0)
    nearest = points[np.argsort(np.abs(points - here), kind="stable")]
    return float(first[-1] + effect.more_than), x.value(nearest)


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
    half = np.stack([np.interp(fine, rough, column) for column in coarse.T], axis=1)
    heights = np.stack([np.interp(fine, rough, row) for row in half])
    true = coarse > 0
    corners = np.stack([true[:-1, :-1], true[1:, :-1], true[:-1, 1:], true[1:, 1:]])
    near = np.zeros(heights.shape, bool)
    for i, j in np.argwhere(corners.any(axis=0) & ~corners.all(axis=0)):
        near[i * CUTS : (i + 1) * CUTS + 1, j * CUTS : (j + 1) * CUTS + 1] = True
    if near.any():
        i, j = np.nonzero(near)
        heights[near] = margin(fine[i], fine[j])
    return fine, heights


def _edges(line: Numbers) -> NDArray[np.intp]:
    """Behind which entries the answer changes."""
    return np.flatnonzero(np.diff(line > 0))


def _crossings(places: Numbers, line: Numbers) -> Numbers:
    """Where a line crosses zero."""
    left = _edges(line)
    part = line[left] / (line[left] - line[left + 1])
    return places[left] + part * (places[left + 1] - places[left])


def _bands(places: Numbers, column: Numbers) -> tuple[list[Band], list[Band]]:
    """Between which heights of a column it is true, and between which not."""
    ends = [0.0, *_crossings(places, column), 1.0]
    bands = list(pairwise(ends))
    return (bands[::2], bands[1::2]) if column[0] > 0 else (bands[1::2], bands[::2])


def _there_and_back(across: Numbers, bands: list[list[Band]]) -> tuple[Numbers, Numbers, Numbers]:
    """All bands as one area: along the first of each column, back along the second, and so on."""
    first = next((column[0] for column in bands if column), (0.5, 0.5))
    passes: list[tuple[Numbers, Numbers]] = []
    for number in range(max(1, *(len(column) for column in bands))):
        low, high, last = [], [], sum(first) / 2
        for column in bands:
            band = column[number] if number < len(column) else (last, last)
            last = sum(band) / 2
            low.append(band[0])
            high.append(band[1])
        way = slice(None, None, -1 if number % 2 else 1)
        passes.append((np.array([low, high])[:, way], across[way]))
    ends = np.concatenate([pair for pair, _ in passes], axis=1)
    return np.concatenate([places for _, places in passes]), ends[0], ends[1]


def _border(places: Numbers, heights: Numbers) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """The pieces of the border: each cell's crossings of its four sides, joined (marching squares)."""
    x, y = np.meshgrid(places, places, indexing="ij")
    corner = [
        (slice(None, -1),) * 2,
        (slice(1, None), slice(None, -1)),
        (slice(1, None),) * 2,
        (slice(None, -1), slice(1, None)),
    ]
    sides = [(corner[k], corner[(k + 1) % 4]) for k in range(4)]
    crossed = np.stack([(heights[a] > 0) != (heights[b] > 0) for a, b in sides])
    with np.errstate(invalid="ignore", divide="ignore"):
        part = [heights[a] / (heights[a] - heights[b]) for a, b in sides]
        points = np.stack([[g[a] + t * (g[b] - g[a]) for g in (x, y)] for (a, b), t in zip(sides, part, strict=True)])
    order = np.argsort(~crossed, axis=0, kind="stable")
    pieces = []
    for pair in ((0, 1), (2, 3)):
        i, j = np.nonzero(crossed.sum(axis=0) > pair[1])
        pieces.append(np.concatenate([points[order[k, i, j], :, i, j].T for k in pair]))
    found = np.concatenate(pieces, axis=1)
    return found[0], found[1], found[2], found[3]
