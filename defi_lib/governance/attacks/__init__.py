"""What it costs to take over a vote, what it brings, and what defends."""
