"""The float pool, and the exact one that measures it, against the contract itself."""

import json
from pathlib import Path

import numpy as np
import pytest
from exact_concentrated import (
    ExactPool,
    RevertedError,
    amount_0,
    amount_1,
    root_after_input,
    root_after_output,
    swap_step,
)

from defi_lib.exchange import concentrated, price_range, ticks
from defi_lib.exchange.tick_walk import Position

Q96, WRAP = 2**96, 2**256
CASES = json.loads((Path(__file__).parents[1] / "vectors" / "uniswap_v3.json").read_text())["cases"]


def integers(entry):
    """The decimal strings of an entry of the file as integers."""
    if isinstance(entry, dict):
        return {name: integers(value) for name, value in entry.items()}
    if isinstance(entry, list):
        return [integers(value) for value in entry]
    try:
        return int(entry) if isinstance(entry, str) else entry
    except ValueError:
        return entry


def cases(*operations):
    chosen = [case for case in CASES if case["op"] in operations]
    assert chosen
    return [pytest.param(case["op"], *map(integers, parts(case)), id=case["id"]) for case in chosen]


def parts(case):
    return case["inputs"], case["outputs"]


def steps():
    chosen = [case for case in CASES if case["group"] != "lib"]
    assert len(chosen) == 39
    return [pytest.param(integers(case), id=case["id"]) for case in chosen]


def close(got, want, balance=0.0, rounding=2.0):
    assert abs(got - want) <= 1e-12 * abs(want) + rounding + 1e-14 * balance, (got, want)


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
    exact = (amount_0, amount_1)[number](low, high, liquidity, inputs["round_up"])
    assert exact == want[f"amount{number}"]
    if low < high:
        held = price_range.amounts_for_liquidity(liquidity, price((low, high)[number]), price(low), price(high))
        close(held[number], exact)
        assert held[1 - number] == 0


@pytest.mark.parametrize(("op", "inputs", "want"), cases("getNextSqrtPriceFromInput", "getNextSqrtPriceFromOutput"))
def test_price_after_amount(op, inputs, want):
    root, liquidity, falling = inputs["sqrt_price_x96"], inputs["liquidity"], inputs["zero_for_one"]
    given = op == "getNextSqrtPriceFromInput"
    amount = inputs["amount_in" if given else "amount_out"]
    exact, formula = (
        (root_after_input, price_range.sqrt_price_after_input)
        if given
        else (root_after_output, price_range.sqrt_price_after_output)
    )
    if want.get("reverted"):
        with pytest.raises(ValueError, match=r"amount_out = \S+ is outside the allowed range \[0, "):
            formula(root / Q96, liquidity, amount, 0 if falling else 1)
        with pytest.raises(RevertedError):
            exact(root, liquidity, amount, falling)
        return
    assert exact(root, liquidity, amount, falling) == want["sqrt_price_x96"]
    close(formula(root / Q96, liquidity, amount, 0 if falling else 1) * Q96, want["sqrt_price_x96"])


@pytest.mark.parametrize(("op", "inputs", "want"), cases("computeSwapStep"))
def test_swap_step(op, inputs, want):
    root, target, amount = inputs["sqrt_price_x96"], inputs["sqrt_target_x96"], inputs["amount_remaining"]
    want = [want[name] for name in ("sqrt_next_x96", "amount_in", "amount_out", "fee_amount")]
    assert list(swap_step(root, target, inputs["liquidity"], amount, inputs["fee_pips"])) == want
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


def assert_state(pool, state, rounding=(2.0, 2.0)):
    """All of the state, with ``rounding`` in smallest units of each token."""
    balances = state["balance0"], state["balance1"]
    assert pool.sqrt_price * Q96 == pytest.approx(state["sqrt_price_x96"], rel=1e-12)
    assert pool.tick == state["tick"]
    close(pool.liquidity, state["liquidity"])
    for number in (0, 1):
        balance = balances[number]
        close(pool.reserves[number], balance, balance, rounding[number])
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


@pytest.mark.parametrize("case", steps())
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
    group = [integers(case) for case in CASES if case["group"] == "p3000"]
    pool = concentrated.ConcentratedPool(1.0, 0.003, 60)
    exact = ExactPool(Q96)
    for case in group:
        inputs, outputs = case["inputs"], case["outputs"]
        if outputs.get("reverted"):
            with pytest.raises(RevertedError):
                exact.swap(inputs["zero_for_one"], inputs["amount_specified"], inputs["sqrt_price_limit_x96"])
            continue
        record, amounts = act(pool, case["op"], inputs)
        pool = record.pool
        assert_state(pool, case["state_after"])
        want = [outputs["amount0"], outputs["amount1"]]
        for number in (0, 1):
            close(amounts[number], want[number], case["state_after"][f"balance{number}"])
        assert act_exactly(exact, case["op"], inputs) == want
        assert exact_state(exact, case["state_after"])


