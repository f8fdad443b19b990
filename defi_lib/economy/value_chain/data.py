"""Data as a by-product: what an interface and its node provider see that the chain does not show, and its worth."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.validation import Amount, broadcastable, non_negative, plain


class SeenOrder(NamedTuple):
    """An order as an interface receives it."""

    written: float  #: when it leaves the user (s)
    origin: str  #: the network address from which it comes
    address: str  #: the account on the chain that signs it
    amount: float  #: USD
    in_block: float | None  #: when it stands in a block (s); ``None``: it was only asked about, never sent


def chain_record(orders: Iterable[SeenOrder]) -> tuple[tuple[float, str, float], ...]:
    """What everybody can read: time of the block, account and amount of the orders that were sent.

    Raises:
        ValueError: an order that stands in a block before it was written.

    Source: own bookkeeping. A real chain shows the fee and the call too; neither names the sender's network address.

    >>> chain_record([SeenOrder(3.0, "home", "0xa", 50.0, 12.0), SeenOrder(5.0, "home", "0xb", 70.0, None)])
    ((12.0, '0xa', 50.0),)
    """
    given = tuple(orders)
    _checked(given)
    return tuple(sorted((each.in_block, each.address, each.amount) for each in given if each.in_block is not None))


def interface_record(
    orders: Iterable[SeenOrder], own_node: Iterable[str] = ()
) -> tuple[tuple[float, str, str, float], ...]:
    """What the interface's node provider receives: time of writing, network address, account and amount of all orders.

    Args:
        orders: all that users write.
        own_node: network addresses of users who run nodes of their own: what they write never passes the provider.

    Raises:
        ValueError: an order that stands in a block before it was written.

    >>> interface_record([SeenOrder(3.0, "home", "0xa", 50.0, 12.0)])
    ((3.0, 'home', '0xa', 50.0),)
    >>> interface_record([SeenOrder(3.0, "home", "0xa", 50.0, 12.0)], own_node=["home"])
    ()
    """
    given, apart = tuple(orders), set(own_node)
    _checked(given)
    passing = (each for each in given if each.origin not in apart)
    return tuple(sorted((each.written, each.origin, each.address, each.amount) for each in passing))


def _checked(orders: tuple[SeenOrder, ...]) -> None:
    for place, each in enumerate(orders):
        if each.in_block is not None and each.in_block < each.written:
            raise ValueError(
                f"orders[{place}].in_block is {each.in_block}: allowed is its time of writing, {each.written}, or later"
            )


def ways_to_own(accounts: Iterable[str], together: Iterable[tuple[str, str]] = ()) -> int:
    """In how many ways people may own some accounts, as far as a record tells: a Bell number.

    ``B(n + 1) = Σ C(n, k)·B(k)`` for n accounts of which nothing is known; accounts known to have one owner count as
    one. 1 means that every owner's accounts are known.

    Args:
        accounts: names, each counted once.
        together: pairs of accounts that are known to have one owner.

    Raises:
        ValueError: a pair with a name that is not among the accounts.

    >>> ways_to_own("abcd"), ways_to_own("abcd", [("a", "b"), ("b", "c")]), ways_to_own("a")
    (15, 2, 1)
    """
    group = {name: name for name in accounts}
    for place, pair in enumerate(together):
        for name in pair:
            if name not in group:
                raise ValueError(f"together[{place}] has {name!r}: allowed are the accounts, {sorted(group)}")
        old, new = group[pair[0]], group[pair[1]]
        group = {name: new if owner == old else owner for name, owner in group.items()}
    row = [1]
    for _ in range(len(set(group.values()))):  # Bell's triangle
        following = [row[-1]]
        for number in row:
            following.append(following[-1] + number)
        row = following
    return row[0]


class PersonalPrices(NamedTuple):
    """What a seller earns by one price for all, and by a price for each whose limit it knows (dollars)."""

    price: Amount  #: the best price for all
    margin: Amount  #: earned by it, above cost
    personal: Amount  #: earned by personal prices, above cost
    kept: Amount  #: what users keep of their limits under the one price

    @property
    def gain(self) -> Amount:
        """What knowing the limits is worth to the seller; ``kept`` and what was not sold is all that it can be."""
        return plain(np.subtract(self.personal, self.margin))

    def transfers(self, users: str = "users", seller: str = "interface") -> tuple[Transfer, ...]:
        """What users pay above cost under personal prices."""
        return actual((Transfer(users, seller, self.personal, "USD", "personal prices"),))


def personal_prices(limits: Amount, cost: Amount = 0.0) -> PersonalPrices:
    """What it is worth to know how much each user would pay at most.

    One price p earns ``max_p (p − cost)·#{limits ≥ p}``; it is one of the limits. Who knows them earns
    ``Σ max(limit − cost, 0)``.

    Args:
        limits: the most that each user would pay (dollars, >= 0), users on the last axis, at least one.
        cost: of serving one (dollars, >= 0); one number, or one a scenario.

    Raises:
        ValueError: an argument outside its range, no users, or shapes that do not fit together.

    Source: Pigou, *The Economics of Welfare* (1920), discrimination of the first degree. It is the upper bound: real
    data tell limits only roughly, and rivals who know them too compete it away (Thisse and Vives 1988).

    >>> known = personal_prices([1.0, 2.0, 6.0], cost=1.0)
    >>> known.price, known.margin, known.personal, known.gain
    (6.0, 5.0, 6.0, 1.0)
    """
    limits, cost = np.atleast_1d(np.asarray(non_negative("limits", limits), float)), non_negative("cost", cost)
    if limits.shape[-1] == 0:
        raise ValueError(f"limits has the shape {limits.shape}: allowed is at least one user on the last axis")
    broadcastable(limits=limits[..., 0], cost=cost)
    ordered = -np.sort(-limits, axis=-1)
    above_cost = ordered - np.asarray(cost, float)[..., np.newaxis]
    earned = above_cost * np.arange(1, limits.shape[-1] + 1)
    best = np.argmax(earned, axis=-1)[..., np.newaxis]
    highest = np.take_along_axis(earned, best, axis=-1)[..., 0]
    price = np.take_along_axis(np.broadcast_to(ordered, earned.shape), best, axis=-1)[..., 0]
    sold = highest > 0
    price = np.where(sold, price, np.max(ordered, axis=-1))
    kept = np.where(sold, np.sum(np.maximum(limits - price[..., np.newaxis], 0.0), axis=-1), 0.0)
    personal = np.sum(np.maximum(above_cost, 0.0), axis=-1)
    return PersonalPrices(plain(price), plain(np.maximum(highest, 0.0)), plain(personal), plain(kept))
