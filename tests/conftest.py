"""Hypothesis without a clock: a busy machine is no failure. And no test touches the progress of who runs it."""

import os

from hypothesis import settings

settings.register_profile("course", deadline=None)
settings.load_profile("course")

os.environ["DEFI_COURSE_PROGRESS"] = "off"
