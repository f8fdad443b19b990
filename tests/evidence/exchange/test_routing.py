"""What the evidence on the way to the pool rests on."""

import pytest

from defi_lib.evidence import effect, evidence, today
from defi_lib.evidence.exchange.routing import PAID, WEEK, larger_swaps, pools_of_a_pair


def test_the_explorer_shows_the_effect():
    known = effect("P9b").assumptions
    amount = known["amount"].today
    shown = larger_swaps(amount, 0.0015, known["apart"].today, known["depth"].today / 1e6)
    assert shown["Free router"] == pytest.approx(effect("P9b")(today(known))[0])
    assert shown["Router with a cut"] == pytest.approx(shown["Free router"] - 0.0015, abs=1e-5)


def test_one_pool_is_dearer_and_one_cheaper():
    first, dear, cheap = pools_of_a_pair(10e6, 0.5, 0.01, 0.0005)
    assert (first.price(), dear.price()) == pytest.approx((1.0, 1.01)) and cheap.price() == pytest.approx(1 / 1.01)
    assert sum(pool.reserves[1] for pool in (first, dear, cheap)) == pytest.approx(10e6)


def test_the_week_adds_up():
    assert set(PAID) < set(WEEK)
    found = evidence("X10a")
    assert not found.true and "1,843 million" in found.says and "32\xa0%" in found.says


def test_providers_get_the_larger_part_everywhere():
    found = evidence("X2c")
    assert not found.true and "38\xa0% at Sky" in found.says
