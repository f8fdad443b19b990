"""Blobs: the second fee market of Ethereum, in which layers 2 buy space for their data."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from defi_lib.integers import INT64_MAX, UINT256_MAX, fitted, largest, python_integers
from defi_lib.validation import (
    Amount,
    Whole,
    at_least,
    between,
    broadcastable,
    fulfilled,
    non_negative,
    plain,
    representable,
    whole,
)

#: Size of a blob in bytes, which is also the blob gas it uses.
BLOB_BYTES = 2**17
#: Smallest blob base fee (wei per blob gas).
MIN_BLOB_BASE_FEE = 1
#: e¹⁷⁷ is the largest such power below 2²⁵⁶.
_LARGEST_EXPONENT = 177
#: About the largest power of e that a float holds.
_LARGEST_POWER = 709


class BlobSchedule(NamedTuple):
    """Rules of the blob market at one time."""

    target: int  #: blobs per block at which the fee stays the same
    limit: int  #: most blobs per block
    update_fraction: int  #: the fee grows by a factor e for this much excess blob gas


#: From March 2024 (EIP-4844), May 2025 (EIP-7691), 9 December 2025 and 7 January 2026 (both EIP-7892).
CANCUN = BlobSchedule(3, 6, 3_338_477)
PRAGUE = BlobSchedule(6, 9, 5_007_716)
BPO1 = BlobSchedule(10, 15, 8_346_193)
BPO2 = BlobSchedule(14, 21, 11_684_671)

#: What a blob costs at least since December 2025, as if it were ordinary gas (EIP-7918).
BLOB_BASE_COST = 2**13


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

    Source: EIP-4844. Since December 2025 the fee does not fall below :func:`blob_fee_floor` (EIP-7918).
    """
    fraction = at_least("update_fraction", schedule.update_fraction, 1)
    excess = whole("numerator", excess_blob_gas, 0, _LARGEST_EXPONENT * fraction)
    return _fake_exponential(MIN_BLOB_BASE_FEE, excess, fraction)


def blob_fee_floor(base_fee: Amount) -> Amount:
    """Below this blob base fee (wei per blob gas) the fee does not fall: ``base_fee·8192/131072``, a sixteenth.

    Args:
        base_fee: of ordinary gas, wei per gas, >= 0.

    Raises:
        ValueError: a negative base fee.

    Source: EIP-7918, in force since December 2025. The contract stops the fall instead of lifting the fee: after a rise
    of the base fee the blob fee needs some full blocks to reach the floor.

    >>> blob_fee_floor(1_600)
    100.0
    """
    base_fee = between("base_fee", base_fee, 0.0, np.inf, high_open=True)
    return plain(np.maximum(base_fee * (BLOB_BASE_COST / BLOB_BYTES), float(MIN_BLOB_BASE_FEE)))


def blob_fee_growth(blobs: Amount, blocks: Amount, schedule: BlobSchedule = BPO2) -> Amount:
    """By which factor the blob fee changes if all blocks carry ``blobs``: ``e^(blocks·(blobs − target)·2¹⁷/fraction)``.

    Args:
        blobs: in each block, from 0 to the schedule's limit.
        blocks: how many such blocks, >= 0.
        schedule: the rules in force.

    Raises:
        ValueError: an argument outside its range, or a factor too large for a float.

    Source: EIP-4844; the protocol's own integers differ by less than one wei.

    >>> round(blob_fee_growth(15, 300), 1)  # an hour of one blob too many
    28.9
    """
    blobs, blocks = between("blobs", blobs, 0, schedule.limit), non_negative("blocks", blocks)
    broadcastable(blobs=blobs, blocks=blocks)
    power = blocks * (blobs - schedule.target) * (BLOB_BYTES / schedule.update_fraction)
    fulfilled(
        "blocks",
        np.broadcast_to(blocks, np.shape(power)),
        power <= _LARGEST_POWER,
        f"a power of e up to {_LARGEST_POWER}",
    )
    return plain(np.exp(power))


def next_excess_blob_gas(
    excess_blob_gas: Whole, blobs: Whole, schedule: BlobSchedule = PRAGUE, base_fee: Whole = 0
) -> Whole:
    """Excess after a block: ``max(excess + used − target, 0)``, in blob gas.

    While the blob fee is below its floor nothing is subtracted: ``excess + used·(limit − target)/limit``, rounded down.

    Args:
        excess_blob_gas: before the block, below 2⁶⁴, as a block stores it.
        blobs: in the block, from 0 to the schedule's limit.
        schedule: the rules in force.
        base_fee: of ordinary gas in the block, wei per gas; 0 for the time before December 2025.

    Raises:
        ValueError: an argument outside its range.

    Source: EIP-4844, EIP-7918.
    """
    if np.any(np.asarray(base_fee, dtype=object) != 0):
        return _next_excess_above_floor(excess_blob_gas, blobs, schedule, base_fee)
    excess = whole("excess_blob_gas", excess_blob_gas, 0, 2**64 - 1)
    blobs = whole("blobs", blobs, 0, schedule.limit)
    shape = broadcastable(excess_blob_gas=excess, blobs=blobs)
    if largest(excess) + schedule.limit * BLOB_BYTES > INT64_MAX:
        excess = python_integers(excess)
    following = np.maximum(excess + (np.asarray(blobs, dtype=np.int64) - schedule.target) * BLOB_BYTES, 0)
    return fitted(following.reshape(shape))


def _next_excess_above_floor(excess_blob_gas: Whole, blobs: Whole, schedule: BlobSchedule, base_fee: Whole) -> Whole:
    """The rule of EIP-7918, exact in Python's integers."""
    ordinary = python_integers(next_excess_blob_gas(excess_blob_gas, blobs, schedule))
    base_fee = whole("base_fee", base_fee, 0, UINT256_MAX)
    shape = broadcastable(excess_blob_gas=excess_blob_gas, blobs=blobs, base_fee=base_fee)
    excess, used = python_integers(excess_blob_gas), python_integers(blobs) * BLOB_BYTES
    fee = python_integers(blob_base_fee(excess_blob_gas, schedule))
    cheap = np.asarray(python_integers(base_fee) * BLOB_BASE_COST > fee * BLOB_BYTES, bool)
    held = excess + used * (schedule.limit - schedule.target) // schedule.limit
    few = np.asarray(excess + used < schedule.target * BLOB_BYTES, bool)
    return fitted(np.where(few | ~cheap, ordinary, held).reshape(shape))


@representable
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