def act_exactly(exact, op, inputs):
    if op == "swap":
        return exact.swap(inputs["zero_for_one"], inputs["amount_specified"], inputs["sqrt_price_limit_x96"])
    key = inputs["owner"], inputs["tick_lower"], inputs["tick_upper"]
    if op == "collect":
        return exact.collect(*key)
    return exact.change(*key, inputs["liquidity"] if op == "mint" else -inputs["liquidity"])


def exact_state(exact, state):
    """Whether all of the exact pool equals the contract."""
    return state_of(exact) == {name: value for name, value in state.items() if name != "positions"} | {
        "positions": {
            (entry["owner"], entry["tick_lower"], entry["tick_upper"]): entry
            for entry in state["positions"]
            if (entry["owner"], entry["tick_lower"], entry["tick_upper"]) in exact.positions
        }
    }


def state_of(exact):
    """The exact pool in the words of the vectors, positions by key."""
    tick_entries = {
        str(tick): {
            "liquidity_gross": gross,
            "liquidity_net": net,
            "fee_growth_outside0_x128": outside[0],
            "fee_growth_outside1_x128": outside[1],
        }
        for tick, (gross, net, outside) in sorted(exact.ticks.items())
    }
    positions = {
        key: {
            "owner": key[0],
            "tick_lower": key[1],
            "tick_upper": key[2],
            "liquidity": liquidity,
            "fee_growth_inside0_last_x128": inside[0],
            "fee_growth_inside1_last_x128": inside[1],
            "tokens_owed0": owed[0],
            "tokens_owed1": owed[1],
        }
        for key, (liquidity, inside, owed) in exact.positions.items()
    }
    return {
        "sqrt_price_x96": exact.root,
        "tick": exact.tick,
        "liquidity": exact.liquidity,
        "fee_growth_global0_x128": exact.growth[0],
        "fee_growth_global1_x128": exact.growth[1],
        "protocol_fees0": exact.protocol_fees[0],
        "protocol_fees1": exact.protocol_fees[1],
        "balance0": exact.balances[0],
        "balance1": exact.balances[1],
        "ticks": tick_entries,
        "positions": positions,
    }


def random_step(exact, random):
    """A step that somebody might try: its kind and its inputs."""
    kind = random.choice(["mint", "mint", "burn", "collect", "swap", "swap", "swap"]) if exact.positions else "mint"
    here, spacing = exact.tick // exact.spacing, exact.spacing
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
        more = {"liquidity": exact.positions[key][0] * part // 2} if kind == "burn" else {}
    return kind, dict(zip(("owner", "tick_lower", "tick_upper"), key, strict=True)) | more


def described(exact):
    """The exact pool as the vectors describe the contract."""
    state = state_of(exact)
    return json.loads(json.dumps(state | {"positions": list(state["positions"].values())}))


def rounding_of(exact):
    """Smallest units of each token that the rounding of √price to a float is worth, and of many steps of integers."""
    most = sum(position[0] for position in exact.positions.values())
    root = exact.root / Q96
    return 100 + 1e-15 * most / root, 100 + 1e-15 * most * root


@pytest.mark.parametrize("seed", range(24))
def test_random_histories(seed):
    """Whatever the contract does with many positions, ticks and limits, the float pool does, to rounding."""
    random = np.random.default_rng(seed)
    fee_pips, spacing = [(100, 1), (500, 10), (3000, 60), (10000, 200)][seed % 4]
    start = ticks.sqrt_price_x96_at_tick(int(random.integers(-3, 4)) * 15360) + 12345
    exact = ExactPool(start, fee_pips, spacing, ((0, 0), (4, 10), (0, 7))[seed % 3])
    kinds = []
    for _ in range(60):
        before, rounding = described(exact), rounding_of(exact)
        kind, inputs = random_step(exact, random)
        pool = pool_of(before, {"fee_pips": fee_pips, "tick_spacing": spacing, "fee_protocol": 0})
        pool = pool.with_protocol_fee(tuple(1 / share if share else 0.0 for share in exact.fee_protocol))
        try:
            amounts = act_exactly(exact, kind, inputs)
        except RevertedError:
            with pytest.raises(ValueError, match=r"allowed|no liquidity"):
                act(pool, kind, inputs)
            continue
        kinds.append(kind)
        rounding = [max(pair) for pair in zip(rounding, rounding_of(exact), strict=True)]
        after = described(exact)
        record, got = act(pool, kind, inputs)
        for number in (0, 1):
            close(got[number], amounts[number], after[f"balance{number}"], rounding[number])
        assert_state(record.pool, after, rounding)
    assert set(kinds) == {"mint", "burn", "collect", "swap"}
