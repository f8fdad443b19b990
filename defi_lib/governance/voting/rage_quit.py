"""Rage quit: who does not agree with a decision leaves before it is carried out, with a part of everything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Self

from defi_lib.frozen import FrozenDict, Parts
from defi_lib.ledger import Transfer
from defi_lib.ledger.transfer import actual
from defi_lib.validation import at_least, integer


class GuildRules(NamedTuple):
    """How a guild decides. Defaults are Moloch's, in periods of 4.8 hours."""

    voting: int = 35  #: periods in which votes are given
    grace: int = 35  #: periods after them in which who did not vote yes may leave
    dilution: int = 3  #: a proposal fails if claims at its largest yes vote are more than this times those left


class GuildProposal(NamedTuple):
    """A proposal that the bank pay somebody."""

    payee: str
    asset: str
    amount: int  #: smallest units, out of the bank
    start: int  #: first period of the vote
    votes: Mapping[str, tuple[bool, int]] = FrozenDict()  #: what each voter said (True: yes), with how many shares
    most_claims: int = 0  #: all claims at the last yes vote at which they were the most
    processed: bool = False
    paid: int = 0  #: smallest units

    def tally(self, yes: bool) -> int:
        """Shares that voted yes, or no."""
        return sum(shares for said, shares in self.votes.values() if said == yes)


class _State(NamedTuple):
    shares: Mapping[str, int]
    loot: Mapping[str, int]
    bank: Mapping[str, int]
    rules: GuildRules
    period: int
    proposals: Mapping[int, GuildProposal]


