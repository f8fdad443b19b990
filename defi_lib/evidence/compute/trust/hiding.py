"""Secrets among strangers: who reads a task, and who reads or loses a secret. Readings C8a and C8b."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.evidence import effect, today
from defi_lib.evidence.effects import Control, Registry
from defi_lib.ledger import Ledger
from defi_lib.staking import custody_risk

EVIDENCE = Registry("compute")

Array = NDArray[np.float64]

#: Holders in the explorer of lesson 7.12, and the least that its plot shows.
HOLDERS, LEAST = 9, 1e-6

_SEEN = {
    "owner": 0.1, "infected": 0.5, "readers": 1.0, "hardware": 0.0, "opened": 0.5, "staff": 0.2, "terms": 0.5,
    "breached": 0.1,
}  # fmt: skip


@EVIDENCE.model(
    "C8b",
    placebos=[{"owner": 0.0, "infected": 0.0, "staff": 0.0, "terms": 0.0, "breached": 0.0}],  # nobody looks
    controls=[
        Control(_SEEN, 0.09),  # kept from all with 0.8 · 0.5 · 0.9 at the cloud, and 0.9 · 0.5 at the stranger's
        Control(_SEEN | {"readers": 2.0}, -0.1575),  # 0.64 - (1 - 0.45²)
        Control(_SEEN | {"hardware": 1.0}, 0.05),  # 0.2 · 0.5 against 0.1 · 0.5
        Control(_SEEN | {"hardware": 1.0, "readers": 2.0}, 0.0025),  # 0.1 against 1 - 0.95²
    ],
)
def read_less_by_strangers(
    owner: Array,
    infected: Array,
    readers: Array,
    hardware: Array,
    opened: Array,
    staff: Array,
    terms: Array,
    breached: Array,
) -> Array:
    """By how much rarer a task is read by somebody else on a stranger's machine than at a cloud (parts of tasks).

    Trusted hardware, on both sides or on neither, keeps out whoever does not open the machine.

    Args:
        owner: chance that the owner of a machine looks.
        infected: chance that a break-in at the stranger's machine reaches the task.
        readers: machines that see the task.
        hardware: 0 plain, 1 trusted.
        opened: part of those who would look that opens a machine with trusted hardware.
        staff: chance that the cloud's people look against its rules.
        terms: chance that the cloud reads the task by its own terms.
        breached: chance that a break-in at the cloud reaches the task.
    """
    stranger, cloud = read_by(owner, infected, readers, hardware, opened, staff, terms, breached)
    return np.asarray(cloud - stranger)


def read_by(
    owner: Array,
    infected: Array,
    readers: Array,
    hardware: Array,
    opened: Array,
    staff: Array,
    terms: Array,
    breached: Array,
) -> tuple[Array, Array]:
    """The chance that somebody else reads a task, at the stranger's and at the cloud; arguments as in C8b."""
    trusted = np.asarray(hardware) > 0.5
    one = np.where(trusted, owner * opened, 1 - (1 - owner) * (1 - infected))
    cloud = np.where(trusted, staff * opened, 1 - (1 - staff) * (1 - terms) * (1 - breached))
    return 1 - (1 - one) ** readers, cloud


def fates(looks: ArrayLike, vanishes: ArrayLike, hand: ArrayLike, needed: int, holders: int) -> tuple[Array, Array]:
    """How often a shared secret is read by others, and how often nobody can restore it.

    Args:
        looks: chance that a holder looks or is robbed.
        vanishes: chance that a holder vanishes.
        hand: shares that one operator holds: they look, or vanish, together.
        needed: shares that restore the secret.
        holders: all shares.

    >>> read, gone = fates(0.1, 0.1, 1, 3, 5)
    >>> round(float(read), 5), round(float(gone), 5)
    (0.00856, 0.00856)
    """
    looks, vanishes, hand = np.broadcast_arrays(np.asarray(looks, float), np.asarray(vanishes, float), hand)
    read, gone = np.zeros(looks.shape), np.zeros(looks.shape)
    own = np.arange(holders) < np.rint(hand)[..., np.newaxis]  # the operator's shares
    for chance, seen, away in ((1 - looks - vanishes, 0.0, 0.0), (looks, 1.0, 0.0), (vanishes, 0.0, 1.0)):
        risk = custody_risk(
            np.where(own, away, vanishes[..., np.newaxis]), np.where(own, seen, looks[..., np.newaxis]), needed
        )
        read, gone = read + chance * risk.stolen, gone + chance * risk.lost
    return read, gone


_SPLIT = {
    "looks": 0.1, "vanishes": 0.1, "hand": 1.0, "common_cause": 0.0, "company_reads": 0.1, "company_loses": 0.1,
}  # fmt: skip


