"""Blobs: the second fee market of Ethereum, in which layers 2 buy space for their data."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from defi_lib.integers import INT64_MAX, fitted, largest, python_integers
from defi_lib.validation import Amount, Whole, at_least, between, broadcastable, whole

#: Size of a blob in bytes, which is also the blob gas it uses.
BLOB_BYTES = 2**17
#: Smallest blob base fee (wei per blob gas).
MIN_BLOB_BASE_FEE = 1
#: e¹⁷⁷ is the largest such power below 2²⁵⁶.
_LARGEST_EXPONENT = 177


class BlobSchedule(NamedTuple):
    """Rules of the blob market at one time."""

    target: int  #: blobs per block at which the fee stays the same
    limit: int  #: most blobs per block
    update_fraction: int  #: the fee grows by a factor e for this much excess blob gas


#: From March 2024 (EIP-4844) and from May 2025 (EIP-7691); later schedules raise all three numbers again.
CANCUN = BlobSchedule(3, 6, 3_338_477)
PRAGUE = BlobSchedule(6, 9, 5_007_716)


def fake_exponential(factor: int, numerator: Whole, denominator: int) -> Whole:
    """``factor·e^(numerator/denominator)`` as the protocol computes it: a Taylor series in integers, exact.

    Args:
        factor: whole number >= 0.
        numerator: whole number >= 0, at most 40 times the denominator.
        denominator: whole number >= 1.

    Returns:
        an ``int``; for an array of numerators an ``int64`` array.

    Raises:
        ValueError: an argument outside its range, or a result beyond 63 bits in an array.

    Source: EIP-4844. The protocol has no upper bound for the numerator.
    """
    factor, denominator = at_least("factor", factor, 0), at_least("denominator", denominator, 1)
    numerator = whole("numerator", numerator, 0, 40 * denominator)
    result = _fake_exponential(factor, numerator, denominator)
    return result if isinstance(result, int) else whole("fake_exponential", result)


def _fake_exponential(factor: int, numerator: Whole, denominator: int) -> Whole:
    # Python's integers, one per scenario: the terms exceed 64 bits long before the result does.
    power = python_integers(numerator)
    term, total = np.full(power.shape, factor * denominator, dtype=object), np.zeros(power.shape, dtype=object)
    order = 1
    while np.any(term > 0):
        total = total + term
        term = term * power // (denominator * order)
        order += 1
    return fitted((total // denominator).reshape(np.shape(numerator)))


def blob_base_fee(excess_blob_gas: Whole, schedule: BlobSchedule = PRAGUE) -> Whole:
    """Blob base fee (wei per blob gas): ``fake_exponential(1, excess, update_fraction)``.

    Args:
        excess_blob_gas: accumulated use above the target, blob gas, from 0 to 177 times the update fraction, where
            the fee comes close to the 2²⁵⁶ wei that the protocol can store.
        schedule: the rules in force.

    Returns:
        an ``int``; for an array ``int64``, or Python integers (an array of ``object``) if one passes 2⁶³ − 1.

    Raises:
        ValueError: an excess outside its range or not whole.

    Source: EIP-4844. Since December 2025 the fee cannot fall far below that of ordinary gas (EIP-7918); not modelled.
    """
    fraction = at_least("update_fraction", schedule.update_fraction, 1)
    excess = whole("numerator", excess_blob_gas, 0, _LARGEST_EXPONENT * fraction)
    return _fake_exponential(MIN_BLOB_BASE_FEE, excess, fraction)


def next_excess_blob_gas(excess_blob_gas: Whole, blobs: Whole, schedule: BlobSchedule = PRAGUE) -> Whole:
    """Excess after a block: ``max(excess + used − target, 0)``, in blob gas.

    Args:
        excess_blob_gas: before the block, below 2⁶⁴, as a block stores it.
        blobs: in the block, from 0 to the schedule's limit.
        schedule: the rules in force.

    Raises:
        ValueError: an argument outside its range.
    """
    excess = whole("excess_blob_gas", excess_blob_gas, 0, 2**64 - 1)
    blobs = whole("blobs", blobs, 0, schedule.limit)
    shape = broadcastable(excess_blob_gas=excess, blobs=blobs)
    if largest(excess) + schedule.limit * BLOB_BYTES > INT64_MAX:
        excess = python_integers(excess)
    following = np.maximum(excess + (np.asarray(blobs, dtype=np.int64) - schedule.target) * BLOB_BYTES, 0)
    return fitted(following.reshape(shape))


def blob_fee_per_byte(blob_base_fee: Amount, fill: Amount = 1.0) -> Amount:
    """Price of a byte of data in a blob (wei): blob base fee over the part of the blob that is used.

    Args:
        blob_base_fee: wei per blob gas, >= 0.
        fill: part of the blob that carries data, in (0, 1]: the whole blob is paid for.

    Raises:
        ValueError: an argument outside its range.
    """
    fill = between("fill", fill, 0.0, 1.0, low_open=True)
    return between("blob_base_fee", blob_base_fee, 0.0, np.inf, high_open=True) / fill
