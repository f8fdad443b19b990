"""Checks of arguments: every error names the argument, its value and the allowed range.

A scalar comes back as ``float``, anything else as a ``float64`` array; neither is ever clipped. For an
array the error names the first offending index. Plain floats and arrays of them take a short path, because a swap
spends most of its time here. A pandas Series counts as its values, in their order; a DataFrame is refused,
since nothing says whether its rows or its columns are meant. Messages show a few entries, however many there are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import wraps
from inspect import signature
from math import inf
from numbers import Real
from reprlib import Repr
from typing import Any, ParamSpec, TypeAlias, TypeGuard, TypeVar

import numpy as np
from numpy.typing import NDArray

#: How many entries of an array or a list a message shows, and how many letters of a text.
_ENTRIES, _LETTERS = 6, 80

_FLOAT = np.dtype(np.float64)

P = ParamSpec("P")
R = TypeVar("R")

#: A quantity: one number, or an array with one number per scenario.
Amount: TypeAlias = float | NDArray[np.float64]

#: Largest whole number of an ``int64``.
INT64_MAX = 2**63 - 1

#: A whole quantity, exact: one number, or an array with one number per scenario.
Whole: TypeAlias = int | NDArray[np.int64]


def positive(name: str, value: Amount) -> Amount:
    """``value`` if it is finite and > 0 everywhere."""
    if type(value) is float and 0.0 < value < inf:
        return value
    if _is_floats(value) and ((value > 0.0) & (value < inf)).all():
        return value
    return _checked(name, value, 0.0, inf, "(0, inf)", low_open=True)


def non_negative(name: str, value: Amount) -> Amount:
    """``value`` if it is finite and >= 0 everywhere."""
    if type(value) is float and 0.0 <= value < inf:
        return value
    if _is_floats(value) and ((value >= 0.0) & (value < inf)).all():
        return value
    return _checked(name, value, 0.0, inf, "[0, inf)")


def non_negative_or_infinite(name: str, value: Amount) -> Amount:
    """``value`` if it is >= 0 everywhere, for a limit that may be missing: infinity is no limit."""
    array = _numbers(name, value)
    if not np.all(array >= 0.0):
        raise ValueError(f"{_offender(name, array, array >= 0.0)} is outside the allowed range [0, inf]")
    return float(array) if array.ndim == 0 else array


def finite(name: str, value: Amount) -> Amount:
    """``value`` if it is finite everywhere."""
    if type(value) is float and -inf < value < inf:
        return value
    if _is_floats(value) and np.isfinite(value).all():
        return value
    return _checked(name, value, -inf, inf, "(-inf, inf)")


def one_number(name: str, value: Amount) -> float:
    """``value`` as a ``float`` if it is one number, for an argument that may not be an array."""
    if np.ndim(value):
        raise ValueError(f"{name} has shape {np.shape(value)}: allowed is one number")
    return float(value)


def ratio(name: str, value: Amount) -> Amount:
    """``value`` if it lies in [0, 1) everywhere, as a fee must."""
    if type(value) is float and 0.0 <= value < 1.0:
        return value
    if _is_floats(value) and ((value >= 0.0) & (value < 1.0)).all():
        return value
    return _checked(name, value, 0.0, 1.0, "[0, 1)", high_open=True)


def between(
    name: str,
    value: Amount | Whole,
    low: Amount | Whole,
    high: Amount | Whole,
    *,
    low_open: bool = False,
    high_open: bool = False,
) -> Amount:
    """``value`` if it lies between ``low`` and ``high``, which may be arrays too."""
    if type(value) is float and type(low) is float and type(high) is float:
        if low < value < high or (-inf < value == low < high and not low_open):
            return value
        if low < value == high < inf and not high_open:
            return value
    value = _numbers(name, value)
    broadcastable(**{name: value, "its lower bound": low, "its upper bound": high})
    left, right = "(" if low_open else "[", ")" if high_open else "]"
    range_text = f"{left}{_short(low)}, {_short(high)}{right}"
    return _checked(name, value, low, high, range_text, low_open=low_open, high_open=high_open)


def token(name: str, value: int, count: int) -> int:
    """``value`` if it is the position of one of ``count`` tokens."""
    if type(value) is int and 0 <= value < count:
        return value
    if isinstance(value, np.integer) and 0 <= value < count:
        return int(value)
    raise ValueError(f"{name} = {shown(value)} is no token of this pool: allowed are the integers 0 to {count - 1}")


def token_pair(token_in: int, token_out: int, count: int, names: tuple[str, str] = ("token_in", "token_out")) -> None:
    """Two different tokens of a pool of ``count``; ``names`` are what the caller's arguments are called."""
    if (
        type(token_in) is type(token_out) is int
        and 0 <= token_in != token_out >= 0
        and max(token_in, token_out) < count
    ):
        return
    token(names[0], token_in, count)
    token(names[1], token_out, count)
    if token_in == token_out:
        raise ValueError(f"{names[1]} = {token_out} equals {names[0]}: allowed is any other token of the pool")


