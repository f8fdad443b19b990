"""Reinvesting rewards when every harvest costs gas: how often it pays, and for whom."""

from __future__ import annotations

import numpy as np

from defi_lib.validation import Amount, broadcastable, finite, non_negative, plain, positive, representable, whole


def compounded_value(capital: Amount, apr: Amount, harvests: Amount, gas: Amount = 0.0, years: Amount = 1.0) -> Amount:
    """Worth (USD) after ``harvests`` equally spaced harvests, each reinvested after paying ``gas``.

    ``V·qⁿ − gas·(qⁿ − 1)/(q − 1)`` with ``q = 1 + apr·years/n``. The last harvest is at the end; its gas is paid too.
    Below 0 the gas of the harvests ate more than the farmer had.

    Args:
        capital: at the start (USD), > 0.
        apr: of the farm, not compounded (ratio per year), >= 0.
        harvests: n, whole, >= 1.
        gas: cost of a harvest (USD), >= 0.
        years: > 0.

    Raises:
        ValueError: an argument outside its range, or a worth too large for a float.
    """
    capital, apr, gas, years = _checked(capital, apr, gas, years)
    count = np.asarray(whole("harvests", harvests, 1), dtype=float)  # type: ignore[arg-type]
    broadcastable(capital=capital, apr=apr, gas=gas, years=years, harvests=count)
    return plain(_value(capital, apr, count, gas, years))


def optimal_harvests(capital: Amount, apr: Amount, gas: Amount, years: Amount = 1.0) -> Amount:
    """How many harvests leave the farmer most, a whole number >= 1.

    Close to ``apr·years·√(V/(2·gas))``: what waiting loses a year, ``apr²·h/2`` at interval h, is then as much as
    the gas, ``gas/(V·h)``. The exact optimum is found by bisection on the gain of one more harvest. Arguments as in
    :func:`compounded_value`, with ``gas`` > 0: without it, more is always better.

    Raises:
        ValueError: an argument outside its range, or a worth too large for a float.
    """
    capital, apr, gas, years = _checked(capital, apr, positive("gas", gas), years)
    estimate = apr * years * np.sqrt(capital / (2 * gas))
    growth = np.exp(np.minimum(apr * years, 700.0))
    # Reinvested rewards raise the capital, and with it the best number, by at most the root of the growth.
    low = np.ones(broadcastable(capital=capital, apr=apr, gas=gas, years=years))
    high = finite("harvests", np.ceil(estimate * np.sqrt(growth)) + 4) * low
    while np.any(low < high):
        middle = np.floor((low + high) / 2)
        gains = _value(capital, apr, middle + 1, gas, years) > _value(capital, apr, middle, gas, years)
        low, high = np.where(gains & (low < high), middle + 1, low), np.where(gains, high, middle)
    return plain(low)


@representable
def min_capital(apr: Amount, gas: Amount, years: Amount = 1.0) -> Amount:
    """Capital (USD) below which a farm does not even pay for one harvest: ``gas/(apr·years)``; ``apr`` > 0.

    Raises:
        ValueError: an argument outside its range.
    """
    apr, gas, years = positive("apr", apr), non_negative("gas", gas), positive("years", years)
    broadcastable(apr=apr, gas=gas, years=years)
    return gas / (apr * years)


def _checked(capital: Amount, apr: Amount, gas: Amount, years: Amount) -> tuple[Amount, Amount, Amount, Amount]:
    capital, apr = positive("capital", capital), non_negative("apr", apr)
    gas, years = non_negative("gas", gas), positive("years", years)
    broadcastable(capital=capital, apr=apr, gas=gas, years=years)
    return capital, apr, gas, years


def _value(capital: Amount, apr: Amount, count: Amount, gas: Amount, years: Amount) -> Amount:
    rate = apr * years / count
    with np.errstate(over="ignore"):
        growth = finite("growth", np.expm1(count * np.log1p(rate)))
        # Without interest the payments of gas just add up.
        annuity = np.where(rate > 0, growth / np.where(rate > 0, rate, 1.0), count)
        return finite("worth", capital * growth - gas * annuity + capital)
