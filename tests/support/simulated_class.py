"""A class that never was: hand-ins of students who know something, and think that they know more.

For tests and for looking at the page; nothing of it is shipped, and no number of it says anything about readers.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from defi_lib.explore.evidence.bets import ANSWERS
from defi_lib.explore.questions import ChoiceQuestion, NumberQuestion
from defi_lib.progress import handing_in
from defi_lib.progress.records import Records
from defi_lib.teaching.class_page.asked import Course

COURSE = Course()


def simulated(lessons: Sequence[str], students: int, seed: int = 1, skips: float = 0.1) -> list[Records]:
    """What each student would hand in; of each lesson ``skips`` is the chance that it was not read."""
    chance = random.Random(seed)
    truths = {lesson: chance.uniform(0.05, 0.6) for lesson in lessons}
    hard = {lesson: chance.uniform(-0.5, 0.3) for lesson in lessons}
    return [_student(random.Random(f"{seed} {number}"), lessons, truths, hard, skips) for number in range(students)]


def files(made: Sequence[Records]) -> list[bytes]:
    """The same as files."""
    return [handing_in.text_of(records).encode() for records in made]


def _student(
    chance: random.Random, lessons: Sequence[str], truths: dict[str, float], hard: dict[str, float], skips: float
) -> Records:
    skill, records = chance.uniform(0.4, 0.8), Records()
    for lesson in lessons:
        if chance.random() < skips:
            continue
        knows = min(max(skill + hard[lesson], 0.05), 0.95)
        predictions = records.setdefault("prediction", {}).setdefault(lesson, {})
        for item, asked in COURSE.predictions(lesson).items():
            span = asked.high - asked.low
            entry = {"asked": asked.question}
            if asked.options:
                entry |= {"value": chance.choice(asked.options), "answer": asked.options[2]}
            else:
                answer = asked.low + span * truths[lesson]
                value = min(max(answer * chance.lognormvariate(0.1, 0.6), asked.low), asked.high)
                entry |= {"value": float(f"{value:.2g}"), "answer": answer}
                entry |= {"unit": asked.unit, "low": asked.low, "high": asked.high}
                entry["value"] = min(max(entry["value"], asked.low), asked.high)
            predictions[item] = entry
        for item in COURSE.bets(lesson):
            right = ANSWERS[COURSE.true(item)]
            said = right if chance.random() < knows else ANSWERS[ANSWERS[0] == right]
            sure = round(min(max(chance.gauss(0.75, 0.12), 0.5), 1), 2)
            predictions[item] = {"asked": COURSE.text(item), "value": said, "answer": right, "sure": sure}
        quiz = records.setdefault("quiz", {}).setdefault(lesson, {})
        for item, question in COURSE.questions(lesson).items():
            right = chance.random() < knows
            entry = {"first": right, "asked": question.text()}
            if isinstance(question, ChoiceQuestion):
                wrong = [option for option in question.options if option != question.answer]
                weights = [3.0**-place for place in range(len(wrong))]
                entry["chosen"] = question.answer if right else chance.choices(wrong, weights)[0]
            elif isinstance(question, NumberQuestion):
                near = [each.value for each in question.near] or [question.answer + 3 * question.tolerance + 1]
                entry["chosen"] = float(question.answer if right else chance.choice(near))
                entry["first"] = question.feedback(repr(entry["chosen"])).right is True
            quiz[item] = entry
    return records
