"""Who gets the tokens, what each role made of a year, and how the poor and the rich stand beside the twin."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from defi_lib.economy import ROLES
from defi_lib.labs.economy.the_design.world import MORE, POOL, TODAY, Design, Person, draw_people
from defi_lib.labs.kit import Lab, Part, matches
from defi_lib.labs.kit.compare import entries_of

lab = Lab("8.2")
check, progress = lab.check, lab.progress

_PARTS = ("insiders", "users", "farm", "votes", "pool", "nobody")


def _table(design: Design, more: float = MORE, taken: float = MORE) -> tuple[float, ...]:
    """The parts of the tokens; a mistake gives or takes another part with ``more_airdrop``."""
    rules = {**TODAY, **design}
    moves = "more_airdrop" in design.get("remedies", ())
    given = rules["insider_tokens"] - taken * moves, rules["airdrop"] + more * moves
    parts = (*given, rules["emission"], rules["grants"], POOL)
    return (*parts, 1 - sum(parts))


def _matching(points: float, said: str, answer: Any, right: tuple[float, ...], mistakes: dict[str, Any]) -> Part:
    """The entries of a student's dictionary against the right ones."""
    got = entries_of(answer, said, _PARTS)
    return matches(points, said, tuple(got[name] for name in _PARTS), right, mistakes)


@lab.question(
    "tokens",
    points=2,
    hints=(
        "Four rules share out tokens; some are in the pool. What holds for a rule that the design does not name?",
        "Begin with a copy of `TODAY`, lay the design over it, then move what the remedy moves. Last comes the rest.",
    ),
)
def _tokens(rng: np.random.Generator, tokens: Any) -> Iterator[Part]:
    for moves in (False, True):
        design: dict[str, Any] = {"airdrop": round(rng.uniform(0.05, 0.2), 3), "pool_fee": 0.003}
        design |= {"insider_tokens": round(rng.uniform(0.3, 0.4), 3)} if moves else {}
        design |= {"grants": round(rng.uniform(0.06, 0.09), 3)}
        design["remedies"] = ("layer_2", "more_airdrop") if moves else ("layer_2",)
        none = {name: 0.0 for name in TODAY}
        right = _table(design)
        mistakes = {
            "What a design does not name stays as it is today: that is in `TODAY`.": _table({**none, **design}),
            "What is in the pool is nobody's gift, but it is not left over either.": (*right[:5], right[5] + POOL),
        }
        if moves:
            mistakes |= {
                "The remedy `more_airdrop` is missing: it moves tokens from insiders to users.": _table(design, 0, 0),
                "What `more_airdrop` gives to users it takes from the insiders.": _table(design, MORE, 0),
                "What `more_airdrop` takes from the insiders goes to the users.": _table(design, 0, MORE),
            }
        said = f"`tokens({design})`"
        yield _matching(1, said, tokens({**design}), right, mistakes)


def by_role(
    people: Sequence[Person], way: Callable[[list[Person]], float], all_of_them: bool = False
) -> dict[str, float]:
    """A number for each role in which somebody is served."""
    members = {role: [each for each in people if each.role == role] for role in ROLES}
    served = {role: [each for each in some if each.served] for role, some in members.items()}
    return {role: way(members[role] if all_of_them else served[role]) for role in ROLES if served[role]}


def _return(some: list[Person]) -> float:
    return sum(each.profit for each in some) / sum(each.wealth for each in some)


