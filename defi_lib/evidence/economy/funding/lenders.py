"""What a small loan costs its lender, and where the money of the sector went. Readings X22a and X22b."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.economy import break_even_rate, choose_projects, cost_by_code
from defi_lib.evidence.effects import Control, Count, Registry
from defi_lib.figures import figure
from defi_lib.ledger import OUTSIDE, Ledger, Transfer, actual

EVIDENCE = Registry("economy")

Array = NDArray[np.float64]

#: The loan of reading X22b (dollars).
LOAN = 200.0

# Nothing but clerks: 28 dollars for a year, no failures, money for nothing; a contract removes nothing and is dear.
_CLERKS = {
    "fixed_cost": 28.0, "removed": 0.0, "default": 0.0, "default_alone": 0.9, "money_cost": 0.0, "years": 1.0,
    "way_in": 0.0, "way_out": 0.1, "cash_fee": 5.0,
}  # fmt: skip


@EVIDENCE.model(
    "X22b",
    # No cost of making a loan, no failures, money for nothing: it pays at no interest, whichever way.
    placebos=[
        {"fixed_cost": 0.0, "default": 0.0, "money_cost": 0.0},
        {"default_alone": 0.0, "money_cost": 0.0, "way_in": 0.0, "way_out": 0.0, "cash_fee": 0.0},
    ],
    controls=[
        Control(_CLERKS, 0.14),  # 28 of 200
        Control(_CLERKS | {"years": 0.5}, 0.28),  # the same cost for half the time
        Control(_CLERKS | {"money_cost": 0.06, "years": 0.5}, 0.34),
        # 0.75 · (1 + r) = 1.14 + 0.06
        Control(_CLERKS | {"default": 0.25, "money_cost": 0.06}, 0.6),
        # A contract takes half of 28; into cash 4 + 1 dollars: 19 of 200, and 9.5 % is less than 14
        Control(_CLERKS | {"removed": 0.5, "way_out": 0.02, "cash_fee": 1.0}, 0.095),
        # A tenth of what is paid back goes on the way: 0.9 · (1 + r) = 1 + (42 + 5) / 200
        Control(
            _CLERKS | {"fixed_cost": 84.0, "removed": 0.5, "way_in": 0.1, "way_out": 0.02, "cash_fee": 1.0},
            1.235 / 0.9 - 1,
        ),
        # The contract alone: 5 dollars and a tenth of the loans: 0.9 · (1 + r) = 1.025; and a tenth on the way back
        Control(
            _CLERKS | {"fixed_cost": 84.0, "default_alone": 0.1, "way_out": 0.02, "cash_fee": 1.0}, 1.025 / 0.9 - 1
        ),
        Control(
            _CLERKS | {"fixed_cost": 84.0, "default_alone": 0.1, "way_in": 0.1, "way_out": 0.02, "cash_fee": 1.0},
            1.025 / 0.81 - 1,
        ),
    ],
)
def rate_that_pays(
    fixed_cost: Array,
    removed: Array,
    default: Array,
    default_alone: Array,
    money_cost: Array,
    years: Array,
    way_in: Array,
    way_out: Array,
    cash_fee: Array,
) -> Array:
    """The lowest interest a year at which a loan of 200 dollars covers its costs, by the cheapest of three ways.

    Args:
        fixed_cost: what clerks cost a loan (dollars).
        removed: part of it that a contract beside them takes over.
        default: part of the loans that fail with clerks.
        default_alone: part that fails with nobody on the spot.
        money_cost: of the lender, a year.
        years: for which the average dollar is lent.
        way_in: what is paid back loses on its way into coins (part of it).
        way_out: what the loan loses on its way from coins to cash (part of it).
        cash_fee: the fixed part of that (dollars).
    """
    ways = three_ways(fixed_cost, removed, default, default_alone, money_cost, years, way_in, way_out, cash_fee)
    return np.minimum.reduce(list(ways.values()))


def three_ways(
    fixed_cost: ArrayLike,
    removed: ArrayLike,
    default: ArrayLike,
    default_alone: ArrayLike,
    money_cost: ArrayLike,
    years: ArrayLike,
    way_in: ArrayLike,
    way_out: ArrayLike,
    cash_fee: ArrayLike,
    loan: ArrayLike = LOAN,
) -> dict[str, Array]:
    """The lowest interest a year of each way to make a loan (dollars); other arguments as in :func:`rate_that_pays`.

    >>> ways = three_ways(28.0, 0.5, 0.0, 0.1, 0.0, 1.0, 0.0, 0.02, 1.0)
    >>> {way: round(float(rate), 3) for way, rate in ways.items()}
    {'clerks': 0.14, 'clerks and a contract': 0.095, 'the contract alone': 0.139}
    """
    clerks, ends = np.asarray(fixed_cost, float), into_cash(way_out, cash_fee, loan)
    comes = 1.0 - np.asarray(way_in, float)
    helped = cost_by_code(clerks[..., np.newaxis], np.asarray(removed, float)[..., np.newaxis], ends)
    costs = {
        "clerks": (clerks, default),
        "clerks and a contract": (helped, 1.0 - comes * (1.0 - np.asarray(default, float))),
        "the contract alone": (ends, 1.0 - comes * (1.0 - np.asarray(default_alone, float))),
    }
    return {
        way: np.asarray(break_even_rate(loan, cost, money_cost, failing, years), float)
        for way, (cost, failing) in costs.items()
    }


def into_cash(way_out: ArrayLike, cash_fee: ArrayLike, loan: ArrayLike = LOAN) -> Array:
    """What coins cost a loan when it is paid out in cash (dollars); arguments as in :func:`rate_that_pays`.

    >>> float(into_cash(0.01, 1.0))
    3.0
    """
    return np.asarray(loan, float) * np.asarray(way_out, float) + np.asarray(cash_fee, float)


@EVIDENCE.figures("X22a")
def where_the_money_went() -> Count:
    """Which part of a quarter's venture money went to three named classes; beside it, what is lent to whom."""
    trading, defi = (figure(f"vc.crypto_venture_capital_{name}") for name in ("trading_exchange", "defi_protocols"))
    base, whole = figure("vc.crypto_venture_capital_infrastructure"), figure("vc.quarter.2025-03")
    coins, poor = figure("lending_market.active_loans_ethereum"), figure("microlending.goldfinch_active_loans")
    given = figure("public_goods.gitcoin_grants_24_money_given")
    named = 1_000 * float(trading.value) + float(defi.value) + float(base.value)
    everything = 1_000 * float(whole.value)
    one, part = 2_000.0, named / everything
    rest = (0.9 - part) / (1 - part)
    firms = float(poor.value) / (float(poor.value) + 1_000 * float(coins.value))
    return Count(
        true=part > 0.9,
        says=f"{100 * part:.0f} % of {float(whole.value):.1f} billion dollars in the first quarter of 2025: "
        f"{100_000 * float(trading.value) / everything:.0f} % to trading, exchange and lending firms, "
        f"{100 * float(defi.value) / everything:.0f} % to DeFi protocols, {100 * float(base.value) / everything:.0f} % "
        f"to infrastructure. What the other {100 * (1 - part):.0f} % were for is not published by class; nobody names "
        "credit for the poor or education",
        who="Galaxy Research, which counts companies by what they mainly do; one class is of grade C",
        turns=f"at least {100 * rest:.0f} % of what no class names went to such firms, too; without one deal of two "
        f"billion (MGX into Binance) the three classes had {100 * (named - one) / (everything - one):.0f} %",
        sources=tuple(each.id for each in (trading, defi, base, whole, coins, poor, given)),
        shown=False,  # what no class names could make it true, all of it
        other=f"Of loans and not of venture money: {float(coins.value):.0f} billion dollars were lent on coins on "
        f"Ethereum (February 2026), {float(poor.value):.0f} million by Goldfinch, mostly to lenders in poorer "
        f"countries (2026): {100 * (1 - firms):.1f} %; a round of grants for public goods gave "
        f"{float(given.value):.1f} million (October 2025)",
    )


