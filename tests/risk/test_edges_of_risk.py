"""Edges of the models of risk where a last bit, a far end or a number of numpy decided the answer."""

import numpy as np
import pytest

from defi_lib.exchange import ConstantProductPool
from defi_lib.risk import (
    Bridge,
    Mutual,
    Network,
    PegModule,
    TerraMarket,
    capacity_multiple,
    clear_through_house,
    debt_rank,
    draw_losses,
    empty_day,
    hostile_upgrade,
    pay_by_index,
    pay_depositors,
    promised_cash,
    pull_and_sell,
    run_fund,
    run_levied_fund,
    sampled_ruin,
    spend_forged,
    spiral,
    token_price,
    worst_loss,
)
from tests.support.contracts import assert_refuses

COIN = {"supply": 10e9, "days": 1.0, "base_pool": 67e6, "recovery_period": 36, "pool": 500e6, "value": 10e9}
COIN |= {"token_supply": 1e9, "leaving": 0.5, "answer": 2.5}


@pytest.mark.parametrize("growth", [-1.0, -10.0, -50.0, -1e6])
def test_a_scheme_that_nobody_joins_any_more_lasts_as_long_as_its_deposits(growth):
    # All deposits, 1/|g| after a moment, pay 1 % of themselves a day: 100 days and that moment.
    day = empty_day(growth, 0.01)
    assert day == pytest.approx(100 - 1 / growth, rel=1e-12)
    assert promised_cash(day, 1.0, growth, 0.01) == pytest.approx(0.0, abs=1e-12 / -growth)


def test_a_fund_that_is_used_up_to_the_last_cent_is_not_ruined_and_owes_nothing():
    run = run_fund(0.3, 0.0, [[0.1], [0.2], [0.0]])
    assert not run.ruined[0] and run.unpaid.sum() == 0 and run.capital[-1, 0] == 0
    assert run_levied_fund([0.1, 0.2, 0.0], 100.0, start=0.3, levy=0.0).levies.tolist() == [0.0, 0.0, 0.0]
    assert run_levied_fund([0.1, 0.3, 0.0], 100.0, start=0.3, levy=0.0).levies[-1] == pytest.approx(0.4)


def test_thresholds_are_met_exactly():
    assert pay_by_index(1.0, 0.3, trigger=0.1 + 0.2, payout=1.0).paid == 0
    assert pay_by_index(1.0, 0.2999, trigger=0.3, payout=1.0).paid == 1
    assert worst_loss(list(range(11)), 0.7) == 3.0  # a place of 10·0.3, which is a little more in floats


def test_liquidity_is_free_on_the_day_of_its_lock():
    pool = ConstantProductPool((1000.0, 1000.0), fee=0.0)
    assert pull_and_sell(pool, 0.5, held=1.0, day=0.3, lock=0.1 + 0.2).taken > 400
    assert pull_and_sell(pool, 0.5, held=1.0, day=0.299, lock=0.3).taken == 0


def test_a_spread_of_negative_zero_is_none():
    assert spiral(30.0, min_spread=-0.0, **COIN)[:5] == spiral(30.0, min_spread=0.0, **COIN)[:5]


def test_next_to_nothing_in_a_bank_is_paid_without_a_warning():
    with np.errstate(all="raise"):
        assert pay_depositors([1e-300], 1e30).losses.tolist() == [0.0]


def test_lists_are_numbers_in_every_argument():
    spent = spend_forged(Bridge(500.0), 100.0, [2_000.0, 1_000.0], [0.8, 0.5], pace=10.0, paused_after=3.0, cap=90.0)
    assert np.asarray(spent.borrowed).tolist() == [48_000.0, 15_000.0]


def test_numbers_of_32_bits_multiply_like_others():
    small, large = np.array([50_000_000, 36], dtype=np.int32), np.array([1_000_000_000, 1], dtype=np.int32)
    assert capacity_multiple(tuple(small), tuple(large)) == 720.0


@pytest.mark.parametrize("kind", [np.int32, np.int64])
def test_an_amount_of_numpy_counts_like_one_of_python(kind):
    amount = 10**9
    market = TerraMarket(10**30, 2 * 10**16, 14_400, {"uusd": 50 * 10**18, "usdr": 35 * 10**18})
    mutual = Mutual(pool_value=110 * 10**18, mcr=100 * 10**18, supply=1_000 * 10**18)
    for trade in (
        lambda number: mutual.buy(number).after,
        lambda number: mutual.sell(number).after,
        lambda number: token_price(number, kind(10**9)),
        lambda number: market.swap("uusd", "uluna", number).after,
        lambda number: PegModule(dai_supply=10**20, users={"ann": (0, 10**20)}).transfer("ann", "ben", number).after,
    ):
        with np.errstate(all="raise"):
            assert trade(kind(amount)) == trade(amount)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: pay_by_index(1.0, 1.0, trigger=np.nan, payout=1.0), "trigger = nan"),
        (lambda: pay_by_index(1.0, [1.0, np.nan], trigger=0.9, payout=1.0), r"index\[1\] = nan"),
        (lambda: worst_loss([], 0.1), r"losses has shape \(0,\)"),
        (lambda: debt_rank([[0, 0.5], [0, 0]], [1, 0]).part([0.0, 0.0]), "value = "),
        (lambda: debt_rank([[0, 0.5], [0, 0]], [1, 0]).part([np.nan, 1.0]), r"value\[0\] = nan"),
        (lambda: debt_rank([[0, 0.5], [0, 0]], [1, 0]).part([1.0]), "value = "),
        (lambda: draw_losses(np.random.default_rng(1), -1, 0.5, 0.1), "years = -1"),
        (lambda: draw_losses(np.random.default_rng(1), 2.5, 0.5, 0.1), "years = 2.5"),
        (lambda: draw_losses(np.random.default_rng(1), 2, [0.5, 0.1], 0.1, covers=1), r"chance has shape \(2,\)"),
        (lambda: draw_losses(np.random.default_rng(1), 2, 0.5, [0.1]), r"correlation has shape \(1,\)"),
        (lambda: sampled_ruin(np.random.default_rng(1), 2.5, 1.0, 0.2, 10), "worlds = 2.5"),
        (lambda: clear_through_house(Network([1.0, 1.0], [0], [1], [0.5]), capital=[1.0, 2.0]), "capital has shape"),
        (lambda: hostile_upgrade(1.0, 1.0, 1.0, exit_limit=10**400), "exit_limit = "),
        (lambda: pay_depositors([1.0], 1.0, limit=np.nan), "limit = nan"),
        (lambda: capacity_multiple((1e-300, 1.0), (1e300, 1.0)), "capacity_multiple"),
    ],
)
def test_refusals_name_the_argument(call, message):
    assert_refuses(call, message)
