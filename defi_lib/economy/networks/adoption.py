"""Increasing returns: users choose among systems, and the more a system has, the more it gets."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.validation import (
    Amount,
    at_least,
    between,
    broadcastable,
    fulfilled,
    integer,
    non_negative,
    plain,
    positive,
    representable,
)

Array = NDArray[np.float64]


class AdoptionRun(NamedTuple):
    """Who has the users in the end; systems along the last axis, scenarios before."""

    start: Array  #: users of each system at first
    sizes: Array  #: and at the end; a user behind a router counts in parts

    @property
    def shares(self) -> Array:
        """The part of all users that each system has."""
        return self.sizes / np.sum(self.sizes, axis=-1, keepdims=True)

    @property
    def leader_share(self) -> Amount:
        """The part of all users that the largest system has, whichever it is."""
        return plain(np.max(self.shares, axis=-1))

    def wins(self, system: int = 0) -> Amount:
        """1 where ``system`` is the largest, 0 where it is not; k that are equally large have 1/k each."""
        system = integer("system", system, 0, self.sizes.shape[-1] - 1)
        largest = self.sizes == np.max(self.sizes, axis=-1, keepdims=True)
        return plain(largest[..., system] / np.sum(largest, axis=-1))


def simulate_adoption(
    sizes: ArrayLike,
    exponent: Amount,
    users: int,
    rng: np.random.Generator,
    *,
    appeal: ArrayLike = 1.0,
    routed: Amount = 0.0,
    routed_exponent: Amount = 1.0,
    review: Amount = 0.0,
    switching_cost: Amount = 0.0,
) -> AdoptionRun:
    """Newcomers choose system i with a chance proportional to ``aᵢ·nᵢ^γ``, one after the other.

    A user behind a router uses all systems at once: i gets the part ``aᵢ·nᵢ^δ / Σ`` of him. The best split of a trade
    over pools of equal fee goes by depth, δ = 1 (:func:`~defi_lib.exchange.optimal_split`), which leaves shares as they
    are; a router that looks at quality alone has δ = 0. An old user who chooses again counts every system but his own
    for ``1 − c`` as much; behind a router, changing costs nothing.

    Args:
        sizes: n, users of each system at first, > 0; systems (two or more) along the last axis, scenarios before. Who
            was first has more.
        exponent: γ >= 0, one or one per scenario; 0 is no network effect, 1 Pólya's urn.
        users: newcomers, >= 0.
        rng: where the randomness comes from.
        appeal: a, quality, > 0, in a shape that fits ``sizes``; without network effect shares follow it.
        routed: part of the users who are behind a router, in [0, 1].
        routed_exponent: δ >= 0.
        review: chance that after a newcomer an old user, any one, chooses again, in [0, 1].
        switching_cost: c, in the unit of ``appeal``, in [0, 1]; with 1 nobody leaves.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: Arthur, *Competing Technologies* (1989). Router and review are own additions.

    >>> run = simulate_adoption(np.ones((400, 2)), 1.5, 2000, np.random.default_rng(1))
    >>> bool(np.mean(run.leader_share) > 0.95), bool(np.all(run.sizes.sum(axis=-1) == 2002))
    (True, True)
    """
    start, quality = (
        np.asarray(positive("sizes", np.asarray(sizes, dtype=float))),
        np.asarray(positive("appeal", np.asarray(appeal, dtype=float))),
    )
    gamma = np.asarray(non_negative("exponent", exponent))
    delta = np.asarray(non_negative("routed_exponent", routed_exponent))
    behind, again = between("routed", routed, 0.0, 1.0), between("review", review, 0.0, 1.0)
    cost = between("switching_cost", switching_cost, 0.0, 1.0)
    if start.ndim < 1 or start.shape[-1] < 2:
        raise ValueError(f"sizes has shape {start.shape}: allowed are two or more systems along the last axis")
    one = np.empty(broadcastable(sizes=start, appeal=quality)[:-1])
    scenarios = broadcastable(
        sizes=one, exponent=gamma, routed_exponent=delta, routed=behind, review=again, switching_cost=cost
    )
    count = start.shape[-1]
    if quality.ndim and quality.shape[-1] not in (1, count):
        raise ValueError(f"appeal has shape {quality.shape}: allowed is one for each of {count} systems")
    # Systems come first inside, where sums over them are quick.
    current = np.array(np.moveaxis(np.broadcast_to(start, (*scenarios, count)), -1, 0), order="C")
    quality = np.moveaxis(np.broadcast_to(quality / np.max(quality), (*scenarios, count)), -1, 0)
    market = _Market(np.ascontiguousarray(quality), gamma, delta, behind, again, cost)
    routers, reviews = bool(np.any(np.asarray(behind) > 0)), bool(np.any(np.asarray(again) > 0))
    for _ in range(at_least("users", users, 0)):
        draws = rng.random((6, *scenarios))
        chosen = _pick(market.weights(current), draws[0]).astype(float)
        if routers:
            chosen = np.where(draws[1] < behind, market.routed_parts(current), chosen)
        current += chosen
        if reviews:
            _choose_again(current, market, draws[2:])
    return AdoptionRun(start, np.ascontiguousarray(np.moveaxis(current, 0, -1)))


class _Market(NamedTuple):
    """What stays the same for all users; systems along the first axis, scenarios behind."""

    quality: Array
    exponent: Array
    routed_exponent: Array
    routed: Amount
    review: Amount
    switching_cost: Amount

    def weights(self, sizes: Array) -> Array:
        """``a·n^γ``, as parts of what the largest system has, so that no power is beyond a float."""
        return self.quality * (sizes / np.max(sizes, axis=0)) ** self.exponent

    def routed_parts(self, sizes: Array) -> Array:
        """What each system gets of a user behind a router."""
        weights = self.quality * (sizes / np.max(sizes, axis=0)) ** self.routed_exponent
        return weights / np.sum(weights, axis=0)


def _pick(weights: Array, draw: Array) -> NDArray[np.bool_]:
    """Which one each scenario's draw in [0, 1) falls on, with chances in proportion to ``weights``."""
    steps = np.cumsum(weights, axis=0)
    passed = np.sum(steps[:-1] <= draw * steps[-1], axis=0)
    return np.stack([passed == system for system in range(len(weights))])


