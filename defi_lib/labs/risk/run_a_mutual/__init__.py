"""Checks of ``labs/6_risk/02_run_a_mutual.ipynb``."""

from defi_lib.labs.risk.run_a_mutual import fund, judging
from defi_lib.labs.risk.run_a_mutual.draws import draw_book
from defi_lib.labs.risk.run_a_mutual.questions import check, lab, progress

__all__ = [
    "check",
    "draw_book",
    "fund",
    "judging",
    "lab",
    "progress",
]
