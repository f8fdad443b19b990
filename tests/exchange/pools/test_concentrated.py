import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.exchange import (
    FEE_TIERS,
    ConcentratedPool,
    ConstantProductPool,
    PositionKey,
    amounts_for_liquidity,
    price_at_tick,
    tick_at_price,
    usable_tick,
)

FULL_RANGE = (-887220, 887220)


def ladder_pool(price=1.0, protocol_fee=0.0, scale=1.0):
    """Five positions that overlap, meet, and leave a gap."""
    pool = ConcentratedPool(price, 0.003, 60, protocol_fee)
    for owner, lower, upper, liquidity in (
        ("ann", -600, 600, 1000.0),
        ("bob", -60, 60, 70000.0),
        ("bob", -1200, -600, 0.3),
        ("cat", 600, 1800, 0.1),
        ("ann", 2400, 3000, 5e4),
    ):
        pool = pool.add_liquidity(lower, upper, liquidity * scale, owner).pool
    return pool


def owed(pool):
    """Tokens that a pool should hold: what positions are made of, earned and booked, and what is the protocol's."""
    total = np.array(pool.protocol_fees, dtype=float)
    for owner, lower, upper in pool.positions:
        total = total + np.array(pool.position_amounts(lower, upper, owner))
        total = total + np.array(pool.fees_earned(lower, upper, owner))
        total = total + np.array(pool.positions[PositionKey(owner, lower, upper)].tokens_owed)
    return total


def virtual_reserves(pool):
    """What the rounding of the price is worth, in units of a float's last digit."""
    most = max(pool.ladder.liquidity)
    return np.array([most / pool.sqrt_price, most * pool.sqrt_price])


def test_fee_tiers():
    assert dict(FEE_TIERS) == {0.0001: 1, 0.0005: 10, 0.003: 60, 0.01: 200}


def test_a_new_pool_has_a_price_and_nothing_else():
    pool = ConcentratedPool(2000.0)
    assert pool.price() == pytest.approx(2000.0, rel=1e-15)
    assert pool.price(1, 0) == pytest.approx(1 / 2000, rel=1e-15)
    assert pool.tick == 76012
    assert pool.liquidity == 0
    assert pool.reserves == (0.0, 0.0)
    with pytest.raises(ValueError, match=r"amount_in = 1 is outside the allowed range \[0, 0\]"):
        pool.swap_exact_in(1.0)


def test_a_position_costs_what_its_range_holds():
    lower, upper = usable_tick(1500.0, 60), usable_tick(2500.0, 60)
    change = ConcentratedPool(2000.0).add_liquidity(lower, upper, 1000.0)
    want = amounts_for_liquidity(1000.0, 2000.0, price_at_tick(lower), price_at_tick(upper))
    assert change.amounts == pytest.approx(want, rel=1e-12)
    assert change.pool.reserves == change.amounts
    assert change.shares == change.pool.liquidity == 1000.0
    assert change.pool.liquidity_for(change.amounts, lower, upper) == pytest.approx(1000.0, rel=1e-12)


def test_a_full_range_is_a_constant_product_pool():
    amounts = (1000.0, 2e6)
    pool = ConcentratedPool(2000.0, 0.003, 60)
    pool = pool.add_liquidity(*FULL_RANGE, pool.liquidity_for(amounts, *FULL_RANGE)).pool
    assert pool.reserves == pytest.approx(amounts, rel=1e-12)
    assert pool.swap_exact_in(10.0).amount_out == pytest.approx(19_743.160687, rel=1e-9)
    # The first trade is the same; later ones are not, because here fees are not put to work.
    product = ConstantProductPool(amounts, 0.003)
    for token_in in (0, 1):
        for amount in (1e-9, 1.0, 900.0):
            got, want = (each.swap_exact_in(amount, token_in, 1 - token_in) for each in (pool, product))
            assert got.amount_out == pytest.approx(want.amount_out, rel=1e-11)
            assert got.fee == pytest.approx(want.fee, rel=1e-15)
            assert got.price_impact == pytest.approx(want.price_impact, rel=1e-6, abs=1e-11)
            got, want = (each.swap_exact_out(amount, token_in, 1 - token_in) for each in (pool, product))
            assert got.amount_in == pytest.approx(want.amount_in, rel=1e-11)


