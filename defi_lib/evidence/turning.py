"""Where an answer turns: the value of one assumption, alone, at which the verdict changes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.evidence.drawing import Worlds, today, worlds
from defi_lib.evidence.effects import Effect
from defi_lib.evidence.unknowns import Assumption
from defi_lib.integers import positions

_HALVINGS = 45


class Turning(NamedTuple):
    """How the answer changes along one assumption, while all others stay as they are."""

    name: str
    values: NDArray[np.float64]  #: the range, from end to end
    true: NDArray[np.bool_]  #: whether the reading is true at each of them
    points: tuple[float, ...]  #: where it turns, nearest to today first; of a choice the options with the other answer
    distance: float  #: of the nearest, as a part of the range; inf = none
    jump: bool  #: the effect jumps there
    beyond: float | None = None  #: the nearest point outside the range, where there is none in it


def turning_points(effect: Effect, start: Worlds | None = None) -> dict[str, Turning]:
    """For each assumption the places where the answer turns, when it alone moves from ``start``.

    Where the range holds none, the nearest outside is looked for: up to a hundred times the ends of a logarithmic
    range, five lengths of a linear one, and never beyond what can be at all.

    Args:
        effect: of a reading.
        start: one world; today's if none.
    """
    known = effect.assumptions
    here = {name: float(values[0]) for name, values in (start or today(known)).items()}
    grids = {name: np.unique(np.append(each.grid(), here[name])) for name, each in known.items()}
    true, found = _crossings(effect, here, grids)
    far = {name: known[name].reach() for name in grids if not found[name] and not known[name].options}
    beyond = _crossings(effect, here, far)[1] if far else {}
    result = {}
    for name, each in known.items():
        points, jump = [point for point, _ in found[name]], bool(found[name]) and found[name][0][1]
        if each.options:
            points, jump = list(grids[name][true[name] != true[name][int(here[name])]]), True
        place = float(np.abs(each.place(points[0]) - each.place(here[name]))) if points else np.inf
        outside = next((point for point, _ in beyond.get(name, [])), None)
        result[name] = Turning(name, grids[name], true[name], tuple(map(float, points)), place, jump, outside)
    return result


def _crossings(
    effect: Effect, here: dict[str, float], grids: dict[str, NDArray[np.float64]]
) -> tuple[dict[str, NDArray[np.bool_]], dict[str, list[tuple[float, bool]]]]:
    """Along each grid: whether the reading is true, and where that turns (nearest first; whether the effect jumps)."""
    known, lengths = effect.assumptions, [len(grid) for grid in grids.values()]
    names = np.repeat(list(grids), positions(lengths))
    all_true = effect.true(_moved(here, names, np.concatenate(list(grids.values()))))
    true = dict(zip(grids, np.split(all_true, np.cumsum(lengths)[:-1]), strict=True))
    ranges = [name for name in grids if not known[name].options]
    edges = [(name, int(k)) for name in ranges for k in np.flatnonzero(np.diff(true[name]))]
    places, jumps = _bisected(effect, here, grids, edges)
    found: dict[str, list[tuple[float, bool]]] = {name: [] for name in grids}
    for (name, _), place, jump in zip(edges, places, jumps, strict=True):
        found[name].append((float(place), bool(jump)))
    for name, points in found.items():
        start = known[name].place(here[name])
        points.sort(key=lambda point: float(np.abs(known[name].place(point[0]) - start)))
    return true, found


#: Values of each of two assumptions that are tried together.
_TRIED = 17


class Pair(NamedTuple):
    """Two assumptions that turn the answer together, where none does alone."""

    names: tuple[str, str]
    points: tuple[float, float]  #: where it turns on the straight way from today to the nearest such place


def turning_pair(effect: Effect, names: Sequence[str], start: Worlds | None = None) -> Pair | None:
    """Which two of ``names`` turn the answer with the smallest moves, if both move within their ranges at once."""
    known = effect.assumptions
    here = {name: float(values[0]) for name, values in (start or today(known)).items()}
    ranges = [name for name in names if not known[name].options]
    nearest = min((_nearest(effect, here, pair) for pair in combinations(ranges, 2)), default=None)
    return None if nearest is None or nearest[0] == np.inf else nearest[1]


def _nearest(effect: Effect, here: dict[str, float], names: tuple[str, str]) -> tuple[float, Pair]:
    """How far the farther of two assumptions must move to turn the answer, and where it turns on the way there."""
    each = [effect.assumptions[name] for name in names]
    start = [float(one.place(here[one.name])) for one in each]
    grid = np.linspace(0, 1, _TRIED)
    places = np.array([part.ravel() for part in np.meshgrid(grid, grid)])
    true = effect.true(_both(here, each, places))
    turned = np.flatnonzero(true != effect.true(_both(here, each, np.array(start)[:, None]))[0])
    if not turned.size:
        return np.inf, Pair(names, (np.nan, np.nan))
    moves = np.abs(places[:, turned] - np.array(start)[:, None]).max(axis=0)
    goal = places[:, turned[np.argmin(moves)]]
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        way = (np.array(start) + middle * (goal - start))[:, None]
        low, high = (low, middle) if effect.true(_both(here, each, way))[0] == true[turned[0]] else (middle, high)
    found = [float(one.value(place)) for one, place in zip(each, start + high * (goal - start), strict=True)]
    return float(moves.min()), Pair(names, (found[0], found[1]))


def _both(here: dict[str, float], each: list[Assumption], places: NDArray[np.float64]) -> Worlds:
    """One world for each pair of places: the one we are in, with two assumptions moved."""
    moved = {one.name: one.value(place) for one, place in zip(each, places, strict=True)}
    return {name: np.broadcast_to(moved.get(name, at), places.shape[1:]) for name, at in here.items()}


def turned(effect: Effect, drawn: Worlds, fixed: dict[str, float] | None = None) -> dict[str, float]:
    """The part of the worlds whose answer turns when one assumption alone is drawn again.

    It is twice the variance of the answer times the total Sobol index of the assumption, and needs no more words than
    these. The assumption with the largest part is the decisive one.
    """
    count = len(next(iter(drawn.values())))
    true, kept = effect.true(drawn), effect.kept(drawn)
    again = worlds(effect.assumptions, count, again=True, fixed=fixed)
    parts = {}
    for name, each in effect.assumptions.items():
        if each.role != "unknown" or name in (fixed or {}):
            continue
        moved = {**drawn, name: again[name]}
        both = kept & effect.kept(moved)
        parts[name] = float(np.mean(effect.true(moved)[both] != true[both])) if both.any() else 0.0
    return parts


def _moved(here: dict[str, float], names: NDArray[np.str_], values: NDArray[np.float64]) -> Worlds:
    """One world for each value: the one we are in, with that assumption moved."""
    return {name: np.where(names == name, values, at) for name, at in here.items()}


def _bisected(
    effect: Effect, here: dict[str, float], grids: dict[str, NDArray[np.float64]], edges: list[tuple[str, int]]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Between which neighbours each answer turns, all edges at once; and whether the effect jumps there."""
    if not edges:
        return np.empty(0), np.empty(0, bool)
    names = np.array([name for name, _ in edges])
    low, high = (np.array([grids[name][k + step] for name, k in edges]) for step in (0, 1))
    start = effect(_moved(here, names, low))
    left, far = start > effect.more_than, np.abs(start - effect(_moved(here, names, high)))
    for _ in range(_HALVINGS):
        middle = low + (high - low) / 2
        same = effect.true(_moved(here, names, middle)) == left
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    gap = np.abs(effect(_moved(here, names, high)) - effect(_moved(here, names, low)))
    return high, gap > far / 2