def per_token(
    name: str, values: Sequence[Amount], count: int | None, check: Callable[[str, Amount], Amount]
) -> tuple[Amount, ...]:
    """One valid amount for each of ``count`` tokens, or of two or more; ``check`` is one of the functions above."""
    allowed = "2 or more entries" if count is None else f"exactly {count} entries"
    try:
        entries = len(values)
    except TypeError:
        raise ValueError(f"{name} = {shown(values)} is one number: allowed are {allowed}, one per token") from None
    if entries != count and (count is not None or entries < 2):
        raise ValueError(f"{name} has {entries} entries: allowed are {allowed}, one per token")
    return tuple(check(f"{name}[{i}]", value) for i, value in enumerate(values))


def at_least(name: str, value: int, low: int) -> int:
    """``value`` if it is an integer >= ``low``."""
    if isinstance(value, (int, np.integer)) and not isinstance(value, bool) and value >= low:
        return int(value)
    raise ValueError(f"{name} = {shown(value)} is outside the allowed range: an integer >= {low}")


def sizes(name: str, value: int | Sequence[int]) -> tuple[int, ...]:
    """The shape of an array: one integer >= 0, or several in a list or tuple."""
    return tuple(at_least(name, size, 0) for size in (value if isinstance(value, (list, tuple)) else (value,)))


def integer(name: str, value: int, low: int, high: int) -> int:
    """``value`` if it is one integer in [low, high], however large; a float does not count, since it may be rounded."""
    if isinstance(value, (int, np.integer)) and not isinstance(value, bool) and low <= value <= high:
        return int(value)
    raise ValueError(f"{name} = {shown(value)} is outside the allowed range: an integer from {low} to {high}")


def whole(name: str, value: Whole, low: int = 0, high: int = INT64_MAX) -> Whole:
    """``value`` if it is a whole number in [low, high] everywhere: an ``int``, else an ``int64`` array.

    Where ``high`` is above 2⁶³ − 1, an array with numbers above it comes back as Python integers (``object``).
    A float counts if it is whole and below 2⁵³, so that 30e6 may be written for 30,000,000.
    """
    if type(value) is int and low <= value <= high:
        return value
    array = _array(name, value)
    if array.dtype.kind == "f" and np.all((array == np.trunc(array)) & (np.abs(array) < 2**53)):
        array = array.astype(np.int64)
    if array.dtype == object and all(isinstance(entry, int) and not isinstance(entry, bool) for entry in array.flat):
        small = bool(np.all((array >= -INT64_MAX) & (array <= INT64_MAX)))
        array = array.astype(np.int64) if small else array
        if not small and np.all((array >= low) & (array <= high)):
            return int(array.item()) if array.ndim == 0 else array
    if array.dtype.kind not in "iu" or not np.all((array >= low) & (array <= high)):
        numbers = _numbers(name, value)
        good = (numbers >= low) & (numbers <= high) & (numbers == np.trunc(numbers))
        where = f"{name} = {shown(value)}" if np.all(good) else _offender(name, numbers, good)
        raise ValueError(f"{where} is outside the allowed range: whole numbers from {low} to {high}")
    if array.ndim == 0:
        return int(array)
    return array.astype(np.int64 if array.dtype.kind == "i" or np.all(array <= INT64_MAX) else object, copy=False)


def one_of(name: str, value: str, allowed: Sequence[str]) -> str:
    """``value`` if it is one of the allowed words; the error names the first of them."""
    if value in allowed:
        return value
    words, more = list(allowed), len(allowed) - 12
    listing = ", ".join(map(repr, words[:12])) + (f" and {more} more" if more > 0 else "")
    raise ValueError(f"{name} = {shown(value)} is not allowed: choose one of {listing}")


def broadcastable(**values: Amount | Whole) -> tuple[int, ...]:
    """The common shape of the named values; an error that names them all if there is none."""
    common: tuple[int, ...] = ()
    for value in values.values():
        shape = () if type(value) is float else np.shape(value)
        if shape and shape != common:
            if common:
                break
            common = shape
    else:
        return common
    shapes = {name: np.shape(value) for name, value in values.items()}
    try:
        return np.broadcast_shapes(*shapes.values())
    except ValueError:
        listing = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        raise ValueError(f"shapes do not fit together: {listing}; allowed are equal shapes or scalars") from None


