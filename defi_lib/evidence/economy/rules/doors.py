"""What a rule at entry points moves to where it does not apply (X29a)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.economy import EntryChoices, EntryUsers, choose_entry, draw_entry, shift_from_entry
from defi_lib.evidence.effects import Control, Registry
from defi_lib.ledger import Ledger, Transfer, actual, divide

EVIDENCE = Registry("economy")

Array = NDArray[np.float64]

_ALIKE = {
    "rule_cost": 0.03, "other_cost": 0.02, "spread": 0.0, "spread_amounts": 0.0, "fixed": 0.0, "bound": 0.25,
}  # fmt: skip


@EVIDENCE.model(
    "X29a",
    placebos=[{"rule_cost": 0.0}],  # a rule that costs nothing
    controls=[
        Control(_ALIKE, 0.75),  # where nobody differs all who can move do, or none
        Control(_ALIKE | {"rule_cost": 0.01}, 0.0),
        Control(_ALIKE | {"rule_cost": 0.02, "spread": 1.0}, 0.375),  # half are better off elsewhere
        # exp(√2) times dearer: one standard deviation of the ratio of two independent costs
        Control(_ALIKE | {"rule_cost": 0.02 * np.exp(np.sqrt(2.0)), "spread": 1.0}, 0.75 * 0.8413447460685429, 1e-9),
        # the middle user is as well off; the middle dollar belongs to somebody for whom a fixed sum is exp(4) less
        Control(
            _ALIKE | {"rule_cost": 0.02, "spread_amounts": 2.0, "fixed": 1.0, "bound": 0.0}, 0.9772498680518208, 1e-9
        ),
        Control(
            _ALIKE | {"rule_cost": 0.02, "spread_amounts": 2.0, "fixed": 0.5, "bound": 0.0}, 0.9772498680518208, 1e-9
        ),
    ],
)
def moved_away(
    rule_cost: Array, other_cost: Array, spread: Array, spread_amounts: Array, fixed: Array, bound: Array
) -> Array:
    """The part of the activity that moves to where the rule does not apply.

    Args:
        rule_cost, other_cost: what the rule, and the way round it, cost the middle user, part of the amount.
        spread: how unlike users are in either cost (standard deviation of the logarithm; independent).
        spread_amounts: the same of what they bring.
        fixed: 0: the other way costs a part of the amount; 1: the same sum for all.
        bound: part of the activity that has no other way.
    """
    users = EntryUsers(spread, spread, amount_spread=spread_amounts, fixed=fixed, bound=bound)
    return np.asarray(shift_from_entry(rule_cost, other_cost, users).activity)


#: Traders who cross a lake: the middle one brings goods for 1,000 dollars, the way round costs all the same.
LAKE = EntryUsers(rule_spread=0.4, other_spread=0.6, amount_spread=1.2, fixed=1.0, bound=0.2)

#: What the way round costs the middle trader beyond the ferry's price, and that price itself, parts of the goods.
WALK, FERRY = 0.05, 0.02

#: Seed of the traders who are drawn for the books.
SEED = 811


def lake(toll: ArrayLike, walk: float, fixed: float, bound: float) -> dict[str, Any]:
    """What lesson 8.11 explores: who goes round the lake, and with how much of the goods.

    Args:
        toll: what the rule costs the middle trader, part of the goods' worth.
        walk: what the way round costs him, part of the goods.
        fixed: 0 where that grows with the goods, 1 where it is the same sum for all.
        bound: part of the traders who have no other way.

    >>> found = lake(0.03, 0.05, 1.0, 0.2)
    >>> round(float(found["Traders"]), 2), round(float(found["Goods"]), 2)
    (0.29, 0.6)
    """
    moved = shift_from_entry(toll, walk, LAKE._replace(fixed=fixed, bound=bound))
    return {"Traders": moved.users, "Goods": moved.activity, "burden": moved.burden}


def books_of_the_lake(toll: float = 0.03, count: int = 4_000) -> dict[str, Ledger]:
    """The lake's traders, their goods and costs: no rule, a rule at the landing stage, a rule on every way (USD).

    Carrying goods costs a fiftieth of their worth either way. What the rule costs goes to clerks; of the further cost
    of the way round guides get half, the other half is lost to thieves and in hours. Large: the tenth with the most.

    >>> [round(float(book.balance("ferry", "USD")), -3) for book in books_of_the_lake().values()]
    [165000.0, 69000.0, 165000.0]
    """
    drawn = draw_entry(toll, WALK, LAKE, count, np.random.default_rng(SEED))
    never = np.ones(count)
    return {
        "no rule": _book(choose_entry(drawn.amounts, 0.0, drawn.other)),
        "rule at the stage": _book(drawn),
        "rule on every way": _book(choose_entry(drawn.amounts, drawn.rule, drawn.other, never)),
    }


def _book(chosen: EntryChoices) -> Ledger:
    large = chosen.amounts >= np.quantile(chosen.amounts, 0.9)
    ledger = Ledger(new_parties="by name")
    for who, group in (("small traders", ~large), ("large traders", large)):
        theirs = EntryChoices(*(each[group] for each in chosen))
        stay, left = (float(np.sum(theirs.amounts * moves)) for moves in (~theirs.moves, theirs.moves))
        moves = theirs.transfers(users=who, licensed="clerks", elsewhere="the way round")
        ledger.book(divide(moves, "the way round", {"guides": 0.5, "lost": 0.5}))
        carriers = (("ferry", stay), ("guides", left))
        ledger.book(actual(Transfer(who, name, FERRY * part, "USD", "price") for name, part in carriers))
    ledger.check_conserved()
    return ledger
