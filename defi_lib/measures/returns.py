"""Returns: rates and compounding, cash flows, and paths of value.

Rates are ratios, 0.04 = 4 %. Paths and cash flows run in time along ``axis``, by default the first (as the
paths of :mod:`defi_lib.simulation` do), so that scenarios may fill the other axes.
"""

from __future__ import annotations

from math import inf

import numpy as np
from numpy.typing import NDArray

from defi_lib.validation import Amount, between, broadcastable, finite, increasing, non_negative, plain, positive

_ITERATIONS = 100


def apy_from_apr(apr: Amount, periods: Amount | None = None) -> Amount:
    """Yield after a year of compounding: ``(1 + r/n)ⁿ − 1``; ``eʳ − 1`` if continuous.

    Args:
        apr: nominal rate per year (ratio), > −periods.
        periods: how often a year interest is added, > 0; ``None`` is continuously.

    Raises:
        ValueError: an argument outside its range, or a yield too large for a float.
    """
    apr = finite("apr", apr)
    with np.errstate(over="ignore"):
        if periods is None:
            return finite("apy", np.expm1(apr))
        periods = positive("periods", periods)
        broadcastable(apr=apr, periods=periods)
        apr = between("apr", apr, -periods, inf, low_open=True, high_open=True)
        return finite("apy", np.expm1(periods * np.log1p(apr / periods)))


def apr_from_apy(apy: Amount, periods: Amount | None = None) -> Amount:
    """Nominal rate per year that compounds to ``apy``: ``n·((1 + y)^(1/n) − 1)``; ``ln(1 + y)`` if continuous.

    Args:
        apy: yield per year (ratio), > −1.
        periods: how often a year interest is added, > 0; ``None`` is continuously.

    Raises:
        ValueError: an argument outside its range, or a rate too large for a float.
    """
    apy = between("apy", apy, -1.0, inf, low_open=True, high_open=True)
    if periods is None:
        return finite("apr", np.log1p(apy))
    periods = positive("periods", periods)
    broadcastable(apy=apy, periods=periods)
    with np.errstate(over="ignore"):
        return finite("apr", periods * np.expm1(np.log1p(apy) / periods))


def net_present_value(rate: Amount, flows: Amount, times: Amount | None = None, axis: int = 0) -> Amount:
    """Worth today of a series of payments: ``Σ c_i·(1 + r)^(−t_i)``.

    Args:
        rate: discount rate per unit of time (ratio), > −1, one or one per scenario.
        flows: payments (any currency), received > 0, paid < 0.
        times: when, increasing; by default 0, 1, 2, …
        axis: where time runs in ``flows``.

    Raises:
        ValueError: an argument outside its range, or no payment at all.
    """
    rate = between("rate", rate, -1.0, inf, low_open=True, high_open=True)
    payments, at = _flows(flows, times, axis)
    broadcastable(rate=rate, flows=payments[..., 0])
    exponent = -np.log1p(rate)[..., np.newaxis] * at
    with np.errstate(over="ignore", invalid="ignore"):
        # Where nothing is paid nothing is discounted: the factor may leave the range of floats there.
        worth = payments * np.exp(np.where(payments == 0, 0.0, exponent))
        return finite("net present value", np.sum(worth, axis=-1))


def internal_rate_of_return(flows: Amount, times: Amount | None = None, axis: int = 0) -> Amount:
    """The rate per unit of time (ratio, > −1) at which the payments are worth nothing today.

    The payments must change sign exactly once (first pay, then receive, or the other way round): then there is
    exactly one rate. With no change of sign there is none, and with more there may be several, none of which is
    "the" return; look at :func:`net_present_value` instead.

    Args:
        flows: payments (any currency), received > 0, paid < 0.
        times: when, increasing; by default 0, 1, 2, …
        axis: where time runs in ``flows``.

    Raises:
        ValueError: payments that change sign never or more than once, or times that do not increase.

    Source: Descartes' rule of signs for the number of rates.
    """
    payments, at = _flows(flows, times, axis)
    early, late, gap = _split_once(payments, at)
    span = at[-1] - at[0]
    # With x = ln(1 + r), ln(early/late) in present values rises in x by the difference of their mean times,
    # nowhere less than the time between them: that brackets the root, and Newton's method hardly bends.
    x = np.zeros(payments.shape[:-1])
    low, high = np.full_like(x, -inf), np.full_like(x, inf)
    for _ in range(_ITERATIONS):
        worth_early, mean_early = _log_worth(early, at, x)
        worth_late, mean_late = _log_worth(late, at, x)
        excess = worth_early - worth_late
        reach = np.abs(excess) / gap
        low = np.maximum(low, np.where(excess > 0, x - reach, x))
        high = np.minimum(high, np.where(excess < 0, x + reach, x))
        newton = x - excess / (mean_late - mean_early)
        following = np.where((newton >= low) & (newton <= high), newton, (low + high) / 2)
        # After a step this small the next would be its square: below rounding.
        done = np.all(np.abs(following - x) * span <= 1e-10 * np.maximum(np.abs(x) * span, 1.0))
        x = following
        if done:
            with np.errstate(over="ignore"):
                return finite("internal rate of return", np.expm1(x))
    raise ValueError(f"no internal rate of return found in {_ITERATIONS} steps")


