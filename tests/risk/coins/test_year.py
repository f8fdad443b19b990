"""A year of a coin: where the reserve goes in each scenario, placebos, and that more cash never hurts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.ledger import Ledger
from defi_lib.risk import CoinRisks, simulate_coin, worst_loss
from tests.support.contracts import assert_refuses

STORMY = {"runs": 3.0, "bank_failures": 2.0, "run_part": 0.8, "at_bank": 0.2, "discount": 0.1}


def year(seed=1, scenarios=40, days=120, **risks):
    return simulate_coin(CoinRisks(**risks), scenarios, np.random.default_rng(seed), days)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10**6), st.floats(0, 1), st.sampled_from(["first come", "suspension"]), st.floats(0, 1))
def test_where_the_reserve_went(seed, liquid, rule, recovery):
    end = year(seed, 10, liquid=liquid, rule=rule, bank_recovery=recovery, failures=1.0, **STORMY)
    gone = end.redeemed + end.to_buyers + end.lost_at_banks + end.taken
    assert end.reserve + gone == pytest.approx(1.0, abs=1e-12)
    assert end.supply + end.redeemed == pytest.approx(1.0, abs=1e-12)
    assert np.all((end.price >= 0) & (end.price <= 1)) and np.all(end.reserve >= -1e-15)
    ledger = Ledger(new_parties="by name")
    ledger.book(end)
    ledger.check_conserved()


def test_placebo_nothing_happens():
    end = year(runs=0.0, bank_failures=0.0)
    assert np.all(end.price == 1) and end.worst_month() == 0 == end.worst_month(at="lowest")


def test_placebo_a_fully_liquid_reserve_has_no_run():
    end = year(liquid=1.0, runs=5.0, run_part=1.0, bank_failures=0.0, panic=0.0)
    assert np.all(end.price == 1) and end.to_buyers.sum() == 0 and end.redeemed.sum() > 0


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10**6), st.floats(0, 1), st.floats(0, 1))
def test_more_cash_sells_less_in_a_hurry(seed, first, second):
    less, more = sorted((first, second))
    storm = {"bank_failures": 0.0, "runs": 4.0, "run_part": 0.9, "discount": 0.2}
    worse, better = (year(seed, 10, liquid=liquid, **storm) for liquid in (less, more))
    assert np.all(better.to_buyers <= worse.to_buyers + 1e-12)
    assert np.all(better.reserve + better.redeemed >= worse.reserve + worse.redeemed - 1e-12)


def test_march_2023():
    """A bank with 8 % on a Friday: 0.87 to 0.9 over the weekend, par again when it is known that all comes back."""
    risks = CoinRisks(runs=0.0, bank_failures=365 * 50.0, bank_days=3, run_part=0.1, at_bank=0.0825)
    end = simulate_coin(risks, 1, np.random.default_rng(1), days=4, first_day=4)
    assert end.price[0] == 1.0 and end.price[1:3] == pytest.approx(0.97 * (1 - 0.0825), abs=0.01)
    assert end.price[3] == 1.0


def test_one_bank_by_hand():
    """It fails on the first day, and half of its tenth comes back: a coin is worth 0.95 from then on."""
    risks = CoinRisks(runs=0.0, bank_failures=1e6, run_part=0.0, at_bank=0.1, bank_recovery=0.5, bank_days=29)
    end = simulate_coin(risks, 2, np.random.default_rng(1), days=30)
    assert end.price[-1] == pytest.approx(0.95, abs=1e-12) and end.lost_at_banks == pytest.approx(0.05)


def test_an_issuer_who_takes_it_all():
    end = year(runs=0.0, bank_failures=0.0, failures=1e6, days=60)
    assert np.all(end.price == 0) and end.taken == pytest.approx(1.0) and end.month_losses()[0].min() == 1.0


def test_suspension_sells_nothing():
    shut, sold = (year(rule=rule, liquid=0.05, **STORMY) for rule in ("suspension", "first come"))
    assert shut.to_buyers.sum() == 0 < sold.to_buyers.sum() and shut.shut_days.sum() > sold.shut_days.sum()


def test_the_worst_of_a_hundred():
    assert worst_loss(np.arange(100) / 100, 0.01) == 0.99
    end = year(scenarios=100, **STORMY)
    assert end.worst_month(0.01, "lowest") >= end.worst_month(0.01) >= end.worst_month(0.1) >= 0
    assert end.month_losses().shape == (4, 100)
    assert np.array_equal(end.price, year(scenarios=100, **STORMY).price)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: CoinRisks(liquid=1.1), r"liquid = 1.1"),
        (lambda: CoinRisks(discount=1.0), r"discount = 1"),
        (lambda: CoinRisks(rule="never"), r"rule = 'never'"),
        (lambda: CoinRisks(runs=-1.0), r"runs = -1"),
        (lambda: CoinRisks(at_bank=1.5), r"at_bank = 1.5"),
        (lambda: CoinRisks(bank_days=0), r"bank_days = 0"),
        (lambda: CoinRisks(depth=0.0), r"depth = 0"),
        (lambda: CoinRisks(trust=1.5), r"trust = 1.5"),
        (lambda: year(scenarios=0), r"scenarios = 0"),
        (lambda: simulate_coin(CoinRisks(), 1, np.random.default_rng(1), first_day=7), r"first_day = 7"),
        (lambda: worst_loss([0.0], 0.0), r"part = 0"),
        (lambda: year().month_losses("noon"), r"at = 'noon'"),
    ],
)
def test_errors(call, message):
    assert_refuses(call, message)
