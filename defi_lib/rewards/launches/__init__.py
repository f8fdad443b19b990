"""Launches and vesting."""
