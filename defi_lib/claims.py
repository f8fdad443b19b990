"""The claims that this course tests, and the verdicts of its lessons."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from defi_lib.validation import one_of

#: How a test can end. "mixed": it depends on the conditions that the verdict names.
OUTCOMES = ("holds", "mixed", "fails")


class Claim(NamedTuple):
    """What popular articles say; a hypothesis until a lesson has tested it."""

    id: str
    part: str
    text: str


class Verdict(NamedTuple):
    """What a lesson found about a claim; Jupyter shows it as Markdown."""

    claim: Claim
    outcome: str
    because: str
    holds: str
    fails: str

    def _repr_markdown_(self) -> str:
        claim = f"**{self.claim.id}** · *{self.claim.text}*"
        lines = [
            claim,
            f"**Verdict: {self.outcome}.** {self.because}",
            f"**It holds when** {self.holds}",
            f"**It fails when** {self.fails}",
        ]
        return "\n>\n".join(f"> {line}" for line in lines)


def claim(id: str) -> Claim:
    """The claim called ``id``, such as ``"P2"``.

    Raises:
        ValueError: an id that no claim has.
    """
    return _claims()[one_of("id", id, list(_claims()))]


def claims(*ids: str) -> list[Claim]:
    """The claims called ``ids``, or all of them in order.

    Raises:
        ValueError: an id that no claim has.
    """
    return [claim(id) for id in ids or _claims()]


def verdict(id: str, outcome: str, because: str, *, holds: str, fails: str) -> Verdict:
    """The verdict on claim ``id``: its outcome, the numbers behind it, and the conditions on both sides.

    Args:
        id: of the claim.
        outcome: ``"holds"``, ``"mixed"`` or ``"fails"``.
        because: a sentence with numbers that the notebook has computed and asserted.
        holds, fails: the conditions under which the claim is true and false; each completes "it holds when …".

    Raises:
        ValueError: an unknown id or outcome.
    """
    return Verdict(claim(id), one_of("outcome", outcome, OUTCOMES), because, holds, fails)


@cache
def _claims() -> dict[str, Claim]:
    with (files("defi_lib") / "claims.csv").open(encoding="utf-8") as file:
        return {row["id"]: Claim(**row) for row in csv.DictReader(file)}
