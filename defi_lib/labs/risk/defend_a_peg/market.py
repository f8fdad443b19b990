"""A coin's price while redemption is shut, beside a peg module, and with buyers who have little money."""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from defi_lib.labs.kit import Part, matches, together
from defi_lib.labs.risk.defend_a_peg.runs import lab
from defi_lib.labs.risk.defend_a_peg.world import pool_of
from defi_lib.risk import hold_peg, shut_weekend

#: A module, or buyers, with as much as anybody can want.
PLENTY = 1e6


def _pool(rng: np.random.Generator) -> tuple[float, float]:
    """Coins and dollars in millions, at a price of one."""
    side = float(f"{rng.uniform(20, 90):.2g}")
    return side, side


def _some(rng: np.random.Generator, amount: float, low: float, high: float) -> float:
    """A part of it, in three digits."""
    return float(f"{amount * rng.uniform(low, high):.3g}")


def _written(*arguments: Any) -> str:
    def one(value: Any) -> str:
        return f"({', '.join(map(one, value))})" if isinstance(value, tuple) else f"{value:.12g}"

    return ", ".join(map(one, arguments))


def price_on_weekend(pool: tuple[float, float], sold: float, doubted: float, recovery: float, capital: float) -> float:
    """The price after the sellers and the buyers."""
    return float(shut_weekend(pool_of(pool), sold, doubted, recovery, capital).price)


@lab.question(
    "weekend_price",
    points=2,
    hints=(
        "First the sale: the pool's product stays. Then: what do buyers think a coin is worth, and is it cheaper?",
        "Dollars that lift the price to `p`: the pool then holds `sqrt(product * p)` of them. Have the buyers so many?",
    ),
)
def _weekend_price(rng: np.random.Generator, weekend_price: Any) -> Iterator[Part]:
    def ask(given: tuple[Any, ...], mistakes: dict[str, Any]) -> Part:
        said = f"`weekend_price({_written(*given)})`"
        return matches(1, said, weekend_price(*given), price_on_weekend(*given), mistakes)

    doubted, recovery = round(rng.uniform(0.06, 0.15), 3), round(rng.uniform(0.2, 0.45), 2)
    worth = 1 - doubted * (1 - recovery)
    (x, y), product = (pool := _pool(rng)), pool[0] * pool[1]
    sold = _some(rng, x, 0.12, 0.3)
    coins, dollars = x + sold, product / (x + sold)
    needed = sqrt(product * worth) - dollars
    few = _some(rng, needed, 0.3, 0.7)
    fallen = dollars / coins
    yield ask(
        (pool, sold, doubted, recovery, few),
        {
            "The buyers are missing.": fallen,
            "The buyers have not enough dollars to lift the price so far.": worth,
            "Buyers take coins out for their dollars: the product stays.": (dollars + few) / coins,
            "This is what a seller got on average; asked for is the price at the end.": (y - dollars) / sold,
            "Sellers and buyers meet in the pool, one after the other; the pool's product is the same throughout.": (
                (y + few) ** 2 / product
            ),
        },
    )
    much = _some(rng, needed, 2, 4)
    rich = (pool, sold, doubted, recovery, much)
    calm = (pool, _some(rng, x, 0.002, 0.01), doubted, recovery, much)
    above = price_on_weekend(*calm)
    yield together(
        1,
        ask(
            rich,
            {
                "Buyers stop where a coin costs what they think it is worth.": (dollars + much) ** 2 / product,
                "Buyers expect the part `recovery` of what is in doubt back.": 1 - doubted,
                "The part that comes back is not lost: lost is the rest of it.": 1 - doubted * recovery,
                "Buyers do not pay a dollar while a part is in doubt.": 1.0,
                "The buyers are missing.": fallen,
            },
        ),
        ask(
            calm,
            {
                f"After a small sale the price is {above:.4f}, above what a coin is worth: nobody buys then.": worth,
                f"The price is {above:.4f} after the sale, above what buyers think a coin is worth: none buys.": (
                    (product / (x + calm[1]) + much) ** 2 / product
                ),
                "This sale is small, but it moves the price.": 1.0,
            },
        ),
    )


def price_with_module(pool: tuple[float, float], sold: float, module: float, fee: float) -> tuple[float, float]:
    """The price at the end of the day, and the dollars that are left in the module."""
    run = hold_peg([sold], pool_of(pool), gem=module, tout=fee, capital=PLENTY)
    return float(run.price[0]), float(run.gem[0])


