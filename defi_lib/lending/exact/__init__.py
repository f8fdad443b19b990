"""Contracts of lending in whole numbers, exactly as they compute: where one unit decides, and as oracles of tests."""