@EVIDENCE.model(
    "C8a",
    placebos=[  # nobody looks and nobody vanishes
        {"looks": 0.0, "vanishes": 0.0, "common_cause": 0.0, "company_reads": 0.0, "company_loses": 0.0},
    ],
    controls=[
        # Five of nine look: 126 · 0.1⁵ · 0.9⁴ + 84 · 0.1⁶ · 0.9³ + 36 · 0.1⁷ · 0.9² + 9 · 0.1⁸ · 0.9 + 0.1⁹.
        Control(_SPLIT, 0.1 - 0.00089092),
        Control(_SPLIT | {"company_reads": 0.0}, -0.00089092),
        Control(_SPLIT | {"company_loses": 0.0}, -0.00089092),
        # Three in one hand: with it two of six, 1 - 0.9⁶ - 6 · 0.1 · 0.9⁵ = 0.114265, without it five: 0.000055.
        Control(_SPLIT | {"hand": 3.0, "vanishes": 0.0, "company_reads": 0.1, "company_loses": 0.5}, 0.0885240),
        Control(_SPLIT | {"common_cause": 0.5, "company_loses": 1.0}, -0.40044546),
        Control(_SPLIT | {"common_cause": 0.5, "company_reads": 1.0}, -0.40044546),
    ],
)
def kept_better_by_nine(
    looks: Array, vanishes: Array, hand: Array, common_cause: Array, company_reads: Array, company_loses: Array
) -> Array:
    """By how much rarer trouble is with five of nine strangers than with a company: the lesser of reading and losing.

    Args:
        looks: chance that a holder looks or is robbed in a year.
        vanishes: chance that a holder vanishes.
        hand: shares in one hand.
        common_cause: chance of one fault of all, by which the secret is read and lost.
        company_reads: chance that the company reads it or is robbed.
        company_loses: chance that it loses it, closes or locks the owner out.
    """
    read, gone = kept_by(HOLDERS, looks, vanishes, hand, common_cause)
    return np.asarray(np.minimum(company_reads - read, company_loses - gone))


def kept_by(
    holders: int, looks: ArrayLike, vanishes: ArrayLike, hand: ArrayLike, common_cause: ArrayLike
) -> tuple[Array, Array]:
    """How often a secret is read, and lost, that a majority of so many holders restores; arguments as in C8a.

    >>> read, gone = kept_by(5, 0.02, 0.1, 1, 0.001)
    >>> f"{read:.2%} read, {gone:.2%} lost"
    '0.11% read, 0.96% lost'
    """
    single = fates(looks, vanishes, hand, holders // 2 + 1, holders)
    read, gone = (1 - (1 - np.asarray(common_cause)) * (1 - chance) for chance in single)
    return read, gone


def together(needed: ArrayLike, looks: float, vanishes: float, hand: float) -> dict[str, ArrayLike]:
    """What lesson 7.12 explores: how often a secret in nine shares is read, and gone, over the shares needed.

    Args:
        needed: shares that restore it, 1 to 9.
        looks: chance that a holder looks or is robbed in a year.
        vanishes: chance that a holder vanishes.
        hand: shares in one hand.

    >>> found = together(5, 0.1, 0.1, 1)
    >>> f"{found['Others read it']:.4%}"
    '0.0891%'
    """
    table = np.array([fates(looks, vanishes, hand, number, HOLDERS) for number in range(1, HOLDERS + 1)])
    at = np.clip(np.rint(np.asarray(needed, float)).astype(np.int64), 1, HOLDERS) - 1
    read, gone = np.maximum(table[at], LEAST).T
    return {"Others read it": read, "Nobody can read it": gone}


def keepers(clients: float = 10_000.0) -> dict[str, Ledger]:
    """A year of ten thousand secrets, booked for five ways to keep them, in C8a's world of today (USD).

    A share costs a dollar, the company three. What others read does 500 dollars of harm, of which readers gain half;
    what is lost was worth 300. What nobody gains stands with *nobody*.

    Args:
        clients: number of them.

    >>> books = keepers()
    >>> [round(book.balance("clients", "USD") / 10_000, 2) for book in books.values()]
    [-41.0, -24.8, -8.4, -10.07, -8.0]
    """
    now = {name: float(each[0]) for name, each in today(effect("C8a").assumptions).items()}
    looks, away, common = now["looks"], now["vanishes"], now["common_cause"]
    ways: dict[str, tuple[ArrayLike, ArrayLike, float]] = {  # read, lost, and the price
        "one stranger": (*fates(looks, away, 1, 1, 1), 1.0),
        "a copy each at two": (*fates(looks, away, 1, 1, 2), 2.0),
        "three of five": (*kept_by(5, looks, away, 1, common), 5.0),
        "five of nine": (*kept_by(9, looks, away, 1, common), 9.0),
        "one company": (now["company_reads"], now["company_loses"], 3.0),
    }
    books = {}
    for way, (seen, lost, price) in ways.items():
        read, gone = float(np.asarray(seen)), float(np.asarray(lost))
        ledger = books[way] = Ledger(("clients", "strangers", "company", "readers", "nobody"))
        ledger.record("clients", "company" if way == "one company" else "strangers", clients * price, "USD", "price")
        for who in ("readers", "nobody"):
            ledger.record("clients", who, clients * read * 250, "USD", "harm")
        ledger.record("clients", "nobody", clients * gone * 300, "USD", "lost")
        ledger.check_conserved()
    return books