@lab.question(
    "returns",
    points=3,
    hints=(
        "Of whom do you add up the profit, and of whom the wealth? Who was shut out had no chance to lose.",
        "For each role two sums over the people who were served, and then one division. No mean of anything.",
    ),
)
def _returns(rng: np.random.Generator, returns: Any) -> Iterator[Part]:
    number = int(rng.integers(1_000))
    people = draw_people(number)
    right = by_role(people, _return)
    wrong = {
        "Who was not served lost nothing and hides what the others lost: leave them out.": by_role(
            people, _return, all_of_them=True
        ),
        "This is the mean of the people's own returns: who has little counts as much as who has a lot.": by_role(
            people, lambda some: float(np.mean([each.profit / each.wealth for each in some]))
        ),
        "This is profit in dollars; asked for is profit for each dollar of wealth.": by_role(
            people, lambda some: sum(each.profit for each in some)
        ),
        "This is profit by head; asked for is profit for each dollar of wealth.": by_role(
            people, lambda some: float(np.mean([each.profit for each in some]))
        ),
        "Here is wealth divided by profit.": by_role(people, lambda some: 1 / (_return(some) or 1e-9)),
        "These are per cent; asked for are ratios.": by_role(people, lambda some: 100 * _return(some)),
    }
    said = f"`returns(draw_people({number}))`"
    got = entries_of(returns(list(people)), said, tuple(right), "the role {} has nobody who was served")
    values = {sentence: tuple(each.values()) for sentence, each in wrong.items()}
    yield matches(2, said, tuple(got[role] for role in right), tuple(right.values()), values)
    few = [each for each in people if each.role != "staker"]
    few += [Person("staker", False, 1_000, 0, 0), Person("staker", False, 500, 0, -5)]
    right, said = by_role(few, _return), "what `returns` gives for people of whom no staker was served"
    got = entries_of(returns(few), said, tuple(right), "the role {} has nobody who was served")
    yield matches(1, said, tuple(got[role] for role in right), tuple(right.values()))


def spread_of(
    people: Sequence[Person], most: float = 0.05, ordered: bool = True, way: str = "sums", clipped: str = "tenths"
) -> float:
    """How the tenths of wealth stand beside the twin: 50 is as there. The options are mistakes."""
    some = sorted(people, key=lambda each: each.wealth) if ordered else list(people)
    tenths = np.array_split(np.array([each[2:] for each in some], dtype=float), 10)
    rates = []
    for tenth in tenths:
        each = tenth[:, 2] / tenth[:, 0]
        if clipped == "people":
            each = np.clip(each, -most, most)
        rate = float(each.mean()) if way == "mean" else float((each * tenth[:, 0]).sum() / tenth[:, 0].sum())
        rates.append(float(np.clip(rate, -most, most)) if clipped == "tenths" else rate)
    return 50 * (1 + float(np.mean(rates)) / most)


def _crowd(rng: np.random.Generator) -> list[Person]:
    """People in no order, in whom every usual mistake shows."""
    wealth = np.round(np.exp(rng.normal(6, 1.5, 40)), 0) + 5
    better = np.round(wealth * rng.normal(0.01, 0.08, 40), 2)
    return [Person("payer", True, float(w), 0.0, float(b)) for w, b in zip(wealth, better, strict=True)]


@lab.question(
    "spread",
    points=3,
    hints=(
        "Line the people up by wealth and cut the line into ten equal parts. What do you know of each part?",
        "Of each tenth: sum of what is better by sum of wealth, cut off at 5 % both ways. Then the mean of the ten.",
    ),
)
def _spread(rng: np.random.Generator, spread: Any) -> Iterator[Part]:
    crowd = _crowd(rng)
    right = spread_of(crowd)
    all_of_them = sum(each.better for each in crowd) / sum(each.wealth for each in crowd)
    mistakes = {
        "The tenths are those of wealth: bring the people into order first.": spread_of(crowd, ordered=False),
        "A tenth counts at most 5 % up or down; here nothing is cut off.": spread_of(crowd, clipped="none"),
        "Cut off what a whole tenth has gained, not what each person has.": spread_of(crowd, clipped="people"),
        "Of each tenth the sums count, not the mean of the people's own rates.": spread_of(crowd, way="mean"),
        "As good as the twin is 50, not 0.": right - 50,
        "This is the mean of the ten rates; make it 0 at −5 %, 50 at nothing and 100 at 5 %.": (right / 50 - 1) * 0.05,
        "Each tenth counts alike, whatever it owns: here are all people in one.": 50
        * (1 + float(np.clip(all_of_them, -0.05, 0.05)) / 0.05),
        "The sign: `better` is what this year brought beyond the twin's.": 100 - right,
    }
    yield matches(2, "`spread` of forty people", spread(crowd), right, mistakes)
    number = int(rng.integers(1_000))
    people = draw_people(number)
    yield matches(1, f"`spread(draw_people({number}))`", spread(list(people)), spread_of(people))
