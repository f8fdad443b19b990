"""Insurance: what a mutual holds, what it asks, and whether it can pay."""
