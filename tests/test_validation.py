from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.validation import (
    at_least,
    between,
    broadcastable,
    finite,
    fulfilled,
    increasing,
    integer,
    non_negative,
    one_of,
    per_token,
    plain,
    positive,
    ratio,
    shown,
    token,
    token_pair,
    whole,
)

INF, NAN = float("inf"), float("nan")


def refused(call, *words):
    with pytest.raises(ValueError) as error:
        call()
    for word in words:
        assert word in str(error.value), str(error.value)


@pytest.mark.parametrize(
    ("check", "good", "bad", "allowed"),
    [
        (positive, [5e-324, 1.0, 1e308], [0.0, -0.0, -1.0, INF, NAN], "(0, inf)"),
        (non_negative, [0.0, -0.0, 1.0, 1e308], [-5e-324, INF, -INF, NAN], "[0, inf)"),
        (finite, [-1e308, 0.0, 1e308], [INF, -INF, NAN], "(-inf, inf)"),
        (ratio, [0.0, 0.5, np.nextafter(1, 0)], [1.0, -1e-9, INF, NAN], "[0, 1)"),
    ],
)
def test_ranges(check, good, bad, allowed):
    for value in good:
        assert check("fee", value) == value
        assert type(check("fee", np.float64(value))) is float
    for value in bad:
        refused(lambda value=value: check("fee", value), "fee = ", f"allowed range {allowed}")
        refused(lambda value=value: check("fee", np.array([good[0], value])), "fee[1] = ", allowed)
        refused(lambda value=value: check("fee", np.array([[good[0], good[0]], [value, value]])), "fee[1, 0] = ")
    array = np.array(good)
    assert np.array_equal(check("fee", array), array) and check("fee", []).shape == (0,)


@pytest.mark.parametrize("value", [3, np.int64(3), np.float32(3), Decimal(3), Fraction(3), np.array(3)])
def test_every_number_becomes_a_float(value):
    assert positive("size", value) == 3.0 and type(positive("size", value)) is float


@pytest.mark.parametrize("value", [(1, 2), [1.0, 2], np.array([1, 2], dtype=np.int8), [Decimal(1), 2]])
def test_every_sequence_becomes_an_array_of_floats(value):
    result = positive("size", value)
    assert result.dtype == np.float64 and result.tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    "value", ["1", None, 1j, [[1.0], [1.0, 2.0]], {}, ["a"], 10**400, [1.0, None], np.array(["1"], dtype=object)]
)
@pytest.mark.parametrize("check", [positive, non_negative, finite, ratio, whole])
def test_what_is_no_number(check, value):
    refused(lambda: check("size", value), "size = ", "is not a number")


@given(value=st.floats(allow_nan=True), low=st.floats(-1e9, 1e9), width=st.floats(0, 1e9))
def test_between_agrees_with_the_comparison(value, low, width):
    high = low + width
    for low_open in (False, True):
        for high_open in (False, True):
            inside = (low < value if low_open else low <= value) and (value < high if high_open else value <= high)
            for asked in (value, np.array([value])):
                try:
                    between("x", asked, low, high, low_open=low_open, high_open=high_open)
                    accepted = True
                except ValueError:
                    accepted = False
                assert accepted == inside


def test_between_with_bounds_per_scenario():
    assert between("part", 0.5, np.zeros(3), np.ones(3)) == 0.5
    refused(lambda: between("part", np.array([0.5, 3.0]), 0.0, np.array([1.0, 2.0])), "part[1] = 3", "per scenario")
    refused(lambda: between("part", 1.5, 0.0, np.array([2.0, 1.0])), "part[1] = 1.5")
    refused(lambda: between("part", 3, 0, 2), "part = 3", "[0, 2]")
    refused(lambda: between("part", 2, 0, 2, low_open=True, high_open=True), "part = 2", "(0, 2)")
    refused(lambda: between("part", np.ones(2), 0.0, np.ones(3)), "part (2,)", "upper bound (3,)")


def test_token():
    assert token("coin", 0, 2) == 0 and token("coin", np.int32(1), 2) == 1
    assert type(token("coin", np.int32(1), 2)) is int
    for value in (2, -1, 0.0, True, "0", None):
        refused(lambda value=value: token("coin", value, 2), f"coin = {value!r}", "integers 0 to 1")


