import pytest

from defi_lib.governance import MAX_SUPPLY, VotingToken
from tests.support.contracts import assert_refuses
from tests.support.vectors import cases

CASES = cases("oz_votes")


def compare(token, state):
    assert token.clock == int(state["clock"]) and token.supply == int(state["total_supply"])
    # The file reads the supply back block by block: what was minted and burned within one block does not show.
    supplies = [
        each for k, each in enumerate(token.supply_history) if not k or each[1] != token.supply_history[k - 1][1]
    ]
    assert [[str(at), str(value)] for at, value in supplies] == state["total_supply_checkpoints"]
    for name, want in state["users"].items():
        assert token.balance(name) == int(want["balance"]) and token.delegates.get(name) == want["delegate"]
        assert token.votes(name) == int(want["votes"])
        assert [[str(at), str(value)] for at, value in token.history.get(name, ())] == want["checkpoints"]


def act(token, case):
    """The token after, and what was asked for."""
    inputs, op = case["inputs"], case["op"]
    if op == "past_votes":
        return token, token.past_votes(inputs["user"], int(inputs["timepoint"]))
    if op == "past_total_supply":
        return token, token.past_supply(int(inputs["timepoint"]))
    if op == "roll":
        return token.advance(int(inputs["clock"])), None
    if op == "delegate":
        return token.delegate(inputs["user"], inputs["to"]), None
    if op == "transfer":
        return token.transfer(inputs["user"], inputs["to"], int(inputs["amount"])).after, None
    return getattr(token, op)(inputs["user"], int(inputs["amount"])), None


@pytest.mark.parametrize("group", ["votes_block", "votes_cap"])
def test_every_step_of_the_contract(group):
    steps = [case for case in CASES if case["group"] == group]
    token = VotingToken(clock=int(steps[0]["state_before"]["clock"]))
    for case in steps:
        if case["outputs"]["reverted"]:
            with pytest.raises(ValueError):
                act(token, case)
        else:
            token, answer = act(token, case)
            wanted = [value for key, value in case["outputs"].items() if key != "reverted"]
            assert answer is None or str(answer) == wanted[0]
        compare(token, case["state_after"])


def test_who_holds_for_a_moment_only_never_votes():
    token = VotingToken({"pool": 100, "thief": 1}, clock=5).delegate("thief", "thief").advance(1)
    lent = token.transfer("pool", "thief", 100).after
    back = lent.transfer("thief", "pool", 100).after.advance(1)
    assert lent.votes("thief") == 101 and back.past_votes("thief", 6) == 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: VotingToken({"ann": -1}), r"balances\['ann'\] = -1"),
        (lambda: VotingToken({"ann": MAX_SUPPLY, "ben": 1}), "the sum of balances"),
        (lambda: VotingToken({"ann": 1}).transfer("ann", "ben", 2), "amount = 2 .* from 0 to 1"),
        (lambda: VotingToken({"ann": 1}, 3).past_votes("ann", 3), "clock = 3 is not past: allowed is 0 to 2"),
    ],
)
def test_refusals_name_the_argument(call, message):
    assert_refuses(call, message)
