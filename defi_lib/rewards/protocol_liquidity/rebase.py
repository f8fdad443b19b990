"""Rebases: a protocol mints its own token for its stakers, and calls the growth of their balances a yield."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np

from defi_lib.frozen import kept, locked
from defi_lib.ledger.transfer import OUTSIDE, Transfer
from defi_lib.rounding import rest, within
from defi_lib.units import OLYMPUS_EPOCHS_PER_YEAR
from defi_lib.validation import Amount, between, broadcastable, finite, non_negative, plain, positive

EPOCHS_PER_YEAR = float(OLYMPUS_EPOCHS_PER_YEAR)


def rebase_apy(rate: Amount, epochs: Amount = EPOCHS_PER_YEAR) -> Amount:
    """Growth of a staked balance in a year (ratio): ``(1 + r)ⁿ − 1``.

    Args:
        rate: r, per epoch (ratio), >= 0.
        epochs: per year, > 0.

    Raises:
        ValueError: an argument outside its range, or a growth too large for a float.
    """
    rate, epochs = non_negative("rate", rate), positive("epochs", epochs)
    broadcastable(rate=rate, epochs=epochs)
    with np.errstate(over="ignore"):
        return finite("apy", np.expm1(epochs * np.log1p(rate)))


def share_factor(rate: Amount, staked_share: Amount, epochs: Amount = EPOCHS_PER_YEAR) -> Amount:
    """By which factor a staker's share of the supply changes: ``g/(b·g + 1 − b)``, ``g = (1 + r)ⁿ``.

    If all stake it is 1: the yield is only dilution. Otherwise stakers gain what those who do not stake lose.

    Args:
        rate: r, per epoch (ratio), >= 0.
        staked_share: b, part of the supply that is staked, in [0, 1].
        epochs: n, >= 0.

    Raises:
        ValueError: an argument outside its range.
    """
    rate, epochs = non_negative("rate", rate), non_negative("epochs", epochs)
    staked = between("staked_share", staked_share, 0.0, 1.0)
    broadcastable(rate=rate, staked_share=staked, epochs=epochs)
    # Divided by the growth, so that no growth is too large.
    return plain(1 / (staked + (1 - staked) * np.exp(-epochs * np.log1p(rate))))


class _State(NamedTuple):
    staked: Amount
    unstaked: Amount
    reserves: Amount


class RebasingToken(_State):
    """A token whose stakers get new tokens each epoch, as long as every token is backed by one unit of reserves.

    Args:
        staked: tokens, >= 0.
        unstaked: tokens, >= 0; together with ``staked`` > 0.
        reserves: units of the reserve asset in the treasury, >= the supply.

    Every argument may be an array with one entry per scenario.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: OlympusDAO/olympus-contracts, Staking.sol and Treasury.sol (version 1), where rewards are minted against
    excess reserves.
    """

    __slots__ = ()

    def __new__(cls, staked: Amount, unstaked: Amount, reserves: Amount) -> Self:
        """Check the arguments and build the token."""
        staked, unstaked = non_negative("staked", staked), non_negative("unstaked", unstaked)
        broadcastable(staked=staked, unstaked=unstaked, reserves=reserves)
        supply = positive("staked + unstaked", staked + unstaked)
        reserves = within("reserves", reserves, supply, np.inf)
        return super().__new__(cls, *map(kept, (staked, unstaked, reserves)))

    @property
    def supply(self) -> Amount:
        """Tokens in total."""
        return self.staked + self.unstaked

    @property
    def staked_share(self) -> Amount:
        """Part of the supply that is staked (ratio)."""
        return self.staked / self.supply

    @property
    def backing(self) -> Amount:
        """Reserves per token (reserve units): what the token is worth when nobody believes in more."""
        return self.reserves / self.supply

    def runway(self, rate: Amount) -> Amount:
        """Epochs that reserves allow at ``rate`` (per epoch, > 0): ``ln(1 + excess/staked)/ln(1 + r)``.

        Raises:
            ValueError: a rate that is not positive, or nobody who stakes.
        """
        staked, excess = positive("staked", self.staked), rest(self.reserves, self.supply)
        return np.log1p(excess / staked) / np.log1p(positive("rate", rate))

    def rebase(self, rate: Amount) -> Rebase:
        """Mint ``rate·staked`` (rate per epoch, >= 0) for the stakers.

        Raises:
            ValueError: a negative rate, or reserves that do not back the new tokens.
        """
        rate = non_negative("rate", rate)
        minted = within("minted", rate * self.staked, 0.0, rest(self.reserves, self.supply), scale=self.reserves)
        return Rebase(self, self._replace(staked=locked(self.staked + minted)), minted)


class Rebase(NamedTuple):
    """What happened in an epoch."""

    before: RebasingToken
    token: RebasingToken  #: after
    minted: Amount  #: tokens for the stakers

    @property
    def after(self) -> RebasingToken:
        """:attr:`token`, by the name that every record has for what is left."""
        return self.token

    @property
    def transfers(self) -> tuple[Transfer, ...]:
        """Who got what."""
        return (Transfer(OUTSIDE, "stakers", self.minted, "token", "rebase"),)
