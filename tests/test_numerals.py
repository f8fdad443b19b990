import pytest

from defi_lib import numerals
from defi_lib.numerals import MINUS, SPACE, tidy


@pytest.mark.parametrize(
    ("python", "spelled"),
    [
        ("4.9% and 5 %", f"4.9{SPACE}% and 5{SPACE}%"),
        ("1e+04 gwei, 2.5e-05, 1e-30 of", "10,000 gwei, 0.000025, 0." + "0" * 29 + "1 of"),
        ("**-0** to keep, -0.00%", f"**0** to keep, 0.00{SPACE}%"),
        ("+0 and +0.0 and +0.5", "0 and 0.0 and +0.5"),
        ("have **-18,098 USD**, -$3 and -.5", f"have **{MINUS}18,098 USD**, {MINUS}$3 and {MINUS}.5"),
        ("from 2-3, in 2024-11 and C-24, x-1", "from 2-3, in 2024-11 and C-24, x-1"),
        ("-0.003 and -0,5", f"{MINUS}0.003 and {MINUS}0,5"),
    ],
)
def test_sentences_have_one_spelling(python, spelled):
    assert tidy(python) == spelled
    assert tidy(spelled) == spelled


@pytest.mark.parametrize(
    ("low", "high", "log", "kind", "labels"),
    [
        (10, 1e6, True, "money", ["$10", "$100", "$1,000", "$10,000", "$100,000", "$1m"]),
        (0.9, 270, True, "number", ["1", "3", "10", "30", "100"]),
        (0.9, 6, True, "integer", ["1", "2", "5"]),
        (1e-4, 10, True, "percent", [f"{x}{SPACE}%" for x in ("0.01", "0.1", "1", "10", "100", "1,000")]),
        (0, 1, False, "percent", [f"{x}{SPACE}%" for x in (0, 20, 40, 60, 80, 100)]),
        (-0.5, 1, False, "number", [MINUS + "0.5", MINUS + "0.25", "0", "0.25", "0.5", "0.75", "1"]),
        (0, 3, False, "integer", ["0", "1", "2", "3"]),
        (0, 4e6, False, "money", ["$0", "$1m", "$2m", "$3m", "$4m"]),
        (1e-30, 1, True, "number", ["10⁻³⁰", "10⁻²⁵", "10⁻²⁰", "10⁻¹⁵", "10⁻¹⁰", "0.00001", "1"]),
    ],
)
def test_axes_are_written_in_full(low, high, log, kind, labels):
    marks = numerals.ticks(low, high, log, kind)
    assert list(marks.values()) == labels and all(low <= place <= high for place in marks)


def test_counted():
    assert numerals.counted(1, "link") == "1 link" and numerals.counted(0, "link") == "0 links"
