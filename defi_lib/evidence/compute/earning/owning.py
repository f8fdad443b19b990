"""Own a card or rent it, and who gains when cards are scarce. Readings C35a and C25a."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.compute import Device, host_year, rental_value
from defi_lib.evidence.compute.earning.entry import CARD, KEEPS
from defi_lib.evidence.effects import Control, Count, Registry
from defi_lib.figures import figure
from defi_lib.ledger import Ledger
from defi_lib.units import HOURS_PER_YEAR

EVIDENCE = Registry("compute")

Array = NDArray[np.float64]

#: Of the owners of before, half sell if cards are scarce.
OWNERS = ("owners who sell", "owners who keep")

#: How long a card is kept (years), and weeks in a year.
YEARS, WEEKS = 4, 52

#: What an H100 takes of a hall's power while it works (kW), and what a firm pays for it (USD a kWh).
BUSY = float(figure("gpu_spec.h100_sxm_tdp").value) / 1000 * float(figure("pue.average_data_centre_pue_2024").value)
POWER = float(figure("electricity.business_price_united_states").value)

#: What strangers pay for an hour of an H100 in its first year (USD); the market keeps :data:`KEEPS` of it.
PEERS = float(figure("gpu_price.h100_mean_listed_prices_vast").value)

# A quarter of all hours at four dollars, for four years without interest: 35,040 dollars.
_QUARTER = {
    "use": 0.25, "hour": 4.0, "price": 30_000.0, "server": 0.5, "resale": 0.0, "rent_falls": 0.0, "interest": 0.0,
    "upkeep": 1_000.0, "let_out": 0.0,
}  # fmt: skip
_RUN = 4 * 8_760 * 0.25 * BUSY * POWER  # dollars for power


@EVIDENCE.model(
    "C35a",
    placebos=[
        # The machine costs nothing, and the seller asks what the power costs: both pay the same.
        {"price": 0.0, "upkeep": 0.0, "hour": BUSY * POWER, "rent_falls": 0.0, "let_out": 0.0},
    ],
    controls=[
        Control(_QUARTER, 1 - 35_040 / (45_000 + 4_000 + _RUN)),
        Control(_QUARTER | {"server": 0.0}, 1 - 35_040 / (30_000 + 4_000 + _RUN)),
        Control(_QUARTER | {"resale": 0.5}, 1 - 35_040 / (30_000 + 4_000 + _RUN)),
        Control(_QUARTER | {"rent_falls": 0.5}, 1 - 8_760 * 1.875 / (45_000 + 4_000 + _RUN)),
        # Half of the idle hours are let: 3,285 a year.
        Control(
            _QUARTER | {"let_out": 0.5},
            1 - (35_040 + 4 * 3_285 * (PEERS * 0.76 - BUSY * POWER)) / (45_000 + 4_000 + _RUN),
        ),
        Control(
            _QUARTER | {"let_out": 0.5, "rent_falls": 0.5},
            1 - (8_760 * 1.875 + 3_285 * (1.875 * PEERS * 0.76 - 4 * BUSY * POWER)) / (45_000 + 4_000 + _RUN),
        ),
        Control(
            _QUARTER | {"let_out": 0.5, "interest": 1.0},
            1 - (8_760 + 3_285 * (PEERS * 0.76 - BUSY * POWER)) * 15 / 16 / (45_000 + (1_000 + _RUN / 4) * 15 / 16),
        ),
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
    let_out: Array,
) -> Array:
    """What renting by the hour saves over four years (part of what owning costs, in today's money).

    Each year's costs are counted at the year's end. Of the hours in which the firm needs no card, the owner lets some
    to strangers through a peer market, which who rents forgoes; in the others the card is switched off.

    Args:
        use: part of the hours.
        hour: price of an hour in the first year (USD).
        price: of the card (USD).
        server: what it adds (part of the card's price); worth nothing in the end.
        resale: what the card brings after four years (part of its price).
        rent_falls: part by which an hour is cheaper in each later year.
        interest: what the firm's money costs a year.
        upkeep: hall and staff (USD a year).
        let_out: part of the idle hours that strangers pay.
    """
    card = Device(0.0, YEARS, BUSY)  # what it costs and brings is counted beside
    power = host_year(card, use, 0.0, electricity_price=POWER).electricity
    owning = price * (1 + server) - resale * price / (1 + interest) ** YEARS
    renting = let = np.zeros_like(use)
    for year in range(YEARS):
        later = (1 + interest) ** -(year + 1)
        falls = (1 - rent_falls) ** year
        owning = owning + (upkeep + power) * later
        let = let + host_year(card, (1 - use) * let_out, PEERS * falls, KEEPS, POWER).profit * later
        renting = renting + HOURS_PER_YEAR * use * hour * falls * later
    return np.asarray(1 - (renting + let) / owning)


@EVIDENCE.figures("C25a")
def networks_beside_the_maker() -> Count:
    """What networks of shared machines took in a year, of what the largest maker of cards sold."""
    keys = (
        "depin.chain_revenue_whole_depin_sector",
        "gpu_sales.nvidia_data_centre_revenue",
        "gpu_sales.nvidia_gaming_revenue",
        "depin.claimed_depin_external_revenue_annualised",
    )
    first, last, station = (
        float(figure("helium." + name).value)
        for name in ("hotspots_2021_start", "hotspots_2021_end", "hotspot_purchase_price")
    )
    spent = (last - first) * station / 1e6  # million dollars
    took, halls, games, claimed = (float(figure(key, allow_unreliable=True).value) for key in keys)
    sold = 1e3 * (halls + games)  # million dollars
    part = took / sold
    return Count(
        true=2 * part >= 0.01,  # a price that follows demand twice as far as it grows
        says=f"All networks of shared machines took {took:.0f} million dollars in 2025. The largest maker sold cards, "
        f"and what connects them, for {sold / 1e3:,.0f} billion in the year to January 2026: {100 * part:.2f} % of it, "
        "if every dollar had bought a card.",
        who="Messari and Escape Velocity (networks of all kinds, a weak source); Nvidia.",
        turns="a price rises thirty times as far as demand does",
        sources=keys[:3],  # the claim decides nothing
        other="Who is paid in new tokens may buy for more than clients pay: Helium's newcomers of 2021 spent some "
        f"{spent:.0f} million, on radio stations; on cards it would be {100 * spent / sold:.1f} %. Of cards for games "
        f"alone, clients' payments are {took / games / 10:.2f} %; the {claimed:.0f} million that one "
        f"article claims would be {100 * claimed / sold:.1f} % of all",
    )


def own_or_rent(hours: ArrayLike, rent: float, price: float, sold: float, watts: float = 350.0) -> dict[str, ArrayLike]:
    """What lesson 7.3 explores: a year of a student with a card in her own computer, or with a rented one (USD).

    Args:
        hours: a week in which she needs it.
        rent: USD an hour.
        price: of the card (USD), kept for four years.
        sold: what it brings then (part of its price).
        watts: that it takes while it works.

    >>> found = own_or_rent(10, rent=0.25, price=650, sold=0.4)
    >>> {name: round(float(value), 1) for name, value in found.items()}
    {'Owning': 131.6, 'Renting': 130.0, 'even': 10.2}
    """
    power = float(figure("electricity.us_household").value)
    needed, age = np.asarray(hours, float), price * (1 - sold) / YEARS
    running = watts / 1000 * power
    even = age / (WEEKS * (rent - running)) if rent > running else np.inf
    return {
        "Owning": age + WEEKS * needed * running,
        "Renting": WEEKS * needed * rent,
        "even": min(float(even), 168.0),
    }


def books_of_scarcity(
    more: float = 0.5, cards: float = 1_000.0, use: float = 0.8
) -> tuple[dict[str, Ledger], dict[str, float]]:
    """Four years after clients have more to spend, if no more cards can be had and if the maker delivers (USD).

    Cards like Bea's, nearly always busy, at the rent at which they just break even. If no more can be had, the rent
    rises until the same hours take all of what clients spend; half of the owners sell as many cards as latecomers want,
    at what a card will earn. If the maker delivers, latecomers buy so many that the rent stays. No interest. Beside the
    books: the rents (USD an hour) and what a scarce card earns more a year and is worth (USD).

    Args:
        more: part by which clients spend more.
        cards: of the owners, half of whom sell if cards are scarce.
        use: part of the hours that are paid.

    >>> books, found = books_of_scarcity()
    >>> {name: round(value, 3) for name, value in found.items()}
    {'rent': 0.108, 'scarce rent': 0.162, 'earns more': 288.171, 'worth': 1802.685}
    >>> round(books["scarce"].balance("latecomers", "USD")), round(books["scarce"].balance("owners who keep", "USD"))
    (0, 576343)
    """
    power = float(figure("electricity.us_household").value)
    margin = CARD.fixed_cost(power) / (HOURS_PER_YEAR * use)
    rent = float(margin + (CARD.busy_power - CARD.idle_power) * power) / (1 - KEEPS)
    dear, half, books = (1 + more) * rent, cards / 2, {}
    worth = float(rental_value(CARD, use, dear, KEEPS, power))
    sunk = CARD._replace(purchase_price=0.0, resale_value=0.0)
    for name, asked, price in (("scarce", dear, worth), ("the maker delivers", rent, CARD.purchase_price)):
        scarce = name == "scarce"
        ledger = books[name] = Ledger(
            ("clients", "market", "power company", "maker", "second-hand buyers", *OWNERS, "latecomers")
        )
        running = {OWNERS[0]: 0.0 if scarce else half, OWNERS[1]: half, "latecomers": half if scarce else more * cards}
        moves = host_year(sunk, use, asked, KEEPS, power)
        for who, run in running.items():
            year = moves.transfers(provider=who, network="market")
            ledger.book(each._replace(amount=YEARS * run * each.amount) for each in year if run)
            if run:
                ledger.record("second-hand buyers", who, run * CARD.resale_value, "USD", "resale")
        for who in OWNERS:
            ledger.record(who, "maker", half * CARD.purchase_price, "USD", "cards")
        seller = OWNERS[0] if scarce else "maker"
        ledger.record("latecomers", seller, running["latecomers"] * price, "USD", "cards")
        ledger.check_conserved()
    earns_more = HOURS_PER_YEAR * use * (1 - KEEPS) * (dear - rent)
    return books, {"rent": rent, "scarce rent": dear, "earns more": earns_more, "worth": worth}
