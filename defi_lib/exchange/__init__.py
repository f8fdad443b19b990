"""Exchanges: automated market makers, the order book as their baseline, and those who live off both."""

from defi_lib.exchange.arbitrage import (
    Arbitrage,
    CycleArbitrage,
    arbitrage_between,
    arbitrage_cycle,
    arbitrage_outside,
    no_trade_band,
)
from defi_lib.exchange.arbitrage_paths import ArbitrageRun, arbitrage_along
from defi_lib.exchange.bonding_curve import BondingCurve, CurveTrade
from defi_lib.exchange.constant_product import MINIMUM_LIQUIDITY, ConstantProductPool, open_pool
from defi_lib.exchange.divergence import (
    Divergence,
    arbitrage_profit_rate,
    break_even_volume,
    concentrated_divergence,
    concentrated_lvr_rate,
    expected_lvr,
    impermanent_loss,
    lvr_rate,
    pool_divergence,
    trade_probability,
)
from defi_lib.exchange.liquidity_removal import LiquidityPull, price_factor, pull_liquidity
from defi_lib.exchange.routing import Hop, PathTrade, SplitTrade, optimal_split, split_any, split_trade, swap_along
from defi_lib.exchange.sandwich import (
    Sandwich,
    best_front_run,
    deterring_tolerance,
    largest_front_run,
    sandwich_attack,
    sandwich_profit,
    smallest_victim,
)
from defi_lib.exchange.trade import LiquidityChange, Pool, Swap

__all__ = [
    "MINIMUM_LIQUIDITY",
    "Arbitrage",
    "ArbitrageRun",
    "BondingCurve",
    "ConstantProductPool",
    "CurveTrade",
    "CycleArbitrage",
    "Divergence",
    "Hop",
    "LiquidityChange",
    "LiquidityPull",
    "PathTrade",
    "Pool",
    "Sandwich",
    "SplitTrade",
    "Swap",
    "arbitrage_along",
    "arbitrage_between",
    "arbitrage_cycle",
    "arbitrage_outside",
    "arbitrage_profit_rate",
    "best_front_run",
    "break_even_volume",
    "concentrated_divergence",
    "concentrated_lvr_rate",
    "deterring_tolerance",
    "expected_lvr",
    "impermanent_loss",
    "largest_front_run",
    "lvr_rate",
    "no_trade_band",
    "open_pool",
    "optimal_split",
    "pool_divergence",
    "price_factor",
    "pull_liquidity",
    "sandwich_attack",
    "sandwich_profit",
    "smallest_victim",
    "split_any",
    "split_trade",
    "swap_along",
    "trade_probability",
]
