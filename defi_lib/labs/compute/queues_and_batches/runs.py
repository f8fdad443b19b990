"""One machine that answers many at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from defi_lib.labs.compute.queues_and_batches.shared import lab
from defi_lib.labs.kit import Part, matches, together

#: Arrivals, tokens of each answer, the largest batch, seconds a step, and seconds more for each answer in it.
Run = tuple[list[float], list[int], int, float, float]


def answered(
    arrivals: list[float], tokens: list[int], most: int, step: float, each: float, wrong: str = ""
) -> list[float]:
    """Seconds from arrival to answer, in batches that begin when the machine is free and somebody is there.

    ``wrong`` makes a usual mistake: ``full`` waits until a batch is full, ``all`` adds the answers up, ``free`` lets
    more answers cost nothing, ``leave`` gives each answer when its own tokens are written.
    """
    free, first, times = 0.0, 0, []
    while first < len(arrivals):
        start = max(free, arrivals[first])
        if wrong == "full":
            start = max(free, arrivals[min(first + most, len(arrivals)) - 1])
        here = [n for n in range(first, min(first + most, len(arrivals))) if arrivals[n] <= start]
        of_all = sum(tokens[n] for n in here) if wrong == "all" else max(tokens[n] for n in here)
        pace = step + each * (1 if wrong == "free" else len(here))
        free = start + of_all * pace
        times += [(start + tokens[n] * pace if wrong == "leave" else free) - arrivals[n] for n in here]
        first += len(here)
    return times


MISTAKES = {
    "The machine waits until a batch is full; it begins with those who are there.": "full",
    "The answers are written side by side: the longest one says how long it takes, not their sum.": "all",
    "A step takes longer the more answers are in it: `each` seconds for every one.": "free",
    "A batch ends with its longest answer; until then none is handed out.": "leave",
}


def _answers_of(run: Run, got: Any) -> Part:
    right = answered(*run)
    mistakes = {text: answered(*run, wrong) for text, wrong in MISTAKES.items()}
    mistakes["These are the moments of the answers; asked for is how long each request took."] = [
        time + came for time, came in zip(right, run[0], strict=True)
    ]
    mistakes["One after the other; a machine takes up to `most` at once."] = answered(*run[:2], 1, *run[3:])
    told = {text: tuple(wrong) for text, wrong in mistakes.items()}
    return matches(1, f"`batches{run}`", got, tuple(right), told)


def _run(rng: np.random.Generator, requests: int, most: int) -> Run:
    """A run in which every mistake shows."""
    while True:
        arrivals = np.cumsum(rng.integers(1, 12, requests) / 10)
        run: Run = (
            (arrivals - arrivals[0]).round(1).tolist(),
            rng.integers(2, 15, requests).tolist(),
            most,
            0.1,
            round(float(rng.integers(1, 6)) / 100, 2),
        )
        others = [answered(*run, wrong) for wrong in MISTAKES.values()] + [answered(*run[:2], 1, *run[3:])]
        if not any(np.allclose(wrong, answered(*run)) for wrong in others):
            return run


@lab.question(
    "batches",
    points=3,
    hints=(
        "Who is there when the machine becomes free? Take the first `most` of them. How long is the longest answer?",
        "k answers take longest · (step + each · k) seconds. If nobody is there, the next one begins when it comes.",
    ),
)
def _batches(rng: np.random.Generator, batches: Any) -> Iterator[Part]:
    for requests, most in ((5, 2), (8, 3)):
        run = _run(rng, requests, most)
        yield _answers_of(run, batches(*run))
    alone: Run = ([0.0, 50.0], [int(rng.integers(5, 20)), int(rng.integers(5, 20))], 4, 0.1, 0.02)
    crowd: Run = ([0.0] * 6, rng.integers(5, 20, 6).tolist(), 6, 0.1, 0.0)
    yield together(1, *(_answers_of(run, batches(*run)) for run in (alone, crowd, _run(rng, 12, 4))))
