"""Concentration: how unequally a total is split between parties.

Every measure takes the holdings of the parties (any unit, each >= 0) along ``axis``, by default the last,
so that scenarios may fill the other axes; it returns a float for one set of holdings, else an array with
one entry per scenario. A negative holding, no party at all, or holdings that add up to nothing raise
``ValueError``: shares of nothing are undefined. Parties with zero count as parties, and drive the Gini
coefficient up. A pandas Series counts as its values; a DataFrame is refused, since nothing says whether its rows
or its columns are the parties. What is counted matters: an address is not a person, an exchange pools many
people, and one person may have many addresses.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.rounding import above, same
from defi_lib.validation import Amount, at_least, between, broadcastable, non_negative, plain, ratio


class LorenzCurve(NamedTuple):
    """Points of a Lorenz curve, from (0, 0) to (1, 1)."""

    population: NDArray[np.float64]  #: share of all parties, the poorest first (ratio)
    holdings: NDArray[np.float64]  #: share of the total that they hold (ratio), parties along the last axis


def lorenz_curve(values: Amount, axis: int = -1) -> LorenzCurve:
    """What share of the total the poorest share of parties holds: ``L(k/n) = Σ_{i≤k} x_i / Σ x_i``, sorted.

    Raises:
        ValueError: negative holdings, no party, or a total of zero.

    Source: Lorenz, *Methods of Measuring the Concentration of Wealth* (1905).
    """
    cumulated = np.cumsum(np.sort(_shares(values, axis), axis=-1), axis=-1)
    count = cumulated.shape[-1]
    holdings = np.concatenate([np.zeros((*cumulated.shape[:-1], 1)), cumulated / cumulated[..., -1:]], axis=-1)
    return LorenzCurve(np.arange(count + 1) / count, holdings)


def gini(values: Amount, axis: int = -1) -> Amount:
    """Gini coefficient ``G = Σ (2i − n − 1)·x_i / (n·Σx)``, sorted: 0 if all hold the same, (n − 1)/n if one holds all.

    Raises:
        ValueError: negative holdings, no party, or a total of zero.

    Source: Gini (1912); twice the area between the Lorenz curve and the diagonal.
    """
    shares = np.sort(_shares(values, axis), axis=-1)
    count = shares.shape[-1]
    rank = np.arange(1.0 - count, count, 2.0)
    # Pairing the richest with the poorest sums differences, so that equal holdings give exactly 0.
    half = count // 2
    spread = shares[..., ::-1][..., :half] - shares[..., :half]
    return plain(np.sum(-rank[:half] * spread, axis=-1) / count)


def theil(values: Amount, axis: int = -1) -> Amount:
    """Theil index ``T = (1/n)·Σ (x_i/μ)·ln(x_i/μ)``, ``0·ln 0 = 0``: 0 if all hold the same, ln n if one holds all.

    Raises:
        ValueError: negative holdings, no party, or a total of zero.

    Source: Theil, *Economics and Information Theory* (1967).
    """
    shares = _shares(values, axis)
    relative = shares * shares.shape[-1]
    logarithm = np.log(relative, out=np.zeros_like(relative), where=relative > 0)
    return plain(np.maximum(np.sum(shares * logarithm, axis=-1), 0.0))


def herfindahl(values: Amount, axis: int = -1) -> Amount:
    """Herfindahl–Hirschman index ``HHI = 10⁴·Σ s²`` of the shares s: 10,000/n if equal, 10,000 if one holds all.

    Raises:
        ValueError: negative holdings, no party, or a total of zero.

    Source: Hirschman (1945), Herfindahl (1950); the scale of the US merger guidelines.
    """
    return plain(1e4 * np.sum(_shares(values, axis) ** 2, axis=-1))


def effective_number(values: Amount, axis: int = -1) -> Amount:
    """How many equal parties would be as concentrated: ``1 / Σ s²``.

    Raises:
        ValueError: negative holdings, no party, or a total of zero.

    Source: Laakso, Taagepera (1979).
    """
    return plain(1 / np.sum(_shares(values, axis) ** 2, axis=-1))


def nakamoto(values: Amount, threshold: Amount = 0.5, axis: int = -1) -> int | NDArray[np.int64]:
    """Nakamoto coefficient: the least number of parties that hold more than ``threshold`` of the total together.

    Args:
        values: holdings, each >= 0.
        threshold: ratio in [0, 1), one or one per scenario; 1/2 for most chains, 1/3 where a third can stop the
            chain. To hold exactly the threshold, to within rounding, is not enough.
        axis: where the parties are.

    Raises:
        ValueError: negative holdings, no party, a total of zero, or a threshold outside [0, 1).

    Source: Srinivasan, Lee, *Quantifying Decentralization* (2017).
    """
    threshold = ratio("threshold", threshold)
    cumulated = _cumulated(_descending(values, axis))
    broadcastable(values=cumulated[..., 0], threshold=threshold)
    enough = np.asarray(above(cumulated, np.asarray(threshold)[..., np.newaxis] * cumulated[..., -1:]))
    enough[..., -1] = True
    number = np.argmax(enough, axis=-1).astype(np.int64) + 1
    return int(number) if np.ndim(number) == 0 else number


def top_share(values: Amount, *, parties: int | None = None, fraction: Amount | None = None, axis: int = -1) -> Amount:
    """Share of the total (ratio) held by the richest ``parties``, or by the richest ``fraction`` of all parties.

    Give one of the two. A fraction that is no whole number of parties is interpolated linearly, so that
    ``top_share(fraction=q) = 1 − L(1 − q)`` on the Lorenz curve.

    Args:
        values: holdings, each >= 0.
        parties: how many of the richest, >= 1; all of them if there are fewer.
        fraction: part of all parties, in [0, 1], one or one per scenario.
        axis: where the parties are.

    Raises:
        ValueError: negative holdings, no party, a total of zero, both or none of the two given, or outside its range.
    """
    shares = _descending(values, axis)
    number = np.arange(shares.shape[-1])
    if parties is not None and fraction is None:
        within = np.where(number < at_least("parties", parties, 1), 1.0, 0.0)
    elif fraction is not None and parties is None:
        fraction = between("fraction", fraction, 0.0, 1.0)
        broadcastable(values=shares[..., 0], fraction=fraction)
        # Each party counts by the part of it that lies within reach; 0.1 of 30 are 3, not a little more.
        reach = np.asarray(fraction)[..., np.newaxis] * len(number)
        reach = np.where(same(reach, np.rint(reach)), np.rint(reach), reach)
        within = np.clip(reach - number, 0.0, 1.0)
    else:
        raise ValueError(f"parties = {parties} and fraction = {fraction}: give exactly one of the two")
    return plain(np.sum(shares * within, axis=-1) / np.sum(shares, axis=-1))


def _shares(values: Amount, axis: int) -> NDArray[np.float64]:
    """Holdings as parts of their total, parties along the last axis."""
    holdings = np.atleast_1d(non_negative("values", values))
    holdings = np.moveaxis(holdings, axis, -1)
    if holdings.shape[-1] == 0:
        raise ValueError("values is empty: allowed are the holdings of at least one party")
    largest = np.max(holdings, axis=-1, keepdims=True)
    if not np.all(largest > 0):
        where = "".join(f"[{i}]" for i in np.argwhere(largest[..., 0] <= 0)[0])
        raise ValueError(f"values{where} add up to 0: allowed are holdings of which at least one is > 0")
    # Scaled before they are added up: neither huge nor tiny holdings leave the range of floats.
    scaled = holdings / largest
    return scaled / np.sum(scaled, axis=-1, keepdims=True)


def _descending(values: Amount, axis: int) -> NDArray[np.float64]:
    return np.sort(_shares(values, axis), axis=-1)[..., ::-1]


def _cumulated(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Running sums along the last axis to the last digit, also of a million parties: what each addition lost is added.

    Source: Knuth's error of an addition, as in compensated summation (Ogita, Rump, Oishi 2005).
    """
    total = np.cumsum(shares, axis=-1)
    before, added, after = total[..., :-1], shares[..., 1:], total[..., 1:]
    taken = after - before
    after += np.cumsum((before - (after - taken)) + (added - taken), axis=-1)
    return total
