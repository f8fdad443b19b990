import asyncio
import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from bokeh.models import NoOverlap

from defi_lib.explore import (
    Area,
    Axis,
    Bars,
    Choice,
    Dots,
    Goal,
    Line,
    Lines,
    Now,
    Percent,
    Plot,
    Rule,
    Slider,
    Switch,
    explore,
    host,
)
from defi_lib.explore.picture import drawn
from defi_lib.explore.plots import columns_of


def squares(size, power=2.0, mirrored=False):
    if size > 9:
        raise ArithmeticError("too large")
    x = np.linspace(0, size, 50)
    return {"x": x, "y": -(x**power) if mirrored else x**power, "top": size**power}


def make(**changes):
    given = dict(
        plot=Plot(Line("x", "y"), Dots("size", "top"), x=Axis("Size", "m"), y=Axis("Area", "m²")),
        say="A square of {size:.1f} m has **{top:.1f} m²**.",
        scenarios={"Large": {"size": 8.0}},
        size=Slider("Side", "m", 0, 10, start=3),
    )
    words = {"words": ["first", "second"], "a b": "last"}
    return explore(lambda size, **more: squares(size, **more) | {"size": size} | words, **(given | changes))


def sent_by(explorer):
    messages = []
    explorer.view.send = lambda content, buffers=None: messages.append((content, buffers))
    return messages


def test_first_result_and_sentence():
    explorer = make()
    assert explorer.sentence == "A square of 3.0 m has **9.0 m²**."
    assert explorer.view.shown["y"][-1] == 9.0
    assert explorer.error == ""


def test_setting_moves_widget_plot_and_sentence_with_one_message():
    explorer = make(power=Slider("Power", "", 1, 3, start=2))
    messages = sent_by(explorer)
    result = explorer.set(size=4.0, power=3.0)
    assert explorer.values == {"size": 4.0, "power": 3.0}
    assert result["top"] == 64.0 and explorer.view.shown["y"][-1] == 64.0
    assert len(messages) == 1
    content, buffers = messages[0]
    assert content["say"] == "A square of 4.0 m has **64.0 m²**."
    assert len(content["ids"]) == len(buffers) > 0 and json.loads(content["patch"])["events"]


def test_a_movement_sends_one_message_of_what_changed_and_makes_no_model():
    """These would make the plot lag: a new model, for which Bokeh searches all others; messages; columns sent again."""
    explorer = explore(
        lambda part, depth: {"left": depth * (1 - part), "limit": np.full_like(part, 9.0)},
        along="part",
        part=Percent("Taken", start=30),
        depth=Slider("Depth", "", 1, 100, start=10),
        plot=Plot(Line("part", "left"), Line("part", "limit"), Now("part", "left"), x=Axis("Taken"), y=Axis("Left")),
        say="{left:.2f} is left.",
    )
    explorer.view._document.models.recompute = lambda: pytest.fail("the models of the figure were searched")
    messages = sent_by(explorer)
    explorer.set(depth=50)
    explorer.set(depth=80)  # the axis of values grows again
    explorer.set(part=0.5)  # only the reader's point moves
    sent = [(json.loads(content["patch"])["events"], buffers) for content, buffers in messages]
    attrs = [[event.get("attr") for event in events] for events, _ in sent]
    columns = [sorted(name for event in events for name in event.get("cols") or ()) for events, _ in sent]
    assert len(messages) == 3 and attrs[2] == ["data"]
    assert columns == [["left", "left now"], ["left", "left now"], ["left now", "part now"]]
    curve = explorer.result["left"].nbytes
    assert [sum(map(len, buffers)) for _, buffers in sent] == [curve + 8, curve + 8, 16]
    assert all('"type":"object"' not in content["patch"] for content, _ in messages)


def test_error_is_shown_in_place_and_the_last_good_plot_stays():
    explorer = make()
    messages = sent_by(explorer)
    explorer.set(size=9.5)
    assert explorer.error == "ArithmeticError: too large\nwith Side = 9.5"
    assert messages[-1][0] == {"error": explorer.error}
    assert explorer.view.shown["y"][-1] == 9.0 and explorer.result["top"] == 9.0
    explorer.set(size=2.0)
    assert explorer.error == "" and explorer.view.shown["y"][-1] == 4.0


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_numbers_that_are_not_finite_are_an_error(bad):
    explorer = explore(
        lambda size: {"x": [0.0, 1.0], "y": [1.0, bad if size > 5 else 2.0]},
        plot=Lines("x", ["y"]),
        say="",
        size=Slider("Size", "", 0, 10, start=1),
    )
    explorer.set(size=6)
    assert "y[1]" in explorer.error and "not a finite number" in explorer.error


