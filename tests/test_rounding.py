import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.rounding import TOLERANCE, above, below, ceil, floor, rest, same

numbers = st.floats(1e-12, 1e12)


@given(numbers)
def test_a_few_units_in_the_last_place_are_nothing_and_a_hundred_are_something(x):
    near, far = x * (1 + 8 * 2.0**-52), x * (1 + 100 * 2.0**-52)
    assert same(x, near) and not below(x, near) and not above(near, x) and rest(near, x) == 0
    assert not same(x, far) and below(x, far) and above(far, x) and rest(far, x) > 0


@given(numbers, numbers)
def test_exactly_one_of_below_same_above_and_arrays_agree(x, y):
    assert [below(x, y), same(x, y), above(x, y)].count(True) == 1
    for compare in (below, same, above):
        assert compare(np.array([x, x]), y).tolist() == [compare(x, y)] * 2


def test_size_of_the_terms_counts_where_zero_is_far():
    assert not same(0.0, 1e-20) and same(0.0, 1e-20, 1.0) and same(0.3 - 0.1 - 0.2, 0.0, 0.3)
    assert not same(0.0, 2 * TOLERANCE, 1.0)


def test_infinity_is_the_same_as_itself_only():
    assert same(np.inf, np.inf) and not same(np.inf, 1e300) and not same(np.inf, -np.inf)
    assert same(np.array([np.inf, 1.0]), np.inf).tolist() == [True, False]


@pytest.mark.parametrize(
    ("quotient", "down", "up"), [(0.3 / 0.1, 3, 3), (2.5, 2, 3), (-0.1 * 3 / 0.1, -3, -3), (0.0, 0, 0)]
)
def test_whole_numbers_that_rounding_has_missed(quotient, down, up):
    assert (floor(quotient), ceil(quotient)) == (down, up)
    assert floor(np.array([quotient])).tolist() == [down] and ceil(np.array([quotient])).tolist() == [up]
