"""Whose eyes depositors rest on: readers in the protocol's pay against those who come by themselves. Reading X28a."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.economy import chance_found, free_riding, own_readers
from defi_lib.evidence.effects import Control, Registry
from defi_lib.ledger import Ledger, Transfer, actual

EVIDENCE = Registry("economy")

Array = NDArray[np.float64]

#: Depositors of reading X28a, and the part of the money affected that bounties promise, up to their cap.
DEPOSITORS, PROMISED = 10_000, 0.1

#: The house of lesson 8.12: chance of a bad clause, and that a reader finds it; what reading costs, what a firm asks
#: for it, and the prize that the owners could promise (USD).
CLAUSE, FINDS, COST, FEE, PRIZE = 0.2, 0.8, 500.0, 600.0, 6_000.0

#: The ways of :func:`house_books`, in the order of its amounts.
WAYS = ("each for himself", "one is hired", "two are hired", "a prize", "one landlord")

# Gains of the first, second, third reader: 992, 582.40, 398.08 dollars.
_PRIZE = {
    "reading": 500.0, "cap": 6_000.0, "fault": 0.2, "finds": 0.8, "blind": 0.0, "deposit": 200.0, "hired": 2.0,
    "unequal": 0.0,
}  # fmt: skip
# Deposits of 10,000, 5,000, 3,333 dollars and so on, no bounty: gains of 1,000, 250, 83 dollars.
_LARGE = _PRIZE | {"cap": 0.0, "finds": 0.5, "deposit": 9.787606036044382, "unequal": 1.0}


@EVIDENCE.model(
    "X28a",
    placebos=[
        {"hired": 0.0},  # nobody is hired
        {"reading": 0.0},  # all 10,000 read, so that ten hired ones are a thousandth of the readers
    ],
    placebo_error=1e-3,
    controls=[
        Control(_PRIZE, 0.5),
        Control(_PRIZE | {"hired": 6.0}, 0.75),
        Control(_PRIZE | {"reading": 398.0}, 0.4),
        Control(_PRIZE | {"reading": 398.1}, 0.5),
        Control(_PRIZE | {"reading": 582.3}, 0.5),
        Control(_PRIZE | {"reading": 582.5}, 2 / 3),
        Control(_PRIZE | {"reading": 993.0}, 1.0),
        Control(_PRIZE | {"reading": 398.0, "blind": 0.5}, 2 / 3),  # 496, 291.20
        Control(_PRIZE | {"cap": 0.0, "deposit": 5_000.0, "reading": 100.0}, 0.5),  # 800, 160, 32
        Control(_PRIZE | {"deposit": 2.0, "reading": 300.0}, 2 / 3),  # a tenth of 20,000 dollars: 320.32, 192.06
        Control(_PRIZE | {"deposit": 2.0, "reading": 190.0}, 0.5),
        Control(_LARGE | {"reading": 240.0}, 0.5),
        Control(_LARGE | {"reading": 260.0}, 2 / 3),
        Control(_PRIZE | {"finds": 0.5, "reading": 300.0}, 0.4),  # 620, 460, 355, 283.75
    ],
)
def hired_part(
    reading: Array,
    cap: Array,
    fault: Array,
    finds: Array,
    blind: Array,
    deposit: Array,
    hired: Array,
    unequal: Array,
) -> Array:
    """Part of those who read with care, and tell what they find, that the protocol has hired (part of the readers).

    As many of the 10,000 depositors read, or hunters in their place, as gain what reading costs them: by the bounty,
    which the first who finds the fault gets, and by the own deposit, which a fault is taken to cost whole.

    Args:
        reading: what a careful reading costs (USD).
        cap: the most that a bounty pays, which is else a tenth of all deposits (USD).
        fault: chance that there is one, after the hired have read.
        finds: chance that one more reader finds it.
        blind: part of such faults that nobody sees by reading.
        deposit: of each depositor, on average (USD).
        hired: firms that the protocol hires.
        unequal: how unequal deposits are: the second largest is the largest over 2 to this power.
    """
    bounty = np.minimum(cap, PROMISED * DEPOSITORS * deposit)
    own = np.asarray(own_readers(DEPOSITORS, bounty, deposit, reading, fault, finds, blind, unequal), float)
    return np.where(hired > 0, hired / np.maximum(hired + own, 1.0), 0.0)


def house(flats: ArrayLike, damage: float, cost: float, clause: float) -> dict[str, ArrayLike]:
    """What lesson 8.12 explores: a house whose owners all could read a contract, beside one reader who is hired.

    Args:
        flats: owners, all equal; rounded.
        damage: of a bad clause to each (USD).
        cost: of reading (USD).
        clause: chance that there is one.

    >>> found = house(100.0, 5_000.0, 500.0, 0.2)
    >>> round(float(found["Found, each for himself"]), 3), round(float(found["readers"]), 2), float(found["each"])
    (0.378, 0.59, 5.0)
    """
    count = np.rint(np.asarray(flats, float)).astype(np.int64)
    run = free_riding(count, damage, cost, clause, FINDS)
    return {
        "Found, each for himself": run.found,
        "Part of the owners who read": run.share,
        "One reader, hired by all": np.full(count.shape, chance_found(1, FINDS)),
        "readers": run.readers,
        "each": cost / count,
    }


def house_books(flats: int = 300, damage: float = 200.0) -> Ledger:
    """A house's contract read in the ``WAYS``, booked: amounts are means, in dollars, one entry per way.

    Args:
        flats: owners.
        damage: of a bad clause to each (USD).

    >>> ledger = house_books()
    >>> ledger.balance("owners", "USD").round(2).tolist()
    [-12000.0, -3000.0, -1680.0, -1632.0, -1480.0]
    """
    eyes = house_readers(flats, damage)
    found: Array = np.asarray(chance_found(eyes, FINDS), np.float64)
    paid: Array = np.array([0.0, FEE, 2 * FEE, CLAUSE * found[3] * PRIZE, COST * eyes[4]])
    work, lost = COST * eyes.astype(np.float64), CLAUSE * (1.0 - found) * (flats * damage)
    ledger = Ledger({"owners": "owners", "readers": "readers", "firm": "heating firm", "time": "readers' time"})
    ledger.book(
        actual(
            (
                Transfer("owners", "readers", paid, "USD", "for reading"),
                Transfer("readers", "time", work, "USD", "work"),
                Transfer("owners", "firm", lost, "USD", "bad clause"),
            )
        )
    )
    ledger.check_conserved()
    return ledger


def house_readers(flats: int = 300, damage: float = 200.0) -> NDArray[np.int64]:
    """How often the contract is read in each of the ``WAYS``; the landlord goes on while another reading pays.

    Each for himself means a chance for each owner: whole readers are counted if that is 0 or 1.

    >>> house_readers().tolist()
    [0, 1, 2, 2, 2]
    """
    alone = np.rint(free_riding(flats, damage, COST, CLAUSE, FINDS).readers)
    prize = own_readers(flats, PRIZE, damage, COST, CLAUSE, FINDS)
    landlord = own_readers(flats, 0.0, flats * damage, COST, CLAUSE, FINDS)
    return np.array([alone, 1, 2, prize, landlord], np.int64)
