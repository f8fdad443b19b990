"""From which treasury on rules fail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import inf
from typing import Any

import numpy as np

from defi_lib.governance import safe_treasury
from defi_lib.labs.governance.attack_and_defend.defence import some_number, some_rules
from defi_lib.labs.governance.attack_and_defend.draws import draw_dao
from defi_lib.labs.governance.attack_and_defend.questions import lab
from defi_lib.labs.governance.attack_and_defend.world import Dao, attacked, defences
from defi_lib.labs.kit import Part, matches, together


def _right(dao: Dao, rules: dict[str, Any], prices: Mapping[str, float]) -> float:
    """The treasury from which on the cheapest way pays."""
    cheapest = min(prices.values())
    return inf if cheapest == inf else float(safe_treasury(dao.turnout, cheapest, defences(dao, rules)))


def _treasuries(dao: Dao, rules: dict[str, Any], prices: Mapping[str, float]) -> tuple[float, dict[str, float]]:
    """The turning point, and what usual mistakes give."""
    right, cheapest = _right(dao, rules, prices), min(prices.values())
    ways = [*prices.values()]
    one = attacked(dao, rules, cheapest)
    part = float(one.chance * one.take) / dao.treasury
    mistakes = {
        "The attacker takes the cheapest way, not the dearest.": right * max(ways) / cheapest,
        "The attacker needs one way, not all of them together.": right * sum(ways) / cheapest,
        "The attacker takes the cheapest way, not one at random.": right
        * float(np.mean([*prices.values()]))
        / cheapest,
        "This is the cost of the votes: of a treasury as large an attack gets only a part.": cheapest,
        "This is what an attack on this DAO gains; asked for is the treasury at which it gains nothing.": (
            float(one.profit)
        ),
        "This is by how much the treasury is larger or smaller than the turning point; asked for is the point.": (
            right - dao.treasury
        ),
        "Where does the part that an attack gets belong: do you multiply or divide by it?": cheapest * part,
    }
    if rules["veto"]:
        mistakes["The council is missing: the attacker gets nothing if it stops the theft."] = right * float(one.chance)
    if rules["exit"]:
        mistakes["Those who leave are missing, with their part of the treasury."] = right * (
            1 - float(one.left) / dao.treasury
        )
    return right, mistakes


def _prices(rng: np.random.Generator, dao: Dao) -> dict[str, float]:
    """What the four ways cost, in any order."""
    return {
        way: float(f"{dao.treasury * rng.uniform(0.002, 0.05):.4g}")
        for way in rng.permutation(["buy", "borrow", "rent", "flash"]).tolist()
    }


@lab.question(
    "breaking_treasury",
    points=2,
    hints=(
        "Which of the four ways does an attacker take? And which part of the treasury do the rules let through?",
        "That part is the same however much is in the treasury. When are that part of it and the cost the same?",
    ),
)
def _breaking_treasury(rng: np.random.Generator, breaking_treasury: Any) -> Iterator[Part]:
    def ask(dao: Dao, number: int, rules: dict[str, Any], prices: dict[str, float], named: bool = True) -> Part:
        right, mistakes = _treasuries(dao, rules, prices) if named else (_right(dao, rules, prices), {})
        said = f"`breaking_treasury(draw_dao({number}), {rules}, {prices})`"
        return matches(0.5, said, breaking_treasury(dao, dict(rules), dict(prices)), right, mistakes)

    for leave, veto in ((False, False), (True, False), (True, True)):
        number = some_number(rng)
        dao = draw_dao(number)
        yield ask(dao, number, some_rules(rng, dao, leave, veto), _prices(rng, dao))
    number = some_number(rng)
    dao = draw_dao(number)
    rules, prices = some_rules(rng, dao, False, True), _prices(rng, dao)
    some = {**prices, "flash": inf, "borrow": inf}
    none, locked = dict.fromkeys(prices, inf), {**rules, "limit": 0.0}
    noway = "Where no way leads to the votes, no treasury is too large: `inf`."
    closed = "Where a proposal may move nothing, `'limit': 0.0`, no treasury is too large: `inf`."
    yield together(
        0.5,
        ask(dao, number, rules, some, named=False),
        ask(dao, number, rules, none, named=False).said(noway),
        ask(dao, number, locked, prices, named=False).said(closed),
    )
