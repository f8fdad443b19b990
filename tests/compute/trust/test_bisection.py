from math import ceil, log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.compute import bisection_rounds, settle_dispute
from defi_lib.ledger import Ledger
from tests.support.contracts import assert_refuses


def step(state):
    return (state * 6364136223846793005 + 1442695040888963407) % 2**64


def run(steps, wrong_from=None):
    """All states; from the step given on those of a liar, who then computes on honestly."""
    states = [42]
    for position in range(1, steps + 1):
        states.append(step(states[-1]) ^ (position == wrong_from))
    return states


def test_rounds():
    assert bisection_rounds(2**20) == 20
    assert bisection_rounds(2**60 + 1) == 61
    assert [bisection_rounds(steps) for steps in (1, 2, 3, 4, 5)] == [0, 1, 2, 2, 3]


@given(st.integers(1, 300), st.data())
def test_the_honest_side_always_wins(steps, data):
    wrong = data.draw(st.integers(1, steps))
    honest, liar = run(steps), run(steps, wrong)
    caught = settle_dispute(steps, step, liar.__getitem__, honest.__getitem__, 100.0)
    assert not caught.solver_wins
    assert caught.disputed_step == wrong
    assert caught.rounds in (int(log2(steps)), ceil(log2(steps)))
    assert caught.rounds <= bisection_rounds(steps)
    slandered = settle_dispute(steps, step, honest.__getitem__, liar.__getitem__, 100.0)
    assert slandered.solver_wins
    assert [(p.payer, p.payee, p.amount) for p in slandered.transfers()] == [("challenger", "solver", 100)]


def test_only_one_step_is_repeated():
    calls = []
    honest, liar = run(1000), run(1000, 777)

    def referee(state):
        calls.append(state)
        return step(state)

    assert settle_dispute(1000, referee, liar.__getitem__, honest.__getitem__).disputed_step == 777
    assert calls == [honest[776]]


def test_without_a_dispute_nothing_moves():
    states = run(10)
    result = settle_dispute(10, step, states.__getitem__, states.__getitem__, 5.0)
    assert (result.rounds, result.disputed_step, result.solver_wins, result.transfers()) == (0, None, True, ())


def test_the_bond_of_the_loser():
    honest, liar = run(8), run(8, 3)
    ledger = Ledger(new_parties="by name")
    ledger.book(settle_dispute(8, step, liar.__getitem__, honest.__getitem__, 7.0))
    ledger.check_conserved()
    assert ledger.balance("challenger", "USD") == 7


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: bisection_rounds(0), r"steps = 0 .*>= 1"),
        (lambda: settle_dispute(0, step, run(1).__getitem__, run(1).__getitem__), r"steps = 0 .*>= 1"),
        (lambda: settle_dispute(1, step, run(1).__getitem__, run(1).__getitem__, -1.0), r"bond = -1 .*\[0, inf\)"),
        (lambda: settle_dispute(1, step, [1, 2].__getitem__, [2, 2].__getitem__), r"solver\(0\) = 1 is not .* = 2"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)
