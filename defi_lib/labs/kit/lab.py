"""What a lab is made of: questions, their checks, and one line of feedback.

A lab's module says what a right answer is; everything that can go wrong in a student's code is handled here::

    lab = Lab("1.1")
    check, progress = lab.check, lab.progress

    @lab.question("double", points=2, hints=("What is a number and the same number again?", "Multiply by 2."))
    def _double(rng, double):                      # rng, then the student's names that the question needs
        number = round_number(rng, 1, 100)
        yield equal(1, double, (number,), 2 * number, mistakes={"That is the square, not the double.": number**2})
        yield holds(1, double(0.0) == 0, "Nothing doubled is nothing.")

The points of a question are the sum of its parts. A part that raises, or never ends, earns nothing; those before it
count. The hints are shown one after the other, after the second and the third wrong try: the first says where to look,
the second what to do next, and neither is the solution.
"""

from __future__ import annotations

import contextlib
import inspect
import io
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from defi_lib import progress as remembered
from defi_lib.labs.kit.cells import watched, why_not_run
from defi_lib.labs.kit.compare import Misshapen, Part, Unanswered, numbers_of, refuse_text
from defi_lib.labs.kit.deadline import TookTooLongError, deadline
from defi_lib.labs.kit.feedback import PARTLY, RAISED, RIGHT, TOO_LONG, UNANSWERED, WRONG, Feedback
from defi_lib.labs.kit.points import Points, Progress
from defi_lib.labs.kit.worked import worked_solution

#: Seconds that a check may take, the student's code included; and a cell of the notebook that makes or tries an answer.
TIME_LIMIT = 5.0

#: Wrong tries after which whoever has the solutions sees the one of this question.
_BEFORE_THE_SOLUTION = 3

Check: TypeAlias = Callable[..., Iterator[Part]]


class _Question(NamedTuple):
    points: float
    check: Check
    needs: dict[str, bool]  #: the student's names → is it a function?
    hints: tuple[str, ...] = ()


class Lab:
    """The questions of one lab notebook.

    Args:
        number: of the lab, ``"1.1"``, under which its points are remembered; without one they are not.
    """

    def __init__(self, number: str = "") -> None:
        self.number = number
        self.questions: dict[str, _Question] = {}
        self._tries: dict[str, int] = {}  # wrong ones since the last right one

    def question(self, name: str, points: float, hints: Sequence[str] = ()) -> Callable[[Check], Check]:
        """Register a check: a generator of :class:`Part` that takes ``rng`` and then the student's names it needs.

        These are functions, except where the parameter is annotated with ``float``: there the student gives a number.
        ``hints`` are sentences for those who tried in vain: where to look, and the next step.
        """

        def register(check: Check) -> Check:
            _, *parameters = inspect.signature(check).parameters.values()
            needs = {each.name: each.annotation not in (float, "float") for each in parameters}
            self.questions[name] = _Question(points, check, needs, tuple(hints))
            if cells := watched(lambda: TIME_LIMIT):
                cells.names |= needs.keys()
            return check

        return register

    def check(self, name: str | None = None, seed: int | None = None) -> Feedback | Points:
        """Feedback on the answer to one question, found by its name in the notebook that calls this.

        Args:
            name: of the question; without one, all are checked, and each gets a line.
            seed: of the random inputs; fresh ones by default, so that no answer can be fitted to them.

        Raises:
            ValueError: a question that this lab does not have.
        """
        notebook = sys._getframe(1).f_globals
        if name is None:
            return Points({each: self._checked(each, seed, notebook) for each in self.questions})
        if name not in self.questions:
            raise ValueError(f"question {name!r} is not in this lab: choose one of {', '.join(self.questions)}")
        return self._helped(name, self._checked(name, seed, notebook), again=seed is not None)

    def progress(self) -> Progress:
        """The points that are remembered, and what is left to do."""
        known = remembered.load("lab", self.number) if self.number else {}
        return Progress({
            name: (min(known.get(name, {}).get("points", 0), question.points), question.points)
            for name, question in self.questions.items()
        })  # fmt: skip

    def _checked(self, name: str, seed: int | None, notebook: dict[str, Any]) -> Feedback:
        """The feedback, whose points are remembered; a check of what is still the stub is no try."""
        seed = int(np.random.default_rng().integers(10**6)) if seed is None else seed
        feedback = self._feedback(name, seed, notebook)
        if self.number and (feedback.points or feedback.status != UNANSWERED):
            remembered.record("lab", self.number, name, points=feedback.points, out_of=feedback.out_of)
        return feedback

    def _helped(self, name: str, feedback: Feedback, again: bool) -> Feedback:
        """The feedback with the hints that this student needs by now; ``again``: the same try is repeated."""
        if feedback.status == RIGHT:
            self._tries.pop(name, None)
        elif feedback.status != UNANSWERED and not again:
            self._tries[name] = self._tries.get(name, 0) + 1
        if feedback.status in (RIGHT, UNANSWERED):
            return feedback
        tries, question = self._tries.get(name, 0), self.questions[name]
        solution = worked_solution(question.check.__module__, name) if tries > _BEFORE_THE_SOLUTION else ""
        return feedback._replace(hints=question.hints[: max(tries - 1, 0)], solution=solution)

    def _feedback(self, name: str, seed: int, notebook: dict[str, Any]) -> Feedback:
        points, check, needs, _ = self.questions[name]
        parts: list[Part] = []
        status, text = WRONG, ""
        try:
            with _quiet() as said, deadline(TIME_LIMIT):
                answers = [_answer(each, is_function, notebook, said) for each, is_function in needs.items()]
                for part in check(np.random.default_rng(seed), *answers):
                    parts.append(part)
        except Unanswered as reason:
            status, text = UNANSWERED, str(reason)
        except _DidNotRun as reason:
            status, text, name = RAISED, str(reason), ""
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
        repeat = f'check("{name}", seed={seed})' if name and status != UNANSWERED else ""
        return Feedback(status, text, earned, points, repeat)


