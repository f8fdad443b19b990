import numpy as np
import pytest

from defi_lib.explore import Choice, Slider, Switch
from defi_lib.theme import RULE, SERIES


def test_defaults_lie_in_the_middle():
    assert Slider("a", "", 0, 10).default == 5
    assert Slider("a", "", 1, 100, log=True).default == pytest.approx(10)
    assert Slider("a", "", 1, 4, integer=True).default in (2, 3)
    assert Choice("a", {"x": 3, "y": 4}).default == 3
    assert Switch("a").default is False


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Slider("a", "", 0, 1, log=True), r"low = 0 is outside the allowed range \(0, inf\)"),
        (lambda: Slider("a", "", 2, 1), r"high = 1 is outside the allowed range \(2, inf\]"),
        (lambda: Slider("a", "", 0, 1, start=2), r"start = 2 is outside the allowed range \[0, 1\]"),
        (lambda: Slider("a", "", 0, 9, start=1.5, integer=True), "start = 1.5 is outside .*whole numbers"),
        (lambda: Choice("a", {}), "options of 'a' is empty"),
        (lambda: Choice("a", {"x": 1}, start=2), r"start = 2 is not allowed: choose one of \[1\]"),
        (lambda: Switch("a").check("on", 2), "on = 2 is not allowed"),
    ],
)
def test_bad_controls_are_refused(build, message):
    with pytest.raises(ValueError, match=message):
        build()


@pytest.mark.parametrize(
    "slider",
    [
        Slider("a", "", 0.1, 50, start=5),
        Slider("a", "", 1e4, 1e8, start=1e6, log=True),
        Slider("a", "", 1, 40, integer=True),
        Slider("a", "", -0.5, 0.5, step=0.01, format=".0%"),
    ],
)
def test_widget_reaches_both_ends_and_starts_at_the_default(slider):
    widget = slider.widget()
    assert widget.value == pytest.approx(slider.default)
    for end in slider.ends():
        widget.value = end
        assert slider.check("value", widget.value) == pytest.approx(end)
    rng = np.random.default_rng(0)
    assert all(slider.low <= slider.random(rng) <= slider.high for _ in range(100))


@pytest.mark.parametrize(
    ("low", "high", "start", "step"), [(0, 5, 2, 0.05), (0.1, 50, 7, 0.1), (0, 1000, 333, 1), (0, 0.3, 0.123, 0.001)]
)
def test_steps_are_round_and_hit_the_start(low, high, start, step):
    assert Slider("a", "", low, high, start=start).widget().step == pytest.approx(step)


def luminance(color):
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return np.dot([0.2126, 0.7152, 0.0722], linear)


@pytest.mark.parametrize("background", ["#ffffff", "#111111"])
def test_every_colour_stands_out_in_both_themes(background):
    for color in (*SERIES, RULE):
        light, dark = sorted((luminance(color), luminance(background)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 3, color