def test_token_pair():
    assert token_pair(0, 1, 2) is None and token_pair(np.int64(2), 0, 3) is None
    refused(lambda: token_pair(2, 0, 2), "token_in = 2", "0 to 1")
    refused(lambda: token_pair(0, -1, 2), "token_out = -1", "0 to 1")
    refused(lambda: token_pair(1, 1, 2), "token_out = 1 equals token_in")
    refused(lambda: token_pair(False, True, 2), "token_in = False")
    refused(lambda: token_pair(1, 1, 2, ("token", "quote")), "quote = 1 equals token")
    refused(lambda: token_pair(5, 1, 2, ("token", "quote")), "token = 5")


def test_per_token():
    assert per_token("amounts", [1, 2.0], 2, positive) == (1.0, 2.0)
    mixed = per_token("amounts", (1.0, np.array([2.0, 3.0])), None, positive)
    assert mixed[0] == 1.0 and mixed[1].tolist() == [2.0, 3.0]
    assert len(per_token("amounts", np.ones((3, 5)), 3, positive)) == 3
    refused(lambda: per_token("amounts", (1.0,), 2, positive), "amounts has 1", "exactly 2")
    refused(lambda: per_token("amounts", (1.0,), None, positive), "amounts has 1", "2 or more")
    refused(lambda: per_token("amounts", 3.0, 2, positive), "amounts = 3.0", "exactly 2")
    refused(lambda: per_token("amounts", np.array(3.0), 2, positive), "amounts = array(3.)", "exactly 2")
    refused(lambda: per_token("amounts", (1.0, -1.0), 2, positive), "amounts[1] = -1", "(0, inf)")
    refused(lambda: per_token("amounts", "ab", 2, positive), "amounts[0] = 'a'")


def test_at_least():
    assert at_least("steps", 1, 1) == 1 and type(at_least("steps", np.int16(7), 1)) is int
    for value in (0, -1, 1.0, True, "1", None):
        refused(lambda value=value: at_least("steps", value, 1), f"steps = {value!r}", ">= 1")


def test_integer():
    assert integer("root", 2**300, 1, 2**300) == 2**300 and type(integer("root", np.int64(7), 1, 2**300)) is int
    for value in (0, -1, 8, 1.0, 2**70, True, "1", None, np.array([1, 2])):
        refused(lambda value=value: integer("root", value, 1, 7), f"root = {value!r}", "an integer from 1 to 7")


def test_whole():
    assert whole("gas", 3) == 3 and whole("gas", 3e7) == 30_000_000 and type(whole("gas", 3e7)) is int
    assert type(whole("gas", np.uint8(3))) is int
    array = whole("gas", [1.0, 2.0])
    assert array.dtype == np.int64 and array.tolist() == [1, 2]
    assert whole("gas", 2**63 - 1) == 2**63 - 1
    for value in (2.5, -1, 2.0**53, 2**63, INF, NAN, True):
        refused(lambda value=value: whole("gas", value), "gas = ", "whole numbers from 0 to")
    refused(lambda: whole("gas", [1.0, 2.5]), "gas[1] = 2.5", "whole numbers")
    refused(lambda: whole("gas", np.array([3, 4]), low=4, high=9), "gas[0] = 3", "from 4 to 9")


def test_one_of():
    assert one_of("side", "buy", ("buy", "sell")) == "buy"
    refused(lambda: one_of("side", "hold", ("buy", "sell")), "side = 'hold'", "'buy', 'sell'")


def test_broadcastable():
    assert broadcastable(a=1.0, b=np.ones((2, 1)), c=np.ones(3)) == (2, 3)
    assert broadcastable(a=1.0) == ()
    refused(lambda: broadcastable(a=np.ones(2), b=np.ones(3), c=1.0), "a (2,), b (3,), c ()", "equal shapes or scalars")


def test_increasing():
    assert increasing("times", [0, 1, 5]).tolist() == [0.0, 1.0, 5.0] and increasing("times", 3.0).tolist() == [3.0]
    refused(lambda: increasing("times", [0.0, 2.0, 2.0, 1.0]), "times[2] = 2 is not after 2")
    refused(lambda: increasing("times", []), "times has shape (0,)")
    refused(lambda: increasing("times", [[1.0, 2.0]]), "times has shape (1, 2)")
    refused(lambda: increasing("times", [0.0, NAN]), "times[1] = nan")


