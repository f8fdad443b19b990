"""Pages made of the course's tables: claims with their readings and verdicts, figures, what verdicts assume."""

from __future__ import annotations

import csv
import html
import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

from defi_lib.claims import CAMPS, claims, readings
from defi_lib.course.contents import Page, lessons_of_readings
from defi_lib.figures import figures
from defi_lib.numerals import SPACE, number, percent

_ADDRESS = re.compile(r"https?://[^\s,;()<>]*[^\s,;()<>.]")
_ROW = re.compile(r"^\| \*\*([A-Z]\d+[a-z])\*\* ", re.MULTILINE)

GRADES = {"A": "primary source", "B": "primary source seen through another", "C": "weak source", "D": "unverified"}
#: What a topic's name would spell wrongly in plain letters.
_SHORT = {"cefi", "dao", "gpu", "llm", "lp", "lvr", "mev", "oev", "pos", "pue", "rwa", "tvl", "usdc", "usde", "vc"}


def claims_page(root: Path) -> str:
    """Every claim, its readings, what is found today, and the lesson that tests it."""
    found, lessons = verdicts((root / "docs/verdicts.md").read_text(encoding="utf-8")), lessons_of_readings(root)
    parts = [
        "# Claims and verdicts",
        f"What popular articles say, in {len(claims())} claims; and {len(readings())} readings that make them precise "
        "enough to be false. **The verdicts stand here in the open: whoever wants to bet first begins with the "
        "lessons.** The same as one table, with counts: [the tally](../docs/verdicts.md).",
        "Behind each verdict stands how far it holds: *turning* means another answer within our ranges, *robust* in "
        "nearly all or nearly none of our worlds, or proved; *counted*: somebody counted.",
    ]
    for letter, camp in CAMPS.items():
        parts.append(f"## {camp}")
        for claim in claims():
            if claim.id[0] == letter:
                parts.append(f"### {claim.id} · {_plain(claim.text)}")
                parts += [_reading(each.id, each.text, found, lessons) for each in readings(claim.id)]
    return "\n\n".join([*parts, "As files: `defi_lib/claims.csv`, `defi_lib/readings.csv`.\n"])


def _reading(id: str, text: str, found: dict[str, list[str]], lessons: dict[str, Page]) -> str:
    lesson = lessons.get(id)
    where = f" [Lesson {lesson.number}: {lesson.name}](../{lesson.path})." if lesson else ""
    _, today, turns, far, *_ = found.get(id, ["", "Not yet tested", "", "", "", ""])
    verdict = f"**{today.partition(':')[0]}**:{today.partition(':')[2]}" if ":" in today else f"**{today}**"
    end = "" if verdict.endswith((".", "*")) else "."
    return f"- **{id}** {_plain(text)}\n\n  {verdict}{end} {turns} *{far.capitalize()}.*{where}"


def verdicts(tally: str) -> dict[str, list[str]]:
    """The cells of the tally's tables after the first, by reading.

    >>> verdicts("| **P1a** One says. | model | True today | It turns. | turning |  | 3 |")["P1a"][1]
    'True today'
    """
    lines = (line for line in tally.splitlines() if _ROW.match(line))
    return {_ROW.match(line)[1]: [cell.strip() for cell in line.strip(" |").split(" | ")[1:]] for line in lines}  # type: ignore[index]


def figures_page() -> str:
    """Every published figure with its date, source and grade."""
    known = figures()
    parts = [
        "# Published figures",
        f"All {len(known):,} figures that the course may quote, each with its date, its source and a grade of how we "
        "know it: "
        + "; ".join(f"**{grade}** {words}" for grade, words in GRADES.items())
        + ". More on [grades](../ASSUMPTIONS.md#how-published-figures-are-graded).",
        '<p class="course-filter" hidden><label>Show only rows with <input type="search" id="filter"></label> '
        '<span role="status"></span></p>',
    ]
    for topic, group in groupby(known, lambda each: each.topic):
        rows = [
            (
                html.escape(each.item),
                _value(each.value, each.unit),
                html.escape(each.dates),
                _grade(each.grade),
                _linked(each.source)
                + (f'<br><span class="course-small">{_linked(each.note)}</span>' if each.note else ""),
            )
            for each in group
        ]
        parts += [f"## {topic_name(topic)}", _table(("What", "Value", "Date", "Grade", "Source"), rows)]
    return "\n\n".join([*parts, "As a file: `defi_lib/figures.csv`.\n"])


