"""Checks of ``labs/8_economy/01_follow_one_dollar.ipynb``."""

from defi_lib.labs.economy.follow_one_dollar import turning
from defi_lib.labs.economy.follow_one_dollar.books import draw_deposits, draw_payment
from defi_lib.labs.economy.follow_one_dollar.questions import check, lab, progress

__all__ = ["check", "draw_deposits", "draw_payment", "lab", "progress", "turning"]
