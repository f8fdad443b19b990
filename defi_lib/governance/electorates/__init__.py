"""Real electorates: who could vote, and how people voted."""
