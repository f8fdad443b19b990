"""Rewards: what is emitted, who gets it, and what it is worth."""

from defi_lib.ledger.transfer import OUTSIDE, Transfer, record_transfers
from defi_lib.rewards.bonds import BondDepository, BondSale
from defi_lib.rewards.bookkeeping import record_farm_run, record_launch_run, record_liquidity
from defi_lib.rewards.capital_flows import FarmRun, run_farm
from defi_lib.rewards.compounding import compounded_value, optimal_harvests, smallest_capital
from defi_lib.rewards.coordination import BOND, CASH_OUT, HOLD, SELL, STAKE, cash_game, equilibria, three_three_game
from defi_lib.rewards.emission import (
    CURVE_YEARLY_FACTOR,
    DecayingEmission,
    Emission,
    StepEmission,
    constant_emission,
    curve_emission,
    halving_emission,
)
from defi_lib.rewards.farm import FarmChange, RewardFarm
from defi_lib.rewards.launch import (
    Allocation,
    AllocationTable,
    CurveLaunch,
    PublicSale,
    SaleRound,
    airdrop,
    curve_exit,
    curve_launch,
    price_factor_of_unlock,
    public_sale,
    sale_round,
    sybil_gain,
)
from defi_lib.rewards.launch_run import LaunchRun, run_launch
from defi_lib.rewards.master_chef import ChefChange, ChefPool, Farmer, MasterChef
from defi_lib.rewards.owned_liquidity import LiquidityComparison, LiquiditySide, compare_liquidity
from defi_lib.rewards.rebase import EPOCHS_PER_YEAR, Rebase, RebasingToken, rebase_apy, share_factor
from defi_lib.rewards.staking_rewards import RewardsChange, Staker, StakingRewards
from defi_lib.rewards.strategies import Outcomes, Summary, farm_outcomes, summarise
from defi_lib.rewards.vesting import Vesting, VestingWallet, WalletChange, hidden_cliff
from defi_lib.rewards.yields import YieldSources, apr_after_entry, dilution, drawn_value, farm_apr, yield_sources

__all__ = [
    "BOND",
    "CASH_OUT",
    "CURVE_YEARLY_FACTOR",
    "EPOCHS_PER_YEAR",
    "HOLD",
    "OUTSIDE",
    "SELL",
    "STAKE",
    "Allocation",
    "AllocationTable",
    "BondDepository",
    "BondSale",
    "ChefChange",
    "ChefPool",
    "CurveLaunch",
    "DecayingEmission",
    "Emission",
    "FarmChange",
    "FarmRun",
    "Farmer",
    "LaunchRun",
    "LiquidityComparison",
    "LiquiditySide",
    "MasterChef",
    "Outcomes",
    "PublicSale",
    "Rebase",
    "RebasingToken",
    "RewardFarm",
    "RewardsChange",
    "SaleRound",
    "Staker",
    "StakingRewards",
    "StepEmission",
    "Summary",
    "Transfer",
    "Vesting",
    "VestingWallet",
    "WalletChange",
    "YieldSources",
    "airdrop",
    "apr_after_entry",
    "cash_game",
    "compare_liquidity",
    "compounded_value",
    "constant_emission",
    "curve_emission",
    "curve_exit",
    "curve_launch",
    "dilution",
    "drawn_value",
    "equilibria",
    "farm_apr",
    "farm_outcomes",
    "halving_emission",
    "hidden_cliff",
    "optimal_harvests",
    "price_factor_of_unlock",
    "public_sale",
    "rebase_apy",
    "record_farm_run",
    "record_launch_run",
    "record_liquidity",
    "record_transfers",
    "run_farm",
    "run_launch",
    "sale_round",
    "share_factor",
    "smallest_capital",
    "summarise",
    "sybil_gain",
    "three_three_game",
    "yield_sources",
]
