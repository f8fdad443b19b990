"""What votes cost: bought from a pool, borrowed, rented."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf, sqrt
from typing import Any

import numpy as np

from defi_lib.labs.governance.attack_and_defend.world import Loan, price_to_borrow, price_to_buy, price_to_rent
from defi_lib.labs.kit import Lab, Part, matches, round_number, together

lab = Lab("5.2")
check, progress = lab.check, lab.progress


def _pool(rng: np.random.Generator) -> tuple[float, tuple[float, float]]:
    """Tokens to buy, and the pool."""
    size = round_number(rng, 1e6, 5e7)
    return float(f"{size * rng.uniform(0.15, 0.7):.3g}"), (size, float(f"{size * rng.uniform(0.3, 9):.3g}"))


@lab.question(
    "buy",
    points=3,
    hints=(
        "The product of what the pool holds stays the same: when you buy, when others trade, and when you sell.",
        "Three pools: after you bought; when others have brought the price where it will be; after you sold.",
    ),
)
def _buy(rng: np.random.Generator, buy: Any) -> Iterator[Part]:
    for fall in (0.0, round(rng.uniform(0.2, 0.7), 2)):
        tokens, pool = _pool(rng)
        x, y = pool
        price, paid = y / x, y * tokens / (x - tokens)
        right = price_to_buy(tokens, pool, fall)
        root = sqrt(1 - fall)
        mistakes = {
            "Tokens are not to be had at the pool's price: each makes the next one dearer.": (
                tokens * price - y * root * tokens / (x / root + tokens)
            ),
            "Each token that you take makes the next dearer: the product of the pool's two sides stays the same.": (
                y * tokens / x
            ),
            "This is what you pay; some of it comes back when the tokens are sold.": paid,
            "This is what comes back; asked for is the cost, what you paid less that.": paid - right,
            "The sign: the cost is what you paid, less what comes back.": -right,
            "You do not sell them all at the pool's price: each token sold makes the next one cheaper.": (
                paid - tokens * price * (1 - fall)
            ),
            "You sell into the pool as you left it; others have traded since, and the price is down again.": (
                paid * fall
            ),
        }
        if fall:
            mistakes |= {
                "After the fall the pool holds more tokens than before, and fewer dollars: the product stays.": (
                    paid - y * (1 - fall) * tokens / (x + tokens)
                ),
                "The price falls by `fall` of what it was before: this is the cost if it does not fall.": (
                    paid - y * tokens / (x + tokens)
                ),
                "This is the fall of what was left, not of the price: the pool's sides move with the square root.": (
                    paid - y * (1 - fall) * tokens / (x / (1 - fall) + tokens)
                ),
            }
        said = f"`buy({tokens:.12g}, {_written(pool)}, {fall})`"
        yield matches(1, said, buy(tokens, pool, fall), right, mistakes)
    tokens, pool = _pool(rng)
    near = float(f"{0.9 * pool[0]:.4g}")
    empty = "A pool never sells its last token, whatever you pay: the cost is `inf`, for all it has and for more."
    cases = []
    for wanted in (near, pool[0], 2 * pool[0]):
        right, said = price_to_buy(wanted, pool, 0.1), f"`buy({wanted:.12g}, {_written(pool)}, 0.1)`"
        part = matches(1, said, buy(wanted, pool, 0.1), right)
        cases.append(part.said(f"{said}: {empty}") if right == inf else part)
    yield together(1, *cases)


def _written(pair: tuple[float, float]) -> str:
    return f"({pair[0]:.12g}, {pair[1]:.12g})"


@lab.question(
    "borrow",
    points=3,
    hints=(
        "Three things: are there enough tokens, do they vote, and what do they cost: a fee, and interest for the days.",
        "Before you count money, find the two cases in which no money helps. Then both parts of the cost.",
    ),
)
def _borrow(rng: np.random.Generator, borrow: Any) -> Iterator[Part]:
    def ask(tokens: float, price: float, loan: Loan, snapshot: bool, mistakes: dict[str, float] | None = None) -> Part:
        said = f"`borrow({tokens:.12g}, {price}, {loan}, {snapshot})`"
        right = price_to_borrow(tokens, price, loan, snapshot)
        return matches(1, said, borrow(tokens, price, loan, snapshot), right, mistakes)

    price = round_number(rng, 0.3, 9)
    loan = Loan(round_number(rng, 2e6, 9e6), round(rng.uniform(0.001, 0.01), 4), round(rng.uniform(0.05, 0.5), 2), 4)
    tokens = float(f"{loan.available * rng.uniform(0.3, 0.9):.3g}")
    fee, year = tokens * price * loan.fee, tokens * price * loan.rate
    yield ask(
        tokens,
        price,
        loan,
        True,
        {
            "This is in tokens; asked for are dollars.": (fee + year * loan.days / 365) / price,
            "The rate is for a year, and you borrow for days: a year has 365.": fee + year,
            "The rate is for a year: divide by 365.": fee + year * loan.days,
            "The fee is missing, which is due however short the loan.": year * loan.days / 365,
            "The interest is missing.": fee,
            "The fee is paid once, not for each day.": fee * loan.days + year * loan.days / 365,
            "You give the tokens back: only fee and interest are lost.": (
                tokens * price + fee + year * loan.days / 365
            ),
            "A year has 365 days here.": fee + year * loan.days / 360,
        },
    )
    enough = "there are just so many: enough."
    few = "there are not so many, whatever you pay: `inf`."
    exactly = ask(loan.available, price, loan, True)
    more = ask(loan.available + 1, price, loan, True)
    yield together(
        1,
        exactly.said(f"With {loan.available:,.0f} tokens to be borrowed and as many needed, {enough}"),
        more.said(f"With {loan.available:,.0f} tokens to be borrowed and one more needed, {few}"),
    )
    flash = loan._replace(rate=0.0, days=0)
    now, before = ask(tokens, price, flash, False), ask(tokens, price, flash, True)
    long = ask(tokens, price, loan, True)
    yield together(
        1,
        now.said(f"A flash loan votes where votes of now count: for its fee of {flash.fee:.2%}."),
        before.said("A flash loan was not there in an earlier block: with a snapshot it has no vote, say `inf`."),
        long.said(f"A loan of {loan.days} days is there when the votes are counted: with a snapshot it votes too."),
    )


@lab.question(
    "rent",
    points=2,
    hints=(
        "Whom would you pay first? And do you need all the votes of the last one whom you pay?",
        "Bring the offers into an order. From each take what it has or what you still need, whichever is less.",
    ),
)
def _rent(rng: np.random.Generator, rent: Any) -> Iterator[Part]:
    while True:
        offers = [(float(n) * 1_000, round(rng.uniform(0.05, 0.9), 2)) for n in rng.integers(20, 900, 4)]
        total = sum(offered for offered, _ in offers)
        wanted = float(round(total * rng.uniform(0.45, 0.7)))
        falling = sorted(offers, key=lambda each: -each[1])
        right = price_to_rent(wanted, offers)
        last, whole, reached = 0.0, 0.0, 0.0
        for offered, dollars in sorted(offers, key=lambda each: each[1]):
            if reached < wanted:
                reached, last, whole = reached + offered, dollars, whole + offered * dollars
        mistakes = {
            "The offers are taken as they come; the cheapest come first.": _in_turn(wanted, offers),
            "The dearest are taken first here.": _in_turn(wanted, falling),
            "You need not take all the votes of the last one whom you pay.": whole,
            "Each holder gets what they ask, not what the last one asks.": wanted * last,
            "This is the price of the cheapest for all; it has not so many votes.": (
                wanted * min(each for _, each in offers)
            ),
            "This is the mean price; you choose whom you pay.": wanted * float(np.mean([each for _, each in offers])),
            "These are all the offers; you need only a part.": sum(n * dollars for n, dollars in offers),
        }
        if len({round(each, 2) for each in (right, *mistakes.values())}) == len(mistakes) + 1:
            break
    said = f"`rent({wanted:.0f}, {offers})`"
    yield matches(1, said, rent(wanted, offers), right, mistakes)
    everything = matches(1, f"`rent({total:.0f}, {offers})`", rent(total, offers), price_to_rent(total, offers))
    more = matches(1, "", rent(total + 1, offers), inf)
    yield together(
        1,
        everything.said(f"{total:,.0f} votes are for rent in {offers}: who needs just so many gets them."),
        more.said(f"Only {total:,.0f} votes are for rent in {offers}: for one more no money is enough, say `inf`."),
    )


def _in_turn(wanted: float, offers: list[tuple[float, float]]) -> float:
    """What votes cost if the offers are taken in this order."""
    paid = 0.0
    for offered, dollars in offers:
        taken = min(wanted, offered)
        paid, wanted = paid + taken * dollars, wanted - taken
    return paid
