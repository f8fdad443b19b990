"""What strangers store: how safe it is, what it costs, and for how long. Readings C26a, C26b and C26c."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.compute import (
    RepairPlan,
    endowment,
    endowment_left,
    repair_plan,
    spread_loss,
    storage_month,
    storage_pledge,
)
from defi_lib.evidence.effects import Control, Proof, Registry
from defi_lib.figures import figure
from defi_lib.ledger import Ledger
from defi_lib.units import DAYS_PER_YEAR, HOURS_PER_YEAR

EVIDENCE = Registry("compute")

Array = NDArray[np.float64]

#: Storj's code: any 29 of 80 pieces restore a file. In about the same space go three copies (80/29 = 2.76).
NEEDED, PIECES, COPIES = 29, 80, 3

#: When no more pieces than this are left, all are made again, which takes so many years: our choice.
THRESHOLD, REPAIR_TIME = 52, 3 / DAYS_PER_YEAR

#: Dollars for a euro, our choice.
EURO = 1.1

#: Who takes part at a cloud.
_TWO = ("customers", "company")

#: A loss that is rarer than one in a million million million years is none.
_NEVER = 1e-18

#: A loss that is surer than this is taken for this, so that its logarithm is a number.
_SURE = 1 - 1e-16

_ALONE = {"gone": 0.1, "repaired": DAYS_PER_YEAR, "operators": 80.0, "event": 0.0, "event_chance": 0.0}


@EVIDENCE.model(
    "C26a",
    placebos=[{"operators": 1.0}, {"operators": 2.0}],  # who goes takes pieces and copies alike
    controls=[
        Control(_ALONE | {"operators": 3.0}, np.log10(0.001 / 0.028)),  # two of three must stay; of copies one
        Control(_ALONE | {"operators": 4.0}, np.log10(0.001 / 0.0037)),  # two of four
        Control(_ALONE | {"gone": 0.5}, np.log10(0.125 / 4.8414e-3), 1e-4),
        Control(_ALONE | {"gone": 0.5, "event": 0.4, "event_chance": 1.0, "operators": 4.0}, np.log10(0.343 / 0.6517)),
        Control(
            _ALONE | {"gone": 0.19, "repaired": DAYS_PER_YEAR / 2, "operators": 3.0}, np.log10(0.001999 / 0.055216)
        ),
        # Two half-years of 10 %, and in every second year one of them takes half of the rest as well.
        Control(
            _ALONE | {"gone": 0.19, "repaired": DAYS_PER_YEAR / 2, "operators": 3.0, "event": 0.5, "event_chance": 0.5},
            np.log10((0.001999 + 1 - 0.999 * 0.833625) / (0.055216 + 1 - 0.972 * 0.42525)),
        ),
        Control(_ALONE | {"gone": 1e-9, "event": 0.9, "event_chance": 0.01, "operators": 3.0}, np.log10(0.729 / 0.972)),
    ],
)
def pieces_against_copies(gone: Array, repaired: Array, operators: Array, event: Array, event_chance: Array) -> Array:
    """By how many powers of ten pieces are lost less often in a year than three copies, each at an operator of its own.

    Args:
        gone: part of the operators who give up in a year, each for itself, with all that they hold.
        repaired: days until what is lost is made again.
        operators: independent ones among whom the pieces lie evenly, taken as a whole number.
        event: part of all operators whom a rare event takes, in one of the times between two repairs.
        event_chance: of the event in a year.
    """
    holders, times = np.rint(operators), DAYS_PER_YEAR / repaired
    each = -np.expm1(np.log1p(-gone) / times)
    pieces, copies = (
        _yearly(needed, number, np.minimum(holders, number), times, (each, event, event_chance))
        for needed, number in ((NEEDED, PIECES), (1, COPIES))
    )
    return np.log10(np.maximum(copies, _NEVER) / np.maximum(pieces, _NEVER))


def _yearly(needed: int, number: int, holders: Array, times: Array, risks: tuple[ArrayLike, ...]) -> Array:
    """Chance that a file is lost in a year; in the year of the event one time between two repairs is worse."""
    each, event, chance = (np.asarray(risk, float) for risk in risks)
    both = np.stack(np.broadcast_arrays(each, each + event * (1 - each), holders)[:2])
    usual, struck = np.log1p(-np.minimum(np.asarray(spread_loss(needed, number, holders, both)), _SURE))
    quiet = -np.expm1(times * usual)
    hit = -np.expm1(np.maximum(times - 1, 0.0) * usual + struck)
    return (1 - chance) * quiet + chance * hit


_PRICES = {
    "network_price": 7.0, "network_reading": 7.0, "cloud_price": 6.95, "read": 0.1, "free": 3.0, "cloud_reading": 10.0,
    "regions": 0.0,
}  # fmt: skip


@EVIDENCE.model(
    "C26b",
    placebos=[
        {"network_price": 6.0, "network_reading": 10.0, "cloud_price": 6.0, "free": 0.0, "cloud_reading": 10.0}
        | {"regions": 0.0},  # one price list for both
    ],
    controls=[
        Control(_PRICES, -0.75 / 6.95),
        Control(_PRICES | {"cloud_price": 23.0, "free": 0.0, "cloud_reading": 90.0}, 24.3 / 32),  # Amazon
        Control(_PRICES | {"regions": 1.0}, 6.2 / 13.9),
        Control(_PRICES | {"read": 2.0, "free": 1.0}, -4.05 / 16.95),
        Control(_PRICES | {"read": 3.0, "free": 1.0, "regions": 1.0}, -4.1 / 23.9),
    ],
)
def saved_at_the_network(
    network_price: Array,
    network_reading: Array,
    cloud_price: Array,
    read: Array,
    free: Array,
    cloud_reading: Array,
    regions: Array,
) -> Array:
    """What the customer of the network saves in a month with a terabyte, as a part of the cloud's bill.

    Args:
        network_price: of storage (USD per TB and month).
        network_reading: of reading (USD per TB).
        cloud_price: of storage in one region (USD per TB and month).
        read: in the month, as a ratio of the data.
        free: may be read at the cloud without charge, as a ratio of what is stored there.
        cloud_reading: beyond that (USD per TB).
        regions: 0 for one region of the cloud, 1 for two, each with all the data.
    """
    stored = 1 + regions
    network = storage_month(1.0, network_price, 0.0, read, network_reading)
    cloud = storage_month(1.0, stored * cloud_price, 0.0, np.maximum(read - free * stored, 0.0), cloud_reading)
    pays, asks = (month.storage_price + month.egress_price for month in (network, cloud))
    return np.asarray(1 - pays / asks)


@EVIDENCE.logic("C26c")
def nobody_keeps_it() -> Proof:
    """A file has an address as long as somebody has the file; who keeps it, keeps it by will, or for pay."""
    keepers = {"owner": 1, "caches that are emptied": 0}
    left = sum(keepers.values()) - keepers["owner"]
    years = float(figure("arweave.base_fee_years_storage_present").value)
    falls = float(figure("arweave.yearly_cost_decline_needed").value) / 100
    assert round(float(endowment(1.0, falls))) == years
    assert endowment_left(years, 1.0, 0.0, years) == 0  # if the cost stops falling, for so many years and no longer
    return Proof(
        true=left > 0,
        says="The address is a fingerprint of the file: it proves that a file is the right one, and makes nobody keep "
        "it. A machine of IPFS treats what it has read as a cache, and throws it away when it needs the room; only "
        "what it was told to keep (pinned) stays. With the owner gone nobody is left",
        turns="one more keeper has pinned it for good or for pay (Filecoin's leave a pledge of at least "
        f"{storage_pledge(1.0):.0f} days' reward); or a fund pays, as Arweave's: one that holds {years:.0f} times the "
        f"first year's cost lasts for ever if it falls by {100 * falls:.1f} % a year, and {years:.0f} years if not",
    )


def lost_files(operators: ArrayLike, gone: float, repaired: float, event: float) -> dict[str, ArrayLike]:
    """What lesson 7.21 explores: files of a million that are lost in a year, as pieces and as copies.

    Args:
        operators: independent ones who hold the pieces; each copy has an operator of its own while there are three.
        gone: part of the operators who give up in a year.
        repaired: days until what is lost is made again.
        event: part of all operators that an event takes, one year in a hundred.

    >>> found = lost_files([3, 80], 0.1, 365, 0.0)
    >>> [round(float(number), 3) for number in found["Pieces"]], round(float(found["Three copies"][0]))
    ([28000.0, 0.0], 1000)
    """
    holders, times = np.rint(np.asarray(operators, float)), np.asarray(DAYS_PER_YEAR / repaired)
    risks = -np.expm1(np.log1p(-gone) / times), event, 0.01
    lost = {
        name: 1e6 * np.maximum(_yearly(needed, number, np.minimum(holders, number), times, risks), 1e-12)
        for name, needed, number in (("Pieces", NEEDED, PIECES), ("Three copies", 1, COPIES))
    }
    return lost | {"operators": holders}


def month_of_storage(price: float, terabytes: float = 10_000.0, read: float = 0.1) -> dict[str, Ledger]:
    """A month at the network, at a cheap cloud and at the dearest: what customers pay, and who gets it (USD).

    Nodes get the pay of December 2023 for what they hold, and for what readers and repairs fetch from them.

    Args:
        price: of the network's storage (USD per TB and month).
        terabytes: of customers' data.
        read: in the month, as a ratio of the data.

    >>> ledger = month_of_storage(4.0)["network"]
    >>> round(ledger.balance("company", "USD"))
    9860
    """
    plan, (hold, fetch) = _plan(), _pay()
    reading = float(figure("storage_price.storj_both_tiers_egress").value)
    month = storage_month(plan.mean_pieces / NEEDED, price, hold, read, reading, fetch, plan.repairs / 12, fetch)
    network, cheap, cloud = Ledger(("customers", "company", "nodes")), *(Ledger(_TWO) for _ in range(2))
    for each in month.transfers("customers", "company", "nodes"):
        network.record(each.payer, each.payee, np.asarray(each.amount) * terabytes, each.asset, each.reason)
    asks = (
        float(figure(f"storage_price.amazon_s3_{of}").value) for of in ("standard_storage_first", "egress_first_10")
    )
    for reason, part in zip(("storage", "egress"), asks, strict=True):
        cloud.record("customers", "company", terabytes * part * (read if reason == "egress" else 1.0), "USD", reason)
    cheap.record("customers", "company", terabytes * _cheap(), "USD", "storage")  # reads three times over for nothing
    books = {"network": network, "cheap cloud": cheap, "dear cloud": cloud}
    for ledger in books.values():
        ledger.check_conserved()
    return books


def node_month(terabytes: float, watts: float = 10.0, disk: float = 0.3, read: float = 0.1) -> float:
    """What a node keeps of a month's pay (USD), after power at the price of European homes, and disks.

    Args:
        terabytes: of pieces that it holds.
        watts: of its computer, whatever it holds.
        disk: of a disk, written off and running (USD per TB and month); our choice.
        read: of customers' data, in the month, as a ratio.

    >>> round(node_month(100.0) - node_month(0.0), 1)
    134.6
    """
    plan, (hold, fetch) = _plan(), _pay()
    fetched = (read + plan.repairs / 12) / (plan.mean_pieces / NEEDED)  # of a terabyte of pieces
    power = float(figure("electricity.eu_household").value) * EURO * watts / 1000 * HOURS_PER_YEAR / 12
    return terabytes * (hold + fetched * fetch - disk) - power


def _plan() -> RepairPlan:
    """How a file fares where nodes go offline as often as Storj's did in June 2023, and none comes back."""
    gone, active = (
        float(figure(f"storj.{of}").value)
        for of in ("nodes_going_offline_30_days_us1_june", "active_nodes_before_payout_cut")
    )
    rate = -np.log(1 - gone / active) * DAYS_PER_YEAR / 30
    return repair_plan(NEEDED, PIECES, THRESHOLD, float(rate), REPAIR_TIME)


def _cheap() -> float:
    """Of the cheap cloud: for a terabyte and month (USD)."""
    return float(figure("storage_price.backblaze_b2_storage").value)


def _pay() -> tuple[float, float]:
    """Of a node: for a terabyte of pieces held a month, and for one sent (USD)."""
    hold, fetch = (float(figure(f"storj.payout_nodes_tb_{of}").value) for of in ("month_stored", "egress"))
    return hold, fetch
