"""What lesson 2.2 says of small and large borrowers, and that no number of the model's own decides it."""

import numpy as np
import pytest

from defi_lib.evidence import effect, evidence, today, worlds
from defi_lib.evidence.lending import liquidations
from defi_lib.lending import AAVE_V3, AAVE_V3_3

X18A = effect("X18a")
ONE = np.ones(1)


def one(**changed):
    return float(X18A(today(X18A.assumptions, changed=changed))[0])


@pytest.mark.parametrize(
    ("name", "values"), [("REST_OF_DAY", (0.05, 0.2)), ("LATE", (0.0001, 0.02)), ("SALES", (2, 5))]
)
def test_what_the_model_fixes_does_not_decide(monkeypatch, name, values):
    drawn = worlds(X18A.assumptions, 256)
    found, true = X18A(drawn), X18A.true(drawn).mean()
    for value in values:
        monkeypatch.setattr(liquidations, name, value)
        assert np.max(np.abs(X18A(drawn) - found)) < 0.02
        assert abs(X18A.true(drawn).mean() - true) < 0.03
        assert one() > X18A.more_than


def test_the_rule_for_small_loans_is_most_of_it():
    assert 0.016 < one() < 0.017
    assert one(staff=0) > X18A.more_than, "nobody has staff: the rule alone"
    assert one(close=1, staff=0) < 0.001 and one(close=1) < X18A.more_than
    assert one(close=2, staff=0) < 0.002
    assert one(close=2) > X18A.more_than > one(close=2, staff=0.4), "and staff alone can do it"


def test_a_price_that_falls_on_turns_it_and_one_that_comes_back_makes_it_worse():
    assert one(comeback=-1 / 21) < 0.001 < X18A.more_than < one() < one(comeback=0.1)
    assert one(comeback=-0.03) < X18A.more_than < one(comeback=-0.02)


def test_a_loan_just_above_the_limit_of_the_rule_is_treated_as_a_large_one():
    assert one(amount=1_999) > X18A.more_than > one(amount=2_001)


def test_where_gas_is_dear_no_machine_comes_for_a_small_loan():
    gas = np.array([1.0, 22.0, 23.0])
    cost, comes = liquidations.sold_asleep(np.full(3, 1_500.0), gas, np.zeros(3))
    assert comes.tolist() == [True, True, False]  # 3 · 22.5 is 5 % of 1,500 without the treasury's tenth
    assert cost == pytest.approx([75.0, 75.0, 0.0])
    assert one(rush=200) < X18A.more_than < one(rush=150)


def test_half_of_a_large_loan_is_sold_and_a_second_time_only_if_the_price_falls_on():
    million = 1e6 * ONE
    cost, _ = liquidations.sold_asleep(million, 0 * ONE, 0 * ONE, AAVE_V3)
    assert 25_000 < cost[0] < 25_000 + 12_500 * 0.35
    assert np.array_equal(cost, liquidations.sold_asleep(million, 0 * ONE, 0 * ONE, AAVE_V3_3)[0])


def test_without_drift_a_sale_costs_the_bonus_and_nothing_more():
    cost, _ = liquidations.sold_asleep(1_500.0 * ONE, 0 * ONE, 0 * ONE)
    assert cost[0] == pytest.approx(0.05 * 1_500)


def test_what_the_verdict_says():
    found = evidence("X18a")
    assert found.named == "comeback" and 0.3 < found.share < 0.5


def test_what_lesson_2_2_says_of_gas_and_of_the_map():
    here = today(X18A.assumptions)
    gas = here["gas_price"] * 1e-9 * here["swap_gas"] * here["ether_price"]
    assert gas[0] == pytest.approx(0.12, abs=0.005) and here["rush"][0] == 50
    assert one(amount=370) < X18A.more_than < one(amount=400), "below, no machine comes"
    assert one(amount=400, rush=100) < X18A.more_than < one(amount=800, rush=100)
    assert one(amount=1_000) > X18A.more_than, "the quiz"
