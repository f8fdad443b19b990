"""Quadratic voting over projects, as in the contract: v votes cost v² credits, and votes divide a pool."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isqrt
from typing import NamedTuple, Self

from defi_lib.frozen import FrozenDict, Parts
from defi_lib.ledger import Transfer
from defi_lib.validation import at_least, integer, one_of

ONE_VOTE = 10**9  #: smallest units of a vote


class _State(NamedTuple):
    voters: tuple[str, ...]
    recipients: tuple[str, ...]
    pool: int
    most: int
    start: int
    end: int
    time: int
    credits: Mapping[tuple[str, str], int]
    paid: Mapping[str, int]


class QuadraticVoting(Parts, _State):
    """A round in which admitted voters spend credits on accepted recipients, in whole units.

    Args:
        voters, recipients: who may vote, and for whom.
        pool: smallest units that are divided, >= 0.
        most: credits of each voter, >= 0.
        start, end: seconds; allocations are allowed from the first to the last, ``end >= start``.
        time: now (seconds), >= 0.

    A voter's votes for one recipient are ``⌊√(credits·10¹⁸)⌋`` (1e9 = one vote), of all credits given to it so far:
    many small allocations are as good as one. The payout is ``⌊pool·votes/all votes⌋``.

    Raises:
        ValueError: an argument outside its range; what the contract refuses.

    >>> round_ = QuadraticVoting(["ann", "ben"], ["park", "school"], 1_000, most=100, start=0, end=9)
    >>> round_ = round_.allocate("ann", "park", 100).allocate("ben", "school", 25).advance(10)
    >>> round_.distribute("park").paid, round_.distribute("school").paid
    (666, 333)

    Source: Allo v2, QVSimpleStrategy. Admission and acceptance happen before the round here.
    """

    __slots__ = ()

    def __new__(
        cls,
        voters: Sequence[str],
        recipients: Sequence[str],
        pool: int,
        most: int,
        start: int,
        end: int,
        time: int = 0,
    ) -> Self:
        """Check the arguments, and begin without an allocation."""
        pool, most, time = at_least("pool", pool, 0), at_least("most", most, 0), at_least("time", time, 0)
        start = at_least("start", start, 0)
        end = at_least("end", end, start)
        names = tuple(voters), tuple(recipients)
        return super().__new__(cls, *names, pool, most, start, end, time, FrozenDict(), FrozenDict())

    def advance(self, seconds: int) -> Self:
        """Some seconds (>= 0) later."""
        return self._replace(time=self.time + at_least("seconds", seconds, 0))

    def spent(self, voter: str) -> int:
        """Credits that a voter has given away."""
        return sum(given for (giver, _), given in self.credits.items() if giver == voter)

    def votes(self, recipient: str) -> int:
        """All votes for a recipient (1e9 = one vote)."""
        return sum(_votes(given) for (_, receiver), given in self.credits.items() if receiver == recipient)

    @property
    def total_votes(self) -> int:
        """All votes (1e9 = one vote)."""
        return sum(map(_votes, self.credits.values()))

    def allocate(self, voter: str, recipient: str, amount: int) -> Self:
        """Give ``amount`` (>= 1) more credits to a recipient; they cannot be taken back.

        Raises:
            ValueError: a time, a voter or a recipient that is not allowed, or more credits than are left.
        """
        one_of("voter", voter, self.voters)
        one_of("recipient", recipient, self.recipients)
        integer("time", self.time, self.start, self.end)
        amount = integer("amount", amount, 1, self.most - self.spent(voter))
        given = self.credits.get((voter, recipient), 0) + amount
        return self._replace(credits=FrozenDict({**self.credits, (voter, recipient): given}))

    def payout(self, recipient: str) -> int:
        """What a recipient would get if it ended now; 0 once it is paid."""
        every = self.total_votes
        return 0 if recipient in self.paid or not every else self.pool * self.votes(recipient) // every

    def distribute(self, recipient: str) -> QuadraticPayout:
        """Pay a recipient, once, after the end.

        Raises:
            ValueError: too early, a recipient that is paid, or one without votes.
        """
        one_of("recipient", recipient, self.recipients)
        at_least("time", self.time, self.end + 1)
        if recipient in self.paid:
            raise ValueError(f"recipient = {recipient!r} is paid: allowed is once each")
        amount = at_least(f"payout of {recipient!r}", self.payout(recipient), 1)
        return QuadraticPayout(
            self, self._replace(paid=FrozenDict({**self.paid, recipient: amount})), recipient, amount
        )


class QuadraticPayout(NamedTuple):
    """A recipient was paid."""

    before: QuadraticVoting
    after: QuadraticVoting
    recipient: str
    paid: int  #: smallest units

    def transfers(self, pool: str = "matching pool", asset: str = "grant") -> tuple[Transfer, ...]:
        """What the pool paid."""
        return (Transfer(pool, self.recipient, float(self.paid), asset, "grant"),)


def _votes(given: int) -> int:
    return isqrt(given * ONE_VOTE**2)
