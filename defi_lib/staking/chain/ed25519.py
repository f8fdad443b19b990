"""Ed25519 in plain Python: for machines where the package ``cryptography`` cannot be had, as in a browser.

The same keys and signatures, bit by bit, some hundred times slower. How long it takes depends on the private key, so
whoever can measure it on the same machine learns something: enough to learn with, not for real coins.

Source: Josefsson, Liusvaara, RFC 8032, sections 5.1 and 6.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha512
from typing import TypeAlias

#: X/Z and Y/Z are a point's coordinates, T = X·Y/Z.
Point: TypeAlias = tuple[int, int, int, int]

_P = 2**255 - 19  # coordinates are counted modulo this prime
_ORDER = 2**252 + 27742317777372353535851937790883648493  # of the base point
_D = -121665 * pow(121666, -1, _P) % _P  # the curve: −x² + y² = 1 + D·x²·y²
_ROOT_OF_MINUS_ONE = pow(2, (_P - 1) // 4, _P)
_NOTHING: Point = (0, 1, 1, 0)


@lru_cache(maxsize=256)
def public_key(private: bytes) -> bytes:
    """The public key (32 bytes) that belongs to 32 secret bytes."""
    return _packed(_times(_secret(private)[0], _BASE))


@lru_cache(maxsize=1024)
def sign(private: bytes, message: bytes) -> bytes:
    """Signature (64 bytes) of ``message``."""
    scalar, prefix = _secret(private)
    once = _number(prefix, message)
    commitment = _packed(_times(once, _BASE))
    proof = (once + _number(commitment, public_key(private), message) * scalar) % _ORDER
    return commitment + proof.to_bytes(32, "little")


@lru_cache(maxsize=1024)
def is_valid(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether ``signature`` was made for ``message`` with the private key of ``public``."""
    point = _unpacked(public)
    proof = int.from_bytes(signature[32:], "little")
    if point is None or len(signature) != 64 or proof >= _ORDER:
        return False
    x, y, z, t = point
    challenge = _number(signature[:32], public, message)
    commitment = _sum(_times(proof, _BASE), _times(challenge, (-x % _P, y, z, -t % _P)))
    return _packed(commitment) == signature[:32]


def _secret(private: bytes) -> tuple[int, bytes]:
    """The secret scalar, and the bytes that make each signature's own number."""
    digest = sha512(private).digest()
    scalar = int.from_bytes(digest[:32], "little")
    return scalar & ((1 << 254) - 8) | (1 << 254), digest[32:]


def _number(*parts: bytes) -> int:
    return int.from_bytes(sha512(b"".join(parts)).digest(), "little") % _ORDER


def _sum(one: Point, other: Point) -> Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % _P
    b = (one[1] + one[0]) * (other[1] + other[0]) % _P
    c = 2 * one[3] * other[3] * _D % _P
    d = 2 * one[2] * other[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _times(number: int, point: Point) -> Point:
    total = _NOTHING
    while number:
        if number & 1:
            total = _sum(total, point)
        point = _sum(point, point)
        number >>= 1
    return total


def _packed(point: Point) -> bytes:
    """A point as 32 bytes: y, and the last bit of x in place of the first of y."""
    x, y, z, _ = point
    inverse = pow(z, -1, _P)
    return (y * inverse % _P | (x * inverse % _P & 1) << 255).to_bytes(32, "little")


def _unpacked(packed: bytes) -> Point | None:
    """The point of 32 bytes, or None where the curve has none."""
    number = int.from_bytes(packed, "little")
    y, odd = number & ((1 << 255) - 1), number >> 255
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if x * x % _P != square:
        x = x * _ROOT_OF_MINUS_ONE % _P
    if x * x % _P != square or (x == 0 and odd):
        return None
    x = x if x & 1 == odd else _P - x
    return x, y, 1, x * y % _P


_BASE = _unpacked((4 * pow(5, -1, _P) % _P).to_bytes(32, "little")) or _NOTHING
