"""Perpetual futures: bets between two people, secured by margins."""
