import numpy as np
import pytest

from defi_lib.lending import Position
from tests.support.contracts import assert_refuses


@pytest.mark.parametrize("price", [np.nan, -np.inf, 0.0, -1.0])
def test_a_loan_at_no_price_is_refused(price):
    position = Position(20_000.0, 5_000.0, 0.75, 0.8)
    assert_refuses(lambda: position.largest_loan(price, None), f"price = {price:.12g}")
    assert_refuses(lambda: position.loan_scale(price), f"price = {price:.12g}")
