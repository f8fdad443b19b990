"""Follow the money: every transfer in one double-entry ledger, and the tables that are read from it."""

from defi_lib.ledger.book import OPENING, PRICE_CHANGE, TOTAL, Ledger
from defi_lib.ledger.profits import concentration, profits, who_profits

__all__ = ["OPENING", "PRICE_CHANGE", "TOTAL", "Ledger", "concentration", "profits", "who_profits"]
