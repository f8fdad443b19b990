"""Checks of ``labs/7_compute/01_business_case.ipynb``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import floor
from typing import Any, NamedTuple

import numpy as np

from defi_lib.compute import HOURS_PER_YEAR, Device, break_even_utilisation, host_year, shared_utilisation
from defi_lib.labs.compute.stubs import answered_or
from defi_lib.labs.kit import Lab, Part, holds, matches, round_number

lab = Lab("7.1")
check, progress = lab.check, lab.progress


class Card(NamedTuple):
    """A graphics card and the computer around it."""

    busy: float  #: watts while it works
    idle: float  #: watts while it waits
    price: float  #: USD; 0 if it stands there anyway
    life: float  #: years

    @property
    def device(self) -> Device:
        """The same in the library's units."""
        return Device(self.price, self.life, self.busy / 1000, self.idle / 1000)


class _Market(NamedTuple):
    """What is the same for all cards."""

    power: float  #: USD per kWh
    rent: float  #: USD per paid hour
    fee: float  #: part of the rent

    def profit(self, card: Card, use: float) -> float:
        """Of a year (USD)."""
        return float(host_year(card.device, use, self.rent, self.fee, self.power).profit)


def _bill(card: Card, use: float, power: float) -> float:
    return float(host_year(card.device, use, 0.0, electricity_price=power).electricity)


def _result(card: Card, use: float, power: float, rent: float, fee: float) -> float:
    return _Market(power, rent, fee).profit(card, use)


def _one_of_many(card: Card, nodes: int, hours: float, emission: float, power: float, rent: float, fee: float) -> float:
    use = float(shared_utilisation(nodes, hours))
    return _result(card, use, power, rent, fee) + emission / nodes


#: A card, and what each of the functions above may be asked about it: those who answer, answer differently.
_EASY = Card(400, 50, 1_000, 4)
_BILLS = ((_EASY, 0.4, 0.2), (_EASY, 0.8, 0.2), (_EASY, 0.4, 0.1))
_RESULTS = ((_EASY, 0.4, 0.2, 0.6, 0.2), (_EASY, 0.8, 0.2, 0.6, 0.2), (_EASY, 0.4, 0.2, 0.9, 0.2))
_CROWDS = tuple(
    (_EASY, nodes, hours, 2e4, 0.2, rent, 0.2)
    for nodes, hours, rent in ((100, 4e5, 0.6), (200, 4e5, 0.6), (100, 3e5, 0.6), (100, 4e5, 0.9))
)


def _card(rng: np.random.Generator) -> Card:
    busy = round_number(rng, 200, 700)
    return Card(
        busy, float(f"{busy * rng.uniform(0.1, 0.3):.2g}"), round_number(rng, 500, 2_000), float(rng.choice([3, 4, 5]))
    )


def _market(rng: np.random.Generator) -> _Market:
    return _Market(
        float(f"{rng.uniform(0.05, 0.3):.2g}"),
        float(f"{rng.uniform(0.4, 0.9):.2g}"),
        float(rng.choice([0.1, 0.2, 0.25])),
    )


def _use(rng: np.random.Generator) -> float:
    return float(f"{rng.uniform(0.2, 0.8):.2g}")


@lab.question(
    "power_bill",
    points=2,
    hints=(
        "What does the card draw on average, over all hours of the year?",
        (
            "Weigh the two watts by the parts of the time. Then hours, kilowatts, dollars: the watts must be "
            "divided by 1,000."
        ),
    ),
)
def _power_bill(rng: np.random.Generator, power_bill: Any) -> Iterator[Part]:
    card, use, power = _card(rng), _use(rng), _market(rng).power
    year = host_year(card.device, use, 0.0, electricity_price=power)
    busy, idle, whole = float(year.busy_electricity), float(year.idle_electricity), float(year.electricity)
    always = HOURS_PER_YEAR * card.idle / 1000 * power
    yield matches(
        1,
        f"`power_bill({card}, {use}, {power})`",
        power_bill(card, use, power),
        whole,
        {
            "Watts are not kilowatts: divide by 1,000.": 1000 * whole,
            "The hours in which the card waits are missing.": busy,
            "The hours in which the card works are missing.": idle,
            "The card waits only in the hours in which it does not work.": busy + always,
            "Work and waiting are swapped: `use` is the part of the hours in which it works.": (
                HOURS_PER_YEAR * ((1 - use) * card.busy + use * card.idle) / 1000 * power
            ),
            "This is the bill of one day; a year has 8,760 hours.": whole / 365,
            "This is the bill of one hour; a year has 8,760.": whole / HOURS_PER_YEAR,
            "This is energy in kilowatt-hours; multiply by the price of power.": whole / power,
        },
    )
    for part, watts in ((0.0, card.idle), (1.0, card.busy)):
        right = HOURS_PER_YEAR * watts / 1000 * power
        what = f"`power_bill({card}, {part:g}, {power})`"
        yield matches(0.5, what, power_bill(card, part, power), right)


