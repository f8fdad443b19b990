"""What the students of the lab see of the whole economy: people after a year, what it left, and their own design."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from defi_lib.economy import (
    DESIGN_CHOICES,
    REMEDIES,
    ROLES,
    DesignOutcome,
    DesignScore,
    design_outcome,
    design_setting,
    draw_world,
    judge_outcome,
    score_design,
    system_parameters,
    system_year,
    twin_year,
)
from defi_lib.frozen import FrozenDict

#: Rules by name, and the remedies.
Design: TypeAlias = Mapping[str, Any]
#: What no rule names stays like this.
TODAY: Mapping[str, float] = FrozenDict({name: system_parameters()[name].today for name in DESIGN_CHOICES})
#: The pool's part of the tokens at the launch, and what ``more_airdrop`` takes from the insiders.
POOL, MORE = system_parameters()["pool_tokens"].today, system_parameters()["airdrop_more"].today
#: The seeds that students try their designs on. The checks have others.
SEEDS, PEOPLE = 16, 600
#: Today's rules and some that a student may beat: also what a tournament compares with.
EXAMPLES: Mapping[str, Design] = FrozenDict({
    "today's rules": {},
    "greedy": {"insider_tokens": 0.8, "airdrop": 0, "emission": 0.05, "grants": 0},
    "Ponzi farm": {"insider_tokens": 0.3, "airdrop": 0, "emission": 0.6, "grants": 0},
    "everything to users": {"insider_tokens": 0, "airdrop": 0.9, "emission": 0, "grants": 0},
    "no farm": {"emission": 0, "grants": 0},
})  # fmt: skip


class Person(NamedTuple):
    """Somebody after a year."""

    role: str
    served: bool  #: whether this person got to do it
    wealth: float  #: at the start (USD)
    profit: float  #: of the year (USD)
    better: float  #: what the year was worth, beside the same year in the twin (USD)


#: Ten people with round numbers, each a tenth.
EXAMPLE = (
    Person("payer", True, 100, 2, 1),
    Person("payer", False, 200, 0, -2),
    Person("trader", True, 300, -15, 3),
    Person("holder", True, 400, -60, -60),
    Person("trader", True, 500, -25, -50),
    Person("holder", False, 600, 0, 0),
    Person("lender", True, 1_000, 20, 10),
    Person("holder", True, 1_600, -320, -320),
    Person("staker", True, 5_000, 150, 100),
    Person("insider", True, 20_000, 4_000, 4_000),
)

#: Two years with round numbers; in the second too little of the wages was paid.
TWO_YEARS = DesignOutcome(
    spread=np.array([60.0, 70.0]),
    unpaid=np.array([0.0, 0.3]),
    liquidity=np.array([0.9, 0.8]),
    dry=np.array([0.1, 0.0]),
    traded=np.array([90.0, 300.0]),
    traded_before=np.array([100.0, 100.0]),
    wages=100.0,
    insiders=-50.0,
    served=FrozenDict({"payer": 0.02, "trader": -0.05, "holder": -0.15}),
    returns=FrozenDict({"payer": 0.02, "trader": -0.04, "holder": -0.12, "insider": -0.2}),
    left_out=np.array([0.45, 0.45]),
)


@lru_cache(maxsize=64)
def draw_people(number: int, count: int = 200) -> tuple[Person, ...]:
    """The people of one year under today's rules, in no order: the same number gives the same.

    >>> draw_people(7) == draw_people(7) and len(draw_people(7)) == 200
    True
    """
    world = draw_world(1, count, 70_000 + number)
    year, twin = system_year(world), twin_year(world)
    columns = year.people.served, year.people.wealth, year.profit, year.worth - twin.worth
    roles = [ROLES[place] for place in year.people.role[0]]
    return tuple(map(Person, roles, *(column[0].tolist() for column in columns)))


def read_design(answer: Any) -> dict[str, Any]:
    """A design that somebody handed in, in plain numbers and words.

    Raises:
        ValueError: what is no dictionary, no number, or not allowed, with a sentence for whoever made it.
    """
    if not isinstance(answer, dict):
        raise ValueError(f"a design is a dictionary, and this is {_short(answer)}")
    design: dict[str, Any] = {}
    for name, value in answer.items():
        if not isinstance(name, str):
            raise ValueError(f"the names of rules are text, and one is {_short(name)}")
        design[name] = _remedies(value) if name == "remedies" else _number(name, value)
    design_setting(design)
    return design


def _remedies(value: Any) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)) or not all(isinstance(each, str) for each in value):
        raise ValueError(f"remedies should be a list of names of {', '.join(REMEDIES)}, and is {_short(value)}")
    return tuple(str(each) for each in value)


def _number(name: str, value: Any) -> float:
    if isinstance(value, (bool, str, bytes)) or np.ndim(value):
        raise ValueError(f"{name} should be a number, and is {_short(value)}")
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"{name} should be a number, and is {_short(value)}") from None


def _short(value: Any) -> str:
    """How a value looks, in at most sixty characters, whatever its own text does."""
    try:
        text = repr(value)
    except Exception:
        text = f"a {type(value).__name__}"
    return text if len(text) <= 60 else f"{text[:57]}…"


def try_design(design: Any, first: int = 0) -> DesignScore:
    """The score of a design on the seeds for practice, with all its factors.

    Raises:
        ValueError: a design that is not allowed; see :func:`read_design`.
    """
    return judge_outcome(try_year(design, first))


def try_year(design: Any, first: int = 0) -> DesignOutcome:
    """What a design's years left, on the seeds for practice."""
    return design_outcome(read_design(design), SEEDS, PEOPLE, first)


def try_blocks(design: Any, first: int = 0) -> list[float]:
    """Twelve scores, each of other years, for practice; two designs meet the same fate in the same place.

    A block of four years is judged by itself: founders and fairness are those of a whole block, so that single years
    would not be independent.
    """
    rules = read_design(design)
    return [score_design(rules, 4, 300, first + 4 * block).score for block in range(12)]


def report(score: DesignScore) -> str:
    """A score in one line: its factors, and who paid.

    >>> from defi_lib.economy import judge_outcome
    >>> print(report(judge_outcome(TWO_YEARS)))
    12.2 ± 12.2: spread 65.0 · survive 0.50 · serve 0.95 · founders 0.75 · fair 0.60 (worst off: holder)
    """
    factors = f"survive {score.survive:.2f} · serve {score.serve:.2f} · founders {score.founders:.2f}"
    head = f"{score.score:.1f} ± {score.standard_error:.1f}: spread {score.spread:.1f} · {factors}"
    return f"{head} · fair {score.fair:.2f} (worst off: {score.worst_role})"


@lru_cache(maxsize=1)
def _founders_curve() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Gifts, and what insiders then have after a year (USD, mean of eight years)."""
    gifts = np.linspace(0, 0.5, 11)
    rules = ({"insider_tokens": 0.5 - gift, "airdrop": gift, "emission": 0.0, "grants": 0.0} for gift in gifts)
    return gifts, np.array([design_outcome(each, 8, 300).insiders for each in rules])


def left_to_founders(gift: float) -> float:
    """What insiders have after a year (USD) if users are given ``gift`` of half of all tokens, and they the rest.

    The whole economy was asked at eleven gifts; between them what is left is drawn straight.
    """
    return float(np.interp(gift, *_founders_curve()))
