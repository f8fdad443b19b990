"""How good a design is: how widely its profits are spread beside the twin, and whether it lives, serves and pays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.economy.system.measuring import role_returns
from defi_lib.economy.system.people import ROLES, expected_wealth
from defi_lib.economy.system.setting import REMEDIES, SystemSetting, system_parameters
from defi_lib.economy.system.twin import TwinYear, twin_year
from defi_lib.economy.system.world import SystemWorld, draw_world
from defi_lib.economy.system.year import SystemYear, system_year
from defi_lib.validation import Amount, between, finite, one_of

Array = NDArray[np.float64]

# Frozen on 2026-11-30, after somebody who had not made the score had tried to break it. Changed then, before any design
# was handed in: fairness looks at those who are served (to shut buyers out looked fair); at most the highest published
# part of the interest (nothing here makes lenders leave, and a climb took all of it); insiders may be held back, not
# hurried (a climb sold all in a month, at the low price before buyers come); more_airdrop gives nothing that insiders
# do not have.

#: What a design may choose, with the least and the most; whatever it does not name stays as it is today.
DESIGN_CHOICES: Mapping[str, tuple[float, float]] = {
    "insider_tokens": (0.0, 1.0),
    "airdrop": (0.0, 1.0),
    "emission": (0.0, 1.0),
    "grants": (0.0, 1.0),
    "hurry": (3.0, 48.0),
    "pool_fee": (0.0, 0.2),
    "protocol_part": (0.0, 1.0),
    "reserve_factor": (0.0, 0.25),
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
    standard_error: float  #: over seeds, each left out once (jackknife)
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
    if setting["more_airdrop"] and setting["insider_tokens"] < setting["airdrop_more"]:
        raise ValueError(
            f"insider_tokens = {setting['insider_tokens']:.3g}: allowed with more_airdrop, which takes "
            f"{setting['airdrop_more']:.3g} from the insiders, is at least that much"
        )
    if given > 1 + 1e-12:
        raise ValueError(
            f"all parts of the tokens add up to {given:.3g}: allowed is at most 1, the pool's part included"
        )
    return setting


class DesignOutcome(NamedTuple):
    """What a design's year left that its score looks at; one per seed unless it says so."""

    spread: Array  #: 0 to 100; 50 is as in the twin
    unpaid: Array  #: part of the wages that nobody paid
    liquidity: Array  #: the pool's on its worst day, in times what people wish to provide
    dry: Array  #: part of the days on which the token was below a tenth of its first price
    traded: Array  #: USD
    traded_before: Array  #: with the same remedies and today's rules (USD)
    wages: float  #: what building costs in a year (USD)
    insiders: float  #: profit of all insiders, on average (USD)
    served: Mapping[str, float]  #: profit of the users of each role who get to do it, of their wealth (ratio)
    returns: Mapping[str, float]  #: of everybody who wishes to have that role (ratio)
    left_out: Array  #: founders · fair of all seeds but this one: how uncertain they are


@lru_cache(maxsize=16)
def _fate(seeds: int, people: int, first: int) -> tuple[SystemWorld, TwinYear]:
    world = draw_world(seeds, people, first)
    return world, twin_year(world)


def design_outcome(design: Mapping[str, Any], seeds: int = 30, people: int = 1_000, first: int = 0) -> DesignOutcome:
    """Run a design through the system on the seeds from ``first`` on.

    Args:
        design: see :func:`design_setting`.
        seeds: how many, >= 1; hidden ones are those from another ``first`` on.
        people: in each, >= 10.
        first: the first seed.

    Raises:
        ValueError: a design that is not allowed; see :func:`design_setting`.

    >>> design_outcome({"pool_fee": 0.001}, seeds=2, people=100).spread.shape
    (2,)
    """
    setting = design_setting(design)
    world, twin = _fate(seeds, people, first)
    year = system_year(world, setting)
    today = {name: system_parameters()[name].today for name in setting.changes if name not in REMEDIES}
    same = year if not today else system_year(world, setting.with_changes(**today))
    wages = float(np.mean(setting["wages"] * expected_wealth(setting, people)))
    insiders = float((year.profit * year.people.wishes("insider")).sum(axis=1).mean())
    dry = (year.token_price < _LEAST_PRICE * year.first_price).mean(axis=0)
    return DesignOutcome(
        spread=spread_of(year, twin),
        unpaid=year.unpaid_wages,
        liquidity=year.scale,
        dry=np.asarray(dry),
        traded=year.volume,
        traded_before=same.volume,
        wages=wages,
        insiders=insiders,
        served=_served_returns(year),
        returns=role_returns(year),
        left_out=_left_out(year, wages),
    )


def score_design(design: Mapping[str, Any], seeds: int = 30, people: int = 1_000, first: int = 0) -> DesignScore:
    """Run a design through the system on the seeds from ``first`` on and judge it.

    What bad designs and better ones score stands, in order, in ``tests/economy/system/test_breaking_the_score.py``.
    For the arguments and errors see :func:`design_outcome`, for the factors :func:`judge_outcome`.

    >>> 0 <= score_design({"insider_tokens": 0.2}, seeds=4, people=200).score <= 100
    True
    """
    return judge_outcome(design_outcome(design, seeds, people, first))


