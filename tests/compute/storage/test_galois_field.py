"""The field of bytes, and matrices over it."""

import numpy as np
import pytest

from defi_lib.compute import field_inverse, field_product, matrix_inverse, matrix_product

ELEMENTS = np.arange(256, dtype=np.uint8)


def polynomial_product(one, other):
    """Multiplication bit by bit, reduced by x⁸ + x⁴ + x³ + x² + 1."""
    result = 0
    while other:
        if other & 1:
            result ^= one
        one = one << 1 ^ (0x11D if one & 0x80 else 0)
        other >>= 1
    return result


def test_the_field_is_that_of_polynomials():
    table = field_product(ELEMENTS[:, np.newaxis], ELEMENTS)
    expected = [[polynomial_product(a, b) for b in range(256)] for a in range(256)]
    assert table.tolist() == expected
    assert np.all(field_product(ELEMENTS[1:], field_inverse(ELEMENTS[1:])) == 1)


def test_matrices():
    random = np.random.default_rng(1)
    matrix = random.integers(0, 256, (12, 12), dtype=np.uint8)
    np.testing.assert_array_equal(matrix_product(matrix, matrix_inverse(matrix)), np.eye(12))
    with pytest.raises(ValueError, match="matrix of 2 rows is singular"):
        matrix_inverse(np.ones((2, 2), dtype=np.uint8))
    with pytest.raises(ValueError, match="element = 0 has no inverse"):
        field_inverse(np.array([3, 0], dtype=np.uint8))
