import importlib.util
import pathlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.exchange import (
    ConstantProductPool,
    StableSwapPool,
    WeightedPool,
    arbitrage_along,
    arbitrage_outside,
    expected_lvr,
    trade_probability,
)
from defi_lib.exchange.arbitrage import paths as arbitrage_paths
from defi_lib.simulation.prices import GeometricBrownian


def random_paths(seed, steps, scenarios, volatility=0.02, start=2000.0):
    rng = np.random.default_rng(seed)
    return start * np.exp(np.cumsum(volatility * rng.standard_normal((steps, scenarios)), axis=0))


def stepped(pool, path):
    """The same run as a chain of immutable pools, every amount added up by hand."""
    paid, received, profit, volume, trades = [0.0, 0.0], [0.0, 0.0], 0.0, 0.0, 0
    for price in path:
        step = arbitrage_outside(pool, price)
        pool = step.pool
        for swap, value in ((step.bought, 1.0), (step.sold, price)):
            paid[swap.token_in] += swap.amount_in
            received[swap.token_out] += swap.amount_out
            volume += swap.amount_in * value
        trades += step.bought.amount_in + step.sold.amount_in > 0
        profit += step.profit
    return pool, paid, received, profit, volume, trades


@pytest.mark.parametrize("fee", [0.0005, 0.003, 0.05])
def test_agrees_with_stepping_pool_objects_one_by_one(fee):
    start = ConstantProductPool((1000.0, 2e6), fee)
    prices = random_paths(1, 300, 7)
    run = arbitrage_along(start, prices)
    for scenario in range(7):
        pool, paid, received, profit, volume, trades = stepped(start, prices[:, scenario].tolist())
        assert run.pool.reserves[0][scenario] == pytest.approx(pool.reserves[0], rel=1e-12)
        assert run.pool.reserves[1][scenario] == pytest.approx(pool.reserves[1], rel=1e-12)
        for token in (0, 1):
            scale = 1e-12 * start.reserves[token]
            assert run.amounts_in[token][scenario] == pytest.approx(paid[token], rel=1e-11, abs=scale)
            assert run.amounts_out[token][scenario] == pytest.approx(received[token], rel=1e-11, abs=scale)
            assert run.fees[token][scenario] == pytest.approx(fee * paid[token], rel=1e-11, abs=scale)
        assert run.arbitrage_profit[scenario] == pytest.approx(profit, rel=1e-8)
        assert run.volume[scenario] == pytest.approx(volume, rel=1e-11)
        assert run.fee_income[scenario] == pytest.approx(fee * volume, rel=1e-11)
        assert run.trades[scenario] == trades


def test_without_fee_the_pool_follows_the_price_and_keeps_its_product():
    prices = random_paths(2, 400, 5)
    run = arbitrage_along(ConstantProductPool((1000.0, 2e6), 0.0), prices)
    np.testing.assert_allclose(run.pool.price(), prices[-1], rtol=1e-13)
    np.testing.assert_allclose(run.pool.reserves[0] * run.pool.reserves[1], 2e9, rtol=1e-12)
    # Every step then yields (√(x·p) − √y)², and √(x·y) is constant.
    roots = np.sqrt(np.vstack([np.full(5, 2000.0), prices]))
    expected = np.sqrt(2e9) * np.sum(np.diff(roots, axis=0) ** 2 / roots[:-1], axis=0)
    np.testing.assert_allclose(run.arbitrage_profit, expected, rtol=1e-9)


def test_the_rebalancing_portfolio_is_the_sum_of_holdings_times_price_changes():
    prices = random_paths(3, 200, 4)
    start = ConstantProductPool((1000.0, 2e6), 0.003)
    held = [np.full(4, 1000.0)]
    run = arbitrage_along(start, prices, watch=lambda step, price, pool: held.append(pool.reserves[0]))
    changes = np.diff(np.vstack([np.full(4, 2000.0), prices]), axis=0)
    expected = np.sum(np.array(held[:-1]) * changes, axis=0)
    np.testing.assert_allclose(run.rebalancing_profit, expected, rtol=1e-9, atol=1e-6)
    np.testing.assert_allclose(run.rebalancing_profit - run.pool_profit, run.arbitrage_profit, atol=1e-8)
    np.testing.assert_allclose(run.loss_versus_rebalancing, run.arbitrage_profit + run.fee_income, rtol=1e-15)


