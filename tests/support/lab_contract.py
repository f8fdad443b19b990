"""What is tested of every lab, in one place: a lab's test file is a class with its answers and mistakes."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, ClassVar

from defi_lib.labs import kit
from defi_lib.labs.kit.worked import worked_solution
from tests.support.answers import Answers
from tests.support.cells import shell_of

#: Part of the time limit that the check of a right answer may take: a busy machine is slower.
QUICK = 0.4


class LabContract:
    """The tests of every lab; ``tests/labs/conftest.py`` asks each for every question, way, mistake and chain.

    A class of its own for each lab says:

    - ``answers``: right ones;
    - ``mistakes``: question, what a wrong function returns (``R`` is the right result), its points ("1", "0 or 1"),
      and what the feedback must say;
    - ``pieces``: source that is run before a wrong answer, ``inside``: lines that stand in it, by question or for all;
    - ``other_ways``: by name, source of right answers that are made differently;
    - ``chains``: a question, a wrong result for it, and later questions that must not suffer from it;
    - ``total``: the points of the lab;
    - ``by_hand``: the examples of the text, asserted in a notebook of right answers.
    """

    answers: ClassVar[Answers]
    mistakes: ClassVar[list[tuple[str, str, str, str]]]
    other_ways: ClassVar[Mapping[str, str]]
    chains: ClassVar[list[tuple[str, str, list[str]]]]
    total: ClassVar[float]
    pieces: ClassVar[str] = ""
    inside: ClassVar[Mapping[str, str] | str] = ""
    seeds: ClassVar[int] = 12

    @staticmethod
    def by_hand(notebook: dict[str, Any]) -> None:
        """The examples of the text."""
        raise NotImplementedError

    def inside_of(self, name: str) -> str:
        """Lines that stand inside a wrong answer to a question."""
        return self.inside if isinstance(self.inside, str) else self.inside.get(name, "")

    def test_a_right_answer_gets_all_points_whatever_the_numbers(self, question):
        self.answers.assert_right(question)

    def test_another_way_is_right_too(self, way):
        for question in self.answers.lab.questions:
            if f"def {question}(" in self.other_ways[way]:
                self.answers.assert_right(question, self.other_ways[way], seeds=20)

    def test_a_usual_mistake_is_named_whatever_the_numbers(self, mistake):
        name, formula, points, said = mistake
        more = dict(before=self.pieces, inside=self.inside_of(name), seeds=self.seeds)
        self.answers.assert_named(name, formula, points, said, **more)

    def test_blank_crashing_and_looping_answers_are_told_and_earn_nothing(self, question, monkeypatch):
        self.answers.assert_no_answer_earns(question, monkeypatch)

    def test_nothing_is_answered_in_an_untouched_lab(self):
        blank = "\n".join(f"def {name}({given}): ..." for name, given in self.answers.signatures.items())
        assert {self.answers.feedback(name, 1, blank).status for name in self.answers.lab.questions} == {kit.UNANSWERED}

    def test_print_instead_of_return_is_named_and_earns_nothing(self, question):
        source = self.answers.wrong(question, "print('a', 500)", self.inside_of(question))
        result = self.answers.feedback(question, 1, self.pieces + source)
        assert (result.status, result.points) == (kit.WRONG, 0)
        assert f"`{question}` printed a 500 and returned nothing: use `return` instead of `print`." in result.text

    def test_a_text_is_no_number(self, question):
        source = "def in_quotes(result):\n    kind = type(result)\n"
        source += "    if kind in (list, tuple): return kind(map(in_quotes, result))\n"
        source += "    return {role: str(n) for role, n in result.items()} if kind is dict else str(result)\n"
        source += self.answers.wrong(question, "in_quotes(R)", self.inside_of(question))
        result = self.answers.feedback(question, 1, self.pieces + source)
        assert result.points == 0 and f"`{question}` gives the text '" in result.text, result.text

    def test_a_cell_that_does_not_compile_is_not_right(self, question):
        lab, given = self.answers.lab, self.answers.signatures[question]
        with shell_of(lab) as shell:
            shell.run_cell(self.answers.right)
            assert shell.run_cell(f"check({question!r})").result.status == kit.RIGHT
            for line in (f"def {question}({given})", f"deff {question}({given}):"):
                shell.run_cell(f"{line}\n    return 1")
                result = shell.run_cell(f"check({question!r})").result
                assert (result.status, result.points) == (kit.RAISED, 0)
                assert f"The cell with `{question}` did not run: SyntaxError in line 1, " in result.text
            shell.run_cell(self.answers.right)
            assert shell.run_cell(f"check({question!r})").result.status == kit.RIGHT

    def test_each_question_has_a_hint_and_a_next_step_and_neither_is_the_solution(self, question):
        registered = self.answers.lab.questions[question]
        assert len(registered.hints) == 2 and all(30 <= len(hint) <= 200 for hint in registered.hints)
        solution = worked_solution(registered.check.__module__, question)
        lines = [line.strip().removeprefix("return ") for line in solution.splitlines()]
        assert solution and not [line for line in lines for hint in registered.hints if len(line) > 8 and line in hint]

    def test_a_mistake_is_not_counted_twice(self, chain):
        earlier, formula, later = chain
        questions = self.answers.lab.questions
        for seed in range(3):
            wrong = self.pieces + self.answers.wrong(earlier, formula, self.inside_of(earlier))
            assert self.answers.feedback(earlier, seed, wrong).points < questions[earlier].points
            for name in later:
                assert self.answers.feedback(name, seed, wrong).points == questions[name].points, name

    def test_the_examples_by_hand(self):
        notebook: dict[str, Any] = {}
        exec(self.answers.right, notebook)
        self.by_hand(notebook)

    def test_the_points_are_whole_and_those_of_the_parts(self):
        points = [question.points for question in self.answers.lab.questions.values()]
        assert sum(points) == self.total and all(each == int(each) for each in points)

    def test_a_check_is_quick(self, question):
        begin = time.process_time()
        self.answers.feedback(question, 3)
        assert time.process_time() - begin < QUICK * 5
