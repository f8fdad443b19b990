import datetime
import io
import pickle
import subprocess
import sys
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.simulation import PriceSeries, read_prices

DAYS = ["2024-01-01", "2024-01-02", "2024-01-03"]


def table(times=DAYS, prices=(1.0, 2.0, 3.0), **more):
    return pd.DataFrame({"date": times, "price": prices} | more)


def days(source, **options):
    result = read_prices(source, unit="days", **options)
    return result.times.tolist(), result.prices.tolist()


@pytest.mark.parametrize(
    "times",
    [
        DAYS,
        [f"{day}T00:00:00Z" for day in DAYS],
        [f"{day} 00:00:00 UTC" for day in DAYS],
        ["2024-01-01T02:00:00+02:00", "2024-01-02T01:00:00+01:00", "2024-01-02T19:00:00-0500"],
        pd.to_datetime(DAYS),
        pd.to_datetime(DAYS).tz_localize("UTC"),
        pd.to_datetime(DAYS).tz_localize("UTC").tz_convert("Asia/Tokyo"),
        [datetime.date(2024, 1, day) for day in (1, 2, 3)],
        [datetime.datetime(2024, 1, day, tzinfo=datetime.UTC) for day in (1, 2, 3)],
        [1704067200 + 86400 * day for day in range(3)],
        [(1704067200 + 86400 * day) * 1000 for day in range(3)],
        [(1704067200 + 86400 * day) * 10**6 for day in range(3)],
        [(1704067200 + 86400 * day) * 10**9 for day in range(3)],
        [str((1704067200 + 86400 * day) * 1000) for day in range(3)],
    ],
)
def test_every_way_to_write_a_date_is_the_same_series(times):
    result = read_prices(table(times), unit="days")
    assert result.times.tolist() == [0.0, 1.0, 2.0] and result.prices.tolist() == [1.0, 2.0, 3.0]
    assert result.start == np.datetime64("2024-01-01")
    assert "2024-01-01T00:00:00 UTC" in result.report
    series = pd.Series([1.0, 2.0, 3.0], index=times)
    assert days(series) == ([0.0, 1.0, 2.0], [1.0, 2.0, 3.0])


def test_a_year_has_365_days():
    result = read_prices(table(["2023-01-01", "2024-01-01", "2025-01-01"]))
    assert result.times.tolist() == [0.0, 1.0, 731 / 365] and "years of 365 days" in result.report


@settings(max_examples=30, deadline=None)
@given(st.permutations(range(6)))
def test_order_of_the_rows_does_not_matter(order):
    minutes = pd.date_range("2024-01-01", periods=6, freq="min")
    frame = table(minutes, np.arange(6.0)).iloc[list(order)]
    result = read_prices(frame, unit="seconds")
    assert result.times.tolist() == [0, 60, 120, 180, 240, 300] and result.prices.tolist() == [0, 1, 2, 3, 4, 5]
    assert ("out of order" in result.report) == (list(order) != list(range(6)))


@pytest.mark.parametrize(("rule", "want"), [("last", 5.0), ("first", 2.0), ("mean", 3.5)])
def test_duplicates(rule, want):
    result = read_prices(table([*DAYS, DAYS[1]], [1.0, 2.0, 3.0, 5.0]), duplicates=rule)
    assert result.prices.tolist() == [1.0, want, 3.0]
    assert result.dropped == {"with the time of another row": 1} and "Dropped: 1 with the time of" in result.report
    with pytest.raises(ValueError, match="date = 2024-01-02T00:00:00 stands in more than one row"):
        read_prices(table([*DAYS, DAYS[1]], [1.0, 2.0, 3.0, 5.0]), duplicates="error")


