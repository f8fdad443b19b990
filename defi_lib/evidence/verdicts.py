"""The evidence on a reading: is it true today, where does that turn, and how far does it hold over plausible worlds?"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from defi_lib.claims import Reading
from defi_lib.evidence.drawing import today, worlds
from defi_lib.evidence.effects import Effect
from defi_lib.evidence.situations import Case, cases
from defi_lib.evidence.turning import Pair, Turning, turned, turning_pair, turning_points
from defi_lib.evidence.unknowns import RULES, Assumption, apart, beside, brief, in_unit, signed
from defi_lib.numerals import counted, number, percent

#: Of our worlds, and with ranges half as wide, twice as wide and drawn on a linear scale.
NEARLY_ALL, STILL_MOST = 0.95, 0.75

#: Of the unknowns, the most decisive ones: two of them may turn together what none turns alone.
_PAIRED = 4

#: What a rule is called in the small print.
_RULES = {
    "published": "from published figures",
    "in force": "from what is in force",
    "factor two": "a factor of two around one figure",
    "our choice": "our choice",
}


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
    pair: Pair | None = None  #: two unknowns that turn the answer together, where none does alone within its range

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
    def named(self) -> str:
        """The assumption whose turning point the sentence gives; "" if none turns the answer alone.

        It is the most decisive one of those that do within our ranges, or else outside of them. Who somebody is comes
        last: the reading has named a person.
        """
        within = [name for name in self.decisive if self.turning[name].points]
        outside = sorted((name for name in self.assumptions if name in self.turned), key=self._how_far)
        outside = [name for name in outside if self.turning[name].beyond is not None]
        others = [name for name, each in self.turning.items() if each.points or each.beyond is not None]
        return next(iter([*within, *outside, *others]), "")

    def _how_far(self, name: str) -> float:
        """How many times today's value the point outside the range is, or the reverse, as a logarithm; roughly."""
        point, here = self.turning[name].beyond, self.today_of(name)
        return round(abs(math.log(point / here)), 1) if point and point * here > 0 else math.inf

    def sentence(self) -> str:
        """The verdict in one sentence or two: today true or not, and where it turns."""
        return f"**{self.answer()}.** {self.turns()}"

    def answer(self) -> str:
        """ "True today: 130 USD a year (true above 100 USD)", with the size that counts, if there is one."""
        word = "True" if self.true else "Not true"
        return f"{word} {self.case.when}: {written(self.effect, self.reading)}"

    def scope(self) -> str:
        """How far the answer holds over plausible worlds, in one of three words."""
        if self.strength != "turns":
            return "In nearly all our worlds" if self.strength == "nearly all" else "In nearly none of our worlds"
        if not self.decisive or round(self.turned[self.decisive[0]], 2) == 0:
            return "Turns beyond our ranges"
        label = f"Turns on {self.assumptions[self.decisive[0]].label.rstrip(',')}"
        return label if self.turning[self.decisive[0]].points else f"{label}, with others"

    def turns(self) -> str:
        """Where today's answer turns when one assumption alone moves."""
        if not self.named:
            return "No assumption alone turns it."
        if self.pair is not None:
            both = " and ".join(self._moved(*one) for one in zip(self.pair.names, self.pair.points, strict=True))
            return f"It turns if two move at once: {both}. Within our ranges none turns it alone."
        within = "" if self.turning[self.named].points else " only outside our ranges,"
        return f"It turns{within} if {self.turn_of(self.named)}{self._for_others()}."

    def _for_others(self) -> str:
        """ ", or for somebody else, if the swap falls below 12 USD"; "" if the reading names no person."""
        people = [name for name, each in self.assumptions.items() if each.role == "person" and name != self.named]
        turned = [name for name in people if self.turning[name].points]
        return f", or for somebody else, if {self.turn_of(turned[0])}" if turned else ""

    def turn_of(self, name: str) -> str:
        """ "the price of gas rises above 2.2 gwei (today: 0.46 gwei)"; "" where nothing turns the answer."""
        each, turning, here = self.assumptions[name], self.turning[name], self.today_of(name)
        points = turning.points or ((turning.beyond,) if turning.beyond is not None else ())
        if not points:
            return ""
        if each.options:
            others = " or ".join(each.written(point) for point in points)
            return f"{each.label} is {others} instead of {each.written(here)}"
        return self._moved(name, points[0])

    def _moved(self, name: str, value: float) -> str:
        """ "the price of gas rises above 2.2 gwei (today: 0.46 gwei)"."""
        each, here = self.assumptions[name], self.today_of(name)
        point, now = apart(each, value, here)
        point = beside(point, each) if each.unit in each.label.split() else point
        return f"{each.moved(value > here)} {point} ({self.case.when}: {beside(now, each)})"

    def today_of(self, name: str) -> float:
        """The value of an assumption in this case."""
        return float(self.case.values.get(name, self.assumptions[name].today))

    @property
    def drawn(self) -> list[Assumption]:
        """What is drawn from a range; choices have none."""
        return [each for each in self.assumptions.values() if each.role == "unknown" and not each.options]

    def own_ranges(self) -> str:
        """ "2 of 5 ranges are our choice."; "" if none is."""
        known = self.drawn
        own = sum(each.rule == "our choice" for each in known)
        return f"{own} of {counted(len(known), 'range')} {'is' if own == 1 else 'are'} our choice." if own else ""

    def ranges(self) -> str:
        """How many of the ranges rest on published figures, and how many do not."""
        known = self.drawn
        many = {rule: sum(each.rule == rule for each in known) for rule in RULES}
        parts = [f"{count} {_RULES[rule]}" for rule, count in many.items() if count]
        return f"Of {counted(len(known), 'range')}, " + ", ".join(parts) + "." if parts else ""

    def small_print(self) -> str:
        """The shares of worlds, with what they are not: by both ways of drawing where a range is wide, by other ranges.

        A wide range that is drawn by factors has other worlds in its middle than one that is drawn in its values.
        """
        half, double, in_values = (f"{100 * share:.0f}" for share in self.setups)
        drawn = "drawn evenly from the ranges"
        if any(each.log for each in self.drawn):
            drawn = f"if wide ranges are drawn evenly by factors, in {in_values} if evenly in their values"
        return (
            f"True in {100 * self.share:.0f} of 100 worlds {drawn}; ranges half as wide give {half}, twice as wide "
            f"{double}. Such shares hang on how worlds are drawn: they are no probability."
        )


