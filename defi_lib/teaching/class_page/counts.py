"""A class's answers to each question, counted, the most worth discussing first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from statistics import mean, median
from typing import NamedTuple, TypeVar

from defi_lib.explore.evidence.bets import ANSWERS
from defi_lib.explore.questions import Question
from defi_lib.explore.questions.words import plain
from defi_lib.progress import order
from defi_lib.teaching.class_page.asked import Course, Given
from defi_lib.teaching.class_page.groups import FEW, FEWEST, HIDDEN, Axis, Interval, axis, in_words, joined, small
from defi_lib.teaching.lecture.lesson import Asked
from defi_lib.teaching.misconceptions import wrong_answers

#: Of fewer bets there is no calibration: it would tell more of each than is shown there.
_CALIBRATED = 3
#: How bets are grouped by how sure their readers were.
_BANDS = (0.5, 0.6, 0.7, 0.8, 0.9)
#: So many have five people on either side of any border between them, or five on one.
_HALVES = 2 * FEWEST - 1
_RIGHT, _UNKNOWN = "Right", "Not right; what was chosen is not in the file"


class Placed(NamedTuple):
    """One student's bet."""

    student: int
    right: bool
    sure: float

    @property
    def chance(self) -> float:
        """What the student gave to the right answer, from 0 (sure and wrong) to 1 (sure and right)."""
        return self.sure if self.right else min(1 - self.sure, 0.4999)


class Bet(NamedTuple):
    """What a class bet on one reading."""

    lesson: str
    item: str
    text: str
    true: bool  #: whether the reading is, today
    placed: tuple[Placed, ...]

    @property
    def people(self) -> int:
        """How many bet."""
        return len(self.placed)

    @property
    def wrong(self) -> int:
        """How many bet on the other answer."""
        return sum(not each.right for each in self.placed)

    @property
    def hides(self) -> bool:
        """Whether so few were right or wrong that neither number is shown."""
        return small(self.wrong) or small(self.people - self.wrong)

    @property
    def told(self) -> tuple[str, str]:
        """How many were right and how many wrong, in words from which no small number can be computed.

        Of six, five and "fewer than 5" would be five and one.
        """
        sides = (self.people - self.wrong, self.wrong)
        if not self.hides:
            return str(sides[0]), str(sides[1])
        if self.people < _HALVES:
            return HIDDEN, HIDDEN
        return (f"all but {FEW}", FEW) if small(self.wrong) else (FEW, f"all but {FEW}")

    @property
    def sureness(self) -> float:
        """How sure the class was on average."""
        return mean(each.sure for each in self.placed)

    @property
    def worth(self) -> float:
        """Brier's score: 0 if all were sure and right, 0.25 if all tossed a coin, 1 if all were sure and wrong."""
        return mean((1 - each.chance) ** 2 for each in self.placed)

    def intervals(self) -> list[Interval]:
        """Where the class stands between sure and wrong (0) and sure and right (1)."""
        return Axis(0.0, 1.0).intervals([each.chance for each in self.placed], apart=not self.hides)


class Band(NamedTuple):
    """Bets of which their readers were about as sure."""

    low: float
    high: float
    bets: int
    sureness: float  #: on average
    won: float  #: part of the bets


class Prediction(NamedTuple):
    """What a class predicted: numbers."""

    lesson: str
    item: str
    asked: Asked
    answer: float | None
    values: tuple[float, ...]

    @property
    def people(self) -> int:
        """How many predicted."""
        return len(self.values)

    @property
    def axis(self) -> Axis:
        """On which the values lie."""
        return axis(self.values, self.asked.low, self.asked.high, self.answer)

    @property
    def beyond(self) -> tuple[bool, bool]:
        """Whether less, and whether more, could be said than its axis shows; what was is counted at its ends."""
        return self.axis.low > self.asked.low, self.axis.high < self.asked.high

    @property
    def middle(self) -> float:
        """Half of the class said less."""
        return median(self.values)

    @property
    def about(self) -> float | None:
        """The same as it may be told: to a twentieth of the axis, and where five said at most and five at least it."""
        return self.axis.rounded(self.middle) if self.people >= _HALVES else None

    @property
    def worth(self) -> float:
        """How far off half of the class was at least, as a part of the axis; nothing if the answer is not known."""
        if self.answer is None:
            return 0.0
        here = self.axis
        return median(abs(here.place(value) - here.place(self.answer)) for value in self.values)


