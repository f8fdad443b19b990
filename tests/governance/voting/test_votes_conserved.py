"""Whatever holders and voters do, no vote is made or lost, and nobody votes twice."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from defi_lib.governance import Governor, Rules, VotingToken

NAMES = ("ann", "ben", "cem", "dan")
names = st.sampled_from(NAMES)
RULES = Rules(quorum=10, threshold=0, voting_delay=1, voting_period=4, timelock=10, grace=30)


class Assembly(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        token = VotingToken({"ann": 40, "ben": 30, "cem": 20, "dan": 10}, clock=1).delegate("ann", "ann")
        self.governor = Governor(token, RULES, treasury=1_000).advance(1, 12)
        self.paid = 0

    def with_token(self, token):
        self.governor = self.governor.with_token(token)

    @rule(payer=names, payee=names, part=st.floats(0, 1))
    def transfer(self, payer, payee, part):
        token = self.governor.token
        self.with_token(token.transfer(payer, payee, int(part * token.balance(payer))).after)

    @rule(holder=names, to=st.none() | names)
    def delegate(self, holder, to):
        self.with_token(self.governor.token.delegate(holder, to))

    @rule(blocks=st.integers(0, 5))
    def wait(self, blocks):
        self.governor = self.governor.advance(blocks, 12 * blocks)

    @rule(proposer=names, amount=st.integers(0, 700))
    def propose(self, proposer, amount):
        self.tried(lambda: self.governor.propose(proposer, "payee", amount).after)

    @precondition(lambda self: self.governor.proposals)
    @rule(voter=names, support=st.integers(0, 2))
    def vote(self, voter, support):
        number = len(self.governor.proposals)
        before = self.governor.proposals[number].receipts
        if self.tried(lambda: self.governor.vote(voter, number, support)):
            assert voter not in before, "a second vote"

    @precondition(lambda self: self.governor.proposals)
    @rule()
    def queue(self):
        self.tried(lambda: self.governor.queue(len(self.governor.proposals)))

    @precondition(lambda self: self.governor.proposals)
    @rule(canceller=names)
    def cancel(self, canceller):
        self.tried(lambda: self.governor.cancel(canceller, len(self.governor.proposals)))

    @precondition(lambda self: self.governor.proposals)
    @rule()
    def execute(self):
        number = len(self.governor.proposals)
        if self.tried(lambda: self.governor.execute(number).after):
            self.paid += self.governor.proposals[number].amount

    def tried(self, act):
        """Whether it was allowed; what is refused changes nothing."""
        try:
            self.governor = act()
        except ValueError:
            return False
        return True

    @invariant()
    def votes_are_the_tokens_of_who_delegates(self):
        token = self.governor.token
        assert sum(token.balances.values()) == token.supply == 100
        for user in NAMES:
            assert token.votes(user) == sum(token.balance(each) for each in NAMES if token.delegates.get(each) == user)

    @invariant()
    def no_proposal_has_more_votes_than_there_were(self):
        for proposal in self.governor.proposals.values():
            cast = sum(votes for _, votes in proposal.receipts.values())
            assert cast <= 100 and sum(map(proposal.tally, (0, 1, 2))) == cast

    @invariant()
    def what_is_paid_left_the_treasury(self):
        assert self.governor.treasury + self.paid == 1_000


TestAssembly = Assembly.TestCase
TestAssembly.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
