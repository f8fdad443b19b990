from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.compute import Share, join_shares, split_secret
from defi_lib.compute.trust.secret_sharing import PRIME, random_below
from tests.support.contracts import assert_refuses

RANDOM = np.random.default_rng(12)


@settings(max_examples=50)
@given(st.integers(0, PRIME - 1), st.integers(1, 6), st.integers(0, 3))
def test_any_few_restore_the_secret(secret, threshold, more):
    shares = split_secret(secret, threshold, threshold + more, RANDOM)
    assert all(join_shares(some) == secret for some in combinations(shares, threshold))
    assert join_shares(shares[::-1]) == secret


def test_fewer_learn_nothing():
    # Over a small field all polynomials can be counted: two shares of three fit every secret equally often.
    prime, threshold = 5, 3
    seen = {}
    for secret in range(prime):
        for a in range(prime):
            for b in range(prime):
                two = tuple((secret + a * x + b * x * x) % prime for x in (1, 2))
                seen.setdefault(two, []).append(secret)
    assert len(seen) == prime**2
    assert all(sorted(secrets) == list(range(prime)) for secrets in seen.values())
    drawn = [split_secret(3, threshold, 4, RANDOM, prime)[:2] for _ in range(2000)]
    counts = np.bincount([one.value * prime + other.value for one, other in drawn], minlength=prime**2)
    assert np.all(np.abs(counts - 80) < 5 * np.sqrt(80))


@settings(max_examples=50)
@given(st.integers(0, PRIME - 1), st.integers(0, PRIME - 1), st.integers(0, 1000))
def test_holders_add_what_they_do_not_know(one, other, factor):
    shares = zip(split_secret(one, 2, 3, RANDOM), split_secret(other, 2, 3, RANDOM), strict=True)
    joint = [a + factor * b for a, b in shares]
    assert join_shares(joint[1:]) == (one + factor * other) % PRIME


def test_the_prime_is_one():
    # Lucas and Lehmer's test of a Mersenne number.
    state = 4
    for _ in range(519):
        state = (state * state - 2) % PRIME
    assert state == 0


def test_random_numbers_are_even():
    drawn = np.bincount([random_below(5, RANDOM) for _ in range(5000)], minlength=5)
    assert drawn.size == 5
    assert np.all(np.abs(drawn - 1000) < 5 * np.sqrt(800))
    assert random_below(1, RANDOM) == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: split_secret(1, 4, 3, RANDOM), r"threshold = 4 .*an integer from 1 to 3"),
        (lambda: split_secret(1, 0, 3, RANDOM), r"threshold = 0 .*>= 1"),
        (lambda: split_secret(1, 1, 0, RANDOM), r"holders = 0 .*>= 1"),
        (lambda: split_secret(-1, 1, 2, RANDOM), r"secret = -1 .*>= 0"),
        (lambda: split_secret(7, 1, 2, RANDOM, 7), r"secret = 7 .*from 0 to 6"),
        (lambda: split_secret(1, 1, 7, RANDOM, 7), r"prime = 7 .*>= 8"),
        (lambda: join_shares([]), r"number of shares = 0 .*>= 1"),
        (lambda: join_shares([Share(1, 2), Share(1, 3)]), r"holders = \[1, 1\] repeat"),
        (lambda: join_shares([Share(1, 2), Share(2, 3, 7)]), "shares have different primes"),
        (lambda: Share(1, 2) + Share(2, 2), r"holder = 2 is not 1"),
        (lambda: random_below(0, RANDOM), r"bound = 0 .*>= 1"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)


def test_a_share_adds_only_to_a_share():
    with pytest.raises(TypeError):
        Share(1, 2) + 3
    with pytest.raises(TypeError):
        Share(1, 2) * 0.5


def test_numpys_whole_numbers_do_not_overflow():
    """Holders and values may come from an array, of 32 or of 64 bits."""
    rng = np.random.default_rng(1)
    shares = split_secret(2**500 + 7, 3, 5, rng)
    numbered = [Share(np.int32(share.holder), share.value) for share in shares]
    assert join_shares(numbered[1:4]) == 2**500 + 7
    small = split_secret(2_000_000_000, 2, 3, rng, prime=2_147_483_647)
    short = [Share(np.int32(share.holder), np.int32(share.value), share.prime) for share in small]
    assert join_shares(short[:2]) == 2_000_000_000
