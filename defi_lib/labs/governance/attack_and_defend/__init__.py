"""Checks of ``labs/5_governance/02_attack_and_defend.ipynb``."""

from defi_lib.labs.governance.attack_and_defend import defence, turning
from defi_lib.labs.governance.attack_and_defend.draws import draw_dao
from defi_lib.labs.governance.attack_and_defend.questions import check, lab, progress

__all__ = [
    "check",
    "defence",
    "draw_dao",
    "lab",
    "progress",
    "turning",
]
