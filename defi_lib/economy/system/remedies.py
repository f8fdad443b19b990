"""What each remedy does: alone, as the last one, and on average over all orders, with standard errors over seeds."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.economy.system.measuring import GROUPS, system_measures, who_paid
from defi_lib.economy.system.setting import REMEDIES, SystemSetting
from defi_lib.economy.system.twin import TwinYear, twin_year
from defi_lib.economy.system.world import SystemWorld, draw_world
from defi_lib.economy.system.year import SystemYear, system_year
from defi_lib.validation import Amount, at_least, one_of

Array = NDArray[np.float64]

#: ``alone``: against no remedy; ``last``: against all the others; ``Shapley``: the mean over orders.
WAYS = ("alone", "Shapley", "last")
_TABLES = Path(__file__).parent


class RemedyEffect(NamedTuple):
    """One number of the table."""

    way: str  #: ``alone``, ``Shapley``, ``last``; ``level`` of a whole year; ``gap`` of it to the twin
    remedy: str  #: one of ``REMEDIES``, ``none``, ``all`` or ``twin``
    measure: str  #: one of ``MEASURES``, or ``to`` an account
    mean: float
    standard_error: float

    @property
    def is_one(self) -> bool:
        """Whether it is at least twice its standard error: a smaller effect counts as none."""
        return abs(self.mean) >= 2 * self.standard_error and self.mean != 0

    def __str__(self) -> str:
        """The effect and its standard error, or ``none``."""
        return f"{self.mean:+.2g} ± {self.standard_error:.1g}" if self.is_one else "none"


def measure_year(year: SystemYear | TwinYear) -> dict[str, Array]:
    """All measures of a year, and what each account got (``to …``, USD per head of all people)."""
    paid = {f"to {name}": amount for name, amount in who_paid(year).items()}
    return {**system_measures(year), **{name: amount for name, amount in paid.items() if amount.any()}}


def switched(names: Iterable[str]) -> dict[str, Amount]:
    """A setting's changes that turn these remedies on."""
    return dict.fromkeys(names, 1.0)


def remedy_effects(
    seeds: int,
    people: int,
    first: int = 0,
    rounds: int = 1,
    changes: Mapping[str, Amount] | None = None,
    last: Sequence[str] = REMEDIES,
) -> dict[tuple[str, str, str], Array]:
    """Every effect of every remedy in each seed: ``(way, remedy, measure)`` to one number per seed.

    Every setting meets the same draws, so that differences are within a seed. In each round a seed has an order of its
    own and its reverse; what a remedy adds when its turn comes, on average, is its Shapley value. In each seed these
    values add up to the effect of all remedies.

    Args:
        seeds: how many, >= 1.
        people: in each, >= 10.
        first: the first seed.
        rounds: of orders, >= 0; with 0 there are no Shapley values.
        changes: other parameters for all runs.
        last: the remedies that are tried as the last one too.

    Raises:
        ValueError: an argument outside its range.
    """
    at_least("rounds", rounds, 0)
    world, base = draw_world(seeds, people, first), SystemSetting(changes or {})

    def run(switches: Mapping[str, Amount]) -> dict[str, Array]:
        return measure_year(system_year(world, base.with_changes(**switches)))

    none, everything, twin = run({}), run(switched(REMEDIES)), measure_year(twin_year(world, base))
    found = _levels({"none": none, "all": everything, "twin": twin})
    for remedy in REMEDIES:
        found |= _difference("alone", remedy, run({remedy: 1.0}), none)
    for remedy in last:
        others = [name for name in REMEDIES if name != one_of("last", remedy, REMEDIES)]
        found |= _difference("last", remedy, everything, run(switched(others)))
    if rounds:
        found |= _shapley(world, run, none, everything, rounds, first)
    return found


def _levels(years: Mapping[str, dict[str, Array]]) -> dict[tuple[str, str, str], Array]:
    found = {("level", name, measure): values for name, year in years.items() for measure, values in year.items()}
    for name in ("none", "all"):
        found |= _difference("gap", name, years[name], years["twin"])
    return found | _difference("effect", "all", years["all"], years["none"])


