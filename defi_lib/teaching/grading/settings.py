"""What an instructor sets: due dates, what a late day costs, limits. One small TOML file in the class's folder."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any, NamedTuple

#: Written where there is none; every line may be changed.
TEMPLATE = """\
# Grading. All times are those of this machine's clock.

[due]
# "1.1" = 2026-10-16T23:59:00

[late]
per_day = 0.0  # of the lab's points, for each day begun after the due date: 0.1 takes away a tenth
at_most = 1.0  # of the lab's points
free_minutes = 0  # so late is still in time

[limits]
cell = 12  # seconds that a cell may take; loops in an answer are stopped by the lab itself after 5
lab = 300  # seconds for a whole hand-in
memory = 4000  # megabytes
processes = 200
"""


class Limits(NamedTuple):
    """What one hand-in may use: seconds, megabytes, processes."""

    cell: float = 12.0
    lab: float = 300.0
    memory: float = 4_000.0
    processes: int = 200


class Settings(NamedTuple):
    """Due dates by lab, what lateness costs, and limits.

    Args:
        due: number of the lab → when it is due, by the machine's clock.
        per_day: share of the lab's points that each day begun costs.
        at_most: share of the lab's points that lateness may cost.
        free_minutes: so late is in time.
        limits: of each hand-in.
    """

    due: Mapping[str, datetime] = {}
    per_day: float = 0.0
    at_most: float = 1.0
    free_minutes: float = 0.0
    limits: Limits = Limits()

    def days_late(self, lab: str, when: datetime | None) -> int:
        """Days begun after the due date; 0 without one, or if the time is not known."""
        if when is None or lab not in self.due:
            return 0
        late = when - self.due[lab] - timedelta(minutes=self.free_minutes)
        return max(0, math.ceil(late / timedelta(days=1)))

    def penalty(self, days: int, out_of: float) -> float:
        """Points that so many days cost."""
        return min(self.per_day * days, self.at_most) * out_of


def settings_in(folder: Path) -> Settings:
    """The settings of the class in ``folder``; where there is no file, one with the usual values is written.

    Raises:
        ValueError: what is wrong in the file, and where.
    """
    file = folder / "grading.toml"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        file.write_text(TEMPLATE, encoding="utf-8")
    try:
        read = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{file} cannot be read: {error}") from None
    _only_known(read, {"due", "late", "limits"}, str(file))
    late, limits = read.get("late", {}), read.get("limits", {})
    _only_known(late, {"per_day", "at_most", "free_minutes"}, f"[late] of {file}")
    _only_known(limits, set(Limits._fields), f"[limits] of {file}")
    for place, name, value in [("late", *each) for each in late.items()] + [
        ("limits", *each) for each in limits.items()
    ]:
        high = 1.0 if name in ("per_day", "at_most") else math.inf
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= high:
            raise ValueError(f"{name} in [{place}] of {file} is {value!r}; it must be a number from 0 to {high:g}")
    due = {str(lab): _moment(when, f"[due] of {file}", lab) for lab, when in read.get("due", {}).items()}
    return Settings(due=due, limits=Limits(**limits), **late)


def _only_known(table: Mapping[str, Any], known: set[str], where: str) -> None:
    if unknown := sorted(set(table) - known):
        raise ValueError(f"{unknown[0]!r} in {where} is not known; there are {', '.join(sorted(known))}")


def _moment(when: Any, where: str, lab: str) -> datetime:
    """A time of the machine's clock; of a date its last second."""
    if isinstance(when, datetime):
        return when.astimezone().replace(tzinfo=None) if when.tzinfo else when
    try:
        return datetime.combine(when, time(23, 59, 59))
    except TypeError:
        raise ValueError(f"{lab!r} in {where} is {when!r}; it must be a time such as 2026-10-16T23:59:00") from None
