"""Checks of ``labs/8_economy/02_the_design.ipynb``."""

from defi_lib.labs.economy.the_design import own_design, judging
from defi_lib.labs.economy.the_design.reading import check, lab, progress

__all__ = [
    "check",
    "own_design",
    "judging",
    "lab",
    "progress",
]
