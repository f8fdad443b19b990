"""Judge designs, and rank them: a table, and a page with a report for each beside today's rules."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from defi_lib.numerals import tidy
from defi_lib.theme import SERIES

FACTORS = ("spread", "survive", "serve", "founders", "fair")


class Entry(NamedTuple):
    """A hand-in, judged."""

    name: str
    rules: Mapping[str, Any]
    score: Any = None  #: a ``DesignScore``, or nothing
    why: str = ""  #: why it scores zero
    course: bool = False  #: one of the course's own

    @property
    def points(self) -> float:
        """The score; 0 of what does not run."""
        return self.score.score if self.score else 0.0


def judge(name: str, rules: Mapping[str, Any], fate: Mapping[str, int], course: bool = False) -> Entry:
    """Rules on the seeds of this tournament."""
    from defi_lib.economy import score_design

    return Entry(name, rules, score_design(rules, **fate), course=course)


def table(entries: Sequence[Entry]) -> list[list[Any]]:
    """A row for each entry, its head first."""
    head = ["place", "name", "score", "standard_error", *FACTORS, "worst_role", "rules", "why"]
    rows: list[list[Any]] = [head]
    place = 0
    for entry in entries:
        place += not entry.course
        numbers: list[Any] = [0.0] + [""] * 7
        if entry.score:
            numbers = [round(getattr(entry.score, each), 3) for each in ("score", "standard_error", *FACTORS)]
            numbers.append(entry.score.worst_role)
        rules = json.dumps(dict(entry.rules)) if entry.score else ""
        rows.append(["course" if entry.course else place, entry.name, *numbers, rules, entry.why])
    return rows


_STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#222}
table{border-collapse:collapse;margin:1em 0}td,th{padding:.2em .7em;text-align:right;border-bottom:1px solid #ddd}
td:nth-child(2),th:nth-child(2){text-align:left}.course{color:#777;font-style:italic}
.bar{display:inline-block;height:.7em;background:BAR;vertical-align:middle}section{margin-top:2.5em}""".replace(
    "BAR", SERIES[0]
)


def page(entries: Sequence[Entry], fate: Mapping[str, int]) -> str:
    """One page: the ranking, then a report for each hand-in beside today's rules."""
    head, *rows = table(entries)
    shown = [place for place, name in enumerate(head) if name not in ("rules", "why")]
    lines = [
        "<tr>" + "".join(f"<th>{head[place].replace('_', ' ')}</th>" for place in shown) + "</tr>",
        *(
            f"<tr{' class=course' if entry.course else ''}>"
            + "".join(f"<td>{_written(row[place])}</td>" for place in shown)
            + "</tr>"
            for entry, row in zip(entries, rows, strict=True)
        ),
    ]
    today = next(entry for entry in entries if entry.course and not entry.rules)
    reports = "".join(_report(entry, today) for entry in entries if not entry.course)
    told = f"{fate['seeds']} seeds from {fate['first']} on, {fate['people']:,} people in each."
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>The design: ranking</title><style>{_STYLE}</style>"
        f"<h1>The design: ranking</h1><p>{told} The score is spread · survive · serve (of each year) times founders · "
        "fair. A difference below twice the standard errors tells nothing. In grey, designs of the course.</p>"
        f"<table>{''.join(lines)}</table>{reports}</html>"
    )


def _written(value: Any) -> str:
    return f"{value:.2f}" if isinstance(value, float) else html.escape(str(value))


def _report(entry: Entry, today: Entry) -> str:
    """What one design did, factor by factor, and who paid, beside today's rules."""
    title = f"<section><h2>{html.escape(entry.name)}</h2>"
    if not entry.score:
        return f"{title}<p>Scores 0: {html.escape(entry.why)}.</p></section>"
    factors = []
    for name in FACTORS:
        mine, theirs = getattr(entry.score, name), getattr(today.score, name)
        width = 10 * mine / (100 if name == "spread" else 1)
        bar = f'<span class=bar style="width:{width:.2f}em"></span>'
        factors.append(f"<tr><td>{name}</td><td>{bar}</td><td>{mine:.2f}</td><td>{theirs:.2f}</td></tr>")
    roles = "".join(
        tidy(f"<tr><td>{role}</td><td></td><td>{value:.1%}</td><td>{today.score.returns[role]:.1%}</td></tr>")
        for role, value in entry.score.returns.items()
    )
    head = "<tr><th>{}</th><th></th><th>this design</th><th>today's rules</th></tr>"
    rules = html.escape(json.dumps(dict(entry.rules)))
    return (
        f"{title}<p>Score {entry.score.score:.1f} ± {entry.score.standard_error:.1f}; today's rules "
        f"{today.score.score:.1f}. Worst off: {entry.score.worst_role}.</p><p><code>{rules}</code></p>"
        f"<table>{head.format('factor')}{''.join(factors)}</table>"
        f"<table>{head.format('who paid: profit by wealth')}{roles}</table></section>"
    )
