"""Quantisation: weights in a few bits. Less to read and to store, and an error that can be measured."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.validation import Amount, finite, integer


class Quantised(NamedTuple):
    """Numbers as small whole multiples of a step, one step for each row (last axis)."""

    codes: NDArray[np.int32]  #: from −(2^(bits − 1) − 1) to 2^(bits − 1) − 1
    step: NDArray[np.float64]  #: of each row
    bits: int  #: of each code

    @property
    def values(self) -> NDArray[np.float64]:
        """The numbers as they are used."""
        return self.codes * self.step[..., np.newaxis]

    @property
    def bytes_per_number(self) -> float:
        """With a step of two bytes for each row."""
        return self.bits / 8 + 2 / max(self.codes.shape[-1], 1)


def quantise(values: Amount, bits: int) -> Quantised:
    """Round each number to the nearest of ``2^bits − 1`` levels between minus and plus the largest of its row.

    No number moves by more than half a step, ``largest/(2^bits − 2)``: each bit less doubles the error.

    Args:
        values: at least one axis; a row shares its step, so that one outlier coarsens all of its row.
        bits: of each code, 2 to 16.

    Raises:
        ValueError: an argument outside its range.

    Source: Jacob et al., arXiv:1712.05877 (symmetric, one scale per channel). Programs in use have smaller groups and
    choose the levels by their effect on the output.

    >>> quantise([[1.0, -0.5, 0.25]], 4).codes.tolist()
    [[7, -4, 2]]
    """
    rows = np.atleast_1d(finite("values", values))
    bits = integer("bits", bits, 2, 16)
    most = 2 ** (bits - 1) - 1
    largest = np.max(np.abs(rows), axis=-1, initial=0.0)
    step = largest / most
    codes = np.divide(rows, step[..., np.newaxis], out=np.zeros(rows.shape), where=step[..., np.newaxis] > 0)
    return Quantised(np.clip(np.rint(codes), -most, most).astype(np.int32), step, bits)
