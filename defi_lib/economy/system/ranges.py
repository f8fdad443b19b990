"""Whether what the system says stays true at both ends of every range, and under the other views."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from defi_lib.economy.system.measuring import GROUPS
from defi_lib.economy.system.remedies import RemedyEffect
from defi_lib.economy.system.setting import REMEDIES
from defi_lib.frozen import FrozenDict
from defi_lib.validation import one_of

_TABLES = Path(__file__).parent


_WORTH, _TOP = "worth, poorer nine tenths", "gains of the top hundredth"

#: What lesson 8.14 says: words to way, remedy, measure and direction.
STATEMENTS: Mapping[str, tuple[str, str, str, str]] = FrozenDict(
    {
        "the top hundredth has more of all gains than in the twin": ("gap", "none", _TOP, "rises"),
        "less is traded than in the twin": ("gap", "none", "traded", "falls"),
        "fewer are served than in the twin": ("gap", "none", "served", "falls"),
        "the poorer half is better off than in the twin": ("gap", "none", "worth, poorer half", "rises"),
        "all nine remedies: the poorer nine tenths have more than in the twin": ("gap", "all", _WORTH, "rises"),
        "vesting takes from insiders": ("alone", "vesting", "to insiders", "falls"),
        "vesting gives to the poorer nine tenths": ("alone", "vesting", _WORTH, "rises"),
        "larger airdrops take from insiders": ("alone", "more_airdrop", "to insiders", "falls"),
        "larger airdrops give to the poorer nine tenths": ("alone", "more_airdrop", _WORTH, "rises"),
        "fair votes give to the poorer nine tenths": ("alone", "fair_votes", _WORTH, "rises"),
        "owned liquidity, alone, gives to insiders": ("alone", "own_liquidity", "to insiders", "rises"),
        "layer 2 gives to the poorer nine tenths": ("alone", "layer_2", _WORTH, "rises"),
        "a simple interface lets more people in": ("alone", "simple_interface", "served", "rises"),
        "a simple interface, alone, gives to insiders": ("alone", "simple_interface", "to insiders", "rises"),
        "a simple interface, last, gives to the poorer nine tenths": ("last", "simple_interface", _WORTH, "rises"),
        "identity gives to the poorer nine tenths": ("alone", "identity", _WORTH, "rises"),
        "a licence costs the poorer nine tenths": ("alone", "licence", _WORTH, "falls"),
        "cover costs the poorer nine tenths, on average": ("alone", "cover", _WORTH, "falls"),
    }
)

#: Other launches than ours, as columns of a table: what they are called in the table of ranges.
LAUNCHES: Mapping[str, str] = FrozenDict(
    {
        "without a token": "no token at all",
        "twin sells it too": "the token sold in the twin too",
        "and gives as much": "the token sold in the twin too, with the gift",
        "and pays for use": "the token sold in the twin too, with gift and rewards",
    }
)


class TriedStatement(NamedTuple):
    """A statement of the form "this rises" or "this falls", at each end of each range."""

    holds: int  #: settings in which it is so, by at least two standard errors
    tried: int  #: settings in all
    not_shown: tuple[str, ...]  #: settings in which the effect is smaller than that, and counts as none
    turned: tuple[str, ...]  #: settings in which the opposite is so


@cache
def stored_ranges() -> dict[tuple[str, str, str], dict[str, RemedyEffect]]:
    """What ``make ranges`` computed: ``(way, remedy, measure)`` to every setting's effect."""
    table: dict[tuple[str, str, str], dict[str, RemedyEffect]] = {}
    with (_TABLES / "ranges.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key = row["way"], row["remedy"], row["measure"]
            table.setdefault(key, {})[row["end"]] = RemedyEffect(*key, float(row["mean"]), float(row["error"]))
    return table


def try_statement(way: str, remedy: str, measure: str, says: str, of: str = "all") -> TriedStatement:
    """In how many settings an effect has the sign that a statement gives it.

    Args:
        way: ``"alone"``, ``"last"``, ``"effect"`` (of all remedies) or ``"gap"`` (to the twin).
        remedy: one of ``REMEDIES``, ``"none"`` or ``"all"``.
        measure: as in the table.
        says: ``"rises"`` or ``"falls"``.
        of: ``"prices"`` are both ends of every range, ``"views"`` are today and the other set-ups.

    Raises:
        ValueError: another word, or an effect that the table does not have.

    >>> try_statement("alone", "simple_interface", "served", "rises").turned
    ()
    """
    sign = 1 if one_of("says", says, ("rises", "falls")) == "rises" else -1
    if (way, remedy, measure) not in stored_ranges():
        raise ValueError(f"way, remedy, measure = {(way, remedy, measure)!r} is not in the table of ranges")
    wanted = {"all": (True, False), "prices": (True,), "views": (False,)}[one_of("of", of, ("all", "prices", "views"))]
    stored = stored_ranges()[way, remedy, measure]
    effects = {end: effect for end, effect in stored.items() if end.endswith((" low", " high")) in wanted}
    none = tuple(end for end, effect in effects.items() if not effect.is_one)
    turned = tuple(end for end, effect in effects.items() if effect.is_one and effect.mean * sign < 0)
    return TriedStatement(len(effects) - len(none) - len(turned), len(effects), none, turned)


@cache
def _combinations() -> dict[int, dict[str, float]]:
    with (_TABLES / "combinations.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {int(row["code"]): {name: float(row[name]) for name in row if name != "code"} for row in rows}


def stored_combination(*names: str) -> dict[str, float]:
    """Every measure with these remedies on: the mean over 60 seeds of 2,000 people, from ``make combinations``.

    Raises:
        ValueError: a name that is not one of ``REMEDIES``.

    >>> stored_combination("layer_2")["served"] > stored_combination()["served"]
    True
    """
    code = sum(1 << REMEDIES.index(one_of("remedy", name, REMEDIES)) for name in set(names))
    return dict(_combinations()[code])


def switch_remedies(**on: bool) -> dict[str, Any]:
    """What each group gets with the remedies that are on: the columns of an explorer.

    Raises:
        ValueError: a name that is not one of ``REMEDIES``.

    >>> switch_remedies(vesting=True)["insiders"] < switch_remedies()["insiders"]
    True
    """
    found = stored_combination(*(name for name, is_on in on.items() if is_on))
    gets = [found[f"to {group}"] for group in GROUPS]
    told = {"served": found["served"], "worth": found[_WORTH], "number": sum(on.values())}
    return {"who": list(GROUPS), "gets": gets, "insiders": gets[-1], **told}