class Guild(Parts, _State):
    """A treasury whose members may leave with their part, in whole units.

    Args:
        shares: of each member, >= 0: they vote, and claim a part of the bank.
        bank: smallest units of each asset, >= 0.
        loot: of each member, >= 0: claims without a vote.
        rules: how it decides.

    Who leaves burns claims c and gets ``⌊balance·c/all claims⌋`` of every asset. Who has voted yes is bound until that
    proposal is processed. So nobody can be made to lose more than what they leave in: a majority can only spend the
    money of those who agree or sleep.

    Raises:
        ValueError: an argument outside its range; what the contract refuses.

    >>> guild = Guild({"ann": 60, "ben": 40}, {"DAI": 1_000}, rules=GuildRules(voting=1, grace=1))
    >>> guild = guild.propose("ann", "DAI", 1_000).vote("ann", 1, yes=True).advance(1)
    >>> left = guild.quit("ben", 40)
    >>> left.moved, left.after.advance(1).process(1).moved
    (FrozenDict({'DAI': 400}), FrozenDict({}))

    The theft of everything finds less than it asks for, and fails. Source: Moloch v2. There a proposal may also bring
    tribute and give shares, it needs a sponsor and a deposit, and proposals are processed in the order of the queue.
    """

    __slots__ = ()

    def __new__(
        cls,
        shares: Mapping[str, int],
        bank: Mapping[str, int],
        loot: Mapping[str, int] | None = None,
        rules: GuildRules | None = None,
    ) -> Self:
        """Check the arguments, and begin without a proposal."""
        rules = rules or GuildRules()
        for name, value in zip(rules._fields, rules, strict=True):
            at_least(f"rules.{name}", value, 1 if name in ("voting", "dilution") else 0)
        parts = {"shares": shares, "loot": loot or {}, "bank": bank}
        checked = [
            FrozenDict({each: at_least(f"{name}[{each!r}]", value, 0) for each, value in part.items()})
            for name, part in parts.items()
        ]
        return super().__new__(cls, checked[0], checked[1], checked[2], rules, 0, FrozenDict())

    @property
    def claims(self) -> int:
        """All shares and all loot."""
        return sum(self.shares.values()) + sum(self.loot.values())

    def advance(self, periods: int) -> Self:
        """Some periods (>= 0) later."""
        return self._replace(period=self.period + at_least("periods", periods, 0))

    def propose(self, payee: str, asset: str, amount: int) -> Self:
        """Propose that the bank pay ``amount`` (>= 0) of an asset; the vote begins now."""
        new = GuildProposal(payee, asset, at_least("amount", amount, 0), self.period)
        return self._with(len(self.proposals) + 1, new)

    def vote(self, member: str, number: int, yes: bool) -> Self:
        """Vote with all shares of now, once.

        Raises:
            ValueError: no shares, after the voting time, or a second vote.
        """
        proposal, shares = self._proposal(number), self.shares.get(member, 0)
        at_least(f"shares of {member!r}", shares, 1)
        last = proposal.start + self.rules.voting - 1
        if self.period > last:
            raise ValueError(f"period = {self.period} is after the vote on proposal {number}: allowed until {last}")
        if member in proposal.votes:
            raise ValueError(f"member = {member!r} has voted on proposal {number}: allowed is one vote each")
        most = max(proposal.most_claims, self.claims) if yes else proposal.most_claims
        votes = FrozenDict({**proposal.votes, member: (bool(yes), shares)})
        return self._with(number, proposal._replace(votes=votes, most_claims=most))

    def quit(self, member: str, shares: int = 0, loot: int = 0) -> GuildChange:
        """Burn claims and leave with their part of every asset.

        Raises:
            ValueError: more than the member has, nothing, or a yes vote on a proposal that is not processed.
        """
        shares = integer("shares", shares, 0, self.shares.get(member, 0))
        loot = integer("loot", loot, 0, self.loot.get(member, 0))
        burned = at_least("shares + loot", shares + loot, 1)
        bound = [n for n, each in self.proposals.items() if not each.processed and each.votes.get(member, (False,))[0]]
        if bound:
            raise ValueError(f"member = {member!r} has voted yes on proposal {bound[0]}: allowed once it is processed")
        moved = {asset: held * burned // self.claims for asset, held in self.bank.items()}
        after = self._replace(
            shares=FrozenDict({**self.shares, member: self.shares.get(member, 0) - shares}),
            loot=FrozenDict({**self.loot, member: self.loot.get(member, 0) - loot}),
        )
        return GuildChange(self, after._without(moved), member, FrozenDict(_some(moved)), "rage quit")

    def is_passed(self, number: int) -> bool:
        """Whether more shares said yes than no, not too many have left, and the bank has what is asked for."""
        proposal = self._proposal(number)
        diluted = self.claims * self.rules.dilution < proposal.most_claims
        enough = proposal.amount <= self.bank.get(proposal.asset, 0)
        return proposal.tally(True) > proposal.tally(False) and not diluted and enough

    def process(self, number: int) -> GuildChange:
        """Carry a proposal out, or drop it, after the grace period; anybody may.

        Raises:
            ValueError: too early, or a second time.
        """
        proposal = self._proposal(number)
        first = proposal.start + self.rules.voting + self.rules.grace
        if proposal.processed or self.period < first:
            state = "is processed" if proposal.processed else f"waits until period {first}"
            raise ValueError(f"proposal {number} {state}: allowed is one that is neither")
        paid = proposal.amount if self.is_passed(number) else 0
        moved = _some({proposal.asset: paid})
        after = self._with(number, proposal._replace(processed=True, paid=paid))._without(moved)
        return GuildChange(self, after, proposal.payee, FrozenDict(moved), "grant")

    def _proposal(self, number: int) -> GuildProposal:
        return self.proposals[integer("number", number, 1, len(self.proposals))]

    def _with(self, number: int, proposal: GuildProposal) -> Self:
        return self._replace(proposals=FrozenDict({**self.proposals, number: proposal}))

    def _without(self, moved: Mapping[str, int]) -> Self:
        left = {asset: held - moved.get(asset, 0) for asset, held in self.bank.items()}
        return self._replace(bank=FrozenDict(left))


class GuildChange(NamedTuple):
    """What left the bank."""

    before: Guild
    after: Guild
    payee: str
    moved: Mapping[str, int]  #: smallest units of each asset
    reason: str

    def transfers(self, bank: str = "guild") -> tuple[Transfer, ...]:
        """What the payee got of each asset."""
        return actual(
            Transfer(bank, self.payee, float(amount), asset, self.reason) for asset, amount in self.moved.items()
        )


def _some(moved: Mapping[str, int]) -> dict[str, int]:
    return {asset: amount for asset, amount in moved.items() if amount}
