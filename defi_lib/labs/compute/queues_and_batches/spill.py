"""A cloud behind own machines: what a day costs, and how many machines to have for a day that nobody has seen."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np

from defi_lib.compute import queue_waits
from defi_lib.labs.compute.queues_and_batches.days import Day, bill_of, cheapest, draw_day, drawn, sent_on
from defi_lib.labs.compute.queues_and_batches.shared import lab, short_line
from defi_lib.labs.kit import Part, holds, matches, together
from defi_lib.labs.kit.compare import Misshapen, numbers_of
from defi_lib.units import SECONDS_PER_HOUR

#: Above the cheapest bill, which is known only afterwards: on average of four days, and for how many points.
DEARER = ((0.08, 2), (0.06, 2))
#: No number of machines that a student may ask for is larger.
MOST = 1_000


def _small_day(rng: np.random.Generator) -> Day:
    arrivals, services = short_line(rng, 8)
    own = float(rng.integers(40, 90)) / 100
    promise = float(rng.integers(1, 4)) / 2 + 0.05  # no wait is just as long
    return Day(np.array(arrivals), np.array(services), 20.0, own, round(3.2 * own, 3), promise)


def _mistakes(day: Day, machines: int) -> dict[str, float]:
    """What usual mistakes make of the bill."""
    sent = sent_on(day, machines)
    work, away = float(day.services.sum()), float(day.services[sent].sum())
    own = machines * day.own * day.length
    return {
        "This is in dollar-seconds: prices are dollars an *hour*.": own + day.cloud * away,
        "An own machine costs its price for the whole day, busy or not.": (
            (day.own * (work - away) + day.cloud * away) / SECONDS_PER_HOUR
        ),
        "The cloud is missing: who would wait longer than promised is served there.": own / SECONDS_PER_HOUR,
        "The own machines are missing.": day.cloud * away / SECONDS_PER_HOUR,
        "The cloud takes its own price for a second of work.": (own + day.own * away) / SECONDS_PER_HOUR,
        "Only those go to the cloud who would wait longer than promised, not all who would wait.": bill_of(
            day._replace(promise=0.0), machines
        ),
        "Who goes to the cloud has left the line: no own machine works for it.": _still_in_line(day, machines),
    }


def _bill_part(day: Day, machines: int, got: Any) -> Part:
    said = (
        f"`bill(day, {machines})` with arrivals {day.arrivals.tolist()}, services {day.services.tolist()}, length "
        f"{day.length:g}, own {day.own:g}, cloud {day.cloud:g} and promise {day.promise:g}"
    )
    return matches(1, said, got, bill_of(day, machines), _mistakes(day, machines))


def _still_in_line(day: Day, machines: int) -> float:
    """The bill if own machines work for those too who are served in the cloud."""
    late = queue_waits(day.arrivals, day.services, machines) > day.promise if machines else np.ones(len(day.arrivals))
    away = float(day.services @ late)
    return (machines * day.own * day.length + day.cloud * away) / SECONDS_PER_HOUR


@lab.question(
    "bill",
    points=2,
    hints=(
        "As in `pool`, but look at the wait before you send a request to a machine: is it longer than promised?",
        "Own machines cost their hour, used or not. Of the cloud count the seconds of work that it does.",
    ),
)
def _bill(rng: np.random.Generator, bill: Any) -> Iterator[Part]:
    while True:
        day = _small_day(rng)
        bills = sorted([bill_of(day, 2), *_mistakes(day, 2).values()])
        if 1 <= sent_on(day, 2).sum() <= 4 and not any(np.isclose(one, other) for one, other in pairwise(bills)):
            break
    yield _bill_part(day, 2, bill(day, 2))
    parts = [_bill_part(day, machines, bill(day, machines)) for machines in (0, 1, 8)]
    exact = Day(np.array([0.0, 1.0]), np.array([3.0, 4.0]), 20.0, 0.5, 2.0, 2.0)
    reached = matches(1, "", bill(exact, 1), bill_of(exact, 1))
    parts.append(
        reached.said(
            "One machine, a request of 3 seconds, and one second later the next: it waits just the 2 seconds promised, "
            "so it stays."
        )
    )
    yield together(1, *parts)


def _asked(machines: Any, number: int) -> int:
    """What a student's plan is for a day; a sentence if it is none."""
    said = f"`machines(draw_day({number}))`"
    got = float(numbers_of(machines(draw_day(number)), said, ()))
    if not (got.is_integer() and 0 <= got <= MOST):
        raise Misshapen(f"{said} should be a whole number of machines, 0 to {MOST:,}, but it is {got:g}.")
    return int(got)


@lab.question(
    "machines",
    points=4,
    hints=(
        "What does today cost with 0, 1, 2 … machines? The next day is of the same kind, though not the same.",
        "`bill_of(day, n)` counts as the check does. Try numbers until bills only rise, and take the cheapest.",
    ),
)
def _machines(rng: np.random.Generator, machines: Any) -> Iterator[Part]:
    numbers = [int(each) for each in 4 * int(rng.integers(100, 120)) + rng.permutation(4)]
    dearer = {}
    for number in numbers:
        best, lowest = cheapest(number)
        asked = _asked(machines, number)
        dearer[number] = (bill_of(drawn(number).next, asked) / lowest - 1, asked, best)
    mean = float(np.mean([each[0] for each in dearer.values()]))
    worst = max(dearer, key=lambda number: dearer[number][0])
    more, asked, best = dearer[worst]
    said = (
        f"On average of four days your bill is {mean:.0%} above the cheapest; of `draw_day({worst})` {more:.0%}: "
        f"you have {asked} machines, and {best} would have been the cheapest on the next day."
    )
    for limit, points in DEARER:
        yield holds(points, mean <= limit, f"{said} Asked for is {limit:.0%}.")
