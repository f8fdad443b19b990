"""What the evidence on arbitrage rests on, beside what its effects are tested for anyway."""

import numpy as np
import pytest

from defi_lib.evidence import effect, evidence, today
from defi_lib.evidence.exchange.arbitrage import given_and_taken, whale_alone, with_arbitrageurs

PLACES = {"passers_by": 0.04, "volatility": 0.78, "fee": 0.003, "block_time": 12.0, "stay": 0.5}


def test_the_explorer_shows_the_parts_of_the_effect():
    shown = with_arbitrageurs(0.004, **PLACES)
    assert float(shown["Saved"] - shown["Taken"]) == pytest.approx(effect("P15a")(today(effect("P15a").assumptions))[0])
    along = with_arbitrageurs(np.array([0.002, 0.004]), **PLACES)
    assert along["Saved"][1] == shown["Saved"] and along["Taken"][1] == shown["Taken"]


def test_who_never_compares_is_saved_nothing():
    saved, kept = given_and_taken(0.04, 0.78, 0.003, 12.0, 0.004, 0.99, 0.0005, 0.1)
    assert 0 <= saved < 0.0002 < kept
    nobody, _ = given_and_taken(0.0, 0.78, 0.003, 12.0, 0.004, 0.5, 0.0005, 0.1)
    assert nobody == 0


def test_gas_makes_arbitrageurs_wait_and_take_more_at_once():
    _, cheap = given_and_taken(0.04, 0.78, 0.003, 12.0, 0.004, 0.5, 0.0, 0.0)
    _, dear = given_and_taken(0.04, 0.78, 0.003, 12.0, 0.004, 0.5, 0.0, 50.0)
    assert dear > cheap


def test_a_whale_alone_loses_what_the_fee_and_the_way_back_cost():
    one = np.ones(1)
    assert whale_alone(0.05 * one, 0.003 * one, 0 * one, 0 * one, 0 * one)[0] == pytest.approx(-0.006, abs=5e-4)
    assert whale_alone(0.05 * one, 0.0 * one, 0 * one, one, 0 * one)[0] == pytest.approx(-1 / 11)


def test_three_have_three_quarters():
    found = evidence("X12a")
    assert found.true and "75 %" in found.says