@given(
    x=st.floats(1e-6, 1e15),
    y=st.floats(1e-6, 1e15),
    fee=st.floats(0.0, 0.5),
    moves=st.lists(st.floats(0.1, 10.0), min_size=1, max_size=12),
)
@settings(max_examples=150)
def test_nothing_is_lost_and_the_product_never_falls(x, y, fee, moves):
    start = ConstantProductPool((x, y), fee)
    prices = start.price() * np.cumprod(moves)
    run = arbitrage_along(start, prices)
    for token in (0, 1):
        change = run.amounts_in[token] - run.amounts_out[token]
        scale = start.reserves[token] + run.amounts_in[token]
        assert run.pool.reserves[token] - start.reserves[token] == pytest.approx(change, abs=1e-13 * scale)
    product = [np.sqrt(p.reserves[0]) * np.sqrt(p.reserves[1]) for p in (start, run.pool)]
    assert product[1] >= product[0] * (1 - 1e-13)
    assert run.arbitrage_profit >= -1e-12 * (y + np.max(prices) * (x + run.amounts_in[0]))
    assert 0 <= run.trades <= len(moves)


def test_a_stream_an_array_a_list_and_any_blocks_give_the_same(monkeypatch):
    start = ConstantProductPool((1000.0, np.linspace(1.9e6, 2.1e6, 50)), np.linspace(0.0, 0.01, 50))
    prices = random_paths(4, 300, 50)
    whole = arbitrage_along(start, prices)
    monkeypatch.setattr(arbitrage_paths, "BLOCK", 7)
    for other in (
        arbitrage_along(start, prices),
        arbitrage_along(start, iter(prices)),
        arbitrage_along(start, [list(row) for row in prices]),
        arbitrage_along(start, np.asfortranarray(prices)),
    ):
        np.testing.assert_array_equal(other.pool.reserves, whole.pool.reserves)
        np.testing.assert_array_equal(other.trades, whole.trades)
        np.testing.assert_array_equal(other.arbitrage_profit, whole.arbitrage_profit)
        np.testing.assert_array_equal(other.amounts_out, whole.amounts_out)


def test_one_path_gives_plain_numbers_and_agrees_with_arrays():
    prices = random_paths(5, 600, 3)
    start = ConstantProductPool((1000.0, 2e6))
    many = arbitrage_along(start, prices)
    one = arbitrage_along(start, prices[:, 1].tolist())
    assert type(one.arbitrage_profit) is type(one.volume) is type(one.pool.reserves[0]) is type(one.fees[1]) is float
    assert one.arbitrage_profit == many.arbitrage_profit[1]
    assert one.pool.reserves == (many.pool.reserves[0][1], many.pool.reserves[1][1])
    assert one.trades == many.trades[1] > 255  # more than its small counter can hold
    assert one.steps == many.steps == 600
    assert one.price == prices[-1, 1]


def test_several_fees_along_the_same_paths():
    prices = random_paths(6, 50, 4)
    fees = np.array([[0.0], [0.003], [0.03]])
    table = arbitrage_along(ConstantProductPool((1000.0, 2e6), fees), prices)
    assert table.arbitrage_profit.shape == (3, 4)
    row = arbitrage_along(ConstantProductPool((1000.0, 2e6), 0.003), prices)
    np.testing.assert_allclose(table.arbitrage_profit[1], row.arbitrage_profit, rtol=1e-12)
    single = arbitrage_along(ConstantProductPool((1000.0, 2e6), fees[:, 0]), prices[:, 2])
    np.testing.assert_allclose(single.volume, table.volume[:, 2], rtol=1e-12)


def test_no_step_at_all_changes_nothing():
    start = ConstantProductPool((1000.0, 2e6))
    for prices in ([], np.empty((0, 5))):
        run = arbitrage_along(start, prices)
        assert run.pool == start
        assert run.steps == run.trades == run.arbitrage_profit == run.volume == run.pool_profit == 0
    assert arbitrage_along(start, np.empty((3, 0))).arbitrage_profit.shape == (0,)