def _choose_again(current: Array, market: _Market, draws: Array) -> None:
    """One old user, drawn from all, leaves and chooses, in each scenario where it comes to that."""
    own = _pick(current, draws[0])
    others = market.weights(current) * np.where(own, 1.0, 1.0 - np.asarray(market.switching_cost))
    target = np.where(draws[3] < market.routed, market.routed_parts(current), _pick(others, draws[1]))
    moved = np.minimum(np.sum(current * own, axis=0), 1.0) * (draws[2] < market.review)
    current += moved * (target - own)
    np.maximum(current, 0.0, out=current)


class BetterWins(NamedTuple):
    """How often the better of two systems is the larger one in the end (ratio of the runs)."""

    with_effect: Amount  #: where users go to where users are
    without_effect: Amount  #: where they do not, the same draws
    standard_error: Amount  #: of the difference

    @property
    def lost(self) -> Amount:
        """How much less often the better one wins, by the network effect alone."""
        return self.without_effect - self.with_effect


def better_wins(
    advantage: Amount,
    exponent: Amount,
    users: int,
    runs: int,
    rng: np.random.Generator,
    *,
    lead: Amount = 0.0,
    routed: Amount = 0.0,
    routed_exponent: Amount = 1.0,
    review: Amount = 0.0,
    switching_cost: Amount = 0.0,
) -> BetterWins:
    """How often the better of two systems wins, with network effect and without: only γ differs, 0 on the other side.

    Args:
        advantage: of the better one's appeal over the other's (ratio), >= 0; 0.1 is a tenth better.
        exponent: γ >= 0.
        users: newcomers, >= 0.
        runs: of each scenario, >= 2.
        rng: where the randomness comes from; both sides have the same draws.
        lead: users that the worse one has before the better one comes, >= 0; each has one more from the start. It
            counts in the end on both sides.
        routed, routed_exponent, review, switching_cost: as in :func:`simulate_adoption`.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> result = better_wins(0.1, 1.5, 500, 400, np.random.default_rng(1))
    >>> bool(result.without_effect > 0.8), bool(result.with_effect < 0.7)
    (True, True)
    """
    better, ahead = non_negative("advantage", advantage), non_negative("lead", lead)
    shape = (*broadcastable(
        advantage=better, lead=ahead, exponent=exponent, routed=routed, routed_exponent=routed_exponent, review=review,
        switching_cost=switching_cost,
    ), at_least("runs", runs, 2))  # fmt: skip
    seed = int(rng.integers(2**63))

    def per_run(value: Amount) -> Array:
        return np.broadcast_to(np.asarray(value, dtype=float)[..., np.newaxis], shape)

    sizes = np.stack([np.ones(shape), 1.0 + per_run(ahead)], axis=-1)
    appeal = np.stack([1.0 + per_run(better), np.ones(shape)], axis=-1)

    def wins(power: Amount) -> Array:
        return np.asarray(simulate_adoption(
            sizes, per_run(non_negative("exponent", power)), users, np.random.default_rng(seed), appeal=appeal,
            routed=per_run(routed), routed_exponent=per_run(routed_exponent), review=per_run(review),
            switching_cost=per_run(switching_cost),
        ).wins(0))  # fmt: skip

    effect, none = wins(exponent), wins(0.0)
    error = np.std(none - effect, axis=-1, ddof=1) / np.sqrt(runs)
    return BetterWins(plain(np.mean(effect, axis=-1)), plain(np.mean(none, axis=-1)), plain(error))


@representable
def balance_share(advantage: Amount, exponent: Amount) -> Amount:
    """The share of the better of two systems at which newcomers keep it: ``x/(1 − x) = a^(1/(1 − γ))``.

    Below γ = 1 shares come to rest there. Above it, it is a watershed: with more the better one gets all, with less
    nothing. At γ = 1 the better one gets all from anywhere; equal systems then stay wherever they are.

    Args:
        advantage: of the better one's appeal (ratio), >= 0; a is one more.
        exponent: γ >= 0, but not 1.

    Raises:
        ValueError: an argument outside its range.

    Source: Arthur (1989), where the chance of a choice equals the share; own closed form.

    >>> balance_share(1.0, 0.0), balance_share(1.0, 0.5), balance_share(1.0, 2.0)
    (0.6666666666666666, 0.8, 0.3333333333333333)
    """
    better, gamma = non_negative("advantage", advantage), non_negative("exponent", exponent)
    broadcastable(advantage=better, exponent=gamma)
    fulfilled("exponent", gamma, np.asarray(gamma) != 1.0, "is any number >= 0 but 1")
    power = np.log1p(better) / (1.0 - np.asarray(gamma))
    with np.errstate(over="ignore"):
        return plain(1.0 / (1.0 + np.exp(-power)))
