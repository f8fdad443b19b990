"""Flash loan: borrow, use and repay in one transaction, otherwise all is undone."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.frozen import kept
from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.rounding import below, rest
from defi_lib.validation import Amount, broadcastable, non_negative, plain

#: Fees of two versions of Aave (ratio of the amount).
AAVE_V2_FEE, AAVE_V3_FEE = 0.0009, 0.0005


class FlashLoan(NamedTuple):
    """What came of a flash loan (tokens of the borrowed asset)."""

    amount: Amount  #: borrowed for the time of the transaction
    fee: Amount  #: paid to the lender; 0 where all was undone
    gas: Amount  #: paid in any case
    repaid: bool | NDArray[np.bool_]  #: False where the transaction was undone
    profit: Amount  #: of the borrower, who needs no capital but the gas
    transfers: tuple[Transfer, ...]


def flash_loan(
    amount: Amount,
    proceeds: Amount,
    fee: Amount = AAVE_V3_FEE,
    gas: Amount = 0.0,
    borrower: str = "borrower",
    lender: str = "lender",
) -> FlashLoan:
    """Borrow ``amount``, turn it into ``proceeds``, and repay ``amount·(1 + fee)`` if they suffice.

    Where they do not, the transaction is undone: nobody has lost anything but the gas.

    Args:
        amount: tokens borrowed, >= 0.
        proceeds: what the borrower has when it must repay (tokens), >= 0.
        fee: ratio of the amount, >= 0.
        gas: cost of the transaction in the same token, >= 0.
        borrower: its name in the transfers.
        lender: its name in the transfers.

    Raises:
        ValueError: a negative argument.

    Source: Qin, Zhou, Livshits, Gervais, arXiv:2003.03810.

    >>> flash_loan(1_000.0, 1_002.0, fee=0.001).profit, flash_loan(50.0, 55.0, fee=0.1).repaid
    (1.0, True)
    """
    amount, proceeds = kept(non_negative("amount", amount)), non_negative("proceeds", proceeds)
    fee, gas = non_negative("fee", fee), kept(non_negative("gas", gas))
    broadcastable(amount=amount, proceeds=proceeds, fee=fee, gas=gas)
    repaid = ~np.asarray(below(proceeds, amount * (1 + fee)))
    paid = plain(np.where(repaid, amount * fee, 0.0))
    profit = plain(np.where(repaid, rest(proceeds - amount, paid, proceeds), 0.0) - gas)
    lent = plain(np.where(repaid, amount, 0.0))
    moved = (
        Transfer(lender, borrower, lent, "token", "flash loan"),
        Transfer(borrower, lender, lent, "token", "flash loan"),
        Transfer(borrower, lender, paid, "token", "flash loan fee"),
        Transfer(borrower, "validator", gas, "token", "gas"),
    )
    done = bool(repaid) if repaid.ndim == 0 else repaid
    return FlashLoan(amount, paid, gas, done, profit, actual(moved))
