"""A run over time: one immutable state after the other, and what is recorded of them."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from defi_lib.validation import Amount, increasing, non_negative, prices_of

State = TypeVar("State")


class Moment(NamedTuple):
    """Where a run stands."""

    number: int  #: 0 at the start
    time: float  #: in the unit of ``times``
    elapsed: float  #: since the moment before; 0 at the start
    price: Any  #: the price now, one number, or an array with one per scenario; ``None`` in a run without prices


class Run(NamedTuple, Generic[State]):
    """What a run leaves behind."""

    state: State  #: at the end
    times: NDArray[np.float64]
    records: dict[str, NDArray[Any]]  #: what was recorded, by name, time along the first axis

    def __getitem__(self, key: Any) -> Any:
        """``run["name"]`` is ``run.records["name"]``."""
        return self.records[key] if isinstance(key, str) else tuple(self)[key]


def run(
    state: State,
    step: Callable[[State, Moment], State],
    times: Amount,
    prices: Iterable[Any] | None = None,
    record: Callable[[State, Moment], Mapping[str, Any]] | None = None,
) -> Run[State]:
    """Lead ``state`` from the first of ``times`` to the last, one step for each time after the first.

    Args:
        state: at the first time; immutable, with arrays for many scenarios. What is recorded of it is copied then, so
            that a state that is changed in place all the same does not change its records.
        step: from the state and the moment that has come to the state then.
        times: increasing, in any unit.
        prices: one entry >= 0 for each time: an array whose first axis is time, a stream of
            :mod:`defi_lib.simulation.prices`, or a pandas Series or DataFrame, whose rows are times.
        record: from state and moment to named numbers or arrays; called at every time, the first included.

    Raises:
        ValueError: times that do not increase, prices that do not fit them or are no finite numbers >= 0, or records
            whose names change.
    """
    moments = increasing("times", times)
    quotes = iter(prices_of(prices)) if prices is not None else None
    recorded: dict[str, list[Any]] = {}
    before = float(moments[0])
    for number, time in enumerate(moments.tolist()):
        price = None if quotes is None else _next_price(quotes, number, len(moments))
        moment = Moment(number, time, time - before, price)
        before = time
        if number:
            state = step(state, moment)
        if record is not None:
            _keep(recorded, record(state, moment), number)
    if quotes is not None and next(quotes, None) is not None:
        raise ValueError(f"prices has more entries than the {len(moments)} times: allowed is one for each time")
    return Run(state, moments, {name: stacked(column) for name, column in recorded.items()})


def stacked(entries: Sequence[Any]) -> NDArray[Any]:
    """The entries along a new first axis; whole numbers have 64 bits, where Python's have 32 in an array too."""
    result = np.stack(np.broadcast_arrays(*entries))
    return result.astype(np.int64, copy=False) if result.dtype == np.dtype(int) else result


def _next_price(quotes: Any, number: int, count: int) -> Any:
    try:
        price = next(quotes)
    except StopIteration:
        raise ValueError(f"prices has {number} entries for {count} times: allowed is one for each time") from None
    if isinstance(price, float):
        good = 0.0 <= price < np.inf
    else:  # two passes over a large array, against four of the general check
        good = type(price) is np.ndarray and price.dtype == np.float64 and price.size > 0
        good = good and price.min() >= 0.0 and price.max() < np.inf
    if not good:
        non_negative(f"prices[{number}]", price)
    return price


def _keep(recorded: dict[str, list[Any]], observed: Mapping[str, Any], number: int) -> None:
    if number and observed.keys() != recorded.keys():
        raise ValueError(f"record gave {sorted(observed)} at step {number}, but {sorted(recorded)} before: keep names")
    for name, value in observed.items():
        recorded.setdefault(name, []).append(_taken(value))


def _taken(value: Any) -> Any:
    """``value`` as it is now, whatever becomes of the state that it belongs to."""
    if isinstance(value, (float, int, str, np.generic)):
        return value
    array = np.array(value)
    return copy.deepcopy(array) if array.dtype == object else array
