"""Question 4: a network lives month by month."""

from __future__ import annotations

from collections.abc import Iterator
from math import exp
from typing import Any, NamedTuple

import numpy as np

from defi_lib.labs.compute.stubs import answered_or
from defi_lib.labs.compute.token_economy.formulas import (
    BURNS,
    PAYS,
    PRICES,
    _items,
    burned_and_left,
    pay_share_number,
    price_rest_change,
)
from defi_lib.labs.compute.token_economy.network import (
    Emission,
    Market,
    Network,
)
from defi_lib.labs.compute.token_economy.shared import lab
from defi_lib.labs.kit import Part, round_number


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


@lab.question(
    "run",
    points=4,
    hints=(
        "Do one month on paper, in the order of the four steps, before you write the loop.",
        (
            "Keep supply, providers, last price and what is left of the budget through the loop. Write down this "
            "month's providers before you change them for the next."
        ),
    ),
)
def _run_question(
    rng: np.random.Generator, run: Any, token_price: Any, burn_mint: Any, provider_pay: Any
) -> Iterator[Part]:
    tools = _Tools(
        answered_or(price_rest_change, token_price, PRICES),
        answered_or(burned_and_left, burn_mint, BURNS),
        answered_or(pay_share_number, provider_pay, PAYS),
    )
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
