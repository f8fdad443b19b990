"""Whether capital decides who earns from arbitrage, since anybody can borrow for a transaction. Reading X12b."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.evidence.effects import Control, Registry
from defi_lib.evidence.gas import gas_cost, todays_gas_cost
from defi_lib.exchange import ConstantProductPool, Hop, arbitrage_cycle
from defi_lib.lending import flash_loan

EVIDENCE = Registry("lending")

Worlds = NDArray[np.float64]

#: What the rich searcher owns (USD).
RICH = 1e6


def two_pools(gap: ArrayLike, pool_side: ArrayLike) -> tuple[Hop, Hop]:
    """Buy a coin in the pool where it is cheap, sell it where it is dearer by the gap (ratio, beyond the pools' fees).

    >>> cheap, dear = two_pools(0.01, 1e6)
    >>> round(float(dear.pool.price() / cheap.pool.price() - 1), 6)
    0.01
    """
    side = np.asarray(pool_side, float)
    dear = ConstantProductPool((side, side * (1 + np.asarray(gap))), 0.0)
    return Hop(ConstantProductPool((side, side), 0.0), 1, 0), Hop(dear, 0, 1)


def with_own_money(hops: tuple[Hop, Hop], owned: ArrayLike, gas: ArrayLike) -> Worlds:
    """What the best trade brings somebody who pays for it himself (USD); nothing where it does not pay for its gas."""
    return np.maximum(np.asarray(arbitrage_cycle(hops, capital=np.asarray(owned, float)).profit) - gas, 0.0)


def with_a_flash_loan(hops: tuple[Hop, Hop], loan_fee: ArrayLike, gas: ArrayLike) -> Worlds:
    """What the best loan brings (USD), whoever takes it; nothing where none pays for its fee and gas."""
    fee = np.asarray(loan_fee, float)
    trade = arbitrage_cycle(hops, loan_fee=fee)
    return np.maximum(np.asarray(flash_loan(trade.amount_in, trade.amount_out, fee, gas).profit), 0.0)


def todays_gas() -> tuple[float, float]:
    """What two swaps cost, and what a flash loan adds (USD), by the values that X12b has for today."""
    return 2 * todays_gas_cost("X12b", "swap_gas"), todays_gas_cost("X12b", "loan_gas")


def by_own_money(
    own: ArrayLike, gap: float, pool_side: float, loan_fee: float, tip: float
) -> dict[str, Worlds | float]:
    """What lesson 2.5 explores: what somebody keeps of a gap, by what he owns; ``pool_side`` in millions.

    >>> found = by_own_money(100.0, 0.02, 10.0, 0.0, 0.615)
    >>> {name: round(float(value), 2) for name, value in found.items()}
    {'Own money': 0.68, 'With a flash loan': 190.48, 'prize': 495.06, 'lent': 49752.47}
    """
    hops, (swaps, loan) = two_pools(gap, 1e6 * pool_side), todays_gas()
    lent = arbitrage_cycle(hops, loan_fee=loan_fee).amount_in
    borrowed = float(with_a_flash_loan(hops, loan_fee, swaps + loan)) * (1 - tip)
    return {
        "Own money": with_own_money(hops, own, swaps) * (1 - tip),
        "With a flash loan": borrowed + 0.0 * np.asarray(own),
        "prize": float(arbitrage_cycle(hops).profit),
        "lent": float(lent),
    }


_EVEN = {"gap": 0.21, "pool_side": 1e6, "gas_price": 10, "swap_gas": 1e5, "ether_price": 1_000}
# The best trade pays 50,000 dollars in and brings 1.1 times as much, 5,000 more. Gas of two swaps is 2 dollars. With a
# fee of 2.01 % on the loan (1.1/1.01 - 1) of half a million is borrowed, and (1.1 - 1.01)² of half a million is left.
_PRIZE, _LENT = 5_000.0, 4_050.0


@EVIDENCE.model(
    "X12b",
    placebos=[
        # All gaps are within reach of a loan that costs nothing.
        {"reach": 1, "loan_fee": 0, "loan_gas": 0},
        # Both own a million.
        {"own": RICH},
        # All that is gained is bid away.
        {"tip": 1},
    ],
    controls=[
        # Within reach the loan costs a fee and a dollar of gas; beyond it 2,100 dollars buy 2,100/1.0021 coins, which
        # sell for 1.21·2,100/(1.0021 + 0.0021) dollars.
        Control(
            {**_EVEN, "reach": 0.25, "tip": 0.5, "loan_fee": 0.0201, "loan_gas": 1e5, "own": 2_100},
            (0.25 * (_PRIZE - _LENT + 1) + 0.75 * (_PRIZE - (2_541 / 1.0042 - 2_100))) * 0.5 / _PRIZE,
        ),
        # With four dollars of his own the trade does not pay for its gas.
        Control(
            {**_EVEN, "reach": 0.5, "tip": 0.2, "loan_fee": 0.0201, "loan_gas": 1e5, "own": 4},
            (0.5 * (_PRIZE - _LENT + 1) + 0.5 * (_PRIZE - 2)) * 0.8 / _PRIZE,
        ),
    ],
)
def what_capital_adds(
    reach: Worlds,
    tip: Worlds,
    loan_fee: Worlds,
    gap: Worlds,
    pool_side: Worlds,
    gas_price: Worlds,
    swap_gas: Worlds,
    loan_gas: Worlds,
    ether_price: Worlds,
    own: Worlds,
) -> Worlds:
    """How much more of what gaps offer the rich searcher keeps than the poor one (part of it).

    Both see the same gaps, are as often first, and bid the same part of what they gain. Within one chain either may
    take a flash loan; where the other side is an exchange outside, each trades with what he owns. The other side is a
    pool as deep in both cases. What the million would earn elsewhere is not counted: it must lie ready in both places.

    Args:
        reach: part of the gains that lies between pools of one chain (ratio).
        tip: part of the gain that is bid for the place in the block (ratio).
        loan_fee: of the flash loan (ratio).
        gap: between the two prices, beyond the pools' fees (ratio).
        pool_side: what each side of a pool holds (USD).
        gas_price: gwei.
        swap_gas, loan_gas: of a swap, and what a flash loan adds (units of gas).
        ether_price: USD.
        own: what the poor searcher owns (USD).
    """
    hops = two_pools(gap, pool_side)
    swaps, loan = (gas_cost(units, gas_price, ether_price) for units in (2 * swap_gas, loan_gas))
    borrowed = with_a_flash_loan(hops, loan_fee, swaps + loan)
    rich, poor = with_own_money(hops, RICH, swaps), with_own_money(hops, own, swaps)
    within = np.maximum(rich, borrowed) - np.maximum(poor, borrowed)
    prize = np.asarray(arbitrage_cycle(hops).profit)
    kept = (reach * within + (1 - reach) * (rich - poor)) * (1 - tip)
    return np.divide(kept, prize, out=np.zeros_like(kept), where=prize > 0)
