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
    """What a network's providers are paid for, and what part of it customers pay."""

    network: str
    ordered: float  #: part of the pay that is given for ordered work (a ratio)
    known: str  #: "rule": nothing else can be paid; "payout": it was published what was paid for what
    when: str
    funded: float  #: part of the pay that customers pay, at most 1
    sources: tuple[str, ...]
    funding: tuple[str, ...] = ()  #: sources of ``funded``


def _value(id: str) -> float:
    return float(figure(id).value)


def what_is_paid_for() -> list[Pay]:
    """The eight networks of reading C6a, all by the same two yardsticks: what the pay is given for, and who pays it.

    Of Filecoin both answers are possible: clients' data lies on a third of the space, but has ten times its weight in
    rewards. It is counted as the smaller of the two: not for ordered work. Bittensor's work is ordered by those who
    grade it; all of that is counted as ordered, which is the most that can be said for it.

    >>> for pay in what_is_paid_for()[4:]:
    ...     print(f"{pay.network}: {pay.ordered:.2f} {pay.funded:.2f}")
    Render: 0.83 1.00
    Bittensor: 0.41 0.13
    Filecoin: 0.36 0.00
    Livepeer: 0.01 0.01
    """
    outgoings = tuple(
        f"render.year_2_outgoings_{what}.2025" for what in ("node_job", "availability_rewards", "compute_client")
    )
    weekly = ("render.weekly_node_rewards_jobs.2026", "render.weekly_node_rewards_availability.2026")
    burned = "render.burned_in_90_days.2026-06-28"
    nodes = sum(map(_value, weekly)) * 90 / 7
    stake, fees = "livepeer.staking_rewards_quarter.2021-12", "livepeer.transcoding_fees_quarter.2021-12"
    minted, paid = "bittensor.annual_emissions.2026-03", "bittensor.annual_real_ai_revenue.2026-03"
    fee, used = _value(fees) / 1e3, "filecoin.network_storage_use.2025-09"
    served = fee / (fee + _value(stake))
    half = "helium.hotspots_pay_part_of_payments.2026-08-18"
    akash, golem = "akash.burn_mint_rule_burn_1000.2026-03", "golem.price_terms_provider_offer_start.2024"
    stored, asked = "storj.payout_nodes_tb_month_stored.2023-12", "storage_price.storj_standard_storage.2026-07-01"
    storj = _value(asked) / (_value(stored) * _value("storj.expansion_factor.2020"))
    split = "bittensor.split_subnet_token_emission_miners.2025-02"
    return [
        Pay("Akash", 1.0, "rule", "2026-03", 1.0, (akash,)),
        Pay("Golem", 1.0, "rule", "2024", 1.0, (golem,)),
        Pay("Storj", 1.0, "rule", "2023-12", min(storj, 1.0), (stored,), (asked,)),
        Pay("Helium", 1.0, "rule", "2026-08", min(100 / _value(half), 1.0), (half,)),
        Pay(
            "Render", _value(outgoings[0]) / sum(map(_value, outgoings)), "payout", "2025",
            min(1e6 * _value(burned) / nodes, 1.0), outgoings, (burned, *weekly),
        ),
        Pay(
            "Bittensor", _value(split) / 100, "rule", "2025-02", _value(paid) / _value(minted), (split,),
            (minted, paid),
        ),
        Pay("Filecoin", _value(used) / 100, "rule", "2025-09", 0.0, (used, "filecoin.weight_verified_data.2020")),
        Pay("Livepeer", served, "payout", "2021-12", served, (stake, fees)),
    ]  # fmt: skip


