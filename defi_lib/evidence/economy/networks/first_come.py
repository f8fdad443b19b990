"""Does a firm's head start last? Reading C12b."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.economy import RivalRun, simulate_rivals
from defi_lib.evidence.effects import Control, Registry
from defi_lib.ledger import Ledger, Transfer

EVIDENCE = Registry("economy")

Array = NDArray[np.float64]

#: Years in which the first firm is alone, and years after which its share is looked at, in reading C12b.
ALONE, LATER = 1.0, 5.0

_NOTHING = {
    "switching": 0.0, "taste": 0.1, "looks": 1.0, "learning": 0.0, "size_saves": 0.0, "rent_falls": 0.0, "routed": 0.0,
    "growth": 0.0,
}  # fmt: skip


@EVIDENCE.model(
    "C12b",
    placebos=[
        # All that makes the two unlike: what clients lose by changing, and what a year does to costs.
        {"switching": 0.0, "learning": 0.0, "size_saves": 0.0, "rent_falls": 0.0, "looks": 50.0},
    ],
    controls=[
        Control(_NOTHING, 0.5 * np.exp(-5.0), 1e-6),  # half of whoever looks goes; who never looked stays
        Control(_NOTHING | {"looks": 0.0}, 0.5),
        Control(_NOTHING | {"routed": 1.0, "looks": 0.0}, 0.0, 1.0),
        Control(_NOTHING | {"routed": 0.5, "looks": 0.0}, 0.25),
        Control(_NOTHING | {"growth": 1.0, "looks": 0.0}, 0.5 / 32),  # twice as many each year, halved
    ],
    placebo_error=1e-9,
)
def first_firms_lead(
    switching: Array,
    taste: Array,
    looks: Array,
    learning: Array,
    size_saves: Array,
    rent_falls: Array,
    routed: Array,
    growth: Array,
) -> Array:
    """The first firm's part of the clients above a half, five years after an equal rival came.

    Args:
        switching: cost of changing (part of a year's spending).
        taste: scale of clients' other reasons (part of the price).
        looks: how often a client looks around in a year.
        learning: what a doubling of the work takes off the cost.
        size_saves: what a doubling of the clients takes off it.
        rent_falls: of what machines cost in a year.
        routed: part of the clients behind a router.
        growth: of the number of clients in a year.
    """
    run = simulate_rivals(
        ALONE, LATER, switching=switching, taste=taste, looks=looks, learning=learning, size_saves=size_saves,
        machines_fall=rent_falls, routed=routed, growth=growth,
    )  # fmt: skip
    return np.asarray(run.first_share) - 0.5


def share_after(**changed: float) -> float:
    """The first firm's part of the clients five years on, today but for what is changed.

    >>> share_after() > share_after(learning=0.0)
    True
    """
    known = EVIDENCE.effects["C12b"].assumptions
    world = {name: np.asarray(changed.get(name, each.today)) for name, each in known.items()}
    return float(0.5 + first_firms_lead(**world))


def against(**rival: float) -> float:
    """The first firm's part of the clients five years on, today, against a rival of another kind.

    Args:
        rival: ``opens_with``, ``below_cost``, ``below_years`` of :func:`simulate_rivals`.

    >>> against(opens_with=0.3) < share_after()
    True
    """
    return float(simulate_rivals(ALONE, LATER, **_today(), **rival).first_share)


def first_day() -> dict[str, float]:
    """By how much the rival is dearer on its first day, today, in logarithms, by reason (less than 0: cheaper).

    >>> found = first_day()
    >>> bool(found["size"] > found["learning"] > 0 > found["machines"])
    True
    """
    reasons = {"size": "size_saves", "learning": "learning", "machines": "machines_fall"}
    parts = {}
    for reason in reasons:
        others = {name: 0.0 for other, name in reasons.items() if other != reason}
        parts[reason] = float(simulate_rivals(ALONE, 0.0, **(_today() | others)).cheaper[0])
    return parts | {"together": sum(parts.values())}


def _today() -> dict[str, float]:
    known = EVIDENCE.effects["C12b"].assumptions
    return {{"rent_falls": "machines_fall"}.get(name, name): float(each.today) for name, each in known.items()}


def _storage(changing: float, learning: float, machines: float, routed: float) -> RivalRun:
    """Two sellers of disk space in lesson 8.2: the first alone for three years; clients do not grow in number."""
    return simulate_rivals(
        3.0, 10.0, switching=changing, looks=0.5, learning=learning, machines_fall=machines, routed=routed, steps=12
    )


def ten_years_of_storage(changing: float, learning: float, machines: float, routed: float) -> dict[str, ArrayLike]:
    """What lesson 8.2 explores.

    >>> found = ten_years_of_storage(0.05, 0.05, 0.1, 0.0)
    >>> 0.4 < float(found["end"]) < 1
    True
    """
    run = _storage(changing, learning, machines, routed)
    return {
        "Year": run.times,
        "First firm": run.shares,
        "Cheaper": run.cheaper,
        "end": run.shares[-1],
        "edge": 1 - np.exp(-run.cheaper[0]),
        "edge later": 1 - np.exp(-run.cheaper[-1]),
    }


def storage_books() -> dict[str, Ledger]:
    """Ten years of storage booked, in a year's cost of the whole market, for three markets.

    Each firm adds as much to its cost as changing would cost its clients, but not for those behind a router.
    """
    worlds = {
        "loyal clients": (0.05, 0.05, 0.2, 0.2),
        "open interfaces": (0.0, 0.05, 0.2, 0.9),
        "closed clouds": (0.2, 0.05, 0.2, 0.0),
    }
    books = {}
    for name, world in worlds.items():
        run, books[name] = _storage(*world), Ledger(new_parties="by name")
        for firm, part in (("first", run.shares), ("second", 1.0 - run.shares)):
            cost = float(np.sum((run.clients * part * run.prices[:, int(firm == "second")])[:-1])) / 12
            extra = cost * world[0] * (1.0 - world[3])
            owners = f"{firm} firm's owners"
            books[name].book(
                (
                    Transfer("clients", "machines and work", cost, "USD", "cost"),
                    Transfer("clients", owners, extra, "USD", "margin"),
                )
            )
        books[name].check_conserved()
    return books
