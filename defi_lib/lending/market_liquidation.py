"""How much a liquidation in a money market repays and seizes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from defi_lib.lending.liquidation import largest_repayment
from defi_lib.validation import Amount, fulfilled, non_negative, plain

if TYPE_CHECKING:
    from defi_lib.lending.market import Market

#: A part of the collateral this close to all of it is all of it (ratio).
_PRECISION = 1e-12


def liquidation_amounts(
    market: Market, user: str, collateral: str, debt: str, at_most: Amount | None
) -> tuple[Amount, Amount]:
    """Tokens repaid and seized: the least of what close rules, collateral and ``at_most`` allow.

    Args:
        market: the market.
        user: who is liquidated, in those scenarios in which its health factor is below 1.
        collateral: the asset to seize.
        debt: the asset to repay.
        at_most: tokens of ``debt``, >= 0; None for all that is allowed.

    Raises:
        ValueError: nothing to liquidate in any scenario, or a rest that is smaller than the rules allow.
    """
    position, rules, bonus = market.position(user), market.close_rules, market.reserve(collateral).listing.bonus
    owed, balance = market.owed(user, debt), market.pledged(user, collateral)
    owed_value, value = owed * market.prices[debt], balance * market.prices[collateral]
    health = position.health_factor
    most = np.where(health < 1, largest_repayment(value, owed_value, health, bonus, rules, position.debt_value), 0.0)
    if not np.any(most > 0):
        raise ValueError(
            f"user = {user!r} with health factor {np.min(health):.12g} has no {debt} debt to liquidate against "
            f"{collateral}: allowed is a user below 1 who owes the one and has pledged the other"
        )
    allowed = np.where(most >= owed_value, owed, most / market.prices[debt])
    repaid = allowed if at_most is None else np.minimum(non_negative("at_most", at_most), allowed)
    taken = repaid * market.prices[debt] * (1 + bonus)
    # All of the collateral exactly, so that no dust hides a bad debt.
    everything = (taken > 0) & (taken >= value * (1 - _PRECISION))
    seized = np.where(everything, balance, taken / market.prices[collateral])
    left = np.minimum((owed - repaid) * market.prices[debt], (balance - seized) * market.prices[collateral])
    enough = (repaid <= 0) | (left <= 0) | (left >= rules.least_left * (1 - _PRECISION))
    text = f"is what leaves no debt, no collateral, or at least {rules.least_left:g} USD of both"
    fulfilled("at_most", repaid, enough, text)
    return plain(repaid), plain(seized)
