"""Real prices: from a table or a CSV file to times and prices, with a sentence that says what was read and dropped.

    eth = read_prices("eth-usd.csv", price="close")
    print(eth.report)
    prices = eth.replay().paths(times)

Nothing is guessed in silence: what could be read in two ways is an error, and every conversion is named in the report.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.frozen import FrozenDict, kept
from defi_lib.integers import positions
from defi_lib.simulation.moments import SECONDS, Moments, moments_of
from defi_lib.simulation.prices import Replay
from defi_lib.validation import increasing, non_negative, one_of, shown

if TYPE_CHECKING:
    import pandas as pd

#: What the columns of exports are called, in small letters and with "_" for spaces.
_TIMES = ("time", "timestamp", "date", "datetime", "open_time", "snapped_at", "started", "unix", "seconds")
_PRICES = ("price", "close", "closing_price", "close_price", "adj_close", "last")
_EMPTY = ("", "nan", "na", "n/a", "none", "null")

#: A step this much longer than the usual one is a gap.
_GAP = 1.5
#: So many rows a filled gap may add for each row that was read.
_MOST_FILLED = 100


@dataclass(frozen=True)
class PriceSeries:
    """Recorded prices at increasing times; made by :func:`read_prices`.

    Args:
        times: in ``unit``, increasing; since ``start`` if they were dates.
        prices: at these times, >= 0.
        unit: ``"years"`` (of 365 days), ``"days"``, ``"hours"`` or ``"seconds"``.
        start: the date of time 0 (UTC), or ``None`` if the times were no dates.
        dropped: how many rows were left out, by reason.
        report: in words: what was read, how it was converted, and what was dropped.

    Raises:
        ValueError: times that do not increase, or prices that are negative or do not fit the times.

    >>> PriceSeries([0.0, 0.5], [2000.0, 2100.0]).replay().paths([0.0, 0.4, 0.5])
    array([2000., 2000., 2100.])
    """

    times: NDArray[np.float64]
    prices: NDArray[np.float64]
    unit: str = "years"
    start: np.datetime64 | None = None
    dropped: Mapping[str, int] = FrozenDict()
    report: str = ""

    def __post_init__(self) -> None:
        times = kept(increasing("times", self.times))
        prices = kept(np.atleast_1d(non_negative("prices", self.prices)))
        if prices.shape != times.shape:
            raise ValueError(f"prices has shape {prices.shape}: allowed is one price for each of {len(times)} times")
        fields = {"times": times, "prices": prices, "unit": one_of("unit", self.unit, UNITS)}
        for name, value in (fields | {"dropped": FrozenDict(self.dropped)}).items():
            object.__setattr__(self, name, value)

    def __len__(self) -> int:
        return len(self.times)

    def replay(self) -> Replay:
        """The series as prices of a simulation, whose times are then in ``unit``."""
        return Replay(self.prices, self.times)


#: In what times may be counted.
UNITS = ("years", "days", "hours", "seconds")


def read_prices(
    source: Any,
    price: Any = None,
    time: Any = None,
    *,
    unit: str = "years",
    time_unit: str | None = None,
    date_format: str | None = None,
    time_zone: str | None = None,
    duplicates: str = "last",
    gaps: str = "keep",
    missing: str = "drop",
) -> PriceSeries:
    """Read recorded prices: sorted by time, without duplicates, in years (of 365 days) since the first.

    Args:
        source: a pandas Series (whose index is the time) or DataFrame, or a CSV file (its path, or an open file).
        price: which column; by default the one called ``price`` or ``close``, or the only one with numbers.
        time: which column; by default the one called like a time (``date``, ``timestamp``), else the index.
        unit: of the times that come out: ``"years"`` (365 days), ``"days"``, ``"hours"`` or ``"seconds"``.
        time_unit: what times that are plain numbers count: ``"years"``, ``"days"``, …, ``"nanoseconds"``. Numbers of
            the size of seconds, milli-, micro- or nanoseconds since 1970 need none and are read so.
        date_format: of dates that are not in ISO 8601, such as ``"%d/%m/%Y"``: 01/02/2024 is another day elsewhere.
        time_zone: of dates that name none, such as ``"America/New_York"``; by default they are taken as UTC.
        duplicates: of rows with the same time: keep the ``"last"`` (as the rows stand), the ``"first"``, their
            ``"mean"``, or an ``"error"``.
        gaps: steps of more than 1.5 times the median step: ``"keep"`` (a replay holds the last price), ``"fill"`` with
            rows that repeat the last price at the usual step, or an ``"error"``.
        missing: rows without a time or a price: ``"drop"`` them, or an ``"error"``.

    Raises:
        ValueError: columns that cannot be told, text that is no number or date, negative or infinite prices, times of
            mixed units, dates with and without a time zone, or what was asked to be an error. Rows count from 0.

    >>> import pandas as pd
    >>> export = pd.DataFrame({"date": ["2024-01-02", "2024-01-01", "2024-01-02"], "close": ["10", "9", "11"]})
    >>> daily = read_prices(export, unit="days")
    >>> daily.times, daily.prices
    (array([0., 1.]), array([ 9., 11.]))
    >>> print(*daily.report.split(". "), sep="\\n")
    2 of 3 rows were read: prices from 'close', times from 'date'
    Dropped: 1 with the time of another row (the last one stays)
    1 row was out of order and sorted
    Dates without a time zone were taken as UTC
    Times are days since 2024-01-01T00:00:00 UTC.
    """
    one_of("unit", unit, UNITS)
    one_of("duplicates", duplicates, ("last", "first", "mean", "error"))
    one_of("gaps", gaps, ("keep", "fill", "error"))
    one_of("missing", missing, ("drop", "error"))
    columns = _columns(source, price, time)
    prices, no_price = _numbers(columns.price_name, columns.price)
    moments = moments_of(columns.time_name, columns.time, time_unit, date_format, time_zone)
    rows = _Rows(moments.ticks, prices, moments.resolution)
    said = [f"prices from {columns.price_name!r}, times from {columns.time_name!r}"]
    dropped: dict[str, int] = {}
    rows = _without_missing(rows, moments.missing, no_price, missing, columns, dropped)
    rows, moved = _sorted(rows)
    rows = _without_duplicates(rows, duplicates, columns, dropped)
    steps = _on_gaps(rows, gaps, unit, columns)
    return _series(steps, moments, unit, dropped, said, moved, len(prices), duplicates)


class _Columns(NamedTuple):
    """What of a table is the time and the price, and what they are called."""

    time_name: str
    time: pd.Series
    price_name: str
    price: pd.Series


class _Rows(NamedTuple):
    """Times (whole nanoseconds, or numbers) and prices, row by row."""

    ticks: NDArray[Any]
    prices: NDArray[np.float64]
    resolution: float  #: seconds in one tick
    gaps: str = ""

    def at(self, which: NDArray[Any]) -> _Rows:
        """The rows that an index or a mask chooses."""
        return self._replace(ticks=self.ticks[which], prices=self.prices[which])


def _columns(source: Any, price: Any, time: Any) -> _Columns:
    import pandas as pd

    if isinstance(source, pd.Series):
        if price is not None or time is not None:
            raise ValueError("source is a Series, whose index is the time: allowed are price and time for a table")
        index = source.index.to_series()
        return _Columns(str(source.index.name or "index"), index, str(source.name or "values"), source)
    if isinstance(source, pd.DataFrame):
        table = source
    elif isinstance(source, (str, PathLike)) or hasattr(source, "read"):
        table = pd.read_csv(source, low_memory=False)
    else:
        raise ValueError(f"source = {shown(source)} is not allowed: allowed are a Series, a DataFrame or a CSV file")
    if not table.columns.is_unique:
        raise ValueError(f"source has columns of the same name: {shown(table.columns.tolist())}")
    when = _chosen("time", time, table, _TIMES)
    dates = table.index.to_series() if when is None else table[when]
    worth = _chosen("price", price, table, _PRICES)
    if worth is None:
        numbers = [name for name in table.columns if name != when and table[name].dtype.kind in "iuf"]
        if len(numbers) != 1:
            raise ValueError(f"price: say which column it is: the columns are {shown(table.columns.tolist())}")
        worth = numbers[0]
    return _Columns(str(when if when is not None else table.index.name or "index"), dates, str(worth), table[worth])


def _chosen(argument: str, asked: Any, table: pd.DataFrame, usual: tuple[str, ...]) -> Any:
    """The column that was asked for, else the only one with a usual name, else ``None``."""
    if asked is not None:
        if asked not in table.columns:
            raise ValueError(f"{argument} = {shown(asked)} is no column: allowed are {shown(table.columns.tolist())}")
        return asked
    found = [name for name in table.columns if str(name).strip().lower().replace(" ", "_") in usual]
    if len(found) > 1:
        raise ValueError(f"{argument}: say which column it is: {shown(found)} could all be")
    return found[0] if found else None


def _numbers(name: str, column: pd.Series) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The prices of a column, and where there are none; text is converted if it is a number, and nothing but that."""
    import pandas as pd

    missing = column.isna().to_numpy()
    if column.dtype.kind == "b" or column.dtype.kind in "cmM":
        raise ValueError(f"{name} = {shown(column)} is no column of prices: its type is {column.dtype}")
    if column.dtype.kind not in "iuf":
        text = column.astype(str).str.strip()
        missing = missing | text.str.lower().isin(_EMPTY).to_numpy()
        found = pd.to_numeric(text.where(~missing), errors="coerce")
        wrong = found.isna().to_numpy() & ~missing
        if np.any(wrong):
            row = int(np.argmax(wrong))
            raise ValueError(f"{name}[{row}] = {shown(column.iloc[row])} is not a number: allowed are plain numbers")
        column = found
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    non_negative(name, np.where(missing, 0.0, values))
    return values, missing


