"""How many firms a market feeds: Cournot competition with free entry, fixed costs and kinds of licences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.rounding import floor
from defi_lib.validation import (
    INT64_MAX,
    Amount,
    Whole,
    at_least,
    between,
    broadcastable,
    non_negative,
    plain,
    positive,
    representable,
    whole,
)

#: No limit to a firm's output.
UNLIMITED = float(np.finfo(float).max)


@representable
def firms_that_remain(size: Amount, fixed: Amount) -> Amount:
    """How many equal firms a market feeds under Cournot competition with free entry: ``⌊√(S/F)⌋ − 1``, at least 0.

    Args:
        size: S = (a − c)²/b (money a year) for a demand ``price = a − b·quantity`` and a cost c of one unit, >= 0.
        fixed: F, what each firm spends a year whatever it sells, > 0.

    Raises:
        ValueError: an argument outside its range.

    Each of n firms earns S/(n + 1)²; one more enters as long as that pays F. Source: Mankiw and Whinston, *Free Entry
    and Social Inefficiency* (1986); Sutton, *Sunk Costs and Market Structure* (1991).

    >>> [firms_that_remain(100.0, fixed) for fixed in (1.0, 4.0, 10.0, 50.0)]
    [9.0, 4.0, 2.0, 0.0]
    """
    size, fixed = non_negative("size", size), positive("fixed", fixed)
    broadcastable(size=size, fixed=fixed)
    return plain(np.maximum(floor(np.sqrt(size / np.asarray(fixed))) - 1.0, 0.0))


@representable
def fixed_cost_for(size: Amount, firms: Amount) -> Amount:
    """The highest fixed cost at which so many equal firms remain: ``S/(n + 1)²``.

    Args:
        size: S as in :func:`firms_that_remain`, >= 0.
        firms: n, >= 0.

    Raises:
        ValueError: an argument outside its range.

    >>> fixed_cost_for(100.0, 9.0)
    1.0
    """
    size, firms = non_negative("size", size), non_negative("firms", firms)
    broadcastable(size=size, firms=firms)
    return plain(size / (np.asarray(firms) + 1.0) ** 2)


class ServiceMarket(NamedTuple):
    """Users who want a service, and what it costs to offer it, a year."""

    highest: Amount  #: price of one unit at which nobody buys any more
    slope: Amount = 1.0  #: by how much the price falls with each unit sold
    cost: Amount = 0.0  #: of one unit
    fixed: Amount = 1.0  #: of each firm, without a licence
    fraud: Amount = 0.0  #: what users lose by fraud on each unit, if nothing prevents it
    foreseen: Amount = 0.0  #: part of that loss which users reckon with when they buy


class Licence(NamedTuple):
    """One kind of licence; a rule by size and a sandbox are kinds of their own, for firms up to some output.

    Without a cost and without an effect it is no licence.
    """

    fixed: Amount = 0.0  #: cost to each firm a year
    proportional: Amount = 0.0  #: cost of each unit
    prevented: Amount = 0.0  #: part of the fraud that it prevents
    largest: Amount = UNLIMITED  #: output that a firm may reach
    places: Whole = INT64_MAX  #: how many firms are let in


class Industry(NamedTuple):
    """Who is left in a market, and what users have of it; the first axis are kinds of licences, then worlds."""

    price: Amount  #: of one unit and the loss that is foreseen with it, equal for all kinds
    firms: NDArray[np.float64]  #: number of each kind
    output: NDArray[np.float64]  #: of one firm of each kind
    unit_costs: NDArray[np.float64]  #: of each kind, without the licence and the loss
    levies: NDArray[np.float64]  #: what each kind's licence costs a unit
    losses: NDArray[np.float64]  #: what users lose by fraud on each unit of each kind
    fixed: NDArray[np.float64]  #: what each firm of a kind spends a year, without the licence
    fees: NDArray[np.float64]  #: what each firm of a kind spends on its licence a year
    slope: Amount  #: of the demand
    foreseen: Amount  #: part of the loss that users reckon with

    @property
    def quantity(self) -> Amount:
        """Units sold."""
        return plain(np.sum(self.firms * self.output, axis=0))

    @property
    def number(self) -> Amount:
        """Firms of all kinds."""
        return plain(np.sum(self.firms, axis=0))

    @property
    def margins(self) -> NDArray[np.float64]:
        """Price less all costs of a unit, for each kind; 0 where nobody offers it."""
        margins = self.price - np.asarray(self.foreseen) * self.losses - self.unit_costs - self.levies
        return np.asarray(np.where(self.output > 0, margins, 0.0))

    @property
    def hhi(self) -> Amount:
        """Herfindahl–Hirschman index of sales, ``10⁴·Σ s²``; 0 where nothing is sold."""
        shares = self.output / np.where(np.equal(self.quantity, 0), 1.0, self.quantity)
        return plain(1e4 * np.sum(self.firms * shares**2, axis=0))

    @property
    def consumer_surplus(self) -> Amount:
        """What users would have paid beyond the price, ``b·Q²/2``, with the loss they foresee counted as price."""
        return plain(np.asarray(self.slope) * np.square(self.quantity) / 2)

    @property
    def fraud(self) -> Amount:
        """What users lose by fraud."""
        return plain(np.sum(self.firms * self.output * self.losses, axis=0))

    @property
    def users_gain(self) -> Amount:
        """What users have of the market: the consumer surplus less the losses they did not foresee."""
        return plain(np.asarray(self.consumer_surplus) - (1.0 - np.asarray(self.foreseen)) * self.fraud)

    @property
    def profits(self) -> NDArray[np.float64]:
        """Of one firm of each kind, after all costs; 0 where there is none."""
        return np.asarray(np.where(self.firms > 0, self.margins * self.output - self.fixed - self.fees, 0.0))

    def transfers(
        self,
        users: str = "users",
        firms: str = "firms",
        suppliers: str = "suppliers",
        licensing: str = "licensing",
        fraudsters: str = "fraudsters",
        asset: str = "USD",
    ) -> tuple[Transfer, ...]:
        """What users pay and lose, and what firms spend on their work and on their licences."""
        sold = self.firms * self.output
        paid = sold * (self.margins + self.unit_costs + self.levies)
        work, papers = sold * self.unit_costs + self.firms * self.fixed, sold * self.levies + self.firms * self.fees
        flows = (
            (users, firms, paid, "price"),
            (firms, suppliers, work, "work"),
            (firms, licensing, papers, "licence"),
            (users, fraudsters, sold * self.losses, "fraud"),
        )
        return actual(Transfer(a, b, plain(np.sum(each, axis=0)), asset, why) for a, b, each, why in flows)


def free_entry(market: ServiceMarket, licences: Sequence[Licence] = (Licence(),), whole_firms: bool = True) -> Industry:
    """Which firms enter under given kinds of licences, until one more of any kind would make a loss.

    Args:
        market: demand, costs and fraud: highest > 0, slope > 0, cost >= 0, fixed > 0, fraud >= 0, foreseen in [0, 1].
        licences: kinds that a new firm may choose from, at least one: costs >= 0, prevented in [0, 1], largest > 0,
            places a whole number >= 0. Amounts are numbers, or arrays of one shape of worlds.
        whole_firms: False where a number of firms says how concentrated a market is (one over the sum of squared
            shares), which may be 5.3: then all earn just their costs, and nothing jumps from one firm to the next.

    Raises:
        ValueError: an argument outside its range.

    A firm sells min(margin/b, largest): all react to each other as in Cournot. A kind breaks even at the margin
    max(√(b·F), F/largest); kinds enter in the order of the price at which they break even (if equal, as named), and
    each firm keeps its kind. Where several equilibria exist, this is the one in which who needs the least comes first.

    >>> found = free_entry(ServiceMarket(10.0, fixed=4.0))
    >>> float(found.number), found.hhi, float(found.margins[0]), found.consumer_surplus
    (4.0, 2500.0, 2.0, 32.0)
    >>> sandbox = free_entry(ServiceMarket(10.0), [Licence(fixed=3.0), Licence(largest=1.0, places=2)])
    >>> sandbox.firms.tolist()
    [3.0, 2.0]
    >>> round(float(free_entry(ServiceMarket(10.0, fixed=3.0), whole_firms=False).number), 2)
    4.77
    """
    at_least("len(licences)", len(licences), 1)
    a, b, c, own, fraud, seen = _checked_market(market)
    rows = [_checked_licence(number, each) for number, each in enumerate(licences)]
    shape = broadcastable(**{f"market.{n}": v for n, v in market._asdict().items()}, **_named(licences))
    fee, levy, prevented, largest, places = np.stack(
        [[np.broadcast_to(np.asarray(field, float), shape) for field in row] for row in rows], axis=1
    )
    losses = (1.0 - prevented) * np.asarray(fraud)
    costs = c + levy + np.asarray(seen) * losses
    largest = np.minimum(largest, np.asarray(a) / b)  # nobody sells more than the market takes at a price of nothing
    _largest_market(a, b, fraud)
    with np.errstate(over="ignore"):  # a limit so small that nobody could ever live within it
        price, firms, output = _enter(a, b, costs, own + fee, largest, places, whole_firms)
    like = np.zeros_like(firms)
    return Industry(plain(price), firms, output, c + like, levy, losses, own + like, fee, b, seen)


@representable
def _largest_market(highest: Amount, slope: Amount, fraud: Amount) -> tuple[Amount, ...]:
    """What could be sold, what it would be worth and what fraud could take: so that none is beyond a float."""
    most = highest / np.asarray(slope)
    return most, most * highest, most * np.asarray(fraud)


def _checked_market(market: ServiceMarket) -> tuple[Amount, ...]:
    return (
        positive("market.highest", market.highest),
        positive("market.slope", market.slope),
        non_negative("market.cost", market.cost),
        positive("market.fixed", market.fixed),
        non_negative("market.fraud", market.fraud),
        between("market.foreseen", market.foreseen, 0.0, 1.0),
    )


def _checked_licence(number: int, licence: Licence) -> tuple[Amount, ...]:
    at = f"licences[{number}]"
    return (
        non_negative(f"{at}.fixed", licence.fixed),
        non_negative(f"{at}.proportional", licence.proportional),
        between(f"{at}.prevented", licence.prevented, 0.0, 1.0),
        positive(f"{at}.largest", licence.largest),
        np.asarray(whole(f"{at}.places", licence.places), float),
    )


def _named(licences: Sequence[Licence]) -> dict[str, Amount | Whole]:
    return {f"licences[{i}].{name}": field for i, each in enumerate(licences) for name, field in each._asdict().items()}


def _enter(
    a: Amount, b: Amount, costs: Amount, fixed: Amount, largest: Amount, places: Amount, whole_firms: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Price, number of firms and output of each, by kind (first axis)."""
    most = np.asarray(b) * largest
    margin = np.maximum(np.sqrt(np.asarray(b) * fixed), fixed / np.asarray(largest))
    enough = costs + margin
    order = np.argsort(enough, axis=0, kind="stable")
    ranked = [
        np.take_along_axis(each, order, axis=0) for each in np.broadcast_arrays(enough, costs, most, places, margin)
    ]
    numbers = np.zeros_like(ranked[0])
    for k, bar in enumerate(ranked[0]):
        sold = np.sum(numbers[:k] * np.minimum(bar - ranked[1][:k], ranked[2][:k]), axis=0)
        step = np.minimum(ranked[4][k], ranked[2][k])
        room = (a - bar - sold) / step
        if whole_firms:
            room = floor(plain(room), plain(np.asarray(a) / step))
        numbers[k] = np.minimum(np.maximum(room, 0.0), ranked[3][k])
    firms = np.empty_like(numbers)
    np.put_along_axis(firms, order, numbers, axis=0)
    price = _price(a, costs, most, firms)
    output = np.where(firms > 0, np.clip((price - costs) / b, 0.0, largest), 0.0)
    return price, firms, output


def _price(a: Amount, costs: Amount, most: Amount, firms: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where ``p + Σ n·min(p − c, b·largest) = a``: of all choices of who is at his limit, the highest price."""
    order = np.argsort(costs + np.asarray(most), axis=0, kind="stable")
    n, c, top = (np.take_along_axis(each, order, axis=0) for each in np.broadcast_arrays(firms, costs, most))
    prices = [
        (a - np.sum((n * top)[:k], axis=0) + np.sum((n * c)[k:], axis=0)) / (1.0 + np.sum(n[k:], axis=0))
        for k in range(len(n) + 1)
    ]
    return np.asarray(np.max(prices, axis=0))
