"""The float pool, and the exact one that measures it, against the contract itself."""

from itertools import accumulate

import numpy as np
import pytest

from defi_lib.exchange import (
    ExactConcentratedPool,
)
from defi_lib.exchange.pools import concentrated, price_range, ticks
from defi_lib.exchange.pools.tick_walk import Position
from tests.support.uniswap_v3 import act_exactly, cases, state_of, steps

Q96, WRAP = 2**96, 2**256


def close(got, want, balance=0.0, rounding=2.0, relative=1e-12):
    assert abs(got - want) <= relative * abs(want) + rounding + 1e-14 * balance, (got, want)


def price(root_x96):
    return (root_x96 / Q96) ** 2


@pytest.mark.parametrize(("op", "inputs", "want"), cases("getSqrtRatioAtTick"))
def test_root_of_price_at_tick(op, inputs, want):
    if want.get("reverted"):
        with pytest.raises(ValueError, match=f"tick = {inputs['tick']} .* -887272 to 887272"):
            ticks.sqrt_price_x96_at_tick(inputs["tick"])
        return
    assert ticks.sqrt_price_x96_at_tick(inputs["tick"]) == want["sqrt_price_x96"]
    assert ticks.sqrt_price_at_tick(inputs["tick"]) == want["sqrt_price_x96"] / Q96


@pytest.mark.parametrize(("op", "inputs", "want"), cases("getTickAtSqrtRatio"))
def test_tick_at_root_of_price(op, inputs, want):
    assert ticks.tick_at_sqrt_price_x96(inputs["sqrt_price_x96"]) == want["tick"]


@pytest.mark.parametrize(("op", "inputs", "want"), cases("getAmount0Delta", "getAmount1Delta"))
def test_amounts_between_prices(op, inputs, want):
    low, high = sorted((inputs["sqrt_a_x96"], inputs["sqrt_b_x96"]))
    liquidity, number = inputs["liquidity"], 0 if op == "getAmount0Delta" else 1
    if low < high:
        held = price_range.amounts_for_liquidity(liquidity, price((low, high)[number]), price(low), price(high))
        close(held[number], want[f"amount{number}"])
        assert held[1 - number] == 0


@pytest.mark.parametrize(("op", "inputs", "want"), cases("getNextSqrtPriceFromInput", "getNextSqrtPriceFromOutput"))
def test_price_after_amount(op, inputs, want):
    root, liquidity, falling = inputs["sqrt_price_x96"], inputs["liquidity"], inputs["zero_for_one"]
    given = op == "getNextSqrtPriceFromInput"
    amount = inputs["amount_in" if given else "amount_out"]
    formula = price_range.sqrt_price_after_input if given else price_range.sqrt_price_after_output
    if want.get("reverted"):
        with pytest.raises(ValueError, match=r"amount_out = \S+ is outside the allowed range \[0, "):
            formula(root / Q96, liquidity, amount, 0 if falling else 1)
        return
    close(formula(root / Q96, liquidity, amount, 0 if falling else 1) * Q96, want["sqrt_price_x96"])


@pytest.mark.parametrize(("op", "inputs", "want"), cases("computeSwapStep"))
def test_swap_step(op, inputs, want):
    root, target, amount = inputs["sqrt_price_x96"], inputs["sqrt_target_x96"], inputs["amount_remaining"]
    want = [want[name] for name in ("sqrt_next_x96", "amount_in", "amount_out", "fee_amount")]
    token_in, fee = 0 if target < root else 1, inputs["fee_pips"] / 1e6
    step = price_range.swap_step(
        root / Q96, target / Q96, inputs["liquidity"], abs(amount), fee, token_in, exact_in=amount > 0
    )
    for got, wanted in zip((step.sqrt_price * Q96, *step[1:4]), want, strict=True):
        close(got, wanted)
    assert step.reached == (want[0] == target)


@pytest.mark.parametrize(("op", "inputs", "want"), cases("getLiquidityForAmounts", "getAmountsForLiquidity"))
def test_liquidity_and_amounts(op, inputs, want):
    at = [price(inputs[name]) for name in ("sqrt_price_x96", "sqrt_a_x96", "sqrt_b_x96")]
    if op == "getLiquidityForAmounts":
        close(price_range.liquidity_for_amounts(inputs["amount0"], inputs["amount1"], *at), want["liquidity"])
    else:
        for got, number in zip(price_range.amounts_for_liquidity(inputs["liquidity"], *at), (0, 1), strict=True):
            close(got, want[f"amount{number}"])


