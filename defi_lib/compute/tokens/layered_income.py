"""Staking and liquidity rewards on top of what a provider earned: more tokens, and more of the same risk."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from defi_lib.rounding import above, rest
from defi_lib.staking.stake.issuance import Dilution, dilution_at_rate
from defi_lib.validation import Amount, between, broadcastable, fulfilled, non_negative, plain, representable


class LayeredIncome(NamedTuple):
    """What earned tokens are worth after a year, by what was done with them (USD)."""

    sold: Amount
    staked: Amount
    pooled: Amount

    @property
    def total(self) -> Amount:
        """USD."""
        return self.sold + self.staked + self.pooled


@representable
def layer_income(
    value: Amount,
    price_return: Amount,
    staked_share: Amount = 0.0,
    staking_rate: Amount = 0.0,
    pooled_share: Amount = 0.0,
    pool_rate: Amount = 0.0,
) -> LayeredIncome:
    """Sell, stake, or provide liquidity: worth ``1``, ``(1 + r)·(1 + R)`` and ``(1 + f)·√(1 + R)`` per USD earned.

    For a pool half of the tokens is sold for USD first. Rewards multiply the tokens, not their price: they help only
    if the price falls by less than the rate.

    Args:
        value: of the tokens when they are earned (USD), >= 0.
        price_return: R, change of the token's price in the year, >= -1.
        staked_share: part that is staked, in [0, 1].
        staking_rate: r, new tokens per staked token and year, >= 0.
        pooled_share: part that goes into a pool, in [0, 1]; both parts together at most 1, the rest is sold.
        pool_rate: f, fees and rewards of the pool per value of the position, >= 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> layer_income(100.0, -0.5, 0.5, 0.2).total
    80.0
    """
    value = non_negative("value", value)
    price_return = between("price_return", price_return, -1.0, np.inf, high_open=True)
    staked_share = between("staked_share", staked_share, 0.0, 1.0)
    pooled_share = between("pooled_share", pooled_share, 0.0, 1.0)
    staking_rate, pool_rate = non_negative("staking_rate", staking_rate), non_negative("pool_rate", pool_rate)
    named = {"value": value, "price_return": price_return, "staked_share": staked_share, "pooled_share": pooled_share}
    broadcastable(**named, staking_rate=staking_rate, pool_rate=pool_rate)
    kept = np.asarray(staked_share + pooled_share)
    fulfilled("staked_share + pooled_share", kept, ~np.asarray(above(kept, 1.0)), "are parts of at most 1 together")
    return LayeredIncome(
        plain(value * rest(1.0, kept)),
        value * staked_share * (1 + staking_rate) * (1 + price_return),
        plain(value * pooled_share * (1 + pool_rate) * np.sqrt(1 + np.asarray(price_return))),
    )


def staking_dilution(staking_rate: Amount, staked_supply: Amount) -> Dilution:
    """What stakers win and others lose if rewards are new tokens: :func:`~defi_lib.staking.dilution_at_rate`.

    Nothing is created: weighted by what they hold, both add up to zero. If all stake, nobody wins.

    Args:
        staking_rate: r, new tokens per staked token, >= 0.
        staked_supply: s, part of the supply that is staked, in [0, 1].

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.
    """
    return dilution_at_rate(staking_rate, between("staked_supply", staked_supply, 0.0, 1.0))
