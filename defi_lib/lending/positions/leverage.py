"""Leverage loop: deposit, borrow against it, buy more, deposit again."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.rounding import rest, within
from defi_lib.validation import Amount, at_least, finite, non_negative, plain, positive, ratio

_LARGEST = float(np.finfo(float).max)


def leverage_after(loan_to_value: Amount, rounds: Amount) -> Amount:
    """Worth of the collateral per equity after some rounds of borrowing: ``(1 − l^{n+1}) / (1 − l)``.

    Args:
        loan_to_value: part of the collateral that is borrowed, in [0, 1).
        rounds: how often is borrowed, >= 0.

    Raises:
        ValueError: an argument outside its range.

    Source: Xiong et al., *Leverage Staking with Liquid Staking Derivatives*, arXiv:2401.08610.
    """
    part = ratio("loan_to_value", loan_to_value)
    logarithm = np.log(np.maximum(part, np.finfo(float).tiny))
    return plain(-np.expm1((non_negative("rounds", rounds) + 1) * logarithm) / (1 - part))


def max_leverage(loan_to_value: Amount) -> Amount:
    """The limit of the loop: ``1 / (1 − l)``, with ``loan_to_value`` in [0, 1)."""
    return 1 / (1 - ratio("loan_to_value", loan_to_value))


def net_yield(leverage: Amount, asset_yield: Amount, borrow_rate: Amount) -> Amount:
    """Return on the equity (ratio per year): ``L·r_asset − (L − 1)·r_borrow``.

    Args:
        leverage: worth of the collateral per equity, >= 1.
        asset_yield: what the collateral earns (ratio per year); may be negative.
        borrow_rate: what the debt costs (ratio per year); may be negative.

    Raises:
        ValueError: a leverage below 1.
    """
    leverage = within("leverage", leverage, 1.0, _LARGEST)
    carry = finite("asset_yield", asset_yield) - finite("borrow_rate", borrow_rate)
    # The carry, levered, on top of what the equity earns anyway.
    with np.errstate(over="ignore"):
        return finite("net yield", asset_yield + (leverage - 1) * carry)


def fall_to_liquidation(leverage: Amount, liquidation_threshold: Amount) -> Amount:
    """Fall of the collateral's price, against the debt, at which the health factor is 1: ``1 − (L − 1)/(L·LT)``.

    At the largest leverage of a loan-to-value l it is ``1 − l/LT``.

    Args:
        leverage: worth of the collateral per equity, from 1 to ``1 / (1 − LT)``, beyond which it is liquidated at once.
        liquidation_threshold: ratio, in (0, 1).

    Raises:
        ValueError: an argument outside its range.
    """
    threshold = positive("liquidation_threshold", ratio("liquidation_threshold", liquidation_threshold))
    leverage = within("leverage", leverage, 1.0, 1 / (1 - threshold))
    covered = leverage * threshold
    return rest(covered, leverage - 1, leverage) / covered


def fall_to_ruin(leverage: Amount) -> Amount:
    """Fall of the collateral's price at which nothing of the equity is left: ``1 / L``, with ``leverage`` >= 1."""
    return 1 / within("leverage", leverage, 1.0, _LARGEST)


class LeverageLoop(NamedTuple):
    """A loop, round by round; the last axis counts rounds, beginning with none."""

    collateral: NDArray[np.float64]  #: worth deposited so far
    debt: NDArray[np.float64]  #: worth borrowed so far

    @property
    def leverage(self) -> NDArray[np.float64]:
        """Worth of the collateral per equity."""
        return self.collateral / self.collateral[..., :1]


def leverage_loop(equity: Amount, loan_to_value: Amount, rounds: int) -> LeverageLoop:
    """Borrow what the collateral allows, buy collateral with it, and again.

    Args:
        equity: worth of the first deposit, > 0.
        loan_to_value: part of the collateral that is borrowed, in [0, 1).
        rounds: how often is borrowed, an integer >= 0.

    Raises:
        ValueError: an argument outside its range.

    >>> loop = leverage_loop(1_000.0, 0.5, 2)
    >>> loop.collateral, loop.debt
    (array([1000., 1500., 1750.]), array([  0., 500., 750.]))
    """
    count = np.arange(at_least("rounds", rounds, 0) + 1.0)
    equity = np.expand_dims(positive("equity", equity), -1)
    leverage = leverage_after(np.expand_dims(ratio("loan_to_value", loan_to_value), -1), count)
    with np.errstate(over="ignore"):
        collateral = finite("collateral", equity * leverage)
    return LeverageLoop(np.asarray(collateral), np.asarray(collateral - equity))
