"""Renting out a card. Readings C1a and C1b."""

from __future__ import annotations

import inspect

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.compute import Device, break_even_utilisation, host_year
from defi_lib.evidence.effects import Control, Registry
from defi_lib.evidence.unknowns import assumptions
from defi_lib.figures import figure
from defi_lib.ledger import Ledger

EVIDENCE = Registry("compute")

Array = NDArray[np.float64]

#: What an RTX 4090 may draw while it works (kW): its published limit.
BUSY = float(figure("gpu_spec.rtx_4090_tdp").value) / 1000

#: How long a bought card is kept (years), and months in a year.
YEARS, MONTHS = 4, 12

#: The second-hand card of the lesson (USD), what RunPod kept of a private host's rent, a waiting computer (kW).
OLD_PRICE, FEE, WAITING = 650.0, 0.24, 0.06

#: A cloud's card: what it brings after four years (part of its price), and hall and staff (USD a year).
CLOUD_RESALE, HALL = 0.3, 2_000.0

# Half of all hours are paid 50 cents, of which half stays: 1,095 dollars a year. Free power, nothing falls.
_HALF = {
    "price": 1_000.0, "resale": 0.5, "card_rent": 0.5, "rent_falls": 0.0, "paid_hours": 0.5, "network_keeps": 0.5,
    "home_power": 0.0, "waiting_power": 0.05, "bill": 0.0, "own_hours": 0.0, "wage": 10.0,
}  # fmt: skip
_OWNED = {
    "card_rent": 0.5, "paid_hours": 0.5, "network_keeps": 0.5, "home_power": 0.1, "waiting_power": 0.05, "wear": 0.01,
    "own_hours": 2.0, "wage": 10.0,
}  # fmt: skip
_WORKING, _WAITING = 4_380 * BUSY * 0.1, 4_380 * 0.05 * 0.1  # dollars of power for half of the hours each


@EVIDENCE.model(
    "C1b",
    placebos=[
        {"price": 0.0, "card_rent": 0.0, "home_power": 0.0, "own_hours": 0.0},  # no card
        # It stands still, nobody looks after it, and it is sold as it came.
        {"resale": 1.0, "bill": 0.0, "card_rent": 0.0, "home_power": 0.0, "own_hours": 0.0},
    ],
    controls=[
        Control(_HALF, 4 * 1_095 - 500),
        Control(_HALF | {"rent_falls": 0.5}, 1_095 * (1 + 0.5 + 0.25 + 0.125) - 500),
        Control(_HALF | {"bill": 1.0}, 1_095 * (0.5 + 0.25 + 0.125 + 0.0625) + 500 / 16 - 1_000),
        Control(_HALF | {"home_power": 0.1}, 4 * (1_095 - _WORKING - _WAITING) - 500),
        Control(_HALF | {"paid_hours": 0.0, "home_power": 0.1}, -4 * 8_760 * 0.05 * 0.1 - 500),
        Control(_HALF | {"own_hours": 2.0}, 4 * (1_095 - 240) - 500),
    ],
)
def worth_of_a_bought_card(
    price: Array,
    resale: Array,
    card_rent: Array,
    rent_falls: Array,
    paid_hours: Array,
    network_keeps: Array,
    home_power: Array,
    waiting_power: Array,
    own_hours: Array,
    wage: Array,
    bill: Array,
) -> Array:
    """What a bought card leaves in four years above the bill, in dollars of the day on which it is bought.

    Each year's income is counted at the year's end.

    Args:
        price: of the card (USD).
        resale: what it brings after four years (part of its price).
        card_rent: a client pays for an hour of the first year (USD).
        rent_falls: part by which that is lower in each later year.
        paid_hours: part of all hours.
        network_keeps: part of the rent.
        home_power: USD a kWh.
        waiting_power: kW while nobody rents.
        own_hours: a month that its owner looks after it.
        wage: that the owner asks for an hour (USD).
        bill: what a Treasury bill pays a year.
    """
    card = Device(0.0, YEARS, BUSY, waiting_power)  # what it costs and brings is counted beside
    worth = price * (resale / (1 + bill) ** YEARS - 1)
    for year in range(YEARS):
        rent = card_rent * (1 - rent_falls) ** year
        earned = host_year(card, paid_hours, rent, network_keeps, home_power).profit - MONTHS * own_hours * wage
        worth = worth + earned / (1 + bill) ** (year + 1)
    return np.asarray(worth)


