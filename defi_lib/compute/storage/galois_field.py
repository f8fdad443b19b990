"""The field of 256 elements: bytes that can be added, multiplied and divided without a remainder.

Addition is the exclusive or. Multiplication is that of polynomials over {0, 1} modulo x⁸ + x⁴ + x³ + x² + 1.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]

_POLYNOMIAL = 0x11D


@cache
def _products() -> Bytes:
    """Product of each two elements, by their powers of 2, which generates all but 0."""
    powers, logarithms, element = np.zeros(510, dtype=np.uint8), np.zeros(256, dtype=np.int64), 1
    for exponent in range(255):
        powers[exponent] = powers[exponent + 255] = element
        logarithms[element] = exponent
        element <<= 1
        if element > 255:
            element ^= _POLYNOMIAL
    table = powers[logarithms[:, np.newaxis] + logarithms]
    table[0, :] = table[:, 0] = 0
    table.flags.writeable = False
    return table


@cache
def _inverses() -> Bytes:
    """Inverse of each element but 0."""
    inverses = np.argmax(_products() == 1, axis=1).astype(np.uint8)
    inverses.flags.writeable = False
    return inverses


def field_product(one: Bytes, other: Bytes) -> Bytes:
    """Product element by element, of bytes."""
    return _products()[one, other]


def field_inverse(element: Bytes) -> Bytes:
    """What gives 1 when multiplied with ``element``.

    Raises:
        ValueError: 0 has no inverse.
    """
    element = np.asarray(element, dtype=np.uint8)
    if not np.all(element):
        raise ValueError("element = 0 has no inverse: allowed are the bytes from 1 to 255")
    return _inverses()[element]


def matrix_product(matrix: Bytes, columns: Bytes) -> Bytes:
    """Product of two matrices of bytes."""
    table = _products()
    result = np.zeros((matrix.shape[0], columns.shape[1]), dtype=np.uint8)
    for i, row in enumerate(matrix.tolist()):
        for factor, line in zip(row, columns, strict=True):
            if factor:
                result[i] ^= line if factor == 1 else table[factor][line]
    return result


def matrix_inverse(matrix: Bytes) -> Bytes:
    """Inverse of a square matrix of bytes, by Gauss and Jordan.

    Raises:
        ValueError: a matrix that has none.
    """
    size = len(matrix)
    rows = np.concatenate([np.asarray(matrix, dtype=np.uint8), np.eye(size, dtype=np.uint8)], axis=1)
    for column in range(size):
        pivot = column + int(np.argmax(rows[column:, column] > 0))
        if rows[pivot, column] == 0:
            raise ValueError(f"matrix of {size} rows is singular: allowed are matrices with an inverse")
        rows[[column, pivot]] = rows[[pivot, column]]
        rows[column] = field_product(rows[column], field_inverse(rows[column, column]))
        others = np.array(rows[:, column])
        others[column] = 0
        rows ^= field_product(others[:, np.newaxis], rows[column])
    return rows[:, size:]
