"""Does growth feed on itself, and who gains by it? Readings C3a, C3b and C12a."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.compute import TokenEconomy, TokenRun, feedback, simulate_token_economy
from defi_lib.compute.tokens.burn_mint import TOKEN
from defi_lib.evidence.effects import Control, Count, Registry
from defi_lib.figures import figure
from defi_lib.ledger import Ledger, Transfer, actual, divide, sell
from defi_lib.rewards import halving_emission
from defi_lib.simulation import GeometricBrownian

EVIDENCE = Registry("compute")

Array = NDArray[np.float64]

#: Years that a machine works in reading C12a.
LIFE = 3.0

#: The network of lesson 7.17: machines at the start, what one costs a year (USD), and steps a year.
START, COST, MONTHS = 4_000.0, 1_000.0, 12

#: By how much the number of devices has grown in reading C3a, and years until the later one comes in reading C12a.
GROWTH, LATER = 0.5, 2.0

# All of the income new tokens, belief with the square, a schedule that does not ask.
_SQUARE = {"belief": 2.0, "follow": 0.0, "token_part": 1.0, "backed": 0.0, "minted": 0.0, "emission": 0.5}


@EVIDENCE.model(
    "C3a",
    placebos=[{"belief": 1.0, "follow": 1.0, "minted": 0.0}],  # all in proportion: a device's part stays
    controls=[
        Control(_SQUARE, 0.5),  # 2.25 times the value for 1.5 times the devices
        Control(
            _SQUARE | {"minted": 1.0}, 13 / 14
        ),  # 1.5 times the tokens: 1.75 in place of 1.5 of supply after a year
        Control(_SQUARE | {"belief": 0.0, "follow": 2.0, "token_part": 0.5, "backed": 0.5}, 7 / 24),
        Control(_SQUARE | {"belief": 0.0}, -1 / 3),  # the same tokens at the same price for more
    ],
)
def pay_after_growth(
    belief: Array, follow: Array, token_part: Array, backed: Array, minted: Array, emission: Array
) -> Array:
    """Change of a device's yearly income by the network's growth (part of what it was).

    Args:
        belief: the per cent by which what buyers think the network worth grows with each per cent of devices.
        follow: the per cent by which customers' payments grow.
        token_part: part of the income that is new tokens.
        backed: part of the token's price that rests on payments.
        minted: the per cent by which minting grows.
        emission: a year's new tokens (part of all).
    """
    size = 1 + GROWTH
    price = price_after_growth(belief, follow, backed, minted, emission)
    return (token_part * price * size**minted + (1 - token_part) * size**follow) / size - 1


def price_after_growth(
    belief: ArrayLike, follow: ArrayLike, backed: ArrayLike, minted: ArrayLike, emission: ArrayLike
) -> Array:
    """The token's price a year after the growth, as a factor of what it would be without; arguments as above.

    >>> round(float(price_after_growth(0.5, 0.5, 0.07, 0.0, 0.04)), 3)
    1.225
    """
    size = 1 + GROWTH
    part, new = np.asarray(backed, float), np.asarray(emission, float)
    value = part * np.power(size, follow) + (1 - part) * np.power(size, belief)
    return np.asarray(value * (1 + new) / (1 + new * np.power(size, minted)))


@EVIDENCE.figures("C3b")
def token_and_use() -> Count:
    """In how many networks with growing use the token rose."""
    hnt, geod = figure("depin.helium_hnt_price_change_while"), figure("depin.geodnet_geod_price_change_while")
    render, used = figure("depin.token_price_change_one_year_render"), figure("render.usage_growth_year")
    akt, leases = figure("akash.akt_price_change_quarter_burn"), figure("akash.change_leases_previous_quarter")
    money = figure("akash.change_lease_revenue_previous_quarter")
    ether = [
        float(figure(f"price.ether.{when}").value) for when in ("2025-01-01", "2026-01-01", "2025-06-01", "2026-06-24")
    ]
    changes = [float(each.value) for each in (hnt, geod, render, akt)]
    rose = [change for change in changes if change > 0]
    market = [100 * (ether[i + 1] / ether[i] - 1) for i in (0, 2)]
    pairs = zip(changes, (market[0], market[0], market[1]), strict=False)
    beside = [100 * (1 - (1 + change / 100) / (1 + fall / 100)) for change, fall in pairs]
    return Count(
        true=2 * len(rose) > len(changes),
        says=f"{len(rose)} of {len(changes)}. Helium's revenue grew about eightfold in 2025 while its token fell by "
        f"{-float(hnt.value):.0f} %, GEODNET's grew while its token fell by {-float(geod.value):.0f} %, Render's use "
        f"grew by {used.value:.0f} % while its token fell by {-float(render.value):.0f} % (to June 2026). Akash let "
        f"{leases.value:.0f} % more machines early in 2026 and its token rose by {akt.value:.0f} %, but its revenue "
        f"fell by {-float(money.value):.0f} %",
        who="Messari (Helium, GEODNET, Akash); Render's own books, and a market's report for its price",
        turns="two of the three that fell had risen; the prices are of weak sources, but anybody can look them up",
        sources=tuple(each.id for each in (hnt, geod, render, used, akt, leases, money)),
        other=f"Ether fell by {-market[0]:.0f} % in 2025 and by {-market[1]:.0f} % from June 2025 to June 2026; "
        f"against it the three lost {beside[0]:.0f}, {beside[1]:.0f} and {beside[2]:.0f} %",
    )


# A tenth of all income from customers; machines, belief and customers as they are.
_STILL = {
    "decline": 0.0, "followers": 0.0, "customers": 0.0, "token_part": 0.9, "belief": 0.0, "drift": 0.0,
}  # fmt: skip


@EVIDENCE.model(
    "C12a",
    placebos=[
        {"decline": 0.0, "followers": 0.0, "customers": 0.0, "drift": 0.0},  # every year is like the first
    ],
    controls=[
        Control(_STILL | {"token_part": 1.0, "decline": 0.5}, 3.0),  # a quarter after two years
        Control(_STILL | {"token_part": 1.0, "drift": 1.0}, -0.75),
        Control(_STILL | {"token_part": 0.0, "customers": 1.0}, -0.75),
        Control(_STILL | {"followers": 1.0}, 3.0),  # the same income for four times as many
        Control(_STILL | {"followers": 1.0, "belief": 1.0, "token_part": 1.0}, 0.0, 1.0),  # in proportion
        Control(_STILL | {"followers": 1.0, "belief": 2.0, "token_part": 1.0}, -0.75),
        Control(_STILL | {"token_part": 0.5, "decline": 0.5}, 0.2855506, 1e-6),
    ],
)
def first_against_later(
    decline: Array, followers: Array, customers: Array, token_part: Array, belief: Array, drift: Array
) -> Array:
    """How much more a machine of the first month earns in its life than one that comes later (part of the latter).

    All machines of a moment share its income. It is the mean over all futures of belief, a fair bet beside its drift.

    Args:
        decline: of new tokens in a year.
        followers: growth of the number of machines in a year.
        customers: growth of payments in a year.
        token_part: part of the first month's income that is new tokens.
        belief: the per cent by which the token's price grows with each per cent more machines.
        drift: mean growth of the price besides, in a year.
    """
    joining = np.log1p(followers)
    tokens = np.log1p(-decline) + np.log1p(drift) + (belief - 1) * joining
    payments = np.log1p(customers) - joining
    first = token_part * _sum(tokens) + (1 - token_part) * _sum(payments)
    after = token_part * _sum(tokens) * np.exp(tokens * LATER)
    after = after + (1 - token_part) * _sum(payments) * np.exp(payments * LATER)
    return first / after - 1


def _sum(rate: Array) -> Array:
    """Sum of what grows at a continuous rate over a machine's life."""
    rate = np.asarray(rate, float)
    small = np.abs(rate) < 1e-9
    return np.where(small, LIFE, np.expm1(LIFE * rate) / np.where(small, 1.0, rate))


