"""Vesting: when tokens that somebody owns may be moved.

:class:`VestingWallet` is the contract to its last unit; :class:`Vesting` describes the lines of an allocation table.
"""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np

from defi_lib.frozen import Parts, kept
from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.rounding import below, floor, within
from defi_lib.validation import Amount, at_least, between, broadcastable, finite, non_negative, plain, whole

#: Name of the contract in its transfers.
WALLET = "vesting wallet"


class _WalletState(NamedTuple):
    start: int
    duration: int
    cliff: int | None
    time: int
    balance: int
    released: int


class VestingWallet(Parts, _WalletState):
    """A wallet that lets its owner take what has vested: ``⌊(balance + released)·(t − start)/duration⌋``.

    What is paid in later counts as if it had been there from the start. The cliff only hides the linear schedule: at
    the cliff the vested amount jumps to it.

    Args:
        start: when vesting starts, seconds, >= 0.
        duration: until everything has vested, seconds, >= 0.
        cliff: seconds after the start before which nothing has vested, at most ``duration``; ``None`` is no cliff.
        time: now, seconds.
        balance: tokens that the wallet holds, smallest units.
        released: tokens that it has paid out, smallest units.

    Unlike other mechanisms it takes single integers only, of any size, as the contract does.

    Raises:
        ValueError: an argument that is no integer in its range.

    Source: OpenZeppelin Contracts 5, VestingWallet.sol and VestingWalletCliff.sol.
    """

    __slots__ = ()

    def __new__(
        cls, start: int, duration: int, cliff: int | None = None, *, time: int = 0, balance: int = 0, released: int = 0
    ) -> Self:
        """Check the arguments and build the wallet."""
        duration = at_least("duration", duration, 0)
        return super().__new__(
            cls,
            at_least("start", start, 0),
            duration,
            None if cliff is None else int(whole("cliff", at_least("cliff", cliff, 0), 0, duration)),
            at_least("time", time, 0),
            at_least("balance", balance, 0),
            at_least("released", released, 0),
        )

    @property
    def vested(self) -> int:
        """All that has vested by now, released or not (smallest units)."""
        total, elapsed = self.balance + self.released, self.time - self.start
        if elapsed < (self.cliff or 0):
            return 0
        return total if elapsed >= self.duration else total * elapsed // self.duration

    @property
    def releasable(self) -> int:
        """What can be taken now (smallest units)."""
        return self.vested - self.released

    def after(self, seconds: int) -> Self:
        """The wallet ``seconds`` (>= 0) later; nothing moves.

        Raises:
            ValueError: no integer >= 0.
        """
        return self._replace(time=self.time + at_least("seconds", seconds, 0))

    def fund(self, amount: int, payer: str = "issuer") -> WalletChange:
        """Pay ``amount`` (smallest units, >= 0) in.

        Raises:
            ValueError: no integer >= 0.
        """
        wallet = self._replace(balance=self.balance + at_least("amount", amount, 0))
        return WalletChange(self, wallet, amount, actual([Transfer(payer, WALLET, amount, "token", "vesting")]))

    def release(self, owner: str = "beneficiary") -> WalletChange:
        """Pay all that is releasable to the owner, possibly nothing."""
        amount = self.releasable
        wallet = self._replace(balance=self.balance - amount, released=self.released + amount)
        return WalletChange(self, wallet, amount, actual([Transfer(WALLET, owner, amount, "token", "vesting")]))


class WalletChange(NamedTuple):
    """What happened in a transition (smallest units)."""

    before: VestingWallet
    wallet: VestingWallet  #: the wallet after
    amount: int  #: paid in or released
    transfers: tuple[Transfer, ...]  #: who paid whom what

    @property
    def after(self) -> VestingWallet:
        """:attr:`wallet`, by the name that every record has for what is left."""
        return self.wallet


class _Schedule(NamedTuple):
    cliff: Amount
    at_cliff: Amount
    duration: Amount
    step: Amount
    at_start: Amount


class Vesting(_Schedule):
    """The part of an allocation that has vested: ``c + (1 − c)·(t − cliff)/duration`` from the cliff on, at most 1.

    Args:
        cliff: months after the launch before which nothing more than ``at_start`` vests, >= 0.
        at_cliff: ratio released at the cliff, c in [0, 1]; 0 is a cliff without release.
        duration: months from the cliff until all has vested, >= 0; 0 is all at the cliff.
        step: months between two releases after the cliff, >= 0; 1 is monthly, 0 is continuous.
        at_start: ratio released at the launch, in [0, 1]; the rest follows the schedule.

    Every argument may be an array with one entry per scenario. ``Vesting()`` is everything at the launch.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: the allocation tables of token launches, as collected in DefiLlama/emissions-adapters.
    """

    __slots__ = ()

    def __new__(
        cls,
        cliff: Amount = 0.0,
        at_cliff: Amount = 0.0,
        duration: Amount = 0.0,
        step: Amount = 0.0,
        at_start: Amount = 0.0,
    ) -> Self:
        """Check the arguments and build the schedule."""
        cliff, duration = non_negative("cliff", cliff), non_negative("duration", duration)
        step, at_cliff = non_negative("step", step), between("at_cliff", at_cliff, 0.0, 1.0)
        at_start = between("at_start", at_start, 0.0, 1.0)
        broadcastable(cliff=cliff, at_cliff=at_cliff, duration=duration, step=step, at_start=at_start)
        return super().__new__(cls, *map(kept, (cliff, at_cliff, duration, step, at_start)))

    @property
    def end(self) -> Amount:
        """When everything has vested (months)."""
        return self.cliff + self.duration

    def vested(self, time: Amount) -> Amount:
        """Ratio of the allocation that has vested at ``time`` (months after the launch; before 0 nothing)."""
        time = finite("time", time)
        elapsed = np.maximum(time - self.cliff, 0.0)
        released = np.minimum(elapsed, _stepped(elapsed, self.step, time))
        over = ~np.asarray(below(time, self.end) & below(released, self.duration, scale=time))
        progress = np.where(over, 1.0, released / np.where(over, 1.0, self.duration))
        scheduled = np.where(below(time, self.cliff), 0.0, self.at_cliff + (1 - self.at_cliff) * progress)
        # Times are counted in months, and the launch may be a difference of such times.
        return plain(np.where(below(time, 0.0, scale=1.0), 0.0, self.at_start + (1 - self.at_start) * scheduled))


def _stepped(elapsed: Amount, step: Amount, time: Amount) -> Amount:
    """``elapsed``, a difference of ``time`` and the cliff, up to its last full step.

    It is beyond any bound if steps are too small to count.
    """
    steps = np.greater(step, 0)
    size = np.where(steps, step, 1.0)
    with np.errstate(over="ignore"):
        full = floor(elapsed / size, scale=np.abs(time) / size) * step
    return np.where(steps, full, elapsed)


def hidden_cliff(cliff: Amount, duration: Amount, step: Amount = 0.0) -> Vesting:
    """Linear from the launch over ``duration`` (months, > 0), shown only from ``cliff`` on, as in OpenZeppelin.

    Raises:
        ValueError: a cliff outside [0, duration].
    """
    duration = between("duration", duration, 0.0, np.inf, low_open=True, high_open=True)
    broadcastable(cliff=cliff, duration=duration)
    cliff = within("cliff", cliff, 0.0, duration)
    return Vesting(cliff, cliff / duration, duration - cliff, step)
