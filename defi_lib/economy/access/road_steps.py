"""Steps of a road for money, and the usual roads: by coins, by a bank, by a remittance firm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.validation import Amount, between, broadcastable, non_negative


class RoadStep(NamedTuple):
    """What one step takes of the amount sent: ``max(proportional·amount + fixed, least)``, and by chance more."""

    name: str
    payee: str
    proportional: Amount = 0.0  #: ratio of the amount, >= 0
    fixed: Amount = 0.0  #: USD, >= 0
    least: Amount = 0.0  #: smallest fee (USD), >= 0
    chance: Amount = 0.0  #: that it goes wrong, in [0, 1]
    lost: Amount = 1.0  #: part of the amount that is gone then, in [0, 1]
    hours: Amount = 0.0  #: of the sender's own time, >= 0


Road = Sequence[RoadStep]


def coin_road(
    *,
    ramp_in: Amount = 0.01,
    least_ramp: Amount = 0.0,
    gas: Amount = 0.5,
    spread: Amount = 0.0,
    exchange: Amount = 0.003,
    custodian_fails: Amount = 0.0,
    mistake: Amount = 0.0,
    lost: Amount = 1.0,
    ramp_out: Amount = 0.015,
    cash: Amount = 2.0,
    hours: Amount = 0.0,
) -> tuple[RoadStep, ...]:
    """The road by coins; the numbers to begin with are an example, 8.10 of 200 dollars.

    Args:
        ramp_in, ramp_out: what the ramps take (ratios), >= 0.
        least_ramp: smallest fee of each ramp (USD), >= 0.
        gas: of all transactions together (USD), >= 0.
        spread: what the price quoted is worse than the market's (ratio), >= 0.
        exchange: fee of the exchange (ratio), >= 0.
        custodian_fails: chance that who keeps the coins fails meanwhile, in [0, 1].
        mistake: chance of an error or a theft, in [0, 1]: a wrong address, a false page.
        lost: part of the amount that is gone in either case, in [0, 1].
        cash: to get notes at the end (USD), >= 0.
        hours: to open accounts and to do it all, >= 0.

    Raises:
        ValueError: an argument outside its range.

    Source: own model.

    >>> [step.name for step in coin_road() if step.fixed]
    ['gas', 'cash']
    """
    ratios = {"ramp_in": ramp_in, "spread": spread, "exchange": exchange, "ramp_out": ramp_out}
    dollars = {"least_ramp": least_ramp, "gas": gas, "cash": cash, "hours": hours}
    for name, number in {**ratios, **dollars}.items():
        non_negative(name, number)
    for name, number in {"custodian_fails": custodian_fails, "mistake": mistake, "lost": lost}.items():
        between(name, number, 0.0, 1.0)
    return (
        RoadStep("ramp in", "ramp", ramp_in, least=least_ramp, hours=hours),
        RoadStep("gas", "validators", fixed=gas),
        RoadStep("spread", "market makers", spread),
        RoadStep("exchange", "liquidity providers", exchange),
        RoadStep("custody", "custodian", chance=custodian_fails, lost=lost),
        RoadStep("mistakes", "nobody", chance=mistake, lost=lost),
        RoadStep("ramp out", "ramp", ramp_out, least=least_ramp),
        RoadStep("cash", "cash agent", fixed=cash),
    )


def service_road(
    proportional: Amount,
    fixed: Amount = 0.0,
    exchange_margin: Amount = 0.0,
    least: Amount = 0.0,
    *,
    chance: Amount = 0.0,
    lost: Amount = 1.0,
    hours: Amount = 0.0,
    payee: str = "remittance firm",
) -> tuple[RoadStep, ...]:
    """The road by a bank or a remittance firm, one step: ``max(amount·(proportional + margin) + fixed, least)``.

    Args:
        proportional: fee (ratio), >= 0.
        fixed: fee (USD), >= 0: all of a bank's wire, as a rule.
        exchange_margin: what its exchange rate is worse than the market's (ratio), >= 0.
        least: smallest fee (USD), >= 0.
        chance: that it goes wrong, in [0, 1].
        lost: part of the amount that is gone then, in [0, 1].
        hours: of the sender, >= 0.
        payee: who is paid.

    Raises:
        ValueError: an argument outside its range.

    Source: the World Bank counts a remittance so, fee and exchange-rate margin together.

    >>> bank = service_road(0.0, fixed=25.0, exchange_margin=0.01, payee="bank")
    >>> from defi_lib.economy import walk_road
    >>> [walk_road(amount, bank).part for amount in (50.0, 500.0, 5_000.0)]
    [0.51, 0.06, 0.015]
    """
    numbers = {"proportional": proportional, "fixed": fixed, "exchange_margin": exchange_margin}
    for name, number in {**numbers, "least": least, "hours": hours}.items():
        non_negative(name, number)
    between("chance", chance, 0.0, 1.0)
    between("lost", lost, 0.0, 1.0)
    broadcastable(proportional=proportional, exchange_margin=exchange_margin)
    return (RoadStep("fee", payee, np.asarray(proportional) + exchange_margin, fixed, least, chance, lost, hours),)


def checked_road(road: Road) -> tuple[RoadStep, ...]:
    """The steps with their numbers as arrays, each in its range."""
    steps = tuple(road)
    if not steps:
        raise ValueError("road has 0 steps: allowed are 1 or more")
    for at, step in enumerate(steps):
        for field in ("proportional", "fixed", "least", "hours"):
            non_negative(f"road[{at}].{field}", getattr(step, field))
        for field in ("chance", "lost"):
            between(f"road[{at}].{field}", getattr(step, field), 0.0, 1.0)
    return tuple(RoadStep(*step[:2], *(np.asarray(number, float) for number in step[2:])) for step in steps)


def road_zeros(road: Road) -> NDArray[np.float64]:
    """Zeros in the shape of all the numbers of a road."""
    numbers = {
        f"road[{at}].{field}": getattr(step, field) for at, step in enumerate(road) for field in step._fields[2:]
    }
    return np.zeros(broadcastable(**numbers))
