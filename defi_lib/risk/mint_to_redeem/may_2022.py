"""Terra in May 2022, as it was published: prices and supplies, with the time of day where it was printed."""

from __future__ import annotations

import datetime
from typing import NamedTuple

from defi_lib.figures import figure
from defi_lib.validation import one_of

#: The three things that were published again and again.
QUANTITIES = ("UST price", "LUNA price", "LUNA supply")
#: Day 0: the run began in the evening of 7 May.
FIRST_DAY = datetime.date(2022, 5, 7)

#: Id of the figure, what it counts, its unit, and the hour in UTC if it was printed (New York was four hours behind).
MAY_2022: tuple[tuple[str, str, float, float | None], ...] = (
    ("terra.ust_price_low.2022-05-09", "UST price", 1.0, None),
    ("terra.ust_price_most_day.2022-05-10", "UST price", 1.0, None),
    ("terra.ust_price_evening.2022-05-10", "UST price", 1.0, None),
    ("terra.ust_price_low_day.2022-05-11", "UST price", 1.0, None),
    ("terra.ust_price_12_may_08.2022-05-12", "UST price", 1.0, 12 + 5 / 60),
    ("terra.ust_price_quoted_day.2022-05-13", "UST price", 1.0, None),
    ("terra.ust_price_approx.2022-05-14", "UST price", 1.0, None),
    ("terra.ust_price_approx.2022-05-15", "UST price", 1.0, None),
    ("terra.luna_price_time.2022-05-08", "LUNA price", 1.0, None),
    ("terra.luna_price_evening.2022-05-10", "LUNA price", 1.0, None),
    ("terra.luna_price.2022-05-11", "LUNA price", 1.0, None),
    ("terra.luna_price_12_may_08.2022-05-12", "LUNA price", 1.0, 12 + 5 / 60),
    ("terra.luna_price_12_may_midday.2022-05-12", "LUNA price", 1.0, 16.0),
    ("terra.luna_price_12_may_afternoon.2022-05-12", "LUNA price", 1.0, None),
    ("terra.luna_price_12_may_21.2022-05-12", "LUNA price", 1.0, 25 + 5 / 60),
    ("terra.luna_supply_before_run.2022-05-08", "LUNA supply", 1e6, None),
    ("terra.luna_circulating_supply.2022-05-11", "LUNA supply", 1e9, None),
    ("terra.luna_supply_12_may_08.2022-05-12", "LUNA supply", 1e9, 12 + 5 / 60),
    ("terra.luna_supply_12_may_midday.2022-05-12", "LUNA supply", 1e9, 16.0),
    ("terra.luna_supply_12_may_afternoon.2022-05-12", "LUNA supply", 1e9, None),
    ("terra.luna_supply_12_may_21.2022-05-12", "LUNA supply", 1e9, 25 + 5 / 60),
    ("terra.luna_circulating_supply_chain_halt.2022-05-13", "LUNA supply", 1e12, None),
)

#: Hours that stand for a word in the name of a figure whose hour was not printed; midday for all others.
_WORDS = {"evening": 22.0, "afternoon": 19.5}


class Published(NamedTuple):
    """One published number of May 2022."""

    day: float  #: days since 7 May, 0:00 UTC
    value: float  #: dollars, or tokens
    timed: bool  #: whether the hour was printed; otherwise the day is known, and the hour is our choice
    item: str  #: what the figure is called
    id: str  #: of the figure


def may_2022(quantity: str) -> tuple[Published, ...]:
    """What was published of a quantity, in the order of time; where only a day was printed, midday stands for it.

    Args:
        quantity: "UST price", "LUNA price" or "LUNA supply".

    Raises:
        ValueError: another quantity.

    >>> [(round(each.day, 2), each.value) for each in may_2022("LUNA supply")][:3]
    [(1.5, 346000000.0), (4.5, 1500000000.0), (5.5, 7100000000.0)]
    """
    one_of("quantity", quantity, QUANTITIES)
    found = []
    for key, name, unit, hour in MAY_2022:
        if name == quantity:
            entry = figure(key)
            word = next((at for text, at in _WORDS.items() if text in entry.item), 12.0)
            days = (datetime.date.fromisoformat(entry.date) - FIRST_DAY).days
            day = days + (word if hour is None else hour) / 24
            found.append(Published(day, float(entry.value) * unit, hour is not None, entry.item, entry.id))
    return tuple(sorted(found, key=lambda each: each.day))
