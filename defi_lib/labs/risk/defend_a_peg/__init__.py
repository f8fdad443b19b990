"""Checks of ``labs/6_risk/01_defend_a_peg.ipynb``."""

from defi_lib.labs.risk.defend_a_peg import market, survival, turning
from defi_lib.labs.risk.defend_a_peg.draws import draw_coin
from defi_lib.labs.risk.defend_a_peg.runs import check, lab, progress

__all__ = [
    "check",
    "draw_coin",
    "lab",
    "market",
    "progress",
    "survival",
    "turning",
]
