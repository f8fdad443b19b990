"""Proof of work: mining, pools and the double spend."""
