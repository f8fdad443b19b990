"""The same numbers as a table for a spreadsheet, and the line for each file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from defi_lib.teaching.class_page.collected import Line
from defi_lib.teaching.class_page.counts import Choice, Counted, Prediction
from defi_lib.teaching.class_page.groups import Interval
from defi_lib.teaching.grading.report import write_table

HEAD = ("kind", "lesson", "question", "text", "answer", "from", "to", "people", "right")


def write_counts(file: Path, found: Counted) -> None:
    """Each question with the people who gave each answer, or lie in each interval; small numbers are hidden."""
    write_table(file, [HEAD, *(_rows(found) if found.enough else ())])


def write_report(file: Path, lines: Sequence[Line]) -> None:
    """``report.csv``: what became of each file. It holds the names of files, and so those of students."""
    rows = [[line.path, "counted" if line.counted else "not counted", line.answers, line.why] for line in lines]
    write_table(file, [["file", "status", "answers", "remark"], *rows])


def _rows(found: Counted) -> Iterator[Sequence[object]]:
    for bet in found.bets:
        start = ("bet", bet.lesson, bet.item, bet.text)
        for each in _held(bet.intervals()):
            yield (*start, "chance given to the right answer", each.low, each.high, each.people, "")
        yield (*start, "on average sure", f"{bet.sureness:.2f}", "", bet.people, "")
        yield (*start, "true" if bet.true else "not true", "", "", bet.told[0], "yes")
        yield (*start, "not true" if bet.true else "true", "", "", bet.told[1], "no")
    for prediction in found.predictions:
        start = ("prediction", prediction.lesson, prediction.item, prediction.asked.question)
        for each in _held(prediction.axis.intervals(prediction.values)):
            yield (*start, prediction.asked.unit, *_ends(prediction, each), each.people, "")
        answer = "" if prediction.answer is None else prediction.answer
        yield (*start, "the answer", answer, answer, "", "yes")
    for choice in found.choices:
        yield from _options(choice)


def _options(choice: Choice) -> Iterator[Sequence[object]]:
    for option in choice.options:
        right = "yes" if option.right else "no"
        yield "quiz", choice.lesson, choice.item, choice.text, option.text, "", "", option.words, right


def _ends(prediction: Prediction, each: Interval) -> tuple[str, str]:
    """Where an interval begins and ends; nothing where what lies beyond the axis is counted, too."""
    axis, (less, more) = prediction.axis, prediction.beyond
    low = "" if less and each.low <= axis.low else f"{each.low:.4g}"
    return low, "" if more and each.high >= axis.high else f"{each.high:.4g}"


def _held(intervals: Sequence[Interval]) -> Iterator[Interval]:
    return (each for each in intervals if each.people)
