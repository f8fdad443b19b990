"""Isolated markets, the vaults that curators spread over them, and who bears what a failed collateral leaves unpaid."""
