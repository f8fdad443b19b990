"""Checks of ``labs/2_lending/01_money_market.ipynb``."""

from defi_lib.labs.lending.money_market import turning
from defi_lib.labs.lending.money_market.questions import check, lab, progress

__all__ = ["check", "lab", "progress", "turning"]
