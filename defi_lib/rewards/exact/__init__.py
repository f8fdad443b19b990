"""Reward contracts in whole numbers, exactly as they compute: the oracles of tests."""
