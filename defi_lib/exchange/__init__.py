"""Exchanges: automated market makers, the order book as their baseline, and those who live off both.

Each name is loaded from its module when it is first used.
"""

import numpy  # noqa: F401 - what every part needs

from defi_lib.lazy import attach

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "arbitrage": [
            "Arbitrage",
            "CycleArbitrage",
            "arbitrage_between",
            "arbitrage_cycle",
            "arbitrage_outside",
            "no_trade_band",
        ],
        "arbitrage_paths": ["ArbitrageRun", "arbitrage_along"],
        "bonding_curve": ["BondingCurve", "CurveTrade"],
        "bookkeeping": ["record_deposit", "record_run", "record_swap", "record_trade", "record_withdrawal"],
        "concentrated": ["ConcentratedPool", "FEE_TIERS"],
        "constant_product": ["ConstantProductPool", "MINIMUM_LIQUIDITY", "open_pool"],
        "divergence": [
            "Divergence",
            "arbitrage_profit_rate",
            "break_even_volume",
            "concentrated_divergence",
            "concentrated_lvr_rate",
            "expected_lvr",
            "impermanent_loss",
            "lvr_rate",
            "pool_divergence",
            "trade_probability",
        ],
        "exact_concentrated": ["ExactConcentratedPool"],
        "exact_positions": ["ExactPosition", "ExactTick"],
        "exact_price_range": [
            "ExactStep",
            "exact_amount_0",
            "exact_amount_1",
            "exact_amounts_for_liquidity",
            "exact_liquidity_for_amounts",
            "exact_sqrt_price_after_input",
            "exact_sqrt_price_after_output",
            "exact_swap_step",
        ],
        "liquidity_removal": ["LiquidityPull", "price_factor", "pull_liquidity"],
        "order_book": ["Cancellation", "EXCHANGE", "OrderBook", "Placement", "maker_fees", "market_fills"],
        "order_queue": ["Fill", "Order"],
        "price_range": [
            "amounts_for_liquidity",
            "capital_efficiency",
            "liquidity_for_amounts",
            "position_value",
            "sqrt_price_after_input",
            "sqrt_price_after_output",
            "swap_step",
        ],
        "routing": ["Hop", "PathTrade", "SplitTrade", "optimal_split", "split_any", "split_trade", "swap_along"],
        "sandwich": [
            "Sandwich",
            "best_front_run",
            "deterring_tolerance",
            "largest_front_run",
            "sandwich_attack",
            "sandwich_profit",
            "smallest_victim",
        ],
        "stable": ["StableSwapPool", "contract_amplification"],
        "tick_walk": ["Position", "PositionKey", "Tick"],
        "ticks": [
            "MAX_TICK",
            "MIN_TICK",
            "price_at_tick",
            "sqrt_price_at_tick",
            "sqrt_price_x96_at_tick",
            "tick_at_price",
            "tick_at_sqrt_price",
            "tick_at_sqrt_price_x96",
            "usable_tick",
        ],
        "trade": ["LiquidityChange", "Pool", "Swap"],
        "weighted": ["Limits", "NO_LIMITS", "POWER_ERROR", "WeightedPool"],
    },
)
