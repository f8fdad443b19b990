"""The edition for students: the course without solutions, answer keys and what instructors run."""

from defi_lib.teaching.handout.kept import KEPT, LEFT_OUT, is_kept, student_files

__all__ = ["KEPT", "LEFT_OUT", "is_kept", "student_files"]