def increasing(name: str, values: Amount) -> NDArray[np.float64]:
    """``values`` as an array, if there is at least one and each is greater than the one before, as times must be."""
    array = np.atleast_1d(finite(name, values))
    if array.ndim != 1 or array.size == 0:
        raise ValueError(f"{name} has shape {array.shape}: allowed is a list of at least one number")
    rising = np.diff(array) > 0
    if not np.all(rising):
        where = int(np.argmin(rising)) + 1
        raise ValueError(
            f"{name}[{where}] = {array[where]:.12g} is not after {array[where - 1]:.12g}: {name} must increase"
        )
    return array


def prices_of(prices: Any, name: str = "prices") -> Any:
    """What to iterate over for one entry per time: the rows of a DataFrame, the values of a Series, all else as it is.

    Args:
        prices: time along the first axis: an array, a list, a stream, or a pandas object; if its index has numbers or
            dates, they must increase.
        name: what errors call it.

    Raises:
        ValueError: a mapping, whose keys would be read as prices, or a pandas object that is not in the order of time.

    >>> list(prices_of([1.0, 2.0]))
    [1.0, 2.0]
    """
    if hasattr(prices, "index") and hasattr(prices, "to_numpy"):
        index = prices.index
        if index.dtype.kind in "iufM" and not index.is_monotonic_increasing:
            raise ValueError(
                f"{name} = {shown(prices)} is not in the order of time: sort its index first (.sort_index())"
            )
        return prices.to_numpy()
    if hasattr(prices, "keys"):
        raise ValueError(f"{name} = {shown(prices)} is a mapping: allowed are prices in the order of time")
    return prices


def fulfilled(name: str, value: Amount, good: NDArray[np.bool_] | np.bool_ | bool, allowed: str) -> Amount:
    """``value`` if ``good`` everywhere, for a limit that is no interval; ``allowed`` says it in words."""
    if not np.all(good):
        raise ValueError(f"{_offender(name, np.asarray(value), np.asarray(good))} is not possible: allowed {allowed}")
    return value


def plain(result: Amount) -> Amount:
    """``result`` as a plain ``float`` if it is one number, so that it prints as one."""
    return float(result) if np.ndim(result) == 0 else result


def representable(function: Callable[P, R]) -> Callable[P, R]:
    """``function``, which refuses arguments whose result no float can hold, instead of returning ``inf`` or NaN.

    For formulas of numbers, each in its range, whose squares or quotients may overflow; the result is one
    :data:`Amount` or a tuple of them. The error is a ``ValueError`` that names all arguments.

    >>> @representable
    ... def square(side):
    ...     return side**2
    >>> square(1e200)
    Traceback (most recent call last):
    ValueError: square(side = 1e+200) is beyond what a float can hold: allowed are arguments nearer to 1
    """
    parameters = signature(function)

    @wraps(function)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
                result = function(*args, **kwargs)
            parts: Any = result if isinstance(result, tuple) else (result,)
            if all(np.all(np.isfinite(part)) for part in parts):
                return result
        except (OverflowError, ZeroDivisionError):
            pass
        given = ", ".join(
            f"{name} = {shown(value)}" for name, value in parameters.bind(*args, **kwargs).arguments.items()
        )
        raise ValueError(
            f"{function.__name__}({given}) is beyond what a float can hold: allowed are arguments nearer to 1"
        ) from None

    return checked


def shown(value: Any) -> str:
    """``value`` as an error message may show it: whole if it is short, else its kind, its shape and its first entries.

    >>> shown(0.5), shown("sideways"), shown(list(range(10**6)))
    ('0.5', "'sideways'", '[0, 1, 2, 3, 4, 5, ...]')
    >>> shown(np.zeros((1000, 1000)))
    'ndarray of shape (1000, 1000): 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, ...'
    """
    table = hasattr(value, "iloc")
    if not table and not isinstance(value, np.ndarray):
        return _abbreviating.repr(value.item() if isinstance(value, np.generic) else value)
    shape = tuple(value.shape)
    size = int(np.prod(shape, dtype=np.int64))
    if not table and size <= _ENTRIES:
        return repr(value)
    few = value.iloc[:_ENTRIES] if table else value.flat[:_ENTRIES]
    entries = [_abbreviating.repr(entry) for entry in np.asarray(few).ravel()[:_ENTRIES].tolist()]
    more = ", ..." if size > len(entries) else ""
    return f"{type(value).__name__} of shape {shape}: {', '.join(entries)}{more}"


