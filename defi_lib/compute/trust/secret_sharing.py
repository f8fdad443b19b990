"""Secret sharing: any few of many holders can restore a secret, and fewer learn nothing at all. Exact integers.

For teaching: the arithmetic is not protected against attackers who measure its time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from defi_lib.renamed import renamed
from defi_lib.validation import at_least

#: A Mersenne prime: secrets may be up to 521 bits long.
PRIME = 2**521 - 1


@dataclass(frozen=True, slots=True)
class Share:
    """What one holder has."""

    holder: int  #: from 1
    value: int  #: in [0, prime)
    prime: int = PRIME  #: all arithmetic is modulo this

    def __add__(self, other: object) -> Share:
        """Share of the sum of two secrets: holders can add what they do not know."""
        if not isinstance(other, Share):
            return NotImplemented
        if (self.holder, self.prime) != (other.holder, other.prime):
            raise ValueError(f"holder = {other.holder} is not {self.holder}: allowed are two shares of one holder")
        return replace(self, value=(self.value + other.value) % self.prime)

    def __mul__(self, factor: object) -> Share:
        """Share of a secret times a whole number that everybody knows."""
        return replace(self, value=self.value * factor % self.prime) if isinstance(factor, int) else NotImplemented

    __rmul__ = __mul__


@renamed(random="rng")
def split_secret(
    secret: int, threshold: int, holders: int, rng: np.random.Generator, prime: int = PRIME
) -> tuple[Share, ...]:
    """Shares of a secret: points of a random polynomial of degree k − 1 whose value at 0 is the secret.

    Args:
        secret: whole number in [0, prime).
        threshold: k, shares needed to restore it, 1 to ``holders``.
        holders: n, >= 1.
        rng: for the other coefficients; real use needs the randomness of the operating system.
        prime: modulus, a prime number above the secret and the number of holders.

    Raises:
        ValueError: an argument outside its range, among them k > n.

    Source: Shamir, *How to Share a Secret* (1979).

    >>> shares = split_secret(42, 2, 3, np.random.default_rng(1))
    >>> join_shares(shares[1:]), join_shares(shares[:1]) == 42
    (42, False)
    """
    holders, threshold = at_least("holders", holders, 1), at_least("threshold", threshold, 1)
    secret = at_least("secret", secret, 0)
    if threshold > holders:
        raise ValueError(f"threshold = {threshold} is outside the allowed range: an integer from 1 to {holders}")
    prime = at_least("prime", prime, holders + 1)
    if secret >= prime:
        raise ValueError(f"secret = {secret} is outside the allowed range: an integer from 0 to {prime - 1}")
    coefficients = [secret, *(random_below(prime, rng) for _ in range(threshold - 1))]
    return tuple(Share(x, _value(coefficients, x, prime), prime) for x in range(1, holders + 1))


def join_shares(shares: Sequence[Share]) -> int:
    """The secret of at least as many shares as its threshold; fewer give a number that has nothing to do with it.

    ``Σ share_i·λ_i``, the polynomial at 0 by Lagrange.

    Raises:
        ValueError: no shares, two of one holder, or shares of different arithmetic.
    """
    at_least("number of shares", len(shares), 1)
    prime = shares[0].prime
    if any(share.prime != prime for share in shares):
        raise ValueError("shares have different primes: allowed are shares of one secret")
    weights = lagrange_weights([share.holder for share in shares], prime)
    return sum(int(share.value) * weight for share, weight in zip(shares, weights, strict=True)) % prime


def lagrange_weights(holders: Sequence[int], prime: int) -> list[int]:
    """Weight of each holder's share in the secret: ``λ_i = Π_{j≠i} j/(j − i)`` modulo the prime.

    Raises:
        ValueError: a holder that is named twice.
    """
    if len(set(holders)) != len(holders):
        raise ValueError(f"holders = {list(holders)} repeat: allowed are different ones")
    holders = [int(holder) for holder in holders]  # numpy's would overflow
    weights = []
    for i in holders:
        above, below = 1, 1
        for j in holders:
            if j != i:
                above, below = above * j % prime, below * (j - i) % prime
        weights.append(above * pow(below, -1, prime) % prime)
    return weights


@renamed(random="rng")
def random_below(bound: int, rng: np.random.Generator) -> int:
    """A whole number in [0, bound), each equally likely.

    Raises:
        ValueError: a bound below 1.
    """
    bound = at_least("bound", bound, 1)
    bits = (bound - 1).bit_length()
    while True:
        drawn = int.from_bytes(rng.bytes((bits + 7) // 8), "big") >> (-bits % 8)
        if drawn < bound:
            return drawn


def _value(coefficients: Sequence[int], x: int, prime: int) -> int:
    result = 0
    for coefficient in reversed(coefficients):
        result = (result * x + coefficient) % prime
    return result