class Option(NamedTuple):
    """What could be answered."""

    text: str
    people: int
    right: bool
    said: str = ""  #: what the lesson says to it
    told: str = ""  #: how many, where the exact number would tell of others of whom there are few

    @property
    def words(self) -> str:
        """How many chose it, as it may be told."""
        return self.told or (FEW if small(self.people) else str(self.people))

    @property
    def least(self) -> int:
        """So many chose it at least, by these words; 0 where they tell nothing."""
        first = self.words.split()[0]
        return int(first) if first.isdigit() else 0


class Choice(NamedTuple):
    """What a class chose at the first try."""

    lesson: str
    item: str
    text: str
    skill: str
    options: tuple[Option, ...]  #: the right one first, then by how many chose it

    @property
    def people(self) -> int:
        """How many answered."""
        return sum(option.people for option in self.options)

    @property
    def hides(self) -> bool:
        """Whether the total would tell how many chose what few chose."""
        return any(not option.words.isdigit() for option in self.options)

    @property
    def worth(self) -> float:
        """Which part of the class was wrong; nothing if the answer is not known."""
        right = [option.people for option in self.options if option.right]
        return 1 - right[0] / self.people if right else 0.0

    @property
    def usual(self) -> Option | None:
        """The wrong answer that most chose, if at least five did."""
        wrong = [each for each in self.options if not each.right and each.said]
        found = max(wrong, key=lambda each: each.least, default=None)
        return found if found is not None and found.least >= FEWEST else None