def _without_missing(
    rows: _Rows,
    no_time: NDArray[np.bool_],
    no_price: NDArray[np.bool_],
    missing: str,
    columns: _Columns,
    dropped: dict[str, int],
) -> _Rows:
    for name, where, what in (
        (columns.time_name, no_time, "without a time"),
        (columns.price_name, no_price & ~no_time, "without a price"),
    ):
        if np.any(where):
            if missing == "error":
                raise ValueError(
                    f"{name}[{int(np.argmax(where))}] is missing: say missing='drop' to leave such rows out"
                )
            dropped[what] = int(np.count_nonzero(where))
    left = rows.at(~(no_time | no_price))
    if len(left.ticks) == 0:
        raise ValueError(f"source has no row with a time ({columns.time_name}) and a price ({columns.price_name})")
    return left


def _sorted(rows: _Rows) -> tuple[_Rows, int]:
    """The rows by time, those of the same time as they stood; and how many came before an earlier one."""
    backward = np.count_nonzero(rows.ticks[1:] < rows.ticks[:-1])
    if not backward:
        return rows, 0
    return rows.at(np.argsort(rows.ticks, kind="stable")), int(backward)


def _without_duplicates(rows: _Rows, rule: str, columns: _Columns, dropped: dict[str, int]) -> _Rows:
    new = np.concatenate([[True], rows.ticks[1:] != rows.ticks[:-1]])
    count = int(len(new) - np.count_nonzero(new))
    if not count:
        return rows
    if rule == "error":
        when = rows.ticks[int(np.argmin(new))]
        text = f"{when:.12g}" if rows.ticks.dtype.kind == "f" else str(np.datetime64(int(when), "ns").astype("M8[s]"))
        raise ValueError(
            f"{columns.time_name} = {text} stands in more than one row: say which one to keep (duplicates)"
        )
    dropped["with the time of another row"] = count
    first = np.flatnonzero(new)
    if rule == "mean":
        number = np.diff(np.append(first, len(new)))
        largest = float(np.max(rows.prices)) or 1.0  # sums of huge prices stay in range
        means = np.add.reduceat(rows.prices / largest, positions(first)) / number * largest
        return rows.at(first)._replace(prices=means)
    return rows.at(first if rule == "first" else np.append(first[1:], len(new)) - 1)


