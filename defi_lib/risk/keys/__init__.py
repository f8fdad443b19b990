"""Keys and code: who can open a vault, who finds its holes, and how long it lasts."""
