from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.exchange import ConstantProductPool, Hop, optimal_split, split_any, split_trade, swap_along
from defi_lib.exchange.arbitrage import routing
from tests.support.contracts import assert_refuses

pool_lists = st.lists(
    st.builds(
        lambda depth, price, fee: ConstantProductPool((depth, depth * price), fee),
        st.floats(1e-2, 1e6),
        st.floats(0.5, 2.0),
        st.floats(0.0, 0.05),
    ),
    min_size=1,
    max_size=6,
)


def total_output(pools, amounts):
    return sum(pool.swap_exact_in(float(a)).amount_out for pool, a in zip(pools, amounts, strict=True))


@given(pools=pool_lists, amount=st.floats(1e-6, 1e7), seed=st.integers(0, 2**32))
@settings(max_examples=150)
def test_no_other_split_gives_more(pools, amount, seed):
    amounts = optimal_split(pools, amount)
    assert amounts.sum() == pytest.approx(amount, rel=1e-12)
    assert amounts.min() >= 0
    best = total_output(pools, amounts)
    rng = np.random.default_rng(seed)
    for closeness in (0.0, 0.9, 0.999):
        other = closeness * amounts + (1 - closeness) * amount * rng.dirichlet(np.ones(len(pools)))
        assert total_output(pools, other) <= best * (1 + 1e-13)


@given(pools=pool_lists, amount=st.floats(1e-6, 1e7))
@settings(max_examples=100)
def test_pools_that_are_used_end_at_one_marginal_price_and_the_others_are_worse(pools, amount):
    amounts = optimal_split(pools, amount)

    def marginal(pool, sold):
        (x, y), gamma = pool.reserves, 1 - pool.fee
        return x * y * gamma / (x + gamma * sold) ** 2

    prices = np.array([marginal(pool, sold) for pool, sold in zip(pools, amounts, strict=True)])
    level = prices[amounts > 0].max()
    np.testing.assert_allclose(prices[amounts > 0], level, rtol=1e-9)
    assert np.all(prices[amounts == 0] <= level * (1 + 1e-12))


def test_equal_pools_take_equal_parts_of_the_tiniest_amount():
    pools = [ConstantProductPool((1e6, 2e9)) for _ in range(3)]
    np.testing.assert_allclose(optimal_split(pools, 3e-18), 1e-18, rtol=1e-14)
    np.testing.assert_array_equal(optimal_split(pools, 0.0), 0.0)


def test_split_of_two_pools_by_hand():
    # Without fee the reserves of token 0 end in proportion to √(x·y): 100 and 200.
    pools = [ConstantProductPool((100.0, 100.0), 0.0), ConstantProductPool((200.0, 200.0), 0.0)]
    trade = split_trade(pools, 30.0)
    assert trade.amounts_in == (pytest.approx(10.0, rel=1e-14), pytest.approx(20.0, rel=1e-14))
    assert trade.amount_out == pytest.approx(300.0 * 30.0 / 330.0, rel=1e-14)
    assert trade.best_single == pytest.approx(200.0 * 30.0 / 230.0, rel=1e-14)
    assert trade.saving == pytest.approx(300 * 30 / 330 - 200 * 30 / 230, rel=1e-13)


def test_arrays_of_amounts_and_of_pools_agree_with_scalars():
    sizes = np.array([0.0, 1e-9, 1.0, 50.0, 1e5])
    depths = np.array([10.0, 20.0, 1000.0, 5.0, 7.0])
    pools = [ConstantProductPool((1000.0, 2.1e6)), ConstantProductPool((depths, 2000 * depths), 0.0005)]
    together = split_trade(pools, sizes, aggregator_fee=0.001, gas=1.0)
    for i, size in enumerate(sizes.tolist()):
        single = [pools[0], ConstantProductPool((depths.tolist()[i], 2000 * depths.tolist()[i]), 0.0005)]
        alone = split_trade(single, size, aggregator_fee=0.001, gas=1.0)
        for one, many in zip(alone.amounts_in, together.amounts_in, strict=True):
            assert one == pytest.approx(np.broadcast_to(many, 5)[i], rel=1e-12, abs=1e-15)
        assert alone.amount_out == pytest.approx(together.amount_out[i], rel=1e-13)
        assert alone.saving == pytest.approx(together.saving[i], abs=1e-9)
        assert type(alone.amount_out) is type(alone.saving) is type(alone.gas) is float


