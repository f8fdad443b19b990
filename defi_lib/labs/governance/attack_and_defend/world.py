"""A DAO as its attackers and its members see it: what votes cost, what a theft brings, which honest proposals pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import inf
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from defi_lib.exchange import ConstantProductPool
from defi_lib.governance import (
    Attack,
    Defences,
    attack,
    borrow_votes,
    buy_votes,
    deciding_share,
    flash_votes,
    rent_votes,
)
from defi_lib.rounding import reaches

#: What a DAO can decide about its votes, by name: see :data:`RANGES`.
Rules: TypeAlias = Mapping[str, float]

#: Each rule with what it may be; three are switches.
RANGES = {
    "snapshot": (0.0, 1.0),  # votes count as of an earlier block, not of now
    "delay": (0.0, inf),  # days from the end of the vote until money moves
    "quorum": (0.0, 1.0),  # part of all tokens that must be in favour
    "limit": (0.0, 1.0),  # part of the treasury that one proposal may move
    "exit": (0.0, 1.0),  # members may leave with their part of the treasury during the delay
    "veto": (0.0, 1.0),  # a council may stop a proposal during the delay
}
SWITCHES = ("snapshot", "exit", "veto")


class Loan(NamedTuple):
    """Who lends tokens, and on which terms."""

    available: float  #: tokens that can be borrowed
    fee: float  #: of the loan, whatever its time (ratio)
    rate: float  #: of interest a year (ratio)
    days: float  #: for which they are borrowed; 0: given back in the same block, a flash loan


class Proposal(NamedTuple):
    """An honest proposal of the past. All parts are ratios."""

    in_favour: float  #: part of all tokens that voted for it; more than against
    upset: float  #: part of all members who did not want it and would leave if they may
    asked: float  #: part of the treasury that it needs
    wait: float  #: days from the beginning of the vote within which it needs the money


class Dao(NamedTuple):
    """A DAO, what attackers find there, and its honest proposals so far."""

    supply: float  #: tokens
    treasury: float  #: dollars, in other money than the token
    turnout: float  #: part of the others' tokens that vote against a theft
    vote_days: float  #: days that a vote takes
    pool: tuple[float, float]  #: tokens and dollars in the market
    fall: float  #: part by which the token is cheaper after a theft than before
    market: Loan  #: a lending market
    flash: Loan  #: flash loans
    offers: tuple[tuple[float, float], ...]  #: votes for rent: how many, and dollars for each
    leave: float  #: part of those who want to leave that does so, each day
    catches: float  #: chance of each day of the delay that the council stops a theft
    errs: float  #: the same for an honest proposal
    past: tuple[Proposal, ...]  #: honest proposals

    @property
    def price(self) -> float:
        """Dollars a token."""
        return self.pool[1] / self.pool[0]


#: With round numbers, for the examples by hand.
EXAMPLE = Dao(
    supply=100e6,
    treasury=40e6,
    turnout=0.03,
    vote_days=3,
    pool=(30e6, 60e6),
    fall=0.36,
    market=Loan(available=4e6, fee=0.0, rate=0.2, days=3),
    flash=Loan(available=20e6, fee=0.001, rate=0.0, days=0),
    offers=((2e6, 0.5), (4e6, 0.1), (20e6, 0.9)),
    leave=0.5,
    catches=0.5,
    errs=0.1,
    past=(
        Proposal(in_favour=0.06, upset=0.0, asked=0.1, wait=10),
        Proposal(in_favour=0.08, upset=0.2, asked=0.2, wait=7),
        Proposal(in_favour=0.05, upset=0.4, asked=0.25, wait=20),
        Proposal(in_favour=0.12, upset=0.0, asked=0.4, wait=5),
    ),
)


def price_to_buy(tokens: float, pool: tuple[float, float], fall: float) -> float:
    """What bought tokens cost in the end; infinitely much where the pool has not so many."""
    if tokens >= pool[0]:
        return inf
    return float(buy_votes(ConstantProductPool(pool, fee=0.0), tokens, fall).cost)


def price_to_borrow(tokens: float, price: float, loan: Loan, snapshot: float) -> float:
    """What borrowed tokens cost that vote; infinitely much where there are not so many, or they do not vote."""
    if tokens > loan.available:
        return inf
    lent = flash_votes(tokens, price, loan.fee, snapshot=bool(snapshot) and loan.days == 0)
    if lent.votes < tokens:
        return inf
    return float(lent.cost + borrow_votes(tokens, price, loan.rate, loan.days).cost)


def price_to_rent(votes: float, offers: Sequence[tuple[float, float]]) -> float:
    """What so many votes cost, the cheapest first; infinitely much where not so many are offered."""
    left, paid = votes, 0.0
    for offered, dollars in sorted(offers, key=lambda each: each[1]):
        taken = min(left, offered)
        paid += float(rent_votes(taken, dollars).cost)
        left -= taken
    return paid if left <= 0 else inf


def costs(dao: Dao, rules: Rules) -> dict[str, float]:
    """What the votes cost that decide alone (dollars), by each of the ways to them: ``inf`` where there are none."""
    return dict(_costs(dao, float(rules["quorum"]), bool(rules["snapshot"])))


@lru_cache(maxsize=512)
def _costs(dao: Dao, quorum: float, snapshot: bool) -> dict[str, float]:
    """The same; who tries many rules asks again and again."""
    tokens = dao.supply * float(deciding_share(dao.turnout, quorum))
    return {
        "buy": price_to_buy(tokens, dao.pool, dao.fall),
        "borrow": price_to_borrow(tokens, dao.price, dao.market, snapshot),
        "rent": price_to_rent(tokens, dao.offers),
        "flash": price_to_borrow(tokens, dao.price, dao.flash, snapshot),
    }


def profits(dao: Dao, rules: Rules) -> dict[str, float]:
    """What an attacker gains on average (dollars), by each way: ``-inf`` where there are no votes to be had."""
    one = attacked(dao, rules, 0.0)
    return {way: float(one.profit) - cost for way, cost in costs(dao, rules).items()}


def defences(dao: Dao, rules: Rules) -> Defences:
    """The rules of this DAO, as the library's attack knows them."""
    return Defences(
        quorum=float(rules["quorum"]),
        delay=float(rules["delay"]),
        limit=float(rules["limit"]),
        exit=dao.leave if rules["exit"] else 0.0,
        veto=dao.catches if rules["veto"] else 0.0,
    )


