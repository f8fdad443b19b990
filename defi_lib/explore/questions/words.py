"""From the words of an author to what the page shows, and from what a reader types to a number."""

from __future__ import annotations

import html
import math
import re

#: What readers write for a unit besides its own name.
_SAME = {
    "%": ("percent", "per cent", "pct"),
    "USD": ("$", "dollar", "dollars", "usd"),
    "times": ("x", "×", "time", "fold", "-fold"),
}
_GAPS = re.compile(r"[\s\u00a0\u2009\u202f'’_]+")
_NUMBER = re.compile(r"([+-]?(?:\d[\d.,]*|[.,]\d+)(?:e[+-]?\d+)?)", re.I)


def rendered(text: str) -> str:
    """Plain words as HTML: ``*emphasis*`` is shown as such."""
    return re.sub(r"\*([^*\s](?:[^*]*[^*\s])?)\*", r"<em>\1</em>", html.escape(text, quote=False))


def plain(text: str) -> str:
    """HTML as plain words."""
    return html.unescape(re.sub(r"<[^>]+>", "", text))


def shown(value: float, unit: str = "") -> str:
    """A number as readers read it.

    >>> shown(1280, "USD")
    '1,280 USD'
    """
    return f"{value:,.4g} {unit}".strip() if abs(value) < 1e4 else f"{value:,.0f} {unit}".strip()


def span(low: float, high: float, unit: str = "") -> str:
    """A range in words; an end that is infinite is not said."""
    words = [f"{word} {end:,.10g}" for word, end in (("from", low), ("to", high)) if math.isfinite(end)]
    return " ".join([*words, unit] if words else [f"in {unit}" if unit else ""]).strip()


def number_in(text: str | float, low: float, high: float, unit: str = "") -> float:
    """The number that a reader typed: with a comma or a point, with or without the unit.

    >>> number_in("0,5 %", 0, 20, "%")
    0.5

    Args:
        text: what was typed.
        low: the smallest number allowed.
        high: the largest.
        unit: what may stand behind the number.

    Raises:
        ValueError: with one sentence that tells the reader what to do.
    """
    typed = str(text).strip()
    wanted = f"write a number {span(low, high, unit)}".strip()
    if not typed:
        raise ValueError(f"Nothing is written yet: {wanted}. A guess is enough.")
    readings = {value for value in _readings(typed, unit) if math.isfinite(value)}
    inside = sorted(value for value in readings if low <= value <= high)
    if len(inside) > 1:
        raise ValueError(f"“{typed}” can be {inside[0]:,.10g} or {inside[1]:.10g}: write it without the comma.")
    if inside:
        return inside[0]
    if readings:
        raise ValueError(f"{typed} is out of range: {wanted}.")
    raise ValueError(f"We cannot read “{typed}”: {wanted}.")


def _readings(typed: str, unit: str) -> list[float]:
    """Every number that the text may mean; none if it is no number in this unit."""
    text = _GAPS.sub("", typed.replace("−", "-")).casefold()
    names = sorted(_names(unit), key=len, reverse=True)
    front = next((name for name in names if name in ("$", "usd") and text.startswith(name)), "")
    text = text.removeprefix(front)
    found = _NUMBER.match(text)
    if not found or text[found.end() :] not in ("", *names):
        return []
    return [float(each) for each in _separated(found[1]) if _is_number(each)]


def _names(unit: str) -> set[str]:
    first = unit.split(" ")[0]
    words = {unit, first, *_SAME.get(unit, ()), *_SAME.get(first, ())}
    return {_GAPS.sub("", word).casefold() for word in words} - {""}


def _separated(number: str) -> list[str]:
    """The number with one decimal point, in every way that its commas and points can be read."""
    comma, point = number.count(","), number.count(".")
    thousands = re.compile(r"[+-]?[1-9]\d{0,2}([.,]\d{3})+$")
    if comma and point:
        decimal = "," if number.rfind(",") > number.rfind(".") else "."
        other = "." if decimal == "," else ","
        whole, _, part = number.rpartition(decimal)
        return [f"{whole.replace(other, '')}.{part}"] if decimal not in whole else []
    if comma > 1 or point > 1:
        return [re.sub("[.,]", "", number)] if thousands.match(number) else []
    if comma and thousands.match(number):
        return [number.replace(",", ""), number.replace(",", ".")]
    return [number.replace(",", ".")]


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
