"""A governor: proposals, votes by the power of an earlier block, a quorum, a delay, and what the treasury then pays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Self

from defi_lib.frozen import FrozenDict, Parts
from defi_lib.governance.voting.dynamic_quorum import DynamicQuorum
from defi_lib.governance.voting.voting_power import VotingToken
from defi_lib.ledger import Transfer
from defi_lib.validation import at_least, integer, one_of

AGAINST, FOR, ABSTAIN = 0, 1, 2  #: what a voter may say

#: What may become of a proposal.
PENDING, ACTIVE, DEFEATED, SUCCEEDED = "Pending", "Active", "Defeated", "Succeeded"
QUEUED, EXPIRED, EXECUTED, CANCELED = "Queued", "Expired", "Executed", "Canceled"

#: Which votes make up the quorum: Compound counts those in favour, OpenZeppelin's governor abstentions too.
COUNTED = ("for", "for and abstain")


def is_passed(votes_for: int, votes_against: int, abstentions: int, quorum: int, counted: str = "for") -> bool:
    """Whether a vote passes: more for than against, and a quorum of those counted, reached exactly or exceeded.

    Args:
        votes_for, votes_against, abstentions: whole votes, >= 0.
        quorum: whole votes, >= 0.
        counted: ``"for"`` (Compound), or ``"for and abstain"`` (OpenZeppelin).

    Raises:
        ValueError: an argument outside its range.

    >>> is_passed(400, 399, 0, quorum=400), is_passed(399, 0, 1, 400), is_passed(399, 0, 1, 400, "for and abstain")
    (True, False, True)
    """
    votes_for, votes_against = at_least("votes_for", votes_for, 0), at_least("votes_against", votes_against, 0)
    abstentions, quorum = at_least("abstentions", abstentions, 0), at_least("quorum", quorum, 0)
    present = votes_for + (abstentions if one_of("counted", counted, COUNTED) != "for" else 0)
    return votes_for > votes_against and present >= quorum


class Rules(NamedTuple):
    """How a governor decides. Defaults are Compound's, with blocks of 15 seconds."""

    quorum: int = 400_000 * 10**18  #: votes
    threshold: int = 25_000 * 10**18  #: votes that a proposer must have more than, and that protect from a canceller
    voting_delay: int = 1  #: blocks from the proposal to the block whose votes count
    voting_period: int = 5_760  #: blocks
    timelock: int = 172_800  #: seconds from queueing to execution
    grace: int = 1_209_600  #: seconds in which it may be executed
    counted: str = "for"  #: which votes make up the quorum
    dynamic: DynamicQuorum | None = None  #: rises with the votes against; ``quorum`` is then the least


class Proposal(NamedTuple):
    """A proposal that the treasury pay somebody."""

    proposer: str
    payee: str
    amount: int  #: smallest units, out of the treasury
    start: int  #: block whose votes count; voting begins in the next
    end: int  #: last block of the vote
    receipts: Mapping[str, tuple[int, int]] = FrozenDict()  #: what each voter said, and with how many votes
    eta: int = 0  #: seconds, from when it may be executed; 0 before it is queued
    executed: bool = False
    canceled: bool = False

    def tally(self, support: int) -> int:
        """All votes of one kind."""
        return sum(votes for said, votes in self.receipts.values() if said == support)


class _State(NamedTuple):
    token: VotingToken
    rules: Rules
    treasury: int
    time: int
    proposals: Mapping[int, Proposal]


