"""Auctions of a debt issuer: collateral at a falling price, and its own surplus and losses to bidders."""