@lab.question(
    "year_result",
    points=3,
    hints=(
        "Three things happen: clients pay, power is paid, and the card loses worth.",
        (
            "Clients pay for the hours in which the card works, and the network keeps its part. Take off your "
            "`power_bill`, and the price over the years of life."
        ),
    ),
)
def _year_result(rng: np.random.Generator, year_result: Any, power_bill: Any) -> Iterator[Part]:
    card, use, market = _card(rng), _use(rng), _market(rng)
    power, rent, fee = market
    power_bill = answered_or(_bill, power_bill, _BILLS)
    bill = float(power_bill(card, use, power))
    income, worn = HOURS_PER_YEAR * use * rent, card.price / card.life
    right = income * (1 - fee) - bill - worn
    yield matches(
        2,
        f"`year_result({card}, {use}, {power}, {rent}, {fee})`",
        year_result(card, use, power, rent, fee),
        right,
        {
            "The fee of the network is missing: it keeps a part of the rent.": income - bill - worn,
            "Here you get only the fee; the network keeps it, and you get the rest of the rent.": (
                income * fee - bill - worn
            ),
            "The fee is taken from the rent, not from what is left after costs.": (income - bill - worn) * (1 - fee),
            "The power bill is missing.": income * (1 - fee) - worn,
            "The loss of value is missing: price over life, each year.": income * (1 - fee) - bill,
            "The whole price is taken off in one year; the card lasts longer.": income * (1 - fee) - bill - card.price,
            "The rent is paid only in the hours in which the card works.": (
                HOURS_PER_YEAR * rent * (1 - fee) - bill - worn
            ),
            "Costs are taken off, not added.": income * (1 - fee) + bill + worn,
        },
    )
    there = card._replace(price=0.0)
    free = income * (1 - fee) - float(power_bill(there, use, power))
    what = f"For a card that stands there anyway, `year_result({there}, {use}, {power}, {rent}, {fee})`"
    yield matches(1, what, year_result(there, use, power, rent, fee), free)


@lab.question(
    "break_even_use",
    points=3,
    hints=(
        "Ask `year_result` twice: for a card that never works, and for one that always does.",
        (
            "Between the two the result is a straight line. How far along is the way from `empty` up to zero, as "
            "a part of the whole way? Mind a line that does not rise."
        ),
    ),
)
def _break_even_use(rng: np.random.Generator, break_even_use: Any, year_result: Any) -> Iterator[Part]:
    card, market = _card(rng), _market(rng)
    power, rent, fee = market
    year_result = answered_or(_result, year_result, _RESULTS)
    empty, full = (float(year_result(card, use, power, rent, fee)) for use in (0.0, 1.0))
    right = -empty / (full - empty)
    yield matches(
        2,
        f"`break_even_use({card}, {power}, {rent}, {fee})`",
        break_even_use(card, power, rent, fee),
        right,
        {
            "The cost of a year without work is negative in your result; turn its sign round.": -right,
            "This is the part of the hours in which the card may wait.": 1 - right,
            "Compare with what a full year adds, `full - empty`, not with the result of a full year.": -empty / full,
            "These are hours; divide by the 8,760 of a year.": right * HOURS_PER_YEAR,
            "This is a percentage; give a ratio, 0.4 for 40 %.": 100 * right,
            "The fraction is turned round.": 1 / right,
            "Power is missing: an hour of work costs more power than an hour of waiting.": (
                float(card.device.fixed_cost(power)) / (HOURS_PER_YEAR * rent * (1 - fee))
            ),
        },
    )
    edge = _dearest_power(card, market, year_result)
    cheap, dear = (float(break_even_use(card, each * edge, rent, fee)) for each in (0.97, 1.03))
    yield holds(
        1,
        dear == np.inf and cheap < np.inf,
        f"At {1.03 * edge:.4g} USD per kWh every hour of work loses money, however many there are: "
        f"`break_even_use` should return `math.inf`; yours gives {dear:.6g}."
        if dear != np.inf
        else f"At {0.97 * edge:.4g} USD per kWh an hour of work still earns a little: a result above 1, but no `inf`.",
    )


