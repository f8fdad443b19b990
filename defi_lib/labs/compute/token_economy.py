"""Checks of ``labs/7_compute/03_token_economy.ipynb``."""

from __future__ import annotations

from collections.abc import Iterator
from math import exp, inf
from typing import Any, NamedTuple

import numpy as np

from defi_lib.compute import burn_and_mint, emission_share, provider_income, run_treasury, stationary_price
from defi_lib.labs.compute.network import (
    NETWORK,
    TREASURY,
    Emission,
    Market,
    Network,
    draw_markets,
    live,
    show_survival,
    show_who_paid,
)
from defi_lib.labs.kit import Lab, Part, equal, holds, matches, round_number

__all__ = ["NETWORK", "TREASURY", "Market", "Network", "check", "draw_markets", "lab", "show_survival", "show_who_paid"]

lab = Lab()
check = lab.check

#: Markets of each kind that a design must live through.
DRAWS = 3


@lab.question("burn_mint", points=2)
def _burn_mint(rng: np.random.Generator, burn_mint: Any) -> Iterator[Part]:
    supply, price = round_number(rng, 1e5, 1e6), round_number(rng, 0.1, 5)
    while True:
        minted, burned = round_number(rng, 1e3, 1e4), round_number(rng, 1e3, 1e4)
        if max(minted / burned, burned / minted) > 1.2:
            break
    spent = round_number(rng, 0.999 * burned * price, 1.001 * burned * price)
    month = burn_and_mint(spent, price, minted)
    arguments = (supply, minted, spent, price)
    burned, after = float(month.burned), supply + float(month.supply_change)
    yield equal(
        0.5,
        burn_mint,
        arguments,
        burned,
        {
            "These are dollars; asked for is how many tokens they buy at this price.": spent,
            "Dollars times price is no number of tokens: divide.": spent * price,
            "Tokens, not their change: this is what supply loses or gains.": abs(minted - burned),
        },
        item=0,
    )
    yield equal(
        1,
        burn_mint,
        arguments,
        after,
        {
            "Customers spent dollars; take off the *tokens* that these buy.": supply + minted - spent,
            "What is minted is added, what is burned is taken off; you turned it round.": supply - minted + burned,
            "The new tokens are missing.": supply - burned,
            "Nothing was burned.": supply + minted,
            "This is the change of the supply; asked for is the supply afterwards.": after - supply,
            "Burned tokens are gone: take them off.": supply + minted + burned,
        },
        item=1,
    )
    at_rest = _items(burn_mint(supply, minted, spent, spent / minted), 2)[1]
    yield holds(
        0.5,
        abs(at_rest - supply) < 1e-6 * minted,
        f"At a price of {spent:g}/{minted:g} dollars as much is burned as is minted, and supply should stay; yours "
        f"changes by {at_rest - supply:g}.",
    )


def _items(result: Any, count: int) -> list[float]:
    """The numbers of a student's result; ``nan`` where there are too few."""
    numbers = list(np.asarray(result, dtype=float).ravel()[:count])
    return [float(number) for number in numbers] + [np.nan] * (count - len(numbers))


