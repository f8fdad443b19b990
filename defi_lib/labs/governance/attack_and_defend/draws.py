"""DAOs to practise on and to be tested with. Each can be defended, none by the rules of another."""

from __future__ import annotations

from functools import lru_cache
from math import floor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.governance import attack
from defi_lib.labs.governance.attack_and_defend.world import (
    Dao,
    Loan,
    Proposal,
    defences,
    price_to_buy,
    price_to_rent,
)

#: Members who would leave over an honest proposal: at most this part.
MOST_UPSET = 0.3
#: Where the rules are as lax as any that let all honest proposals pass, a theft brings this part of its cost.
MARGIN = 0.8


class Electorate(NamedTuple):
    """From what honest proposals are drawn. Their ranges end, so that past ones show what to expect."""

    in_favour: float  #: least part of the tokens in favour
    wait: int  #: fewest days until the money is needed
    asked: float  #: largest part of the treasury

    def proposals(self, rng: np.random.Generator, number: int) -> NDArray[np.float64]:
        """Honest proposals, one in a row: votes, upset members, money asked for, days."""
        return np.column_stack([
            np.round(self.in_favour * rng.uniform(1, 1.8, number), 4),
            np.round(rng.uniform(0, MOST_UPSET, number), 2),
            np.round(self.asked * rng.uniform(0.2, 1, number), 4),
            rng.integers(self.wait, floor(1.6 * self.wait) + 1, number).astype(float),
        ])  # fmt: skip


def electorate_of(number: int) -> Electorate:
    """Who makes honest proposals in this DAO: few or many votes, patient or not, modest or not."""
    rng = np.random.default_rng([number, 1])
    return Electorate(
        round(rng.uniform(*((0.08, 0.1) if number & 1 else (0.03, 0.038))), 4),
        int(rng.integers(*((28, 33) if number & 2 else (13, 16)))),
        round(rng.uniform(*((0.33, 0.42) if number & 4 else (0.1, 0.13))), 3),
    )


@lru_cache(maxsize=512)
def draw_dao(number: int) -> Dao:
    """A DAO by its number: the same number gives the same DAO.

    >>> draw_dao(7) == draw_dao(7) and draw_dao(7) != draw_dao(8)
    True
    """
    number = int(number)
    people, rng = electorate_of(number), np.random.default_rng([number, 2])
    vote_days = int(rng.integers(3, 6))
    delay = people.wait - vote_days
    # Where the council is awake and honest, members sleep; where it is neither, they run.
    council = bool(number & 8)
    stopped = 1 - rng.uniform(0.3, 0.42) ** (1 / delay)  # each day, by whoever is awake
    leave, catches = (rng.uniform(0.002, 0.006), stopped) if council else (stopped, rng.uniform(0.005, 0.015))
    errs = 1 - rng.uniform(*((0.95, 0.98) if council else (0.4, 0.55))) ** (1 / delay)
    supply, price = _rounded(rng.uniform(20e6, 400e6)), _rounded(rng.uniform(0.5, 8))
    least, in_pool = people.in_favour, rng.uniform(0.35, 0.48)
    alone = least * rng.uniform(0.3, 0.5)  # decides if there is no quorum
    pool = _rounded(in_pool * supply), _rounded(in_pool * supply * price)
    lent, flash = least * rng.uniform(0.8, 0.92) * supply, least * rng.uniform(2, 3) * supply
    dao = Dao(
        supply=supply,
        treasury=1.0,
        turnout=_rounded(alone / (1 - alone)),
        vote_days=vote_days,
        pool=pool,
        fall=round(rng.uniform(0.1, 0.4), 2),
        market=Loan(_rounded(lent), 0.0, round(rng.uniform(0.05, 0.5), 2), vote_days),
        flash=Loan(_rounded(flash), round(rng.uniform(0.0005, 0.003), 4), 0.0, 0),
        offers=(),
        leave=_rounded(leave),
        catches=_rounded(catches),
        errs=_rounded(errs),
        past=tuple(Proposal(*map(float, each)) for each in people.proposals(rng, 60)),
    )
    return _worth_attacking(dao, people, council, rng)


def _worth_attacking(dao: Dao, people: Electorate, council: bool, rng: np.random.Generator) -> Dao:
    """With a treasury and a price of votes at which all of quorum, limit and delay are needed, and suffice."""
    delay = people.wait - dao.vote_days
    gone = 0.0 if council else 1 - (1 - dao.leave) ** delay
    lax = {
        "snapshot": 1,
        "delay": delay,
        "quorum": people.in_favour,
        "limit": min(people.asked / (1 - MOST_UPSET * gone), 1.0),
        "exit": not council,
        "veto": council,
    }
    one = attack(1.0, dao.turnout, 0.0, defences(dao, lax))
    tokens = people.in_favour * dao.supply
    bought = price_to_buy(tokens, dao.pool, dao.fall)
    offers = [(0.25, 0.5), (0.35, 0.8), (0.4, 1.1), (1.2, 1.6)]
    offers = [(_rounded(part * tokens), dear) for part, dear in offers]
    scale = bought * rng.uniform(1.0, 1.1) / price_to_rent(tokens, offers)
    order = rng.permutation(len(offers))
    return dao._replace(
        treasury=_rounded(MARGIN * bought / float(one.chance * one.take)),
        offers=tuple((offers[i][0], _rounded(offers[i][1] * scale)) for i in order),
    )


def _rounded(number: float) -> float:
    """With four digits: easy to read."""
    return float(f"{number:.4g}")
