"""Question 6: how much passers-by must trade until providing liquidity beats a drawer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from defi_lib.exchange import ConstantProductPool, arbitrage_outside
from defi_lib.labs.exchange.liquidity_and_mev.shared import lab, random_pool
from defi_lib.labs.kit import Part, equal

#: What an arbitrageur pays in: ether and dollars.
Payment = tuple[float, float]


@lab.question(
    "turning_volume",
    points=3,
    hints=(
        "Go along the prices with one pool: let `arbitrage` say what is paid in, and keep the pool that is left.",
        (
            "In the end compare what the pool holds with what it held first, both at the last price. Of a dollar that "
            "passers-by trade, the fee makes up for it."
        ),
    ),
)
def _turning_volume(rng: np.random.Generator, arbitrage: Any, turning_volume: Any) -> Iterator[Part]:
    ether, dollars, fee = random_pool(rng)
    prices = _path(rng, dollars / ether)
    question = prices, ether, dollars, fee
    gain, volume = _followed(*question, _best)
    last = _followed(prices[-1:], ether, dollars, fee, _best)
    each = [_followed([price], ether, dollars, fee, _best)[0] for price in prices]
    for item, mistakes in (
        (
            0,
            {
                "The arbitrageurs trade at every price of the list, not at the last one only.": last[0],
                "Every correction meets the untouched pool: go on with the pool that the one before left behind.": sum(
                    each
                ),
                "The sign is turned round: what they receive, less what they pay, is their gain.": -gain,
                "This is what passers-by must trade to pay for the arbitrageurs; the gain comes first.": gain / fee,
            },
        ),
        (
            1,
            {
                "The arbitrageurs trade at every price of the list, not at the last one only.": last[1],
                "This is how far you are behind the drawer; a dollar that is traded brings only the fee.": volume * fee,
                "What arbitrageurs gained is not what you are behind: compare what the pool holds with the drawer.": (
                    gain / fee
                ),
                "The sign is turned round: a volume is positive.": -volume,
            },
        ),
    ):
        part = equal(1, turning_volume, question, (gain, volume)[item], mistakes, item=item)
        if part.mistake:  # one in `arbitrage` is not counted twice
            own = equal(1, turning_volume, question, _followed(*question, arbitrage)[item], item=item)
            part = part if own.mistake else own
        yield part
    ether, dollars, fee = random_pool(rng)
    start = float(f"{dollars / ether:.6g}")
    back = [float(f"{start * rng.uniform(1.5, 3):.4g}"), start]
    behind = _behind(back, ether, dollars, fee, _best)
    yield equal(
        1,
        turning_volume,
        (back, ether, dollars, fee),
        0.0,
        {"You are ahead of the drawer without passers-by: then the answer is 0, not below.": behind / fee},
        item=1,
    )


def _path(rng: np.random.Generator, price: float) -> list[float]:
    """Four prices, each far from the one before, the last far from where it began."""
    up = rng.choice([-1, 1])
    steps = np.array([up, -up, up, up]) * rng.uniform(0.15, 0.35, 4)
    return [float(f"{each:.4g}") for each in price * np.exp(np.cumsum(steps))]


def _best(price: float, ether: float, dollars: float, fee: float) -> Payment:
    best = arbitrage_outside(ConstantProductPool((ether, dollars), fee), price)
    return float(best.sold.amount_in), float(best.bought.amount_in)


def _after(
    prices: Sequence[float], ether: float, dollars: float, fee: float, correct: Callable[..., Payment]
) -> tuple[float, ConstantProductPool]:
    """Gain of the arbitrageurs (dollars), and the pool that they leave behind."""
    pool, gain = ConstantProductPool((ether, dollars), fee), 0.0
    for price in prices:
        sold, bought = (float(each) for each in correct(price, *map(float, pool.reserves), fee))
        sale = pool.swap_exact_in(sold)
        purchase = sale.pool.swap_exact_in(bought, 1, 0)
        gain += float(sale.amount_out - sold * price + purchase.amount_out * price - bought)
        pool = purchase.pool
    return gain, pool


def _behind(
    prices: Sequence[float], ether: float, dollars: float, fee: float, correct: Callable[..., Payment]
) -> float:
    """Dollars by which the pool is behind a drawer with the same coins, at the last price."""
    _gain, pool = _after(prices, ether, dollars, fee, correct)
    held, worth = map(float, pool.reserves)
    return (ether - held) * prices[-1] + dollars - worth


def _followed(
    prices: Sequence[float], ether: float, dollars: float, fee: float, correct: Callable[..., Payment]
) -> tuple[float, float]:
    """The right answer, if ``correct`` says what arbitrageurs pay in."""
    behind = _behind(prices, ether, dollars, fee, correct)
    return _after(prices, ether, dollars, fee, correct)[0], max(behind, 0.0) / fee
