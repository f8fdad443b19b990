"""Data sold with a bonding curve."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.compute import ACCESS, sell_data
from defi_lib.exchange import BondingCurve
from defi_lib.ledger import Ledger, profits
from tests.support.contracts import assert_refuses

CURVE = BondingCurve(1000.0, 1000.0, 0.5)


tokens = st.floats(0, 5000)


@given(tokens, tokens, st.booleans(), st.floats(0.1, 1))
def test_what_speculators_win_the_publisher_misses(accesses, ahead, publisher_first, reserve_ratio):
    curve = BondingCurve(1000.0, 1000.0, reserve_ratio)
    sale = sell_data(curve, accesses, ahead, publisher_first)
    gap = sale.buyers_paid - sale.publisher_got
    scale = 1e-9 * (1000 + sale.buyers_paid + sale.speculators_paid)
    assert sale.speculator_profit == pytest.approx(gap, abs=scale)
    assert sale.curve.reserve == pytest.approx(1000, abs=scale)
    assert (sale.speculator_profit >= -scale) or publisher_first
    ledger = Ledger({"curve": "curve"}, new_parties="by name")
    ledger.open("curve", "USD", 1000.0)
    ledger.mark(ACCESS, 0.0)
    ledger.book(sale)
    ledger.check_conserved()
    assert ledger.supply(ACCESS) == pytest.approx(0, abs=1e-9)
    ledger.reconcile("curve", {"USD": sale.curve.reserve}, 1e-9)
    if accesses > 0 and ahead > 0:
        assert profits(ledger)["speculators"]["total"] == pytest.approx(sale.speculator_profit, abs=scale)


def test_who_stands_in_front_takes_a_part():
    plain, front = sell_data(CURVE, 100.0), sell_data(CURVE, 100.0, 500.0)
    assert plain.publisher_share == pytest.approx(1)
    assert front.publisher_share < 0.85
    assert front.speculator_profit > 0
    assert sell_data(CURVE, 100.0, 500.0, publisher_first=True).speculator_profit == pytest.approx(0)
    assert sell_data(CURVE, 0.0, 500.0).publisher_share == 1
    assert sell_data(CURVE, np.array([0.0, 100.0]), 0.0).publisher_share == pytest.approx([1, 1])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sell_data(CURVE, -1.0), r"accesses = -1 .*\[0, inf\)"),
        (lambda: sell_data(CURVE, 1.0, -1.0), r"speculator_tokens = -1 .*\[0, inf\)"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)
