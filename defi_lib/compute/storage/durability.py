"""How likely data are lost: pieces that fail alone, together, and with repair in time."""

from __future__ import annotations

from math import comb, log
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.probability import binomial
from defi_lib.validation import (
    Amount,
    at_least,
    between,
    broadcastable,
    fulfilled,
    integer,
    non_negative,
    one_number,
    plain,
    positive,
    ratio,
)

#: More pieces than any code has.
_MOST_PIECES = 2000


def loss_probability(needed: int, pieces: int, piece_loss: Amount) -> Amount:
    """Chance that fewer than k of n pieces survive, each lost on its own: ``P(Bin(n, 1 − p) <= k − 1)``.

    Copies are the case k = 1: ``p^n``.

    Args:
        needed: k, 1 to n.
        pieces: n, 1 to 2000.
        piece_loss: p, chance that a piece is lost before anybody repairs, in [0, 1].

    Raises:
        ValueError: an argument outside its range.

    Source: Reed, Solomon (1960); Storj whitepaper v3.

    >>> loss_probability(1, 3, 0.1) < loss_probability(1, 2, 0.1)
    True
    """
    needed, pieces = _code(needed, pieces)
    lost = np.asarray(between("piece_loss", piece_loss, 0.0, 1.0))
    return plain(np.sum(binomial(pieces, 1 - lost, lost)[..., :needed], axis=-1))


def correlated_loss(needed: int, pieces: int, piece_loss: float, correlation: float) -> float:
    """Chance that fewer than k of n pieces survive if losses come together: beta-binomial.

    All pieces share a chance of loss that is itself drawn (a bad year, a bug, a fall of the token's price), with mean
    p and such a spread that any two losses have the given correlation.

    Args:
        needed: k, 1 to n.
        pieces: n, 1 to 2000.
        piece_loss: p, mean chance that a piece is lost, in [0, 1].
        correlation: of the losses of two pieces, in [0, 1); at 0 it is :func:`loss_probability`.

    Raises:
        ValueError: an argument outside its range.

    Source: Skellam (1948); Bakkaloglu et al. (2002) for storage.
    """
    needed, pieces = _code(needed, pieces)
    lost = one_number("piece_loss", between("piece_loss", piece_loss, 0.0, 1.0))
    correlation = one_number("correlation", ratio("correlation", correlation))
    if correlation == 0 or lost in (0.0, 1.0):
        return float(loss_probability(needed, pieces, lost))
    # Each piece that is seen makes the next like it more likely, as in an urn: products, in which nothing cancels
    # however small the correlation is, as differences of logarithms of gamma functions would.
    seen = np.arange(pieces) * (correlation / (1 - correlation))
    kept, gone, all_of_them = (
        np.concatenate([[0.0], np.cumsum(np.log(part + seen))]) for part in (1 - lost, lost, 1.0)
    )
    survivors = np.arange(needed)
    ways = np.array([log(comb(pieces, each)) for each in range(needed)])
    return float(min(np.sum(np.exp(ways + kept[survivors] + gone[pieces - survivors] - all_of_them[pieces])), 1.0))


def grouped_loss(needed: int, pieces: int, groups: int, group_loss: Amount, piece_loss: Amount = 0.0) -> Amount:
    """Chance of loss if whole groups of pieces fail as one: an operator, a data centre, a country, a software.

    Args:
        needed: k, 1 to n.
        pieces: n, 1 to 2000.
        groups: of equal size; a divisor of n.
        group_loss: chance that a group is lost, in [0, 1].
        piece_loss: chance that a piece of a group that is there is lost, in [0, 1].

    Raises:
        ValueError: an argument outside its range, or groups that do not divide the pieces.

    >>> round(grouped_loss(1, 3, 1, 0.01), 6)
    0.01
    """
    needed, pieces = _code(needed, pieces)
    if pieces % at_least("groups", groups, 1):
        raise ValueError(f"groups = {groups} does not divide {pieces} pieces: allowed are its divisors")
    gone = np.asarray(between("group_loss", group_loss, 0.0, 1.0))
    lost = np.asarray(between("piece_loss", piece_loss, 0.0, 1.0))
    broadcastable(group_loss=gone, piece_loss=lost)
    chances, each = binomial(groups, 1 - gone, gone), pieces // groups
    total = chances[..., 0]
    for left in range(1, groups + 1):
        held = left * each
        missing = 1.0 if held < needed else np.asarray(loss_probability(needed, held, lost))
        total = total + chances[..., left] * missing
    return plain(np.minimum(total, 1.0))


