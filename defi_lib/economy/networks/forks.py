"""A fork costs nothing: what a copy, as good or better, takes from an original that is already deep.

Providers join one by one, where the fees are: with a chance that is each pool's part of all trade. Trade follows cost,
and cost falls with depth (:mod:`~defi_lib.economy.networks.liquidity_loop`), so that whoever was first has an edge.
What weakens it: routers, which use all pools at once and see what is better; providers who choose again; depth that
the newcomer brings along.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, ndtr

from defi_lib.validation import Amount, at_least, between, broadcastable, non_negative, plain, positive, ratio

Array = NDArray[np.float64]

#: Standard deviations below this count as none (providers).
_LEAST = 1e-12


def fork_trade_share(
    fork: Amount,
    original: Amount,
    amount: Amount,
    taste: Amount,
    *,
    advantage: Amount = 0.0,
    routed: Amount = 0.0,
    fee: Amount = 0.003,
) -> Amount:
    """The part of all trade that the fork gets, by depth and by what it saves traders.

    Who chooses himself takes the fork with chance ``1/(1 + exp(−(c₀ − c₁)/τ))``, where a trade of q costs
    ``cᵢ = 1 − gᵢ/(1 + gᵢ·q/Dᵢ)``, ``g₀ = 1 − fee`` and ``g₁ = g₀ + a``. A router splits each trade so that the last
    dollar brings as much in both: the part ``D₁/g₁·(√g₁ + D₀(√g₁ − √g₀)/(g₀q)) / (D₁/√g₁ + D₀/√g₀)`` of it goes to the
    fork, at most all. With equal pools that is by depth.

    Args:
        fork, original: D₁ and D₀, depth (USD on one side), > 0.
        amount: q of a trade (USD), > 0; next to nothing takes the network effect away.
        taste: τ, by how much traders' other costs differ (ratio of the amount), > 0.
        advantage: a, what the fork saves (ratio of the amount), at most the fee; below 0 a cost of changing, > −0.5.
        routed: part of the trade behind a router, in [0, 1].
        fee: of both, ratio in [0, 0.5].

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: own derivation; the choice is McFadden's logit (1974), the split that of two constant product pools
    (:func:`~defi_lib.exchange.optimal_split`). Real routers pay gas for each pool, and leave out the smallest.

    >>> round(fork_trade_share(1e6, 2e6, 1e4, 0.005), 3), round(fork_trade_share(1e6, 2e6, 1e4, 0.005, routed=1.0), 3)
    (0.273, 0.333)
    >>> round(fork_trade_share(1e6, 2e6, 1e4, 0.005, routed=1.0, advantage=0.001), 3)
    0.367
    """
    new, old = positive("fork", fork), positive("original", original)
    size, spread = positive("amount", amount), positive("taste", taste)
    part, charge = between("routed", routed, 0.0, 1.0), between("fee", fee, 0.0, 0.5)
    better = between("advantage", advantage, -0.5, np.max(charge))
    broadcastable(fork=new, original=old, amount=size, taste=spread, advantage=better, routed=part, fee=charge)
    return plain(_trade_share(*map(np.asarray, (new, old, size, spread, better, part, charge))))


def _trade_share(
    new: Array, old: Array, size: Array, taste: Array, better: Array, part: Array, fee: Array
) -> NDArray[np.float64]:
    kept = 1.0 - fee
    gain = kept + better
    cheaper = gain / (1.0 + gain * size / new) - kept / (1.0 + kept * size / old)
    roots = np.sqrt(gain), np.sqrt(kept)
    split = new / gain * (roots[0] + old * (better / (roots[0] + roots[1])) / (kept * size))
    split = np.clip(split / (new / roots[0] + old / roots[1]), 0.0, 1.0)
    return np.asarray((1.0 - part) * expit(cheaper / taste) + part * split)


class ForkRace(NamedTuple):
    """How a race between an original and its fork ends; scenarios first, runs along the last axis."""

    original: Array  #: providers of the original in the end
    fork: Array  #: and of the fork
    behind: Amount  #: chance that the fork has fewer (mean over the runs)

    @property
    def fork_share(self) -> Amount:
        """The part of all depth that the fork has, in the mean."""
        return plain(np.mean(self.fork / (self.fork + self.original), axis=-1))


def race_fork(
    lead: Amount,
    seed: Amount,
    users: int,
    depth: Amount,
    amount: Amount,
    taste: Amount,
    rng: np.random.Generator,
    *,
    advantage: Amount = 0.0,
    routed: Amount = 0.0,
    moves: Amount = 0.0,
    fee: float = 0.003,
    runs: int = 32,
    stages: int = 16,
) -> ForkRace:
    """Providers join an original or its fork one by one, each where the fees are; who has more of them in the end?

    They are counted in stages that grow with their number. In each, b newcomers choose the fork with chance
    :func:`fork_trade_share`, and ``moves·b`` old ones choose again in the same way; both are drawn from the normal
    law with the mean and variance of single choices. All bring the same depth.

    Args:
        lead: providers of the original when the fork opens, > 0.
        seed: what the fork opens with, a part of the original's depth, > 0.
        users: newcomers, >= 1.
        depth: of both pools together in the end (USD, both coins), > 0.
        amount, taste, advantage, routed, fee: as in :func:`fork_trade_share`.
        rng: where the randomness comes from. All scenarios have the same draws, half of the runs the mirrored ones;
            their variances are exact, and stages are not correlated.
        moves: how many old providers choose again while one joins, >= 0.
        runs: of each scenario, an even number, at least twice the stages.
        stages: >= 1; twice as many say the same.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: own model; an urn as in Arthur, *Competing Technologies* (1989), whose exponent follows from cost.

    >>> deep = race_fork(200, 0.2, 2000, 1e9, 1e3, 0.005, np.random.default_rng(1), advantage=0.002)
    >>> shallow = race_fork(200, 0.2, 2000, 1e6, 1e3, 0.005, np.random.default_rng(1), advantage=0.002)
    >>> round(deep.behind, 2), round(shallow.behind, 2)
    (0.0, 1.0)
    """
    first, brought = positive("lead", lead), positive("seed", seed)
    count, money, again = at_least("users", users, 1), positive("depth", depth), non_negative("moves", moves)
    size, spread = positive("amount", amount), positive("taste", taste)
    part, charge = between("routed", routed, 0.0, 1.0), ratio("fee", fee)
    better = between("advantage", advantage, -0.5, charge)
    if at_least("runs", runs, 2 * at_least("stages", stages, 1)) % 2:
        raise ValueError(f"runs = {runs} is not allowed: an even number, half of them are mirrored")
    shape = broadcastable(
        lead=first, seed=brought, depth=money, amount=size, taste=spread, advantage=better, routed=part, moves=again
    )
    values = (first, brought, money, again, size, spread, better, part)
    # One column for each run.
    first, brought, money, again, size, spread, better, part = (
        np.broadcast_to(np.asarray(value, dtype=float), shape)[..., np.newaxis] for value in values
    )
    start = first * (1.0 + brought)
    growth = ((start + count) / start) ** (1.0 / stages)
    total, fork = start, first * brought + np.zeros((*shape, runs))
    each = money / 2.0 / (start + count)
    draws = np.linalg.qr(rng.standard_normal((runs // 2, stages)))[0].T * np.sqrt(runs / 2)
    least = each * 1e-9 * start
    flat, before = np.asarray(charge), None
    for draw in draws:
        new = total * (growth - 1.0)
        now = _trade_share(
            np.maximum(fork * each, least), np.maximum((total - fork) * each, least), size, spread, better, part, flat
        )
        # The chance in the middle of the stage, by what it changed in the last one (Adams and Bashforth).
        chance = now if before is None else np.clip(1.5 * now - 0.5 * before, 0.0, 1.0)
        before = now
        stay = np.exp(-again * new / total)
        mean = chance * total + (fork - chance * total) * stay + new * chance
        spread_of = np.sqrt(chance * (1.0 - chance) * (new + total * (1.0 - stay**2)))
        total = total + new
        fork = np.clip(mean + spread_of * np.concatenate([draw, -draw]), 0.0, total)
    gap = total / 2.0 - mean
    behind = np.where(spread_of > _LEAST, ndtr(gap / np.maximum(spread_of, _LEAST)), (np.sign(gap) + 1.0) / 2.0)
    return ForkRace(total - fork, fork, plain(np.mean(behind, axis=-1)))
