"""Where an answer turns: the value of one assumption, alone, at which the verdict changes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.evidence.drawing import Worlds, today, worlds
from defi_lib.evidence.effects import Effect

_HALVINGS = 45


class Turning(NamedTuple):
    """How the answer changes along one assumption, while all others stay as they are."""

    name: str
    values: NDArray[np.float64]  #: the range, from end to end
    true: NDArray[np.bool_]  #: whether the reading is true at each of them
    points: tuple[float, ...]  #: where it turns, nearest to today first; of a choice the options with the other answer
    distance: float  #: of the nearest, as a part of the range; inf = none
    jump: bool  #: the effect jumps there


def turning_points(effect: Effect, start: Worlds | None = None) -> dict[str, Turning]:
    """For each assumption the places where the answer turns, when it alone moves through its range from ``start``.

    Args:
        effect: of a reading.
        start: one world; today's if none.
    """
    known = effect.assumptions
    here = {name: float(values[0]) for name, values in (start or today(known)).items()}
    grids = {name: np.unique(np.append(each.grid(), here[name])) for name, each in known.items()}
    lengths = [len(grid) for grid in grids.values()]
    names = np.repeat(list(grids), lengths)
    all_true = effect.true(_moved(here, names, np.concatenate(list(grids.values()))))
    true = dict(zip(grids, np.split(all_true, np.cumsum(lengths)[:-1]), strict=True))
    ranges = [name for name, each in known.items() if not each.options]
    edges = [(name, int(k)) for name in ranges for k in np.flatnonzero(np.diff(true[name]))]
    places, jumps = _bisected(effect, here, grids, edges)
    result = {}
    for name, each in known.items():
        found = [place for (at, _), place in zip(edges, places, strict=True) if at == name]
        if each.options:
            found = list(grids[name][true[name] != true[name][int(here[name])]])
        far = np.abs(each.place(found) - each.place(here[name])) if found else np.empty(0)
        points = tuple(float(found[k]) for k in np.argsort(far, kind="stable"))
        jump = bool(each.options) or any(jumps[k] for k, place in enumerate(places) if place in points[:1])
        result[name] = Turning(name, grids[name], true[name], points, float(min(far, default=np.inf)), jump)
    return result


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
