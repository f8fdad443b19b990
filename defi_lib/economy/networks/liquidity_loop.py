"""Why liquidity draws liquidity: trade goes where it costs least, cost falls with depth, depth goes where the fees are.

The exponent of increasing returns is not assumed here but follows from cost: it is how many per cent more trade a pool
gets for one per cent more depth, both against the other pool. Above 1 the larger one outgrows the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.exchange import ConstantProductPool, optimal_split
from defi_lib.ledger.transfer import Moment, Transfer
from defi_lib.validation import (
    Amount,
    at_least,
    between,
    broadcastable,
    non_negative,
    one_number,
    plain,
    positive,
    ratio,
    representable,
)

Array = NDArray[np.float64]

#: Log odds of the shares among which points of rest are looked for: from 2·10⁻⁹ to one less that.
_ODDS = np.linspace(-20.0, 20.0, 2001)

#: Step of log odds at which a slope is measured, and a pull that is taken for none.
_STEP, _NOTHING = 1e-4, 1e-8

#: The part of all depth that a pool keeps whatever happens, so that it is still a pool.
_LEAST = 1e-12


def trade_cost(depth: Amount, amount: Amount, fee: Amount = 0.003) -> Amount:
    """What a trade costs in a constant product pool (ratio of the amount): ``1 − g/(1 + g·q/D)``, ``g = 1 − fee``.

    Args:
        depth: D, what the pool holds on one side (USD), > 0.
        amount: q of the trade (USD), > 0.
        fee: ratio in [0, 1).

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: :class:`~defi_lib.exchange.ConstantProductPool`; to the first order fee plus ``q/D``.

    >>> round(trade_cost(1e6, 1e4), 6), round(trade_cost(1e6, 1e4, 0.0), 6)
    (0.012842, 0.009901)
    """
    depth, amount = positive("depth", depth), positive("amount", amount)
    broadcastable(depth=depth, amount=amount, fee=fee)
    return plain(1.0 - ConstantProductPool((depth, depth), fee).swap_exact_in(amount).amount_out / amount)


def trade_shares(
    depths: ArrayLike, amounts: ArrayLike, taste: float, *, fees: ArrayLike = 0.003, routed: float = 0.0
) -> Array:
    """The part of all trade that each pool gets, when traders go where it costs them least.

    A trader's cost in pool i is :func:`trade_cost` plus what only he knows (trust, habit, gas on its chain), so that
    the chance of i is ``exp(−costᵢ/τ)/Σ``. With τ = 0 all go to the cheapest; equally cheap ones share. Who is behind
    a router takes the best split over all pools.

    Args:
        depths: of each pool (USD on one side), > 0; pools along the last axis, scenarios before.
        amounts: of a trade (USD), > 0: one, or several equally frequent ones.
        taste: τ, by how much traders' other costs differ (ratio of the amount; a standard deviation of 1.28 τ), >= 0.
        fees: of each pool (ratio), in [0, 1): one for all, or one each.
        routed: part of each amount's trades that are behind a router, in [0, 1].

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: own derivation; the choice is McFadden's logit (1974), the split :func:`~defi_lib.exchange.optimal_split`.

    >>> trade_shares([2e6, 1e6], 1e4, 0.005).round(3)
    array([0.727, 0.273])
    >>> trade_shares([2e6, 1e6], 1e4, 0.0, routed=1.0).round(3)
    array([0.667, 0.333])
    """
    return np.asarray(np.exp(_log_shares(depths, amounts, taste, fees, routed)))


def _log_shares(depths: ArrayLike, amounts: ArrayLike, taste: float, fees: ArrayLike, routed: float) -> Array:
    """Logarithms, so that a share of e⁻¹⁰⁰⁰ still has a slope."""
    depth, size = (
        np.asarray(positive("depths", np.asarray(depths, dtype=float))),
        np.atleast_1d(positive("amounts", np.asarray(amounts, dtype=float))),
    )
    spread, part = non_negative("taste", taste), between("routed", routed, 0.0, 1.0)
    fee = np.asarray(ratio("fees", np.asarray(fees, dtype=float)))
    if depth.ndim < 1 or size.ndim != 1 or size.size < 1 or np.ndim(spread) or np.ndim(part):
        raise ValueError("allowed are depths (…, pools), amounts (sizes) or one, one taste and one part that is routed")
    if fee.shape not in ((), depth.shape[-1:]):
        raise ValueError(f"fees has shape {fee.shape}: allowed is one, or one for each of {depth.shape[-1]} pools")
    fee = np.broadcast_to(fee, depth.shape[-1:])
    pools = depth[..., np.newaxis]
    cost = np.asarray(trade_cost(pools, size, fee[:, np.newaxis]))
    more = cost - np.min(cost, axis=-2, keepdims=True)
    with np.errstate(divide="ignore", over="ignore"):
        chosen = -more / spread if spread > 0 else np.log((more == 0.0).astype(float))
        chosen = chosen - np.logaddexp.reduce(chosen, axis=-2, keepdims=True)
        if part > 0:
            each = [ConstantProductPool((pools[..., i, :],) * 2, fee[i]) for i in range(len(fee))]
            split = np.moveaxis(optimal_split(each, np.broadcast_to(size, cost[..., 0, :].shape)), 0, -2)
            chosen = np.logaddexp(np.log1p(-part) + chosen, np.log(part) + np.log(split / size))
        return np.asarray(np.logaddexp.reduce(chosen + np.log(size / np.sum(size)), axis=-1))


@representable
def even_exponent(depth: Amount, amount: Amount, taste: Amount, fee: Amount = 0.003) -> Amount:
    """The exponent of two equal pools: ``γ = g·z/((1 + z)²·τ)``, ``z = g·q/D``: impact against taste.

    Above 1 the even split falls over at the first difference. Depth lowers it: where trades are small against the
    pools, they can live side by side. ``z/(1 + z)²`` is at most a quarter, so that γ stays below 1 where τ > g/4.

    Args:
        depth: D, of one of the pools (USD on one side), > 0.
        amount: q of a trade (USD), > 0.
        taste: τ, as in :func:`trade_shares`, > 0.
        fee: of both, ratio in [0, 1).

    Raises:
        ValueError: an argument outside its range.

    Source: own derivation, ``d ln(V₁/V₂)/d ln(D₁/D₂)`` at ``D₁ = D₂``.

    >>> round(even_exponent(1e6, 1e4, 0.005, 0.0), 4), round(even_exponent(2e6, 1e4, 0.005, 0.0), 4)
    (1.9606, 0.9901)
    """
    depth, amount, taste = positive("depth", depth), positive("amount", amount), positive("taste", taste)
    kept = 1.0 - np.asarray(ratio("fee", fee))
    broadcastable(depth=depth, amount=amount, taste=taste, fee=kept)
    small = kept * amount / depth
    return plain(kept * (small / (1.0 + small)) / (1.0 + small) / taste)


class RestingPoint(NamedTuple):
    """A split of depth between two pools at which both earn the same on their depth."""

    share: float  #: of all depth in the first pool; 0 and 1 where one has practically all
    exponent: float  #: by how many per cent the odds of trade rise with one per cent of the odds of depth, there
    stable: bool  #: whether depth comes back after a small push


def resting_points(
    total: float, amounts: ArrayLike, taste: float, *, fees: ArrayLike = 0.003, routed: float = 0.0
) -> tuple[RestingPoint, ...]:
    """Where the loop of two pools comes to rest: fees per depth are equal, ``f₁V₁/D₁ = f₂V₂/D₂``.

    With equal fees a router does not move them: its trade goes by depth, which pays both the same per depth, and so it
    only slows the loop. Stable and unstable points take turns; 0 or 1 is one if depth that is there stays there.

    Args:
        total: depth of both pools together (USD on one side), > 0.
        amounts, taste, fees, routed: as in :func:`trade_shares`, for two pools.

    Returns:
        the points in the order of their share; none if every share stays as it is (all are routed, at equal fees).

    Raises:
        ValueError: an argument outside its range.

    Source: own derivation.

    >>> [(round(point.share, 3), point.stable) for point in resting_points(2e6, 1e4, 0.005)]
    [(0.0, True), (0.5, False), (1.0, True)]
    >>> [(round(point.share, 3), point.stable) for point in resting_points(8e6, 1e4, 0.005)]
    [(0.0, True), (0.099, False), (0.5, True), (0.901, False), (1.0, True)]
    """
    total = one_number("total", positive("total", total))
    fee = np.asarray(ratio("fees", positive("fees", np.asarray(fees, dtype=float))))
    if fee.shape not in ((), (2,)):
        raise ValueError(f"fees has shape {fee.shape}: allowed is one, or one for each of 2 pools")
    fee = np.broadcast_to(fee, (2,))

    def pull(odds: Array) -> Array:
        return _trade_odds(odds, total, amounts, taste, fee, routed) + np.log(fee[0] / fee[1]) - odds

    def slope(odds: float) -> float:
        low, high = _trade_odds(odds + np.array([-_STEP, _STEP]), total, amounts, taste, fee, routed)
        return 0.0 if low == high else float((high - low) / (2 * _STEP))

    pulls = pull(_ODDS)
    signs = np.where(np.abs(pulls) < _NOTHING, 0.0, np.sign(pulls))
    places = np.flatnonzero(signs)
    if not len(places):
        return ()
    points = [RestingPoint(0.0, slope(_ODDS[0]), True)] if signs[0] < 0 else []
    for left, right in pairwise(places):
        if signs[left] != signs[right]:
            odds = _root(pull, _ODDS[left], _ODDS[right], signs[left])
            points.append(RestingPoint(float(1.0 / (1.0 + np.exp(-odds))), slope(odds), bool(signs[right] < 0)))
    return (*points, RestingPoint(1.0, slope(_ODDS[-1]), True)) if signs[-1] > 0 else tuple(points)


def _trade_odds(odds: Array, total: float, amounts: ArrayLike, taste: float, fee: Array, routed: float) -> Array:
    """``ln(V₁/V₂)`` where the log odds of depth are ``odds``."""
    depths = total / (1.0 + np.exp(np.stack([-odds, odds], axis=-1)))
    logs = _log_shares(depths, amounts, taste, fee, routed)
    return np.asarray(logs[..., 0] - logs[..., 1])


def _root(pull: Callable[[Array], Array], low: float, high: float, sign: float) -> float:
    """Where ``pull``, which has ``sign`` at ``low``, changes it, by halving."""
    for _ in range(60):
        middle = (low + high) / 2
        value = float(pull(np.array([middle]))[0])
        if value == 0.0:
            return middle
        low, high = (middle, high) if value * sign > 0 else (low, middle)
    return (low + high) / 2


class LoopRun(NamedTuple):
    """Depth that follows fees; steps first, then scenarios, pools along the last axis."""

    depths: Array  #: of each pool (USD on one side), before the first step and after each
    fees: Array  #: that traders paid to each pool's providers (USD) in each step

    @property
    def shares(self) -> Array:
        """The part of all depth that each pool has, before the first step and after each."""
        return self.depths / np.sum(self.depths, axis=-1, keepdims=True)

    def transfers(
        self, step: int, traders: str = "traders", providers: str = "providers of pool"
    ) -> tuple[Transfer, ...]:
        """Who paid whom what in ``step``; pool i's providers are called by ``providers`` and i."""
        return tuple(
            Transfer(traders, f"{providers} {pool}", self.fees[step][..., pool], "USD", "fee")
            for pool in range(self.fees.shape[-1])
        )

    def moments(self, traders: str = "traders", providers: str = "providers of pool") -> Iterator[Moment]:
        """Step by step all that happened."""
        for step in range(len(self.fees)):
            yield Moment(self.transfers(step, traders, providers), time=float(step))


