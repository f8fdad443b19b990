"""How a yearly rate becomes interest: simple, compounded, and compounded as deployed contracts approximate it."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping

import numpy as np

from defi_lib.frozen import FrozenDict
from defi_lib.measures import apr_from_apy, apy_from_apr
from defi_lib.units import SECONDS_PER_DAY, SECONDS_PER_YEAR
from defi_lib.validation import Amount, broadcastable, finite, non_negative, one_of, plain

DAY = SECONDS_PER_DAY

#: Contracts store rates and growth factors with 27 decimals.
_RAY = 1e27


def linear_interest(rate: Amount, seconds: Amount) -> Amount:
    """Simple interest per unit of debt: ``rate·t``; the growth factor is 1 plus this.

    Args:
        rate: ratio per year, >= 0.
        seconds: duration, >= 0.

    Raises:
        ValueError: a negative argument, or interest too large for a float.

    >>> linear_interest(0.05, SECONDS_PER_YEAR / 2)
    0.025
    """
    return compounded_interest(rate, seconds, "linear")


def compounded_interest(rate: Amount, seconds: Amount, method: str = "aave_v3") -> Amount:
    """Interest per unit of debt that is compounded every second; the growth factor is 1 plus this.

    With ``x`` the rate per second and ``n`` seconds, ``(1 + x)ⁿ − 1`` is cut off after its third term:
    ``n·x + n(n−1)/2·x² + n(n−1)(n−2)/6·x³``. So borrowers owe less than ``e^{rt} − 1``: the less, the longer nobody
    touches the market.

    Args:
        rate: ratio per year, >= 0.
        seconds: duration, >= 0 (whole seconds in the contracts).
        method: ``"aave_v2"`` and ``"aave_v3"`` with x² and x³ rounded to 27 decimals, as these contracts do;
            ``"cubic"`` without rounding; ``"exponential"`` for exactly ``e^{rt} − 1``; ``"linear"`` for simple
            interest between two touches of the market (Compound).

    Raises:
        ValueError: a negative argument, an unknown method, or interest too large for a float.

    Source: MathUtils.sol in aave/protocol-v2 and @aave/core-v3. The rounding is not a detail: at 5 % a year, x³ is
    4e-27, and version 3 stores 3e-27.

    >>> round(compounded_interest(0.05, SECONDS_PER_YEAR), 6)
    0.051266
    """
    rate, seconds = non_negative("rate", rate), non_negative("seconds", seconds)
    broadcastable(rate=rate, seconds=seconds)
    interest = INTEREST_METHODS[one_of("method", method, tuple(INTEREST_METHODS))]
    with np.errstate(over="ignore", invalid="ignore"):
        return plain(finite("interest", interest(rate, seconds)))


def _linear(rate: Amount, seconds: Amount) -> Amount:
    return rate * seconds / SECONDS_PER_YEAR


def _exponential(rate: Amount, seconds: Amount) -> Amount:
    return np.expm1(rate * seconds / SECONDS_PER_YEAR)


def _cubic(rate: Amount, seconds: Amount) -> Amount:
    per_second = rate / SECONDS_PER_YEAR
    square = per_second * per_second  # a power of a plain float would not give inf, but an OverflowError
    return _binomial(rate * seconds / SECONDS_PER_YEAR, square, square * per_second, seconds)


def _aave_v2(rate: Amount, seconds: Amount) -> Amount:
    per_second = np.floor(rate * (_RAY / SECONDS_PER_YEAR)) / _RAY
    square = _half_up(per_second * per_second)
    return _binomial(per_second * seconds, square, _half_up(square * per_second), seconds)


def _aave_v3(rate: Amount, seconds: Amount) -> Amount:
    per_second = rate / SECONDS_PER_YEAR
    square = np.floor(per_second * per_second * _RAY) / _RAY
    cube = np.floor(_half_up(square * rate) * _RAY / SECONDS_PER_YEAR) / _RAY
    return _binomial(rate * seconds / SECONDS_PER_YEAR, square, cube, seconds)


def _binomial(first: Amount, square: Amount, cube: Amount, seconds: Amount) -> Amount:
    """The first three terms of ``(1 + x)ⁿ − 1``."""
    pairs = seconds * np.maximum(seconds - 1, 0.0) / 2
    triples = pairs * np.maximum(seconds - 2, 0.0) / 3
    return first + pairs * square + triples * cube


def _half_up(value: Amount) -> Amount:
    """Rounded to 27 decimals, half up."""
    return np.floor(value * _RAY + 0.5) / _RAY


#: Interest per unit of debt from a rate per year and a duration in seconds, by method.
INTEREST_METHODS: Mapping[str, Callable[[Amount, Amount], Amount]] = FrozenDict(
    {"aave_v2": _aave_v2, "aave_v3": _aave_v3, "cubic": _cubic, "exponential": _exponential, "linear": _linear}
)


def annual_yield(rate: Amount, periods: Amount | None = None) -> Amount:
    """What :func:`~defi_lib.measures.apy_from_apr` was called here: use that, which knows negative rates too.

    Args:
        rate: nominal ratio per year, >= 0.
        periods: compoundings per year, > 0; by default continuously.

    Raises:
        ValueError: an argument outside its range, or a yield too large for a float.
    """
    _renamed("annual_yield", "apy_from_apr")
    return apy_from_apr(non_negative("rate", rate), periods)


def nominal_rate(annual_yield: Amount, periods: Amount | None = None) -> Amount:
    """What :func:`~defi_lib.measures.apr_from_apy` was called here: use that, which knows negative yields too.

    Args:
        annual_yield: ratio per year, >= 0.
        periods: compoundings per year, > 0; by default continuously.

    Raises:
        ValueError: an argument outside its range, or a rate too large for a float.
    """
    _renamed("nominal_rate", "apr_from_apy")
    return apr_from_apy(non_negative("annual_yield", annual_yield), periods)


def _renamed(old: str, new: str) -> None:
    message = f"defi_lib.lending.{old} is now defi_lib.measures.{new}"
    warnings.warn(message, DeprecationWarning, stacklevel=3)