@EVIDENCE.model(
    "C1a",
    placebos=[
        # Never switched on: nothing is paid, waiting costs nothing, and nobody looks after it.
        {"paid_hours": 0.0, "waiting_power": 0.0, "own_hours": 0.0},
    ],
    controls=[
        Control(_OWNED, 1_095 - _WORKING - _WAITING - 43.8 - 240),
        Control(_OWNED | {"paid_hours": 0.0}, -43.8 - 240),
        Control(_OWNED | {"waiting_power": 0.0, "own_hours": 0.0, "wear": 0.0}, 1_095 - _WORKING),
    ],
)
def year_of_an_owned_card(
    card_rent: Array,
    paid_hours: Array,
    network_keeps: Array,
    home_power: Array,
    waiting_power: Array,
    wear: Array,
    own_hours: Array,
    wage: Array,
) -> Array:
    """What renting out a card that is there anyway leaves in a year (USD).

    Args:
        card_rent: a client pays for an hour (USD).
        paid_hours: part of all hours.
        network_keeps: part of the rent.
        home_power: USD a kWh.
        waiting_power: kW while nobody rents.
        wear: of a working hour (USD).
        own_hours: a month that its owner looks after it.
        wage: that the owner asks for an hour (USD).
    """
    card = Device(0.0, YEARS, BUSY, waiting_power)
    year = host_year(card, paid_hours, card_rent, network_keeps, home_power)
    worn = 24 * 365 * paid_hours * wear
    return np.asarray(year.profit - worn - MONTHS * own_hours * wage)


def needed_hours(**changed: float) -> float:
    """Part of the hours that must be paid so that reading C1b is true, in today's world with some values changed.

    What a card is worth rises evenly with the hours. Infinite if no number of hours is enough.

    >>> round(needed_hours(), 2), round(needed_hours(card_rent=0.74), 2)
    (0.41, 0.15)
    """
    world = {
        name: np.full(2, each.today)
        for name, each in assumptions("C1b", inspect.signature(worth_of_a_bought_card).parameters).items()
    }
    world |= {name: np.full(2, value) for name, value in changed.items()} | {"paid_hours": np.array([0.0, 1.0])}
    none, all_hours = worth_of_a_bought_card(**world)
    return float(-none / (all_hours - none)) if all_hours > max(none, 0.0) else np.inf


def needed_hours_of_an_old_card(time: float = 1.0) -> float:
    """The same for the second-hand card of the lesson, at its rent of 25 cents.

    Args:
        time: hours a month that its owner looks after it.

    >>> round(needed_hours_of_an_old_card(), 2), round(needed_hours_of_an_old_card(time=0.0), 2)
    (0.35, 0.22)
    """
    known = assumptions("C1b", inspect.signature(worth_of_a_bought_card).parameters)
    now = {name: each.today for name, each in known.items()}
    card, sold = _owners(0.4)["Owned anyway"], OLD_PRICE * 0.4 / (1 + now["bill"]) ** YEARS
    none, all_hours = sold - OLD_PRICE, sold - OLD_PRICE
    for year in range(YEARS):
        rent, later = 0.25 * (1 - now["rent_falls"]) ** year, (1 + now["bill"]) ** -(year + 1)
        idle, busy = (host_year(card, paid, rent, FEE, now["home_power"]).profit for paid in (0.0, 1.0))
        none += (idle - MONTHS * time * now["wage"]) * later
        all_hours += (busy - MONTHS * time * now["wage"]) * later
    return float(-none / (all_hours - none))


