"""Which loans pay: the break-even size and rate, what code has to remove, who keeps the surplus."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.economy import (
    break_even_loan,
    break_even_rate,
    cost_by_code,
    lend_small,
    loan_margin,
    removal_needed,
)
from defi_lib.ledger import Ledger

parts = st.floats(0.0, 1.0)
TERMS = {
    "rate": st.floats(0.0, 2.0),
    "money_cost": st.floats(0.0, 0.5),
    "default": parts,
    "years": st.floats(0.05, 5.0),
    "recovered": parts,
}
terms = st.fixed_dictionaries(TERMS)
EXAMPLE = {"rate": 0.24, "money_cost": 0.06, "default": 0.04}


def test_the_example_with_a_clerk_and_with_code():
    assert break_even_loan(30.0, **EXAMPLE) == pytest.approx(230.06, abs=5e-3)
    assert break_even_loan(5.0, **EXAMPLE) == pytest.approx(38.34, abs=5e-3)
    assert loan_margin(**EXAMPLE) == pytest.approx(0.1304)


def test_placebo_without_cost_failure_or_margin_it_is_exactly_even():
    assert loan_margin(0.06, 0.06, 0.0, 3.0) == 0.0
    assert break_even_loan(0.0, 0.06, 0.06, 0.0) == 0.0
    loan = lend_small(200.0, 0.06, 0.06, 0.0, 0.0, 0.06)
    assert loan.profit == loan.kept == loan.surplus == 0.0 and loan.given is True and loan.worth_while is True


def test_where_no_loan_pays_the_smallest_is_infinite():
    assert break_even_loan([0.0, 1.0, 0.0, 1.0], 0.06, 0.06, [0.0, 0.0, 0.5, 0.5]).tolist() == [0.0, *[np.inf] * 3]
    assert break_even_loan(30.0, 5.0, 0.0, 1.0) == np.inf and break_even_rate(200.0, 30.0, 0.06, 1.0) == np.inf
    assert break_even_rate(200.0, 0.0, 0.0, 1.0, recovered=1.0) == 0.0


def test_all_that_a_borrower_who_fails_pays_back_widens_the_margin():
    assert loan_margin(0.24, 0.06, 0.2, recovered=0.5) - loan_margin(0.24, 0.06, 0.2) == pytest.approx(0.2 * 0.5)
    assert break_even_loan(30.0, 0.24, 0.06, 1.0, recovered=1.0) == np.inf  # the sum comes back, its cost does not


@pytest.mark.parametrize(
    ("default", "recovered", "years"), list(product([0.0, 0.04, 0.3], [0.0, 0.6], [0.25, 1.0, 2.0]))
)
def test_borrower_by_borrower_it_is_the_same(default, recovered, years):
    """Every borrower's own payments, in a population with exactly this part of failures."""
    people, loan, rate, cost, fixed, gain = 100, 200.0, 0.5, 0.06, 12.0, 0.8
    fails = np.arange(people) < round(default * people)
    paid = np.where(fails, loan * recovered, loan * (1 + rate * years))
    made = np.where(fails, loan * recovered, loan * (1 + gain * years))
    found = lend_small(loan, rate, cost, default, fixed, gain, years=years, recovered=recovered)
    assert found.profit == pytest.approx(np.mean(paid) - loan * (1 + cost * years) - fixed)
    assert found.kept == pytest.approx(np.mean(made - paid))


def test_drawn_by_chance_it_agrees_within_the_error():
    rng, people = np.random.default_rng(1), 400_000
    paid = np.where(rng.random(people) < 0.04, 0.3 * 200.0, 200.0 * 1.24) - 200.0 * 1.06 - 30.0
    found = lend_small(200.0, **EXAMPLE, fixed_cost=30.0, gain=0.6, recovered=0.3).profit
    assert abs(paid.mean() - found) < 4 * paid.std() / np.sqrt(people)


@given(terms, st.floats(0.01, 1e4))
def test_at_the_smallest_loan_the_lender_earns_nothing_and_lends(terms, fixed_cost):
    loan = break_even_loan(fixed_cost, **terms)
    if loan < 1e9:
        at, more, less = (
            lend_small(loan * by, **terms, fixed_cost=fixed_cost, gain=terms["rate"]) for by in (1.0, 1.01, 0.99)
        )
        assert at.profit == pytest.approx(0.0, abs=1e-9 * (at.due + fixed_cost))
        assert at.given is True and more.given is True and less.given is False
        assert removal_needed(loan, fixed_cost, **terms) == pytest.approx(0.0, abs=1e-9 * (1 + at.due / fixed_cost))