def workshops(loan: ArrayLike, fixed_cost: float, removed: float, alone: float) -> dict[str, Array]:
    """What lesson 8.9 explores: the rates that pay for loans to workshops, at 6 % for money and 4 % of failures.

    They are paid back in one sum after a year. Into cash coins cost 1.5 % and two dollars, back half a per cent.

    Args:
        loan: dollars, for a year.
        fixed_cost: what clerks cost a loan (dollars).
        removed: part of it that a contract takes over.
        alone: part of the loans that fail with nobody on the spot.

    >>> {way: round(float(rate), 3) for way, rate in workshops(2_000.0, 300.0, 0.5, 0.2).items()}
    {'Clerks': 0.26, 'Clerks and a contract': 0.205, 'The contract alone': 0.352}
    """
    ways = three_ways(fixed_cost, removed, 0.04, alone, 0.06, 1.0, 0.005, 0.015, 2.0, loan)
    return {way.capitalize(): rate for way, rate in ways.items()}


#: The projects of lesson 8.9, ten million dollars each: what they bring their owners, and all (multiples of the cost).
PROJECTS = {
    "exchange for coins": (4.0, 4.5),
    "game of chance": (3.5, 0.8),
    "loans on coins": (3.2, 3.4),
    "cheap dollar transfers": (2.2, 7.0),
    "loans to workshops": (1.1, 4.0),
    "open library": (0.1, 8.0),
}

#: What each costs, and what the fund has (million dollars).
COST, BUDGET = 10.0, 40.0


def funds_choice(hurdle: float, budget: float = BUDGET) -> dict[str, dict[str, float]]:
    """What a fund pays for each project, and what somebody pays who looks at the return to all (million dollars).

    >>> paid = funds_choice(3.0)
    >>> [project for project, dollars in paid["the fund"].items() if dollars]
    ['exchange for coins', 'game of chance', 'loans on coins']
    """
    private, social = np.array(list(PROJECTS.values())).T
    choice = choose_projects(private, social, COST, hurdle, budget)
    parts = {"the fund": choice.private_part, "by the return to all": choice.social_part}
    return {who: dict(zip(PROJECTS, (COST * part).tolist(), strict=True)) for who, part in parts.items()}


def book_projects(paid: dict[str, float]) -> Ledger:
    """Books of what is paid for: a payer, those who build, all others. Builders spend what they get; million dollars.

    What a project brings its owner comes from those who use it, and is worth to them what all gain by it.
    """
    ledger = Ledger({"payer": "who pays", "builders": "builders", "others": "all others"})
    for project, dollars in paid.items():
        private, social = PROJECTS[project]
        ledger.book(
            actual(
                (
                    Transfer("payer", "builders", dollars, "USD", project),
                    Transfer("builders", OUTSIDE, dollars, "USD", "work and machines"),
                    Transfer(OUTSIDE, "others", dollars * social, "USD", "use of what was built"),
                    Transfer("others", "payer", dollars * private, "USD", "price of the use"),
                )
            )
        )
    ledger.check_conserved()
    return ledger
