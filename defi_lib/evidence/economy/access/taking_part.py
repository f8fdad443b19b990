"""Who can take part: hours beside savings, accounts beside people online. Readings X24a, X24b and R5b."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.economy import Learning, coin_road, learn_or_stay, service_road
from defi_lib.economy.access.road_steps import Road
from defi_lib.evidence.effects import Control, Count, Registry
from defi_lib.evidence.unknowns import PEOPLE, assumptions
from defi_lib.figures import figure
from defi_lib.ledger import Ledger

EVIDENCE = Registry("economy")

Array = NDArray[np.float64]

#: Years in reading X24a.
YEARS = 3.0

#: A chance in a year beyond which nothing is left: a rate of loss must be finite.
_SURE = 1 - 1e-12

#: 1,000 dollars, nothing earned on either side, no hours, no keys lost.
_STILL = {
    "savings": 1_000, "hours": 0, "hour_value": 10, "kept": 0, "account": 0, "key_lost": 0, "key_stolen": 0, "ways": 0,
}  # fmt: skip


@EVIDENCE.model(
    "X24a",
    # Nothing to learn, no key lost, the way free: who lends and who stays earn the same.
    placebos=[{"hours": 0, "kept": 0.02, "account": 0.02, "key_lost": 0, "key_stolen": 0, "ways": 0}],
    controls=[
        Control(_STILL | {"hours": 20}, 200.0),
        Control(_STILL | {"hours": 20, "hour_value": 5, "savings": 3_000, "ways": 0.01}, 130.0),
        Control(_STILL | {"kept": 0.1}, -331.0),  # 1.1 three times, and the saver has nothing more
        Control(_STILL | {"account": 0.1}, 1_000 * (1 - 1 / 1.331)),  # in money that the account makes grow
        Control(_STILL | {"key_lost": 0.1}, 271.0),
        Control(_STILL | {"key_stolen": 0.1}, 271.0),
        Control(_STILL | {"key_lost": 0.1, "key_stolen": 0.2}, 1_000 * (1 - 0.72**3)),
        Control(_STILL | {"kept": 0.21, "account": 0.1, "key_lost": 0.5, "hours": 1}, 10 + 1_000 * (1 - 0.55**3)),
    ],
)
def cost_of_taking_part(
    savings: Array,
    hours: Array,
    hour_value: Array,
    kept: Array,
    account: Array,
    key_lost: Array,
    key_stolen: Array,
    ways: Array,
) -> Array:
    """By how much who learns is worse off after three years than who stays (USD of the start).

    Args:
        savings: of both (USD).
        hours: to learn.
        hour_value: worth of one (USD).
        kept: what a lender of dollar coins keeps after usual losses (ratio per year).
        account: what the saver's account pays (ratio per year).
        key_lost, key_stolen: chance in a year that all is gone.
        ways: in and out together (ratio of the savings).
    """
    return -np.asarray(learner(savings, hours, hour_value, kept, account, key_lost, key_stolen, ways).net)


def learner(
    savings: ArrayLike,
    hours: ArrayLike,
    hour_value: ArrayLike,
    kept: ArrayLike,
    account: ArrayLike,
    key_lost: ArrayLike,
    key_stolen: ArrayLike,
    ways: ArrayLike,
    years: ArrayLike = YEARS,
    saved: ArrayLike = 0.0,
    fee: ArrayLike = 0.0,
) -> Learning:
    """What a beginner gains beyond a saver, gains left in; the first arguments are those of the effect.

    Args:
        savings, hours, hour_value, kept, account, key_lost, key_stolen, ways: as in :func:`cost_of_taking_part`.
        years: that the coin is lent.
        saved: part of the hours that an app saves.
        fee: what that app takes, once (ratio of the savings).
    """
    savings = np.asarray(savings, float)
    extra = np.log1p(kept) - np.log1p(account)
    gone = -np.log1p(-np.minimum(key_lost, _SURE)) - np.log1p(-np.minimum(key_stolen, _SURE))
    return learn_or_stay(
        savings, np.asarray(hours, float), np.asarray(hour_value, float), extra, gone, np.asarray(years, float),
        growth=extra - gone, way=savings * ways, saved=np.asarray(saved, float), fee=np.asarray(fee, float),
    )  # fmt: skip


@EVIDENCE.figures("X24b")
def accounts_beside_people_online() -> Count:
    """Which part of the adults of Sub-Saharan Africa have an account, and which part of the people are online."""
    account, online = figure("account_access.adults_account_sub_saharan"), figure("digital_divide.people_online_africa")
    mobile, low = (
        figure("account_access.adults_mobile_money_account_sub"),
        figure("digital_divide.people_online_low_income_countries"),
    )
    wide = figure("account_access.adults_account_low_middle_income")
    part = 100 * float(online.value) / float(account.value)
    return Count(
        true=bool(float(account.value) > float(online.value)),
        says=f"{account.value:.0f} % of the adults had an account in {account.date}, {mobile.value:.0f} % with mobile "
        f"money; {online.value:.0f} % of the people used the internet in {online.date}",
        who="World Bank, Global Findex (accounts); ITU (internet)",
        turns=f"all who are online are adults and fewer than {part:.0f} % of the people are: then as many adults are "
        "online as have an account",
        sources=(account.id, online.id, mobile.id),
        other=f"In low-income countries {low.value:.0f} % of the people were online; what part of their adults had an "
        f"account we found nowhere. In all low- and middle-income countries {wide.value:.0f} % had one, and about "
        f"{online_in_poorer_countries():.0f} % of the people were online (derived): too near to say which are more",
    )


def online_in_poorer_countries() -> float:
    """Part of the people of low- and middle-income countries who are online (%), from the ITU's figures of 2025.

    Who is offline elsewhere, and which part of the people there that is, says how many live there.
    """
    offline, online = float(figure("digital_divide.people_offline").value), figure("digital_divide.people_online").value
    here = float(figure("digital_divide.offline_people_live_low_middle").value) / 100
    rich = 1 - float(figure("digital_divide.people_online_high_income_countries").value) / 100
    people = offline + float(online) - offline * (1 - here) / rich
    return 100 * (1 - offline * here / people)


@EVIDENCE.figures("R5b")
def addresses_after_fees_fell() -> Count:
    """How many times as many addresses were active on a day once fees had fallen."""
    more, moved = figure("layer2.base_active_addresses_after_blobs"), figure("layer2.base_transactions_after_blobs")
    before, after = figure("layer2.median_fee_base_before_blobs"), figure("layer2.median_fee_base_after_blobs")
    farmed = figure("sybil.linea_eligible_addresses_flagged")
    times = float(more.value)
    return Count(
        true=bool(times >= 2),
        says=f"{times:.0f} times as many addresses and {moved.value:.0f} times as many transactions of a day on Base, "
        f"seven weeks after the middle fee fell from about {before.value} to {after.value} USD. Addresses were "
        "counted, not people, and nobody counted them by the size of their payments",
        who=f"growthepie ({more.date})",
        turns=f"more than {100 * (1 - 2 / times):.0f} % of the addresses afterwards were farmers' and none before",
        sources=(more.id, moved.id, before.id, after.id),
        other=f"At Linea's airdrop {farmed.value:.0f} % of the addresses were refused as copies of one person "
        f"({farmed.date}); if as many were at Base, {times * (1 - float(farmed.value) / 100):.1f} times as many remain",
    )


def roads_today(hours: float) -> dict[str, Road]:
    """Roads of money today from wages on an account to notes abroad: by coins, the cheapest services, a bank's wire.

    Prices are those of lesson 3.5 (reading P3a). By coins a key may be lost or stolen in the week that it takes.

    Args:
        hours: of the sender, by coins only.
    """
    now = {name: each.today for name, each in assumptions("P3a", _PRICES).items()}
    keys = {name: each.today for name, each in assumptions("X24a", ("key_lost", "key_stolen")).items()}
    safe = (1 - keys["key_lost"]) * (1 - keys["key_stolen"])
    price, fixed = now["ordinary"], now["fixed_share"]
    return {
        "coins": coin_road(
            ramp_in=now["way_in"], gas=now["transfer_fee"], exchange=0.0, mistake=1 - safe ** (7 / 365),
            ramp_out=now["way_out"], cash=now["cash_fee"], hours=hours,
        ),
        "service": service_road(price * (1 - fixed), 200 * price * fixed),  # asked for 200 dollars
        "wire": service_road(0.0, now["wire"], now["wire_margin"], payee="bank"),
    }  # fmt: skip


_PRICES = ("way_in", "way_out", "cash_fee", "transfer_fee", "ordinary", "fixed_share", "wire", "wire_margin")


def three_years(savings: ArrayLike, hours: ArrayLike, hour_value: ArrayLike, extra: ArrayLike) -> dict[str, Array]:
    """What lesson 8.7 explores, in a world of round numbers: hours beside what they bring in three years.

    "Gain" and "Hours" are parts of the savings, "gained", "spent" and "net" are in USD.

    Args:
        savings, hours, hour_value: as in :func:`cost_of_taking_part`.
        extra: interest beyond the account, less mistakes (ratio per year).

    >>> found = three_years(2_000.0, 10.0, 20.0, 0.05)
    >>> round(float(found["gained"])), round(float(found["spent"])), round(float(found["Hours"]), 3)
    (300, 200, 0.1)
    """
    amount = np.asarray(savings, float)
    found = learn_or_stay(
        amount, np.asarray(hours, float), np.asarray(hour_value, float), np.asarray(extra, float), years=YEARS
    )
    gained, spent = np.asarray(found.interest), np.asarray(found.labour)
    return {"Gain": gained / amount, "Hours": spent / amount, "gained": gained, "spent": spent, "net": gained - spent}


def three_books(extra: float, lost: float, kept: float, account: float = 0.0) -> dict[str, Ledger]:
    """Three years of three people with 50, 500 and 5,000 dollars, beyond what a saver's account brings (USD).

    "alone" each lends by an own wallet; hours go to nobody, and are no transfer. By a "firm" nobody learns: it lends
    for all, keeps a part of the interest, makes good what is lost, and pays people who serve each account.

    Args:
        extra: interest beyond the account (ratio per year).
        lost: to mistakes and theft (ratio per year).
        kept: by the firm (part of the interest).
        account: what the firm spends on each account (USD).
    """
    names = {amount: f"{amount:,.0f} dollars" for amount in PEOPLE}
    roles = {name: name for name in names.values()}
    roles |= {"borrowers": "borrowers", "thieves": "thieves, lost keys", "firm": "firm", "staff": "staff"}
    books = {"alone": Ledger(roles), "firm": Ledger(roles)}
    for amount, name in names.items():
        books["alone"].book(learn_or_stay(amount, 0.0, 0.0, extra, lost, YEARS), learner=name)
        books["firm"].book(learn_or_stay(amount, 0.0, 0.0, extra, lost, YEARS), learner="firm")
        books["firm"].record("firm", name, (1 - kept) * extra * YEARS * amount, "USD", "interest passed on")
        if account:
            books["firm"].record("firm", "staff", account, "USD", "service")
    for ledger in books.values():
        ledger.check_conserved()
    return books
