"""An explorer: sliders, a pure function, a plot of what it returns, and a sentence that says what the plot shows."""

from __future__ import annotations

import asyncio
import itertools
import time
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import ipywidgets as widgets
import numpy as np

from defi_lib.explore.along import Curve
from defi_lib.explore.controls import Control, Slider
from defi_lib.explore.goals import Goal, GoalList
from defi_lib.explore.host import is_moved_in_page
from defi_lib.explore.manners import Manners
from defi_lib.explore.plots import Columns, Plot, columns_of
from defi_lib.explore.remembering import remember_begun
from defi_lib.explore.reruns import close_parts, remember
from defi_lib.explore.typing import Typing
from defi_lib.explore.view import PlotView, with_picture
from defi_lib.numerals import Sentence, tidy
from defi_lib.words import MORE

#: Above this time (seconds) a model is computed when a slider is released, not while it moves.
SLOW = 0.1
#: While a slider moves, the newest value is computed this long (seconds) after it arrived; older ones are dropped.
_PAUSE = 0.004
#: So many controls are in sight; the others are under *More*.
IN_SIGHT = 4
#: And so many where a page is shown step by step.
IN_A_LECTURE = 2

#: Every explorer alive, so that tests can drive all explorers of a notebook.
explorers: weakref.WeakSet[Explorer] = weakref.WeakSet()


