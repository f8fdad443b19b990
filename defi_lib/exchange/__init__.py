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
from defi_lib.exchange.bookkeeping import record_deposit, record_run, record_swap, record_trade, record_withdrawal
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
from defi_lib.exchange.order_book import EXCHANGE, Cancellation, OrderBook, Placement, maker_fees, market_fills
from defi_lib.exchange.order_queue import Fill, Order
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
from defi_lib.exchange.stable import StableSwapPool, contract_amplification
from defi_lib.exchange.trade import LiquidityChange, Pool, Swap
from defi_lib.exchange.weighted import NO_LIMITS, POWER_ERROR, Limits, WeightedPool

__all__ = [
    "EXCHANGE",
    "MINIMUM_LIQUIDITY",
    "NO_LIMITS",
    "POWER_ERROR",
    "Arbitrage",
    "ArbitrageRun",
    "BondingCurve",
    "Cancellation",
    "ConstantProductPool",
    "CurveTrade",
    "CycleArbitrage",
    "Divergence",
    "Fill",
    "Hop",
    "Limits",
    "LiquidityChange",
    "LiquidityPull",
    "Order",
    "OrderBook",
    "PathTrade",
    "Placement",
    "Pool",
    "Sandwich",
    "SplitTrade",
    "StableSwapPool",
    "Swap",
    "WeightedPool",
    "arbitrage_along",
    "arbitrage_between",
    "arbitrage_cycle",
    "arbitrage_outside",
    "arbitrage_profit_rate",
    "best_front_run",
    "break_even_volume",
    "concentrated_divergence",
    "concentrated_lvr_rate",
    "contract_amplification",
    "deterring_tolerance",
    "expected_lvr",
    "impermanent_loss",
    "largest_front_run",
    "lvr_rate",
    "maker_fees",
    "market_fills",
    "no_trade_band",
    "open_pool",
    "optimal_split",
    "pool_divergence",
    "price_factor",
    "pull_liquidity",
    "record_deposit",
    "record_run",
    "record_swap",
    "record_trade",
    "record_withdrawal",
    "sandwich_attack",
    "sandwich_profit",
    "smallest_victim",
    "split_any",
    "split_trade",
    "swap_along",
    "trade_probability",
]
