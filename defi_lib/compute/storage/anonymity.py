"""Who is found in data without names: by facts that somebody knows, in groups that are coarse, under noise."""

from __future__ import annotations

from math import comb

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.renamed import renamed
from defi_lib.validation import Amount, at_least, between, broadcastable, fulfilled, plain, ratio

#: Place of an hour without a record.
NOT_SEEN = -1

#: Part of the records at home and work that is made at home.
AT_HOME = 2 / 3

#: More facts than anybody keeps in mind.
MOST_FACTS = 20

_DISTINCT = "are no more than there are records of a person"


def alone_chance(people: Amount, boxes: Amount) -> Amount:
    """Chance to be alone in one's box if people fall into equally likely boxes: ``(1 − 1/c)^(n − 1)``.

    Args:
        people: n, with oneself, >= 1.
        boxes: c, such as birth dates times genders, >= 1.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: the birthday problem; Golle (2006) for postcode, gender and birth date.

    >>> round(alone_chance(2, 10), 12)
    0.9
    """
    number, classes = (
        np.asarray(between("people", people, 1.0, np.inf, high_open=True)),
        np.asarray(between("boxes", boxes, 1.0, np.inf, high_open=True)),
    )
    broadcastable(people=number, boxes=classes)
    with np.errstate(divide="ignore", invalid="ignore"):
        others = np.where(number > 1, (number - 1) * np.log1p(-1 / classes), 0.0)
    return plain(np.exp(others))


def group_sizes(rows: ArrayLike) -> NDArray[np.int64]:
    """How many rows are equal to each row, with itself: k-anonymous is a table whose smallest group has k.

    Args:
        rows: a table, one row a person, one column for each fact that others may know.

    Raises:
        ValueError: no table.

    Source: Sweeney, *k-Anonymity: A Model for Protecting Privacy* (2002).

    >>> group_sizes([[1980, 2], [1980, 2], [1981, 2]]).tolist()
    [2, 2, 1]
    """
    table = np.asarray(rows)
    fulfilled("rows", table.ndim, table.ndim == 2, "have two dimensions: people and facts")
    _, which, counts = np.unique(table, axis=0, return_inverse=True, return_counts=True)
    return counts[which.reshape(-1)].astype(np.int64)


@renamed(random="rng")
def draw_traces(
    rng: np.random.Generator, people: int, places: int, hours: int, recorded: float, habit: float = 0.75
) -> NDArray[np.int64]:
    """Where each person is recorded in each hour: at home, at work, or anywhere; NOT_SEEN without a record.

    Homes and places of work are drawn evenly; two thirds of the habit are at home.

    Args:
        rng: for the draws.
        people: rows, >= 1.
        places: told apart, >= 1.
        hours: columns, >= 1.
        recorded: part of the hours with a record, in [0, 1].
        habit: part of the records made at home or at work, in [0, 1].

    Raises:
        ValueError: an argument outside its range.
    """
    at_least("people", people, 1), at_least("places", places, 1), at_least("hours", hours, 1)
    between("recorded", recorded, 0.0, 1.0), between("habit", habit, 0.0, 1.0)
    shape = people, hours
    home, work = (np.broadcast_to(rng.integers(places, size=(people, 1)), shape) for _ in range(2))
    kind, anywhere = rng.random(shape), rng.integers(places, size=shape)
    where = np.where(kind < habit * AT_HOME, home, np.where(kind < habit, work, anywhere))
    return np.where(rng.random(shape) < recorded, where, NOT_SEEN).astype(np.int64)


@renamed(random="rng")
def with_noise(rng: np.random.Generator, traces: ArrayLike, places: int, moved: float) -> NDArray[np.int64]:
    """The traces as they are sold if a part of all records is first moved to a place drawn at random.

    Args:
        rng: for the draws.
        traces: people × hours, see :func:`draw_traces`.
        places: told apart, >= 1.
        moved: part of the records, in [0, 1].

    Raises:
        ValueError: an argument outside its range.
    """
    true = np.asarray(traces)
    at_least("places", places, 1), between("moved", moved, 0.0, 1.0)
    hit = (true != NOT_SEEN) & (rng.random(true.shape) < moved)
    return np.where(hit, rng.integers(places, size=true.shape), true).astype(np.int64)


