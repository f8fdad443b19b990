"""Questions 3 and 6: those who correct a price, and what they leave to the providers."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from defi_lib.exchange import ConstantProductPool, arbitrage_outside
from defi_lib.labs.exchange.liquidity_and_mev.shared import lab, random_pool
from defi_lib.labs.kit import Part, equal
from defi_lib.validation import Amount

#: Who searches for the best trade may miss it by so many dollars.
_NOTHING = 1e-6

_BELOW_ZERO = "An amount below zero means that there is nothing to gain in this direction: return 0 for it."


@lab.question(
    "arbitrage",
    points=3,
    hints=(
        ("Set what the next dollar brings, times the price outside, equal to 1, and solve for the dollars paid in."),
        (
            "You get a square root, less a reserve, divided by what the fee leaves. For the other direction "
            "change the roles and turn the price round; below zero, pay 0."
        ),
    ),
)
def _arbitrage(rng: np.random.Generator, arbitrage: Any) -> Iterator[Part]:
    for buys in (True, False):  # the pool's ether is cheaper than outside, then dearer
        ether, dollars, fee = random_pool(rng)
        gap = float(rng.uniform(1.03, 1.3)) / (1 - fee)
        price = float(f"{dollars / ether * (gap if buys else 1 / gap):.4g}")
        yield _best_trade(arbitrage, buys, price, ether, dollars, fee)
    ether, dollars, fee = random_pool(rng)
    price = float(f"{dollars / ether * (1 + fee * rng.uniform(-0.8, 0.8)):.6g}")
    idle = equal(1, arbitrage, (price, ether, dollars, fee), (0.0, 0.0))
    yield Part(1, idle.mistake and _said_of_idle_trade(arbitrage, price, ether, dollars, fee))


def _best_trade(arbitrage: Any, buys: bool, *question: float) -> Part:
    """Right is a trade that gains, and that gains less if a little more or a little less is paid in."""
    price, ether, dollars, fee = question
    best = arbitrage_outside(ConstantProductPool((ether, dollars), fee), price)
    swap = best.bought if buys else best.sold
    held, worth = (dollars, ether * price) if buys else (ether, dollars / price)  # in the token that is paid in
    too_far = math.sqrt(held * worth) - held

    def pay(right: Amount, other: Amount = 0.0) -> tuple[Amount, Amount]:
        return (other, right) if buys else (right, other)

    mistakes = {
        "This is the part that moves the price. The fee is paid on top of it: divide by `1 - fee`.": pay(
            swap.amount_in * (1 - fee)
        ),
        "This brings the pool's price all the way to the outside price, as if there were no fee. With it, the last "
        "part of the trade costs more than it brings: stop earlier.": pay(too_far),
        "This brings the pool's price all the way to the outside price. Because of the fee, the last part of the trade "
        "costs more than it brings: stop earlier.": pay(too_far / (1 - fee)),
        "This is what you receive; asked for is what you pay in.": pay(0.0, swap.amount_out),
        "The two values are swapped: first the ether that is paid in, then the dollars.": pay(0.0, swap.amount_in),
    }
    part = equal(1, arbitrage, question, pay(swap.amount_in), mistakes)
    unnamed = part.mistake and part.mistake not in mistakes
    return Part(1, _said_of_trade(arbitrage, *question)) if unnamed else part


def _said_of_trade(arbitrage: Any, *question: float) -> str:
    """What is wrong with a trade, found by trying a little more and a little less; nothing if neither gains more."""
    sold, bought = (float(amount) for amount in arbitrage(*question))
    if min(sold, bought) < 0:
        return _BELOW_ZERO
    call, gain = f"`{arbitrage.said(question)}`", _gain(sold, bought, *question)
    if sold == bought == 0:
        return f"{call} trades nothing, but the two prices differ by more than the fee."
    for factor, more in ((0.999, "less"), (1.001, "more")):
        if max(_gain(sold * factor, bought, *question), _gain(sold, bought * factor, *question)) > gain:
            return f"{call} gains {gain:,.2f} dollars; paying in a little {more} would gain more."
    return ""


def _said_of_idle_trade(arbitrage: Any, *question: float) -> str:
    """What is wrong with a trade where there is nothing to gain."""
    sold, bought = (float(amount) for amount in arbitrage(*question))
    if min(sold, bought) < 0:
        return _BELOW_ZERO
    loss = -_gain(sold, bought, *question)
    if loss < _NOTHING:
        return ""
    call = f"`{arbitrage.said(question)}`"
    return f"The two prices differ by less than the fee, so nobody trades; {call} loses {loss:.3g} dollars."


def _gain(sold: float, bought: float, price: float, ether: float, dollars: float, fee: float) -> float:
    """Profit (dollars) of paying in ether, or dollars, and trading the opposite outside."""
    pool = ConstantProductPool((ether, dollars), fee)
    received, ether_received = pool.swap_exact_in(sold).amount_out, pool.swap_exact_in(bought, 1, 0).amount_out
    return float(received - sold * price + ether_received * price - bought)
