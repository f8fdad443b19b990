"""Texts that are sealed come back as they were; what is damaged says so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.sealed import sealed, unsealed


@given(st.text())
def test_what_is_sealed_comes_back(text):
    line = sealed(text)
    assert unsealed(line) == unsealed(f"{line}\r\n") == text and line.isascii() and "\n" not in line


def test_nothing_of_it_is_read_in_passing():
    text = "right = true\nThe fee is missing: only `amount_in * (1 - fee)` moves the price.\n"
    assert not [word for word in ("right", "true", "fee", "amount", "price") if word in sealed(text)]


@pytest.mark.parametrize("line", ["", "right = true", sealed("right")[:-8], sealed("right") + "AAAA"[:3]])
def test_a_damaged_line_says_so(line):
    with pytest.raises(ValueError, match="is damaged"):
        unsealed(line)
