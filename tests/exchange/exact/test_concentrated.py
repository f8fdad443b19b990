import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.exchange import (
    ExactConcentratedPool,
    ExactPosition,
    ExactTick,
    LiquidityChange,
    sqrt_price_x96_at_tick,
)
from tests.support.uniswap_v3 import act_exactly, exact_pool_of, key_of, pair, state_of, steps

Q96, E18 = 2**96, 10**18
FULL_RANGE = (-887220, 887220)


def ladder_pool(protocol_fee=0, fee_pips=3000):
    """Three positions that overlap, and a gap."""
    pool = ExactConcentratedPool(Q96, fee_pips, 60, protocol_fee)
    for owner, lower, upper, liquidity in (("ann", -600, 600, E18), ("bob", -60, 60, 70 * E18), ("bob", 1200, 1800, 5)):
        pool = pool.add_liquidity(lower, upper, liquidity, owner).pool
    return pool


def owed(pool):
    """All that the positions and the protocol could take out: taken out of it."""
    paid = list(pool.protocol_fees)
    for (owner, lower, upper), held in pool.positions.items():
        if held.liquidity:
            pool = pool.remove_liquidity(lower, upper, held.liquidity, owner).pool
        change = pool.collect(lower, upper, owner)
        pool, paid = change.pool, [each + more for each, more in zip(paid, change.amounts, strict=True)]
    return paid


@pytest.mark.parametrize("case", steps(), ids=lambda case: case["id"])
def test_step_of_the_contract(case):
    pool = exact_pool_of(case["state_before"], case["params"])
    assert state_of(pool) == case["state_before"]
    if case["outputs"].get("reverted"):
        with pytest.raises(ValueError, match=r"sqrt_price_limit_x96 = \d+ is outside the allowed range"):
            act_exactly(pool, case["op"], case["inputs"])
    else:
        record, amounts = act_exactly(pool, case["op"], case["inputs"])
        assert amounts == pair(case["outputs"], "amount{}")
        assert state_of(record.pool) == case["state_after"]
    assert state_of(pool) == case["state_before"]


def test_all_steps_of_the_contract_in_a_row():
    pool = ExactConcentratedPool(Q96, 3000, 60)
    for case in steps():
        if case["outputs"].get("reverted"):
            continue
        record, amounts = act_exactly(pool, case["op"], case["inputs"])
        pool = record.pool
        assert amounts == pair(case["outputs"], "amount{}")
        # The vectors list positions that do not exist yet, too.
        want = case["state_after"]
        known = [entry for entry in want["positions"] if key_of(entry) in pool.positions]
        assert sorted(state_of(pool)["positions"], key=key_of) == sorted(known, key=key_of)
        assert state_of(pool) | {"positions": 0} == want | {"positions": 0}
        assert all(entry["liquidity"] == 0 for entry in want["positions"] if entry not in known)


