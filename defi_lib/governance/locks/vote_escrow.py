"""Votes for locked tokens: the longer the lock, the more votes, and fewer every second until it ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Self

from defi_lib.frozen import FrozenDict, Parts
from defi_lib.ledger import Transfer
from defi_lib.units import SECONDS_PER_WEEK, SECONDS_PER_YEAR
from defi_lib.validation import Amount, at_least, between, broadcastable, non_negative, positive

WEEK = SECONDS_PER_WEEK  #: seconds; locks end, and votes begin to count, at multiples of it (Thursday, 0:00 UTC)
MAX_LOCK = 4 * SECONDS_PER_YEAR  #: seconds: four years


def vote_weight(amount: Amount, time_left: Amount, max_time: Amount = float(MAX_LOCK)) -> Amount:
    """Votes of a lock: ``amount·time left/longest time``.

    Args:
        amount: tokens locked, >= 0.
        time_left: until the lock ends, in [0, ``max_time``], in the unit of ``max_time``.
        max_time: of the longest lock, > 0; by default four years in seconds.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    A lock of four years has three quarters of its votes after the first:

    >>> vote_weight(1_000.0, 3.0, max_time=4.0)
    750.0

    Source: Curve DAO documentation. The contract floors the slope to whole wei per second and the end to a week:
    :class:`VoteEscrow`.
    """
    amount, max_time = non_negative("amount", amount), positive("max_time", max_time)
    time_left = between("time_left", time_left, 0.0, max_time)
    broadcastable(amount=amount, time_left=time_left, max_time=max_time)
    return amount * (time_left / max_time)


class Lock(NamedTuple):
    """What a user has locked."""

    amount: int  #: smallest units
    end: int  #: seconds, a multiple of a week
    changed: int  #: seconds, when it was last changed

    @property
    def slope(self) -> int:
        """Votes lost each second: ``⌊amount/four years⌋``."""
        return self.amount // MAX_LOCK

    def power(self, time: int) -> int:
        """Votes at ``time``, from the last change on: ``slope·(end − time)``, 0 after the end."""
        return self.slope * max(self.end - at_least("time", time, 0), 0)


NO_LOCK = Lock(0, 0, 0)


class _State(NamedTuple):
    time: int
    locks: Mapping[str, Lock]
    slopes: Mapping[int, int]


class VoteEscrow(Parts, _State):
    """Tokens locked for votes, in whole units, as in the contract.

    Args:
        time: now (seconds), >= 0.

    Amounts and votes are smallest units (1e-18 of a token). An expired lock keeps its tokens until they are withdrawn.

    Raises:
        ValueError: an argument outside its range; what the contract refuses.

    >>> escrow = VoteEscrow(time=0).create_lock("ann", 10**18, MAX_LOCK).after
    >>> later = escrow.advance(MAX_LOCK // 4)
    >>> round(later.power("ann") / escrow.power("ann"), 4)
    0.7493

    Source: Curve's VotingEscrow (Vyper 0.2.4). It keeps the sum of all locks as a line whose slope changes at each
    week's end; here it is the sum over the ends, which is the same number. Votes at earlier times are not kept.
    """

    __slots__ = ()

    def __new__(cls, time: int = 0) -> Self:
        """Check the argument and begin with no lock."""
        return super().__new__(cls, at_least("time", time, 0), FrozenDict(), FrozenDict())

    def lock(self, user: str) -> Lock:
        """The lock of ``user``, or one of nothing."""
        return self.locks.get(user, NO_LOCK)

    def power(self, user: str, time: int | None = None) -> int:
        """Votes of ``user`` now, or later if nothing changes."""
        return self.lock(user).power(self._moment(time))

    def total_power(self, time: int | None = None) -> int:
        """Votes of all users now, or later if nothing changes."""
        moment = self._moment(time)
        return sum(slope * (end - moment) for end, slope in self.slopes.items() if end > moment)

    def advance(self, seconds: int) -> VoteEscrow:
        """The escrow ``seconds`` (>= 0) later."""
        return self._replace(time=self.time + at_least("seconds", seconds, 0))

    def create_lock(self, user: str, amount: int, unlock_time: int) -> LockChange:
        """Lock ``amount`` (>= 1) until ``unlock_time``, rounded down to a week.

        Raises:
            ValueError: a lock that exists, an end that is not after now or more than four years ahead.
        """
        if self.lock(user).amount:
            raise ValueError(
                f"user = {user!r} has a lock already: allowed is a user without one (withdraw, or add to it)"
            )
        return self._change(user, at_least("amount", amount, 1), self._end(unlock_time, self.time + 1))

    def increase_amount(self, user: str, amount: int) -> LockChange:
        """Add ``amount`` (>= 1) to a lock that has not ended."""
        lock = self._running(user)
        return self._change(user, at_least("amount", amount, 1), lock.end)

    def increase_unlock_time(self, user: str, unlock_time: int) -> LockChange:
        """Let a running lock end at ``unlock_time``, rounded down to a week, which must be later than before."""
        return self._change(user, 0, self._end(unlock_time, self._running(user).end + 1))

    def withdraw(self, user: str) -> LockChange:
        """Take everything out of a lock that has ended.

        Raises:
            ValueError: a lock that has not ended.
        """
        lock = self.lock(user)
        if self.time < lock.end:
            raise ValueError(
                f"time = {self.time} is before the end of the lock of {user!r}: allowed from {lock.end} on"
            )
        return self._change(user, -lock.amount, 0)

    def _moment(self, time: int | None) -> int:
        return self.time if time is None else at_least("time", time, self.time)

    def _end(self, unlock_time: int, earliest: int) -> int:
        end = at_least("unlock_time", unlock_time, 0) // WEEK * WEEK
        if not earliest <= end <= self.time + MAX_LOCK:
            raise ValueError(
                f"unlock_time = {unlock_time} is week's start {end}, outside the allowed range "
                f"[{earliest}, {self.time + MAX_LOCK}]"
            )
        return end

    def _running(self, user: str) -> Lock:
        lock = self.lock(user)
        if not lock.amount or lock.end <= self.time:
            raise ValueError(
                f"user = {user!r} has no running lock: allowed is a user whose lock ends after {self.time}"
            )
        return lock

    def _change(self, user: str, added: int, end: int) -> LockChange:
        old = self.lock(user)
        new = Lock(old.amount + added, end, self.time)
        slopes = {later: slope for later, slope in self.slopes.items() if later > self.time}
        for lock, sign in ((old, -1), (new, 1)):
            if lock.end > self.time:
                slopes[lock.end] = slopes.get(lock.end, 0) + sign * lock.slope
        after = self._replace(locks=FrozenDict({**self.locks, user: new}), slopes=FrozenDict(slopes))
        return LockChange(self, after, user, added)


class LockChange(NamedTuple):
    """What happened to a lock."""

    before: VoteEscrow
    after: VoteEscrow
    user: str
    amount: int  #: smallest units that were locked; less than 0 for those that were withdrawn

    def transfers(self, asset: str = "CRV", escrow: str = "vote escrow") -> tuple[Transfer, ...]:
        """What moved between the user and the escrow."""
        payer, payee = (self.user, escrow) if self.amount >= 0 else (escrow, self.user)
        return (Transfer(payer, payee, float(abs(self.amount)), asset, "lock"),) if self.amount else ()
