"""Checks of ``labs/5_governance/01_count_the_votes.ipynb``."""

from defi_lib.labs.governance.count_the_votes import power, turning
from defi_lib.labs.governance.count_the_votes.questions import check, lab, progress

__all__ = ["check", "lab", "power", "progress", "turning"]