class Counted:
    """A class, counted.

    Args:
        students: the answers of each.
        course: what asked them.
    """

    def __init__(self, students: Sequence[Sequence[Given]], course: Course) -> None:
        self.course, self.students = course, len(students)
        self._given: dict[tuple[str, str, str], list[tuple[int, Given]]] = {}
        for student, answers in enumerate(students):
            for given in answers:
                self._given.setdefault(given[:3], []).append((student, given))

    @property
    def enough(self) -> bool:
        """Whether anything may be shown."""
        return self.students >= FEWEST

    @property
    def left_out(self) -> int:
        """How many questions too few have answered."""
        return sum(small(len(each)) for each in self._given.values())

    @cached_property
    def bets(self) -> list[Bet]:
        """Where the class was most sure and wrong first."""
        return _sorted(self._bet(*key, given) for key, given in self._of("bet"))

    @cached_property
    def predictions(self) -> list[Prediction]:
        """Predicted numbers, those that were furthest off first."""
        found = (self._prediction(*key, given) for key, given in self._of("prediction"))
        return _sorted(each for each in found if isinstance(each, Prediction))

    @cached_property
    def choices(self) -> list[Choice]:
        """Questions of quizzes, and predictions with options; those that most answered wrongly first."""
        quiz = (self._question(*key, given) for key, given in self._of("quiz"))
        chosen = (self._prediction(*key, given) for key, given in self._of("prediction"))
        return _sorted([*quiz, *(each for each in chosen if isinstance(each, Choice))])

    @cached_property
    def bands(self) -> list[Band]:
        """The bets that are shown, together, by how sure their readers were; none if they are too few."""
        if len(self.bets) < _CALIBRATED:
            return []
        all_bets = [(student, self._placed(student, given)) for _, own in self._of("bet") for student, given in own]
        inside: list[list[int]] = [[] for _ in _BANDS]
        for number, (_, bet) in enumerate(all_bets):
            inside[sum(bet.sure >= low - 1e-9 for low in _BANDS) - 1].append(number)
        cells = [
            (
                frozenset(all_bets[number][0] for number in numbers),
                frozenset(number for number in numbers if all_bets[number][1].right),
                frozenset(number for number in numbers if not all_bets[number][1].right),
            )
            for numbers in inside
        ]
        found = []
        for group in joined(cells):
            bets = [all_bets[number][1] for number in sorted(group.cell[1] | group.cell[2])]
            if bets:
                low, high = _BANDS[group.first], (*_BANDS, 1.0)[group.last]
                won = sum(bet.right for bet in bets) / len(bets)
                found.append(Band(low, high, len(bets), mean(bet.sure for bet in bets), won))
        return found

    def _of(self, part: str) -> Iterator[tuple[tuple[str, str], list[tuple[int, Given]]]]:
        """Lesson and item of each question of a part that enough have answered, with the answers."""
        for (kind, lesson, item), given in self._given.items():
            if kind == part and len(given) >= FEWEST:
                yield (lesson, item), given

    def _placed(self, student: int, given: Given) -> Placed:
        return Placed(student, given.value == ANSWERS[self.course.true(given.item)], given.sure)

    def _bet(self, lesson: str, item: str, given: list[tuple[int, Given]]) -> Bet:
        placed = sorted(self._placed(*each) for each in given)
        return Bet(lesson, item, self.course.text(item), self.course.true(item), tuple(placed))

    def _prediction(self, lesson: str, item: str, given: list[tuple[int, Given]]) -> Prediction | Choice:
        asked, answer = self.course.predictions(lesson)[item], told([each.answer for _, each in given])
        if not asked.options:
            values = sorted(each.value for _, each in given if isinstance(each.value, float))
            return Prediction(lesson, item, asked, answer if isinstance(answer, float) else None, tuple(values))
        people = Counter(each.value for _, each in given)
        options = [Option(option, people[option], option == answer) for option in asked.options]
        return Choice(lesson, item, asked.question, "a prediction", _by_people(options, self.students))

    def _question(self, lesson: str, item: str, given: list[tuple[int, Given]]) -> Choice:
        question = self.course.questions(lesson)[item]
        people = Counter(_cell(question, each) for _, each in given)
        right = question.answer if isinstance(question.answer, str) else _RIGHT
        options = [Option(right, people[_RIGHT], True)]
        options += [Option(plain(text), people[text], False, plain(said)) for text, said in wrong_answers(question)]
        if people[_UNKNOWN]:
            options.append(Option(_UNKNOWN, people[_UNKNOWN], False))
        return Choice(lesson, item, question.text(), plain(question.skill), _by_people(options, self.students))


def told(answers: Iterable[float | str | None]) -> float | str | None:
    """The answer that the files of most students tell; nothing if they do not agree."""
    known = Counter(f"{each:.6g}" if isinstance(each, float) else each for each in answers if each is not None)
    if not known:
        return None
    (text, many), *_ = known.most_common(1)
    if 2 * many <= known.total():
        return None
    try:
        return float(text)
    except ValueError:
        return text


def _cell(question: Question, given: Given) -> str:
    """The answer of a quiz that was given: right, or one of the wrong ones."""
    if given.right:
        return _RIGHT
    if given.value is None:
        return _UNKNOWN
    wrong = wrong_answers(question)
    if isinstance(given.value, str):
        return given.value
    said = question.feedback(repr(given.value)).text
    return next(text for text, feedback in wrong if feedback == said)


def _by_people(options: Sequence[Option], most: int) -> tuple[Option, ...]:
    """The right one first, the others by what is told: a place may not tell more. At most so many have answered."""
    words = in_words([each.people for each in options], most)
    found = [each._replace(told=told) for each, told in zip(options, words, strict=True)]
    return tuple(sorted(found, key=lambda each: (not each.right, -each.least, each.words == "0", each.text)))


_Result = TypeVar("_Result", Bet, Prediction, Choice)


def _sorted(found: Iterable[_Result]) -> list[_Result]:
    return sorted(found, key=lambda each: (-each.worth, order(each.lesson), each.item))
