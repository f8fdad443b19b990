"""Blocks, keys, and who holds them."""