class Explorer(widgets.VBox):
    """Sliders that move a plot. Made by :func:`explore`; can be driven without a browser by :meth:`set`.

    Attributes:
        result: the named columns of the last good computation.
        known: what the sentence and the goals know: columns and parameters, at the reader's point.
        error: what went wrong in the last computation, or "".
        seconds: how long the last computation took.
        budget: how long it may take at most, which the tests check.
    """

    def __init__(
        self,
        compute: Callable[..., Columns],
        plot: Plot,
        say: str | Callable[..., str],
        controls: Mapping[str, Control],
        scenarios: Mapping[str, Mapping[str, Any]],
        budget: float,
        along: Curve | None = None,
        more: Sequence[str] = (),
        goals: Sequence[Goal] = (),
    ) -> None:
        self.compute, self.plot, self.say, self.along = compute, plot, say, along
        self.controls, self.budget = dict(controls), budget
        self.scenarios = {name: self._checked(values) for name, values in scenarios.items()}
        self.error, self.seconds = "", 0.0
        self._pending = self._held = False
        self._last = 0.0
        self._widgets = {name: control.widget(self._told(name)) for name, control in controls.items()}
        self.more = self._under_more(more)
        self.result, self.known, sentence = self._computed(self.values)
        self.view = PlotView(plot, self.result, sentence)
        self.goals = GoalList(goals) if goals else None
        for widget in self._widgets.values():
            widget.observe(self._moved, "value")
        parts = [Manners(), self._control_box(), self._scenario_box(), Typing(self._typed), self.view]
        super().__init__([*parts, self.goals] if self.goals else parts)
        self.add_class("defi-explorer")
        self._compute_on_release()
        explorers.add(self)
        remember(self)

    def close(self) -> None:
        """Leave the page with all parts, and free the plot; a cell that is run again does so with its old explorer."""
        close_parts(self)
        super().close()

    @property
    def values(self) -> dict[str, Any]:
        """The parameters as they are set now."""
        return {name: widget.value for name, widget in self._widgets.items()}

    @property
    def defaults(self) -> dict[str, Any]:
        """The parameters as they are set at first."""
        return {name: control.default for name, control in self.controls.items()}

    @property
    def sentence(self) -> str:
        """What the plot shows now, in words."""
        return self.view.sentence

    def set(self, **values: Any) -> Columns:
        """Set some parameters, compute once, and return the named columns.

        Raises:
            ValueError: an unknown parameter, or a value that its control cannot show; nothing is changed then.
        """
        checked = self._checked(values)
        self._held = True
        try:
            for name, value in checked.items():
                self._put(name, value)
        finally:
            self._held = False
        self.refresh()
        return self.result

    def refresh(self) -> None:
        """Compute and show; an error is shown in place, and the last good plot stays."""
        self._pending, self._last = False, time.perf_counter()
        values = self.values
        if self.seconds > SLOW:
            self.view.busy()
        try:
            result, known, sentence = self._computed(values)
        except Exception as error:  # whatever a model raises belongs into the explorer, not into a traceback
            self.error = f"{type(error).__name__}: {error}\nwith {self._in_words(values)}"
            self.view.fail(self.error)
            return
        self.result, self.known, self.error = result, known, ""
        self.view.update(result, sentence)
        if self.goals:
            self.goals.look(known)
        self._compute_on_release()

    def corners(self) -> Iterator[dict[str, Any]]:
        """Every combination of the ends of the controls, the first control moving fastest: maps keep what it leaves."""
        ends = [control.ends() for control in reversed(self.controls.values())]
        return (dict(zip(self.controls, reversed(corner), strict=True)) for corner in itertools.product(*ends))

    def random(self, rng: np.random.Generator) -> dict[str, Any]:
        """A random point between the ends of the controls."""
        return {name: control.random(rng) for name, control in self.controls.items()}

    def _checked(self, values: Mapping[str, Any]) -> dict[str, Any]:
        for name in values:
            if name not in self.controls:
                raise ValueError(f"{name!r} is no parameter: choose one of {', '.join(map(repr, self.controls))}")
        return {name: self.controls[name].check(name, value) for name, value in values.items()}

    def _computed(self, values: dict[str, Any]) -> tuple[Columns, dict[str, Any], str]:
        """The columns to draw, what the reader's point knows, and the sentence."""
        start = time.perf_counter()
        result = self.along.columns(self.compute, values) if self.along else self.compute(**values)
        self.seconds = time.perf_counter() - start
        columns_of(self.plot, result)
        known = {**(self.along.here(result) if self.along else result), **values}
        said = self.say(**known) if callable(self.say) else Sentence().vformat(self.say, (), known)
        return result, known, tidy(said)

    def _told(self, name: str) -> list[Any]:
        """What the scenarios set a parameter to."""
        return [values[name] for values in self.scenarios.values() if name in values]

    def _under_more(self, wanted: Sequence[str]) -> tuple[str, ...]:
        """The controls that are not in sight: those wanted, or those that neither plot nor scenarios name."""
        for name in wanted:
            if name not in self.controls:
                raise ValueError(f"more = {name!r} is no parameter: choose from {', '.join(map(repr, self.controls))}")
        if wanted:
            return tuple(wanted)
        drawn = {*self.plot.columns, self.along.name if self.along else ""}  # where the reader stands, in the plot
        names = sorted(self.controls, key=lambda name: (name not in drawn, not self._told(name)))
        return tuple(name for name in self.controls if name in names[IN_SIGHT:])

    def _typed(self, at: int, text: str) -> None:
        """Set the slider at this place of the page to what was typed beside it; what cannot be is said."""
        names = sorted(self.controls, key=lambda name: name in self.more)
        name = [name for name in names if isinstance(self.controls[name], Slider)][at]
        control = self.controls[name]
        assert isinstance(control, Slider)
        try:
            value = control.read(text)
        except ValueError as error:
            self.error = str(error)
            self.view.fail(self.error)
            return
        self.set(**{name: value})

    def _put(self, name: str, value: Any) -> None:
        """Set a widget; a slider gets a stop where it has none, so that it holds exactly this value."""
        control, widget = self.controls[name], self._widgets[name]
        if type(widget.value) is type(value) and widget.value == value:
            return
        if isinstance(control, Slider):
            values = [each for _, each in widget.options]
            if value not in values:
                with widget.hold_sync():
                    widget.options = control.options(sorted([*values, value]))
                    widget.value = value
                return
        widget.value = value

    def _moved(self, _: Any) -> None:
        """A control moved: compute the newest value, so that no queue builds up.

        What the page sends is answered at once, before the kernel says that it is idle again, which keeps a page busy.
        Fast movements, and what code sets, are computed on a later turn of the loop: once, however many there are.
        """
        if self._held or self._pending:
            return
        remember_begun()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # no loop, as in a test or a script: compute at once
            self.refresh()
            return
        hurried = time.perf_counter() - self._last < 10 * _PAUSE
        if not hurried and is_moved_in_page():
            self.refresh()
            return
        self._pending = True
        loop.call_later(_PAUSE, self.refresh) if hurried else loop.call_soon(self.refresh)

    def _compute_on_release(self) -> None:
        for widget in self._widgets.values():
            if hasattr(widget, "continuous_update"):
                widget.continuous_update = self.seconds <= SLOW

    def _in_words(self, values: dict[str, Any]) -> str:
        return ", ".join(f"{self.controls[name].label} = {value}" for name, value in values.items())

    def _most_used(self) -> list[str]:
        """The two controls that stay in sight in a lecture: the axis first, then what most scenarios set."""
        axis = self.along.name if self.along else ""
        shown = [name for name in self.controls if name not in self.more]
        return sorted(shown, key=lambda name: (name != axis, -len(self._told(name))))[:IN_A_LECTURE]

    def _control_box(self) -> widgets.Widget:
        for name in self._most_used():
            self._widgets[name].add_class("defi-main")
        shown = self._grid([name for name in self.controls if name not in self.more])
        if not self.more:
            return shown
        hidden = widgets.VBox([self._grid(self.more)])  # a box of its own: our style shows every grid
        hidden.layout.display = "none"
        toggle = widgets.ToggleButton(
            False, description=f"{MORE} ({len(self.more)})", tooltip="Show the other controls"
        )
        toggle.observe(lambda change: setattr(hidden.layout, "display", None if change["new"] else "none"), "value")
        self._toggle = toggle
        return widgets.VBox([shown, toggle, hidden]).add_class("defi-more")

    def _grid(self, names: Sequence[str]) -> widgets.Widget:
        return widgets.Box([self._widgets[name] for name in names]).add_class("defi-controls")

    def _scenario_box(self) -> widgets.Widget:
        """A button per scenario, and one that goes back to the start."""
        buttons = []
        for name, values in {**self.scenarios, "Reset": self.defaults}.items():
            button = widgets.Button(description=name, tooltip=self._in_words(dict(values)))
            button.on_click(lambda _, chosen=values: self._tell(chosen))
            buttons.append(button)
        box = widgets.Box(buttons)
        box.add_class("defi-scenarios")
        return box

    def _tell(self, chosen: Mapping[str, Any]) -> None:
        """Set a scenario; if it moves a control that is out of sight, show that."""
        if any(name in self.more and value != self.controls[name].default for name, value in chosen.items()):
            self._toggle.value = True
        self.set(**{**self.defaults, **chosen})

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        return with_picture(super()._repr_mimebundle_(**kwargs), self.view)