def _on_gaps(rows: _Rows, rule: str, unit: str, columns: _Columns) -> _Rows:
    """The rows with their gaps kept or filled, and a sentence about the gaps."""
    steps = np.diff(rows.ticks)
    usual = np.median(steps) if len(steps) else 0
    wide = steps > _GAP * usual
    count = int(np.count_nonzero(wide))
    if not count:
        return rows
    longest = _duration(float(np.max(steps)) * rows.resolution)
    name = "1 gap" if count == 1 else f"{count} gaps"
    if rule == "error":
        raise ValueError(
            f"{columns.time_name} has {name}, the longest {longest}; the usual step is "
            f"{_duration(float(usual) * rows.resolution)}: say gaps='keep' or gaps='fill'"
        )
    if rule == "keep":
        return rows._replace(gaps=f"{name} of up to {longest} (the last price holds).")
    added = np.where(wide, np.rint(steps / usual) - 1, 0.0)
    total = float(np.sum(added))
    if total > _MOST_FILLED * len(rows.ticks):
        raise ValueError(f"gaps = 'fill' would add {total:.3g} rows to {len(rows.ticks)}: say gaps='keep'")
    copies = positions(np.append(added, 0) + 1)
    number = np.arange(int(copies.sum()), dtype=np.int64) - np.repeat(np.cumsum(copies) - copies, copies)
    filled = np.repeat(rows.ticks, copies) + (number * usual).astype(rows.ticks.dtype)
    words = f"{name} of up to {longest} filled with {int(total)} rows that repeat the last price."
    return rows._replace(ticks=filled, prices=np.repeat(rows.prices, copies), gaps=words)