@EVIDENCE.figures("C6a")
def most_for_ordered_work() -> Count:
    """In how many of eight networks most of the providers' pay is for ordered work."""
    pays = what_is_paid_for()
    most = [pay for pay in pays if pay.ordered > 0.5]
    funded = [pay for pay in pays if pay.funded > 0.5]
    render = next(pay for pay in pays if pay.network == "Render")
    shares = [figure(f"render.year_2_outgoings_{what}") for what in ("foundation_operations", "grants")]
    to_providers = sum(map(_value, render.sources))
    part = to_providers / (to_providers + sum(float(each.value) for each in shares))
    ordered, paid = dollars_a_year()
    weight = _value("filecoin.weight_verified_data")
    used = _value("filecoin.network_storage_use") / 100
    counted = weight * used
    return Count(
        true=2 * len(most) > len(pays),
        says=f"{len(most)} of {len(pays)}: Akash, Golem and Storj; Helium, which pays hotspots for carried data only "
        f"since 2026; and Render ({100 * render.ordered:.0f} % for jobs in 2025). Not Bittensor (41 % to those who "
        f"compute), Filecoin ({100 * used:.0f} % of the space holds clients' data), Livepeer (1 % were customers' fees "
        "in 2021, the last quarter with both published)",
        who="the networks' own rules and payouts; Messari (Filecoin, Livepeer), a guide to Bittensor's rule",
        turns="one of the five pays for presence again, as Helium did until 2026, and Filecoin's weights are not "
        "followed; or dollars are counted, not networks",
        sources=tuple(dict.fromkeys(id for pay in pays for id in pay.sources)),
        other=f"With Filecoin's weights (clients' data {weight:.0f} times: up to "
        f"{100 * counted / (counted + 1 - used):.0f} % of its rewards) {len(most) + 1} of {len(pays)}. By who funds "
        f"the pay, customers most of it in {len(funded)} of {len(pays)}: the same five, Render by a weak source, Storj "
        f"since its price of July 2026. By dollars {100 * ordered / paid:.0f} %, of all that Bittensor, Helium and "
        f"Akash paid. Not only providers are paid: they got {100 * part:.0f} % of what Render paid out in 2025, and "
        f"{_value('helium.company_fund_share'):.0f} % of Helium's new tokens go to a fund of its company for a year",
    )


def dollars_a_year() -> tuple[float, float]:
    """What customers paid, and what was paid out, in Bittensor, Helium and Akash together (million USD a year).

    Helium without what its company burned by choice.

    >>> [round(each) for each in dollars_a_year()]
    [53, 338]
    """
    minted, bought = _value("bittensor.annual_emissions.2026-03"), _value("bittensor.annual_real_ai_revenue.2026-03")
    burned = _value("helium.data_credits_burned_day.2025-12") - _value("helium.voluntary_burns_day")
    same = 365 * burned / 1e6 + 4 * _value("akash.quarterly_lease_revenue_q1_2026.2026-03") / 1e3
    return bought + same, minted + same


@EVIDENCE.figures("C32a")
def both_grew() -> Count:
    """In how many networks providers and customers' payments both grew."""
    spots, before = (figure(f"helium.community_hotspots.{when}") for when in ("2026-02-14", "2024-12"))
    burned, earlier = (figure(f"helium.data_credits_burned_day.{when}") for when in ("2025-12", "2025-03"))
    bought = float(burned.value) - _value("helium.voluntary_burns_day")  # without what the company burned by choice
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
        f"Filecoin's space shrank by {-float(space.value):.0f} % in a quarter, and clients pay next to nothing",
        who=f"Messari ({before.date} to {fewest.date})",
        turns="two of the other three grow again in both; or use alone is counted",
        sources=tuple(
            each.id
            for each in (spots, before, burned, earlier, revenue, year_before, fewest, cards, sold, space, penalties)
        ),
        other=f"Of those that published one of the two, Render's use grew by {render.value:.0f} % in a year "
        f"({render.date}), and Storj's nodes became fewer in 2023, "
        f"{_value('storj.nodes_active_before_first_pay'):,.0f} to {storj.value:,.0f}",
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
    kept = 1 - _value("salad.node_rewards_share_revenue_compute") / 100
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