def judge_outcome(outcome: DesignOutcome) -> DesignScore:
    """The score of what a design's year left.

    ``spread`` is ``10·(5 + mean over deciles of wealth of clip((worth − worth in the twin)/wealth, ±5 %))``, in % of
    wealth, where worth is profit and what the services were worth. A seed survives if four fifths of the wages are
    paid, a fifth of the liquidity stays, and the token is below a tenth of its first price on at most three days of
    ten. It serves as it trades beside today's rules. Who is shut out of a role loses nothing there, so that ``fair``
    looks at those who are served.

    >>> outcome = design_outcome({}, seeds=4, people=200)
    >>> judge_outcome(outcome._replace(unpaid=outcome.unpaid + 0.5)).score
    0.0
    """
    each = outcome.spread * _survives(outcome) * _serves(outcome)
    worst = min(outcome.served, key=lambda name: outcome.served[name])
    spread, (founders, fair) = float(outcome.spread.mean()), _for_all(outcome.insiders, outcome.wages, outcome.served)
    survive, serve = float(_survives(outcome).mean()), float(_serves(outcome).mean())
    score = float(each.mean() * founders * fair)
    judged = spread, survive, serve, float(founders), float(fair)
    return DesignScore(score, _error(each, outcome.left_out), *judged, worst, outcome.returns)


def _error(each: Array, left_out: Array) -> float:
    """The standard error of a mean times factors of all seeds together: by leaving out each seed once."""
    count = each.size
    if count < 2:
        return float("nan")
    without = (each.sum() - each) / (count - 1) * left_out
    return float(np.sqrt((count - 1) / count * np.square(without - without.mean()).sum()))


def _left_out(year: SystemYear, wages: float) -> Array:
    """Founders · fair of all seeds but one, for each of them; nothing is known of no seeds."""
    count = len(year.volume)
    if count < 2:
        return np.full(count, np.nan)
    rest = {}
    for name in ROLES[:-1]:
        who = year.people.is_(name)
        profit, wealth = ((values * who).sum(axis=1) for values in (year.profit, year.people.wealth))
        others = wealth.sum() - wealth
        rest[name] = np.divide(profit.sum() - profit, others, out=np.zeros(count), where=others > 1e-9)
    insiders = (year.profit * year.people.wishes("insider")).sum(axis=1)
    founders, fair = _for_all((insiders.sum() - insiders) / (count - 1), wages, rest)
    return np.asarray(founders * fair)


def _for_all(insiders: Amount, wages: float, served: Mapping[str, Amount]) -> tuple[Array, Array]:
    """Whether founders get what building costs, and the worst role of users is not fleeced: each from 0 to 1."""
    worst = np.min([np.asarray(value, dtype=float) for value in served.values()], axis=0)
    founders = np.clip(1 + np.asarray(insiders) / (_FOUNDERS_LOSS * wages), 0, 1)
    return founders, np.clip(1 + (worst - _WORST_RETURN) / _FAIR_WIDTH, 0, 1)


def spread_of(year: SystemYear, twin: TwinYear) -> Array:
    """How much better or worse the deciles of wealth are off than in the twin: 0 to 100, one per seed; 50 is alike."""
    order = np.argsort(year.people.wealth, axis=1, kind="stable")
    tenths = np.array_split(order, 10, axis=1)

    def sums(values: Array) -> Array:
        return np.stack([np.take_along_axis(values, tenth, axis=1).sum(axis=1) for tenth in tenths], axis=1)

    better = sums(year.worth - twin.worth) / sums(year.people.wealth)
    return np.asarray(50 * (1 + np.clip(better / _FULL_MARKS, -1, 1).mean(axis=1)))


def _survives(outcome: DesignOutcome) -> Array:
    paid = 1 - outcome.unpaid >= _LEAST_WAGES
    return np.asarray(paid & (outcome.liquidity >= _LEAST_SCALE) & (outcome.dry <= _DRY_DAYS), dtype=float)


def _serves(outcome: DesignOutcome) -> Array:
    before = outcome.traded_before
    return np.asarray(np.minimum(np.divide(outcome.traded, before, out=np.ones_like(before), where=before > 0), 1.0))


def _served_returns(year: SystemYear) -> dict[str, float]:
    """Profit of the users of each role who get to do it, of their wealth: who is shut out loses nothing."""
    each = {name: year.people.is_(name) for name in ROLES if name != "insider"}
    wealth = {name: float((year.people.wealth * who).sum()) for name, who in each.items()}
    return {name: float((year.profit * each[name]).sum()) / wealth[name] for name in each if wealth[name] > 0}


def rank_designs(designs: Sequence[Mapping[str, Any]], **how: int) -> list[tuple[int, DesignScore]]:
    """The designs by score, the best first: place in the list and score. One that is not allowed has no place here.

    Raises:
        ValueError: a design that is not allowed.
    """
    scored = [(place, score_design(design, **how)) for place, design in enumerate(designs)]
    return sorted(scored, key=lambda entry: -entry[1].score)
