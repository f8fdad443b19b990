"""Staking rewards over a period (Synthetix StakingRewards), in exact integers.

The reward per staked unit is one growing number for all; each user remembers where it stood when they were last
settled, so that an action costs the same with three stakers and with three million. After a first stake of one
smallest unit that number is huge, and a float would lose the small differences between two of its values, which are
all that later stakers earn: integers of any size lose nothing. For a hundred thousand farmers at once see
:class:`~defi_lib.rewards.RewardFarm`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Self

from defi_lib.frozen import FrozenDict, Parts
from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.units import SECONDS_PER_WEEK
from defi_lib.validation import at_least, whole

#: The reward per token counts in units of 1e-18.
SCALE = 10**18
#: Name of the contract in its transfers.
REWARDS = "staking rewards"

_STAKED, _REWARD = "staked token", "reward token"


class Staker(NamedTuple):
    """What the contract remembers of a user (smallest units)."""

    staked: int = 0
    rewards_stored: int = 0  #: earned until the user was last settled, and not yet paid
    reward_per_token_paid: int = 0  #: the reward per token then (1e-18)


class _State(NamedTuple):
    rewards_duration: int
    users: FrozenDict[str, Staker]
    time: int
    reward_rate: int
    period_finish: int
    last_update_time: int
    reward_per_token_stored: int
    reward_balance: int


class StakingRewards(Parts, _State):
    """Stakers share a constant stream of rewards in proportion to stake, second by second, until the period ends.

    ``reward_per_token += (min(now, finish) − last_update)·rate·10¹⁸ / total_staked``, and a user has earned
    ``staked·(reward_per_token − paid)/10¹⁸ + stored``; every division rounds down. While nobody is staked, the stream
    runs on and belongs to nobody: those rewards stay in the contract.

    Args:
        rewards_duration: length of a period, seconds, >= 1; 604,800 (a week) in most deployments.
        users: what the contract remembers of each.
        time: now, seconds.
        reward_rate: smallest units of the reward token per second.
        period_finish: when the stream stops, seconds; 0 before the first.
        last_update_time: until when the stored reward per token counts, seconds, at most now and the finish.
        reward_per_token_stored: 1e-18 of a smallest unit of reward per smallest unit staked.
        reward_balance: reward tokens that the contract holds, smallest units.

    Unlike other mechanisms it takes single integers only, of any size, as the contract does.

    Raises:
        ValueError: an argument that is no integer in its range; a transition raises where the contract reverts.

    Source: Synthetixio/synthetix, StakingRewards.sol. Who may notify, pausing and the recovery of foreign tokens are
    left out. Staked and reward token are two tokens, as in the contract's sound use.
    """

    __slots__ = ()

    def __new__(
        cls,
        rewards_duration: int = SECONDS_PER_WEEK,
        users: Mapping[str, Staker] | None = None,
        *,
        time: int = 0,
        reward_rate: int = 0,
        period_finish: int = 0,
        last_update_time: int = 0,
        reward_per_token_stored: int = 0,
        reward_balance: int = 0,
    ) -> Self:
        """Check the arguments and build the contract."""
        index = at_least("reward_per_token_stored", reward_per_token_stored, 0)
        stakers = {name: _staker(f"users[{name!r}]", entry, index) for name, entry in (users or {}).items()}
        time, finish = at_least("time", time, 0), at_least("period_finish", period_finish, 0)
        return super().__new__(
            cls,
            at_least("rewards_duration", rewards_duration, 1),
            FrozenDict(stakers),
            time,
            at_least("reward_rate", reward_rate, 0),
            finish,
            _within("last_update_time", last_update_time, 0, min(time, finish)),
            index,
            at_least("reward_balance", reward_balance, 0),
        )

    @property
    def total_staked(self) -> int:
        """What all users have staked together (smallest units)."""
        return sum(user.staked for user in self.users.values())

    @property
    def reward_per_token(self) -> int:
        """Reward per smallest unit staked since the beginning, now (1e-18 of a smallest unit)."""
        total = self.total_staked
        if not total:
            return self.reward_per_token_stored
        elapsed = min(self.time, self.period_finish) - self.last_update_time
        return self.reward_per_token_stored + elapsed * self.reward_rate * SCALE // total

    def staker(self, user: str) -> Staker:
        """What the contract remembers of ``user``; zeros if it never met them."""
        return self.users.get(user, Staker())

    def earned(self, user: str) -> int:
        """What ``user`` could claim now (smallest units)."""
        return _earned(self.staker(user), self.reward_per_token)

    def after(self, seconds: int) -> Self:
        """The contract ``seconds`` (>= 0) later; nothing moves.

        Raises:
            ValueError: no integer >= 0.
        """
        return self._replace(time=self.time + at_least("seconds", seconds, 0))

    def fund(self, amount: int, payer: str = "distributor") -> RewardsChange:
        """Send reward tokens (smallest units, >= 0) to the contract; only :meth:`notify_reward` streams them.

        Raises:
            ValueError: no integer >= 0.
        """
        contract = self._replace(reward_balance=self.reward_balance + at_least("amount", amount, 0))
        return RewardsChange(self, contract, 0, 0, actual([Transfer(payer, REWARDS, amount, _REWARD, "funding")]))

    def notify_reward(self, reward: int) -> RewardsChange:
        """Start a period with ``reward`` (smallest units, >= 0) and what is left of the one that runs.

        ``rate = (reward + remaining·rate)/duration``, rounded down; the rest is never paid. The rate is
        checked against all that the contract holds, although stakers may have earned a part of it already.

        Raises:
            ValueError: a reward that is no integer >= 0, or too high for what the contract holds.
        """
        settled = self._settled(None)
        left = max(self.period_finish - self.time, 0) * self.reward_rate
        rate = (at_least("reward", reward, 0) + left) // self.rewards_duration
        limit = self.reward_balance // self.rewards_duration
        if rate > limit:
            highest = (limit + 1) * self.rewards_duration - 1 - left
            allowed = f"an integer from 0 to {highest}" if highest >= 0 else "none before the contract is funded"
            raise ValueError(f"reward = {reward} is too high for what the contract holds: allowed is {allowed}")
        finish = self.time + self.rewards_duration
        contract = settled._replace(reward_rate=rate, last_update_time=self.time, period_finish=finish)
        return RewardsChange(self, contract, 0, 0, ())

    def set_rewards_duration(self, rewards_duration: int) -> RewardsChange:
        """Change the length of the next period (seconds, >= 1).

        Raises:
            ValueError: no integer >= 1, or a period that still runs.
        """
        duration = at_least("rewards_duration", rewards_duration, 1)
        if self.time <= self.period_finish:
            raise ValueError(f"time = {self.time} is within a period: allowed is a time after {self.period_finish}")
        return RewardsChange(self, self._replace(rewards_duration=duration), 0, 0, ())

    def stake(self, user: str, amount: int) -> RewardsChange:
        """``user`` stakes ``amount`` (smallest units, >= 1).

        Raises:
            ValueError: no integer >= 1.
        """
        return self._changed(user, at_least("amount", amount, 1), pay=False)

    def withdraw(self, user: str, amount: int) -> RewardsChange:
        """``user`` takes ``amount`` (smallest units, >= 1) back and leaves the rewards.

        Raises:
            ValueError: no integer from 1 to what the user has staked.
        """
        return self._changed(user, -_within("amount", amount, 1, self.staker(user).staked), pay=False)

    def claim(self, user: str) -> RewardsChange:
        """``user`` is paid all earned rewards, possibly none."""
        return self._changed(user, 0, pay=True)

    def exit(self, user: str) -> RewardsChange:
        """``user`` takes back everything and is paid.

        Raises:
            ValueError: a user without stake: the contract refuses to withdraw nothing.
        """
        staked = self.staker(user).staked
        if not staked:
            raise ValueError(f"user = {user!r} has staked 0: allowed is a user with a stake of at least 1")
        return self._changed(user, -staked, pay=True)

    def _settled(self, user: str | None) -> Self:
        """Book the reward per token until now, and what ``user`` has earned."""
        index = self.reward_per_token
        users = self.users
        if user is not None:
            entry = self.staker(user)
            users = users | {user: Staker(entry.staked, _earned(entry, index), index)}
        last_update = min(self.time, self.period_finish)
        return self._replace(users=users, last_update_time=last_update, reward_per_token_stored=index)

    def _changed(self, user: str, amount: int, pay: bool) -> RewardsChange:
        settled = self._settled(user)
        entry = settled.users[user]
        paid = entry.rewards_stored if pay else 0
        if paid > self.reward_balance:
            raise ValueError(f"reward_balance = {self.reward_balance} cannot pay {paid}: fund the contract first")
        entry = entry._replace(staked=entry.staked + amount, rewards_stored=entry.rewards_stored - paid)
        contract = settled._replace(users=settled.users | {user: entry}, reward_balance=self.reward_balance - paid)
        transfers = actual(
            [
                Transfer(user, REWARDS, max(amount, 0), _STAKED, "stake"),
                Transfer(REWARDS, user, max(-amount, 0), _STAKED, "stake"),
                Transfer(REWARDS, user, paid, _REWARD, "reward"),
            ]
        )
        return RewardsChange(self, contract, amount, paid, transfers)


class RewardsChange(NamedTuple):
    """What happened in a transition (smallest units)."""

    before: StakingRewards
    contract: StakingRewards  #: the contract after
    staked: int  #: change of the user's stake; < 0 if withdrawn
    paid: int  #: reward tokens paid to the user
    transfers: tuple[Transfer, ...]  #: who paid whom what

    @property
    def after(self) -> StakingRewards:
        """:attr:`contract`, by the name that every record has for what is left."""
        return self.contract


def _earned(staker: Staker, reward_per_token: int) -> int:
    growth = reward_per_token - staker.reward_per_token_paid
    return staker.staked * growth // SCALE + staker.rewards_stored


def _staker(name: str, entry: Staker, index: int) -> Staker:
    return Staker(
        at_least(f"{name}.staked", entry.staked, 0),
        at_least(f"{name}.rewards_stored", entry.rewards_stored, 0),
        _within(f"{name}.reward_per_token_paid", entry.reward_per_token_paid, 0, index),
    )


def _within(name: str, value: int, low: int, high: int) -> int:
    return int(whole(name, at_least(name, value, low), low, high))
