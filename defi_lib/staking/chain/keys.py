"""Keys and signatures (Ed25519): who holds the private key can move the coins, and nobody else can."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256

import numpy as np

from defi_lib.renamed import renamed

#: Length of a private or public key, in bytes.
KEY_BYTES = 32


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
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        secret = Ed25519PrivateKey.from_private_bytes(_key("private", self.private))
        object.__setattr__(self, "public", secret.public_key().public_bytes_raw())

    @property
    def address(self) -> str:
        """The account that this pair controls."""
        return address_of(self.public)

    def sign(self, message: bytes) -> bytes:
        """Signature (64 bytes) of ``message``."""
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


def _key(name: str, value: bytes) -> bytes:
    if isinstance(value, bytes) and len(value) == KEY_BYTES:
        return value
    length = len(value) if isinstance(value, bytes) else type(value).__name__
    raise ValueError(f"{name} is no key ({length}): allowed are exactly {KEY_BYTES} bytes")