def _difference(
    way: str, remedy: str, after: Mapping[str, Array], before: Mapping[str, Array]
) -> dict[tuple[str, str, str], Array]:
    """What changed, in every measure; an account that one of the two does not have is nothing there."""
    names = dict.fromkeys((*after, *before))
    return {(way, remedy, name): np.asarray(after.get(name, 0.0) - before.get(name, np.array(0.0))) for name in names}


def _shapley(
    world: SystemWorld,
    run: Callable[[Mapping[str, Amount]], dict[str, Array]],
    none: dict[str, Array],
    everything: dict[str, Array],
    rounds: int,
    first: int,
) -> dict[tuple[str, str, str], Array]:
    """Orders and their reverses, each seed its own: the mean of what each remedy adds."""
    count = len(REMEDIES)
    total: dict[tuple[str, str, str], Array] = {}
    for turn in range(rounds):
        drawn = [np.random.default_rng((first + seed, turn, 99)).permutation(count) for seed in range(world.seeds)]
        for order in (np.stack(drawn), np.stack(drawn)[:, ::-1]):
            place, before = np.argsort(order, axis=1, kind="stable"), none
            for step in range(1, count + 1):
                on = {name: (place[:, at] < step).astype(float) for at, name in enumerate(REMEDIES)}
                after = everything if step == count else run(on)
                for (_, _, name), added in _difference("", "", after, before).items():
                    for at, remedy in enumerate(REMEDIES):
                        key = ("Shapley", remedy, name)
                        known = total.get(key, np.zeros(world.seeds))
                        total[key] = known + np.where(order[:, step - 1] == at, added, 0.0) / (2 * rounds)
                before = after
    return total


def summarise(blocks: Iterable[Mapping[tuple[str, str, str], Array]]) -> list[RemedyEffect]:
    """Means over the seeds of all blocks, with their standard errors."""
    several = list(blocks)
    keys = dict.fromkeys(key for block in several for key in block)
    rows = []
    for key in keys:
        # An account that nobody paid in a block of seeds has nothing there.
        values = np.concatenate([block.get(key, np.zeros(_seeds(block))) for block in several])
        error = values.std(ddof=1) / len(values) ** 0.5 if len(values) > 1 else np.nan
        rows.append(RemedyEffect(*key, float(values.mean()), float(error)))
    return rows


def _seeds(block: Mapping[tuple[str, str, str], Array]) -> int:
    return len(next(iter(block.values())))


@cache
def stored_remedies(name: str = "remedies") -> tuple[RemedyEffect, ...]:
    """The table that ``make remedies`` computed: 200 seeds of 2,000 people."""
    one_of("name", name, sorted(path.stem for path in _TABLES.glob("*.csv")))
    with (_TABLES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            RemedyEffect(row["way"], row["remedy"], row["measure"], float(row["mean"]), float(row["error"]))
            for row in csv.DictReader(file)
        )


def stored_effect(way: str, remedy: str, measure: str) -> RemedyEffect:
    """One number of the stored table.

    Raises:
        ValueError: a number that the table does not have.
    """
    for row in stored_remedies():
        if row[:3] == (way, remedy, measure):
            return row
    raise ValueError(f"way, remedy, measure = {(way, remedy, measure)!r} is not in the table of remedies")


def stored_payers(remedy: str) -> dict[str, float]:
    """What a remedy alone does to everybody's profit, USD per head of all people: it adds up to nothing.

    *Others* are all who are neither insiders nor among the richest tenth; *outside* are the accounts that nobody in the
    economy owns.

    Raises:
        ValueError: a name that is not one of ``REMEDIES``.

    >>> {who: round(got) for who, got in stored_payers("vesting").items()}
    {'insiders': -17, 'richest tenth': -1, 'others': 18, 'outside': 0}
    """
    one_of("remedy", remedy, REMEDIES)
    half, middle, rich, inside = (stored_effect("alone", remedy, f"to {group}").mean for group in GROUPS)
    people = {"insiders": inside, "richest tenth": rich, "others": half + middle}
    return people | {"outside": 0.0 - sum(people.values())}