@given(
    st.lists(st.tuples(st.integers(0, 1), st.floats(1e-6, 300)), min_size=1, max_size=12),
    st.floats(0.5, 2.0),
)
@settings(max_examples=40)
def test_a_full_range_without_fee_follows_a_constant_product_pool(trades, price):
    product = ConstantProductPool((1000.0, 1000.0 * price), 0.0)
    pool = ConcentratedPool(price, 0.0, 60)
    pool = pool.add_liquidity(*FULL_RANGE, pool.liquidity_for(product.reserves, *FULL_RANGE)).pool
    for token_in, amount in trades:
        got, want = (each.swap_exact_in(amount, token_in, 1 - token_in) for each in (pool, product))
        assert got.amount_out == pytest.approx(want.amount_out, rel=1e-10)
        pool, product = got.pool, want.pool
        assert pool.price() == pytest.approx(product.price(), rel=1e-11)


actions = st.lists(
    st.one_of(
        st.tuples(st.just("in"), st.integers(0, 1), st.floats(1e-9, 400)),
        st.tuples(st.just("out"), st.integers(0, 1), st.floats(1e-9, 30)),
        st.tuples(st.just("add"), st.integers(-60, 59), st.floats(1e-3, 1e6)),
        st.tuples(st.just("remove"), st.integers(0, 20), st.floats(0, 1)),
        st.tuples(st.just("collect"), st.integers(0, 20), st.floats(0, 1)),
        st.tuples(st.just("protocol"), st.integers(0, 1), st.floats(0, 0.9)),
    ),
    max_size=15,
)


def act(pool, kind, number, size):
    """One step; the pool as it is where the step is not allowed."""
    key = list(pool.positions)[number % len(pool.positions)]
    try:
        match kind:
            case "in":
                return pool.swap_exact_in(size, number, 1 - number).pool
            case "out":
                return pool.swap_exact_out(size, number, 1 - number).pool
            case "add":
                return pool.add_liquidity(number * 60, number * 60 + 240, size, "dan").pool
            case "remove":
                part = size * pool.positions[key].liquidity
                return pool.remove_liquidity(key.tick_lower, key.tick_upper, part, key.owner).pool
            case "collect":
                return pool.collect(key.tick_lower, key.tick_upper, key.owner).pool
            case "protocol":
                return pool.with_protocol_fee(size).collect_protocol().pool
    except ValueError as error:
        assert "allowed range" in str(error) or "no liquidity" in str(error)
    return pool


@given(actions, st.floats(-900, 900))
@settings(max_examples=80)
def test_a_pool_holds_what_it_owes(steps, log_price):
    pool = ladder_pool(1.0001**log_price, protocol_fee=0.1).add_liquidity(*FULL_RANGE, 200.0, "eve").pool
    for step in steps:
        rounding = 1e-15 * virtual_reserves(pool)
        after = act(pool, *step)
        # In one step, so that roundings do not add up.
        drift = np.array(after.reserves) - owed(after) - (np.array(pool.reserves) - owed(pool))
        assert np.all(np.abs(drift) <= rounding + 1e-15 * virtual_reserves(after) + 1e-13 * owed(after))
        pool = after


@given(st.integers(-60, 59), st.integers(1, 40), st.floats(1e-6, 1e12), st.floats(-2000, 2000))
def test_what_is_added_comes_back(lower, width, liquidity, log_price):
    pool = ladder_pool(1.0001**log_price)
    key = (lower * 60, (lower + width) * 60)
    added = pool.add_liquidity(*key, liquidity, "dan")
    removed = added.pool.remove_liquidity(*key, liquidity, "dan")
    collected = removed.pool.collect(*key, "dan")
    assert removed.amounts == collected.amounts == added.amounts
    assert collected.pool.ladder == pool.ladder
    assert collected.pool.ticks == pool.ticks
    assert collected.pool.liquidity == pool.liquidity
    # Only a deposit that dwarfs the reserves can leave its rounding in them.
    rounding = [1e-15 * (paid + held) for paid, held in zip(added.amounts, pool.reserves, strict=True)]
    assert np.all(np.abs(np.subtract(collected.pool.reserves, pool.reserves)) <= rounding)


