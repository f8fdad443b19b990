"""Checks of ``labs/3_staking/01_economy_of_a_chain.ipynb``."""

from defi_lib.labs.staking.economy_of_a_chain import turning
from defi_lib.labs.staking.economy_of_a_chain.questions import (
    NOTHING,
    Page,
    check,
    fingerprint,
    lab,
    progress,
    write_book,
)

__all__ = ["NOTHING", "Page", "check", "fingerprint", "lab", "progress", "turning", "write_book"]
