"""Rewards minted per block and split over pools by weight (SushiSwap MasterChef), in exact integers.

As in :mod:`defi_lib.rewards.exact.staking_rewards` one growing number per pool does for all its users; here each user
carries the part of it that came before them as a debt. Integers keep the difference exact after a tiny first stake.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Self

from defi_lib.frozen import FrozenDict, Parts
from defi_lib.ledger.transfer import OUTSIDE, Transfer, actual
from defi_lib.validation import at_least, whole

#: The accumulated reward per share counts in units of 1e-12.
SHARE_SCALE = 10**12
#: Name of the contract in its transfers.
CHEF = "chef"

_REWARD = "reward token"


class Farmer(NamedTuple):
    """A user of a pool (smallest units)."""

    amount: int = 0  #: liquidity shares deposited
    reward_debt: int = 0  #: what these shares would have earned before


class ChefPool(NamedTuple):
    """A pool of liquidity shares that earns a part of each block's reward."""

    alloc_point: int  #: weight of the pool
    last_reward_block: int  #: until when rewards are booked
    acc_reward_per_share: int = 0  #: reward per share since the beginning (1e-12 of a smallest unit)
    lp_supply: int = 0  #: shares that the contract holds; more than the users' if some were sent to it by mistake
    users: Mapping[str, Farmer] = FrozenDict({})

    def farmer(self, user: str) -> Farmer:
        """What the pool remembers of ``user``; zeros if it never met them."""
        return self.users.get(user, Farmer())


class _State(NamedTuple):
    reward_per_block: int
    pools: tuple[ChefPool, ...]
    block: int
    start_block: int
    bonus_end_block: int
    bonus_multiplier: int
    dev_divisor: int
    reward_balance: int


