"""Liquidity that the protocol owns: bonds and rebases."""