class _Abbreviating(Repr):
    """``repr`` that shows the first entries of a long list, also of one within another."""

    def __init__(self) -> None:
        super().__init__()
        for kind in ("list", "tuple", "dict", "set", "frozenset", "deque", "array"):
            setattr(self, f"max{kind}", _ENTRIES)
        self.maxlevel, self.maxstring, self.maxother = 3, _LETTERS, _LETTERS

    def repr1(self, x: Any, level: int) -> str:
        """The text of one object; arrays and Series have their own short form."""
        return shown(x) if isinstance(x, np.ndarray) or hasattr(x, "iloc") else super().repr1(x, level)

    def repr_int(self, x: int, level: int) -> str:
        """A number is shown whole, unless it has thousands of digits, for which ``repr`` would fail."""
        return repr(x) if abs(x) < 10**_LETTERS else f"an integer of {x.bit_length()} bits"


_abbreviating = _Abbreviating()


def _is_floats(value: object) -> TypeGuard[NDArray[np.float64]]:
    """Whether it is a plain array that needs no conversion; arrays of no dimension become floats elsewhere."""
    return type(value) is np.ndarray and value.dtype == _FLOAT and value.ndim > 0


def _checked(
    name: str,
    value: Amount | Whole,
    low: Amount | Whole,
    high: Amount | Whole,
    range_text: str,
    *,
    low_open: bool = False,
    high_open: bool = False,
) -> Amount:
    array = _numbers(name, value)
    above = array > low if low_open else array >= low
    below = array < high if high_open else array <= high
    good = above & below & np.isfinite(array)
    if not np.all(good):
        raise ValueError(f"{_offender(name, array, good)} is outside the allowed range {range_text}")
    return float(array) if array.ndim == 0 else array


def _numbers(name: str, value: object) -> NDArray[np.float64]:
    array = _array(name, value)
    try:
        if array.dtype.kind not in "fiubO":
            raise TypeError
        with np.errstate(over="ignore"):  # a long double that no float can hold: infinite, and refused for that
            if array.dtype == object:
                _refuse_other_objects(name, value, array)
            return array.astype(np.float64, copy=False)
    except (TypeError, OverflowError):
        raise ValueError(f"{name} = {shown(value)} is not a number or an array of numbers") from None


def _array(name: str, value: Any) -> NDArray[Any]:
    """``value`` as numpy reads it; an error where that would lose a mask, or guess what a table means."""
    if type(value) is np.ndarray:
        return value
    if hasattr(value, "columns") and hasattr(value, "to_numpy"):
        raise ValueError(
            f"{name} = {shown(value)} is a table: allowed is one number or an array of numbers; "
            f"choose a column, or say .to_numpy() if its rows are what the first axis means"
        )
    try:
        array = np.asarray(value)
    except ValueError:
        raise ValueError(f"{name} = {shown(value)} is not a number or an array of numbers") from None
    if isinstance(value, np.ma.MaskedArray):
        _refuse_masks(name, value)
    elif array.ndim > 1 and not isinstance(value, np.ndarray):
        for number, entry in enumerate(value):
            if isinstance(entry, np.ma.MaskedArray):
                _refuse_masks(f"{name}[{number}]", entry)
    return array


def _refuse_masks(name: str, value: np.ma.MaskedArray) -> None:
    mask = np.ma.getmaskarray(value)
    if np.any(mask):
        where = ", ".join(str(int(i)) for i in np.argwhere(mask)[0]) if mask.ndim else "()"
        raise ValueError(
            f"{name}[{where}] is masked: allowed are numbers only; fill the masked entries or leave them out"
        )


def _refuse_other_objects(name: str, value: object, array: NDArray[Any]) -> None:
    """Refuse what numpy could not read as numbers: ``None`` would become NaN, and ``"1"`` would become 1."""
    for number, entry in enumerate(array.flat):
        if not isinstance(entry, (Real, Decimal)):
            where = ", ".join(str(int(i)) for i in np.unravel_index(number, array.shape))
            place = f": {name}[{where}] = {shown(entry)}" if where else ""
            raise ValueError(f"{name} = {shown(value)} is not a number or an array of numbers{place}")


def _offender(name: str, array: NDArray[np.float64], good: NDArray[np.bool_]) -> str:
    shape = np.broadcast_shapes(array.shape, good.shape)
    if not shape:
        return f"{name} = {float(array):.12g}"
    # Scenarios by the million: only the first offender is looked for.
    where = tuple(int(i) for i in np.unravel_index(np.argmin(np.broadcast_to(good, shape)), shape))
    index = ", ".join(map(str, where))
    return f"{name}[{index}] = {float(np.broadcast_to(array, shape)[where]):.12g}"


def _short(bound: Amount | Whole) -> str:
    return f"{float(bound):.12g}" if np.ndim(bound) == 0 else "the matching bound per scenario"
