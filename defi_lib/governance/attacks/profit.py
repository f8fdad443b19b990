"""Does an attack on a treasury pay? What delay, quorum, limit, exit and veto change."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.governance.power.coalitions import deciding_share
from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.rounding import above
from defi_lib.validation import Amount, between, broadcastable, non_negative, plain


class Defences(NamedTuple):
    """Rules that stand in the way of an attack."""

    quorum: Amount = 0.0  #: share of the supply that must be in favour
    delay: Amount = 0.0  #: days from the vote until it is carried out
    limit: Amount = 1.0  #: part of the treasury that one vote may move
    exit: Amount = 0.0  #: part of the other members who leave with their part, each day of the delay
    veto: Amount = 0.0  #: chance of each day of the delay that somebody stops it


class Attack(NamedTuple):
    """What an attack brings (USD)."""

    share: Amount  #: of the supply that decides alone
    left: Amount  #: what members take with them before
    take: Amount  #: what the proposal takes if it is carried out
    chance: Amount  #: that nobody stops it
    cost: Amount  #: of the votes
    treasury: Amount  #: before

    @property
    def profit(self) -> Amount:
        """What the attacker gains on average: ``chance·take − cost``."""
        return self.chance * self.take - self.cost

    @property
    def pays(self) -> bool | NDArray[np.bool_]:
        """Whether it is worth while."""
        worth = np.asarray(above(self.chance * self.take, self.cost))
        return bool(worth) if worth.ndim == 0 else worth

    def transfers(
        self,
        attacker: str = "attacker",
        treasury: str = "treasury",
        members: str = "members",
        sellers: str = "sellers of votes",
        asset: str = "USD",
    ) -> tuple[Transfer, ...]:
        """What is taken on average, what leaves before, and what the votes cost."""
        return actual(
            [
                Transfer(treasury, members, self.left, asset, "exit"),
                Transfer(treasury, attacker, self.chance * self.take, asset, "theft by vote"),
                Transfer(attacker, sellers, self.cost, asset, "votes"),
            ]
        )


def attack(treasury: Amount, turnout: Amount, cost: Amount, defences: Defences | None = None) -> Attack:
    """An attack on a treasury T by who needs the share s of the votes: profit ``(1 − v)^d·limit·(T − left) − cost``.

    ``s = max(t/(1 + t), quorum)``. With the right to leave, the others take ``left = T·(1 − s)·(1 − (1 − e)^d)``
    with them during the delay d: nobody can be made to lose more than what the delay does not let out.

    Args:
        treasury: USD, >= 0.
        turnout: of the others, all against, in [0, 1].
        cost: of as many votes (USD), less what they are resold for: :func:`buy_votes` and its like.
        defences: by default none.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> attack(50e6, 0.05, 9e6).profit, attack(50e6, 0.05, 9e6, Defences(limit=0.1)).pays
    (41000000.0, False)
    >>> attack(50e6, 0.05, 9e6, Defences(delay=7.0, exit=0.3)).pays
    False

    Source: own derivation; Beanstalk (no delay), Build Finance (low turnout), Moloch (exit).
    """
    rules = _checked(defences or Defences())
    treasury, cost = non_negative("treasury", treasury), non_negative("cost", cost)
    share = deciding_share(turnout, rules.quorum)
    broadcastable(treasury=treasury, turnout=turnout, cost=cost, **rules._asdict())
    gone = (1 - share) * (1 - (1 - np.asarray(rules.exit)) ** rules.delay)
    chance = (1 - np.asarray(rules.veto)) ** rules.delay
    left = treasury * gone
    take = rules.limit * np.maximum(treasury - left, 0.0)
    return Attack(share, plain(left), plain(take), plain(chance), cost, treasury)


def safe_treasury(turnout: Amount, cost: Amount, defences: Defences | None = None) -> Amount:
    """The largest treasury that it does not pay to attack (USD): ``cost/((1 − v)^d·limit·(1 − left share))``.

    Infinite where nothing can be taken. Arguments and errors as in :func:`attack`.

    >>> safe_treasury(0.05, 9e6, Defences(limit=0.1))
    90000000.0
    """
    one = attack(1.0, turnout, cost, defences)
    taken = np.asarray(one.chance * one.take)
    with np.errstate(over="ignore"):  # more than a float can say
        return plain(np.where(taken > 0, one.cost / np.where(taken > 0, taken, 1.0), np.inf))


def _checked(rules: Defences) -> Defences:
    return Defences(
        between("quorum", rules.quorum, 0.0, 1.0),
        non_negative("delay", rules.delay),
        between("limit", rules.limit, 0.0, 1.0),
        between("exit", rules.exit, 0.0, 1.0),
        between("veto", rules.veto, 0.0, 1.0),
    )
