import numpy as np
import pytest

from defi_lib.compute import (
    Signature,
    draw_nonce,
    is_signed_together,
    join_shares,
    join_signature,
    share_key,
    sign_share,
    sign_together,
)
from defi_lib.compute.trust.threshold_signature import GENERATOR, MODULUS, ORDER
from tests.support.contracts import assert_refuses

RANDOM = np.random.default_rng(21)
KEY = share_key(2, 3, RANDOM)
MESSAGE = b"pay 5 to the node"


def is_probably_prime(number):
    """By Fermat, to a few bases: enough to see a digit that is wrong."""
    return all(pow(base, number - 1, number) == 1 for base in (2, 3, 5))


def test_the_group():
    assert MODULUS.bit_length() == 2048
    assert MODULUS % 2**64 == (MODULUS >> 1984) == 2**64 - 1
    assert is_probably_prime(MODULUS)
    assert is_probably_prime(ORDER)
    assert pow(GENERATOR, ORDER, MODULUS) == 1


@pytest.mark.parametrize("signers", [(0, 1), (2, 0), (1, 2), (0, 1, 2)])
def test_any_two_of_three_sign(signers):
    signature = sign_together([KEY.shares[i] for i in signers], KEY.public, MESSAGE, RANDOM)
    assert is_signed_together(KEY.public, MESSAGE, signature)
    assert not is_signed_together(KEY.public, b"pay 500 to the node", signature)


def test_one_alone_cannot():
    signature = sign_together(KEY.shares[:1], KEY.public, MESSAGE, RANDOM)
    assert not is_signed_together(KEY.public, MESSAGE, signature)


def test_shares_belong_to_the_public_key():
    assert pow(GENERATOR, join_shares(KEY.shares[1:]), MODULUS) == KEY.public


def test_a_changed_signature_is_refused():
    commitment, response = sign_together(KEY.shares[:2], KEY.public, MESSAGE, RANDOM)
    for bad in (
        Signature(commitment, (response + 1) % ORDER),
        Signature(commitment * 2 % MODULUS, response),
        Signature(commitment, response + ORDER),
        Signature(0, 0),
    ):
        assert not is_signed_together(KEY.public, MESSAGE, bad)
    other = share_key(1, 1, RANDOM)
    assert not is_signed_together(other.public, MESSAGE, Signature(commitment, response))
    assert not is_signed_together(1, MESSAGE, Signature(1, 0))  # the key of x = 0 signs everything


def test_who_uses_a_nonce_twice_betrays_his_share():
    alone = share_key(1, 1, RANDOM)
    nonce = draw_nonce(RANDOM)
    commitments = {1: nonce.commitment}
    first, second = (sign_share(alone.shares[0], nonce, commitments, alone.public, text) for text in (b"a", b"b"))
    from defi_lib.compute.trust.threshold_signature import _challenge

    difference = _challenge(nonce.commitment, alone.public, b"a") - _challenge(nonce.commitment, alone.public, b"b")
    assert (first - second) * pow(difference, -1, ORDER) % ORDER == alone.shares[0].value


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: share_key(4, 3, RANDOM), r"threshold = 4 .*from 1 to 3"),
        (
            lambda: sign_share(KEY.shares[0], draw_nonce(RANDOM), {1: 5}, KEY.public, b""),
            r"share.holder = 1 has another",
        ),
        (lambda: join_signature({1: 5}, [1, 2]), r"number of parts = 2 does not fit: allowed are 1"),
        (lambda: join_signature({}, []), r"number of parts = 0 .*>= 1"),
        (lambda: sign_together([KEY.shares[0]] * 2, KEY.public, b"", RANDOM), r"shares = \[1, 1\] repeat"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)
