"""The page of a class: one HTML file that needs no network, no script, and holds nothing that a student wrote."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files

from defi_lib.explore.my_progress import NEAR
from defi_lib.numerals import counted, number, percent
from defi_lib.teaching.class_page.counts import Bet, Choice, Counted, Option, Prediction
from defi_lib.teaching.class_page.groups import FEW, FEWEST, HIDDEN
from defi_lib.teaching.class_page.plots import bar, calibration, dots, gap
from defi_lib.theme import page_style

#: So many of each kind stand open; the others are folded.
_OPEN = 12
#: Of each kind so many are named at the top.
_FIRST = {"bets": 2, "predictions": 1, "quizzes": 3}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_RULE = (
    f"An answer that {FEW} people gave is not counted here: along an axis neighbours are put together until there are "
    f"five, and questions with {FEW} answers are left out. This page is for those who teach and take the class."
)
_DOTS = (
    "A dot is a person, but not at the place that the person said: those of a stretch with at least five people are "
    "spread over it."
)
_LARGE = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))
_EVEN = "On the broken line as many bets are won as their readers were sure of; below it they were too sure."


def page(found: Counted, files_not_counted: int, lesson: str = "", day: str = "") -> str:
    """The page of a class, of one lesson or of all."""
    title = f"The class: {found.course.name(lesson)}" if lesson else "The class"
    style = page_style() + (files("defi_lib.teaching.class_page") / "page.css").read_text("utf-8")
    meta = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">{_secure()}'
    head = f"<head>{meta}<title>{html.escape(title)}</title><style>{style}</style></head>"
    body = "".join(_body(found, files_not_counted, title, day))
    return f'<!DOCTYPE html>\n<html lang="en">{head}<body><main>{body}</main></body></html>\n'


def _secure() -> str:
    return (
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}"><meta name="referrer" content="no-referrer">'
    )


def _body(found: Counted, files_not_counted: int, title: str, day: str) -> Iterator[str]:
    yield f"<h1>{html.escape(title)}</h1><p>{_hand_ins(found, files_not_counted, day)}</p>"
    if not found.enough:
        yield f"<p>{_RULE}</p>"
        return
    yield _first(found)
    yield from _section("bets", "Bets on verdicts", [_of_bet(found, each) for each in found.bets], _of_bets(found))
    predictions = [_of_prediction(found, each) for each in found.predictions]
    about = f"<p>Those furthest off come first. {_DOTS}</p>"
    yield from _section("predictions", "Predictions", predictions, about)
    about = "<p>First tries; what most of the class got wrong comes first.</p>"
    yield from _section("quizzes", "Quizzes", [_of_choice(found, each) for each in found.choices], about)
    left = f" Left out: {counted(found.left_out, 'question')}." if found.left_out else ""
    yield f"<footer><p><small>{_RULE}{left}</small></p></footer>"


def _hand_ins(found: Counted, files_not_counted: int, day: str) -> str:
    many = counted(found.students, "hand-in") if found.enough else f"{FEW.capitalize()} hand-ins"
    also = f"; {counted(files_not_counted, 'file')} not, for reasons in report.csv" if files_not_counted else ""
    when = f" on {html.escape(day)}" if day else ""
    enough = "" if found.enough else f" With {FEW} nothing is shown."
    return f"<strong>{many}</strong> counted{when}{also}.{enough}"


def _first(found: Counted) -> str:
    """What to discuss first, with links."""
    groups: dict[str, Sequence[Bet | Prediction | Choice]]
    groups = {"bets": found.bets, "predictions": found.predictions, "quizzes": found.choices}
    lines = [
        f'<li><a href="#{_anchor(each)}">{html.escape(found.course.name(each.lesson))}</a>: {_text(each)} '
        f"<strong>{_why(each)}</strong></li>"
        for name, results in groups.items()
        for each in results[: _FIRST[name]]
    ]
    return f"<h2>To discuss first</h2><ol>{''.join(lines)}</ol>" if lines else "<p>No question has five answers.</p>"


def _why(each: Bet | Prediction | Choice) -> str:
    """Why it is worth discussing: the same numbers as further down."""
    if isinstance(each, Bet):
        sure = f"{percent(each.sureness, 2)} sure on average"
        right = "" if _right(each) == HIDDEN else f"; right: {_right(each)}"
        return f"A bet, {sure}{right}."
    if isinstance(each, Prediction):
        unit = each.asked.unit
        answer = "" if each.answer is None else f"; answer: {_html(each.answer, unit)}"
        middle = "" if each.about is None else f"; class: about {_html(each.about, unit)}"
        return f"A prediction{answer}{middle}."
    usual = each.usual
    chosen = f"; usual mistake: “{html.escape(usual.text, quote=False)}”, {usual.words}" if usual else ""
    return f"A {'prediction' if each.skill == 'a prediction' else 'quiz'}{chosen}."


def _section(name: str, title: str, cards: Sequence[str], about: str) -> Iterator[str]:
    if cards:
        more = "".join(cards[_OPEN:])
        folded = f"<details><summary>{len(cards) - _OPEN} more</summary>{more}</details>" if more else ""
        yield f'<section id="{name}"><h2>{title}</h2>{about}{"".join(cards[:_OPEN])}{folded}</section>'


def _card(found: Counted, result: Bet | Prediction | Choice, kind: str, parts: str) -> str:
    lesson = html.escape(found.course.name(result.lesson))
    where = f'<p class="where"><span>{lesson}</span><span>{kind}</span></p>'
    return f'<article id="{_anchor(result)}">{where}<h3>{_text(result)}</h3>{parts}</article>'


def _anchor(result: Bet | Prediction | Choice) -> str:
    return f"{type(result).__name__.lower()}-{result.lesson}-{result.item}"


def _text(result: Bet | Prediction | Choice) -> str:
    return html.escape(result.asked.question if isinstance(result, Prediction) else result.text, quote=False)


# --- bets


def _of_bets(found: Counted) -> str:
    """How sure the class was against how right: of each bet, and of all."""
    rows = "".join(
        f'<a href="#{_anchor(each)}">{html.escape(found.course.name(each.lesson))}</a>{gap(each)}'
        for each in found.bets
    )
    sign = "<p><small>Ring: how sure the class was on average. Square: which part bet on the right answer; a bar where "
    sign += "the exact part is hidden. Orange: surer than right; grey: too few to tell. From 0 to 100&nbsp;%. "
    sign += f"{_DOTS}</small></p>"
    heads = ("Lesson", "How sure", "Right", "Bets")
    table = _table(
        "How sure the class was, and how right",
        heads,
        (
            (found.course.name(each.lesson), percent(each.sureness, 2), _right(each), str(each.people))
            for each in found.bets
        ),
    )
    return (
        f'{_calibration(found)}<article><h3>Sure, and right?</h3><div class="gaps">{rows}</div>{sign}{table}</article>'
    )


def _calibration(found: Counted) -> str:
    bands = found.bands
    if not bands:
        return ""
    many = sum(band.bets for band in bands)
    sure = sum(band.bets * band.sureness for band in bands) / many
    won = sum(band.bets * band.won for band in bands) / many
    verdict = "the class knows how much it knows"
    if abs(sure - won) > NEAR:
        verdict = (
            "the class is <strong>too sure</strong>" if sure > won else "it knows <strong>more than it thinks</strong>"
        )
    said = f"Of {counted(many, 'bet')} the class was {percent(sure, 2)} sure on average, and won {percent(won, 2)}"
    rows = (
        (
            f"{percent(band.low, 2)} to {percent(band.high, 2)}",
            str(band.bets),
            percent(band.sureness, 2),
            percent(band.won, 2),
        )
        for band in bands
    )
    table = _table("Bets by how sure their readers were", ("How sure", "Bets", "On average", "Won"), rows)
    words = f"<div><p>{said}: {verdict}.</p><p><small>{_EVEN}</small></p>{table}</div>"
    return f'<article class="beside">{calibration(bands, said)}{words}</article>'


def _right(bet: Bet) -> str:
    """How many were right, or what may be told of it."""
    return bet.told[0] if bet.hides else percent((bet.people - bet.wrong) / bet.people, 2)


def _of_bet(found: Counted, bet: Bet) -> str:
    other = f"bet that it is{' not' if bet.true else ''}"
    said = f"<b>{bet.told[1]} of {bet.people}</b> {other}"
    if bet.told[1] == HIDDEN:
        said = f"of {bet.people} bets too few are on one side for either number to be told"
    toss = " Tossing a coin would have scored better." if bet.worth > 0.25 else ""
    today = f"Today <b>{'true' if bet.true else 'not true'}</b>;"
    words = f"{today} {said}. The class was {percent(bet.sureness, 2)} sure on average.{toss}"
    intervals = bet.intervals()
    places = [(each.low, each.high) for each in intervals]
    kinds = ["wrong" if last <= 0.5 else "right" if first >= 0.5 else "mixed" for first, last in places]
    ends = ("sure, and wrong", "a coin’s toss", "sure, and right")
    plot = dots(intervals, places, kinds, [(0.5, "", "even")], ends, "Bets from sure and wrong to sure and right")
    rows = (
        (f"{percent(each.low, 2)} to {percent(each.high, 2)}", str(each.people)) for each in intervals if each.people
    )
    table = _table("What they gave to the right answer", ("Chance", "People"), rows)
    return _card(found, bet, "bet", f"<p>{words}</p>{plot}{table}")


# --- predictions


def _of_prediction(found: Counted, result: Prediction) -> str:
    axis, unit = result.axis, result.asked.unit
    answer = "The files do not agree on the answer: it stands in the lesson."
    marks, half_said = [], f"{result.people} answered, too few to tell the middle of the class."
    if result.about is not None:
        marks = [(axis.place(result.about), f"class: about {shown(result.about, unit)}", "middle")]
        half_said = f"Half of the {result.people} said about <b>{_html(result.about, unit)}</b> or less."
    if result.answer is not None:
        answer = f"The answer is <b>{_html(result.answer, unit)}</b>."
        marks.insert(0, (axis.place(result.answer), f"answer: {shown(result.answer, unit)}", "answer"))
    words = f"{answer} {half_said}"
    intervals = axis.intervals(result.values)
    places = [(axis.place(each.low), axis.place(each.high)) for each in intervals]
    first, half, last = (shown(axis.value(place), unit) for place in (0.0, 0.5, 1.0))
    less, more = result.beyond
    ends = (f"{first} or less" if less else first, half, f"{last} or more" if more else last)
    said = f"Predictions from {ends[0]} to {ends[2]}"
    plot = dots(intervals, places, ["own"] * len(places), marks, ends, said)
    rows = (
        (_range(axis.high, axis.low, each.low, each.high, unit), str(each.people)) for each in intervals if each.people
    )
    return _card(
        found, result, "prediction", f"<p>{words}</p>{plot}{_table('Predictions', ('From, to', 'People'), rows)}"
    )


def _range(highest: float, lowest: float, low: float, high: float, unit: str) -> str:
    """An interval in words; what lies beyond the axis is counted at its ends."""
    to = " or more" if high >= highest else f" to {shown(high, unit)}"
    return f"{shown(low, '' if high < highest else unit)}{to}" if low > lowest else f"up to {shown(high, unit)}"


def _html(value: float, unit: str) -> str:
    return html.escape(shown(value, unit))


def shown(value: float, unit: str = "") -> str:
    """A number with its unit; from a million on in words.

    >>> shown(1.239e12, "bytes")
    '1.239 trillion bytes'
    """
    size, word = next((each for each in _LARGE if abs(value) >= each[0]), (1.0, ""))
    return " ".join(filter(None, (number(value / size), word, unit)))


# --- quizzes


def _of_choice(found: Counted, result: Choice) -> str:
    most = found.students
    shown_options = [each for each in result.options if each.people or each.right]
    bars = "".join(_option(each, most, result) for each in shown_options)
    nobody = len(result.options) - len(shown_options)
    none = (
        f"<p><small>Nobody chose {'the other' if nobody == 1 else f'the other {nobody}'}.</small></p>" if nobody else ""
    )
    many = "" if result.hides else f" · {result.people} answers"
    skill = f"{result.skill[:1].lower()}{result.skill[1:]}" if result.skill else "quiz"
    parts = f'<ul class="options">{bars}</ul>{none}'
    return _card(found, result, html.escape(f"{skill}{many}", quote=False), parts)


def _option(option: Option, most: int, result: Choice) -> str:
    kind = "right" if option.right else "wrong"
    part = "" if result.hides else f" · {percent(option.people / result.people, 2)}"
    mark = "✓ " if option.right else ""
    few = option.words == FEW
    drawn = bar(FEWEST / 2 / most if few else option.least / most, "few" if few else kind)
    text = html.escape(f"{mark}{option.text}", quote=False)
    mistake = f'<p class="mistake">{html.escape(option.said, quote=False)}</p>' if option == result.usual else ""
    return f'<li><span class="option"><span>{text}</span><b>{option.words}{part}</b></span>{drawn}{mistake}</li>'


def _table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table, folded: what a plot shows, for those who do not see it."""
    head = "".join(f'<th scope="col">{each}</th>' for each in heads)
    lines = ((html.escape(first), "".join(f"<td>{html.escape(each)}</td>" for each in more)) for first, *more in rows)
    body = "".join(f'<tr><th scope="row">{first}</th>{more}</tr>' for first, more in lines)
    table = f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f'<details><summary>As a table</summary><div class="wide">{table}</div></details>'
