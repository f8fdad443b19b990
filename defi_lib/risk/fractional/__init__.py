"""Coins that are backed in part by a reserve, in part by another token of the same maker."""