def attacked(dao: Dao, rules: Rules, cost: float) -> Attack:
    """An attack whose votes cost so much."""
    return attack(dao.treasury, dao.turnout, cost, defences(dao, rules))


class Passing(NamedTuple):
    """Why honest proposals pass or fail, one entry for each."""

    quorum: NDArray[np.bool_]  #: enough votes
    delay: NDArray[np.bool_]  #: in time
    limit: NDArray[np.bool_]  #: enough money
    chance: float  #: that the council lets an honest proposal pass

    @property
    def rate(self) -> float:
        """Part of them that passes, on average."""
        return float(np.mean(self.quorum & self.delay & self.limit)) * self.chance


def passing(dao: Dao, rules: Rules, proposals: Any) -> Passing:
    """What becomes of honest proposals: rows of votes, upset members, money asked for and days."""
    in_favour, upset, asked, wait = np.asarray(proposals, dtype=float).T
    delay = float(rules["delay"])
    gone = 1 - (1 - dao.leave) ** delay if rules["exit"] else 0.0
    return Passing(
        np.asarray(reaches(in_favour, float(rules["quorum"]))),
        np.asarray(reaches(wait, dao.vote_days + delay)),
        np.asarray(reaches(float(rules["limit"]) * (1 - upset * gone), asked)),
        (1 - dao.errs) ** delay if rules["veto"] else 1.0,
    )
