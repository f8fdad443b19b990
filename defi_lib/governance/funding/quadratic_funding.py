"""Quadratic funding: many small donations are matched by more than one large one, out of a pool."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.frozen import locked
from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.validation import (
    Amount,
    between,
    broadcastable,
    fulfilled,
    non_negative,
    one_number,
    plain,
    positive,
    representable,
)


class Matching(NamedTuple):
    """What projects get (tokens); projects along the last axis."""

    contributions: NDArray[np.float64]  #: of donors, to each project
    wanted: NDArray[np.float64]  #: by the formula alone
    matches: NDArray[np.float64]  #: out of the pool
    scale: Amount  #: part of what is wanted that the pool pays; above 1 where all of it is spent

    def transfers(
        self, donors: str = "donors", pool: str = "matching pool", projects: str = "project", asset: str = "USD"
    ) -> tuple[Transfer, ...]:
        """Contributions and matches of each project, ``"project 0"`` and so on."""
        return actual(
            Transfer(payer, f"{projects} {i}", amounts[..., i], asset, reason)
            for payer, amounts, reason in ((donors, self.contributions, "donation"), (pool, self.matches, "matching"))
            for i in range(amounts.shape[-1])
        )


class Collusion(NamedTuple):
    """What a group gains by donating under false names to its own project (tokens)."""

    match: float  #: of its project, under one name
    split_match: float  #: under all names
    cost: float  #: of the names but the first
    break_even: float  #: cost of a name at which nothing is gained; 0 with one name
    taken: float  #: of the split match, what other projects would have got without the group

    @property
    def profit(self) -> float:
        """What more names bring, less what they cost; the donation itself comes back."""
        return self.split_match - self.match - self.cost

    def transfers(
        self, group: str = "group", pool: str = "matching pool", issuer: str = "issuer of names", asset: str = "USD"
    ) -> tuple[Transfer, ...]:
        """The match that the group gets, and what its names cost."""
        return actual(
            [
                Transfer(pool, group, self.split_match, asset, "matching"),
                Transfer(group, issuer, self.cost, asset, "false names"),
            ]
        )


@representable
def quadratic_match(contributions: Amount) -> Amount:
    """What a project is matched with: ``(Σ√c)² − Σc``, the sum over all pairs of donors of ``2·√(cᵢ·cⱼ)``.

    Args:
        contributions: of each donor to the project (tokens), >= 0, along the last axis.

    Raises:
        ValueError: a negative contribution.

    >>> quadratic_match(np.ones(100)), quadratic_match([100.0]), quadratic_match([25.0] * 4)
    (9900.0, 0.0, 300.0)

    Source: Buterin, Hitzig, Weyl, arXiv:1809.06421. One name per person is assumed.
    """
    given = np.atleast_1d(non_negative("contributions", contributions))
    roots = np.sqrt(given)
    # Each donor with those before: the square less the sum would lose small donors beside a large one.
    before = np.cumsum(roots, axis=-1)[..., :-1]
    return plain(2 * np.sum(roots[..., 1:] * before, axis=-1))


@representable
def pairwise_match(contributions: Amount, bound: Amount) -> NDArray[np.float64]:
    """Matches in which a pair of donors counts less the more they agree: ``Σ_{i≠j} √(cᵢ·cⱼ)·M/(M + Σ_p √(cᵢᵖ·cⱼᵖ))``.

    Args:
        contributions: tokens, >= 0; the last two axes are projects and donors.
        bound: M (tokens), > 0: two donors alone draw less than 2·M from the pool, over all projects. A very large bound
            is :func:`quadratic_match`.

    Raises:
        ValueError: an argument outside its range, or no two axes.

    >>> pairwise_match([[1e6, 1e6]], bound=25.0), pairwise_match([[1.0, 1.0, 1.0]], bound=25.0)
    (array([49.99875003]), array([5.76923077]))

    Source: Buterin, *Pairwise coordination subsidies* (2019); Gitcoin Grants used it from round 4 on.
    """
    given, bound = _projects(contributions), np.asarray(positive("bound", bound))
    broadcastable(contributions=given[..., 0, 0], bound=bound)
    roots = np.sqrt(given)
    together = np.swapaxes(roots, -1, -2) @ roots
    weight = bound[..., np.newaxis, np.newaxis] / (bound[..., np.newaxis, np.newaxis] + together)
    # A donor is no pair with itself: the diagonal does not count.
    weight = weight * (1 - np.eye(given.shape[-1]))
    return np.asarray(np.einsum("...pi,...ij,...pj->...p", roots, weight, roots))


@representable
def divide_pool(
    contributions: Amount,
    pool: Amount,
    bound: Amount | None = None,
    limit: Amount = 1.0,
    spend_all: bool = False,
) -> Matching:
    """Match every project out of one pool, in proportion where it does not suffice.

    Args:
        contributions: tokens, >= 0; the last two axes are projects and donors.
        pool: tokens, >= 0.
        bound: of :func:`pairwise_match`; by default pairs are not bounded.
        limit: largest part of the pool for one project, in [0, 1]; what it cuts off stays in the pool.
        spend_all: spend the whole pool although less is wanted, as the contract does; by default nobody gets more than
            the formula.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    One donor under a hundred names takes half of the pool of an honest project with a hundred donors:

    >>> divide_pool([[1.0] * 100 + [0.0] * 100, [0.0] * 100 + [1.0] * 100], 10_000.0).matches
    array([5000., 5000.])

    Source: Buterin, Hitzig, Weyl, arXiv:1809.06421; clr.fund spends all, in whole units (:func:`match_round`).
    """
    given, pool, limit = _projects(contributions), non_negative("pool", pool), between("limit", limit, 0.0, 1.0)
    broadcastable(contributions=given[..., 0, 0], pool=pool, limit=limit)
    wanted = np.asarray(quadratic_match(given)) if bound is None else pairwise_match(given, bound)
    total = np.sum(wanted, axis=-1)
    enough = np.where(total > 0, total, 1.0)
    scale = np.asarray(pool / enough) if spend_all else np.minimum(pool / enough, 1.0)
    scale = np.where(total > 0, scale, 0.0)
    ceiling = np.asarray(pool * limit)[..., np.newaxis]
    matches = np.minimum(wanted * scale[..., np.newaxis], ceiling)
    return Matching(locked(np.sum(given, axis=-1)), locked(wanted), locked(matches), locked_number(scale))


@representable
def collude(
    others: Amount,
    budget: float,
    identities: int,
    pool: float,
    name_cost: float = 0.0,
    bound: float | None = None,
) -> Collusion:
    """A group donates ``budget`` to its own project, in equal parts under ``identities`` names.

    Args:
        others: contributions to the other projects (tokens), projects and donors on two axes.
        budget: tokens, >= 0, which come back to the group.
        identities: names, >= 1.
        pool: tokens, >= 0.
        name_cost: tokens for each name but the first, >= 0.
        bound: of :func:`pairwise_match`, by default none.

    Raises:
        ValueError: an argument outside its range.

    >>> collude(np.ones((1, 100)), 100.0, 100, 10_000.0, name_cost=1.0).profit
    4901.0

    Source: own derivation; break-even cost of a name = ``gain/(m − 1)``.
    """
    budget = one_number("budget", non_negative("budget", budget))
    name_cost = one_number("name_cost", non_negative("name_cost", name_cost))
    given = _projects(others)
    if given.ndim != 2 or identities < 1 or int(identities) != identities:
        raise ValueError(
            f"identities = {identities}, others of shape {given.shape}: allowed are whole names and 2 axes"
        )

    def matches(names: int, amount: float) -> NDArray[np.float64]:
        mine = np.zeros((1, given.shape[1] + names))
        mine[0, given.shape[1] :] = amount / names
        theirs = np.pad(given, ((0, 0), (0, names)))
        return divide_pool(np.concatenate([theirs, mine]), pool, bound).matches

    alone, many = matches(1, budget), matches(int(identities), budget)
    gain, more = float(many[-1] - alone[-1]), int(identities) - 1
    without = divide_pool(given, pool, bound).matches
    taken = max(float(np.sum(without) - np.sum(many[:-1])), 0.0)
    return Collusion(float(alone[-1]), float(many[-1]), name_cost * more, gain / max(more, 1), taken)


def locked_number(value: NDArray[np.float64]) -> Amount:
    """One number as a ``float``, many as a locked array."""
    result: Amount = locked(plain(value))
    return result


def _projects(contributions: Amount) -> NDArray[np.float64]:
    given = np.asarray(non_negative("contributions", contributions))
    fulfilled("number of axes of contributions", np.asarray(float(given.ndim)), given.ndim >= 2, "2 or more")
    return given