def test_missing_column_is_named():
    with pytest.raises(ValueError, match="compute returned no 'z': it returned 'x', 'y'"):
        explore(lambda size: {"x": 1, "y": 2}, plot=Lines("x", ["z"]), say="", size=Slider("Size", "", 0, 1))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"side": 1}, "'side' is no parameter: choose one of 'size'"),
        ({"size": 11}, r"size = 11 is outside the allowed range \[0, 10\]"),
        ({"size": np.nan}, "size = nan is outside"),
    ],
)
def test_impossible_values_are_refused_and_nothing_changes(values, message):
    explorer = make()
    with pytest.raises(ValueError, match=message):
        explorer.set(**values)
    assert explorer.values == {"size": 3.0}
    with pytest.raises(ValueError, match=message):
        make(scenarios={"Impossible": values})


def test_scenario_buttons_set_everything_and_reset():
    explorer = make()
    large, reset = explorer.children[2].children
    large.click()
    assert explorer.values == {"size": 8.0} and "64.0" in explorer.sentence
    reset.click()
    assert explorer.values == {"size": 3.0} and "9.0" in explorer.sentence


def test_corners_and_random_points_lie_on_the_controls():
    explorer = make(
        power=Choice("Power", {"two": 2.0, "three": 3.0}),
        mirrored=Switch("Mirrored"),
        size=Slider("Side", "m", 1, 9, log=True),
    )
    corners = list(explorer.corners())
    assert len(corners) == 8 and {corner["size"] for corner in corners} == {1, 9}
    assert all(list(corner) == list(explorer.controls) for corner in corners)
    assert [corner["size"] for corner in corners] == 4 * [1, 9], "the first control moves fastest"
    rng = np.random.default_rng(1)
    for values in [*corners, *(explorer.random(rng) for _ in range(20))]:
        explorer.set(**values)
        assert explorer.error == ""
        assert explorer.values == pytest.approx(values)


def test_fast_drags_are_coalesced_to_the_newest_value():
    calls = []

    def compute(size):
        calls.append(size)
        return {"x": [0, 1], "y": [0, size]}

    explorer = explore(compute, plot=Lines("x", ["y"]), say="{size}", size=Slider("Size", "", 0, 100, start=1))
    calls.clear()

    async def drag():
        for value in range(2, 60):
            explorer._widgets["size"].value = float(value)
        await asyncio.sleep(0.05)

    with ThreadPoolExecutor() as threads:  # a thread of its own: another test may have left a loop in this one
        threads.submit(asyncio.run, drag()).result()
    assert calls == [59.0] and explorer.sentence == "59.0"


def test_what_is_moved_in_the_page_is_answered_before_the_kernel_is_idle(monkeypatch):
    """Being idle is news that keeps a page busy: the plot would wait behind it."""
    monkeypatch.setattr(host, "request", lambda: {"header": {"msg_type": "comm_msg"}})
    explorer = make()
    messages = sent_by(explorer)
    counts = []

    async def press():
        for value in (4.0, 5.0, 6.0):  # the first at once; the others follow fast, and are answered together
            explorer._widgets["size"].value = value
            counts.append(len(messages))
        await asyncio.sleep(0.05)

    with ThreadPoolExecutor() as threads:
        threads.submit(asyncio.run, press()).result()
    assert counts == [1, 1, 1] and len(messages) == 2 and "6.0 m" in explorer.sentence


def test_slow_models_compute_on_release(monkeypatch):
    explorer = make()
    assert explorer._widgets["size"].continuous_update
    monkeypatch.setattr("defi_lib.explore.explorer.SLOW", -1.0)
    messages = sent_by(explorer)
    explorer.set(size=2.0)
    assert not explorer._widgets["size"].continuous_update
    assert messages[0][0] == {"busy": True} and "say" in messages[1][0]


def test_view_answers_the_browser():
    explorer = make()
    messages = sent_by(explorer)
    explorer.view._answer(None, {"ask": "bokehjs", "id": "a"}, [])
    explorer.view._answer(None, {"ask": "figure", "id": "b", "dark": True}, [])
    assert "Bokeh" in messages[0][0]["answer"] and messages[0][0]["re"] == "a"
    answer = messages[1][0]["answer"]
    assert [entry["label"] for entry in answer["legend"]] == ["y", "top"]
    assert "#e0e0e0" in answer["item"] and answer["say"] == explorer.sentence
    explorer.view._answer(None, {"ask": "figure", "id": "c", "dark": False}, [])
    assert "#e0e0e0" not in messages[2][0]["answer"]["item"]
    explorer.set(size=4)
    assert "16.0" in messages[3][0]["say"] and "patch" in messages[3][0]


