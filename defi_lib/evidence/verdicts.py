"""The evidence on a reading: is it true today, where does that turn, and how far does it hold over plausible worlds?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from defi_lib.claims import Reading
from defi_lib.evidence.drawing import today, worlds
from defi_lib.evidence.effects import Effect
from defi_lib.evidence.situations import Case, cases
from defi_lib.evidence.turning import Turning, turned, turning_points
from defi_lib.evidence.unknowns import Assumption, in_unit

#: Of our worlds, and with ranges half as wide, twice as wide and drawn on a linear scale.
NEARLY_ALL, STILL_MOST = 0.95, 0.75


class Evidence(NamedTuple):
    """Everything that a verdict on a reading of kind "model" shows, for one person and one time."""

    reading: Reading
    case: Case
    assumptions: Mapping[str, Assumption]
    effect: float  #: today, in the reading's unit
    share: float  #: part of the worlds in which the reading is true: small print, never a probability
    setups: tuple[float, float, float]  #: the same with half ranges, double ranges and linear scales
    turning: Mapping[str, Turning]
    turned: Mapping[str, float]  #: part of the worlds whose answer turns when this assumption alone is drawn again
    worlds: int  #: how many were drawn

    @property
    def true(self) -> bool:
        """Whether the reading is true today."""
        return self.effect > (self.reading.more_than or 0.0)

    @property
    def strength(self) -> str:
        """``"nearly all"``, ``"nearly none"`` or ``"turns"``; today's answer and other ranges can only weaken it."""
        if self.true and self.share >= NEARLY_ALL and min(self.setups) >= STILL_MOST:
            return "nearly all"
        if not self.true and self.share <= 1 - NEARLY_ALL and max(self.setups) <= 1 - STILL_MOST:
            return "nearly none"
        return "turns"

    @property
    def decisive(self) -> list[str]:
        """The unknowns, the one that turns the answer in most worlds first."""
        return sorted(self.turned, key=lambda name: -self.turned[name])

    @property
    def nearest(self) -> list[str]:
        """The assumptions that turn today's answer alone, the nearest first."""
        turning = [each for each in self.turning.values() if each.points]
        return [each.name for each in sorted(turning, key=lambda each: each.distance)]

    @property
    def published(self) -> int:
        """How many ranges rest on published figures alone."""
        return sum(each.rule == "published" for each in self.assumptions.values())

    def sentence(self) -> str:
        """The verdict in one sentence or two: today true or not, and where it turns."""
        word = "True" if self.true else "Not true"
        size = self.reading.more_than or 0.0
        effect = in_unit(self.effect, self.reading.unit)
        counts = f" (it counts above {in_unit(size, self.reading.unit)})" if size else ""
        return f"**{word} {self.case.when}: {effect}{counts}.** {self.turns()}"

    def turns(self) -> str:
        """Where today's answer turns when one assumption alone moves."""
        if self.nearest:
            named = [name for name in self.decisive if self.turning[name].points][:1] or self.nearest[:1]
            return "It turns if " + self.turn_of(named[0], self.turning[named[0]].points[0]) + "."
        outside = {name: each.beyond for name, each in self.turning.items() if each.beyond is not None}
        if not outside:
            return "No assumption alone turns it."
        named = [name for name in self.decisive if name in outside][:1] or list(outside)[:1]
        return "It turns only outside our ranges: if " + self.turn_of(named[0], outside[named[0]]) + "."

    def turn_of(self, name: str, point: float) -> str:
        """ "the price of gas rises above 2.2 gwei (today: 0.46 gwei)"."""
        each = self.assumptions[name]
        here = self.case.values.get(name, each.today)
        if each.options:
            return f"{each.label} is: {each.written(point)} (today: {each.written(here)})"
        way = "rises above" if point > here else "falls below"
        return f"{each.label} {way} {each.written(point)} ({self.case.when}: {each.written(here)})"

    def small_print(self) -> str:
        """The shares of worlds, with what they are not."""
        shares = sorted((self.share, *self.setups))
        return (
            f"True in {100 * self.share:.0f} of 100 worlds drawn evenly from the ranges; other ranges give "
            f"{100 * shares[0]:.0f} to {100 * shares[-1]:.0f}. This is no probability."
        )


def evidence_on(effect: Effect, case: Case | None = None, count: int | None = None) -> Evidence:
    """Compute the evidence on an effect, for one case; today's headline case if none is given."""
    case = case or cases(effect)[0]
    known, fixed, count = effect.assumptions, dict(case.values), count or effect.worlds

    def share(size: int, width: float = 1.0, linear: bool = False) -> float:
        drawn = worlds(known, size, width=width, linear=linear, fixed=fixed)
        kept = effect.kept(drawn)
        if not kept.any():
            raise ValueError(f"{effect.reading.id}: no world fits the published outcome")
        return float(np.mean(effect.true(drawn)[kept]))

    here = today(known, changed=fixed)
    setups = share(count // 2, 0.5), share(count // 2, 2.0), share(count // 2, linear=True)
    return Evidence(
        effect.reading, case, known, float(effect(here)[0]), share(count), setups,
        turning_points(effect, here), turned(effect, worlds(known, count, fixed=fixed), fixed), count,
    )  # fmt: skip
