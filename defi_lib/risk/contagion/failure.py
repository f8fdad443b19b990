"""The failure of one of many protocols alike: what its own users lose, and what those of the others do."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from defi_lib.risk.contagion.network import Array, part_of
from defi_lib.rounding import reaches
from defi_lib.validation import Amount, between, broadcastable, plain, positive, whole

#: Rounds after which what is still to come is below rounding, or is refused; and how near it must be.
_ROUNDS, _NEAR = 20_000, 1e-14


class Failure(NamedTuple):
    """Who loses what, in units of one protocol's assets before; one number or one per world."""

    inside: Amount  #: users of the protocol that fails
    outside: Amount  #: users of all others, those of isolated markets included
    owners: Amount  #: owners of all, at most their equity
    rescuers: Amount  #: who pays for the protocol that fails
    stolen: Amount  #: what was gone at first
    costs: Amount  #: what defaults destroy
    bought: Amount  #: what buyers of tokens got by paying less than before
    paper: Amount  #: what tokens that nobody sold are worth less
    withdrawn: Amount  #: deposits that ran from the others, and were paid: no loss
    paid_inside: Amount  #: part of its debts that the protocol pays, before the rescue
    paid_outside: Amount  #: part of their debts that the others pay
    price: Amount  #: of the shared token, 1 before

    @property
    def ratio(self) -> Amount:
        """Loss of users outside over that of users inside; 0 where nobody outside loses, and infinite never: see
        ``inside`` where it is 0."""
        some = np.asarray(self.inside) > 0.0
        return plain(np.where(some, np.asarray(self.outside) / np.where(some, self.inside, 1.0), 0.0))

    @property
    def lost(self) -> Amount:
        """What users, owners and rescuers lose together: stolen, destroyed, bought by others, or paper."""
        return plain(np.asarray(self.inside) + self.outside + self.owners + self.rescuers)


def fail_one(
    loss: Amount,
    *,
    others: Amount = 10,
    leverage: Amount = 5.0,
    linked: Amount = 0.3,
    shared: Amount = 0.5,
    depth: Amount = 2.0,
    recovered: Amount = 1.0,
    runs: Amount = 0.0,
    rescue: Amount = 0.0,
    isolated: Amount = 0.0,
    senior: Amount = 0.0,
    exposed: Amount | None = None,
) -> Failure:
    """A protocol loses a part of its outside assets; the others are like it, and all hold claims on all.

    Each has assets of 1 and debts ``L = 1 − 1/leverage``, of which a part ``linked`` is owed to the other protocols, in
    equal parts, and the rest to users; so it also has claims of ``linked·L`` (the one that fails may owe them another
    part). Of its outside assets a part ``shared``
    is a token that all hold and that one pool trades (constant product, ``depth`` on each side): who is in default
    sells all of it, who is run on as much as it must, and the price is everybody's. The payments are the greatest that
    clear (as in :func:`~defi_lib.risk.contagion.clearing.clear`), found from above. What is stolen is not sold.

    Args:
        loss: part of the outside assets of one protocol that is gone, in [0, 1].
        others: how many protocols there are besides, >= 1.
        leverage: assets per equity, >= 1.
        linked: in [0, 1]; 0: no claims on each other.
        shared: in [0, 1]; 0: no common assets.
        depth: of the pool, in units of one protocol's assets, > 0.
        recovered: part of its outside assets that a protocol in default still brings, in [0, 1].
        runs: part of their deposits that users of the others take out once the first fails, in [0, 1]; who comes
            first is paid.
        rescue: part of what the protocol that fails cannot pay which somebody pays for it, in [0, 1].
        isolated: part of the claims on it that was lent in isolated markets: their own users lose it and nobody else,
            in [0, 1].
        senior: part of the claims that is paid before users are, in [0, 1].
        exposed: part of the debts of the protocol that fails which the others hold, in [0, 1]; by default ``linked``,
            as of every other.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Without claims and without common assets nobody outside loses; with them a deep hole spreads:

    >>> fail_one(0.6, linked=0.0, shared=0.0).outside
    0.0
    >>> far = fail_one(1.0, others=3, leverage=20.0, linked=0.3, shared=0.6, recovered=0.5)
    >>> round(far.inside, 3), round(far.outside, 3)
    (0.59, 1.249)

    Source: Eisenberg, Noe (2001) with costs of default (Rogers, Veraart 2013) and one market for what all hold
    (Cifuentes, Ferrucci, Shin, *Liquidity Risk and Contagion*, 2005), for protocols that are all alike.
    """
    given = {
        "loss": between("loss", loss, 0.0, 1.0),
        "others": np.asarray(whole("others", np.asarray(others), 1), dtype=float),
        "leverage": between("leverage", leverage, 1.0, np.inf, high_open=True),
        "linked": between("linked", linked, 0.0, 1.0),
        "shared": between("shared", shared, 0.0, 1.0),
        "depth": positive("depth", depth),
        "recovered": between("recovered", recovered, 0.0, 1.0),
        "runs": between("runs", runs, 0.0, 1.0),
        "rescue": between("rescue", rescue, 0.0, 1.0),
        "isolated": between("isolated", isolated, 0.0, 1.0),
        "senior": between("senior", senior, 0.0, 1.0),
        "exposed": between("exposed", linked if exposed is None else exposed, 0.0, 1.0),
    }
    shape = broadcastable(**given)
    world = {name: np.broadcast_to(np.asarray(number, dtype=float), shape).ravel() for name, number in given.items()}
    return Failure(*(plain(np.reshape(part, shape)) for part in _World(**world).solved()))


