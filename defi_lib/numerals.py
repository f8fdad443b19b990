"""How numbers are written for readers: one spelling for sliders, axes and sentences.

Thousands have commas, a minus is a minus sign, a per cent sign stands behind a space that never breaks, and no number
is written as ``1e+04``, ``-0`` or ``1.00k million``.
"""

from __future__ import annotations

import math
import re
import string
from decimal import Decimal
from typing import Any, Literal

Format = Literal["number", "percent", "money", "integer"]

#: A space at which no line breaks.
SPACE = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
_LARGE = ((1e12, "t"), (1e9, "b"), (1e6, "m"))

_POWER = re.compile(r"(?<![\w.])([+-]?)(\d(?:\.\d+)?)e([+-]\d+)(?!\w)")
_PERCENT = re.compile(r"(?<=\d)[ \u00a0]?%")
_NEGATIVE = re.compile(r"(?<![\w.,%)\]-])-(?=\$?[\d.])")
_NOTHING = re.compile(r"[+\u2212](?=\$?0(?:[.,]0*)?(?![\d.,]*\d))")


def number(value: float, digits: int = 4) -> str:
    """``value`` with at least ``digits`` significant digits, whole numbers in full: ``1,500``, ``0.0012``.

    >>> number(29_357), number(0.00123456), number(-0.0), number(1e4)
    ('29,357', '0.001235', '0', '10,000')
    """
    whole = len(str(abs(int(value)))) if abs(value) >= 1 else 0
    text = format(Decimal(f"{value:.{max(digits, whole)}g}"), ",f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "0") else text.replace("-", MINUS)


def percent(ratio: float, digits: int = 4) -> str:
    """A ratio as per cent.

    >>> percent(0.003) == "0.3\\N{NO-BREAK SPACE}%"
    True
    """
    return number(100 * ratio, digits) + SPACE + "%"


def money(value: float, digits: int = 4) -> str:
    """Dollars; from a million on with a letter.

    >>> money(50), money(100_000), money(2.5e6)
    ('$50', '$100,000', '$2.5m')
    """
    size, letter = next((pair for pair in _LARGE if abs(value) >= pair[0]), (1.0, ""))
    text = number(abs(value) / size, digits) + letter
    return (MINUS if value < 0 and text != "0" else "") + "$" + text


def written(value: float, kind: Format, digits: int = 4) -> str:
    """``value`` in the format of an axis."""
    if kind == "percent":
        return percent(value, digits)
    return money(value, digits) if kind == "money" else number(value, digits)


def with_unit(value: float, unit: str, digits: int = 4) -> str:
    """What stands beside a slider: dollars and per cent carry their sign, other units stand in the label.

    >>> with_unit(5_000, "USD"), with_unit(5_000, "nodes")
    ('$5,000', '5,000')
    """
    if unit == "%" or unit.startswith("% "):
        return number(value, digits) + SPACE + "%"
    if unit == "USD" or unit.startswith("USD "):
        return (MINUS if value < 0 else "") + "$" + number(abs(value), digits)
    return number(value, digits)


def counted(many: float, one: str, more: str = "") -> str:
    """A number with its noun.

    >>> counted(1, "link"), counted(3, "link"), counted(1_000, "loss", "losses")
    ('1 link', '3 links', '1,000 losses')
    """
    return f"{number(many)} {one if many == 1 else more or one + 's'}"


class Sentence(string.Formatter):
    """Format strings in which a number can bring its noun: ``{links:# link}`` is "1 link", "3 links".

    >>> Sentence().vformat("{hit:# link} of {all}", (), {"hit": 1, "all": 8})
    '1 link of 8'
    """

    def format_field(self, value: Any, spec: str) -> str:
        """One number, with its noun."""
        return counted(value, spec[1:].strip()) if spec.startswith("#") else str(super().format_field(value, spec))

    def get_field(self, field_name: str, args: Any, kwargs: Any) -> Any:
        """A name with spaces or dots is the name of a column; ``words[0]`` is an entry of one."""
        return (kwargs[field_name], field_name) if field_name in kwargs else super().get_field(field_name, args, kwargs)


def tidy(text: str) -> str:
    """A sentence whose numbers were written by Python, in the course's spelling.

    >>> tidy("From 1e+04 to -5.72% and -0 USD: -3") == "From 10,000 to −5.72\\N{NO-BREAK SPACE}% and 0 USD: −3"
    True
    """
    text = _POWER.sub(lambda match: match[1] + format(Decimal(f"{match[2]}e{match[3]}"), ",f"), text)
    text = _PERCENT.sub(SPACE + "%", text)
    return _NOTHING.sub("", _NEGATIVE.sub(MINUS, text))


def ticks(low: float, high: float, log: bool, kind: Format = "number") -> dict[float, str]:
    """Where an axis from ``low`` to ``high`` has its marks, and what is written at them."""
    places = _log_ticks(low, high) if log else _linear_ticks(low, high, kind == "integer")
    return {place: _tick(place, kind) for place in places}


def _tick(value: float, kind: Format) -> str:
    if value and abs(value) < 1e-7:  # only chances are so small
        return "10" + str(round(math.log10(abs(value)))).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    if kind != "money" and abs(value) >= 1e6:
        return money(value, 6).replace("$", "")
    return written(value, kind, 6)


def _linear_ticks(low: float, high: float, whole: bool) -> list[float]:
    rough = (high - low) / 5
    power = math.floor(math.log10(rough))
    step = next(f * 10.0**power for f in (1, 2, 2.5, 5, 10) if f * 10.0**power >= rough * 0.8)
    step = max(step, 1.0) if whole else step
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [float(f"{k * step:.12g}") for k in range(first, last + 1)]


def _log_ticks(low: float, high: float) -> list[float]:
    decades = math.log10(high / low)
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    if decades > 7:  # every second, third … power
        stride = math.ceil(decades / 7)
        powers = range(first - first % stride, last + 1, stride)
        places = [float(f"1e{k}") for k in powers]
    else:
        factors = (1,) if decades > 3.3 else (1, 3) if decades > 2.3 else (1, 2, 5)
        places = [float(f"{f}e{k}") for k in range(first, last + 1) for f in factors]
        places = places if decades > 0.8 else _linear_ticks(low, high, False)
    return [place for place in places if low * (1 - 1e-9) <= place <= high * (1 + 1e-9)]
