"""Double spending: the chance that a payment which was confirmed is overtaken by another branch."""

from __future__ import annotations

from math import inf, lgamma

import numpy as np

from defi_lib.rounding import above
from defi_lib.validation import Amount, at_least, between, one_number


def double_spend_probability(attacker: Amount, confirmations: int) -> Amount:
    """Chance that an attacker replaces a payment after ``confirmations`` blocks: Rosenfeld's exact formula.

    While the honest miners find z blocks, the attacker finds k in secret (negative binomial); from z − k blocks
    behind he ever catches up with probability ``(q/p)^(z−k)``, ``p = 1 − q``:
    ``P = Σ_{k≤z} C(k+z−1, k)·pᵏ·q^z + P(k > z)``, and 1 as soon as ``q >= p``.

    Args:
        attacker: share q of all work done, in [0, 1].
        confirmations: blocks z that the payee waits for, >= 0.

    Raises:
        ValueError: an argument outside its range.

    Source: Rosenfeld, *Analysis of Hashrate-Based Double Spending*, arXiv:1402.2009 (one block is mined in advance,
    and the attacker never gives up).
    """
    attacker, z = between("attacker", attacker, 0.0, 1.0), at_least("confirmations", confirmations, 0)
    if z == 0:
        return _plain(np.where(np.asarray(attacker) > 0, 1.0, 0.0))
    log_q, log_p = _logs(attacker)
    # More than z of the attacker's blocks before z honest ones: fewer than z honest ones among the next 2z.
    # Only positive terms are added, so that even the smallest chance keeps its digits.
    waiting = [_choose(k + z - 1, k) + k * log_p + z * log_q for k in range(z + 1)]
    ahead = [_choose(2 * z, j) + j * log_p + (2 * z - j) * log_q for j in range(z)]
    chance = np.sum(np.exp(np.stack(waiting + ahead)), axis=0)
    return _plain(np.where(np.asarray(attacker) < 0.5, np.minimum(chance, 1.0), 1.0))


def double_spend_probability_whitepaper(attacker: Amount, confirmations: int) -> Amount:
    """The same chance as in the Bitcoin paper, where the attacker's blocks are Poisson with mean ``λ = z·q/p``.

    ``P = 1 − Σ_{k≤z} λᵏ·e^(−λ)/k!·(1 − (q/p)^(z−k))``. Too low unless the
    attacker has nearly half of all work: at 10 % and six blocks by more than half.

    Args:
        attacker: share q of all work done, in [0, 1].
        confirmations: blocks z that the payee waits for, >= 0.

    Raises:
        ValueError: an argument outside its range.

    Source: Nakamoto, *Bitcoin: A Peer-to-Peer Electronic Cash System* (2008), section 11.
    """
    attacker, z = between("attacker", attacker, 0.0, 1.0), at_least("confirmations", confirmations, 0)
    odds = np.minimum(np.asarray(attacker), 0.5) / np.maximum(1 - np.asarray(attacker), 0.5)
    mean = z * odds
    term, below = np.exp(-mean), np.zeros_like(mean)
    for k in range(z + 1):
        below = below + term * (1 - odds ** (z - k))
        term = term * mean / (k + 1)
    return _plain(np.where(odds > 0, np.clip(1 - below, 0.0, 1.0), 0.0))


def confirmations_needed(attacker: float, risk: float, limit: int = 10_000) -> int:
    """Least number of blocks after which a double spend succeeds with at most ``risk``.

    Args:
        attacker: share of all work done, in [0, 0.5): against half of all work no waiting helps.
        risk: accepted chance, in (0, 1].
        limit: largest number of blocks to try.

    Raises:
        ValueError: an argument outside its range, or more than ``limit`` blocks needed.
    """
    attacker = one_number("attacker", between("attacker", attacker, 0.0, 0.5, high_open=True))
    risk = one_number("risk", between("risk", risk, 0.0, 1.0, low_open=True))
    limit = at_least("limit", limit, 0)
    # The chance falls with every block: double the step until it is low enough, then halve the interval.
    low, high = -1, 0
    while _too_risky(attacker, high, risk):
        low, high = high, 2 * high + 1
        if high > 2 * limit:
            break
    while high - low > 1 and low < limit:
        middle = (low + high) // 2
        low, high = (middle, high) if _too_risky(attacker, middle, risk) else (low, middle)
    if high > limit:
        raise ValueError(f"limit = {limit} blocks are not enough: attacker {attacker:.6g} is too close to 0.5")
    return high


def _too_risky(attacker: float, confirmations: int, risk: float) -> bool:
    chance = float(double_spend_probability(attacker, confirmations))
    # The logarithms of which the chance is made grow with the number of blocks, and so does their rounding.
    return bool(above(chance, risk, scale=risk * (1.0 + confirmations)))


def _logs(attacker: Amount) -> tuple[Amount, Amount]:
    share = np.minimum(np.asarray(attacker), 0.5)
    log_q = np.log(share, out=np.full(share.shape, -inf), where=share > 0)
    return log_q, np.log1p(-share)


def _choose(n: int, k: int) -> float:
    """Logarithm of a binomial coefficient."""
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def _plain(result: Amount) -> Amount:
    return float(result) if np.ndim(result) == 0 else result
