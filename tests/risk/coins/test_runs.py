"""Runs on a reserve under four rules: worked values, where all of it went, and the placebo."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.ledger import Ledger
from defi_lib.risk import RUN_RULES, calm_part, everybody_runs, run_on_reserve, run_threshold
from tests.support.contracts import assert_broadcasts, assert_refuses

parts = st.floats(0, 1)
money = st.floats(0, 2)
discounts = st.floats(0, 0.9)
rules = st.sampled_from(RUN_RULES)


@pytest.mark.parametrize(("liquid", "discount", "price"), [(0.2, 0.1, 0.92), (0.9, 0.02, 0.998), (0.05, 0.3, 0.715)])
def test_all_run(liquid, discount, price):
    """J1: first come first served pays on average what a sale of everything brings."""
    run = run_on_reserve(liquid, 1 - liquid, 1.0, discount)
    assert run.per_leaving == pytest.approx(price, abs=1e-12) and run.per_served == 1.0
    assert run.loss == pytest.approx(run.to_buyers, abs=1e-12)


def test_half_leaves_by_hand():
    """0.2 of cash and 0.8 of bills at 10 % off; half leaves: bills of 1/3 bring the 0.3, and 7/15 are left for 1/2."""
    first = run_on_reserve(0.2, 0.8, 0.5, 0.1)
    assert first.sold == pytest.approx(1 / 3) and first.to_buyers == pytest.approx(1 / 30)
    assert first.per_other == pytest.approx(14 / 15) and first.gain_of_leaving == pytest.approx(1 / 15)
    shut = run_on_reserve(0.2, 0.8, 0.5, 0.1, "suspension")
    assert shut.served == 0.2 and shut.loss == 0.0 and shut.gain_of_leaving == 0.0
    bank = run_on_reserve(0.2, 0.8, 0.5, 0.1, "insured bank", insured=0.5)
    assert bank.insurer == pytest.approx(1 / 60) and bank.loss == pytest.approx(1 / 60)
    fund = run_on_reserve(0.2, 0.8, 0.5, 0.1, "liquidity fee")
    assert fund.per_served == pytest.approx(0.94) and fund.per_other == 1.0 and fund.gain_of_leaving < 0


@given(money, money, parts, discounts, parts, rules)
def test_where_all_of_it_went(liquid, illiquid, leaving, discount, insured, rule):
    run = run_on_reserve(liquid, illiquid, leaving, discount, rule, insured=insured)
    assets = liquid + illiquid
    assert assets + run.insurer == pytest.approx(run.early + run.late + run.to_buyers + run.surplus, abs=1e-12)
    assert run.loss == pytest.approx(run.missing + run.to_buyers + run.surplus - run.insurer, abs=1e-12)
    assert all(number >= 0 for number in run[1:9])
    assert run.surplus >= -1e-15 and run.sold <= illiquid * (1 + 1e-12)
    ledger = Ledger(new_parties="by name")
    ledger.book(run)
    ledger.check_conserved()
    paid = sum(t.amount for t in run.transfers() if t.payee in ("leavers", "stayers") and t.asset == "USD")
    assert paid == pytest.approx(run.early + run.late, abs=1e-12)


@given(parts, parts, st.floats(0, 1.5), parts, discounts, parts, rules)
def test_more_liquid_reserve_never_makes_a_run_worse(first, second, assets, leaving, discount, insured, rule):
    less, more = sorted((first, second))
    worse, better = (
        run_on_reserve(assets * m, assets * (1 - m), leaving, discount, rule, insured=insured) for m in (less, more)
    )
    assert better.loss <= worse.loss + 1e-12 and better.to_buyers <= worse.to_buyers + 1e-12
    assert better.insurer <= worse.insurer + 1e-12
    assert calm_part(assets * more, assets * (1 - more), discount) >= calm_part(
        assets * less, assets * (1 - less), discount
    ) * (1 - 1e-12)


@given(parts, discounts, rules)
def test_placebo_a_fully_liquid_reserve_has_no_run(leaving, discount, rule):
    run = run_on_reserve(1.0, 0.0, leaving, discount, rule)
    assert run.loss == pytest.approx(0.0, abs=1e-15) and run.to_buyers == 0 == run.insurer
    assert abs(run.gain_of_leaving) < 1e-12
    assert calm_part(1.0, 0.0, discount) == 1.0 and not everybody_runs(1.0, cost=0.0)


@given(parts, discounts)
def test_placebo_the_insured_have_nothing_to_run_from(leaving, discount):
    run = run_on_reserve(0.1, 0.8, leaving, discount, "insured bank")
    assert run.gain_of_leaving == pytest.approx(0.0, abs=1e-12) and run.loss == pytest.approx(0.0, abs=1e-12)


@given(st.floats(0.01, 1), st.floats(0, 1), st.floats(0.01, 0.9))
def test_the_calm_part_is_where_stayers_begin_to_lose(liquid, owners, discount):
    illiquid = 1 - liquid + owners
    calm = calm_part(liquid, illiquid, discount)
    assert run_on_reserve(liquid, illiquid, calm, discount).per_other == pytest.approx(1.0, abs=1e-9)
    if calm < 0.99:
        assert run_on_reserve(liquid, illiquid, calm + 0.005, discount).per_other < 1.0


def test_the_game_is_decided_by_what_is_liquid():
    assert [run_threshold(r, c) for r, c in ((1.04, 0.0), (1.04, 0.02), (1.2, 0.05))] == pytest.approx(
        [0.961538, 0.942308, 0.791667], abs=5e-7
    )
    assert everybody_runs(0.9, 1.04) and not everybody_runs(1 / 1.04, 1.04)
    assert everybody_runs(np.array([0.5, 1.0]), 1.04).tolist() == [True, False]
    beliefs = (np.arange(10_000) + 0.5) / 10_000  # a second way: average over how many may leave
    for calm in (0.95, 0.97):
        staying = np.mean(np.where(beliefs <= calm, 1.04, 0.0))
        assert everybody_runs(calm, 1.04) == (staying < 1.0)


def test_a_lost_bank_alone_makes_running_pay():
    """USDC, March 2023: 3.3 of 40 billion in doubt; without that money nobody should stay."""
    assert calm_part(0.2, 0.8 - 0.0825, 0.01) == 0.0
    run = run_on_reserve(0.2, 0.7175, 1.0, 0.0)
    assert run.per_leaving == pytest.approx(0.9175) and run.missing == pytest.approx(0.0825) and run.to_buyers == 0


def test_arrays_are_each_case():
    liquid, leaving = np.array([0.2, 1.0, 0.0]), np.array([0.5, 0.0, 1.0])
    for rule in RUN_RULES:
        assert_broadcasts(lambda m, x, rule=rule: run_on_reserve(m, 1 - m, x, 0.1, rule)[1:], liquid, leaving)
    assert_broadcasts(lambda m, x: calm_part(m, 1 - m, x / 2), liquid, leaving)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: run_on_reserve(-0.1, 1.0, 0.5), r"liquid = -0.1"),
        (lambda: run_on_reserve(0.1, -1.0, 0.5), r"illiquid = -1"),
        (lambda: run_on_reserve(0.1, 1.0, 1.5), r"leaving = 1.5"),
        (lambda: run_on_reserve(0.1, 1.0, 0.5, 1.0), r"discount = 1"),
        (lambda: run_on_reserve(0.1, 1.0, 0.5, rule="last come"), r"rule = 'last come'"),
        (lambda: run_on_reserve(0.1, 1.0, 0.5, claims=0.0), r"claims = 0"),
        (lambda: run_on_reserve(0.1, 1.0, 0.5, insured=1.1), r"insured = 1.1"),
        (lambda: calm_part(-0.1, 1.0), r"liquid = -0.1"),
        (lambda: run_threshold(0.0), r"stays = 0"),
        (lambda: everybody_runs(1.1), r"calm = 1.1"),
    ],
)
def test_errors(call, message):
    assert_refuses(call, message)


def test_a_sale_that_costs_hardly_anything_bounds_nothing():
    with np.errstate(over="raise"):
        assert calm_part(0.2, 1.0, 5e-324) == 1.0
