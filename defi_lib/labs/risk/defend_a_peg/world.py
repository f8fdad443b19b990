"""A coin that should be worth a dollar, what its makers decide, and what becomes of it in four kinds of shock.

All amounts are parts of the coins that exist: the supply is 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from defi_lib.exchange import ConstantProductPool
from defi_lib.frozen import FrozenDict
from defi_lib.risk import Weekend, hold_peg, run_on_reserve, shut_weekend
from defi_lib.rounding import reaches
from defi_lib.validation import Amount, plain

#: What the makers decide, by name: see :data:`RANGES`.
Design: TypeAlias = Mapping[str, Any]

#: Each decision that is a number, with what it may be.
RANGES = {
    "cash": (0.0, 1.0),  # part of the reserve in banks, paid at once while they are open
    "module": (0.0, 1.0),  # part of it in a peg module, open at all hours
    "buffer": (0.0, 1.0),  # owners' money besides
    "fee": (0.0, 0.1),  # of who redeems or uses the module
    "savings": (0.0, 1.0),  # rate a year for coins that are saved
}
#: The redemption rule, of :data:`defi_lib.risk.RUN_RULES` those that an issuer can choose.
RULES = ("first come", "suspension", "liquidity fee")

#: Kinds of shock.
KINDS = ("run", "bank", "weekend", "outflow")
#: A holder may lose this much, and a price be off a dollar by it.
BOUND = 0.01
#: Days on which coins flow out, and quiet ones after them.
OUTFLOW_DAYS, QUIET_DAYS = 15, 2


class Coin(NamedTuple):
    """A coin, its market, and its shocks so far. Amounts are parts of the supply, rates are for a year."""

    discount: float  #: of its worth that bonds lose if they are sold at once
    wait: float  #: of a claim that is lost by waiting until they are sold in good time
    banks: int  #: in which the cash lies, in equal parts
    recovery: float  #: part of a lost bank's deposits that comes back later
    cash_cost: float  #: rate by which cash earns less than bonds
    module_cost: float  #: the same of money in the module
    buffer_cost: float  #: what owners want for their money above what bonds earn
    turnover: float  #: coins that are redeemed in a quiet year
    pool: tuple[float, float]  #: coins and dollars in the market
    capital: float  #: dollars of those who buy cheap coins
    bound: int  #: days until the dollars of a trade are free again
    saved: float  #: coins that earn the savings rate
    outside_rate: float  #: what savers get elsewhere
    sensitivity: float  #: ``saved·sensitivity`` coins come in a year for each 100 points above that, and go below it
    past: Mapping[str, tuple[float, ...]]  #: sizes of its shocks so far, by kind


#: With round numbers, for the examples by hand.
EXAMPLE = Coin(
    discount=0.1,
    wait=0.02,
    banks=4,
    recovery=0.5,
    cash_cost=0.01,
    module_cost=0.04,
    buffer_cost=0.08,
    turnover=0.2,
    pool=(0.05, 0.05),
    capital=0.01,
    bound=1,
    saved=0.1,
    outside_rate=0.04,
    sensitivity=10.0,
    past=FrozenDict(
        {
            "run": (0.1, 0.2, 0.3, 0.4),
            "bank": (0.1, 0.15, 0.2, 0.3),
            "weekend": (0.01, 0.02, 0.03, 0.04),
            "outflow": (0.0005, 0.001, 0.0015, 0.002),
        }
    ),
)


def pool_of(pool: tuple[float, float]) -> ConstantProductPool:
    """The market, without a fee."""
    return ConstantProductPool(pool, fee=0.0)


def cost(coin: Coin, design: Design) -> Amount:
    """What the design costs its owners in a quiet year (part of the supply); fees bring some of it back."""
    return plain(
        design["cash"] * coin.cash_cost
        + design["module"] * coin.module_cost
        + design["buffer"] * coin.buffer_cost
        + design["savings"] * coin.saved
        - design["fee"] * coin.turnover
    )


class Paid(NamedTuple):
    """What a claim gets in a run, on average."""

    leavers: Amount
    stayers: Amount

    @property
    def enough(self) -> Any:
        """Whether nobody loses more than the bound."""
        return reaches(self.leavers, 1 - BOUND) & reaches(self.stayers, 1 - BOUND)


def paid(coin: Coin, design: Design, leaving: Amount, lost: Amount = 0.0) -> Paid:
    """What holders get if the part ``lost`` of the cash is in lost banks, and then the part ``leaving`` wants to go."""
    cash, module = design["cash"], design["module"]
    liquid = cash * (1 - np.asarray(lost)) + module
    illiquid = 1 - cash - module + design["buffer"] + cash * np.asarray(lost) * coin.recovery
    run = run_on_reserve(liquid, np.maximum(illiquid, 0.0), leaving, coin.discount, design["rule"])
    waits = np.maximum(run.leaving - run.served, 0.0) / np.maximum(run.leaving, np.finfo(float).tiny)
    waiting = waits * coin.wait * (design["rule"] == "suspension")
    return Paid((run.per_leaving - waiting) * (1 - design["fee"]), run.per_other)


def doubted(coin: Coin, design: Design) -> Amount:
    """What buyers fear to be missing if a bank is lost over a weekend: what will not come back, less the buffer."""
    return plain(np.maximum(design["cash"] / coin.banks * (1 - coin.recovery) - design["buffer"], 0.0))


def weekend(coin: Coin, design: Design, sold: Amount) -> Weekend:
    """A bank is lost on a Friday: the module takes coins as far as it goes, the others are sold in the pool."""
    module = design["module"] * (1 + design["fee"])
    rest = np.maximum(np.asarray(sold) - module, 0.0)
    return shut_weekend(pool_of(coin.pool), rest, doubted(coin, design), capital=coin.capital)


def outflow(coin: Coin, design: Design, sold: Amount) -> NDArray[np.float64]:
    """The price, day by day, if holders sell so many coins on each of 15 days; savers come or go as the rate says.

    New coins are issued for a dollar, without a fee.
    """
    sold = np.asarray(sold, dtype=float)
    flows = np.concatenate([np.tile(sold, (OUTFLOW_DAYS, 1)), np.zeros((QUIET_DAYS, sold.size))])
    run = hold_peg(
        flows,
        pool_of(coin.pool),
        gem=design["module"],
        room=1.0,
        tout=design["fee"],
        capital=coin.capital,
        bound=coin.bound,
        saved=coin.saved,
        savings_rate=design["savings"],
        outside_rate=coin.outside_rate,
        sensitivity=coin.sensitivity,
    )
    return run.price


class Tried(NamedTuple):
    """What became of each shock."""

    survived: NDArray[np.bool_]
    worst: NDArray[np.float64]  #: what the worst-off holder's coin was worth in the end (USD)


def tried(coin: Coin, design: Design, kind: str, sizes: Any) -> Tried:
    """What becomes of a coin in shocks of one kind and these sizes."""
    sizes = np.atleast_1d(np.asarray(sizes, dtype=float))
    if kind in ("run", "bank"):
        got = paid(coin, design, sizes, 1 / coin.banks if kind == "bank" else 0.0)
        return Tried(np.asarray(got.enough), np.minimum(got.leavers, got.stayers))
    if kind == "weekend":
        price = np.asarray(weekend(coin, design, sizes).price)
        worst = np.minimum(price, 1 / (1 + design["fee"]))
        return Tried(np.asarray(reaches(worst, 1 - BOUND)), worst)
    price = outflow(coin, design, sizes)[-1]
    return Tried(np.asarray(reaches(price, 1 - BOUND)), price)


def survives(coin: Coin, design: Design, kind: str, sizes: Any) -> NDArray[np.bool_]:
    """Whether the coin survives shocks of one kind, one entry for each of the ``sizes``."""
    return tried(coin, design, kind, sizes).survived


def pairs(first: Any, second: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Every number of the first list with every one of the second, as two arrays.

    >>> pairs([1, 2], [5, 6, 7])[1]
    array([5., 6., 7., 5., 6., 7.])
    """
    one, other = np.meshgrid(np.asarray(first, dtype=float), np.asarray(second, dtype=float), indexing="ij")
    return one.ravel(), other.ravel()


def cheapest(coin: Coin, designs: Design, kinds: Sequence[str]) -> dict[str, Any] | None:
    """Of many designs the cheapest that survives the worst shock so far of each of these kinds; nothing if none does.

    ``designs`` is one dictionary, in which some numbers are arrays of the same length.
    """
    price = np.atleast_1d(cost(coin, designs))
    for kind in kinds:
        price = np.where(survives(coin, designs, kind, max(coin.past[kind])), price, np.inf)
    best = int(np.argmin(price))
    if price[best] == np.inf:
        return None
    return {name: float(each[best]) if np.ndim(each) else each for name, each in designs.items()}
