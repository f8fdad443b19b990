import pytest

from defi_lib.governance import ABSTAIN, AGAINST, FOR, Governor, Rules, VotingToken, is_passed
from defi_lib.ledger import Ledger
from tests.support.contracts import assert_refuses
from tests.support.vectors import cases

CASES = cases("compound_governor_bravo")


def begin(case):
    """The governor of the file, before its first step."""
    state, params = case["state_before"], case["params"]
    names = ("quorum_votes", "proposal_threshold", "voting_delay", "voting_period", "timelock_delay", "grace_period")
    token = VotingToken(
        {name: int(user["balance"]) for name, user in state["users"].items()}, int(state["block_number"])
    )
    rules = Rules(*(int(params[name]) for name in names))
    return Governor(token, rules, int(state["treasury"]), int(state["block_timestamp"]))


def act(governor, case):
    """The governor after a step of the contract."""
    inputs, op, token = case["inputs"], case["op"], governor.token
    number = int(inputs.get("proposal", 0))
    if op == "delegate":
        return governor.with_token(token.delegate(inputs["user"], inputs["to"]))
    if op == "transfer":
        return governor.with_token(token.transfer(inputs["user"], inputs["to"], int(inputs["amount"])).after)
    if op == "roll":
        return governor.advance(int(inputs["blocks"]), int(inputs["seconds"]))
    if op == "propose":
        return governor.propose(inputs["user"], inputs["to"], int(inputs["amount"])).after
    if op == "cast_vote":
        return governor.vote(inputs["user"], number, int(inputs["support"]))
    if op == "cancel":
        return governor.cancel(inputs["user"], number)
    if op == "queue":
        return governor.queue(number)
    decision = governor.execute(number)
    payee, paid = decision.after.proposals[number].payee, decision.paid
    token = decision.after.token  # what the treasury pays arrives in tokens that vote
    return decision.after.with_token(token._replace(balances={**token.balances, payee: token.balance(payee) + paid}))


def compare(governor, state):
    assert (governor.block, governor.time) == (int(state["block_number"]), int(state["block_timestamp"]))
    assert governor.treasury == int(state["treasury"])
    for name, want in state["users"].items():
        assert governor.token.balance(name) == int(want["balance"]) and governor.token.votes(name) == int(want["votes"])
        assert [[str(n), str(v)] for n, v in governor.token.history.get(name, ())] == want["checkpoints"]
    assert [str(number) for number in governor.proposals] == list(state["proposals"])
    for number, want in state["proposals"].items():
        proposal = governor.proposals[int(number)]
        assert governor.state(int(number)) == want["state"]
        assert (proposal.start, proposal.end) == (int(want["start_block"]), int(want["end_block"]))
        tallies = tuple(int(want[f"{name}_votes"]) for name in ("for", "against", "abstain"))
        assert tuple(map(proposal.tally, (FOR, AGAINST, ABSTAIN))) == tallies
        assert proposal.eta == int(want["eta"]) and (proposal.executed, proposal.canceled) == (
            want["executed"],
            want["canceled"],
        )


def test_every_step_of_the_contract():
    governor = begin(CASES[0])
    for case in CASES:
        if case["outputs"]["reverted"]:
            with pytest.raises(ValueError):
                act(governor, case)
        else:
            governor = act(governor, case)
        compare(governor, case["state_after"])


@pytest.mark.parametrize(
    ("tally", "quorum", "compound", "openzeppelin"),
    [
        ((4, 3, 0), 4, True, True),
        ((3, 3, 0), 3, False, False),
        ((3, 2, 1), 4, False, True),
        ((0, 0, 9), 0, False, False),
    ],
)
def test_what_counts_towards_the_quorum(tally, quorum, compound, openzeppelin):
    assert is_passed(*tally, quorum) == compound and is_passed(*tally, quorum, "for and abstain") == openzeppelin


def passed(amount=7):
    token = VotingToken({"ann": 10, "ben": 9}, clock=1).delegate("ann", "ann").delegate("ben", "ben").advance(1)
    governor = Governor(token, Rules(quorum=5, threshold=1, voting_period=3, timelock=10, grace=20), treasury=100)
    governor = governor.propose("ann", "cem", amount).after.advance(2, 24).vote("ann", 1, FOR).vote("ben", 1, AGAINST)
    return governor.advance(3, 36)


def test_the_treasury_pays_once_after_the_timelock_and_within_the_grace_period():
    governor = passed().queue(1)
    for seconds, state in ((9, "Queued"), (29, "Queued"), (30, "Expired")):
        assert governor.advance(0, seconds).state(1) == state
    decision = governor.advance(0, 10).execute(1)
    book = Ledger({"treasury": "treasury", "cem": "member"})
    book.open("treasury", "votes", 100.0)
    book.book(decision)
    assert book.balance("cem", "votes") == 7 and decision.after.treasury == 93
    with pytest.raises(ValueError, match="proposal 1 is Executed"):
        decision.after.execute(1)


def test_anybody_may_cancel_once_the_proposer_has_too_few_votes():
    governor = passed()
    assert governor.cancel("ann", 1).state(1) == "Canceled"
    sold = governor.with_token(governor.token.transfer("ann", "ben", 10).after).advance(1, 12)
    assert sold.cancel("stranger", 1).state(1) == "Canceled"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: passed().queue(2), "number = 2 .* from 1 to 1"),
        (lambda: passed().cancel("ben", 1), "canceller = 'ben' is not the proposer, who has 10 votes"),
        (lambda: passed().vote("cem", 1, FOR), "proposal 1 is Succeeded and cannot be voted on"),
        (lambda: passed().queue(1).execute(1), "time = 60 is before the end of the timelock: allowed from 70 on"),
        (lambda: passed(101).queue(1).advance(0, 10).execute(1), "proposal.amount = 101 .* from 0 to 100"),
        (lambda: Governor(VotingToken(), Rules(quorum=-1)), "rules.quorum = -1"),
        (lambda: Governor(VotingToken(), Rules(counted="all")), "rules.counted = 'all'"),
    ],
)
def test_refusals_name_the_argument(call, message):
    assert_refuses(call, message)
