"""Years in which a fund cannot pay: many funds at once, each with its own number of covers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from defi_lib.risk.insurance.vasicek import chance_given_shock, halvings, shocks_and_weights
from defi_lib.validation import Amount, Whole, between, broadcastable, non_negative, plain, ratio, whole

_TOGETHER = 500_000  #: numbers that are held at a time

Array = NDArray[np.float64]


def shortfall_chance(
    means: Amount, covers: Whole, chance: Amount, correlation: Amount, severity: Amount = 1.0
) -> Amount:
    """Chance of a year whose claims exceed what a fund has, premium and capital together.

    Given the common shock, losses are binomial: summed are those that are more than the fund can pay.

    Args:
        means: what it has (part of all cover that it sold), >= 0.
        covers: how many equal covers, >= 1; one number or one a fund.
        chance: of a claim of each in a year, in [0, 1].
        correlation: ρ, in [0, 1).
        severity: part of the cover that each claim costs, in [0, 1].

    Raises:
        ValueError: an argument outside its range.

    >>> round(shortfall_chance(0.1, 20, 0.03, 0.0), 4), round(shortfall_chance(0.1, 20, 0.03, 0.3), 4)
    (0.021, 0.0668)
    """
    means, severity = non_negative("means", means), between("severity", severity, 0.0, 1.0)
    count = np.asarray(whole("covers", covers, 1, 10_000_000))
    chance, correlation = between("chance", chance, 0.0, 1.0), ratio("correlation", correlation)
    shape = broadcastable(means=means, covers=count, chance=chance, correlation=correlation, severity=severity)
    has, n, p, rho, cost = (
        np.broadcast_to(np.asarray(each, float), shape).ravel()
        for each in (means, count, chance, correlation, severity)
    )
    payable = np.floor((has * n * (1 + 1e-12) + 1e-12) / np.maximum(cost, 1e-300))  # claims that can be paid
    found = np.zeros(n.size)
    asked = np.flatnonzero((payable < n) & (p > 0))
    certain = (rho[asked] == 0) | (p[asked] == 1)  # no shock changes the chance
    fineness = np.where(certain, -1, halvings(n[asked], rho[asked]))
    for each in np.unique(fineness):
        shocks, weights = shocks_and_weights(int(each)) if each >= 0 else (np.zeros(1), np.ones(1))
        some = asked[fineness == each]
        some = some[np.argsort(payable[some] - n[some], kind="stable")]  # the longest sums first
        together = max(_TOGETHER // shocks.size, 1)
        for start in range(0, some.size, together):
            here = some[start : start + together]
            given = np.asarray(chance_given_shock(p[here, np.newaxis], rho[here, np.newaxis], shocks))
            found[here] = _more_than(payable[here], n[here], given) @ weights
    return plain(np.clip(found, 0.0, 1.0).reshape(shape))


def _more_than(payable: Array, covers: Array, given: Array) -> Array:
    """Chance of more losses than can be paid, for each fund (rows, the longest sums first) and each shock."""
    ways = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, int(covers.max()) + 1)))])  # log n!
    lost, kept = np.log(np.maximum(given, 1e-300)), np.log(np.maximum(1 - given, 1e-300))
    total, terms = np.zeros_like(given), (covers - payable).astype(np.int64)
    n, first = covers.astype(np.int64), payable.astype(np.int64) + 1
    for step in range(int(terms[0])):
        open_ = int(np.searchsorted(-terms, -step, side="left"))  # funds whose sum has a term more
        k, m = first[:open_] + step, n[:open_]
        log_ways = (ways[m] - ways[k] - ways[m - k])[:, np.newaxis]
        total[:open_] += np.exp(log_ways + k[:, np.newaxis] * lost[:open_] + (m - k)[:, np.newaxis] * kept[:open_])
    return total
