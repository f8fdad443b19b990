"""What happens exactly at a boundary that floats miss by their rounding."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.exchange import BondingCurve
from defi_lib.rewards import (
    BondDepository,
    DecayingEmission,
    RebasingToken,
    RewardFarm,
    StepEmission,
    Vesting,
    compare_liquidity,
    constant_emission,
    curve_exit,
    equilibria,
    halving_emission,
    hidden_cliff,
    public_sale,
    sale_round,
    summarise,
)


def test_at_a_step_the_rate_after_it():
    assert StepEmission(100.0, 0.5, 0.1).rate(0.3) == 12.5
    times = np.array([0.1, 0.2, 0.3, 0.6, 0.7])
    np.testing.assert_array_equal(StepEmission(128.0, 0.5, 0.1).rate(times), [64, 32, 16, 2, 1])


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 400), st.integers(1, 50))
def test_steps_of_tenths_are_those_of_whole_numbers(step, interval):
    """Time and interval in tenths give the same as in whole years."""
    tenths, years = StepEmission(1.0, 0.5, interval / 10), StepEmission(1.0, 0.5, float(interval))
    assert tenths.rate(step / 10) == years.rate(float(step))
    assert tenths.emitted(step / 10) * 10 == pytest.approx(years.emitted(float(step)), rel=1e-12)


def test_a_halving_at_its_time_and_an_emission_at_its_end():
    assert halving_emission(8.0, 0.7).rate(7 * 0.1) == 4.0  # 0.7000000000000001
    assert halving_emission(8.0, 7 * 0.1).rate(0.7) == 4.0
    for emission in (constant_emission(1.0, 0.1 + 0.2), DecayingEmission(1.0, 0.0, 0.1 + 0.2)):
        assert emission.rate(0.3) == 0.0
        assert emission.rate(0.3 - 0.1 - 0.2) == 1.0  # −2.8e-17 is the start


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 480), st.integers(0, 120), st.integers(1, 12), st.integers(1, 20))
def test_vesting_in_tenths_is_that_in_whole_months(time, cliff, step, steps):
    whole = Vesting(float(cliff), 0.25, float(step * steps), float(step)).vested(float(time))
    assert Vesting(cliff / 10, 0.25, step * steps / 10, step / 10).vested(time / 10) == pytest.approx(whole, rel=1e-12)


def test_vesting_at_cliff_start_and_end():
    assert Vesting(cliff=0.1 + 0.2, at_cliff=0.5, duration=1.0).vested(0.3) == 0.5
    assert Vesting(at_start=0.5, cliff=1.0).vested(0.3 - 0.1 - 0.2) == 0.5
    assert Vesting(duration=0.1 + 0.2, step=0.1).vested(0.3) == 1.0
    assert hidden_cliff(0.1 + 0.2, 0.3).vested(0.3) == 1.0


def test_farmers_who_take_all_back_leave_nothing():
    farm = RewardFarm([0.1, 0.3]).stake([0.2, 0.0]).farm
    assert list(farm.withdraw([0.3, 0.3]).farm.stakes) == [0.0, 0.0]
    for _ in range(3):
        farm = farm.withdraw([0.0, 0.1]).farm
    assert farm.stakes[1] == 0.0
    with pytest.raises(ValueError, match="amounts"):
        farm.withdraw([0.0, 1e-9])


def test_a_bond_at_its_largest_and_at_the_end_of_its_term():
    bonds = BondDepository(0.0, 0.1 * 3, 1.0, debt=1.0, max_payout=0.1 * 3)
    sale = bonds.deposit(0.1 + 0.2)
    assert sale.delivered(0.3) == sale.payout
    assert bonds.after(0.3).debt == 0.0
    assert BondDepository(0.0, 1.0, 3.0, max_payout=0.1).deposit(3 * 0.1).payout == 3 * 0.1


def test_reserves_that_back_exactly_what_is_minted():
    assert RebasingToken(0.1, 0.2, 0.3).runway(0.1) == 0.0
    token = RebasingToken(1.0, 0.0, 1.15).rebase(0.15).token
    assert token.rebase(0.0).minted == 0.0
    with pytest.raises(ValueError, match="minted"):
        token.rebase(1e-9)


def test_a_sale_that_is_exactly_full_refunds_nothing():
    assert list(public_sale([0.1, 0.2], 0.3, 1.0).refunded) == [0.0, 0.0]
    assert sale_round(0.1 + 0.2, 0.3, 1.0).share == 1.0


def test_the_whole_supply_is_not_sold_in_tenths():
    with pytest.raises(ValueError, match="sum of tokens"):
        curve_exit(BondingCurve(1.0, 0.8, 0.5), np.full(8, 0.1))


def test_equal_payoffs_are_equal_whatever_the_rounding():
    assert equilibria([[0.3, 0.0], [0.1 + 0.2, 0.0]]) == [(0, 0), (0, 1), (1, 0), (1, 1)]


def test_liquidity_breaks_even_at_the_step_and_not_after_it():
    run = compare_liquidity(np.ones(12), 0.8, 0.0, reward=0.1, discount=0.5)
    assert run.premium == 0.8
    assert run.break_even == 8


def test_who_gets_back_what_he_paid_does_not_lose():
    assert summarise([0.3 - 0.1 - 0.2, 0.1, -0.1]).losing == pytest.approx(1 / 3)
