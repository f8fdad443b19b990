"""How far all our numbers would have to be wrong in one direction, together, before an answer turns.

A turning point moves one number alone. Whoever distrusts a course suspects something else: that all its own choices
lean to one side. So they are leaned here, all at once, each towards the end of its range that suits the reading.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from defi_lib.claims import CAMPS
from defi_lib.evidence.drawing import today
from defi_lib.evidence.effects import Effect
from defi_lib.evidence.registry import effect, models
from defi_lib.evidence.unknowns import Assumption
from defi_lib.validation import Amount, between, one_of

#: Which numbers lean: those that no published figure gives, or all that nobody knows for certain.
WHICH = ("our choices", "all unknown numbers")

#: Leans in hundredths of the way, from against the readings to for them.
LEANS = np.arange(-100, 101) / 100


def leaned(of: Effect, by: Amount, which: str = WHICH[0]) -> NDArray[np.float64]:
    """The effect where numbers lean ``by`` a part of the way from today to the ends of their ranges.

    Each goes to that end at which, moved alone, it makes the effect larger; below 0 to the other one. Options stay, for
    nothing lies between them, and so does who somebody is.

    Args:
        of: a reading.
        by: in [-1, 1]; 1: all numbers stand at the ends that suit the reading. One effect for each.
        which: one of :data:`WHICH`.

    Raises:
        ValueError: an argument outside its range.

    >>> from defi_lib.evidence import effect
    >>> leaned(effect("X9a"), [-1.0, 0.0, 1.0], "all unknown numbers").round(5)
    array([0.00025, 0.00115, 0.01338])
    """
    share = np.atleast_1d(between("by", by, -1.0, 1.0))
    known = _may_lean(of, one_of("which", which, WHICH))
    moved = {name: _moved(each, share * _way(of, each)) for name, each in known.items()}
    return of(today(of.assumptions, len(share), moved))


def lean_that_turns(of: Effect, which: str = WHICH[0]) -> float:
    """The least of :data:`LEANS`, in either direction, at which the answer is another than today's; inf: none is.

    Raises:
        ValueError: ``which`` is none of :data:`WHICH`.

    >>> from defi_lib.evidence import effect
    >>> lean_that_turns(effect("X9a"), "all unknown numbers")
    0.89
    """
    true = leaned(of, LEANS, which) > of.more_than
    turned = np.abs(LEANS[true != true[LEANS == 0.0]])
    return float(turned.min().round(2)) if turned.size else np.inf


@cache
def answers_leaned(which: str = WHICH[0]) -> Mapping[str, NDArray[np.bool_]]:
    """Whether each tested reading is true, at each of :data:`LEANS`; readings without worlds are left out.

    Raises:
        ValueError: ``which`` is none of :data:`WHICH`.

    >>> answers_leaned("all unknown numbers")["X9a"][[0, 100, 200]].tolist()
    [False, False, True]
    """
    known = {id: effect(id) for id in models()}
    return MappingProxyType({id: leaned(one, LEANS, which) > one.more_than for id, one in known.items()})


def true_by_camp(by: Amount, which: str = WHICH[0]) -> dict[str, NDArray[np.float64]]:
    """The part of each camp's readings that is true where numbers lean ``by``, and over all camps: how many are true
    (``"true"``), how many answer otherwise than today (``"other"``), of how many (``"tested"``).

    Args:
        by: in [-1, 1], rounded to hundredths.
        which: one of :data:`WHICH`.

    Raises:
        ValueError: an argument outside its range.
    """
    at = np.rint(100 * np.asarray(between("by", by, -1.0, 1.0))).astype(np.int64) + 100
    table, here = np.array(list(answers_leaned(which).values())), len(LEANS) // 2
    camp = np.array([id[0] for id in answers_leaned(which)])
    parts = {name: table[camp == letter].mean(axis=0)[at] for letter, name in CAMPS.items() if letter in camp}
    other = (table != table[:, [here]]).sum(axis=0)
    both = {"true": table.sum(axis=0)[at].astype(float), "other": other[at].astype(float)}
    return {**parts, **both, "tested": len(table)}


def _may_lean(of: Effect, which: str) -> Mapping[str, Assumption]:
    ours = which == WHICH[0]
    return {
        name: each
        for name, each in of.assumptions.items()
        if each.role == "unknown" and not each.options and (each.rule == "our choice" or not ours)
    }


def _way(of: Effect, each: Assumption) -> float:
    """1 if the high end of the range suits the reading, -1 if the low one does, 0 if both do alike."""
    low, high = of(today(of.assumptions, 2, {each.name: [each.low, each.high]}))
    return float(np.sign(high - low))


def _moved(each: Assumption, toward: NDArray[np.float64]) -> NDArray[np.float64]:
    """The value a part of the way from today to the high end, or below 0 to the low end."""
    start = each.place(each.today)
    return each.value(start + np.maximum(toward, 0.0) * (1 - start) + np.minimum(toward, 0.0) * start)
