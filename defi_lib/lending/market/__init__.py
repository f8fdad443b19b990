"""The money market: reserves, accounts, and every transition."""
