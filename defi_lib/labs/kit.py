"""What a lab is made of: questions, their checks, and one line of feedback.

A lab's module says what a right answer is; everything that can go wrong in a student's code is handled here::

    lab = Lab()
    check = lab.check

    @lab.question("double", points=2)
    def _double(rng, double):                      # rng, then the student's names that the question needs
        number = round_number(rng, 1, 100)
        yield equal(1, double, (number,), 2 * number, mistakes={"That is the square, not the double.": number**2})
        yield holds(1, double(0.0) == 0, "Nothing doubled is nothing.")

The points of a question are the sum of its parts. A part that raises, or never ends, earns nothing; those before it
count.
"""

from __future__ import annotations

import contextlib
import html
import inspect
import io
import math
import re
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from defi_lib.labs.deadline import TookTooLongError, deadline
from defi_lib.validation import Amount

#: Seconds that a check may take, the student's code included.
TIME_LIMIT = 5.0

#: Answers this close to the right one are right (relative): rounding in another order is no mistake.
TOLERANCE = 1e-6

Check: TypeAlias = Callable[..., "Iterator[Part]"]

#: A right result, or that of a mistake: a number, several, or an array.
Result: TypeAlias = Amount | tuple[Amount, ...]


class Part(NamedTuple):
    """One thing that was tested: what it is worth, and what is wrong (nothing if it is right)."""

    points: float
    mistake: str = ""


class Feedback(NamedTuple):
    """What a student sees. Its ``repr`` is the number of points: nbgrader reads partial credit from it."""

    status: str
    text: str
    points: float
    out_of: float
    repeat: str = ""

    def __repr__(self) -> str:
        """The points."""
        return f"{self.points:g}"

    def _repr_html_(self) -> str:
        symbol, colour = _LOOKS[self.status]
        repeat = f"<small>Again with the same numbers: <code>{html.escape(self.repeat)}</code></small>"
        verdict = f"<strong>{symbol} {self.status}</strong> ({self.points:g} of {self.out_of:g} points)."
        line = " ".join([verdict, _prose(self.text), repeat if self.repeat else ""]).rstrip()
        return f'<div role="status" style="border-left: 0.3em solid {colour}; padding: 0.3em 0.8em">{line}</div>'


#: Words between stars; not the stars of a product or a power.
_EMPHASIS = re.compile(r"(?<![\w*])\*(\w(?:[^*]*\w)?)\*(?![\w*])")

RIGHT, PARTLY, WRONG, UNANSWERED = "Right", "Partly right", "Not right yet", "Not answered yet"
RAISED, TOO_LONG = "Your code stopped with an error", "Your code took too long"

_LOOKS = {
    RIGHT: ("✓", "#009e73"),
    PARTLY: ("◐", "#e69f00"),
    WRONG: ("✗", "#d55e00"),
    UNANSWERED: ("○", "#999999"),
    RAISED: ("⚠", "#d55e00"),
    TOO_LONG: ("⌛", "#d55e00"),
}


class _Unanswered(Exception):  # noqa: N818 - no error
    """The answer is still the stub."""


class _Misshapen(Exception):  # noqa: N818 - no error
    """The answer is something else than the question asks for."""


class _Question(NamedTuple):
    points: float
    check: Check
    needs: dict[str, bool]  #: the student's names → is it a function?


class Lab:
    """The questions of one lab notebook."""

    def __init__(self) -> None:
        self.questions: dict[str, _Question] = {}

    def question(self, name: str, points: float) -> Callable[[Check], Check]:
        """Register a check: a generator of :class:`Part` that takes ``rng`` and then the student's names it needs.

        These are functions, except where the parameter is annotated with ``float``: there the student gives a number.
        """

        def register(check: Check) -> Check:
            _, *parameters = inspect.signature(check).parameters.values()
            needs = {each.name: each.annotation not in (float, "float") for each in parameters}
            self.questions[name] = _Question(points, check, needs)
            return check

        return register

    def check(self, name: str, seed: int | None = None) -> Feedback:
        """Feedback on the answer to one question, found by its name in the notebook that calls this.

        Args:
            name: of the question.
            seed: of the random inputs; fresh ones by default, so that no answer can be fitted to them.

        Raises:
            ValueError: a question that this lab does not have.
        """
        if name not in self.questions:
            raise ValueError(f"question {name!r} is not in this lab: choose one of {', '.join(self.questions)}")
        seed = int(np.random.default_rng().integers(10**6)) if seed is None else seed
        return self._feedback(name, seed, sys._getframe(1).f_globals)

    def _feedback(self, name: str, seed: int, notebook: dict[str, Any]) -> Feedback:
        points, check, needs = self.questions[name]
        parts: list[Part] = []
        status, text = WRONG, ""
        try:
            with _quiet(), deadline(TIME_LIMIT):
                answers = [_answer(each, is_function, notebook) for each, is_function in needs.items()]
                for part in check(np.random.default_rng(seed), *answers):
                    parts.append(part)
        except _Unanswered as reason:
            status, text = UNANSWERED, str(reason)
        except _Misshapen as reason:
            parts.append(Part(0, str(reason)))
        except TookTooLongError:
            status, text = TOO_LONG, f"It was stopped after {TIME_LIMIT:g} seconds. Is there a loop that never ends?"
        except KeyboardInterrupt:
            status, text = TOO_LONG, "It was interrupted."
        except BaseException as error:  # whatever a student's code raises, sys.exit() included
            status, text = RAISED, _explain(error, notebook)
        earned = sum(part.points for part in parts if not part.mistake)
        text = text or next((part.mistake for part in parts if part.mistake), "")
        if not text:
            return Feedback(RIGHT, "", points, points)
        if status == WRONG and earned:
            status = PARTLY
        repeat = "" if status == UNANSWERED else f'check("{name}", seed={seed})'
        return Feedback(status, text, earned, points, repeat)


