"""Who has a token at birth, and who has the gains after four years. Readings X2a, X2b and X19a.

Money and tokens are parts of what all tokens cost at the launch. Prices are means of many launches, weighted by size,
failures included: gains are linear in prices, so the mean price gives the mean gain.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.evidence.effects import Control, Count, Registry
from defi_lib.evidence.rewards.price_paths import END, prices
from defi_lib.evidence.unknowns import assumptions
from defi_lib.figures import figure
from defi_lib.rewards import LaunchGains, Vesting, launch_gains

EVIDENCE = Registry("rewards")

Worlds = NDArray[np.float64]

#: Months until insiders may sell, and in which their tokens are released after that: as in most tables since 2020.
LOCK, RELEASE = 12, 36

#: Insiders of each token table: who they are called there. UNI is given in millions of a thousand million.
TABLES = {
    "UNI": ("team", "investors", "advisors"),
    "COMP": ("shareholders", "founders", "future team"),
    "LDO": ("investors", "initial developers", "founders"),
    "OP": ("core team", "investors"),
    "ARB": ("team", "investors"),
    "Aethir (ATH)": ("team", "investors", "advisors"),
    "Grass": ("investors", "contributors"),
    "Hyperliquid": ("core contributors",),
    "Berachain": ("core contributors and investors",),
    "Monad": ("team and investors",),
}


def venture_launch(
    insiders: Worlds, reached: Worlds, sold: Worlds, half_year: Worlds, later: Worlds, paid: Worlds | float = 0.0
) -> LaunchGains:
    """Gains from a launch with insiders, who are locked for a year and then released over three.

    Args:
        insiders: their part of the tokens.
        reached: part of all other tokens that users have got after four years.
        sold: part of released tokens that insiders sell.
        half_year, later: as in :func:`~defi_lib.evidence.rewards.price_paths.prices`.
        paid: by investors for all that they have or have lost (part of the launch value).
    """
    months = np.arange(END + 1.0)
    unlocked = Vesting(LOCK, 0.0, RELEASE, 1).vested(months)
    others = (1 - insiders) * reached
    return launch_gains(prices(months, half_year, later), unlocked, insiders, others, sold=sold, paid=paid)


def money_of_investors(
    insiders: Worlds | float, bought: Worlds | float, paid: Worlds | float, never: Worlds | float
) -> Worlds:
    """What investors paid for each project that has a token, those without one included (part of its launch value)."""
    return np.asarray(insiders * bought * paid / (1 - never))


def as_venture_money_fared(
    insiders: Worlds,
    bought: Worlds,
    paid: Worlds,
    never: Worlds,
    half_year: Worlds,
    later: Worlds,
    sold: Worlds,
    **_: Worlds,
) -> NDArray[np.bool_]:
    """Whether investors get back from half to double of what they got back for the rounds of 2015 to 2022 (81 %)."""
    known = 1 + float(figure("vc.token_rounds_return_2015_2022").value) / 100
    gains = venture_launch(insiders, np.zeros_like(insiders), sold, half_year, later)
    back = bought * gains.insiders / money_of_investors(insiders, bought, paid, never)
    return (back >= known / 2) & (back <= 2 * known)


_STILL = {"half_year": 0.0, "later": 0.0}
_ROUND = {"insiders": 0.5, "bought": 0.4, "paid": 0.1, "never": 0.5, "reached": 0.2, "sold": 1.0}
#: The price falls to a quarter in half a year and to 1/64 of that in the 42 months after: by 1/7 of six halvings in
#: every half-year. Sold in 36 equal parts from month 13 on.
_FALL = {"half_year": -0.75, "later": -63 / 64}
_SOLD_AT = sum(0.25 * 2.0 ** (-(month - 6) / 7) for month in range(13, 49)) / 36


@EVIDENCE.model(
    "X2b",
    # Insiders have as much as users, for nothing, and keep it: both gain the same.
    placebos=[{"insiders": 0.5, "reached": 1.0, "sold": 0.0, "paid": 0.0}],
    controls=[
        # The price stands still: 50 % less 0.5 · 0.4 · 0.1 / 0.5 = 4 % for insiders, a fifth of 50 % for users.
        Control(_ROUND | _STILL, 0.46 - 0.1),
        # Sold on the way down: insiders have half of the supply at the mean price, buyers have it at the last one.
        Control(_ROUND | _FALL, 0.5 * _SOLD_AT - 0.04 - 0.1 / 256 - 0.5 * (1 / 256 - _SOLD_AT)),
        # They sell half, and three quarters of the projects fail.
        Control(
            _ROUND | _FALL | {"sold": 0.5, "never": 0.75},
            0.25 * _SOLD_AT + 0.25 / 256 - 0.08 - 0.1 / 256 - 0.25 * (1 / 256 - _SOLD_AT),
        ),
    ],
    fits=as_venture_money_fared,
)
def insiders_ahead(
    insiders: Worlds,
    bought: Worlds,
    paid: Worlds,
    never: Worlds,
    reached: Worlds,
    sold: Worlds,
    half_year: Worlds,
    later: Worlds,
) -> Worlds:
    """Net gain of insiders less that of users and buyers together (part of the launch value), per launch."""
    money = money_of_investors(insiders, bought, paid, never)
    gains = venture_launch(insiders, reached, sold, half_year, later, money)
    return np.asarray(gains.insiders - gains.users - gains.buyers)


def four_years(
    month: ArrayLike, insiders: float, reached: float, sold: float, later: float, half_year: float, paid: float
) -> dict[str, Worlds]:
    """What lesson 4.2 explores: gains so far by the month, all tokens at that month's price (of the launch value).

    Users are given their tokens at the launch. Arguments as in :func:`insiders_ahead`; what investors bought, and how
    many projects never get a token, is today's.

    >>> found = four_years(48, 0.4, 0.3, 0.7, -0.5, -0.6, 0.15)
    >>> {name: round(float(gain), 3) for name, gain in found.items()}
    {'Team': 0.058, 'Investors': -0.008, 'Users and buyers': 0.016}
    """
    known = assumptions("X2b", ("bought", "never"))
    bought, never = known["bought"].today, known["never"].today
    money = money_of_investors(insiders, bought, paid, never)
    months = np.arange(END + 1.0)
    path = prices(months, np.array(half_year), np.array(later))
    free = np.asarray(Vesting(LOCK, 0.0, RELEASE, 1).vested(months))
    others = (1 - insiders) * reached
    until = [
        launch_gains(path[:end], free[:end], insiders, others, sold=sold)
        for end in range(1, len(months) + 1)
    ]  # fmt: skip
    at = np.rint(np.asarray(month)).astype(np.int64)
    gained = np.array([gains.insiders for gains in until])[at]
    rest = np.array([gains.users + gains.buyers for gains in until])[at]
    return {
        "Team": (1 - bought) * gained,
        "Investors": bought * gained - money,
        "Users and buyers": rest,
    }


def given_to_insiders() -> dict[str, float]:
    """The part of each of ten tokens that its table gives to insiders (per cent)."""
    parts = {name: [figure("token_alloc", f"{name}: {line}") for line in lines] for name, lines in TABLES.items()}
    return {
        name: sum(float(each.value) for each in found) / (10 if name == "UNI" else 1) for name, found in parts.items()
    }


@EVIDENCE.figures("X2a")
def most_to_insiders() -> Count:
    """Token tables in which insiders were given more than half."""
    given = given_to_insiders()
    most = [name for name, part in given.items() if part > 50]
    many, new = figure("launch.2025_tables_mostly_to_insiders"), figure("token_alloc.monad_insiders")
    old = figure("token_alloc", "LDO: investors")
    return Count(
        true=len(most) > len(given) / 2,
        says=f"In {len(most)} of {len(given)} tables ({', '.join(most)}); insiders got {min(given.values()):.0f} to "
        f"{max(given.values()):.0f} %. Of 107 tables of 2025, {many.value:.0f}",
        who=f"Tables of the projects, collected by DefiLlama (2026) and by us ({new.date}); Openworld ({many.date})",
        turns="the treasury counts as the insiders', who often manage it: then they have more than half in nearly all",
        sources=(many.id, new.id, old.id),
        other="what is not given to insiders mostly lies in a treasury",
    )


@EVIDENCE.figures("X19a")
def pay_of_auditors() -> Count:
    """Audits at the highest usual price, beside what users of Uniswap have paid."""
    audits, price = (
        figure("uniswap_v4.uniswap_v4_audits_before_launch"),
        figure("audit_price.audit_bridge_enterprise_system_high"),
    )
    fees = figure("front_end.uniswap_fees_paid_lps_since")
    cost, paid = float(audits.value) * float(price.value), float(fees.value) * 1e9
    return Count(
        true=cost < 0.05 * paid,
        says=f"{audits.value:.0f} audits at {price.value:,.0f} dollars are {cost / 1e6:.1f} million; users paid "
        f"{paid / 1e9:.1f} billion in fees, so {100 * cost / paid:.2f} %",
        who=f"Uniswap on its audits ({audits.date}), a price list of 2026 (weak source), fees by {fees.date}",
        turns=f"users pay less than {cost / 0.05 / 1e6:.0f} million for such audits: for a small project even one, of "
        f"{price.value:,.0f} dollars, is more than 5 % of {float(price.value) / 0.05 / 1e6:.0f} million",
        sources=(audits.id, price.id, fees.id),
        other="what lawyers take nobody publishes",
    )