def test_arguments_and_watched_pools_are_left_alone():
    x = np.full(3, 1000.0)
    prices = random_paths(7, 9, 3)
    copy, seen = prices.copy(), []
    run = arbitrage_along(ConstantProductPool((x, 2e6)), prices, lambda *what: seen.append(what), every=3)
    assert [step for step, _, _ in seen] == [3, 6, 9]
    np.testing.assert_array_equal(x, 1000.0)
    np.testing.assert_array_equal(prices, copy)
    np.testing.assert_array_equal(seen[1][1], prices[5])
    np.testing.assert_array_equal(seen[1][2].reserves, arbitrage_along(run.before, prices[:6]).pool.reserves)


@pytest.mark.parametrize(("x", "y"), [(1e-200, 1e-200), (1e200, 1e200), (1e150, 1e-150), (1e27, 1e33)])
def test_reserves_of_any_size(x, y):
    run = arbitrage_along(ConstantProductPool((x, y)), y / x * np.array([1.0, 2.0, 0.5, 1.0]))
    usual = arbitrage_along(ConstantProductPool((1.0, 1.0)), np.array([1.0, 2.0, 0.5, 1.0]))
    assert run.pool.reserves[0] / x == pytest.approx(usual.pool.reserves[0], rel=1e-13)
    assert run.arbitrage_profit / y == pytest.approx(usual.arbitrage_profit, rel=1e-12)


def test_mean_loss_versus_rebalancing_of_a_year():
    """σ = 0.5, 400 steps, V₀ = 2: 2·(1 − e^(−σ²/8)) = 0.0615 on average, within four standard errors."""
    paths = GeometricBrownian(1.0, 0.5).stream(np.linspace(0, 1, 401), 4000, np.random.default_rng(11))
    loss = arbitrage_along(ConstantProductPool((1.0, 1.0), 0.0), paths).loss_versus_rebalancing
    expected = expected_lvr(2.0, 0.5, 1.0)
    assert expected == pytest.approx(0.0615, abs=5e-5)
    assert loss.mean() == pytest.approx(expected, abs=4 * loss.std(ddof=1) / np.sqrt(4000))
    assert loss.mean() == pytest.approx(0.0615, rel=0.02)
    assert loss.min() >= 0


@pytest.mark.parametrize("fee", [0.0005, 0.003])
def test_share_of_blocks_with_a_trade_and_arbitrage_profit(fee):
    """5 % per √day, blocks of 12 s on average at random times; four standard errors plus the fee's own size.

    The theory takes the fee out of the pool; here it stays in, which moves the pool's price back into the band by
    half the fee's part of each move. So theory and pool differ by relative terms of the order of the fee.
    """
    volatility, blocks, scenarios, steps = 0.05, 7200.0, 2000, 1500
    rng = np.random.default_rng(12)

    def stream(count, price):
        for _ in range(count):
            move = volatility * np.sqrt(rng.exponential(1 / blocks, scenarios))
            price = price * np.exp(move * rng.standard_normal(scenarios))
            yield price

    start = ConstantProductPool((1000.0, 1000.0 * np.exp(rng.uniform(-fee, fee, scenarios))), fee)
    settled = arbitrage_along(start, stream(400, np.ones(scenarios)))
    run = arbitrage_along(settled.pool, stream(steps, settled.price))
    share = run.trades / steps
    expected = trade_probability(volatility, -np.log1p(-fee), blocks)
    assert share.mean() == pytest.approx(expected, abs=4 * share.std(ddof=1) / np.sqrt(scenarios) + fee * expected)
    value = run.before.reserves[0] * settled.price + run.before.reserves[1]
    rate = run.arbitrage_profit / value / (steps / blocks)
    theory = expected * volatility**2 / 8
    # The price's random walk changes the pool's value by less than its variance over the run, σ²·T.
    slack = fee + volatility**2 * steps / blocks
    assert rate.mean() == pytest.approx(theory, abs=4 * rate.std(ddof=1) / np.sqrt(scenarios) + slack * theory)


