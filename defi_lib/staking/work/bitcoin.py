"""Bitcoin's schedule: how many coins each block brings, and how hard it is to find."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.integers import fitted
from defi_lib.renamed import renamed
from defi_lib.units import SECONDS_PER_DAY
from defi_lib.validation import Amount, Whole, at_least, between, broadcastable, positive, whole

#: Satoshi in a bitcoin, subsidy of the first block in satoshi, and blocks between two halvings.
SATOSHI = 10**8
FIRST_SUBSIDY = 50 * SATOSHI
HALVING_BLOCKS = 210_000
#: The difficulty changes after this many blocks, so that they take this many seconds.
RETARGET_BLOCKS = 2016
RETARGET_SECONDS = 14 * SECONDS_PER_DAY
#: Largest target; a block at it has difficulty 1 and needs about 2³² hashes.
LARGEST_TARGET = 0xFFFF << 208
HASHES_PER_DIFFICULTY = 2**32
#: By how much the difficulty may rise or fall at once.
LARGEST_CHANGE = 4


def block_subsidy(height: Whole) -> Whole:
    """New coins of the block at ``height`` (satoshi): ``50·10⁸ >> (height // 210,000)``, exact.

    Raises:
        ValueError: a height that is negative or not whole.

    Source: bitcoin/bitcoin, validation.cpp.
    """
    halvings = np.minimum(np.asarray(whole("height", height, 0), dtype=np.int64) // HALVING_BLOCKS, 63)
    return fitted(np.int64(FIRST_SUBSIDY) >> halvings)


def bitcoin_supply(height: Whole) -> Whole:
    """Coins of the first ``height`` blocks together (satoshi), exact; 20,999,999.9769 BTC in the end.

    Blocks whose miner claimed less than he was allowed, and coins that are lost, are counted all the same.

    Raises:
        ValueError: a height that is negative or not whole.
    """
    blocks, eras = np.asarray(whole("height", height, 0), dtype=np.int64), np.arange(64, dtype=np.int64)
    in_era = np.clip(blocks[..., np.newaxis] - eras * HALVING_BLOCKS, 0, HALVING_BLOCKS)
    return fitted(np.sum(in_era * (np.int64(FIRST_SUBSIDY) >> eras), axis=-1, dtype=np.int64))


def next_target(target: int, seconds: int) -> int:
    """Target of the next 2016 blocks, exact: ``target·seconds / two weeks``, at most four times more or less.

    Args:
        target: of the last 2016 blocks, from 1 to the largest target.
        seconds: from the first to the last of them: 2015 intervals, a slip of the original program.

    Raises:
        ValueError: a target outside its range. Negative ``seconds`` count as very few, as in the program.

    Source: bitcoin/bitcoin, pow.cpp.
    """
    target, seconds = at_least("target", target, 1), at_least("seconds", seconds, -(2**63))
    if target > LARGEST_TARGET:
        raise ValueError(f"target = {target:#x} is outside the allowed range [1, {LARGEST_TARGET:#x}]")
    limited = min(max(seconds, RETARGET_SECONDS // LARGEST_CHANGE), RETARGET_SECONDS * LARGEST_CHANGE)
    following = min(target * limited // RETARGET_SECONDS, LARGEST_TARGET)
    return target_from_bits(bits_from_target(following))


def target_from_bits(bits: int) -> int:
    """Target written in the 4 bytes of a block header: three digits in base 256 and their number of places.

    Raises:
        ValueError: bits that are no unsigned 32-bit number, or that stand for a negative target.
    """
    bits = at_least("bits", bits, 0)
    if bits >= 2**32 or bits & 0x800000:
        raise ValueError(f"bits = {bits:#x} is outside the allowed range: 32 bits without a sign")
    places, digits = bits >> 24, bits & 0x7FFFFF
    return digits << 8 * (places - 3) if places >= 3 else digits >> 8 * (3 - places)


def bits_from_target(target: int) -> int:
    """The 4 bytes of a block header nearest below ``target`` (>= 0, below 2²⁵⁶).

    Raises:
        ValueError: a target outside its range.
    """
    target = at_least("target", target, 0)
    if target >= 2**256:
        raise ValueError(f"target = {target:#x} is outside the allowed range [0, 2**256)")
    places = (target.bit_length() + 7) // 8
    digits = target << 8 * (3 - places) if places <= 3 else target >> 8 * (places - 3)
    if digits & 0x800000:  # the highest bit would be read as a sign
        digits, places = digits >> 8, places + 1
    return places << 24 | digits


def difficulty_of(target: int) -> float:
    """How many times harder than at the largest target: ``largest/target``.

    Raises:
        ValueError: a target below 1.
    """
    return LARGEST_TARGET / at_least("target", target, 1)


class DifficultyRun(NamedTuple):
    """Adjustment periods along the first axis, scenarios after it."""

    difficulty: NDArray[np.float64]  #: one more than there are periods: the last is the next one's
    seconds: NDArray[np.float64]  #: that the 2016 blocks of each period took


def next_difficulty(difficulty: Amount, seconds: Amount) -> Amount:
    """Difficulty after 2016 blocks that took ``seconds`` (> 0): ``d·two weeks/seconds``, within a factor of 4.

    :func:`next_target` is the same in the integers of the protocol.

    Raises:
        ValueError: an argument that is not positive.
    """
    difficulty, seconds = positive("difficulty", difficulty), positive("seconds", seconds)
    broadcastable(difficulty=difficulty, seconds=seconds)
    change = np.clip(RETARGET_SECONDS / seconds, 1 / LARGEST_CHANGE, LARGEST_CHANGE)
    return np.maximum(difficulty * change, 1.0)


@renamed(random="rng")
def simulate_difficulty(hashrate: Amount, difficulty: Amount, rng: np.random.Generator) -> DifficultyRun:
    """Difficulty over time: 2016 blocks take a Gamma(2016) time of mean ``2016·d·2³²/hashrate``.

    Args:
        hashrate: of all miners, hashes per second, > 0; adjustment periods along the first axis.
        difficulty: in the first period, >= 1, one per scenario.
        rng: where the randomness comes from.

    Raises:
        ValueError: an argument outside its range, or no period at all.
    """
    rates = np.atleast_1d(positive("hashrate", hashrate))
    if len(rates) == 0:
        raise ValueError("hashrate is empty: allowed is at least one period")
    current = between("difficulty", difficulty, 1.0, np.inf, high_open=True)
    broadcastable(hashrate=rates[0], difficulty=current)
    current = np.broadcast_to(current, np.broadcast_shapes(rates.shape[1:], np.shape(current)))
    path, times = [current], []
    for rate in rates:
        work = rng.standard_gamma(RETARGET_BLOCKS, current.shape)
        times.append(work * current * (HASHES_PER_DIFFICULTY / rate))
        current = np.asarray(next_difficulty(current, times[-1]))
        path.append(current)
    return DifficultyRun(np.stack(path), np.stack(times))
