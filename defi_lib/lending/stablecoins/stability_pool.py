"""Stability pool: many depositors share each liquidation at constant cost, by the product–sum method."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Self

import numpy as np

from defi_lib.frozen import FrozenDict, Parts
from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.rounding import TOLERANCE, rest, same
from defi_lib.validation import Amount, between, broadcastable, finite, fulfilled, non_negative, plain, positive

#: Name of the pool in transfers, and of the system whose debt it pays.
STABILITY_POOL, ISSUER = "stability pool", "issuer"
#: The deposited coin and the collateral in transfers.
COIN, COLLATERAL = "coin", "collateral"

#: When the product falls below 1 / SCALE it is multiplied by it, so that it never runs out of digits.
SCALE = 1e9


class Total(NamedTuple):
    """A sum in two floats, so that a small gain after large ones keeps its digits."""

    high: Amount = 0.0
    low: Amount = 0.0

    def plus(self, amount: Amount) -> Total:
        """The total and ``amount``; what the addition rounds away is kept in ``low`` (Knuth's two-sum)."""
        high = self.high + amount
        part = high - self.high
        return Total(high, self.low + ((self.high - (high - part)) + (amount - part)))


class Deposit(NamedTuple):
    """A deposit as it was made, and where the pool stood then."""

    amount: Amount
    product: Amount
    sum: Total
    epoch: Amount
    scale: Amount


class _State(NamedTuple):
    total: Amount
    product: Amount
    epoch: Amount
    scale: Amount
    sums: Mapping[tuple[int, int], Total]
    deposits: Mapping[str, Deposit]


class StabilityPool(Parts, _State):
    """Coins that pay the debt of liquidated positions and receive their collateral, each depositor in proportion.

    Each liquidation of debt d for collateral c, with D coins in the pool, makes ``S += P·c/D`` and ``P *= 1 − d/D``. A
    deposit made when they were P₀ and S₀ is now ``amount·P/P₀`` and has gained ``amount·(S − S₀)/P₀`` of collateral.
    A liquidation that empties the pool starts a new epoch; a product below 1/10⁹ starts a new scale.

    Amounts may be arrays with one entry per scenario; each scenario has its own epoch and scale.

    Source: liquity/dev, StabilityPool.sol; Batog, Boca, Johnson, *Scalable Reward Distribution on the Ethereum
    Blockchain* (2018). The contract's product is an integer with 18 digits: deposits that have shrunk below a millionth
    keep few digits there, one that fell below a billionth counts as nothing, and gains after a second change of scale
    are lost. Here they are kept; :class:`~defi_lib.lending.ExactStabilityPool` does as the contract does.

    >>> pool = StabilityPool().deposit("alice", 100.0).pool.deposit("bob", 300.0).pool
    >>> pool = pool.liquidate(debt=200.0, collateral=0.12).pool
    >>> pool.balance("alice"), round(pool.gain("alice"), 12)
    (50.0, 0.03)
    """

    __slots__ = ()

    def __new__(cls) -> Self:
        """An empty pool."""
        return super().__new__(cls, 0.0, 1.0, 0.0, 0.0, FrozenDict(), FrozenDict())

    def balance(self, user: str) -> Amount:
        """What is left of a deposit (coins)."""
        deposit = self._deposit(user)
        left = deposit.amount * (self.product / deposit.product) * SCALE ** np.minimum(deposit.scale - self.scale, 0.0)
        return plain(np.where(np.equal(deposit.epoch, self.epoch), left, 0.0))

    def gain(self, user: str) -> Amount:
        """Collateral that a deposit has gained and not yet received (tokens)."""
        deposit = self._deposit(user)
        gained: Amount = 0.0
        for (epoch, scale), total in self.sums.items():
            steps = scale - deposit.scale
            start = np.equal(steps, 0)
            growth = (total.high - np.where(start, deposit.sum.high, 0.0)) + (
                total.low - np.where(start, deposit.sum.low, 0.0)
            )
            counts = np.equal(deposit.epoch, epoch) & (steps >= 0)
            gained = gained + np.where(counts, growth * SCALE ** -np.maximum(steps, 0.0), 0.0)
        return plain(deposit.amount * (gained / deposit.product))

    def deposit(self, user: str, amount: Amount) -> PoolChange:
        """Add coins (> 0); the gain up to now is paid out. (Who wants the gain only withdraws 0.)

        Raises:
            ValueError: no coins, as the contract refuses them.
        """
        amount = positive("amount", amount)
        left, gained = (self.balance(user), self.gain(user)) if user in self.deposits else (0.0, 0.0)
        return self._settled(user, left + amount, amount, gained)

    def withdraw(self, user: str, amount: Amount | None = None) -> PoolChange:
        """Take coins back (by default all); the gain up to now is paid out.

        Raises:
            ValueError: an unknown user, or more than is left of the deposit.
        """
        left, gained = self.balance(user), self.gain(user)
        amount = left if amount is None else between("amount", finite("amount", amount), 0.0, left * (1 + TOLERANCE))
        return self._settled(user, rest(left, amount), np.negative(amount), gained)

    def liquidate(self, debt: Amount, collateral: Amount) -> PoolLiquidation:
        """Pay ``debt`` (coins) of a position and receive its ``collateral`` (tokens, >= 0).

        Raises:
            ValueError: more debt than the pool has coins, or collateral for a pool without depositors.
        """
        debt = between("debt", finite("debt", debt), 0.0, self.total * (1 + TOLERANCE))
        collateral = non_negative("collateral", collateral)
        broadcastable(debt=debt, collateral=collateral, total=self.total)
        some = np.greater(self.total, 0)
        fulfilled("collateral", collateral, some | np.equal(collateral, 0), "is 0 while the pool is empty")
        coins = np.where(some, self.total, 1.0)
        sums = self._with_gain(self.product * (collateral / coins))
        emptied = some & same(debt, self.total)
        # A difference before the quotient: a rest of one coin in a million keeps all its digits.
        product: Any = np.where(emptied, 1.0, self.product * np.where(some, (self.total - debt) / coins, 1.0))
        epoch: Any = self.epoch + emptied
        scale: Any = np.where(emptied, 0.0, self.scale)
        # What a difference of floats leaves is at least 2⁻⁵³ of the first: two steps bring every product back.
        for _ in range(2):
            small = product < 1 / SCALE
            product, scale = np.where(small, product * SCALE, product), scale + small
        left = plain(np.where(emptied, 0.0, self.total - debt))
        pool = self._replace(total=left, product=plain(product), epoch=plain(epoch), scale=plain(scale), sums=sums)
        moved = (
            Transfer(STABILITY_POOL, ISSUER, debt, COIN, "liquidation"),
            Transfer(ISSUER, STABILITY_POOL, collateral, COLLATERAL, "liquidation"),
        )
        return PoolLiquidation(self, pool, debt, collateral, actual(moved))

    def _with_gain(self, gain: Amount) -> Mapping[tuple[int, int], Total]:
        """The sums with ``gain`` added, in each scenario to that of its own epoch and scale."""
        sums = dict(self.sums)
        for epoch, scale in self._places():
            here = np.equal(self.epoch, epoch) & np.equal(self.scale, scale)
            sums[epoch, scale] = sums.get((epoch, scale), Total()).plus(plain(np.where(here, gain, 0.0)))
        return FrozenDict(sums)

    def _places(self) -> set[tuple[int, int]]:
        """Every pair of epoch and scale that some scenario is in."""
        epoch, scale = np.broadcast_arrays(self.epoch, self.scale)
        return {(int(e), int(s)) for e, s in zip(epoch.ravel(), scale.ravel(), strict=True)}

    def _sum(self) -> Total:
        """The sum of each scenario's own epoch and scale."""
        high: Any = 0.0
        low: Any = 0.0
        for (epoch, scale), total in self.sums.items():
            here = np.equal(self.epoch, epoch) & np.equal(self.scale, scale)
            high, low = np.where(here, total.high, high), np.where(here, total.low, low)
        return Total(plain(high), plain(low))

    def _settled(self, user: str, left: Amount, added: Amount, gained: Amount) -> PoolChange:
        """The pool after ``user`` has put in or taken out coins and has received its gain."""
        deposit = Deposit(_locked(left), self.product, self._sum(), self.epoch, self.scale)
        deposits = FrozenDict(self.deposits) | {user: deposit}
        # Balances that were rounded one by one may exceed their sum by less than a rounding.
        total = _locked(plain(np.maximum(rest(self.total, np.negative(added)), 0.0)))
        pool = self._replace(total=total, deposits=deposits)
        moved = (
            Transfer(user, STABILITY_POOL, plain(np.maximum(added, 0.0)), COIN, "deposit"),
            Transfer(STABILITY_POOL, user, plain(np.maximum(np.negative(added), 0.0)), COIN, "withdraw"),
            Transfer(STABILITY_POOL, user, gained, COLLATERAL, "liquidation gain"),
        )
        return PoolChange(self, pool, plain(added), gained, actual(moved))

    def _deposit(self, user: str) -> Deposit:
        if user not in self.deposits:
            names = ", ".join(map(repr, self.deposits)) or "none yet"
            raise ValueError(f"user = {user!r} has no deposit: allowed are {names}")
        return self.deposits[user]


def _locked(amount: Amount) -> Amount:
    """``amount``, which nobody else has, so that nobody can change it either."""
    if isinstance(amount, np.ndarray):
        amount.setflags(write=False)
    return amount


class PoolChange(NamedTuple):
    """What happened when somebody put in coins or took them out."""

    before: StabilityPool
    pool: StabilityPool  #: the pool after
    coins: Amount  #: put in (> 0) or taken out (< 0)
    gain: Amount  #: collateral paid out (tokens)
    transfers: tuple[Transfer, ...]


class PoolLiquidation(NamedTuple):
    """What happened when the pool paid a debt."""

    before: StabilityPool
    pool: StabilityPool  #: the pool after
    debt: Amount  #: coins paid
    collateral: Amount  #: tokens received
    transfers: tuple[Transfer, ...]
