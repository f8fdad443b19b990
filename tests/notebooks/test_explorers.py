"""Every explorer of every notebook: its numbers, its controls, its picture, its words and its goals."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from itertools import combinations, islice, product
from math import prod
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell

from defi_lib.explore import goals
from defi_lib.explore.controls import Slider
from defi_lib.explore.explorer import IN_SIGHT, Explorer, explorers
from tools.contact_sheet import Shot, changed, moved, shot
from tools.notebooks import find

RANDOM_POINTS = 30
#: Where an explorer has more corners, as a map with ten sliders has, so many of them are drawn, with each pair of ends
#: among them. tests/evidence/test_effects.py tries all corners of an effect at once; `make test-all` goes to all here.
CORNERS = 48
#: A computer that is busy with other tests may be slower than a reader's.
PATIENCE = 5
#: So much of the plot changes between the ends of a control, or so far (pixels) a point moves.
SEEN, STEP = 0.02, 12
#: So many points of an explorer are tried to reach its goals.
TRIES = 2_000
#: A live text has so many numbers at most.
MOST_NUMBERS = 3

NOTEBOOKS = [path for path in find(("course",)) if "explore(" in path.read_text(encoding="utf-8")]

#: Controls between whose ends too little can be seen, from the start setting: lesson, number of the explorer, names.
#: This list may only shrink.
HARDLY_SEEN: dict[tuple[str, int], set[str]] = {
    ("7.03_the_price_of_compute", 2): {"worth"},
    ("7.05_serving_inference", 0): {"repair"},  # until machines fail
    ("7.05_serving_inference", 1): {"name"},  # for one user the cards hardly differ: the lesson asks about it
    ("7.07_learning_together", 0): {"lie"},  # until somebody lies
    ("7.07_learning_together", 1): {"cut"},  # until there are copies
    # Which remedies hardly move anything is what the lesson asks.
    ("8.14_the_whole_system", 0): {"fair_votes", "layer_2", "identity", "licence", "cover"},
}
#: Scenarios that put a point outside of the axes. This list may only shrink.
OUTSIDE: set[tuple[str, int, str]] = set()
#: Explorers whose live text has more numbers. This list may only shrink.
TALKATIVE: set[tuple[str, int]] = {
    ("7.03_the_price_of_compute", 1),
}

#: What no reader should meet: "nan", "1e+04", "-0" and "1 links".
BAD = re.compile(r"nan\b|\de[+-]?\d|[-−]\$?0(?:[.,]0*)?(?![.,]?\d)|(?<![\d.,])(?<![Ll]ayer )1 (?!times)[a-z]+(?<!s)s\b")

_WORDS = (
    "two three four five six seven eight nine ten eleven twelve twenty thirty fifty hundred thousand half tenth third"
)
_NUMBER = re.compile(
    rf"(?<![\w.,⁰¹²³⁴⁵⁶⁷⁸⁹])(?<!layer )(?:\d[\d.,⁰¹²³⁴⁵⁶⁷⁸⁹]*|(?:{'|'.join(_WORDS.split())})\b)", re.IGNORECASE
)


def name(path: Path) -> str:
    """The lesson's number and name."""
    return f"{path.parent.name.split('_')[0]}.{path.stem}"


def explorers_of(path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Explorer]:
    """Run the notebook's cells in this process, and give the explorers that they made, in order."""
    monkeypatch.chdir(path.parent)
    made: list[Explorer] = []
    monkeypatch.setattr(explorers, "add", made.append)
    monkeypatch.setattr(goals, "reached", set())
    shell = InteractiveShell()
    try:
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code":
                shell.run_cell(cell.source, silent=True).raise_error()
    finally:
        shell.history_manager.end_session()
    return made


@cache
def _made_once(path: Path) -> list[Explorer]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        return explorers_of(path, monkeypatch)


@pytest.fixture
def made(path):
    """The explorers of one notebook, at their start."""
    explorers = _made_once(path)
    assert explorers, "the notebook calls explore, but no explorer was made"
    for explorer in explorers:
        explorer.set(**explorer.defaults)
    return explorers


#: All tests of one notebook go to one worker, which runs it once.
every_notebook = pytest.mark.parametrize(
    "path", [pytest.param(path, marks=pytest.mark.xdist_group(name(path)), id=name(path)) for path in NOTEBOOKS]
)


def scenarios(explorer: Explorer) -> dict[str, dict[str, Any]]:
    """All settings of each scenario, and the start."""
    return {"": explorer.defaults} | {n: {**explorer.defaults, **v} for n, v in explorer.scenarios.items()}


def corners(explorer: Explorer) -> list[dict[str, Any]]:
    """All corners where there are few; else a draw of them, the same each time."""
    ends = {parameter: control.ends() for parameter, control in explorer.controls.items()}
    if prod(len(each) for each in ends.values()) <= CORNERS:
        return list(explorer.corners())
    rng = np.random.default_rng(20_261_130)
    drawn = [{parameter: each[rng.integers(len(each))] for parameter, each in ends.items()} for _ in range(CORNERS)]
    for one, other in combinations(ends, 2):
        found = {(values[one], values[other]) for values in drawn}
        drawn += [{**drawn[0], one: a, other: b} for a, b in product(ends[one], ends[other]) if (a, b) not in found]
    return drawn


