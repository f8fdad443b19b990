"""Is what is published as locked more than what could be redeemed? Reading X23a."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.economy import ProtocolSheets, ValueCounts, loop_deposits, price_fall, times_counted
from defi_lib.evidence.effects import Control, Registry
from defi_lib.ledger import Ledger
from defi_lib.validation import Amount, one_of

EVIDENCE = Registry("economy")

Array = NDArray[np.float64]

#: Part of the coins that is staked, for the count that leaves staked coins out.
STAKED = 0.4

# The library's example: staked, lent on, 70 borrowed, in a pool, its share in a farm; options count from 0.
_STACK = {"layers": 1, "again": 1.0, "borrowed": 0.7, "deposited": 1.0, "minted": 1.0, "fall": 0.0}


@EVIDENCE.model(
    "X23a",
    placebos=[
        {"again": 0.0, "minted": 0.0},  # nothing is deposited again, and loans are others' deposits
        {"layers": 0, "deposited": 0.0},  # one deposit each, and loans are kept at home
    ],
    controls=[
        Control(_STACK, 2.4),  # 340 against 100
        Control(_STACK | {"minted": 0.0}, 340 / 170 - 1),  # the 70 are somebody's coins
        Control(_STACK | {"fall": 0.5}, 240 / 50 - 1),  # the 140 are dollars, and do not fall
        Control(_STACK | {"layers": 4, "again": 0.5, "deposited": 0.0}, 0.9375),  # 1 + 1/2 + 1/4 + 1/8 + 1/16
        Control(_STACK | {"again": 0.0, "deposited": 0.5}, 0.35),  # nothing but what was minted
        Control(_STACK | {"again": 0.5, "minted": 0.4, "deposited": 0.5, "fall": 0.2}, (0.575 + 0.14) / 1.01),
    ],
)
def more_than_redeemable(
    layers: Array, again: Array, borrowed: Array, deposited: Array, minted: Array, fall: Array
) -> Array:
    """What all protocols publish of themselves beyond what could be redeemed (part of the latter).

    Args:
        layers: protocols that a coin passes through, less one.
        again: part of each receipt that is deposited with the next.
        borrowed: against the coins, before they fell (part of them).
        deposited: part of the loans that is put into protocols again.
        minted: part of the loans that is minted.
        fall: of the coins' price.
    """
    counts = all_protocols(layers, again, borrowed, deposited, minted, fall)
    return np.asarray(counts.published()) / counts.redeemable - 1


def all_protocols(
    layers: ArrayLike,
    again: ArrayLike,
    borrowed: ArrayLike,
    deposited: ArrayLike,
    minted: ArrayLike,
    fall: ArrayLike = 0.0,
) -> ValueCounts:
    """What stands in all contracts for each dollar of coins that were deposited or pledged; arguments as above.

    Coins that others had deposited, and that are lent, are there only where the borrower puts them; what other lenders
    have lying idle is left out, and which coins are staked or lent is not asked here. Shares of what a loan was put
    into pass through as many protocols as the coins.
    """
    own, inside = 1.0 - np.asarray(fall, float), np.asarray(borrowed, float) * deposited
    made = np.asarray(minted, float) * inside
    times = np.asarray(times_counted(np.asarray(again, float), np.asarray(layers, float) + 1))
    return ValueCounts(own + inside - made, 0.0, (own + inside) * (times - 1), made, 0.0)


def site_default(
    layers: ArrayLike,
    again: ArrayLike,
    borrowed: ArrayLike,
    deposited: ArrayLike,
    minted: ArrayLike,
    fall: ArrayLike = 0.0,
) -> Array:
    """What the largest site's total shows by default, beyond what could be redeemed (part of the latter).

    It leaves out staked coins, and whatever puts its deposits into another protocol; the receipt of a staked coin
    counts where it lies first. Arguments as above.

    >>> round(float(site_default(1, 1.0, 0.7, 1.0, 1.0)), 3)  # all staked receipts lie somewhere, and 70 were minted
    0.7
    """
    counts = all_protocols(layers, again, borrowed, deposited, minted, fall)
    placed = np.where(np.asarray(layers) > 0, again, 0.0)
    shown = np.asarray(counts.coins) + counts.minted - STAKED * (1 - np.asarray(fall)) * (1 - placed)
    return np.asarray(shown / counts.redeemable - 1)


def lent_out_too(
    layers: ArrayLike,
    again: ArrayLike,
    borrowed: ArrayLike,
    deposited: ArrayLike,
    minted: ArrayLike,
    fall: ArrayLike = 0.0,
) -> Array:
    """As :func:`more_than_redeemable`, where lenders also publish those deposits that they have lent out.

    >>> round(float(lent_out_too(0, 0.0, 0.5, 0.0, 0.2)), 3)  # 100 are there, 40 of others' were lent and taken home
    0.4
    """
    counts = all_protocols(layers, again, borrowed, deposited, minted, fall)
    lent = np.asarray(borrowed, float) * (1.0 - np.asarray(minted, float))
    return np.asarray((counts.published() + lent) / counts.redeemable - 1)


#: Kinds of coin in the harbour: one that falls, and dollars.
PEARL, DOLLAR = 0, 1


def harbour(loan: float, vault: float, minted: bool) -> ProtocolSheets:
    """Five protocols of lesson 8.5: a keeper of pearls, a bank that takes its receipts, a pool, a farm and a vault.

    A hundred dollars of pearls lie with the keeper, half of whose receipts are pledged to the bank, some of them by way
    of the vault. The bank lends dollars, which go into the pool, beside 40 of other people's; of the pool's shares 30
    lie in the farm.

    Args:
        loan: that the bank has given (dollars), >= 0.
        vault: part of what the bank holds that came by way of the vault, 0 to 1.
        minted: whether the bank minted the loan; otherwise others had deposited these dollars with it.
    """
    coins = np.zeros((5, 2))
    coins[0, PEARL], coins[2, DOLLAR] = 100.0, 40.0 + (0.0 if minted else loan)
    claims = [
        (1, 0, PEARL, 50 - 50 * vault),
        (4, 0, PEARL, 50 * vault),
        (1, 4, PEARL, 50 * vault),
        (3, 2, DOLLAR, 30.0),
    ]
    if minted:
        claims.append((2, 1, DOLLAR, loan))
    holder, issuer, kind, amount = zip(*claims, strict=True)
    loans = np.zeros((5, 2))
    loans[1, DOLLAR] = loan
    marks = np.arange(5)
    return ProtocolSheets(coins, holder, issuer, kind, amount, loans, marks == 0, (marks == 1) & minted)


def harbour_falls(fall: Amount, loan: float, vault: float, minted: bool) -> dict[str, ArrayLike]:
    """What lesson 8.5 explores: three counts of the harbour (dollars) after pearls have fallen.

    >>> found = harbour_falls(np.array([0.0, 0.5]), 20.0, 0.6, True)
    >>> found["Added up"].tolist(), found["Could be redeemed"].tolist()
    ([270.0, 180.0], [140.0, 90.0])
    """
    lost = np.atleast_1d(np.asarray(fall, float))
    run = price_fall(harbour(loan, vault, minted), np.stack([lost, 0.0 * lost], axis=-1))
    found = {
        "Added up": run.after.published(),
        "Without receipts": run.after.published(receipts=False),
        "Could be redeemed": run.after.redeemable,
    }
    return {name: np.broadcast_to(np.asarray(each, float), lost.shape) for name, each in found.items()}


#: What each of three people has, and what a sponsor pays them together (dollars).
OWN, PAID = 100.0, 90.0


def counted_for() -> dict[str, dict[str, float]]:
    """How much of three people's hundred dollars each a sponsor counts: all deposits, or less receipts and debt.

    Ann deposits. Ben deposits, and each of two receipts again. Cleo deposits, borrows three quarters, deposits that,
    and so on without end.
    """
    loop = loop_deposits(OWN, 0.75)
    return {
        "all deposits": {"Ann": OWN, "Ben": OWN * float(times_counted(1.0, 3)), "Cleo": float(loop.deposits)},
        "their own": {"Ann": OWN, "Ben": OWN, "Cleo": float(loop.own)},
    }


def rewarded(by: str) -> Ledger:
    """The deposits of the three, and the sponsor's 90 dollars in proportion to what is counted.

    Args:
        by: a key of :func:`counted_for`.
    """
    counted = counted_for()[one_of("by", by, list(counted_for()))]
    ledger = Ledger(["Ann", "Ben", "Cleo", "sponsor", "keeper", "bank", "vault"])
    loop = loop_deposits(OWN, 0.75)
    for receipt in ("receipt of the keeper", "receipt of the bank", "receipt of the vault", *_LOOP):
        ledger.mark(receipt, 1.0)
    for who, issuer, asset in (
        ("Ann", "keeper", "USD"),
        ("Ben", "keeper", "USD"),
        ("Ben", "bank", "receipt of the keeper"),
        ("Ben", "vault", "receipt of the bank"),
    ):
        ledger.record(who, issuer, OWN, asset, "deposit")
        ledger.record(issuer, who, OWN, f"receipt of the {issuer}", "deposit")
    ledger.book(loop, user="Cleo", protocol="bank")
    for who, part in counted.items():
        ledger.record("sponsor", who, PAID * part / sum(counted.values()), "USD", "reward")
    ledger.check_conserved()
    return ledger


_LOOP = ("deposit of USD", "debt of USD")
