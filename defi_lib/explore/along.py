"""A curve over one of the controls, and the reader's point on it, from one call of one pure function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from defi_lib.explore.controls import Control, Slider
from defi_lib.explore.plots import HERE, Columns
from defi_lib.validation import between


@dataclass(frozen=True)
class Curve:
    """The axis ``name``, from one end of its slider to the other."""

    name: str
    axis: NDArray[Any]
    one_by_one: bool

    @classmethod
    def over(cls, name: str, controls: Mapping[str, Control], points: int, one_by_one: bool) -> Curve:
        """The curve over one of ``controls``.

        Raises:
            ValueError: the name of no slider, or fewer than two points.
        """
        between("points", points, 2, 10_000)
        control = controls.get(name)
        if not isinstance(control, Slider):
            sliders = [each for each, control in controls.items() if isinstance(control, Slider)]
            raise ValueError(f"along = {name!r} is no slider: choose one of {', '.join(map(repr, sliders))}")
        return cls(name, control.axis(points), one_by_one)

    def columns(self, compute: Callable[..., Columns], values: Mapping[str, Any]) -> dict[str, Any]:
        """The columns for the axis, and for the reader's point the same ones with ``" now"`` behind their names."""
        here = values[self.name]
        places = np.append(self.axis, here)
        if self.one_by_one:
            found = _stacked([compute(**{**values, self.name: place.item()}) for place in places])
        else:
            found = dict(compute(**{**values, self.name: places}))
        result: dict[str, Any] = {self.name: self.axis, self.name + HERE: here}
        for name, column in found.items():
            if name == self.name:
                continue
            curve = np.shape(column)[:1] == places.shape
            result[name] = np.asarray(column)[:-1] if curve else column
            result[name + HERE] = np.asarray(column)[-1] if curve else column
        return result

    def here(self, result: Columns) -> dict[str, Any]:
        """The columns at the reader's point alone, under their own names."""
        return {name.removesuffix(HERE): value for name, value in result.items() if name.endswith(HERE)}


def _stacked(each: list[Columns]) -> dict[str, Any]:
    return {name: np.array([one[name] for one in each]) for name in each[0]}
