"""Is open code better for its users, and what do buyers of firms buy? Readings P13a and X26a."""

from __future__ import annotations

import inspect
import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.economy import ProductYears, product_years
from defi_lib.evidence.drawing import today
from defi_lib.evidence.effects import Control, Count, Registry
from defi_lib.evidence.unknowns import assumptions
from defi_lib.figures import figure
from defi_lib.ledger import Ledger

EVIDENCE = Registry("economy")

Array = NDArray[np.float64]
Some = float | Array


# One idea in two years or so: copying at half the price, copies after a year, a quarter made up, some thefts.
_WORLD = {
    "copying": 0.5, "gain": 0.2, "head_start": 12.0, "made_up": 0.25, "faults": 0.1, "keeps": 0.8, "cost": 1.0,
    "ideas": 1.0, "rebuild": 1.0, "discount": 0.1,
}  # fmt: skip


@EVIDENCE.model(
    "P13a",
    # Copying as dear as building anew, nobody copies, and nothing is stolen.
    placebos=[{"copying": 0.5, "rebuild": 0.5, "head_start": 1e9, "faults": 0.0}],
    # By quadrature and a root of the rate's equation, see the tests of product_years.
    controls=[
        Control(_WORLD, -0.04926646411, 1e-9),
        Control(_WORLD | {"copying": 0.1, "made_up": 1.0, "cost": 2.0, "ideas": 3.0}, 0.75999644472, 1e-9),
        Control(_WORLD | {"faults": 0.5, "keeps": 0.4, "gain": 0.3, "head_start": 3.0}, -0.19336956667, 1e-9),
    ],
)
def better_with_open_code(
    copying: Array,
    gain: Array,
    head_start: Array,
    made_up: Array,
    faults: Array,
    keeps: Array,
    cost: Array,
    ideas: Array,
    rebuild: Array,
    discount: Array,
) -> Array:
    """What users get more in ten years where code is open (part of what they get where it is closed).

    Args:
        copying: cost of copying a product (part of building it).
        gain: what a new product adds to what users get (part).
        head_start: months until copies come.
        made_up: part of the profit lost to copies that tokens or grants make up.
        faults: what thieves take of a new open product (part of a year's use).
        keeps: the builder's part of the gain while nobody copies.
        cost: of building, in years of a product's gain.
        ideas: a year, of all teams.
        rebuild: what building the last product anew costs outsiders where code is closed (part of building).
        discount: of later income, a year.
    """
    closed, freely = both_ways(copying, gain, head_start, made_up, faults, keeps, cost, ideas, rebuild, discount)
    return np.asarray(freely.users) / np.asarray(closed.users) - 1


def gain_today(*, users_give: bool = False, **changed: float) -> float:
    """The effect of reading P13a today, with some of its assumptions changed.

    Args:
        users_give: whether users pay for tokens and grants, in place of others.

    >>> round(gain_today(), 3), gain_today(users_give=True) < gain_today()
    (0.053, True)
    """
    world = today(assumptions("P13a", inspect.signature(better_with_open_code).parameters), changed=changed)
    if not users_give:
        return float(better_with_open_code(**world)[0])
    closed, freely = both_ways(**{name: float(values[0]) for name, values in world.items()})
    return float((np.asarray(freely.users) - freely.granted) / closed.users - 1)


def times_as_often() -> float:
    """New products a year with open code, over those with closed code, today.

    >>> round(times_as_often(), 1)
    1.5
    """
    known = assumptions("P13a", inspect.signature(both_ways).parameters)
    closed, freely = both_ways(**{name: each.today for name, each in known.items()})
    return float(np.asarray(freely.rate) / closed.rate)


def both_ways(
    copying: ArrayLike, gain: Some, head_start: Some, made_up: Some, faults: Some, keeps: Some, cost: Some, ideas: Some,
    rebuild: Some = 1.0, discount: Some = 0.1,
) -> tuple[ProductYears, ProductYears]:  # fmt: skip
    """Ten years with closed and with open code; arguments as those of :func:`better_with_open_code`."""
    closed = product_years(gain, keeps, cost, ideas, rebuild, discount=discount)
    return closed, product_years(gain, keeps, cost, ideas, copying, head_start / 12, made_up, faults, discount=discount)