def spread_loss(needed: int, pieces: int, operators: Amount, gone: Amount) -> Amount:
    """Chance of loss if pieces lie evenly with operators of whom each takes all of its own along.

    With m operators a file lives as long as ``⌈k·m/n⌉`` of them are there. Copies are k = 1: one is enough.

    Args:
        needed: k, 1 to n.
        pieces: n, 1 to 2000.
        operators: m, whole numbers from 1 to n; may be an array. They may hold parts of a piece: for m that does not
            divide n this is a little better than whole pieces would be.
        gone: chance that an operator is gone before anybody repairs, in [0, 1].

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: own derivation; for divisors of n it is :func:`grouped_loss`.

    >>> round(spread_loss(29, 80, 3, 0.1), 6), round(spread_loss(1, 3, 3, 0.1), 6)
    (0.028, 0.001)
    """
    needed, pieces = _code(needed, pieces)
    holders = np.asarray(between("operators", operators, 1, pieces))
    fulfilled("operators", holders, holders == np.rint(holders), "are whole numbers")
    lost = np.asarray(between("gone", gone, 0.0, 1.0))
    broadcastable(operators=holders, gone=lost)
    holders, lost = np.broadcast_arrays(holders, lost)
    found = np.empty(holders.shape)
    for number in np.unique(holders).astype(np.int64).tolist():
        there = holders == number
        found[there] = loss_probability(-(-needed * number // pieces), number, lost[there])
    return plain(found)


def yearly_loss(
    needed: int,
    pieces: int,
    piece_loss: Amount,
    checks: int = 1,
    *,
    groups: int | None = None,
    group_loss: Amount = 0.0,
    shock: Amount = 0.0,
    shock_chance: Amount = 0.0,
) -> Amount:
    """Chance that a file is lost in a year in which it is made whole ``checks`` times, at equal distances.

    A year's chance a of a loss is ``1 − (1 − a)^(1/m)`` between two of m checks. With the chance L that the file does
    not live to the next check, see :func:`grouped_loss`, the year is ``1 − (1 − L)^m``. In a year with a shock one of
    the m times is worse: each piece is lost in it with the further chance ``shock``, whoever holds it.

    Args:
        needed: k, 1 to n; 1 for copies.
        pieces: n, 1 to 2000.
        piece_loss: chance that a piece is lost by itself in a year, in [0, 1].
        checks: m, >= 1; what was lost is made again at each, at once.
        groups: of equal size that fail as one; a divisor of n, by default n.
        group_loss: chance that a group is lost in a year, in [0, 1].
        shock: part of all pieces that the shock takes, in [0, 1].
        shock_chance: of the one shock in a year, in [0, 1].

    Raises:
        ValueError: an argument outside its range, groups that do not divide the pieces, or shapes that do not fit.

    Source: own derivation; the shock is the common-cause failure of reliability engineering (Marshall, Olkin, 1967).
    """
    needed, pieces = _code(needed, pieces)
    times, groups = at_least("checks", checks, 1), pieces if groups is None else at_least("groups", groups, 1)
    alone, together = between("piece_loss", piece_loss, 0.0, 1.0), between("group_loss", group_loss, 0.0, 1.0)
    shock, chance = between("shock", shock, 0.0, 1.0), between("shock_chance", shock_chance, 0.0, 1.0)
    broadcastable(piece_loss=alone, group_loss=together, shock=shock, shock_chance=chance)
    with np.errstate(divide="ignore"):
        lost, gone = (-np.expm1(np.log1p(-np.asarray(year)) / times) for year in (alone, together))

    def log_survival(extra: Amount) -> NDArray[np.float64]:
        """Logarithm of the chance to live to the next check."""
        each = lost + extra * (1 - lost)
        if groups == pieces:
            loss = loss_probability(needed, pieces, gone + each * (1 - gone))
        else:
            loss = grouped_loss(needed, pieces, groups, gone, each)
        with np.errstate(divide="ignore"):
            return np.log1p(-np.minimum(loss, 1.0))

    usual = log_survival(0.0)
    before = (times - 1) * usual if times > 1 else 0.0
    quiet, struck = -np.expm1(before + usual), -np.expm1(before + log_survival(shock))
    return plain((1 - chance) * quiet + chance * struck)


class RepairPlan(NamedTuple):
    """What repair in time does to a file, in the long run."""

    mean_time_to_loss: Amount  #: years
    repairs: Amount  #: per year
    traffic: Amount  #: downloaded and uploaded for repairs, sizes of the file per year
    mean_pieces: Amount  #: held on average, while the file lives; fewer than n, since repair waits

    def loss_within(self, years: Amount) -> Amount:
        """Chance that the file is lost within ``years`` (>= 0): ``1 − e^(−years/mean time)``."""
        return plain(-np.expm1(-non_negative("years", years) / self.mean_time_to_loss))


def repair_plan(needed: int, pieces: int, threshold: int, failure_rate: Amount, repair_time: Amount) -> RepairPlan:
    """A file whose pieces fail one by one, and are all made again once no more than ``threshold`` are left.

    Between two repairs the number of lost pieces only grows, so that
    ``mean time to loss = (mean time between repairs)/(chance to lose k before repair is done)``, with the chance
    ``Π f_i/(f_i + r_i)`` of failing n − k + 1 times in a row. A late repair moves less data, and is riskier.

    Args:
        needed: k, 1 to n.
        pieces: n, 1 to 2000.
        threshold: pieces left at which repair begins, k to n − 1 (0 for never).
        failure_rate: of a piece, per year, > 0; its node leaves or breaks.
        repair_time: mean time until a repair is done, exponential (years), > 0.

    Raises:
        ValueError: an argument outside its range, shapes that do not fit together, or a time beyond all numbers.

    Source: own derivation, a Markov chain with renewal at each repair; Angus (1988) for the mean time to data loss.

    >>> round(repair_plan(2, 4, 3, 0.5, 0.01).mean_time_to_loss, 1)
    3485.5
    """
    needed, pieces = _code(needed, pieces)
    if at_least("threshold", threshold, 0):
        between("threshold", threshold, needed, pieces - 1)
    rate, time = positive("failure_rate", failure_rate), positive("repair_time", repair_time)
    shape = broadcastable(failure_rate=rate, repair_time=time)
    reached, duration, remade, repaired = np.ones(shape), np.zeros(shape), np.zeros(shape), np.zeros(shape)
    held = np.zeros(shape)
    for lost in range(pieces - needed + 1):
        failing = (pieces - lost) * np.asarray(rate)
        repairing = 1 / np.asarray(time) if pieces - lost <= threshold else 0.0
        both = failing + repairing
        duration, held = duration + reached / both, held + (pieces - lost) * (reached / both)
        done = reached * (repairing / both)
        repaired, remade = repaired + done, remade + done * lost
        reached = reached * (failing / both)
    with np.errstate(divide="ignore", over="ignore"):
        mean_time = np.asarray(duration / reached)
    fulfilled("mean time to loss", mean_time, np.isfinite(mean_time), "are times below 1e308 years: repair less often")
    # A repair downloads k pieces, each 1/k of the file, and uploads those that were lost.
    traffic = (repaired + remade / needed) / duration
    return RepairPlan(plain(mean_time), plain(repaired / duration), plain(traffic), plain(held / duration))


def _code(needed: int, pieces: int) -> tuple[int, int]:
    pieces = integer("pieces", pieces, 1, _MOST_PIECES)
    return integer("needed", needed, 1, pieces), pieces
