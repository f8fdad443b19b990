"""Liquity in exact integers: loans, liquidation, recovery mode, redistribution and redemption, all in one state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple, Self

from defi_lib.frozen import FrozenDict, Parts
from defi_lib.ledger.transfer import OUTSIDE, Transfer, actual
from defi_lib.lending.exact.stability_pool import ExactStabilityPool
from defi_lib.lending.exact.trove_book import ACTIVE, CLOSED, Both, TroveBook, ratio
from defi_lib.lending.exact.trove_fees import exact_borrowing_fee, exact_borrowing_rate, exact_decayed_base_rate
from defi_lib.lending.exact.units import LARGEST, WAD, refuse, whole_number
from defi_lib.lending.market.tokens import debt_token
from defi_lib.lending.stablecoins.stability_pool import COIN, COLLATERAL, ISSUER

#: Least ratio of a trove, and of the system before recovery mode (1e-18).
MINIMUM, CRITICAL = 11 * WAD // 10, 3 * WAD // 2
#: Coins of each trove that are set aside for whoever liquidates it, and the least debt besides.
RESERVE, LEAST_DEBT = 200 * WAD, 1800 * WAD
#: Who gets the fees, and who keeps what is set aside, in transfers.
STAKERS, SET_ASIDE = "stakers", "reserve"


class _State(NamedTuple):
    price: int
    time: int
    start: int
    base_rate: int
    last_fee_time: int
    book: TroveBook
    pool: ExactStabilityPool
    surplus: Mapping[str, int]


class TroveSystem(Parts, _State):
    """Coins issued against collateral without interest; what keeps them safe is liquidation, redemption and a fee.

    A trove owes what was borrowed, a fee paid once (0.5 % and the base rate, at most 5 %; none in recovery mode) and
    200 coins set aside for its liquidator. It needs 110 % of collateral, and the system 150 %; below that is recovery
    mode, in which new debt needs 150 %, no collateral leaves, and troves below the ratio of the system can be
    liquidated (:func:`~defi_lib.lending.liquidate_trove`). Anybody may exchange coins for collateral of the riskiest
    troves at face value less a fee (:func:`~defi_lib.lending.redeem_coins`).

    Args:
        price: coins per token (1e-18), >= 1.
        time: now (seconds).
        start: when the system started (seconds), by default now; redemptions begin 14 days later.
        base_rate: of the fees (1e-18), as of ``last_fee_time``.
        last_fee_time: seconds; 0 before the first fee.
        book, pool, surplus: troves, stability pool, and collateral kept for owners of closed troves.

    Amounts are integers of smallest units (1e-18). Wallets are not kept: whether somebody has the coins to repay is
    for the ledger. Sorted lists with hints, and frontends of the pool, are left out.

    Raises:
        ValueError: an argument that is no integer in its range; a transition raises where the contract reverts.

    Source: liquity/dev, BorrowerOperations.sol and TroveManager.sol (2021).

    >>> system = TroveSystem(2000 * WAD).open("whale", 100_000 * WAD, 200 * WAD).system
    >>> system.book.troves["whale"].debt // WAD, system.ratio
    (100700, 3972194637537239324)
    """

    __slots__ = ()

    def __new__(
        cls,
        price: int,
        time: int = 0,
        *,
        start: int | None = None,
        base_rate: int = 0,
        last_fee_time: int = 0,
        book: TroveBook = TroveBook(),  # noqa: B008 - it cannot be changed
        pool: ExactStabilityPool | None = None,
        surplus: Mapping[str, int] | None = None,
    ) -> Self:
        """Check the arguments; by default nobody has borrowed."""
        time = whole_number("time", time)
        start = time if start is None else whole_number("start", start, 0, time)
        fee_time = whole_number("last_fee_time", last_fee_time, 0, time)
        rate = whole_number("base_rate", base_rate, 0, WAD)
        pool = ExactStabilityPool() if pool is None else pool
        kept = FrozenDict(surplus or {})
        return super().__new__(cls, whole_number("price", price, 1), time, start, rate, fee_time, book, pool, kept)

    @property
    def ratio(self) -> int:
        """Worth of all collateral per coin of debt (1e-18); the largest integer without debt."""
        return ratio(*self.book.total, self.price)

    @property
    def in_recovery(self) -> bool:
        """Whether all collateral is worth less than 150 % of all debt."""
        return self.ratio < CRITICAL

    @property
    def decayed_base_rate(self) -> int:
        """The base rate of now (1e-18)."""
        return exact_decayed_base_rate(self.base_rate, self.time - self.last_fee_time)

    def ratio_of(self, user: str) -> int:
        """Worth of the collateral per coin of debt of a trove (1e-18), with what is pending."""
        return ratio(*self.book.entire(user), self.price)

    def after(self, seconds: int) -> Self:
        """The system ``seconds`` (>= 0) later."""
        return self._replace(time=self.time + whole_number("seconds", seconds))

    def at_price(self, price: int) -> Self:
        """The system at another price (coins per token, 1e-18), >= 1."""
        return self._replace(price=whole_number("price", price, 1))

    def open(self, user: str, amount: int, collateral: int, max_fee: int = WAD) -> TroveChange:
        """``user`` borrows ``amount`` against ``collateral`` in a new trove; ``max_fee`` (1e-18) is accepted at most.

        Raises:
            ValueError: an open trove, too little debt or collateral, or a higher fee.
        """
        amount, collateral = whole_number("amount", amount), whole_number("collateral", collateral)
        refuse(self.has_trove(user), f"user = {user!r} has a trove: allowed is who has none")
        system, fee = self._charged(amount, max_fee)
        net = amount + fee
        refuse(net < LEAST_DEBT, f"amount = {amount} with fee is below the least debt {LEAST_DEBT}")
        system._check("amount", Both(), Both(net + RESERVE, collateral))
        book = system.book.written(user, net + RESERVE, collateral)
        return self._changed(system, book, fee, self._lent(user, amount, fee, collateral, RESERVE))

    def adjust(self, user: str, collateral: int = 0, debt: int = 0, max_fee: int = WAD) -> TroveChange:
        """``user`` puts in (> 0) or takes out collateral, and borrows (> 0) or repays coins.

        Raises:
            ValueError: no trove, nothing to do, more taken out or repaid than there is, a rest below the least debt,
                too little collateral after it, or a fee above ``max_fee``.
        """
        collateral = whole_number("collateral", collateral, -LARGEST)
        debt = whole_number("debt", debt, -LARGEST)
        refuse(not self.has_trove(user), f"user = {user!r} has no trove")
        refuse(not collateral and not debt, "collateral = 0 and debt = 0: allowed is a change of one of them")
        touched = self._replace(book=self.book.touched(user))
        old = touched.book.entire(user)
        system, fee = touched._charged(debt, max_fee) if debt > 0 else (touched, 0)
        new = Both(old.debt + debt + fee, old.collateral + collateral)
        refuse(new.collateral < 0, f"collateral = {collateral} is below minus what there is, {old.collateral}")
        system._check("collateral" if not debt else "debt", old, new)
        too_small = debt < 0 and new.debt - RESERVE < LEAST_DEBT
        refuse(too_small, f"debt = {debt} leaves less than the least debt {LEAST_DEBT} and what is set aside")
        moved = self._lent(user, debt, fee, collateral)
        return self._changed(system, system.book.written(user, *new), fee, moved)

    def close(self, user: str) -> TroveChange:
        """``user`` repays all and gets the collateral back; what was set aside pays the last 200 coins.

        Raises:
            ValueError: no trove, recovery mode, the last trove, or a system that would fall below 150 %.
        """
        refuse(not self.has_trove(user), f"user = {user!r} has no trove")
        refuse(self.in_recovery, "ratio of the system is below 150 %: nothing is closed in recovery mode")
        book = self.book.touched(user)
        debt, collateral = book.entire(user)
        total = self.book.total
        after = ratio(total.debt - debt, total.collateral - collateral, self.price)
        refuse(after < CRITICAL, f"ratio of the system after = {after} is below {CRITICAL}")
        book = book.removed(user, CLOSED).moved(-debt, -collateral)
        return self._changed(self, book, 0, self._lent(user, RESERVE - debt, 0, -collateral, -RESERVE))

    def claim_surplus(self, user: str) -> TroveChange:
        """``user`` gets the collateral that was kept when its trove was closed by others.

        Raises:
            ValueError: nothing kept.
        """
        kept = self.surplus.get(user, 0)
        refuse(not kept, f"user = {user!r} has nothing to claim")
        left = FrozenDict({name: each for name, each in self.surplus.items() if name != user})
        moved = [Transfer(ISSUER, user, kept, COLLATERAL, "surplus")]
        return TroveChange(self, self._replace(surplus=left), 0, actual(moved))

    def provide(self, user: str, coins: int) -> TroveChange:
        """``user`` puts coins into the stability pool and is paid its gain.

        Raises:
            ValueError: no coins.
        """
        change = self.pool.deposit(user, coins)
        return TroveChange(self, self._replace(pool=change.pool), 0, change.transfers)

    def withdraw(self, user: str, coins: int) -> TroveChange:
        """``user`` takes coins out of the stability pool (all, if it has less) and is paid its gain.

        Raises:
            ValueError: no deposit, or a trove below 110 %, which must be liquidated first.
        """
        lowest = min(map(self.ratio_of, self.book.open), default=LARGEST)
        refuse(bool(coins) and lowest < MINIMUM, "coins: nothing leaves the pool while a trove is below 110 %")
        change = self.pool.withdraw(user, coins)
        return TroveChange(self, self._replace(pool=change.pool), 0, change.transfers)

    def with_fee_time(self, base_rate: int) -> Self:
        """With a new base rate; the time of the last fee only moves once a minute has passed."""
        passed = self.time - self.last_fee_time >= 60
        return self._replace(base_rate=base_rate, last_fee_time=self.time if passed else self.last_fee_time)

    def has_trove(self, user: str) -> bool:
        """Whether ``user`` has an open trove."""
        return user in self.book.troves and self.book.troves[user].status == ACTIVE

    def _charged(self, amount: int, max_fee: int) -> tuple[Self, int]:
        """The system after a loan was charged for, and the fee; none in recovery mode."""
        if self.in_recovery:
            return self, 0
        system = self.with_fee_time(self.decayed_base_rate)
        least = exact_borrowing_rate(0)
        refuse(not least <= max_fee <= WAD, f"max_fee = {max_fee} is outside the allowed range [{least}, {WAD}]")
        fee = exact_borrowing_fee(system.base_rate, amount)
        refuse(bool(amount) and fee * WAD // amount > max_fee, f"max_fee = {max_fee} is less than the fee")
        return system, fee

    def _check(self, name: str, old: Both, new: Both) -> None:
        """Whether a trove may change from ``old`` to ``new`` (without a trove before: from nothing)."""
        was, now = ratio(*old, self.price), ratio(*new, self.price)
        if self.in_recovery:
            refuse(new.collateral < old.collateral, f"{name}: no collateral is withdrawn in recovery mode")
            riskier = new.debt > old.debt
            refuse(
                riskier and now < CRITICAL, f"{name} leaves a ratio of {now}: allowed is {CRITICAL} in recovery mode"
            )
            refuse(riskier and now < was and bool(old.debt), f"{name}: no ratio falls in recovery mode")
            return
        refuse(now < MINIMUM, f"{name} leaves a ratio of {now}: allowed is {MINIMUM} or more")
        total = self.book.total
        debt, collateral = total.debt + new.debt - old.debt, total.collateral + new.collateral - old.collateral
        after = ratio(debt, collateral, self.price)
        refuse(after < CRITICAL, f"{name} leaves a ratio of the system of {after}: allowed is {CRITICAL} or more")

    def _changed(self, system: Self, book: TroveBook, fee: int, moved: Iterable[Transfer]) -> TroveChange:
        return TroveChange(self, system._replace(book=book), fee, actual(moved))

    @staticmethod
    def _lent(user: str, coins: int, fee: int, collateral: int, reserve: int = 0) -> tuple[Transfer, ...]:
        """Coins lent (< 0: repaid) with the fee, what is set aside, the debt for it, and the collateral."""
        debt = coins + fee + reserve
        return (
            Transfer(OUTSIDE, user, max(coins, 0), COIN, "loan"),
            Transfer(user, OUTSIDE, max(-coins, 0), COIN, "loan"),
            Transfer(OUTSIDE, STAKERS, fee, COIN, "borrowing fee"),
            Transfer(OUTSIDE, SET_ASIDE, max(reserve, 0), COIN, "reserve"),
            Transfer(SET_ASIDE, OUTSIDE, max(-reserve, 0), COIN, "reserve"),
            Transfer(user, ISSUER, max(debt, 0), debt_token(COIN), "loan"),
            Transfer(ISSUER, user, max(-debt, 0), debt_token(COIN), "loan"),
            Transfer(user, ISSUER, max(collateral, 0), COLLATERAL, "collateral"),
            Transfer(ISSUER, user, max(-collateral, 0), COLLATERAL, "collateral"),
        )


class TroveChange(NamedTuple):
    """What happened to a trove, or to a deposit in the pool."""

    before: TroveSystem
    system: TroveSystem  #: after
    fee: int  #: coins, added to the debt
    transfers: tuple[Transfer, ...]


def debts_moved(before: TroveSystem, after: TroveSystem, reason: str) -> tuple[Transfer, ...]:
    """What each owner owes more or less than before, as transfers of the claim on them."""
    moved = []
    for user in after.book.troves:
        old = before.book.entire(user).debt if user in before.book.troves else 0
        new = after.book.entire(user).debt
        moved.append(Transfer(user, ISSUER, max(new - old, 0), debt_token(COIN), reason))
        moved.append(Transfer(ISSUER, user, max(old - new, 0), debt_token(COIN), reason))
    return actual(moved)