def three_owners(paid: ArrayLike, rent: float, power: float, sold: float) -> dict[str, ArrayLike]:
    """What lesson 7.1 explores: a year of a second-hand RTX 3090, by what its owner must count.

    Args:
        paid: part of the hours.
        rent: USD an hour.
        power: USD a kWh.
        sold: what it brings after four years (part of its price).

    >>> {name: round(float(value)) for name, value in three_owners(0.2, 0.25, 0.1872, 0.4).items()}
    {'Bought for it': 42, 'Owned anyway': 139, 'On anyway': 238, 'needed': 16}
    """
    years = {name: host_year(card, paid, rent, FEE, power).profit for name, card in _owners(sold).items()}
    bought = _owners(sold)["Bought for it"]
    pays = bought.margin(rent, FEE, power) > 0
    needed = break_even_utilisation(bought, rent, FEE, power) if pays else np.inf
    return {**years, "needed": 100 * min(float(needed), 9.99)}


def _owners(sold: float) -> dict[str, Device]:
    watts, price = float(figure("gpu_spec.rtx_3090_tdp").value) / 1000, OLD_PRICE
    return {
        "Bought for it": Device(price, YEARS, watts, WAITING, price * sold),
        "Owned anyway": Device(0.0, YEARS, watts, WAITING),
        "On anyway": Device(0.0, YEARS, watts - WAITING),
    }


def books_of_a_year(paid: float = 0.5, rent: float = 0.25, sold: float = 0.4) -> dict[str, Ledger]:
    """A year of one old card rented out through a firm or a contract, of a new one, and of one card of a cloud (USD).

    The old card is a second-hand RTX 3090, the new one an RTX 4090, rented through the firm at what its list asks.

    The cloud's card is an H100, since the licence of a GeForce card's driver rules out data centres. Its server costs
    half as much again; hall and staff are paid by the year.

    Args:
        paid: part of the hours, the same for all.
        rent: of the old card (USD an hour); the H100 has the median of its sellers.
        sold: what the old card and the new one bring after four years (part of the price).

    >>> {name: round(ledger.balance("owner", "USD")) for name, ledger in books_of_a_year().items()}
    {'a firm': 399, 'a contract': 618, 'a new card': 444, 'a cloud': 4489}
    """
    power, business, cooling, hour, price, akash, new_price, new_rent = (
        float(figure(series).value)
        for series in (
            "electricity.us_household",
            "electricity.business_price_united_states",
            "pue.average_data_centre_pue_2024",
            "gpu_price.h100_median_of_sellers",
            "gpu_price.purchase_price_h100",
            "akash.take_rate_leases_introduction_paid",
            "gpu_price.purchase_price_rtx_4090",
            "gpu_price.runpod_community_rtx_4090",
        )
    )
    old, watts = _owners(sold)["Bought for it"], float(figure("gpu_spec.h100_sxm_tdp").value) / 1000
    cloud = Device(1.5 * price, YEARS, watts * cooling, WAITING * cooling, CLOUD_RESALE * price)
    new = Device(new_price, YEARS, BUSY, WAITING, sold * new_price)
    years = {
        "a firm": host_year(old, paid, rent, FEE, power),
        "a contract": host_year(old, paid, rent, akash / 100, power),
        "a new card": host_year(new, paid, new_rent, FEE, power),
        "a cloud": host_year(cloud, paid, hour, 0.0, business),
    }
    books = {}
    for name, year in years.items():
        ledger = books[name] = Ledger(("clients", "owner", "middleman", "power company", "maker", "hall and staff"))
        ledger.book(year.transfers(provider="owner", network="middleman"))
    books["a cloud"].record("owner", "hall and staff", HALL, "USD", "hall and staff")
    for ledger in books.values():
        ledger.check_conserved()
    return books