def test_every_mark_is_drawn_live_and_still():
    plot = Plot(
        Line("x", "y"), Area("x", "low", "y"), Dots("px", "py"), Rule(x="px"), Rule(y="py"),
        x=Axis("x", log=True), y=Axis("y", format="money"),
    )  # fmt: skip
    explorer = explore(
        lambda size: {"x": [1, 10], "y": [size, 2], "low": [0, 0], "px": size, "py": 1.5},
        plot=plot, say="", size=Slider("Size", "", 1, 2, start=1),
    )  # fmt: skip
    explorer.set(size=2)
    shown = explorer.view.shown
    assert shown["y"].tolist() == [2, 2] and shown["px"].tolist() == [2]
    assert [span.location for _, span in explorer.view._figure._rules] == [2.0, 1.5]
    picture = explorer.view.picture()
    assert picture.startswith(b"\x89PNG") and len(picture) < 15_000
    assert picture == explorer.view.picture()


def test_a_line_in_steps_jumps_and_has_no_slope():
    """Live and still; its ghost too."""
    plot = Plot(Line("x", "y", steps=True), Line("x", "z"), x=Axis("x"), y=Axis("y"))
    explorer = explore(
        lambda size: {"x": [0, 1, 2], "y": [0, size, size], "z": [0, 1, 2]},
        plot=plot, say="", size=Slider("Size", "", 1, 2, start=1),
    )  # fmt: skip
    explorer.set(size=2)
    live = [renderer.glyph for renderer in explorer.view._figure.model.renderers]
    assert [getattr(glyph, "mode", "") for glyph in live] == ["after", "", "after", ""]
    still = drawn(plot, explorer.result).axes[0].lines
    assert [line.get_drawstyle() for line in still] == ["steps-post", "default"]


def test_bars_are_stacked_by_sign():
    explorer = explore(
        lambda size: {"who": ["pool", "trader"], "fees": [1.0, -1.0], "impact": [size, -size]},
        plot=Plot(Bars("who", ("fees", "impact")), x=Axis("Profit", "USD"), y=Axis("")),
        say="",
        size=Slider("Size", "", -2, 2, start=2),
    )
    shown = explorer.view.shown
    assert shown["impact from"].tolist() == [1.0, -1.0] and shown["impact to"].tolist() == [3.0, -3.0]
    explorer.set(size=-2)
    shown = explorer.view.shown
    assert shown["impact from"].tolist() == [0.0, 0.0] and shown["impact to"].tolist() == [-2.0, 2.0]
    assert explorer.view.picture().startswith(b"\x89PNG")


def test_mime_bundle_carries_a_picture_only_when_notebooks_are_made(monkeypatch):
    explorer = make()
    monkeypatch.delenv("DEFI_LIB_STATIC_PICTURES", raising=False)
    data, _ = explorer._repr_mimebundle_()
    assert "text/html" not in data and data["text/plain"] == explorer.sentence.replace("**", "")
    monkeypatch.setenv("DEFI_LIB_STATIC_PICTURES", "1")
    data, _ = explorer._repr_mimebundle_()
    assert "data:image/png;base64,iVBOR" in data["text/html"] and "Run ▸ Run All Cells" in data["text/html"]
    assert f'alt="{explorer.sentence.replace("**", "")}"' in data["text/html"]


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        ([], [], r"x has shape \(0,\): allowed is a list of at least one entry"),
        ([1.0, 2.0], [1.0, 2.0, 3.0], "different lengths: x 2, y 3"),
        ([1.0, 2.0], [[1.0], [2.0]], r"y has shape \(2, 1\)"),
        ([1.0, None], [1.0, 2.0], "x = .* is not a number"),
        (["a", "b"], [1.0, 2.0], "x = .* is not a number"),
        ([1.0, 2.0], [1.0, 2.0j], "y = .* is not a number"),
        ([1.0, 2.0], np.ma.array([1.0, 2.0], mask=[True, False]), r"y\[0\] is masked"),
        ([1.0, 2.0], [1.0, np.inf], r"y\[1\] = inf is not a finite number"),
    ],
)
def test_columns_are_not_empty_equally_long_and_finite_numbers(x, y, message):
    plot = Plot(Line("x", "y"), x=Axis("x"), y=Axis("y"))
    with pytest.raises(ValueError, match=message):
        columns_of(plot, {"x": x, "y": y})


