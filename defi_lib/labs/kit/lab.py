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
import inspect
import io
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from defi_lib.labs.kit.compare import Misshapen, Part, Unanswered, numbers_of
from defi_lib.labs.kit.deadline import TookTooLongError, deadline
from defi_lib.labs.kit.feedback import PARTLY, RAISED, RIGHT, TOO_LONG, UNANSWERED, WRONG, Feedback

#: Seconds that a check may take, the student's code included.
TIME_LIMIT = 5.0

Check: TypeAlias = Callable[..., Iterator[Part]]


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
        except Unanswered as reason:
            status, text = UNANSWERED, str(reason)
        except Misshapen as reason:
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
            raise Unanswered(f"`{self.name}` returns nothing yet.")
        return result

    def said(self, arguments: tuple[float, ...]) -> str:
        """How the call looks in Python."""
        return f"{self.name}({', '.join(f'{each:.12g}' for each in arguments)})"


def _answer(name: str, is_function: bool, notebook: dict[str, Any]) -> Any:
    answer = notebook.get(name, ...)
    if answer is ... or answer is None:
        raise Unanswered(f"There is no `{name}` yet. Has its cell been run, and without an error?")
    if not is_function:
        return float(numbers_of(answer, f"`{name}`", ()))
    if not callable(answer):
        raise Misshapen(f"`{name}` should be a function, but it is {str(answer)[:60]!r}: run its cell again.")
    return _Function(name, answer)


def _explain(error: BaseException, notebook: dict[str, Any]) -> str:
    """The exception in one line, with the last line of the student's own code that it passed through."""
    line, trace = None, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_globals is notebook:
            line = f"line {trace.tb_lineno} of the cell with `{trace.tb_frame.f_code.co_name}`"
        trace = trace.tb_next
    message = f"{type(error).__name__}: {error}".rstrip(": ")
    return f"{message} ({line})." if line else f"{message}."


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
