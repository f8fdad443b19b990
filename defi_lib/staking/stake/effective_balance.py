"""Ethereum's effective balance: which part of a validator's ether counts, and what a small one can earn on rewards."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.ledger.transfer import OUTSIDE, Transfer
from defi_lib.staking.stake.issuance import GWEI_PER_ETHER, base_reward
from defi_lib.units import ETHEREUM_EPOCHS_PER_DAY
from defi_lib.validation import Whole, at_least, broadcastable, whole

#: Stake counts in steps of one ether; what counts changes late: a quarter below, one and a quarter above (gwei).
INCREMENT = GWEI_PER_ETHER
DOWNWARD_MARGIN = INCREMENT // 4
UPWARD_MARGIN = 5 * INCREMENT // 4
#: Least stake of a validator; until May 2025, and for who has not asked since, also the most that counts (gwei).
LEAST_STAKE = 32 * GWEI_PER_ETHER
LARGEST_STAKE = 2048 * GWEI_PER_ETHER

_MAX_BALANCE = 10**18


def next_effective_balance(balance: Whole, effective: Whole, largest: Whole = LARGEST_STAKE) -> Whole:
    """What counts of a balance after an epoch (gwei), exact: nothing changes until the balance has left a margin.

    ``min(balance rounded down to whole ether, largest)`` if ``balance + 0.25 < effective`` or ``effective + 1.25 <
    balance`` (in ether), else as before. So 33 ether count only once there are more than 33.25, and 32 again once
    there are less than 32.75.

    Args:
        balance: gwei, from 0 to 10¹⁸.
        effective: what counted so far, gwei.
        largest: 2,048 ether for who has asked for it (compounding), else 32 ether.

    Raises:
        ValueError: an argument that is not whole or outside its range.

    Source: ethereum/consensus-specs, electra/beacon-chain.md, process_effective_balance_updates; EIP-7251.

    >>> next_effective_balance(33_250_000_000, 32_000_000_000), next_effective_balance(33_250_000_001, 32_000_000_000)
    (32000000000, 33000000000)
    """
    balance, effective = whole("balance", balance, 0, _MAX_BALANCE), whole("effective", effective, 0, _MAX_BALANCE)
    largest = whole("largest", largest, 0, _MAX_BALANCE)
    broadcastable(balance=balance, effective=effective, largest=largest)
    following = _following(*(np.asarray(each, dtype=np.int64) for each in (balance, effective, largest)))
    return int(following) if following.ndim == 0 else following


def _following(now: NDArray[np.int64], before: NDArray[np.int64], largest: NDArray[np.int64]) -> NDArray[np.int64]:
    moved = (now + DOWNWARD_MARGIN < before) | (before + UPWARD_MARGIN < now)
    return np.where(moved, np.minimum(now - now % INCREMENT, largest), before)


class ValidatorRun(NamedTuple):
    """Validators over time, in gwei: the start first, then each day; validators along the last axis."""

    balance: NDArray[np.int64]
    effective: NDArray[np.int64]  #: what counts of it
    rewards: NDArray[np.int64]  #: network → validator, since the start
    paid_out: NDArray[np.int64]  #: validator → its owner's account, since the start

    def transfers(self, stakers: str = "stakers", asset: str = "ETH") -> tuple[Transfer, ...]:
        """The new coins of the whole time; what is paid out stays with the staker: it is no transfer."""
        rewards = np.sum(self.rewards[-1], axis=-1) / GWEI_PER_ETHER
        return (Transfer(OUTSIDE, stakers, rewards, asset, "new coins"),)


def simulate_validators(
    balance: Whole, total_stake: int, days: int, largest: Whole = LARGEST_STAKE, periods: int = 1
) -> ValidatorRun:
    """Validators that do everything in time, day by day: what counts earns, and what is above ``largest`` is paid out.

    Each epoch brings ``base reward·effective/1 ether`` (:func:`base_reward`, the same total stake throughout).

    Args:
        balance: of each validator at the start, gwei, from 32 ether; what counts at first is whole ether of it.
        total_stake: of all active validators, whole ETH, from 1 to 10⁹.
        days: >= 0.
        largest: what can count: 2,048 ether (compounding), or 32 ether (skimming), one or one per validator.
        periods: parts of a day after which balances are looked at: a divisor of 225, its epochs.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: ethereum/consensus-specs, electra/beacon-chain.md. There each validator is paid out once in some nine days,
    what it does not do in time is missing and is fined, and tips go to an account of its own.
    """
    start = np.atleast_1d(np.asarray(whole("balance", balance, LEAST_STAKE, _MAX_BALANCE), dtype=np.int64))
    most = np.asarray(whole("largest", largest, LEAST_STAKE, _MAX_BALANCE), dtype=np.int64)
    shape = broadcastable(balance=start, largest=most)
    days, periods = at_least("days", days, 0), at_least("periods", periods, 1)
    if ETHEREUM_EPOCHS_PER_DAY % periods:
        raise ValueError(f"periods = {periods} is outside the allowed range: divisors of {ETHEREUM_EPOCHS_PER_DAY}")
    each = np.int64(base_reward(at_least("total_stake", total_stake, 1))) * (ETHEREUM_EPOCHS_PER_DAY // periods)
    now = np.array(np.broadcast_to(start, shape))
    counts = np.minimum(now - now % INCREMENT, most)
    earned, out = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    path = [(now, counts, earned, out)]
    for _ in range(days):
        for _ in range(periods):
            reward = each * (counts // INCREMENT)
            # Only of who counts in full: else 2,047 ether could never become 2,048.
            excess = np.where(counts == most, np.maximum(now + reward - most, 0), 0)
            now, earned, out = now + reward - excess, earned + reward, out + excess
            counts = _following(now, counts, most)
        path.append((now, counts, earned, out))
    return ValidatorRun(*(np.stack(part) for part in zip(*path, strict=True)))
