"""Many positions: cost, old pools, snapshots of ticks, and what stays after rounding."""

import copy
import pickle

import numpy as np
import pytest

from defi_lib.exchange import (
    ConcentratedPool,
    ExactConcentratedPool,
    capital_efficiency,
    liquidity_for_amounts,
    price_at_tick,
    sqrt_price_after_output,
    sqrt_price_at_tick,
    sqrt_price_x96_at_tick,
    swap_step,
)

Q96 = 2**96


def float_pool():
    return ConcentratedPool(1.0, 0.003, 10), 1000.5, 1e6


def exact_pool():
    return ExactConcentratedPool(Q96, 3000, 10), 10**18, 10**21


def filled(pool, liquidity, count, keep=()):
    random, kept = np.random.default_rng(1), []
    lowers, widths = random.integers(-4000, 4000, count).tolist(), random.integers(1, 2000, count).tolist()
    for number, (lower, width) in enumerate(zip(lowers, widths, strict=True)):
        if number in keep:
            kept.append((pool, dict(pool.ticks), dict(pool.positions)))
        pool = pool.add_liquidity(lower * 10, (lower + width) * 10, liquidity, number % 700).pool
    return pool, kept


@pytest.mark.parametrize("make", [float_pool, exact_pool])
def test_thousands_of_positions_one_by_one_and_the_pools_before_stay(make):
    pool, liquidity, amount = make()
    pool, before = filled(pool, liquidity, 3000, keep=(0, 1, 40, 1500))
    swap = pool.swap_exact_in(amount)
    for owner, lower, upper in list(pool.positions)[:500]:
        removed = swap.pool.remove_liquidity(lower, upper, liquidity, owner)
        assert removed.pool.collect(lower, upper, owner).amounts == removed.pool.positions[owner, lower, upper][2]
    assert swap.pool.tick < pool.tick and len(pool.ticks) > 2000
    for old, ticks, positions in before:
        assert dict(old.ticks) == ticks and dict(old.positions) == positions


def test_both_pools_agree_on_thousands_of_ticks():
    exact, _ = filled(exact_pool()[0], 10**18, 2000)
    pool, _ = filled(float_pool()[0], 1e18, 2000)
    assert pool.liquidity == exact.liquidity
    for token_in in (0, 1):
        got, want = (each.swap_exact_in(10**20, token_in, 1 - token_in) for each in (pool, exact))
        assert got.amount_out == pytest.approx(want.amount_out, rel=1e-12)
        assert got.pool.tick == want.pool.tick


