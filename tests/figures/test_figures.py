import csv
import datetime
import re
import subprocess
import sys
from collections import Counter
from importlib.resources import files

import pytest

from defi_lib.figures import GRADES, TODAY, Figure, figure, items, older_than, search, table, topics
from tests.support.contracts import assert_refuses

ROWS = list(csv.DictReader(files("defi_lib").joinpath("figures.csv").read_text(encoding="utf-8").splitlines()))


def test_every_row_is_complete_and_can_be_asked_for():
    for row in ROWS:
        topic, _, name = row["series"].partition(".")
        assert re.fullmatch(r"[a-z0-9_]+", topic) and re.fullmatch(r"[a-z0-9_]+", name), row
        assert all(row[column] for column in ("item", "value", "unit", "date", "source", "grade")), row
        found = figure(topic, row["item"], date=row["date"], allow_unreliable=True)
        assert found._asdict() == row | {"topic": topic, "value": found.value}
        assert str(found.value) == row["value"] or found.value == float(row["value"])
        assert row["date"] in found.cite() and row["date"] in str(found)


def test_every_row_parses():
    day = r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?"
    for row in ROWS:
        assert row["grade"] in GRADES, row
        assert row["note"] or row["grade"] != "D", "say whether it is from memory or who claims it"
        assert re.fullmatch(day, row["date"]) and re.fullmatch(f"({day})?", row["since"]), row
        assert row["since"][: len(row["date"])] <= row["date"], row
        found = figure(f"{row['series']}.{row['date']}", allow_unreliable=True)
        assert found.last_day <= TODAY or found.last_day.year == TODAY.year, "nothing is known of the future"
        if row["unit"] == "date":
            assert re.fullmatch(day, row["value"]), row
        else:
            assert isinstance(found.value, str) == (row["unit"] == "text"), row
    assert sum(row["unit"] == "text" for row in ROWS) < len(ROWS) / 50, "nearly all figures are numbers"


def test_no_row_stands_twice():
    ids = [f"{row['series']}.{row['date']}" for row in ROWS]
    assert [key for key, count in Counter(ids).items() if count > 1] == []
    names = [(row["series"].partition(".")[0], row["item"], row["date"]) for row in ROWS]
    assert [name for name, count in Counter(names).items() if count > 1] == []
    contents = [tuple(value for column, value in row.items() if column != "series") for row in ROWS]
    assert len(contents) == len(set(contents))


def test_a_name_is_one_series():
    series = {(row["series"].partition(".")[0], row["item"]): set() for row in ROWS}
    for row in ROWS:
        series[row["series"].partition(".")[0], row["item"]].add(row["series"])
    assert [name for name, found in series.items() if len(found) > 1] == []


def test_rows_stand_in_order():
    order = [(row["series"].partition(".")[0], row["item"].lower(), row["date"]) for row in ROWS]
    assert order == sorted(order)


def test_numbers_and_text():
    assert figure("lp_losses", "Fees earned by LPs in studied Uniswap v3 pools").value == 199.3
    assert figure("governance", "holders able to create a proposal").value == "1 in 1000 to 1 in 10000"


def test_a_part_of_the_name_is_enough():
    assert figure("lp_losses", "FEES earned by LPs").value == 199.3
    # A name may be the beginning of another one.
    assert figure("terra", "LUNA circulating supply", date="2022-05-09").value == 343
    assert figure("staking", "ETH staked", date="2025").value == 36.5


def test_the_newest_is_given_unless_a_date_is_said():
    assert figure("gas.average_price").id == "gas.average_price.2026-01-03"
    assert figure("gas.average_price.2025-01-03").value == 13.96
    assert figure("gas.average_price", date="2025").value == 13.96
    assert figure("savings_rate", "ECB deposit facility rate").value == 2.25
    assert figure("ethereum_fees.blob_maximum").value == 21
    assert figure("terra", "LUNA circulating supply").date == "2022-05-12"
    # How old a figure is counts from the end of its year or month.
    year, month, day = (Figure("a", "b", 1.0, "%", date, "x", "A") for date in ("2024", "2024-12", "2024-12-30"))
    assert year.last_day == month.last_day == datetime.date(2024, 12, 31) > day.last_day


def test_unreliable_figures_must_be_asked_for():
    unreliable = [row for row in ROWS if row["grade"] == "D"]
    assert unreliable
    for row in unreliable:
        key = f"{row['series']}.{row['date']}"
        with pytest.raises(ValueError, match=r"is not reliable .*allow_unreliable=True"):
            figure(key)
        assert not figure(key, allow_unreliable=True).reliable
    assert figure("terra", "UST price", date="2022-05-12", allow_unreliable=True).value == 0.25


