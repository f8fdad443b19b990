"""How good a design is: how widely its profits are spread beside the twin, and whether it lives, serves and pays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.economy.system.measuring import role_returns
from defi_lib.economy.system.people import expected_wealth
from defi_lib.economy.system.setting import REMEDIES, SystemSetting, system_parameters
from defi_lib.economy.system.twin import TwinYear, twin_year
from defi_lib.economy.system.world import SystemWorld, draw_world
from defi_lib.economy.system.year import SystemYear, system_year
from defi_lib.validation import between, finite, one_of

Array = NDArray[np.float64]

#: What a design may choose, with the least and the most; whatever it does not name stays as it is today.
DESIGN_CHOICES: Mapping[str, tuple[float, float]] = {
    "insider_tokens": (0.0, 1.0),
    "airdrop": (0.0, 1.0),
    "emission": (0.0, 1.0),
    "grants": (0.0, 1.0),
    "hurry": (1.0, 48.0),
    "pool_fee": (0.0, 0.2),
    "protocol_part": (0.0, 1.0),
    "reserve_factor": (0.0, 1.0),
}
#: No more remedies than these at once: each takes work.
MOST_REMEDIES = 4
#: A decile's gain or loss beside the twin counts up to this part of its wealth.
_FULL_MARKS = 0.05
_LEAST_WAGES, _LEAST_SCALE, _LEAST_PRICE, _DRY_DAYS = 0.8, 0.2, 0.1, 0.3
#: Insiders who lose this many times the wages of a year do not build.
_FOUNDERS_LOSS = 2.0
#: The worst role's return at which fairness begins to count less, and the width of the slope: who owns the token puts
#: 30 % of wealth into it, so that nothing is left of fairness where all of that is lost.
_WORST_RETURN, _FAIR_WIDTH = -0.05, 0.25


class DesignScore(NamedTuple):
    """A design's score from 0 to 100, and its factors."""

    score: float  #: spread · survive · serve of each seed, on average, times founders · fair
    standard_error: float  #: over seeds
    spread: float  #: 0 to 100; 50 is as in the twin
    survive: float  #: part of the seeds in which it lives
    serve: float  #: trading, beside the same remedies with today's rules; at most 1
    founders: float  #: 1 if insiders lose nothing, 0 if they lose two years' wages
    fair: float  #: 1 if no role loses more than 5 % of its wealth, 0 at 30 %
    worst_role: str
    returns: Mapping[str, float]  #: profit of each role, of its wealth (ratio)


def design_setting(design: Mapping[str, Any]) -> SystemSetting:
    """A design as a setting.

    Args:
        design: values for names of ``DESIGN_CHOICES``, and under ``"remedies"`` up to four names of ``REMEDIES``.

    Raises:
        ValueError: another name, a value outside its range, more than four remedies or one twice, or more than all
            tokens given away.
    """
    chosen = {name: value for name, value in design.items() if name != "remedies"}
    remedies = list(design.get("remedies", ()))
    for name, value in chosen.items():
        one_of("name", name, (*DESIGN_CHOICES, "remedies"))
        between(name, finite(name, value), *DESIGN_CHOICES[name])
        if np.ndim(value):
            raise ValueError(f"{name} = {value!r} is not one number")
    for name in remedies:
        one_of("remedy", name, REMEDIES)
    if len(remedies) > MOST_REMEDIES or len(set(remedies)) < len(remedies):
        raise ValueError(f"remedies = {remedies!r}: allowed are up to {MOST_REMEDIES} different ones")
    setting = SystemSetting({**chosen, **dict.fromkeys(remedies, 1.0)})
    given = sum(setting[name] for name in ("insider_tokens", "airdrop", "emission", "grants", "pool_tokens"))
    if given > 1 + 1e-12:
        raise ValueError(
            f"all parts of the tokens add up to {given:.3g}: allowed is at most 1, the pool's part included"
        )
    return setting


@lru_cache(maxsize=2)
def _fate(seeds: int, people: int, first: int) -> tuple[SystemWorld, TwinYear]:
    world = draw_world(seeds, people, first)
    return world, twin_year(world)