def _dearest_power(card: Card, market: _Market, year_result: Any) -> float:
    """The price of power at which an hour of work costs what it brings (USD per kWh), by the student's own results."""
    _, rent, fee = market
    free, dear = (
        float(year_result(card, 1.0, power, rent, fee)) - float(year_result(card, 0.0, power, rent, fee))
        for power in (0.0, 1.0)
    )
    own = free / (free - dear) if free > dear else 0.0
    return own if own > 0 else rent * (1 - fee) / ((card.busy - card.idle) / 1000)


@lab.question(
    "crowd",
    points=2,
    hints=(
        "First find the part of the hours in which one card works, if all share the hours evenly.",
        (
            "It is the hours of one card over those of a year, and never above 1. Put it into `year_result`, and "
            "add the card's part of the emission."
        ),
    ),
)
def _crowd(rng: np.random.Generator, crowd: Any, year_result: Any) -> Iterator[Part]:
    card, market, emission = _card(rng), _market(rng), round_number(rng, 1e4, 1e5)
    power, rent, fee = market
    year_result = answered_or(_result, year_result, _RESULTS)
    hours = round_number(rng, 1e5, 1e6)
    for points, nodes in (
        (1.5, int(hours / HOURS_PER_YEAR * rng.uniform(1.5, 4))),
        (0.5, int(hours / HOURS_PER_YEAR / 2)),
    ):
        use = float(shared_utilisation(nodes, hours))
        alone = float(year_result(card, use, power, rent, fee))
        right = alone + emission / nodes
        mistakes = {
            "The tokens of the network are missing.": alone,
            "All nodes together get the tokens; each gets its part.": alone + emission,
            "More than all hours of a year cannot be paid for: `use` is 1 at most.": (
                float(year_result(card, hours / (HOURS_PER_YEAR * nodes), power, rent, fee)) + emission / nodes
            ),
            "This is the result of all nodes together; give that of one.": right * nodes,
            "All hours went to one node: divide them among the nodes.": (
                float(year_result(card, min(hours / HOURS_PER_YEAR, 1.0), power, rent, fee)) + emission / nodes
            ),
            "As if the card were always busy: nodes share the hours.": (
                float(year_result(card, 1.0, power, rent, fee)) + emission / nodes
            ),
        }
        call = f"`crowd({card}, {nodes}, {hours:g}, {emission:g}, {power}, {rent}, {fee})`"
        yield matches(points, call, crowd(card, nodes, hours, emission, power, rent, fee), right, mistakes)


def _most_nodes(result: Callable[[int], float], beyond: int) -> int:
    """The largest number of nodes, below ``beyond``, at which ``result`` is at least 0; it falls with the number."""
    low, high = 0, beyond
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if result(middle) >= 0 else (low, middle)
    return low


