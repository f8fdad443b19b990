"""Nodes come and go: what a job loses, and when a service on a hundred homes is out of order. Readings C21a, C5a."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.compute import PeerNetwork, daly_interval, draw_ids, expected_run_time
from defi_lib.evidence.effects import Control, Registry
from defi_lib.figures import figure
from defi_lib.ledger import Ledger
from defi_lib.risk import shortfall_chance
from defi_lib.units import HOURS_PER_YEAR

EVIDENCE = Registry("compute")

Array = NDArray[np.float64]

#: Home machines of the service, as the reading says.
HOMES = 100

# A job of 24 hours on nodes that stay 20 hours on average, unsaved, with nothing to load.
_UNSAVED = {"peer_fails": 20.0, "length": 24.0, "every": 24.0, "save": 0.0, "load": 0.0}


@EVIDENCE.model(
    "C21a",
    placebos=[{"peer_fails": 1e12, "save": 0.0}],  # nobody leaves, and nothing is saved
    controls=[
        Control(_UNSAVED, 1 - 20 / 24 * (np.exp(1.2) - 1)),  # (e^(L/M) − 1)·M
        Control(_UNSAVED | {"every": 100.0}, 1 - 20 / 24 * (np.exp(1.2) - 1)),  # longer than the job: never
        Control(_UNSAVED | {"load": 2.0}, 1 - 20 / 24 * np.exp(0.1) * (np.exp(1.2) - 1)),
        Control({"peer_fails": 20, "length": 100, "every": 2, "save": 0.1, "load": 0}, -0.107, 0.01),  # Daly's example
        Control(_UNSAVED | {"peer_fails": 1e12, "every": 2.0, "save": 0.2}, -0.1, 1e-3),  # nobody leaves: only saving
    ],
)
def more_machine_time(peer_fails: Array, length: Array, every: Array, save: Array, load: Array) -> Array:
    """Machine time of a job on nodes that leave, above that on nodes that stay, which save nothing; below 0.

    Args:
        peer_fails: hours that a node stays on average.
        length: hours of the job.
        every: hours of work between two saves; longer than the job, it is never saved.
        save: hours to save.
        load: paid hours until work goes on after a node has left.
    """
    return 1 - expected_run_time(length, np.minimum(every, length), save, peer_fails, load) / length


# Each is there half of the time, and all of them apart.
_APART = {"there": 0.5, "needed": 50.0, "dependence": 0.0, "common": 0.0, "out": 0.0}


@EVIDENCE.model(
    "C5a",
    placebos=[{"there": 1.0, "common": 4.0, "out": 4.0}],  # homes that never leave, and the same fault for all
    controls=[
        Control(_APART | {"there": 1.0, "common": 3.0, "out": 8.0}, 5.0),
        Control(_APART | {"there": 0.99, "needed": 100.0}, -HOURS_PER_YEAR * (1 - 0.99**100)),  # all are needed
        Control(_APART | {"there": 0.99, "needed": 100.0, "out": 20.0}, 20 - HOURS_PER_YEAR * (1 - 0.99**100)),
        # Fewer than 51 of 100 tosses of a coin show heads: a half, and half of the chance of just fifty.
        Control(_APART | {"needed": 51.0}, -HOURS_PER_YEAR * (0.5 + 0.0795892373871788 / 2), 1e-6),
    ],
)
def hours_less(there: Array, needed: Array, dependence: Array, common: Array, out: Array) -> Array:
    """Hours a year that a service on a hundred home machines is out of order less than one in a data centre.

    It is out of order while fewer machines are there than needed, or while what all share stands still; that both
    happen at once is counted twice. A common shock, by which homes are away together, and an accident of its own
    decide for each hour whether a home is away (Vasicek).

    Args:
        there: part of the time in which a home machine is there.
        needed: machines that must be, of the hundred.
        dependence: correlation of what keeps two of them away, in [0, 1).
        common: hours a year in which what all share stands still.
        out: hours a year in which the data centre is out of order.
    """
    away = shortfall_chance(1 - needed / HOMES, HOMES, 1 - there, dependence)
    return out - common - HOURS_PER_YEAR * np.round(away, 9)


def saving(every: ArrayLike, stays: float, save: float, machines: float) -> dict[str, ArrayLike]:
    """What lesson 7.6 explores: a job on some machines at once, which all begin again at the last save when one leaves.

    To load anew takes six minutes. More than a hundredfold is drawn as a hundredfold.

    Args:
        every: hours of work between two saves.
        stays: hours that a node stays on average.
        save: minutes to save.
        machines: that the job needs at once.

    >>> found = saving(4.0, 100.0, 2.0, 10.0)
    >>> {name: round(float(value), 3) for name, value in found.items()}
    {'Saved': 1.254, 'Nodes that stay': 1.0, 'more': 0.254, 'best': 0.794, 'least': 0.097}
    """
    fails, hours = stays / np.rint(machines), save / 60
    best = daly_interval(hours, fails)
    every = np.asarray(every, float)
    now, least = (
        np.minimum(np.asarray(expected_run_time(each, each, hours, fails, 0.1)) / each, 100.0) for each in (every, best)
    )
    flat = np.zeros_like(now)
    return {
        "Saved": now,
        "Nodes that stay": flat + 1,
        "more": now - 1,
        "best": flat + best,
        "least": flat + least - 1,
    }


def names_found(gone: float, knows: int = 8, nodes: int = 400, asked: int = 200) -> float:
    """Part of the names that are found without any list: each node knows some others at each distance (Kademlia).

    Args:
        gone: part of the nodes that are not there any more.
        knows: others that each node knows at each distance.
        nodes: at first.
        asked: names that somebody looks for.

    >>> names_found(0.0, asked=20)
    1.0
    """
    peers = PeerNetwork(draw_ids(nodes, np.random.default_rng(3), 0), knows, np.random.default_rng(4))
    lot = np.random.default_rng(5)
    online, keys = lot.random(nodes) >= gone, lot.integers(0, 2**48, asked)
    there = np.flatnonzero(online)
    return float(np.mean([peers.lookup(int(lot.choice(there)), int(key), online).found for key in keys]))


def one_job(hours: float = 10.0, stays: float = 10.0) -> dict[str, Ledger]:
    """A job of ten hours, booked four ways (dollars): homes saved and not, paid by the hour or by result, and a hall.

    At home nodes stay ten hours on average; a save takes three minutes, loading a quarter of an hour. A card draws
    0.45 kW at home and at its hall's price for firms.

    Args:
        hours: of the job.
        stays: hours that a node at home stays on average.

    >>> books = one_job()
    >>> round(books["home, unsaved, by result"].balance("owners", "USD"), 2)
    1.92
    """
    home, hall = (float(figure(f"gpu_price.runpod_{kind}_rtx_4090").value) for kind in ("community", "secure"))
    power, firm = (float(figure(f"electricity.{of}").value) for of in ("us_household", "business_price_united_states"))
    saved = float(expected_run_time(hours, 1.0, 0.05, stays, 0.25))
    unsaved = float(expected_run_time(hours, hours, 0.0, stays, 0.25))
    ways = {
        "home, saved, by the hour": (saved, saved, home, power),
        "home, unsaved, by the hour": (unsaved, unsaved, home, power),
        "home, unsaved, by result": (unsaved, hours, home, power),
        "one hall": (hours, hours, hall, firm),
    }
    books = {}
    for name, (worked, paid, rent, price) in ways.items():
        book = books[name] = Ledger(("client", "owners", "power company"))
        book.record("client", "owners", paid * rent, "USD", "rent")
        book.record("owners", "power company", worked * 0.45 * price, "USD", "power")
        book.check_conserved()
    return books
