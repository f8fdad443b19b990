"""Money for what all use: matched donations, juries, and how both are gamed."""
