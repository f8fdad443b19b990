"""Providing: what the numbers of P6c, X8a and X8b do not hang on, and how they answer to what is known."""

import numpy as np
import pytest

from defi_lib.evidence import effect, evidence, today
from defi_lib.evidence.exchange import providing
from defi_lib.evidence.exchange.providing import drawer_or_pool
from defi_lib.exchange import ConstantProductPool, arbitrage_along, impermanent_loss, providing_rates
from defi_lib.figures import figure
from defi_lib.units import DAYS_PER_YEAR, SECONDS_PER_YEAR


def at(id, **changed):
    one = effect(id)
    return float(one(today(one.assumptions, changed=changed))[0])


def test_a_pool_that_many_pass_by_pays_and_a_quiet_one_does_not():
    assert at("P6c", passers_by=0.10) > 0.05 > 0 > at("P6c", passers_by=0.005)
    assert at("P6c", savings=0.0363) < at("P6c")


def test_the_size_of_the_time_step_is_that_of_the_thing():
    """Arbitrage once a day, in place of once a block, would take more than five points a year."""
    assert at("P6c") - at("P6c", block_time=86_400.0) > 0.05
    assert at("P6c", block_time=6.0) - at("P6c") < 0.005


def test_the_protocols_sixth_costs_more_than_arbitrageurs_keep():
    kept = providing_rates(0.78, 0.003, SECONDS_PER_YEAR / 12, 0.0, even=True).arbitrage_profit
    assert at("P6c", protocol_part=0.0) - at("P6c") > 0.0168 > 2 * kept


def test_what_passers_by_trade_is_what_the_measured_pool_left_its_providers():
    """In 2023 ether rose to 1.91 times its price, and the pool ended 1 to 2 % ahead of the drawer."""
    low, high = (figure(f"lp_losses.uniswap_v2_weth_usdc_over_holding_{end}").value / 100 for end in ("low", "high"))
    loss, volatility = impermanent_loss(1.91), figure("volatility.ether_2023").value / 100
    assert -loss == pytest.approx(figure("lp_losses.uniswap_v2_weth_usdc_impermanent_loss").value / 100, rel=0.02)
    paid_back = providing_rates(volatility, 0.003, SECONDS_PER_YEAR / 12, 0.0, even=True).arbitrage_fees
    days = [((1 + ahead) / (1 + loss) - 1 - paid_back) / 0.003 / DAYS_PER_YEAR for ahead in (low, high)]
    assert days == pytest.approx([0.034, 0.044], abs=5e-4)
    assert effect("P6c").assumptions["passers_by"].today == pytest.approx(np.mean(days), abs=0.002)


def test_impermanent_loss_can_be_nobodys_gain():
    pool = ConstantProductPool((1.0, 2_000.0), fee=0.0)
    for steps, gain in ((1, 343.1), (1_000, 0.3)):
        run = arbitrage_along(pool, 2_000 * 2 ** (np.arange(1, steps + 1) / steps))
        worth = 4_000 * run.pool.reserves[0] + run.pool.reserves[1]
        assert 6_000 - worth == pytest.approx(343.1, abs=0.1)
        assert run.arbitrage_profit == pytest.approx(gain, abs=0.1)


def test_drawer_and_pool_by_the_price_at_the_end():
    ends = np.array([0.5, 1.0, 2.0])
    found = drawer_or_pool(ends, 0.03, 0.003, 1 / 6)
    assert found["Without fees"] == pytest.approx(impermanent_loss(ends))
    assert found["With fees"][1] == pytest.approx(0.0854, abs=1e-3)
    assert drawer_or_pool(1.0, 0.0, 0.003, 1.0)["With fees"] == pytest.approx(0.0)


def test_the_part_that_is_lost_does_not_hang_on_size():
    proof = evidence("X8a")
    assert not proof.true and "100 and 10,000,000 dollars" in proof.says


def test_more_years_give_the_same_answer(monkeypatch):
    few = at("X8b"), at("X8b", gas_price=98.7)
    monkeypatch.setattr(providing, "YEARS", 8_192)
    providing._years.cache_clear()
    many = at("X8b"), at("X8b", gas_price=98.7)
    providing._years.cache_clear()
    assert few == pytest.approx(many, abs=0.02)


def test_gas_not_spread_is_what_size_changes():
    assert at("X8b") < 0.05 < 0.1 < at("X8b", gas_price=98.7)
    assert abs(at("X8b", pool_gas=0.0, size=1e6) - at("X8b", pool_gas=0.0, size=50.0)) == 0
    assert at("X8b", correlation=0.2) < 0.1, "pools that move apart do not end below holding much less often"


def test_the_lines_below_the_verdict_of_the_lesson():
    """Not true with our first choice, in a wild month, beside better accounts; true with the calmer window."""
    rates = [figure(f"savings_rate.{name}").value / 100 for name in ("us_high_yield_account", "treasury_bill_3_months")]
    wild, calm = (figure(f"volatility.ether_{time}").value / 100 for time in ("30_days", "24_months"))
    assert (
        max(at("P6c", passers_by=0.03), at("P6c", volatility=wild), *(at("P6c", savings=rate) for rate in rates)) < 0.01
    )
    assert 0.01 < at("P6c") < at("P6c", volatility=calm)
    assert at("P6c", passers_by=0.03, block_time=1.0) < 0.01
    assert at("P6c", passers_by=0.03, block_time=0.2) > 0.01, "the fastest chains"
