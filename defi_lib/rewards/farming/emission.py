"""Emission schedules: how many new tokens come, and when it ends."""

from __future__ import annotations

from typing import NamedTuple, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from defi_lib.frozen import kept
from defi_lib.rounding import below, floor
from defi_lib.validation import Amount, between, broadcastable, finite, non_negative, plain, positive

#: Yearly factor of Curve's emission as deployed: it halves every four years.
CURVE_YEARLY_FACTOR = 2**-0.25


class Emission(Protocol):
    """The interface shared by all schedules; time in years since the start, before which nothing is emitted."""

    def rate(self, time: Amount) -> Amount:
        """Tokens per year at ``time``."""

    def emitted(self, time: Amount) -> Amount:
        """Tokens from the start until ``time``."""


class _Steps(NamedTuple):
    first_rate: Amount
    factor: Amount
    interval: Amount
    duration: Amount | None


class StepEmission(_Steps):
    """A constant rate that is multiplied by ``factor`` after each interval: ``rate(t) = rate₀·factor^⌊t/interval⌋``.

    Args:
        first_rate: tokens per year in the first interval, >= 0.
        factor: in (0, 1]; 1/2 is a halving, 1 a constant emission.
        interval: years, > 0.
        duration: years after which nothing more is emitted, > 0; ``None`` is never.

    Every argument may be an array with one entry per scenario.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.
    """

    __slots__ = ()

    def __new__(
        cls, first_rate: Amount, factor: Amount = 1.0, interval: Amount = 1.0, duration: Amount | None = None
    ) -> Self:
        """Check the arguments and build the schedule."""
        first_rate, factor = non_negative("first_rate", first_rate), between("factor", factor, 0.0, 1.0, low_open=True)
        interval = positive("interval", interval)
        duration = None if duration is None else positive("duration", duration)
        broadcastable(
            first_rate=first_rate, factor=factor, interval=interval, duration=0.0 if duration is None else duration
        )
        return super().__new__(cls, *map(kept, (first_rate, factor, interval, duration)))

    def rate(self, time: Amount) -> Amount:
        """Tokens per year at ``time`` (years; before 0 nothing); at a step, the rate after it."""
        time = finite("time", time)
        running = _running(time, self.duration)
        steps = floor(np.maximum(time, 0.0) / self.interval)
        return plain(np.where(running, self.first_rate * self.factor**steps, 0.0))

    def emitted(self, time: Amount) -> Amount:
        """Tokens until ``time`` (years): full intervals as a geometric series, and the part of the running one."""
        time = _elapsed(time, self.duration)
        steps = floor(time / self.interval)
        part = time / self.interval - steps
        log_factor = np.log(self.factor)
        constant = log_factor == 0
        safe = np.where(constant, -1.0, log_factor)
        full = np.where(constant, steps, np.expm1(steps * safe) / np.expm1(safe))
        return plain(self.first_rate * self.interval * (full + self.factor**steps * part))


class _Decay(NamedTuple):
    first_rate: Amount
    decay: Amount
    duration: Amount | None


class DecayingEmission(_Decay):
    """An emission that falls continuously: ``rate(t) = rate₀·e^(−decay·t)``, in total ``rate₀/decay``.

    Args:
        first_rate: tokens per year at the start, >= 0.
        decay: per year, >= 0; ``ln 2 / years`` to halve in that many years.
        duration: years after which nothing more is emitted, > 0; ``None`` is never.

    Every argument may be an array with one entry per scenario.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.
    """

    __slots__ = ()

    def __new__(cls, first_rate: Amount, decay: Amount, duration: Amount | None = None) -> Self:
        """Check the arguments and build the schedule."""
        first_rate, decay = non_negative("first_rate", first_rate), non_negative("decay", decay)
        duration = None if duration is None else positive("duration", duration)
        broadcastable(first_rate=first_rate, decay=decay, duration=0.0 if duration is None else duration)
        return super().__new__(cls, *map(kept, (first_rate, decay, duration)))

    def rate(self, time: Amount) -> Amount:
        """Tokens per year at ``time`` (years; before 0 nothing)."""
        time = finite("time", time)
        running = _running(time, self.duration)
        return plain(np.where(running, self.first_rate * np.exp(-self.decay * np.maximum(time, 0.0)), 0.0))

    def emitted(self, time: Amount) -> Amount:
        """Tokens until ``time`` (years): ``rate₀·(1 − e^(−decay·t))/decay``."""
        time = _elapsed(time, self.duration)
        exponent = self.decay * time
        # (1 − e⁻ˣ)/x tends to 1 where nothing decays.
        mean = np.where(exponent > 0, -np.expm1(-exponent) / np.where(exponent > 0, exponent, 1.0), 1.0)
        return plain(self.first_rate * time * mean)


def constant_emission(rate: Amount, duration: Amount | None = None) -> StepEmission:
    """``rate`` (tokens per year, >= 0) for ``duration`` (years), or for ever."""
    return StepEmission(rate, 1.0, 1.0, duration)


def halving_emission(rate: Amount, interval: Amount = 4.0) -> StepEmission:
    """``rate`` (tokens per year, >= 0) that halves every ``interval`` (years), as in Bitcoin: 2·rate·interval in all.

    Source: Nakamoto, *Bitcoin* (2008); the interval of the contract or chain is a number of blocks.
    """
    return StepEmission(rate, 0.5, interval)


def curve_emission(first_year: Amount = 274_815_283.0) -> StepEmission:
    """Curve's community emission: ``first_year`` tokens in the first year, then each year 2^(−1/4) of the year before.

    Source: curvefi/curve-dao-contracts, ERC20CRV.vy, which counts years of 365 days; the first-year figure is in
    the published figures of this course.
    """
    return StepEmission(first_year, CURVE_YEARLY_FACTOR, 1.0)


def _running(time: Amount, duration: Amount | None) -> NDArray[np.bool_]:
    """Whether something is emitted at ``time``: from the start on, and no more at the end."""
    # Times are counted in years, and the start may be a difference of such times.
    started = np.logical_not(below(time, 0.0, scale=1.0))
    return np.logical_and(started, True if duration is None else below(time, duration))


def _elapsed(time: Amount, duration: Amount | None) -> Amount:
    time = np.maximum(finite("time", time), 0.0)
    return time if duration is None else np.minimum(time, duration)
