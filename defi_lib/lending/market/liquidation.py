"""How much a liquidation in a money market repays and seizes."""

from __future__ import annotations

import numpy as np

from defi_lib.lending.market.reserve import Reserve
from defi_lib.lending.market.state import MarketState
from defi_lib.lending.market.units import rounded_down
from defi_lib.lending.positions.liquidation import closable
from defi_lib.rounding import below
from defi_lib.validation import Amount, fulfilled, non_negative, plain


def liquidation_amounts(
    market: MarketState, user: str, collateral: str, debt: str, at_most: Amount | None
) -> tuple[Amount, Amount, Amount]:
    """Tokens repaid, tokens seized, and what of these the treasury gets.

    Repaid is the least of what close rules, collateral and ``at_most`` allow. Where tokens have whole units, their
    worth in the other token is rounded down, and each product with a ratio to the nearest.

    Args:
        market: the market.
        user: who is liquidated, in those scenarios in which its health factor is below 1.
        collateral: the asset to seize.
        debt: the asset to repay.
        at_most: tokens of ``debt``, >= 0; None for all that is allowed.

    Raises:
        ValueError: nothing to liquidate in any scenario, or a rest that is smaller than the rules allow.

    Source: @aave/core-v3, LiquidationLogic.sol.
    """
    position, rules = market.position(user), market.close_rules
    seizing, repaying = market.reserve(collateral), market.reserve(debt)
    price, debt_price, bonus = market.prices[collateral], market.prices[debt], seizing.listing.bonus
    owed, balance = market.owed(user, debt), market.pledged(user, collateral)
    value, owed_value, health = balance * price, owed * debt_price, position.health_factor
    unsafe = (health < 1) & (value > 0)
    deep = position.at_most(rules.full_below)
    most = np.where(unsafe, closable(value, owed_value, deep, bonus, rules, position.debt_value), 0.0)
    if not np.any(most > 0):
        raise ValueError(
            f"user = {user!r} with health factor {np.min(health):.12g} has no {debt} debt to liquidate against "
            f"{collateral}: allowed is a user below 1 who owes the one and has pledged the other"
        )
    allowed = np.where(repaying.exceeds(owed_value, most), repaying.whole(most / debt_price), owed)
    covered = allowed if at_most is None else repaying.at_most(allowed, non_negative("at_most", at_most))
    wanted = seizing.whole(rounded_down(covered * debt_price / price, seizing.listing.decimals) * (1 + bonus))
    payable = repaying.whole(rounded_down(value / debt_price, repaying.listing.decimals) / (1 + bonus))
    repaid = np.where(seizing.exceeds(wanted, balance), np.minimum(payable, covered), covered)
    # All of the collateral exactly, so that no dust hides a bad debt.
    seized = seizing.at_most(balance, wanted)
    left = np.minimum((owed - repaid) * debt_price, (balance - seized) * price)
    # What is left is the difference of the whole and what went.
    enough = (
        (repaid <= 0) | (left <= 0) | ~np.asarray(below(left, rules.least_left, plain(np.maximum(owed_value, value))))
    )
    text = f"is what leaves no debt, no collateral, or at least {rules.least_left:g} USD of both"
    fulfilled("at_most", repaid, enough, text)
    return plain(repaid), plain(seized), _protocol_fee(seizing, plain(seized))


def _protocol_fee(reserve: Reserve, seized: Amount) -> Amount:
    """The part of the bonus in ``seized`` tokens that goes to the treasury."""
    bonus, fee_share = reserve.listing.bonus, reserve.listing.fee_share
    # The contract takes off what is left without the bonus, rounded to the nearest: here a half goes down.
    extra = -reserve.whole(-seized * (bonus / (1 + bonus)))
    return reserve.whole(extra * fee_share)
