"""Collateral: how much may be borrowed against it, how healthy a loan is, and at which price it is liquidated."""

from __future__ import annotations

import numpy as np

from defi_lib.probability import normal_below
from defi_lib.rounding import TOLERANCE, rest
from defi_lib.validation import Amount, between, broadcastable, finite, non_negative, plain, positive, ratio

#: Health factor of a position without debt: the largest number of the contract, (2²⁵⁶ − 1)/10¹⁸, so it stays finite.
NO_DEBT = (2**256 - 1) / 1e18

_TINY = float(np.finfo(float).tiny)
_LEAST_PART = 1 / NO_DEBT


def health_factor(collateral_value: Amount, liquidation_threshold: Amount, debt_value: Amount) -> Amount:
    """How often the collateral, at its liquidation threshold, covers the debt: ``HF = C·LT / D``.

    Below 1 anybody may liquidate; equal to 1 within rounding it is 1 exactly. Without debt it is :data:`NO_DEBT`, which
    is also the largest value.

    Args:
        collateral_value: worth of the collateral (USD), >= 0; of several assets the sum.
        liquidation_threshold: part of that worth that counts, in [0, 1]; of several assets the mean, by worth.
        debt_value: worth of the debt (USD), >= 0.

    Raises:
        ValueError: an argument outside its range.

    Source: aave-dao/aave-v3-origin, GenericLogic.sol. The contract rounds the mean threshold down to whole basis
    points, see :class:`~defi_lib.lending.market.market.Market`.

    >>> health_factor(20_000.0, 0.825, 12_000.0), health_factor(100.0, 0.58, 58.0)
    (1.375, 1.0)
    """
    threshold = between("liquidation_threshold", liquidation_threshold, 0.0, 1.0)
    collateral, debt = non_negative("collateral_value", collateral_value), non_negative("debt_value", debt_value)
    broadcastable(collateral_value=collateral, liquidation_threshold=threshold, debt_value=debt)
    return cover(collateral * threshold, debt)


def health_factors(
    collateral: Amount, prices: Amount, liquidation_thresholds: Amount, debts: Amount, debt_prices: Amount = 1.0
) -> Amount:
    """Health factors of many positions with several assets, in many price scenarios at once: ``Σ C·P·LT / Σ D·Q``.

    Args:
        collateral: tokens, >= 0: one row a position, one column an asset.
        prices: USD per token of collateral, >= 0: one number per asset, or one row a scenario.
        liquidation_thresholds: one per asset, each in [0, 1].
        debts: tokens, >= 0: one row a position, one column a borrowed asset; or one number per position.
        debt_prices: USD per borrowed token, >= 0: one number per borrowed asset, or one row a scenario; one number
            for all if ``debts`` has one number per position.

    Returns:
        One number per position, or one row a scenario.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.
    """
    thresholds = between("liquidation_thresholds", liquidation_thresholds, 0.0, 1.0)
    prices = non_negative("prices", prices)
    broadcastable(prices=prices, liquidation_thresholds=thresholds)
    weighted = _values("collateral", collateral, "prices", prices * thresholds)
    if np.ndim(debts) < 2:
        debt = non_negative("debts", debts) * non_negative("debt_prices", debt_prices)
    else:
        debt = _values("debts", debts, "debt_prices", non_negative("debt_prices", debt_prices))
    broadcastable(collateral=weighted, debts=debt)
    return cover(finite("worth of collateral", weighted), finite("worth of debts", debt))


def cover(weighted_collateral: Amount, debt: Amount) -> Amount:
    """``weighted_collateral / debt``, and :data:`NO_DEBT` without debt; the arguments are known to be valid.

    Where both are equal to within rounding it is exactly 1: the one place that says who is healthy, so that whoever
    compares a health factor with 1 finds the same.
    """
    health = exact_cover(weighted_collateral, debt)
    if not isinstance(health, np.ndarray):
        return 1.0 if abs(health - 1.0) <= TOLERANCE else health
    np.copyto(health, 1.0, where=np.abs(health - 1.0) <= TOLERANCE)
    return health


