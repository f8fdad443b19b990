"""Own a card or rent it, and who gains when cards are scarce. Readings C35a and C25a."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.compute import Device, host_year, rental_value, shared_utilisation
from defi_lib.evidence.compute.earning.entry import CARD, KEEPS, RENT
from defi_lib.evidence.effects import Control, Count, Registry
from defi_lib.figures import figure
from defi_lib.ledger import Ledger
from defi_lib.units import HOURS_PER_YEAR

EVIDENCE = Registry("compute")

Array = NDArray[np.float64]

#: How long a card is kept (years), and weeks in a year.
YEARS, WEEKS = 4, 52

#: What an H100 takes of a hall's power while it works (kW), and what a firm pays for it (USD a kWh).
BUSY = float(figure("gpu_spec.h100_sxm_tdp").value) / 1000 * float(figure("pue.average_data_centre_pue_2024").value)
POWER = float(figure("electricity.business_price_united_states").value)

# A quarter of all hours at four dollars, for four years without interest: 35,040 dollars.
_QUARTER = {
    "use": 0.25, "hour": 4.0, "price": 30_000.0, "server": 0.5, "resale": 0.0, "rent_falls": 0.0, "interest": 0.0,
    "upkeep": 1_000.0,
}  # fmt: skip
_RUN = 4 * 8_760 * 0.25 * BUSY * POWER  # dollars for power


@EVIDENCE.model(
    "C35a",
    placebos=[
        # The machine costs nothing, and the seller asks what the power costs: both pay the same.
        {"price": 0.0, "upkeep": 0.0, "hour": BUSY * POWER, "rent_falls": 0.0},
    ],
    controls=[
        Control(_QUARTER, 1 - 35_040 / (45_000 + 4_000 + _RUN)),
        Control(_QUARTER | {"server": 0.0}, 1 - 35_040 / (30_000 + 4_000 + _RUN)),
        Control(_QUARTER | {"resale": 0.5}, 1 - 35_040 / (30_000 + 4_000 + _RUN)),
        Control(_QUARTER | {"rent_falls": 0.5}, 1 - 8_760 * 1.875 / (45_000 + 4_000 + _RUN)),
        # Money that doubles in a year: what is paid at the ends of four years counts 15/16 of one year's payment.
        Control(
            _QUARTER | {"interest": 1.0, "resale": 0.16}, 1 - 8_760 * 15 / 16 / (44_700 + (1_000 + _RUN / 4) * 15 / 16)
        ),
    ],
)
def saved_by_renting(
    use: Array,
    hour: Array,
    price: Array,
    server: Array,
    resale: Array,
    rent_falls: Array,
    interest: Array,
    upkeep: Array,
) -> Array:
    """What renting by the hour saves over four years (part of what owning costs, in today's money).

    Each year's costs are counted at the year's end; the owner's card is switched off when nobody needs it.

    Args:
        use: part of the hours.
        hour: price of an hour in the first year (USD).
        price: of the card (USD).
        server: what it adds (part of the card's price); worth nothing in the end.
        resale: what the card brings after four years (part of its price).
        rent_falls: part by which an hour is cheaper in each later year.
        interest: what the firm's money costs a year.
        upkeep: hall and staff (USD a year).
    """
    card = Device(0.0, YEARS, BUSY)  # what it costs and brings is counted beside
    power = host_year(card, use, 0.0, electricity_price=POWER).electricity
    owning, renting = price * (1 + server) - resale * price / (1 + interest) ** YEARS, np.zeros_like(use)
    for year in range(YEARS):
        later = (1 + interest) ** -(year + 1)
        owning = owning + (upkeep + power) * later
        renting = renting + HOURS_PER_YEAR * use * hour * (1 - rent_falls) ** year * later
    return np.asarray(1 - renting / owning)


@EVIDENCE.figures("C25a")
def networks_beside_the_maker() -> Count:
    """What networks of shared machines took in a year, of what the largest maker of cards sold."""
    keys = (
        "depin.chain_revenue_whole_depin_sector",
        "gpu_sales.nvidia_data_centre_revenue",
        "gpu_sales.nvidia_gaming_revenue",
        "depin.claimed_depin_external_revenue_annualised",
    )
    took, halls, games, claimed = (float(figure(key, allow_unreliable=True).value) for key in keys)
    sold = 1e3 * (halls + games)  # million dollars
    part = took / sold
    return Count(
        true=2 * part >= 0.01,  # a price that follows demand twice as far as it grows
        says=f"All networks of shared machines took {took:.0f} million dollars in 2025. The largest maker sold "
        f"cards for {sold / 1e3:,.0f} billion in the year to January 2026: {100 * part:.2f} % of it, if every dollar "
        "had bought a card.",
        who="Messari and Escape Velocity (networks of all kinds, a weak source); Nvidia.",
        turns="a price rises thirty times as far as demand does",
        sources=keys[:3],  # the claim decides nothing
        other=f"Of cards for games alone it is {took / games / 10:.2f} %; the {claimed:.0f} million "
        f"that one article claims would be {100 * claimed / sold:.1f} % of all",
    )


def own_or_rent(hours: ArrayLike, rent: float, price: float, sold: float) -> dict[str, ArrayLike]:
    """What lesson 7.3 explores: a year of a student with a card in her own computer, or with a rented one (USD).

    Args:
        hours: a week in which she needs it.
        rent: USD an hour.
        price: of the card (USD), kept for four years.
        sold: what it brings then (part of its price).

    >>> found = own_or_rent(10, rent=0.25, price=650, sold=0.4)
    >>> {name: round(float(value), 1) for name, value in found.items()}
    {'Owning': 131.6, 'Renting': 130.0, 'even': 10.2}
    """
    power = float(figure("electricity.us_household").value)
    needed, age = np.asarray(hours, float), price * (1 - sold) / YEARS
    running = CARD.busy_power * power
    even = age / (WEEKS * (rent - running)) if rent > running else np.inf
    return {
        "Owning": age + WEEKS * needed * running,
        "Renting": WEEKS * needed * rent,
        "even": min(float(even), 168.0),
    }


def books_of_scarcity(more: float = 0.5, cards: float = 1_000.0) -> tuple[dict[str, Ledger], float]:
    """Four years after demand has risen, if no more cards can be had and if the maker delivers (USD); a card's worth.

    Cards like Bea's, bought for rent, whose paid hours just break even; half of the owners sell as many as latecomers
    want, at what a card will earn. If the maker delivers, latecomers buy as many at the old price. No interest.

    Args:
        more: part by which demand rises.
        cards: of the owners, half of whom sell if cards are scarce.

    >>> books, worth = books_of_scarcity()
    >>> round(worth), round(books["scarce"].balance("latecomers", "USD")), round(books["scarce"].balance("keep", "USD"))
    (1042, 0, 195892)
    """
    power = float(figure("electricity.us_household").value)
    even = CARD.fixed_cost(power) / CARD.margin(RENT, KEEPS, power)  # hours a year
    half, books, worth = cards / 2, {}, CARD.purchase_price
    for name in ("scarce", "the maker delivers"):
        there = cards if name == "scarce" else cards * (1 + more)
        use = shared_utilisation(there, (1 + more) * cards * even)
        price = float(rental_value(CARD, use, RENT, KEEPS, power))
        worth = max(worth, price)
        ledger = books[name] = Ledger(
            ("clients", "market", "power company", "maker", "second-hand buyers", "sell", "keep", "latecomers")
        )
        running = {"sell": 0.0 if name == "scarce" else half, "keep": half, "latecomers": there - cards or half}
        sunk = CARD._replace(purchase_price=0.0, resale_value=0.0)
        moves = host_year(sunk, use, RENT, KEEPS, power)
        for who, run in running.items():
            year = moves.transfers(provider=who, network="market")
            ledger.book(each._replace(amount=YEARS * run * each.amount) for each in year if run)
            if run:
                ledger.record("second-hand buyers", who, run * CARD.resale_value, "USD", "resale")
        for who in ("sell", "keep"):
            ledger.record(who, "maker", half * CARD.purchase_price, "USD", "cards")
        seller = "sell" if name == "scarce" else "maker"
        ledger.record("latecomers", seller, running["latecomers"] * price, "USD", "cards")
        ledger.check_conserved()
    return books, worth
