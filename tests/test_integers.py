import numpy as np
import pytest

from defi_lib.integers import fitted, largest, python_integers
from defi_lib.validation import whole


def test_results_have_64_bits_where_they_fit():
    assert fitted(np.array(2**70, dtype=object)) == 2**70
    assert type(fitted(np.int64(5))) is int
    assert fitted(np.array([1, -5], dtype=object)).dtype == np.int64
    assert fitted(np.array([1, 2**63], dtype=object)).tolist() == [1, 2**63]
    assert fitted(np.array([], dtype=object)).dtype == np.int64


def test_largest_size():
    assert largest(np.array([3, 7], dtype=np.int64)) == 7
    assert largest(np.array([2**70, 3], dtype=object)) == largest(2**70) == 2**70
    assert largest([]) == 0
    assert python_integers(np.array([2**62], dtype=np.int64)).tolist() == [2**62]


def test_whole_numbers_of_more_than_63_bits():
    assert whole("fee", [1, 2**70], 0, 2**256).tolist() == [1, 2**70]
    assert whole("fee", np.array([1, 2], dtype=object)).dtype == np.int64
    assert whole("fee", np.array([2**63], dtype=np.uint64), 0, 2**64).tolist() == [2**63]
    for value in ([1, 2**70], np.array([2**63], dtype=np.uint64), np.array([2**70], dtype=object)):
        with pytest.raises(ValueError, match="fee"):
            whole("fee", value)
    with pytest.raises(ValueError, match=r"fee\[1\]"):
        whole("fee", np.array([2**70, -1], dtype=object), 0, 2**256)
