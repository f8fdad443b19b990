"""How many really compete: a stranger's hour beside one in a hall, and what an open market adds to costs."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.compute import believed_price, daly_interval, expected_price, expected_run_time
from defi_lib.evidence.effects import Control, Registry
from defi_lib.ledger import Ledger

EVIDENCE = Registry("compute")

Array = NDArray[np.float64]

#: Hours: to save one's work, and paid until work goes on after a failure (lesson 7.8; C4a lets both differ).
SAVE, LOAD = 0.05, 0.25
#: The small firm of C4b: cards, and hours of work for each.
CARDS, WEEK = 8, 168.0
#: USD: costs of an hour in the market that lesson 7.8 explores, and the cloud beside it.
LOW, HIGH = 1.0, 3.5


def stretched(fails: ArrayLike, save: ArrayLike = SAVE, load: ArrayLike = LOAD) -> Array:
    """How many paid hours one hour of finished work takes, if work is saved as often as is best.

    Args:
        fails: hours between two failures.
        save: hours to save once.
        load: paid hours until work goes on after a failure.

    >>> round(float(stretched(100.0)), 3)
    1.035
    """
    return np.asarray(expected_run_time(1.0, daly_interval(save, fails), save, fails, load))


# Stretched by hand: saved so that 1 − x = e^(−x − δ/M).
_SAME = {"peer_hour": 2.0, "small_cloud_hour": 4.0, "peer_fails": 1e9, "cloud_fails": 1e9, "peer_extra": 0.0,
         "save": 0.05, "load": 0.25}  # fmt: skip


@EVIDENCE.model(
    "C4a",
    placebos=[
        {"peer_hour": 3.0, "small_cloud_hour": 3.0, "peer_fails": 50.0, "cloud_fails": 50.0, "peer_extra": 0.0},
    ],
    controls=[
        Control(_SAME, 0.5, 1e-4),  # half of the price, and nothing fails
        Control(_SAME | {"peer_extra": 0.5}, 0.25, 1e-4),
        Control(_SAME | {"peer_fails": 20.0, "save": 0.1, "load": 0.0}, 1 - 0.5 * 1.1071, 1e-3),  # Daly's example
        Control(_SAME | {"peer_fails": 20.0, "save": 0.1, "load": 2.0}, 1 - 0.5 * 1.1071 * np.exp(0.1), 1e-3),
        Control(_SAME | {"cloud_fails": 20.0, "save": 0.1, "load": 0.0}, 1 - 0.5 / 1.1071, 1e-3),
        Control(_SAME | {"cloud_fails": 20.0, "save": 0.1, "load": 2.0}, 1 - 0.5 / 1.1071 / np.exp(0.1), 1e-3),
    ],
)
def hour_of_finished_work(
    peer_hour: Array, small_cloud_hour: Array, peer_fails: Array, cloud_fails: Array, peer_extra: Array,
    save: Array, load: Array,
) -> Array:  # fmt: skip
    """What a finished hour costs less on strangers' machines, as a part of what it costs in a small cloud's halls.

    Args:
        peer_hour, small_cloud_hour: prices of a paid hour.
        peer_fails, cloud_fails: hours between two failures.
        peer_extra: paid on top for strangers' machines (part of the bill).
        save, load: as :func:`stretched` has them.
    """
    peer = peer_hour * (1 + peer_extra) * stretched(peer_fails, save, load)
    return 1 - peer / (small_cloud_hour * stretched(cloud_fails, save, load))


_FIRM = {"peer_card": 0.5, "cloud_card": 1.0, "peer_fails": 1e9, "cloud_fails": 1e9, "peer_extra": 0.0,
         "peer_wait": 0.0, "cloud_wait": 0.0, "deposit": 0.0}  # fmt: skip


@EVIDENCE.model(
    "C4b",
    placebos=[
        {
            "peer_card": 0.7,
            "cloud_card": 0.7,
            "peer_fails": 50.0,
            "cloud_fails": 50.0,
            "peer_extra": 0.0,
            "peer_wait": 5.0,
            "cloud_wait": 5.0,
        },  # whatever the deposit: no time is saved
    ],
    controls=[
        Control(_FIRM | {"cloud_wait": 168.0}, 0.5, 1e-3),  # half of the time and half of the money
        Control(_FIRM | {"cloud_wait": 504.0, "peer_card": 0.4, "cloud_card": 0.8}, 0.5, 1e-3),
        Control(_FIRM | {"cloud_wait": 56.0}, 0.25, 1e-3),  # a quarter of the time: the lesser of the two
        Control(_FIRM | {"cloud_wait": 56.0, "peer_wait": 28.0}, 0.125, 1e-3),
        Control(_FIRM | {"cloud_wait": 504.0, "peer_extra": 0.2}, 0.4, 1e-3),  # 806.4 of 1,344 dollars
        Control(_FIRM | {"cloud_wait": 1_512.0, "deposit": 1_344.0}, 0.75, 1e-3),
        Control(_FIRM | {"cloud_wait": 672.0, "peer_fails": 20.0}, 1 - 0.5 * 1.08769, 1e-3),
        Control(_FIRM | {"peer_fails": 20.0}, -0.08769, 2e-3),
        Control(_FIRM | {"cloud_fails": 20.0}, 1 - 1 / 1.08769, 2e-3),
        Control(_FIRM | {"peer_card": 1.0, "cloud_wait": 168.0, "cloud_fails": 20.0}, 1 - 1 / 1.08769, 2e-3),
    ],
)
def week_of_a_small_firm(
    peer_card: Array, cloud_card: Array, peer_fails: Array, cloud_fails: Array, peer_extra: Array,
    peer_wait: Array, cloud_wait: Array, deposit: Array,
) -> Array:  # fmt: skip
    """What a peer market saves a small firm, of its time or of its money, whichever is less (part of the cloud's).

    Args:
        peer_card, cloud_card: prices of a card's hour.
        peer_fails, cloud_fails: hours between two failures.
        peer_extra: paid on top in the peer market (part of the bill).
        peer_wait, cloud_wait: hours until the cards are there.
        deposit: what the cloud wants beside the week's price.
    """
    strangers, hall = WEEK * stretched(peer_fails), WEEK * stretched(cloud_fails)
    sooner = 1 - (peer_wait + strangers) / (cloud_wait + hall)
    cheaper = 1 - CARDS * peer_card * (1 + peer_extra) * strangers / (CARDS * cloud_card * hall + deposit)
    return np.minimum(sooner, cheaper)


# Costs evenly from half of the cloud's price to it: of four bidders the cheapest needs 0.6, the second 0.7.
_FOUR = {"bidders": 4.0, "ring": 0.0, "fakes": 0.0, "rule": 0.0, "lowest": 0.5}


@EVIDENCE.model(
    "C22a",
    placebos=[{"lowest": 1.0}],  # all need the same
    controls=[
        Control(_FOUR, -1 / 6),
        Control(_FOUR | {"fakes": 9.0}, -1 / 6),  # open asks show who would take the job
        Control(_FOUR | {"bidders": 3.6}, -1 / 6),
        Control(_FOUR | {"ring": 1.0}, -2 / 3),  # all in the ring: the cloud's price
        Control(_FOUR | {"ring": 0.25}, -1 / 6),  # a ring of one
        Control(_FOUR | {"ring": 0.5}, -(1 / 3 + 2 / 20 - 0.2) / 2 / 0.6),
        Control(_FOUR | {"rule": 1.0}, -1 / 6),  # both rules cost the same
        Control(_FOUR | {"rule": 1.0, "fakes": 4.0}, -(0.2 + 0.8 / 8 - 0.2) / 2 / 0.6),
        Control(_FOUR | {"rule": 1.0, "fakes": 3.0, "ring": 1.0}, -(0.4 - 0.2) / 2 / 0.6),  # 2.00 of 1.00 to 3.50
        Control(_FOUR | {"bidders": 1.0}, -0.25 / 0.75),
    ],
)
def above_the_cheapest(bidders: Array, ring: Array, fakes: Array, rule: Array, lowest: Array) -> Array:
    """What clients pay above the cost of the cheapest provider, on average and as a part of it, below 0.

    Costs lie evenly between the lowest possible one and the cloud's price, which is the most that a client pays.

    Args:
        bidders: who have the card free and could undercut the cloud; a whole number.
        ring: part of them who agreed that only the cheapest of them competes.
        fakes: invented bidders; a whole number.
        rule: 0 for open asks, of which the lowest is paid, 1 for sealed asks.
        lowest: possible cost (part of the cloud's price).
    """
    count, names = np.rint(bidders).astype(np.int64), np.rint(fakes).astype(np.int64)
    members = np.maximum(np.rint(ring * count), 1).astype(np.int64)
    opened = np.asarray(expected_price(count, members))
    sealed = np.asarray(believed_price(count, count + names, ring=members))
    cheapest = 1 / (count + 1.0)
    above = np.where(rule == 0, opened, sealed) - cheapest
    return -above * (1 - lowest) / (lowest + (1 - lowest) * cheapest)


def tender(bidders: ArrayLike, rule: str, ring: int, fakes: int) -> dict[str, ArrayLike]:
    """What lesson 7.8 explores: the price of an hour on average, over how many bidders stand on the screen (USD).

    Args:
        bidders: on the screen.
        rule: "open" or "sealed".
        ring: how many of the real ones agreed that only the cheapest of them competes.
        fakes: how many do not exist; at least one does.

    >>> {name: round(float(value), 2) for name, value in tender(12, "sealed", 1, 9).items() if name[0].isupper()}
    {'You pay': 1.78, 'If all were real rivals': 1.38, "The cheapest's cost": 1.62}
    """
    names = np.asarray(bidders, dtype=np.int64)
    real = np.maximum(names - fakes, 1)
    members = np.clip(ring, 1, real)
    pays = expected_price(real, members, LOW, HIGH)
    if rule == "sealed":
        pays = believed_price(real, np.maximum(names, real), LOW, HIGH, members)
    needs = LOW + (HIGH - LOW) / (real + 1)
    return {
        "You pay": np.asarray(pays),
        "If all were real rivals": np.asarray(expected_price(names, 1, LOW, HIGH)),
        "The cheapest's cost": needs,
        "real": real,
        "honest": np.asarray(expected_price(real, 1, LOW, HIGH)),
        "above": np.asarray(pays) / needs - 1,
    }


def hour_bought(price: ArrayLike, cost: ArrayLike) -> dict[str, float]:
    """Who pays and who gets what for an hour, on average (USD).

    Args:
        price: that the client pays, one or one per hour bought.
        cost: that the seller pays to the makers of cards and the power company.

    >>> hour_bought(3.5, 1.625)
    {'clients': -3.5, 'sellers': 1.875, 'suppliers': 1.625}
    """
    ledger = Ledger(("clients", "sellers", "suppliers"))
    ledger.record("clients", "sellers", float(np.mean(np.asarray(price, float))), "USD", "an hour")
    ledger.record("sellers", "suppliers", float(np.mean(np.asarray(cost, float))), "USD", "cost of the hour")
    ledger.check_conserved()
    return {name: float(ledger.balance(name, "USD")) for name in ("clients", "sellers", "suppliers")}