@lab.question("token_price", points=3)
def _token_price(rng: np.random.Generator, token_price: Any, burn_mint: Any) -> Iterator[Part]:
    supply, belief = round_number(rng, 1e5, 1e6), round_number(rng, 1e5, 1e6)
    part = rng.uniform(0.03, 0.15)
    for points, direction in ((1.0, 1), (0.0, -1)):  # a price above that of rest, and one below
        minted = float(f"{supply * part:.3g}")
        spent = float(f"{belief * part * rng.uniform(0.4, 0.7) ** direction:.3g}")
        arguments = (supply, minted, spent, belief)
        price, rest = (belief + spent) / (supply + minted), float(stationary_price(spent, minted))
        change = _items(burn_mint(supply, minted, spent, price), 2)[1] - supply
        if points:
            yield equal(points, token_price, arguments, price, _price_mistakes(*arguments), item=0)
            yield equal(
                0.5,
                token_price,
                arguments,
                rest,
                {
                    "The fraction is turned round: dollars over tokens.": minted / spent,
                    "Supply rests where what is spent buys as many tokens as are minted; belief has no part in it.": (
                        belief / supply
                    ),
                },
                item=1,
            )
        yield equal(
            0.5,
            token_price,
            arguments,
            change,
            {
                "The sign is turned round: supply afterwards less supply before.": -change,
                "This is the supply afterwards; asked for is by how much it changes.": supply + change,
                "The month takes place at the price of the market, not at that of rest.": 0.0,
                "What is burned is missing.": minted,
            },
            item=2,
        )
    yield matches(
        0.5,
        "If nothing is minted, supply falls at any price: the price at which it rests",
        _items(token_price(supply, 0.0, spent, belief), 2)[1],
        inf,
    )


def _price_mistakes(supply: float, minted: float, spent: float, belief: float) -> dict[str, float]:
    return {
        "The new tokens are there already: divide by them as well.": (belief + spent) / supply,
        "The customers' dollars are missing. They buy from the holders, and what is left must be worth what holders "
        "believe.": belief / (supply + minted),
        "New tokens and the customers' dollars both count.": belief / supply,
        "Customers bring dollars to the market: add them.": (belief - spent) / (supply + minted),
        "The values are swapped: first the price of the market, then that at which supply rests.": spent / minted,
    }


