"""Answers to a lab, right and wrong, and the feedback that its checks give on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from textwrap import dedent

from pytest import MonkeyPatch

from defi_lib.labs import Feedback, Lab, kit

#: What a student's function may do instead of answering, and the status that the feedback must have.
NO_ANSWERS = {
    "...": kit.UNANSWERED,
    "return ...": kit.UNANSWERED,
    "return 1 / 0": kit.RAISED,
    "while True: pass": kit.TOO_LONG,
}


class Answers:
    """A notebook in which everything is right, until something is changed.

    Args:
        lab: whose checks are tried.
        right: source of right answers to every question.
        signatures: the parameters of each question's function.
    """

    def __init__(self, lab: Lab, right: str, signatures: Mapping[str, str]) -> None:
        self.lab, self.right, self.signatures = lab, right, signatures

    def feedback(self, name: str, seed: int, more: str = "") -> Feedback:
        """On question ``name``, after the source ``more`` was run too."""
        notebook = {"check": self.lab.check}
        exec(compile(f"{self.right}\n{more}", "cell", "exec"), notebook)
        return eval(f"check({name!r}, seed={seed})", notebook)

    def wrong(self, name: str, formula: str, inside: str = "") -> str:
        """Source of a function that returns ``formula``, in which ``R`` is the right result.

        Lines ``inside`` the function may call every right answer by its name after ``right_``.
        """
        signature = self.signatures[name]
        saved = "".join(f"right_{each} = {each}\n" for each in self.signatures)
        lines = [*dedent(inside).splitlines(), f"R = right_{name}({signature})", f"return {formula}"]
        return f"{saved}\ndef {name}({signature}):\n" + "".join(f"    {line}\n" for line in lines)

    def does(self, name: str, body: str) -> Feedback:
        """On a function with this one line."""
        return self.feedback(name, 1, f"def {name}({self.signatures[name]}):\n    {body}\n")

    def assert_right(self, name: str, more: str = "", seeds: int = 50) -> None:
        """The question gets all its points, whatever the numbers."""
        for seed in range(seeds):
            result = self.feedback(name, seed, more)
            full = self.lab.questions[name].points
            assert (result.status, result.points, result.text) == (kit.RIGHT, full, ""), (seed, result.text)

    def assert_named(
        self, name: str, formula: str, points: str, said: str, *, before: str = "", inside: str = "", seeds: int = 12
    ) -> None:
        """A wrong answer is told what is wrong, and keeps ``points`` (such as "1", or "0 or 1"), whatever the numbers.

        The source ``before`` is run first; for the rest see :meth:`wrong`.
        """
        source = f"{before}\n{self.wrong(name, formula, inside)}"
        for seed in range(seeds):
            result = self.feedback(name, seed, source)
            assert said in result.text, (seed, result.text)
            assert repr(result) in points.split(" or "), (seed, result.text, repr(result))

    def assert_no_answer_earns(self, name: str, monkeypatch: MonkeyPatch) -> None:
        """Blank, crashing and looping answers are told apart, and earn nothing."""
        for body, status in NO_ANSWERS.items():
            with monkeypatch.context() as patch:
                if status == kit.TOO_LONG:  # no need to wait for what never ends
                    patch.setattr("defi_lib.labs.kit.lab.TIME_LIMIT", 0.3)
                result = self.does(name, body)
            assert (result.status, result.points) == (status, 0)

    def assert_constants_earn_nothing(self, name: str, constants: Iterable[str], seeds: int = 3) -> None:
        """An answer that never looks at its numbers earns nothing."""
        for constant in constants:
            source = f"from math import inf, nan\ndef {name}({self.signatures[name]}):\n    return {constant}\n"
            for seed in range(seeds):
                assert self.feedback(name, seed, source).points == 0, constant

    def assert_trick_earns_little(self, name: str, trick: tuple[str, float, str], seeds: int) -> None:
        """A formula without thought earns at most so many points, and is told so in one of the draws."""
        formula, most, said = trick
        found = [self.feedback(name, seed, self.wrong(name, formula)) for seed in range(seeds)]
        assert max(result.points for result in found) <= most, found
        assert any(said in result.text for result in found), [result.text for result in found]
