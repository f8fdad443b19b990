"""Issuance of proof-of-stake chains: what stakers receive, and what those who do not stake lose by it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.renamed import renamed
from defi_lib.units import DAYS_PER_JULIAN_YEAR, ETHEREUM_EPOCHS_PER_DAY
from defi_lib.validation import Amount, Whole, between, broadcastable, non_negative, positive, representable, whole

#: Ethereum: stake counts in steps of 1 ETH.
GWEI_PER_ETHER = 10**9
BASE_REWARD_FACTOR = 64

_MAX_STAKE = 10**9


def base_reward(total_stake: Whole) -> Whole:
    """Ethereum's reward per staked ETH and epoch (gwei), exact: ``10⁹·64 // isqrt(total stake in gwei)``.

    It is what a validator that does everything in time receives on average, from attestations, sync committees
    and proposals together; tips come on top.

    Args:
        total_stake: of all active validators, whole ETH, from 1 to 10⁹.

    Raises:
        ValueError: a stake outside its range or not whole.

    Source: ethereum/consensus-specs, altair/beacon-chain.md.
    """
    stake = whole("total_stake", total_stake, 1, _MAX_STAKE)
    reward = GWEI_PER_ETHER * BASE_REWARD_FACTOR // _integer_root(np.asarray(stake, dtype=np.int64) * GWEI_PER_ETHER)
    return int(reward) if np.ndim(reward) == 0 else reward


def epoch_issuance(total_stake: Whole) -> Whole:
    """New coins per epoch if every validator does everything in time (gwei), exact: ``base reward·stake``.

    Raises:
        ValueError: a stake (ETH) that is not whole or outside 1 to 10⁹.
    """
    return base_reward(total_stake) * whole("total_stake", total_stake, 1, _MAX_STAKE)


def annual_issuance(total_stake: Whole) -> Amount:
    """New coins per year of 365.25 days if every validator does everything in time (ETH): it grows as √stake.

    Raises:
        ValueError: a stake (ETH) that is not whole or outside 1 to 10⁹.
    """
    return _per_year(epoch_issuance(total_stake))


def annual_return(total_stake: Whole) -> Amount:
    """Issuance per year as a ratio of the stake, without compounding: it falls as 1/√stake.

    Raises:
        ValueError: a stake (ETH) that is not whole or outside 1 to 10⁹.
    """
    return _per_year(base_reward(total_stake))


@renamed(largest_change="max_change")
def next_inflation(
    inflation: Amount,
    bonded: Amount,
    years: Amount,
    goal: Amount = 0.67,
    max_change: Amount = 0.13,
    lowest: Amount = 0.07,
    highest: Amount = 0.20,
) -> Amount:
    """Inflation of a Cosmos chain after a step: ``I + (1 − bonded/goal)·0.13·years``, kept within [0.07, 0.20].

    Who does not stake is diluted more the fewer stake; a staker receives ``inflation/bonded``.

    Args:
        inflation: per year now (ratio), >= 0.
        bonded: staked part of the supply, in [0, 1].
        years: length of the step, >= 0; one block on the chain.
        goal: bonded part at which inflation stays, in (0, 1].
        max_change: per year, when nobody stakes, >= 0.
        lowest: >= 0.
        highest: at least ``lowest``.

    Raises:
        ValueError: an argument outside its range.

    Source: cosmos/cosmos-sdk, x/mint.
    """
    inflation, bonded = non_negative("inflation", inflation), between("bonded", bonded, 0.0, 1.0)
    years, goal = non_negative("years", years), between("goal", goal, 0.0, 1.0, low_open=True)
    max_change, lowest = non_negative("max_change", max_change), non_negative("lowest", lowest)
    broadcastable(
        inflation=inflation,
        bonded=bonded,
        years=years,
        goal=goal,
        max_change=max_change,
        lowest=lowest,
        highest=highest,
    )
    highest = between("highest", highest, lowest, np.inf, high_open=True)
    return np.clip(inflation + (1 - bonded / goal) * max_change * years, lowest, highest)


class Dilution(NamedTuple):
    """What a year of issuance does to two holders of the same amount (ratios)."""

    staking_return: Amount  #: tokens received per token staked
    staker: Amount  #: change of the staker's share of all tokens
    holder: Amount  #: change of the share of one who does not stake

    @property
    def gap(self) -> Amount:
        """What staking makes of a share, against not staking: the staking return itself, whatever the inflation."""
        return (self.staker - self.holder) / (1 + self.holder)

    @property
    def inflation(self) -> Amount:
        """New tokens as a ratio of all."""
        return 0.0 - self.holder / (1 + self.holder)

    @property
    def stakers(self) -> Amount:
        """As ``staker``."""
        return self.staker

    @property
    def others(self) -> Amount:
        """As ``holder``."""
        return self.holder


@representable
def dilution(inflation: Amount, staked: Amount) -> Dilution:
    """Issuance paid to stakers moves shares from holders to them: ``(1 + i/b)/(1 + i) − 1`` and ``1/(1 + i) − 1``.

    Weighted by b and 1 − b the two add up to zero: what looks like a return is mostly a transfer.

    Args:
        inflation: i, new tokens of a year as a ratio of all, >= 0.
        staked: b, staked part of all tokens, in (0, 1].

    Raises:
        ValueError: an argument outside its range.
    """
    inflation, staked = non_negative("inflation", inflation), between("staked", staked, 0.0, 1.0, low_open=True)
    broadcastable(inflation=inflation, staked=staked)
    diluted = inflation / (1 + inflation)
    return Dilution(inflation / staked, diluted * ((1 - staked) / staked), -diluted + 0.0 * staked)


def dilution_at_rate(staking_rate: Amount, staked: Amount) -> Dilution:
    """The same where the return is fixed, not the inflation: ``(1 + r)/(1 + r·b) − 1`` and ``1/(1 + r·b) − 1``.

    Args:
        staking_rate: r, new tokens of a year per staked token, >= 0.
        staked: b, staked part of all tokens, in [0, 1]; if all stake, nobody wins.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> dilution_at_rate(0.5, 0.4).staker, dilution(0.2, 0.4).staker
    (0.25, 0.25)
    """
    rate, staked = non_negative("staking_rate", staking_rate), between("staked", staked, 0.0, 1.0)
    broadcastable(staking_rate=rate, staked=staked)
    inflation = rate * staked
    return Dilution(rate + 0.0 * staked, rate * (1 - staked) / (1 + inflation), 0.0 - inflation / (1 + inflation))


def stake_for_return(wanted: Amount, largest: Whole = 120_000_000) -> Amount:
    """Total stake (ETH, about) at which Ethereum's return falls to ``wanted``: entry goes on until it does.

    From ``return = c/√stake``, ``c = 64·√10⁹·225·365.25/10⁹``, without the protocol's rounding.

    Args:
        wanted: return per year (ratio), > 0, that the marginal staker asks for.
        largest: all ETH there is; nobody can stake more.

    Raises:
        ValueError: an argument outside its range.
    """
    wanted, largest = positive("wanted", wanted), whole("largest", largest, 1, _MAX_STAKE)
    scale = (
        BASE_REWARD_FACTOR * np.sqrt(GWEI_PER_ETHER) * ETHEREUM_EPOCHS_PER_DAY * DAYS_PER_JULIAN_YEAR / GWEI_PER_ETHER
    )
    return np.minimum((scale / wanted) ** 2, largest)


def _per_year(gwei: Whole) -> Amount:
    """Tokens per year from gwei per epoch."""
    tokens = np.asarray(gwei, dtype=np.float64) * (ETHEREUM_EPOCHS_PER_DAY * DAYS_PER_JULIAN_YEAR / GWEI_PER_ETHER)
    return float(tokens) if tokens.ndim == 0 else tokens


def _integer_root(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Largest whole number whose square is not above the value, exact below 2⁶²."""
    root = np.sqrt(values.astype(np.float64)).astype(np.int64)
    root = root - (root * root > values)
    return root + ((root + 1) * (root + 1) <= values)