@renamed(random="rng")
def found_share(
    rng: np.random.Generator,
    traces: ArrayLike,
    facts: int,
    *,
    sold: ArrayLike | None = None,
    merged: int = 1,
    window: int = 1,
) -> float:
    """Part of the people whom somebody finds that knows some of their records: counted, person by person.

    The neighbour takes the row that agrees with most of the facts, and finds the person if it is the only one that
    agrees with so many and is the person's own.

    Args:
        rng: draws which records of each person are known.
        traces: people × hours, true places as the neighbour saw them; see :func:`draw_traces`.
        facts: known records of each person, 1 to the fewest that a person has.
        sold: what is sold in place of the true traces, such as :func:`with_noise` gives.
        merged: so many neighbouring places are sold as one, >= 1.
        window: so many hours are sold as one, >= 1: a row agrees if it has the place at any of them.

    Raises:
        ValueError: an argument outside its range, or a person with fewer records than facts.

    >>> found_share(np.random.default_rng(1), [[1, 2, 3], [1, 2, 4], [5, 2, 3]], 3)
    1.0
    """
    true = np.asarray(traces)
    offered = true if sold is None else np.asarray(sold)
    at_least("facts", facts, 1), at_least("merged", merged, 1), at_least("window", window, 1)
    seen = true != NOT_SEEN
    fulfilled("facts", facts, facts <= int(seen.sum(axis=1).min()), _DISTINCT)
    public = np.where(offered == NOT_SEEN, NOT_SEEN, offered // merged)
    order = np.argsort(np.where(seen, rng.random(true.shape), 2.0), axis=1, kind="stable")[:, :facts]
    found = 0
    for person, moments in enumerate(order):
        agree = np.zeros(len(true), dtype=np.int64)
        for moment in moments.tolist():
            begin = moment // window * window
            agree += np.any(public[:, begin : begin + window] == true[person, moment] // merged, axis=1)
        best = agree.max()
        found += int(best > 0 and agree[person] == best and np.sum(agree == best) == 1)
    return found / len(true)


def chance_found(
    facts: Amount,
    people: Amount,
    places: Amount,
    hours: Amount = 1.0,
    recorded: Amount = 1.0,
    habit: Amount = 0.75,
    crowding: Amount = 1.0,
) -> Amount:
    """Chance that facts which fit a person fit nobody else: what :func:`found_share` counts, as a formula.

    A fact is a record at home, at work or elsewhere. Others fit it by sharing the home or the work, with the chance
    ``crowding/places``, and by being recorded there in the same span of time; or by chance. The formula is a mean over
    which kinds of facts are known, of ``(1 − fit)^(people − 1)``.

    Args:
        facts: whole numbers, 0 to 20.
        people: in the set, >= 1.
        places: told apart, > 1.
        hours: length of the span of a record, >= 1.
        recorded: part of the hours with a record, in [0, 1].
        habit: part of the records made at home or at work, in [0, 1).
        crowding: how much fuller one's own home and work are than an average place, >= 1.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: own derivation; unicity as de Montjoye et al. (2013) count it.

    >>> round(chance_found(1, 3, 10, habit=0.0), 12)
    0.81
    """
    known, number = (
        np.asarray(between("facts", facts, 0, MOST_FACTS)),
        np.asarray(between("people", people, 1.0, np.inf, high_open=True)),
    )
    fulfilled("facts", known, known == np.rint(known), "are whole numbers")
    cells = np.asarray(between("places", places, 1.0, np.inf, low_open=True, high_open=True))
    span, seen = (
        np.asarray(between("hours", hours, 1.0, np.inf, high_open=True)),
        np.asarray(between("recorded", recorded, 0.0, 1.0)),
    )
    usual, crowd = (
        np.asarray(ratio("habit", habit)),
        np.asarray(between("crowding", crowding, 1.0, np.inf, high_open=True)),
    )
    broadcastable(facts=known, people=number, places=cells, hours=span, recorded=seen, habit=usual, crowding=crowd)
    known, *rest = np.broadcast_arrays(known, number, cells, span, seen, usual, crowd)
    found = np.empty(known.shape)
    for count in np.unique(known).astype(np.int64).tolist():
        these = known == count
        found[these] = _alone(count, *(each[these] for each in rest))
    return plain(found)


def _alone(
    facts: int,
    people: NDArray[np.float64],
    places: NDArray[np.float64],
    hours: NDArray[np.float64],
    recorded: NDArray[np.float64],
    habit: NDArray[np.float64],
    crowding: NDArray[np.float64],
) -> NDArray[np.float64]:
    """The chance for one number of facts."""
    home, work, other = habit * AT_HOME, habit * (1 - AT_HOME), 1 - habit
    share = np.minimum(crowding / places, 0.5)  # the chance that another's home, or work, is one certain of my two

    def seen(often: NDArray[np.float64]) -> NDArray[np.float64]:
        """Chance to be recorded at least once in the span at a place where so many of one's records are."""
        with np.errstate(divide="ignore"):
            return -np.expm1(hours * np.log1p(-recorded * often))

    stray = other / places  # at any place that is neither home nor work
    by = {0: seen(stray), 1: seen(stray + home), 2: seen(stray + work), 3: seen(stray + home + work)}
    elsewhere = by[0] + (by[1] + by[2] - 2 * by[0]) / places  # another may live or work there
    powers = {kind: [chance**n for n in range(facts + 1)] for kind, chance in by.items()}
    # Another lives at my home, at my work or elsewhere, and works at one of these.
    places_of_others = [
        (np.prod([share if place else 1 - 2 * share for place in (lives, works)], axis=0), lives, works)
        for lives in (1, 2, 0)
        for works in (1, 2, 0)
    ]
    total = np.zeros(people.shape)
    for at_home in range(facts + 1):
        for at_work in range(facts - at_home + 1):
            rest = facts - at_home - at_work
            fit = np.zeros(people.shape)
            for part, lives, works in places_of_others:
                mine, office = ((lives == place) + 2 * (works == place) for place in (1, 2))
                fit += part * powers[mine][at_home] * powers[office][at_work]
            fit *= elsewhere**rest
            weight = comb(facts, at_home) * comb(facts - at_home, at_work) * home**at_home * work**at_work * other**rest
            with np.errstate(divide="ignore", invalid="ignore"):
                total += weight * np.exp(np.where(people > 1, (people - 1) * np.log1p(-np.minimum(fit, 1.0)), 0.0))
    return np.minimum(total, 1.0)
