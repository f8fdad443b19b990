"""Bets, the evidence behind them, and the map: driven as a reader does, without a browser."""

import re
import time

import numpy as np
import pytest

from defi_lib.claims import reading
from defi_lib.evidence import Count, Proof, evidence_on
from defi_lib.evidence import tested as with_evidence
from defi_lib.evidence.economy import EVIDENCE
from defi_lib.explore import bet, show_evidence, turn
from defi_lib.explore.evidence import bars, plane, shown
from defi_lib.explore.evidence.bets import NONE, offered, turned
from defi_lib.explore.evidence.still import draw
from defi_lib.explore.evidence.subject import Subject
from defi_lib.explore.goals import reached
from defi_lib.explore.questions import on_answer, prediction
from tests.support.effects import assumed, card, effect_of


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    """A kernel in which nobody has answered yet."""
    monkeypatch.setattr(prediction, "_kept", {})
    reached.clear()


@pytest.fixture
def heard(monkeypatch):
    answers = []
    monkeypatch.setattr(prediction, "offer", answers.append)
    return answers


# what a lesson shows


def test_words_come_first_then_bars_then_other_persons():
    html = shown.page(Subject(card()))
    order = [
        "True today: 300 USD a year (true above 100 USD)",
        "It turns if",
        "Turns on",
        "are our choice",
        "<div",
        "<span>$</span>50",
    ]
    places = [html.index(words) for words in order]
    assert places == sorted(places) and "<details>" in html[places[-1] :]
    assert "True in" not in html[: html.index("<details>")] and "no probability" in html
    assert "$1 &amp; &lt;costs&gt;" in html.replace("<span>$</span>", "$"), "words never become markup"


def test_both_sides_stand_in_sight_whatever_kind_the_reading_is():
    for id in ("X9a", "P1b", "P5a"):  # a model, a count, a proof
        in_sight, one = shown.page(Subject(id)).partition("<details>")[0], reading(id)
        assert -1 < in_sight.find(one.best_for[:30]) < in_sight.find(one.best_against[:30]), id


def test_two_dollars_never_become_a_formula():
    html = shown.page(Subject(card()), still=True)
    assert "$" in html and not re.search(r"\$(?!</span>)", html)


def test_bars_turn_where_the_effect_does_and_the_nearest_is_first():
    found = evidence_on(card())
    drawn = {bar.label: bar for bar in bars.bars(found)}
    assert next(bar.label for bar in bars.bars(found)) == "Use" and drawn["Use"].marks[0][1] == "30\N{NO-BREAK SPACE}%"
    use = found.assumptions["use"]
    assert [part.true for part in drawn["Use"].parts] == [False, True]
    assert drawn["Use"].parts[0].end == pytest.approx(float(use.place(0.3)))
    assert drawn["Use"].here == pytest.approx(float(use.place(0.5))) and drawn["Use"].low == "1\N{NO-BREAK SPACE}%"
    assert [(part.name, part.true) for part in drawn["Market"].parts] == [("Vast", True), ("Salad", False)]
    assert "Rent, from 0.5 USD to 1.5 USD: not true up to 0.6 USD, then true; today 1 USD an hour." in bars.alt(
        list(drawn.values())
    )


def test_every_part_of_a_bar_is_told_apart_without_colour_and_named():
    html = bars.picture(evidence_on(card()))
    assert "repeating-linear-gradient" in bars.STYLE and 'role="img"' in html and "aria-label=" in html
    assert {"true", "not true", "today"} <= set(re.findall(r"> ?([a-z ]+)</span>", html))


def test_a_point_between_two_turns_has_three_parts_and_close_numbers_give_way():
    twice = evidence_on(effect_of(lambda x: (x - 5) * (x - 5.5), assumed("x", 3, 0, 10)))
    (bar,) = bars.bars(twice)
    assert [part.true for part in bar.parts] == [True, False, True]
    assert [text for _, text in bars.clear(bar)] == [
        "5"
    ] and "up to 5, then not true up to 5.5, then true" in bar.words()


def test_an_answer_that_nothing_turns_says_so():
    html = shown.page(Subject(effect_of(lambda x: x, assumed("x", 5, 1, 9))))
    assert "In nearly all our worlds." in html and "true throughout" in html and "No assumption alone" in html
    assert "In nearly none of our worlds." in shown.page(Subject(effect_of(lambda x: -x, assumed("x", 5, 1, 9))))


