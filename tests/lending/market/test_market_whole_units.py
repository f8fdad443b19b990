"""The market in whole units: against the same pool in integers, in random sequences that no vector covers."""

from copy import deepcopy

import numpy as np
import pytest

from defi_lib.lending import Market
from tests.lending.market.test_market_vectors import BASE, CASES, FILE, START, close, listing, unit
from tests.support.aave_v3 import MAXIMUM, RAY, ExactPool, ExactReserve, RefusedError

ASSETS = tuple(FILE["assets"])
USERS = ("alice", "bob", "carol")
PRICES = {asset: int(CASES[0]["state_before"]["reserves"][asset]["price_base"]) for asset in ASSETS}


def exact_reserve(asset):
    terms = FILE["assets"][asset]
    curve = ("base_variable", "slope1_variable", "slope2_variable", "optimal_utilization")
    basis_points = ("ltv", "liquidation_threshold", "liquidation_bonus", "liquidation_protocol_fee", "reserve_factor")
    return ExactReserve(
        int(terms["decimals"]),
        *(int(terms[f"{name}_bps"]) for name in basis_points),
        tuple(round(float(terms["rate_strategy"][name]) * 1e4) * (RAY // 10_000) for name in curve),
        PRICES[asset],
        touched=START,
    )


def exact_pool():
    return ExactPool({asset: exact_reserve(asset) for asset in ASSETS}, START)


def play(pool, case):
    """The pool after what a vector says, and the result."""
    pool, inputs, op = deepcopy(pool), case["inputs"], case["op"]
    numbers = {name: None if int(text) == MAXIMUM else int(text) for name, text in inputs.items() if text.isdigit()}
    if op == "time":
        pool.now += numbers["seconds"]
    elif op == "set_price":
        pool.reserves[inputs["asset"]].price = numbers["price_base"]
    elif op == "liquidation_call":
        users = inputs["user"], inputs["collateral"], inputs["debt"]
        return pool, pool.liquidate(*users, numbers["debt_to_cover"])
    else:
        return pool, getattr(pool, op)(inputs["user"], inputs["asset"], numbers["amount"])
    return pool, None


def test_the_pool_in_integers_is_the_contract():
    pool = exact_pool()
    for case in CASES:
        if case["outputs"].get("reverted"):
            with pytest.raises(RefusedError):
                play(pool, case)
        else:
            pool, result = play(pool, case)
            want = tuple(int(text) for name, text in case["outputs"].items() if name != "reverted")
            assert not want or np.atleast_1d(np.array(result, object)).tolist() == list(want)
        for asset, want in case["state_after"]["reserves"].items():
            reserve, (supply, debt) = pool.reserves[asset], pool.totals(asset)
            assert reserve.cash == int(want["available_liquidity"])
            assert (supply, debt) == (int(want["atoken_supply"]), int(want["variable_debt"]))
            assert reserve.treasury == int(want["accrued_to_treasury_scaled"])
            assert reserve.supply_index == int(want["liquidity_index"])
            assert reserve.borrow_index == int(want["variable_borrow_index"])
            assert reserve.supply_rate == int(want["liquidity_rate"])
            assert reserve.borrow_rate == int(want["variable_borrow_rate"])
        for user, want in case["state_after"]["users"].items():
            account = want["account"]
            names = ("total_collateral_base", "total_debt_base", "ltv_bps", "liquidation_threshold_bps")
            assert pool.account(user) == (*(int(account[name]) for name in names), int(account["health_factor"]))
            assert pool.available(user) == int(account["available_borrows_base"])
            assert {asset for asset in ASSETS if user in pool.reserves[asset].pledged} == set(
                want["collateral_enabled"]
            )


def agrees(market, pool, largest):
    """Everything that a vector states, to the tolerance of the vectors; ``largest`` is the size that pools had."""
    for asset, want in pool.reserves.items():
        stored, live, one = market.reserves[asset], market.reserve(asset), 1 / unit(asset)
        largest[asset] = max(largest[asset], live.cash + live.debt)
        size, (supply, debt) = largest[asset], pool.totals(asset)
        assert close(live.cash, want.cash, one, size)
        assert close(live.supplied, supply, one, size)
        assert close(live.debt, debt, one, size)
        assert close(stored.scaled_treasury, want.treasury, one, size)
        assert close(stored.supply_index, want.supply_index, 1 / RAY)
        assert close(stored.borrow_index, want.borrow_index, 1 / RAY)
        assert close(stored.borrow_rate, want.borrow_rate, 1 / RAY)
        assert close(stored.supply_rate, want.supply_rate, 1 / RAY)
        for user in market.accounts:
            assert close(market.supplied(user, asset), want.supplied(user, pool.now), one, size)
            assert close(market.owed(user, asset), want.owed(user, pool.now), one, size)
    for user in market.accounts:
        if user == "treasury":
            continue
        position, (collateral, debt, loan, threshold, health) = market.position(user), pool.account(user)
        assert close(position.collateral_value, collateral, 1 / BASE)
        assert close(position.debt_value, debt, 1 / BASE)
        assert close(position.available_borrows, pool.available(user), 1 / BASE)
        assert (round(position.loan_to_value * 1e4), round(position.liquidation_threshold * 1e4)) == (loan, threshold)
        assert close(position.health_factor, health, 1e-18)


def comparable(market, pool, largest):
    """Whether the market can still follow.

    A float does not know what is left when all but a millionth of a pool has gone. And the market drops the unit that
    rounding may leave of a deposit that was seized whole, which the contract keeps, unpledged.
    """
    tiny = any(0 < market.reserve(a).cash + market.reserve(a).debt < 1e-6 * largest[a] for a in ASSETS)
    rests = any(set(reserve.supply) - reserve.pledged - {"treasury"} for reserve in pool.reserves.values())
    return not tiny and not rests


def choose(random, pool):
    """A random action: its name, whose, of what, and an amount in raw units or None for everything."""
    user, asset, other = (str(random.choice(names)) for names in (USERS, ASSETS, ASSETS))
    reserve, op = pool.reserves[asset], str(random.choice(["supply", "withdraw", "borrow", "repay", "liquidate"]))
    part = random.choice([1.0, 0.5, random.random(), random.random() ** 20])
    if op == "supply":
        most = int(20_000 * random.lognormal(0, 1.5) * BASE) * reserve.unit // reserve.price
    elif op == "withdraw":
        most = reserve.supplied(user, pool.now)
    elif op == "borrow":
        # Not all of a cash of 18 decimals: what is left would be less than a float can tell.
        cash = reserve.cash // 2 if reserve.decimals == 18 else reserve.cash
        most = min(pool.available(user) * reserve.unit // reserve.price, cash)
    elif op == "repay":
        most = reserve.owed(user, pool.now)
    else:
        most = pool.reserves[other].owed(user, pool.now)
    if part < 1:
        amount = int(most * part)
    elif op == "borrow" and reserve.decimals == 18:
        # A wei less or more than the limit is too fine for a float.
        amount = most + int(random.choice([-1, 1])) * (most // 10**9)
    else:
        amount = most + int(random.integers(0, 2) * (reserve.decimals < 18))
    if op in ("withdraw", "repay", "liquidate") and random.random() < 0.3:
        amount = None
    return op, user, asset, other, amount


def same_action(market, pool, op, user, asset, other, amount):
    """Both after the action, if both take it; both refuse, or the test fails."""
    trial = deepcopy(pool)
    try:
        arguments = (user, asset, other, amount) if op == "liquidate" else (user, asset, amount)
        result = getattr(trial, op)(*arguments)
    except RefusedError:
        trial = None
    try:
        if op == "liquidate":
            tokens = None if amount is None else amount / unit(other)
            change = market.liquidate("liz", user, asset, other, tokens)
        else:
            change = getattr(market, op)(user, asset, None if amount is None else amount / unit(asset))
    except ValueError:
        assert trial is None, "refused by the market alone"
        return market, pool
    if trial is None:
        # The market lets nothing be moved; the contract refuses that. And no float tells a wei in ten thousand tokens.
        moved = change.seized - change.protocol_fee if op == "liquidate" else change.amount
        scarce = abs(moved - pool.reserves[asset].cash / unit(asset)) <= 1e-14 * moved
        assert moved == 0 or (scarce and unit(asset) == 10**18), "refused by the contract alone"
        return market, pool
    if op == "liquidate":
        got = (change.repaid, change.seized - change.protocol_fee, change.protocol_fee)
        assert all(close(g, w, 1 / unit(a)) for g, w, a in zip(got, result, (other, asset, asset), strict=True))
    elif result is not None:
        assert close(change.amount, result, 1 / unit(asset), change.market.reserve(asset).cash)
    return change.market, trial


@pytest.mark.parametrize("seed", range(20))
def test_it_agrees_with_the_contract_in_random_sequences(seed):
    random, pool = np.random.default_rng(seed), exact_pool()
    market = Market({asset: listing(asset) for asset in ASSETS}, {asset: PRICES[asset] / BASE for asset in ASSETS})
    market = market._replace(
        time=float(START), reserves={a: r._replace(time=float(START)) for a, r in market.reserves.items()}
    )
    largest = dict.fromkeys(ASSETS, 0.0)
    for _ in range(100):
        if random.random() < 0.3:
            seconds, asset = int(10 ** random.uniform(0, 7.5)), str(random.choice(["WETH", "WBTC"]))
            price = int(pool.reserves[asset].price * random.uniform(0.8, 1.2))
            pool.now, pool.reserves[asset].price = pool.now + seconds, price
            market = market.advance(float(seconds)).market.set_prices({asset: price / BASE}).market
        else:
            action = choose(random, pool)
            op, user, asset, other, amount = action
            if amount == 0 or (op != "supply" and not pool.known(user)) or (op == "liquidate" and asset == other):
                continue
            market, pool = same_action(market, pool, *action)
        if not comparable(market, pool, largest):
            break
        agrees(market, pool, largest)


def whole_market(price, debt, collateral=10.123456789):
    market = Market({asset: listing(asset) for asset in ("USDC", "WBTC")}, {"USDC": 1.0, "WBTC": 2000.0})
    market = market.supply("bob", "USDC", 30_000.0000004).market.supply("alice", "WBTC", collateral).market
    market = market.borrow("alice", "USDC", debt).market.advance(1e7, touch=True).market
    return market.set_prices({"WBTC": price}).market


def test_scenarios_agree_with_single_markets():
    prices, debts = np.array([2100.0, 1850.0, 900.0]), np.array([100.0000016, 14_000.0, 14_100.0000004])
    result = whole_market(prices, debts).liquidate("liz", "alice", "WBTC", "USDC")
    for i in range(3):
        one = whole_market(float(prices[i]), float(debts[i]))
        if one.position("alice").health_factor < 1:
            single = one.liquidate("liz", "alice", "WBTC", "USDC")
            assert (result.repaid[i], result.seized[i], result.protocol_fee[i]) == single[2:5]
            one = single.market
        else:
            assert result.repaid[i] == result.seized[i] == 0
        assert result.market.position("alice").health_factor[i] == one.position("alice").health_factor
        assert result.market.position("alice").available_borrows[i] == one.position("alice").available_borrows
        assert result.market.owed("alice", "USDC")[i] == one.owed("alice", "USDC")


def test_every_amount_is_whole():
    result = whole_market(1850.0, 14_000.1234567).liquidate("liz", "alice", "WBTC", "USDC", 3000.7654321)
    usdc, wbtc = (result.market.reserves[asset] for asset in ("USDC", "WBTC"))
    assert result.repaid == 3000.765432
    for units in (
        *(amount * 1e6 for amount in (usdc.cash, usdc.scaled_supply, usdc.debt, usdc.treasury, usdc.supplied)),
        *(amount * 1e8 for amount in (wbtc.cash, wbtc.supplied, result.seized, result.protocol_fee)),
    ):
        assert units == pytest.approx(round(units), abs=1e-5)
        assert units > 0


def test_a_loan_up_to_the_last_unit():
    market = whole_market(2000.0, 0.0, 10.0)
    assert market.position("alice").available_borrows == 14_000.0
    full = market.borrow("alice", "USDC", 14_000.0).market
    assert full.position("alice").available_borrows == 0.0
    with pytest.raises(ValueError, match=r"amount = 14000.000001 .* \[0, 14000\]"):
        market.borrow("alice", "USDC", 14_000.000001)
    # As much as is just healthy may be withdrawn: 14,000 / 0.75 / 2,000 must stay.
    assert full.withdraw("alice", "WBTC", 0.66666666).market.position("alice").health_factor >= 1
    with pytest.raises(ValueError, match=r"health factor of 1"):
        full.withdraw("alice", "WBTC", 0.66666667)
