"""What a reader can set: each control describes one parameter and makes its widget."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets
import numpy as np

from defi_lib.validation import between, positive


@dataclass(frozen=True)
class Slider:
    """A number on a linear or logarithmic scale.

    Args:
        label: what the number is, in words.
        unit: its unit, shown behind the label.
        low, high: the ends of the slider, ``low < high``; on a logarithmic scale ``low > 0``.
        start: the value at first; by default the middle of the slider.
        step: the distance of two values; on a logarithmic scale in decades. By default 100 to 200 steps.
        log: a logarithmic scale.
        integer: whole numbers only (linear scale).
        format: how the value is shown, in d3's notation such as ``",.0f"``.

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
            self.check("start", self.start)

    @property
    def default(self) -> float:
        """The value at first."""
        if self.start is not None:
            return self.start
        middle = math.sqrt(self.low * self.high) if self.log else (self.low + self.high) / 2
        return round(middle) if self.integer else middle

    def check(self, name: str, value: Any) -> Any:
        """``value`` if the slider can show it."""
        between(name, value, self.low, self.high)
        if self.integer and value != int(value):
            raise ValueError(f"{name} = {value!r} is outside the allowed range: whole numbers only")
        return value

    def ends(self) -> tuple[Any, Any]:
        """The two ends."""
        return self.low, self.high

    def random(self, rng: np.random.Generator) -> Any:
        """A random value of the slider."""
        if self.integer:
            return int(rng.integers(int(self.low), int(self.high) + 1))
        if self.log:
            return float(np.exp(rng.uniform(math.log(self.low), math.log(self.high))))
        return float(rng.uniform(self.low, self.high))

    def widget(self) -> widgets.ValueWidget:
        """A slider that sends each value while it moves."""
        common = {"description": f"{self.label} ({self.unit})" if self.unit else self.label}
        if self.log:
            low, high = math.log10(self.low), math.log10(self.high)
            # A whole number of steps to the start: the browser would move it otherwise.
            to_start = math.log10(self.default) - low
            step = self.step or to_start / max(round(to_start / (high - low) * 200), 1) or (high - low) / 200
            # d3's "s" would write a tenth as 100m.
            shown = self.format or (".3s" if self.low >= 1 else ".3g" if self.high <= 1000 else ",.2f")
            return widgets.FloatLogSlider(self.default, min=low, max=high, step=step, readout_format=shown, **common)
        if self.integer:
            step = int(self.step or 1)
            return widgets.IntSlider(
                int(self.default), int(self.low), int(self.high), step, readout_format=self.format or ",d", **common
            )
        step = self.step or _fitting_step(self.low, self.high, self.default)
        decimals = max(0, -math.floor(math.log10(step) + 1e-9))
        shown = self.format or f",.{decimals}f"
        return widgets.FloatSlider(self.default, min=self.low, max=self.high, step=step, readout_format=shown, **common)


@dataclass(frozen=True)
class Choice:
    """One of several named values, ``{"0.3 %": 0.003, …}``.

    Raises:
        ValueError: no option, or a start that is none of the values.
    """

    label: str
    options: Mapping[str, Any]
    start: Any = None

    def __post_init__(self) -> None:
        if not self.options:
            raise ValueError(f"options of {self.label!r} is empty: allowed are one or more named values")
        if self.start is not None:
            self.check("start", self.start)

    @property
    def default(self) -> Any:
        """The value at first: ``start``, or the first option."""
        return next(iter(self.options.values())) if self.start is None else self.start

    def check(self, name: str, value: Any) -> Any:
        """``value`` if it is one of the options."""
        if value in self.options.values():
            return value
        raise ValueError(f"{name} = {value!r} is not allowed: choose one of {list(self.options.values())}")

    def ends(self) -> tuple[Any, ...]:
        """Every value: a corner can lie at each."""
        return tuple(self.options.values())

    def random(self, rng: np.random.Generator) -> Any:
        """A random option."""
        return self.ends()[int(rng.integers(len(self.options)))]

    def widget(self) -> widgets.ValueWidget:
        """A drop-down list."""
        return widgets.Dropdown(options=list(self.options.items()), value=self.default, description=self.label)


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

    def widget(self) -> widgets.ValueWidget:
        """A tick box."""
        return widgets.Checkbox(self.start, description=self.label, indent=False)


Control = Slider | Choice | Switch


def _fitting_step(low: float, high: float, start: float) -> float:
    """A round step that gives about 100 values or more, and hits the start: the browser would move it otherwise."""
    power = math.floor(math.log10((high - low) / 100))
    steps = [factor * 10.0**exponent for exponent in (power, power - 1, power - 2) for factor in (5, 2, 1)]
    wide_enough = [step for step in steps if step <= (high - low) / 100 * (1 + 1e-9)]
    return next((step for step in wide_enough if _divides(step, start - low)), wide_enough[-1])


def _divides(step: float, distance: float) -> bool:
    return abs(distance / step - round(distance / step)) < 1e-6
