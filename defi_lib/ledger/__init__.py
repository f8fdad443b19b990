"""Follow the money: every transfer in one double-entry ledger, and the tables that are read from it."""

from defi_lib.lazy import attach
from defi_lib.ledger.accounts import OPENING, PRICE_CHANGE, TOTAL
from defi_lib.ledger.book import Ledger
from defi_lib.ledger.profits import concentration, profits, who_profits
from defi_lib.ledger.transfer import OUTSIDE, Booked, Moment, Transfer, actual, divide, sell
from defi_lib.ledger.views import by_party, by_reason, by_role, over_time, transfers

__getattr__, *_ = attach(__name__, {}, renamed={"record_transfers": "defi_lib.ledger.former.record_transfers"})

__all__ = [
    "OPENING",
    "OUTSIDE",
    "PRICE_CHANGE",
    "TOTAL",
    "Booked",
    "Ledger",
    "Moment",
    "Transfer",
    "actual",
    "by_party",
    "by_reason",
    "by_role",
    "concentration",
    "divide",
    "over_time",
    "profits",
    "sell",
    "transfers",
    "who_profits",
]
