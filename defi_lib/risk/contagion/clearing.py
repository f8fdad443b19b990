"""Who is paid what when some cannot pay: the clearing vector of a network of claims."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.integers import positions
from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.risk.contagion.network import Array, Network, names_of, part_of
from defi_lib.rounding import reaches
from defi_lib.validation import between, one_number

#: Iterations before a linear system is solved, with lists of claims and with a table; error at which one ends (ratio).
_PICARD, _PICARD_DENSE, _NEAR = 400, 12, 1e-14
#: Iterations where claims have ranks, for which no linear system is solved.
_PICARD_RANKS = 100_000
#: Up to so many protocols a full table is faster than lists of claims.
_DENSE = 300
#: How many scenarios are solved at a time.
_CHUNK = 100


class Clearing(NamedTuple):
    """What is paid. Protocols, or claims, along the last axis; dollars."""

    network: Network
    paid: Array  #: by each protocol, in all
    to_claims: Array  #: on each claim
    to_users: Array  #: by each protocol to its users
    received: Array  #: by each protocol from the others
    equity: Array  #: what each has left for its owners, >= 0
    costs: Array  #: what default destroys, of each
    defaults: NDArray[np.bool_]  #: who pays less than it owes

    @property
    def users_loss(self) -> Array:
        """What users of each do not get back."""
        return self.network.deposits - self.to_users

    @property
    def claims_loss(self) -> Array:
        """What is not paid on each claim."""
        return self.network.amount - self.to_claims

    def transfers(
        self, names: Sequence[str] | None = None, users: str = "users", administrators: str = "administrators"
    ) -> tuple[Transfer, ...]:
        """What each pays on claims, to users, and for its default (one scenario; users of all are one party).

        Raises:
            ValueError: several scenarios, or not one name for each protocol.
        """
        if self.paid.ndim != 1:
            raise ValueError(f"paid has {self.paid.ndim} axes: allowed is one scenario")
        who, net = names_of(self.network.size, names), self.network
        claims = zip(net.debtor, net.creditor, self.to_claims.tolist(), strict=True)
        return actual(
            [Transfer(who[i], who[j], paid, "USD", "claim") for i, j, paid in claims]
            + [Transfer(who[i], users, paid, "USD", "deposit") for i, paid in enumerate(self.to_users.tolist())]
            + [Transfer(who[i], administrators, cost, "USD", "default") for i, cost in enumerate(self.costs.tolist())]
        )


def clear(network: Network, recovered_assets: float = 1.0, recovered_claims: float = 1.0) -> Clearing:
    """The largest payments that nobody can call wrong: who can pay pays all, who cannot pays all that is left.

    With outside assets e, debts p̄ and shares Π, the greatest fixed point of ::

        pᵢ = p̄ᵢ                              where eᵢ + (Πᵀp)ᵢ ≥ p̄ᵢ
        pᵢ = min(p̄ᵢ, α·eᵢ + β·(Πᵀp)ᵢ)        elsewhere

    found from above: everybody pays all, who then cannot pays less, and so on; where that comes near too slowly, a
    linear system of those in default is solved. Claims of one rank share in proportion.

    Args:
        network: scenarios along the first axis of its assets, if there are several.
        recovered_assets: α, the part of its outside assets that a protocol in default still brings, in [0, 1].
        recovered_claims: β, the same of what others pay it, in [0, 1].

    Raises:
        ValueError: an argument outside its range.

    Source: Eisenberg, Noe, *Systemic Risk in Financial Systems* (2001); costs of default: Rogers, Veraart, *Failure and
    Rescue in an Interbank Network* (2013).

    >>> ring = Network.of_matrix([2.0, 1.0, 1.0], [[0, 10, 0], [0, 0, 10], [5, 0, 0]])
    >>> clear(ring).paid.tolist(), clear(ring).equity.tolist()
    ([7.0, 8.0, 5.0], [0.0, 0.0, 4.0])
    """
    alpha = one_number("recovered_assets", between("recovered_assets", recovered_assets, 0.0, 1.0))
    beta = one_number("recovered_claims", between("recovered_claims", recovered_claims, 0.0, 1.0))
    shape, assets = network.assets.shape, network.assets.reshape(-1, network.size)
    rules = _Rules(network, alpha, beta)
    paid, owed = _from_above(rules, assets), network.owed
    received = rules.received(paid)
    short = ~reaches(assets + received, owed)
    left = np.where(short, alpha * assets + beta * received - paid, assets + received - paid)
    costs = np.where(short, (1.0 - alpha) * assets + (1.0 - beta) * received, 0.0)
    to_claims, to_users = rules.divided(paid)
    parts: tuple[Any, ...] = (paid, to_claims, to_users, received, np.maximum(left, 0.0), costs, short)
    return Clearing(network, *(part.reshape(*shape[:-1], part.shape[-1]) for part in parts))


class _Rules:
    """How what is available is divided, and summed over who gets it."""

    def __init__(self, network: Network, alpha: float, beta: float) -> None:
        self.network, self.alpha, self.beta, self.owed = network, alpha, beta, network.owed
        self.ranks = np.unique(np.concatenate([network.rank, network.deposit_rank]))
        self.order = np.argsort(network.creditor, kind="stable")
        ordered = network.creditor[self.order]
        self.starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if ordered.size else ordered
        self.who = ordered[self.starts]
        self.of = [self._owed_at(rank) for rank in self.ranks]
        self.shares = part_of(network.amount, self.owed[network.debtor])
        self.ranked = self.ranks.size > 1
        self.table = None if self.ranked or network.size > _DENSE else self.dense()

    def dense(self) -> Array:
        """Which part of what i pays goes to j."""
        table = np.zeros((self.network.size, self.network.size))
        np.add.at(table, (self.network.debtor, self.network.creditor), self.shares)
        return table

    def _owed_at(self, rank: np.int64) -> Array:
        net = self.network
        claims = np.bincount(positions(net.debtor), np.where(net.rank == rank, net.amount, 0.0), net.size)
        return np.asarray(claims, dtype=float) + np.where(net.deposit_rank == rank, net.deposits, 0.0)

    def divided(self, paid: Array) -> tuple[Array, Array]:
        """What is paid on each claim, and to users."""
        net, before = self.network, np.zeros(self.network.size)
        claims, users = np.zeros((len(paid), net.amount.size)), np.zeros_like(paid)
        for rank, owed in zip(self.ranks, self.of, strict=True):
            part = part_of(np.maximum(paid - before, 0.0), owed)
            claims += np.where(net.rank == rank, part[:, net.debtor] * net.amount, 0.0)
            users += np.where(net.deposit_rank == rank, part * net.deposits, 0.0)
            before = before + owed
        return claims, users

    def received(self, paid: Array) -> Array:
        """What each gets from the others."""
        net, sums = self.network, np.zeros_like(paid)
        if not net.amount.size:
            return sums
        if self.table is not None:
            return np.asarray(paid @ self.table)
        claims = self.divided(paid)[0] if self.ranked else paid[:, net.debtor] * self.shares
        sums[:, self.who] = np.add.reduceat(claims[:, self.order], positions(self.starts), axis=1)
        return sums

    def step(self, assets: Array, paid: Array) -> tuple[Array, NDArray[np.bool_]]:
        """What each can pay if the others pay ``paid``, and who then is short."""
        received = self.received(paid)
        short = ~reaches(assets + received, self.owed)
        available = np.minimum(self.alpha * assets + self.beta * received, self.owed)
        return np.where(short, np.minimum(available, paid), self.owed), short


def _from_above(rules: _Rules, assets: Array) -> Array:
    """Iterate from full payment; rows that are done are left alone, slow ones are solved."""
    paid = np.broadcast_to(rules.owed, assets.shape).copy()
    scale = max(float(np.max(rules.owed, initial=0.0)), np.finfo(float).tiny)
    rows, last = np.arange(len(assets)), np.full(len(assets), np.inf)
    most = _PICARD_RANKS if rules.ranked else _PICARD if rules.table is None else _PICARD_DENSE
    for _ in range(most):
        new, _short = rules.step(assets[rows], paid[rows])
        change = np.max(paid[rows] - new, axis=1, initial=0.0)
        paid[rows] = new
        ratio = np.minimum(change / np.where(last > 0.0, last, 1.0), 1.0)
        # What is still to come is a geometric series, if changes shrink steadily. Round a circle they shrink once in a
        # turn: one small ratio does not make what follows smaller than this change.
        near = change <= _NEAR * scale * (1.0 - ratio)
        rows, last = rows[~near | ~np.isfinite(last)], change[~near | ~np.isfinite(last)]
        rows, last = rows[last > 0.0], last[last > 0.0]
        if not rows.size:
            return paid
    if not rules.ranked:
        for some in np.array_split(rows, max(rows.size // _CHUNK, 1)):
            paid[some] = _solved(rules, assets[some], paid[some])
    return paid


def _solved(rules: _Rules, assets: Array, paid: Array) -> Array:
    """The fictitious defaults of Eisenberg and Noe, from payments that are at or above the right ones."""
    table, short = rules.dense() if rules.table is None else rules.table, rules.step(assets, paid)[1]
    while True:
        inside = np.flatnonzero(np.any(short, axis=0))
        down, new = short[:, inside], np.where(short, 0.0, rules.owed)
        brings = rules.alpha * assets[:, inside] + rules.beta * (new @ table[:, inside])
        among = table[np.ix_(inside, inside)].T * down[:, :, None] * down[:, None, :]
        right = np.where(down, brings, 0.0)[..., None]
        try:
            left = np.linalg.solve(np.eye(inside.size) - rules.beta * among, right)[..., 0]
        except np.linalg.LinAlgError:  # a closed circle that nothing leaves: the iteration stands already
            return paid
        new[:, inside] += np.where(down, np.clip(left, 0.0, paid[:, inside]), 0.0)
        worse = rules.step(assets, new)[1] & ~short
        if not np.any(worse):
            return new
        short = short | worse
