"""Colours stand in one place."""

import re
from pathlib import Path

from defi_lib.theme import RULE, SERIES, style

LIBRARY = Path(__file__).resolve().parents[1] / "defi_lib"
GREY = {"#bbb"}  # what stands in where a page has no variables of its own
PRINTED = {
    "sheet.css",
    "feedback.py",
    "formulas.py",
    "ranking.py",
}  # on paper, and on pages of their own: black, white and grey


def test_no_other_file_of_the_library_names_a_colour():
    for file in LIBRARY.rglob("*"):
        if file.suffix in {".py", ".css", ".js"} and file.name != "theme.py":
            found = set(re.findall(r"#(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{3})\b", file.read_text(encoding="utf-8")))
            grey = {
                colour for colour in found if len(set(re.findall(".." if len(colour) == 7 else ".", colour[1:]))) == 1
            }
            assert found <= (grey if file.name in PRINTED else GREY), file


def test_a_rule_looks_like_no_series_and_every_variable_of_the_style_sheet_is_set():
    assert RULE not in SERIES and len(set(SERIES)) == len(SERIES)
    used = set(re.findall(r"var\((--defi-[\w-]+)", (LIBRARY / "explore/view.css").read_text(encoding="utf-8")))
    assert used <= set(re.findall(r"--defi-[\w-]+", style()))
