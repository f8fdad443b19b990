"""What lesson 2.6 says of loans without coins as collateral."""

import pytest

from defi_lib.evidence import evidence
from defi_lib.evidence.lending.credit import lost_at_goldfinch


def test_each_count_of_what_was_lost():
    announced, agreed, board = lost_at_goldfinch()
    assert announced == pytest.approx((5 + 10.15 - 4.25) / 120)
    assert agreed == pytest.approx((5 * 0.2 + 5.9) / 120)
    assert board == pytest.approx(0.15 * 51 / 120)


def test_by_no_count_less_was_lost_than_of_microcredit():
    assert not evidence("P5b").true and min(lost_at_goldfinch()) > 1 - 0.963
    assert "4.4 of these 10.9 million" in evidence("P5b").turns


def test_nothing_is_lent_against_nothing():
    assert not evidence("P5a").true and "1,000 dollars gets 805" in evidence("P5a").says