def _works(explorer: Explorer, points: Iterable[dict[str, Any]]) -> None:
    seconds = []
    for values in points:
        explorer.set(**values)
        assert explorer.error == "", explorer.error
        assert explorer.values == values, "a control moved the value"
        assert explorer.sentence and "inf" not in explorer.sentence.split()
        assert not BAD.search(explorer.sentence), explorer.sentence
        seconds.append(explorer.seconds)
    assert np.median(seconds) <= PATIENCE * explorer.budget, f"{explorer.compute.__name__} is too slow"


@pytest.mark.notebooks
@every_notebook
def test_every_setting_gives_finite_numbers_in_time(made):
    rng = np.random.default_rng(20_261_121)
    for explorer in made:
        drawn = [explorer.random(rng) for _ in range(RANDOM_POINTS)]
        _works(explorer, [*scenarios(explorer).values(), *corners(explorer), *drawn])


@pytest.mark.thorough
@pytest.mark.notebooks
@every_notebook
def test_all_corners_give_finite_numbers(made):
    for explorer in made:
        _works(explorer, explorer.corners())


@every_notebook
def test_the_drawn_corners_hold_every_pair_of_ends(made):
    for explorer in made:
        tried = corners(explorer)
        for one, other in combinations(explorer.controls, 2):
            pairs = set(product(explorer.controls[one].ends(), explorer.controls[other].ends()))
            assert {(values[one], values[other]) for values in tried} == pairs


@pytest.mark.notebooks
@every_notebook
def test_every_slider_stops_at_round_numbers_and_at_what_scenarios_set(made):
    for explorer in made:
        assert len(explorer.controls) - len(explorer.more) <= IN_SIGHT
        for parameter, control in explorer.controls.items():
            if not isinstance(control, Slider):
                continue
            stops = [control._shown(value) for _, value in explorer._widgets[parameter].options]
            smallest = control.low if control.log else (control.step or (control.high - control.low) / 100)
            for power in range(-5, 8):
                for factor in (1, 2, 5):
                    value = float(f"{factor}e{power}")
                    wanted = max(smallest, control.low) <= value <= control.high
                    assert not wanted or (control.integer and value < 1) or value in stops, (parameter, value)
            labels = [label for label, _ in explorer._widgets[parameter].options]
            assert not any(re.search(r"\de|nan|million|[-−]0$", label) for label in labels), parameter


def _must_move(explorer: Explorer) -> dict[str, Any]:
    """The controls of an explorer; of the map of a verdict its axes: that others do not matter is what it finds."""
    is_map = any(entry.label == "Here it turns" for entry in explorer.plot.legend)
    return dict(islice(explorer.controls.items(), 2 if is_map else None))


@pytest.mark.notebooks
@every_notebook
def test_between_the_ends_of_every_control_something_is_seen(made, path):
    for number, explorer in enumerate(made):
        start = explorer.result
        unseen = set()
        for parameter, control in _must_move(explorer).items():
            shots: list[Shot] = []
            for end in control.ends():
                explorer.set(**{**explorer.defaults, parameter: end})
                shots.append(shot(explorer, start))
            first, *others = shots
            if not any(moved(first, other) >= STEP or changed(first, other) >= SEEN for other in others):
                unseen.add(parameter)
        assert unseen == HARDLY_SEEN.get((name(path), number), set())


@pytest.mark.notebooks
@every_notebook
def test_the_points_of_every_scenario_lie_inside_the_axes(made, path):
    outside = set()
    for number, explorer in enumerate(made):
        start = explorer.result
        for scenario, values in scenarios(explorer).items():
            explorer.set(**values)
            if shot(explorer, start).outside:
                outside.add((name(path), number, scenario))
    assert outside == {each for each in OUTSIDE if each[0] == name(path)}


@pytest.mark.notebooks
@every_notebook
def test_the_live_text_has_few_numbers(made, path):
    talkative = set()
    for number, explorer in enumerate(made):
        for values in scenarios(explorer).values():
            explorer.set(**values)
            if len(_NUMBER.findall(explorer.sentence)) > MOST_NUMBERS:
                talkative.add((name(path), number))
    assert talkative == {each for each in TALKATIVE if each[0] == name(path)}


@pytest.mark.notebooks
@every_notebook
def test_no_two_marks_of_a_plot_look_the_same(made):
    for explorer in made:
        looks = [(entry.kind, entry.color, entry.dash) for entry in explorer.plot.legend]
        assert len(set(looks)) == len(looks)


@pytest.mark.notebooks
@every_notebook
def test_every_goal_can_be_reached_and_is_not_at_the_start(made):
    assert made[0].goals, "the first explorer of a lesson has a goal"
    rng = np.random.default_rng(7)
    for explorer in made:
        for goal in explorer.goals.goals if explorer.goals else ():
            assert not goal.when(explorer.known), f"reached at the start: {goal.text}"
            places = [*scenarios(explorer).values(), *corners(explorer)]
            places += [explorer.random(rng) for _ in range(TRIES if explorer.seconds < 0.05 else RANDOM_POINTS)]
            assert any(_reaches(explorer, goal, values) for values in places), f"not reached: {goal.text}"


def _reaches(explorer: Explorer, goal: goals.Goal, values: dict[str, Any]) -> bool:
    return bool(goal.when(explorer._computed(values)[1]))


def test_lessons_explore():
    assert len(NOTEBOOKS) >= 5, "lessons without an explorer, or none found"
