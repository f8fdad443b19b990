"""Rewards: what is emitted, who gets it, and what it is worth."""

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
from defi_lib.rewards.master_chef import ChefChange, ChefPool, Farmer, MasterChef
from defi_lib.rewards.staking_rewards import RewardsChange, Staker, StakingRewards
from defi_lib.rewards.transfer import OUTSIDE, Transfer, record_transfers
from defi_lib.rewards.vesting import Vesting, VestingWallet, WalletChange, hidden_cliff
