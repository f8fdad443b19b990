"""The mutual in smooth numbers, for many worlds at once, and how it priced covers by stake until 2023."""

from __future__ import annotations

import numpy as np

from defi_lib.units import DAYS_PER_JULIAN_YEAR
from defi_lib.validation import Amount, between, broadcastable, non_negative, plain, positive, representable

CONSTANT_A, CONSTANT_C = 0.01028, 5_800_000.0  #: ether; a number
LOWEST_RISK, HIGHEST_RISK = 0.02, 1.0  #: a year; the bounds of the mutual's price by stake


@representable
def smooth_token_price(capital: Amount, requirement: Amount) -> Amount:
    """Price of one token (ether): ``A + MCR/C·(capital/MCR)⁴``, in floats.

    The contract cuts the ratio to whole 0.01 % before the fourth power: its price, :func:`token_price`, is lower by up
    to 4·10⁻⁴ at a ratio of 100 %, and moves in steps.

    Args:
        capital: what the mutual owns (ether), >= 0.
        requirement: minimum capital requirement (ether), > 0.

    Raises:
        ValueError: an argument outside its range.

    Source: Nexus Mutual, documentation of its token (2021).

    >>> round(smooth_token_price(162_424.0, 162_424.0), 6), round(smooth_token_price(1.3 * 162_424, 162_424.0), 6)
    (0.038284, 0.090263)
    """
    capital, requirement = non_negative("capital", capital), positive("requirement", requirement)
    broadcastable(capital=capital, requirement=requirement)
    return CONSTANT_A + requirement / CONSTANT_C * (capital / requirement) ** 4


def risk_cost(
    net_stake: Amount, low_risk_limit: Amount, lowest: float = LOWEST_RISK, highest: float = HIGHEST_RISK
) -> Amount:
    """Yearly price of risk by what members stake on a protocol: ``1 − (stake/limit)^{1/7}``, within bounds.

    Args:
        net_stake: staked on it (tokens), >= 0.
        low_risk_limit: stake at which it counts as safe, > 0.
        lowest: bound below (part of the cover a year), in [0, 1].
        highest: bound above, in [lowest, 1].

    Raises:
        ValueError: an argument outside its range.

    Source: Nexus Mutual, documentation (2021). The contract of 2023 (:class:`CoverProduct`) knows no such rule: who
    manages a staking pool sets the price, and demand bumps it.

    >>> round(risk_cost(25_000.0, 50_000.0), 6)  # a stake of half the limit
    0.094276
    """
    stake, limit = non_negative("net_stake", net_stake), positive("low_risk_limit", low_risk_limit)
    between("lowest", lowest, 0.0, 1.0)
    between("highest", highest, lowest, 1.0)
    broadcastable(net_stake=stake, low_risk_limit=limit)
    part = np.minimum(np.asarray(stake) / limit, 1.0)
    return plain(np.clip(1 - part ** (1 / 7), lowest, highest))


def price_by_stake(cover: Amount, cost: Amount, days: Amount, margin: Amount = 0.3) -> Amount:
    """Premium of a cover: ``cover·cost·(1 + margin)·days/365.25``.

    Args:
        cover: what would be paid, >= 0.
        cost: yearly price of risk (part of the cover), in [0, 1]: :func:`risk_cost`.
        days: period, >= 0.
        margin: on top, >= 0.

    Raises:
        ValueError: an argument outside its range.

    >>> price_by_stake(1_000.0, 0.1, 365.25, margin=0.3)
    130.0
    """
    cover, days, margin = non_negative("cover", cover), non_negative("days", days), non_negative("margin", margin)
    cost = between("cost", cost, 0.0, 1.0)
    broadcastable(cover=cover, cost=cost, days=days, margin=margin)
    return cover * cost * (1 + margin) * days / DAYS_PER_JULIAN_YEAR