@given(st.floats(1e-6, 250), st.floats(0, 1), st.integers(0, 1), st.floats(-500, 500))
def test_two_swaps_in_one_direction_are_one(amount, part, token_in, log_price):
    pool = ladder_pool(1.0001**log_price, 0.25).add_liquidity(*FULL_RANGE, 1000.0).pool
    once = pool.swap_exact_in(amount, token_in, 1 - token_in)
    first = pool.swap_exact_in(amount * part, token_in, 1 - token_in)
    second = first.pool.swap_exact_in(amount - amount * part, token_in, 1 - token_in)
    rounding = 1e-15 * virtual_reserves(pool).max()
    assert first.amount_out + second.amount_out == pytest.approx(once.amount_out, rel=1e-12, abs=rounding)
    assert first.fee + second.fee == pytest.approx(once.fee, rel=1e-12, abs=rounding)
    assert second.pool.sqrt_price == pytest.approx(once.pool.sqrt_price, rel=1e-12)
    assert owed(second.pool) == pytest.approx(owed(once.pool), rel=1e-12)


@given(st.floats(1e-6, 250), st.integers(0, 1))
def test_exact_in_and_exact_out_are_inverse(amount, token_in):
    pool = ladder_pool().add_liquidity(*FULL_RANGE, 1000.0).pool
    sold = pool.swap_exact_in(amount, token_in, 1 - token_in)
    bought = pool.swap_exact_out(sold.amount_out, token_in, 1 - token_in)
    assert bought.amount_in == pytest.approx(amount, rel=1e-11)
    assert bought.amount_out == sold.amount_out
    assert bought.fee == pytest.approx(sold.fee, rel=1e-11)
    assert bought.pool.sqrt_price == pytest.approx(sold.pool.sqrt_price, rel=1e-13)
    # There and back, the trader has lost to the fee.
    assert sold.pool.swap_exact_in(sold.amount_out, 1 - token_in, token_in).amount_out < amount


@pytest.mark.parametrize("scale", [1e18, 1e-12])
def test_units_do_not_matter(scale):
    pool, scaled = ladder_pool(), ladder_pool(scale=scale)
    for amount, token_in, limit in ((500.0, 0, 0.9), (120.0, 1, 1.2), (1e-7, 0, None)):
        want = pool.swap_exact_in(amount, token_in, 1 - token_in, price_limit=limit)
        got = scaled.swap_exact_in(amount * scale, token_in, 1 - token_in, price_limit=limit)
        assert got.amount_out == pytest.approx(want.amount_out * scale, rel=1e-11)
        assert got.fee == pytest.approx(want.fee * scale, rel=1e-11)
        pool, scaled = want.pool, got.pool
        assert scaled.price() == pytest.approx(pool.price(), rel=1e-12)
        assert scaled.tick == pool.tick
        assert np.array(scaled.fees_earned(-600, 600, "ann")) == pytest.approx(
            np.array(pool.fees_earned(-600, 600, "ann")) * scale, rel=1e-10
        )


