"""What lesson 3.7 says of two halves of the machines, and that the step of the model does not matter."""

import numpy as np
import pytest

from defi_lib.evidence import effect, evidence, today, worlds
from defi_lib.evidence.staking import mining

X7A = effect("X7a")


def one(**changed):
    return float(X7A(today(X7A.assumptions, changed=changed))[0])


def test_half_the_step_gives_the_same(monkeypatch):
    drawn = worlds(X7A.assumptions, 256)
    known = X7A(drawn)
    monkeypatch.setattr(mining, "MONTHS", 24)
    halved = X7A(drawn)
    assert np.abs(known - halved).max() < 0.01 and ((known > 1 / 6) != (halved > 1 / 6)).mean() < 0.01


def test_no_gap_moves_nothing_whatever_else_happens():
    for growth in (-0.8, 0.0, 2.0):
        assert one(gap=0.0, growth=growth, hash_price=0.01) == pytest.approx(0, abs=1e-12)


def test_a_wider_gap_moves_more_until_all_is_gone():
    found = [one(gap=gap) for gap in (0.0, 0.01, 0.03, 0.06, 0.2)]
    assert found == sorted(found) and found[-1] == 0.5


def test_two_pools_are_counted_three_times():
    count = evidence("X7b")
    assert count.true and "51.8" in count.says
