"""A coin that is redeemed in a token of the same maker: the contract, what it can redeem, and a run on it."""
