"""Votes, buybacks, and how long the money lasts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.compute import TOKEN, buy_back, pay_dividend, simulate_treasury
from defi_lib.ledger import Ledger
from tests.support.contracts import assert_refuses

positive = st.floats(0.01, 1e6)


@given(positive, positive, st.floats(0, 0.99))
def test_a_buyback_enriches_nobody(value, supply, part):
    bought, paid = buy_back(value, supply, value * part), pay_dividend(value, supply, value * part)
    assert bought.value_per_token == pytest.approx(value / supply)
    assert paid.value_per_token == pytest.approx(value / supply)
    assert bought.price * bought.supply == pytest.approx(value * (1 - part))
    for payout in (bought, paid):
        ledger = Ledger({"treasury": "treasury", "token holders": "token holders"}, new_parties="by name")
        ledger.open("token holders", TOKEN, supply)
        ledger.book(payout)
        ledger.check_conserved()
        assert ledger.supply(TOKEN) == pytest.approx(payout.supply)
        assert ledger.balance("token holders", "USD") == payout.amount


def test_a_treasury_pays_in_cash_first():
    run = simulate_treasury(150.0, 100.0, 100.0, np.array([2.0, 1.0, 0.5, 0.5, 0.5]))
    assert run.cash.tolist() == [50, 0, 0, 0, 0]
    assert run.tokens.tolist() == [100, 50, 0, 0, 0]
    assert run.raised.tolist() == [0, 50, 25, 0, 0]
    assert run.unpaid.tolist() == [0, 0, 75, 100, 100]
    assert run.runway == 2
    sold = simulate_treasury(150.0, 100.0, 100.0, np.array([2.0, 1.0, 0.5, 0.5, 0.5]), diversified=1.0)
    assert sold.runway == 3
    assert sold.cash.tolist() == [250, 150, 50, 0, 0]


@given(st.integers(0, 2**32), st.floats(0, 1), st.floats(0, 0.5))
def test_a_treasury_keeps_its_books(seed, diversified, discount):
    random = np.random.default_rng(seed)
    prices = np.exp(np.cumsum(random.normal(0, 0.4, (24, 5)), axis=0))
    run = simulate_treasury(300.0, 1000.0, 60.0, prices, diversified, discount)
    spent = 60 - run.unpaid
    np.testing.assert_allclose(300 + run.raised.sum(axis=0) - spent.sum(axis=0), run.cash[-1], atol=1e-9)
    begin = np.concatenate([np.full((1, 5), 1000.0), run.tokens[:-1]])
    np.testing.assert_allclose((begin - run.tokens) * prices * (1 - discount), run.raised, atol=1e-9)
    assert np.all(run.tokens >= 0) and np.all(run.cash >= 0) and np.all(run.unpaid >= 0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: buy_back(1.0, 1.0, 1.0), r"amount = 1 .*\[0, 1\)"),
        (lambda: pay_dividend(1.0, 0.0, 0.5), r"supply = 0 .*\(0, inf\)"),
        (lambda: simulate_treasury(1.0, 1.0, 0.0, [1.0]), r"spending = 0 .*\(0, inf\)"),
        (lambda: simulate_treasury(1.0, 1.0, 1.0, []), r"number of months = 0 .*at least 1"),
        (lambda: simulate_treasury(1.0, 1.0, 1.0, [1.0], 1.5), r"diversified = 1.5 .*\[0, 1\]"),
        (lambda: simulate_treasury(1.0, 1.0, 1.0, [1.0], 0.5, 1.0), r"discount = 1 .*\[0, 1\)"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)


class TestExactlyTheLimit:
    """A budget that is just spent."""

    @pytest.mark.parametrize("months", [3, 7, 12, 100, 1200])
    def test_cash_that_is_just_enough_lasts(self, months):
        for spending in (0.1, 0.3, 0.7, 1e6 / 3):
            run = simulate_treasury(spending * months, 0.0, spending, np.ones(months + 1))
            assert run.runway == months and run.cash[-2] == 0 and not run.raised.any()

    @pytest.mark.parametrize("months", [3, 7, 12, 100])
    def test_tokens_that_are_just_enough_last(self, months):
        for price in (0.1, 0.3, 0.7):
            run = simulate_treasury(0.0, months / price, 1.0, np.full(months, price))
            assert run.runway == months
            assert simulate_treasury(0.0, months / price * (1 - 1e-9), 1.0, np.full(months, price)).runway == months - 1
