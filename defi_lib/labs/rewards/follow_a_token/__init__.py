"""Checks of ``labs/4_rewards/01_follow_a_token.ipynb``."""

from defi_lib.labs.rewards.follow_a_token import turning
from defi_lib.labs.rewards.follow_a_token.questions import check, lab, progress

__all__ = ["check", "lab", "progress", "turning"]
