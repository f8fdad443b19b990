"""Custody: who can move the coins, who can block them, and how likely they are lost or stolen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import combinations
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from defi_lib.probability import binomial
from defi_lib.rounding import floor, within
from defi_lib.staking.chain.keys import is_signed
from defi_lib.validation import (
    Amount,
    at_least,
    between,
    broadcastable,
    non_negative,
    one_number,
    plain,
    positive,
)


class _Wallet(NamedTuple):
    holders: tuple[str, ...]
    threshold: int


class Wallet(_Wallet):
    """Coins that move when ``threshold`` of the keys sign (m of n).

    Self custody is ``Wallet(("owner",))``; a custodian is ``Wallet(("exchange",))``, whatever the customer is told;
    ``Wallet(("owner", "owner", "bank"), 2)`` moves by the owner alone, and the bank can only help.

    Args:
        holders: who holds each key, at least one; who holds several is named several times.
        threshold: signatures needed, from 1 to the number of keys.

    Raises:
        ValueError: no holder, or a threshold outside its range.

    Source: multi-signature wallets of Bitcoin (BIP 11) and of Safe on Ethereum, which count keys, not persons.
    """

    __slots__ = ()

    def __new__(cls, holders: Iterable[str], threshold: int = 1) -> Self:
        """Check the arguments and build the wallet."""
        keys = tuple(holders)
        if not keys:
            raise ValueError("holders is empty: allowed is at least one holder of a key")
        if at_least("threshold", threshold, 1) > len(keys):
            raise ValueError(f"threshold = {threshold} is outside the allowed range [1, {len(keys)}], the keys")
        return super().__new__(cls, keys, threshold)

    def can_move(self, parties: Iterable[str]) -> bool:
        """Whether these parties together hold enough keys to move the coins."""
        acting = set(parties)
        return sum(holder in acting for holder in self.holders) >= self.threshold

    def can_block(self, parties: Iterable[str]) -> bool:
        """Whether nothing moves without these parties: the others hold too few keys."""
        return not self.can_move(set(self.holders) - set(parties))

    def movers(self) -> tuple[frozenset[str], ...]:
        """Smallest groups that can move the coins: nobody in them could be left out."""
        return self._smallest(self.can_move)

    def blockers(self) -> tuple[frozenset[str], ...]:
        """Smallest groups without which nothing moves. A group of one is a single point of failure."""
        return self._smallest(self.can_block)

    def is_authorised(self, keys: Mapping[int, bytes], message: bytes, signatures: Mapping[int, bytes]) -> bool:
        """Whether enough keys signed ``message``.

        Args:
            keys: public key at each position of ``holders``.
            message: the order to move coins.
            signatures: the signatures given, by position of the key; a wrong one does not count.
        """
        good = [
            position
            for position, signature in signatures.items()
            if position in keys and is_signed(keys[position], message, signature)
        ]
        # One key signs once, even where it stands at several positions.
        return len({keys[position] for position in good}) >= self.threshold

    def _smallest(self, able: Callable[[Iterable[str]], bool]) -> tuple[frozenset[str], ...]:
        found: list[frozenset[str]] = []
        parties = sorted(set(self.holders))
        for size in range(1, len(parties) + 1):
            for group in map(frozenset, combinations(parties, size)):
                if able(group) and not any(smaller <= group for smaller in found):
                    found.append(group)
        return tuple(found)


class CustodyRisk(NamedTuple):
    """What becomes of the coins (probabilities; they add up to 1)."""

    safe: Amount  #: the owner can move them, no thief can
    lost: Amount  #: nobody can move them any more
    stolen: Amount  #: thieves have enough keys to move them


def custody_risk(key_lost: Amount, key_stolen: Amount, threshold: int) -> CustodyRisk:
    """Fate of coins behind m of n keys, each lost or stolen independently of the others.

    Stolen: at least m keys are. Lost: not stolen, and fewer than m keys are left that the owner still holds (a
    stolen key is a copy, the owner keeps it). So m = 1 suffers from thieves, m = n from forgetting.

    Args:
        key_lost: chance that a key is lost, in [0, 1]; the keys lie along the last axis.
        key_stolen: chance that a key is copied by a thief (and not lost), in [0, 1]; together at most 1.
        threshold: keys needed, m, from 1 to n.

    Raises:
        ValueError: an argument outside its range.

    Source: own derivation (trinomial, one key after the other). Keys kept in one place or by one person are not
    independent; for those see :func:`custodian_risk`.
    """
    lost, stolen = np.broadcast_arrays(*map(np.atleast_1d, _chances(key_lost, key_stolen)))
    keys = lost.shape[-1]
    if at_least("threshold", threshold, 1) > keys:
        raise ValueError(f"threshold = {threshold} is outside the allowed range [1, {keys}], the keys")
    # chance[..., i, j]: i keys lost and j stolen, after the keys looked at so far.
    chance = np.zeros((*lost.shape[:-1], keys + 1, keys + 1))
    chance[..., 0, 0] = 1.0
    for key in range(keys):
        lose, steal = lost[..., key, None, None], stolen[..., key, None, None]
        after = chance * (1 - lose - steal)
        after[..., 1:, :] += chance[..., :-1, :] * lose
        after[..., 1:] += chance[..., :-1] * steal
        chance = after
    number = np.arange(keys + 1)
    thieves_can = np.broadcast_to(number >= threshold, (keys + 1, keys + 1))
    nobody_can = ~thieves_can & (number[:, None] > keys - threshold)
    return CustodyRisk(
        _total(chance, ~thieves_can & ~nobody_can), _total(chance, nobody_can), _total(chance, thieves_can)
    )


class CustodyLoss(NamedTuple):
    """Losses of all customers together, as a ratio of what they own."""

    expected: Amount
    standard_deviation: Amount
    everybody_at_once: Amount  #: chance that all lose in the same event


def custodian_risk(customers: Amount, failure: Amount, recovery: Amount = 0.0) -> CustodyLoss:
    """Losses where one custodian keeps everything: ``E = q·(1 − r)``, ``sd = (1 − r)·√(q(1 − q))``.

    Args:
        customers: number of equal customers, >= 1; it does not matter, and that is the point.
        failure: chance that the custodian fails, in [0, 1].
        recovery: ratio that customers get back then, in [0, 1].

    Raises:
        ValueError: an argument outside its range.
    """
    customers, failure, recovery = _crowd(customers, failure, recovery)
    spread = np.sqrt(failure * (1 - failure)) * (1 - recovery)
    none = np.zeros(broadcastable(customers=customers, failure=failure, recovery=recovery))
    return CustodyLoss(failure * (1 - recovery) + none, spread + none, failure + none)


def self_custody_risk(customers: Amount, failure: Amount, recovery: Amount = 0.0) -> CustodyLoss:
    """Losses where each keeps a wallet of his own: the same expectation, ``sd = (1 − r)·√(q(1 − q)/n)``.

    Args:
        customers: number of equal customers, >= 1.
        failure: chance that one of them loses his coins, independent of the others, in [0, 1].
        recovery: ratio that he gets back then, in [0, 1].

    Raises:
        ValueError: an argument outside its range.
    """
    customers, failure, recovery = _crowd(customers, failure, recovery)
    together = custodian_risk(customers, failure, recovery)
    return CustodyLoss(together.expected, together.standard_deviation / np.sqrt(customers), failure**customers)


def recovered_coins(paid: Amount, price: Amount) -> Amount:
    """Part of their coins that creditors of a failed custodian can buy back: ``paid / price``, at most 1.

    Claims are fixed in dollars on the day of the failure. Who is paid 118 % of that after the price has risen
    fourfold gets less than a third of the coins; who could buy back more than there were has lost none.

    Args:
        paid: part of the claim in dollars that is paid, >= 0.
        price: price at the repayment as a multiple of that at the failure, > 0.

    Raises:
        ValueError: an argument outside its range.

    >>> round(recovered_coins(1.18, 63_000 / 16_000), 3)
    0.3

    Source: own derivation; United States bankruptcy law values claims at the day of the petition (11 U.S.C. 502(b)).
    """
    paid, price = non_negative("paid", paid), positive("price", price)
    broadcastable(paid=paid, price=price)
    return plain(np.minimum(np.divide(paid, price), 1.0))


def many_lose(customers: int, failure: Amount, part: float) -> Amount:
    """Chance that more than ``part`` of the customers lose their coins, each independently of the others.

    ``P(X > part·n)`` of a binomial X: practically nothing if ``failure`` is clearly below ``part``, practically
    certain if it is clearly above. A custodian has no such law of large numbers: see :func:`custodian_risk`.

    Args:
        customers: number of wallets n, an integer >= 1.
        failure: chance that one of them loses his coins, in [0, 1].
        part: in [0, 1]; exactly this part does not count yet.

    Raises:
        ValueError: an argument outside its range.

    >>> round(many_lose(3, 0.5, 0.5), 12), many_lose(1_000, 0.01, 0.1) < 1e-50
    (0.5, True)

    Source: the binomial distribution.
    """
    customers, chance = at_least("customers", customers, 1), between("failure", failure, 0.0, 1.0)
    most = int(floor(customers * one_number("part", between("part", part, 0.0, 1.0))))
    losers = binomial(customers, chance, 1 - np.asarray(chance))
    return plain(np.minimum(losers[..., most + 1 :].sum(axis=-1), 1.0))


def _chances(key_lost: Amount, key_stolen: Amount) -> tuple[Amount, Amount]:
    lost, stolen = between("key_lost", key_lost, 0.0, 1.0), non_negative("key_stolen", key_stolen)
    broadcastable(key_lost=lost, key_stolen=stolen)
    return lost, within("key_stolen", stolen, 0.0, 1 - lost)


def _crowd(customers: Amount, failure: Amount, recovery: Amount) -> tuple[Amount, Amount, Amount]:
    customers = between("customers", customers, 1.0, np.inf)
    failure, recovery = between("failure", failure, 0.0, 1.0), between("recovery", recovery, 0.0, 1.0)
    broadcastable(customers=customers, failure=failure, recovery=recovery)
    return customers, failure, recovery


def _total(chance: NDArray[np.float64], where: NDArray[np.bool_]) -> Amount:
    total = np.sum(chance * where, axis=(-2, -1))
    return float(total) if total.ndim == 0 else total
