"""Liquity's stability pool in exact integers: the product and the sums with all that the contract rounds away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Self

from defi_lib.frozen import FrozenDict, Parts
from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.lending.exact.units import WAD, refuse, whole_number
from defi_lib.lending.stablecoins.stability_pool import COIN, COLLATERAL, ISSUER, STABILITY_POOL

#: When the product falls below this it is multiplied by it.
SCALE = 10**9


class ExactDeposit(NamedTuple):
    """A deposit (smallest units) as it was made, and where the pool stood then."""

    amount: int = 0
    product: int = 0
    sum: int = 0
    epoch: int = 0
    scale: int = 0


class _State(NamedTuple):
    version: int
    total: int
    product: int
    epoch: int
    scale: int
    sums: Mapping[tuple[int, int], int]
    loss_error: int
    gain_error: int
    deposits: Mapping[str, ExactDeposit]


class ExactStabilityPool(Parts, _State):
    """The pool of :class:`~defi_lib.lending.StabilityPool` as the contract counts it.

    The loss per coin is rounded up and the gain down to 1e-18; what they were rounded by is carried to the next
    liquidation. ``product ← ⌊product·(1 − loss)⌋``; one below 1e9 units is multiplied by 1e9 and the scale rises by
    one. A loss of everything, or of so much that the rest rounds to nothing, starts a new epoch. A deposit is worth
    ``amount·product/product₀`` in its own scale, a 1e-9 of it in the next, and nothing later, nor once it is below a
    billionth; gains count from its own scale and the next.

    Args:
        version: 2021, the contracts of mainnet, or 2025: at least one coin always stays in the pool, so that there are
            no epochs, and the scale may rise by two at once.
        total, product, epoch, scale, sums, loss_error, gain_error, deposits: a state to go on from.

    Amounts are integers of smallest units (1e-18), of any size.

    Raises:
        ValueError: an argument that is no integer in its range; a transition raises where the contract reverts.

    Source: liquity/dev, StabilityPool.sol. The rewards in the protocol's own token are left out.

    >>> pool = ExactStabilityPool().deposit("alice", 100 * WAD).pool.liquidate(40 * WAD, 2 * WAD).pool
    >>> pool.balance("alice"), pool.gain("alice")
    (59999999999999999900, 2000000000000000000)
    """

    __slots__ = ()

    def __new__(
        cls,
        version: int = 2021,
        *,
        total: int = 0,
        product: int = WAD,
        epoch: int = 0,
        scale: int = 0,
        sums: Mapping[tuple[int, int], int] | None = None,
        loss_error: int = 0,
        gain_error: int = 0,
        deposits: Mapping[str, ExactDeposit] | None = None,
    ) -> Self:
        """Check the arguments; by default an empty pool."""
        refuse(version not in (2021, 2025), f"version = {version!r} is unknown: allowed are 2021 and 2025")
        return super().__new__(
            cls,
            version,
            whole_number("total", total),
            whole_number("product", product, 1),
            whole_number("epoch", epoch),
            whole_number("scale", scale),
            FrozenDict(sums or {}),
            whole_number("loss_error", loss_error),
            whole_number("gain_error", gain_error),
            FrozenDict(deposits or {}),
        )

    def balance(self, user: str) -> int:
        """What is left of a deposit (smallest units); 0 for who has none."""
        held = self.deposits.get(user, ExactDeposit())
        steps = self.scale - held.scale
        if not held.amount or held.epoch < self.epoch or steps > 1:
            return 0
        left = held.amount * self.product // held.product // SCALE**steps
        return left if left >= held.amount // SCALE else 0

    def gain(self, user: str) -> int:
        """Collateral gained and not yet received (smallest units); 0 for who has no deposit."""
        held = self.deposits.get(user, ExactDeposit())
        if not held.amount:
            return 0
        first = self.sums.get((held.epoch, held.scale), 0) - held.sum
        second = self.sums.get((held.epoch, held.scale + 1), 0) // SCALE
        return held.amount * (first + second) // held.product // WAD

    def deposit(self, user: str, amount: int) -> ExactPoolChange:
        """``user`` adds coins (>= 1 unit) and is paid the gain.

        Raises:
            ValueError: no integer >= 1.
        """
        return self._settled(user, whole_number("amount", amount, 1))

    def withdraw(self, user: str, amount: int) -> ExactPoolChange:
        """``user`` takes coins (>= 0), or all that is left if it is less, and is paid the gain.

        Raises:
            ValueError: no integer >= 0, or a user without a deposit.
        """
        held = self.deposits.get(user, ExactDeposit()).amount
        refuse(not held, f"user = {user!r} has no deposit: allowed are users who have one")
        return self._settled(user, -min(whole_number("amount", amount), self.balance(user)))

    def liquidate(self, debt: int, collateral: int) -> ExactPoolLiquidation:
        """Pay ``debt`` of a position for its ``collateral`` (>= 0); nothing happens without coins or without debt.

        Raises:
            ValueError: more debt than the pool has (or must keep), or a product that would vanish.
        """
        debt, collateral = whole_number("debt", debt), whole_number("collateral", collateral)
        if not self.total or not debt:
            return ExactPoolLiquidation(self, self, 0, 0)
        most = self.total if self.version == 2021 else self.total - WAD
        refuse(debt > most, f"debt = {debt} is outside the allowed range [0, {max(most, 0)}]")
        loss, loss_error = self._loss(debt)
        gain, gain_error = divmod(collateral * WAD + self.gain_error, self.total)
        place = (self.epoch, self.scale)
        sums = FrozenDict(self.sums) | {place: self.sums.get(place, 0) + gain * self.product}
        pool = self._after_loss(loss)._replace(
            total=self.total - debt, sums=sums, loss_error=loss_error, gain_error=gain_error
        )
        return ExactPoolLiquidation(self, pool, debt, collateral)

    def _loss(self, debt: int) -> tuple[int, int]:
        """Loss per coin (1e-18), rounded up, and what that takes too much."""
        if debt == self.total:
            return WAD, 0
        whole = debt * WAD - self.loss_error
        refuse(whole < 0, f"debt = {debt} is less than what earlier losses were rounded up by: the contract reverts")
        loss = whole // self.total + 1
        return loss, loss * self.total - whole

    def _after_loss(self, loss: int) -> Self:
        left = WAD - loss
        if not left and self.version == 2021:
            return self._replace(product=WAD, epoch=self.epoch + 1, scale=0)
        product, scale = self.product * left // WAD, self.scale
        for steps in range(1, 2 if self.version == 2021 else 3):
            if product < SCALE:
                product, scale = self.product * left * SCALE**steps // WAD, self.scale + steps
        refuse(not product, "debt takes so much of the pool that its product would be 0: the contract reverts")
        return self._replace(product=product, scale=scale)

    def _settled(self, user: str, coins: int) -> ExactPoolChange:
        """Pay the gain and start a new deposit of the balance and ``coins``."""
        refuse(self.total + coins < 0, f"amount = {-coins} is more than the pool has: the contract reverts")
        gain, left = self.gain(user), self.balance(user) + coins
        here = (self.product, self.sums.get((self.epoch, self.scale), 0), self.epoch, self.scale)
        deposit = ExactDeposit(left, *here) if left else ExactDeposit()
        pool = self._replace(total=self.total + coins, deposits=FrozenDict(self.deposits) | {user: deposit})
        return ExactPoolChange(self, pool, user, coins, gain)


class ExactPoolChange(NamedTuple):
    """What happened when somebody put in coins or took them out (smallest units)."""

    before: ExactStabilityPool
    pool: ExactStabilityPool  #: the pool after
    user: str
    coins: int  #: put in (> 0) or taken out (< 0)
    gain: int  #: collateral paid out

    @property
    def transfers(self) -> tuple[Transfer, ...]:
        """Who paid whom what."""
        return actual(
            (
                Transfer(self.user, STABILITY_POOL, max(self.coins, 0), COIN, "deposit"),
                Transfer(STABILITY_POOL, self.user, max(-self.coins, 0), COIN, "withdraw"),
                Transfer(STABILITY_POOL, self.user, self.gain, COLLATERAL, "liquidation gain"),
            )
        )


class ExactPoolLiquidation(NamedTuple):
    """What happened when the pool paid a debt (smallest units)."""

    before: ExactStabilityPool
    pool: ExactStabilityPool  #: the pool after
    debt: int  #: coins paid
    collateral: int  #: tokens received

    @property
    def transfers(self) -> tuple[Transfer, ...]:
        """Who paid whom what."""
        return actual(
            (
                Transfer(STABILITY_POOL, ISSUER, self.debt, COIN, "liquidation"),
                Transfer(ISSUER, STABILITY_POOL, self.collateral, COLLATERAL, "liquidation"),
            )
        )
