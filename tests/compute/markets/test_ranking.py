import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.compute import k_double_auction, reverse_auction
from defi_lib.compute.markets.ranking import among_lowest, lowest


@given(st.lists(st.integers(0, 5), min_size=1, max_size=9), st.integers(0, 9))
def test_tenths_are_ranked_as_whole_numbers(numbers, count):
    """Of equals the first, also where they are equal only to within rounding."""
    count = min(count, len(numbers))
    whole = np.array(numbers, dtype=float)
    expected = np.zeros(len(numbers), dtype=bool)
    expected[np.argsort(whole, kind="stable")[:count]] = True
    shaken = whole * 0.1 * (1 + 2.0**-52 * np.arange(len(numbers))[::-1] / 3)
    for values in (whole, shaken):
        assert np.array_equal(among_lowest(values, lowest(values, max(count, 1)), np.array([count])), expected)


def test_of_equal_people_the_first_trades():
    assert k_double_auction([0.3, 0.1 + 0.2], [0.1]).bought.tolist() == [True, False]
    assert k_double_auction([0.5], [0.1 + 0.2, 0.3]).sold.tolist() == [True, False]
    assert reverse_auction([0.1 + 0.2, 0.3], 1.0).won.tolist() == [True, False]
