"""The lab, and how often it draws."""

from __future__ import annotations

from defi_lib.labs.kit import Lab

lab = Lab()


check = lab.check


#: Markets of each kind that a design must live through.
DRAWS = 3
