"""Delegation: a validator stakes for others, keeps a commission, and they share its punishment."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from defi_lib.frozen import kept, locked
from defi_lib.rounding import floor, rest, within
from defi_lib.validation import Amount, at_least, between, broadcastable, finite, non_negative, plain


class _Validator(NamedTuple):
    own: NDArray[np.float64]
    delegated: NDArray[np.float64]
    commission: NDArray[np.float64]


class Validator(_Validator):
    """One validator with its delegators (last axis of ``delegated``); scenarios before it.

    Args:
        own: stake of the operator, tokens, >= 0, one per scenario.
        delegated: stake of each delegator, tokens, >= 0.
        commission: part of the delegators' reward that the operator keeps, in [0, 1].

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: cosmos/cosmos-sdk, x/distribution and x/staking. Ethereum knows no delegation: a liquid staking protocol
    (:class:`LiquidStakingPool`) does it on top.
    """

    __slots__ = ()

    def __new__(cls, own: Amount, delegated: Amount, commission: Amount = 0.0) -> Self:
        """Check the arguments and build the validator."""
        own, commission = kept(non_negative("own", own)), kept(between("commission", commission, 0.0, 1.0))
        stakes = np.atleast_1d(kept(non_negative("delegated", delegated)))
        broadcastable(own=own, delegated=stakes[..., 0] if stakes.shape[-1] else 0.0, commission=commission)
        return super().__new__(cls, *(locked(np.asarray(part)) for part in (own, stakes, commission)))

    @property
    def stake(self) -> NDArray[np.float64]:
        """All that is staked with this validator (tokens)."""
        return self.own + np.sum(self.delegated, axis=-1)

    def reward(self, amount: Amount, restaked: Amount = 0.0) -> ValidatorReward:
        """Divide a reward by stake, take the commission from the delegators' part, and restake a part of it all.

        Args:
            amount: tokens from the network, >= 0, one per scenario; all of it goes to the operator if nobody has
                staked.
            restaked: part of every income that is staked again, in [0, 1].

        Raises:
            ValueError: an argument outside its range.
        """
        amount = np.asarray(non_negative("amount", amount))
        restaked = np.asarray(between("restaked", restaked, 0.0, 1.0))
        broadcastable(own=self.own, amount=amount, restaked=restaked, commission=self.commission)
        stake = self.stake
        # Shares first: a reward per token would overflow where next to nothing is staked.
        own_share = np.divide(self.own, stake, out=np.ones(stake.shape), where=stake > 0)
        pool = np.broadcast_to(stake[..., np.newaxis], (*stake.shape, self.delegated.shape[-1]))
        shares = np.divide(self.delegated, pool, out=np.zeros(pool.shape), where=pool > 0)
        own_reward, gross = own_share * amount, shares * amount[..., np.newaxis]
        to_delegators = gross * (1 - self.commission[..., np.newaxis])
        commission = np.sum(gross, axis=-1) * self.commission
        own = self.own + restaked * (own_reward + commission)
        delegated = self.delegated + restaked[..., np.newaxis] * to_delegators
        return ValidatorReward(self, self._with(own, delegated), own_reward, commission, to_delegators)

    def slash(self, fraction: Amount) -> Slashing:
        """Burn a fraction of every stake: delegators pay for the operator's fault.

        Args:
            fraction: burned part, in [0, 1]: on Cosmos 0.05 for signing twice, 0.0001 for being away.

        Raises:
            ValueError: a fraction outside its range.
        """
        part = np.asarray(between("fraction", fraction, 0.0, 1.0))
        broadcastable(own=self.own, fraction=part)
        own_loss, losses = self.own * part, self.delegated * part[..., np.newaxis]
        left = self._with(self.own * (1 - part), self.delegated * (1 - part[..., np.newaxis]))
        return Slashing(self, left, own_loss, losses)

    def delegate(self, amounts: Amount) -> StakeChange:
        """Each delegator adds an amount (tokens, >= 0).

        Raises:
            ValueError: a negative amount.
        """
        amounts = non_negative("amounts", amounts)
        broadcastable(delegated=self.delegated, amounts=amounts)
        return StakeChange(self, self._with(self.own, self.delegated + amounts), amounts)

    def undelegate(self, amounts: Amount) -> StakeChange:
        """Each delegator takes back an amount (tokens), at most what he has. On the chain he waits for weeks.

        Raises:
            ValueError: an amount outside [0, stake of the delegator].
        """
        amounts = within("amounts", amounts, 0.0, self.delegated)
        left = rest(self.delegated, amounts)
        return StakeChange(self, self._with(self.own, left), -amounts)

    def _with(self, own: Amount, delegated: Amount) -> Validator:
        """The validator with other stakes, which are its own from now on."""
        return Validator(locked(own), locked(delegated), self.commission)


class ValidatorReward(NamedTuple):
    """What happened to a reward (tokens); the parts add up to it."""

    before: Validator
    validator: Validator  #: after restaking
    own: NDArray[np.float64]  #: network → operator, for the operator's own stake
    commission: NDArray[np.float64]  #: delegators → operator, out of their reward
    delegators: NDArray[np.float64]  #: network → each delegator, after commission

    @property
    def after(self) -> Validator:
        """:attr:`validator`, by the name that every record has for what is left."""
        return self.validator


class Slashing(NamedTuple):
    """What was burned (tokens)."""

    before: Validator
    validator: Validator
    own: NDArray[np.float64]  #: operator → nobody
    delegators: NDArray[np.float64]  #: each delegator → nobody

    @property
    def after(self) -> Validator:
        """:attr:`validator`, by the name that every record has for what is left."""
        return self.validator


class StakeChange(NamedTuple):
    """Stake that was added (> 0) or taken back (< 0)."""

    before: Validator
    validator: Validator
    amounts: Amount  #: each delegator → staked (tokens)

    @property
    def after(self) -> Validator:
        """:attr:`validator`, by the name that every record has for what is left."""
        return self.validator


def solo_validators(stake: Amount, minimum: Amount = 32.0) -> Amount:
    """How many validators a holder can run alone: ``⌊stake/minimum⌋``; below one, only a pool is left.

    Args:
        stake: tokens, >= 0.
        minimum: tokens per validator, > 0; 32 ETH on Ethereum.

    Raises:
        ValueError: an argument outside its range.
    """
    stake, minimum = non_negative("stake", stake), between("minimum", minimum, 0.0, np.inf, low_open=True)
    broadcastable(stake=stake, minimum=minimum)
    with np.errstate(over="ignore"):
        return plain(floor(finite("stake/minimum", stake / minimum)))


def net_staking_return(gross: Amount, stake: Amount, commission: Amount = 0.0, fixed_cost: Amount = 0.0) -> Amount:
    """Yearly return of a staker: ``gross·(1 − commission) − cost/stake``. A fixed cost weighs on the small.

    Args:
        gross: return per year before cost (ratio), >= 0.
        stake: tokens, > 0.
        commission: part of the reward that somebody else keeps, in [0, 1].
        fixed_cost: tokens per year, whatever the stake: machine, power, attention, >= 0.

    Raises:
        ValueError: an argument outside its range.
    """
    gross, fixed_cost = non_negative("gross", gross), non_negative("fixed_cost", fixed_cost)
    stake = between("stake", stake, 0.0, np.inf, low_open=True, high_open=True)
    commission = between("commission", commission, 0.0, 1.0)
    broadcastable(gross=gross, stake=stake, commission=commission, fixed_cost=fixed_cost)
    return gross * (1 - commission) - fixed_cost / stake


def restaked_growth(rate: Amount, stake: Amount, years: int, step: Amount = 0.0, periods: int = 12) -> Amount:
    """By which factor a stake grows whose rewards are staked again, but earn in whole steps only.

    In each period ``stake' = stake + rate/periods·earning`` with ``earning = ⌊stake/step⌋·step``: what does not fill
    a step lies idle. Without steps it is ``(1 + rate/periods)^(periods·years)``.

    Args:
        rate: a year, of what earns (ratio), >= 0.
        stake: tokens at the start, > 0.
        years: whole, >= 0.
        step: tokens, >= 0; 0 = everything earns. On Ethereum 32 until May 2025, then 1 (up to 2,048 a validator).
        periods: in a year, >= 1.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: ethereum/EIPs, EIP-7251. The chain compares balances with a margin, so that they do not flicker
    (:func:`simulate_validators` does it to the gwei), and takes up the first of them only after a queue.

    >>> round(restaked_growth(0.04, 32, 10), 3), round(restaked_growth(0.04, 32, 10, step=32), 3)
    (1.491, 1.4)
    """
    rate, step = non_negative("rate", rate), np.asarray(non_negative("step", step))
    stake = np.asarray(between("stake", stake, 0.0, np.inf, low_open=True, high_open=True))
    years, periods = at_least("years", years, 0), at_least("periods", periods, 1)
    shape = broadcastable(rate=rate, stake=stake, step=step)
    filled, has_steps = np.where(step > 0, step, 1.0), step > 0
    balance = np.array(np.broadcast_to(stake, shape), dtype=float)
    with np.errstate(over="ignore"):
        for _ in range(years * periods):
            earning = np.where(has_steps, floor(balance / filled) * filled, balance)
            balance = balance + np.asarray(rate) / periods * earning
        return plain(finite("the stake at the end", balance) / stake)
