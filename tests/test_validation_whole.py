import numpy as np
import pytest

from defi_lib.validation import whole


def test_whole_numbers_come_back_exact():
    assert whole("count", 2**63 - 1) == 2**63 - 1
    assert type(whole("count", np.int32(5))) is int
    assert type(whole("count", 30e6)) is int
    array = whole("count", [1, 2**60 + 1])
    assert array.dtype == np.int64
    assert array.tolist() == [1, 2**60 + 1]
    assert whole("count", np.array([1.0, 2.0])).dtype == np.int64
    assert whole("count", []).shape == (0,)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (-1, r"count = -1 is outside the allowed range: whole numbers from 0 to 10"),
        (11, r"count = 11 is outside"),
        (1.5, r"count = 1.5 is outside"),
        (2.0**53, r"count = 9.00719925474e\+15 is outside"),
        ([1, 2.5, -3], r"count\[1\] = 2.5 is outside"),
        ([[1], [11]], r"count\[1, 0\] = 11 is outside"),
        (np.nan, r"count = nan is outside"),
        (np.inf, r"count = inf is outside"),
        (10**30, r"count = 1e\+30 is outside"),
        (True, r"count = True is outside"),
        ("5", r"count = '5' is not a number"),
        (None, r"count = None is not a number"),
    ],
)
def test_errors(value, message):
    with pytest.raises(ValueError, match=message):
        whole("count", value, 0, 10)
