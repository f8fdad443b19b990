"""Checks of ``labs/8_economy/02_the_design.ipynb``."""

from defi_lib.labs.economy.the_design import judging, own_design
from defi_lib.labs.economy.the_design.reading import check, lab, progress

__all__ = [
    "check",
    "judging",
    "lab",
    "own_design",
    "progress",
]
