import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.governance import AGAINST, FOR, DynamicQuorum, Governor, Rules, VotingToken
from tests.support.contracts import assert_refuses
from tests.support.vectors import cases


def rule(case):
    return DynamicQuorum(*(int(case["params"][name]) for name in ("min_bps", "max_bps", "coefficient")))


@pytest.mark.parametrize("case", cases("nouns_dynamic_quorum"), ids=lambda case: case["id"])
def test_every_case_of_the_contract(case):
    against, supply = int(case["inputs"]["against"]), int(case["inputs"]["supply"])
    if case["outputs"]["reverted"]:
        with pytest.raises(ValueError, match="supply = 0"):
            rule(case).votes(against, supply)
    else:
        assert rule(case).votes(against, supply) == int(case["outputs"]["quorum"])


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 10**30), st.integers(0, 10**30), st.integers(0, 10**30), st.integers(0, 10**8))
def test_more_against_never_asks_for_less(supply, one, other, coefficient):
    dynamic = DynamicQuorum(500, 6_000, coefficient)
    less, more = sorted((one, other))
    assert supply * 500 // 10_000 <= dynamic.votes(less, supply) <= dynamic.votes(more, supply) <= supply * 6 // 10


def voted(rules, votes_against):
    balances = {"ann": 150, "ben": votes_against, "cem": 850 - votes_against}
    token = VotingToken(balances, clock=1)
    for name in balances:
        token = token.delegate(name, name)
    governor = Governor(token.advance(1), rules, treasury=10)
    governor = governor.propose("ann", "dan", 1).after.advance(2, 24).vote("ann", 1, FOR)
    return governor.vote("ben", 1, AGAINST).advance(rules.voting_period + 1, 24)


@pytest.mark.parametrize(
    ("against", "quorum", "state"), [(0, 100, "Succeeded"), (50, 150, "Succeeded"), (60, 160, "Defeated")]
)
def test_a_governor_asks_for_more_where_more_are_against(against, quorum, state):
    governor = voted(Rules(quorum=0, threshold=1, voting_period=3, dynamic=DynamicQuorum(1_000, 1_600)), against)
    assert governor.quorum(1) == quorum and governor.state(1) == state


def test_the_fixed_quorum_is_the_least_and_the_supply_is_that_of_the_proposal():
    rules = Rules(quorum=120, threshold=1, voting_period=3, dynamic=DynamicQuorum(1_000, 1_000, 0))
    governor = voted(rules, 0)
    assert governor.quorum(1) == 120
    minted = voted(rules._replace(quorum=0), 0)
    assert minted.with_token(minted.token.mint("ann", 10**6)).advance(1, 12).quorum(1) == 100


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: DynamicQuorum(lowest=10_001).votes(0, 5), "lowest = 10001 .* from 0 to 10000"),
        (lambda: DynamicQuorum(coefficient=-1).votes(0, 5), "coefficient = -1"),
        (lambda: DynamicQuorum().votes(-1, 5), "against = -1"),
        (lambda: Governor(VotingToken(), Rules(dynamic=DynamicQuorum(0, 10_001))), "rules.dynamic.highest = 10001"),
    ],
)
def test_refusals_name_the_argument(call, message):
    assert_refuses(call, message)