class _World(NamedTuple):
    loss: Array
    others: Array
    leverage: Array
    linked: Array
    shared: Array
    depth: Array
    recovered: Array
    runs: Array
    rescue: Array
    isolated: Array
    senior: Array
    exposed: Array

    @property
    def debts(self) -> Array:
        return 1.0 - 1.0 / self.leverage

    @property
    def claims(self) -> Array:
        """What each of the others owes protocols; the one that fails holds as much."""
        return self.linked * self.debts

    @property
    def owes(self) -> Array:
        """What the one that fails owes the others."""
        return self.exposed * self.debts

    def outside(self) -> tuple[Array, Array]:
        """Outside assets of the one that fails, and of each other: all that it has is 1."""
        return 1.0 - self.claims, 1.0 - (self.owes + (self.others - 1.0) * self.claims) / self.others

    def payouts(self, part: Array, owed: Array, claims: Array) -> tuple[Array, Array]:
        """What claims, and users, get of each dollar, if ``part`` of ``owed`` is paid and some claims come first."""
        first = self.senior * claims
        paid = part * owed
        to_first = part_of(paid, first)
        to_rest = part_of(np.maximum(paid - first, 0.0), owed - first)
        return self.senior * to_first + (1.0 - self.senior) * to_rest, to_rest

    def solved(self) -> tuple[Array, ...]:
        """Rounds from above: payments and the price fall until both stand."""
        first, rest_paid, sold = np.ones_like(self.loss), np.ones_like(self.loss), np.zeros_like(self.loss)
        last = np.inf
        for _ in range(_ROUNDS):
            state = self.round(first, rest_paid, sold)
            new = state["paid_first"], state["paid_others"], state["sold"]
            moves = zip((first, rest_paid, -sold), (new[0], new[1], -new[2]), strict=True)
            change = max((float(np.max(old - now, initial=0.0)) for old, now in moves), default=0.0)
            first, rest_paid, sold = np.minimum(first, new[0]), np.minimum(rest_paid, new[1]), np.maximum(sold, new[2])
            ratio = change / last if last > 0.0 else 0.0
            if change <= _NEAR * max(1.0 - ratio, 0.0) or change == 0.0:
                break
            last = change
        return self.told(self.round(first, rest_paid, sold))

    def round(self, first: Array, others: Array, sold: Array) -> dict[str, Array]:
        """What each can pay if the others pay so much and so many tokens are sold."""
        price, average = (1.0 + sold / self.depth) ** -2, 1.0 / (1.0 + sold / self.depth)
        debts, claims, (its_own, outside) = self.debts, self.claims, self.outside()
        users = debts - claims
        failed = first < 1.0
        withdrawn = np.where(failed, self.runs * users, 0.0)
        cash, tokens = outside * (1.0 - self.shared), outside * self.shared
        needed = np.minimum(np.maximum(withdrawn - cash, 0.0) / average, tokens)
        down = others < 1.0
        sells = np.where(down, tokens, needed)
        has = cash + sells * average + (tokens - sells) * price
        withdrawn = np.minimum(withdrawn, cash + needed * average)
        left = 1.0 - self.loss
        its_tokens = its_own * self.shared
        has_first = left * (its_own - its_tokens + its_tokens * np.where(failed, average, price))
        rescued = first + self.rescue * (1.0 - first)
        claim_first, user_first = self.payouts(rescued, debts, self.owes)
        owed = np.maximum(debts - withdrawn, 0.0)
        claim_others, user_others = self.payouts(others, owed, claims)
        from_first = claim_first + self.isolated * (1.0 - claim_first)
        received = (self.owes * from_first + (self.others - 1.0) * claims * claim_others) / self.others
        pays_first, cost_first = self.pays(has_first, claims * claim_others, debts)
        pays, cost = self.pays(has - withdrawn, received, owed)
        return {
            **{"paid_first": np.minimum(first, pays_first), "paid_others": np.minimum(others, pays)},
            "sold": np.where(failed, left * its_tokens, 0.0) + self.others * sells,
            **{"price": price, "average": average, "withdrawn": withdrawn, "rescued": rescued},
            **{"claim_first": claim_first, "user_first": user_first, "user_others": user_others},
            **{"costs": cost_first + self.others * cost, "held": left * its_tokens + self.others * tokens},
            "equity": np.maximum(has_first + claims * claim_others - cost_first - first * debts, 0.0)
            + self.others * np.maximum(has - withdrawn + received - cost - others * owed, 0.0),
        }

    def pays(self, has: Array, received: Array, owed: Array) -> tuple[Array, Array]:
        """The part of its debts that a protocol pays, and what its default destroys."""
        short = ~reaches(has + received, owed)
        part = part_of(self.recovered * has + received, owed)
        return np.where(short, part, 1.0), np.where(short, (1.0 - self.recovered) * has, 0.0)

    def told(self, end: dict[str, Array]) -> tuple[Array, ...]:
        """The losses, from the last round."""
        users, paid = self.debts - self.claims, end["paid_first"]
        inside = (self.debts - self.owes) * (1.0 - end["user_first"])
        alone = self.isolated * self.owes * (1.0 - end["claim_first"])
        outside = self.others * (users - end["withdrawn"]) * (1.0 - end["user_others"]) + alone
        owners = (1.0 + self.others) / self.leverage - end["equity"]
        unsold = end["held"] - end["sold"]
        return (
            *(inside, outside, owners, self.rescue * (1.0 - paid) * self.debts, self.loss * self.outside()[0]),
            *(end["costs"], end["sold"] * (1.0 - end["average"]), unsold * (1.0 - end["price"])),
            *(self.others * end["withdrawn"], paid, end["paid_others"], end["price"]),
        )
