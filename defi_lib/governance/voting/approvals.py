"""Approval voting by the deposits of now: who locks tokens supports all plans named, and the most rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple, Self

from defi_lib.frozen import FrozenDict, Parts
from defi_lib.ledger import Transfer
from defi_lib.validation import at_least, fulfilled, integer, one_of, shown

NOBODY = ""  #: the zero address: it rules at the start, and stands before every other candidate
VERSIONS = ("1.1", "1.2")
LAUNCH_THRESHOLD = 80_000 * 10**18  #: approvals of ``NOBODY`` with which version 1.2 is launched


class _State(NamedTuple):
    block: int
    version: str
    most: int
    hat: str
    live: bool
    deposits: Mapping[str, int]
    slates: Mapping[str, tuple[str, ...]]
    last_locks: Mapping[str, int]


class ApprovalVoting(Parts, _State):
    """Maker's first governance, in whole units: a deposit counts whole for each candidate approved.

    Args:
        block: now, >= 0.
        version: ``"1.1"``, or ``"1.2"``, in which nobody takes tokens out in the block of their last deposit.
        most: candidates that one voter may approve, >= 1.

    There is no snapshot, no quorum and no period. The candidate that rules (the hat) goes on ruling, although its
    approvals fall, until somebody lifts another that has more.

    Raises:
        ValueError: an argument outside its range; what the contract refuses.

    A flash loan rules within one block, with version 1.1:

    >>> chief = ApprovalVoting(block=1).lock("ann", 50).after.vote("ann", ["plan"]).lift("plan")
    >>> chief = chief.lock("thief", 51).after.vote("thief", ["theft"]).lift("theft").free("thief", 51).after
    >>> chief.hat, chief.approvals("theft")
    ('theft', 0)

    Source: DSChief 1.1 and 1.2. The contract stores the sums of approvals; here they are counted, which is the same
    number. It orders candidates by address, here by name. Whose balance suffices is the token's matter.
    """

    __slots__ = ()

    def __new__(cls, block: int = 0, version: str = "1.1", most: int = 5) -> Self:
        """Check the arguments and begin without a deposit."""
        block, version, most = (
            at_least("block", block, 0),
            one_of("version", version, VERSIONS),
            at_least("most", most, 1),
        )
        return super().__new__(cls, block, version, most, NOBODY, False, FrozenDict(), FrozenDict(), FrozenDict())

    def deposit(self, user: str) -> int:
        """Tokens of a user in the contract."""
        return self.deposits.get(user, 0)

    def slate(self, user: str) -> tuple[str, ...]:
        """The candidates that a user approves."""
        return self.slates.get(user, ())

    def approvals(self, candidate: str) -> int:
        """Deposits, as they are now, of all who approve a candidate."""
        return sum(self.deposit(user) for user, slate in self.slates.items() if candidate in slate)

    def advance(self, blocks: int) -> Self:
        """Some blocks (>= 0) later."""
        return self._replace(block=self.block + at_least("blocks", blocks, 0))

    def lock(self, user: str, amount: int) -> ApprovalChange:
        """Put ``amount`` (>= 0) in; it counts at once for what the user approves."""
        after = self._deposited(user, at_least("amount", amount, 0))
        return ApprovalChange(
            self, after._replace(last_locks=FrozenDict({**self.last_locks, user: self.block})), user, amount
        )

    def free(self, user: str, amount: int) -> ApprovalChange:
        """Take ``amount`` out, at most the deposit; the slate stays.

        Raises:
            ValueError: more than the deposit; with version 1.2, the block of the last deposit.
        """
        amount = integer("amount", amount, 0, self.deposit(user))
        last = self.last_locks.get(user, -1) if self.version == "1.2" else -1
        if self.block <= last:
            raise ValueError(f"block = {self.block} is that of the last deposit of {user!r}: allowed is a later one")
        return ApprovalChange(self, self._deposited(user, -amount), user, -amount)

    def vote(self, user: str, slate: Sequence[str]) -> Self:
        """Approve these candidates instead of those before: each once, in ascending order; none is allowed.

        Raises:
            ValueError: too many, twice the same, or another order.
        """
        chosen = tuple(slate)
        rising = all(first < second for first, second in pairwise(chosen))
        if len(chosen) > self.most or not rising:
            raise ValueError(f"slate = {shown(chosen)}: allowed are up to {self.most} candidates in ascending order")
        return self._replace(slates=FrozenDict({**self.slates, user: chosen}))

    def lift(self, candidate: str) -> Self:
        """Let a candidate rule; anybody may.

        Raises:
            ValueError: approvals that are not more than those of the candidate that rules.
        """
        has, needed = self.approvals(candidate), self.approvals(self.hat)
        if has <= needed:
            raise ValueError(f"candidate = {candidate!r} has {has} approvals: allowed are more than {needed}")
        return self._replace(hat=candidate)

    def launch(self) -> Self:
        """Version 1.2 gets its power, once: ``NOBODY`` must rule, with approvals of 80,000 tokens or more.

        Raises:
            ValueError: version 1.1, live already, or too few approvals.
        """
        one_of("version", self.version, VERSIONS[1:])
        fulfilled("live", int(self.live), not self.live, "is a launch once")
        if self.hat != NOBODY:
            raise ValueError(f"hat = {self.hat!r}: allowed is a launch while {NOBODY!r} rules")
        at_least(f"approvals of {NOBODY!r}", self.approvals(NOBODY), LAUNCH_THRESHOLD)
        return self._replace(live=True)

    def _deposited(self, user: str, amount: int) -> Self:
        return self._replace(deposits=FrozenDict({**self.deposits, user: self.deposit(user) + amount}))


class ApprovalChange(NamedTuple):
    """What happened to a deposit."""

    before: ApprovalVoting
    after: ApprovalVoting
    user: str
    amount: int  #: smallest units put in; less than 0 for those taken out

    def transfers(self, asset: str = "MKR", chief: str = "chief") -> tuple[Transfer, ...]:
        """What moved between the user and the contract."""
        payer, payee = (self.user, chief) if self.amount >= 0 else (chief, self.user)
        return (Transfer(payer, payee, float(abs(self.amount)), asset, "lock"),) if self.amount else ()
