"""Answers to a lab, right and wrong, and the feedback that its checks give on them."""

from __future__ import annotations

from collections.abc import Mapping

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

    def on(self, name: str, formula: str, seed: int, before: str = "") -> Feedback:
        """On a function that returns ``formula``, in which ``R`` is the right result; ``before`` are lines above it."""
        lines = "".join(f"    {line}\n" for line in before.splitlines())
        signature = self.signatures[name]
        body = f"{lines}    R = right_{name}({signature})\n    return {formula}\n"
        return self.feedback(name, seed, f"right_{name} = {name}\ndef {name}({signature}):\n{body}")

    def does(self, name: str, body: str, seed: int = 1) -> Feedback:
        """On a function with this one line."""
        return self.feedback(name, seed, f"def {name}({self.signatures[name]}):\n    {body}\n")

    def assert_right(self, more: str = "", seeds: int = 50, names: tuple[str, ...] = ()) -> None:
        """Every question (or those called ``names``) gets all its points, whatever the numbers."""
        for name in names or self.lab.questions:
            for seed in range(seeds):
                result = self.feedback(name, seed, more)
                full = self.lab.questions[name].points
                assert (result.status, result.points, result.text) == (kit.RIGHT, full, ""), (name, seed, result.text)
