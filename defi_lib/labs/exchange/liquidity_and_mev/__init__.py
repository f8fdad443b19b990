"""Checks of ``labs/1_exchange/02_liquidity_and_mev.ipynb``."""

# isort: off - in the order of the questions, which each file registers
from defi_lib.labs.exchange.liquidity_and_mev import attack, correction, deposit, money, turning
from defi_lib.labs.exchange.liquidity_and_mev.shared import check, lab, progress

__all__ = ["attack", "check", "correction", "deposit", "lab", "money", "progress", "turning"]
