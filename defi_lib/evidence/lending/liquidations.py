"""What a crash costs a small and a large borrower at the same risk."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from defi_lib.evidence.effects import Control, Registry
from defi_lib.evidence.gas import gas_cost
from defi_lib.lending import AAVE_V3, AAVE_V3_3, CloseRules, liquidate, liquidation_chance, liquidation_price

EVIDENCE = Registry("lending")

Worlds = NDArray[np.float64]

LARGE = 1e6  #: what the reading calls a large loan (USD)
THRESHOLD, BONUS = 0.83, 0.05  #: Aave v3, ether
TREASURY = 0.1  #: its part of the bonus
RULES = (AAVE_V3_3, AAVE_V3, CloseRules(close_factor=1.0))  #: the options of ``close``

LATE = 0.005  #: how far below the line the first reported price lies
REST_OF_DAY = 0.10  #: volatility of the rest of the day: twice and half of it say the same
STILL_BELOW = 0.5  #: chance that the price is below the line when the rush is over: without drift as likely as not
SWAPS = 3  #: a liquidation needs the gas of about three swaps; a repayment, of about one
SALES = 3  #: of halves; an eighth is left then, and hardly any day falls so far


def sold_asleep(
    debt: Worlds, gas: Worlds, comeback: Worlds, rules: CloseRules = AAVE_V3_3
) -> tuple[Worlds, NDArray[np.bool_]]:
    """What sales cost the owner of a loan who does nothing (USD), and whether a liquidator comes.

    The loan has just passed a health factor of 1. Later on, what is sold is worth ``1 + comeback`` times its price, on
    average; the owner loses that, less the debt repaid. Where half of a loan is left the next sale needs a new fall.

    Args:
        debt: of each loan (USD).
        gas: of a simple transaction (USD).
        comeback: by how much a price rises after a sale, on average (ratio).
        rules: what may be sold at once.
    """
    collateral, owed = debt, debt  # tokens at a price that makes the health factor 1, however many
    first = comes = None
    cost = 0.0
    for _ in range(SALES):
        # A loan that is gone is sold at no price.
        line = np.where(owed > 0, liquidation_price(np.where(owed > 0, collateral, 1.0), THRESHOLD, owed), 1.0)
        price = line * (1 - LATE)
        step = liquidate(collateral, owed, price, THRESHOLD, BONUS, TREASURY, rules)
        pays = np.greater(step.liquidator_profit, SWAPS * gas)
        first, comes = (price, pays) if first is None else (first, comes)
        reached = liquidation_chance(np.maximum(1 - price / first, 0.0), REST_OF_DAY)
        cost = cost + pays * reached * (step.seized * price * (1 + comeback) - step.repaid)
        collateral, owed = np.asarray(step.collateral), np.asarray(step.debt)
    return np.asarray(cost), np.asarray(comes)


def cost_of_a_crash(
    debt: Worlds, dear: Worlds, calm: Worlds, awake: Worlds, comeback: Worlds, rules: CloseRules = AAVE_V3_3
) -> Worlds:
    """What a crash that reaches a loan costs its owner, as a part of the collateral's worth at that price.

    Whoever is awake repays enough, or lets go what is cheaper to lose. Where no liquidator comes in the rush, because
    gas is dear and the bonus small, one comes later if the price is still below, and a defence costs ordinary gas.

    Args:
        debt: of each loan (USD).
        dear, calm: gas of a simple transaction in that hour and on an ordinary day (USD).
        awake: chance that somebody sees it in time and has the money to repay.
        comeback, rules: as of :func:`sold_asleep`.
    """
    now, comes = sold_asleep(debt, dear, comeback, rules)
    later, _ = sold_asleep(debt, calm, comeback, rules)
    asleep = np.where(comes, now, STILL_BELOW * later)
    defended = np.where(comes, np.minimum(dear, now), STILL_BELOW * np.minimum(calm, later))
    return (awake * defended + (1 - awake) * asleep) / (debt / THRESHOLD)


#: Nobody is awake, gas costs nothing.
_ASLEEP = {
    "gas_price": 0, "swap_gas": 100_000, "ether_price": 2_000, "rush": 1, "awake": 0, "staff": 0, "close": 2,
    "comeback": 0, "amount": 1_000,
}  # fmt: skip


@EVIDENCE.model(
    "X18a",
    placebos=[
        {"amount": LARGE, "staff": 0.0},  # the small loan is as large as the large one, and has as few to watch
        {"gas_price": 0.0, "close": 2, "staff": 0.0},  # gas costs nothing, any loan is sold whole, nobody has staff
        {"gas_price": 0.0, "awake": 1.0, "comeback": 0.0},  # all are awake, and a defence costs nothing
    ],
    controls=[
        # All of both is sold, for debt and 5 %: of collateral worth debt/0.83 that is 0.83·5 %. Staff saves half.
        Control(_ASLEEP | {"staff": 0.5}, 0.83 * 0.05 / 2),
        # What is sold comes back by 10 %: 1.05 · 1.1 - 1. A tenth of the borrowers, and half of the others' staff.
        Control(_ASLEEP | {"awake": 0.1, "staff": 0.5, "comeback": 0.1}, 0.83 * 0.155 * 0.9 / 2),
        # 20 gwei: 4 USD a swap, below 5 % of 1,000. All are awake: 4 USD of 1,000/0.83 less 4 USD of a million/0.83.
        Control(_ASLEEP | {"gas_price": 20, "awake": 1}, 0.83 * (0.004 - 0.000004)),
        # 20 gwei and ten times as dear: 40 USD a swap, 120 a liquidation. Nobody comes for a bonus of 45; later
        # somebody comes, for 12 USD, if the price is still below: half of 5 %. Those awake pay 4 USD then, if they
        # must. Of the large 0.1 are awake and 0.45 have staff, who pay 40 USD; 0.45 lose 5 %.
        Control(
            _ASLEEP | {"gas_price": 20, "rush": 10, "awake": 0.1, "staff": 0.5},
            0.83 * (0.9 * 0.025 + 0.1 * 0.002 - 0.45 * 0.05 - 0.55 * 0.00004),
        ),
        # Half of each loan is sold; the large have staff. Of 1/0.83 tokens half a debt and 5 % take 0.525/0.995: the
        # next line is 11.04157 % lower, the third 20.86398 %. Such falls have chances of 25.63911 and 2.165465 %.
        Control(
            _ASLEEP | {"staff": 1, "close": 1}, 0.83 * 0.05 * (0.5 + 0.25 * 0.2563911 + 0.125 * 0.02165465), within=1e-6
        ),
    ],
)  # fmt: skip
def small_beside_large_borrower(
    gas_price: Worlds, swap_gas: Worlds, ether_price: Worlds, rush: Worlds, awake: Worlds, staff: Worlds,
    close: Worlds, comeback: Worlds, amount: Worlds,
) -> Worlds:  # fmt: skip
    """What a crash costs a small borrower, less what it costs a large one, as parts of their collateral."""
    calm = gas_cost(swap_gas, gas_price, ether_price)
    watched = 1 - (1 - awake) * (1 - staff)
    both = (amount, awake), (np.asarray(LARGE), watched)
    more = np.zeros(np.broadcast_shapes(*map(np.shape, (calm, rush, watched, close, comeback, amount))))
    for number, rules in enumerate(RULES):
        small, large = (cost_of_a_crash(debt, calm * rush, calm, seen, comeback, rules) for debt, seen in both)
        more = np.where(close == number, small - large, more)
    return more
