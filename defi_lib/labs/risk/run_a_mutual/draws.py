"""Books to practise on and to be tested with, with their hidden truth; and claims on covers."""

from __future__ import annotations

from functools import lru_cache
from math import ceil
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.labs.risk.run_a_mutual.world import Book, Claim, Kind, Terms, chance_seen
from defi_lib.normal import quantile
from defi_lib.risk import chance_given_shock, correlation_from_history, judge_claim, loss_in_bad_year

YEARS, COVERS = 50, 1_000
#: What can be earned pays for this multiple of the capital that the worst of 200 years takes: room, but not much.
ROOM = 1.4
#: Kinds with little in common are so large a part of all demand; they are the first three before all are shuffled.
GOOD = 0.6
#: Capital for the worst of 500 years by the history is this multiple of what the true worst of 100 takes, or more.
TYPICAL = 1.1
#: On which a plan is tried.
NEW_YEARS = 5_000


class Truth(NamedTuple):
    """What nobody knows: of each kind, the chance of a loss and the dependence on the common shock."""

    chance: NDArray[np.float64]
    dependence: NDArray[np.float64]

    def lost(self, rng: np.random.Generator, years: int, covers: int = COVERS) -> NDArray[np.float64]:
        """Part of the covers of each kind (last axis) lost in new years: one shock a year, the same for all kinds."""
        return self._given(rng, rng.standard_normal(years), covers) / covers

    def history(self, rng: np.random.Generator) -> NDArray[np.int64]:
        """Claims in years whose shocks are spread as evenly as fifty can be: typical luck, in any order."""
        return self._given(rng, rng.permutation(np.asarray(quantile((np.arange(YEARS) + 0.5) / YEARS))), COVERS)

    def _given(self, rng: np.random.Generator, shocks: NDArray[np.float64], covers: int) -> NDArray[np.int64]:
        return rng.binomial(covers, chance_given_shock(self.chance, self.dependence, shocks[:, np.newaxis]))


class Drawn(NamedTuple):
    """A book, and what a student does not get."""

    book: Book
    truth: Truth
    dependence: NDArray[np.float64]  #: of each kind, as its history shows it


@lru_cache(maxsize=512)
def drawn(number: int) -> Drawn:
    """A book by its number, with what lies behind it."""
    rng = np.random.default_rng([number, 62])
    while True:
        good = rng.uniform(*((0.1, 0.15) if number & 1 else (0.02, 0.045)), 3)
        order = rng.permutation(5)
        truth = Truth(rng.uniform(0.02, 0.05, 5), np.r_[good, rng.uniform(0.6, 0.7, 2)][order])
        demand = np.r_[rng.dirichlet([12] * 3) * GOOD, rng.dirichlet([12] * 2) * (1 - GOOD)][order]
        demand *= rng.uniform(50e6, 300e6)
        claims = truth.history(rng).T
        kinds = tuple(
            Kind(float(f"{dollars:.3g}"), COVERS, tuple(row.tolist()))
            for dollars, row in zip(demand, claims, strict=True)
        )
        asks, calm = round(float(rng.uniform(0.06, 0.14)), 3), order < 3
        dollars = np.array([kind.demand for kind in kinds])[calm]
        chance = np.array([chance_seen(COVERS, kind.claims) for kind in kinds])[calm]
        seen = np.asarray(correlation_from_history(np.arange(COVERS) < claims[..., np.newaxis]))
        fair = float(dollars @ chance)
        bad, worse = (float(dollars @ loss_in_bad_year(chance, seen[calm], part)) for part in (0.995, 0.998))
        each = ROOM * asks  # what is earned is (most − 1)·fair, the capital bad − most·fair
        most = ceil(100 * (1 + each * (bad - fair) / (fair * (1 + each)))) / 100
        true = float(dollars @ loss_in_bad_year(truth.chance[calm], truth.dependence[calm], 0.99))
        if worse - most * fair > TYPICAL * (true - most * fair):
            return Drawn(Book(kinds, most, asks), truth, seen)


@lru_cache(maxsize=128)
def new_years(number: int) -> NDArray[np.float64]:
    """Part of the covers of each kind of a book (last axis) that is lost in years which nobody has seen."""
    return drawn(number).truth.lost(np.random.default_rng([number, 2026]), NEW_YEARS)


def draw_book(number: int) -> Book:
    """A book by its number: the same number gives the same book.

    >>> draw_book(7) == draw_book(7) and draw_book(7) != draw_book(8)
    True
    """
    return drawn(int(number)).book


CAUSES = ("bug", "oracle", "key", "bridge", "price", "tax")


def draw_claim(rng: np.random.Generator, flaw: str = "", vote: str = "") -> tuple[Terms, Claim]:
    """A cover and a claim on it, easy to read.

    Args:
        rng: where chance comes from.
        flaw: what is wrong with it: "cause", "waiting", "ended", "late", "small" (loss below the excess); nothing:
            it is covered; "big", "first", "last", "edge": it is too, and the loss is above the sum, or falls on the
            first or the last day, or is reported on the last.
        vote: "selfish": who votes by gain loses by paying; "friends": they have the same claim; else one of the two.
    """
    begins, waits, report = (int(rng.integers(*each)) for each in ((10, 400), (5, 30), (10, 60)))
    length = int(rng.choice([90, 180, 365]))
    causes = rng.permutation(CAUSES).tolist()
    terms = Terms(
        float(rng.integers(20, 200) * 1_000),
        float(rng.integers(2, 16) * 100),
        tuple(causes[:3]),
        begins,
        waits,
        begins + length,
        report,
    )
    day = int(rng.integers(begins + waits + 1, terms.ends))
    day = {"waiting": begins + waits - 1, "ended": terms.ends + 1, "first": begins + waits, "last": terms.ends}.get(
        flaw, day
    )
    told = day + {"late": report + 1, "edge": report}.get(flaw, int(rng.integers(0, report)))
    loss = float(rng.integers(110, 180) if flaw == "big" else rng.integers(30, 90)) / 100 * terms.sum
    loss = terms.excess - 100.0 if flaw == "small" else float(round(loss))
    cause = causes[3] if flaw == "cause" else str(rng.choice(causes[:3]))
    valid = flaw not in ("cause", "waiting", "ended", "late", "small")
    return terms, Claim(cause, day, told, loss, _votes(rng, loss, valid, vote))


def _votes(rng: np.random.Generator, loss: float, valid: bool, vote: str) -> float:
    """Part of the tokens for paying, by the library's holders: six of seven vote by what they gain."""
    vote = vote or str(rng.choice(["selfish", "friends"]))
    holders = rng.random(40) < 6 / 7
    verdict = judge_claim(
        loss, valid, rng.pareto(1.5, 40) + 1, selfish=holders, own_claims=loss if vote == "friends" else 0.0
    )
    return round(float(verdict.part_for), 3)
