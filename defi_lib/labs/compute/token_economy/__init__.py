"""Checks of ``labs/7_compute/03_token_economy.ipynb``."""

# isort: off - in the order of the questions, which each file registers
from defi_lib.labs.compute.token_economy import formulas, life, survival
from defi_lib.labs.compute.token_economy.network import (
    NETWORK,
    TREASURY,
    Market,
    Network,
    draw_markets,
    show_survival,
    show_who_paid,
)
from defi_lib.labs.compute.token_economy.shared import check, lab, progress

__all__ = [
    "NETWORK",
    "TREASURY",
    "Market",
    "Network",
    "check",
    "draw_markets",
    "formulas",
    "lab",
    "life",
    "progress",
    "show_survival",
    "show_who_paid",
    "survival",
]
