"""Mining pools: the same income with less luck, for a fee."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from defi_lib.rounding import within
from defi_lib.validation import Amount, between, broadcastable, non_negative, ratio, representable


class MiningIncome(NamedTuple):
    """Income of one miner over a number of blocks."""

    mean: Amount  #: coins
    standard_deviation: Amount  #: coins
    nothing: Amount  #: chance to earn nothing at all
    fee: Amount  #: coins on average: miner → operator of the pool

    @property
    def variation(self) -> Amount:
        """Standard deviation as a ratio of the mean; 0 where the mean is."""
        mean = np.asarray(self.mean, dtype=float)
        spread = np.divide(self.standard_deviation, mean, out=np.zeros(mean.shape), where=mean > 0)
        return float(spread) if spread.ndim == 0 else spread


def solo_income(share: Amount, blocks: Amount, reward: Amount) -> MiningIncome:
    """Alone: the number of blocks found is binomial, ``E = n·s·R``, ``sd = R·√(n·s·(1 − s))``.

    Args:
        share: of all hashrate, in [0, 1].
        blocks: found by everybody together, >= 0.
        reward: coins per block, >= 0.

    Raises:
        ValueError: an argument outside its range.
    """
    return pool_income(share, share, blocks, reward)


def pool_income(share: Amount, pool_share: Amount, blocks: Amount, reward: Amount, fee: Amount = 0.0) -> MiningIncome:
    """In a pool that divides each block it finds by work done: ``sd = (s/S)·R·(1 − f)·√(n·S·(1 − S))``.

    The mean falls by the fee alone, and the variation by √(s/S): a small miner gains most from the largest pool.

    Args:
        share: of all hashrate, in [0, 1].
        pool_share: of the whole pool, from ``share`` to 1.
        blocks: found by everybody together, >= 0.
        reward: coins per block, >= 0.
        fee: ratio that the pool keeps, in [0, 1).

    Raises:
        ValueError: an argument outside its range.

    Source: Rosenfeld, *Analysis of Bitcoin Pooled Mining Reward Systems*, arXiv:1112.4980 (proportional).
    """
    share, pool_share = between("share", share, 0.0, 1.0), between("pool_share", pool_share, 0.0, 1.0)
    blocks, reward, fee = non_negative("blocks", blocks), non_negative("reward", reward), ratio("fee", fee)
    broadcastable(share=share, pool_share=pool_share, blocks=blocks, reward=reward, fee=fee)
    pool_share = within("pool_share", pool_share, share, 1.0)
    gross = blocks * share * reward
    part = np.divide(share, pool_share, out=np.zeros(np.broadcast(share, pool_share).shape), where=pool_share != 0)
    spread = part * reward * (1 - fee) * np.sqrt(blocks * pool_share * (1 - pool_share))
    with np.errstate(divide="ignore", invalid="ignore"):
        nothing = np.where(np.asarray(blocks) > 0, np.exp(blocks * np.log1p(-np.asarray(pool_share))), 1.0)
    nothing = np.where(np.asarray(share) > 0, nothing, 1.0)
    return MiningIncome(*map(_plain, (gross * (1 - fee), spread + 0.0 * gross, nothing + 0.0 * gross, gross * fee)))


@representable
def pay_per_share_income(share: Amount, blocks: Amount, reward: Amount, fee: Amount = 0.0) -> MiningIncome:
    """In a pool that pays for work whether it finds blocks or not: ``E = n·s·R·(1 − f)``, no luck at all.

    The operator carries the luck of all, and asks a higher fee for it.

    Args:
        share: of all hashrate, in [0, 1].
        blocks: found by everybody together, >= 0.
        reward: coins per block, >= 0.
        fee: ratio that the pool keeps, in [0, 1).

    Raises:
        ValueError: an argument outside its range.
    """
    share, fee = between("share", share, 0.0, 1.0), ratio("fee", fee)
    blocks, reward = non_negative("blocks", blocks), non_negative("reward", reward)
    broadcastable(share=share, blocks=blocks, reward=reward, fee=fee)
    gross = blocks * share * reward
    nothing = np.where(np.asarray(gross) > 0, 0.0, 1.0)
    return MiningIncome(*map(_plain, (gross * (1 - fee), 0.0 * gross * fee, nothing + 0.0 * fee, gross * fee)))


@representable
def acceptable_fee(share: Amount, pool_share: Amount, blocks: Amount, risk_aversion: Amount) -> Amount:
    """Highest pool fee (ratio) at which a miner who dislikes luck prefers the pool to mining alone.

    He values an income by ``mean·(1 − a/2·variation²)``; so the fee f is the root of
    ``(1 − f) − a/2·(1 − f)²·v_pool² = 1 − a/2·v_solo²`` (both in units of the mean), 0 at least.

    Args:
        share: of all hashrate, in (0, 1].
        pool_share: of the whole pool, from ``share`` to 1.
        blocks: found by everybody together, > 0.
        risk_aversion: a, relative, >= 0.

    Raises:
        ValueError: an argument outside its range.

    Source: own derivation (second-order certainty equivalent); good while the variation is small.
    """
    share, pool_share = between("share", share, 0.0, 1.0, low_open=True), between("pool_share", pool_share, 0.0, 1.0)
    blocks = between("blocks", blocks, 0.0, np.inf, low_open=True, high_open=True)
    aversion = non_negative("risk_aversion", risk_aversion)
    broadcastable(share=share, pool_share=pool_share, blocks=blocks, risk_aversion=aversion)
    pool_share = within("pool_share", pool_share, share, 1.0)
    solo, pooled = (aversion / 2 * (1 - s) / (s * blocks) for s in (share, pool_share))
    # The smaller root for 1 − f, written without a difference of nearly equal numbers.
    keep = 2 * (1 - solo) / (1 + np.sqrt(np.maximum(1 - 4 * pooled * (1 - solo), 0.0)))
    return _plain(np.clip(1 - keep, 0.0, 1.0))


def _plain(result: Amount) -> Amount:
    return float(result) if np.ndim(result) == 0 else result
