"""Writes `tests/vectors/erasure_codes.json`: pieces made by Intel's ISA-L (through PyECLib) and by `zfec`.

They need an environment of their own, because the course does not need them:

    python -m venv /tmp/erasure && /tmp/erasure/bin/pip install pyeclib==1.8.0 zfec==1.6.0.0
    /tmp/erasure/bin/python tools/erasure_vectors.py
"""

from __future__ import annotations

import json
import random
from importlib.metadata import version
from pathlib import Path

import zfec
from pyeclib.ec_iface import ECDriver

TARGET = Path(__file__).parents[1] / "tests/vectors/erasure_codes.json"
HEADER, BLOCK = 80, 16  # bytes that liberasurecode puts before each piece; length of a piece
CAUCHY = [(1, 1), (2, 1), (4, 3), (10, 4), (3, 7), (20, 12)]  # parts of the file, parity
VANDERMONDE = [(3, 10), (29, 80)]  # parts, all pieces: zfec's usual numbers, and Storj's


def file(parts: int) -> bytes:
    """The same bytes in each run."""
    return random.Random(parts).randbytes(parts * BLOCK)


def cauchy(parts: int, parity: int) -> dict[str, object]:
    """All pieces of a file, without their headers."""
    pieces = ECDriver(k=parts, m=parity, ec_type="isa_l_rs_cauchy").encode(file(parts))
    bare = [piece[HEADER:].hex() for piece in pieces]
    return {"needed": parts, "pieces": parts + parity, "data": file(parts).hex(), "encoded": bare}


def vandermonde(parts: int, pieces: int) -> dict[str, object]:
    """All pieces of a file, and of files of one 1 among zeros: the rows of the code."""
    encoder, data = zfec.Encoder(parts, pieces), file(parts)
    units = [encoder.encode([bytes([i == j]) for j in range(parts)]) for i in range(parts)]
    rows = [bytes(unit[number][0] for unit in units).hex() for number in range(pieces)]
    encoded = encoder.encode([data[at : at + BLOCK] for at in range(0, len(data), BLOCK)])
    return {
        "needed": parts, "pieces": pieces, "data": data.hex(), "rows": rows, "encoded": [each.hex() for each in encoded]
    }  # fmt: skip


vectors = {
    "sources": [
        f"PyECLib {version('pyeclib')} with Intel's ISA-L, isa_l_rs_cauchy; both BSD, github.com/intel/isa-l",
        f"zfec {version('zfec')}, of Tahoe-LAFS, github.com/tahoe-lafs/zfec",
    ],
    "conventions": [
        "hexadecimal; the field of 256 elements modulo x^8 + x^4 + x^3 + x^2 + 1; the first pieces are the file",
        "cauchy: the same rows as ours, so the same pieces; headers of liberasurecode are cut off",
        "vandermonde: other rows, given with the pieces; the same arithmetic",
    ],
    "cauchy": [cauchy(*each) for each in CAUCHY],
    "vandermonde": [vandermonde(*each) for each in VANDERMONDE],
}
TARGET.write_text(json.dumps(vectors, indent=1) + "\n", encoding="utf-8")