class _DidNotRun(Exception):  # noqa: N818 - no error
    """The cell stopped; what the notebook holds is an older answer, or none."""


class _Function:
    """A student's function that says which call it is about and refuses to return a stub."""

    def __init__(self, name: str, function: Callable[..., object], said: io.StringIO) -> None:
        self.name, self.function, self._said = name, function, said

    def __call__(self, *arguments: Any) -> Any:
        """The student's result; what the student does to a list stays there."""
        before = self._said.tell()
        result = self.function(*(list(each) if isinstance(each, list) else each for each in arguments))
        if result is None and (printed := self._said.getvalue()[before:].strip()):
            first = printed.splitlines()[0][:60]
            raise Misshapen(f"`{self.name}` printed {first} and returned nothing: use `return` instead of `print`.")
        if result is None or result is ... or (isinstance(result, tuple) and any(each is ... for each in result)):
            raise Unanswered(f"`{self.name}` returns nothing yet.")
        refuse_text(result, f"`{self.name}`")
        return result

    def said(self, arguments: tuple[float | Sequence[float], ...]) -> str:
        """How the call looks in Python."""
        return f"{self.name}({', '.join(map(_written, arguments))})"


def _written(argument: float | Sequence[float]) -> str:
    if isinstance(argument, list):
        return f"[{', '.join(map(_written, argument))}]"
    return f"{argument:.12g}"


def _answer(name: str, is_function: bool, notebook: dict[str, Any], said: io.StringIO) -> Any:
    if reason := why_not_run(name, notebook):
        raise _DidNotRun(f"The cell with `{name}` did not run: {reason}. Mend it and run it before you check.")
    answer = notebook.get(name, ...)
    if answer is ... or answer is None:
        raise Unanswered(f"There is no `{name}` yet. Has its cell been run, and without an error?")
    if not is_function:
        return float(numbers_of(answer, f"`{name}`", ()))
    if not callable(answer):
        raise Misshapen(f"`{name}` should be a function, but it is {str(answer)[:60]!r}: run its cell again.")
    return _Function(name, answer, said)


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
def _quiet() -> Iterator[io.StringIO]:
    """Nothing printed or warned reaches the notebook: nbgrader would take words on stderr for a failure."""
    silence = io.StringIO()
    with (
        contextlib.redirect_stdout(silence),
        contextlib.redirect_stderr(silence),
        warnings.catch_warnings(),
        np.errstate(all="ignore"),
    ):
        warnings.simplefilter("ignore")
        yield silence