def exact_cover(weighted_collateral: Amount, debt: Amount) -> Amount:
    """As :func:`cover`, for whole numbers of units, which are equal only if they are the same."""
    if type(weighted_collateral) is float and type(debt) is float:
        health = weighted_collateral / max(debt, weighted_collateral * _LEAST_PART, _TINY)
        return min(health, NO_DEBT) if debt > 0 else NO_DEBT
    divisor = np.maximum(np.maximum(debt, weighted_collateral * _LEAST_PART), _TINY)
    # Two roundings may lead a little beyond the largest value.
    return plain(np.where(debt > 0, np.minimum(weighted_collateral / divisor, NO_DEBT), NO_DEBT))


def liquidation_price(collateral: Amount, liquidation_threshold: Amount, debt_value: Amount) -> Amount:
    """The price of the only collateral at which the health factor is 1: ``P = D / (C·LT)``.

    At this price nobody may liquidate yet, below it everybody.

    Args:
        collateral: tokens, > 0.
        liquidation_threshold: ratio, in (0, 1].
        debt_value: worth of the debt (USD), >= 0.

    Raises:
        ValueError: an argument outside its range, or a price too large for a float.

    >>> liquidation_price(10.0, 0.75, 12_000.0)
    1600.0
    """
    threshold = between("liquidation_threshold", liquidation_threshold, 0.0, 1.0, low_open=True)
    collateral, debt = positive("collateral", collateral), non_negative("debt_value", debt_value)
    broadcastable(collateral=collateral, liquidation_threshold=threshold, debt_value=debt)
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        return finite("liquidation price", np.divide(debt, np.multiply(collateral, threshold)))


def borrowing_capacity(collateral_value: Amount, loan_to_value: Amount, debt_value: Amount = 0.0) -> Amount:
    """What may still be borrowed (USD): ``max(0, C·LTV − D)``.

    Args:
        collateral_value: worth of the collateral (USD), >= 0.
        loan_to_value: largest debt per worth of collateral, in [0, 1].
        debt_value: worth of the debt already there (USD), >= 0.

    Raises:
        ValueError: an argument outside its range.

    >>> borrowing_capacity(20_000.0, 0.75, 12_000.0), borrowing_capacity(0.3, 1.0, 0.1 + 0.2)
    (3000.0, 0.0)
    """
    limit = non_negative("collateral_value", collateral_value) * between("loan_to_value", loan_to_value, 0.0, 1.0)
    return plain(np.maximum(rest(limit, non_negative("debt_value", debt_value)), 0.0))


def liquidation_chance(fall: Amount, volatility: Amount) -> Amount:
    """Chance that a price which nobody can foresee falls by ``fall`` at some moment of a period.

    Without drift, in small steps: ``Φ((s²/2 − d)/s) + e^d·Φ(−(s²/2 + d)/s)`` with d = −log(1 − fall), by the principle
    of reflection: whoever is at −d is later as likely above as below.

    Args:
        fall: to the price of a liquidation (ratio), in [0, 1).
        volatility: s, standard deviation of the price's logarithm over the whole period, >= 0.

    Raises:
        ValueError: an argument outside its range.

    Source: Harrison, Brownian Motion and Stochastic Flow Systems (1985), section 1.8. Real prices jump: a liquidation
    may find a lower price than the one it waited for.

    >>> [round(liquidation_chance(fall, 0.1), 3) for fall in (0.0, 0.1, 0.2)]
    [1.0, 0.308, 0.029]
    """
    depth, spread = -np.log1p(-np.asarray(ratio("fall", fall), float)), non_negative("volatility", volatility)
    broadcastable(fall=depth, volatility=spread)
    moves = np.maximum(spread, _TINY)
    below = normal_below(spread / 2 - depth / moves)
    reflected = np.exp(depth) * normal_below(-spread / 2 - depth / moves)
    return plain(np.where(depth > 0, np.minimum(below + reflected, 1.0), 1.0))


def _values(name: str, amounts: Amount, price_name: str, prices: Amount) -> Amount:
    """Worth of each position: ``amounts`` (positions × assets) at ``prices`` (assets, or scenarios × assets)."""
    amounts = np.asarray(non_negative(name, amounts))
    if amounts.ndim != 2 or np.ndim(prices) not in (1, 2) or np.shape(prices)[-1] != amounts.shape[1]:
        raise ValueError(
            f"shapes do not fit together: {name} {amounts.shape}, {price_name} {np.shape(prices)}; "
            f"allowed are {name} (positions, assets) with {price_name} (assets,) or (scenarios, assets)"
        )
    with np.errstate(over="ignore"):
        return np.asarray(prices) @ amounts.T