def test_only_dots_may_be_none_at_all():
    plot = Plot(Line("x", "y"), Dots("at", "height"), x=Axis("x"), y=Axis("y"))
    assert columns_of(plot, {"x": [1], "y": [1], "at": [], "height": []})["at"].size == 0
    with pytest.raises(ValueError, match="different lengths: at 0, height 1"):
        columns_of(plot, {"x": [1], "y": [1], "at": [], "height": [2]})


def test_only_bars_stand_on_names():
    plot = Plot(Bars("who", ("gain",)), x=Axis("USD"), y=Axis("Who"))
    assert columns_of(plot, {"who": ["a", "b"], "gain": [1, 2]})["gain"].tolist() == [1.0, 2.0]
    with pytest.raises(ValueError, match=r"gain = .* is not a number"):
        columns_of(plot, {"who": ["a", "b"], "gain": ["1", "2"]})


def loan(fall, size):
    return {"Health": 5.81 * (1 - fall) / size, "size": size, "words": ["a", "b"]}


def along(**changes):
    given = dict(
        along="fall",
        fall=Percent("Fall", 0, 70, start=0),
        size=Slider("Size", "", 1, 5, start=1),
        plot=Plot(Line("fall", "Health"), Now("fall", "Health"), Rule(y=1), x=Axis("Fall"), y=Axis("", range=(0, 3))),
        say="After {fall:.0%} it is {Health:.2f}.",
    )
    return explore(changes.pop("compute", loan), **(given | changes))


def test_curve_and_point_come_from_one_call_and_a_drawing_limit_never_reaches_the_sentence():
    calls = []

    def counting(fall, size):
        calls.append(np.shape(fall))
        return loan(fall, size)

    explorer = along(compute=counting)
    assert explorer.sentence == "After 0\u00a0% it is 5.81." and calls == [(202,)]
    explorer.set(fall=0.5)
    assert explorer.sentence == "After 50\u00a0% it is 2.90." or explorer.sentence == "After 50\u00a0% it is 2.91."
    assert explorer.view.shown["fall now"].tolist() == [0.5]
    assert explorer.view.shown["Health now"][0] == pytest.approx(5.81 / 2)
    assert len(explorer.result["fall"]) == len(explorer.result["Health"]) == 201
    assert explorer.known["Health"] == pytest.approx(5.81 / 2) and explorer.known["words"] == ["a", "b"]
    assert explorer.view.plot.legend[1].label == "Now"


def test_a_model_of_numbers_is_called_one_by_one():
    explorer = along(compute=lambda fall, size: {"Health": 9.0 if fall > 0.5 else size}, one_by_one=True, points=8)
    assert explorer.result["Health"].tolist() == [1, 1, 1, 1, 1, 1, 9, 9]
    assert explorer.set(fall=0.7)["Health now"] == 9


def test_along_is_a_slider():
    with pytest.raises(ValueError, match="along = 'depth' is no slider: choose one of 'fall', 'size'"):
        along(along="depth")


def many(scenarios=None, **more):
    sliders = {name: Slider(name, "", 0, 10, start=1) for name in "abcdef"}
    return explore(
        lambda **all_of: {"x": [0, 1], "y": [0, sum(all_of.values())]},
        plot=Lines("x", ["y"]), say="{a}", scenarios=scenarios, **sliders, **more,
    )  # fmt: skip


def test_at_most_four_controls_are_in_sight():
    assert make().more == ()
    assert many().more == ("e", "f")
    assert many({"One": {"f": 3}}).more == ("d", "e")
    assert many(more=["a"]).more == ("a",)
    with pytest.raises(ValueError, match="more = 'z' is no parameter"):
        many(more=["z"])
    explorer = many({"One": {"f": 3}, "Two": {"e": 2}, "Three": {"a": 2}, "Four": {"b": 2}, "Five": {"c": 3}})
    box = explorer.children[1].children[-1]
    assert explorer.more == ("d", "f") and box.layout.display == "none"
    explorer.children[2].children[1].click()
    assert box.layout.display == "none"
    explorer.children[2].children[0].click()
    assert box.layout.display is None and explorer.values["f"] == 3


def test_a_value_between_two_stops_gets_one():
    explorer = make(size=Slider("Side", "m", 1, 9, start=3, log=True))
    explorer.set(size=1.234567)
    assert explorer.values == {"size": 1.234567} and explorer._widgets["size"].label == "1.2346"
    explorer.set(size=1.234568)
    labels = [label for label, _ in explorer._widgets["size"].options]
    assert len(set(labels)) == len(labels) and explorer.values == {"size": 1.234568}


