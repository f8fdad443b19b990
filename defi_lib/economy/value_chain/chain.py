"""Of a dollar that a user pays: who takes how much of it on the way, on a chain and at a broker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.measures.concentration import effective_number, herfindahl, top_share
from defi_lib.rounding import above
from defi_lib.validation import Amount, between, broadcastable, fulfilled, non_negative, one_of, plain, positive

#: What a taker's ``take`` is counted of: what is left when its turn comes, the whole payment, or nothing (dollars).
TAKES = ("of what reaches it", "of the amount", "fixed")


class Taker(NamedTuple):
    """One stop of a payment, checked by :func:`follow_payment`."""

    name: str
    take: Amount  #: a ratio in [0, 1]; dollars (>= 0) if ``fixed``
    rule: str = TAKES[0]  #: one of ``TAKES``
    passes_on: tuple[tuple[str, Amount], ...] = ()  #: names, and the part of its take that each gets; at most 1 in all
    reason: str = ""  #: of the transfer; by default "<name>'s take"


class FollowedPayment(NamedTuple):
    """Where a payment went. In real numbers, not only to within rounding, ``Σ amounts + rest = paid``."""

    paid: Amount  #: dollars
    rest: Amount  #: what arrives behind all takers (dollars)
    names: tuple[str, ...]  #: who gets each of ``amounts``; a name may stand there twice
    amounts: tuple[Amount, ...]  #: what each piece brings, after what is passed on (dollars)
    short: Amount  #: what takers asked for and did not get, because less reached them (dollars)
    transfers: tuple[Transfer, ...]

    @property
    def gets(self) -> dict[str, Amount]:
        """What each taker keeps in all (dollars), in the order in which they stand on the way."""
        kept: dict[str, Amount] = {}
        for name, amount in zip(self.names, self.amounts, strict=True):
            kept[name] = kept[name] + amount if name in kept else amount
        return kept

    @property
    def take_rate(self) -> Amount:
        """What all takers keep together, of what is paid (ratio)."""
        return plain(np.asarray(sum(self.amounts, 0.0)) / self.paid)


def follow_payment(
    paid: Amount, takers: Sequence[Taker], payer: str = "user", receiver: str = "what the user buys", asset: str = "USD"
) -> FollowedPayment:
    """Lead a payment past its takers, one after the other; what none of them takes arrives.

    With x before a taker and A paid it takes ``min(r·x, x)``, ``min(r·A, x)`` or ``min(f, x)``. Of its take it passes
    on the parts it owes: a market maker pays a broker for orders, a searcher pays a builder.

    Args:
        paid: dollars > 0; one number, or one per scenario.
        takers: in the order in which the payment passes them; rates and fixed takes may be one per scenario.
        payer, receiver: who pays, and to whom the rest goes; no taker has these names.
        asset: in which all is paid.

    Raises:
        ValueError: a rate outside [0, 1], a negative fixed take, an unknown rule, parts above 1, a taker called as the
            payer or the receiver, or shapes that do not fit together.

    Each take is what the subtraction from the rest takes away, which floats hold without an error (Sterbenz).

    Source: own bookkeeping. Double marginalisation, why takers that set prices one by one take more than one firm
    would, is Spengler (1950); it is not modelled: rates are given.

    >>> way = follow_payment(100.0, [Taker("wallet", 0.01), Taker("pool", 0.02, passes_on=(("protocol", 0.25),))])
    >>> [round(float(amount), 6) for amount in way.gets.values()], round(way.rest, 6)
    ([1.0, 1.485, 0.495], 97.02)
    """
    paid = positive("paid", paid)
    left, short = paid, 0.0 * np.asarray(paid)
    names: list[str] = []
    amounts: list[Amount] = []
    moves: list[Transfer] = []
    for place, taker in enumerate(takers):
        asked = _asked(taker, f"takers[{place}]", paid, left, (payer, receiver))
        short = short + np.where(above(asked, left, scale=paid), np.subtract(asked, left), 0.0)
        taken, left = _take(left, asked)
        moves.append(Transfer(payer, taker.name, taken, asset, taker.reason or f"{taker.name}'s take"))
        kept = taken
        for name, part in taker.passes_on:
            given, kept = _take(kept, np.asarray(taken) * part)
            moves.append(Transfer(taker.name, name, given, asset, f"passed on by {taker.name}"))
            names.append(name)
            amounts.append(given)
        names.insert(len(names) - len(taker.passes_on), taker.name)
        amounts.insert(len(amounts) - len(taker.passes_on), kept)
    moves.append(Transfer(payer, receiver, left, asset, "what is left"))
    return FollowedPayment(paid, left, tuple(names), tuple(amounts), plain(short), actual(moves))


def _asked(taker: Taker, where: str, paid: Amount, left: Amount, ends: tuple[str, str]) -> Amount:
    """What a taker asks for, after its entries have been checked."""
    rule = one_of(f"{where}.rule", taker.rule, TAKES)
    take = non_negative(f"{where}.take", taker.take)
    parts = [between(f"{where}.passes_on[{name!r}]", part, 0.0, 1.0) for name, part in taker.passes_on]
    broadcastable(paid=paid, left=left, **{f"{where}.take": take})
    for part in parts:
        broadcastable(paid=paid, left=left, **{f"{where}.passes_on": part})
    total = np.asarray(sum(parts, 0.0))
    fulfilled(f"sum of {where}.passes_on", total, np.logical_not(above(total, 1.0)), "is at most 1")
    for name in (taker.name, *(name for name, _ in taker.passes_on)):
        if name in ends:
            raise ValueError(f"{where} has the name {name!r}: allowed is any but payer's and receiver's, {ends}")
    if rule == "fixed":
        return take
    return np.asarray(between(f"{where}.take", take, 0.0, 1.0)) * (paid if rule == "of the amount" else left)


def _take(left: Amount, asked: Amount) -> tuple[Amount, Amount]:
    """What is taken and what is left; the two add up to what was there in real numbers."""
    after = left - np.minimum(asked, left)
    return plain(left - after), plain(after)


class TakerConcentration(NamedTuple):
    """How few keep most of what is taken on the way."""

    herfindahl: Amount  #: 10⁴·Σ s² of the takers' shares: 10,000 if one keeps all
    largest: Amount  #: share of the largest (ratio)
    effective: Amount  #: how many equal takers would be as concentrated


def taker_concentration(payment: FollowedPayment, owners: Mapping[str, str] = {}) -> TakerConcentration:
    """Concentration among those who take, without the rest that arrives.

    Args:
        payment: one that somebody took something of, in every scenario.
        owners: the firm behind a taker, where several belong to one; the others stand for themselves.

    Raises:
        ValueError: an owner of nobody on the way, no takers, or none that gets anything.

    >>> way = follow_payment(100.0, [Taker("wallet", 3.0, "fixed"), Taker("builder", 1.0, "fixed")])
    >>> taker_concentration(way).herfindahl, taker_concentration(way, {"builder": "wallet"}).herfindahl
    (6250.0, 10000.0)
    """
    gets, kept = payment.gets, dict[str, Amount]()
    for name in owners:
        one_of("name in owners", name, tuple(gets))
    for name, amount in gets.items():
        firm = owners.get(name, name)
        kept[firm] = kept.get(firm, 0.0) + amount
    if not kept:
        raise ValueError("payment has no takers: allowed are payments of which somebody takes something")
    shares = np.stack(np.broadcast_arrays(*kept.values()), axis=-1)
    return TakerConcentration(herfindahl(shares), top_share(shares, parties=1), effective_number(shares))


def swap_takers(
    interface: Amount = 0.0,
    base_fee: Amount = 0.0,
    tip: Amount = 0.0,
    tip_to_proposer: Amount = 0.0,
    extracted: Amount = 0.0,
    extracted_to_builder: Amount = 0.0,
    extracted_to_proposer: Amount = 0.0,
    pool_fee: Amount = 0.0,
    to_protocol: Amount = 0.0,
) -> tuple[Taker, ...]:
    """The takers of a swap on a chain, in the order in which the money meets them.

    Args:
        interface: fee of a front end, wallet or aggregator, of the amount (ratio).
        base_fee: burned, for all holders of the chain's coin (dollars).
        tip: to the builder of the block (dollars), who passes on ``tip_to_proposer`` of it (ratio).
        extracted: what a searcher gets by trading around the swap, of the amount (ratio); it bids away
            ``extracted_to_builder`` and ``extracted_to_proposer`` of it (ratios, at most 1 together).
        pool_fee: of what reaches the pool (ratio); the protocol gets ``to_protocol`` of it (ratio), the providers keep
            the rest.

    What the interface is paid for orders is not in it: add a taker, or a part that the searcher passes on.

    Source: fees as in the contracts of Uniswap v3 (the protocol gets a part of the pool's fee), EIP-1559 for burned
    fee and tip, the auction of blocks as in MEV-Boost.

    >>> way = follow_payment(1_000.0, swap_takers(interface=0.0025, pool_fee=0.003, to_protocol=0.25))
    >>> round(way.rest, 4), round(way.gets["protocol"], 4)
    (994.5075, 0.7481)
    """
    bids = (("builder", extracted_to_builder), ("proposer", extracted_to_proposer))
    return (
        Taker("interface", interface, "of the amount", reason="interface fee"),
        Taker("holders of the coin", base_fee, "fixed", reason="base fee, burned"),
        Taker("builder", tip, "fixed", (("proposer", tip_to_proposer),), "tip"),
        Taker("searcher", extracted, "of the amount", bids, "extracted"),
        Taker("liquidity providers", pool_fee, TAKES[0], (("protocol", to_protocol),), "pool fee"),
    )


def broker_takers(
    commission: Amount = 0.0,
    commission_rate: Amount = 0.0,
    tax: Amount = 0.0,
    spread: Amount = 0.0,
    spread_to_broker: Amount = 0.0,
    exchange_fee: Amount = 0.0,
    clearing: Amount = 0.0,
    custody: Amount = 0.0,
) -> tuple[Taker, ...]:
    """The takers of the same purchase at a broker.

    Args:
        commission: of the broker (dollars); ``commission_rate`` on top, of the amount (ratio).
        tax: on transactions, of the amount (ratio).
        spread: half the spread, which the market maker keeps, of the amount (ratio); it pays the broker
            ``spread_to_broker`` of it (ratio) for the order.
        exchange_fee: of the exchange and its supervisor, of the amount (ratio).
        clearing: of the clearing house (dollars).
        custody: of the depository, of the amount (ratio) over the time the purchase is held.

    Source: the usual lines of a broker's report on an order (payment for order flow: rule 606 of Regulation NMS of the
    SEC).

    >>> way = follow_payment(1_000.0, broker_takers(spread=0.001, spread_to_broker=0.6))
    >>> {name: round(amount, 6) for name, amount in way.gets.items() if amount}
    {'broker': 0.6, 'market maker': 0.4}
    """
    return (
        Taker("broker", commission, "fixed", reason="commission"),
        Taker("broker", commission_rate, "of the amount", reason="commission"),
        Taker("state", tax, "of the amount", reason="tax on transactions"),
        Taker("market maker", spread, "of the amount", (("broker", spread_to_broker),), "half the spread"),
        Taker("exchange", exchange_fee, "of the amount", reason="exchange fee"),
        Taker("clearing house", clearing, "fixed", reason="clearing"),
        Taker("depository", custody, "of the amount", reason="custody"),
    )
