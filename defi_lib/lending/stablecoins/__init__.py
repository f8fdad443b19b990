"""Debt in coins that the protocol mints: positions, redemption and the pool that absorbs their losses."""
