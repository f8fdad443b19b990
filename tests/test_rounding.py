import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.rounding import TOLERANCE, above, below, ceil, floor, reaches, rest, same, within

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


def test_within_gives_the_bound_where_rounding_alone_misses_it():
    assert within("x", 0.1 + 0.2, 0.0, 0.3) == 0.3
    assert within("x", 0.3, 0.1 + 0.2, np.inf) == 0.1 + 0.2
    np.testing.assert_array_equal(within("x", [0.1 + 0.2, 0.2], 0.0, [0.3, 0.2]), [0.3, 0.2])
    assert within("x", -1e-17, 0.0, 1.0, scale=1.0) == 0.0
    with pytest.raises(ValueError, match=r"x\[1\] = 0.31 is outside the allowed range \[0, 0.3\]"):
        within("x", [0.1 + 0.2, 0.31], 0.0, 0.3)
    with pytest.raises(ValueError, match=r"x = -1e-17"):
        within("x", -1e-17, 0.0, 1.0)


def test_whole_numbers_of_a_difference():
    step = 0.1
    assert floor((48.0 - 47.7) / step) == 2  # 2.99999999999997, which in units of itself is no rounding
    assert floor((48.0 - 47.7) / step, scale=48.0 / step) == 3
    assert ceil((48.0 - 47.9) / step, scale=48.0 / step) == 1


@given(numbers, st.floats(0.9, 1.1))
def test_to_reach_is_not_to_be_below(x, factor):
    assert reaches(x * factor, x) == (not below(x * factor, x))
    assert reaches(np.array([x * factor, 0.0]), x).tolist() == [not below(x * factor, x), False]
    assert reaches(0.0, 0.0) and reaches(np.inf, x) and not reaches(x, np.inf)
