"""Ranges follow the rules that defi_lib.evidence.unknowns names."""

import csv
import datetime
from importlib.resources import files

import pytest

from defi_lib.claims import reading
from defi_lib.evidence import changes
from defi_lib.figures import TODAY, figure

with (files("defi_lib.evidence") / "assumptions.csv").open(encoding="utf-8") as file:
    TABLE = list(csv.DictReader(file))
VALID = [row for row in TABLE if not row["replaced"]]
with (files("defi_lib.evidence") / "regimes.csv").open(encoding="utf-8") as file:
    REGIMES = list(csv.DictReader(file))


def name(row):
    return f"{row['reading']}-{row['name']}"


def published(row):
    found = [figure(id.strip(), allow_unreliable=True) for id in row["sources"].split(";") if id.strip()]
    for each in found:
        assert each.id in row["sources"], f"{each.id}: name the row, not the series: a newer one would change the range"
    return found


@pytest.mark.parametrize("row", VALID, ids=name)
def test_a_range_follows_the_rule_it_names(row):
    sources, times = published(row), float(row["times"] or 1)
    if row["options"]:
        return
    today, low, high = (float(row[end]) for end in ("today", "low", "high"))
    if row["rule"] == "published":
        begin = TODAY.replace(year=TODAY.year - 2)
        values = [each.value * times for each in sources]
        assert len(sources) >= 3 and all(each.grade in "AB" and each.last_day >= begin for each in sources)
        assert (low, high) == pytest.approx((min(values), max(values)), rel=1e-6)
        newest = [each.value * times for each in sources if figure(each.series).id == each.id]
        assert any(today == pytest.approx(value, rel=1e-6) for value in newest), "the newest of its series"
    elif row["rule"] == "in force":
        values = [each.value * times for each in sources]
        assert len(sources) >= 2 and all(each.grade == "A" for each in sources) and row["reason"]
        assert (low, high) == pytest.approx((min(values), max(values)), rel=1e-6)
        assert any(today == pytest.approx(value, rel=1e-6) for value in values)
    elif row["rule"] == "factor two":
        values = [each.value * times for each in sources]
        assert sources and all(each.grade in "AB" for each in sources), "C and D set no range"
        between = min(values) * (1 - 1e-6) <= today <= max(values) * (1 + 1e-6)
        assert between or row["reason"].startswith("derived: "), "say how it was derived"
        ends = max(today / 2, float(row["least"] or 0)), min(today * 2, float(row["most"] or "inf"))
        assert (low, high) == pytest.approx(ends, rel=1e-6)
    else:
        assert row["rule"] == "our choice" and len(row["reason"]) > 10


@pytest.mark.parametrize("row", TABLE, ids=name)
def test_a_row_was_frozen_and_says_why_it_was_replaced(row):
    assert datetime.date.fromisoformat(row["frozen"])
    assert bool(row["replaced"]) == bool(row["why"])
    if row["reading"] != "*":
        assert reading(row["reading"]).frozen


def test_no_two_rows_hold_for_the_same_thing():
    keys = [(row["reading"], row["name"]) for row in VALID]
    assert len(set(keys)) == len(keys)
    assert len(changes()) == len(TABLE) - len(VALID)


@pytest.mark.parametrize("row", REGIMES, ids=lambda row: f"{row['when']}-{row['name']}")
def test_a_past_time_has_published_values(row):
    source = figure(row["source"])
    assert source.id == row["source"] and source.grade in "AB"
    if not row["reason"].startswith("derived: "):
        assert float(row["value"]) == pytest.approx(source.value * float(row["times"] or 1), rel=1e-6)
