"""What a reader can set: each control describes one parameter and makes its widget."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import ipywidgets as widgets
import numpy as np

from defi_lib import numerals
from defi_lib.validation import between, positive

#: The values of a decade on a logarithmic slider: coarse where there are many decades, fine where there are few.
_COARSE = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8)
_MIDDLE = (*(k / 10 for k in range(10, 20)), 2, 2.2, 2.5, 2.8, 3, 3.5, 4, 4.5, 5, 5.5, 6, 7, 8, 9)
_FINE = (*(k / 20 for k in range(20, 40)), *(k / 10 for k in range(20, 50)), *(k / 5 for k in range(25, 50)))


@dataclass(frozen=True)
class Slider:
    """A number on a linear or logarithmic scale.

    A reader moves it over round values: 1, 2 and 5 of each decade are among them, both ends, the start, and whatever a
    scenario sets. A value that is typed, or set by :meth:`Explorer.set`, is taken as it is.

    Args:
        label: what the number is, in words.
        unit: its unit, shown behind the label.
        low, high: the ends of the slider, ``low < high``; on a logarithmic scale ``low > 0``.
        start: the value at first; by default the middle of the slider.
        step: the distance of two values on a linear scale. By default a round one that gives 100 to 200 values.
        log: a logarithmic scale.
        integer: whole numbers only (linear scale).
        format: how the value is shown, such as ``",.2f"``; by default five digits and the sign of its unit.

    Raises:
        ValueError: ends in the wrong order, or a start outside them.
    """

    label: str
    unit: str
    low: float
    high: float
    start: float | None = None
    step: float | None = None
    log: bool = False
    integer: bool = False
    format: str | None = None

    def __post_init__(self) -> None:
        if self.log:
            positive("low", self.low)
        between("high", self.high, self.low, math.inf, low_open=True)
        if self.start is not None:
            between("start", self.start, self.low, self.high)
            self._whole("start", self.start)

    @property
    def default(self) -> float:
        """The value at first."""
        if self.start is not None:
            return self.start
        middle = math.sqrt(self.low * self.high) if self.log else (self.low + self.high) / 2
        return round(middle) if self.integer else middle

    def check(self, name: str, value: Any) -> Any:
        """``value`` if the slider can show it."""
        between(name, value, *self.ends())
        self._whole(name, value)
        return value

    def ends(self) -> tuple[Any, Any]:
        """The two ends."""
        return self.low, self.high

    def random(self, rng: np.random.Generator) -> Any:
        """A random value of the slider."""
        low, high = self.ends()
        if self.integer:
            return int(rng.integers(int(low), int(high) + 1))
        if self.log:
            return float(np.exp(rng.uniform(math.log(low), math.log(high))))
        return float(rng.uniform(low, high))

    def axis(self, points: int) -> np.ndarray[Any, Any]:
        """The whole slider as ``points`` values in order, both ends among them: at most its whole numbers."""
        low, high = self.ends()
        if self.integer:
            return np.unique(np.round(np.linspace(low, high, points)))
        return np.geomspace(low, high, points) if self.log else np.linspace(low, high, points)

    def values(self, also: Iterable[float] = ()) -> list[Any]:
        """The values that the slider stops at, from low to high; those of ``also`` exactly."""
        kept = {float(value) for value in (*self.ends(), self.default, *also)}
        near = [self._shown(value) for value in sorted(kept)]
        grid = self._log_grid() if self.log else self._linear_grid()
        inside = [value for value in grid if self.low < value < self.high]
        free = [value for value in inside if not any(math.isclose(value, other, rel_tol=1e-9) for other in near)]
        values = sorted({*kept, *map(self._model, free)})
        return [int(value) for value in values] if self.integer else values

    def written(self, value: float, digits: int = 5) -> str:
        """What stands beside the slider."""
        if self.format:
            return numerals.tidy(format(value, self.format))
        return numerals.with_unit(self._shown(value), self.unit, digits)

    def read(self, text: str) -> Any:
        """The value that somebody has typed: ``50``, ``1,000``, ``0.5 %``, ``$2.5``; a lone comma is a decimal one.

        Raises:
            ValueError: no number, or one outside the slider.
        """
        bare = text.replace(numerals.MINUS, "-").replace("_", "").strip(" \u00a0$%")
        groups = bare.split(",")
        decimal = len(groups) == 2 and "." not in bare and len(groups[1]) != 3
        try:
            number = float(bare.replace(",", "." if decimal else ""))
        except ValueError:
            raise ValueError(f"{self.label} = {text!r} is not a number") from None
        value = self._model(number)
        value = int(value) if self.integer and value == int(value) else value
        return self.check(self.label, value)

    def widget(self, also: Iterable[float] = ()) -> widgets.ValueWidget:
        """A slider that sends each value while it moves."""
        return widgets.SelectionSlider(
            options=self.options(self.values(also)),
            value=int(self.default) if self.integer else self.default,
            description=f"{self.label} ({self.unit})" if self.unit else self.label,
        )

    def options(self, values: Sequence[Any]) -> list[tuple[str, Any]]:
        """Each value with what stands beside the slider, no two alike."""
        labels = [self.written(value) for value in values]
        twice = {label for label in labels if labels.count(label) > 1} if len(set(labels)) < len(labels) else ()
        return [
            (f"{numerals.with_unit(self._shown(value), self.unit, 17)}" if label in twice else label, value)
            for label, value in zip(labels, values, strict=True)
        ]

    def _whole(self, name: str, value: Any) -> None:
        if self.integer and value != int(value):
            raise ValueError(f"{name} = {value!r} is outside the allowed range: whole numbers only")

    def _shown(self, value: float) -> float:
        """The number that the reader sees for a value of the model."""
        return value

    def _model(self, number: float) -> float:
        """The value of the model for a number that the reader sees."""
        return number

    def _log_grid(self) -> list[float]:
        first, last = math.floor(math.log10(self.low)), math.floor(math.log10(self.high))
        decades = math.log10(self.high / self.low)
        factors = _COARSE if decades >= 5 else _MIDDLE if decades >= 2 else _FINE
        return [float(f"{factor:.12g}e{power}") for power in range(first, last + 1) for factor in factors]

    def _linear_grid(self) -> list[float]:
        step = self.step or _fitting_step(self.low, self.high, self._shown(self.default))
        step = max(1.0, round(step)) if self.integer else step
        origin = self.low if self.step else math.ceil(self.low / step - 1e-9) * step
        grid = [origin + k * step for k in range(int((self.high - origin) / step + 1e-9) + 1)]
        powers = range(math.floor(math.log10(step)), math.floor(math.log10(max(abs(self.low), abs(self.high)))) + 1)
        rounds = [float(f"{factor}e{power}") for power in powers for factor in (1, 2, 5)]
        grid += [value for value in rounds if value >= step * (1 - 1e-9)]
        return sorted({float(f"{value:.12g}") for value in grid if not self.integer or value == int(value)})


@dataclass(frozen=True)
class Percent(Slider):
    """A slider on which the reader sees per cent, and the model gets a ratio.

    Ends, start and step are in per cent, as the reader sees them. Everything that speaks of the parameter speaks of
    the ratio: what ``compute``, ``say`` and ``when`` get, scenarios, and :meth:`Explorer.set`.

    Args:
        label: what it is, in words.
        low, high, start, step: in per cent.
        of: of what, shown behind the label: ``of="the collateral"``.

    Example:
        >>> fee = Percent("Fee", 0, 1, start=0.3)
        >>> fee.default, fee.written(0.003) == "0.3\\N{NO-BREAK SPACE}%"
        (0.003, True)
    """

    unit: str = "%"
    low: float = 0.0
    high: float = 100.0

    def __init__(
        self,
        label: str,
        low: float = 0.0,
        high: float = 100.0,
        start: float | None = None,
        *,
        of: str = "",
        unit: str = "",
        step: float | None = None,
        log: bool = False,
        format: str | None = None,
    ) -> None:
        unit = unit or (f"% of {of}" if of else "%")
        super().__init__(label, unit, low, high, start, step=step, log=log, format=format)

    @property
    def default(self) -> float:
        """The ratio at first."""
        return self._model(super().default)

    def ends(self) -> tuple[float, float]:
        """The two ends, as ratios."""
        return self._model(self.low), self._model(self.high)

    def _shown(self, value: float) -> float:
        return float(f"{100 * value:.14g}")

    def _model(self, number: float) -> float:
        return float(Decimal(repr(float(number))) / 100)  # 0.3 % is 0.003, to the last digit


@dataclass(frozen=True)
class Choice:
    """One of several named values, ``{"0.3 %": 0.003, …}``, or a list of names, which are then the values.

    Raises:
        ValueError: no option, or a start that is none of the values.
    """

    label: str
    options: Mapping[str, Any] | Sequence[Any]
    start: Any = None

    def __post_init__(self) -> None:
        if isinstance(self.options, str) or not len(self.options):
            raise ValueError(f"options of {self.label!r} is empty: allowed are one or more named values")
        if not isinstance(self.options, Mapping):
            object.__setattr__(self, "options", {str(name): name for name in self.options})
        if self.start is not None:
            self.check("start", self.start)

    @property
    def _named(self) -> Mapping[str, Any]:
        assert isinstance(self.options, Mapping)
        return self.options

    @property
    def default(self) -> Any:
        """The value at first: ``start``, or the first option."""
        return next(iter(self._named.values())) if self.start is None else self.start

    def check(self, name: str, value: Any) -> Any:
        """``value`` if it is one of the options."""
        if value in self._named.values():
            return value
        raise ValueError(f"{name} = {value!r} is not allowed: choose one of {list(self._named.values())}")

    def ends(self) -> tuple[Any, ...]:
        """Every value: a corner can lie at each."""
        return tuple(self._named.values())

    def random(self, rng: np.random.Generator) -> Any:
        """A random option."""
        return self.ends()[int(rng.integers(len(self.options)))]

    def written(self, value: Any) -> str:
        """The name of an option."""
        return next((name for name, each in self._named.items() if each == value), str(value))

    def widget(self, also: Iterable[Any] = ()) -> widgets.ValueWidget:
        """A drop-down list."""
        return widgets.Dropdown(options=list(self._named.items()), value=self.default, description=self.label)


@dataclass(frozen=True)
class Switch:
    """On or off."""

    label: str
    start: bool = False

    @property
    def default(self) -> bool:
        """The value at first."""
        return self.start

    def check(self, name: str, value: Any) -> bool:
        """``value`` if it is a truth value."""
        if isinstance(value, (bool, np.bool_)):
            return bool(value)
        raise ValueError(f"{name} = {value!r} is not allowed: choose True or False")

    def ends(self) -> tuple[bool, bool]:
        """Both states."""
        return False, True

    def random(self, rng: np.random.Generator) -> bool:
        """A random state."""
        return bool(rng.integers(2))

    def written(self, value: bool) -> str:
        """The state in a word."""
        return "on" if value else "off"

    def widget(self, also: Iterable[Any] = ()) -> widgets.ValueWidget:
        """A tick box."""
        return widgets.Checkbox(self.start, description=self.label, indent=False)


Control = Slider | Choice | Switch


def _fitting_step(low: float, high: float, start: float) -> float:
    """A round step that gives about 100 values or more, and hits the start where one can."""
    power = math.floor(math.log10((high - low) / 100))
    steps = [factor * 10.0**exponent for exponent in (power, power - 1, power - 2) for factor in (5, 2, 1)]
    wide_enough = [step for step in steps if step <= (high - low) / 100 * (1 + 1e-9)]
    good = [step for step in wide_enough if (high - low) / step <= 400 * (1 + 1e-9)]
    return next((step for step in good if _divides(step, start - low)), good[0])


def _divides(step: float, distance: float) -> bool:
    return abs(distance / step - round(distance / step)) < 1e-6
