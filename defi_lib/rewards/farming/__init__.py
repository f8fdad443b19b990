"""Farming: emissions, yields, and where the money comes from."""