@lab.question("provider_pay", points=3)
def _provider_pay(rng: np.random.Generator, provider_pay: Any) -> Iterator[Part]:
    providers, cost = float(rng.integers(50, 500)), round_number(rng, 50, 300)
    price = round_number(rng, 0.2, 0.8)
    minted = float(f"{providers * cost * rng.uniform(0.3, 0.9) / price:.3g}")
    revenue = float(f"{providers * cost * rng.uniform(0.3, 0.9):.3g}")
    arguments = (minted, price, revenue, providers, cost)
    income = float(provider_income(minted, price, revenue, providers))
    share = float(emission_share(minted, price, revenue))
    all_pay = minted * price + revenue
    yield equal(
        1,
        provider_pay,
        arguments,
        income,
        {
            "Tokens are not dollars: multiply by the price.": (minted + revenue) / providers,
            "What customers pay is missing.": minted * price / providers,
            "The new tokens are missing.": revenue / providers,
            "This is the pay of all of them; each gets its part.": all_pay,
            "The cost is not taken off here: what does a provider *get*?": income - cost,
        },
        item=0,
    )
    yield equal(
        1,
        provider_pay,
        arguments,
        share,
        {
            "Divide by all that providers get, not by what customers pay.": minted * price / revenue,
            "This is the part that customers pay.": 1 - share,
            "This is a percentage; give a ratio, 0.4 for 40 %.": 100 * share,
            "Tokens are not dollars: multiply by the price.": minted / (minted + revenue),
        },
        item=1,
    )
    yield equal(
        0.5,
        provider_pay,
        arguments,
        all_pay / cost,
        {
            "This is the pay of one over its cost; how many can live on the pay of *all*?": income / cost,
            "These are those whom customers alone can pay.": revenue / cost,
            "Do not round: a number with a fraction is fine here.": float(all_pay // cost),
            "As many as are there: how many can the pay keep?": providers,
        },
        item=2,
    )
    yield matches(
        0.5,
        "Where nothing is minted and nobody pays, `provider_pay`",
        provider_pay(0.0, price, 0.0, providers, cost),
        (0.0, 0.0, 0.0),
    )


class _Tools(NamedTuple):
    """What a student has built."""

    token_price: Any
    burn_mint: Any
    provider_pay: Any


def _run(network: Network, market: Market, emission: Emission, tools: _Tools, wrong: str = "") -> np.ndarray:
    """Prices, supplies, providers; with a usual mistake, if one is named."""
    supply, providers, left = network.supply, network.providers, network.budget
    last, rows = market.belief[0] / supply, []
    for month, (paid, belief) in enumerate(zip(market.paid, market.belief, strict=True)):
        spent, revenue = network.burned * paid, (1 - network.burned) * paid
        spent = paid if wrong == "all burned" else spent
        revenue = paid if wrong == "all revenue" else revenue
        minted = float(emission(month, last, revenue, left))
        left -= minted
        follow = {"belief": 0.0, "power": 1.0}.get(wrong, network.follow)
        worth = belief * (providers / network.providers) ** follow
        price = _items(tools.token_price(supply, minted, spent, worth), 2)[0]
        before, supply = supply, _items(tools.burn_mint(supply, minted, spent, price), 2)[1]
        income = _items(tools.provider_pay(minted, price, revenue, providers, network.cost), 3)[0]
        change = (income - network.cost) / (network.cost if wrong == "max" else max(income, network.cost))
        factor = 1 + network.speed * change if wrong == "exp" else exp(network.speed * change)
        after = providers if wrong == "still" else providers * factor
        rows.append((price, before if wrong == "before" else supply, after if wrong == "after" else providers))
        providers, last = after, price
    return np.array(rows).T


_RUN_MISTAKES = {
    "all burned": "Only the part `network.burned` of what customers pay buys tokens; here all of it does.",
    "all revenue": "What is burned does not reach providers: their revenue is the rest of what customers pay.",
    "belief": "Belief follows providers: multiply it by `(providers / network.providers) ** network.follow`.",
    "power": "The exponent is missing: `(providers / network.providers) ** network.follow`.",
    "max": "The change is measured by the larger of income and cost: `max(income, network.cost)`.",
    "exp": "The number of providers is multiplied by `exp(network.speed * change)`.",
    "still": "The providers never change: they come and leave after each month.",
    "after": "The list holds those who worked *in* the month, not those who will work in the next.",
    "before": "The list of supplies holds the supply *after* each month.",
}


def _small_world(rng: np.random.Generator, months: int) -> tuple[Network, Market, list[float]]:
    """A small network in which pay is above cost and below it in turn, its market, and tokens to mint each month."""
    providers, cost = float(rng.integers(50, 200)), float(rng.integers(40, 90))
    supply, burned = round_number(rng, 1e5, 5e5), float(f"{rng.uniform(0.2, 0.5):.2g}")
    network = Network(
        supply,
        float(f"{0.5 * supply:.3g}"),
        providers,
        cost,
        burned,
        float(f"{rng.uniform(0.3, 0.8):.2g}"),
        float(f"{rng.uniform(0.1, 0.4):.2g}"),
    )
    need = providers * cost
    factors = np.where(np.arange(months) % 2 == 0, 1.6, 0.5) * rng.uniform(0.9, 1.1, months)
    paid = [float(f"{0.5 * need * factor / (1 - burned):.3g}") for factor in factors]
    belief = [float(f"{supply * factor:.3g}") for factor in np.exp(np.cumsum(rng.normal(0, 0.2, months)))]
    minted = [float(f"{0.5 * need * supply / worth * rng.uniform(0.8, 1.2):.3g}") for worth in belief]
    return network, Market(paid, belief), minted


class _Asked:
    """A rule that remembers what it was asked."""

    def __init__(self, rule: Emission) -> None:
        self.rule, self.told = rule, list[tuple[float, ...]]()

    def __call__(self, month: int, price: float, revenue: float, left: float) -> float:
        self.told.append((month, price, revenue, left))
        return self.rule(month, price, revenue, left)

    def differs(self, right: _Asked) -> tuple[int, str]:
        """The first thing that it was told wrongly, and in which month; nothing if there is none."""
        if len(self.told) != len(right.told):
            asked = f"{len(right.told)} in all; yours asks it {len(self.told)} times"
            return 0, f"The rule is asked once in each month: {asked}."
        names = (
            "the month",
            "the price of the month before (at first, belief over supply)",
            "the revenue of providers",
            "what is left of the budget",
        )
        for month, (told, true) in enumerate(zip(self.told, right.told, strict=True)):
            for name, one, other in zip(names, told, true, strict=True):
                if abs(one - other) > 1e-6 * abs(other):
                    return month, f"In month {month} the rule is told {one:.6g}; {name} is {other:.6g}."
        return 0, ""


@lab.question("run", points=4)
def _run_question(
    rng: np.random.Generator, run: Any, token_price: Any, burn_mint: Any, provider_pay: Any
) -> Iterator[Part]:
    tools = _Tools(token_price, burn_mint, provider_pay)
    network, market, tokens = _small_world(rng, 6)

    def planned(month: int, *_: float) -> float:
        return tokens[month] if month in range(len(tokens)) else 0.0

    def watchful(_: int, price: float, revenue: float, left: float) -> float:
        return 0.3 * revenue / price + 0.05 * left

    short = Market(market.paid[:1], market.belief[:1])
    for points, path, rule in ((1, short, planned), (2, market, planned), (1, market, watchful)):
        asked, wanted = _Asked(rule), _Asked(rule)
        right = _run(network, path, wanted, tools)
        mistakes = {
            sentence: _run(network, path, rule, tools, wrong)
            for wrong, sentence in _RUN_MISTAKES.items()
            if len(path.paid) > 1 or wrong not in ("belief", "power", "max", "exp", "still")
        }
        wrong = _same_run(run(network, path, asked), right, mistakes, asked.differs(wanted))
        yield Part(points, wrong)


def _same_run(result: Any, right: np.ndarray, mistakes: dict[str, np.ndarray], asked: tuple[int, str]) -> str:
    """What is wrong first with three lists, compared month by month, or with what the rule was asked."""
    names = ("price", "supply after it", "number of providers in it")
    months = right.shape[1]
    lengths = [np.size(each) for each in result] if isinstance(result, list | tuple | np.ndarray) else []
    if lengths != [months] * 3:
        listed = f"; yours have {', '.join(map(str, lengths))}" if lengths else ""
        return f"`run` should return three lists, with an entry for each of the {months} months{listed}."
    got = np.asarray(result, dtype=float)
    if np.allclose(got, right, rtol=1e-6, atol=0):
        return ""
    for sentence, wrong in mistakes.items():
        if np.allclose(got, wrong, rtol=1e-6, atol=0):
            return sentence
    far = ~np.isclose(got, right, rtol=1e-6, atol=0)
    month = int(np.argmax(far.any(axis=0)))
    if asked[1] and asked[0] <= month:
        return asked[1]
    row = int(np.argmax(far[:, month]))
    return f"In month {month} the {names[row]} should be {right[row, month]:.6g}; yours is {got[row, month]:.6g}."


class _Purse(NamedTuple):
    """A treasury and what comes."""

    cash: float
    tokens: float
    income: list[float]
    spending: float
    prices: list[float]


def _runway(purse: _Purse, wrong: str = "") -> int:
    """Months that are paid; with a usual mistake, if one is named."""
    cash, tokens, income, spending, prices = purse
    if wrong == "rich":
        cash, tokens = cash + tokens * prices[0], 0.0
    for month, (coming, price) in enumerate(zip(income, prices, strict=True)):
        cash += 0 if wrong == "income" else coming
        if wrong == "tokens first":
            sold = min(tokens, spending / price)
            tokens, cash = tokens - sold, cash + sold * price
        elif cash < spending:
            sold = tokens if wrong == "all at once" else min(tokens, (spending - cash) / price)
            tokens, cash = tokens - sold, cash + sold * price
        if cash < spending * (1 - 1e-9):
            return month
        cash -= spending
    return len(prices)


_PURSE_MISTAKES = {
    "rich": "You count the tokens at today's price. They are sold later, and for less.",
    "tokens first": "Cash comes first; tokens are sold only when it is not enough.",
    "all at once": "When cash is short, only as many tokens are sold as are needed, not all at once.",
    "income": "What customers bring in each month is missing.",
}


def _purse(rng: np.random.Generator, earns: bool) -> _Purse:
    """A treasury whose token falls, for which every usual mistake gives another number of months."""
    while True:
        spending, price = round_number(rng, 1e3, 1e5), round_number(rng, 0.2, 5)
        fall, months = rng.uniform(0.03, 0.08), 48
        prices = [float(f"{price * (1 - fall) ** month * rng.uniform(0.97, 1.03):.3g}") for month in range(months)]
        income = [float(f"{spending * earns * rng.uniform(0.15, 0.45):.3g}") for _ in range(months)]
        cash, tokens = spending * rng.uniform(3, 10), spending * rng.uniform(12, 25) / price
        purse = _Purse(float(f"{cash:.3g}"), float(f"{tokens:.3g}"), income, spending, prices)
        named = [wrong for wrong in _PURSE_MISTAKES if earns or wrong != "income"]
        right = _runway(purse)
        results = [right, right + 1, *(_runway(purse, wrong) for wrong in named)]
        if right < months - 5 and len(set(results)) == len(results):
            return purse


@lab.question("runway", points=3)
def _runway_question(rng: np.random.Generator, runway: Any) -> Iterator[Part]:
    for points, earns in ((1, False), (1, True)):
        purse = _purse(rng, earns)
        right = _runway(purse)
        mistakes: dict[str, float | tuple[float, ...]] = {
            sentence: float(_runway(purse, wrong)) for wrong, sentence in _PURSE_MISTAKES.items()
        }
        mistakes["The month that cannot be paid does not count."] = float(right + 1)
        if not earns:  # the library's treasury has no income
            right = int(run_treasury(purse.cash, purse.tokens, purse.spending, purse.prices).runway)
            del mistakes[_PURSE_MISTAKES["income"]]
        what = (
            f"Cash {purse.cash:g}, {purse.tokens:g} tokens, spending {purse.spending:g}, "
            f"{'an income of about 30 % of that' if earns else 'no income'}, a price that falls from "
            f"{purse.prices[0]:g} to {purse.prices[-1]:g}: `runway`"
        )
        answer = runway(purse.cash, purse.tokens, list(purse.income), purse.spending, list(purse.prices))
        yield matches(points, what, answer, float(right), mistakes)
    spending = float(rng.integers(10, 100))
    calm = [1.0] * 12
    yield matches(
        0.5,
        "A treasury that can pay twelve months of twelve: `runway`",
        runway(spending, 0.0, [spending] * 12, spending, calm),
        12.0,
        {"An income as high as the spending keeps a treasury for ever: here, for all the months there are.": 1.0},
    )
    yield matches(
        0.5,
        f"Cash {2 * spending:g}, {spending:g} tokens at 1 dollar, spending {spending:g}: `runway`",
        runway(2 * spending, spending, [0.0] * 12, spending, calm),
        3.0,
        {"A month for which there is exactly enough is paid.": 2.0, "Tokens can be sold as well.": 1.0},
    )


@lab.question("emission", points=3)
def _emission(rng: np.random.Generator, emission: Any, treasury_share: float) -> Iterator[Part]:
    if not 0 <= treasury_share <= 1:
        yield Part(3, f"`treasury_share` is a part of what customers pay, from 0 to 1; yours is {treasury_share:g}.")
        return
    seeds = [int(seed) for seed in rng.integers(10**6, size=DRAWS)]
    markets = {seed: draw_markets(seed) for seed in seeds}
    for kind in markets[seeds[0]]:
        lives = ((seed, live(emission, treasury_share, markets[seed][kind])) for seed in seeds)
        yield Part(
            1, next((f"{kind} of `draw_markets({seed})`: {life.killed}" for seed, life in lives if life.killed), "")
        )