def wheel(belief: float, follow: float, growth: ArrayLike, mood: ArrayLike = 1.0, years: float = 10.0) -> TokenRun:
    """The network of lesson 7.17, month by month: free entry, tokens that halve every two years, some customers.

    A hundred million tokens at a dollar, ten million new ones in the first year, of which machines get the 65 % that
    Helium gave in its first year. Customers pay two million a year, half of it to machines directly, half by burning.

    Args:
        belief, follow: the per cent by which buyers' belief and payments grow for each per cent more machines.
        growth: of payments besides, a year.
        mood: factor on belief in each month.
        years: that it runs.
    """
    nodes = 1 - float(figure("helium.founders_reward_share_mined_hnt_year_1").value) / 100
    rules = TokenEconomy(
        1e8, START, 2e6, 1e8, COST, exponent=belief, demand_exponent=follow, burned_share=0.5, node_share=nodes,
        entry_speed=1.5, potential=1e5,
    )  # fmt: skip
    months = np.arange(round(MONTHS * years))[:, np.newaxis]
    customers = (1 + np.asarray(growth, float)) ** (months / MONTHS)
    return simulate_token_economy(rules, halving_emission(1e7, 2.0), years, MONTHS, customers, mood)


def ten_years(belief: float, follow: float, growth: float, shock: float) -> dict[str, ArrayLike]:
    """What lesson 7.17 explores: ten years of :func:`wheel`, with a loss of belief after five and without.

    >>> found = ten_years(0.8, 0.0, 0.25, 0.5)
    >>> round(float(found["feedback"]), 2), round(float(found["end"]), -2)
    (0.69, 8100.0)
    """
    five = 5 * MONTHS
    moods = np.where(np.arange(2 * five)[:, np.newaxis] < five, 1.0, [1 - shock, 1.0])
    run = wheel(belief, follow, growth, moods)
    count, tokens = run.providers, run.emission_value[0, 0] / START / run.income[0, 0]
    lowest = five + int(run.price[five:, 0].argmin())
    return {
        "Year": run.times,
        "Machines": count[:, 0] / START,
        "Without the shock": count[:, 1] / START,
        "Price": run.price[:, 0],
        "low year": run.times[lowest],
        "low": run.price[lowest, 0],
        "most": count[:, 0].max(),
        "end": count[-1, 0],
        "feedback": feedback(tokens, belief, follow),
    }


