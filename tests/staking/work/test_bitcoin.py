import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.staking import (
    LARGEST_TARGET,
    RETARGET_SECONDS,
    bitcoin_supply,
    bits_from_target,
    block_subsidy,
    difficulty_of,
    next_difficulty,
    next_target,
    simulate_difficulty,
    target_from_bits,
)
from tests.support.contracts import assert_refuses


def test_subsidy():
    heights = [0, 209_999, 210_000, 420_000, 840_000, 6_929_999, 6_930_000, 10**12]
    want = [50e8, 50e8, 25e8, 12.5e8, 3.125e8, 1, 0, 0]
    assert block_subsidy(heights).tolist() == want == [block_subsidy(height) for height in heights]


def test_supply():
    assert bitcoin_supply(10**9) == 2_099_999_997_690_000
    assert bitcoin_supply(0) == 0
    assert bitcoin_supply(1) == 50 * 10**8
    assert bitcoin_supply([210_000, 420_000]).tolist() == [210_000 * 50 * 10**8, 210_000 * 75 * 10**8]


@given(st.integers(0, 7_000_000))
def test_each_block_adds_its_subsidy(height):
    assert bitcoin_supply(height + 1) - bitcoin_supply(height) == block_subsidy(height)


# Retargets of the real chain (blocks 30240 to 32255 and others) as in the tests of Bitcoin Core.
@pytest.mark.parametrize(
    ("first", "last", "bits", "want"),
    [
        (1261130161, 1262152739, 0x1D00FFFF, 0x1D00D86A),
        (1231006505, 1233061996, 0x1D00FFFF, 0x1D00FFFF),
        (1279008237, 1279297671, 0x1C05A3F4, 0x1C0168FD),
        (1263163443, 1269211443, 0x1C387F6F, 0x1D00E1FD),
    ],
)
def test_real_retargets(first, last, bits, want):
    assert bits_from_target(next_target(target_from_bits(bits), last - first)) == want
    before, after = difficulty_of(target_from_bits(bits)), difficulty_of(target_from_bits(want))
    assert next_difficulty(before, last - first) == pytest.approx(after, rel=1e-4)


def test_largest_target():
    assert target_from_bits(0x1D00FFFF) == LARGEST_TARGET
    assert difficulty_of(LARGEST_TARGET) == 1
    assert target_from_bits(0x1B0404CB) == 0x404CB << 192
    assert difficulty_of(target_from_bits(0x1B0404CB)) == pytest.approx(16307.420938523983, rel=1e-15)


@settings(max_examples=200)
@given(st.integers(0, 2**256 - 1))
def test_bits_keep_the_three_leading_digits(target):
    back = target_from_bits(bits_from_target(target))
    assert back <= target
    assert target - back <= target >> 15
    assert bits_from_target(back) == bits_from_target(target)


def test_difficulty_finds_the_hashrate_and_stays_there():
    hashrate = np.full((40, 200), 2**32 * 1000 / 600.0)
    path = simulate_difficulty(hashrate, np.array([1.0] * 100 + [1e6] * 100), np.random.default_rng(4))
    assert path.difficulty.shape == (41, 200)
    assert path.difficulty[-20:].mean() == pytest.approx(1000, rel=0.01)
    assert path.seconds[-20:].mean() == pytest.approx(RETARGET_SECONDS, rel=0.01)
    assert path.seconds[-20:].std() == pytest.approx(RETARGET_SECONDS * (2 / 2016) ** 0.5, rel=0.05)
    change = path.difficulty[1:] / path.difficulty[:-1]
    assert change.min() == 0.25
    assert change.max() == 4


def test_a_fall_of_hashrate_slows_blocks_until_the_next_adjustment():
    path = simulate_difficulty([2**32 / 600 * 1e6, 2**32 / 600 * 5e5, 2**32 / 600 * 5e5], 1e6, np.random.default_rng(1))
    assert path.seconds / RETARGET_SECONDS == pytest.approx([1, 2, 1], rel=0.15)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: block_subsidy(-1), r"height = -1 is outside"),
        (lambda: block_subsidy([0, 1.5]), r"height\[1\] = 1.5 is outside the allowed range: whole numbers"),
        (lambda: bitcoin_supply(-1), r"height = -1 is outside"),
        (lambda: next_target(0, 1), r"target = 0 is outside"),
        (lambda: next_target(2**255, 1), r"target = 0x8.* is outside the allowed range \[1, 0xffff0"),
        (lambda: target_from_bits(0x1D80FFFF), r"bits = 0x1d80ffff is outside"),
        (lambda: target_from_bits(2**32), r"bits = 0x100000000 is outside"),
        (lambda: bits_from_target(2**256), r"target = .* is outside the allowed range \[0, 2\*\*256\)"),
        (lambda: bits_from_target(-1), r"target = -1 is outside"),
        (lambda: difficulty_of(0), r"target = 0 is outside"),
        (lambda: next_difficulty(0, 1), r"difficulty = 0 is outside"),
        (lambda: next_difficulty(1, 0), r"seconds = 0 is outside"),
        (lambda: simulate_difficulty([1, 0], 1, None), r"hashrate\[1\] = 0 is outside"),
        (lambda: simulate_difficulty([], 1, None), r"hashrate is empty"),
        (lambda: simulate_difficulty([1.0], 0.5, None), r"difficulty = 0.5 is outside the allowed range \[1, inf\)"),
    ],
)
def test_errors(call, message):
    assert_refuses(call, message)