def test_a_turn_outside_the_range_stands_at_its_end():
    far = Subject(effect_of(lambda x: 39 - x, assumed("x", 5, 1, 9)))
    (bar,) = bars.bars(far.found)
    assert bars.clear(bar) == [(1.0, "turns at 39 →")] and "throughout, turns at 39;" in bar.words()
    assert "only outside our ranges" in shown.page(far)


def test_counts_and_proofs_say_their_kind_first():
    subject = Subject(card())
    subject.found = Count(
        True, "Nine of ten.", "Counted by Etherscan, May 2026.", "a tenth left", ("a",), other="eight of ten."
    )
    text = shown.text_of(subject)
    assert text.splitlines()[1] == (
        "Counted: true. Nine of ten. Counted by Etherscan, May 2026. Another count: eight of ten. "
        "It turns if a tenth left."
    )
    subject.found = Count(False, "None of two.", "a list", "six of eight did", ("a",), shown=False)
    assert "<b>Counted: not shown.</b>" in shown.page(subject)
    subject.found = Proof(False, "A counter-example.", "gas were free", by_construction=True)
    assert "<b>By logic: not true by construction of the model.</b>" in shown.page(subject)


def test_the_stored_form_is_the_same_each_time_small_and_in_words(monkeypatch):
    monkeypatch.setenv("DEFI_LIB_STATIC_PICTURES", "1")
    one, two = (show_evidence(card())._repr_mimebundle_()[0] for _ in range(2))
    assert one["text/html"] == two["text/html"] and len(one["text/html"]) < 20_000
    assert "True today" in one["text/plain"] and 'alt="Each assumption moved alone.' in one["text/html"]
    assert draw(evidence_on(card())).startswith(b"\x89PNG")
    folded = show_evidence(card(), after=bet(card()))._repr_mimebundle_()[0]
    assert folded["text/html"].startswith("<details>") and folded["text/plain"] == shown.FIRST


# bets


def test_evidence_waits_for_the_bet_and_appears_by_itself(heard):
    one = card()
    mine = bet(one, lesson="7.1")
    evidence = show_evidence(one, after=mine)
    assert evidence.text == shown.FIRST and "USD" not in evidence._page.value
    mine.commit({"answer": None, "sure": 80, "turns": "None of these"})
    mine.commit({"answer": "True", "sure": 80})
    assert evidence.text == shown.FIRST and mine.committed is None and heard == []
    mine.commit({"answer": "Not true", "sure": 80, "turns": mine._asked.offered[0]})
    assert "True today" in evidence.text and "<b>says otherwise</b>" in evidence._page.value
    (told,) = heard
    assert (told.kind, told.lesson, told.question) == ("prediction", "7.1", "C1a")
    assert (told.value, told.answer, told.right, told.sure) == ("Not true", "True", False, 0.8)


def test_a_bet_also_says_what_would_turn_it():
    found = evidence_on(card())
    choices = offered(found)
    assert bars.sentence_case(found.assumptions[found.named].label) in choices and choices[-1] == NONE
    assert 2 <= len(choices) <= 4 and len(set(choices)) == len(choices)
    said = {choice: turned(found, choice) for choice in choices}
    right = said[bars.sentence_case(found.assumptions[found.named].label)]
    assert right.startswith("It **turns** as you said, if ") and found.turn_of(found.named) in right
    assert said[NONE] == "One of these **does** turn it alone."


def test_nothing_turns_what_no_assumption_can_turn():
    sure = evidence_on(effect_of(lambda x, y: x + 0 * y, assumed("x", 5, 1, 9, most=9), assumed("y", 5, 1, 9, most=9)))
    assert sure.named == "" and turned(sure, NONE) == "As you said, none of these turns it alone."
    assert turned(sure, "X") == "It does **not** turn on the x alone."


def test_a_bet_stands_also_when_its_cell_is_run_again():
    one = card()
    turns = offered(evidence_on(one))[0]
    bet(one, lesson="7.1").commit({"answer": "True", "sure": 95, "turns": turns})
    again = bet(one, lesson="7.1")
    again.change()
    again.commit({"answer": "Not true", "sure": 50, "turns": turns})
    assert again.committed == ("True", 0.95, turns) and again._entry.disabled
    assert "<b>agrees</b>" in show_evidence(one, after=again)._page.value