class Governor(Parts, _State):
    """Compound's governor with its timelock, in whole units.

    Args:
        token: whose clock counts blocks.
        rules: how it decides.
        treasury: smallest units that it may pay out, >= 0.
        time: now (seconds), >= 0.

    Votes count as of ``start``, so that what is bought, borrowed or delegated later votes with nothing, and what is
    sold later votes all the same.

    Raises:
        ValueError: an argument outside its range; what the contract refuses.

    >>> token = VotingToken({"ann": 10}, clock=1).delegate("ann", "ann").advance(1)
    >>> governor = Governor(token, Rules(quorum=5, threshold=1, voting_period=3, timelock=10), treasury=100)
    >>> governor = governor.propose("ann", "ben", 7).after.advance(2, 24).vote("ann", 1, FOR).advance(3, 36)
    >>> governor = governor.queue(1).advance(1, 10)
    >>> governor.execute(1).after.treasury, governor.state(1)
    (93, 'Queued')

    Source: Compound's GovernorBravo and Timelock. A proposal here pays out of the treasury; the contract makes any
    call. Its guardian, its whitelist of proposers and votes by signature are left out.
    """

    __slots__ = ()

    def __new__(cls, token: VotingToken, rules: Rules | None = None, treasury: int = 0, time: int = 0) -> Self:
        """Check the arguments, and begin without a proposal."""
        rules = rules or Rules()
        for name, value in zip(Rules._fields[:-2], rules[:-2], strict=True):
            at_least(f"rules.{name}", value, 0)
        one_of("rules.counted", rules.counted, COUNTED)
        if rules.dynamic is not None:
            rules.dynamic.checked("rules.dynamic.")
        treasury, time = at_least("treasury", treasury, 0), at_least("time", time, 0)
        return super().__new__(cls, token, rules, treasury, time, FrozenDict())

    @property
    def block(self) -> int:
        """Now, as the token counts it."""
        return self.token.clock

    def advance(self, blocks: int, seconds: int) -> Self:
        """Some blocks and seconds later."""
        return self._replace(token=self.token.advance(blocks), time=self.time + at_least("seconds", seconds, 0))

    def with_token(self, token: VotingToken) -> Self:
        """After something happened to the tokens in this block."""
        if token.clock != self.block:
            raise ValueError(f"token.clock = {token.clock} is another block: allowed is {self.block}")
        return self._replace(token=token)

    def state(self, number: int) -> str:
        """What has become of a proposal, asked in the contract's order."""
        proposal, rules = self._proposal(number), self.rules
        tallies = (proposal.tally(FOR), proposal.tally(AGAINST), proposal.tally(ABSTAIN))
        if proposal.canceled:
            return CANCELED
        if self.block <= proposal.start:
            return PENDING
        if self.block <= proposal.end:
            return ACTIVE
        if not is_passed(*tallies, self.quorum(number), rules.counted):
            return DEFEATED
        if not proposal.eta:
            return SUCCEEDED
        if proposal.executed:
            return EXECUTED
        return EXPIRED if self.time >= proposal.eta + rules.grace else QUEUED

    def quorum(self, number: int) -> int:
        """Votes that a proposal needs, as its votes against stand now; where the rule is dynamic, at least that.

        The supply is the one at the end of the block in which it was proposed, or of the last block before now.
        """
        proposal, dynamic = self._proposal(number), self.rules.dynamic
        proposed = min(proposal.start - self.rules.voting_delay, self.block - 1)
        supply = self.token.past_supply(proposed) if dynamic is not None and proposed >= 0 else 0
        asked = dynamic.votes(proposal.tally(AGAINST), supply) if dynamic is not None and supply else 0
        return max(self.rules.quorum, asked)

    def propose(self, proposer: str, payee: str, amount: int) -> Decision:
        """Propose that the treasury pay ``amount`` (>= 0) to ``payee``.

        Raises:
            ValueError: votes of the block before that are not more than the threshold, or a live proposal of the same.
        """
        had = self._votes_before(proposer)
        if had <= self.rules.threshold:
            raise ValueError(f"proposer = {proposer!r} had {had} votes: allowed are more than {self.rules.threshold}")
        live = [n for n, each in self.proposals.items() if each.proposer == proposer and self._is_live(n)]
        if live:
            raise ValueError(f"proposer = {proposer!r} has proposal {live[0]} under way: allowed is one at a time")
        start = self.block + self.rules.voting_delay
        new = Proposal(proposer, payee, at_least("amount", amount, 0), start, start + self.rules.voting_period)
        number = len(self.proposals) + 1
        return Decision(self, self._with(number, new), number)

    def vote(self, voter: str, number: int, support: int) -> Self:
        """Vote ``AGAINST``, ``FOR`` or ``ABSTAIN``, once, with the votes of the start block, be they none."""
        proposal, support = self._proposal(number), integer("support", support, AGAINST, ABSTAIN)
        self._needs(number, ACTIVE, "voted on")
        if voter in proposal.receipts:
            raise ValueError(f"voter = {voter!r} has voted on proposal {number}: allowed is one vote each")
        votes = self.token.past_votes(voter, proposal.start)
        return self._with(
            number, proposal._replace(receipts=FrozenDict({**proposal.receipts, voter: (support, votes)}))
        )

    def queue(self, number: int) -> Self:
        """Start the timelock of a proposal that has succeeded; anybody may."""
        self._needs(number, SUCCEEDED, "queued")
        return self._with(number, self._proposal(number)._replace(eta=self.time + self.rules.timelock))

    def execute(self, number: int) -> Decision:
        """Let the treasury pay, after the timelock; anybody may.

        Raises:
            ValueError: not queued, too early, or more than the treasury has.
        """
        self._needs(number, QUEUED, "executed")
        proposal = self._proposal(number)
        if self.time < proposal.eta:
            raise ValueError(f"time = {self.time} is before the end of the timelock: allowed from {proposal.eta} on")
        integer("proposal.amount", proposal.amount, 0, self.treasury)
        after = self._with(number, proposal._replace(executed=True))
        return Decision(self, after._replace(treasury=self.treasury - proposal.amount), number, proposal.amount)

    def cancel(self, canceller: str, number: int) -> Self:
        """Stop a proposal that is not executed: its proposer may, anybody once they have less than the threshold."""
        proposal = self._proposal(number)
        if self.state(number) == EXECUTED:
            raise ValueError(f"proposal {number} is executed: allowed is one that is not")
        has = self._votes_before(proposal.proposer)
        if canceller != proposal.proposer and has >= self.rules.threshold:
            raise ValueError(
                f"canceller = {canceller!r} is not the proposer, who has {has} votes: allowed is the proposer"
            )
        return self._with(number, proposal._replace(canceled=True))

    def _votes_before(self, user: str) -> int:
        """Votes at the end of the block before this one."""
        return self.token.past_votes(user, self.block - 1) if self.block else 0

    def _is_live(self, number: int) -> bool:
        return self.state(number) in (PENDING, ACTIVE)

    def _needs(self, number: int, wanted: str, verb: str) -> None:
        state = self.state(number)
        if state != wanted:
            raise ValueError(f"proposal {number} is {state} and cannot be {verb}: allowed is one that is {wanted}")

    def _proposal(self, number: int) -> Proposal:
        return self.proposals[integer("number", number, 1, len(self.proposals))]

    def _with(self, number: int, proposal: Proposal) -> Self:
        return self._replace(proposals=FrozenDict({**self.proposals, number: proposal}))


class Decision(NamedTuple):
    """A proposal made, or carried out."""

    before: Governor
    after: Governor
    number: int
    paid: int = 0  #: smallest units that left the treasury

    def transfers(self, treasury: str = "treasury", asset: str = "votes") -> tuple[Transfer, ...]:
        """What the treasury paid."""
        payee = self.after.proposals[self.number].payee
        return (Transfer(treasury, payee, float(self.paid), asset, "grant"),) if self.paid else ()