def test_the_other_direction():
    pools, mirrors = (
        [ConstantProductPool((1e3, 2.1e6)), ConstantProductPool((2e3, 4e6), 0.01)],
        [ConstantProductPool((2.1e6, 1e3)), ConstantProductPool((4e6, 2e3), 0.01)],
    )
    np.testing.assert_array_equal(optimal_split(pools, 70.0), optimal_split(mirrors, 70.0, 1, 0))
    assert split_trade(pools, 70.0).amount_out == split_trade(mirrors, 70.0, 1, 0).amount_out


def test_the_money_adds_up():
    pools = [ConstantProductPool((1e3, 2.1e6)), ConstantProductPool((2e3, 4e6), 0.01), ConstantProductPool((5.0, 1e4))]
    trade = split_trade(pools, 300.0, aggregator_fee=0.0025, gas=12.0)
    assert sum(trade.amounts_in) == pytest.approx(trade.amount_in, rel=1e-14)
    assert trade.amount_out + trade.aggregator_cut == pytest.approx(sum(trade.amounts_out), rel=1e-14)
    assert trade.aggregator_cut == pytest.approx(0.0025 * sum(trade.amounts_out), rel=1e-14)
    assert trade.gas == 12.0 * sum(a > 0 for a in trade.amounts_in) == 36.0
    assert trade.saving == trade.amount_out - trade.gas - trade.best_single
    for before, after, paid, got in zip(pools, trade.pools, trade.amounts_in, trade.amounts_out, strict=True):
        assert after.reserves[0] - before.reserves[0] == pytest.approx(paid, rel=1e-10)
        assert before.reserves[1] - after.reserves[1] == pytest.approx(got, rel=1e-9)


@given(pools=pool_lists, amount=st.floats(1e-3, 1e5), gas=st.floats(1e-6, 1e3))
@settings(max_examples=100)
def test_with_gas_no_choice_of_pools_is_better(pools, amount, gas):
    trade = split_trade(pools, amount, gas=gas)
    net = trade.amount_out - trade.gas
    assert net >= trade.best_single - 1e-12 * (abs(net) + gas)
    for chosen in range(1, 2 ** len(pools)):
        some = [pool for i, pool in enumerate(pools) if chosen >> i & 1]
        part = optimal_split(some, amount)
        other = total_output(some, part) - gas * np.count_nonzero(part)
        assert other <= net + 1e-12 * (abs(net) + gas * len(pools))


def test_choices_tried_in_parts_and_gas_per_scenario_are_as_one_by_one(monkeypatch):
    pools = [ConstantProductPool((depth, depth), 0.003) for depth in (1e3, 2e3, 3e3, 5e3)]
    gas = np.array([0.0, 0.01, 0.3, 5.0, 1e3])
    whole = split_trade(pools, 500.0, gas=gas)
    monkeypatch.setattr(routing, "_NUMBERS_AT_ONCE", 1)
    parts = split_trade(pools, 500.0, gas=gas)
    for number, one in enumerate(gas):
        alone = split_trade(pools, 500.0, gas=float(one))
        for found in (whole, parts):
            assert [amounts[number] for amounts in found.amounts_in] == pytest.approx(alone.amounts_in, rel=1e-13)
    assert (np.array(whole.amounts_in) > 0).sum(axis=0).tolist() == [4, 4, 4, 3, 1]


def test_gas_keeps_small_trades_in_one_pool():
    pools = [ConstantProductPool((1e3, 2e6)), ConstantProductPool((1e3, 2e6))]
    trade = split_trade(pools, np.array([0.01, 100.0]), gas=30.0)
    used = np.count_nonzero(np.array(trade.amounts_in), axis=0)
    assert used.tolist() == [1, 2]
    assert trade.gas.tolist() == [30.0, 60.0]
    assert trade.saving[0] == pytest.approx(0.0, abs=1e-12)
    assert trade.saving[1] > 0


class FlatPool(NamedTuple):
    """One price for any amount."""

    rate: float
    reserves: tuple = (1e9, 1e9)

    def swap_exact_in(self, amount_in, token_in=0, token_out=1):
        return FlatSwap(self, amount_in, amount_in * self.rate)


class FlatSwap(NamedTuple):
    pool: FlatPool
    amount_in: float
    amount_out: float


