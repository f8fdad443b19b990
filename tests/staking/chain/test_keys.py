import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.staking import KeyPair, address_of, is_signed, key_pair_from_phrase, new_key_pair
from defi_lib.staking.chain import ed25519, keys

# RFC 8032, section 7.1, tests 1 and 2: private key, public key, message, signature.
RFC_8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
]


@pytest.fixture(autouse=True, scope="module", params=["cryptography", "the course's own code"])
def code(request):
    """Everything is tried with the package, and as where it is missing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "_has_cryptography", lambda: request.param == "cryptography")
        yield request.param


@pytest.mark.parametrize(("private", "public", "message", "signature"), RFC_8032)
def test_published_vectors(private, public, message, signature):
    pair = KeyPair(bytes.fromhex(private))
    assert pair.public.hex() == public
    assert pair.sign(bytes.fromhex(message)).hex() == signature
    assert is_signed(pair.public, bytes.fromhex(message), bytes.fromhex(signature))


@settings(max_examples=30)
@given(st.binary(max_size=64), st.integers(0, 511))
def test_any_changed_bit_breaks_a_signature(message, bit):
    pair = key_pair_from_phrase("alice")
    signature = bytearray(pair.sign(message))
    assert is_signed(pair.public, message, bytes(signature))
    signature[bit // 8] ^= 1 << bit % 8
    assert not is_signed(pair.public, message, bytes(signature))
    assert not is_signed(pair.public, message + b"!", pair.sign(message))
    assert not is_signed(key_pair_from_phrase("mallory").public, message, pair.sign(message))


def test_the_same_seed_gives_the_same_pair_and_another_seed_another():
    first, again = (new_key_pair(np.random.default_rng(7)) for _ in range(2))
    assert first == again != new_key_pair(np.random.default_rng(8))
    assert first.address == address_of(first.public)
    assert len(first.address) == 40


def test_the_private_key_is_not_shown():
    pair = key_pair_from_phrase("alice")
    assert repr(pair.private) not in repr(pair)
    assert "private" not in repr(pair)


@pytest.mark.parametrize("key", [b"", b"x" * 31, b"x" * 33, "x" * 32])
def test_wrong_keys(key):
    with pytest.raises(ValueError, match=r"private is no key .*: allowed are exactly 32 bytes"):
        KeyPair(key)
    with pytest.raises(ValueError, match=r"public is no key"):
        address_of(key)
    with pytest.raises(ValueError, match=r"public is no key"):
        is_signed(key, b"", b"")


def test_a_signature_of_wrong_length_is_no_signature():
    assert not is_signed(key_pair_from_phrase("alice").public, b"", b"short")


@settings(max_examples=30)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200))
def test_the_courses_own_code_signs_as_the_package_does(private, message):
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    theirs = Ed25519PrivateKey.from_private_bytes(private)
    assert ed25519.public_key(private) == theirs.public_key().public_bytes_raw()
    assert ed25519.sign(private, message) == theirs.sign(message)
    theirs.public_key().verify(ed25519.sign(private, message), message)


@pytest.mark.parametrize(
    "public",
    [
        (2**255 - 19).to_bytes(32, "little"),  # a coordinate is smaller than the prime
        (2).to_bytes(32, "little"),  # the curve has no point there
        (1 + 2**255).to_bytes(32, "little"),  # x = 0 is not odd
    ],
)
def test_what_is_no_point_of_the_curve_has_signed_nothing(public):
    assert not ed25519.is_valid(public, b"", bytes(64))


def test_a_proof_counts_modulo_the_order_only_once():
    pair = key_pair_from_phrase("alice")
    signature = pair.sign(b"pay")
    order = 2**252 + 27742317777372353535851937790883648493
    again = signature[:32] + (int.from_bytes(signature[32:], "little") + order).to_bytes(32, "little")
    assert is_signed(pair.public, b"pay", signature)
    assert not is_signed(pair.public, b"pay", again)
    assert not is_signed(pair.public, b"pay", signature[:-1]) and not is_signed(pair.public, b"pay", signature + b"x")


def test_a_sentence_says_once_that_the_package_is_missing():
    program = (
        "import sys\nsys.modules['cryptography'] = None\n"
        "from defi_lib.staking import is_signed, key_pair_from_phrase\n"
        "pair = key_pair_from_phrase('Ada')\n"
        "print(is_signed(pair.public, b'pay', pair.sign(b'pay')))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("True\n", keys.WITHOUT_CRYPTOGRAPHY + "\n")
    assert "not installed here" in done.stderr and "not for real coins" in done.stderr
