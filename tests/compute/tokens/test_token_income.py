"""Layered income, Filecoin's minting and pledge, and the treasury."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.compute import (
    BASELINE_START,
    BASELINE_TOTAL,
    EPOCHS_PER_YEAR,
    TOKEN,
    baseline_minting,
    baseline_power,
    buy_back,
    consensus_pledge,
    layer_income,
    pay_dividend,
    record_payments,
    simple_minting,
    simulate_treasury,
    staking_dilution,
    storage_pledge,
    voted_value,
)
from defi_lib.exchange import impermanent_loss
from defi_lib.ledger import Ledger

positive = st.floats(0.01, 1e6)


def test_more_tokens_of_a_falling_token_are_worth_less():
    year = layer_income(1000.0, -0.7, 0.4, 0.2, 0.4, 0.3)
    assert year.sold == pytest.approx(200)
    assert year.staked == pytest.approx(400 * 1.2 * 0.3)
    assert year.pooled == pytest.approx(400 * 1.3 * 0.3**0.5)
    assert year.total < 1000
    assert layer_income(1000.0, 0.5, 1.0, 0.2).total == pytest.approx(1800)
    assert layer_income(1000.0, -1.0, 0.5, 9.0, 0.5, 9.0).total == 0


@given(st.floats(-0.99, 20))
def test_a_pool_is_the_exchange_without_fees(price_return):
    held = 1 + price_return / 2
    pooled = layer_income(1.0, price_return, 0.0, 0.0, 1.0).pooled
    assert pooled / held - 1 == pytest.approx(impermanent_loss(1 + price_return), abs=1e-12)


@given(st.floats(0, 5), st.floats(0, 1))
def test_staking_rewards_create_nothing(rate, staked):
    change = staking_dilution(rate, staked)
    assert staked * change.stakers + (1 - staked) * change.others == pytest.approx(0, abs=1e-12)
    assert change.stakers >= 0 >= change.others
    assert staking_dilution(rate, 1.0).stakers == 0


def test_filecoin_check_values():
    assert simple_minting(1 / EPOCHS_PER_YEAR) == pytest.approx(36.266260, rel=1e-7)
    assert simple_minting(6.0) == pytest.approx(165e6)
    assert consensus_pledge(7e8, 32.0, 20 * 2.0**30) == pytest.approx(0.312924, rel=1e-5)
    assert consensus_pledge(7e8, 32.0, 1.0, 20 * 2.0**30) == pytest.approx(0.312924, rel=1e-5)
    assert storage_pledge(0.01) == pytest.approx(0.2)


def test_a_network_on_its_baseline_mints_with_time():
    times = np.linspace(0, 6, 20_001)
    ahead = baseline_minting(times, baseline_power(times) * 2)
    np.testing.assert_allclose(ahead, BASELINE_TOTAL * (1 - 2 ** (-times / 6)), rtol=1e-9, atol=1)
    # Capacity that follows in small steps counts like the continuous one.
    along = baseline_minting(times, baseline_power(times))
    np.testing.assert_allclose(along, ahead, rtol=3e-4)


def test_a_network_that_stays_behind_mints_later():
    times = np.array([0.0, 1.0, 5.0, 20.0])
    flat = baseline_minting(times, np.full((4, 2), [BASELINE_START, BASELINE_START / 2]))
    # With constant power at the start of the baseline, the sum of power is t, and θ = log2(1 + t·ln 2).
    effective = np.log2(1 + times * np.log(2))
    np.testing.assert_allclose(flat[:, 0], BASELINE_TOTAL * (1 - 2 ** (-effective / 6)))
    assert np.all(flat[1:, 1] < flat[1:, 0])
    assert baseline_minting([0.0, 10.0], [0.0, 5.0]).tolist() == [0, 0]


def test_power_above_the_baseline_counts_once_the_baseline_is_there():
    # 10 EiB from the beginning: the baseline counts until it reaches them, then the 10.
    crossing = np.log2(10 / BASELINE_START)
    total = (10 - BASELINE_START) / np.log(2) + 10 * (4 - crossing)
    effective = np.log2(1 + total * np.log(2) / BASELINE_START)
    found = baseline_minting([0.0, 4.0], [10.0, 0.0])[1]
    assert found == pytest.approx(BASELINE_TOTAL * (1 - 2 ** (-effective / 6)))
    # And steps do not matter.
    assert baseline_minting(np.linspace(0, 4, 9), np.full(9, 10.0))[-1] == pytest.approx(found)


@given(positive, positive, st.floats(0, 0.99))
def test_a_buyback_enriches_nobody(value, supply, part):
    bought, paid = buy_back(value, supply, value * part), pay_dividend(value, supply, value * part)
    assert bought.value_per_token == pytest.approx(value / supply)
    assert paid.value_per_token == pytest.approx(value / supply)
    assert bought.price * bought.supply == pytest.approx(value * (1 - part))
    for payout in (bought, paid):
        ledger = Ledger({"treasury": "treasury", "token holders": "token holders"})
        ledger.open("token holders", TOKEN, supply)
        record_payments(ledger, payout.payments)
        ledger.check_conserved()
        assert ledger.supply(TOKEN) == pytest.approx(payout.supply)
        assert ledger.balance("token holders", "USD") == payout.amount


def test_whoever_holds_the_middle_token_decides():
    wishes = np.array([0.1, 0.2, 0.3, 0.8, 0.9])
    assert voted_value(wishes) == 0.3
    assert voted_value(wishes, np.array([1.0, 1, 1, 1, 10])) == 0.9
    assert voted_value(wishes[:4]) == 0.2  # the lower of two middles
    tokens = np.array([[1.0, 1, 1, 1, 1], [9, 1, 1, 1, 1]])
    assert voted_value(wishes, tokens).tolist() == [0.3, 0.1]


@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(0.1, 10)), min_size=1, max_size=9), st.floats(-5, 5))
def test_no_proposal_beats_the_median(members, proposal):
    wishes, tokens = np.array(members).T
    chosen = voted_value(wishes, tokens)
    in_favour = tokens[np.abs(wishes - proposal) < np.abs(wishes - chosen)].sum()
    assert in_favour <= tokens.sum() / 2 * (1 + 1e-12)


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
        (lambda: layer_income(-1.0, 0.0), r"value = -1 .*\[0, inf\)"),
        (lambda: layer_income(1.0, -1.5), r"price_return = -1.5 .*\[-1, inf\)"),
        (lambda: layer_income(1.0, 0.0, 0.6, 0.0, 0.6), r"staked_share \+ pooled_share = 1.2 .*at most 1"),
        (lambda: layer_income(1.0, 0.0, 0.5, -0.1), r"staking_rate = -0.1 .*\[0, inf\)"),
        (lambda: staking_dilution(0.1, 1.1), r"staked_supply = 1.1 .*\[0, 1\]"),
        (lambda: simple_minting(-1.0), r"years = -1 .*\[0, inf\)"),
        (lambda: baseline_power(2000.0), r"years = 2000 .*\[0, 1000\]"),
        (lambda: baseline_minting([1.0, 2.0], [1.0, 1.0]), r"times begin at 1 "),
        (lambda: baseline_minting([0.0, 2.0], [1.0]), r"power has 1 entries.*2"),
        (lambda: baseline_minting([0.0, 2.0], [1.0, -1.0]), r"power\[1\] = -1 .*\[0, inf\)"),
        (lambda: consensus_pledge(1.0, 1.0, 0.0), r"network_power = 0 .*\(0, inf\)"),
        (lambda: consensus_pledge(1.0, 1.0, 1.0, share=2.0), r"share = 2 .*\[0, 1\]"),
        (lambda: storage_pledge(-1.0), r"daily_reward = -1 .*\[0, inf\)"),
        (lambda: buy_back(1.0, 1.0, 1.0), r"amount = 1 .*\[0, 1\)"),
        (lambda: pay_dividend(1.0, 0.0, 0.5), r"supply = 0 .*\(0, inf\)"),
        (lambda: voted_value([]), r"number of members = 0 .*\(0, inf\)"),
        (lambda: voted_value([0.1, 0.2], [0.0, 0.0]), r"sum of tokens = 0 .*\(0, inf\)"),
        (lambda: voted_value([0.1, 0.2], [1.0, -1.0]), r"tokens\[1\] = -1 .*\[0, inf\)"),
        (lambda: simulate_treasury(1.0, 1.0, 0.0, [1.0]), r"spending = 0 .*\(0, inf\)"),
        (lambda: simulate_treasury(1.0, 1.0, 1.0, []), r"number of months = 0 .*at least 1"),
        (lambda: simulate_treasury(1.0, 1.0, 1.0, [1.0], 1.5), r"diversified = 1.5 .*\[0, 1\]"),
        (lambda: simulate_treasury(1.0, 1.0, 1.0, [1.0], 0.5, 1.0), r"discount = 1 .*\[0, 1\)"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    with pytest.raises(ValueError, match=message):
        call()