def test_free_axes_keep_the_start_in_view_and_show_its_ghost():
    explorer = make()
    figure = explorer.view._figure
    before = figure.model.y_range.start, figure.model.y_range.end
    (ghost,) = figure._ghosts
    assert not ghost.visible and before[0] < 0 < 9 < before[1]
    explorer.set(size=2.0)
    assert (figure.model.y_range.start, figure.model.y_range.end) == before and ghost.visible
    assert ghost.data_source.data["y"][-1] == 9.0
    explorer.set(size=8.0)
    assert figure.model.y_range.end > 64 and set(figure.model.yaxis[0].major_label_overrides.values()) >= {"0", "60"}
    fixed = make(plot=Plot(Line("x", "y"), x=Axis("Size"), y=Axis("Area", range=(0, 100))))
    assert fixed.view._figure._ghosts == [] and fixed.view._figure.model.y_range.start < 0


def test_rules_take_numbers_and_no_two_look_the_same():
    plot = Plot(Rule(y=1.0, label="One"), Rule(x=0.5), Rule(y="y"), Line("x", "y"), x=Axis("x"), y=Axis("y"))
    rules = [entry for entry in plot.legend if entry.kind == "rule"]
    assert len({(rule.color, rule.dash) for rule in rules}) == 3 and [rule.label for rule in rules] == [
        "One",
        "0.5",
        "y",
    ]
    explorer = explore(
        lambda size: {"x": [0, 1], "y": [size, 2]}, plot=plot, say="", size=Slider("", "", 0, 2, start=1)
    )
    assert [span.location for _, span in explorer.view._figure._rules] == [1.0, 0.5, 1.0]
    assert explorer.view.picture().startswith(b"\x89PNG")


def test_a_goal_is_ticked_when_it_is_reached_and_stays_so(monkeypatch):
    monkeypatch.setattr("defi_lib.explore.goals.reached", set())
    goal = Goal("Make it <large>.", when=lambda now: now["top"] > 50)
    explorer = make(goals=[goal])
    assert "○" in explorer.children[-1].value and "&lt;large&gt;" in explorer.children[-1].value
    explorer.set(size=8)
    assert "✓" in explorer.children[-1].value and "Goal reached" in explorer.children[-1].value
    explorer.set(size=1)
    assert "✓" in explorer.children[-1].value and "✓" in make(goals=[goal]).children[-1].value


def test_a_number_typed_beside_a_slider_is_set_exactly_and_what_is_none_is_said():
    explorer = many(more=["a"], scenarios={})
    typing = explorer.children[3]
    typing._hear(None, {"typed": "2.345", "at": 0}, [])
    assert explorer.values["b"] == 2.345 and explorer.error == ""
    typing._hear(None, {"typed": "0,5", "at": 5}, [])
    assert explorer.values["a"] == 0.5 and explorer.sentence == "0.5"
    messages = sent_by(explorer)
    typing._hear(None, {"typed": "11", "at": 1}, [])
    assert messages == [({"error": "c = 11 is outside the allowed range [0, 10]"}, None)] and explorer.values["c"] == 1
    typing._hear(None, {"typed": "many", "at": 1}, [])
    assert "c = 'many' is not a number" in explorer.error


def test_a_lecture_keeps_the_axis_and_what_scenarios_move_in_sight():
    def main(explorer):
        return {name for name, widget in explorer._widgets.items() if "defi-main" in widget._dom_classes}

    assert main(many(scenarios={"One": {"d": 2, "c": 2}, "Two": {"d": 3}})) == {"d", "c"}
    assert main(many(scenarios={"One": {"d": 2, "c": 2}}, more=["d"])) == {"a", "c"}


def test_a_number_brings_its_noun():
    explorer = make(say="{size:# link} of {top:,.0f}; {words[0]}, {a b}", size=Slider("Side", "", 0, 9, start=1))
    assert explorer.error == "" and explorer.sentence.startswith("1 link of 1; first, last")
    explorer.set(size=3)
    assert explorer.sentence.startswith("3 links of 9")


def test_labels_that_have_no_room_are_not_drawn_over_each_other():
    (plot,) = (model for model in make().view._document.roots if hasattr(model, "xaxis"))
    assert all(isinstance(axis.major_label_policy, NoOverlap) for axis in plot.xaxis)
