import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.governance import NOBODY, ApprovalVoting
from defi_lib.ledger import Ledger
from tests.support.contracts import assert_refuses
from tests.support.vectors import cases

CASES = cases("maker_ds_chief")


def named(candidate):
    return NOBODY if candidate == "zero" else candidate


def act(chief, case):
    inputs, op = case["inputs"], case["op"]
    if op in ("lock", "free"):
        return getattr(chief, op)(inputs["user"], int(inputs["amount"])).after
    if op == "vote":
        return chief.vote(inputs["user"], [named(each) for each in inputs["slate"]])
    if op == "lift":
        return chief.lift(named(inputs["candidate"]))
    return chief.advance(int(inputs["blocks"])) if op == "roll" else chief


def compare(chief, state):
    assert chief.block == int(state["block_number"]) and chief.hat == named(state["hat"])
    for candidate, approvals in state["approvals"].items():
        assert chief.approvals(named(candidate)) == int(approvals)
    for user, want in state["users"].items():
        assert chief.deposit(user) == int(want["deposit"])
        assert list(chief.slate(user)) == [named(each) for each in want["slate"]]


def test_every_step_of_the_contract():
    chief = ApprovalVoting(int(CASES[0]["state_before"]["block_number"]))
    for case in CASES:
        if case["outputs"]["reverted"]:
            with pytest.raises(ValueError):
                act(chief, case)
        else:
            chief = act(chief, case)
        compare(chief, case["state_after"])


def test_version_1_2_keeps_a_loan_from_being_paid_back_in_its_block():
    chief = ApprovalVoting(block=7, version="1.2").lock("thief", 9).after.vote("thief", ["theft"]).lift("theft")
    assert_refuses(lambda: chief.free("thief", 9), "block = 7 is that of the last deposit of 'thief'")
    assert chief.advance(1).free("thief", 9).after.hat == "theft"


def test_version_1_2_is_launched_once_by_approvals_of_nobody():
    chief = ApprovalVoting(version="1.2").vote("ann", [NOBODY]).lock("ann", 80_000 * 10**18 - 1).after
    assert_refuses(chief.launch, "approvals of '' = 79999.* >= 80000")
    live = chief.lock("ann", 1).after.launch()
    assert live.live
    assert_refuses(live.launch, "is a launch once")
    assert_refuses(ApprovalVoting().launch, "version = '1.1'")


moves = st.tuples(
    st.sampled_from(["lock", "free", "vote", "lift"]),
    st.sampled_from(["ann", "ben", "cem"]),
    st.integers(0, 20),
    st.sets(st.sampled_from(["a", "b", "c"])),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(moves, max_size=25))
def test_whatever_happens_approvals_are_the_deposits_of_now(steps):
    chief, book, deposited = ApprovalVoting(), Ledger(new_parties="by name"), 0
    for op, user, amount, slate in steps:
        hat = chief.hat
        if op == "lock" or (op == "free" and amount <= chief.deposit(user)):
            change = getattr(chief, op)(user, amount)
            book.book(change)
            deposited += change.amount
            chief = change.after
        elif op == "vote":
            chief = chief.vote(user, sorted(slate))
        elif op == "lift":
            for candidate in slate:
                if chief.approvals(candidate) > chief.approvals(chief.hat):
                    chief = chief.lift(candidate)
        assert op == "lift" or chief.hat == hat
        for candidate in "abc":
            backers = [each for each in ("ann", "ben", "cem") if candidate in chief.slate(each)]
            assert chief.approvals(candidate) == sum(map(chief.deposit, backers))
    book.check_conserved()
    assert sum(chief.deposits.values()) == deposited


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ApprovalVoting(version="2"), "version = '2'"),
        (lambda: ApprovalVoting(most=2).vote("ann", "abc"), "slate = .*up to 2 candidates"),
        (lambda: ApprovalVoting().vote("ann", ["b", "a"]), "ascending order"),
        (lambda: ApprovalVoting().lift("a"), "candidate = 'a' has 0 approvals: allowed are more than 0"),
        (lambda: ApprovalVoting().free("ann", 1), "amount = 1 .* from 0 to 0"),
        (lambda: ApprovalVoting().lock("ann", -1), "amount = -1"),
    ],
)
def test_refusals_name_the_argument(call, message):
    assert_refuses(call, message)