def total_return(values: Amount, axis: int = 0) -> Amount:
    """Gain from the first to the last value, as a ratio of the first: ``V_T/V_0 − 1``.

    Raises:
        ValueError: no value, a first value that is not positive, a negative one later, or a gain too large for a float.
    """
    path = _path(values, axis)
    with np.errstate(over="ignore"):
        return finite("total return", (path[-1] - path[0]) / path[0])


def annualised_return(values: Amount, years: Amount, axis: int = 0) -> Amount:
    """The yearly yield (ratio) that leads from the first to the last value: ``(V_T/V_0)^(1/T) − 1``.

    Args:
        values: worth over time, the first > 0, the others >= 0.
        years: from the first to the last value, > 0.
        axis: where time runs.

    Raises:
        ValueError: an argument outside its range, or a yield too large for a float.
    """
    years = positive("years", years)
    path = _path(values, axis)
    broadcastable(values=path[0], years=years)
    with np.errstate(divide="ignore", over="ignore"):
        gain = (path[-1] - path[0]) / path[0]
        growth = np.where(np.isfinite(gain), np.log1p(gain), np.log(path[-1]) - np.log(path[0]))
        return finite("annualised return", np.expm1(growth / years))


def max_drawdown(values: Amount, axis: int = 0) -> Amount:
    """Largest fall from an earlier peak, as a ratio of the peak: ``max_t (1 − V_t / max_{s≤t} V_s)``, in [0, 1].

    Raises:
        ValueError: no value, a first value that is not positive, or a negative one later.
    """
    path = _path(values, axis)
    peak = np.maximum.accumulate(path, axis=0)
    return plain(np.max((peak - path) / peak, axis=0))


def _path(values: Amount, axis: int) -> NDArray[np.float64]:
    path = np.moveaxis(np.atleast_1d(non_negative("values", values)), axis, 0)
    if len(path) == 0:
        raise ValueError("values is empty: allowed is a path of at least one value")
    positive("first of values", path[0])
    return path


def _flows(flows: Amount, times: Amount | None, axis: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Payments with time along the last axis, and their times."""
    payments = np.moveaxis(np.atleast_1d(finite("flows", flows)), axis, -1)
    count = payments.shape[-1]
    if count == 0:
        raise ValueError("flows is empty: allowed is a series of at least one payment")
    at = np.arange(float(count)) if times is None else increasing("times", times)
    if at.shape != (count,):
        raise ValueError(f"times has shape {at.shape}: allowed is one time for each of the {count} payments")
    return payments, at


def _split_once(payments: NDArray[np.float64], at: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    """Logarithms of the payments before and after the change of sign, and the time between the two."""
    signs = np.sign(payments)
    first = np.take_along_axis(signs, np.argmax(signs != 0, axis=-1, keepdims=True), axis=-1)
    is_early, is_late = signs * first > 0, signs * first < 0
    last_early = np.max(np.where(is_early, at, -inf), axis=-1)
    first_late = np.min(np.where(is_late, at, inf), axis=-1)
    good = (first_late < inf) & (last_early < first_late)
    if not np.all(good):
        where = tuple(int(i) for i in np.argwhere(~good)[0])
        name = "flows" + (f" of scenario {where[0] if len(where) == 1 else where}" if where else "")
        changes = "never" if first_late[where] == inf else "more than once"
        raise ValueError(f"{name} change sign {changes}: allowed are payments that change sign exactly once")
    with np.errstate(divide="ignore"):
        size = np.log(np.abs(payments))
    return np.where(is_early, size, -inf), np.where(is_late, size, -inf), first_late - last_early


def _log_worth(
    size: NDArray[np.float64], at: NDArray[np.float64], x: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Logarithm of ``Σ c_i·e^(−x·t_i)`` and the mean time of its terms, without overflow."""
    exponent = size - x[..., np.newaxis] * at
    largest = np.max(exponent, axis=-1, keepdims=True)
    weight = np.exp(exponent - largest)
    total = np.sum(weight, axis=-1)
    return largest[..., 0] + np.log(total), np.sum(weight * at, axis=-1) / total
