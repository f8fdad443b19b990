"""Question 7: who paid whom on a whole day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from defi_lib.labs.exchange.day import example_day
from defi_lib.labs.exchange.liquidity_and_mev.shared import lab
from defi_lib.labs.kit import Part, matches
from defi_lib.ledger import Ledger
from defi_lib.validation import Amount


@lab.question(
    "who_paid",
    points=3,
    hints=(
        ("Go through the transfers one by one. Turn ether into dollars first; then ask who paid and who got it."),
        (
            "Begin with 0 for every role. A payment to `role` adds to the payer's number, one from `role` takes "
            "off from the payee's."
        ),
    ),
)
def _who_paid(rng: np.random.Generator, who_paid: Any) -> Iterator[Part]:
    day = example_day(rng)
    for role in ("validators", "arbitrageurs", "traders"):
        yield _paid_part(who_paid, day, role)


def _paid_part(who_paid: Any, day: Ledger, role: str) -> Part:
    roles = list(dict.fromkeys(day.roles.values()))
    answer = who_paid(day.transfers(), dict(day.roles), day.price("ETH"), role)
    try:
        got = dict(answer)
    except (TypeError, ValueError):
        return Part(1, f"`who_paid` should return a dictionary of roles and dollars, but it is {str(answer)[:60]!r}.")
    if stranger := next((key for key in got if key not in roles), None):
        return Part(1, f"{stranger!r} is not a role: look up the role of each payer and payee in `roles`.")
    right = _paid(day, role, roles)
    return matches(
        1,
        f"What {', '.join(roles)} paid to the {role} (dollars)",
        tuple(got.get(each, 0.0) for each in roles),
        right,
        {
            "Nothing was found: `payer` and `payee` are parties; compare the roles of both.": (0.0,) * len(roles),
            "The sign is turned round: what the role receives counts as positive.": tuple(-each for each in right),
            "What the role pays is missing: subtract it.": _paid(day, role, roles, given=0.0),
            "What the role pays is added to what it receives: subtract it.": _paid(day, role, roles, given=-1.0),
            "What the role receives is missing: add it.": _paid(day, role, roles, received=0.0),
            "Ether is added to dollars, one for one: multiply amounts of ether by their price.": _paid(
                day, role, roles, price=1.0
            ),
            "What moves between two of the same role is counted as income: one receives it, but the other pays it.": (
                _paid(day, role, roles, inside=1.0)
            ),
        },
        tolerance=1e-3,
    )


def _paid(
    day: Ledger,
    role: str,
    others: list[str],
    *,
    price: Amount | None = None,
    received: float = 1.0,
    given: float = 1.0,
    inside: float = 0.0,
) -> tuple[float, ...]:
    """What each other role paid to ``role`` less what it got from it (dollars), to a millionth of a dollar."""
    prices = {"USD": 1.0, "ETH": day.price("ETH") if price is None else price}
    paid = dict.fromkeys(others, 0.0)
    for route, flow in day.flows.items():
        worth = float(flow.amount * prices[route.asset])
        payer, payee = day.roles[route.payer], day.roles[route.payee]
        if payer == payee == role:
            paid[role] += inside * worth
        elif payee == role:
            paid[payer] += received * worth
        elif payer == role:
            paid[payee] -= given * worth
    return tuple(round(each, 6) for each in paid.values())
