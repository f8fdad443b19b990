"""How a yearly rate becomes interest: simple, compounded, and compounded as deployed contracts approximate it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from defi_lib.validation import Amount, broadcastable, non_negative, one_of, plain, positive

#: A year of 365 days, as the contracts count it.
SECONDS_PER_YEAR = 31_536_000
DAY = 86_400

#: Contracts store rates and growth factors with 27 decimals.
_RAY = 1e27


def linear_interest(rate: Amount, seconds: Amount) -> Amount:
    """Simple interest per unit of debt: ``rate·t``; the growth factor is 1 plus this.

    Args:
        rate: ratio per year, >= 0.
        seconds: duration, >= 0.

    Raises:
        ValueError: a negative argument.
    """
    rate, seconds = non_negative("rate", rate), non_negative("seconds", seconds)
    broadcastable(rate=rate, seconds=seconds)
    return _linear(rate, seconds)


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
        ValueError: a negative argument, or an unknown method.

    Source: MathUtils.sol in aave/protocol-v2 and @aave/core-v3. The rounding is not a detail: at 5 % a year, x³ is
    4e-27, and version 3 stores 3e-27.
    """
    rate, seconds = non_negative("rate", rate), non_negative("seconds", seconds)
    broadcastable(rate=rate, seconds=seconds)
    return plain(INTEREST_METHODS[one_of("method", method, tuple(INTEREST_METHODS))](rate, seconds))


def _linear(rate: Amount, seconds: Amount) -> Amount:
    return rate * seconds / SECONDS_PER_YEAR


def _exponential(rate: Amount, seconds: Amount) -> Amount:
    return np.expm1(rate * seconds / SECONDS_PER_YEAR)


def _cubic(rate: Amount, seconds: Amount) -> Amount:
    per_second = rate / SECONDS_PER_YEAR
    return _binomial(rate * seconds / SECONDS_PER_YEAR, per_second**2, per_second**3, seconds)


def _aave_v2(rate: Amount, seconds: Amount) -> Amount:
    per_second = np.floor(rate * (_RAY / SECONDS_PER_YEAR)) / _RAY
    square = _half_up(per_second**2)
    return _binomial(per_second * seconds, square, _half_up(square * per_second), seconds)


def _aave_v3(rate: Amount, seconds: Amount) -> Amount:
    square = np.floor((rate / SECONDS_PER_YEAR) ** 2 * _RAY) / _RAY
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
INTEREST_METHODS: Mapping[str, Callable[[Amount, Amount], Amount]] = MappingProxyType(
    {"aave_v2": _aave_v2, "aave_v3": _aave_v3, "cubic": _cubic, "exponential": _exponential, "linear": _linear}
)


def annual_yield(rate: Amount, periods: Amount | None = None) -> Amount:
    """The yield of a year in which interest is compounded ``periods`` times: ``(1 + r/n)ⁿ − 1``.

    Args:
        rate: nominal ratio per year ("APR"), >= 0.
        periods: compoundings per year, > 0; by default continuously: ``e^r − 1``.

    Raises:
        ValueError: an argument outside its range.
    """
    rate = non_negative("rate", rate)
    if periods is None:
        return plain(np.expm1(rate))
    periods = positive("periods", periods)
    return plain(np.expm1(periods * np.log1p(rate / periods)))


def nominal_rate(annual_yield: Amount, periods: Amount | None = None) -> Amount:
    """The nominal rate whose yield over a year is ``annual_yield``: ``n·((1 + y)^{1/n} − 1)``, or ``ln(1 + y)``.

    Args:
        annual_yield: ratio ("APY"), >= 0.
        periods: compoundings per year, > 0; by default continuously.

    Raises:
        ValueError: an argument outside its range.
    """
    growth = plain(np.log1p(non_negative("annual_yield", annual_yield)))
    if periods is None:
        return growth
    periods = positive("periods", periods)
    return plain(periods * np.expm1(growth / periods))
