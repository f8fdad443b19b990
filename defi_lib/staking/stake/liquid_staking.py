"""Liquid staking: a pool stakes for everybody and issues shares that can be traded, lent and pledged."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np

from defi_lib.frozen import kept, locked
from defi_lib.validation import Amount, between, broadcastable, non_negative, positive, ratio


class _Pool(NamedTuple):
    pooled: Amount
    shares: Amount
    fee: Amount


class LiquidStakingPool(_Pool):
    """Staked tokens that belong to shares.

    The exchange rate ``pooled/shares`` rises with rewards and falls with slashing. A rebasing token (stETH) shows
    ``shares·rate`` as the balance, so that balances grow; the wrapped token (wstETH, rETH) shows the shares, so that
    its price grows. Both are the same claim.

    Args:
        pooled: tokens staked, > 0.
        shares: in circulation, > 0; by default one per token.
        fee: part of each reward that goes to operators and treasury, in [0, 1); 0.1 at Lido.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: lidofinance/lido-dao, Lido.sol. Deposits wait for validators and withdrawals queue there; not modelled.
    """

    __slots__ = ()

    def __new__(cls, pooled: Amount, shares: Amount | None = None, fee: Amount = 0.1) -> Self:
        """Check the arguments and build the pool."""
        pooled, fee = positive("pooled", pooled), ratio("fee", fee)
        shares = pooled if shares is None else positive("shares", shares)
        broadcastable(pooled=pooled, shares=shares, fee=fee)
        return super().__new__(cls, *map(kept, (pooled, shares, fee)))

    @property
    def rate(self) -> Amount:
        """Tokens per share."""
        return self.pooled / self.shares

    def balance(self, shares: Amount) -> Amount:
        """What a holder of ``shares`` (>= 0) owns, in tokens: the balance a rebasing token shows.

        Raises:
            ValueError: negative shares.
        """
        return non_negative("shares", shares) * self.rate

    def deposit(self, amount: Amount) -> LiquidStakingChange:
        """Stake ``amount`` (tokens, >= 0) and receive ``amount/rate`` shares.

        Raises:
            ValueError: a negative amount.
        """
        amount = non_negative("amount", amount)
        broadcastable(pooled=self.pooled, amount=amount)
        minted = amount * (self.shares / self.pooled)
        after = LiquidStakingPool(locked(self.pooled + amount), locked(self.shares + minted), self.fee)
        return LiquidStakingChange(self, after, amount, minted)

    def redeem(self, shares: Amount) -> LiquidStakingChange:
        """Give back ``shares`` and receive ``shares·rate`` tokens.

        Raises:
            ValueError: shares outside [0, shares in circulation).
        """
        shares = between("shares", shares, 0.0, self.shares, high_open=True)
        left = (self.shares - shares) / self.shares
        after = LiquidStakingPool(locked(self.pooled * left), locked(self.shares - shares), self.fee)
        return LiquidStakingChange(self, after, -self.balance(shares), -shares)

    def report(self, reward: Amount = 0.0, slashed: Amount = 0.0) -> LiquidStakingReport:
        """Book what the validators earned and lost: the fee is paid in new shares, and only out of a gain.

        ``fee shares = S·F/(pooled' − F)`` with ``F = fee·max(reward − slashed, 0)``, so that they are worth F.

        Args:
            reward: tokens, >= 0.
            slashed: tokens, >= 0, less than pooled and reward together.

        Raises:
            ValueError: an argument outside its range.
        """
        reward, slashed = non_negative("reward", reward), non_negative("slashed", slashed)
        broadcastable(pooled=self.pooled, reward=reward, slashed=slashed)
        slashed = between("slashed", slashed, 0.0, self.pooled + reward, high_open=True)
        pooled = self.pooled + (reward - slashed)
        fee = self.fee * np.maximum(reward - slashed, 0.0)
        fee_shares = self.shares * (fee / (pooled - fee))
        after = LiquidStakingPool(locked(pooled), locked(self.shares + fee_shares), self.fee)
        return LiquidStakingReport(self, after, reward, slashed, fee, fee_shares)


class LiquidStakingChange(NamedTuple):
    """A deposit (> 0) or a redemption (< 0)."""

    before: LiquidStakingPool
    pool: LiquidStakingPool
    amount: Amount  #: tokens: user → pool
    shares: Amount  #: minted to the user

    @property
    def after(self) -> LiquidStakingPool:
        """:attr:`pool`, by the name that every record has for what is left."""
        return self.pool


class LiquidStakingReport(NamedTuple):
    """What a report of the validators changed (tokens)."""

    before: LiquidStakingPool
    pool: LiquidStakingPool
    reward: Amount  #: network → pool
    slashed: Amount  #: pool → nobody
    fee: Amount  #: holders → operators and treasury, paid in shares
    fee_shares: Amount  #: minted for it

    @property
    def after(self) -> LiquidStakingPool:
        """:attr:`pool`, by the name that every record has for what is left."""
        return self.pool

    @property
    def holders_gain(self) -> Amount:
        """What all holders together gained (tokens): ``reward − slashed − fee``."""
        return self.reward - self.slashed - self.fee