def explore(
    compute: Callable[..., Columns],
    *,
    plot: Plot,
    say: str | Callable[..., str],
    scenarios: Mapping[str, Mapping[str, Any]] | None = None,
    along: str = "",
    points: int = 201,
    one_by_one: bool = False,
    goals: Sequence[Goal] = (),
    more: Sequence[str] = (),
    budget: float = SLOW,
    **controls: Control,
) -> Explorer:
    """Let a reader explore a model with sliders.

    Args:
        compute: a pure function from the parameters to named columns (a mapping from names to numbers or arrays).
        plot: the marks that show these columns.
        say: one sentence about what the plot shows: a format string over the parameters and the columns, such as
            ``"A trade of {trade:.1f} % costs **{cost:.2%}**."``, or a function of both that returns it.
            ``{links:# link}`` is "1 link" or "3 links".
        scenarios: named settings, each a mapping from parameters to values; what is not named starts at its default.
        along: the slider that is the horizontal axis. ``compute`` gets an array for it: the whole axis and, in the same
            call, the reader's own value. Each column it returns with an entry per value is a curve, over a column of
            the slider's name; ``Now(x, y)`` marks the reader's point, and ``say`` and ``when`` get its plain numbers.
        points: how many values the axis has.
        one_by_one: ``compute`` takes numbers only: call it once per value of the axis.
        goals: what a reader may try to reach; each is ticked once it is.
        more: the controls to keep under *More*; by default all beyond four, the ones first that neither the plot nor a
            scenario names.
        budget: how long ``compute`` may take (seconds); above 0.1 it runs when a slider is released.
        controls: one control per parameter of ``compute``.

    Raises:
        ValueError: a scenario that a control cannot show, a column that is missing, or a number that is not finite.

    Example:
        >>> from defi_lib.explore import Axis, Line, Now, Percent, Plot, explore
        >>> explorer = explore(
        ...     lambda part: {"left": 1 - part},
        ...     along="part",
        ...     part=Percent("Taken", start=30),
        ...     plot=Plot(Line("part", "left"), Now("part", "left"), x=Axis("Taken"), y=Axis("Left")),
        ...     say="{left:.2f} is left.",
        ... )
        >>> explorer.sentence
        '0.70 is left.'
    """
    curve = Curve.over(along, controls, points, one_by_one) if along else None
    return Explorer(compute, plot, say, controls, scenarios or {}, budget, curve, more, goals)
