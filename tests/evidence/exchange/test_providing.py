"""Providing: what the numbers of P6c, X8a and X8b do not hang on, and how they answer to what is known."""

import numpy as np
import pytest

from defi_lib.evidence import effect, evidence, today
from defi_lib.evidence.exchange import providing
from defi_lib.evidence.exchange.providing import drawer_or_pool
from defi_lib.exchange import ConstantProductPool, arbitrage_along, impermanent_loss


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
    assert at("P6c", protocol_part=0.0) - at("P6c") > 0.0168 > 0.0078


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
    assert found["With fees"][1] == pytest.approx(0.0843, abs=1e-3)
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
