"""Who paid whom what, and why: the form in which every transition of this package says what moved."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from defi_lib.validation import Amount


class Transfer(NamedTuple):
    """One movement of value; ``ledger.record(*transfer)`` books it.

    A claim is an asset too. Who supplies 100 USDC gives the market 100 ``"USDC"`` and gets 100 ``"USDC supplied"``;
    a borrower gets 100 ``"USDC"`` and gives 100 ``"USDC debt"``. So interest is a transfer of claims, and the transfers
    of one reason add up to the profit that this reason made.
    """

    payer: str
    payee: str
    amount: Amount  #: units of the asset, >= 0
    asset: str
    reason: str


def supplied(asset: str) -> str:
    """Name of the claim of a supplier of ``asset``."""
    return f"{asset} supplied"


def owed(asset: str) -> str:
    """Name of the claim against a borrower of ``asset``."""
    return f"{asset} debt"


def actual(moves: Iterable[Transfer]) -> tuple[Transfer, ...]:
    """The transfers of more than nothing, from one party to another."""
    return tuple(move for move in moves if move.payer != move.payee and np.any(move.amount))
