"""The fields of an entry in a quiz file, with errors that name the place."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

_MISSING: Any = object()


class Fields:
    """An entry of a quiz file, read field by field.

    Args:
        place: where it stands, for errors.
        data: the fields.
    """

    def __init__(self, place: str, data: Any) -> None:
        if not isinstance(data, Mapping):
            raise ValueError(f"{place} is {data!r}: allowed is a table of fields")
        self.place, self._data, self._read = place, data, set[str]()

    def text(self, name: str, default: str = _MISSING) -> str:
        """Words; empty ones only as the default."""
        value = self._get(name, default)
        if not isinstance(value, str) or not (value.strip() or value is default):
            raise self._wrong(name, value, "words, not empty")
        return value

    def word(self, name: str) -> str:
        """A short name: small letters, digits and hyphens."""
        value = self.text(name)
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", value):
            raise self._wrong(name, value, "small letters, digits and hyphens")
        return value

    def texts(self, name: str, *, least: int) -> list[str]:
        """A list of words; if none is needed, it may be missing."""
        value = self._get(name, [] if least == 0 else _MISSING)
        good = isinstance(value, list) and all(isinstance(each, str) and each.strip() for each in value)
        if not good or len(value) < least:
            raise self._wrong(name, value, f"a list of at least {least} words or sentences")
        return value

    def number(self, name: str, *, low: float = -math.inf, default: float = _MISSING) -> float:
        """A finite number, ``low`` or more; not finite only as the default."""
        value = self._get(name, default)
        if value is default and default is not _MISSING:
            return value
        good = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
        if not good or value < low:
            raise self._wrong(name, value, "a number" if low == -math.inf else f"a number from {low:g}")
        return float(value)

    def truth(self, name: str, default: bool) -> bool:
        """``true`` or ``false``."""
        value = self._get(name, default)
        if not isinstance(value, bool):
            raise self._wrong(name, value, "true or false")
        return value

    def entries(self, name: str, *, least: int) -> list[Fields]:
        """A list of entries; if none is needed, it may be missing."""
        value = self._get(name, [] if least == 0 else _MISSING)
        if not isinstance(value, list) or len(value) < least:
            raise self._wrong(name, value, f"at least {least} entries")
        return [Fields(f"{self.place}, {name} {number}", each) for number, each in enumerate(value, 1)]

    def one_of(self, name: str, allowed: Iterable[str]) -> str:
        """One of ``allowed``."""
        value = self.text(name)
        if value not in set(allowed):
            raise self._wrong(name, value, " or ".join(map(repr, allowed)))
        return value

    def nothing_else(self) -> None:
        """Refuse fields that nobody has asked for: they are misspelt."""
        if unknown := sorted(set(self._data) - self._read):
            known = ", ".join(sorted(self._read))
            raise ValueError(f"{self.place}: the field {unknown[0]!r} is not known; known are {known}")

    def _get(self, name: str, default: Any) -> Any:
        self._read.add(name)
        value = self._data.get(name, default)
        if value is _MISSING:
            raise ValueError(f"{self.place}: the field {name!r} is missing")
        return value

    def _wrong(self, name: str, value: Any, allowed: str) -> ValueError:
        return ValueError(f"{self.place}: {name} = {value!r}: allowed is {allowed}")