def test_agrees_with_the_handwritten_loop_of_the_benchmark():
    path = pathlib.Path(__file__).parents[3] / "benchmarks" / "monte_carlo.py"
    specification = importlib.util.spec_from_file_location("monte_carlo", path)
    benchmark = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(benchmark)
    prices = random_paths(8, 600, 20, 0.005)
    run = arbitrage_along(ConstantProductPool(benchmark.RESERVES, benchmark.FEE), prices)
    x, y, profit, fees, trades = benchmark.handwritten(prices, 20)
    np.testing.assert_allclose(run.pool.reserves, [x, y], rtol=1e-12)
    np.testing.assert_allclose(run.arbitrage_profit, profit, rtol=1e-7)
    np.testing.assert_allclose(run.fee_income, fees, rtol=1e-9)
    np.testing.assert_array_equal(run.trades, trades)
    assert trades.max() > 255
    objects = benchmark.one_by_one(prices)
    assert objects == pytest.approx(run.arbitrage_profit.sum(), rel=1e-8)


@pytest.mark.parametrize(
    ("prices", "message"),
    [
        ([1.0, 0.0], r"prices\[1\] = 0 is outside the allowed range \(0, inf\)"),
        ([[1.0, 2.0], [1.0, np.nan]], r"prices\[1\]\[1\] = nan"),
        ([[1.0, np.inf]], r"prices\[0\]\[1\] = inf"),
        ([[1.0, 2.0], [-3.0, 1.0]], r"prices\[1\]\[0\] = -3"),
        ([[1.0, 2.0], [1.0, 2.0, 3.0]], r"prices\[1\] has shape \(3,\): allowed is \(2,\)"),
    ],
)
def test_errors_of_prices(prices, message):
    with pytest.raises(ValueError, match=message):
        arbitrage_along(ConstantProductPool((1.0, 1.0)), prices)


def test_other_errors():
    with pytest.raises(ValueError, match=r"every = 0 .* integer >= 1"):
        arbitrage_along(ConstantProductPool((1.0, 1.0)), [1.0], every=0)
    with pytest.raises(ValueError, match=r"reserve_0 \(2,\).*prices \(3,\)"):
        arbitrage_along(ConstantProductPool((np.ones(2), 1.0)), np.ones((4, 3)))


def test_one_path_is_that_of_arrays_to_the_last_digit():
    prices = random_paths(9, 50_000, 1, 0.001)
    for fee in (0.0, 0.003):
        start = ConstantProductPool((1000.0, 2e6), fee)
        one = arbitrage_along(start, prices[:, 0])
        many = arbitrage_along(start, prices)
        for name in ("trades", "volume", "arbitrage_profit", "pool_profit", "price"):
            assert getattr(one, name) == getattr(many, name)[0]
        assert one.pool.reserves == tuple(reserve[0] for reserve in many.pool.reserves)
        assert one.amounts_in == tuple(amount[0] for amount in many.amounts_in)


def test_rows_of_a_table_are_times():
    import pandas

    paths, start = random_paths(10, 50, 3), ConstantProductPool((1000.0, 2e6))
    want = arbitrage_along(start, paths)
    got = arbitrage_along(start, pandas.DataFrame(paths, columns=["a", "b", "c"]))
    np.testing.assert_array_equal(got.arbitrage_profit, want.arbitrage_profit)
    one = arbitrage_along(start, pandas.Series(paths[:, 1], index=pandas.date_range("2024-01-01", periods=50)))
    assert one.arbitrage_profit == want.arbitrage_profit[1] and one.steps == 50
    with pytest.raises(ValueError, match=r"prices = .* is a mapping"):
        arbitrage_along(start, {0: 1.0, 1: 2.0})


@pytest.mark.parametrize("prices", [["1.0", "2.0"], [["1.0"], ["2.0"]], [None], "12", [1.0, [2.0, 3.0]]])
def test_what_is_no_path_of_numbers(prices):
    with pytest.raises(ValueError, match=r"prices\[\d\] (=|has shape) "):
        arbitrage_along(ConstantProductPool((1.0, 1.0)), prices)


class DynamicFee(ConstantProductPool):
    """A fee of its own in each trade."""

    @property
    def fee(self):
        return 0.01


@pytest.mark.parametrize(
    "pool", [DynamicFee((1.0, 1.0)), WeightedPool((1.0, 1.0), (0.8, 0.2)), StableSwapPool((1.0, 1.0), 10)]
)
def test_other_pools_are_refused(pool):
    with pytest.raises(ValueError, match=f"pool is a {type(pool).__name__}"):
        arbitrage_along(pool, [1.0, 2.0])
