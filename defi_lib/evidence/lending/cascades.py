"""What loans make of bad news: closed by machines, or called by a broker."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from defi_lib.evidence.effects import Control, Registry
from defi_lib.exchange import ConstantProductPool
from defi_lib.lending import AAVE_V3, CloseRules, PoolCascade, lowest_without_loss, pool_cascade, sale_for_fall
from defi_lib.rounding import Truth, rest

EVIDENCE = Registry("lending")

Worlds = NDArray[np.float64]

NEWS = 0.10  #: what the reading says
THRESHOLD = 0.83  #: Aave v3, ether
POOL_FEE = 0.003  #: Uniswap v2
RULES = (AAVE_V3, CloseRules(close_factor=1.0))  #: the options of ``close``

#: Falls at which loans come within reach: where the news alone brings them below a health factor of 0.95, where it
#: brings them below 1, then in steps that are finer where the first waves end. Twice as many say the same.
_DEEP = 1 - (1 - NEWS) / AAVE_V3.full_below
EDGES = np.concatenate([np.linspace(0, _DEEP, 5), np.linspace(_DEEP, NEWS, 5)[1:], np.geomspace(0.001, 0.7, 60) + NEWS])

#: All loans come within reach below 10 %, evenly.
_EVEN = {"near": 2.0, "steepness": 1.0, "bonus": 0.05, "close": 0.0, "visits": 1.0}

#: Worlds computed at a time: similar ones, so that few wait for others, and few enough for the fast cache.
_BLOCK = 64

#: So near (ratio) to the lowest price that machines without losses can bring about, nothing more is computed.
_SETTLED = 1e-5


def loans_by_distance(loans: Worlds, near: Worlds, steepness: Worlds, edges: Worlds = EDGES) -> tuple[Worlds, Worlds]:
    """Collateral (tokens of 1 USD) and debt (USD) of loans in order of the fall that puts them within reach.

    The part of all loans that a fall x puts within reach is ``near·(x / 20 %)^steepness``, at most all.

    Args:
        loans: all debts (USD), one number per world.
        near: part of them that a fall of 20 % puts within reach.
        steepness: power of the fall with which that part grows.
        edges: the falls between which loans are put together.
    """
    reached = np.minimum(near[:, None] * (edges / 0.2) ** steepness[:, None], 1.0)
    debt = loans[:, None] * np.diff(reached, axis=1)
    return debt / (THRESHOLD * (1 - (edges[1:] + edges[:-1]) / 2)), debt


def cascade(
    loans: Worlds, near: Worlds, steepness: Worlds, refill: Worlds, bonus: Worlds, visits: Worlds,
    *, rules: CloseRules = AAVE_V3, edges: Worlds = EDGES, by_rule: Truth = True, until: Worlds | float = 0.0,
) -> PoolCascade:  # fmt: skip
    """What news worth :data:`NEWS` does to loans beside a pool that holds an ether of 1 USD, and 1 USD.

    Whoever sells ``by_rule`` sells at a loss too, as a broker must; others stop at a loss.
    """
    pool = ConstantProductPool((np.ones_like(loans), np.ones_like(loans)), POOL_FEE)
    collateral, debt = loans_by_distance(loans, near, steepness, edges)
    return pool_cascade(
        pool, sale_for_fall(pool, NEWS), collateral, debt, THRESHOLD, bonus[:, None], 0.0, rules, 10_000,
        refill=refill, visits=visits, stops_at_loss=np.logical_not(by_rule), until=until,
    )  # fmt: skip


def fall(
    loans: Worlds,
    near: Worlds,
    steepness: Worlds,
    refill: Worlds,
    bonus: Worlds,
    rules: CloseRules = AAVE_V3,
    visits: Worlds | float = 1.0,
    edges: Worlds = EDGES,
    by_rule: Truth = True,
) -> Worlds:
    """Fall (ratio) to the lowest price that a block sees, when news worth :data:`NEWS` meets these loans."""
    often = np.broadcast_to(np.asarray(visits, float), loans.shape)
    ruled = np.broadcast_to(by_rule, loans.shape)
    least = lowest_without_loss(1 - NEWS, POOL_FEE, refill, bonus)
    enough = np.where(ruled, 0.0, least * (1 + _SETTLED))
    found = np.empty_like(loans)
    for block in np.array_split(np.lexsort((refill, ~ruled)), max(1, len(refill) // _BLOCK)):
        here = (values[block] for values in (loans, near, steepness, refill, bonus, often))
        run = cascade(*here, rules=rules, edges=edges, by_rule=ruled[block], until=enough[block])
        found[block] = 1 - run.lowest_price
    return found


@EVIDENCE.model(
    "X14a",
    placebos=[
        {"loans": 0.0},  # nobody owes anything
        {"refill": 1.0},  # buyers close each gap at once, so that nobody is a second in the row
        {"bonus": 0.0, "close": 0, "paid": 0.0, "visits": 1, "losing": 1},  # the broker does what machines do
    ],
    # All loans come within reach below 10 %, evenly. Those below 1 - 0.9/0.95 = 1/19, so 10/19 of them, are by news of
    # 10 % below a health factor of 0.95 and repaid whole, the others half: 29/38 of 0.016 USD, for 0.016·29/38·1.05/0.9
    # = 0.01424561 ether. The pool of 1 ether and 1 USD took Δ = 0.0541738 for the news: (1 + 0.997Δ)(1 + Δ) = 1/0.9.
    # With q more its price is 0.9/((1 + 0.997q/1.0541738)(1 + q/1.0541738)); buyers close half of the gap to 0.9. The
    # broker sells for half of the loans, without bonus: q = 0.008·29/38/0.9. So half of 0.888544868 - 0.876195012.
    controls=[
        Control({**_EVEN, "loans": 0.016, "refill": 0.5, "paid": 0.5, "losing": 1}, 0.006174928124),
        # All of each loan, 0.012·1.05/0.9 = 0.014 ether, against 29/38 without bonus, 0.01017544; nobody buys.
        Control({**_EVEN, "loans": 0.012, "refill": 0, "close": 1, "paid": 0, "losing": 1}, 0.006301738300),
        # Nearly twice as many, 0.02671 ether in the first wave. The pool pays 0.9/1.05 for one more until
        # (1 + 0.997q/1.0541738)² = 0.997·1.05, so for q = 0.024485. Then its price is
        # 0.9/(1.0231569·(1 + 0.0231569/0.997)); buyers close half of the gap. The broker's customers all pay up.
        Control({**_EVEN, "loans": 0.03, "refill": 0.5, "paid": 1, "losing": 0}, 0.020168261067),
        # Without a bonus each sale would lose the fee of the pool: no machine comes. The broker sells as in the first.
        Control({**_EVEN, "loans": 0.016, "refill": 0.5, "bonus": 0, "paid": 0.5, "losing": 0}, -0.005727565917),
    ],
)
def machines_against_a_broker(
    loans: Worlds,
    near: Worlds,
    steepness: Worlds,
    refill: Worlds,
    bonus: Worlds,
    close: Worlds,
    paid: Worlds,
    visits: Worlds,
    losing: Worlds,
) -> Worlds:
    """How much deeper the price falls where machines close loans at once than where a broker calls and waits.

    Both sell for the same borrowers into the same pool, and the same buyers come. Four things differ: the machine rings
    nobody, comes back after each visit of buyers, takes a bonus, and sells what its rules allow; ``losing`` says
    whether it stops where it would lose by that. The broker's customers who pay up need not sell; for the others he
    waits, while buyers come ``visits`` times, then sells half a loan, or all of one below a health factor of 0.95, at
    any price, without a bonus.

    The broker's market falls by the news at least, so that five points more are a fall of more than 15 %.
    """
    closed = np.empty_like(loans)
    for number, rules in enumerate(RULES):
        here = close == number
        market = (loans[here], near[here], steepness[here], refill[here], bonus[here])
        closed[here] = fall(*market, rules, by_rule=losing[here] == 1)
    called = fall(loans * (1 - paid), near, steepness, refill, np.zeros_like(bonus), visits=visits)
    return np.asarray(rest(closed, called))
