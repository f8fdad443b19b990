"""Own cards, and a cloud behind them. Reading C24a."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.compute import (
    HybridService,
    cheapest_servers,
    failing_hybrid,
    hybrid_service,
    real_requests,
    servers_needed,
    simulate_queue,
    unreliable_pool,
)
from defi_lib.evidence.effects import Control, Registry
from defi_lib.ledger import Ledger
from defi_lib.units import SECONDS_PER_HOUR
from defi_lib.validation import plain

EVIDENCE = Registry("compute")

Array = NDArray[np.float64]

#: Halvings until the number of cards that keeps a promise is known to a float.
_HALVINGS = 50

# Demand lies evenly between nothing and twice its mean; nothing fails, and all are served.
_EVEN = {"ratio": 2.0, "peak": 1.0, "away": 0.0, "together": 0.0, "promise": 1.0, "patient": 0.0}


@EVIDENCE.model(
    "C24a",
    placebos=[
        {"ratio": 1.0},  # a card-hour that has work costs the same in both
        {"peak": 1e-9, "together": 0.0},  # the same work at all times
        {"patient": 1.0, "together": 0.0},  # all of it can wait
    ],
    controls=[
        Control(_EVEN, 0.25),  # own cards for the mean: 1 + 2·(1/4), against 2 either way
        Control(_EVEN | {"ratio": 4.0}, 0.125),  # (2 − 1.75)/2: own cards for three quarters of the peak
        Control(_EVEN | {"ratio": 2.5, "away": 0.2}, 0.25),
        Control(_EVEN | {"ratio": 4.0, "patient": 0.5}, 1 - 1.375 / 1.5),
        Control(_EVEN | {"promise": 0.99}, 1 - (1 + 2 * 0.24) / 1.8),  # each may leave one in a hundred unserved
        # The network alone cannot keep the promise; the cloud takes all in its outages.
        Control(
            _EVEN | {"ratio": 2 / 0.99, "together": 0.01, "promise": 0.995},
            1 - (1 + (0.99 / 4 + 0.005) * 2 / 0.99) / (0.995 * 2 / 0.99),
        ),
        # It can, with more cards than without outages: 0.98/0.99 of what comes in between.
        Control(
            _EVEN | {"ratio": 4.0, "together": 0.01, "promise": 0.98},
            1 - (2 * (1 - 1 / 3.96) + 4 * (0.99 / 3.96**2 + 0.01 - 0.02)) / (2 - 2 * (1 - 0.98 / 0.99) ** 0.5),
        ),
        # Half can wait: of the other half one in twenty-five may stay unserved, above four fifths of its peak.
        Control(
            _EVEN | {"ratio": 3.0, "patient": 0.5, "promise": 0.98}, 1 - (0.5 + 2 / 3 + 3 * (0.5 / 9 - 0.02)) / 1.3
        ),
        Control(_EVEN | {"peak": 0.5, "ratio": 2.0}, 1 - (1.5 * 0.5**0.5 + 2 * (1 - 1.25 * 0.5**0.5)) / 1.5),
    ],
)
def saved_by_a_mixture(
    ratio: Array, peak: Array, away: Array, together: Array, promise: Array, patient: Array
) -> Array:
    """Part of the cost that a mixture of shared cards and a cloud saves, against the cheaper of the two alone.

    Ordered by size, demand in times of its mean is ``(1 + peak)·u^peak`` at the part u of the time; what can wait is
    done evenly. Of very many cards the same part is away at all times. A shared card costs 1 an hour, a cloud's ratio
    for each hour of work. As many may be left unserved as the promise allows.

    Args:
        ratio: price of a cloud's card for an hour.
        peak: highest demand above the mean.
        away: part of the time that a card is away by itself.
        together: part of the time that the network is away as a whole.
        promise: part of the requests that must be served.
        patient: part of the work that can wait.
    """
    # One more card pays where it has work for more than 1/ratio of the time that it is there.
    use = np.clip(1 / (ratio * (1 - away) * (1 - together)), 0.0, 1.0)
    level = (1 - use) ** peak
    over = (1 - together) * (1 - patient) * beyond(level, peak) + together
    unserved = 1 - promise
    mixed = cards(level, peak, patient) / (1 - away) + ratio * (over - unserved)
    cloud = ratio * promise
    shared = alone(peak, away, together, promise, patient)
    best = np.minimum(cloud, shared)
    pays = (use < 1) & (over > unserved)
    return 1 - np.where(pays, np.minimum(mixed, best), best) / best


def alone(peak: Array, away: Array, together: Array, promise: Array, patient: Array) -> Array:
    """What shared cards alone cost (in hours of a card per hour of work); infinite where they cannot keep the promise.

    Arguments as in :func:`saved_by_a_mixture`.
    """
    allowed = (1 - promise / (1 - together)) / np.maximum(1 - patient, 1e-12)
    low, high = np.zeros(np.shape(allowed)), np.ones(np.shape(allowed))
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        enough = (beyond(middle, peak) <= allowed) & (allowed > 0)  # all served: cards for the whole peak
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    kept = promise <= 1 - together
    return np.where(kept, cards(high, peak, patient) / (1 - away), np.inf)


def cards(level: ArrayLike, peak: ArrayLike, patient: ArrayLike) -> Array:
    """Cards for the patient work and for demand up to ``level`` of its peak, in times of the mean demand."""
    return np.asarray(patient + (1 - np.asarray(patient)) * (1 + np.asarray(peak)) * level)


def beyond(level: ArrayLike, peak: ArrayLike) -> Array:
    """Part of the impatient work that is above ``level`` of its peak: ``1 − (1 + p)·w + p·w^(1 + 1/p)``.

    >>> float(beyond(0.5, 1.0)), float(beyond(1.0, 3.0))
    (0.25, 0.0)
    """
    height, above = np.asarray(level, float), np.maximum(np.asarray(peak, float), 1e-9)
    return np.maximum(1 - (1 + above) * height + above * height ** (1 + 1 / above), 0.0)


def mixture(own: ArrayLike, ratio: float, peak: float, away: float) -> dict[str, ArrayLike]:
    """What lesson 7.15 explores: cost of own cards and a cloud, in times of own card-hours that the work fills.

    Nothing can wait, the network as a whole never fails; own cards alone must serve 99 %.

    Args:
        own: cards that are paid for, in times of the mean that the work fills.
        ratio: price of a cloud's card for an hour, in times of an own one's.
        peak: highest demand above the mean.
        away: part of the time that a card is away by itself.

    >>> found = mixture(1.0, 2.0, 1.0, 0.0)
    >>> round(found["Own cards and cloud"], 2), round(found["in the cloud"], 2), round(found["own alone"], 2)
    (1.5, 0.25, 1.8)
    """
    there = np.asarray(own, float) * (1 - away)
    over = beyond(np.minimum(there / (1 + peak), 1.0), peak)
    least = alone(*(np.array([each]) for each in (peak, away, 0.0, 0.99, 0.0)))[0]
    both = np.asarray(own) + ratio * over
    return {
        "Own cards and cloud": plain(both),
        "saved": plain(1 - both / min(least, ratio)),
        "in the cloud": plain(over),
        "own alone": float(least),
        "cloud alone": ratio,
    }


#: Seconds that a machine is away, so that an hour holds several such times.
_AWAY = 360.0


def real_overflow(service: str, own: int, load: float, away: float = 0.0) -> float:
    """Part of a real hour's requests that find all own machines taken or away, and go to the cloud.

    Request by request, with SimPy. A machine is away for six minutes on average.

    Args:
        service: ``"code"`` or ``"conversation"``.
        own: machines, each for one request at a time.
        load: work of the hour, as a part of what all of them could do.
        away: part of the time that a machine is away.

    >>> round(real_overflow("code", 10, 0.6), 3)
    0.518
    """
    requests = real_requests(service)
    answer = load * own * requests.seconds[-1] / requests.answered.sum()  # seconds for a token
    fails = _AWAY * (1 - away) / away if away else None
    run = simulate_queue(
        requests.seconds,
        requests.answered * answer,
        own,
        room=0,
        mtbf=fails,
        mttr=_AWAY,
        rng=np.random.default_rng(1),
    )
    return run.overflow_share


#: Pictures of a film: ten cards' work, a minute on each card, in requests a second; a wait of six seconds at most.
_FILM, _MINUTE, _WAIT = 10 / 60, 60.0, 6.0

#: Own cards, and places to wait, that are tried.
_COUNTS, _ROOMS = range(8, 15), range(6)

#: A card that is away a tenth of the time, an hour at a time (seconds).
FAILING = 9 * SECONDS_PER_HOUR, SECONDS_PER_HOUR


def film(own: float, cloud: float) -> dict[str, HybridService]:
    """An hour of a film's pictures in six ways: cloud alone, own cards alone, and both; cards that fail or never do.

    Requests come by chance; of cards that fail each is away a tenth of the time. With own cards, alone or not, nobody
    waits for more than six seconds on average. Of all ways to mix, the cheapest.

    Args:
        own: price of an own card for an hour (USD).
        cloud: price of the cloud's.
    """
    task = cloud * _MINUTE / SECONDS_PER_HOUR
    many = range(40)

    def cheapest(ways: Iterable[HybridService]) -> HybridService:
        return min((way for way in ways if way.wait <= _WAIT), key=lambda way: float(way.cost))

    def only(count: int) -> HybridService:
        return hybrid_service(_FILM, 1 / _MINUTE, count, 500, own)

    needed = servers_needed(_FILM, 1 / _MINUTE, _WAIT)
    failing = next(
        count for count in many if count > 12 and unreliable_pool(_FILM, 1 / _MINUTE, count, *FAILING).wait <= _WAIT
    )
    return {
        "cloud alone": hybrid_service(_FILM, 1 / _MINUTE, 0, 0, own, task),
        "own alone, never fail": only(int(needed)),
        "own alone, fail": only(failing),
        "both, nobody waits, never fail": cheapest_servers(_FILM, 1 / _MINUTE, own, task),
        "both, never fail": cheapest(
            hybrid_service(_FILM, 1 / _MINUTE, count, room, own, task) for count in _COUNTS for room in _ROOMS
        ),
        "both, fail": cheapest(
            failing_hybrid(_FILM, 1 / _MINUTE, count, *FAILING, room, own, task) for count in _COUNTS for room in _ROOMS
        ),
    }


def booked(ways: dict[str, HybridService]) -> dict[str, Ledger]:
    """Each way's hour in a ledger of its own: clients, owners of cards, the cloud.

    >>> ledger = booked(film(2.71, 3.27))["cloud alone"]
    >>> round(ledger.balance("the cloud", "USD"), 2)
    32.7
    """
    books = {}
    for name, way in ways.items():
        ledger = books[name] = Ledger(("clients", "owners of cards", "the cloud"))
        ledger.book(way, clients="clients", nodes="owners of cards", cloud="the cloud")
        ledger.check_conserved()
    return books