@pytest.mark.parametrize("make", [float_pool, exact_pool])
def test_a_pool_travels(make):
    pool, liquidity, amount = make()
    pool = filled(pool, liquidity, 30)[0].swap_exact_in(amount // 10**5).pool
    for other in (pickle.loads(pickle.dumps(pool)), copy.deepcopy(pool), copy.copy(pool)):
        assert other == pool and type(other) is type(pool)
        assert other.swap_exact_in(amount // 10**4) == pool.swap_exact_in(amount // 10**4)


def test_a_pool_keeps_nothing_that_somebody_can_change():
    price, fee, share = np.array([1.0, 2.0]), np.array([0.003, 0.01]), np.array([0.1, 0.2])
    pool = ConcentratedPool(price, fee, protocol_fee=share, reserves=(price, fee), protocol_fees=(share, share))
    want = [np.array(part) for part in (pool.price(), pool.fee, pool.protocol_fee, pool.reserves, pool.protocol_fees)]
    for mine in (price, fee, share):
        mine[:] = 0.5
    for got, wanted in zip(
        (pool.price(), pool.fee, pool.protocol_fee, pool.reserves, pool.protocol_fees), want, strict=True
    ):
        np.testing.assert_array_equal(got, wanted)


def snapshots(pool):
    """The same ticks in all forms that they come in."""
    rows = [(tick, known.liquidity_net, known.liquidity_gross) for tick, known in pool.ticks.items()]
    yield rows
    yield rows[::-1]
    yield [row[:2] for row in rows]
    yield {tick: net for tick, net, _ in rows}
    yield pool.ticks
    names = ("tickIdx", "liquidityNet", "liquidityGross")
    text = [dict(zip(names, map(str, row), strict=True)) for row in rows]
    yield [*text, {"tickIdx": "880000", "liquidityNet": "0", "liquidityGross": "0"}]
    import pandas

    yield pandas.DataFrame(text)
    yield pandas.DataFrame(rows, columns=["tick", "liquidity_net", "liquidity_gross"]).sample(frac=1, random_state=1)
    yield pandas.DataFrame(rows, columns=names).set_index("tickIdx")


def test_a_snapshot_of_ticks_trades_like_the_original():
    exact, _ = filled(exact_pool()[0], 10**18, 60)
    pool, _ = filled(float_pool()[0], 1e18, 60)
    for ticks in snapshots(exact):
        copied = ExactConcentratedPool(exact.sqrt_price_x96, 3000, 10, ticks=ticks, liquidity=exact.liquidity)
        copied = copied._replace(reserves=exact.reserves)
        floats = ConcentratedPool(1.0, 0.003, 10, ticks=ticks, liquidity=exact.liquidity)
        assert floats.reserves == pytest.approx(pool.reserves, rel=1e-13) and not floats.positions
        for token_in in (0, 1):
            swap, want = (each.swap_exact_in(10**19, token_in, 1 - token_in) for each in (copied, exact))
            assert swap[2:] == want[2:] and swap.pool.tick == want.pool.tick
            got, want = (each.swap_exact_in(1e19, token_in, 1 - token_in) for each in (floats, pool))
            assert got[2:] == pytest.approx(want[2:], rel=1e-13) and got.pool.tick == want.pool.tick


def test_liquidity_that_nobody_owns_stays():
    pool = ConcentratedPool(1.0, ticks=[(-60, 5.0), (60, -5.0)])
    added = pool.add_liquidity(-60, 60, 1.0, "ann").pool
    assert added.liquidity == 6.0
    left = added.remove_liquidity(-60, 60, 1.0, "ann").pool
    assert left.liquidity == 5.0 and left.ticks == pool.ticks
    owned = ConcentratedPool(1.0, ticks=pool.ticks, positions={("ann", -60, 60): (2.0, (0, 0), (0.0, 0.0))})
    assert owned.remove_liquidity(-60, 60, 2.0, "ann").pool.liquidity == 3.0


def test_a_table_of_floats_adds_up_to_within_rounding():
    nets = [0.1, 0.2, -0.3]
    assert sum(nets) != 0
    pool = ConcentratedPool(1.0, ticks=list(zip((-120, -60, 60), nets, strict=True)))
    assert pool.ladder.liquidity == (0.0, 0.1, pytest.approx(0.3), 0.0)


@pytest.mark.parametrize(
    ("ticks", "message"),
    [
        ([(-60, 5), (60, -4)], r"liquidity above tick 60 = 1.* outside the allowed range"),
        ([(-60, -5), (60, 5)], "liquidity above tick -60 = -5.* outside the allowed range"),
        ([(-60, 5), (-60, 5), (60, -10)], r"ticks\[1\]: tick = -60 is there twice"),
        ([(-30, 5), (60, -5)], "tick in ticks = -30 is not allowed: multiples of the tick spacing 60"),
        ([(-900000, 5), (60, -5)], "tick in ticks = -900000 is "),
        ([(-60.5, 5), (60, -5)], r"ticks\[0\]: tick = -60.5 is outside the allowed range: whole numbers"),
        ([(-60, 5, 3), (60, -5, 5)], r"ticks\[-60\]\.liquidity_"),
        ([(-60, "much"), (60, -5)], r"ticks\[0\]\.liquidity_net = 'much' is not a finite number"),
        ([(-60, None), (60, -5)], r"ticks\[0\]\.liquidity_net = None is not a finite number"),
        ([(-60, float("nan")), (60, -5)], r"ticks\[0\]\.liquidity_net = nan is not a finite number"),
        ([{"tick": -60}], r"ticks\[0\] has no net liquidity: allowed are the names liquidity_net, liquidityNet"),
        ([{"liquidityNet": 5}], r"ticks\[0\] has no tick: allowed are the names tick, tickIdx"),
        ([(-60,)], r"ticks\[0\] = \(-60,\) is no row"),
        ("ticks", "ticks = 'ticks' is no table"),
        (5, "ticks = 5 is no table"),
    ],
)
def test_errors_of_snapshots(ticks, message):
    for make in (lambda: ConcentratedPool(1.0, ticks=ticks), lambda: ExactConcentratedPool(Q96, ticks=ticks)):
        with pytest.raises(ValueError, match=message):
            make()


def test_a_snapshot_must_fit_its_pool():
    rows = [(-60, 5), (60, -5)]
    with pytest.raises(ValueError, match=r"liquidity = 4 does not fit: .* up to 0 is 5"):
        ConcentratedPool(1.0, ticks=rows, liquidity=4)
    with pytest.raises(ValueError, match=r"liquidity = 4 does not fit: .* up to 0 is 5"):
        ExactConcentratedPool(Q96, ticks=rows, liquidity=4)
    with pytest.raises(ValueError, match=r"positions have the liquidity 7.0 on tick -60: .* at most 5"):
        ConcentratedPool(1.0, ticks=rows, positions={("ann", -60, 60): (7.0, (0, 0), (0.0, 0.0))})
    with pytest.raises(ValueError, match="an integer from"):
        ExactConcentratedPool(Q96, ticks=[(-60, 5.0), (60, -5.0)])


# Rounding.


def test_what_was_added_in_parts_can_be_removed_as_a_whole():
    pool = ConcentratedPool(1.0)
    parts = pool.add_liquidity(-60, 60, 0.1).pool.add_liquidity(-60, 60, 0.2).pool
    left = parts.remove_liquidity(-60, 60, 0.3).pool
    assert left.liquidity == 0.0 and left.positions["provider", -60, 60].liquidity == 0.0 and not left.ticks
    whole = pool.add_liquidity(-60, 60, 0.3).pool
    assert whole.remove_liquidity(-60, 60, 0.1 + 0.2).pool.liquidity == 0.0
    thrice = whole
    for _ in range(3):
        thrice = thrice.remove_liquidity(-60, 60, 0.1).pool
    assert thrice.liquidity == 0.0 and not thrice.ticks
    with pytest.raises(ValueError, match=r"liquidity = 0.30000001 .*\[0, 0.3\]"):
        whole.remove_liquidity(-60, 60, 0.30000001)


@pytest.mark.parametrize("tick", [-887220, -100020, -60, 0, 60, 11 * 60, 200040, 887160])
def test_a_price_at_the_end_of_a_range_is_on_its_tick(tick):
    for price in (price_at_tick(tick), 1.0001**tick, sqrt_price_at_tick(tick) ** 2):
        pool = ConcentratedPool(price)
        assert pool.tick == tick and pool.sqrt_price == pytest.approx(price**0.5, rel=1e-9)
        above = pool.add_liquidity(tick, tick + 60, 1000.0)
        assert above.pool.liquidity == 1000.0 and above.amounts[1] == 0.0
        if tick > -887220:
            below = pool.add_liquidity(tick - 60, tick, 1000.0)
            assert below.pool.liquidity == 0.0 and below.amounts[0] == 0.0
    exact = ExactConcentratedPool(sqrt_price_x96_at_tick(tick), ticks=[(tick, 5), (tick + 60, -5)], liquidity=5)
    assert exact.tick == tick


def test_only_the_token_that_is_needed_counts_at_an_end():
    # 1.1 · 1.1 is one float above 1.21.
    assert liquidity_for_amounts(0.0, 3.0, 1.21, 1.0, 1.1 * 1.1) == pytest.approx(3.0 / 0.1)
    assert liquidity_for_amounts(3.0, 0.0, 1.1 * 1.1, 1.21, 4.0) == pytest.approx(3.0 / (1 / 1.1 - 1 / 2))
    assert capital_efficiency(0.1 + 0.2, 1.0, 0.3) == pytest.approx(capital_efficiency(0.3, 1.0, 0.3))
    assert swap_step(0.3, 0.1 + 0.2, 5.0, 1.0).amount_in == 0.0
    with pytest.raises(ValueError, match="amount_out"):
        sqrt_price_after_output(1.0, 0.1 + 0.2, 0.3, 0)
    with pytest.raises(ValueError, match="high"):
        liquidity_for_amounts(1.0, 1.0, 1.0, 1.21, 1.1 * 1.1)


def test_a_limit_one_float_away_trades_nothing_on_the_wrong_side():
    pool = ConcentratedPool(2000.0).add_liquidity(60000, 90000, 1e6).pool
    for token_in, limit in ((0, np.nextafter(pool.price(), 0)), (1, np.nextafter(pool.price(), 1e9))):
        swap = pool.swap_exact_in(1.0, token_in, 1 - token_in, price_limit=limit)
        assert 0 <= swap.amount_in < 1e-6 and swap.amount_out >= 0


class Tagged(ConcentratedPool):
    """With something of its own."""


def test_a_subclass_stays_what_it_is():
    pool = Tagged(1.0)
    pool.tag = "mine"
    added = pool.add_liquidity(-600, 600, 1000.0).pool
    moved = added.trade_to(1.01)[1].pool
    for after in (added, moved, moved.with_fee(0.01), moved.remove_liquidity(-600, 600, 1.0).pool, copy.copy(moved)):
        assert type(after) is Tagged and after.tag == "mine"


def test_a_trade_to_a_price_crosses_ticks_and_gaps_in_each_scenario():
    pool = ConcentratedPool(1.0).add_liquidity(-120, 60, 1000.0).pool.add_liquidity(600, 1200, 10.0).pool
    prices = np.array([1.1, 0.995, 1.0, price_at_tick(60), price_at_tick(-120), 0.5])
    bought, sold = pool.trade_to(prices)
    np.testing.assert_allclose(sold.pool.price(), prices, rtol=1e-14)
    for i, price in enumerate(prices.tolist()):
        one = pool.trade_to(price)
        assert (one[0].amount_in, one[1].amount_in) == (bought.amount_in[i], sold.amount_in[i])
        assert one[1].pool.tick == sold.pool.tick[i]
        inverse = pool.trade_to(1 / price, 1, 0)
        assert inverse[1].amount_in == pytest.approx(one[0].amount_in, rel=1e-12, abs=1e-12)
    with pytest.raises(ValueError, match="√price"):
        pool.trade_to(1e60)
