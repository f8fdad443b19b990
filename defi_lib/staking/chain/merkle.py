"""Merkle tree: one hash stands for many entries, and a few hashes prove that an entry is among them."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple

from defi_lib.validation import between


class MerkleProof(NamedTuple):
    """The hashes that lead from one leaf to the root."""

    position: int  #: of the leaf, from 0
    leaves: int  #: leaves in the tree
    path: tuple[bytes, ...]  #: hash of the sibling at each level, the leaf's own level first


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """Root (32 bytes) over all leaves: ``H(leaf) = sha256(0|leaf)``, ``H(node) = sha256(1|left|right)``.

    The left subtree is the largest full one. Leaves and nodes are hashed differently, so that a node cannot be
    passed off as a leaf. The root of no leaves is the hash of nothing.

    Source: Laurie, Langley, Kasper, RFC 6962. Bitcoin hashes twice and repeats the last leaf of an odd level, so
    that two different lists may have one root (CVE-2012-2459).
    """
    if not leaves:
        return sha256().digest()
    if len(leaves) == 1:
        return _leaf(leaves[0])
    left = _left(len(leaves))
    return _node(merkle_root(leaves[:left]), merkle_root(leaves[left:]))


def merkle_proof(leaves: Sequence[bytes], index: int) -> MerkleProof:
    """Proof that ``leaves[index]`` is in the tree: at most ⌈log₂ n⌉ hashes.

    Raises:
        ValueError: an index outside the leaves.
    """
    between("index", index, 0, len(leaves), high_open=True)
    return MerkleProof(index, len(leaves), tuple(_path(leaves, index)))


def is_included(leaf: bytes, proof: MerkleProof, root: bytes) -> bool:
    """Whether the proof leads from ``leaf`` to ``root``."""
    if not 0 <= proof.position < proof.leaves:
        return False
    position, last, current = proof.position, proof.leaves - 1, _leaf(leaf)
    for sibling in proof.path:
        if last == 0:
            return False
        # The last node of a level has no right neighbour and moves up as it is.
        while position % 2 == 0 and position == last:
            position, last = position // 2, last // 2
        current = _node(sibling, current) if position % 2 else _node(current, sibling)
        position, last = position // 2, last // 2
    return last == 0 and current == root


def _path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    if len(leaves) == 1:
        return []
    left = _left(len(leaves))
    if index < left:
        return [*_path(leaves[:left], index), merkle_root(leaves[left:])]
    return [*_path(leaves[left:], index - left), merkle_root(leaves[:left])]


def _left(count: int) -> int:
    """Largest power of two below ``count``."""
    return 1 << (count - 1).bit_length() - 1


def _leaf(leaf: bytes) -> bytes:
    return sha256(b"\x00" + leaf).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()