def test_rows_without_a_time_or_a_price():
    frame = table([*DAYS, None, "2024-01-05", "2024-01-06"], ["1", "", "3.5", "4", None, "NaN"])
    result = read_prices(frame, unit="days")
    assert result.times.tolist() == [0.0, 2.0] and result.prices.tolist() == [1.0, 3.5]
    assert result.dropped == {"without a time": 1, "without a price": 3}
    assert "2 of 6 rows were read" in result.report
    with pytest.raises(ValueError, match=r"date\[3\] is missing"):
        read_prices(frame, missing="error")


def test_gaps():
    frame = table([*DAYS, "2024-01-07"], [1.0, 2.0, 3.0, 7.0])
    assert days(frame) == ([0, 1, 2, 6], [1, 2, 3, 7])
    assert "1 gap of up to 4 days (the last price holds)" in read_prices(frame).report
    assert days(frame, gaps="fill") == ([0, 1, 2, 3, 4, 5, 6], [1, 2, 3, 3, 3, 3, 7])
    with pytest.raises(ValueError, match="date has 1 gap, the longest 4 days; the usual step is 1 days"):
        read_prices(frame, gaps="error")
    with pytest.raises(ValueError, match="would add"):
        read_prices(table([*DAYS[:2], "2024-01-03", "2200-01-01"], [1.0] * 4), gaps="fill")


def test_columns_are_found_or_asked_for():
    export = table(symbol="ETH", open=[9.0, 9.0, 9.0]).rename(columns={"date": "Open time", "price": "Close"})
    assert days(export) == ([0, 1, 2], [1, 2, 3])
    assert days(export, price="open") == ([0, 1, 2], [9, 9, 9])
    with pytest.raises(ValueError, match=r"price = 'high' is no column: allowed are \['Open time', 'Close'"):
        read_prices(export, price="high")
    with pytest.raises(ValueError, match=r"time: say which column it is: \['date', 'timestamp'\] could all be"):
        read_prices(table(timestamp=[1, 2, 3]))
    with pytest.raises(ValueError, match="price: say which column it is"):
        read_prices(pd.DataFrame({"bid": [1.0], "ask": [2.0]}, index=pd.to_datetime(DAYS[:1])))
    only = pd.DataFrame({"eth": [1.0, 2.0, 3.0]}, index=pd.to_datetime(DAYS))
    assert days(only) == ([0, 1, 2], [1, 2, 3])


def test_files(tmp_path):
    path = tmp_path / "eth.csv"
    table().to_csv(path, index=False)
    assert days(path) == days(str(path)) == days(io.StringIO(path.read_text())) == ([0, 1, 2], [1, 2, 3])


def test_plain_numbers_need_a_unit():
    seconds = pd.DataFrame({"seconds": [0.0, 30.0, 90.0], "price": [1, 2, 3]})
    result = read_prices(seconds, unit="hours", time_unit="minutes")
    assert result.times.tolist() == [0.0, 0.5, 1.5] and result.start is None
    assert read_prices(seconds, unit="seconds", time_unit="hours").times.tolist() == [0.0, 108000.0, 324000.0]
    assert "Times were read as minutes." in result.report
    assert read_prices(pd.Series([1.0, 2.0]), time_unit="days", unit="days").times.tolist() == [0.0, 1.0]


MILLI = 1735603200000