def pool_of(state, params):
    """The float pool in a state of the contract."""
    pools = {
        (entry["owner"], entry["tick_lower"], entry["tick_upper"]): Position(
            entry["liquidity"],
            (entry["fee_growth_inside0_last_x128"], entry["fee_growth_inside1_last_x128"]),
            (float(entry["tokens_owed0"]), float(entry["tokens_owed1"])),
        )
        for entry in state["positions"]
    }
    outside = {
        int(tick): (entry["fee_growth_outside0_x128"], entry["fee_growth_outside1_x128"])
        for tick, entry in state["ticks"].items()
    }
    share = params["fee_protocol"]
    return concentrated.ConcentratedPool(
        price(state["sqrt_price_x96"]),
        params["fee_pips"] / 1e6,
        params["tick_spacing"],
        1 / share if share else 0.0,
        positions=pools,
        fee_growth_x128=(state["fee_growth_global0_x128"], state["fee_growth_global1_x128"]),
        fee_growth_outside_x128=outside,
        protocol_fees=(state["protocol_fees0"], state["protocol_fees1"]),
        reserves=(state["balance0"], state["balance1"]),
        tick=state["tick"],
    )


def act(pool, op, inputs):
    """One step of a case: what happened, and the amounts of token 0 and 1 as the contract returns them."""
    if op == "swap":
        given, token = inputs["amount_specified"], 0 if inputs["zero_for_one"] else 1
        trade = pool.swap_exact_in if given > 0 else pool.swap_exact_out
        swap = trade(abs(given), token, 1 - token, price_limit=price(inputs["sqrt_price_limit_x96"]))
        amounts = (swap.amount_in, -swap.amount_out)
        return swap, amounts if token == 0 else amounts[::-1]
    key = (inputs["tick_lower"], inputs["tick_upper"])
    if op == "collect":
        change = pool.collect(*key, inputs["owner"])
    else:
        method = pool.add_liquidity if op == "mint" else pool.remove_liquidity
        change = method(*key, inputs["liquidity"], inputs["owner"])
    return change, change.amounts


def assert_state(pool, state, rounding=(2.0, 2.0), held=(0, 0)):
    """All of the state, with ``rounding`` in smallest units of each token, of which ``held`` were there before."""
    balances = [max(state[f"balance{number}"], held[number]) for number in (0, 1)]
    # What parts the amounts moves the price: by Δy/L.
    close(pool.sqrt_price, state["sqrt_price_x96"] / Q96, 0, rounding[1] / max(state["liquidity"], 1e12), 1e-14)
    assert pool.tick == state["tick"]
    close(pool.liquidity, state["liquidity"])
    for number in (0, 1):
        close(pool.reserves[number], state[f"balance{number}"], balances[number], rounding[number])
        close(pool.protocol_fees[number], state[f"protocol_fees{number}"], 0, rounding[number])
        assert_growth(pool.fee_growth_x128[number], state[f"fee_growth_global{number}_x128"], rounding[number])
    assert set(pool.ticks) == {int(tick) for tick in state["ticks"]}
    for tick, want in state["ticks"].items():
        got = pool.ticks[int(tick)]
        close(got.liquidity_gross, want["liquidity_gross"])
        close(got.liquidity_net, want["liquidity_net"])
        for number in (0, 1):
            outside = want[f"fee_growth_outside{number}_x128"]
            assert_growth(got.fee_growth_outside_x128[number], outside, rounding[number])
    for want in state["positions"]:
        got = pool.positions.get((want["owner"], want["tick_lower"], want["tick_upper"]), Position())
        close(got.liquidity, want["liquidity"])
        for number in (0, 1):
            close(got.tokens_owed[number], want[f"tokens_owed{number}"], balances[number], rounding[number])
            inside = want[f"fee_growth_inside{number}_last_x128"]
            assert_growth(got.fee_growth_inside_x128[number], inside, rounding[number])


