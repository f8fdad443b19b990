"""Checks of ``labs/1_exchange/01_swaps.ipynb``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from defi_lib.exchange import ConstantProductPool
from defi_lib.labs.kit import Lab, Part, equal, matches, round_number

lab = Lab("1.1")
check, progress = lab.check, lab.progress

_NO_FEE = "The fee is missing: only `amount_in * (1 - fee)` moves the price."


def _trade(rng: np.random.Generator, fee: float | None = None) -> tuple[float, float, float, float]:
    """A trade of 5 to 50 % of a random pool: amount in, reserve in, reserve out, fee."""
    reserve_in = round_number(rng, 100, 10_000)
    reserve_out = round_number(rng, 20_000, 1_000_000)
    amount_in = round_number(rng, 0.05 * reserve_in, 0.5 * reserve_in)
    return amount_in, reserve_in, reserve_out, float(rng.choice([0.003, 0.01, 0.02])) if fee is None else fee


def _out(amount_in: float, reserve_in: float, reserve_out: float, fee: float) -> float:
    return float(ConstantProductPool((reserve_in, reserve_out), fee).swap_exact_in(amount_in).amount_out)


@lab.question(
    "swap",
    points=2,
    hints=(
        "What moves the price is the part of the payment that is left after the fee. Work that out first.",
        (
            "After the trade the first reserve has grown by this part. By which amount must the second have shrunk, so "
            "that the product is what it was?"
        ),
    ),
)
def _swap(rng: np.random.Generator, swap: Any) -> Iterator[Part]:
    without_fee = amount, x, y, _ = _trade(rng, fee=0.0)
    yield equal(
        1,
        swap,
        without_fee,
        _out(*without_fee),
        {
            "This is the price before the trade times the amount, as if the pool were endless: the trade moves the "
            "price while it happens.": amount * y / x,
            "The two reserves are swapped: the trader pays into `reserve_in` and is paid from `reserve_out`.": (
                x * amount / (y + amount)
            ),
            "This is what stays in the pool, not what leaves it.": x * y / (x + amount),
            "Divide by the reserve after the trade, `reserve_in + amount_in`: what is paid in adds to it.": (
                y * amount / (x - amount)
            ),
        },
    )
    with_fee = amount, x, y, fee = _trade(rng)
    yield equal(
        1,
        swap,
        with_fee,
        _out(*with_fee),
        {
            _NO_FEE: _out(amount, x, y, 0.0),
            "The fee is taken from what comes out; this pool takes it from what is paid in.": (
                _out(amount, x, y, 0.0) * (1 - fee)
            ),
            "The fee is added to the amount: the trader would be paid for trading.": _out(
                amount * (1 + fee), x, y, 0.0
            ),
        },
    )


@lab.question(
    "pool_after",
    points=3,
    hints=(
        "Ask for each reserve: does it grow or shrink, and by how much, counted in its own token?",
        (
            "The first grows by all that is paid in, with the fee; the second shrinks by what your `swap` says. "
            "The price comes from these two."
        ),
    ),
)
def _pool_after(rng: np.random.Generator, swap: Any, pool_after: Any) -> Iterator[Part]:
    trade = amount, x, y, fee = _trade(rng)
    out = float(swap(*trade))  # the student's own, so that a mistake there is not counted twice
    yield equal(
        1,
        pool_after,
        trade,
        x + amount,
        {
            "The fee is dropped on the way, so the product does not grow: everything the trader pays stays in the "
            "pool, the fee too.": x + amount * (1 - fee),
            "The first reserve is the one that is paid into: it grows.": y - out,
            "The trader pays into this reserve: it grows, it does not shrink.": x - amount,
        },
        item=0,
    )
    yield equal(
        1,
        pool_after,
        trade,
        y - out,
        {
            "The trader takes tokens out of this reserve: it shrinks.": y + out,
            "The fee was paid in the other token: from this reserve goes what `swap` says, no more and no less.": (
                y - out * (1 - fee)
            ),
        },
        item=1,
    )
    yield equal(
        1,
        pool_after,
        trade,
        (y - out) / (x + amount),
        {
            "This is the price before the trade.": y / x,
            "This is the average price of the trade; the next trader meets the price that it leaves behind.": out
            / amount,
            "This is the price the other way round: how much of the second token is one of the first worth?": (
                (x + amount) / (y - out)
            ),
        },
        item=2,
    )


@lab.question(
    "amount_to_pay",
    points=2,
    hints=(
        (
            "Begin without the fee. How much of the second token is left, and what must the first then be for the "
            "product to stay?"
        ),
        (
            "What must be added to the first reserve is what moves the price. It is only the part of the payment "
            "that is left after the fee: divide."
        ),
    ),
)
def _amount_to_pay(rng: np.random.Generator, amount_to_pay: Any) -> Iterator[Part]:
    for fee in (0.0, None):
        paid, x, y, fee = _trade(rng, fee)
        wanted = float(f"{_out(paid, x, y, fee):.4g}")
        net = x * wanted / (y - wanted)
        yield equal(
            1,
            amount_to_pay,
            (wanted, x, y, fee),
            net / (1 - fee),
            {
                "The fee is missing: the trader must pay more than what moves the price.": net,
                "The fee is multiplied on; but after a fee of 1 % you keep 99 %, so divide by `1 - fee`.": net
                * (1 + fee),
                "Multiplying by `1 - fee` makes the trade cheaper; the fee makes it dearer.": net * (1 - fee),
                "This is the price before the trade times the amount: the trade moves the price.": wanted * x / y,
                "Divide by what is left in the pool, `reserve_out - amount_out`.": x * wanted / (y + wanted),
            },
        )


@lab.question(
    "price_impact",
    points=2,
    hints=(
        (
            "Two numbers are compared: what the trader got, and what the same payment, without its fee, would "
            "bring at the price before."
        ),
        (
            "Write a line for each: the price before, the payment after the fee times this price, and what `swap` "
            "gives. Then the ratio, from 1."
        ),
    ),
)
def _price_impact(rng: np.random.Generator, price_impact: Any) -> Iterator[Part]:
    for fee in (0.0, None):
        trade = amount, x, y, fee = _trade(rng, fee)
        out = _out(*trade)
        right = 1 - out / (amount * (1 - fee) * y / x)
        yield equal(
            1,
            price_impact,
            trade,
            right,
            {
                "This is a percentage; give a ratio, 0.05 for 5 %.": 100 * right,
                "The sign is turned round: a worse price is a positive impact.": -right,
                "This compares with the price after the trade; compare the average price with the price before.": (
                    1 - ((y - out) / (x + amount)) / (y / x)
                ),
                "Divide by what the trader would have got, not by what they got.": 1 / (1 - right) - 1,
                "The fee is included: this is the whole cost. Compare only what is left after the fee.": (
                    1 - out / (amount * y / x)
                ),
                _NO_FEE: amount / (x + amount),
            },
        )


@lab.question(
    "sell_in_parts",
    points=2,
    hints=(
        "After each part the pool holds something else. Which of your functions says what it holds?",
        (
            "Make a loop that runs `parts` times: add what `swap` gives, then replace both reserves by those of "
            "`pool_after`."
        ),
    ),
)
def _sell_in_parts(rng: np.random.Generator, sell_in_parts: Any) -> Iterator[Part]:
    for fee in (0.0, None):
        amount, x, y, fee = _trade(rng, fee)
        parts = int(rng.integers(3, 12))
        each = _in_turn(amount / parts, x, y, fee, parts)
        yield equal(
            1,
            sell_in_parts,
            (amount, x, y, fee, parts),
            sum(each),
            {
                "Every part meets the untouched pool: after each part, go on with the reserves that it left behind.": (
                    parts * _out(amount / parts, x, y, fee)
                ),
                "Every part is the whole amount; each should be `amount_in / parts`.": sum(
                    _in_turn(amount, x, y, fee, parts)
                ),
                "This is the last part only: add up what all parts bring.": each[-1],
                "This is one trade of the whole amount. With a fee the parts bring a little less: go through them.": (
                    _out(amount, x, y, fee)
                ),
            },
        )


def _in_turn(amount_in: float, reserve_in: float, reserve_out: float, fee: float, times: int) -> list[float]:
    """What each of several equal trades brings, one after the other in the same pool."""
    pool, received = ConstantProductPool((reserve_in, reserve_out), fee), []
    for _ in range(times):
        trade = pool.swap_exact_in(amount_in)
        pool = trade.pool
        received.append(float(trade.amount_out))
    return received


@lab.question(
    "follow_the_money",
    points=3,
    hints=(
        ("Count everything in dollars at the price before the trade: what was paid, what came back, and the fee."),
        (
            "The whole loss is what the payment was worth less what came back; the fee is its part of what the "
            "payment was worth; take it off for the rest."
        ),
    ),
)
def _follow_the_money(rng: np.random.Generator, follow_the_money: Any) -> Iterator[Part]:
    trade = amount, x, y, fee = _trade(rng)
    price, out = y / x, _out(*trade)
    lost = amount * price - out
    fee_paid = amount * fee * price
    yield equal(
        1,
        follow_the_money,
        trade,
        lost,
        {
            "The amount paid in and the amount received are different tokens: turn the first into the second at the "
            "price before the trade.": amount - out,
            "This is the price impact alone; the trader loses the fee as well.": lost - fee_paid,
            "The sign is turned round: a loss is counted as a positive number here.": -lost,
        },
        item=0,
    )
    yield equal(
        1,
        follow_the_money,
        trade,
        fee_paid,
        {
            "The fee is counted in the token paid in; turn it into the other at the price before the trade.": amount
            * fee,
            "The fee is a part of what is paid in, not of what comes out.": out * fee,
        },
        item=1,
    )
    yield equal(
        1,
        follow_the_money,
        trade,
        lost - fee_paid,
        {"This is the whole loss; the fee is a part of it that has been counted already.": lost},
        item=2,
    )


@lab.question(
    "turning_amount",
    points=3,
    hints=(
        "At the turning point both bring the same. What does each bring for an amount that you do not know yet?",
        (
            "Write the two as an equation and solve it for the amount; or let a loop halve an interval, at one end of "
            "which the pool is better and at the other the exchange."
        ),
    ),
)
def _turning_amount(rng: np.random.Generator, turning_amount: Any) -> Iterator[Part]:
    for fee in (0.0, 0.003):
        _, x, y, _ = _trade(rng, fee)
        taker = float(rng.choice([0.004, 0.006, 0.01, 0.015]))
        right = x * (taker - fee) / ((1 - fee) * (1 - taker))
        yield equal(
            1,
            turning_amount,
            (x, y, fee, taker),
            right,
            {
                "The pool's own fee is missing: for a small amount it is all that the pool costs.": x
                * taker
                / (1 - taker),
                "Counted in the wrong token: the amount is paid in the first.": right * y / x,
                "Here the price after the trade is compared. The trader gets the average price of the whole trade.": (
                    x * (((1 - fee) / (1 - taker)) ** 0.5 - 1) / (1 - fee)
                ),
                "This is a part of the reserve; the amount is asked for.": right / x,
            },
            tolerance=1e-3,
        )
    _, x, y, _ = _trade(rng)
    never = turning_amount(x, y, 0.01, 0.004)
    yield matches(
        1,
        "Where the pool's fee is 1 % and the exchange takes 0.4 %, the answer",
        never,
        0.0,
        {
            "A negative amount cannot be traded: if the pool is never the better place, say 0.": (
                x * (0.004 - 0.01) / (0.99 * 0.996)
            )
        },
    )


__all__ = ["check", "lab", "progress"]
