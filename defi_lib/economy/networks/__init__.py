"""What draws users to one place, and what weakens it."""
