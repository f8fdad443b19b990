from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.ledger.exact import ExactSum

numbers = st.floats(-1e12, 1e12, allow_subnormal=False).filter(lambda x: x == 0 or abs(x) > 1e-12)


@given(st.lists(numbers, max_size=60))
def test_against_fractions(values):
    total = ExactSum()
    for value in values:
        total.add(value)
    want = sum(map(Fraction, values), Fraction(0))
    turnover = sum(abs(Fraction(value)) for value in values)
    assert abs(Fraction(total.high) + Fraction(total.low) - want) <= turnover * len(values) ** 2 / 2**105
    assert abs(Fraction(total.value) - want) <= abs(want) / 2**53 + turnover * len(values) ** 2 / 2**105


def test_what_plain_floats_lose():
    total = ExactSum()
    for value in (1e16, 1.0, -1e16, np.array([0.0, 0.5])):
        total.add(value)
    assert 1e16 + 1.0 - 1e16 == 0.0
    np.testing.assert_array_equal(total.value, [1.0, 1.5])
