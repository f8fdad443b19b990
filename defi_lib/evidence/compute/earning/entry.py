"""When others come. Readings C14a, C17b and C34a."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm, qmc

from defi_lib.compute import Device, free_entry_nodes, host_year, shared_utilisation
from defi_lib.evidence.effects import Control, Proof, Registry
from defi_lib.figures import figure
from defi_lib.ledger import Ledger
from defi_lib.units import HOURS_PER_YEAR

EVIDENCE = Registry("compute")

Array = NDArray[np.float64]

#: Networks of C17b, and how many years are drawn in each world: evenly spread points of five dimensions.
NETWORKS, YEARS_DRAWN = 4, 2_048

#: Bea's card of lesson 7.1 (USD, years, kW), its rent (USD an hour) and what the market keeps of it.
CARD = Device(650.0, 4.0, float(figure("gpu_spec.rtx_3090_tdp").value) / 1000, 0.06, 260.0)
RENT, KEEPS = 0.25, 0.24


def customers(providers: ArrayLike, needed: ArrayLike) -> Array:
    """Part of all possible customers who come: half of them at the needed size, few far below, nearly all far above.

    ``n²/(n² + needed²)``, an S: the steepest of the usual curves that rises faster than the providers below that size
    and more slowly above.

    Args:
        providers: how many, > 0.
        needed: at which half of the customers come, >= 0; at 0 all always do.
    """
    n, half = np.asarray(providers, float), np.asarray(needed, float)
    return np.asarray(n**2 / (n**2 + half**2))


@EVIDENCE.model(
    "C14a",
    placebos=[
        {"added": 1.0, "minted_more": 1.0},  # payments and tokens double too: each gets the same
    ],
    controls=[
        Control({"added": 0.0, "minted_part": 0.0, "minted_more": 0.0}, -0.5),
        Control({"added": 0.0, "minted_part": 0.5, "minted_more": 1.0}, -0.25),
        Control({"added": 3.0, "minted_part": 0.5, "minted_more": 0.0}, 0.25),
        Control({"added": 1.0, "minted_part": 0.8, "minted_more": 0.0}, -0.4),
        Control({"added": 1.5, "minted_part": 0.0, "minted_more": 0.0}, 0.25),
    ],
)
def income_after_doubling(added: Array, minted_part: Array, minted_more: Array) -> Array:
    """Change of each provider's income when the providers double (part of the income).

    Args:
        added: what the doubling adds to all customers' payments (part of them).
        minted_part: part of the income that is new tokens.
        minted_more: what it adds to all tokens that are minted (part of them).
    """
    payments = (1 - minted_part) * (1 + np.asarray(added))
    tokens = minted_part * (1 + np.asarray(minted_more))
    return np.asarray((payments + tokens) / 2 - 1)


def added_by_doubling(size: ArrayLike) -> Array:
    """What a doubling adds to customers' payments if they follow the curve of :func:`customers` (part of them).

    Args:
        size: providers before, in sizes at which half of the customers come, > 0.

    >>> added_by_doubling([1e-6, 0.5, 1.0, 1e6]).round(2)
    array([3. , 1.5, 0.6, 0. ])
    """
    before = np.asarray(size, float)
    return customers(2 * before, 1.0) / customers(before, 1.0) - 1


_ALONE = {
    "paid_hours": 0.5, "filled": 0.0, "others": 0.0, "kept": 0.0, "moves": 1.0, "together": 0.0, "upkeep": 0.0,
}  # fmt: skip


@EVIDENCE.model(
    "C17b",
    placebos=[
        {"filled": 0.0, "together": 1.0, "upkeep": 0.0},  # no idle hour is filled, all tokens are as one
        {"others": 1.0, "kept": 0.0, "upkeep": 0.0},  # all do it, and sell at once
    ],
    controls=[
        Control(_ALONE | {"upkeep": 0.1}, -0.3),
        Control(_ALONE | {"filled": 1.0}, 0.875),  # idle in four networks: a sixteenth; 15/16 for 1/2
        Control(_ALONE | {"filled": 0.5}, 0.4375),
        Control(_ALONE | {"filled": 1.0, "others": 0.5}, 0.4375),
        # Half in tokens that move as one: 7/8 more hours, of each half at once and half at exp(-1/2).
        Control(_ALONE | {"filled": 1.0, "kept": 0.5, "together": 1.0}, 0.875 * (1 + np.exp(-0.5)) / 2, 2e-3),
        # Two million drawn years: the middle of the mean of four such tokens is 0.8386, that of one exp(-1/2).
        Control(_ALONE | {"kept": 1.0}, 0.8386 - np.exp(-0.5), 0.02),
    ],
    worlds=512,
)
def middle_year_of_four_networks(
    paid_hours: Array, filled: Array, others: Array, kept: Array, moves: Array, together: Array, upkeep: Array
) -> Array:
    """What four networks bring above one in the middle year (part of one network's wage).

    Args:
        paid_hours: part of the hours that one network pays.
        filled: part of the other networks' hours that fall into idle ones.
        others: part of all providers that does the same; for them the customers' hours are what they were.
        kept: part of the wage that is kept in tokens for a year.
        moves: volatility of a token; on average it keeps its value.
        together: correlation of the tokens' moves.
        upkeep: of each further network (part of one network's wage).
    """
    idle = 1 - paid_hours
    elsewhere = idle * (1 - idle ** (NETWORKS - 1))  # one of the other networks calls while this one does not
    hours = 1 + filled * (1 - others) * elsewhere / paid_hours
    common, own = _draws()  # down the years, across the worlds; half the digits suffice and take half the time
    size, alike = (np.asarray(each, np.float32) for each in (moves, together))
    shared, alone = np.sqrt(alike) * common, np.sqrt(1 - alike)
    first, mean = 0.0, 0.0
    for which, each in enumerate(own):
        worth = np.exp(size * (shared + alone * each) - size**2 / 2)
        first, mean = worth if which == 0 else first, mean + worth / NETWORKS
    one, four = (1 - kept + kept * np.median(worth, axis=0) for worth in (first, mean))
    return np.asarray(hours * four - one - (NETWORKS - 1) * upkeep)


@cache
def _draws() -> tuple[Array, Array]:
    points = qmc.Sobol(1 + NETWORKS, scramble=False).random(YEARS_DRAWN)[1:]  # the first is 0
    normal = norm.ppf(points.T).astype(np.float32)
    return normal[0][:, None], normal[1:, :, None]


@EVIDENCE.logic("C34a")
def advice_to_be_ahead() -> Proof:
    """A pot shared by effort: one reader of a hundred doubles the effort, then all of them do."""
    pot, people, hour = 1_000.0, 100, 1.0
    one, others = np.ones(people), np.full(people, 2.0)
    one[0] = 2.0
    before, first, all_follow = pot / people, float(pot * one[0] / one.sum()), float(pot * others[0] / others.sum())
    assert all_follow == before < first - hour
    return Proof(
        true=False,
        says=f"A pot of {pot:,.0f} tokens a month is shared by effort among {people}: {before:.0f} each. Who alone "
        f"doubles the effort gets {first:.1f}; if all do, each gets {all_follow:.0f}, as before, and has spent the "
        "hours.",
        turns="what is shared out grows with everybody's effort, by more than the effort costs",
    )


def crowd(cards: ArrayLike, demand: float, needed: float, minted: float, owned: bool = False) -> dict[str, ArrayLike]:
    """What lesson 7.2 explores: a year of one card like Bea's, by how many such cards a network has.

    Args:
        cards: how many share the customers' hours.
        demand: of all customers who could come, in cards that never rest.
        needed: cards at which half of them come; with 0 all always do.
        minted: tokens for all cards together (million USD a year).
        owned: whether everybody owns a card anyway, so that its price is sunk.

    >>> found = crowd(1_000, demand=400, needed=0, minted=0)
    >>> round(float(found["Rent and tokens"])), round(found["ends"])
    (280, 2428)
    """
    grid = np.geomspace(20, 200_000, 801)
    made, _ = _of_a_card(grid, demand, needed, minted, owned)
    turned = np.flatnonzero((made[:-1] >= 0) & (made[1:] < 0))
    ends = 0.0
    if turned.size:  # where it falls, income less the cost of being there is straight in 1 over cards
        low, high = turned[-1], turned[-1] + 1
        part = made[low] / (made[low] - made[high])
        ends = 1 / (1 / grid[low] + part * (1 / grid[high] - 1 / grid[low]))
    both, rent = _of_a_card(np.asarray(cards, float), demand, needed, minted, owned)
    return {"Rent and tokens": both, "Rent alone": rent, "ends": float(ends), "pays": float(made.max())}


def end_of_entry(ends: float, **found: float) -> str:
    """The sentence beneath what :func:`crowd` draws."""
    now = f"A card makes **{found['Rent and tokens']:+,.0f}** dollars a year. "
    if ends:
        return now + f"Entry ends at **{ends:,.0f} cards**, where one more would lose."
    return now + ("At 200,000 cards entry has not ended." if found["pays"] > 0 else "No size of the network pays.")


def _of_a_card(cards: Array, demand: float, needed: float, minted: float, owned: bool) -> tuple[Array, Array]:
    card = CARD._replace(purchase_price=0.0, resale_value=0.0) if owned else CARD
    use = shared_utilisation(cards, HOURS_PER_YEAR * demand * customers(cards, needed))
    rent = host_year(card, use, RENT, KEEPS, _power()).profit
    return np.asarray(rent + 1e6 * minted / cards), np.asarray(rent)


def books_of_entry(demand: float = 400.0, minted: float = 0.2, alone: float = 500.0) -> dict[str, Ledger]:
    """A year of one market in four states: early, entry ended, tokens minted as well, and one owner's cards (USD).

    The same customers want the same hours at the same rent. The one owner's cards stand in homes like all others, since
    the licence of their driver rules out halls; the owner is the market too, and has as few cards as are wanted.

    Args:
        demand: hours that are wanted, in cards that never rest.
        minted: tokens for all cards in the third state (million USD a year).
        alone: cards of the one owner.

    >>> {name: round(ledger.balance("owners", "USD")) for name, ledger in books_of_entry().items()}
    {'1,000 cards': 279643, 'entry has ended': 0, 'and tokens': 0, 'one owner': 587829}
    """
    hours, power = HOURS_PER_YEAR * demand, _power()
    counts = {
        "1,000 cards": (1_000.0, 0.0),
        "entry has ended": (float(free_entry_nodes(CARD, hours, RENT, KEEPS, power)), 0.0),
        "and tokens": (float(free_entry_nodes(CARD, hours, RENT, KEEPS, power, 1e6 * minted)), 1e6 * minted),
        "one owner": (alone, 0.0),
    }
    books = {}
    for name, (cards, tokens) in counts.items():
        ledger = books[name] = Ledger(("clients", "owners", "market", "power company", "maker", "token holders"))
        keeps = 0.0 if name == "one owner" else KEEPS
        use = shared_utilisation(cards, hours)
        year = host_year(CARD, use, RENT, keeps, power, emission=tokens / cards)
        moves = year.transfers(provider="owners", network="market", holders="token holders")
        ledger.book(each._replace(amount=cards * each.amount) for each in moves)
        ledger.check_conserved()
    return books


def _power() -> float:
    return float(figure("electricity.us_household").value)
