"""Reed-Solomon codes: any k pieces are enough."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.compute import ReedSolomon
from defi_lib.compute.storage.galois_field import matrix_inverse, matrix_product
from tests.support.contracts import assert_refuses
from tests.support.vectors import vectors

#: What kept libraries make of the same files: tools/erasure_vectors.py.
KEPT = vectors("erasure_codes")


@settings(deadline=None)
@given(st.binary(max_size=300), st.integers(1, 40), st.integers(0, 40), st.randoms(use_true_random=False))
def test_any_k_pieces_give_the_file_back(data, needed, spare, random):
    code = ReedSolomon(needed, needed + spare)
    pieces = code.encode(data)
    assert len(pieces) == needed + spare
    assert b"".join(pieces[:needed])[: len(data)] == data
    numbers = random.sample(range(needed + spare), needed)
    left = {number: pieces[number] for number in numbers}
    assert code.decode(left, len(data)) == data
    lost = random.randrange(needed + spare)
    assert code.repair(left, lost) == pieces[lost]


def test_the_largest_code():
    code = ReedSolomon(100, 256)
    data = np.random.default_rng(2).bytes(5000)
    pieces = code.encode(data)
    assert code.decode(dict(enumerate(pieces[156:], 156)), 5000) == data
    assert code.expansion == 2.56


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ReedSolomon(0, 5), r"needed = 0 .*>= 1"),
        (lambda: ReedSolomon(6, 5), r"needed = 6 .*\[1, 5\]"),
        (lambda: ReedSolomon(5, 257), r"pieces = 257 .*\[1, 256\]"),
        (lambda: ReedSolomon(2, 3).decode({0: b"a"}, 1), r"number of pieces = 1 .*2 or more"),
        (lambda: ReedSolomon(2, 3).decode({0: b"a", 3: b"b"}, 1), r"number of a piece = 3 .*\[0, 2\]"),
        (lambda: ReedSolomon(2, 3).decode({0: b"a", 1: b"bc"}, 1), r"lengths \[1, 2\]"),
        (lambda: ReedSolomon(2, 3).decode({0: b"a", 1: b"b"}, 3), r"size = 3 .*\[0, 2\]"),
        (lambda: ReedSolomon(2, 3).repair({0: b"a", 1: b"b"}, 3), r"lost = 3 .*\[0, 2\]"),
        (lambda: ReedSolomon(2, 3).repair({}, 0), r"number of pieces = 0 .*2 or more"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)


@pytest.mark.parametrize("case", KEPT["cauchy"], ids=lambda case: f"{case['needed']} of {case['pieces']}")
def test_pieces_are_those_of_intels_library(case):
    code, data = ReedSolomon(case["needed"], case["pieces"]), bytes.fromhex(case["data"])
    theirs = [bytes.fromhex(piece) for piece in case["encoded"]]
    assert code.encode(data) == theirs
    last = dict(list(enumerate(theirs))[-case["needed"] :])
    assert code.decode(last, len(data)) == data
    assert code.repair(last, 0) == theirs[0]


@pytest.mark.parametrize("case", KEPT["vandermonde"], ids=lambda case: f"{case['needed']} of {case['pieces']}")
def test_the_arithmetic_is_that_of_zfec(case):
    """Another code, by its own rows: our products make its pieces, our inverses give the file back from any of them."""
    needed, data = case["needed"], np.frombuffer(bytes.fromhex(case["data"]), np.uint8)
    rows, theirs = (
        np.array([list(bytes.fromhex(each)) for each in case[name]], np.uint8) for name in ("rows", "encoded")
    )
    parts = data.reshape(needed, -1)
    assert np.array_equal(matrix_product(rows, parts), theirs)
    rng = np.random.default_rng(3)
    for _ in range(3):
        left = rng.choice(case["pieces"], needed, replace=False)
        assert np.array_equal(matrix_product(matrix_inverse(rows[left]), theirs[left]), parts)
