import pytest

from defi_lib.governance import OptimisticGovernor, VotingToken
from defi_lib.ledger import Ledger
from tests.support.contracts import assert_refuses


def moved(amount=7, veto=500):
    balances = {"ann": 49, "ben": 1, "cem": 950}
    token = VotingToken(balances, clock=1)
    for name in balances:
        token = token.delegate(name, name)
    governor = OptimisticGovernor(token.advance(1), ["team"], veto, period=10, treasury=100)
    return governor.propose("team", "dan", amount).after


def test_silence_passes_and_pays_once():
    governor = moved()
    assert governor.advance(10).state(1) == "Open" and governor.advance(11).state(1) == "Ready"
    decision = governor.advance(11).enact(1)
    book = Ledger({"treasury": "treasury", "dan": "member"})
    book.open("treasury", "votes", 100.0)
    book.book(decision)
    assert book.balance("dan", "votes") == 7 and decision.after.treasury == 93
    assert_refuses(lambda: decision.after.enact(1), "motion 1 is Enacted")


def test_objections_reject_exactly_at_the_veto():
    almost = moved().object("ann", 1)
    assert almost.state(1) == "Open"
    assert almost.object("ben", 1).state(1) == "Rejected" == almost.object("ben", 1).advance(99).state(1)


def test_votes_bought_after_the_motion_object_with_nothing():
    governor = moved()
    bought = governor.with_token(governor.token.transfer("cem", "eve", 900).after.delegate("eve", "eve")).advance(1)
    assert_refuses(lambda: bought.object("eve", 1), "votes of 'eve' = 0")
    assert bought.object("cem", 1).state(1) == "Rejected"


def test_a_motion_is_withdrawn_by_its_proposer_only():
    assert moved().withdraw("team", 1).state(1) == "Withdrawn"
    assert_refuses(lambda: moved().withdraw("ann", 1), "proposer = 'ann'")
    assert_refuses(lambda: moved().object("cem", 1).withdraw("team", 1), "motion 1 is Rejected")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: OptimisticGovernor(VotingToken(), []), "proposers = ()"),
        (lambda: OptimisticGovernor(VotingToken(), ["a"], veto=0), "veto = 0 .* from 1 to 10000"),
        (lambda: OptimisticGovernor(VotingToken(), ["a"]).propose("a", "b", 1), "block = 0"),
        (lambda: moved().propose("ann", "ann", 1), "proposer = 'ann'"),
        (lambda: moved().object("ann", 2), "number = 2 .* from 1 to 1"),
        (lambda: moved().object("ann", 1).object("ann", 1), "voter = 'ann' has objected"),
        (lambda: moved().enact(1), "motion 1 is Open and cannot be enacted"),
        (lambda: moved(101).advance(11).enact(1), "motion.amount = 101 .* from 0 to 100"),
        (lambda: moved().advance(11).object("ann", 1), "motion 1 is Ready and cannot be objected to"),
        (lambda: moved().with_token(VotingToken(clock=3)), "token.clock = 3"),
    ],
)
def test_refusals_name_the_argument(call, message):
    assert_refuses(call, message)