@given(pools=pool_lists.filter(lambda pools: len(pools) <= 3), amount=st.floats(1e-4, 1e5))
@settings(max_examples=20, deadline=None)
def test_bisection_agrees_with_the_closed_form(pools, amount):
    by_search = split_any(pools, amount)
    assert sum(by_search.amounts_in) == pytest.approx(amount, rel=1e-12)
    assert by_search.amount_out == pytest.approx(split_trade(pools, amount).amount_out, rel=1e-10)


def test_bisection_for_many_sizes_at_once():
    pools = [ConstantProductPool((1e3, 2.1e6)), ConstantProductPool((2e3, 4e6), 0.01)]
    sizes = np.linspace(0.0, 500.0, 50)
    np.testing.assert_allclose(split_any(pools, sizes).amount_out, split_trade(pools, sizes).amount_out, rtol=1e-10)


def test_bisection_with_pools_of_other_kinds():
    # The constant product pool gives more than 1990 per unit until it has taken ~2.1, the flat pool takes the rest.
    pools = [ConstantProductPool((1000.0, 2e6), 0.0), FlatPool(1990.0)]
    trade = split_any(pools, 100.0)
    first = 1000.0 * (np.sqrt(2000.0 / 1990.0) - 1)
    assert trade.amounts_in[0] == pytest.approx(first, rel=1e-4)
    assert trade.amounts_in[1] == pytest.approx(100.0 - first, rel=1e-5)
    best = pools[0].swap_exact_in(first).amount_out + 1990.0 * (100.0 - first)
    assert trade.amount_out == pytest.approx(best, rel=1e-10)
    flat = split_any([FlatPool(3.0), FlatPool(3.0)], 10.0)
    assert flat.amount_out == pytest.approx(30.0, rel=1e-13)
    assert split_any([FlatPool(3.0), FlatPool(2.0)], 10.0).amount_out == pytest.approx(30.0, rel=1e-7)


def test_a_path_is_a_chain_of_swaps():
    pools = [ConstantProductPool((1e3, 2e6)), ConstantProductPool((5e6, 4e3), 0.01)]
    path = swap_along([Hop(pools[0]), Hop(pools[1])], 10.0, aggregator_fee=0.001, gas_per_hop=2.5)
    first = pools[0].swap_exact_in(10.0)
    second = pools[1].swap_exact_in(first.amount_out)
    assert path.swaps == (first, second)
    assert path.amount_out + path.aggregator_cut == pytest.approx(second.amount_out, rel=1e-15)
    assert path.aggregator_cut == pytest.approx(0.001 * second.amount_out, rel=1e-15)
    assert path.gas == 5.0
    back = swap_along([Hop(pools[1], 1, 0), Hop(pools[0], 1, 0)], np.array([0.0, 1.0]))
    assert back.amount_out[0] == 0.0
    assert back.swaps[0].token_in == 1


POOL = ConstantProductPool((1.0, 1.0))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: optimal_split([], 1.0), r"pools is empty: allowed is at least one pool"),
        (lambda: optimal_split([POOL], -1.0), r"amount_in = -1 .*\[0, inf\)"),
        (lambda: optimal_split([POOL], 1.0, 0, 2), r"token_out = 2 "),
        (lambda: split_trade([POOL], np.array([1.0, np.nan])), r"amount_in\[1\] = nan .*\[0, inf\)"),
        (lambda: split_trade([POOL], 1.0, aggregator_fee=1.0), r"aggregator_fee = 1 .*\[0, 1\)"),
        (lambda: split_trade([POOL], 1.0, gas=-1.0), r"gas = -1 .*\[0, inf\)"),
        (lambda: split_trade([POOL] * 11, 1.0, gas=1.0), r"pools has 11 entries: allowed are at most 10"),
        (lambda: split_any([], 1.0), r"pools is empty"),
        (lambda: split_any([POOL], 1.0, aggregator_fee=-0.1), r"aggregator_fee = -0.1 .*\[0, 1\)"),
        (lambda: swap_along([], 1.0), r"hops is empty"),
        (lambda: swap_along([Hop(POOL)], -1.0), r"amount_in = -1 .*\[0, inf\)"),
        (lambda: swap_along([Hop(POOL)], 1.0, gas_per_hop=-1.0), r"gas_per_hop = -1 .*\[0, inf\)"),
        (lambda: swap_along([Hop(POOL)], 1.0, aggregator_fee=2.0), r"aggregator_fee = 2 .*\[0, 1\)"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)
