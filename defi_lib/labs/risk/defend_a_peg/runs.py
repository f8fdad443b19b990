"""Who is paid in a run, and how many must run before running is the best answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from defi_lib.labs.kit import Lab, Part, equal, matches, together
from defi_lib.risk import run_on_reserve

lab = Lab("6.1")
check, progress = lab.check, lab.progress


def edge(fine: Callable[[NDArray[np.float64]], Any], high: float = 1.0) -> float:
    """The largest number up to which ``fine`` is true: 0 if it never is, ``inf`` if it is up to ``high``.

    ``fine`` is true below a number and false above it; a thousand numbers are tried at once, then a thousand between.
    """
    low = 0.0
    for step in range(4):
        tried = np.linspace(low, high, 1_001)
        holds = np.asarray(fine(tried))
        if step == 0 and (holds.all() or not holds[0]):
            return inf if holds[0] else 0.0
        at = int(holds.argmin())  # the first that does not hold
        low, high = float(tried[at - 1]), float(tried[at])
    return low


def _reserve(rng: np.random.Generator) -> tuple[float, float]:
    """Liquid part and discount."""
    return round(rng.uniform(0.1, 0.4), 2), round(rng.uniform(0.1, 0.3), 2)


def _all_sold(liquid: float, discount: float) -> float:
    """What the whole reserve brings at once."""
    return liquid + (1 - liquid) * (1 - discount)


def paid_in_run(liquid: float, discount: float, leaving: float) -> tuple[float, float]:
    """What a claim gets, of those who leave and of those who stay."""
    run = run_on_reserve(liquid, 1 - liquid, leaving, discount)
    return float(run.per_leaving), float(run.per_other)


@lab.question(
    "claims",
    points=3,
    hints=(
        "Three cases: the cash is enough; bonds must be sold; even all bonds are not enough. Where does each end?",
        "To pay a dollar, bonds worth `1 / (1 - discount)` go. What is left is for those who stay: how much each?",
    ),
)
def _claims(rng: np.random.Generator, claims: Any) -> Iterator[Part]:
    liquid, discount = _reserve(rng)
    everything = _all_sold(liquid, discount)
    few = round(liquid * rng.uniform(0.3, 0.8), 3)
    some = round(liquid + (everything - liquid) * rng.uniform(0.3, 0.8), 3)
    sold = (some - liquid) / (1 - discount)
    left, stay = 1 - liquid - sold, 1 - some
    alike = 1 - sold * discount
    mistakes: dict[str, Any] = {
        "Bonds that are sold at once bring less than they are worth; here who stays pays nothing for it.": (1.0, 1.0),
        "The discount: bonds worth 1 bring `1 - discount`, so for a dollar more than a dollar's worth must go.": (
            1.0,
            (1 - liquid - (some - liquid) * (1 - discount)) / stay,
        ),
        "A dollar needs bonds worth `1 / (1 - discount)`, which is more than `1 + discount`.": (
            1.0,
            (1 - liquid - (some - liquid) * (1 + discount)) / stay,
        ),
        "This is what all who stay get together; asked for is each claim.": (1.0, left),
        "First come, first served: who leaves gets a whole dollar as long as there is one, not an equal share.": (
            alike,
            alike,
        ),
        "Who stays waits: what is left is then worth all it is worth, without a discount.": (
            1.0,
            left * (1 - discount) / stay,
        ),
    }
    calm = equal(1, claims, (liquid, discount, few), (1.0, 1.0))
    yield together(1, calm, equal(1, claims, (liquid, discount, some), paid_in_run(liquid, discount, some), mistakes))
    many = round(everything + (1 - everything) * rng.uniform(0.3, 0.8), 3)
    yield equal(
        1,
        claims,
        (liquid, discount, many),
        paid_in_run(liquid, discount, many),
        {
            "Not all who leave are paid: the last in the queue find nothing. Asked for is what they get on average.": (
                1.0,
                0.0,
            ),
            "This is what all who leave get together; asked for is each claim.": (everything, 0.0),
            "The bonds are sold too, and their price is paid out.": (liquid / many, 0.0),
        },
    )
    liquid, discount = _reserve(rng)
    everything = _all_sold(liquid, discount)
    yield equal(
        1,
        claims,
        (liquid, discount, 1.0),
        everything,
        {
            "When all run, the last get nothing: on average less than a dollar.": 1.0,
            "This is the cash alone; the bonds are sold too.": liquid,
            "Only the bonds lose by the discount, the cash does not.": 1 - discount,
            "This is what is lost; asked for is what a claim gets.": 1 - everything,
        },
        item=0,
    )


def tips_at(liquid: float, discount: float, interest: float, fee: float) -> float:
    """The part of holders that must leave before leaving is best; infinitely large where it never is."""

    def stay(leaving: NDArray[np.float64]) -> Any:
        return (1 + interest) * run_on_reserve(liquid, 1 - liquid, leaving, discount).per_other >= 1 - fee

    return edge(stay, high=1 - 1e-6)


def _mistaken_tip(liquid: float, discount: float, stays: float, leaves: float) -> float:
    """Where ``stays`` times what is left for each is ``leaves``."""
    sale = stays / (1 - discount)
    return (stays * (1 - liquid) + sale * liquid - leaves) / (sale - leaves)


@lab.question(
    "tipping",
    points=2,
    hints=(
        "With few gone, staying is best: it brings interest. Each sale takes from those who stay. When are both alike?",
        "Write what a claim that stays gets if the part `n` leaves, with its interest; set it to what leaving brings.",
    ),
)
def _tipping(rng: np.random.Generator, tipping: Any) -> Iterator[Part]:
    def ask(fee: float) -> Part:
        liquid, discount = _reserve(rng)
        interest = round(rng.uniform(0.03, 0.08), 3)
        everything = _all_sold(liquid, discount)
        right = tips_at(liquid, discount, interest, fee)
        mistakes = {
            "This is where sales begin. Interest makes up for the first of them: staying is still best.": liquid,
            "There nothing is left for those who stay; leaving is best long before.": everything,
            "This is the part that still stays; asked for is the part that leaves.": 1 - right,
            "The discount: a dollar paid out costs bonds worth `1 / (1 - discount)`.": (
                _mistaken_tip(liquid, discount / (1 + discount), 1 + interest, 1 - fee)
            ),
        }
        if fee:
            mistakes |= {
                "The fee is missing: who leaves gets `1 - fee`.": _mistaken_tip(liquid, discount, 1 + interest, 1.0),
                "A fee is paid by who leaves: it makes staying better, not worse.": (
                    _mistaken_tip(liquid, discount, 1 + interest, 1 + fee)
                ),
                "The interest is missing: who stays gets `1 + interest` for each dollar that is left.": (
                    _mistaken_tip(liquid, discount, 1.0, 1 - fee)
                ),
            }
        given = liquid, discount, interest, fee
        return matches(1, f"`tipping{given}`", tipping(*given), right, mistakes)

    yield ask(0.0)
    fee, interest = round(rng.uniform(0.005, 0.02), 4), round(rng.uniform(0.03, 0.08), 3)
    whole, free = (1.0, 0.2, interest, fee), (round(rng.uniform(0.1, 0.4), 2), 0.0, interest, fee)
    full = matches(1, f"`tipping{whole}`", tipping(*whole), tips_at(*whole))
    nothing = matches(1, f"`tipping{free}`", tipping(*free), tips_at(*free))
    yield together(
        1,
        ask(fee),
        full.said(f"In `tipping{whole}` all of the reserve is cash: staying is best whatever others do, `inf`."),
        nothing.said(f"In `tipping{free}` a sale costs nothing: staying is best whatever others do, `inf`."),
    )
