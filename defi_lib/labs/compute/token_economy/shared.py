"""The lab, and how often it draws."""

from __future__ import annotations

from defi_lib.labs.kit import Lab

lab = Lab("7.3")


check, progress = lab.check, lab.progress


#: Markets of each kind that a design must live through.
DRAWS = 3
