"""What a place in a block costs, and whom it keeps out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from defi_lib.evidence.effects import Control, Registry
from defi_lib.evidence.gas import gas_cost
from defi_lib.staking.fees.congestion import served_by_price

EVIDENCE = Registry("staking")

Worlds = NDArray[np.float64]

SMALLER, LARGEST = (0.0, 0.5), (0.9, 1.0)  #: ranks among all payments


@EVIDENCE.model(
    "X9a",
    placebos=[{"gas_price": 0.0}],  # a place that costs nothing takes no part of any amount
    # 100,000 units at 10 gwei are a thousandth of an ether: 2 of 100 dollars.
    controls=[Control({"gas_price": 10, "swap_gas": 100_000, "ether_price": 2_000, "amount": 100}, 0.02)],
)
def gas_of_a_swap(gas_price: Worlds, swap_gas: Worlds, ether_price: Worlds, amount: Worlds) -> Worlds:
    """Gas of a swap on layer 1 as a part of the amount; a swap that fails and is paid for again is left out."""
    return np.asarray(gas_cost(swap_gas, gas_price, ether_price) / amount)


#: Twice as many come as fit, and offer a part of the amount; all are as urgent.
_CROWD = {
    "crowding": 2, "willing": 2, "spread_amounts": 3, "spread_incomes": 1, "link": 0.5, "urgency": 1e-9,
    "can_wait": 0,
}  # fmt: skip


@EVIDENCE.model(
    "X9b",
    placebos=[{"willing": 0.0}, {"crowding": 1.0}],  # the same sum for all; room for all
    controls=[
        # Offers sorted by amount, room for half: the largest tenth gets in, of the smaller half nobody.
        Control(_CROWD, 1.0, within=1e-6),
        # A quarter can wait, and gets in. Of the others, 2 : 1, the same.
        Control(_CROWD | {"crowding": 8 / 3, "can_wait": 0.25}, 0.75, within=1e-6),
        Control(_CROWD | {"crowding": 8 / 3, "can_wait": 0.25, "urgency": 4}, 0.75 * 0.6014060, within=1e-4),
        # A correlation of 0.6 to the amount: integrated with the error function, 40,000 ranks each.
        Control(_CROWD | {"urgency": 4}, 0.6014060, within=1e-4),
        Control(_CROWD | {"willing": 1, "spread_incomes": 3, "link": 0.8, "urgency": 4}, 0.4849642, within=1e-4),
    ],
)  # fmt: skip
def large_payments_get_in(
    crowding: Worlds, willing: Worlds, spread_amounts: Worlds, spread_incomes: Worlds, link: Worlds, urgency: Worlds,
    can_wait: Worlds,
) -> Worlds:  # fmt: skip
    """Part of the largest tenth of the payments that gets in, less that of the smaller half; all are as urgent."""
    by_income = link * _part_of_spread(spread_incomes, urgency)
    by_amount = _part_of_spread(spread_amounts, urgency)
    with_amount = np.select([willing == 1, willing == 2], [by_income, by_amount], 0.0)
    crowd = crowding * (1 - can_wait)
    large, small = (served_by_price(crowd, with_amount, *ranks) for ranks in (LARGEST, SMALLER))
    return np.asarray((1 - can_wait) * (large - small))


def _part_of_spread(spread: Worlds, urgency: Worlds) -> Worlds:
    """Correlation of a lognormal quantity with what is offered, which urgency spreads further."""
    return np.asarray(spread / np.hypot(spread, urgency))
