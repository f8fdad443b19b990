import numpy as np
import pytest

from defi_lib.evidence.rewards.price_paths import prices


def test_prices_are_straight_in_logarithms_and_bend_after_half_a_year():
    path = prices(np.arange(49.0), np.array([-0.75, 0.0]), np.array([-0.84, 1.0]))
    assert path.shape == (49, 2)
    assert path[[0, 3, 6, 27, 48], 0] == pytest.approx([1.0, 0.5, 0.25, 0.1, 0.04])
    assert path[[0, 6, 27, 48], 1] == pytest.approx([1.0, 1.0, 2**0.5, 2.0])
