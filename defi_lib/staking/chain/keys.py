"""Keys and signatures (Ed25519): who holds the private key can move the coins, and nobody else can."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256

import numpy as np

from defi_lib.renamed import renamed
from defi_lib.staking.chain import ed25519

#: Length of a private or public key, in bytes.
KEY_BYTES = 32

#: Said once where the package is missing.
WITHOUT_CRYPTOGRAPHY = (
    "The package cryptography is not installed here (browsers have none): the course signs with its own code after "
    "RFC 8032. Keys and signatures are the same, but it is slow: to learn with, not for real coins."
)


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A private key with the public key that belongs to it.

    Whoever knows the private key can sign; everybody who knows the public key can check. The chain never sees
    the private key, so nobody can restore it.

    Args:
        private: 32 secret bytes. Not shown when the pair is printed.

    Raises:
        ValueError: a key that is not 32 bytes long.

    Source: Josefsson, Liusvaara, RFC 8032. Bitcoin and Ethereum sign with ECDSA on the curve secp256k1 instead.
    """

    private: bytes = field(repr=False)
    public: bytes = field(init=False)

    def __post_init__(self) -> None:
        private = _key("private", self.private)
        if not _has_cryptography():
            object.__setattr__(self, "public", ed25519.public_key(private))
            return
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        secret = Ed25519PrivateKey.from_private_bytes(private)
        object.__setattr__(self, "public", secret.public_key().public_bytes_raw())

    @property
    def address(self) -> str:
        """The account that this pair controls."""
        return address_of(self.public)

    def sign(self, message: bytes) -> bytes:
        """Signature (64 bytes) of ``message``."""
        if not _has_cryptography():
            return ed25519.sign(self.private, message)
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return Ed25519PrivateKey.from_private_bytes(self.private).sign(message)


@renamed(random="rng")
def new_key_pair(rng: np.random.Generator) -> KeyPair:
    """A pair drawn from ``rng``: for teaching only, real keys need the randomness of the operating system."""
    return KeyPair(rng.bytes(KEY_BYTES))


def key_pair_from_phrase(phrase: str) -> KeyPair:
    """The pair that a phrase always leads to: ``private = sha256(phrase)``.

    Whoever guesses or reads the phrase has the coins. Real wallets draw the phrase at random and stretch it
    (BIP 39); an invented one is found within seconds.
    """
    return KeyPair(sha256(phrase.encode()).digest())


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether ``signature`` was made for exactly this message by the holder of the private key.

    Raises:
        ValueError: a public key that is not 32 bytes long.
    """
    if not _has_cryptography():
        return ed25519.is_valid(_key("public", public), message, signature)
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(_key("public", public)).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def address_of(public: bytes) -> str:
    """Account of a public key: the first 20 bytes of its hash, as 40 hexadecimal digits.

    Raises:
        ValueError: a public key that is not 32 bytes long.
    """
    return sha256(_key("public", public)).hexdigest()[:40]


@cache
def _has_cryptography() -> bool:
    """Whether the package is installed; where it is not, that is said, once."""
    try:
        import cryptography  # noqa: F401
    except ImportError:
        print(WITHOUT_CRYPTOGRAPHY, file=sys.stderr)
        return False
    return True


def _key(name: str, value: bytes) -> bytes:
    if isinstance(value, bytes) and len(value) == KEY_BYTES:
        return value
    length = len(value) if isinstance(value, bytes) else type(value).__name__
    raise ValueError(f"{name} is no key ({length}): allowed are exactly {KEY_BYTES} bytes")