@pytest.mark.parametrize(
    ("frame", "options", "message"),
    [
        (table([0.0, 0.1, 0.2]), {}, "date has numbers from 0 to 0.2, which count what"),
        (table([20240101, 20240102, 20240103]), {}, "date has numbers from 20240101 to 20240103, which count what"),
        (
            table([MILLI, MILLI + 1, MILLI + 2]),
            {"time_unit": "years"},
            "'years' does not fit date, whose numbers are milli",
        ),
        (
            table([MILLI, MILLI + 1, MILLI * 1000]),
            {},
            r"date\[2\] = 1735603200000000 looks like microseconds since 1970",
        ),
        (table(["01/02/2024", "01/03/2024", "02/03/2024"]), {}, r"date\[0\] = '01/02/2024' is no date .* date_format"),
        (table([*DAYS[:2], "yesterday"]), {}, r"date\[2\] = 'yesterday' is no date"),
        (table([*DAYS[:2], "2024-01-03T00:00:00Z"]), {}, r"date\[2\] = .* all name a time zone, or none"),
        (table([f"{day}T00:00Z" for day in DAYS]), {"time_zone": "Asia/Tokyo"}, "for dates that name none"),
        (table(), {"time_zone": "Mars/Olympus"}, "time_zone = 'Mars/Olympus' does not fit date"),
        (table(), {"time_unit": "days"}, "date has dates"),
        (table([np.inf, 1.0, 2.0]), {"time_unit": "days"}, "infinite time"),
        (table([True, False, True]), {}, "no column of times"),
        (table(prices=[1.0, -2.0, 3.0]), {}, r"price\[1\] = -2 is outside the allowed range \[0, inf\)"),
        (table(prices=[1.0, 2.0, np.inf]), {}, r"price\[2\] = inf"),
        (table(prices=["1", "$2", "3"]), {}, r"price\[1\] = '\$2' is not a number"),
        (table(prices=["1", "2", "1,000"]), {}, r"price\[2\] = '1,000' is not a number"),
        (table(prices=[True, True, False]), {}, "no column of prices"),
        (table(prices=[1.0, 2.0, 3.0j]), {}, "no column of prices"),
        (table(prices=[None, None, None]), {"price": "price"}, "no row with a time"),
        (table().iloc[:0], {}, "no row with a time"),
        ([1.0, 2.0], {}, "source = .* is not allowed"),
        (pd.Series([1.0]), {"price": "close"}, "source is a Series"),
        (table(), {"gaps": "guess"}, "gaps = 'guess' is not allowed"),
        (table(), {"unit": "weeks"}, "unit = 'weeks' is not allowed"),
    ],
)
def test_what_could_mean_two_things_is_an_error(frame, options, message):
    with pytest.raises(ValueError, match=message):
        read_prices(frame, **options)


def test_a_time_zone_and_a_format_can_be_said():
    assert days(table(["31/12/2023", "01/01/2024", "02/01/2024"]), date_format="%d/%m/%Y")[0] == [0, 1, 2]
    summer = table(["2024-03-09", "2024-03-10", "2024-03-11"])
    assert read_prices(summer, unit="hours", time_zone="America/New_York").times.tolist() == [0, 24, 47]
    with pytest.raises(ValueError, match=r"does not fit date.*02:30"):
        read_prices(table(["2024-03-10 01:30", "2024-03-10 02:30", "2024-03-10 03:30"]), time_zone="America/New_York")


def test_decimals_and_nullable_numbers():
    assert days(table(prices=[Decimal("0.1"), Decimal(2), Decimal(3)]))[1] == [0.1, 2, 3]
    assert days(table(prices=pd.array([1, None, 3], dtype="Int64"))) == ([0, 2], [1, 3])


def test_replay_travel_and_copies():
    result = read_prices(table(), unit="days")
    assert result.replay().paths([0.0, 0.5, 2.0]).tolist() == [1.0, 1.0, 3.0]
    again = pickle.loads(pickle.dumps(result))
    assert again.times.tolist() == result.times.tolist() and again.report == result.report and len(again) == 3
    mine = np.array([1.0, 2.0])
    series = PriceSeries([0.0, 1.0], mine)
    mine[0] = 9.0
    assert series.prices.tolist() == [1.0, 2.0]
    with pytest.raises(ValueError, match=r"prices has shape \(1,\)"):
        PriceSeries([0.0, 1.0], [1.0])


def test_a_million_minutes():
    count = 10**6
    dates = pd.date_range("2014-01-01", periods=count, freq="min").astype(str)
    result = read_prices(table(dates, np.ones(count)))
    np.testing.assert_array_equal(result.times, np.arange(count) / 525_600)


def test_import_is_light():
    code = "import sys, defi_lib.simulation; print('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "False"