@lab.question(
    "defended",
    points=2,
    hints=(
        "Buying in the pool and bringing to the module pays below `1 / (1 + fee)`. With how many coins is it there?",
        "The pool is there with `sqrt(product * (1 + fee))` coins. For the rest the module pays `1 / (1 + fee)` each, "
        "as long as it can.",
    ),
)
def _defended(rng: np.random.Generator, defended: Any) -> Iterator[Part]:
    def ask(given: tuple[Any, ...], mistakes: dict[str, Any]) -> Part:
        said = f"`defended({_written(*given)})`"
        return matches(1, said, defended(*given), price_with_module(*given), mistakes)

    pool, fee = _pool(rng), round(rng.uniform(0.002, 0.02), 4)
    (x, _), product = pool, pool[0] * pool[1]
    at_floor, floor = sqrt(product * (1 + fee)), 1 / (1 + fee)
    sold = _some(rng, x, 0.15, 0.4)
    coins = x + sold - at_floor
    large, small = _some(rng, coins, 1.3, 3), _some(rng, coins, 0.3, 0.7)
    paid = product / at_floor - product / (x + sold)
    yield ask(
        (pool, sold, large, fee),
        {
            "With a fee nobody brings coins until the price is a dollar: it stops paying below.": (1.0, large - sold),
            "A coin and the fee are asked for a dollar: the module pays `1 / (1 + fee)` for a coin.": (
                1 - fee,
                large - coins * (1 - fee),
            ),
            "The pool bears a part of the sale; only the rest reaches the module.": (floor, large - sold * floor),
            "Who brings a coin gets `1 / (1 + fee)` dollars out of the module, not a whole one.": (
                floor,
                large - coins,
            ),
            "What buyers pay in the pool is theirs; the module pays for the coins that they bring.": (
                floor,
                large - paid,
            ),
            "This is what the module paid; asked for is what is left.": (floor, coins * floor),
            "The module is missing.": (product / (x + sold) ** 2, large),
        },
    )
    tiny = _some(rng, at_floor - x, 0.3, 0.8)
    calm = product / (x + tiny) ** 2
    yield together(
        1,
        ask(
            (pool, sold, small, fee),
            {
                "The module is empty before the price is back.": (floor, 0.0),
                "A module cannot pay more than it has.": (floor, small - coins * floor),
                "For each dollar of the module a coin and the fee are brought: it takes more coins than dollars.": (
                    product / (x + sold - small) ** 2,
                    0.0,
                ),
                "For each dollar of the module `1 + fee` coins are brought, not fewer than one.": (
                    product / (x + sold - small * floor) ** 2,
                    0.0,
                ),
            },
        ),
        ask(
            (pool, tiny, large, fee),
            {
                f"After a small sale the price is {calm:.5f}, above {floor:.5f}: nobody uses the module.": (
                    floor,
                    large,
                ),
                f"A price of {calm:.5f} is above what the module pays, {floor:.5f}: nobody brings a coin.": (
                    floor,
                    large - (x + tiny - at_floor) * floor,
                ),
            },
        ),
    )


def prices(
    pool: tuple[float, float], sold: float, fee: float, capital: float, bound: int, days: int
) -> NDArray[np.float64]:
    """The price at the end of each day after one large sale on the first."""
    flows = np.zeros(days)
    flows[0] = sold
    return hold_peg(flows, pool_of(pool), gem=PLENTY, tout=fee, capital=capital, bound=bound).price


def _mistaken(given: tuple[Any, ...], *, floor: float = 0.0, gain: bool = True, again: bool = True) -> list[float]:
    """The same path with a mistake: another floor, no gain kept, money that never comes back."""
    (x, y), sold, fee, free, bound, days = given
    product, floor, coming = x * y, floor or 1 / (1 + fee), [0.0] * days
    coins, found = x + sold, []
    for day in range(days):
        free += coming[day]
        dollars = product / coins
        spent = min(free, max(sqrt(product * floor) - dollars, 0.0))
        bought = coins - product / (dollars + spent)
        coins, free = coins - bought, free - spent
        if again and day + bound < days:
            coming[day + bound] += bought / (1 + fee) if gain else spent
        found.append(product / coins**2)
    return found


@lab.question(
    "price_path",
    points=3,
    hints=(
        "Go day by day: which dollars are free, how many does the pool need up to the module's price, what comes back?",
        "Keep a list of what will be free on each day. A trade of day `t` adds what the module paid to `t + bound`.",
    ),
)
def _price_path(rng: np.random.Generator, price_path: Any) -> Iterator[Part]:
    days = 10

    def ask(given: tuple[Any, ...], mistakes: dict[str, Any] | None = None) -> Part:
        said = f"`price_path({_written(*given)})`"
        return matches(1, said, price_path(*given), tuple(prices(*given)), mistakes)

    def draw(bound: int) -> tuple[Any, ...]:
        (x, y), fee = _pool(rng), round(rng.uniform(0.002, 0.01), 4)
        sold = _some(rng, x, 0.3, 0.5)
        needed = sqrt(x * y / (1 + fee)) - x * y / (x + sold)
        return (x, y), sold, fee, _some(rng, needed * bound, 0.08, 0.12), bound, days

    for bound in (1, 3):
        given = draw(bound)
        mistakes: dict[str, Any] = {
            "What the module paid is free again later, and buys once more.": _mistaken(given, again=False),
            "Buyers keep what they gain: the module pays more for the coins than they cost.": _mistaken(
                given, gain=False
            ),
            "The price at the end of each day is asked for, the first day's after the buyers.": [
                (given[0][0] / (given[0][0] + given[1])) ** 2,
                *_mistaken(given)[:-1],
            ],
            "With a fee buyers stop at `1 / (1 + fee)`, not at a dollar.": _mistaken(given, floor=1.0),
        }
        if bound > 1:
            mistakes |= {
                f"The dollars of a trade are free again after {bound} days, not on the next.": _mistaken(
                    (*given[:4], 1, days)
                ),
                f"The dollars of day 1 are free again on day {1 + bound}: you count a day too many.": _mistaken(
                    (*given[:4], bound + 1, days)
                ),
                f"The dollars of day 1 are free again on day {1 + bound}: you count a day too few.": _mistaken(
                    (*given[:4], bound - 1, days)
                ),
            }
        yield ask(given, {said: tuple(path) for said, path in mistakes.items()})
    pool, sold, fee, capital, *_ = draw(1)
    cases = (
        ((pool, sold, fee, 50 * capital, 1, 4), "With so much money the price is back on the first day, and stays."),
        ((pool, sold, fee, 0.0, 2, 4), "Without money nobody buys: the price stays where the sale left it."),
        (
            (pool, _some(rng, pool[0] * fee, 0.1, 0.4), fee, capital, 1, 4),
            "After so small a sale nobody gains by buying.",
        ),
    )
    parts = [ask(given) for given, _ in cases]
    yield together(1, *(part.said(f"{part.mistake} {said}") for part, (_, said) in zip(parts, cases, strict=True)))
