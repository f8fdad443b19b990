"""A clearing house: it stands between all, so that only net positions are owed, and a fund pays for who cannot."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from defi_lib.integers import positions
from defi_lib.risk.contagion.network import Array, Network, part_of
from defi_lib.validation import between, non_negative, one_number


class HouseClearing(NamedTuple):
    """What is paid through a house. Members along the last axis; dollars."""

    network: Network
    net: Array  #: what each is owed by the house if > 0, or owes it, after netting
    paid: Array  #: by each to the house
    received: Array  #: by each from the house
    to_users: Array  #: by each to its users
    fund_used: Array  #: of each member's part of the fund
    house_loss: Array  #: of the house's own capital
    equity: Array  #: what each has left for its owners, >= 0

    @property
    def users_loss(self) -> Array:
        """What users of each do not get back."""
        return self.network.deposits - self.to_users

    @property
    def unpaid(self) -> Array:
        """What members in credit do not get, after fund and capital."""
        return np.maximum(self.net, 0.0) - self.received


def net_positions(network: Network) -> Array:
    """What others owe each, less what it owes others (dollars); together nothing.

    >>> net_positions(Network.of_matrix([2.0, 1.0, 1.0], [[0, 10, 0], [0, 0, 10], [5, 0, 0]])).tolist()
    [-5.0, 0.0, 5.0]
    """
    return network.claims - np.bincount(positions(network.debtor), network.amount, network.size)


def clear_through_house(network: Network, fund: ArrayLike = 0.0, capital: float = 0.0) -> HouseClearing:
    """Net all claims, and let a guarantee fund pay for members who cannot.

    A member in debt shares what it has, in proportion, between the house and its users. For what it does not pay there
    is first its own part of the fund, then the house's capital, then the others' parts in proportion; what is missing
    then the members in credit go without, in proportion. No circle is left: nobody's payment waits for another's.

    Args:
        network: ranks are left out of account; scenarios along the first axis of its assets, if there are several.
        fund: paid in by each before, out of its assets (dollars), at most these; what is not used comes back.
        capital: of the house that stands before the others' parts (dollars), >= 0.

    Raises:
        ValueError: an argument outside its range.

    Source: Duffie, Zhu, *Does a Central Clearing Counterparty Reduce Counterparty Risk?* (2011), whose question it is.

    >>> ring = Network.of_matrix([2.0, 1.0, 1.0], [[0, 10, 0], [0, 0, 10], [5, 0, 0]])
    >>> clear_through_house(ring).paid.tolist(), clear_through_house(ring).equity.tolist()
    ([2.0, 0.0, 0.0], [0.0, 1.0, 3.0])
    """
    parts = np.broadcast_to(np.asarray(fund, dtype=float), network.assets.shape)
    parts = np.asarray(between("fund", parts, 0.0, network.assets))
    own = one_number("capital", non_negative("capital", capital))
    net, free = np.broadcast_to(net_positions(network), parts.shape), network.assets - parts
    debt, credit = np.maximum(-net, 0.0), np.maximum(net, 0.0)
    owed = debt + network.deposits
    paid = debt * part_of(free, owed)
    mine = np.minimum(parts, debt - paid)
    missing = np.sum(debt - paid - mine, axis=-1, keepdims=True)
    from_house = np.minimum(missing, own)
    left = np.where(debt - paid - mine > 0.0, 0.0, parts - mine)
    pooled = np.sum(left, axis=-1, keepdims=True)
    used = mine + left * part_of(missing - from_house, pooled)
    collected = np.sum(paid + used, axis=-1, keepdims=True) + from_house
    received = credit * part_of(collected, np.sum(credit, axis=-1, keepdims=True))
    has = np.maximum(network.assets - used - paid, 0.0) + received
    to_users = np.minimum(has, network.deposits)
    return HouseClearing(
        network, net, paid, received, to_users, used, from_house[..., 0], np.maximum(has - network.deposits, 0.0)
    )
