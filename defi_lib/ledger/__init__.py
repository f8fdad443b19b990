"""Follow the money: every transfer in one double-entry ledger, and the tables that are read from it."""

from defi_lib.ledger.book import OPENING, PRICE_CHANGE, TOTAL, Ledger
from defi_lib.ledger.profits import concentration, profits, who_profits
from defi_lib.ledger.transfer import OUTSIDE, Transfer, record_transfers

__all__ = [
    "OPENING",
    "OUTSIDE",
    "PRICE_CHANGE",
    "TOTAL",
    "Ledger",
    "Transfer",
    "concentration",
    "profits",
    "record_transfers",
    "who_profits",
]