def test_citations():
    plain = Figure("a", "b", 1.0, "%", "2024", "https://www.x.org/a(b ; Smith, https://y.org/c, p. 3", "A", "a note")
    assert plain.cite() == "[x.org](https://www.x.org/a%28b); Smith, [y.org](https://y.org/c), p. 3 (2024)"
    hub = plain._replace(source="https://raw.githubusercontent.com/jo/prices/main/a.csv, https://github.com/jo/prices")
    assert hub.cite().count("[GitHub: jo/prices](https://") == 2
    smith = plain._replace(source="Smith (2020)")
    assert smith._replace(grade="B").cite() == "Smith (2020) (2024)"
    assert smith._replace(grade="C").cite() == "Smith (2020) (2024; weak source)"
    assert smith._replace(grade="D").cite() == "Smith (2020) (2024; unverified: a note)"
    assert smith._replace(since="2021-05").cite() == "Smith (2020) (2021-05 to 2024)"
    assert smith.certainty == "A"
    assert str(plain) == "b: 1 % (2024)"
    assert str(plain._replace(value=7203560.0, unit="-", since="2023")) == "b: 7,203,560 (2023 to 2024)"
    assert str(plain._replace(value="few", unit="text")) == "b: few (2024)"


def test_figures_that_are_too_old():
    keys = ["gas.average_price", "remittance.global_average", "gas.average_price.2025-01-03"]
    assert [entry.id for entry in older_than(12, keys)] == ["remittance.global_average.2023-09", keys[2]]
    assert older_than(12, keys[:1]) == []
    assert [entry.id for entry in older_than(12, keys[:1], today=datetime.date(2027, 1, 4))] == [
        "gas.average_price.2026-01-03"
    ]
    assert older_than(12, keys[:1], today=datetime.date(2027, 1, 3)) == [], "twelve months, not more"
    # The last day of a month that has no 29th, 30th or 31st.
    assert older_than(13, keys[:1], today=datetime.date(2027, 3, 31)) == [figure(keys[0])]
    assert older_than(12, []) == []


def test_topics_and_items():
    assert topics() == sorted({row["series"].partition(".")[0] for row in ROWS})
    named = {(row["series"].partition(".")[0], row["item"]) for row in ROWS}
    assert sum(len(items(topic)) for topic in topics()) == len(named)


def test_search():
    found = search("tether PROFIT")
    assert found and all("tether" in f"{f.item} {f.source}".lower() for f in found)
    assert search("no such words anywhere") == []


def test_table():
    frame = table("lp_losses")
    assert len(frame) == sum(row["series"].startswith("lp_losses.") for row in ROWS)
    assert frame.loc["Fees earned by LPs in studied Uniswap v3 pools", "value"] == 199.3
    assert frame["reliable"].all()
    assert not table("aethir")["reliable"].all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: figure("lp_loses", "fees"), "topic = 'lp_loses' is unknown: did you mean 'lp_losses'"),
        (lambda: items("zzz"), "topic = 'zzz' is not allowed: choose one of 'account_access', "),
        (
            lambda: figure("lp_losses", "fees earnd by LPs"),
            "did you mean 'Fees earned by LPs in studied Uniswap v3 pools'",
        ),
        (lambda: figure("lp_losses", "☃"), "item = '☃' is no figure of 'lp_losses'"),
        (lambda: figure("terra", "luna circ"), r"fits 4 figures of 'terra', say which: .*2022-05-09"),
        (lambda: figure("terra", ""), "fits 69 figures .*; and 63 more"),
        (
            lambda: figure("staking", "ETH staked", date="1999"),
            "date = '1999' is not there .* dates are 2023-10, 2025-07",
        ),
        (lambda: figure("gas.average_prise"), "'gas.average_prise' is no series .* did you mean 'gas.average_price'"),
        (lambda: figure("gaz.average_price"), "topic = 'gaz' is unknown: did you mean 'gas'"),
        (lambda: figure("gas.average_price", date="1999"), "date = '1999' is not there .* dates are 2024-03-05"),
        (lambda: figure("gas.average_price", "swap"), "item = 'swap' is not needed"),
        (lambda: older_than(12, ["gas.nothing"]), "'gas.nothing' is no series"),
        (lambda: search(" "), "has no word"),
    ],
)
def test_errors(call, message):
    assert_refuses(call, message)


def test_import_reads_nothing_and_is_light():
    code = "import sys, defi_lib.figures as f; print(f._by_topic.cache_info().currsize, 'pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0 False"
