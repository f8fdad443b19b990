"""The market against a deployed Aave v3 pool, step by step and as one sequence."""

import numpy as np
import pytest

from defi_lib.lending.market.account import Account
from defi_lib.lending.market.market import Market
from defi_lib.lending.market.reserve import Listing, Reserve
from defi_lib.lending.positions.collateral import NO_DEBT
from defi_lib.lending.rates.curves import SharedRates, aave_curve
from tests.support.vectors import vectors

FILE = vectors("aave_v3_pool")
CASES = FILE["cases"]
RAY, BASE, START = 10**27, 10**8, 1_700_000_000
MAXIMUM = 2**256 - 1


def unit(asset):
    return 10 ** int(FILE["assets"][asset]["decimals"])


def listing(asset):
    terms = FILE["assets"][asset]
    rates = {name: float(value) for name, value in terms["rate_strategy"].items()}
    curve = aave_curve(
        rates["base_variable"], rates["slope1_variable"], rates["slope2_variable"], rates["optimal_utilization"]
    )
    return Listing(
        SharedRates(curve, int(terms["reserve_factor_bps"]) / 1e4),
        int(terms["ltv_bps"]) / 1e4,
        int(terms["liquidation_threshold_bps"]) / 1e4,
        int(terms["liquidation_bonus_bps"]) / 1e4 - 1,
        int(terms["liquidation_protocol_fee_bps"]) / 1e4,
        int(terms["decimals"]),
    )


def stored_reserve(asset, state):
    def tokens(name):
        return int(state[name]) / unit(asset)

    return Reserve(
        listing(asset),
        cash=tokens("available_liquidity"),
        scaled_supply=tokens("atoken_scaled_supply"),
        scaled_debt=tokens("variable_debt_scaled"),
        scaled_treasury=tokens("accrued_to_treasury_scaled"),
        supply_index=int(state["liquidity_index"]) / RAY,
        borrow_index=int(state["variable_borrow_index"]) / RAY,
        supply_rate=int(state["liquidity_rate"]) / RAY,
        borrow_rate=int(state["variable_borrow_rate"]) / RAY,
        time=float(int(state["last_update"]) or START),
    )


def market_from(state):
    """A market in the state of a vector."""
    reserves = {asset: stored_reserve(asset, reserve) for asset, reserve in state["reserves"].items()}
    prices = {asset: int(reserve["price_base"]) / BASE for asset, reserve in state["reserves"].items()}
    market = Market({asset: reserve.listing for asset, reserve in reserves.items()}, prices)
    market = market._replace(reserves=reserves, time=float(state["block_timestamp"]))
    accounts = {}
    for user, holdings in state["users"].items():
        live = {asset: market.reserve(asset) for asset in reserves}
        # Scaled amounts are whole units too. An index is at least 1, so the balance determines them.
        supply = {a: live[a].whole(int(n) / unit(a) / live[a].supply_index) for a, n in holdings["supplied"].items()}
        debt = {a: live[a].whole(int(n) / unit(a) / live[a].borrow_index) for a, n in holdings["debt"].items()}
        accounts[user] = Account(supply, debt, frozenset(supply) - set(holdings["collateral_enabled"]))
    return market._replace(accounts=accounts)


def act(market, case):
    """What the case does, as a transition of the market."""
    inputs, op = case["inputs"], case["op"]
    if op == "time":
        return market.advance(float(inputs["seconds"]))
    if op == "set_price":
        return market.set_prices({inputs["asset"]: int(inputs["price_base"]) / BASE})
    if op == "liquidation_call":
        most = int(inputs["debt_to_cover"])
        at_most = None if most == MAXIMUM else most / unit(inputs["debt"])
        return market.liquidate("liquidator", inputs["user"], inputs["collateral"], inputs["debt"], at_most)
    amount = None if int(inputs["amount"]) == MAXIMUM else int(inputs["amount"]) / unit(inputs["asset"])
    return getattr(market, op)(inputs["user"], inputs["asset"], amount)


