"""Lending: money markets, collateral and liquidation, debt positions, and the bank as their baseline."""