@lab.question(
    "free_entry",
    points=3,
    hints=(
        "Begin with no card. Would the next one, counted with the others, lose nothing?",
        (
            "Make a `while` loop that asks `crowd` about one card more than there are, and counts up as long as "
            "the result is 0 or more."
        ),
    ),
)
def _free_entry(rng: np.random.Generator, free_entry: Any, crowd: Any) -> Iterator[Part]:
    while True:  # a market in which a busy card pays
        card, market = _card(rng), _market(rng)
        if market.profit(card, 1.0) > 100:
            break
    power, rent, fee = market
    crowd = answered_or(_one_of_many, crowd, _CROWDS)
    hours = round_number(rng, 1e5, 1e6)
    needed = float(break_even_utilisation(card.device, rent, fee, power))
    without = floor(hours / (HOURS_PER_YEAR * needed))
    tokens = round_number(rng, 0.3 * without * card.device.fixed_cost(power), without * card.device.fixed_cost(power))
    for points, emission in ((1, 0.0), (1, tokens)):

        def result(nodes: int, emission: float = emission) -> float:
            return float(crowd(card, nodes, hours, emission, power, rent, fee))

        right = _most_nodes(result, 20 * without + 100)
        mistakes = {
            "At this number the last node loses: it is one too many.": float(right + 1),
            "One more would still lose nothing.": float(right - 1),
            "The tokens of the network are missing: they hold nodes too.": float(without),
            "This is as many as are busy all the time; nodes come as long as they do not lose.": float(
                floor(hours / HOURS_PER_YEAR)
            ),
        }
        call = f"`free_entry({card}, {hours:g}, {emission:g}, {power}, {rent}, {fee})`"
        yield matches(points, call, free_entry(card, hours, emission, power, rent, fee), float(right), mistakes)
    yield _at_the_edge(free_entry, crowd, card, market)


def _at_the_edge(free_entry: Any, crowd: Any, card: Card, market: _Market) -> Part:
    """A card that always works loses five dollars a year, and nobody comes; or it gains five, and two live."""
    hours = 2.5 * HOURS_PER_YEAR
    best = float(crowd(card, 1, hours, 0.0, *market))
    for more, story in ((5, "loses 5 dollars, `free_entry`"), (-5, "gains only 5 dollars, `free_entry`")):
        other = card._replace(price=card.price + card.life * (best + more))

        def result(nodes: int, other: Card = other) -> float:
            return float(crowd(other, nodes, hours, 0.0, *market))

        right = _most_nodes(result, 100)
        part = matches(1, f"Where a card that always works {story}", free_entry(other, hours, 0.0, *market), right)
        if part.mistake:
            break
    return part


#: What the numbers of a student's own case may be: name, lowest, highest.
_PLAUSIBLE = (
    ("watts at work", 1, 5_000),
    ("watts while waiting", 0, 1_000),
    ("price of the card", 0, 50_000),
    ("years of its life", 0.5, 15),
    ("part of the hours that are paid", 0.001, 1),
    ("price of power (USD per kWh)", 0.01, 2),
    ("fee of the network", 0, 0.9),
    ("rent that you must ask (USD per hour)", 0.00001, 1_000),
)


@lab.question(
    "my_case",
    points=3,
    hints=(
        "The rent must pay for two things: the power of a year, and what the card loses in a year.",
        (
            "Add both up with `power_bill` and the price over the life. Divide by the hours that are paid, and by "
            "what the network leaves of a dollar."
        ),
    ),
)
def _my_case(rng: np.random.Generator, my_case: Any, year_result: Any) -> Iterator[Part]:
    given = my_case()
    if np.ndim(given) != 1 or len(given) != len(_PLAUSIBLE):
        yield Part(3, f"`my_case()` should return {len(_PLAUSIBLE)} numbers, separated by commas.")
        return
    numbers = np.asarray(given, dtype=float)
    wrong = [
        f"{name} = {number:g} is hard to believe: between {low:g} and {high:g} is usual."
        for (name, low, high), number in zip(_PLAUSIBLE, numbers, strict=True)
        if not low <= number <= high
    ]
    busy, idle, price, life, use, power, fee, rent = (float(number) for number in numbers)
    if idle > busy:
        wrong.append(f"It draws {idle:g} watts while it waits, and {busy:g} at work: hard to believe.")
    if wrong:
        yield Part(3, wrong[0])
        return
    card, paid = Card(busy, idle, price, life), HOURS_PER_YEAR * use * (1 - fee)
    right = (_bill(card, use, power) + price / life) / paid
    # To the cent, or to two digits where that is finer; by the right formula, since the case is free to choose.
    room = min(0.005, 0.05 * right) * (1 + 1e-9)
    result = (rent - right) * paid
    direction = "more than it must be: you would still earn" if result > 0 else "too little: you would lose"
    story = f"A rent of {rent:g} is {direction} {abs(result):,.2f} dollars a year."
    if abs(float(year_result(card, use, power, rent, fee))) <= room * paid:
        story += " Your `year_result` says that nothing is left: mend it first (question 2)."
    yield holds(3, abs(rent - right) <= room, story)
