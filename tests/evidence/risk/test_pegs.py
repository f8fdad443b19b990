import numpy as np
import pytest

from defi_lib.evidence import effect, evidence, today
from defi_lib.evidence.risk.pegs import (
    LOWEST_RATIO,
    lost_on_loans,
    points_less_than_ether,
    price_after_doubt,
    price_after_halving,
)
from defi_lib.exchange import ConstantProductPool
from defi_lib.lending import Troves
from defi_lib.risk import hold_peg, worst_loss


@pytest.mark.parametrize("jump", [0.0, 0.2, 1 / 3, 0.4, 0.5])
def test_what_loans_lose_is_what_many_troves_lose(jump):
    """Second method: ten thousand positions, each sold for what its collateral is worth after the fall."""
    ratios = LOWEST_RATIO + (np.arange(10_000) + 0.5) / 10_000
    left = Troves(ratios, np.ones(10_000)).ratios(1 - jump)
    assert lost_on_loans(np.array(jump)) == pytest.approx(np.maximum(1 - left, 0).mean(), abs=1e-6)


def test_a_module_pays_a_dollar_as_long_as_it_has_dollars():
    """Second method: the days of the week in a pool, with arbitrageurs who bring the module what is sold there."""
    for leaving, holds in ((0.2, True), (0.3, True), (0.36, False)):
        days = hold_peg([leaving / 7] * 7, ConstantProductPool((0.05, 0.05), fee=0.0), gem=0.3413, capital=1.0)
        price = price_after_halving(0.3413, np.array(leaving), 0.2, 0.0057, 0.02)
        assert (price == 1.0) is np.bool_(holds) and (days.price[-1] == pytest.approx(1.0)) == holds


def test_the_verdict_on_the_doubted_coin_turns_where_that_coin_itself_is_a_cent_below_a_dollar():
    one = effect("P7d")
    turn = 1 - 0.01 / 0.0825
    for part, true in ((turn + 1e-6, True), (turn - 1e-6, False)):
        assert one.true(today(one.assumptions, changed={"recovered": part}))[0] == true
    assert "88\xa0%" in evidence("P7d").sentence()


@pytest.mark.parametrize(
    ("change", "true"),
    [({"margin": 0.0}, True), ({"inflow": 0.033}, False), ({"leaving": 0.05}, False), ({"gem": 0.18}, False)],
)
def test_patient_buyers_turn_it_and_neither_fewer_swaps_nor_calmer_holders_do(change, true):
    one = effect("P7d")
    assert one.true(today(one.assumptions, changed=change))[0] == true


def test_with_all_the_money_back_no_number_of_the_module_coin_matters():
    one = effect("P7d")
    for part in (0.05, 0.165, 0.5):
        assert one(today(one.assumptions, changed={"recovered": 1.0, "doubted": part}))[0] == 0.0


def test_no_vote_makes_it_worse_than_an_open_module_and_who_brings_the_doubted_coin_does():
    price = [float(price_after_doubt(0.34, 0.0, 0.0825, 0.0, x, 0.0)) for x in (0.0, 0.24, 10.0)]
    assert price[0] == pytest.approx(1 - 0.34 * 0.0825) and price[0] > price[1] > price[2] > 1 - 0.0825
    assert float(price_after_doubt(0.34, 0.0, 0.0825, 0.0, 0.0, 0.4)) == pytest.approx(1 - 0.0825)


def test_the_worst_month_is_what_drawn_months_give():
    rng = np.random.default_rng(62)
    runs, gone, volatility = 0.15, 0.002, 0.78
    months = 1_000_000
    draw = rng.random(months)
    fails, falls = 1 - (1 - gone) ** (1 / 12), -np.expm1(-runs / 12)
    coin = np.where(draw < fails, 1.0, np.where(draw < fails + falls, 0.13, 0.0))
    step = volatility / 12**0.5
    ether = 1 - np.exp(step * rng.standard_normal(months) - step**2 / 2)
    means = [each[each >= worst_loss(each, 0.01)].mean() if worst_loss(each, 0.01) > 0 else 0 for each in (ether,)]
    worst_coin = np.sort(coin)[-months // 100 :].mean()
    found = float(points_less_than_ether(np.array(runs), 0.87, gone, volatility))
    assert found == pytest.approx(means[0] - worst_coin, abs=0.003)
