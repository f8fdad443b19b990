"""Votes and what they decide: delegation, governors, quorums, vetoes, and the right to leave."""
