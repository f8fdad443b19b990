"""Data for sale: who is found without a name, and what a person's data earn. Readings C29a and C16b."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.compute import ACCESS, chance_found, sell_data
from defi_lib.evidence.effects import Control, Count, Registry
from defi_lib.exchange import BondingCurve
from defi_lib.figures import figure
from defi_lib.ledger import Ledger

EVIDENCE = Registry("compute")

Array = NDArray[np.float64]

#: What the network of row grass.nodes_revenue_derived_node takes, by that row (million USD a year).
GRASS_INCOME = 14.2

# Three who stray evenly over ten places, always recorded: who shares the fact hides the person.
_EVEN = {
    "facts": 1.0, "people": 3.0, "places": 10.0, "hours": 1.0, "recorded": 1.0, "habit": 0.0, "crowding": 1.0,
}  # fmt: skip


@EVIDENCE.model(
    "C29a",
    placebos=[{"people": 1e9, "places": 2.0, "hours": 720.0, "recorded": 1.0, "habit": 0.5}],  # all records alike
    controls=[
        Control(_EVEN, -0.81),  # neither of the two others may be there
        Control(_EVEN | {"facts": 2.0, "people": 2.0, "recorded": 0.5}, -(1 - 0.05**2)),
        Control(_EVEN | {"facts": 2.4, "people": 2.0, "hours": 2.0}, -(1 - 0.19**2)),
    ],
)
def found_without_a_name(
    facts: Array, people: Array, places: Array, hours: Array, recorded: Array, habit: Array, crowding: Array
) -> Array:
    """Part of the people whom a neighbour finds in the set, below 0.

    Args:
        facts: that the neighbour knows, taken as a whole number.
        people: in the set.
        places: that it tells apart.
        hours: length of the time of a record.
        recorded: part of the hours with a record of a person.
        habit: part of the records made at home or at work.
        crowding: how much fuller one's own home and work are than an average place.
    """
    found = chance_found(np.rint(facts), people, places, hours, recorded, habit, crowding)
    return 0.0 - np.round(np.asarray(found), 6)  # less than one of a million is nobody


@EVIDENCE.figures("C16b")
def what_a_persons_data_bring() -> Count:
    """What lists of people cost, and how often the dearest would have to be sold."""
    keys = ("data_price.ordinary_facts.2013-06-12", "data_price.health_list.2013-06-12")
    plain, ill = (float(figure(key).value) for key in keys)
    grass, firms = (
        figure(series) for series in ("grass.nodes_revenue_derived_node", "data_price.internet_firms_yearly")
    )
    return Count(
        true=10 / ill <= 1,
        says=f"A buyer of lists paid from {plain} dollars (age, gender and place) to {ill} (an illness) for a person; "
        f"the dearest would have to be sold {np.ceil(10 / ill):.0f} times a year, with nothing kept by the market.",
        who="the Financial Times (prices of the trade in the United States, June 2013).",
        turns="many buyers come for rare data, whose prices nobody publishes; or firms that earn with data pay their "
        "owners a twentieth of it",
        sources=(*keys, grass.id, firms.id),
        other=f"Internet firms earned {firms.value:.0f} dollars in 2018 with the data of one American (Shapiro and "
        "Aneja), by advertising and not by sale. A network that pays homes for their lines took "
        f"{GRASS_INCOME / float(grass.value):.1f} dollars a home and year (2026, a weak source)",
    )


def found_by_facts(
    facts: ArrayLike, people: float, places: float, hours: float, habit: float = 0.75, recorded: float = 0.3
) -> dict[str, ArrayLike]:
    """What lesson 7.22 explores: how many are found in a set of movements by how many facts.

    Args:
        facts: that the neighbour knows.
        people: in the set.
        places: that it tells apart.
        hours: length of the time of a record.
        habit: part of the records made at home or at work.
        recorded: part of the hours with a record of a person.

    >>> found = found_by_facts([0, 4], 100_000, 100, 1)
    >>> [round(float(part), 2) for part in found["Found"]]
    [0.0, 0.97]
    """
    known = np.rint(np.asarray(facts, float))
    return {"Found": np.asarray(chance_found(known, people, places, hours, recorded, habit)), "facts": known}


def data_sales() -> dict[str, Ledger]:
    """The data of a thousand people are sold to 200 buyers: along a price curve, after speculators, and in a shop.

    The curve begins with 1,000 tokens and 1,000 dollars, and its price rises with the tokens sold (Bancor's formula,
    weight one half). The shop asks as much as the curve brings, and keeps a fifth.

    >>> round(data_sales()["with speculators"].balance("speculators", "USD"))
    200
    """
    curve, books = BondingCurve(1_000.0, 1_000.0, 0.5), {}
    for name, tokens in (("price curve", 0.0), ("with speculators", 500.0)):
        ledger = books[name] = Ledger(("buyers", "publisher", "curve", "speculators", "people in the data"))
        ledger.open("curve", "USD", 1_000.0)
        ledger.mark(ACCESS, 0.0)
        sale = sell_data(curve, 200.0, tokens)
        ledger.book(sale, speculators="speculators", curve="curve", buyers="buyers", publisher="publisher")
    shop = books["shop"] = Ledger(("buyers", "publisher", "shop", "people in the data"))
    price = float(np.asarray(sell_data(curve, 200.0).publisher_got))
    shop.record("buyers", "publisher", price, "USD", "licence")
    shop.record("publisher", "shop", price / 5, "USD", "fee")
    for ledger in books.values():
        ledger.check_conserved()
    return books
