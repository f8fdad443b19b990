"""A student's own coin, tried on new shocks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from defi_lib.labs.kit import Part, holds
from defi_lib.labs.kit.compare import Misshapen, entries_of, four_cases, numbers_of
from defi_lib.labs.risk.defend_a_peg.draws import draw_coin, fresh, reference
from defi_lib.labs.risk.defend_a_peg.runs import lab
from defi_lib.labs.risk.defend_a_peg.world import BOUND, KINDS, OUTFLOW_DAYS, RANGES, RULES, Coin, Design, cost, tried

#: Of so many new shocks of a kind so many must be survived; and the cost may be so many times that of the reference.
SHOCKS, MUST_SURVIVE, BUDGET = 100, 85, 1.25
#: Families of 16 coins that a check may meet: each coin comes with a reference that takes time to find.
STARTS = 2


def some_number(rng: np.random.Generator) -> int:
    """Of any coin."""
    return 16 * int(rng.integers(10, 10 + STARTS)) + int(rng.integers(16))


def _worlds(rng: np.random.Generator) -> list[int]:
    """Four coins: each of cheap and dear waiting, small and large runs and flows, savers who answer and who do not."""
    start = 16 * int(rng.integers(10, 10 + STARTS))
    return [start + each for each in four_cases(rng)]


def design_of(answer: Any, said: str) -> Design:
    """A student's design, or a sentence on what else it is."""
    entries = entries_of(answer, said, [*RANGES, "rule"])
    found: dict[str, Any] = {}
    for name, (low, high) in RANGES.items():
        value = float(numbers_of(entries[name], f"The choice {name!r} of {said}", ()))
        if not low <= value <= high:
            raise Misshapen(f"The choice {name!r} of {said} is {value:g}: allowed is from {low:g} to {high:g}.")
        found[name] = value
    if found["cash"] + found["module"] > 1 + 1e-9:
        both = found["cash"] + found["module"]
        raise Misshapen(f"In what {said} returns, cash and module are {both:g} together, and the reserve is only 1.")
    rule = entries["rule"]
    if not isinstance(rule, str) or rule not in RULES:
        raise Misshapen(f"The choice 'rule' of {said} is {str(rule)[:60]!r}: choose one of {', '.join(RULES)}.")
    return found | {"rule": str(rule)}


def _dear(number: int, coin: Coin, design: Design) -> str:
    """Nothing if the design is cheap enough; else what it costs, and what of it most."""
    mine, least = float(cost(coin, design)), reference(number)[1]
    if mine <= BUDGET * least:
        return ""
    parts = {
        f"cash of {design['cash']:.1%}": design["cash"] * coin.cash_cost,
        f"a module of {design['module']:.1%}": design["module"] * coin.module_cost,
        f"a buffer of {design['buffer']:.1%}": design["buffer"] * coin.buffer_cost,
        f"a savings rate of {design['savings']:.1%}": design["savings"] * coin.saved,
    }
    most = max(parts, key=lambda each: parts[each])
    return (
        f"In `draw_coin({number})` your design costs {mine:.3%} of the supply a year, most of it {most}; "
        f"there is one that survives for {least:.3%}, and at most {BUDGET * least:.3%} is allowed."
    )


#: What happens, in words.
_SHOCKS = {
    "run": "{size:.1%} of the holders want their money",
    "bank": "a bank is lost and {size:.1%} of the holders want their money",
    "weekend": "{size:.2%} of the coins are sold over a weekend on which a bank is lost",
    "outflow": "{size:.3%} of the coins are sold on each of {days} days",
}
_ENDS = {
    "run": "the worse-off of leavers and stayers get {worst:.3f} dollars on average",
    "bank": "the worse-off of leavers and stayers get {worst:.3f} dollars on average",
    "weekend": "a coin brings {worst:.3f} dollars",
    "outflow": "the price is {worst:.3f} at the end",
}


def _lost(number: int, coin: Coin, design: Design, kind: str, rng: np.random.Generator) -> str:
    """Nothing if enough new shocks of a kind are survived; else how one that was not came out."""
    sizes = fresh(number, kind, rng, SHOCKS)
    result = tried(coin, design, kind, sizes)
    survived = int(np.sum(result.survived))
    if survived >= MUST_SURVIVE:
        return ""
    at = int(np.argmin(np.where(result.survived, np.inf, sizes)))
    shock, end = _SHOCKS[kind].format(size=sizes[at], days=OUTFLOW_DAYS), _ENDS[kind].format(worst=result.worst[at])
    return (
        f"In `draw_coin({number})` {survived} of {SHOCKS} new shocks of the kind {kind!r} are survived, and "
        f"{MUST_SURVIVE} must be. When {shock}, {end}; {BOUND:.0%} may be missing."
    )


@lab.question(
    "design",
    points=4,
    hints=(
        "The four kinds of shock pull at different choices: which answer to the run and the bank, which to the others?",
        "First the cheapest pair of module and savings rate, for each fee. Then, for each rule, cash and buffer from a "
        "grid of both.",
    ),
)
def _design(rng: np.random.Generator, design: Any) -> Iterator[Part]:
    coins = [(number, draw_coin(number)) for number in _worlds(rng)]
    answers = [design_of(design(coin), f"`design(draw_coin({number}))`") for number, coin in coins]
    found = [(number, coin, answer) for (number, coin), answer in zip(coins, answers, strict=True)]
    dear = _first(_dear(*each) for each in found)
    for kind in KINDS:
        mistake = dear or _first(_lost(*each, kind, rng) for each in found)
        yield holds(1, not mistake, mistake)


def _first(mistakes: Iterator[str]) -> str:
    return next((each for each in mistakes if each), "")
