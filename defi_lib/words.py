"""Words that more than one part of the kits says."""

LIVE = "Run ▸ Run All Cells makes this live"
MORE = "More"  # controls that are out of sight
GOAL, REACHED = "Goal:", "Goal reached:"
WEAK, UNVERIFIED = "weak source", "unverified"  # a figure of grade C, of grade D
