"""Parameter sweeps: one function at every point of a grid, on one core, many cores or a cluster."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import product
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeAlias

from numpy.typing import NDArray

from defi_lib.frozen import FrozenDict
from defi_lib.simulation.running import stacked
from defi_lib.validation import at_least, shown

if TYPE_CHECKING:
    import pandas as pd

#: A sweep that takes longer than this shows how far it has come (seconds).
SHOW_AFTER = 1.0

_Calls: TypeAlias = Generator[Callable[[], Any], None, None]


class SweepError(RuntimeError):
    """The function of a sweep failed; ``parameters`` says where, ``__cause__`` why."""

    def __init__(self, message: str, parameters: Mapping[str, Any]) -> None:
        super().__init__(message, parameters)
        self.parameters = dict(parameters)

    def __str__(self) -> str:
        return self.args[0]


@dataclass(frozen=True)
class Sweep:
    """Results of a sweep, in the order of the grid: the last parameter changes fastest."""

    grid: Mapping[str, tuple[Any, ...]]  #: the values of each parameter
    results: tuple[Any, ...]  #: what the function returned, one entry for each point

    def __post_init__(self) -> None:
        object.__setattr__(self, "grid", FrozenDict(self.grid))

    @property
    def points(self) -> list[dict[str, Any]]:
        """The parameters of each result."""
        return list(_points(self.grid))

    def array(self, name: str | None = None) -> NDArray[Any]:
        """The results (or those called ``name``) as an array with one axis for each parameter.

        Raises:
            ValueError: a name that the results do not have.
        """
        if name is not None:
            missing = [result for result in self.results if not isinstance(result, Mapping) or name not in result]
            if missing:
                raise ValueError(f"name = {name!r} is not in the results: they are like {shown(missing[0])}")
        values = [result if name is None else result[name] for result in self.results]
        shape = tuple(len(choices) for choices in self.grid.values())
        together = stacked(values)
        return together.reshape(shape + together.shape[1:])

    def frame(self) -> pd.DataFrame:
        """One row for each point: its parameters, then its named results (or one column ``result``).

        A result with the name of a parameter stands in a column of its own: ``"fee (result)"`` beside ``"fee"``.

        Raises:
            ValueError: results whose names are not the same at every point.
        """
        import pandas as pd

        named = [dict(result) if isinstance(result, Mapping) else {"result": result} for result in self.results]
        for point, result in zip(self.points, named, strict=True):
            if result.keys() != named[0].keys():
                raise ValueError(
                    f"results have the names {shown(list(result))} at {_in_words(point)}, "
                    f"but {shown(list(named[0]))} at first: allowed are the same names at every point"
                )
        columns = {name: _free(name, self.grid, named[0]) for name in named[0]}
        rows = [{columns[name]: value for name, value in result.items()} for result in named]
        return pd.DataFrame([{**point, **row} for point, row in zip(self.points, rows, strict=True)])


def sweep(
    function: Callable[..., Any],
    grid: Mapping[str, Iterable[Any]],
    executor: Executor | Any = None,
    progress: bool = True,
    *,
    batch: int = 1,
) -> Sweep:
    """Call ``function(**parameters)`` at every point of the grid.

    Args:
        function: returns a number, an array, or a mapping from names to these. With randomness, let it build its
            generator from a seed among the parameters: the same seed at every point compares like with like.
        grid: the values of each parameter; every combination is a point.
        executor: where to call it: any ``concurrent.futures.Executor``, or a Dask client. A pool of processes needs a
            function that is defined in a module. By default, here.
        progress: show a bar if the sweep takes longer than a second (and tqdm is installed).
        batch: how many points an executor gets at once, >= 1. To send one costs a pool of processes about 0.1 ms and a
            cluster about 1 ms: let a batch take much longer than that.

    Raises:
        ValueError: a grid without parameters, a parameter without values, or a batch below 1.
        SweepError: the function failed; it carries the parameters, and the error as its cause.

    >>> sweep(lambda fee, volume: fee * volume, {"fee": [0.003, 0.01], "volume": [1e3, 1e6]}).results
    (3.0, 3000.0, 10.0, 10000.0)
    """
    choices = {name: _choices(name, values) for name, values in grid.items()}
    if not choices:
        raise ValueError("grid is empty: allowed is at least one parameter with its values")
    points = list(_points(choices))
    at_least("batch", batch, 1)
    if hasattr(executor, "get_executor"):  # a Dask client
        executor = executor.get_executor()
    calls = _here(function, points) if executor is None else _there(function, points, executor, batch)
    results = []
    with closing(calls), _Progress(len(points), progress) as bar:
        for call, point in zip(calls, points, strict=True):
            try:
                results.append(call())
            except Exception as error:
                raise SweepError(f"failed at {_in_words(point)}: {type(error).__name__}: {error}", point) from error
            bar.advance()
    return Sweep(choices, tuple(results))


def _in_words(point: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} = {shown(value)}" for name, value in point.items())


def _free(name: str, parameters: Mapping[str, Any], results: Mapping[str, Any]) -> str:
    """The name of a column for the result ``name``, which no parameter and no other result has."""
    column = name
    while column in parameters or (column != name and column in results):
        column += " (result)"
    return column


def _choices(name: str, values: Iterable[Any]) -> tuple[Any, ...]:
    if hasattr(values, "columns"):
        raise ValueError(
            f"grid[{name!r}] = {shown(values)} is a table, of which columns or rows may be meant: "
            f"allowed is a list of values, such as list(table.to_numpy())"
        )
    if isinstance(values, str) or not isinstance(values, Iterable) or not (choices := tuple(values)):
        raise ValueError(f"grid[{name!r}] = {shown(values)} is no list of values: allowed is at least one value")
    return choices


def _points(grid: Mapping[str, tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
    return (dict(zip(grid, values, strict=True)) for values in product(*grid.values()))


def _call(function: Callable[..., Any], point: dict[str, Any]) -> Any:
    return function(**point)


def _call_all(function: Callable[..., Any], points: list[dict[str, Any]]) -> tuple[list[Any], Exception | None]:
    """The results up to the first failure, and the failure."""
    results: list[Any] = []
    for point in points:
        try:
            results.append(function(**point))
        except Exception as error:
            if not results:
                raise  # the executor brings it home with all its marks
            error.add_note(traceback.format_exc())
            return results, error
    return results, None


def _outcome(future: Future[Any], number: int) -> Any:
    results, error = future.result()
    if number < len(results):
        return results[number]
    raise error


def _here(function: Callable[..., Any], points: list[dict[str, Any]]) -> _Calls:
    yield from (partial(_call, function, point) for point in points)


def _there(function: Callable[..., Any], points: list[dict[str, Any]], executor: Executor, batch: int) -> _Calls:
    parts = [points[start : start + batch] for start in range(0, len(points), batch)]
    # The parameters go as one argument: a parameter may be called like an option of the executor.
    futures = [executor.submit(_call_all, function, part) for part in parts]
    try:
        for future, part in zip(futures, parts, strict=True):
            yield from (partial(_outcome, future, number) for number in range(len(part)))
    finally:
        # After a failure the rest need not be computed.
        for future in futures:
            future.cancel()


class _Progress:
    """A progress bar that appears, and is imported, only when the work turns out to be long."""

    def __init__(self, total: int, wanted: bool) -> None:
        self.total, self.wanted = total, wanted
        self.done = 0
        self.start = monotonic()
        self.bar: Any = None

    def __enter__(self) -> _Progress:
        return self

    def advance(self) -> None:
        self.done += 1
        if self.bar is not None:
            self.bar.update()
        elif self.wanted and self.done < self.total and monotonic() - self.start > SHOW_AFTER:
            self.bar = self._shown()

    def _shown(self) -> Any:
        try:
            from tqdm.auto import tqdm
        except ImportError:
            self.wanted = False
            return None
        return tqdm(total=self.total, initial=self.done, leave=False)

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.close()