def close(got, want, one, pool=0.0):
    """Within the tolerance of the vectors: ``want`` is in raw units, of which ``one`` is the smallest."""
    return abs(got - int(want) * one) <= 1e-9 * abs(int(want) * one) + 2 * one + 1e-14 * pool


def check_state(market, state):
    for asset, want in state["reserves"].items():
        stored, live, one = market.reserves[asset], market.reserve(asset), 1 / unit(asset)
        pool = live.cash + live.debt
        assert close(live.cash, want["available_liquidity"], one, pool)
        assert close(live.supplied, want["atoken_supply"], one, pool)
        assert close(stored.scaled_supply, want["atoken_scaled_supply"], one, pool)
        assert close(live.debt, want["variable_debt"], one, pool)
        assert close(stored.scaled_debt, want["variable_debt_scaled"], one, pool)
        assert close(stored.scaled_treasury, want["accrued_to_treasury_scaled"], one, pool)
        assert stored.supply_index == pytest.approx(int(want["liquidity_index"]) / RAY, rel=1e-14)
        assert stored.borrow_index == pytest.approx(int(want["variable_borrow_index"]) / RAY, rel=1e-14)
        assert close(stored.supply_rate, want["liquidity_rate"], 1 / RAY)
        assert close(stored.borrow_rate, want["variable_borrow_rate"], 1 / RAY)
        assert market.prices[asset] == int(want["price_base"]) / BASE
    for user, want in state["users"].items():
        check_user(market, user, want)


def check_user(market, user, want):
    for kind, balance in (("supplied", market.supplied), ("debt", market.owed)):
        for asset in market.reserves:
            pool = market.reserve(asset).cash + market.reserve(asset).debt
            assert close(balance(user, asset), want[kind].get(asset, 0), 1 / unit(asset), pool)
    assert {a for a in market.reserves if market.pledged(user, a) > 0} == set(want["collateral_enabled"])
    position, account = market.position(user), want["account"]
    assert close(position.collateral_value, account["total_collateral_base"], 1 / BASE)
    assert close(position.debt_value, account["total_debt_base"], 1 / BASE)
    assert close(position.available_borrows, account["available_borrows_base"], 1 / BASE)
    assert round(position.liquidation_threshold * 1e4, 6) == int(account["liquidation_threshold_bps"])
    assert round(position.loan_to_value * 1e4, 6) == int(account["ltv_bps"])
    assert close(position.health_factor, account["health_factor"], 1e-18)


def check_outputs(change, case):
    outputs, inputs = case["outputs"], case["inputs"]
    for name in ("repaid", "withdrawn"):
        if name in outputs:
            assert close(change.amount, outputs[name], 1 / unit(inputs["asset"]))
    if "debt_repaid" in outputs:
        one = 1 / unit(inputs["collateral"])
        assert close(change.repaid, outputs["debt_repaid"], 1 / unit(inputs["debt"]))
        assert close(change.seized - change.protocol_fee, outputs["collateral_to_liquidator"], one)
        assert close(change.protocol_fee, outputs["collateral_fee_to_treasury"], one)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_each_step_alone(case):
    market = market_from(case["state_before"])
    if case["outputs"].get("reverted"):
        with pytest.raises(ValueError, match=r"amount|at_most|user"):
            act(market, case)
        check_state(market, case["state_after"])
    else:
        change = act(market, case)
        check_outputs(change, case)
        check_state(change.market, case["state_after"])


def test_all_steps_as_one_sequence():
    market = market_from(CASES[0]["state_before"])
    for case in CASES:
        if case["outputs"].get("reverted"):
            with pytest.raises(ValueError):
                act(market, case)
        else:
            change = act(market, case)
            check_outputs(change, case)
            market = change.market
        check_state(market, case["state_after"])
    assert market.position("carol").health_factor == NO_DEBT
    assert np.all([reserve.surplus > -1e-9 for reserve in market.reserves.values()])
