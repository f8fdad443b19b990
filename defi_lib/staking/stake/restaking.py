"""Restaking: one stake stands behind several promises, and can be slashed only once.

A **service** (a bridge, an oracle) hires validators whose stake is lost if they break its rules. It is corrupted if
enough of the stake behind it joins; then something can be taken from its users. An attack pays if what is taken from
all corrupted services together is more than the stake that is slashed.
"""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.frozen import locked
from defi_lib.ledger.transfer import OUTSIDE, Transfer, actual
from defi_lib.rounding import below
from defi_lib.validation import Amount, between, broadcastable, fulfilled, non_negative, representable

#: All coalitions are tried: 65,536.
MOST_VALIDATORS = 16


class _Network(NamedTuple):
    stakes: NDArray[np.float64]
    secures: NDArray[np.bool_]
    prizes: NDArray[np.float64]
    thresholds: NDArray[np.float64]


class RestakingNetwork(_Network):
    """Validators, the services that each stands behind, and what can be taken from these.

    Args:
        stakes: of each validator, >= 0 (1 to 16 of them).
        secures: whether a validator (rows) stands behind a service (columns).
        prizes: what can be taken from the users of each service, >= 0.
        thresholds: part of the stake behind a service that corrupts it, in (0, 1]; one number or one a service.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: Durvasula, Roughgarden, *Robust Restaking Networks*, arXiv:2407.21785. On the chain a service may see only a
    part of a stake (EigenLayer's *unique stake* since 2025): then nothing is promised twice, and this is not needed.
    """

    __slots__ = ()

    def __new__(cls, stakes: Amount, secures: ArrayLike, prizes: Amount, thresholds: Amount = 1 / 3) -> Self:
        """Check the arguments and build the network."""
        stake = np.atleast_1d(np.asarray(non_negative("stakes", stakes), float))
        prize = np.atleast_1d(np.asarray(non_negative("prizes", prizes), float))
        part = between("thresholds", thresholds, 0.0, 1.0, low_open=True)
        broadcastable(prizes=prize, thresholds=part)
        behind = np.array(secures, dtype=bool)
        fits = stake.ndim == prize.ndim == 1 and behind.shape == (stake.size, prize.size)
        if not fits:
            raise ValueError(f"shape of secures = {behind.shape}: validators x services, {(stake.size, prize.size)}")
        fulfilled("number of validators", stake.size, 1 <= stake.size <= MOST_VALIDATORS, f"1 to {MOST_VALIDATORS}")
        parts = np.array(np.broadcast_to(part, prize.shape), float)
        return super().__new__(cls, *map(locked, (stake.copy(), behind, prize.copy(), parts)))

    @property
    def behind(self) -> NDArray[np.float64]:
        """All the stake behind each service; much of it stands behind others too."""
        return self.stakes @ self.secures

    @property
    def load(self) -> NDArray[np.float64]:
        """What each unit of a validator's stake is asked to hold: the sum of ``prize/(threshold·behind)``.

        If it is at most 1 for all validators no attack pays, whoever joins: each member's stake is then worth at least
        its part of every prize. The condition is enough, not necessary.
        """
        needed = self.thresholds * self.behind
        each = np.divide(self.prizes, needed, out=np.zeros(self.prizes.shape), where=needed > 0)
        return np.asarray(self.secures @ each, float)

    @property
    def slack(self) -> float:
        """γ: how much larger each stake is than the condition asks, as a ratio; below 0 the condition fails."""
        worst = float(np.max(self.load, where=self.stakes > 0, initial=0.0))
        return 1 / worst - 1 if worst > 0 else float("inf")

    def attack(self) -> RestakingAttack:
        """The coalition that gains most, of all that there are; nobody, if none gains.

        A service without any stake behind it has stopped: nothing is left to take.
        """
        count = self.stakes.size
        joins = (np.arange(2**count, dtype=np.int64)[:, np.newaxis] >> np.arange(count, dtype=np.int64)) & 1 == 1
        reached = (joins * self.stakes) @ self.secures
        corrupted = ~np.asarray(below(reached, self.thresholds * self.behind)) & (self.behind > 0)
        taken, slashed = corrupted @ self.prizes, joins @ self.stakes
        best = int(np.argmax(taken - slashed))
        if not below(slashed[best], taken[best]):
            best = 0  # nobody
        services = corrupted[best] & bool(best)
        gain = float(self.prizes @ services)
        return RestakingAttack(locked(joins[best]), locked(services), gain, float(slashed[best]))

    def without(self, validators: ArrayLike, services: ArrayLike | None = None) -> RestakingNetwork:
        """The network when these validators have lost their stake and these services have been emptied."""
        gone = np.asarray(validators, dtype=bool)
        emptied = np.zeros(self.prizes.shape, bool) if services is None else np.asarray(services, dtype=bool)
        stakes, prizes = np.where(gone, 0.0, self.stakes), np.where(emptied, 0.0, self.prizes)
        return RestakingNetwork(stakes, self.secures, prizes, self.thresholds)

    def cascade(self, shock: ArrayLike) -> RestakingCascade:
        """Let some validators lose their stake by accident, and then every attack happen that pays, best first."""
        first = np.asarray(shock, dtype=bool)
        network, attacks = self.without(first), []
        while (step := network.attack()).validators.any():
            attacks.append(step)
            network = network.without(step.validators, step.services)
        return RestakingCascade(float(self.stakes @ first), tuple(attacks), network)


class RestakingAttack(NamedTuple):
    """Who joins, what they corrupt, and what it brings and costs."""

    validators: NDArray[np.bool_]  #: who join
    services: NDArray[np.bool_]  #: which they corrupt
    taken: float  #: users of the services → attackers
    slashed: float  #: attackers → nobody

    @property
    def profit(self) -> float:
        """What the attackers gain."""
        return self.taken - self.slashed

    def transfers(
        self, attackers: str = "attackers", users: str = "users of the services", asset: str = "ETH"
    ) -> tuple[Transfer, ...]:
        """What is taken, and the stake that is burned."""
        return actual(
            [
                Transfer(users, attackers, self.taken, asset, "taken"),
                Transfer(attackers, OUTSIDE, self.slashed, asset, "slashed"),
            ]
        )


class RestakingCascade(NamedTuple):
    """An accident, and the attacks that it made worth while."""

    shock: float  #: stake that was lost by accident
    attacks: tuple[RestakingAttack, ...]
    after: RestakingNetwork

    @property
    def lost(self) -> float:
        """All stake that is gone."""
        return self.shock + sum(each.slashed for each in self.attacks)


@representable
def largest_loss(shock: Amount, slack: Amount) -> Amount:
    """The most stake that can be gone after an accident if the network had slack γ: ``shock·(1 + 1/γ)``.

    Args:
        shock: stake lost by accident, >= 0.
        slack: :attr:`RestakingNetwork.slack` before it, > 0.

    Raises:
        ValueError: an argument outside its range.

    >>> largest_loss(10.0, 0.25)
    50.0

    Source: Durvasula, Roughgarden, theorem on networks with slack; it is tight.
    """
    shock = non_negative("shock", shock)
    slack = between("slack", slack, 0.0, np.inf, low_open=True)
    broadcastable(shock=shock, slack=slack)
    return shock * (1 + 1 / slack)
