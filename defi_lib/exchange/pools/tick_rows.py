"""A snapshot of ticks, as a subgraph or a node exports it, read and checked.

A row is a tick, the net liquidity that is added when the price rises across it, and perhaps the gross liquidity of all
positions that begin or end there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from math import isfinite
from typing import Any, NamedTuple

from defi_lib.exchange.pools.tick_map import Rung
from defi_lib.exchange.pools.ticks import MAX_TICK, MIN_TICK
from defi_lib.rounding import same

#: What the columns are called: here, in contracts, and in subgraphs.
_NAMES = {
    "tick": ("tick", "tickIdx", "tick_idx"),
    "liquidity_net": ("liquidity_net", "liquidityNet"),
    "liquidity_gross": ("liquidity_gross", "liquidityGross"),
}


class TickRow(NamedTuple):
    """What is known of one tick; whole numbers stay whole."""

    liquidity_gross: float | int
    liquidity_net: float | int
    fee_growth_outside_x128: tuple[Any, Any] = (0, 0)


def read_rows(ticks: Any) -> dict[int, TickRow]:
    """The rows of a snapshot in rising order of the ticks.

    Args:
        ticks: a list of ``(tick, liquidity_net)`` or ``(tick, liquidity_net, liquidity_gross)`` or of dictionaries, a
            mapping from the tick to its net liquidity, to a dictionary or to a ``Tick``, or a DataFrame. Numbers may be
            text, as in a subgraph's answer. Without gross liquidity, it is the least possible, ``|net|``. Rows on
            which nothing begins or ends are left out.

    Raises:
        ValueError: what is no such row, no number, or twice the same tick.

    >>> read_rows([{"tickIdx": "60", "liquidityNet": "-5"}, {"tickIdx": "-60", "liquidityNet": "5"}])[60].liquidity_net
    -5
    """
    rows: dict[int, TickRow] = {}
    for name, tick, row in _entries(ticks):
        number = _number(f"{name}: tick", tick)
        if number != int(number):
            raise ValueError(f"{name}: tick = {tick!r} is outside the allowed range: whole numbers")
        if int(number) in rows:
            raise ValueError(f"{name}: tick = {tick!r} is there twice: allowed is one row for each tick")
        known = row if isinstance(row, TickRow) else _row(name, row)
        if known is not None:
            rows[int(number)] = known
    return {tick: rows[tick] for tick in sorted(rows)}


def float_rungs(
    rows: Mapping[int, TickRow], spacing: int, outside: Mapping[int, tuple[Any, Any]], units: Any
) -> dict[int, Rung]:
    """What a pool in floats keeps for each tick; ``units`` turns liquidity into the whole numbers that it sums.

    Liquidity that is 0 to within rounding is 0: a table of floats does not add up to the last digit.

    Raises:
        ValueError: a tick that no position can have, or liquidity that is negative or never ends.
    """
    rungs, before, most = {}, 0, 0.0
    for tick, (gross, net, fees) in rows.items():
        if not MIN_TICK <= tick <= MAX_TICK or tick % spacing:
            raise ValueError(
                f"tick in ticks = {tick} is not allowed: multiples of the tick spacing {spacing} from {MIN_TICK} to "
                f"{MAX_TICK} are"
            )
        if gross < abs(net) and not same(float(gross), float(abs(net))):
            raise ValueError(f"ticks[{tick}].liquidity_gross = {gross} is outside the allowed range [{abs(net)}, inf)")
        above = before + units(net)
        most, here = max(most, abs(net), _ratio(above, units)), _ratio(above, units)
        if same(here, 0.0, scale=float(most)):
            above = 0
        if above < 0:
            raise ValueError(f"liquidity above tick {tick} = {here} is outside the allowed range [0, inf)")
        rungs[tick] = Rung(units(gross), above - before, outside.get(tick, fees))
        before = above
    if before:
        raise ValueError(
            f"liquidity above tick {tick} = {here} is outside the allowed range: 0 above the last tick, or a tick is "
            "missing"
        )
    return rungs


def _ratio(above: int, units: Any) -> float:
    return above / units(1)


def _entries(ticks: Any) -> Iterator[tuple[str, Any, Any]]:
    """Name, tick and the rest of each row."""
    if hasattr(ticks, "columns") and hasattr(ticks, "to_dict"):
        ticks = (ticks if _column(ticks.columns, "tick") else ticks.reset_index()).to_dict("records")
    if isinstance(ticks, Mapping):
        yield from ((f"ticks[{tick!r}]", tick, row) for tick, row in ticks.items())
        return
    if isinstance(ticks, str) or not hasattr(ticks, "__iter__"):
        raise ValueError(f"ticks = {ticks!r} is no table: allowed are rows of tick and net liquidity")
    for i, row in enumerate(ticks):
        if isinstance(row, Mapping):
            column = _column(row, "tick")
            if column is None:
                raise ValueError(f"ticks[{i}] has no tick: allowed are the names {', '.join(_NAMES['tick'])}")
            yield f"ticks[{i}]", row[column], row
        elif isinstance(row, str) or not hasattr(row, "__len__") or len(row) not in (2, 3):
            raise ValueError(f"ticks[{i}] = {row!r} is no row: allowed are (tick, net liquidity[, gross liquidity])")
        else:
            yield f"ticks[{i}]", row[0], dict(zip(("liquidity_net", "liquidity_gross"), row[1:], strict=False))


def _row(name: str, row: Any) -> TickRow | None:
    """One row, or nothing if nothing begins or ends there."""
    if isinstance(row, tuple) and len(row) == 3:  # a Tick of either pool
        return TickRow(*row)
    if not isinstance(row, Mapping):
        row = {"liquidity_net": row}
    columns = {key: _column(row, key) for key in ("liquidity_net", "liquidity_gross")}
    if columns["liquidity_net"] is None:
        raise ValueError(f"{name} has no net liquidity: allowed are the names {', '.join(_NAMES['liquidity_net'])}")
    net = _number(f"{name}.liquidity_net", row[columns["liquidity_net"]])
    known = columns["liquidity_gross"] is not None
    gross = _number(f"{name}.liquidity_gross", row[columns["liquidity_gross"]]) if known else abs(net)
    return TickRow(gross, net) if net or gross else None


def _column(names: Any, wanted: str) -> Any | None:
    return next((name for name in _NAMES[wanted] if name in names), None)


def _number(name: str, value: Any) -> float | int:
    """A number, which may be text; a whole number stays exact."""
    try:
        exact = Decimal(value.strip()) if isinstance(value, str) else value
        if isinstance(exact, bool) or not isfinite(exact):
            raise ValueError
        return int(exact) if exact == int(exact) and not isinstance(exact, float) else float(exact)
    except (TypeError, ValueError, ArithmeticError):
        raise ValueError(f"{name} = {value!r} is not a finite number") from None
