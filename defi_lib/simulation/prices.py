"""Price paths: random or replayed, as one array or as a stream of one array of scenarios per time.

Every process has the same two methods. ``paths`` returns an array whose first axis is time; ``stream`` yields
the same numbers for the same generator, one time at a time, and needs memory for one step only:

    prices = GeometricBrownian(start=2000.0, volatility=0.8)
    for price in prices.stream(times, scenarios=10_000, rng=np.random.default_rng(1)): ...

``times`` are years, increasing; the first is the time of the start. All steps are exact in distribution: they
may be of any length. Every yielded array is new and may be kept. Parameters may be arrays, one per scenario,
where nothing else is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from defi_lib.frozen import kept
from defi_lib.integers import positions
from defi_lib.rounding import above, below, same
from defi_lib.validation import Amount, at_least, finite, increasing, non_negative, positive, prices_of, shown

Array = NDArray[np.float64]


class PriceProcess:
    """What all price processes have in common."""

    def stream(self, times: Amount, scenarios: int, rng: np.random.Generator) -> Iterator[Array]:
        """Yield one array of prices for each of ``times``, with ``scenarios`` along the last axis.

        Args:
            times: years, increasing; prices begin at their start value at the first.
            scenarios: number of paths, >= 1.
            rng: source of all randomness.

        Raises:
            ValueError: times that do not increase, no scenario, something that is no generator, or (on the way) prices
                too large for a float.
        """
        steps = np.diff(increasing("times", times))
        at_least("scenarios", scenarios, 1)
        if not isinstance(rng, np.random.Generator):
            raise ValueError(f"rng = {shown(rng)} is no random generator: use numpy.random.default_rng(seed)")
        return _bounded(self._walk(steps, self._shape(scenarios), rng))

    def paths(self, times: Amount, scenarios: int, rng: np.random.Generator) -> Array:
        """All prices at once, time along the first axis; arguments and errors as in :meth:`stream`."""
        walk = self.stream(times, scenarios, rng)
        first = next(walk)
        result = np.empty((np.size(times), *first.shape))
        result[0] = first
        for number, prices in enumerate(walk, start=1):
            result[number] = prices
        return result

    def _shape(self, scenarios: int) -> tuple[int, ...]:
        """Shape of the prices at one time, if the parameters fit it."""
        for name, value in vars(self).items():
            if np.shape(value) not in ((), (1,), (scenarios,)):
                raise ValueError(f"{name} has shape {np.shape(value)}: allowed are one number, or {scenarios}")
        return (scenarios,)

    def _walk(self, steps: Array, shape: tuple[int, ...], rng: np.random.Generator) -> Iterator[Array]:
        raise NotImplementedError

    def _keep(self, **fields: Any) -> None:
        """Keep the checked parameters: a caller who changes an array afterwards does not change the process."""
        for name, value in fields.items():
            object.__setattr__(self, name, kept(value))


def _bounded(walk: Iterator[Array]) -> Iterator[Array]:
    """The prices of a walk; an error at the first that no float can hold."""
    for number in count():
        with np.errstate(over="ignore", invalid="ignore"):
            prices = next(walk, None)
        if prices is None:
            return
        if not prices.max() < np.inf:
            raise ValueError(
                f"prices at times[{number}] are too large for a float: volatility, drift or steps are huge"
            )
        yield prices


@dataclass(frozen=True)
class GeometricBrownian(PriceProcess):
    """Prices that move by independent, normally distributed rates: ``dS/S = μ dt + σ dW``.

    ``S(t) = S(0)·exp((μ − σ²/2)·t + σ·W(t))``, so that the expected price is ``S(0)·e^(μt)``: with the default
    drift 0 the price is a martingale, and nobody can gain from holding it.

    Args:
        start: price at the first time, > 0.
        volatility: σ per square root of a year (ratio), >= 0.
        drift: μ, growth of the expected price per year (ratio, continuous).

    Raises:
        ValueError: an argument outside its range.

    Source: Samuelson (1965); Black, Scholes (1973).
    """

    start: Amount
    volatility: Amount
    drift: Amount = 0.0

    def __post_init__(self) -> None:
        volatility = non_negative("volatility", self.volatility)
        self._keep(start=positive("start", self.start), volatility=volatility, drift=finite("drift", self.drift))

    def _walk(self, steps: Array, shape: tuple[int, ...], rng: np.random.Generator) -> Iterator[Array]:
        volatility, drift = np.asarray(self.volatility), np.asarray(self.drift)
        growth = drift - volatility**2 / 2
        price = np.full(shape, self.start, dtype=float)
        rate = np.empty(shape)
        yield price
        for step in steps:
            rng.standard_normal(out=rate)
            rate *= volatility * np.sqrt(step)
            rate += growth * step
            np.exp(rate, out=rate)
            price = price * rate
            yield price


@dataclass(frozen=True)
class CorrelatedBrownian(PriceProcess):
    """Several assets, each a :class:`GeometricBrownian`, whose moves are correlated.

    Prices have the shape (assets, scenarios): ``for eth, btc in process.stream(…)``.

    Args:
        start: price of each asset at the first time, > 0.
        volatility: σ of each asset per square root of a year (ratio), >= 0, or one for all.
        correlation: matrix of the correlations of the moves, symmetric, 1 on the diagonal, positive semidefinite.
        drift: μ of each asset, growth of the expected price per year (ratio, continuous), or one for all.

    Raises:
        ValueError: an argument outside its range, or a matrix that is no correlation matrix.
    """

    start: Amount
    volatility: Amount
    correlation: Array
    drift: Amount = 0.0

    def __post_init__(self) -> None:
        count = np.size(positive("start", self.start))
        for name, value in (("volatility", non_negative("volatility", self.volatility)), ("drift", self.drift)):
            if np.shape(finite(name, value)) not in ((), (count,)):
                raise ValueError(f"{name} has shape {np.shape(value)}: allowed are one number, or one for each asset")
        matrix = np.asarray(finite("correlation", self.correlation))
        if matrix.shape != (count, count) or np.any(matrix != matrix.T) or np.any(np.diagonal(matrix) != 1):
            raise ValueError(f"correlation must be a symmetric {count} × {count} matrix with 1 on the diagonal")
        if np.linalg.eigvalsh(matrix)[0] < -1e-12 * count:
            raise ValueError("correlation has a negative eigenvalue: no moves can be correlated like this")
        fields = {name: finite(name, getattr(self, name)) for name in ("start", "volatility", "drift")}
        self._keep(**fields, correlation=matrix)

    def _shape(self, scenarios: int) -> tuple[int, ...]:
        return (np.size(self.start), scenarios)

    def _walk(self, steps: Array, shape: tuple[int, ...], rng: np.random.Generator) -> Iterator[Array]:
        eigenvalues, vectors = np.linalg.eigh(np.asarray(self.correlation, dtype=float))
        root = vectors * np.sqrt(np.maximum(eigenvalues, 0.0))
        volatility = np.reshape(self.volatility, (-1, 1))
        growth = np.reshape(self.drift, (-1, 1)) - volatility**2 / 2
        price = np.full(shape, np.reshape(self.start, (-1, 1)), dtype=float)
        normal = np.empty(shape)
        yield price
        for step in steps:
            rng.standard_normal(out=normal)
            rate = root @ normal
            rate *= volatility * np.sqrt(step)
            rate += growth * step
            np.exp(rate, out=rate)
            price = price * rate
            yield price


@dataclass(frozen=True)
class JumpDiffusion(PriceProcess):
    """A :class:`GeometricBrownian` that also jumps, at random times and by random rates.

    In a step Δt the rate gains the sum of N normal jumps, N Poisson with mean λ·Δt. The drift is compensated for the
    mean jump, ``λ·(exp(m + s²/2) − 1)``: the expected price is ``S(0)·e^(μt)``, a martingale at drift 0.

    Args:
        start: price at the first time, > 0.
        volatility: σ between jumps per square root of a year (ratio), >= 0.
        intensity: λ, expected jumps per year, >= 0; one number.
        jump_mean: m, mean of the logarithm of the factor of a jump (−0.1 is about 10 % down); one number.
        jump_volatility: s, standard deviation of that logarithm, >= 0; one number.
        drift: μ, growth of the expected price per year (ratio, continuous).

    Raises:
        ValueError: an argument outside its range, or an array where one number is needed.

    Source: Merton, *Option Pricing When Underlying Stock Returns Are Discontinuous* (1976).
    """

    start: Amount
    volatility: Amount
    intensity: float
    jump_mean: float = 0.0
    jump_volatility: float = 0.0
    drift: Amount = 0.0

    def __post_init__(self) -> None:
        self._keep(
            start=positive("start", self.start),
            volatility=non_negative("volatility", self.volatility),
            drift=finite("drift", self.drift),
            intensity=non_negative("intensity", self.intensity),
            jump_mean=finite("jump_mean", self.jump_mean),
            jump_volatility=non_negative("jump_volatility", self.jump_volatility),
        )
        for name in ("intensity", "jump_mean", "jump_volatility"):
            if np.ndim(getattr(self, name)) != 0:
                raise ValueError(f"{name} has shape {np.shape(getattr(self, name))}: allowed is one number")
        with np.errstate(over="ignore"):
            finite("mean jump", self._mean_jump)

    @property
    def _mean_jump(self) -> float:
        """What a jump adds to the price on average (ratio)."""
        return float(np.expm1(self.jump_mean + self.jump_volatility**2 / 2))

    def _walk(self, steps: Array, shape: tuple[int, ...], rng: np.random.Generator) -> Iterator[Array]:
        volatility, drift = np.asarray(self.volatility), np.asarray(self.drift)
        growth = drift - volatility**2 / 2 - self.intensity * self._mean_jump
        price = np.full(shape, self.start, dtype=float)
        rate = np.empty(shape)
        (scenarios,) = shape
        yield price
        for step in steps:
            rng.standard_normal(out=rate)
            rate *= volatility * np.sqrt(step)
            rate += growth * step
            # The jumps of all scenarios together are Poisson too, and each falls on a scenario at random.
            jumps = rng.poisson(self.intensity * step * scenarios)
            sizes = self.jump_mean + self.jump_volatility * rng.standard_normal(jumps)
            rate += np.bincount(positions(rng.integers(scenarios, size=jumps)), weights=sizes, minlength=scenarios)
            np.exp(rate, out=rate)
            price = price * rate
            yield price


@dataclass(frozen=True)
class MeanReverting(PriceProcess):
    """Prices that are pulled back to a level: an Ornstein–Uhlenbeck process of the logarithm.

    ``d ln S = κ·(ln θ − ln S) dt + σ dW``. After a time t the logarithm is normal with mean
    ``ln θ + (ln S(0) − ln θ)·e^(−κt)`` and variance ``σ²·(1 − e^(−2κt))/(2κ)``. The level θ is the median in the
    long run; the mean is ``θ·exp(σ²/(4κ))``. This price is no martingale: who buys below the level expects a gain.

    Args:
        start: price at the first time, > 0.
        level: θ, > 0.
        speed: κ per year, > 0; half of a deviation is gone after ``ln 2/κ`` years.
        volatility: σ per square root of a year (ratio), >= 0.

    Raises:
        ValueError: an argument outside its range.

    Source: Uhlenbeck, Ornstein (1930); Schwartz (1997), model 1.
    """

    start: Amount
    level: Amount
    speed: Amount
    volatility: Amount

    def __post_init__(self) -> None:
        fields = {name: positive(name, getattr(self, name)) for name in ("start", "level", "speed")}
        self._keep(**fields, volatility=non_negative("volatility", self.volatility))

    def _walk(self, steps: Array, shape: tuple[int, ...], rng: np.random.Generator) -> Iterator[Array]:
        level, speed, volatility = np.asarray(self.level), np.asarray(self.speed), np.asarray(self.volatility)
        price = np.full(shape, self.start, dtype=float)
        deviation = np.log(price / level)
        noise = np.empty(shape)
        yield price
        for step in steps:
            rng.standard_normal(out=noise)
            noise *= volatility * np.sqrt(-np.expm1(-2 * speed * step) / (2 * speed))
            deviation *= np.exp(-speed * step)
            deviation += noise
            price = np.exp(deviation)
            price *= level
            yield price


@dataclass(frozen=True)
class Replay:
    """Recorded prices, played again: at any time the last price known by then, never a later one.

    A time that is equal to that of a record to within rounding is at it: 0.3 is at 3·0.1.

    Args:
        prices: time along the first axis (> 0 or = 0), scenarios if any along the others; a DataFrame's rows are times.
        at: years at which the prices were known, increasing. Dates and numbers since 1970 are turned into such by
            :func:`defi_lib.simulation.read_prices`.

    Raises:
        ValueError: negative prices, or times that do not increase or do not fit the prices.
    """

    prices: Amount
    at: Amount

    def __post_init__(self) -> None:
        prices, at = np.atleast_1d(non_negative("prices", prices_of(self.prices))), increasing("at", self.at)
        if len(prices) != len(at):
            raise ValueError(f"prices has {len(prices)} entries and at has {len(at)}: allowed is one time for each")
        object.__setattr__(self, "prices", kept(prices))
        object.__setattr__(self, "at", kept(at))

    def paths(self, times: Amount, scenarios: int | None = None, rng: np.random.Generator | None = None) -> Array:
        """The prices at ``times``, time along the first axis.

        Args:
            times: years, increasing, within those of the record.
            scenarios: how often the same record is repeated along the last axis; by default there is no such axis.
            rng: not used; here so that a record can stand where a random process stood.

        Raises:
            ValueError: times that do not increase or leave the record, or a number of scenarios that does not fit.
        """
        moments, at = increasing("times", times), np.asarray(self.at)
        longest = float(np.max(np.abs(at[[0, -1]])))
        if below(moments[0], at[0], longest) or above(moments[-1], at[-1], longest):
            raise ValueError(
                f"times from {moments[0]:.12g} to {moments[-1]:.12g} leave the record: "
                f"allowed are {at[0]:.12g} to {at[-1]:.12g}"
            )
        prices = np.asarray(self.prices)
        last = np.maximum(np.searchsorted(at, moments, side="right") - 1, 0)
        following = np.minimum(last + 1, len(at) - 1)
        # Rounding puts a time a little before the record that it means; records closer than rounding stay apart.
        meant = same(moments, at[following], longest) & (np.abs(at[following] - moments) < np.abs(moments - at[last]))
        found = prices[np.where(meant, following, last)]
        if scenarios is None or found.shape[1:] == (scenarios,):
            return found
        if found.ndim != 1:
            raise ValueError(f"scenarios = {scenarios} does not fit a record of shape {prices.shape}")
        return np.repeat(found[:, np.newaxis], at_least("scenarios", scenarios, 1), axis=1)

    def stream(
        self, times: Amount, scenarios: int | None = None, rng: np.random.Generator | None = None
    ) -> Iterator[Array]:
        """The prices at ``times``, one time after the other; arguments and errors as in :meth:`paths`."""
        found = self.paths(times)
        if scenarios is None or found.ndim > 1:
            return iter(self.paths(times, scenarios))
        at_least("scenarios", scenarios, 1)
        return (np.full(scenarios, price) for price in found)