def test_tokens_of_different_decimals():
    # ETH with 18 and USDC with 6 decimals: the price of the smallest units is 2e-9.
    human = ConcentratedPool(2000.0, 0.0005, 10)
    raw = ConcentratedPool(2000e-12, 0.0005, 10)
    assert raw.tick == tick_at_price(2000e-12) == -200312
    human, raw = (
        each.add_liquidity(*range_, liquidity).pool
        for each, range_, liquidity in (
            (human, (75000, 77000), 1e5),
            (raw, (-200312 // 10 * 10 - 1000, -200312 // 10 * 10 + 1000), 1e17),
        )
    )
    assert raw.swap_exact_in(1e18).amount_out / 1e6 == pytest.approx(human.swap_exact_in(1.0).amount_out, rel=1e-12)


def test_fees_go_to_those_in_range_by_their_liquidity():
    pool = ConcentratedPool(1.0, 0.003, 60)
    pool = pool.add_liquidity(-60, 60, 3000.0, "ann").pool.add_liquidity(-600, 600, 1000.0, "bob").pool
    pool = pool.add_liquidity(60, 120, 1e9, "cat").pool
    swap = pool.swap_exact_in(1.0)
    earned = {owner: swap.pool.fees_earned(low, high, owner) for owner, low, high in pool.positions}
    assert swap.fee == pytest.approx(0.003, rel=1e-15)
    assert earned["ann"] == (pytest.approx(0.003 * 3 / 4, rel=1e-14), 0.0)
    assert earned["bob"] == (pytest.approx(0.003 / 4, rel=1e-14), 0.0)
    assert earned["cat"] == (0.0, 0.0)
    # A second position in the same range that comes later gets nothing of this.
    later = swap.pool.add_liquidity(-60, 60, 3000.0, "dan").pool
    assert later.fees_earned(-60, 60, "dan") == (0.0, 0.0)
    assert later.fees_earned(-60, 60, "ann") == earned["ann"]


def test_fees_are_kept_apart_however_little_liquidity_came_before():
    # As after the fee of a flash loan was paid to next to no liquidity: in a float, the next fees would vanish.
    pool = ConcentratedPool(1.0, 0.003, 60, fee_growth_x128=(3 * 10**15 << 128, 0))
    swap = pool.add_liquidity(-60, 60, 1e12, "ann").pool.swap_exact_in(1e-3)
    assert swap.pool.fees_earned(-60, 60, "ann")[0] == pytest.approx(3e-6, rel=1e-12)


def test_protocol_takes_its_part_of_each_token_paid_in():
    pool = ladder_pool(protocol_fee=(0.25, 0.1))
    down = pool.swap_exact_in(100.0)
    up = down.pool.swap_exact_in(200.0, 1, 0)
    assert up.pool.protocol_fees == pytest.approx((0.25 * down.fee, 0.1 * up.fee), rel=1e-14)
    collected = up.pool.collect_protocol()
    assert collected.amounts == up.pool.protocol_fees
    assert collected.pool.protocol_fees == (0.0, 0.0)
    assert np.add(collected.pool.reserves, collected.amounts) == pytest.approx(up.pool.reserves)
    assert collected.pool.with_protocol_fee(0.0).swap_exact_in(1.0).pool.protocol_fees == (0.0, 0.0)


def test_burn_and_collect_are_two_steps():
    pool = ladder_pool().swap_exact_in(50.0).pool
    earned = pool.fees_earned(-600, 600, "ann")
    assert pool.collect(-600, 600, "ann").amounts == (0.0, 0.0)
    poked = pool.remove_liquidity(-600, 600, 0.0, "ann")
    assert poked.amounts == (0.0, 0.0)
    assert poked.pool.reserves == pool.reserves
    assert poked.pool.fees_earned(-600, 600, "ann") == (0.0, 0.0)
    assert poked.pool.positions["ann", -600, 600].tokens_owed == earned
    part = poked.pool.collect(-600, 600, "ann", at_most=(earned[0] / 4, 1.0))
    assert part.amounts == (earned[0] / 4, earned[1])
    rest = part.pool.collect(-600, 600, "ann")
    assert rest.amounts[0] == pytest.approx(earned[0] * 3 / 4, rel=1e-15)


def test_ticks_of_positions_come_and_go():
    pool = ladder_pool()
    assert list(pool.ticks) == [-1200, -600, -60, 60, 600, 1800, 2400, 3000]
    assert pool.ticks[-600].liquidity_gross == 1000.3
    assert pool.ticks[-600].liquidity_net == 1000.0 - 0.3
    assert pool.ladder.liquidity == (0.0, 0.3, 1000.0, 71000.0, 1000.0, 0.1, 0.0, 5e4, 0.0)
    left = pool.remove_liquidity(-1200, -600, 0.3, "bob").pool
    assert list(left.ticks) == [-600, -60, 60, 600, 1800, 2400, 3000]
    assert left.positions["bob", -1200, -600].liquidity == 0.0


def test_a_gap_is_jumped_and_pays_nothing():
    pool = ladder_pool()
    to_gap = pool.swap_exact_in(1e9, 1, 0, price_limit=price_at_tick(2100))
    assert to_gap.pool.liquidity == 0.0
    across = to_gap.pool.swap_exact_in(1.0, 1, 0)
    assert across.pool.tick >= 2400
    assert across.amount_out == pytest.approx(0.997 / price_at_tick(2400), rel=1e-4)
    # Within the gap a limit is reached for nothing.
    moved = to_gap.pool.swap_exact_in(1.0, 1, 0, price_limit=price_at_tick(2200))
    assert (moved.amount_in, moved.amount_out, moved.pool.tick) == (0.0, 0.0, 2200)


def test_all_the_liquidity_can_be_bought_and_not_more():
    pool = ladder_pool()
    for token_out in (0, 1):
        have = pool.reserves[token_out]
        swap = pool.swap_exact_out(have, 1 - token_out, token_out)
        assert swap.amount_out == have
        assert swap.pool.reserves[token_out] == pytest.approx(0.0, abs=1e-15 * virtual_reserves(pool)[token_out])
        # The price stays on the last tick, and does not run through empty ones.
        assert swap.pool.price() == pytest.approx(price_at_tick(3000 if token_out == 0 else -1200), rel=1e-12)
        with pytest.raises(ValueError, match=r"amount_out = \S+ is outside the allowed range \[0, "):
            pool.swap_exact_out(have * (1 + 1e-9), 1 - token_out, token_out)
        most = swap.amount_in
        assert pool.swap_exact_in(most * (1 - 1e-12), 1 - token_out, token_out).amount_out == pytest.approx(have)
        with pytest.raises(ValueError, match=r"amount_in = \S+ is outside the allowed range \[0, "):
            pool.swap_exact_in(most * (1 + 1e-9), 1 - token_out, token_out)


def test_a_limit_stops_a_trade():
    pool = ladder_pool()
    swap = pool.swap_exact_in(1e30, price_limit=0.99)
    assert swap.pool.price() == pytest.approx(0.99, rel=1e-15)
    assert swap.amount_in < 1e30
    again = pool.swap_exact_in(swap.amount_in)
    assert again.amount_out == pytest.approx(swap.amount_out, rel=1e-12)
    empty = pool.swap_exact_in(1e30, price_limit=1e-30)
    assert empty.amount_out == pytest.approx(pool.reserves[1], rel=1e-12)
    assert empty.pool.price() == pytest.approx(1e-30, rel=1e-15)
    assert empty.pool.tick == tick_at_price(1e-30)


def test_nothing_traded_changes_nothing():
    pool = ladder_pool()
    for swap in (pool.swap_exact_in(0.0), pool.swap_exact_out(0.0, 1, 0)):
        assert swap.pool == pool
        assert (swap.amount_in, swap.amount_out, swap.fee, swap.price_impact) == (0.0, 0.0, 0.0, 0.0)


def test_dust_is_paid_for_at_the_price():
    swap = ladder_pool().swap_exact_in(1e-25)
    assert swap.amount_out == pytest.approx(0.997e-25, rel=1e-14)
    assert swap.price_impact == pytest.approx(0.0, abs=1e-14)


AMOUNTS = np.array([[0.0, 1e-12, 1.0], [150.0, 220.0, 236.0]])


@pytest.mark.parametrize("trade", ["swap_exact_in", "swap_exact_out"])
@pytest.mark.parametrize("token_in", [0, 1])
def test_arrays_are_as_scalars(trade, token_in):
    pool = ladder_pool(protocol_fee=0.2)
    swaps = getattr(pool, trade)(AMOUNTS, token_in, 1 - token_in)
    back = swaps.pool.swap_exact_in(AMOUNTS / 2, 1 - token_in, token_in)
    more = back.pool.add_liquidity(-600, 600, 5.0, "ann")
    burned = more.pool.remove_liquidity(-60, 60, 60000.0, "bob")
    collected = burned.pool.collect(-60, 60, "bob")
    paid = collected.pool.collect_protocol()
    for index, amount in np.ndenumerate(AMOUNTS):
        one = getattr(pool, trade)(float(amount), token_in, 1 - token_in)
        one_back = one.pool.swap_exact_in(float(amount) / 2, 1 - token_in, token_in)
        one_more = one_back.pool.add_liquidity(-600, 600, 5.0, "ann")
        one_burned = one_more.pool.remove_liquidity(-60, 60, 60000.0, "bob")
        one_collected = one_burned.pool.collect(-60, 60, "bob")
        one_paid = one_collected.pool.collect_protocol()
        for got, want in ((swaps, one), (back, one_back)):
            for name in ("amount_in", "amount_out", "fee", "price_before", "price_after", "price_impact", "cost"):
                assert np.broadcast_to(getattr(got, name), AMOUNTS.shape)[index] == pytest.approx(
                    getattr(want, name), rel=1e-14, abs=1e-15
                )
        for got, want in ((more, one_more), (burned, one_burned), (collected, one_collected), (paid, one_paid)):
            assert_same(got.amounts, want.amounts, index)
            assert_same(got.pool.reserves, want.pool.reserves, index)
            assert got.pool.tick[index] == want.pool.tick
            assert got.pool.liquidity[index] == want.pool.liquidity
        assert_same(paid.pool.fees_earned(-600, 600, "ann"), one_paid.pool.fees_earned(-600, 600, "ann"), index)
        for tick, want in one_paid.pool.ticks.items():
            for number in (0, 1):
                got = np.broadcast_to(paid.pool.ticks[tick].fee_growth_outside_x128[number], AMOUNTS.shape)[index]
                assert abs(got - want.fee_growth_outside_x128[number]) <= 1e-14 * abs(got)


def assert_same(got, want, index):
    for each, wanted in zip(got, want, strict=True):
        assert np.broadcast_to(each, AMOUNTS.shape)[index] == pytest.approx(wanted, rel=1e-13, abs=1e-13)


def test_prices_fees_and_limits_per_scenario():
    price, fee, limit = np.array([0.9, 1.0, 1.05]), np.array([[0.0005], [0.01]]), np.array([0.89, 0.97, 0.99])
    pool = ConcentratedPool(price, fee).add_liquidity(-1200, 1200, 1000.0).pool
    swap = pool.swap_exact_in(20.0, price_limit=limit)
    assert swap.amount_out.shape == (2, 3)
    for row in range(2):
        for column in range(3):
            one = ConcentratedPool(float(price[column]), float(fee[row, 0])).add_liquidity(-1200, 1200, 1000.0).pool
            want = one.swap_exact_in(20.0, price_limit=float(limit[column]))
            assert swap.amount_out[row, column] == pytest.approx(want.amount_out, rel=1e-14)
            assert swap.amount_in[row, column] == pytest.approx(want.amount_in, rel=1e-14)
            assert swap.pool.tick[row, column] == want.pool.tick


def test_a_pool_can_be_built_in_any_state():
    pool = ladder_pool(protocol_fee=0.1).swap_exact_in(236.0).pool.remove_liquidity(-60, 60, 5.0, "bob").pool
    copy = ConcentratedPool(
        pool.price(),
        pool.fee,
        pool.tick_spacing,
        pool.protocol_fee,
        positions=pool.positions,
        fee_growth_x128=pool.fee_growth_x128,
        fee_growth_outside_x128={tick: known.fee_growth_outside_x128 for tick, known in pool.ticks.items()},
        protocol_fees=pool.protocol_fees,
        tick=pool.tick,
    )
    assert copy[:-1] == pool[:-1]
    assert copy.reserves == pytest.approx(pool.reserves, rel=1e-13)


def test_state_cannot_be_changed():
    pool = ladder_pool()
    with pytest.raises(AttributeError):
        pool.tick = 0
    with pytest.raises(TypeError):
        pool.positions["ann", -600, 600] = None
    with pytest.raises(TypeError):
        pool.ticks[0] = None


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda pool: ConcentratedPool(0.0), "price = 0 is outside the allowed range"),
        (lambda pool: ConcentratedPool(1.0, 1.0), r"fee = 1 .*\[0, 1\)"),
        (lambda pool: ConcentratedPool(1.0, 0.003, 0), "tick_spacing = 0 .* >= 1"),
        (lambda pool: ConcentratedPool(1.0, 0.003, 60, (0.1, -1.0)), r"protocol_fee\[1\] = -1 .*\[0, 1\)"),
        (lambda pool: ConcentratedPool(1.0, protocol_fees=(-1.0, 0.0)), r"protocol_fees\[0\] = -1 "),
        (lambda pool: ConcentratedPool(1.0, reserves=(0.0, -2.0)), r"reserves\[1\] = -2 "),
        (lambda pool: ConcentratedPool(1.0, tick=5), r"tick = 5 does not fit the price: allowed are 0 "),
        (lambda pool: ConcentratedPool([1.0, 2.0], [0.1, 0.2, 0.3]), "shapes do not fit together"),
        (lambda pool: ConcentratedPool(1.0, positions={("ann", -50, 60): (1.0, (0, 0), (0, 0))}), "tick_lower = -50 "),
        (lambda pool: ConcentratedPool(1.0, positions={("ann", -60, 60): (-1.0, (0, 0), (0, 0))}), "liquidity = -1 "),
        (
            lambda pool: ConcentratedPool(1.0, positions={("ann", -60, 60): (1.0, (0, 0), (0, -1.0))}),
            r"tokens_owed\[1\] = -1 ",
        ),
        (lambda pool: pool.price(2, 0), "token_in = 2 is no token"),
        (lambda pool: pool.swap_exact_in(-1.0), r"amount_in = -1 .*\[0, inf\)"),
        (lambda pool: pool.swap_exact_out(np.nan), "amount_out = nan "),
        (lambda pool: pool.swap_exact_in(1.0, 0, 0), "token_out = 0 equals token_in"),
        (lambda pool: pool.swap_exact_in([1.0, 1e9]), r"amount_in\[1\] = 1000000000 is outside the allowed range"),
        (lambda pool: pool.swap_exact_in(1.0, price_limit=1.0), r"price_limit = 1 .*, 1\)"),
        (lambda pool: pool.swap_exact_in(1.0, 1, 0, price_limit=0.9), r"price_limit = 0\.9 .*\(1, "),
        (lambda pool: pool.swap_exact_in([1.0, 2.0], price_limit=[0.9, 0.8, 0.7]), "shapes do not fit together"),
        (lambda pool: pool.add_liquidity(-30, 60, 1.0), "tick_lower = -30 .* multiple of the tick spacing 60"),
        (lambda pool: pool.add_liquidity(60, 60, 1.0), "tick_upper = 60 .* above tick_lower = 60"),
        (lambda pool: pool.add_liquidity(-900000, 60, 1.0), "tick_lower = -900000 .* -887272 to 887271"),
        (lambda pool: pool.add_liquidity(-60, 60, 0.0), r"liquidity = 0 .*\(0, inf\)"),
        (
            lambda pool: pool.add_liquidity(-60, 60, [1.0, 2.0]),
            r"liquidity has the shape \(2,\): allowed is one number",
        ),
        (lambda pool: pool.remove_liquidity(-60, 60, 1.0, "eve"), "owner = 'eve' has no position from tick -60 to 60"),
        (lambda pool: pool.remove_liquidity(-60, 60, 7e5, "bob"), r"liquidity = 700000 .*\[0, 70000\]"),
        (lambda pool: pool.collect(-60, 120, "bob"), "owner = 'bob' has no position from tick -60 to 120"),
        (lambda pool: pool.collect(-60, 60, "bob", (1.0, -1.0)), r"at_most\[1\] = -1 "),
        (lambda pool: pool.liquidity_for((-1.0, 0.0), -60, 60), "amount_0 = -1 "),
    ],
)
def test_errors(call, message):
    with pytest.raises(ValueError, match=message):
        call(ladder_pool())


def test_a_position_without_liquidity_cannot_book_fees():
    pool = ladder_pool().remove_liquidity(-60, 60, 70000.0, "bob").pool
    with pytest.raises(ValueError, match="owner = 'bob' has no liquidity left from tick -60 to 60"):
        pool.remove_liquidity(-60, 60, 0.0, "bob")
