"""Who paid whom what, and why: the one form in which every mechanism says what moved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

from defi_lib.rounding import Truth, same
from defi_lib.validation import Amount, between, broadcastable, fulfilled, non_negative

#: Payer of what is minted, payee of what is burned, whatever the ledger calls it.
OUTSIDE = "outside"


class Transfer(NamedTuple):
    """One movement of value; between two parties, ``ledger.record(*transfer)`` books it.

    A claim is an asset too. Who supplies 100 USDC gives the market 100 ``"USDC"`` and gets 100 ``"USDC supplied"``;
    a borrower gets 100 ``"USDC"`` and gives 100 ``"USDC debt"``. So interest is a transfer of claims, and the transfers
    of one reason add up to the profit that this reason made.
    """

    payer: str
    payee: str
    amount: Amount  #: units of the asset, >= 0
    asset: str
    reason: str


class Moment(NamedTuple):
    """What happened at one time of a run: prices are marked first, then the transfers are made."""

    transfers: tuple[Transfer, ...] = ()
    prices: Mapping[str, Amount] = {}  #: numeraire per token
    time: float | None = None  #: since the start of the run


class Booked(Protocol):
    """A record that says what moved, so that :meth:`~defi_lib.ledger.Ledger.book` can write it.

    The names of the roles are given when booking (``trader="Ann"``); each has a default. A record that knows the names
    already (who supplied to a market) has its transfers as a plain field ``transfers``. A run in time has ``moments``
    with the same names: prices change on the way, and each transfer counts at the price of its time.
    """

    def transfers(self, **names: Any) -> tuple[Transfer, ...]:
        """Who paid whom what, and why."""


def actual(transfers: Iterable[Transfer]) -> tuple[Transfer, ...]:
    """The transfers of more than nothing, from one party to another.

    >>> len(actual([Transfer("a", "b", 0.0, "USD", "fee"), Transfer("a", "b", 1.0, "USD", "fee")]))
    1
    """
    return tuple(each for each in transfers if each.payer != each.payee and np.any(each.amount))


def sell(
    seller: str, buyer: str, tokens: Amount, price: Amount, asset: str, reason: str = "sale"
) -> tuple[Transfer, Transfer]:
    """A sale: tokens one way, USD the other.

    Args:
        seller: who gives ``tokens``.
        buyer: who pays ``tokens·price``.
        tokens: >= 0.
        price: USD per token, >= 0.
        asset: name of the token.
        reason: of both transfers.

    Raises:
        ValueError: a negative number, or shapes that do not fit together.

    >>> [transfer.amount for transfer in sell("Ann", "Ben", 3.0, 2.0, "ETH")]
    [3.0, 6.0]
    """
    tokens, price = non_negative("tokens", tokens), non_negative("price", price)
    broadcastable(tokens=tokens, price=price)
    return (Transfer(seller, buyer, tokens, asset, reason), Transfer(buyer, seller, tokens * price, "USD", reason))


def complete(parts: Mapping[str, Amount]) -> Truth:
    """Whether ``parts`` (ratios) add up to 1, to within the rounding of each: tenths rarely do exactly."""
    return same(sum(parts.values(), 0.0), 1.0, scale=float(len(parts)))


def divide(transfers: Iterable[Transfer], party: str, parts: Mapping[str, Amount]) -> tuple[Transfer, ...]:
    """Transfers of one party as those of several, each with its part: early and late providers instead of all nodes.

    Args:
        transfers: of one or several records; those of others stay as they are.
        party: who is divided.
        parts: name and part of each, in [0, 1]; they add up to 1.

    Raises:
        ValueError: a part outside [0, 1], parts that do not add up to 1, or shapes that do not fit together.

    >>> [each[:3] for each in divide([Transfer("users", "nodes", 8.0, "USD", "rent")], "nodes", {"a": 0.25, "b": 0.75})]
    [('users', 'a', 2.0), ('users', 'b', 6.0)]
    """
    shares = {name: between(f"parts[{name!r}]", part, 0.0, 1.0) for name, part in parts.items()}
    broadcastable(**shares)
    fulfilled("sum of parts", np.asarray(sum(shares.values(), 0.0)), np.asarray(complete(shares)), "is 1")
    divided: list[Transfer] = []
    for transfer in transfers:
        payer, payee, amount, asset, reason = transfer
        if party not in (payer, payee):
            divided.append(transfer)
            continue
        for name, share in shares.items():
            gives, gets = (name if each == party else each for each in (payer, payee))
            divided.append(Transfer(gives, gets, amount * share, asset, reason))
    return tuple(divided)


def by_name(
    argument: str, names: str | Sequence[str], columns: Sequence[Amount], one_for_all: bool = True
) -> Iterator[tuple[str, list[Amount]]]:
    """The sums of each of ``columns`` over the entries (last axis) of each name.

    Args:
        argument: what the names are called in an error.
        names: one for all, or one for each entry; several entries may share one.
        columns: amounts of the same shape; those of a single entry need no axis.
        one_for_all: whether one name may stand for all.

    Raises:
        ValueError: not one name for each entry.
    """
    if one_for_all and isinstance(names, str):
        yield names, [np.sum(column, axis=-1) if np.ndim(column) else column for column in columns]
        return
    count = np.shape(columns[0])[-1] if np.ndim(columns[0]) else 1
    owners = np.atleast_1d(names)
    if owners.shape != (count,):
        allowed = f"{'one, or ' if one_for_all else ''}one for each of {count} positions"
        raise ValueError(f"{argument} has {len(owners)} names: allowed is {allowed}")
    entries = [np.atleast_1d(column) for column in columns]
    for name in dict.fromkeys(owners.tolist()):
        yield name, [np.sum(column[..., owners == name], axis=-1) for column in entries]


def moments(record: Any, names: Mapping[str, Any]) -> Iterator[Moment]:
    """What ``record`` says, whatever its form: a run, a record, a transfer, or several transfers.

    Raises:
        ValueError: something that is no record, or names for transfers that have their own.
    """
    said = getattr(record, "moments", None) or getattr(record, "transfers", None)
    if callable(said):
        said = said(**names)
    elif names:
        raise ValueError(f"names = {sorted(names)}: the transfers of a {type(record).__name__} have their own names")
    if said is None:
        said = (record,) if isinstance(record, Transfer) or not isinstance(record, Iterable) else record
    for each in said:
        if isinstance(each, Moment):
            yield each
        elif isinstance(each, Transfer):
            yield Moment((each,))
        else:
            raise ValueError(f"a {type(each).__name__} is no Transfer: book records, or transfers, one by one")
