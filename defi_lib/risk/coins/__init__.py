"""Coins that should be worth a dollar: with an issuer and its reserve, or held by a module that swaps at par."""
