"""Exchanges: automated market makers, the order book as their baseline, and those who live off both."""

from defi_lib.exchange.constant_product import MINIMUM_LIQUIDITY, ConstantProductPool, open_pool
from defi_lib.exchange.trade import LiquidityChange, Pool, Swap

__all__ = ["MINIMUM_LIQUIDITY", "ConstantProductPool", "LiquidityChange", "Pool", "Swap", "open_pool"]
