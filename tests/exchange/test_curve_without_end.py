"""A bonding curve refuses what no float can hold, and keeps nothing of it."""

import numpy as np
import pytest

from defi_lib.exchange import BondingCurve
from tests.support.contracts import assert_refuses

CURVE = BondingCurve(1e-5, 1e300, 0.9)


@pytest.mark.parametrize("payment", [1e300, np.array([1.0, 1e300])])
def test_a_supply_beyond_all_numbers_is_refused(payment):
    assert_refuses(lambda: CURVE.buy(payment), r"supply \+ tokens minted.* = inf")
    assert CURVE == (1e-5, 1e300, 0.9)


def test_a_large_payment_is_no_trouble():
    with np.errstate(all="raise"):
        assert BondingCurve(1_000.0, 1_000.0, 0.1).buy(1e300).curve.reserve == 1e300