def _series(
    rows: _Rows,
    moments: Moments,
    unit: str,
    dropped: dict[str, int],
    said: list[str],
    moved: int,
    total: int,
    duplicates: str,
) -> PriceSeries:
    kept_rows = total - sum(dropped.values())
    report = [f"{kept_rows:,} of {total:,} rows were read: {said[0]}."]
    if dropped:
        rule = {"mean": "their mean stays"}.get(duplicates, f"the {duplicates} one stays")
        reasons = [f"{count:,} {what}{f' ({rule})' if 'another' in what else ''}" for what, count in dropped.items()]
        report.append(f"Dropped: {', '.join(reasons)}.")
    if moved:
        report.append(f"{moved:,} {'row was' if moved == 1 else 'rows were'} out of order and sorted.")
    report += [sentence for sentence in (moments.said, rows.gaps) if sentence]
    start = None
    ticks = rows.ticks
    if moments.dates:
        start = np.datetime64(int(ticks[0]), "ns")
        ticks = ticks - ticks[0]
        since = np.datetime_as_string(start, unit="auto" if int(rows.ticks[0]) % 10**9 else "s")
        report.append(f"Times are {unit}{' of 365 days' if unit == 'years' else ''} since {since} UTC.")
    # Both ratios are whole numbers, so that a time is rounded once.
    coarser = rows.resolution >= SECONDS[unit]
    times = (
        ticks * round(rows.resolution / SECONDS[unit]) if coarser else ticks / round(SECONDS[unit] / rows.resolution)
    )
    return PriceSeries(times, rows.prices, unit, start, dropped, " ".join(report))


def _duration(seconds: float) -> str:
    for unit in ("days", "hours", "minutes"):
        if seconds >= SECONDS[unit]:
            return f"{seconds / SECONDS[unit]:.4g} {unit}"
    return f"{seconds:.4g} seconds"
