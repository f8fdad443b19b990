"""Whole numbers beyond 63 bits, and where an ``int`` of numpy has only 32: which numbers an array may hold.

An ``int64`` wraps without a word where a result passes 2⁶³, and what numpy takes by default for whole numbers has 32
bits in a browser (WebAssembly). So a rule in whole numbers says ``np.int64`` where it makes an array, computes in
Python's integers (an array of ``object``) where a result may pass 2⁶³, and hands back ``int64`` where it does not.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.validation import INT64_MAX, Whole

__all__ = ["INT64_MAX", "UINT256_MAX", "fitted", "largest", "positions", "python_integers"]

#: Largest whole number of a contract or of a chain's consensus rules.
UINT256_MAX = 2**256 - 1


def largest(values: Whole) -> int:
    """The largest of whole numbers >= 0, as a Python integer; 0 if there is none."""
    return values if isinstance(values, int) else int(np.max(values, initial=0))


def positions(values: ArrayLike) -> NDArray[np.intp]:
    """Whole numbers as numpy counts places in an array; fractions are cut off.

    ``bincount``, ``choose``, ``repeat``, ``take`` and ``reduceat`` take no longer ones: where these have 32 bits, as in
    a browser, an ``int64`` is refused.

    >>> np.bincount(positions(np.array([0, 2, 2], dtype=np.int64))).tolist()
    [1, 0, 2]
    """
    return np.asarray(values).astype(np.intp, copy=False)


def python_integers(values: Whole) -> NDArray[Any]:
    """The same numbers as Python integers, which have as many digits as they need; one number as an array of one axis.

    An array without axes would become a number of 64 bits again in the first calculation.

    >>> python_integers(np.array([2**62], dtype=np.int64)) * 4
    array([18446744073709551616], dtype=object)
    """
    return np.atleast_1d(np.asarray(values).astype(object))


def fitted(values: Whole) -> Whole:
    """One number as an ``int``; many as ``int64`` if all fit, else as Python integers (an array of ``object``).

    >>> fitted(np.array([1, 2], dtype=object)).dtype, fitted(np.array([1, 2**70], dtype=object)).dtype
    (dtype('int64'), dtype('O'))
    """
    array = np.asarray(values)
    if array.ndim == 0:
        return int(array)
    fits = array.dtype != object or bool(np.all((array >= -INT64_MAX) & (array <= INT64_MAX)))
    return array.astype(np.int64, copy=False) if fits else array