class _Function:
    """A student's function that says which call it is about and refuses to return a stub."""

    def __init__(self, name: str, function: Callable[..., object]) -> None:
        self.name, self.function = name, function

    def __call__(self, *arguments: float) -> Any:
        """The student's result."""
        result = self.function(*arguments)
        if result is None or result is ... or (isinstance(result, tuple) and any(each is ... for each in result)):
            raise _Unanswered(f"`{self.name}` returns nothing yet.")
        return result

    def said(self, arguments: tuple[float, ...]) -> str:
        """How the call looks in Python."""
        return f"{self.name}({', '.join(f'{each:.12g}' for each in arguments)})"


def equal(
    points: float,
    function: Any,
    arguments: tuple[float, ...],
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
    """A student's result ``got`` must be ``right``; ``what`` says in a few words what it is."""
    numbers = _numbers(got, what, np.asarray(right, dtype=float).shape)
    if _close(numbers, right, tolerance):
        return Part(points)
    for mistake, wrong in (mistakes or {}).items():
        if _close(numbers, wrong, tolerance):
            return Part(points, mistake)
    return Part(points, f"{what} should be {_written(right)}; yours gives {_written(numbers)}.")


def holds(points: float, condition: bool, otherwise: str) -> Part:
    """A property that must hold, and what to say if it does not."""
    return Part(points, "" if condition else otherwise)


def round_number(rng: np.random.Generator, low: float, high: float) -> float:
    """A random number between two positive bounds, evenly on the logarithmic scale, with three digits: easy to read."""
    return float(f"{math.exp(rng.uniform(math.log(low), math.log(high))):.3g}")


def _answer(name: str, is_function: bool, notebook: dict[str, Any]) -> Any:
    answer = notebook.get(name, ...)
    if answer is ... or answer is None:
        raise _Unanswered(f"There is no `{name}` yet. Has its cell been run, and without an error?")
    if not is_function:
        return float(_numbers(answer, f"`{name}`", ()))
    if not callable(answer):
        raise _Misshapen(f"`{name}` should be a function, but it is {str(answer)[:60]!r}: run its cell again.")
    return _Function(name, answer)


def _item(result: Any, item: int, where: str) -> Any:
    try:
        return tuple(result)[item]
    except (TypeError, IndexError):
        raise _Misshapen(f"{where} should return at least {item + 1} values, separated by commas.") from None


def _numbers(result: Any, where: str, shape: tuple[int, ...]) -> np.ndarray:
    if result is ...:
        raise _Unanswered(f"{where} is not filled in.")
    try:
        numbers = np.asarray(result, dtype=float)
    except (TypeError, ValueError):
        raise _Misshapen(f"{where} should be made of numbers, but it is {str(result)[:60]!r}.") from None
    if numbers.shape != shape:
        count = math.prod(shape)
        raise _Misshapen(f"{where} should be {count} number{'s' * (count > 1)}, but it is {str(result)[:60]!r}.")
    return numbers


def _close(got: np.ndarray, wanted: Result, tolerance: float) -> bool:
    return bool(np.allclose(got, np.asarray(wanted, dtype=float), rtol=tolerance, atol=1e-12))


def _written(value: Result) -> str:
    return ", ".join(f"{float(each):.6g}" for each in np.atleast_1d(np.asarray(value)))


def _explain(error: BaseException, notebook: dict[str, Any]) -> str:
    """The exception in one line, with the last line of the student's own code that it passed through."""
    line, trace = None, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_globals is notebook:
            line = f"line {trace.tb_lineno} of the cell with `{trace.tb_frame.f_code.co_name}`"
        trace = trace.tb_next
    message = f"{type(error).__name__}: {error}".rstrip(": ")
    return f"{message} ({line})." if line else f"{message}."


def _prose(text: str) -> str:
    """Escaped text with `code` in backticks and *emphasis* in stars."""
    pieces = html.escape(text).split("`")
    return "".join(
        f"<code>{piece}</code>" if odd % 2 else _EMPHASIS.sub(r"<em>\1</em>", piece) for odd, piece in enumerate(pieces)
    )


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Nothing printed or warned reaches the notebook: nbgrader would take words on stderr for a failure."""
    silence = io.StringIO()
    with (
        contextlib.redirect_stdout(silence),
        contextlib.redirect_stderr(silence),
        warnings.catch_warnings(),
        np.errstate(all="ignore"),
    ):
        warnings.simplefilter("ignore")
        yield
