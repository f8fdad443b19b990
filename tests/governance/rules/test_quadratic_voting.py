import pytest

from defi_lib.governance import QuadraticVoting
from defi_lib.ledger import Ledger
from tests.support.contracts import assert_refuses
from tests.support.vectors import cases

CASES = cases("allo_quadratic_voting")


def begin():
    state, params = CASES[0]["state_before"], CASES[0]["params"]
    accepted = [name for name, each in state["recipients"].items() if each["accepted"]]
    times = (int(params["allocation_start"]), int(params["allocation_end"]), int(state["block_timestamp"]))
    return QuadraticVoting(["alice", "bob", "carol"], accepted, int(state["pool"]), int(params["max_credits"]), *times)


def act(voting, case):
    inputs, op = case["inputs"], case["op"]
    if op == "warp":
        return voting.advance(int(inputs["seconds"]))
    if op == "allocate":
        return voting.allocate(inputs["user"], inputs["recipient"], int(inputs["credits"]))
    return voting.distribute(inputs["recipient"]).after


def compare(voting, state):
    assert voting.time == int(state["block_timestamp"]) and voting.total_votes == int(state["total_votes"])
    assert voting.pool - sum(voting.paid.values()) == int(state["pool_balance"])
    for name, want in state["recipients"].items():
        assert (voting.votes(name), voting.payout(name)) == (int(want["votes"]), int(want["payout"]))
        assert voting.paid.get(name, 0) == int(want["received"])
    for name, want in state["voters"].items():
        assert voting.spent(name) == int(want["credits"])


def test_every_step_of_the_contract():
    voting, book = begin(), Ledger(new_parties="by name")
    for case in CASES:
        if case["outputs"]["reverted"]:
            with pytest.raises(ValueError):
                act(voting, case)
        else:
            if case["op"] == "distribute":
                book.book(voting.distribute(case["inputs"]["recipient"]))
            voting = act(voting, case)
        compare(voting, case["state_after"])
    assert book.balance("park", "grant") == pytest.approx(657306346436964069164)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: QuadraticVoting(["a"], ["b"], 1, 1, 5, 4), "end = 4"),
        (lambda: QuadraticVoting(["a"], ["b"], -1, 1, 0, 4), "pool = -1"),
        (lambda: begin().allocate("alice", "park", 1), "time = 1700000010"),
        (lambda: begin().distribute("park"), "time = 1700000010"),
        (lambda: begin().advance(10_000).distribute("park"), "payout of 'park' = 0"),
    ],
)
def test_refusals_name_the_argument(call, message):
    assert_refuses(call, message)
