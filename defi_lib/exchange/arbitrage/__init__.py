"""Those who live off a pool: arbitrageurs, searchers, and who pulls the liquidity."""
