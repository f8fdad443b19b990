"""Questions 1 to 3: burning and minting, the price, what providers are paid."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import Any

import numpy as np

from defi_lib.compute import burn_and_mint, emission_share, provider_income, stationary_price
from defi_lib.labs.compute.stubs import answered_or
from defi_lib.labs.compute.token_economy.shared import lab
from defi_lib.labs.kit import Part, equal, holds, matches, round_number


@lab.question(
    "burn_mint",
    points=2,
    hints=(
        "How many tokens do `spent` dollars buy at this price?",
        "These are burned: take them off the supply, and add those that are minted.",
    ),
)
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
    at_rest, moved = (_items(burn_mint(supply, minted, spent, each), 2)[1] for each in (spent / minted, price))
    if moved == supply:
        yield Part(0.5, "Supply stays as it is only at one price; yours stays at any.")
        return
    yield holds(
        0.5,
        abs(at_rest - supply) < 1e-6 * minted,
        f"At a price of {spent:g}/{minted:g} dollars as much is burned as is minted, and supply should stay; yours "
        f"changes by {at_rest - supply:g}.",
    )


def burned_and_left(supply: float, minted: float, spent: float, price: float) -> tuple[float, float]:
    """The right answer to the first question."""
    month = burn_and_mint(spent, price, minted)
    return float(month.burned), supply + float(month.supply_change)


def price_rest_change(supply: float, minted: float, spent: float, belief: float) -> tuple[float, float, float]:
    """The right answer to the second."""
    price = (belief + spent) / (supply + minted)
    return price, float(stationary_price(spent, minted)), burned_and_left(supply, minted, spent, price)[1] - supply


def pay_share_number(
    minted: float, price: float, revenue: float, providers: float, cost: float
) -> tuple[float, float, float]:
    """The right answer to the third."""
    income = float(provider_income(minted, price, revenue, providers))
    return income, float(emission_share(minted, price, revenue)), income * providers / cost


#: What whoever answers answers differently.
BURNS = ((1_000, 50, 40, 2), (1_000, 50, 60, 2), (1_000, 50, 40, 3))
PRICES = ((1_000, 50, 40, 2_000), (1_100, 50, 40, 2_000), (1_000, 50, 40, 3_000))
PAYS = ((50, 2, 300, 10, 50), (50, 2, 400, 10, 50), (50, 2, 300, 20, 50), (70, 2, 300, 10, 50))


def _items(result: Any, count: int) -> list[float]:
    """The numbers of a student's result; ``nan`` where there are too few."""
    numbers = list(np.asarray(result, dtype=float).ravel()[:count])
    return [float(number) for number in numbers] + [np.nan] * (count - len(numbers))


@lab.question(
    "token_price",
    points=3,
    hints=(
        (
            "The first price is the formula. For the second: what is burned at a price, and when is it as much as "
            "is minted?"
        ),
        (
            "Set spent over price equal to minted, and mind the case in which nothing is minted. The change is "
            "the supply of your `burn_mint` less that before."
        ),
    ),
)
def _token_price(rng: np.random.Generator, token_price: Any, burn_mint: Any) -> Iterator[Part]:
    supply, belief = round_number(rng, 1e5, 1e6), round_number(rng, 1e5, 1e6)
    burn_mint = answered_or(burned_and_left, burn_mint, BURNS)
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
    part_of_rest = matches(
        0.5,
        "If nothing is minted, supply falls at any price: the price at which it rests",
        _items(token_price(supply, 0.0, spent, belief), 2)[1],
        inf,
    )
    if not part_of_rest.mistake and _items(token_price(*arguments), 2)[1] == inf:
        part_of_rest = Part(0.5, "Only if nothing is minted there is no price at which supply rests.")
    yield part_of_rest


def _price_mistakes(supply: float, minted: float, spent: float, belief: float) -> dict[str, float]:
    return {
        "The new tokens are there already: divide by them as well.": (belief + spent) / supply,
        "The customers' dollars are missing. They buy from the holders, and what is left must be worth what holders "
        "believe.": belief / (supply + minted),
        "New tokens and the customers' dollars both count.": belief / supply,
        "Customers bring dollars to the market: add them.": (belief - spent) / (supply + minted),
        "The values are swapped: first the price of the market, then that at which supply rests.": spent / minted,
    }


@lab.question(
    "provider_pay",
    points=3,
    hints=(
        "First find all dollars that providers share: the new tokens at their price, and the revenue.",
        (
            "Divide by the providers for one of them; the tokens' worth over all for the part, if there is any; "
            "all over the cost of one for how many can live."
        ),
    ),
)
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
    nothing = matches(
        0.5,
        "Where nothing is minted and nobody pays, `provider_pay`",
        provider_pay(0.0, price, 0.0, providers, cost),
        (0.0, 0.0, 0.0),
    )
    if not nothing.mistake and not any(_items(provider_pay(*arguments), 3)):
        nothing = Part(0.5, "It is nothing only where nothing is minted and nobody pays.")
    yield nothing