@given(terms, st.floats(1.0, 1e5), st.floats(0.0, 1e3))
def test_at_the_break_even_rate_a_loan_just_pays(terms, loan, fixed_cost):
    terms = {**terms, "default": min(terms["default"], 0.9)}
    asked = terms.pop("rate")
    rate = break_even_rate(loan, fixed_cost, **terms)
    assert rate >= 0
    at = lend_small(loan, rate, **terms, fixed_cost=fixed_cost, gain=asked)
    assert at.profit == pytest.approx(0.0, abs=1e-9 * (at.due + fixed_cost))
    # Some rate suits both exactly where the borrower's gain reaches the break-even rate.
    if abs(asked - rate) > 1e-9 * (1 + rate):
        assert at.worth_while == (asked > rate) == at.given


@given(terms, st.floats(0.0, 1e5), st.floats(0.0, 1e3), st.floats(0.0, 2.0), st.floats(0.0, 2.0))
def test_the_rate_divides_the_surplus_and_does_not_change_it(terms, loan, fixed_cost, gain, other):
    one = lend_small(loan, **terms, fixed_cost=fixed_cost, gain=gain)
    two = lend_small(loan, **{**terms, "rate": other}, fixed_cost=fixed_cost, gain=gain)
    assert one.surplus == two.surplus
    assert one.profit + one.kept == pytest.approx(one.surplus, abs=1e-9 * (1 + loan + fixed_cost))
    assert not one.given or one.worth_while or one.surplus > -1e-9 * (1 + loan + fixed_cost)


def test_the_ledger_says_who_earned_what():
    loan = lend_small(500.0, **EXAMPLE, fixed_cost=30.0, gain=0.6)
    ledger = Ledger(new_parties="by name")
    ledger.book(loan)
    ledger.check_conserved()
    have = {who: ledger.balance(who, "USD") for who in ("lender", "borrower", "funder", "clerk")}
    assert have["lender"] == pytest.approx(loan.profit) and have["borrower"] == pytest.approx(loan.kept)
    assert have["funder"] == pytest.approx(500.0 * 0.06) and have["clerk"] == pytest.approx(30.0)


def test_code_removes_its_part_of_each_task_and_costs_gas():
    tasks = [8.0, 10.0, 4.0, 8.0]
    assert cost_by_code(tasks, 0.0) == 30.0 and cost_by_code(tasks, 1.0) == 0.0
    assert cost_by_code(tasks, [0.0, 0.0, 1.0, 0.0], [0.0, 4.0, 6.0]).tolist() == [26.0, 30.0, 32.0]
    assert cost_by_code(30.0, 0.9, 0.5) == pytest.approx(3.5)
    assert cost_by_code([tasks, tasks], 0.5).tolist() == [15.0, 15.0]


def test_removing_just_that_part_makes_the_loan_pay():
    part = removal_needed(200.0, 30.0, **EXAMPLE)
    assert break_even_loan(cost_by_code(30.0, part), **EXAMPLE) == pytest.approx(200.0)
    hopeless = removal_needed(200.0, [30.0, 0.0], 0.06, 0.06, 0.2)
    assert hopeless[0] > 1 and hopeless[1] == np.inf and removal_needed(200.0, 0.0, **EXAMPLE) == 0.0
    assert removal_needed(0.0, 30.0, **EXAMPLE) == 1.0


def test_huge_and_many_loans():
    many = lend_small(np.array([0.0, 1.0, 1e12]), **EXAMPLE, fixed_cost=30.0, gain=0.6)
    assert many.given.tolist() == [False, False, True] and many.profit[0] == -30.0
    one = lend_small(1e12, **EXAMPLE, fixed_cost=30.0, gain=0.6)
    assert one.profit == many.profit[2]
    with pytest.raises(ValueError, match="beyond what a float can hold"):
        lend_small(1e308, 9.0, 0.06, 0.0, 1.0, 9.0)


@pytest.mark.parametrize(
    ("bad", "name"),
    [
        ({"rate": -0.1}, "rate"),
        ({"money_cost": np.nan}, "money_cost"),
        ({"default": 1.1}, "default"),
        ({"recovered": -0.1}, "recovered"),
        ({"years": 0.0}, "years"),
        ({"fixed_cost": -1.0}, "fixed_cost"),
        ({"loan": -1.0}, "loan"),
        ({"gain": np.inf}, "gain"),
        ({"loan": [1.0, 2.0], "rate": [0.1, 0.2, 0.3]}, "shapes"),
    ],
)
def test_what_cannot_be_is_refused_by_name(bad, name):
    given = {"loan": 200.0, **EXAMPLE, "fixed_cost": 30.0, "gain": 0.6, **bad}
    with pytest.raises(ValueError, match=name):
        lend_small(**given)
    with pytest.raises(ValueError, match="loan"):
        break_even_rate(0.0, 30.0, 0.06, 0.04)
    with pytest.raises(ValueError, match="removed"):
        cost_by_code([1.0], 1.5)
