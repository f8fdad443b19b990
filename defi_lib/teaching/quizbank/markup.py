"""From the words of a quiz to those of a learning platform."""

from __future__ import annotations

import html
import math
import re

from defi_lib.explore.questions import NumberQuestion
from defi_lib.explore.questions.words import span

_FORMULA = re.compile(r"\$([^$]+)\$")


def platform(text: str) -> str:
    r"""HTML in which formulas stand as platforms' MathJax reads them: ``$x$`` becomes ``\(x\)``.

    >>> print(platform("It is $x^2$."))
    It is \(x^2\).
    """
    return _FORMULA.sub(lambda found: rf"\({found[1]}\)", text)


def shown(words: str) -> str:
    r"""Plain words, as options and items are, as HTML."""
    return platform(html.escape(words, quote=False))


def number(value: float) -> str:
    """A number as every platform reads it, with a point and without loss.

    >>> number(60.0), number(0.05)
    ('60', '0.05')
    """
    if not math.isfinite(value):
        raise ValueError(f"value = {value!r}: allowed is a finite number")
    return repr(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))


def asked(question: NumberQuestion) -> str:
    """A number question with the range and the unit that a lesson shows before its line."""
    where = span(question.low, question.high, html.escape(question.unit, quote=False))
    return platform(question.question) + (f" <em>(Your answer {where}.)</em>" if where else "")
