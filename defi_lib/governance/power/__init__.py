"""Who can decide: power indices, deciding coalitions, and the chance to turn a vote."""
