"""The test of a reading: its effect as a function of a world, and how that function is checked.

>>> from defi_lib.evidence import effect
>>> list(effect("X9a").assumptions)
['gas_price', 'swap_gas', 'ether_price', 'amount']
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from defi_lib.claims import Reading, reading
from defi_lib.evidence.drawing import WORLDS, Worlds
from defi_lib.evidence.unknowns import Assumption, assumptions
from defi_lib.validation import one_of

Function = Callable[..., Any]
F = TypeVar("F", bound=Callable[..., Any])


class Control(NamedTuple):
    """A world whose effect is known by hand: what the reading's effect must say in it."""

    world: Mapping[str, float]
    effect: float
    within: float = 1e-9  #: relative to the effect


@dataclass(frozen=True)
class Effect:
    """How a reading of kind "model" is tested: true in a world where the effect is above the size that counts."""

    reading: Reading
    function: Function
    #: Settings that remove the tested difference: the effect is 0 in every world.
    placebos: tuple[Mapping[str, float], ...]
    controls: tuple[Control, ...]
    #: Worlds in which this is false contradict a published outcome.
    fits: Callable[..., NDArray[np.bool_]] | None = None
    placebo_error: float = 1e-9  #: of the placebo, where the effect is sampled
    worlds: int = WORLDS
    ranges: Mapping[str, Assumption] | None = None  #: a reader's own, in place of those of the table

    @cached_property
    def assumptions(self) -> Mapping[str, Assumption]:
        """What the effect's arguments are today and may be, in their order."""
        if self.ranges is not None:
            return MappingProxyType(dict(self.ranges))
        return MappingProxyType(assumptions(self.reading.id, inspect.signature(self.function).parameters))

    def with_ranges(self, *changed: Assumption) -> Effect:
        """The same effect with other assumptions in place of those of the same names.

        Raises:
            ValueError: a name that is none of its assumptions.
        """
        for each in changed:
            one_of("changed", each.name, list(self.assumptions))
        return replace(self, ranges={**self.assumptions, **{each.name: each for each in changed}})

    @property
    def more_than(self) -> float:
        """The size that counts."""
        return self.reading.more_than or 0.0

    def __call__(self, world: Worlds) -> NDArray[np.float64]:
        """The effect in each world, in the reading's unit.

        Raises:
            ValueError: the effect is not a finite number somewhere; the world is named.
        """
        count = len(next(iter(world.values())))
        found = np.broadcast_to(np.asarray(self.function(**world), float), (count,))
        if not np.isfinite(found).all():
            bad = int(np.argmin(np.isfinite(found)))
            where = ", ".join(f"{name} = {values[bad]:.6g}" for name, values in world.items())
            raise ValueError(f"{self.reading.id} has no finite effect where {where}")
        return found

    def true(self, world: Worlds) -> NDArray[np.bool_]:
        """In which worlds the reading is true."""
        return self(world) > self.more_than

    def kept(self, world: Worlds) -> NDArray[np.bool_]:
        """Which worlds do not contradict a published outcome."""
        if self.fits is None:
            return np.ones(len(next(iter(world.values()))), bool)
        return np.asarray(self.fits(**world), bool)


class Count(NamedTuple):
    """What tests a reading of kind "figures": somebody counted."""

    true: bool
    says: str  #: what was counted, with numbers
    who: str  #: counted it, and when
    turns: str  #: what would turn it; completes "It turns if …"
    sources: tuple[str, ...]  #: ids of the figures
    other: str = ""  #: the other count, if two disagree
    shown: bool = True  #: False: what nobody classed could make it true; it counts as not true

    @property
    def answer(self) -> str:
        """What the count says of the reading, in words."""
        return "true" if self.true else "not true" if self.shown else "not shown"


class Proof(NamedTuple):
    """What tests a reading of kind "logic": a proof or a counter-example."""

    true: bool
    says: str
    turns: str  #: which premise would have to go; completes "It turns if …"
    by_construction: bool = False  #: true because the model was built so


@dataclass(frozen=True)
class Registry:
    """The evidence of one module, by reading."""

    module: str
    effects: dict[str, Effect] = field(default_factory=dict)
    others: dict[str, Callable[[], Count | Proof]] = field(default_factory=dict)

    def model(
        self,
        id: str,
        *,
        placebos: Sequence[Mapping[str, float]],
        controls: Sequence[Control],
        fits: Callable[..., NDArray[np.bool_]] | None = None,
        placebo_error: float = 1e-9,
        worlds: int = WORLDS,
    ) -> Callable[[F], F]:
        """Register a function of a world as the effect of a reading of kind "model"."""
        self._own(id, "model")

        def keep(function: F) -> F:
            tests = tuple(placebos), tuple(controls), fits, placebo_error
            self.effects[id] = Effect(reading(id), function, *tests, worlds=worlds)
            return function

        return keep

    def figures(self, id: str) -> Callable[[F], F]:
        """Register a function that gives the :class:`Count` of a reading of kind "figures"."""
        return self._other(id, "figures")

    def logic(self, id: str) -> Callable[[F], F]:
        """Register a function that gives the :class:`Proof` of a reading of kind "logic"."""
        return self._other(id, "logic")

    @classmethod
    def joined(cls, module: str, *parts: Registry) -> Registry:
        """The evidence of a module whose effects stand in several files."""
        whole = cls(module)
        for part in parts:
            whole.effects.update(part.effects)
            whole.others.update(part.others)
        return whole

    def has(self, id: str) -> bool:
        """Whether the reading has evidence."""
        return id in self.effects or id in self.others

    def _other(self, id: str, kind: str) -> Callable[[F], F]:
        self._own(id, kind)

        def keep(function: F) -> F:
            self.others[id] = function
            return function

        return keep

    def _own(self, id: str, kind: str) -> None:
        one = reading(id)
        if (one.module, one.kind) != (self.module, kind):
            mine = f"not of kind {kind!r} of {self.module!r}"
            raise ValueError(f"id = {id!r} is a reading of kind {one.kind!r} of {one.module!r}, {mine}")
        if self.has(id):
            raise ValueError(f"id = {id!r} has evidence already")
        if not one.frozen:
            raise ValueError(f"id = {id!r} is not frozen: set its words, size and ranges first")
