"""Predictions, bets and quizzes on a page without a kernel: what is asked in the open, what is answered folded."""

from __future__ import annotations

import ast
import html
import re
from collections.abc import Sequence
from random import Random

from defi_lib.explore.questions.kinds import ChoiceQuestion, NumberQuestion, OrderQuestion
from defi_lib.explore.questions.quizfile import questions_of
from defi_lib.explore.questions.words import shown, span

ASKED = "Your prediction: "
BET = "Your bet. "
WAITS = "Commit to a prediction first; then the answer appears here."
#: How the HTML of what is asked begins.
ASKS = '<div class="course-asked">'
BET_FIRST = "The evidence (place your bet first)"
#: What only a run computes, where no fold of the page holds it; tests/editions run the lessons and compare.
ANSWERS = {
    "2.4": "<b>85 dollars.</b> 95, then 93, 90, 85: the news is worth 5 dollars, the loans make 15 of them.",
    "3.1": "<b>32 bytes.</b> The newest hash: 64 letters and digits. It depends on the one before, and so on every "
    "entry ever made.",
    "3.2": "<b>30 %.</b> A court counts in dollars of the first day: 118 % of 16,000 dollars for each bitcoin.",
    "3.6": "<b>1.6 minutes.</b> One block in 8 takes you, mostly a home-made one.",
    "7.20": "<b>51 % of the budget.</b> Whoever comes in early brings most, and one of five names often does.",
}

_FORMULA = re.compile(r"\$([^$\n]+)\$")


def asked(text: str, source: str, live: str) -> str:
    """The question of a prediction or a bet, and what to do with it.

    Args:
        text: what the cell stores: the question in plain words.
        source: of the cell.
        live: HTML of a link to the page where it can be answered.
    """
    question = text.removeprefix(ASKED).rpartition("\nRun ▸")[0]
    if question.startswith(BET):
        sentence = formulas(question.removeprefix(BET))
        do = "Decide: true or not true, and how sure you are. Then open the evidence."
        return _box("Your bet", f"<p>{sentence}</p>", f"{do} {live}")
    options, where = _options(source), _range(source)
    choices = f"<ul>{''.join(f'<li>{formulas(each)}</li>' for each in options)}</ul>" if options else ""
    do = "Decide on one of them" if options else f"Decide on a number{', ' + where if where else ''}"
    return _box("Your prediction", f"<p>{formulas(question)}</p>{choices}", f"{do}, and write it down. {live}")


def compared(where: str, lesson: str, live: str) -> str:
    """What stands where the lesson sets a prediction beside its answer.

    Args:
        where: ``"above"`` or ``"below"``, if a fold there holds the answer, or "".
        lesson: whose answer it is, ``"1.2"``.
        live: HTML of a link to the page where both stand side by side.

    Raises:
        ValueError: neither a fold nor :data:`ANSWERS` holds the answer.
    """
    if where:
        said = f"The answer is in the fold {where}; where the lesson runs, it stands here beside yours."
        return _box("", f"<p>{said} {live}</p>", "")
    if lesson not in ANSWERS:
        raise ValueError(f"lesson = {lesson!r} has no fold with the answer to its prediction, and none in ANSWERS")
    return (
        f'<div class="course-quiz">{_fold("The answer: commit to yours, then open", formulas(ANSWERS[lesson]))}</div>'
    )


def quiz(lesson: str) -> str:
    """The questions of a lesson's quiz; each option unfolds its feedback.

    Raises:
        ValueError: a lesson without a quiz.
    """
    parts = []
    for number, question in enumerate(questions_of(lesson), 1):
        words = f'<p class="course-question"><b>{number}.</b> {formulas(question.html())}</p>'
        match question:
            case ChoiceQuestion():
                answers = _choice(question, lesson)
            case NumberQuestion():
                answers = _number(question)
            case OrderQuestion():
                answers = _order(question, lesson)
            case _:
                raise ValueError(f"the site does not know how to show a question of kind {question.kind!r}")
        parts.append(f"{words}\n{answers}")
    how = "Open the answer that you would give: what is right or wrong with it stands inside."
    return f'<div class="course-quiz">\n<p>{how}</p>\n{"".join(parts)}\n</div>'


def _choice(question: ChoiceQuestion, lesson: str) -> str:
    options = list(question.options)
    if question.shuffled:
        Random(f"{lesson} {question.id}").shuffle(options)
    return "\n".join(_fold(html.escape(each, quote=False), _marked(question.options[each])) for each in options)


def _number(question: NumberQuestion) -> str:
    where = span(question.low, question.high, question.unit)
    said = [f"<b>{html.escape(shown(question.answer, question.unit))}.</b> {_marked(question.right)}"]
    for mistake in question.near:
        said.append(f"{html.escape(shown(mistake.value, question.unit))}: {_marked(mistake.feedback)}")
    said.append(f"Any other number: {_marked(question.wrong)}")
    return _fold(f"Decide on a number{', ' + where if where else ''}; then open the answer", "</p><p>".join(said))


def _order(question: OrderQuestion, lesson: str) -> str:
    items = list(question.items)
    random = Random(f"{lesson} {question.id}")
    while tuple(items) == question.items:
        random.shuffle(items)
    listed = "".join(f"<li>{html.escape(each, quote=False)}</li>" for each in items)
    right = "".join(f"<li>{html.escape(each, quote=False)}</li>" for each in question.items)
    answer = f"{formulas(question.right)}</p><ol>{right}</ol><p>Any other order: {_marked(question.wrong)}"
    return f"<ul>{listed}</ul>\n{_fold('Put them in order; then open the answer', answer)}"


def _marked(feedback: str) -> str:
    """The sign is for eyes only: the feedback says in words whether it is right."""
    right = feedback.startswith("Right")
    kind, sign = ("right", "✓") if right else ("wrong", "✗")
    return f'<span class="course-{kind}" aria-hidden="true">{sign}</span> {formulas(feedback)}'


def _fold(summary: str, inside: str) -> str:
    return f"<details><summary>{formulas(summary)}</summary><p>{inside}</p></details>"


def _box(title: str, inside: str, small: str) -> str:
    head = f"<b>{title}</b>" if title else ""
    foot = f'<p class="course-small">{small}</p>' if small else ""
    return f"{ASKS}{head}{inside}{foot}</div>"


def formulas(words: str) -> str:
    r"""HTML in which ``$…$`` is what MathJax looks for on the site."""
    return _FORMULA.sub(r'<span class="math notranslate nohighlight">\\(\1\\)</span>', words)


def _call(source: str) -> ast.Call | None:
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return next((each for each in calls if isinstance(each.func, ast.Name) and each.func.id == "predict"), None)


def _range(source: str) -> str:
    """From where to where a number is asked for, in words."""
    call = _call(source)
    given = {each.arg: each.value for each in call.keywords} if call else {}
    low, high, unit = (_literal(given.get(name), other) for name, other in (("low", 0), ("high", 100), ("unit", "%")))
    return span(low, high, unit)


def _options(source: str) -> Sequence[str]:
    """The options of a prediction, given in the call or in the same cell."""
    call = _call(source)
    if call is None:
        return ()
    value = next((each.value for each in call.keywords if each.arg == "options"), None)
    if isinstance(value, ast.Name):
        named = {
            target.id: node.value
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        value = named.get(value.id)
    return _literal(value, ())


def _literal(node: ast.expr | None, default: object) -> object:
    return default if node is None else ast.literal_eval(node)