def written(effect: float, reading: Reading) -> str:
    """An effect with its unit, and the size that counts if there is one: "130 USD a year (true above 100 USD)".

    A reading that says "at most so much is lost" has a size below nothing. What is lost is then written without a sign:
    "4 % of the people (true below 10 %)". An effect near the size has enough digits to tell them apart. What costs "%
    less than" something may cost more, also without a sign: "11 % more than the bill (true from 10 % less on)"; powers
    of ten are written out.
    """
    unit, size = reading.unit, reading.more_than or 0.0
    if unit.startswith("% less than ") and effect < 0:
        return f"{in_unit(-effect, unit.replace('less', 'more', 1))} (true from {percent(size, 2)} less on)"
    if unit.startswith("powers of ten"):
        return f"{_times(effect)}{unit.removeprefix('powers of ten')} (true above {_times(size)})"
    if not size:
        return signed(effect, unit)
    lost = size < 0 and effect <= 0
    shown, mark = (-effect, -size) if lost else (effect, size)
    limit = in_unit(mark, unit)
    text = next((text for digits in (2, 3, 4) if (text := in_unit(shown, unit, digits)) != limit), limit)
    return f"{text} (true {'below' if lost else 'above'} {brief(limit, unit)})"


def _times(power: float) -> str:
    """A power of ten in words that can be read: "80 million times"."""
    ratio = 10.0 ** abs(power)
    shown = f"{number(ratio / 1e6, 2)} million" if ratio >= 1e6 else number(ratio, 2)
    return f"{shown} times" if power >= 0 else f"1/{shown} times"


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
    turning, parts = turning_points(effect, here), turned(effect, worlds(known, count, fixed=fixed), fixed)
    enough = sorted(parts.values(), reverse=True)[:_PAIRED][-1] if parts else 0.0
    first = [name for name, part in parts.items() if part >= enough]
    pair = None if any(turning[name].points for name in parts) else turning_pair(effect, first, here)
    return Evidence(
        effect.reading, case, known, float(effect(here)[0]), share(count), setups, turning, parts, count, pair
    )