def assert_growth(got, want, rounding):
    """Equal to 1e-11, or to ``rounding`` smallest units of fees for liquidity of 1e15, the least in use here."""
    apart = (got - want + WRAP // 2) % WRAP - WRAP // 2
    assert abs(apart) <= 1e-11 * min(want, WRAP - want) + rounding * 2**128 / 1e15, (got, want)


@pytest.mark.parametrize("case", steps(), ids=lambda case: case["id"])
def test_step_of_the_contract(case):
    pool = pool_of(case["state_before"], case["params"])
    assert_state(pool, case["state_before"])
    if case["outputs"].get("reverted"):
        with pytest.raises(ValueError, match="price_limit"):
            act(pool, case["op"], case["inputs"])
        return
    record, amounts = act(pool, case["op"], case["inputs"])
    after = case["state_after"]
    for number in (0, 1):
        close(amounts[number], case["outputs"][f"amount{number}"], after[f"balance{number}"])
    assert_state(record.pool, after)


def test_all_steps_of_the_contract_in_a_row():
    pool = concentrated.ConcentratedPool(1.0, 0.003, 60)
    for case in steps():
        if case["outputs"].get("reverted"):
            continue
        record, amounts = act(pool, case["op"], case["inputs"])
        pool = record.pool
        assert_state(pool, case["state_after"])
        for number in (0, 1):
            close(amounts[number], case["outputs"][f"amount{number}"], case["state_after"][f"balance{number}"])


def random_step(exact, random):
    """A step that somebody might try: its kind and its inputs."""
    kind = random.choice(["mint", "mint", "burn", "collect", "swap", "swap", "swap"]) if exact.positions else "mint"
    here, spacing = exact.tick // exact.tick_spacing, exact.tick_spacing
    if kind == "swap":
        falling = bool(random.integers(2))
        end = (here + int(random.integers(1, 80)) * (-1 if falling else 1)) * spacing
        limit = ticks.sqrt_price_x96_at_tick(min(max(end, -100_000), 100_000))
        amount = int(10 ** random.uniform(3, 26)) * int(random.choice([-1, 1]))
        return kind, {"zero_for_one": falling, "amount_specified": amount, "sqrt_price_limit_x96": limit}
    if kind == "mint":
        lower = here + int(random.integers(-60, 60))
        upper = lower + int(random.integers(1, 60))
        key = (str(random.choice(["ann", "bob"])), lower * spacing, upper * spacing)
        more = {"liquidity": int(10 ** random.uniform(15, 24))}
    else:
        key = list(exact.positions)[int(random.integers(len(exact.positions)))]
        part = int(random.integers(0, 3))
        more = {"liquidity": exact.positions[key].liquidity * part // 2} if kind == "burn" else {}
    return kind, dict(zip(("owner", "tick_lower", "tick_upper"), key, strict=True)) | more


def rounding_of(*pools):
    """What may part the float pool from the exact ones before and after a step, in smallest units of each token.

    Three units of either token, at the price, for the integers of the contract; and for the float, whose √P has 53
    bits, 4e-16 of ``L/√P`` (token 0) or ``L·√P`` (token 1), where L is the most liquidity at any price.
    """
    allowed = []
    for pool in pools:
        most = max(accumulate(tick.liquidity_net for tick in pool.ticks.values()), default=0)
        root = pool.sqrt_price_x96 / Q96
        allowed.append((3 + 3 / root**2 + 4e-16 * most / root, 3 + 3 * root**2 + 4e-16 * most * root))
    return np.max(allowed, axis=0)


def random_pool(seed):
    """Random numbers, and a pool without liquidity of each kind."""
    random = np.random.default_rng(seed)
    fee_pips, spacing = [(100, 1), (500, 10), (3000, 60), (10000, 200)][seed % 4]
    start = ticks.sqrt_price_x96_at_tick(int(random.integers(-3, 4)) * 15360) + 12345
    return random, ExactConcentratedPool(start, fee_pips, spacing, ((0, 0), (4, 10), (0, 7))[seed % 3])


def float_pool(exact):
    """The float pool in the state of an exact one."""
    params = {"fee_pips": exact.fee_pips, "tick_spacing": exact.tick_spacing, "fee_protocol": 0}
    shares = tuple(1 / share if share else 0.0 for share in exact.protocol_fee)
    return pool_of(state_of(exact), params).with_protocol_fee(shares)


@pytest.mark.parametrize("seed", range(24))
def test_random_histories(seed):
    """Whatever the contract does with many positions, ticks and limits, the float pool does, to rounding.

    In one step of 4,000, and in none of these, the last unit decides whether a tick is crossed: then the tick differs
    by one and, next to a gap without liquidity, the price by the gap. The amounts agree even so.
    """
    random, exact = random_pool(seed)
    kinds = []
    for _ in range(60):
        kind, inputs = random_step(exact, random)
        pool = float_pool(exact)
        try:
            change, amounts = act_exactly(exact, kind, inputs)
        except ValueError:
            with pytest.raises(ValueError, match=r"allowed|no liquidity"):
                act(pool, kind, inputs)
            continue
        kinds.append(kind)
        rounding, held = rounding_of(exact, change.pool), exact.reserves
        exact, after = change.pool, state_of(change.pool)
        record, got = act(pool, kind, inputs)
        for number in (0, 1):
            close(got[number], amounts[number], 0, rounding[number], 1e-15)
        assert_state(record.pool, after, rounding, held)
    assert set(kinds) == {"mint", "burn", "collect", "swap"}


@pytest.mark.parametrize("seed", range(24))
def test_prices_next_to_ticks_and_limits(seed):
    """However little a trade moves the price, from 1e-6 to less than a float can tell, the amounts stay as right."""
    random, exact = random_pool(seed)
    trades = 0
    for _ in range(60):
        kind, inputs = random_step(exact, random)
        if kind == "swap":
            away = exact.sqrt_price_x96 * 10 ** random.uniform(-15, -6) * (-1 if inputs["zero_for_one"] else 1)
            near = exact.sqrt_price_x96 if random.integers(2) else inputs["sqrt_price_limit_x96"]
            inputs["sqrt_price_limit_x96"] = near + int(away)
            if random.integers(2):
                inputs["amount_specified"] = int(random.choice([-1, 1]) * 10 ** random.uniform(0, 8))
        try:
            change, amounts = act_exactly(exact, kind, inputs)
        except ValueError:
            continue
        rounding, got = rounding_of(exact, change.pool), act(float_pool(exact), kind, inputs)[1]
        trades += kind == "swap"
        exact = change.pool
        for number in (0, 1):
            close(got[number], amounts[number], 0, rounding[number], 1e-15)
    assert trades > 10
