"""Checks for students' notebooks: each lab has a module here with its questions; :mod:`.kit` shows how to write one."""

from defi_lib.labs.kit import Feedback, Lab, Part, equal, holds, matches, round_number

__all__ = ["Feedback", "Lab", "Part", "equal", "holds", "matches", "round_number"]
