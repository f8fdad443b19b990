"""Compare a student's results with right ones, and name the mistake that explains a wrong one."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from defi_lib.validation import Amount

#: Answers this close to the right one are right (relative): rounding in another order is no mistake.
TOLERANCE = 1e-6

#: A right result, or that of a mistake: a number, several, or an array.
Result: TypeAlias = Amount | tuple[Amount, ...]


class Part(NamedTuple):
    """One thing that was tested: what it is worth, and what is wrong (nothing if it is right)."""

    points: float
    mistake: str = ""

    def said(self, mistake: str) -> Part:
        """The same; if it is wrong, in these words."""
        return self._replace(mistake=mistake) if self.mistake else self


class Unanswered(Exception):  # noqa: N818 - no error
    """The answer is still the stub."""


class Misshapen(Exception):  # noqa: N818 - no error
    """The answer is something else than the question asks for."""


def equal(
    points: float,
    function: Any,
    arguments: tuple[float | Sequence[float], ...],
    right: Result,
    mistakes: Mapping[str, Result] | None = None,
    item: int | None = None,
    tolerance: float = TOLERANCE,
) -> Part:
    """A student's function must return ``right``; a result that a usual mistake gives is answered with its name.

    Args:
        points: of this part.
        function: the student's, as it was handed to the check.
        arguments: what it is called with.
        right: the right result.
        mistakes: what to say → the result that tells this mistake.
        item: compare only this item of the tuple that the function returns.
        tolerance: how close is close enough (relative), where an answer is found by trying.
    """
    result = function(*arguments)
    where = f"`{function.said(arguments)}`"
    if item is not None:
        result = _item(result, item, where)
        where += f", value {item + 1},"
    return matches(points, where, result, right, mistakes, tolerance)


def matches(
    points: float,
    what: str,
    got: Any,
    right: Result,
    mistakes: Mapping[str, Result] | None = None,
    tolerance: float = TOLERANCE,
) -> Part:
    """A student's result ``got`` must be ``right``; ``what`` says in a few words what it is.

    What is right is right, also where a mistake gives the same: such a mistake need not be taken out.
    """
    numbers = numbers_of(got, what, np.asarray(right, dtype=float).shape)
    if _close(numbers, right, tolerance):
        return Part(points)
    for mistake, wrong in (mistakes or {}).items():
        if _close(numbers, wrong, tolerance):
            return Part(points, mistake)
    return Part(
        points,
        f"{what} should be {_written(right)}; yours gives {_written(numbers)}." + _near(numbers, right, tolerance),
    )


def holds(points: float, condition: bool, otherwise: str) -> Part:
    """A property that must hold, and what to say if it does not."""
    return Part(points, "" if condition else otherwise)


def together(points: float, *parts: Part) -> Part:
    """Several cases that count only together: so that no answer which never changes is right in one of them."""
    return Part(points, next((part.mistake for part in parts if part.mistake), ""))


def round_number(rng: np.random.Generator, low: float, high: float) -> float:
    """A random number between two positive bounds, evenly on the logarithmic scale, with three digits: easy to read."""
    return float(f"{math.exp(rng.uniform(math.log(low), math.log(high))):.3g}")


def four_cases(rng: np.random.Generator) -> list[int]:
    """Four of the numbers 0 to 15 in which each of the four binary digits is 0 twice and 1 twice.

    Where each digit switches a property of a case, no answer that suits one side of it suits all four.
    """
    digits, last = rng.permutation([0, 3, 5, 6]) ^ (7 * int(rng.integers(2))), rng.permutation([0, 0, 8, 8])
    return [int(each) for each in digits + last]


def _item(result: Any, item: int, where: str) -> Any:
    try:
        return tuple(result)[item]
    except (TypeError, IndexError):
        raise Misshapen(f"{where} should return at least {item + 1} values, separated by commas.") from None


def entries_of(answer: Any, said: str, names: Sequence[str], strange: str = "there is no {}") -> dict[str, Any]:
    """A student's result as a dictionary with just these names, or a sentence on what else it is.

    ``strange`` says of a name too many what it is.
    """
    if not isinstance(answer, dict):
        raise Misshapen(f"{said} should return a dictionary, but it is {str(answer)[:60]!r}.")
    missing, unknown = [name for name in names if name not in answer], [name for name in answer if name not in names]
    if missing or unknown:
        wrong = f"{missing[0]!r} is missing" if missing else strange.format(repr(str(unknown[0])[:20]))
        raise Misshapen(f"In what {said} returns, {wrong}: it has {', '.join(names)}.")
    return answer


def numbers_of(result: Any, where: str, shape: tuple[int, ...]) -> np.ndarray:
    """A student's result as numbers of this shape, or a sentence on what else it is."""
    if result is ...:
        raise Unanswered(f"{where} is not filled in.")
    refuse_text(result, where)
    try:
        if any(each is None for each in np.asarray(result).flat):
            raise TypeError
        numbers = np.asarray(result, dtype=float)
    except (TypeError, ValueError):
        raise Misshapen(f"{where} should be made of numbers, but it is {str(result)[:60]!r}.") from None
    if numbers.shape != shape:
        count = math.prod(shape)
        raise Misshapen(f"{where} should be {count} number{'s' * (count > 1)}, but it is {str(result)[:60]!r}.")
    return numbers


def refuse_text(result: Any, where: str) -> None:
    """A text is no number, even if it looks like one; nor is one in a list."""
    if isinstance(result, (tuple, list)):
        for each in result:
            refuse_text(each, where)
    elif isinstance(result, dict):
        refuse_text(list(result.values()), where)
    elif isinstance(result, (str, bytes)) and _looks_like_a_number(result):
        raise Misshapen(f"{where} gives the text {str(result)[:60]!r}, not a number: leave out the quotation marks.")


def _looks_like_a_number(text: str | bytes) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _near(got: np.ndarray, wanted: Result, tolerance: float) -> str:
    """A word to those who rounded."""
    if not _close(got, wanted, max(100 * tolerance, 0.001)):
        return ""
    return f" That is close, but more than {100 * tolerance:g} % off: round nothing on the way."


def _close(got: np.ndarray, wanted: Result, tolerance: float) -> bool:
    return bool(np.allclose(got, np.asarray(wanted, dtype=float), rtol=tolerance, atol=1e-12))


def _written(value: Result) -> str:
    return ", ".join(f"{float(each):.6g}" for each in np.atleast_1d(np.asarray(value)))
