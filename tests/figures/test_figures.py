import csv
import subprocess
import sys
from importlib.resources import files

import pytest

from defi_lib.figures import Figure, figure, items, search, table, topics
from tests.support.contracts import assert_refuses

ROWS = list(csv.DictReader(files("defi_lib").joinpath("figures.csv").read_text(encoding="utf-8").splitlines()))


def test_every_row_is_complete_and_can_be_asked_for():
    keys = [(row["topic"], row["item"], row["date"]) for row in ROWS]
    assert len(keys) == len(set(keys))
    for row in ROWS:
        assert all(row.values()), row
        found = figure(row["topic"], row["item"], date=row["date"], allow_unreliable=True)
        assert (found.topic, found.item, found.unit) == (row["topic"], row["item"], row["unit"])
        assert (found.date, found.source, found.certainty) == (row["date"], row["source"], row["certainty"])
        if isinstance(found.value, float):
            assert found.value == float(row["value"])
        else:
            assert found.value == row["value"]
        assert row["date"] in found.cite()


def test_numbers_and_text():
    assert figure("lp_losses", "Fees earned by LPs in studied Uniswap v3 pools").value == 199.3
    assert figure("governance", "holders able to create a proposal").value == "1 in 1000 to 1 in 10000"
    text = [row for row in ROWS if isinstance(figure_of(row).value, str)]
    assert 0 < len(text) < len(ROWS) / 10, "most figures are numbers"


def figure_of(row):
    return figure(row["topic"], row["item"], date=row["date"], allow_unreliable=True)


def test_a_part_of_the_name_is_enough():
    assert figure("lp_losses", "FEES earned by").value == 199.3
    # A name may be the beginning of another one.
    assert figure("terra", "LUNA circulating supply", date="2022-05-09").value == 343
    assert figure("staking", "ETH staked", date="2025").value == 36.5


def test_unreliable_figures_must_be_asked_for():
    unreliable = [row for row in ROWS if not figure_of(row).reliable]
    assert {row["certainty"].split(";")[0] for row in unreliable} == {
        "from memory",
        "sourced (weak)",
        "sourced (not credible",
    }
    for row in unreliable:
        with pytest.raises(ValueError, match=r"is not reliable .*allow_unreliable=True"):
            figure(row["topic"], row["item"], date=row["date"])
    assert figure("terra", "UST price", date="2022-05-12", allow_unreliable=True).value == 0.25


def test_citations():
    plain = Figure("a", "b", 1.0, "%", "2024", "https://x.org/a(b ; Smith, https://y.org/c, p. 3", "sourced")
    assert plain.cite() == "<https://x.org/a(b> ; Smith, <https://y.org/c>, p. 3 (2024)"
    assert (
        plain._replace(source="Smith (2020)", certainty="sourced (secondary)").cite()
        == "Smith (2020) (2024; secondary)"
    )
    assert plain._replace(source="Smith", certainty="derived").cite() == "Smith (2024; derived)"
    assert str(plain) == "b: 1 % (2024)"
    assert str(plain._replace(value=7203560.0, unit="-")) == "b: 7,203,560 (2024)"
    assert str(plain._replace(value="few", unit="-")) == "b: few (2024)"


def test_topics_and_items():
    assert topics() == sorted({row["topic"] for row in ROWS})
    assert sum(len(items(topic)) for topic in topics()) == len({(row["topic"], row["item"]) for row in ROWS})


def test_search():
    found = search("tether PROFIT")
    assert found and all("tether" in f"{f.item} {f.source}".lower() for f in found)
    assert search("no such words anywhere") == []


def test_table():
    frame = table("lp_losses")
    assert len(frame) == sum(row["topic"] == "lp_losses" for row in ROWS)
    assert frame.loc["Fees earned by LPs in studied Uniswap v3 pools", "value"] == 199.3
    assert frame["reliable"].all()
    assert not table("terra")["reliable"].all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: figure("lp_loses", "fees"), "topic = 'lp_loses' is unknown: did you mean 'lp_losses'"),
        (lambda: items("zzz"), "topic = 'zzz' is not allowed: choose one of 'aethir', "),
        (
            lambda: figure("lp_losses", "fees earnd by LPs"),
            "did you mean 'Fees earned by LPs in studied Uniswap v3 pools'",
        ),
        (lambda: figure("lp_losses", "☃"), "item = '☃' is no figure of 'lp_losses'"),
        (lambda: figure("terra", "luna circ"), r"fits 5 figures of 'terra', say which: .*2022-05-09"),
        (lambda: figure("terra", ""), "fits 70 figures .*; and 64 more"),
        (
            lambda: figure("staking", "ETH staked", date="1999"),
            "date = '1999' is not there .* dates are 2023-10, 2025-07",
        ),
        (lambda: search(" "), "has no word"),
    ],
)
def test_errors(call, message):
    assert_refuses(call, message)


def test_import_reads_nothing_and_is_light():
    code = "import sys, defi_lib.figures as f; print(f._by_topic.cache_info().currsize, 'pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0 False"
