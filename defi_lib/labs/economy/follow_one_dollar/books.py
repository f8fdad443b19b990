"""The books of lab 8.1: raw transfers, as a chain shows them, by hand and drawn."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from defi_lib.economy import Taker, follow_payment
from defi_lib.labs.kit import round_number
from defi_lib.ledger import Transfer

#: What a name of an asset begins with that a protocol has made.
RECEIPT, MINTED = "receipt of ", "minted by "

PROTOCOLS = ("Stake", "Bank", "Pool", "Farm")

#: A payment of lab 8.1: of 1,000 dollars that Ann pays, less what comes back.
PAYMENT = (
    Transfer("Ann", "wallet", 12.0, "USD", "interface fee"),
    Transfer("wallet", "Ann", 2.0, "USD", "cashback"),
    Transfer("Ann", "builder", 5.0, "USD", "tip"),
    Transfer("builder", "proposer", 4.0, "USD", "bid"),
    Transfer("Ann", "pool", 985.0, "USD", "swap"),
    Transfer("pool", "protocol", 1.0, "USD", "part of the fee"),
    Transfer("pool", "seller", 982.0, "USD", "swap"),
    Transfer("seller", "Ann", 0.5, "ETH", "swap"),
)


def deposit(user: str, protocol: str, amount: float, asset: str) -> tuple[Transfer, Transfer]:
    """A deposit, and the receipt for it."""
    return (
        Transfer(user, protocol, amount, asset, "deposit"),
        Transfer(protocol, user, amount, RECEIPT + protocol, "receipt"),
    )


def withdraw(user: str, protocol: str, amount: float, asset: str) -> tuple[Transfer, Transfer]:
    """The receipt goes back, and what it stands for comes out."""
    return (
        Transfer(user, protocol, amount, RECEIPT + protocol, "receipt back"),
        Transfer(protocol, user, amount, asset, "withdrawal"),
    )


#: Ann's 100 dollars of ether, staked; the receipt pledged; 70 minted, put into a pool, and the pool's receipt into a
#: farm (dollars).
DEPOSITS = (
    *deposit("Ann", "Stake", 100.0, "ether"),
    *deposit("Ann", "Bank", 100.0, RECEIPT + "Stake"),
    Transfer("Bank", "Ann", 70.0, MINTED + "Bank", "loan"),
    *deposit("Ann", "Pool", 70.0, MINTED + "Bank"),
    *deposit("Ann", "Farm", 70.0, RECEIPT + "Pool"),
)


def draw_transfers(rng: np.random.Generator, assets: Iterable[str]) -> list[Transfer]:
    """Eight payments among four people in each of ``assets``, in any order."""
    people = ["Ann", "Ben", "Cleo", "Dan"]
    drawn = []
    for asset in assets:
        for number in range(8):
            payer = people[number % 4]
            payee = str(rng.choice([each for each in people if each != payer]))
            drawn.append(Transfer(payer, payee, round_number(rng, 10, 1_000), asset, "payment"))
    return [drawn[i] for i in rng.permutation(len(drawn))]


def draw_payment(rng: np.random.Generator | int, passed_on: bool = True, back: bool = True) -> list[Transfer]:
    """Transfers of one payment by Ann, as :data:`PAYMENT`.

    Args:
        rng: a generator, or a number for one.
        passed_on: whether builder and pool pass on a part of what they get.
        back: whether a part of the wallet's fee comes back.
    """
    rng = np.random.default_rng(rng)
    paid = round_number(rng, 300, 5_000)
    rates = rng.uniform(0.005, 0.02, 3).round(4)
    bid, cut = rng.uniform(0.3, 0.9, 2).round(2) if passed_on else (0.0, 0.0)
    takers = [
        Taker("wallet", float(rates[0]), "of the amount", reason="interface fee"),
        Taker("builder", float(rates[1]), "of the amount", (("proposer", float(bid)),), "tip"),
        Taker("pool", float(rates[2]), "of the amount", (("protocol", float(cut)),), "pool fee"),
    ]
    moves = list(follow_payment(paid, takers, payer="Ann", receiver="seller").transfers)
    if back:
        fee = float(np.asarray(moves[0].amount))
        moves.append(Transfer("wallet", "Ann", fee * round(float(rng.uniform(0.2, 0.6)), 2), "USD", "cashback"))
    moves.append(Transfer("seller", "Ann", round_number(rng, 0.1, 3), "ETH", "swap"))
    return [moves[i] for i in rng.permutation(len(moves))]


def draw_deposits(rng: np.random.Generator | int, minted: bool = True, moving: bool = True) -> list[Transfer]:
    """Transfers of deposits at the four ``PROTOCOLS``; all amounts are dollars of today.

    Args:
        rng: a generator, or a number for one.
        minted: whether the bank mints dollars against a pledge.
        moving: whether coins are lent on, receipts stay at home, and some of what was deposited is taken out again.
    """
    rng = np.random.default_rng(rng)
    staked, dollars, saved = (round_number(rng, low, 10 * low) for low in (200, 100, 50))
    pledged = _part(rng, staked) if moving else staked
    moves = [
        *deposit("Ann", "Stake", staked, "ether"),
        *deposit("Ann", "Bank", pledged, RECEIPT + "Stake"),
        *deposit("Ben", "Pool", dollars, "dollars"),
        *deposit("Ben", "Farm", _part(rng, dollars), RECEIPT + "Pool"),
        *deposit("Cleo", "Bank", saved, "dollars"),
    ]
    if minted:
        loan = _part(rng, pledged)
        moves.append(Transfer("Bank", "Ann", loan, MINTED + "Bank", "loan"))
        moves += deposit("Ann", "Pool", _part(rng, loan), MINTED + "Bank")
    if moving:
        lent = _part(rng, saved)
        moves.append(Transfer("Bank", "Dan", lent, "dollars", "loan"))
        moves += deposit("Dan", "Pool", _part(rng, lent), "dollars")
        moves += withdraw("Ann", "Stake", _part(rng, staked - pledged), "ether")
    return moves


def _part(rng: np.random.Generator, amount: float) -> float:
    """A part of an amount, 30 to 70 %, in cents."""
    return round(float(rng.uniform(0.3, 0.7)) * amount, 2)


def balances_of(transfers: Iterable[Transfer], asset: str) -> dict[str, float]:
    """What each party has of an asset after all transfers, if it began with nothing; who paid more owes.

    >>> balances_of(PAYMENT, "USD")["pool"], balances_of(PAYMENT, "ETH")
    (2.0, {'seller': -0.5, 'Ann': 0.5})
    """
    have: dict[str, float] = {}
    for payer, payee, amount, kind, _ in transfers:
        if kind == asset:
            have[payer] = have.get(payer, 0.0) - float(np.asarray(amount))
            have[payee] = have.get(payee, 0.0) + float(np.asarray(amount))
    return have


def counts_of(transfers: Iterable[Transfer], protocols: Iterable[str] = PROTOCOLS) -> tuple[float, float, float]:
    """Value locked: all that protocols hold of what they did not make, without receipts, and without minted coins.

    >>> counts_of(DEPOSITS)
    (340.0, 170.0, 100.0)
    """
    moves, places = list(transfers), list(protocols)
    gross = receipts = minted = 0.0
    for asset in dict.fromkeys(each.asset for each in moves):
        have = balances_of(moves, asset)
        held = sum(max(have.get(place, 0.0), 0.0) for place in places)
        gross += held
        receipts += held if asset.startswith(RECEIPT) else 0.0
        minted += held if asset.startswith(MINTED) else 0.0
    return gross, gross - receipts, gross - receipts - minted