@pytest.mark.parametrize("sure", [49, 101, float("nan"), "much"])
def test_no_bet_is_more_than_certain_or_less_than_a_coin(sure):
    mine = bet(card())
    mine.commit({"answer": "True", "sure": sure, "turns": mine._asked.offered[0]})
    assert mine.committed is None


def test_a_bet_on_what_is_not_tested_is_refused():
    with pytest.raises(ValueError, match="P99z"):
        bet("P99z")


def test_answers_of_bets_are_remembered(tmp_path, monkeypatch):
    from defi_lib import progress

    monkeypatch.setenv("DEFI_COURSE_PROGRESS", str(tmp_path / "progress.json"))
    assert on_answer
    mine = bet(card(), lesson="7.1")
    mine.commit({"answer": "True", "sure": 70, "turns": mine._asked.offered[0]})
    assert progress.load("prediction", "7.1")["C1a"]["sure"] == 0.7
    (guess,) = progress.summary().sure
    assert guess.right and progress.summary().sureness == 0.7


# the map


def test_the_map_has_the_two_decisive_ranges_and_says_where_it_turns():
    explorer = turn(card())
    assert set(list(explorer.controls)[:2]) == {"use", "rent"} and explorer.error == ""
    explorer = turn(card(), x="use", y="rent")
    assert explorer.sentence == (
        "**True here: 300 USD a year (true above 100 USD).** "
        "It turns if the use falls below 30\N{NO-BREAK SPACE}% of the hours."
    )
    explorer.set(use=0.2)
    assert explorer.sentence.startswith("**Not true here: 0 USD a year") and "rises above 30" in explorer.sentence
    assert reached == {"Turn C1a: make it not true."}
    explorer.set(use=0.2, rent=0.5)
    assert "if the use rises above 60" in explorer.sentence
    explorer.set(use=1.0, rent=1.0, wage=1_300)
    assert explorer.sentence.endswith("It turns if the rent rises above 1.4 USD an hour.")
    explorer.set(use=0.2, rent=0.5, wage=5_000)
    assert "neither alone turns that" in explorer.sentence


def test_where_no_unknown_turns_the_answer_the_map_shows_who_and_when():
    person, gas = assumed("amount", 100, 10, 5_000, role="person"), assumed("gas_price", 0.5, 0.25, 1)
    explorer = turn(effect_of(lambda dull, gas_price, amount: gas_price / amount + 0 * dull,
                              assumed("dull", 1, 0, 2), gas, person, more_than=0.02))  # fmt: skip
    assert list(explorer.controls)[:2] == ["amount", "gas_price"] and len(explorer.result["x from"])


def test_a_map_on_which_both_answers_stand_comes_first():
    dull, other = assumed("dull", 1, 0, 2), assumed("other", 1, 0, 2)
    edges = effect_of(lambda dull, other, a, b: a + b - 17 + 0.01 * dull + 0 * other, dull, other,
                      assumed("a", 5, 0, 10), assumed("b", 5, 0, 10))  # fmt: skip
    assert set(list(turn(edges).controls)[:2]) == {"a", "b"}


def test_the_border_lies_where_the_effect_crosses_on_both_kinds_of_axes():
    result = turn(card(), x="use", y="rent").result
    use, rent = (np.append(result[f"{axis} from"], result[f"{axis} to"]) for axis in "xy")
    assert len(use) > 100 and use * rent == pytest.approx(0.3, rel=2e-3)
    where = result["x"] > 0.6 + 1e-9  # there it is true from the lowest rent on
    assert result["true from"][where] == pytest.approx(0.5) and result["true to"][where] == pytest.approx(1.5)
    low = result["x"] < 0.2 - 1e-9  # and here never
    assert result["true to"][low] == pytest.approx(result["true from"][low])


def area(result, names):
    """The part of a map with linear axes that an area covers."""
    across, low, high = (result[name] for name in names)
    middle, width = (high - low)[1:] + (high - low)[:-1], np.abs(np.diff(across))
    return float((middle / 2 * width).sum()) / 100


