"""Near the user: what a nearby machine of a stranger answers in time, and where machines are best placed."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.compute import late_share, mmc_queue, round_trip
from defi_lib.evidence.effects import Control, Registry
from defi_lib.ledger import Ledger

EVIDENCE = Registry("compute")

Array = NDArray[np.float64]

#: ms: within which an answer is due.
LIMIT = 100.0
#: Part of the land in which most users live, and of requests that C21b leaves out as slower still.
DENSE, SLOWEST = 0.1, 0.01
#: What an overrun machine of C21b is taken to be: nearly always busy.
_OVERRUN = 0.99
#: Longer than anybody waits (ms).
_LONGEST = 1e7
#: Mean distance from the middle of a square to anywhere in it, in lengths of its side.
_TO_THE_MIDDLE = 0.3826


def travel(distance: ArrayLike) -> Array:
    """Milliseconds there and back by cable.

    Args:
        distance: km, by air.

    >>> round(float(travel(500.0)), 1)
    7.3
    """
    return np.asarray(1e3 * np.asarray(round_trip(distance)))


def still_waiting(load: ArrayLike, answer: ArrayLike, unlike: ArrayLike, within: ArrayLike) -> Array:
    """Chance that a request at one machine waits longer than so long before its turn: ``ρ·e^(−t/w)``.

    ``w = s·(1 + v²)/2/(1 − ρ)`` is the mean wait of those who wait at all. Exact for exponential answers (v = 1), the
    usual approximation for others; 1 where no time is left.

    Args:
        load: ρ, part of the time that the machine is busy, < 1.
        answer: s, mean time of an answer (ms).
        unlike: v, standard deviation of that time, as a part of the mean.
        within: t, ms; below 0 no time is left.

    >>> round(float(still_waiting(0.5, 20.0, 1.0, 40.0)), 3)
    0.184
    """
    rest = np.asarray(within, float)
    load, answer = np.asarray(load, float), np.asarray(answer, float)
    mean = answer * (1 + np.asarray(unlike, float) ** 2) / 2 / (1 - load)
    return np.where(rest < 0, 1.0, load * np.exp(-np.maximum(rest, 0.0) / mean))


# One machine, half busy, answers of 20 ms, 40 ms left: it is late with chance 0.5/e.
_BUSY = {"answer_time": 20.0, "node_load": 0.5, "unlike": 1.0, "line": 40.0, "distance": 0.0, "asked": 0.0,
         "vanish": 0.0, "notice": 10.0}  # fmt: skip
_E = float(np.exp(-1))


@EVIDENCE.model(
    "C28a",
    placebos=[{"node_load": 0.0, "vanish": 0.0, "line": 0.0, "answer_time": 5.0}],  # nothing to wait for
    controls=[
        Control(_BUSY, -0.5 * _E),
        Control(_BUSY | {"unlike": 0.0}, -0.5 * _E**2),  # half the wait
        Control(_BUSY | {"unlike": 2.0, "node_load": 0.2}, -0.2 * np.exp(-0.64)),
        Control(_BUSY | {"asked": 1.0}, -0.25),  # a second trip leaves no time, but one of two is free at once
        Control(_BUSY | {"asked": 1.0, "line": 41.0}, -1.0),
        Control(_BUSY | {"asked": 2.0}, -((0.5 * _E) ** 2)),
        Control(_BUSY | {"asked": 3.0}, -((0.5 * _E) ** 5)),
        Control(_BUSY | {"distance": 1_000.0}, -0.5 * np.exp(-(40 - 14.690163) / 40), 1e-6),
        Control(_BUSY | {"vanish": 0.1, "notice": 3_600.0}, -(1 - np.exp(-0.1) * (1 - 0.5 * _E))),
        Control(_BUSY | {"vanish": 0.1, "notice": 3_600.0, "asked": 1.0}, -((1 - np.exp(-0.1) * 0.5) ** 2)),
        Control(_BUSY | {"vanish": 0.1, "notice": 3_600.0, "asked": 2.0}, -(1 - np.exp(-0.1) * (1 - (0.5 * _E) ** 2))),
        Control(_BUSY | {"answer_time": 70.0}, -1.0),
    ],
)
def answered_too_late(
    answer_time: Array, node_load: Array, unlike: Array, line: Array, distance: Array, asked: Array, vanish: Array,
    notice: Array,
) -> Array:  # fmt: skip
    """Part of the requests that a network of home machines answers after more than 100 ms or never, below 0.

    Args:
        answer_time: ms.
        node_load: part of the time that a machine is busy.
        unlike: how unlike answers are in length, as :func:`still_waiting` has it.
        line: both last miles, there and back (ms).
        distance: to the machine (km).
        asked: 0 sends to the nearest at once; 1 asks two first, and whoever is gone does not answer; 2 and 3 know the
            lines of two or five before, and send to the one that seems to be free soonest, though it may be gone.
        vanish: part of the machines that leaves in an hour.
        notice: seconds until nobody sends to a machine that has left.
    """
    first = asked == 1
    machines = np.where(asked == 3, 5.0, np.where(asked == 0, 1.0, 2.0))
    trips = np.where(first, 2.0, 1.0)
    rest = LIMIT - trips * (line + travel(distance)) - answer_time
    late = still_waiting(node_load, answer_time, unlike, rest)
    there = np.exp(-vanish * notice / 3_600)
    one = there * (1 - late)  # of two that are asked, each is in time with this chance
    return -np.where(first, 1 - one * (2 - one), 1 - there * (1 - late**machines))


# Nobody waits: the farthest one request of a hundred is the slowest. Distances: 50 km, or 75 in the country.
_LAND = {"answer_time": 20.0, "node_load": 0.0, "unlike": 1.0, "town_users": 0.6, "machines": 100.0, "size": 1_000.0,
         "towns": 4.0, "rule": 0.0}  # fmt: skip
_KM = 14.690163e-3  # ms there and back


@EVIDENCE.model(
    "C21b",
    placebos=[{"town_users": DENSE}],  # users live evenly: both are one
    placebo_error=1e-6,
    controls=[
        Control(_LAND, 25 * _KM, 1e-6),
        Control(_LAND | {"machines": 400.0}, 12.5 * _KM, 1e-6),
        Control(_LAND | {"rule": 1.0}, (75 - 191.3) * _KM, 1e-6),
        Control(_LAND | {"rule": 1.0, "towns": 100.0}, 25 * _KM, 1e-6),  # helpers as near as the nearest
        Control(_LAND | {"town_users": 0.995}, (50 * (0.1 / 0.995) ** 0.5 - 50) * _KM, 1e-6),
        # No distance, half busy: 40·ln 50 ms where users are, 2,000·ln(0.9·0.99/0.01) in an overrun town.
        Control(
            _LAND | {"node_load": 0.5, "size": 0.0, "town_users": 0.9}, 40 * np.log(50) - 2_000 * np.log(89.1), 1e-6
        ),
        Control(_LAND | {"node_load": 0.5, "size": 0.0, "town_users": 0.9, "rule": 1.0}, 0.0),
    ],
)
def even_sooner(
    answer_time: Array, node_load: Array, unlike: Array, town_users: Array, machines: Array, size: Array, towns: Array,
    rule: Array,
) -> Array:  # fmt: skip
    """By how much an even placement answers the slowest request in a hundred sooner than one where users are (ms).

    Args:
        answer_time, node_load, unlike: as :func:`answered_too_late` has them; the load is that of all machines.
        town_users: part of the users in the densest tenth of the land.
        machines: how many.
        size: side of the land, a square (km).
        towns: how many, each in the middle of its part of the land.
        rule: 0 if the nearest machine answers, 1 if others help out, so that all are equally busy.
    """
    country = 1 - town_users
    apart = size / 2 / np.sqrt(machines)  # to the nearest of evenly placed ones
    helper = np.maximum(_TO_THE_MIDDLE * size / np.sqrt(towns), apart)
    crowd = np.minimum(node_load * town_users / DENSE, _OVERRUN)
    outside = node_load * country / (1 - DENSE)
    shared = rule > 0
    away = np.where(shared, np.maximum(town_users - DENSE, 0.0), 0.0)
    even = (
        (town_users - away, travel(apart), np.where(shared, node_load, crowd)),
        (away, travel(helper), node_load),
        (country, travel(apart), np.where(shared, node_load, outside)),
    )
    crowded = (
        (town_users, travel(apart * np.sqrt(DENSE / town_users)), node_load),
        (country, travel(apart * np.sqrt((1 - DENSE) / np.maximum(country, 1e-9))), node_load),
    )
    return slowest(crowded, answer_time, unlike) - slowest(even, answer_time, unlike)


def slowest(groups: tuple[tuple[Array, Array, Array], ...], answer: ArrayLike, unlike: ArrayLike) -> Array:
    """Time of the slowest request in a hundred, without its answer and last mile (ms).

    Args:
        groups: of requests: their part of all, their way (ms), the load of their machines.
        answer, unlike: as :func:`still_waiting` has them.
    """
    shape = np.broadcast_shapes(*(np.shape(each) for group in groups for each in group), np.shape(answer))
    low, high = np.zeros(shape), np.full(shape, _LONGEST)
    for _ in range(50):
        middle = (low + high) / 2
        late = sum(part * still_waiting(load, answer, unlike, middle - way) for part, way, load in groups)
        low, high = np.where(late > SLOWEST, middle, low), np.where(late > SLOWEST, high, middle)
    return np.asarray(high)


#: Lesson 7.7's other world: km and machines of its data centre, ms of a mobile and of a fixed line (Ookla, 2022).
FAR, HALL, RADIO, CABLE = 500.0, 20, 28.0, 10.0


def late_in(load: ArrayLike, answer: float, limit: float, distance: float) -> dict[str, ArrayLike]:
    """What lesson 7.7 explores: the part of the requests that comes too late, by place (answers of random length).

    A stranger's machine stands behind two last miles; the data centre's machines have one line, and one last mile.
    Less than one in a million is shown as that.

    Args:
        load: part of the time that machines are busy.
        answer: mean time of an answer (ms); that of the request itself counts as the mean.
        limit: ms.
        distance: to the stranger's machine (km).

    >>> {name: round(float(part), 4) for name, part in late_in(0.5, 20.0, 100.0, 0.0).items()}
    {"One stranger's machine": 0.175, 'The freest of two': 0.2047, 'A data centre': 0.0}
    """
    way = RADIO + CABLE + travel(distance)
    one = still_waiting(load, answer, 1.0, limit - answer - way)
    two = still_waiting(load, answer, 1.0, limit - answer - 2 * way) ** 2
    rest, busy = limit - answer - RADIO - float(travel(FAR)), np.asarray(load, float)
    hall = late_share(mmc_queue(HALL * busy / answer, 1 / answer, HALL), max(rest, 0.0)) if rest >= 0 else busy * 0 + 1
    places = {"One stranger's machine": one, "The freest of two": two, "A data centre": hall}
    return {place: np.maximum(late, 1e-6) for place, late in places.items()}


def busiest(place: str, answer: float, limit: float, distance: float, late: float = 0.001) -> float:
    """The highest load at which so small a part comes too late, to four digits; 0 if there is none.

    Args:
        place: as :func:`late_in` names it.
        answer, limit, distance: as there.
        late: part of the requests.

    >>> busiest("One stranger's machine", 40.0, 300.0, 50.0) < busiest("A data centre", 40.0, 300.0, 50.0)
    True
    """
    loads = np.arange(1, 9_900) / 1e4
    punctual = loads[np.asarray(late_in(loads, answer, limit, distance)[place]) <= late]
    return float(punctual.max(initial=0.0))


def million_answers(load: float, rent: float, answer: float = 40.0, power: float = 0.17) -> dict[str, float]:
    """Who pays and who gets what for a million answers of machines that are busy for a part of the time (USD).

    Args:
        load: that part.
        rent: of a machine's hour, busy or not.
        answer: time of an answer (ms).
        power: USD a kWh; a machine draws 450 W while it is busy and 60 W while it waits.

    >>> {name: round(amount, 1) for name, amount in million_answers(0.5, 0.7).items()}
    {'clients': -15.6, 'owners': 14.6, 'power company': 1.0}
    """
    hours = 1e6 * answer / 3.6e6 / load
    ledger = Ledger(("clients", "owners", "power company"))
    ledger.record("clients", "owners", rent * hours, "USD", "rent")
    ledger.record("owners", "power company", power * hours * (0.45 * load + 0.06 * (1 - load)), "USD", "power")
    ledger.check_conserved()
    return {name: float(ledger.balance(name, "USD")) for name in ("clients", "owners", "power company")}
