import re

import numpy as np
import pytest

from defi_lib.explore import Choice, Percent, Slider, Switch
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
    ("low", "high", "start", "step"), [(0, 5, 2, 0.05), (0.1, 50, 7, 0.2), (0, 1000, 333, 5), (0, 0.3, 0.123, 0.001)]
)
def test_steps_are_round_and_the_start_is_a_stop(low, high, start, step):
    values = Slider("a", "", low, high, start=start).values()
    assert start in values and len(values) <= 420
    rest = np.array([value for value in values if value not in (low, start, 0.5, 2, 5)]) / step
    assert rest == pytest.approx(np.round(rest), abs=1e-6)


ROUND = [
    Slider("a", "", 0.1, 50),
    Slider("a", "USD", 50, 1e6, start=1_500, log=True),
    Slider("a", "", 0.001, 1e4, log=True),
    Slider("a", "", 1, 4, log=True),
    Slider("a", "", 50, 2_000, start=500, integer=True),
    Slider("a", "%", -60, 100, start=0),
]


@pytest.mark.parametrize("slider", ROUND, ids=str)
def test_one_two_five_of_each_decade_are_stops_and_labels_are_plain(slider):
    values = slider.values()
    smallest = slider.low if slider.log else (slider.high - slider.low) / 100
    for power in range(-4, 7):
        for factor in (1, 2, 5):
            value = float(f"{factor}e{power}")
            if smallest <= value <= slider.high and slider.low <= value and (value >= 1 or not slider.integer):
                assert value in values
    labels = [label for label, _ in slider.options(values)]
    assert len(set(labels)) == len(labels) and 40 <= len(values) <= 420
    assert not any(re.search(r"\de|-|million|k$|^0\d", label) for label in labels)


def test_a_scenario_and_a_value_that_is_set_or_typed_are_held_exactly():
    slider = Slider("a", "USD", 10, 1e6, start=1_000, log=True)
    assert {29_357.5, 50, 7.3e5} <= set(slider.values([29_357.5, 50, 7.3e5]))
    assert [slider.read(text) for text in ("50", "$1,000", "0012.5", "12,5", "99 ")] == [50, 1000, 12.5, 12.5, 99]
    with pytest.raises(ValueError, match="'abc' is not a number"):
        slider.read("abc")
    with pytest.raises(ValueError, match=r"a = 5 is outside the allowed range \[10, 1000000\]"):
        slider.read("5")


def test_per_cent_is_what_the_reader_sees_and_the_model_gets_a_ratio():
    fee = Percent("Fee", 0, 1, start=0.3)
    assert fee.default == 0.003 and fee.ends() == (0, 0.01) and fee.widget([0.0005]).value == 0.003
    assert fee.widget().description == "Fee (%)" and fee.written(0.003) == "0.3\u00a0%"
    assert {0.0005, 0.00123, 0.01} <= set(fee.values([0.00123]))
    assert fee.read("0.7 %") == 0.007 and fee.check("fee", 0.01) == 0.01
    with pytest.raises(ValueError, match=r"fee = 0\.3 is outside"):
        fee.check("fee", 0.3)
    assert Percent("Loan", 10, 80, start=60, of="the collateral").unit == "% of the collateral"
    assert fee.axis(3).tolist() == [0, 0.005, 0.01]


def test_a_choice_takes_a_list():
    asset = Choice("Asset", ["ether", "bitcoin"], start="bitcoin")
    assert asset.ends() == ("ether", "bitcoin") and asset.default == "bitcoin"
    assert Choice("Asset", {"ether": 1, "bitcoin": 2}.keys()).default == "ether"
    with pytest.raises(ValueError, match="options of 'a' is empty"):
        Choice("a", [])


def luminance(color):
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return np.dot([0.2126, 0.7152, 0.0722], linear)


@pytest.mark.parametrize("background", ["#ffffff", "#111111"])
def test_every_colour_stands_out_in_both_themes(background):
    for color in (*SERIES, RULE):
        light, dark = sorted((luminance(color), luminance(background)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 3, color
