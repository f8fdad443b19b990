"""What the times of a file mean: dates with and without a time zone, numbers since 1970, and plain numbers."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.validation import one_of, shown

if TYPE_CHECKING:
    import pandas as pd

#: How many seconds each unit of time has; a year has 365 days.
SECONDS = {
    "years": 31_536_000.0,
    "days": 86_400.0,
    "hours": 3_600.0,
    "minutes": 60.0,
    "seconds": 1.0,
    "milliseconds": 1e-3,
    "microseconds": 1e-6,
    "nanoseconds": 1e-9,
}

#: Numbers from here on count since 1970 (from 1973 to 5138, so that no unit can be taken for another).
_EPOCHS = {"seconds": 1e8, "milliseconds": 1e11, "microseconds": 1e14, "nanoseconds": 1e17}
_LAST = 2**63 / 1e9  #: seconds after 1970 that 64 bits of nanoseconds hold: the year 2262

_EMPTY = ("", "nan", "nat", "none", "null")
_ZONE = r"\d{2}:\d{2}.*(?:[zZ]|[+-]\d{2}(?::?\d{2})?)$"


class Moments(NamedTuple):
    """Times of the rows of a table."""

    ticks: NDArray[Any]  #: whole nanoseconds since 1970 (UTC), or numbers in their own unit
    missing: NDArray[np.bool_]
    resolution: float  #: seconds in one tick
    dates: bool  #: whether they count since 1970
    said: str  #: what was taken for granted, or converted


def moments_of(
    name: str, column: pd.Series, time_unit: str | None, date_format: str | None, time_zone: str | None
) -> Moments:
    """The times in a column; arguments and errors as in :func:`defi_lib.simulation.read_prices`."""
    if time_unit is not None:
        one_of("time_unit", time_unit, tuple(SECONDS))
    missing = column.isna().to_numpy()
    kind = column.dtype.kind
    if kind in "bcm":
        raise ValueError(f"{name} = {shown(column)} is no column of times: its type is {column.dtype}")
    if kind not in "iufM" and date_format is None and (dates := _plain_iso(column)) is not None:
        column, missing, kind = dates, dates.isna().to_numpy(), "M"
    if kind not in "iufM":
        text = _text(column)
        missing = missing | text.str.lower().isin(_EMPTY).to_numpy()
        numbers = _all_numbers(text, missing) if date_format is None else None
        if numbers is None:
            _refuse_unit(name, time_unit)
            return _dates(name, _parsed(name, text, missing, date_format), missing, time_zone)
        column = numbers
    elif kind == "M":
        _refuse_unit(name, time_unit)
        return _dates(name, (column, ""), missing, time_zone)
    if date_format is not None:
        raise ValueError(f"date_format = {date_format!r} is for text, but {name} has numbers: make them text first")
    return _from_numbers(name, column, missing, time_unit)


def _plain_iso(column: pd.Series) -> pd.Series | None:
    """Dates of one form and one time zone, or none, as most files have them: millions in a second. Else ``None``."""
    import pandas as pd

    first = column.dropna().head(1)
    if first.empty or not isinstance(first.iloc[0], str) or pd.to_numeric(first, errors="coerce").notna().any():
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # an older pandas warns of mixed time zones, where this one raises
            dates = pd.to_datetime(column, format="ISO8601")
    except (ValueError, TypeError, FutureWarning):
        return None  # what is wrong, if anything, the slower way finds
    return dates if dates.dtype.kind == "M" else None


def _text(column: pd.Series) -> pd.Series:
    """Dates of any kind as text; "… UTC" as ISO 8601 writes it."""
    if column.dtype == object:
        column = column.map(lambda entry: entry.isoformat() if hasattr(entry, "isoformat") else str(entry))
    text = column.astype(str).str.strip()
    return text.str.replace(r"\s*(?:UTC|GMT)$", "Z", regex=True) if text.str.endswith(("UTC", "GMT")).any() else text


def _all_numbers(text: pd.Series, missing: NDArray[np.bool_]) -> pd.Series | None:
    """The numbers in a text column, or ``None`` if its first entry is none; one that is no number is left missing."""
    import pandas as pd

    present = text[~missing]
    if present.empty or pd.to_numeric(present.iloc[:1], errors="coerce").isna().any():
        return None
    return pd.to_numeric(text.where(~missing), errors="coerce")


def _refuse_unit(name: str, time_unit: str | None) -> None:
    if time_unit is not None:
        raise ValueError(f"time_unit = {time_unit!r} is for times that are plain numbers, but {name} has dates")


def _parsed(name: str, text: pd.Series, missing: NDArray[np.bool_], date_format: str | None) -> tuple[pd.Series, str]:
    """The dates in a text column; with several offsets from UTC, in UTC."""
    import pandas as pd

    wanted = date_format or "ISO8601"
    text = text.where(~missing)
    found = pd.to_datetime(text, format=wanted, errors="coerce", utc=True)
    wrong = found.isna().to_numpy() & ~missing
    if np.any(wrong):
        row = int(np.argmax(wrong))
        allowed = "dates as in ISO 8601 (2024-01-31 12:00), or say date_format" if date_format is None else date_format
        raise ValueError(f"{name}[{row}] = {shown(text.iloc[row])} is no date that can be read: allowed are {allowed}")
    if date_format is not None and "%z" not in date_format and "%Z" not in date_format:
        return found.dt.tz_localize(None), ""
    present = text[~missing]
    aware = present.str.contains(_ZONE, regex=True).to_numpy(dtype=bool)
    if not np.any(aware):
        return found.dt.tz_localize(None), ""
    if not np.all(aware):
        row = int(np.flatnonzero(~missing)[int(np.argmax(aware != aware[0]))])
        raise ValueError(
            f"{name}[{row}] = {shown(text.iloc[row])} differs from the rows before: "
            f"allowed are dates that all name a time zone, or none"
        )
    offsets = present.str.extract(r"([zZ]|[+-]\d{2}(?::?\d{2})?)$", expand=False).unique()
    return found, f"Dates with {len(offsets)} different offsets were converted to UTC." if len(offsets) > 1 else ""


def _dates(name: str, parsed: tuple[pd.Series, str], missing: NDArray[np.bool_], time_zone: str | None) -> Moments:
    """Dates as nanoseconds since 1970 in UTC."""
    dates, said = parsed
    if dates.dt.tz is not None:
        if time_zone is not None:
            raise ValueError(f"time_zone = {time_zone!r} is for dates that name none, but those of {name} do")
        said = said or ("" if str(dates.dt.tz) == "UTC" else f"Dates in {dates.dt.tz} were converted to UTC.")
    elif time_zone is None:
        said = "Dates without a time zone were taken as UTC."
        dates = dates.dt.tz_localize("UTC")
    else:
        try:
            dates = dates.dt.tz_localize(time_zone)
        except Exception as error:  # an unknown zone, an hour that a clock skips or repeats: each of its own kind
            raise ValueError(
                f"time_zone = {time_zone!r} does not fit {name}: {type(error).__name__}: {error}"
            ) from None
        said = f"Dates were taken as {time_zone} and converted to UTC."
    nanoseconds = dates.dt.tz_convert("UTC").dt.tz_localize(None).dt.as_unit("ns").to_numpy().astype(np.int64)
    return Moments(nanoseconds, missing, 1e-9, True, said)


def _from_numbers(name: str, column: pd.Series, missing: NDArray[np.bool_], time_unit: str | None) -> Moments:
    """Numbers of the size of a date count since 1970; others need a unit."""
    wrong = column.isna().to_numpy() & ~missing
    if np.any(wrong):
        raise ValueError(f"{name}[{int(np.argmax(wrong))}] is no number, as the rows before are")
    values = column.to_numpy(dtype=np.float64, na_value=np.nan) if missing.any() else column.to_numpy()
    present = values[~missing]
    if not np.all(np.isfinite(present)):
        raise ValueError(f"{name} has an infinite time: allowed are finite numbers")
    if present.size == 0:
        return Moments(np.zeros(len(values)), missing, 1.0, False, "")
    units = _sizes(present)
    if np.any(units != units[0]):
        row = int(np.flatnonzero(~missing)[int(np.argmax(units != units[0]))])
        names = ["plain numbers", *(f"{unit} since 1970" for unit in _EPOCHS)]
        there = names[units[units != units[0]][0]]
        raise ValueError(
            f"{name}[{row}] = {shown(column.iloc[row])} looks like {there}, the rows before like {names[units[0]]}: "
            f"allowed is one unit of time"
        )
    if units[0] == 0:
        return _plain(name, values, missing, present, time_unit)
    unit = list(_EPOCHS)[units[0] - 1]
    if time_unit not in (None, unit):
        raise ValueError(f"time_unit = {time_unit!r} does not fit {name}, whose numbers are {unit} since 1970")
    if np.max(present) * SECONDS[unit] >= _LAST:
        raise ValueError(f"{name} reaches {shown(present.max().item())}: allowed are times before the year 2262")
    ticks = _nanoseconds(np.where(missing, 0, values), unit)
    return Moments(ticks, missing, 1e-9, True, f"Times were read as {unit} since 1970 (UTC).")


def _sizes(values: NDArray[Any]) -> NDArray[np.int64]:
    """For each number, 0 if it is no date, else which of the units since 1970 its size means."""
    return np.searchsorted(list(_EPOCHS.values()), values.astype(np.float64), side="right").astype(np.int64)


def _plain(
    name: str, values: NDArray[Any], missing: NDArray[np.bool_], present: NDArray[Any], time_unit: str | None
) -> Moments:
    if time_unit is None:
        raise ValueError(
            f"{name} has numbers from {present.min():.12g} to {present.max():.12g}, which count what? "
            f"Say time_unit, one of {', '.join(SECONDS)}"
        )
    ticks = np.where(missing, 0, values).astype(np.float64)
    return Moments(ticks, missing, SECONDS[time_unit], False, f"Times were read as {time_unit}.")


def _nanoseconds(values: NDArray[Any], unit: str) -> NDArray[np.int64]:
    """Times since 1970; whole numbers stay exact, and so does the whole part of fractions."""
    each = round(SECONDS[unit] * 1e9)
    whole = np.floor(values).astype(np.int64)
    return whole * each + np.rint((values - whole) * each).astype(np.int64)
