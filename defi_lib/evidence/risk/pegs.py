"""What holds a coin at its dollar, and a haven beside ether. Readings P7a and P7d.

All coins of the issuer together are 1. Behind them stand the dollar coins in its module, loans against volatile coins,
loans outside the chain, and the issuer's own money.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from defi_lib.evidence.effects import Control, Registry
from defi_lib.exchange import ConstantProductPool
from defi_lib.probability import normal_below, normal_quantile
from defi_lib.risk import hold_peg, linked_price, run_on_reserve
from defi_lib.rounding import below

EVIDENCE = Registry("risk")

Array = NDArray[np.float64]

#: Collateral per coin lent against it, when ether falls: evenly spread from here to one more (1.5 to 2.5).
LOWEST_RATIO = 1.5
#: Part of what does not lie in the module that is lent against volatile coins: Sky in June 2026, 5.35 of 8.65 billion.
LENT = 0.62

# A tenth of all coins in the module, no money of the issuer's own. Ether halves at once: of the loans a sixteenth is
# lost, all holders run, the first tenth is paid, and the others share what is left.
_FEW, _ALL_AT_ONCE = 0.1, 0.5
_CRASH = {
    "gem": _FEW, "leaving": 0.05, "jump": _ALL_AT_ONCE, "surplus": 0.0, "doubted": 0.0, "recovered": 1.0,
    "inflow": 0.0, "margin": 0.02,
}  # fmt: skip
_CALM = {"leaving": 0.0, "jump": 0.0, "recovered": 1.0}
_LOST = 0.9 * LENT / 16
# Half of the backing is in doubt by a fifth, of which half comes back: the module's coin is worth 0.9.
_DOUBT = _CRASH | {"gem": 0.5, "jump": 0.0, "doubted": 0.2, "recovered": 0.5, "margin": 0.0}


def lost_on_loans(jump: Array) -> Array:
    """Part of what is lent that nobody pays back, if ether falls by ``jump`` before anybody can sell it.

    A loan with the collateral c per coin is worth ``min(1, c·(1 − jump))``; what falls later is sold in time.

    >>> lost_on_loans(np.array([0.2, 0.5]))
    array([0.    , 0.0625])
    """
    kept = 1 - jump
    short = np.maximum(1 - kept * LOWEST_RATIO, 0.0)
    return np.asarray(short**2 / (2 * kept))


def price_after_halving(gem: Array, leaving: Array, jump: Array, surplus: Array, margin: Array) -> Array:
    """The price a week after ether has halved: a dollar while the module pays one, then what buyers give.

    If the loans lose more than the issuer's own money, all who understand it run: the first ones are paid whole.
    """
    lost = (1 - gem) * LENT * lost_on_loans(jump)
    runs = np.where(below(surplus, lost), 1.0, leaving)
    run = run_on_reserve(gem, np.maximum(1 - gem + surplus - lost, 0.0), runs, rule="suspension")
    empty = below(run.served, run.leaving)
    return np.where(empty, run.per_other * (1 - margin), 1.0)


def price_after_doubt(
    gem: Array, surplus: Array, doubted: Array, recovered: Array, inflow: Array, margin: Array
) -> Array:
    """The price a week after the module's coin was doubted, by the better of two votes.

    With the module open it is the price of that coin. With it shut it is what buyers give for the backing, of which
    the doubted coin has become a larger part.
    """
    coin = 1 - doubted * (1 - recovered)
    coins = 1 + inflow
    shut = linked_price(
        ConstantProductPool((1.0, 1.0), fee=0.0), coin, (gem + inflow) / coins, coins, other=(1 - gem + surplus) / coins
    )
    return np.maximum(coin, shut.worth * (1 - margin))


@EVIDENCE.model(
    "P7d",
    placebos=[
        _CALM,  # nobody leaves, nothing falls, all comes back
        {"gem": 1.0, "recovered": 1.0},  # a module that can pay everybody
    ],
    controls=[
        Control(_CRASH, 100 * ((1 - _LOST - _FEW) / (1 - _FEW) * 0.98 - 1)),
        Control(_CRASH | {"surplus": _LOST * 1.001}, 0.0),
        # By two fifths: of the loans 1/120 is lost.
        Control(_CRASH | {"jump": 0.4}, 100 * ((1 - 0.9 * LENT / 120 - _FEW) / (1 - _FEW) * 0.98 - 1)),
        # What the issuer has goes to those who are left, and it is not enough.
        Control(_CRASH | {"surplus": 0.01}, 100 * ((1.01 - _LOST - _FEW) / (1 - _FEW) * 0.98 - 1)),
        Control(_CRASH | {"jump": 0.0, "leaving": 0.2}, -2.0),
        Control(_DOUBT, -5.0),
        Control(_DOUBT | {"surplus": 0.01}, -4.0),
        Control(_DOUBT | {"inflow": 1.0}, -7.5),
        Control(_DOUBT | {"margin": 0.02}, 100 * (0.95 * 0.98 - 1)),
        Control(_DOUBT | {"margin": 0.2}, -10.0),
    ],
)
def cents_below_a_dollar(
    gem: Array,
    leaving: Array,
    jump: Array,
    surplus: Array,
    doubted: Array,
    recovered: Array,
    inflow: Array,
    margin: Array,
) -> Array:
    """The lower of two prices a week after a shock, less the dollar of an insured bank or a currency board (cents).

    Args:
        gem: dollar coins in the module (part of all coins).
        leaving: part of the coins that leaves in the week in which ether halves.
        jump: how far ether falls before anybody can liquidate (ratio).
        surplus: the issuer's own money (part of all coins).
        doubted: part of the reserve of the module's coin.
        recovered: part of it that buyers expect back.
        inflow: doubted coins that are swapped in before the module is shut (part of all coins).
        margin: what buyers ask below the worth where no module pays (ratio).
    """
    halved = price_after_halving(gem, leaving, jump, surplus, margin)
    doubt = price_after_doubt(gem, surplus, doubted, recovered, inflow, margin)
    return np.asarray(100 * (np.minimum(halved, doubt) - 1))


#: The worst month of a hundred, and the months of a year.
WORST, MONTHS = 0.01, 12


@EVIDENCE.model(
    "P7a",
    placebos=[{"runs": 0.0, "gone": 0.0, "volatility": 0.0}],
    controls=[
        # A run in every month, and ether that stands still.
        Control({"runs": 1e4, "lowest": 0.8, "gone": 0.0, "volatility": 0.0}, -0.2),
        # The issuer fails in one month of two hundred: of the worst one in a hundred half lose all, half 0.2.
        Control({"runs": 1e4, "lowest": 0.8, "gone": 1 - 0.995**12, "volatility": 0.0}, -0.6),
        Control({"runs": -12 * np.log(0.995), "lowest": 0.8, "gone": 0.0, "volatility": 0.0}, -0.1),
        # A month's volatility of a tenth: below −2.426 standard deviations lies 0.00762582 of all.
        Control({"runs": 0.0, "lowest": 0.8, "gone": 0.0, "volatility": 0.1 * 12**0.5}, 1 - 0.762582, 1e-5),
    ],
)
def points_less_than_ether(runs: Array, lowest: Array, gone: Array, volatility: Array) -> Array:
    """What ether loses more than a dollar coin, each on average in the worst month of a hundred (ratio).

    The coin is sold on its worst day; ether, whose price has no drift here, at the end of the month.

    Args:
        runs: in a year.
        lowest: price in a run (USD).
        gone: chance in a year that nothing is left.
        volatility: of ether (ratio a year).
    """
    fails = np.minimum(1 - (1 - gone) ** (1 / MONTHS), WORST)
    falls = np.minimum(-np.expm1(-runs / MONTHS), WORST - fails)
    coin = (fails + falls * (1 - lowest)) / WORST
    deviation = volatility / MONTHS**0.5
    ether = 1 - normal_below(normal_quantile(WORST) - deviation) / WORST
    return np.asarray(ether - coin)


#: What lesson 6.2 explores: 100 million coins, of which 10 million lie in a pool with as many dollars and 75 earn the
#: savings rate; who leaves does so over five days, and we look at sixty. A point above other rates draws a tenth of
#: the saved coins in a year (our choice).
COINS, IN_POOL, SAVED, LEAVING_DAYS, LOOK, DRAWN = 100.0, 10.0, 75.0, 5, 60, 10.0


def days_of_a_run(leaves: float, module: float, capital: float, premium: float) -> dict[str, object]:
    """The price of a coin (cents) over the days in which a part of its holders leaves.

    Args:
        leaves: part of all coins.
        module: dollars in it (million).
        capital: dollars of arbitrageurs, free again after a day (million).
        premium: of the savings rate over what others pay (ratio a year).

    >>> found = days_of_a_run(0.25, 20.0, 10.0, 0.0)
    >>> round(float(found["lowest"])), found["days"], found["left"]
    (44, 56.0, 0.0)
    """
    flows = np.where(np.arange(LOOK) < LEAVING_DAYS, leaves * COINS / LEAVING_DAYS, 0.0)
    run = hold_peg(
        flows,
        ConstantProductPool((IN_POOL, IN_POOL), fee=0.0),
        gem=module,
        capital=capital,
        saved=SAVED,
        savings_rate=premium,
        sensitivity=DRAWN,
    )
    days = run.steps_to_return(0.01)
    price = np.concatenate([[1.0], run.price])
    return {
        "Day": np.arange(LOOK + 1.0),
        "Cents": 100 * price,
        "lowest": 100 * run.lowest,
        "days": days,
        "left": float(run.gem[-1]),
    }
