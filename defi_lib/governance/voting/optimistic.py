"""Optimistic voting: what a trusted party proposes is done, unless enough votes object in time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple, Self

from defi_lib.frozen import FrozenDict, Parts
from defi_lib.governance.voting.voting_power import VotingToken
from defi_lib.ledger import Transfer
from defi_lib.validation import at_least, integer, one_of

WHOLE = 10_000  #: basis points

#: What may become of a motion.
OPEN, REJECTED, READY, ENACTED, WITHDRAWN = "Open", "Rejected", "Ready", "Enacted", "Withdrawn"


class Motion(NamedTuple):
    """A payment that is made unless somebody objects."""

    proposer: str
    payee: str
    amount: int  #: smallest units, out of the treasury
    start: int  #: block in which it was made; votes are those at the end of the block before
    end: int  #: last block in which objections count
    objections: Mapping[str, int] = FrozenDict()  #: votes of each who objected
    enacted: bool = False
    withdrawn: bool = False


class _State(NamedTuple):
    token: VotingToken
    proposers: tuple[str, ...]
    veto: int
    period: int
    treasury: int
    motions: Mapping[int, Motion]


class OptimisticGovernor(Parts, _State):
    """Motions that pass in silence, in whole units: votes are needed to stop one, not to pass it.

    Args:
        token: whose clock counts blocks, and whose votes may object.
        proposers: who may make a motion; at least one.
        veto: objections that reject a motion (basis points of the supply), from 1 to 10,000; 50 at Lido.
        period: blocks in which one may object, >= 1.
        treasury: smallest units that it may pay out, >= 0.

    A motion is rejected once ``⌊10⁴·objections/supply⌋ >= veto``, by the votes at the end of the block before it was
    made. So apathy, which stops other governors, passes everything here: all hangs on who may propose and who watches.

    Raises:
        ValueError: an argument outside its range; what the contract refuses.

    >>> token = VotingToken({"ann": 4, "ben": 96}, clock=1).delegate("ann", "ann").advance(1)
    >>> governor = OptimisticGovernor(token, ["team"], veto=500, period=10, treasury=100)
    >>> governor = governor.propose("team", "cem", 7).after
    >>> governor.object("ann", 1).state(1), governor.advance(11).enact(1).after.treasury
    ('Open', 93)

    Source: Lido's Easy Track (objections of 0.5 % of the supply in 72 hours). There a rejected motion is deleted, each
    kind of motion has its own trusted proposer, and votes are balances, not delegated.
    """

    __slots__ = ()

    def __new__(
        cls, token: VotingToken, proposers: Iterable[str], veto: int = 50, period: int = 20_000, treasury: int = 0
    ) -> Self:
        """Check the arguments, and begin without a motion."""
        trusted = tuple(dict.fromkeys(proposers))
        if not trusted:
            raise ValueError("proposers = () is empty: allowed is at least one")
        veto, period = integer("veto", veto, 1, WHOLE), at_least("period", period, 1)
        treasury = at_least("treasury", treasury, 0)
        return super().__new__(cls, token, trusted, veto, period, treasury, FrozenDict())

    def advance(self, blocks: int) -> Self:
        """Some blocks (>= 0) later."""
        return self._replace(token=self.token.advance(blocks))

    def with_token(self, token: VotingToken) -> Self:
        """After something happened to the tokens in this block."""
        if token.clock != self.token.clock:
            raise ValueError(f"token.clock = {token.clock} is another block: allowed is {self.token.clock}")
        return self._replace(token=token)

    def state(self, number: int) -> str:
        """What has become of a motion."""
        motion = self._motion(number)
        if motion.withdrawn or motion.enacted:
            return WITHDRAWN if motion.withdrawn else ENACTED
        supply = self._supply(motion)
        if supply and WHOLE * sum(motion.objections.values()) // supply >= self.veto:
            return REJECTED
        return OPEN if self.token.clock <= motion.end else READY

    def propose(self, proposer: str, payee: str, amount: int) -> OptimisticDecision:
        """Move that the treasury pay ``amount`` (>= 0) to ``payee``.

        Raises:
            ValueError: somebody who may not, or the first block, which has no votes of before.
        """
        one_of("proposer", proposer, self.proposers)
        at_least("block", self.token.clock, 1)
        start = self.token.clock
        motion = Motion(proposer, payee, at_least("amount", amount, 0), start, start + self.period)
        number = len(self.motions) + 1
        return OptimisticDecision(self, self._with(number, motion), number)

    def object(self, voter: str, number: int) -> Self:
        """Object with all votes, once.

        Raises:
            ValueError: a motion that is not open, no votes, or an objection before.
        """
        motion = self._motion(number)
        self._needs(number, OPEN, "objected to")
        if voter in motion.objections:
            raise ValueError(f"voter = {voter!r} has objected to motion {number}: allowed is one objection each")
        votes = at_least(f"votes of {voter!r}", self.token.past_votes(voter, motion.start - 1), 1)
        return self._with(number, motion._replace(objections=FrozenDict({**motion.objections, voter: votes})))

    def enact(self, number: int) -> OptimisticDecision:
        """Let the treasury pay, after the period; anybody may.

        Raises:
            ValueError: a motion that is not ready, or more than the treasury has.
        """
        self._needs(number, READY, "enacted")
        motion = self._motion(number)
        integer("motion.amount", motion.amount, 0, self.treasury)
        after = self._with(number, motion._replace(enacted=True))._replace(treasury=self.treasury - motion.amount)
        return OptimisticDecision(self, after, number, motion.amount)

    def withdraw(self, proposer: str, number: int) -> Self:
        """Take back one's own motion before it is enacted or rejected."""
        motion = self._motion(number)
        one_of("proposer", proposer, [motion.proposer])
        if self.state(number) not in (OPEN, READY):
            raise ValueError(f"motion {number} is {self.state(number)}: allowed is one that is {OPEN} or {READY}")
        return self._with(number, motion._replace(withdrawn=True))

    def _supply(self, motion: Motion) -> int:
        return self.token.past_supply(motion.start - 1)

    def _needs(self, number: int, wanted: str, verb: str) -> None:
        state = self.state(number)
        if state != wanted:
            raise ValueError(f"motion {number} is {state} and cannot be {verb}: allowed is one that is {wanted}")

    def _motion(self, number: int) -> Motion:
        return self.motions[integer("number", number, 1, len(self.motions))]

    def _with(self, number: int, motion: Motion) -> Self:
        return self._replace(motions=FrozenDict({**self.motions, number: motion}))


class OptimisticDecision(NamedTuple):
    """A motion made, or carried out."""

    before: OptimisticGovernor
    after: OptimisticGovernor
    number: int
    paid: int = 0  #: smallest units that left the treasury

    def transfers(self, treasury: str = "treasury", asset: str = "votes") -> tuple[Transfer, ...]:
        """What the treasury paid."""
        payee = self.after.motions[self.number].payee
        return (Transfer(treasury, payee, float(self.paid), asset, "grant"),) if self.paid else ()
