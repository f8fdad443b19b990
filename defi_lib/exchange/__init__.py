"""Exchanges: automated market makers, the order book as their baseline, and those who live off both.

Each name is loaded from its module when it is first used.
"""

import numpy  # noqa: F401 - what every part needs

from defi_lib.lazy import attach

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "arbitrage.between": [
            "Arbitrage",
            "CycleArbitrage",
            "arbitrage_between",
            "arbitrage_cycle",
            "arbitrage_outside",
            "no_trade_band",
        ],
        "arbitrage.paths": ["ArbitrageRun", "arbitrage_along"],
        "auctions.batch": ["BatchSettlement", "second_best_shortfall", "settle_batch"],
        "auctions.block_by_block": ["BlockRun", "trade_batches", "trade_blocks"],
        "auctions.order_flow": ["OrderFlowAuction", "auction_order_flow"],
        "pools.bonding_curve": ["BondingCurve", "CurveTrade", "cross_reserve_return", "fund_cost"],
        "pools.concentrated": ["ConcentratedPool", "FEE_TIERS"],
        "pools.constant_product": ["ConstantProductPool", "MINIMUM_LIQUIDITY", "open_pool"],
        "providing.divergence": [
            "Divergence",
            "arbitrage_part",
            "arbitrage_part_with_jumps",
            "arbitrage_profit_rate",
            "break_even_volume",
            "concentrated_divergence",
            "concentrated_lvr_rate",
            "expected_lvr",
            "impermanent_loss",
            "jump_part",
            "lvr_rate",
            "pool_divergence",
            "trade_probability",
        ],
        "providing.giving_back": ["FirstPlace", "best_fee", "first_place", "kept_by_rivals", "willing_volume"],
        "providing.price_gap": ["PriceGap", "least_gap", "overshoot", "price_gap"],
        "providing.rates": ["ProvidingRates", "providing_rates"],
        "exact.concentrated": ["ExactConcentratedPool"],
        "exact.positions": ["ExactPosition", "ExactTick"],
        "exact.price_range": [
            "ExactStep",
            "exact_amount_0",
            "exact_amount_1",
            "exact_amounts_for_liquidity",
            "exact_liquidity_for_amounts",
            "exact_sqrt_price_after_input",
            "exact_sqrt_price_after_output",
            "exact_swap_step",
        ],
        "listing.gate": ["Listed", "YearAfter", "list_assets", "year_after"],
        "arbitrage.liquidity_removal": ["LiquidityPull", "price_factor", "pull_liquidity"],
        "pools.order_book": [
            "Cancellation",
            "EXCHANGE",
            "OrderBook",
            "Placement",
            "Trade",
            "maker_fees",
            "market_fills",
        ],
        "pools.order_queue": ["Fill", "Order"],
        "pools.price_accumulator": ["PriceAccumulator"],
        "pools.price_range": [
            "amounts_for_liquidity",
            "capital_efficiency",
            "liquidity_for_amounts",
            "position_value",
            "sqrt_price_after_input",
            "sqrt_price_after_output",
            "swap_step",
        ],
        "arbitrage.routing": [
            "Hop",
            "PathTrade",
            "SplitTrade",
            "optimal_split",
            "split_any",
            "split_trade",
            "swap_along",
        ],
        "arbitrage.sandwich": [
            "Sandwich",
            "best_front_run",
            "deterring_tolerance",
            "max_front_run",
            "sandwich_attack",
            "sandwich_profit",
            "min_victim",
        ],
        "pools.amplification": ["AmplificationRamp", "contract_amplification"],
        "pools.stable": ["StableSwapPool"],
        "pools.tick_walk": ["Position", "PositionKey", "Tick"],
        "pools.ticks": [
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
        "pools.pool": ["BalanceChange", "LiquidityChange", "Pool", "SharedPool", "Swap"],
        "pools.weighted": ["Limits", "NO_LIMITS", "POWER_ERROR", "WeightedPool"],
    },
    renamed={
        **{
            f"record_{name}": f"defi_lib.ledger.former.record_{name}"
            for name in ("deposit", "run", "swap", "trade", "withdrawal")
        },
        "largest_front_run": "max_front_run",
        "smallest_victim": "min_victim",
    },
)
