"""Lending: money markets, collateral and liquidation, debt positions, and the bank as their baseline.

Each name is loaded from its module when it is first used.
"""

import numpy  # noqa: F401 - what every part needs

from defi_lib.lazy import attach

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "auctions.balance_sheet": ["BalanceSheet", "Queued", "SheetRules"],
        "auctions.curves": ["ExponentialDecrease", "LinearDecrease", "PriceCurve", "StairstepDecrease"],
        "auctions.dutch": ["AuctionStart", "DutchAuction", "DutchRestart", "DutchRules", "DutchTake", "start_auction"],
        "auctions.surplus_debt": ["AuctionTerms", "Bid", "DebtAuction", "Settlement", "SurplusAuction"],
        "bank": ["Bank", "BankChange", "CreditScoring"],
        "exact.stability_pool": ["ExactDeposit", "ExactPoolChange", "ExactPoolLiquidation", "ExactStabilityPool"],
        "market.account": ["Account", "Position"],
        "market.market": ["Market"],
        "market.record": ["MARKET", "MarketChange", "MarketLiquidation", "TREASURY"],
        "market.reserve": ["Listing", "Reserve"],
        "positions.cascade": [
            "LinearCascade",
            "PoolCascade",
            "Wave",
            "linear_cascade",
            "pool_cascade",
            "sale_for_fall",
        ],
        "positions.collateral": [
            "NO_DEBT",
            "borrowing_capacity",
            "health_factor",
            "health_factors",
            "liquidation_price",
        ],
        "positions.flash_loans": ["AAVE_V2_FEE", "AAVE_V3_FEE", "FlashLoan", "flash_loan"],
        "positions.leverage": [
            "LeverageLoop",
            "fall_to_liquidation",
            "fall_to_ruin",
            "largest_leverage",
            "leverage_after",
            "leverage_loop",
            "net_yield",
        ],
        "positions.liquidation": [
            "AAVE_V3",
            "AAVE_V3_3",
            "COMPOUND_V2",
            "CloseRules",
            "Liquidation",
            "liquidate",
            "spiral_health_factor",
        ],
        "rates.curves": [
            "BLOCKS_PER_YEAR",
            "KinkedCurve",
            "RateModel",
            "SeparateRates",
            "SharedRates",
            "aave_curve",
            "average_rate",
            "compound_v2_curve",
            "compound_v3_curve",
            "per_block",
            "stable_debt_surcharge",
            "supply_rate",
            "utilisation",
        ],
        "rates.interest": [
            "DAY",
            "SECONDS_PER_YEAR",
            "annual_yield",
            "compounded_interest",
            "linear_interest",
            "nominal_rate",
        ],
        "share_vault": ["InflationAttack", "ShareVault", "VaultChange", "inflation_attack"],
        "stablecoins.ceiling": ["DebtCeiling"],
        "stablecoins.debt_position": ["DebtChange", "DebtLiquidation", "DebtPosition", "annual_fee", "fee_per_second"],
        "stablecoins.redemption": [
            "MINIMUM_RATIO",
            "Redemption",
            "TroveLiquidation",
            "Troves",
            "borrowing_fee",
            "decayed_base_rate",
            "raised_base_rate",
            "redemption_fee",
        ],
        "stablecoins.savings": ["SavingsChange", "SavingsRate"],
        "stablecoins.stability_pool": ["PoolChange", "PoolLiquidation", "StabilityPool"],
    },
    renamed={f"record_{name}": f"defi_lib.ledger.former.record_{name}" for name in ("cascade", "liquidation")},
)