def test_nothing_is_clipped_or_changed():
    given_values = np.array([0.1, 0.2])
    for check in (positive, non_negative, finite, ratio):
        check("x", given_values)
    assert given_values.tolist() == [0.1, 0.2]


def test_fulfilled_and_plain():
    assert fulfilled("price", 3.0, True, "odd prices") == 3.0
    refused(lambda: fulfilled("price", 4.0, False, "odd prices"), "price = 4", "odd prices")
    refused(lambda: fulfilled("price", np.array([3.0, 4.0]), np.array([True, False]), "odd"), "price[1] = 4", "odd")
    assert type(plain(np.float64(2.0))) is float and plain(np.ones(2)).tolist() == [1.0, 1.0]


# What users hand over: tables, masks, long arrays -----------------------------------------------------------------

MANY = 10**5


@pytest.mark.parametrize("check", [positive, non_negative, finite, ratio, whole])
@pytest.mark.parametrize(
    "value",
    [
        pd.Series(["a"] * MANY),
        np.array([None] * MANY),
        ["a"] * MANY,
        tuple([None] * MANY),
        [["a"] * MANY, [1.0] * MANY],
        {number: "a" for number in range(1000)},
        "a" * MANY,
        pd.DataFrame(np.ones((1000, 1000))),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_message_shows_a_few_entries(check, value):
    with pytest.raises(ValueError, match=r"^prices = ") as error:
        check("prices", value)
    assert len(str(error.value)) < 700


def test_shown():
    assert shown(np.arange(3)) == "array([0, 1, 2])" and shown(2**100) == str(2**100)
    assert shown(pd.Series([1.5, 2.5])) == "Series of shape (2,): 1.5, 2.5"
    assert shown(np.arange(10)) == "ndarray of shape (10,): 0, 1, 2, 3, 4, 5, ..."
    assert shown(10**5000) == "an integer of 16610 bits"
    assert shown([np.zeros(100)] * 100).startswith("[ndarray of shape (100,): 0.0, 0.0,")


def test_the_entry_that_is_no_number_is_named():
    refused(lambda: finite("x", [[1.0, 2.0], [None, 3.0]]), "x[1, 0] = None")
    refused(lambda: whole("x", [1, "2", 2**70]), "not a number")


@pytest.mark.parametrize("check", [positive, non_negative, finite, ratio, whole])
def test_a_mask_is_not_dropped(check):
    masked = np.ma.array([0.0, 0.5, 0.5], mask=[False, True, False])
    refused(lambda: check("x", masked), "x[1] is masked")
    refused(lambda: check("x", [masked, masked]), "x[0][1] is masked")
    refused(lambda: check("x", np.ma.masked), "x", "masked")
    assert non_negative("x", np.ma.array([1.0, 2.0])).tolist() == [1.0, 2.0]


@pytest.mark.parametrize("check", [positive, non_negative, finite, whole])
def test_a_series_is_its_values_and_a_table_is_refused(check):
    result = check("x", pd.Series([3, 1, 2], index=[7, 7, 0]))
    assert type(result) is np.ndarray and result.tolist() == [3, 1, 2]
    refused(
        lambda: check("x", pd.DataFrame({"a": [1.0], "b": [2.0]})), "x = DataFrame of shape (1, 2)", "table", "column"
    )
    for values in (
        pd.Series([1, None], dtype="Int64"),
        pd.Series([1.0, None]),
        pd.Series(pd.to_datetime(["2024-01-01"])),
    ):
        refused(lambda values=values: check("x", values), "x")


@pytest.mark.parametrize("kind", [np.int8, np.int16, np.int32, np.uint8, np.uint32, np.uint64])
def test_whole_numbers_have_64_bits_whatever_they_had(kind):
    array = whole("x", np.array([1, 100], dtype=kind))
    assert array.dtype == np.int64 and (array * 2**40).tolist() == [2**40, 100 * 2**40]
    refused(lambda: whole("x", np.array([1, 100], dtype=kind), 0, 99), "x[1] = 100", "from 0 to 99")
    refused(lambda: whole("x", np.array([1, 100], dtype=kind), 2**40, 2**50), "x[0] = 1")
