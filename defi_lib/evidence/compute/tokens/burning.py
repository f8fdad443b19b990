"""What providers are paid for, who pays it, and what grew. Readings C6a and C32a."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from defi_lib.compute import BurnMint, akash_lease, burn_and_mint, helium_epoch, render_epoch
from defi_lib.compute.tokens.burn_mint import TOKEN
from defi_lib.evidence.effects import Count, Registry
from defi_lib.figures import figure
from defi_lib.ledger import Ledger, sell

EVIDENCE = Registry("compute")

#: Whose rule mints, in :func:`one_month`.
RULES = ("Render", "Helium", "Akash")


class Pay(NamedTuple):
    """What a network's providers are paid for, by its newest figures."""

    network: str
    ordered: float  #: part of the pay that is for ordered work, at most (a ratio)
    when: str
    known: str  #: "rule": nothing else can be paid; "books": it was published
    sources: tuple[str, ...]


def _pays(id: str) -> float:
    return float(figure(id).value)


def what_is_paid_for() -> list[Pay]:
    """The eight networks of reading C6a.

    Of Filecoin both answers are possible: clients' data lies on a third of the space, but has ten times its weight in
    rewards, and its clients pay next to nothing. It is counted as the smaller of the two: not for ordered work.

    >>> {pay.network: round(pay.ordered, 2) for pay in what_is_paid_for() if pay.known == "books"}
    {'Helium': 1.0, 'Render': 0.83, 'Filecoin': 0.36, 'Bittensor': 0.13, 'Livepeer': 0.01}
    """
    outgoings = tuple(
        f"render.year_2_outgoings_{what}.2025" for what in ("node_job", "availability_rewards", "compute_client")
    )
    jobs = outgoings[0]
    stake, fees = "livepeer.staking_rewards_quarter.2021-12", "livepeer.transcoding_fees_quarter.2021-12"
    minted, paid = "bittensor.annual_emissions.2026-03", "bittensor.annual_real_ai_revenue.2026-03"
    fee, used = _pays(fees) / 1e3, "filecoin.network_storage_use.2025-09"
    burned = figure("helium.burned_more_than_minted.2026-01-02")
    return [
        Pay("Akash", 1.0, "2026-03", "rule", ("akash.burn_mint_rule_burn_1000.2026-03",)),
        Pay("Golem", 1.0, "2024", "rule", ("golem.price_terms_provider_offer_start.2024",)),
        Pay("Storj", 1.0, "2023-12", "rule", ("storj.payout_nodes_tb_month_stored.2023-12",)),
        Pay("Helium", 1.0, burned.date, "books", (burned.id,)),
        Pay("Render", _pays(jobs) / sum(map(_pays, outgoings)), "2025", "books", outgoings),
        Pay("Filecoin", _pays(used) / 100, "2025-09", "books", (used, "filecoin.weight_verified_data.2020")),
        Pay("Bittensor", _pays(paid) / _pays(minted), "2026-03", "books", (minted, paid)),
        Pay("Livepeer", fee / (fee + _pays(stake)), "2021-12", "books", (stake, fees)),
    ]


@EVIDENCE.figures("C6a")
def most_for_ordered_work() -> Count:
    """In how many of eight networks most of the providers' pay is for ordered work."""
    pays = what_is_paid_for()
    most = [pay for pay in pays if pay.ordered > 0.5]
    books = [pay for pay in pays if pay.known == "books"]
    render = next(pay for pay in pays if pay.network == "Render")
    shares = [figure(f"render.year_2_outgoings_{what}") for what in ("foundation_operations", "grants")]
    to_providers = sum(map(_pays, render.sources))
    part = to_providers / (to_providers + sum(float(each.value) for each in shares))
    ordered, paid = dollars_a_year()
    weight = _pays("filecoin.weight_verified_data")
    used = _pays("filecoin.network_storage_use") / 100
    counted = weight * used
    return Count(
        true=2 * len(most) > len(pays),
        says=f"{len(most)} of {len(pays)}: Akash, Golem and Storj, whose rules pay for nothing else, Render "
        f"({100 * render.ordered:.0f} % in 2025) and Helium, where customers burned more than was minted (until "
        "2 January 2026). Not Livepeer (1 % in its last published quarter, 2021), Bittensor (13 % at most, 2026), "
        f"Filecoin ({100 * used:.0f} % of the space holds data, 2025)",
        who="the networks' own rules and books (Akash, Golem, Storj, Render); Messari (Helium, Livepeer, Filecoin); "
        "an opinion article (Bittensor)",
        turns="one of the five pays for presence again, as Helium may since its company stopped burning what "
        "subscribers pay; or money is counted, not networks",
        sources=tuple(dict.fromkeys(id for pay in pays for id in pay.sources)),
        other=f"By money {100 * ordered / paid:.0f} %: Bittensor's new tokens are most of all that Bittensor, Helium "
        f"and Akash paid. By books alone {sum(pay in most for pay in books)} of {len(books)}. Filecoin counts clients' "
        f"data {weight:.0f} times: up to {100 * counted / (counted + 1 - used):.0f} % of its rewards may go there, "
        f"though clients pay hardly anything. Of all that Render paid out in 2025 providers got {100 * part:.0f} %",
    )


def dollars_a_year() -> tuple[float, float]:
    """What customers paid, and what was paid out, in Bittensor, Helium and Akash together (million USD a year).

    >>> [round(each) for each in dollars_a_year()]
    [65, 350]
    """
    minted, bought = _pays("bittensor.annual_emissions.2026-03"), _pays("bittensor.annual_real_ai_revenue.2026-03")
    same = 365 * _pays("helium.data_credits_burned_day.2025-12") / 1e6
    same += 4 * _pays("akash.quarterly_lease_revenue_q1_2026.2026-03") / 1e3
    return bought + same, minted + same