@pytest.mark.parametrize(
    ("function", "part"),
    [
        (lambda a, b: b - 3, 0.7),
        (lambda a, b: a - 3 + 0 * b, 0.7),
        (lambda a, b: (a - 5) ** 2 + (b - 5) ** 2 - 9, 1 - 0.09 * np.pi),
        (lambda a, b: 9 - (a - 5) ** 2 - (b - 5) ** 2, 0.09 * np.pi),
        (lambda a, b: np.where(a + b > 8, 1e6, -1e-3), 0.68),
        (lambda a, b: (a - 5) * (b - 5), 0.5),
        (lambda a, b: 1 + 0 * a, 1.0),
        (lambda a, b: -1 + 0 * a, 0.0),
    ],
)
def test_the_two_areas_cover_the_map(function, part):
    axes = [assumed(name, 1, 0, 10) for name in "ab"]
    result = plane.plane(effect_of(function, *axes), {"a": 1.0, "b": 1.0}, *axes)
    true = area(result, ("x", "true from", "true to"))
    assert true == pytest.approx(part, abs=0.01)
    assert true + area(result, ("x not", "not from", "not to")) == pytest.approx(1, abs=0.01)


def test_all_turns_along_the_first_slider_are_found_nearest_first():
    x = assumed("x", 3, 0, 10)
    here, _, points = plane.turning_along(effect_of(lambda x: (x - 2.01) * (x - 7.3), x), {"x": 3.0}, x)
    assert here == pytest.approx(0.99 * -4.3) and points == pytest.approx([2.01, 7.3], abs=1e-3)


def test_a_moving_point_costs_two_calls_and_another_world_a_map():
    calls = []

    def slow(a, b, c):
        calls.append(len(a))
        return a - b + c

    explorer = turn(
        effect_of(slow, assumed("a", 3, 0, 10), assumed("b", 2, 0, 10), assumed("c", 1, 0, 2)), x="a", y="b"
    )
    calls.clear()
    explorer.set(a=4.0)
    assert len(calls) == 2 and sum(calls) <= 2 * 33 + 1 + 33
    calls.clear()
    explorer.set(c=2.0)
    assert len(calls) == 4 and sum(calls) < 3_000


def test_the_map_runs_at_all_ends_and_in_between():
    explorer = turn(card())
    for values in [*explorer.corners(), *(explorer.random(np.random.default_rng(k)) for k in range(5))]:
        explorer.set(**values)
        assert explorer.error == "", values


def test_persons_and_past_times_are_buttons_and_reach():
    explorer = turn(card())
    assert set(explorer.scenarios) == {"$50, today", "$500, today", "$5,000, today"}
    assert "wage" not in explorer.more


def test_an_assumption_may_have_any_name():
    explorer = turn(effect_of(lambda plot, more: plot - more, assumed("plot", 3, 0, 10), assumed("more", 2, 0, 10)))
    assert "True here" in explorer.sentence


def test_what_changes_nothing_from_today_may_stay_without_a_slider():
    one = effect_of(lambda x, y, z: x - y + z, *(assumed(name, 3, 0, 10) for name in "xyz"))
    explorer = turn(one, x="x", y="y", without=["z"])
    assert set(explorer.controls) == {"x", "y"}
    explorer.set(x=1.0, y=2.0)
    assert explorer.result["effect here"] == pytest.approx(1 - 2 + 3)  # the third stays as it is today
    with pytest.raises(ValueError, match="without = 'w'"):
        turn(one, without=["w"])
    with pytest.raises(ValueError, match="x = 'x'"):
        turn(one, x="x", without=["x"])


def test_a_map_needs_two_ranges():
    one = card()
    with pytest.raises(ValueError, match="x = 'market'"):
        turn(one, x="market")
    with pytest.raises(ValueError, match="y = 'use'"):
        turn(one, x="use", y="use")
    with pytest.raises(ValueError, match="y = ''"):
        turn(effect_of(lambda x: x, assumed("x", 5, 1, 9)))


def test_a_slow_effect_keeps_to_the_budget():
    def slow(a, b):
        time.sleep(0.02)
        return a - b

    explorer = turn(effect_of(slow, assumed("a", 3, 0, 10), assumed("b", 2, 0, 10)))
    explorer.set(a=5.0)
    assert explorer.seconds < explorer.budget


def test_the_map_has_a_picture():
    assert turn(card()).view.picture().startswith(b"\x89PNG")


def test_readings_of_the_table_that_are_not_tested_are_refused(monkeypatch):
    monkeypatch.delitem(EVIDENCE.effects, "P13a")
    assert "P13a" not in with_evidence()
    with pytest.raises(ValueError, match="'P13a' is not yet tested"):
        turn("P13a")
