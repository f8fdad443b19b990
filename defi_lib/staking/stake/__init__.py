"""Proof of stake: issuance, who holds the stake, delegation."""
