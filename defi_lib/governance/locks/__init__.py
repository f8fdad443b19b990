"""Tokens locked for votes, and what these votes give to pools."""