def two_books() -> dict[str, Ledger]:
    """Ten years of the wheel booked twice, customers come (25 % a year more) or do not, at a network and at a company.

    The tokens of before were bought for a dollar each. Machines and insiders sell what they get at once; insiders get
    only their part of new tokens, as Helium's founders did: nothing was made for them before. The company pays its
    machines their cost and a tenth more; shareholders pay in what customers do not pay yet. Million USD.
    """
    run = wheel(0.8, 0.0, [0.25, 0.0])
    early = np.minimum(START / run.providers, 1.0)
    roles = {
        "users": "customers",
        "early": "first machines",
        "late": "later machines",
        "suppliers": "power and machines",
    }
    ledger = Ledger(
        roles | {"foundation": "insiders", "holders": "token buyers", "before": "who sold before"}, keep_history=False
    )
    ledger.mark(TOKEN, 1e-6)
    ledger.mint("before", 1e8, TOKEN, "earlier years")
    ledger.book(sell("before", "holders", 1e8, 1e-6, TOKEN))
    nodes = run.economy.node_share
    for month, price in enumerate(run.price):
        ledger.mark(TOKEN, price / 1e6)
        moved = [
            each._replace(amount=each.amount / 1e6) if each.asset == "USD" else each
            for each in run.transfers(month, month + 1, holders="holders")
        ]
        for seller, part in (("nodes", nodes), ("foundation", 1 - nodes)):
            moved += sell(seller, "holders", part * run.minted[month], price / 1e6, TOKEN)
        ledger.book(actual(divide(moved, "nodes", {"early": early[month], "late": 1 - early[month]})))
    ledger.check_conserved()
    pay, rent = 1.1 * COST * run.providers / MONTHS / 1e6, run.demand / MONTHS / 1e6
    flows = [
        Transfer("users", "firm", rent, "USD", "rent"),
        Transfer("firm", "nodes", pay, "USD", "pay"),
        Transfer("nodes", "suppliers", pay / 1.1, "USD", "running cost"),
        Transfer("owners", "firm", np.maximum(pay - rent, 0), "USD", "equity"),
        Transfer("firm", "owners", np.maximum(rent - pay, 0), "USD", "dividend"),
    ]
    company = Ledger(roles | {"firm": "company", "owners": "shareholders"})
    divided = divide(flows, "nodes", {"early": early, "late": 1 - early})
    company.book(each._replace(amount=np.sum(each.amount, axis=0)) for each in divided)
    company.check_conserved()
    return {"network": ledger, "company": company}


def cohorts(growth: float, futures: int = 500) -> dict[int, Array]:
    """What a machine keeps of its three years (USD), by the year in which it came, in futures of buyers' mood.

    The mood wanders by 60 % a year without trend; tokens are sold at once.

    Args:
        growth: of customers' payments, a year.
        futures: how many.
    """
    moods = GeometricBrownian(1.0, 0.6).paths(np.arange(10 * MONTHS + 1) / MONTHS, futures, np.random.default_rng(6))
    run = wheel(0.8, 0.0, growth, moods)
    earned = np.cumsum(np.pad(run.income - COST, ((1, 0), (0, 0))), axis=0) / MONTHS
    return {year: earned[MONTHS * (year + 3)] - earned[MONTHS * year] for year in range(8)}