@EVIDENCE.figures("C32a")
def both_grew() -> Count:
    """In how many networks providers and customers' payments both grew."""
    spots, before = (figure(f"helium.community_hotspots.{when}") for when in ("2026-02-14", "2024-12"))
    burned, earlier = (figure(f"helium.data_credits_burned_day.{when}") for when in ("2025-12", "2025-03"))
    bought = float(burned.value) - _pays("helium.voluntary_burns_day")  # without what the company burned by choice
    revenue, year_before = (figure(f"akash.quarterly_lease_revenue_q1_{year}") for year in (2026, 2025))
    fewest = figure("akash.active_providers_lowest_network_history")
    cards, sold = (figure(f"ionet.change_{what}_quarter") for what in ("average_verified_gpus", "supplier_revenue"))
    space, penalties = figure("filecoin.change_capacity_quarter"), figure("filecoin.share_network_fees_penalties")
    render, storj = figure("render.usage_growth_year"), figure("storj.nodes_active")
    grew = {
        "Helium": (float(spots.value) > float(before.value), bought > float(earlier.value)),
        "Akash": (False, float(revenue.value) > float(year_before.value)),  # fewest providers of its history
        "io.net": (float(cards.value) > 0, float(sold.value) > 0),
        "Filecoin": (float(space.value) > 0, False),  # what clients pay is next to nothing
    }
    both = [name for name, parts in grew.items() if all(parts)]
    return Count(
        true=2 * len(both) > len(grew),
        says=f"{len(both)} of {len(grew)}, Helium: mobile hotspots from {before.value:,.0f} to {spots.value:,.0f} in "
        f"fourteen months, what customers burned a day from {earlier.value:,.0f} to {bought:,.0f} dollars. At Akash "
        f"lease revenue fell from over {year_before.value:,.0f} to {revenue.value:,.0f} thousand "
        f"dollars a quarter within a year, and {fewest.value:.0f} providers were the fewest ever. io.net sold for "
        f"{1 + float(sold.value) / 100:.1f} times as much in a quarter, on {-float(cards.value):.0f} % fewer cards. "
        f"Filecoin's space shrank by {-float(space.value):.0f} % in a quarter, and {penalties.value} % of its fees are "
        "penalties",
        who=f"Messari ({before.date} to {fewest.date})",
        turns="two of the other three grow again in both; or use alone is counted",
        sources=tuple(
            each.id
            for each in (spots, before, burned, earlier, revenue, year_before, fewest, cards, sold, space, penalties)
        ),
        other=f"Of those that published one of the two, Render's use grew by {render.value:.0f} % in a year "
        f"({render.date}), and Storj's nodes became fewer in 2023, {_pays('storj.nodes_active_before_first_pay'):,.0f} "
        f"to {storj.value:,.0f}",
    )


def one_month(price: ArrayLike, rule: str, paid: float, minted: float) -> dict[str, ArrayLike]:
    """What lesson 7.16 explores: tokens made and burned in a month, along the price of a token.

    Args:
        price: USD per token.
        rule: one of :data:`RULES`. Akash settles at the price at which it was paid.
        paid: by customers (USD).
        minted: new tokens by schedule.

    >>> month = one_month(4.0, "Helium", 20_000.0, 10_000.0)
    >>> {name: round(float(value), 2) for name, value in month.items()}
    {'Made': 10100.0, 'Burned': 5000.0, 'per dollar': 2.02, 'change': 5100.0}
    """
    month: BurnMint
    if rule == "Render":
        month = render_epoch(paid, price, minted)
    elif rule == "Helium":
        month = helium_epoch(paid, price, minted)
    else:
        month = akash_lease(paid, price, price)
    made = np.add(month.minted_nodes, month.minted_foundation) * np.ones_like(price)
    return {
        "Made": made,
        "Burned": np.asarray(month.burned),
        "per dollar": np.asarray(month.minted_nodes) * np.asarray(price) / paid,
        "change": np.asarray(month.supply_change),
    }


def three_books(paid: float = 20_000.0, minted: float = 10_000.0, price: float = 4.0) -> dict[str, Ledger]:
    """One month's customers in three books: paid ahead by a schedule, paid as customers come, and a company's.

    Providers sell their tokens to whoever buys them. The company is Salad, which keeps what it does not pay its
    suppliers of compute.

    Args:
        paid: by customers (USD).
        minted: new tokens by schedule.
        price: USD per token.

    >>> books = three_books()
    >>> [book.balance("token buyers", "USD") for book in books.values()]
    [-20000.0, 0.0, 0.0]
    """
    kept = 1 - _pays("salad.node_rewards_share_revenue_compute") / 100
    months = {"by schedule": burn_and_mint(paid, price, minted), "as they pay": akash_lease(paid, price, price)}
    parties = {who: who for who in ("customers", "providers", "token buyers", "company")}
    books = {name: Ledger(parties) for name in (*months, "company")}
    for name, month in months.items():
        ledger = books[name]
        ledger.mint("token buyers", 1e6, TOKEN, "earlier years")
        ledger.book(month, users="customers", holders="token buyers", nodes="providers", foundation="company")
        ledger.book(sell("providers", "token buyers", month.minted_nodes, price, TOKEN))
    books["company"].record("customers", "company", paid, "USD", "rent")
    books["company"].record("company", "providers", (1 - kept) * paid, "USD", "pay")
    for ledger in books.values():
        ledger.check_conserved()
    return books
