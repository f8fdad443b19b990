"""A position in a range: passers-by trade as much whatever blocks and prices do."""

import numpy as np
import pytest

from defi_lib.evidence import effect, today
from defi_lib.evidence.exchange.concentrating import counted_today, range_by_width, year_in_range


def year(**changed):
    return year_in_range(**today(effect("X21b").assumptions, changed=changed), counted=counted_today())


@pytest.mark.parametrize("changed", [{"block_time": 0.2}, {"jumps": 0.0}, {"jump": 0.01}, {"volatility": 0.5}], ids=str)
def test_blocks_and_prices_leave_passers_by_alone(changed):
    assert year(**changed).other_fees == pytest.approx(year().other_fees, rel=1e-12)
    assert year(**changed).arbitrage_fees != pytest.approx(year().arbitrage_fees, rel=0.05)


def test_fast_blocks_alone_do_not_turn_the_pool():
    lost = effect("X21b")
    fast = {"block_time": [12.0, 2.0, 0.2, 0.01]}
    losses = lost(today(lost.assumptions, 4, fast))
    assert (np.diff(losses) < 0).all() and (losses > lost.more_than).all()


def test_all_fees_just_pay_where_the_condition_says():
    now = year()
    comes_back = float((now.arbitrage_fees / now.loss)[0])
    informed = 0.75 * comes_back
    assert year(informed=informed).net == pytest.approx(0, abs=1e-12)
    assert informed == pytest.approx(0.424, abs=5e-4)


def test_what_is_explored_is_the_effect():
    lost = effect("X21b")
    shown = range_by_width(2.0, 0.55, 0.0005, 12.0, 0.3, 0.25)["net"]
    assert float(shown) == pytest.approx(-float(lost(today(lost.assumptions))[0]))