class MasterChef(Parts, _State):
    """Every block mints a reward; pools share it by weight, and a pool's users by the liquidity shares they deposited.

    ``reward = multiplier·reward_per_block·alloc_point / total_alloc_point``, ``acc += reward·10¹² / lp_supply``,
    ``pending = amount·acc/10¹² − reward_debt``; every division rounds down. On top of each reward the developers get
    ``reward/10``: the farmers' share of what is minted is 10/11. Rewards are minted when a pool is updated; what an
    empty pool would earn is never minted, and a change of weights without update applies to blocks already gone.

    Args:
        reward_per_block: smallest units minted to all pools per block, >= 0, without bonus and developers' share.
        pools: in the order in which they were added.
        block: number of the present block.
        start_block: first block that is rewarded.
        bonus_end_block: until this block rewards count ``bonus_multiplier`` times.
        bonus_multiplier: >= 1; 10 in SushiSwap.
        dev_divisor: an extra reward/divisor goes to the developers; 10 in SushiSwap, 0 is nothing.
        reward_balance: reward tokens that the contract holds, smallest units.

    Unlike other mechanisms it takes single integers only, of any size, as the contract does.

    Raises:
        ValueError: an argument that is no integer in its range; a transition raises where the contract reverts.

    Source: sushiswap/sushiswap, MasterChef.sol. Ownership and the migrator, through which the owner could take every
    deposit, are left out. Two pools of the same share token, which the contract miscounts, are two tokens here.
    """

    __slots__ = ()

    def __new__(
        cls,
        reward_per_block: int,
        pools: Sequence[ChefPool] = (),
        *,
        block: int = 0,
        start_block: int = 0,
        bonus_end_block: int = 0,
        bonus_multiplier: int = 10,
        dev_divisor: int = 10,
        reward_balance: int = 0,
    ) -> Self:
        """Check the arguments and build the contract."""
        return super().__new__(
            cls,
            at_least("reward_per_block", reward_per_block, 0),
            tuple(_pool(f"pools[{number}]", pool) for number, pool in enumerate(pools)),
            at_least("block", block, 0),
            at_least("start_block", start_block, 0),
            at_least("bonus_end_block", bonus_end_block, 0),
            at_least("bonus_multiplier", bonus_multiplier, 1),
            at_least("dev_divisor", dev_divisor, 0),
            at_least("reward_balance", reward_balance, 0),
        )

    @property
    def total_alloc_point(self) -> int:
        """Weight of all pools together."""
        return sum(pool.alloc_point for pool in self.pools)

    def multiplier(self, first: int, last: int) -> int:
        """How many times a block's reward is due from block ``first`` to block ``last``, bonus included."""
        first, last = at_least("first", first, 0), at_least("last", last, 0)
        bonus_blocks = max(min(last, self.bonus_end_block) - first, 0)
        return last - first + bonus_blocks * (self.bonus_multiplier - 1)

    def pending(self, user: str, pool: int = 0) -> int:
        """What ``user`` could harvest from ``pool`` now (smallest units).

        Raises:
            ValueError: a pool that does not exist, or rewards due while no pool has any weight.
        """
        number = self._number(pool)
        updated = self._updated(number).chef.pools[number]
        return _pending(updated.farmer(user), updated.acc_reward_per_share)

    def after(self, blocks: int) -> Self:
        """The contract ``blocks`` (>= 0) later; nothing moves.

        Raises:
            ValueError: no integer >= 0.
        """
        return self._replace(block=self.block + at_least("blocks", blocks, 0))

    def add_pool(self, alloc_point: int, with_update: bool = True) -> ChefChange:
        """Add a pool with weight ``alloc_point`` (>= 0), after booking what the others have earned so far.

        Raises:
            ValueError: no integer >= 0.
        """
        pool = ChefPool(at_least("alloc_point", alloc_point, 0), max(self.block, self.start_block))
        change = self.update_all() if with_update else self._unchanged()
        return change._replace(chef=change.chef._replace(pools=(*change.chef.pools, pool)))

    def set_alloc(self, pool: int, alloc_point: int, with_update: bool = True) -> ChefChange:
        """Change the weight of ``pool``; without update, also for the blocks not yet booked.

        Raises:
            ValueError: a pool that does not exist, or no integer >= 0.
        """
        number, points = self._number(pool), at_least("alloc_point", alloc_point, 0)
        change = self.update_all() if with_update else self._unchanged()
        return change._replace(chef=change.chef._with_pool(number, alloc_point=points))

    def update_pool(self, pool: int) -> ChefChange:
        """Mint what ``pool`` has earned since it was last updated.

        Raises:
            ValueError: a pool that does not exist, or rewards due while no pool has any weight.
        """
        return self._updated(self._number(pool))

    def update_all(self) -> ChefChange:
        """Mint what every pool has earned; errors as in :meth:`update_pool`."""
        total = self._unchanged()
        for number in range(len(self.pools)):
            change = total.chef._updated(number)
            minted, dev_minted = total.minted + change.minted, total.dev_minted + change.dev_minted
            total = ChefChange(self, change.chef, 0, 0, minted, dev_minted, total.transfers + change.transfers)
        return total

    def deposit(self, user: str, amount: int, pool: int = 0) -> ChefChange:
        """``user`` deposits ``amount`` (smallest units, >= 0) of liquidity shares and is paid what is pending.

        Raises:
            ValueError: an amount that is no integer >= 0, or as in :meth:`update_pool`.
        """
        return self._changed(user, at_least("amount", amount, 0), self._number(pool))

    def withdraw(self, user: str, amount: int, pool: int = 0) -> ChefChange:
        """``user`` takes ``amount`` (smallest units) back and is paid what is pending; an amount of 0 only harvests.

        Raises:
            ValueError: no integer from 0 to what the user has deposited, or as in :meth:`update_pool`.
        """
        number = self._number(pool)
        limit = self.pools[number].farmer(user).amount
        return self._changed(user, -int(whole("amount", at_least("amount", amount, 0), 0, limit)), number)

    def emergency_withdraw(self, user: str, pool: int = 0) -> ChefChange:
        """``user`` takes everything back at once and gives up what is pending.

        Raises:
            ValueError: a pool that does not exist.
        """
        number = self._number(pool)
        state = self.pools[number]
        amount = state.farmer(user).amount
        users = FrozenDict(state.users) | {user: Farmer()}
        chef = self._with_pool(number, users=users, lp_supply=state.lp_supply - amount)
        transfers = actual([Transfer(CHEF, user, amount, share_token(number), "stake")])
        return ChefChange(self, chef, -amount, 0, 0, 0, transfers)

    def _number(self, pool: int) -> int:
        if not self.pools:
            raise ValueError(f"pool = {pool!r} does not exist: add a pool first")
        return int(whole("pool", at_least("pool", pool, 0), 0, len(self.pools) - 1))

    def _with_pool(self, number: int, **fields: object) -> Self:
        pools = list(self.pools)
        pools[number] = pools[number]._replace(**fields)  # type: ignore[arg-type]
        return self._replace(pools=tuple(pools))

    def _unchanged(self) -> ChefChange:
        return ChefChange(self, self, 0, 0, 0, 0, ())

    def _updated(self, number: int) -> ChefChange:
        pool = self.pools[number]
        if self.block <= pool.last_reward_block:
            return self._unchanged()
        if not pool.lp_supply:
            return self._unchanged()._replace(chef=self._with_pool(number, last_reward_block=self.block))
        if not self.total_alloc_point:
            raise ValueError(
                "total_alloc_point = 0 while rewards are due: allowed is a weight of at least 1 in one pool"
            )
        due = self.multiplier(pool.last_reward_block, self.block) * self.reward_per_block
        reward = due * pool.alloc_point // self.total_alloc_point
        dev_reward = reward // self.dev_divisor if self.dev_divisor else 0
        chef = self._with_pool(
            number,
            acc_reward_per_share=pool.acc_reward_per_share + reward * SHARE_SCALE // pool.lp_supply,
            last_reward_block=self.block,
        )._replace(reward_balance=self.reward_balance + reward)
        transfers = actual(
            [
                Transfer(OUTSIDE, "developers", dev_reward, _REWARD, "emission"),
                Transfer(OUTSIDE, CHEF, reward, _REWARD, "emission"),
            ]
        )
        return ChefChange(self, chef, 0, 0, reward, dev_reward, transfers)

    def _changed(self, user: str, amount: int, number: int) -> ChefChange:
        update = self._updated(number)
        pool = update.chef.pools[number]
        farmer = pool.farmer(user)
        acc = pool.acc_reward_per_share
        # Rounding could leave the contract a unit short: then it pays what it has.
        paid = min(_pending(farmer, acc), update.chef.reward_balance)
        held = farmer.amount + amount
        users = FrozenDict(pool.users) | {user: Farmer(held, held * acc // SHARE_SCALE)}
        chef = update.chef._with_pool(number, users=users, lp_supply=pool.lp_supply + amount)
        chef = chef._replace(reward_balance=chef.reward_balance - paid)
        transfers = actual(
            [
                Transfer(CHEF, user, paid, _REWARD, "reward"),
                Transfer(user, CHEF, max(amount, 0), share_token(number), "stake"),
                Transfer(CHEF, user, max(-amount, 0), share_token(number), "stake"),
            ]
        )
        return update._replace(chef=chef, staked=amount, paid=paid, transfers=update.transfers + transfers)


class ChefChange(NamedTuple):
    """What happened in a transition (smallest units)."""

    before: MasterChef
    chef: MasterChef  #: the contract after
    staked: int  #: change of the user's deposit; < 0 if withdrawn
    paid: int  #: reward tokens paid to the user
    minted: int  #: reward tokens minted to the contract
    dev_minted: int  #: and to the developers
    transfers: tuple[Transfer, ...]  #: who paid whom what

    @property
    def after(self) -> MasterChef:
        """:attr:`chef`, by the name that every record has for what is left."""
        return self.chef


def share_token(pool: int) -> str:
    """Name of the liquidity shares that ``pool`` takes, in transfers."""
    return f"pool {pool} share"


def _pending(farmer: Farmer, acc_reward_per_share: int) -> int:
    return farmer.amount * acc_reward_per_share // SHARE_SCALE - farmer.reward_debt


def _pool(name: str, pool: ChefPool) -> ChefPool:
    for field in ("alloc_point", "last_reward_block", "acc_reward_per_share", "lp_supply"):
        at_least(f"{name}.{field}", getattr(pool, field), 0)
    users = {}
    for user, farmer in pool.users.items():
        amount = at_least(f"{name}.users[{user!r}].amount", farmer.amount, 0)
        limit = amount * pool.acc_reward_per_share // SHARE_SCALE
        users[user] = Farmer(amount, int(whole(f"{name}.users[{user!r}].reward_debt", farmer.reward_debt, 0, limit)))
    at_least(f"{name}.lp_supply", pool.lp_supply, sum(farmer.amount for farmer in users.values()))
    return pool._replace(users=FrozenDict(users))
