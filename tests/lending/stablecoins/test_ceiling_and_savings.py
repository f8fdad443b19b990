"""The debt ceiling, the least debt of a position, and the savings rate."""

import copy
import pickle

import numpy as np
import pytest

from defi_lib.ledger import Ledger
from defi_lib.lending import SECONDS_PER_YEAR, DebtCeiling, DebtPosition, SavingsRate
from tests.support.contracts import assert_refuses

YEAR = float(SECONDS_PER_YEAR)


def test_a_position_owes_nothing_or_at_least_the_least_debt():
    position = DebtPosition(10.0, 0.0, 2000.0, least_debt=5000.0)
    assert position.adjust(debt=5000.0).position.debt == 5000.0
    with pytest.raises(ValueError, match=r"debt after = 4999.99 .* at least the least debt"):
        position.adjust(debt=4999.99)
    owing = position.adjust(debt=6000.0).position
    assert owing.adjust(debt=-6000.0).position.debt == 0.0
    with pytest.raises(ValueError, match=r"debt after = 4000 "):
        owing.adjust(debt=-2000.0)


def test_paying_back_a_debt_that_was_rounded_leaves_no_dust():
    position = DebtPosition(10.0, 0.3, 2000.0, least_debt=0.1)
    assert position.adjust(debt=-(0.1 + 0.1 + 0.1)).position.debt == 0.0
    assert position.adjust(collateral=-10.0, debt=-(0.1 + 0.2)).position.collateral == 0.0


def test_a_ceiling_limits_new_debt_only():
    ceiling = DebtCeiling(100.0, issued=90.0)
    assert ceiling.room == 10.0
    position = DebtPosition(1.0, 0.0, 2000.0)
    change = position.adjust(debt=10.0, room=ceiling.room)
    full = ceiling.issue(change.debt)
    assert full.room == 0.0
    with pytest.raises(ValueError, match=r"debt = 0\.1 .* the room below the ceiling"):
        change.position.adjust(debt=0.1, room=full.room)
    above = full.grow(5.0)
    assert (above.issued, above.room) == (105.0, 0.0)
    assert change.position.adjust(debt=-1.0, room=above.room).position.debt == 9.0
    assert above.issue(-10.0).room == 5.0
    assert DebtCeiling(0.3, issued=0.1).issue(0.1).issue(0.1).room == 0.0


def test_the_global_ceiling_counts_all_kinds_of_collateral():
    ceiling = DebtCeiling(np.array([10.0, 100.0]), 0.0, global_ceiling=60.0, issued_elsewhere=20.0)
    assert list(ceiling.room) == [10.0, 40.0]


def test_savings_grow_with_one_index():
    pot = SavingsRate(0.05).deposit("alice", 100.0).savings.advance(YEAR).savings
    pot = pot.deposit("bob", 100.0).savings.with_rate(0.1).advance(YEAR).savings
    assert pot.balance("alice") == pytest.approx(100 * 1.05 * 1.1, rel=1e-14)
    assert pot.balance("bob") == pytest.approx(110.0, rel=1e-14)
    assert pot.balance("carol") == 0.0
    assert pot.total == pytest.approx(pot.balance("alice") + pot.balance("bob"), rel=1e-15)
    assert pot.withdraw("bob").savings.balance("bob") == 0.0
    assert pot.withdraw("alice", pot.balance("alice") - 50).savings.balance("alice") == pytest.approx(50.0)


def test_savings_of_the_contract():
    # DSR of 8 %: 1.000000002440418608258400030 a second.
    pot = SavingsRate(0.08).deposit("a", 1.0).savings.advance(1.0).savings
    assert pot.rate_index - 1 == pytest.approx(2.440418608258400e-9, rel=1e-6)


def test_who_pays_the_interest():
    ledger = Ledger({"alice": "saver", "savings": "pool", "issuer": "protocol"})
    ledger.mint("alice", 100.0, "coin", "issue")
    steps = [SavingsRate(0.05).deposit("alice", 100.0)]
    steps.append(steps[-1].savings.advance(YEAR))
    steps.append(steps[-1].savings.withdraw("alice"))
    ledger.book(*steps)
    ledger.check_conserved()
    assert ledger.balance("alice", "coin") == pytest.approx(105.0)
    assert ledger.balance("issuer", "coin") == pytest.approx(-5.0)
    assert ledger.balance("savings", "coin") == pytest.approx(0.0, abs=1e-12)
    assert ledger.balance("alice", "coin saved") == pytest.approx(0.0, abs=1e-12)


def test_scenarios_of_savings():
    rates = np.array([0.0, 0.05])
    pot = SavingsRate(rates).deposit("a", 100.0).savings.advance(YEAR).savings
    rates[0] = 1.0
    assert pot.balance("a") == pytest.approx([100.0, 105.0])
    assert list(pot.rate) == [0.0, 0.05]


@pytest.mark.parametrize(
    "state",
    [
        DebtPosition(10.0, 1000.0, 2000.0, 0.04).advance(YEAR).position,
        SavingsRate(0.05).deposit("a", 100.0).savings.advance(YEAR).savings,
        DebtCeiling(100.0, 20.0),
    ],
    ids=lambda state: type(state).__name__,
)
def test_copies_are_equal(state):
    assert pickle.loads(pickle.dumps(state)) == copy.deepcopy(state) == state


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: SavingsRate(-0.1), "rate = -0.1"),
        (lambda: SavingsRate(0.1).deposit("a", 0.0), "coins = 0"),
        (lambda: SavingsRate(0.1).withdraw("a"), "user = 'a' has no deposit: allowed are none yet"),
        (lambda: SavingsRate(0.1).deposit("a", 1.0).savings.withdraw("a", 2.0), r"coins = 2 .* \[0, 1\]"),
        (lambda: SavingsRate(1e300).advance(1e12), r"seconds = 1e\+12 is not possible"),
        (lambda: SavingsRate(0.1).advance(-1.0), "seconds = -1"),
        (lambda: DebtCeiling(-1.0), "ceiling = -1"),
        (lambda: DebtCeiling(1.0).issue(2.0), "debt = 2 .* the room"),
        (lambda: DebtCeiling(1.0, 0.5).issue(-0.6), "debt = -0.6"),
        (lambda: DebtCeiling(1.0).grow(-1.0), "fees = -1"),
        (lambda: DebtPosition(1.0, 1.0, 1.0, least_debt=-1.0), "least_debt = -1"),
        (lambda: DebtPosition(1.0, 1.0, 1.0, least_debt=np.inf), "least_debt = inf"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)
