"""A network that burns and mints, the markets that it must live through, and what it dies of: for lab 7.3."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import exp, isfinite
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from defi_lib.compute import TOKEN, burn_and_mint, provider_income, simulate_treasury
from defi_lib.ledger import Ledger, Transfer, actual, sell

if TYPE_CHECKING:
    from defi_lib.explore import PlotView

#: How many tokens are minted: month, price of the month before, what customers pay to providers, tokens not yet minted.
Emission: TypeAlias = Callable[[int, float, float, float], float]


class Network(NamedTuple):
    """A network at its start, and the rules it follows."""

    supply: float  #: tokens
    budget: float  #: tokens that may be minted, ever
    providers: float
    cost: float  #: of one provider (USD a month)
    burned: float  #: part of what customers pay for which tokens are bought and burned; the rest goes to providers
    follow: float  #: belief grows with ``(providers / providers at the start) ** follow``
    speed: float  #: how fast providers come and leave


class Market(NamedTuple):
    """What the world does, month by month."""

    paid: list[float]  #: by customers (USD)
    belief: list[float]  #: what holders think that all tokens are worth (USD), if no provider comes or leaves


class Treasury(NamedTuple):
    """What pays the people who look after the network."""

    cash: float  #: USD
    tokens: float  #: own
    spending: float  #: USD a month


#: The network of the last question.
NETWORK = Network(supply=20_000_000, budget=10_000_000, providers=1_000, cost=100, burned=0.2, follow=0.5, speed=0.25)
TREASURY = Treasury(cash=300_000, tokens=1_000_000, spending=20_000)

#: Of the providers at the start, the part below which customers leave for good.
FEWEST = 0.85

#: How long a network must live.
MONTHS = 60


def _path(rng: np.random.Generator, points: Sequence[tuple[float, float]], shaken: float = 0.0) -> list[float]:
    """A line through points (month, amount) on the logarithmic scale, with four digits; ``shaken`` by chance."""
    months, amounts = np.transpose(points)
    line = np.exp(np.interp(np.arange(MONTHS), months, np.log(amounts)) + shaken * rng.standard_normal(MONTHS))
    return [float(f"{amount:.4g}") for amount in line]


def _straight(points: Sequence[tuple[float, float]]) -> list[float]:
    """A line through points (month, amount), with four digits."""
    months, amounts = np.transpose(points)
    return [float(f"{amount:.4g}") for amount in np.interp(np.arange(MONTHS), months, amounts)]


def draw_markets(seed: int) -> dict[str, Market]:
    """Four paths of sixty months: a boom and its bust, slow growth, a crash of the token alone, a long winter."""
    rng = np.random.default_rng(seed)
    worth, draw = float(NETWORK.supply), rng.uniform

    top = draw(12, 16)
    bust, low, left = top + draw(8, 12), draw(0.175, 0.2), draw(73e3, 79e3)
    boom = Market(
        _straight(
            [
                (0, draw(45e3, 55e3)),
                (top, draw(110e3, 130e3)),
                (bust, left),
                (bust + 15, 1.05 * left),
                (MONTHS, draw(142e3, 158e3)),
            ]
        ),
        _path(rng, [(0, worth), (top, worth * draw(3, 5)), (bust, worth * low), (MONTHS, worth * low * 1.1)], 0.02),
    )
    slow = Market(
        _straight([(0, draw(15e3, 22e3)), (MONTHS, draw(120e3, 140e3))]),
        _path(rng, [(0, worth), (MONTHS, worth * draw(0.85, 1.1))], 0.02),
    )
    fall, low, then = draw(22, 27), draw(0.165, 0.19), draw(73e3, 79e3)
    before, end = draw(0.9, 1.2), low * draw(0.9, 1.2)
    crash = Market(
        _straight([(0, draw(35e3, 45e3)), (fall, then), (fall + 15, 1.05 * then), (MONTHS, draw(152e3, 168e3))]),
        _path(rng, [(0, worth), (fall, worth * before), (fall + 4, worth * low), (MONTHS, worth * end)], 0.02),
    )
    cold, low, paid = draw(6, 8), draw(0.32, 0.34), draw(67e3, 69e3)
    winter = Market(
        _straight([(0, draw(55e3, 65e3)), (cold, paid), (MONTHS, 1.03 * paid)]),
        _path(rng, [(0, worth), (cold, worth * low), (MONTHS, worth * low * draw(0.95, 1.05))], 0.02),
    )
    return {"Boom and bust": boom, "Slow growth": slow, "Crash": crash, "Long winter": winter}


class Month(NamedTuple):
    """One month of a network; tokens, unless it says USD."""

    price: float  #: USD per token
    supply: float  #: after it
    providers: float  #: who worked in it
    minted: float
    burned: float
    revenue: float  #: USD from customers to providers
    left: float  #: not yet minted after it


def next_month(
    network: Network, supply: float, providers: float, left: float, paid: float, belief: float, minted: float
) -> tuple[Month, float]:
    """A month, and the number of providers in the next one.

    The market is that of :func:`defi_lib.compute.simulate_token_economy` without a demand for payments: holders value
    what is left after burning, ``p = (belief + burned USD)/(supply + minted)``.
    """
    spent = network.burned * paid
    revenue = paid - spent
    worth = belief * (providers / network.providers) ** network.follow
    price = (worth + spent) / (supply + minted)
    moved = burn_and_mint(spent, price, minted)
    income = float(provider_income(minted, price, revenue, providers))
    change = (income - network.cost) / max(income, network.cost)
    after = float(supply + moved.supply_change)
    month = Month(price, after, providers, minted, float(moved.burned), revenue, left - minted)
    return month, providers * exp(network.speed * change)


class Life(NamedTuple):
    """What became of a network, until its death or the last month."""

    months: list[Month]
    cash: list[float]  #: of the treasury after each month (USD)
    tokens: list[float]  #: of the treasury after each month
    killed: str = ""  #: in which month and why; nothing if it lives

    @property
    def lives(self) -> bool:
        """Did it survive?"""
        return not self.killed


def live(emission: Emission, treasury_share: float, market: Market) -> Life:
    """Lead :data:`NETWORK` through a market, until something kills it.

    Args:
        emission: how many tokens are minted in a month.
        treasury_share: part of what customers pay that goes to the treasury, in [0, 1].
        market: the path.
    """
    supply, providers, left = map(float, (NETWORK.supply, NETWORK.providers, NETWORK.budget))
    last, cash, tokens = market.belief[0] / supply, float(TREASURY.cash), float(TREASURY.tokens)
    life = Life([], [], [])
    for number, (paid, belief) in enumerate(zip(market.paid, market.belief, strict=True)):
        kept = treasury_share * paid
        revenue = (1 - NETWORK.burned) * (paid - kept)
        minted = emission(number, last, revenue, left)
        wrong = _refused(minted, number, left)
        if wrong:
            return life._replace(killed=wrong)
        minted = min(float(minted), left)
        month, following = next_month(NETWORK, supply, providers, left, paid - kept, belief, minted)
        life.months.append(month)
        if providers < FEWEST * NETWORK.providers:
            return life._replace(killed=_deserted(life, number))
        cash += kept
        if cash > 2 * TREASURY.spending:  # plainly enough: arrays for one month of many would take most of the time
            cash -= TREASURY.spending
        else:
            bills = simulate_treasury(cash, tokens, TREASURY.spending, month.price)
            if bills.unpaid[0] > 0:
                return life._replace(killed=_bankrupt(life, number, kept, tokens, month.price))
            cash, tokens = float(bills.cash[0]), float(bills.tokens[0])
        life.cash.append(cash)
        life.tokens.append(tokens)
        supply, left, last, providers = month.supply, month.left, month.price, following
    return life


def _refused(minted: Any, month: int, left: float) -> str:
    """Why so many tokens cannot be minted."""
    try:
        number = float(minted)
    except (TypeError, ValueError):
        return f"in month {month} `emission` should return a number of tokens, but it is {str(minted)[:60]!r}."
    if not isfinite(number) or number < 0:
        return f"in month {month} your rule mints {number:g} tokens: 0 is the least."
    if number > left * (1 + 1e-9):
        cap = NETWORK.supply + NETWORK.budget
        return (
            f"in month {month} your rule mints {number:,.0f} tokens, and only {left:,.0f} are left: with them there "
            f"would have been more than the {cap:,.0f} that there may ever be."
        )
    return ""


def _deserted(life: Life, number: int) -> str:
    """Too few providers, and why."""
    fewest = FEWEST * NETWORK.providers
    happened = f"in month {number} only {life.months[-1].providers:.0f} providers are left; {fewest:.0f} are needed."
    minted = [month.minted for month in life.months]
    need = NETWORK.providers * NETWORK.cost
    last = life.months[-2]
    lacking = f"{NETWORK.providers:,} providers needed {max(need - last.revenue, 0):,.0f} besides what customers paid"
    spent = next((i for i, month in enumerate(life.months) if month.left < NETWORK.budget / 1_000), None)
    if not any(minted):
        return f"{happened} Nothing was ever minted, and what customers paid was not enough."
    if spent is not None and minted[0] > NETWORK.budget / 2:
        return f"{happened} You minted almost everything at once: after month {spent} nothing was left."
    if spent is not None:
        early = sum(month.minted * month.price for month in life.months[: spent + 1])
        needed = sum(max(need - month.revenue, 0) for month in life.months[: spent + 1])
        compared = (
            f"until then you gave out tokens for {early:,.0f} dollars, where {NETWORK.providers:,} providers needed "
            f"{needed:,.0f} besides what customers paid"
        )
        return f"{happened} The budget was used up in month {spent}; {compared}."
    worth = f"the {last.minted:,.0f} tokens of month {number - 1} were worth {last.minted * last.price:,.0f} dollars"
    if max(minted) - min(minted) <= 1e-6 * max(minted):
        return (
            f"{happened} You mint the same number of tokens every month, whatever they are worth: {worth}, and "
            f"{lacking}."
        )
    return f"{happened} T{worth[1:]}, and {lacking}; {last.left:,.0f} tokens were left."


def _bankrupt(life: Life, number: int, kept: float, tokens: float, price: float) -> str:
    """The treasury is empty, and how that came."""
    sold = float(TREASURY.tokens) - tokens
    spent = next((i for i, cash in enumerate(life.cash) if cash <= 0), number)
    story = f"Its cash was gone in month {spent}, and then it sold tokens, {sold:,.0f} until now."
    return (
        f"in month {number} the treasury cannot pay {TREASURY.spending:,} dollars: it gets {kept:,.0f} from "
        f"customers, and its last {tokens:,.0f} tokens are worth {price:.2f} dollars each. {story}"
    )


# Pictures

_UNANSWERED = "Answer the question first, and run its cell."


def _answered(emission: Any, treasury_share: Any) -> bool:
    """Are both parts of the design there? Stubs say nothing."""
    if not callable(emission) or treasury_share is ... or treasury_share is None:
        return False
    return emission(0, 1.0, 0.0, float(NETWORK.budget)) not in (None, ...)


def show_survival(emission: Any, treasury_share: Any, seed: int = 1) -> PlotView | str:
    """Providers in the four markets of a seed, and what became of each network."""
    if not _answered(emission, treasury_share):
        return _UNANSWERED
    from defi_lib.explore import Axis, Line, Plot, PlotView, Rule

    columns: dict[str, NDArray[np.float64] | float] = {"fewest": FEWEST * NETWORK.providers}
    marks, said = [], []
    for name, market in draw_markets(seed).items():
        life = live(emission, float(treasury_share), market)
        if life.months:  # a network that dies at once has nothing to draw
            columns |= {
                f"{name} month": np.arange(float(len(life.months))),
                name: np.array([month.providers for month in life.months]),
            }
            marks.append(Line(f"{name} month", name))
        left = life.months[-1].left if life.months else float(NETWORK.budget)
        alive = f"**lives**, and {left / 1e6:.1f} million of its tokens are not minted yet."
        said.append(f"{name}: {alive if life.lives else f'**dies**: {life.killed}'}")
    plot = Plot(
        *marks,
        Rule(y="fewest", label=f"{FEWEST * NETWORK.providers:.0f} are needed"),
        x=Axis("Month", range=(0, MONTHS)),
        y=Axis("Providers"),
    )
    return PlotView(plot, columns, " ".join(said))


def books(emission: Emission, treasury_share: float, market: Market) -> Ledger:
    """All that moves in a network's life; who gets tokens for their work sells them at once to those who believe."""
    roles = {
        "users": "customers",
        "nodes": "providers",
        "suppliers": "power and machines",
        "treasury": "treasury",
        "team": "developers",
        "token holders": "token holders",
    }
    ledger = Ledger(roles, keep_history=False)
    life = live(emission, treasury_share, market)
    first = market.belief[0] / NETWORK.supply
    ledger.mark(TOKEN, first)
    ledger.open("token holders", TOKEN, NETWORK.supply - TREASURY.tokens)
    ledger.open("treasury", TOKEN, TREASURY.tokens)
    ledger.open("treasury", "USD", TREASURY.cash)
    held = float(TREASURY.tokens)
    for month, tokens, paid in zip(life.months, life.tokens, market.paid, strict=False):
        ledger.mark(TOKEN, month.price)
        moved = burn_and_mint(NETWORK.burned * (1 - treasury_share) * paid, month.price, month.minted)
        moves = [
            *moved.transfers(),
            Transfer("users", "treasury", treasury_share * paid, "USD", "treasury's share"),
            Transfer("users", "nodes", month.revenue, "USD", "rent"),
            Transfer("nodes", "suppliers", month.providers * NETWORK.cost, "USD", "running cost"),
            Transfer("treasury", "team", TREASURY.spending, "USD", "wages"),
            *sell("nodes", "token holders", month.minted, month.price, TOKEN),
            *sell("treasury", "token holders", held - tokens, month.price, TOKEN),
        ]
        ledger.book(actual(moves))
        held = tokens
    return ledger


def show_who_paid(emission: Any, treasury_share: Any, market: Market) -> PlotView | str:
    """Who won and who lost, and by what, in a network's life."""
    if not _answered(emission, treasury_share):
        return _UNANSWERED
    from defi_lib.explore import show_profits

    return show_profits(books(emission, float(treasury_share), market))
