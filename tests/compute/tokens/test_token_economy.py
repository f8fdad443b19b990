import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.compute import (
    TOKEN,
    TokenEconomy,
    shock_multiplier,
    simulate_token_economy,
    stationary_price,
)
from defi_lib.ledger import Ledger, profits
from defi_lib.rewards import StepEmission, constant_emission, halving_emission
from tests.support.contracts import assert_refuses

shares = st.floats(0, 1)


def economy(**changes):
    state = {"supply": 1e8, "providers": 1000.0, "demand": 2e6, "belief": 5e7, "cost": 800.0}
    return TokenEconomy(**{**state, **changes})


@settings(max_examples=25, deadline=None)
@given(shares, shares, st.floats(0, 3), st.floats(0, 1.5), st.floats(0, 1e8), st.floats(0, 1e8), st.floats(1, 400))
def test_tokens_are_minted_less_burned(burned, nodes, exponent, demand_exponent, demand, belief, velocity):
    start = economy(
        demand=demand,
        belief=np.array([0.0, belief]),
        burned_share=burned,
        node_share=nodes,
        exponent=exponent,
        demand_exponent=demand_exponent,
        velocity=velocity,
    )
    run = simulate_token_economy(start, halving_emission(1e7, 0.5), 1.5, 100)
    assert run.price.shape == (150, 2)
    for part in run[2:]:
        assert np.all(np.isfinite(part)) and np.all(part >= 0)
    assert np.all(run.providers > 0) and np.all(run.supply > 0)
    np.testing.assert_allclose(run.supply[-1], 1e8 + run.minted.sum(axis=0) - run.burned.sum(axis=0), rtol=1e-9)
    # What is burned was paid for at the price of the step.
    np.testing.assert_allclose(run.burned * run.price, burned * run.demand * run.step, rtol=1e-9, atol=1e-6)

    ledger = Ledger({"users": "users", "token holders": "token holders"}, new_parties="by name")
    ledger.open("token holders", TOKEN, 1e8)
    for first in range(0, 150, 50):
        ledger.book(run, first=first, last=first + 50, time=float(first))
    ledger.check_conserved()
    np.testing.assert_allclose(ledger.supply(TOKEN), run.supply[-1], rtol=1e-9)
    spent = run.demand.sum(axis=0) * run.step
    np.testing.assert_allclose(-ledger.balance("users", "USD"), spent, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(ledger.balance("users", TOKEN), 0, atol=1e-3)


def test_a_run_over_scenarios_is_the_single_runs():
    mood = np.exp(np.cumsum(np.random.default_rng(1).normal(0, 0.05, (100, 3)), axis=0))
    exponents = np.array([0.5, 1.0, 1.8])
    many = simulate_token_economy(economy(exponent=exponents), StepEmission(1e7, 0.8), 1.0, 100, mood=mood)
    for i, exponent in enumerate(exponents):
        one = simulate_token_economy(economy(exponent=exponent), StepEmission(1e7, 0.8), 1.0, 100, mood=mood[:, i])
        np.testing.assert_allclose(one.price, many.price[:, i], rtol=1e-12)
        np.testing.assert_allclose(one.income, many.income[:, i], rtol=1e-12)
        np.testing.assert_allclose(one.providers, many.providers[:, i], rtol=1e-12)


def test_free_entry_and_burning_find_their_rest():
    start = economy(exponent=0.5, entry_speed=1.0, potential=1e12, demand=4e7)
    run = simulate_token_economy(start, constant_emission(1e7), 80.0, 100)
    # As much is burned as minted, and a provider earns what it costs: all demand, minted as tokens.
    assert run.price[-1] == pytest.approx(stationary_price(4e7, 1e7), rel=1e-3)
    assert run.income[-1] == pytest.approx(800, rel=1e-3)
    assert run.providers[-1] == pytest.approx(4e7 / 800, rel=1e-3)


def test_without_demand_emission_pays_providers_only_while_others_believe():
    run = simulate_token_economy(economy(demand=0.0, exponent=0.5, cost=1e4), constant_emission(2e7), 10.0)
    assert np.all(run.burned == 0)
    assert run.supply[-1] == pytest.approx(3e8)
    assert run.price[-1] < run.price[0] / 3  # more supply, and hardly more belief
    assert run.income[-1] < run.income[0]


def test_a_small_shock_grows_where_feedback_exceeds_one():
    def providers_after(exponent, mood):
        # Nothing is paid to providers but new tokens; at the start income is exactly cost.
        start = economy(exponent=exponent, demand=0.0, cost=500.0, potential=1e12)
        return simulate_token_economy(start, constant_emission(1e6), 3.0, mood=mood).providers[-1]

    def lasting(exponent):
        return providers_after(exponent, 0.99) / providers_after(exponent, 1.0)

    assert lasting(0.5) == pytest.approx(0.99 ** shock_multiplier(0.5), abs=0.005)
    assert lasting(2.0) < 0.5
    assert lasting(0.5) > lasting(1.0) > lasting(1.5) > lasting(2.0)


def test_the_early_earn_and_the_late_pay():
    run = simulate_token_economy(economy(exponent=0.8), halving_emission(4e7, 2.0), 8.0)
    profit = run.profit_of_joining(500.0)
    assert profit[0] > 0 > profit[5 * 365]
    assert profit[-1] == pytest.approx((run.income[-1] - 800) / 365 - 500)
    assert profit[0] == pytest.approx(np.sum(run.income - 800) / 365 - 500)
    np.testing.assert_allclose(run.times[[0, 365]], [0, 1])


def test_the_ledger_shows_who_pays_for_the_emission():
    run = simulate_token_economy(economy(burned_share=0.5, node_share=0.4), constant_emission(5e6), 2.0)
    ledger = Ledger({"users": "users", "token holders": "token holders"}, new_parties="by name")
    ledger.open("token holders", TOKEN, 1e8)
    for day in range(0, 730, 73):
        ledger.mark(TOKEN, run.price[day])
        ledger.book(run, first=day, last=day + 73, time=day / 365)
    table = profits(ledger)
    assert table["users"]["total"] < 0 < table["suppliers"]["total"]
    moved = sum(row["total"] for name, row in table.items() if name != "total")
    assert moved == pytest.approx(table["total"]["total"], rel=1e-9)
    assert run.emission_value[0] == pytest.approx(0.4 * 5e6 * run.price[0])
    assert run.revenue[0] == pytest.approx(0.5 * 2e6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: economy(supply=0.0), r"supply = 0 .*\(0, inf\)"),
        (lambda: economy(providers=-1.0), r"providers = -1 .*\(0, inf\)"),
        (lambda: economy(demand=-1.0), r"demand = -1 .*\[0, inf\)"),
        (lambda: economy(belief=[1.0, -1.0]), r"belief\[1\] = -1 .*\[0, inf\)"),
        (lambda: economy(cost=0.0), r"cost = 0 .*\(0, inf\)"),
        (lambda: economy(exponent=5.0), r"exponent = 5 .*\[0, 4\]"),
        (lambda: economy(velocity=0.0), r"velocity = 0 .*\(0, inf\)"),
        (lambda: economy(burned_share=2.0), r"burned_share = 2 .*\[0, 1\]"),
        (lambda: economy(node_share=-1.0), r"node_share = -1 .*\[0, 1\]"),
        (lambda: economy(supply=np.ones(2), cost=np.ones(3)), "shapes do not fit"),
        (lambda: simulate_token_economy(economy(), constant_emission(1.0), 0.0), r"years = 0 .*\(0, inf\)"),
        (lambda: simulate_token_economy(economy(), constant_emission(1.0), 1.0, 0), r"steps_per_year = 0 .*>= 1"),
        (lambda: simulate_token_economy(economy(), constant_emission(1.0), mood=-1.0), r"mood = -1 .*\[0, inf\)"),
        (
            lambda: simulate_token_economy(economy(), constant_emission(1.0), 1.0, 10, np.ones(9)),
            r"demand_factor has 9 entries .*allowed are 10",
        ),
        (
            lambda: simulate_token_economy(economy(), constant_emission(1.0), 0.1, 10).profit_of_joining(-1.0),
            r"device_price = -1 .*\[0, inf\)",
        ),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)
