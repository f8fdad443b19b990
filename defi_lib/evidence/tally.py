"""The tally: every reading of the course with its verdict, and how many claims are true today, by camp."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from defi_lib.claims import CAMPS, Reading, claims, readings
from defi_lib.evidence.effects import Count, Proof
from defi_lib.evidence.registry import evidence, tested
from defi_lib.evidence.unknowns import RULES, changes
from defi_lib.evidence.verdicts import Evidence
from defi_lib.numerals import counted

ABOUT = """# All verdicts

<!-- Made by `make verdicts` from all evidence of the course; do not edit by hand. -->

A claim has one to four readings. A reading is *true* or *not true* today; a claim whose tested readings differ is
*split*. *Robust*: in nearly all, or nearly none, of our plausible worlds, or proved. *Turning*: another answer within
our ranges. *Counted*: somebody counted, and there are no worlds. *Not shown*: counted, and what nobody classed could
make it true; it counts as not true. A claim turns if one of its readings does.
"""

#: What the claims of the second camp say, the course's title in five parts.
THEMES = {
    "profits go to a few": ("X1", "X2", "X5", "X6", "X7", "X11", "X12", "X16", "X19", "X25"),
    "small users pay": ("X4", "X8", "X9", "X17", "X18", "X21", "X24"),
    "middlemen come back": ("X3", "X10", "X15", "X20", "X26", "X28", "X29"),
    "failures spread": ("X13", "X14", "X27"),
    "money and numbers mislead": ("X22", "X23", "X30"),
}

#: What a claim counts as: the first three are its answer, the next three how far that holds.
_ANSWERS = ("True today", "Not true", "Split", "Robust", "Turning", "Counted", "Not yet tested")
_HEADS = ("Reading", "Kind", "Today", "Where it turns", "How far", "Ranges", "Changes")


class Line(NamedTuple):
    """One reading that has evidence."""

    reading: Reading
    true: bool
    how_far: str  #: "robust", "turning" or "counted"
    today: str
    turns: str
    ranges: str
    changes: int  #: of its words, sizes and ranges since they were frozen


def lines(*ids: str) -> list[Line]:
    """Every reading that has evidence, or those called ``ids``, in the order of the claims."""
    known = tested()
    return [_line(one, evidence(one.id)) for one in readings() if one.id in (ids or known) and one.id in known]


def page() -> str:
    """The tally as Markdown."""
    known = lines()
    parts = [ABOUT, *_totals(known)]
    for camp, name in CAMPS.items():
        own = [line for line in known if line.reading.camp == camp]
        parts += [f"\n## {name}\n", *(_table(_HEADS, map(_cells, own)) if own else [])]
        missing = [one.id for one in readings() if one.camp == camp and one.id not in {each.reading.id for each in own}]
        parts += [f"\nNot yet tested ({len(missing)}): {', '.join(missing)}."] if missing else []
    return "\n".join(parts) + "\n"


def _line(one: Reading, found: Evidence | Count | Proof) -> Line:
    if isinstance(found, Evidence):
        how_far = "turning" if found.strength == "turns" else "robust"
        names = {*found.assumptions}
        many = sum(row["reading"] == one.id or (row["reading"] == "*" and row["name"] in names) for row in changes())
        rules = Counter(each.rule for each in found.drawn)
        ranges = ", ".join(f"{rules[rule]} {rule}" for rule in RULES if rules[rule])
        return Line(one, found.true, how_far, found.answer(), found.turns(), ranges, many)
    said = found.answer if isinstance(found, Count) else "true" if found.true else "not true"
    turns = f"It turns if {found.turns.rstrip('.')}."
    built = ", by construction of the model" if isinstance(found, Proof) and found.by_construction else ""
    how_far = "robust" if isinstance(found, Proof) else "counted"
    return Line(one, found.true, how_far, f"{said.capitalize()}{built}: {found.says.rstrip('.')}", turns, "", 0)


def totals(known: list[Line]) -> dict[str, dict[str, int]]:
    """How many claims of each camp are true today, not true or split, and how far that holds; a claim is one."""
    ids = {camp: [claim.id for claim in claims() if claim.id.startswith(camp)] for camp in CAMPS}
    own = {id: [each for each in known if each.reading.claim == id] for camp in ids.values() for id in camp}
    found = {}
    for camp, name in CAMPS.items():
        many = Counter(vote for id in ids[camp] for vote in votes(own[id]))
        found[name] = {"Claims": len(ids[camp]), **{head: many[head.lower()] for head in _ANSWERS}}
    return {**found, "All": {head: sum(row[head] for row in found.values()) for head in ("Claims", *_ANSWERS)}}


def of_readings(known: list[Line]) -> dict[str, dict[str, int]]:
    """How many readings of each camp are true today, and how far their answers hold."""
    found = {}
    for camp, name in (*CAMPS.items(), ("", "All")):
        own = [line for line in known if line.reading.camp == camp or not camp]
        far = Counter(line.how_far for line in own)
        many = {"With evidence": len(own), "True today": sum(line.true for line in own)}
        found[name] = {**many, **{head: far[head.lower()] for head in _ANSWERS[3:6]}}
    return found


def themes(known: list[Line]) -> dict[str, dict[str, int]]:
    """How many claims of the second camp are true today, not true or split, by what they say."""
    found = {}
    for theme, ids in THEMES.items():
        many = Counter(votes([each for each in known if each.reading.claim == id])[0] for id in ids)
        found[theme] = {"Claims": len(ids), **{head: many[head.lower()] for head in (*_ANSWERS[:3], _ANSWERS[-1])}}
    return found


def _totals(known: list[Line]) -> Iterator[str]:
    yield f"{counted(len(known), 'reading')} of {len(readings())} have evidence.\n"
    rows = [[f"**{name}**" if name == "All" else name, *row.values()] for name, row in totals(known).items()]
    yield from _table(("Camp", "Claims", *_ANSWERS), rows)


def votes(own: list[Line]) -> tuple[str, ...]:
    """What one claim counts as, by the lines of its tested readings: its answer, and how far that holds."""
    if not own:
        return ("not yet tested",)
    answers, far = {line.true for line in own}, {line.how_far for line in own}
    answer = "split" if len(answers) > 1 else "true today" if answers == {True} else "not true"
    return answer, next(each for each in ("turning", "robust", "counted") if each in far)


def _cells(line: Line) -> list[object]:
    one = line.reading
    texts = [f"**{one.id}** {one.text}", one.kind, line.today, line.turns, line.how_far, line.ranges, line.changes]
    return [str(text).replace("|", "\\|").replace("$", "\\$") for text in texts]


def _table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    names = list(heads)
    for row in (names, ["---"] * len(names), *rows):
        yield f"| {' | '.join(map(str, row))} |"
