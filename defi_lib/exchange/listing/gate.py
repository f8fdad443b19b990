"""A listing desk as a filter with two errors, and what becomes of a dollar put into what it lets in."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from defi_lib.probability import normal_below, normal_quantile
from defi_lib.validation import Amount, between, broadcastable, plain, positive, ratio, representable


class Listed(NamedTuple):
    """What a gate lets in and keeps out, as parts of all assets that want in."""

    good: Amount  #: let in
    fakes: Amount  #: let in: missed
    refused: Amount  #: good ones kept out: false alarms
    caught: Amount  #: fakes kept out

    @property
    def part_fake(self) -> Amount:
        """Of those let in (Bayes)."""
        return self.fakes / (self.good + self.fakes)


class YearAfter(NamedTuple):
    """What a dollar becomes in a year in listed assets."""

    mean: Amount  #: spread evenly over all of them
    median: Amount  #: in the middle one
    ahead: Amount  #: part of them that is worth more than at the start


def list_assets(fakes: Amount, caught: Amount = 0.0, refused: Amount = 0.0) -> Listed:
    """Let assets in through a gate that catches a part of the fakes and refuses a part of the good ones by mistake.

    Args:
        fakes: part of all that want in, in [0, 1).
        caught: part of the fakes that the gate keeps out, in [0, 1]; 0: an open exchange.
        refused: part of the good ones that it keeps out, in [0, 1).

    Raises:
        ValueError: an argument outside its range.

    Source: Bayes; the gate of a base rate, its misses and its false alarms.

    >>> round(list_assets(0.8, caught=0.9, refused=0.2).part_fake, 3)
    0.333
    """
    fakes, refused = ratio("fakes", fakes), ratio("refused", refused)
    caught = between("caught", caught, 0.0, 1.0)
    broadcastable(fakes=fakes, caught=caught, refused=refused)
    good = 1 - fakes
    kept_out, missed = fakes * caught, fakes * (1 - np.asarray(caught))
    return Listed(plain(good * (1 - refused)), plain(missed), plain(good * refused), plain(kept_out))


@representable
def year_after(part_fake: Amount, growth: Amount, spread: Amount) -> YearAfter:
    """What a dollar becomes in listed assets, of which fakes become nothing and good ones something lognormal.

    With the mean m and the spread s of the good ones the mean is ``(1 − q)·m``; the middle asset is a fake where
    ``q >= 1/2``, and else the good one with ``(1/2 − q)/(1 − q)`` of the good ones below it:
    ``m·e^(s·z − s²/2)``, z the standard normal number with this part below.

    Args:
        part_fake: q, in [0, 1].
        growth: m, what a dollar in all good ones becomes on average, > 0.
        spread: s, standard deviation of the logarithm, > 0.

    Raises:
        ValueError: an argument outside its range.

    Source: own derivation from the lognormal distribution.

    >>> after = year_after(0.4, growth=2.0, spread=1.0)
    >>> round(after.mean, 2), round(after.median, 2)
    (1.2, 0.46)
    """
    part_fake = between("part_fake", part_fake, 0.0, 1.0)
    growth, spread = positive("growth", growth), positive("spread", spread)
    broadcastable(part_fake=part_fake, growth=growth, spread=spread)
    good = 1 - np.asarray(part_fake)
    below = np.maximum(good - 0.5, 0.0) / np.where(good > 0, good, 1.0)
    middle = growth * np.exp(spread * normal_quantile(below) - np.square(spread) / 2)
    ahead = good * normal_below(np.log(growth) / spread - np.asarray(spread) / 2)
    return YearAfter(plain(good * growth), plain(np.where(below > 0, middle, 0.0)), plain(ahead))