def assumptions_page(root: Path) -> str:
    """What each verdict assumes: today's value, range, rule and reason; replaced rows are named as such."""
    with (root / "defi_lib/evidence/assumptions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    lessons, known = lessons_of_readings(root), {each.id: each.text for each in readings()}
    parts = [
        "# What the verdicts assume",
        f"{len(rows)} rows: the assumptions of every reading that is tested in worlds, with the value of today, the "
        "range, and the rule that set it. They are frozen before any effect is computed; a row that was replaced "
        "stays, with the day and the reason. [How ranges are set]"
        "(../CONTRIBUTING.md#how-to-write-a-reading-and-its-evidence).",
    ]
    shared = [each for each in rows if each["reading"] == "*"]
    for id in ["*", *known]:
        own = shared if id == "*" else [each for each in rows if each["reading"] == id]
        if own:
            lesson = lessons.get(id)
            where = f" [Lesson {lesson.number}](../{lesson.path})." if lesson else ""
            parts += [f"## {'Shared by all readings' if id == '*' else id}"]
            parts += [f"{_plain(known[id])}{where}"] if id != "*" else []
            parts += [
                _table(
                    ("Assumption", "Today", "Range", "Rule", "Why"),
                    [_assumed(each) for each in own],
                    " course-assumptions",
                )
            ]
    return "\n\n".join([*parts, "As a file: `defi_lib/evidence/assumptions.csv`.\n"])


def _assumed(row: dict[str, str]) -> tuple[str, ...]:
    low, high, today = (_in_words(row[name], row) for name in ("low", "high", "today"))
    span = f"{low.removesuffix(f'{SPACE}%')} to {high}" if row["low"] else row["options"].replace(" | ", "; ")
    why = _linked("; ".join(filter(None, (row["reason"], row["sources"].replace(";", "; ")))))
    if row["replaced"]:
        why = f"<b>Replaced {html.escape(row['replaced'])}:</b> {_linked(row['why'])}<br>{why}"
    unit = f" <span class='course-small'>({html.escape(row['unit'])})</span>" if row["unit"] else ""
    return (
        f"{html.escape(row['label'])}{unit}",
        html.escape(today),
        html.escape(span),
        html.escape(row["rule"] or row["role"]),
        why,
    )


def _in_words(value: str, row: dict[str, str]) -> str:
    """A value of an assumption as a reader knows it: per cent of a ratio, an option by its name.

    >>> _in_words("0.04", {"unit": "% a year", "options": ""}), _in_words("150000", {"unit": "USD", "options": ""})
    ('4\\xa0%', '150,000')
    >>> _in_words("1", {"unit": "", "options": "one key | two of three keys"})
    'two of three keys'
    """
    if not value:
        return ""
    if row["options"]:
        return row["options"].split(" | ")[int(float(value))]
    if row["unit"].startswith("%"):
        return percent(float(value), 6)
    return number(float(value), 6)


def topic_name(topic: str) -> str:
    """A topic in words.

    >>> topic_name("gpu_second_hand")
    'GPU second hand'
    """
    words = " ".join(word.upper() if word in _SHORT else word for word in topic.split("_"))
    return words[0].upper() + words[1:]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], kind: str = "") -> str:
    """An HTML table that scrolls by itself; Sphinx needs no time for it."""
    first = "".join(f'<th scope="col">{name}</th>' for name in head)
    body = "\n".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return (
        '<div class="course-scroll" tabindex="0" role="group" aria-label="Table">\n'
        f'<table class="table course-table{kind}">\n<thead><tr>{first}</tr></thead>\n'
        f"<tbody>\n{body}\n</tbody></table>\n</div>"
    )


def _value(value: float | str, unit: str) -> str:
    if isinstance(value, str) or unit in ("text", "date"):
        return html.escape(str(value))
    number = f"{value:,.10g}"
    return f"{html.escape(number)} {html.escape(unit)}"


def _grade(grade: str) -> str:
    return f'<abbr title="{GRADES[grade]}">{grade}</abbr>'


def _linked(text: str) -> str:
    """Text in which addresses are links."""
    parts, last = [], 0
    for match in _ADDRESS.finditer(text):
        address = html.escape(match[0])
        name = html.escape(re.sub(r"^https?://(www\.)?", "", match[0]))
        parts += [html.escape(text[last : match.start()]), f'<a href="{address}">{name}</a>']
        last = match.end()
    return "".join([*parts, html.escape(text[last:])])


def _plain(text: str) -> str:
    """Words that mean nothing to Markdown."""
    return re.sub(r"([*_$<>\[\]`])", r"\\\1", text)