def follow_fees(
    depths: ArrayLike,
    amounts: ArrayLike,
    taste: float,
    volume: float,
    steps: int,
    *,
    fees: ArrayLike = 0.003,
    routed: float = 0.0,
    speed: float = 0.1,
) -> LoopRun:
    """Depth goes where it earns more: ``Dᵢ ← Dᵢ·(1 + s·(yᵢ/ȳ − 1))``, with ``yᵢ = fᵢVᵢ/Dᵢ`` and ȳ that of all together.

    It is the same as: in each step the part s of all depth is withdrawn, and goes to the pools in proportion to their
    fees. The total stays.

    Args:
        depths, amounts, taste, fees, routed: as in :func:`trade_shares`; fees > 0.
        volume: of all trade in a step (USD), > 0.
        steps: >= 0.
        speed: s of a step, in [0, 1].

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: own model; the replicator equation in steps.

    >>> follow_fees([[1.1e6, 0.9e6], [4.4e6, 3.6e6]], 1e4, 0.005, 1e6, 400).shares[-1].round(3)
    array([[1. , 0. ],
           [0.5, 0.5]])
    """
    current = np.array(positive("depths", np.asarray(depths, dtype=float)), dtype=float)
    fee, trade = np.asarray(ratio("fees", positive("fees", np.asarray(fees, dtype=float)))), positive("volume", volume)
    part = between("speed", speed, 0.0, 1.0)
    total = np.sum(current, axis=-1, keepdims=True)
    ways, paid = [current], []
    for _ in range(at_least("steps", steps, 0)):
        earned = trade * fee * trade_shares(current, amounts, taste, fees=fee, routed=routed)
        current = (1.0 - part) * current + part * total * earned / np.sum(earned, axis=-1, keepdims=True)
        current = np.maximum(current, _LEAST * total)
        current *= total / np.sum(current, axis=-1, keepdims=True)
        ways.append(current)
        paid.append(earned)
    return LoopRun(np.stack(ways), np.stack(paid) if paid else np.empty((0, *current.shape)))
