"""What a newcomer hears: results that people tell, beside the results of all."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.normal import below, quantile
from defi_lib.rounding import reaches
from defi_lib.validation import (
    Amount,
    at_least,
    between,
    broadcastable,
    non_negative,
    one_of,
    plain,
    positive,
    ratio,
    representable,
)

#: Who vanishes: those with the worst results; losers, by lot; anybody, by lot.
VANISHING = ("worst", "losers", "anybody")


class Told(NamedTuple):
    """Results of all and of those who tell: what a dollar became (USD); who vanished counts among all."""

    mean: Amount
    median: Amount
    losing: Amount  #: part of all that got back less than a dollar
    told: Amount  #: part of all that tells
    told_mean: Amount
    told_median: Amount
    told_losing: Amount  #: part of what is told that is a loss

    @property
    def exaggeration(self) -> Amount:
        """Mean of what is told over the mean of all (ratio)."""
        return plain(np.asarray(self.told_mean) / self.mean)


@representable
def told_results(
    spread: Amount,
    winner_tells: Amount,
    loser_tells: Amount,
    vanished: Amount = 0.0,
    fees: Amount = 0.0,
    *,
    mean: Amount = 1.0,
    vanish: str = "worst",
) -> Told:
    """Results that are told, in closed form: lognormal results, winners tell more often, and some vanish.

    All have the mean ``M = mean·(1 − fees)``, the median ``M·e^{−σ²/2}``, and below quantile u lies the part
    ``Φ(Φ⁻¹(u) − σ)`` of all money. A winner got back a dollar or more. What is told weighs each stretch of quantiles by
    the chance that who is there has not vanished, and tells. If nobody tells, what is told is set to what all have.

    Args:
        spread: σ, standard deviation of the logarithm of the results, >= 0.
        winner_tells: chance that a winner tells, in [0, 1].
        loser_tells: chance that a loser tells, in [0, 1].
        vanished: part of all that has vanished and tells nothing, in [0, 1).
        fees: with gas, part of the result, in [0, 1).
        mean: of all results before fees (USD per dollar), > 0; 1 is a fair game.
        vanish: which: ``"worst"``, the lowest results; ``"losers"``, losers by lot (and then winners, if there are
            too few); ``"anybody"``, by lot, which bends nothing.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: own model; partial means of the lognormal: Johnson, Kotz, Balakrishnan, *Continuous Univariate
    Distributions* 1 (1994).

    >>> heard = told_results(1.0, winner_tells=0.5, loser_tells=0.1, vanished=0.2)
    >>> round(heard.exaggeration, 3), round(heard.median, 3), round(heard.told_median, 3)
    (1.835, 0.607, 1.39)
    """
    spread, vanished = non_negative("spread", spread), ratio("vanished", vanished)
    net = np.asarray(positive("mean", mean) * (1.0 - np.asarray(ratio("fees", fees))))
    winner, loser = between("winner_tells", winner_tells, 0.0, 1.0), between("loser_tells", loser_tells, 0.0, 1.0)
    one_of("vanish", vanish, VANISHING)
    given = dict(spread=spread, vanished=vanished, net=net, winner_tells=winner, loser_tells=loser)
    worlds = broadcastable(**given)
    spread, vanished, net, winner, loser = (np.broadcast_to(np.asarray(each, float), worlds) for each in given.values())
    dollar = _position_of_a_dollar(spread, net)
    losing, start = below(dollar), np.full(worlds, -np.inf)
    if vanish == "worst":
        start = quantile(vanished)
    elif vanish == "losers":
        loser = loser * (1.0 - np.minimum(vanished / np.where(losing > 0, losing, 1.0), 1.0) * (losing > 0))
        left = np.minimum((1.0 - vanished) / np.where(losing < 1, below(-dollar), 1.0), 1.0)
        winner = winner * left
    else:
        winner, loser = winner * (1.0 - vanished), loser * (1.0 - vanished)
    # Only how much more often one tells than the other bends what is heard, however rarely both do.
    most = np.maximum(loser, winner)
    scale = np.where(most > 0, most, 1.0)
    heard = _told(spread, net, losing, start, np.maximum(start, dollar), loser / scale, winner / scale)
    return heard._replace(told=plain(heard.told * scale))


def sample_told(
    count: int,
    rng: np.random.Generator,
    spread: float,
    winner_tells: float,
    loser_tells: float,
    vanished: float = 0.0,
    fees: float = 0.0,
    *,
    mean: float = 1.0,
    vanish: str = "worst",
) -> Told:
    """The same by ``count`` people drawn at random, as a newcomer meets them; the arguments of :func:`told_results`.

    Raises:
        ValueError: an argument outside its range.

    >>> sample_told(1_000, np.random.default_rng(1), 1.0, 0.5, 0.1).exaggeration > 1
    True
    """
    at_least("count", count, 1)
    told_results(spread, winner_tells, loser_tells, vanished, fees, mean=mean, vanish=vanish)  # checks them
    normal = rng.standard_normal(count)
    results = mean * (1 - fees) * np.exp(spread * normal - spread**2 / 2)
    won = np.asarray(reaches(results, 1.0))
    lot = rng.random(count)
    order = {"worst": results, "losers": lot + won, "anybody": lot}[vanish]
    silent = np.zeros(count, dtype=bool)
    silent[np.argsort(order, kind="stable")[: round(vanished * count)]] = True
    tells = (rng.random(count) < np.where(won, winner_tells, loser_tells)) & ~silent
    heard = results[tells] if tells.any() else results
    numbers = (results.mean(), np.median(results), np.mean(~won), tells.mean(), heard.mean(), np.median(heard))
    lost = np.mean(~won[tells]) if tells.any() else np.mean(~won)
    return Told(*(float(number) for number in (*numbers, lost)))


def _told(
    spread: NDArray[np.float64],
    net: NDArray[np.float64],
    losing: NDArray[np.float64],
    start: NDArray[np.float64],
    middle: NDArray[np.float64],
    loser: NDArray[np.float64],
    winner: NDArray[np.float64],
) -> Told:
    """The record, where losers from ``start`` to ``middle`` tell, and winners beyond (as standard normal numbers)."""
    low, high = loser * (below(middle) - below(start)), winner * below(-middle)
    told = low + high
    heard = told > 0
    money = loser * (below(middle - spread) - below(start - spread)) + winner * below(spread - middle)
    whole = np.where(heard, told, 1.0)
    # The position of the middle one who tells, from above among winners and from below among losers.
    from_above = -quantile(np.where(high >= told / 2, told / 2 / np.where(winner > 0, winner, 1.0), 0.5))
    from_below = quantile(below(start) + np.where(high < told / 2, told / 2 / np.where(loser > 0, loser, 1.0), 0.0))
    position = np.where(high >= told / 2, from_above, from_below)
    typical = np.exp(-(spread**2) / 2)
    told_median = np.exp(spread * np.where(heard & (spread > 0), position, 0.0) - spread**2 / 2)
    numbers = (
        net,
        net * typical,
        losing,
        told,
        net * np.where(heard, money / whole, 1.0),
        net * told_median,
        np.where(heard, low / whole, losing),
    )
    return Told(*(plain(number) for number in numbers))


def _position_of_a_dollar(spread: NDArray[np.float64], net: NDArray[np.float64]) -> NDArray[np.float64]:
    """The standard normal number at which a result is one dollar; without spread all are on one side."""
    at = (spread**2 / 2 - np.log(net)) / np.where(spread > 0, spread, 1.0)
    return np.where(spread > 0, at, np.where(reaches(net, 1.0), -np.inf, np.inf))
