"""Adverse selection, claims judged by holders, covers by an index, public deposit insurance, the mutual until 2023."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.risk import (
    basis_risk,
    chance_paid,
    judge_claim,
    lowest_lasting,
    offer_premium,
    pay_by_index,
    pay_depositors,
    premium_with_selection,
    price_by_stake,
    risk_cost,
    run_levied_fund,
    smooth_token_price,
    token_price,
    unravel,
)

parts = st.floats(0.0, 1.0)


def test_akerlof_as_in_the_literature():
    found = premium_with_selection(0.1, 0.2)
    assert found.premium == pytest.approx(0.085714, abs=5e-7) and found.insured == pytest.approx(0.2857, abs=5e-5)


@pytest.mark.parametrize("margin", [0.05, 0.2, 1.0, 3.0])
def test_step_by_step_it_ends_at_the_closed_form(margin):
    found, wanted = unravel(np.linspace(0.0, 0.1, 20_001), margin), premium_with_selection(0.1, margin)
    assert found.premium == pytest.approx(wanted.premium, rel=1e-3)
    assert found.insured == pytest.approx(wanted.insured, abs=2e-3)
    assert abs(found.gain) < 1e-9 * 20_001


def test_without_a_margin_only_the_worst_stay_and_equal_risks_all_stay():
    assert premium_with_selection(0.1, 0.0).insured == 0.0
    assert unravel([0.01, 0.05, 0.05], 0.0).takes.tolist() == [False, True, True]
    same = unravel(np.full(7, 0.03), 0.0)
    assert same.insured == 1.0 and same.premium == pytest.approx(0.03)


@settings(max_examples=60, deadline=None)
@given(st.lists(parts, min_size=1, max_size=12), st.floats(0.0, 2.0))
def test_selection_ends_where_the_insurer_breaks_even(risks, margin):
    found = unravel(risks, margin)
    assert abs(found.gain) < 1e-9 and found.takes.any()
    assert np.mean(risks) <= found.premium * (1 + 1e-9) + 1e-12


def test_worlds_side_by_side():
    risks = np.array([[0.01, 0.02], [0.05, 0.02], [0.09, 0.02]])
    both = unravel(risks, 0.2)
    assert [both.premium[i] == unravel(risks[:, i], 0.2).premium for i in range(2)] == [True, True]
    assert offer_premium([0.0, 1.0], risks, 0.0).insured.tolist() == [1.0, 0.0]


def test_whoever_pays_the_claim_refuses_what_trust_does_not_outweigh():
    vote = judge_claim([99.0, 100.0, 101.0], True, [[3.0], [1.0]], trust_lost=100.0)
    assert vote.accepted.tolist() == [True, True, False]  # in a tie by what is true
    assert vote.paid.tolist() == [99.0, 100.0, 0.0]


def test_honest_holders_pay_what_is_just_whatever_it_costs_and_nothing_else():
    assert judge_claim([1e9, 1e9], [True, False], [[1.0], [2.0]], selfish=False).accepted.tolist() == [True, False]


def test_holders_with_claims_of_their_own_pay_what_is_not_covered():
    vote = judge_claim(50.0, False, [6.0, 4.0], own_claims=[40.0, 0.0], trust_lost=5.0)
    assert vote.votes_for.tolist() == [True, False] and bool(vote.accepted)


def test_a_threshold_is_met_only_from_above_and_a_stake_makes_honest():
    assert not judge_claim(1.0, True, [1.0, 1.0], selfish=[True, False]).accepted
    assert judge_claim(1.0, True, [1.0, 1.0], selfish=[True, False], stake=2.0, overturned=0.5).accepted


@settings(max_examples=60, deadline=None)
@given(st.floats(0.0, 1e6), st.floats(0.0, 1e6), st.lists(st.floats(0.1, 9.0), min_size=1, max_size=6))
def test_interests_add_up_to_what_the_mutual_pays_and_keeps(amount, trust, holdings):
    vote = judge_claim(amount, True, holdings, trust_lost=trust)
    assert vote.interest.sum() == pytest.approx(trust - amount, abs=1e-6)


def test_jurors_counted_one_by_one():
    wanted = sum(
        np.prod([0.7 if each else 0.3 for each in seen]) for seen in product([0, 1], repeat=5) if sum(seen) >= 4
    )
    assert chance_paid(7, 2, 0.7) == pytest.approx(wanted)
    assert chance_paid(7, 0, 1.0) == 1.0 and chance_paid(7, 4, 1.0) == 0.0
    lower = [chance_paid(9, refuse, 0.8) for refuse in range(10)]
    assert lower == sorted(lower, reverse=True)
    assert chance_paid(99, 0, 0.6, alike=0.9) == pytest.approx(0.6, abs=0.02)  # many who follow one


@given(parts, parts, parts)
def test_basis_risk_adds_up(chance, sensitivity, specificity):
    risk = basis_risk(chance, sensitivity, specificity)
    assert risk.premium == pytest.approx(risk.paid_for_loss + risk.paid_for_nothing)
    assert chance == pytest.approx(risk.paid_for_loss + risk.unpaid_loss)


def test_an_index_that_is_the_loss_has_no_basis_risk():
    assert basis_risk(0.03, 1.0, 1.0) == (0.03, 0.03, 0.0, 0.0) and basis_risk(0.03, 1.0, 1.0).missed == 0.0
    assert basis_risk(0.0, 0.5, 1.0).missed == 0.0


@given(st.lists(st.tuples(st.floats(0.0, 9.0), st.floats(0.5, 1.5)), min_size=1, max_size=9), st.floats(0.0, 9.0))
def test_what_is_paid_is_loss_or_gift(rows, payout):
    loss, index = np.array(rows).T
    paid = pay_by_index(loss, index, 1.0, payout)
    assert np.allclose(paid.paid - paid.beyond + paid.unpaid, paid.loss)
    assert np.all(paid.paid[index == 1.0] == 0)  # on the trigger exactly nothing is due


def test_a_price_that_comes_back_soon_triggers_nothing():
    prices = np.array([[1.0, 1.0], [0.88, 0.97], [0.95, 0.96], [1.0, 0.95]])
    assert lowest_lasting(prices, 1).tolist() == [0.88, 0.95]
    assert lowest_lasting(prices, 2).tolist() == [0.95, 0.96]
    assert lowest_lasting(prices, 4).tolist() == [1.0, 1.0]


amounts = st.lists(st.floats(0.0, 1e6), min_size=1, max_size=8)


@settings(max_examples=80, deadline=None)
@given(amounts, st.floats(0.0, 1e7), st.floats(0.0, 1e6))
def test_a_failed_bank_pays_out_what_it_has(deposits, assets, limit):
    failed = pay_depositors(deposits, assets, limit)
    near = {"rel": 1e-9, "abs": 1e-6}
    assert failed.estate.sum() + failed.recovered + failed.surplus == pytest.approx(assets, **near)
    assert failed.losses.sum() + failed.cost == pytest.approx(max(sum(deposits) - assets, 0.0), **near)
    assert np.all(failed.losses[np.asarray(deposits) <= limit] == 0)


def test_without_insurance_all_bear_the_same_and_with_all_of_it_nobody():
    assert np.allclose(pay_depositors([100.0, 300.0], 300.0, 0.0).losses, [25.0, 75.0])
    full = pay_depositors([100.0, 300.0], 300.0)
    assert full.losses.tolist() == [0.0, 0.0] and full.cost == 100.0
    assert pay_depositors([0.0], 0.0).cost == 0.0


def test_a_public_fund_pays_all_and_asks_afterwards():
    run = run_levied_fund([[0.0], [50.0], *[[0.0]] * 20], insured=1_000.0, start=13.5)
    assert run.paid.sum() == 50.0 and run.borrowed[0] == 36.5
    assert run.fund[-1, 0] == pytest.approx(13.5 + run.levies.sum() - 50.0)
    assert run.levies[0, 0] == 0.0 and run.levies[2, 0] == 4.0 and run.fund.max() <= 13.5 + 1e-9
    assert run_levied_fund([0.0, 0.0], 1_000.0, 20.0).levies.tolist() == [0.0, 0.0]


def test_the_older_price_as_in_its_documentation():
    assert smooth_token_price(162_424.0, 162_424.0) == pytest.approx(0.038284, abs=5e-7)
    assert smooth_token_price(1.3 * 162_424.0, 162_424.0) == pytest.approx(0.090263, abs=5e-7)
    variable = [smooth_token_price(part * 1e5, 1e5) - 0.01028 for part in (1.0, 0.9)]
    assert 1 - variable[1] / variable[0] == pytest.approx(0.3439)
    assert risk_cost(0.5, 1.0) == pytest.approx(0.094276, abs=5e-7)
    assert risk_cost([0.0, 1.0, 2.0], 1.0).tolist() == [1.0, 0.02, 0.02]
    assert price_by_stake(1_000.0, 0.02, 365.25, 0.0) == 20.0


@settings(max_examples=60, deadline=None)
@given(st.integers(10**20, 10**24), st.floats(1.0, 4.0))
def test_where_the_contract_differs_from_the_smooth_price(mcr, ratio):
    pool = int(mcr * ratio)
    exact, smooth = token_price(pool, mcr) / 1e18, smooth_token_price(pool / 1e18, mcr / 1e18)
    assert smooth * (1 - 4.1e-4) <= exact <= smooth * (1 + 1e-9)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: premium_with_selection(1.1, 0.2), r"highest = 1\.1"),
        (lambda: premium_with_selection(0.1, -0.2), r"margin = -0\.2"),
        (lambda: unravel([], 0.2), r"risks has no entry"),
        (lambda: unravel([-0.1], 0.2), r"risks\[0\] = -0\.1"),
        (lambda: offer_premium(-0.1, [0.1], 0.2), r"premium = -0\.1"),
        (lambda: judge_claim(-1.0, True, [1.0]), r"amount = -1"),
        (lambda: judge_claim(1.0, True, [0.0]), r"holdings sum to 0"),
        (lambda: judge_claim(1.0, True, [-1.0]), r"holdings\[0\] = -1"),
        (lambda: judge_claim(1.0, True, [1.0], threshold=1.0), r"threshold = 1"),
        (lambda: chance_paid(0), r"assessors = 0"),
        (lambda: chance_paid(3, 4), r"interested = 4 .* 0 to 3"),
        (lambda: chance_paid(3, 0, 1.2), r"right = 1\.2"),
        (lambda: basis_risk(2.0, 0.5, 0.5), r"chance = 2"),
        (lambda: pay_by_index(-1.0, 1.0, 1.0, 1.0), r"loss = -1"),
        (lambda: pay_by_index(1.0, np.nan, 1.0, 1.0), r"index = nan"),
        (lambda: lowest_lasting([1.0, 1.0], 3), r"steps = 3 .* 1 to 2"),
        (lambda: lowest_lasting([0.0], 1), r"prices\[0\] = 0"),
        (lambda: pay_depositors([-1.0], 1.0), r"deposits\[0\] = -1"),
        (lambda: pay_depositors([1.0], -1.0), r"assets = -1"),
        (lambda: pay_depositors([1.0], 1.0, -1.0), r"limit = -1"),
        (lambda: run_levied_fund(1.0, 1.0, 1.0), r"losses has shape"),
        (lambda: run_levied_fund([1.0], -1.0, 1.0), r"insured = -1"),
        (lambda: smooth_token_price(1.0, 0.0), r"requirement = 0"),
        (lambda: risk_cost(-1.0, 1.0), r"net_stake = -1"),
        (lambda: price_by_stake(1.0, 1.5, 1.0), r"cost = 1\.5"),
    ],
)
def test_errors_name_the_argument_its_value_and_the_range(call, message):
    with pytest.raises(ValueError, match=message):
        call()
