"""Erasure coding: a file becomes n pieces, and any k of them give it back. Exact Reed–Solomon codes over bytes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.compute.storage.galois_field import field_inverse, matrix_inverse, matrix_product
from defi_lib.validation import at_least, between

#: Elements of the field, so most pieces of a file.
MOST_PIECES = 256


class _CodeState(NamedTuple):
    needed: int
    pieces: int


class ReedSolomon(_CodeState):
    """A code that keeps a file if any ``needed`` of its ``pieces`` survive, at ``pieces/needed`` times its size.

    The first ``needed`` pieces are the file itself, cut; the rest is parity. It is as good as a code can be: fewer than
    ``needed`` pieces never suffice for any code of this size.

    Args:
        needed: k, >= 1.
        pieces: n, from k to 256.

    Raises:
        ValueError: numbers outside their range.

    Source: Reed, Solomon (1960); Blömer et al. (1995) for Cauchy matrices, of which every square part has an inverse.
    The pieces are byte for byte those of Intel's ISA-L (``isa_l_rs_cauchy``), which storage systems use.
    """

    def __new__(cls, needed: int, pieces: int) -> ReedSolomon:
        """Check the arguments and build the code."""
        at_least("needed", needed, 1), at_least("pieces", pieces, 1)
        between("pieces", pieces, 1, MOST_PIECES)
        between("needed", needed, 1, pieces)
        return super().__new__(cls, int(needed), int(pieces))

    @property
    def expansion(self) -> float:
        """Size of all pieces per size of the file."""
        return self.pieces / self.needed

    @cached_property
    def _rows(self) -> NDArray[np.uint8]:
        """From the file's parts to all pieces: the identity, and below it ``1/(x_i + y_j)``."""
        parity = np.arange(self.needed, self.pieces, dtype=np.uint8)[:, np.newaxis]
        parts = np.arange(self.needed, dtype=np.uint8)
        return np.concatenate([np.eye(self.needed, dtype=np.uint8), field_inverse(parity ^ parts)])

    def encode(self, data: bytes) -> list[bytes]:
        """All pieces of a file, filled up with zeros to a multiple of k bytes."""
        length = -(-len(data) // self.needed)
        parts = np.frombuffer(data.ljust(length * self.needed, b"\0"), dtype=np.uint8).reshape(self.needed, length)
        return [piece.tobytes() for piece in matrix_product(self._rows, parts)]

    def decode(self, pieces: Mapping[int, bytes], size: int) -> bytes:
        """The file, from any k of its pieces.

        Args:
            pieces: by number, from 0; k at least, of equal length.
            size: of the file in bytes.

        Raises:
            ValueError: too few pieces, a number that is none of the code, lengths that differ, or a wrong size.
        """
        numbers = sorted(pieces)[: self.needed]
        if len(numbers) < self.needed:
            raise ValueError(f"number of pieces = {len(numbers)} is too small: allowed are {self.needed} or more")
        for number in pieces:
            between("number of a piece", number, 0, self.pieces - 1)
        if len({len(piece) for piece in pieces.values()}) > 1:
            raise ValueError(f"pieces have lengths {sorted({len(p) for p in pieces.values()})}: allowed is one length")
        length = len(pieces[numbers[0]])
        between("size", at_least("size", size, 0), 0, length * self.needed)
        held = np.stack([np.frombuffer(pieces[number], dtype=np.uint8) for number in numbers])
        return matrix_product(matrix_inverse(self._rows[numbers]), held).tobytes()[:size]

    def repair(self, pieces: Mapping[int, bytes], lost: int) -> bytes:
        """Piece number ``lost``, made again from any k others: one piece costs the traffic of the whole file.

        Raises:
            ValueError: as :meth:`decode`.
        """
        between("lost", at_least("lost", lost, 0), 0, self.pieces - 1)
        length = len(next(iter(pieces.values()), b""))
        data = self.decode(pieces, length * self.needed)
        parts = np.frombuffer(data, dtype=np.uint8).reshape(self.needed, length)
        return matrix_product(self._rows[lost : lost + 1], parts).tobytes()