def score_design(design: Mapping[str, Any], seeds: int = 30, people: int = 1_000, first: int = 0) -> DesignScore:
    """Run a design through the system on the seeds from ``first`` on and judge it.

    ``spread`` is ``10·(5 + mean over deciles of wealth of clip(worth − worth in the twin, ±5 %))``, in % of wealth,
    where worth is profit and what the services were worth. A seed survives if four fifths of the wages are paid, a
    fifth of the liquidity stays, and the token is below a tenth of its first price on at most three days of ten.

    Args:
        design: see :func:`design_setting`.
        seeds: how many, >= 1; hidden ones are those from another ``first`` on.
        people: in each, >= 10.
        first: the first seed.

    Raises:
        ValueError: a design that is not allowed; see :func:`design_setting`.

    >>> 0 <= score_design({"insider_tokens": 0.2}, seeds=4, people=200).score <= 100
    True
    """
    setting = design_setting(design)
    world, twin = _fate(seeds, people, first)
    year = system_year(world, setting)
    today = {name: system_parameters()[name].today for name in setting.changes if name not in REMEDIES}
    same = year if not today else system_year(world, setting.with_changes(**today))
    spread, alive, serve = spread_of(year, twin), _survives(year, setting), _serves(year, same)
    founders = _founders(year, setting)
    returns = role_returns(year)
    users = {name: value for name, value in returns.items() if name != "insider"}
    worst = min(users, key=lambda name: users[name])
    fair = float(np.clip(1 + (users[worst] - _WORST_RETURN) / _FAIR_WIDTH, 0, 1))
    each = spread * alive * serve * founders * fair
    error = float(each.std(ddof=1) / seeds**0.5) if seeds > 1 else float("nan")
    means = float(spread.mean()), float(alive.mean()), float(serve.mean())
    return DesignScore(float(each.mean()), error, *means, founders, fair, worst, returns)


def spread_of(year: SystemYear, twin: TwinYear) -> Array:
    """How much better or worse the deciles of wealth are off than in the twin: 0 to 100, one per seed; 50 is alike."""
    order = np.argsort(year.people.wealth, axis=1)
    tenths = np.array_split(order, 10, axis=1)

    def sums(values: Array) -> Array:
        return np.stack([np.take_along_axis(values, tenth, axis=1).sum(axis=1) for tenth in tenths], axis=1)

    better = sums(year.worth - twin.worth) / sums(year.people.wealth)
    return np.asarray(50 * (1 + np.clip(better / _FULL_MARKS, -1, 1).mean(axis=1)))


def _survives(year: SystemYear, setting: SystemSetting) -> Array:
    dry = (year.token_price < _LEAST_PRICE * year.first_price).mean(axis=0)
    paid = 1 - year.unpaid_wages >= _LEAST_WAGES
    return np.asarray(paid & (year.scale >= _LEAST_SCALE) & (dry <= _DRY_DAYS), dtype=float)


def _serves(year: SystemYear, same: SystemYear) -> Array:
    part = np.divide(year.volume, same.volume, out=np.ones_like(year.volume), where=same.volume > 0)
    return np.asarray(np.minimum(part, 1.0))


def _founders(year: SystemYear, setting: SystemSetting) -> float:
    """From 0 to 1: what insiders have left, against what building costs."""
    wages = _FOUNDERS_LOSS * float(np.mean(setting["wages"] * expected_wealth(setting, year.people.wealth.shape[1])))
    profit = float((year.profit * year.people.wishes("insider")).sum(axis=1).mean())
    return float(np.clip(1 + profit / wages, 0, 1))


def rank_designs(designs: Sequence[Mapping[str, Any]], **how: int) -> list[tuple[int, DesignScore]]:
    """The designs by score, the best first: place in the list and score. One that is not allowed has no place here.

    Raises:
        ValueError: a design that is not allowed.
    """
    scored = [(place, score_design(design, **how)) for place, design in enumerate(designs)]
    return sorted(scored, key=lambda entry: -entry[1].score)
