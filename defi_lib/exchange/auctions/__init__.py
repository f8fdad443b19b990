"""Auctions against the sandwich: batches at one price, and order flow that searchers pay for."""
