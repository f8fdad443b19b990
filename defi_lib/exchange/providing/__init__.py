"""What it means to provide liquidity."""