def test_protocol_fee():
    # 0.05 % of 1e18 is 5e14, of which a sixth, rounded down, is the protocol's; fee growth loses one unit more.
    pool = ExactConcentratedPool(Q96, 500, 10, 6).add_liquidity(-887270, 887270, 1000 * E18).pool
    swap = pool.swap_exact_in(E18)
    assert swap.fee == 5 * 10**14
    assert swap.pool.protocol_fees == (83333333333333, 0)
    poked = swap.pool.remove_liquidity(-887270, 887270, 0).pool
    assert poked.collect(-887270, 887270).amounts == (416666666666666, 0)
    # The contract keeps one unit of what it would pay out whole.
    collected = poked.collect_protocol()
    assert collected.amounts == (83333333333332, 0)
    assert collected.pool.protocol_fees == (1, 0)
    assert collected.pool.reserves == (swap.pool.reserves[0] - 83333333333332, swap.pool.reserves[1])
    assert collected.pool.collect_protocol().amounts == (0, 0)
    part = poked.collect_protocol((10**12, 10**12))
    assert part.amounts == (10**12, 0) and part.pool.protocol_fees == (82333333333333, 0)
    # From now on, and for each token in.
    changed = pool.swap_exact_in(E18).pool.with_protocol_fee((0, 4)).swap_exact_in(E18).pool
    assert changed.protocol_fees == (83333333333333, 0)
    back = changed.swap_exact_in(E18, 1, 0)
    assert back.pool.protocol_fees == (83333333333333, back.fee // 4)


def test_a_position_is_paid_for_up_and_paid_out_down():
    added = ExactConcentratedPool(Q96).add_liquidity(-600, 600, 12345, "ann")
    removed = added.pool.remove_liquidity(-600, 600, 12345, "ann")
    assert removed.amounts == (added.amounts[0] - 1, added.amounts[1] - 1)
    assert removed.pool.positions["ann", -600, 600] == ExactPosition(0, (0, 0), removed.amounts)
    assert removed.pool.reserves == added.amounts
    assert removed.pool.ticks == {} and removed.pool.liquidity == 0
    collected = removed.pool.collect(-600, 600, "ann", at_most=(10**9, 7))
    assert collected.amounts == (removed.amounts[0], 7)
    assert collected.pool.positions["ann", -600, 600].tokens_owed == (0, removed.amounts[1] - 7)
    assert collected.pool.collect(-600, 600, "ann").pool.reserves == (1, 1)
    assert added.pool.collect(0, 7, "nobody") == LiquidityChange(added.pool, added.pool, (0, 0), 0)


def test_a_trade_is_filled_in_part_where_liquidity_ends():
    pool = ladder_pool()
    swap = pool.swap_exact_in(10**30)
    assert 0 < swap.amount_in < 10**30
    assert swap.pool.sqrt_price_x96 == 4295128740 and swap.pool.tick == -887272
    assert swap.pool.reserves == (pool.reserves[0] + swap.amount_in, pool.reserves[1] - swap.amount_out)
    assert swap.pool.reserves[1] == 2  # rounding
    bought = pool.swap_exact_out(10**30, 1, 0)
    assert bought.pool.sqrt_price_x96 == sqrt_price_x96_at_tick(887272) - 1
    assert bought.amount_out == pool.reserves[0] - bought.pool.reserves[0] < 10**30


def test_the_record_of_a_swap():
    swap = ladder_pool().swap_exact_in(10**15, 1, 0)
    assert (swap.amount_in, swap.fee) == (10**15, 3 * 10**12)
    assert swap.price_before == 1.0
    assert swap.average_price == pytest.approx(0.997, rel=1e-4)
    assert swap.price_impact == pytest.approx(1.4e-5, rel=0.01)
    assert swap.pool.price() == pytest.approx(1 / swap.price_after, rel=1e-15)


def test_a_price_on_a_tick_has_two_sides():
    pool = ladder_pool().swap_exact_in(10**30, sqrt_price_limit_x96=sqrt_price_x96_at_tick(-60)).pool
    assert (pool.tick, pool.liquidity) == (-61, E18)
    # Nothing is traded on the way back across it, until the price moves.
    back = pool.swap_exact_in(1, 1, 0)
    assert (back.amount_in, back.amount_out, back.fee) == (1, 0, 1)
    assert (back.pool.tick, back.pool.liquidity) == (-60, 71 * E18)
    assert back.pool.sqrt_price_x96 == pool.sqrt_price_x96
    copy = ExactConcentratedPool(pool.sqrt_price_x96, tick=-61, ticks=pool.ticks, positions=pool.positions)
    assert copy.liquidity == E18


def test_growth_and_what_is_owed_wrap():
    nearly = 2**256 - 1
    pool = ExactConcentratedPool(Q96, fee_growth_x128=(nearly, nearly)).add_liquidity(-60, 60, E18).pool
    swap = pool.swap_exact_in(10**15)
    assert swap.pool.fee_growth_x128 == ((swap.fee << 128) // E18 - 1, nearly)
    assert swap.pool.remove_liquidity(-60, 60, 0).pool.collect(-60, 60).amounts == (swap.fee - 1, 0)
    key = ("ann", -60, 60)
    ticks = {-60: ExactTick(5, 5), 60: ExactTick(5, -5)}
    full = ExactConcentratedPool(Q96, ticks=ticks, positions={key: ExactPosition(5, (0, 0), (2**128 - 1, 0))})
    assert full._replace(fee_growth_x128=(2**128, 0)).remove_liquidity(-60, 60, 0, "ann").pool.positions[
        key
    ].tokens_owed == (4, 0)


actions = st.lists(
    st.tuples(
        st.sampled_from(["in", "in", "out", "out", "add", "remove", "collect", "protocol"]),
        st.integers(0, 30),
        st.integers(0, 10**20),
    ),
    max_size=20,
)


def act(pool, kind, number, size):
    """One step; the pool as it is where the contract refuses."""
    owner, lower, upper = list(pool.positions)[number % len(pool.positions)]
    token_in = number % 2
    try:
        match kind:
            case "in" | "out":
                trade = pool.swap_exact_in if kind == "in" else pool.swap_exact_out
                tick = pool.tick // 60 * 60 + (60 if token_in else -60) * (number // 2)
                return trade(size, token_in, 1 - token_in, sqrt_price_x96_at_tick(tick)).pool
            case "add":
                return pool.add_liquidity(number * 60 - 900, number * 60 - 660, size, "dan").pool
            case "remove":
                return pool.remove_liquidity(
                    lower, upper, min(size, pool.positions[owner, lower, upper][0]), owner
                ).pool
            case "collect":
                return pool.collect(lower, upper, owner).pool
            case "protocol":
                return pool.collect_protocol().pool.with_protocol_fee((0, 4, 10)[number % 3])
    except ValueError as error:
        assert "allowed range" in str(error) or "has no liquidity" in str(error)
    return pool


@given(actions)
@settings(max_examples=60)
def test_a_pool_can_always_pay_what_it_owes(history):
    pool = ladder_pool(5)
    for step in history:
        before = json.dumps(state_of(pool))
        after = act(pool, *step)
        assert json.dumps(state_of(pool)) == before
        pool = after
        assert pool.liquidity == sum(held[0] for key, held in pool.positions.items() if key[1] <= pool.tick < key[2])
        assert sum(known.liquidity_net for known in pool.ticks.values()) == 0
        lowest = sqrt_price_x96_at_tick(pool.tick)
        assert lowest <= pool.sqrt_price_x96 <= sqrt_price_x96_at_tick(pool.tick + 1)
    assert all(paid <= held for paid, held in zip(owed(pool), pool.reserves, strict=True))


@given(st.integers(1, 10**21), st.integers(0, 1))
def test_nobody_gains_by_going_there_and_back(amount, token_in):
    pool = ladder_pool(fee_pips=0)
    there = pool.swap_exact_in(amount, token_in, 1 - token_in)
    if there.amount_out:
        back = there.pool.swap_exact_in(there.amount_out, 1 - token_in, token_in)
        assert back.amount_out <= there.amount_in
        again = pool.swap_exact_out(there.amount_out, token_in, 1 - token_in)
        assert again.amount_out == there.amount_out and again.amount_in <= there.amount_in


def test_state_cannot_be_changed():
    pool = ladder_pool()
    with pytest.raises(AttributeError):
        pool.tick = 0
    with pytest.raises(TypeError):
        pool.ticks[0] = None
    with pytest.raises(TypeError):
        pool.positions["ann", -600, 600] = None


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda pool: ExactConcentratedPool(4295128738), "sqrt_price_x96 = 4295128738 .* from 4295128739 to"),
        (lambda pool: ExactConcentratedPool(sqrt_price_x96_at_tick(887272)), "sqrt_price_x96 = .*is outside"),
        (lambda pool: ExactConcentratedPool(float(Q96)), "sqrt_price_x96 = 7.9.* an integer"),
        (lambda pool: ExactConcentratedPool(Q96, 10**6), "fee_pips = 1000000 .* 0 to 999999"),
        (lambda pool: ExactConcentratedPool(Q96, tick_spacing=0), "tick_spacing = 0 .* 1 to 16383"),
        (lambda pool: ExactConcentratedPool(Q96, protocol_fee=3), r"protocol_fee\[0\] = 3 .* 4 to 10"),
        (lambda pool: pool.with_protocol_fee((4, 11)), r"protocol_fee\[1\] = 11 "),
        (lambda pool: ExactConcentratedPool(Q96, tick=-2), "tick = -2 .* from -1 to 0"),
        (lambda pool: ExactConcentratedPool(Q96 + 1, tick=-1), "tick = -1 .* from 0 to 0"),
        (lambda pool: ExactConcentratedPool(Q96, fee_growth_x128=(0, 2**256)), r"fee_growth_x128\[1\] = "),
        (lambda pool: ExactConcentratedPool(Q96, protocol_fees=(2**128, 0)), r"protocol_fees\[0\] = "),
        (lambda pool: ExactConcentratedPool(Q96, reserves=(0, -1)), r"reserves\[1\] = -1 "),
        (lambda pool: ExactConcentratedPool(Q96, ticks={30: ExactTick(1, 1)}), "tick in ticks = 30 .* spacing 60"),
        (lambda pool: ExactConcentratedPool(Q96, ticks={60: ExactTick(0, 0)}), r"ticks\[60\].liquidity_gross = 0 "),
        (lambda pool: ExactConcentratedPool(Q96, ticks={60: ExactTick(1, 2)}), r"ticks\[60\].liquidity_net = 2 "),
        (lambda pool: ExactConcentratedPool(Q96, ticks={0: ExactTick(1, -1)}), "liquidity above tick 0 = -1 "),
        (lambda pool: ExactConcentratedPool(Q96, ticks={0: ExactTick(1, 1)}), "liquidity above tick 0 = 1 .* 0 to 0"),
        (
            lambda pool: ExactConcentratedPool(Q96, positions={("ann", -60, 60): ExactPosition(1)}),
            "liquidity of 'ann' from tick -60 to 60 = 1 .* from 0 to 0",
        ),
        (lambda pool: pool.price(2, 0), "token = 2 is no token"),
        (lambda pool: pool.swap_exact_in(0), "amount_in = 0 .* from 1 "),
        (lambda pool: pool.swap_exact_in(1e18), r"amount_in = 1e\+18 is outside the allowed range: an integer"),
        (lambda pool: pool.swap_exact_out(2**255), f"amount_out = {2**255} "),
        (lambda pool: pool.swap_exact_in(1, 0, 0), "token_out = 0 equals token_in"),
        (
            lambda pool: pool.swap_exact_in(1, 0, 1, Q96),
            f"sqrt_price_limit_x96 = {Q96} .* from 4295128740 to {Q96 - 1}",
        ),
        (lambda pool: pool.swap_exact_in(1, 1, 0, Q96), f"sqrt_price_limit_x96 = {Q96} .* from {Q96 + 1} to "),
        (lambda pool: pool.swap_exact_in(1, 0, 1, 4295128739), "sqrt_price_limit_x96 = 4295128739 "),
        (lambda pool: pool._replace(reserves=(0, 5)).swap_exact_in(E18), r"reserves\[1\] = -\d+ "),
        (lambda pool: pool.add_liquidity(-30, 60, 1), "tick_lower = -30 .* spacing 60"),
        (lambda pool: pool.add_liquidity(60, 60, 1), "tick_upper = 60 .* above tick_lower = 60"),
        (lambda pool: pool.add_liquidity(*FULL_RANGE, 0), "liquidity = 0 .* from 1 "),
        (lambda pool: pool.add_liquidity(-60, 120, pool.max_liquidity_per_tick), "liquidity on tick -60 = "),
        (lambda pool: pool.remove_liquidity(-60, 60, 71 * E18, "bob"), f"liquidity = {71 * E18} .* to {70 * E18}"),
        (lambda pool: pool.remove_liquidity(-60, 60, 0, "eve"), "owner = 'eve' has no liquidity from tick -60 to 60"),
        (lambda pool: pool.collect(-60, 60, "bob", (-1, 0)), r"at_most\[0\] = -1 "),
    ],
)
def test_errors(call, message):
    pool = ladder_pool()
    before = json.dumps(state_of(pool))
    with pytest.raises(ValueError, match=message):
        call(pool)
    assert json.dumps(state_of(pool)) == before


def test_most_liquidity_on_a_tick():
    # As the contract counts: 2^128 − 1 shared among the 29575 ticks on multiples of 60.
    assert ladder_pool().max_liquidity_per_tick == (2**128 - 1) // 29575
