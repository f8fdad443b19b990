"""Pools and the order book: what a trader trades with."""
