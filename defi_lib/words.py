"""Words that more than one part of the kits says."""

LIVE = "Run ▸ Run All Cells makes this live"
MORE = "More"  # controls that are out of sight
GOAL, REACHED = "Goal:", "Goal reached:"