def gain_if_costs(alike: int = 1, own: bool = False) -> float:
    """The effect of reading P13a today, if costs of building differ in another way.

    A builder's reward hangs on how many products come, not on what they cost: so a town in which every idea is built
    tells what each rate of products pays, and the rate is that at which as many ideas cost less.

    Args:
        alike: shape of the (Erlang) spread: 1 is exponential, as in the reading; from 2 on costs differ less.
        own: whether rebuilding the last product costs an outsider in proportion to his own idea, not the mean one.

    >>> round(gain_if_costs(), 9) == round(gain_today(), 9), gain_if_costs(2) < gain_today()
    (True, True)
    """
    known = {name: each.today for name, each in assumptions("P13a", inspect.signature(both_ways).parameters).items()}
    cost, ideas, start = known["cost"], known["ideas"], known["head_start"] / 12

    def chance(reach: float) -> float:
        many = max(alike * reach, 0.0)
        return 1 - math.exp(-many) * sum(many**j / math.factorial(j) for j in range(alike))

    def users(rebuild: float, *rules: float) -> float:
        low, high = 0.0, ideas
        for _ in range(60):
            rate = (low + high) / 2
            town = product_years(known["gain"], known["keeps"], 1e-9, rate, 0.0, *rules, discount=known["discount"])
            reach = float(town.reward) / cost
            others = reach / (1 + rebuild) if own else reach - rebuild
            low, high = (rate, high) if ideas * (0.1 * chance(reach) + 0.9 * chance(others)) > rate else (low, rate)
        return float(town.users)

    return users(known["copying"], start, known["made_up"], known["faults"]) / users(known["rebuild"]) - 1


@EVIDENCE.figures("X26a")
def what_was_bought() -> Count:
    """Which of the named deals of 2025 bought a protocol or its team, by money."""
    deribit, trader, road = (
        figure(f"acquisition.{name}")
        for name in ("coinbase_buys_deribit_value_when_closed", "kraken_buys_ninjatrader", "ripple_buys_hidden_road")
    )
    whole, fell = (
        figure(f"acquisition.{name}")
        for name in ("acquisitions_crypto_companies_2025_disclosed", "circle_buys_axelar_team_token")
    )
    all_rounds, part = figure("vc.all_capital_counted_one_yearly"), figure("vc.share_capital_21_acquisitions")
    named = sum(float(each.value) for each in (deribit, trader, road))
    rest = float(whole.value) - named
    return Count(
        true=False,
        says="Three deals of 2025 have a name and a price here: an exchange for derivatives "
        f"({deribit.value} billion dollars), one for futures ({trader.value}) and a broker ({road.value}). None is a "
        f"protocol or its team; but together they are only {100 * named / float(whole.value):.0f} % of all disclosed "
        "prices, and what the others bought no list here tells",
        who="Coinbase's annual report and a newsletter for the prices, Architect Partners for the "
        f"{whole.value:.0f} billion of the year",
        turns=f"more than {100 * float(whole.value) / 2 / rest:.0f} % of the {rest:.0f} billion without a name here "
        "went to protocols and teams. Such deals are smaller and their prices mostly secret: when Circle bought the "
        f"team behind Axelar, without the token, that token fell by as much as {-float(fell.value):.0f} % in a "
        "day, and no price was told",
        sources=tuple(each.id for each in (deribit, trader, road, whole, fell, all_rounds, part)),
        shown=named > float(whole.value) / 2,
        other=f"another report counts {float(all_rounds.value) * float(part.value) / 100:.1f} billion, in 21 deals",
    )


#: The map makers of lesson 8.4: a map adds a quarter, of which its maker keeps three fifths.
BELMAR = {"gain": 0.25, "keeps": 0.6, "cost": 1.0, "ideas": 1.0}


def belmar(copying: ArrayLike, head_start: float, made_up: float, faults: float) -> dict[str, ArrayLike]:
    """What lesson 8.4 explores: ten years of maps, secret or open, by what a copy costs.

    Args:
        copying: cost of copying a map (part of drawing it).
        head_start: months until copies come.
        made_up: part of the lost profit that prizes make up.
        faults: what pirates take of a new open map (part of a year's use).

    >>> found = belmar([0.1], 3.0, 0.0, 0.0)
    >>> round(float(found["maps"][0]), 2), round(float(found["secret maps"]), 1)
    (0.55, 3.4)
    """
    secret, freely = both_ways(copying, head_start=head_start, made_up=made_up, faults=faults, **BELMAR)
    return {
        "Open": np.asarray(freely.users),
        "Secret": np.full(np.shape(copying), secret.users),
        "maps": 10 * np.asarray(freely.rate),
        "secret maps": 10 * np.asarray(secret.rate),
    }


def two_towns() -> dict[str, tuple[ProductYears, Ledger]]:
    """Ten years of Belmar, booked: open maps with prizes for half and some pirates, and a house with secret ones.

    Million USD; a year's use at the start is 100.
    """
    secret, freely = both_ways(0.1, head_start=3.0, made_up=0.5, faults=0.2, **BELMAR)
    found = {}
    for name, town, givers in (("open maps", freely, "prize givers"), ("secret maps", secret, "nobody")):
        roles = {"users": "users", "builders": "builders", "thieves": "thieves", "givers": givers, "work": "work"}
        ledger = Ledger({role: title for role, title in roles.items() if title != "nobody"})
        moved = town.transfers(givers="givers")
        ledger.book([each._replace(amount=100 * np.asarray(each.amount)) for each in moved if np.any(each.amount)])
        ledger.check_conserved()
        found[name] = (town, ledger)
    return found
