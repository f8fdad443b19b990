"""Rewards: what is emitted, who gets it, and what it is worth.

Each name is loaded from its module when it is first used.
"""

import numpy  # noqa: F401 - what every part needs

from defi_lib.lazy import attach

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "exact.master_chef": ["ChefChange", "ChefPool", "Farmer", "MasterChef"],
        "exact.olympus": ["ControlAdjustment", "OlympusBond", "OlympusChange", "OlympusDepository"],
        "exact.staking_rewards": ["RewardsChange", "Staker", "StakingRewards"],
        "farming.capital_flows": ["FarmRun", "follow_yield", "simulate_farm"],
        "farming.compounding": ["compounded_value", "optimal_harvests", "min_capital"],
        "farming.emission": [
            "CURVE_YEARLY_FACTOR",
            "DecayingEmission",
            "Emission",
            "StepEmission",
            "constant_emission",
            "curve_emission",
            "halving_emission",
        ],
        "farming.farm": ["FarmChange", "RewardFarm"],
        "farming.points": ["TokenDivision", "divide_by_points", "pay_by_day"],
        "farming.strategies": ["Outcomes", "Summary", "farm_outcomes", "summarise"],
        "farming.yields": ["YieldSources", "apr_after_entry", "dilution", "drawn_value", "farm_apr", "yield_sources"],
        "launches.buyers": ["BuyersRun", "buyers_in_turn"],
        "launches.coordination": [
            "BOND",
            "CASH_OUT",
            "HOLD",
            "SELL",
            "STAKE",
            "cash_game",
            "equilibria",
            "three_three_game",
        ],
        "launches.gains": ["LaunchGains", "launch_gains"],
        "launches.launch": [
            "Allocation",
            "AllocationTable",
            "CurveLaunch",
            "PublicSale",
            "SaleRound",
            "airdrop",
            "curve_exit",
            "curve_launch",
            "price_factor_of_unlock",
            "price_of_counted",
            "public_sale",
            "sale_round",
            "sybil_gain",
        ],
        "launches.launch_run": ["LaunchRun", "simulate_launch"],
        "launches.vesting": ["Vesting", "VestingWallet", "WalletChange", "hidden_cliff"],
        "protocol_liquidity.bonds": ["BondDepository", "BondSale"],
        "protocol_liquidity.owned_liquidity": [
            "LiquidityComparison",
            "LiquiditySide",
            "OwnOrRent",
            "compare_liquidity",
            "own_or_rent",
        ],
        "protocol_liquidity.rebase": ["EPOCHS_PER_YEAR", "Rebase", "RebasingToken", "rebase_apy", "share_factor"],
    },
    renamed={
        **{
            f"record_{name}": f"defi_lib.ledger.former.record_{name}"
            for name in ("farm_run", "launch_run", "liquidity")
        },
        "run_farm": "simulate_farm",
        "run_launch": "simulate_launch",
        "smallest_capital": "min_capital",
    },
)
