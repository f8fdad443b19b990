"""The vectors of the Uniswap v3 contract, and the exact pool put into their words."""

import pytest

from defi_lib.exchange import ExactConcentratedPool, ExactPosition, ExactTick
from tests.support.vectors import cases

CASES = cases("uniswap_v3")
NUMBERS = (0, 1)


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
    """Parameters op, inputs and outputs of the calls of library functions."""
    chosen = [case for case in CASES if case["op"] in operations]
    assert chosen
    return [
        pytest.param(case["op"], *map(integers, (case["inputs"], case["outputs"])), id=case["id"]) for case in chosen
    ]


def steps():
    """The steps of the pool, in their order."""
    chosen = [integers(case) for case in CASES if case["group"] != "lib"]
    assert len(chosen) == 39
    return chosen


def key_of(entry):
    return entry["owner"], entry["tick_lower"], entry["tick_upper"]


def exact_pool_of(state, params):
    """The exact pool in a state of the contract."""
    return ExactConcentratedPool(
        state["sqrt_price_x96"],
        params["fee_pips"],
        params["tick_spacing"],
        params["fee_protocol"],
        tick=state["tick"],
        ticks={
            int(tick): ExactTick(
                entry["liquidity_gross"], entry["liquidity_net"], pair(entry, "fee_growth_outside{}_x128")
            )
            for tick, entry in state["ticks"].items()
        },
        positions={
            key_of(entry): ExactPosition(
                entry["liquidity"], pair(entry, "fee_growth_inside{}_last_x128"), pair(entry, "tokens_owed{}")
            )
            for entry in state["positions"]
        },
        fee_growth_x128=pair(state, "fee_growth_global{}_x128"),
        protocol_fees=pair(state, "protocol_fees{}"),
        reserves=pair(state, "balance{}"),
    )


def pair(entry, name):
    return entry[name.format(0)], entry[name.format(1)]


def split(name, values):
    return {name.format(number): values[number] for number in NUMBERS}


def state_of(pool):
    """All of the exact pool, as the vectors describe the contract."""
    return {
        "sqrt_price_x96": pool.sqrt_price_x96,
        "tick": pool.tick,
        "liquidity": pool.liquidity,
        **split("fee_growth_global{}_x128", pool.fee_growth_x128),
        **split("protocol_fees{}", pool.protocol_fees),
        **split("balance{}", pool.reserves),
        "ticks": {
            str(tick): {"liquidity_gross": gross, "liquidity_net": net, **split("fee_growth_outside{}_x128", outside)}
            for tick, (gross, net, outside) in pool.ticks.items()
        },
        "positions": [
            {
                **dict(zip(("owner", "tick_lower", "tick_upper"), key, strict=True)),
                "liquidity": liquidity,
                **split("fee_growth_inside{}_last_x128", inside),
                **split("tokens_owed{}", owed),
            }
            for key, (liquidity, inside, owed) in pool.positions.items()
        ],
    }


def act_exactly(pool, op, inputs):
    """One step: what happened, and the amounts of token 0 and 1 as the contract returns them."""
    if op == "swap":
        given, token = inputs["amount_specified"], 0 if inputs["zero_for_one"] else 1
        trade = pool.swap_exact_in if given > 0 else pool.swap_exact_out
        swap = trade(abs(given), token, 1 - token, inputs["sqrt_price_limit_x96"])
        amounts = (swap.amount_in, -swap.amount_out)
        return swap, amounts if token == 0 else amounts[::-1]
    owner, lower, upper = key_of(inputs)
    if op == "collect":
        change = pool.collect(lower, upper, owner)
    else:
        method = pool.add_liquidity if op == "mint" else pool.remove_liquidity
        change = method(lower, upper, inputs["liquidity"], owner)
    return change, change.amounts
