"""What a licence gives and takes (R8a), who has a smaller part since the rules (R8b), and who decides (R8c)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.economy import (
    Industry,
    Licence,
    LicenceEffect,
    ProofGate,
    ServiceMarket,
    fewest_together,
    free_entry,
    licence_effect,
    lone_deciders,
)
from defi_lib.evidence.effects import Control, Count, Proof, Registry
from defi_lib.figures import figure
from defi_lib.ledger import Ledger

EVIDENCE = Registry("economy")

Array = NDArray[np.float64]

#: Nine firms that cost 1 a year each share what users would give 10 a unit for (models of the textbook).
_NINE = {
    "firms": 9.0, "licence": 3.0, "by_holdings": 0.0, "worth": 10.0, "prevented": 0.8, "foreseen": 0.0,
    "custodian_fails": 0.0, "reaches_customers": 1.0, "paid": 0.0,
}  # fmt: skip


@EVIDENCE.model(
    "R8a",
    placebos=[
        {"licence": 0.0, "by_holdings": 0.0, "prevented": 0.0},  # it costs nothing and does nothing
        {"licence": 0.0, "by_holdings": 0.0, "custodian_fails": 0.0},  # there is nothing to prevent
    ],
    controls=[
        Control(_NINE, -8.5 / 9),  # four firms are left, and what users gain falls from 40.5 to 32
        Control(_NINE | {"custodian_fails": 1.0}, -1.1 / 9),  # 8 · 0.2 lost in place of 9 · 1
        Control(_NINE | {"custodian_fails": 1.0, "paid": 1.2}, -8.5 / 9),  # nothing is lost where all is repaid
        Control(_NINE | {"custodian_fails": 1.0, "foreseen": 1.0}, -1.78 / 9),  # 4.4 firms: 4.4 · 10.8 / 5.4 are sold
        Control(_NINE | {"licence": 0.0, "by_holdings": 0.5}, -4.375 / 9),  # 8.5 firms, as many units sold
        Control(_NINE | {"firms": 5.0, "licence": 0.69}, -0.485),  # 6/1.3 less 1 firms; 12.5 falls to 11.045
        Control(
            {
                "firms": 9.0, "licence": 0.0, "by_holdings": 0.0, "worth": 1.0, "prevented": 0.5, "foreseen": 0.5,
                "custodian_fails": 0.5, "reaches_customers": 0.5, "paid": 0.2,
            },
            8.875 / 90,
        ),  # a loss of 0.2, half of it foreseen and half of it prevented: 95 in place of 90 are sold
    ],
)  # fmt: skip
def better_off_licensed(
    firms: Array,
    licence: Array,
    by_holdings: Array,
    worth: Array,
    prevented: Array,
    foreseen: Array,
    custodian_fails: Array,
    reaches_customers: Array,
    paid: Array,
) -> Array:
    """What users have more with a licence than without, part of the money that they trust to firms in a year.

    Args:
        firms: before the licence, counted by size: as concentrated as so many equal ones, which just live.
        licence: what it costs a firm, over its other fixed costs.
        by_holdings: what it costs on each dollar that users hold.
        worth: what the service is worth to the keenest user above its cost and the losses that are foreseen.
        prevented: part of the losses that the licence prevents.
        foreseen: part of the losses that users reckon with.
        custodian_fails, reaches_customers: chances, a year, that a firm fails, and that its customers are hit.
        paid: part of their claims that customers get back.
    """
    loss = custodian_fails * reaches_customers * np.maximum(1.0 - paid, 0.0)
    kind = Licence(licence, by_holdings, prevented)
    found = licence_effect(_market(firms, worth, foreseen, loss), [kind], whole_firms=False)
    return np.asarray(found.net / np.asarray(found.before.quantity))


def _market(firms: Array, worth: Array, foreseen: Array, loss: Array) -> ServiceMarket:
    """A market that feeds so many firms without a licence; each firm's fixed costs are 1."""
    return ServiceMarket(worth + foreseen * loss, slope=np.square(worth / (firms + 1.0)), fraud=loss, foreseen=foreseen)


@EVIDENCE.figures("R8b")
def part_of_the_two() -> Count:
    """The two largest dollar coins before Europe's rules and at the newest count."""
    share = "stablecoin.usdt_usdc_share_all"
    before, later, signed = (figure(f"{share}.{when}") for when in ("2024-01-01", "2025-03-31", "2025-07"))
    three, eleven, fifteen, glassnode = (
        figure(f"stablecoin.{name}")
        for name in (
            "three_largest_share",
            "usdt_usdc_share_11_largest",
            "usdt_usdc_share_stablecoin_supply",
            "usdt_usdc_share_all_glassnode",
        )
    )
    fell = float(before.value) - float(three.value)  # at least, since a third one is in the newer number
    differ = float(eleven.value) - float(later.value)  # two counters, three months apart
    return Count(
        true=fell > differ,
        says=f"On 1 January 2024, the last count before Europe's rules (30 June 2024), the two had {before.value:.1f} "
        f"% of all dollar coins, on 31 March 2025 {later.value:.1f} %, and in July 2025, when America's were signed, "
        f"{signed.value:.0f} %. On 25 June 2026 the three largest together had {three.value:.1f} %, so the two less: "
        f"at least {fell:.1f} points below the first count. But of the 11 largest coins they had "
        f"{eleven.value:.0f} % at the end of 2024: counters differ by {differ:.1f} points, so a fall is not shown",
        who="DefiLlama (2024, March 2025), Delphi Digital (July 2025), Dune (June 2026, 158 coins) and S&P (the 11 "
        "largest)",
        turns="one and the same counter finds that the two have lost some five points; America's rules apply from "
        "January 2027 at the latest, so their time has hardly begun",
        sources=tuple(each.id for each in (before, later, signed, three, eleven, fifteen, glassnode)),
        other=f"by DefiLlama alone the part fell by {float(before.value) - float(later.value):.1f} point until March "
        f"2025; of the 15 largest coins the two had {fifteen.value:.0f} % in January 2026 (Dune), of all some months "
        f"after Europe's rules more than {glassnode.value:.0f} % (Glassnode). And since a rule is not because of it",
    )


def gates() -> dict[str, ProofGate]:
    """The ways to ask for proofs that lesson 8.10 compares.

    >>> [len(lone_deciders(gate)) for gate in gates().values()]
    [1, 3, 3, 0, 1, 1]
    """
    three = ("bank", "post", "town")
    return {
        "one issuer": ProofGate(three[:1]),
        "any of three": ProofGate(three),
        "all of three": ProofGate(three, needed=3),
        "two of three": ProofGate(three, needed=2, withdrawing=2),
        "two of three, who all ask one register": ProofGate(three, needed=2, learns_from=("register",) * 3),
        "two of three, and one keeps their list": ProofGate(three, needed=2, keepers=("keeper",)),
    }


@EVIDENCE.logic("R8c")
def nobody_decides_alone() -> Proof:
    """All parties of a contract that asks for two of three proofs are tried, alone and together."""
    way = gates()
    several, one_source = way["two of three"], way["two of three, who all ask one register"]
    fewest = fewest_together(several)
    assert lone_deciders(way["one issuer"]) == ("bank",) and lone_deciders(one_source) == ("register",)
    return Proof(
        true=not lone_deciders(several),
        says=f"A contract that nobody can change asks for the proofs of two of three issuers, each of whom sees for "
        f"itself that a user is of age. All parties were tried: it takes {fewest.to_let_in} together to let in "
        f"somebody who is not, and {fewest.to_shut_out} to shut out somebody who is or to take a proof back. With any "
        f"one of three each alone lets in whom it likes; if all three must agree each alone shuts out.",
        turns="all issuers learn the fact from one party that writes it, as with a licence or a state's list of "
        "persons, or if one party keeps the list of issuers: then that party decides, whatever the proof",
    )


#: An island's money changers: nine firms, 10 dollars a unit for the keenest user, thousand dollars a year.
ISLAND = ServiceMarket(10.0, fraud=1.0)

#: Who pays for the island's licence.
PAYERS = ("each firm the same", "by what is sold", "small firms free")


def island(licence: ArrayLike, prevented: float, loss: float, foreseen: float, payer: str) -> dict[str, Any]:
    """What lesson 8.10 explores: what a licence protects and what it makes dearer (thousand dollars a year).

    Args:
        licence: what it costs a firm that sells a unit (thousand dollars).
        prevented: part of the losses that it prevents.
        loss: by fraud on each unit.
        foreseen: part of it that users reckon with.
        payer: one of :data:`PAYERS`.

    >>> found = island(3.0, 0.8, 1.0, 0.0, "each firm the same")
    >>> [round(float(found[name]), 2) for name in ("It makes dearer", "It protects", "firms")]
    [7.5, 6.4, 4.0]
    """
    done = _island(licence, prevented, loss, foreseen, payer)
    return {
        "It makes dearer": np.asarray(done.dearer, float),
        "It protects": np.asarray(done.protected, float),
        "firms": done.after.number,
        "net": done.net,
    }


def _island(licence: ArrayLike, prevented: float, loss: float, foreseen: float, payer: str) -> LicenceEffect:
    market, cost = ISLAND._replace(fraud=loss, foreseen=foreseen), np.asarray(licence, float)
    kinds = {
        PAYERS[0]: [Licence(cost, prevented=prevented)],
        PAYERS[1]: [Licence(proportional=cost, prevented=prevented)],
        PAYERS[2]: [Licence(cost, prevented=prevented), Licence(largest=0.8)],
    }
    return licence_effect(market, kinds[payer])


def books_of_the_island(fee: float = 3.0, levy: float = 1.65, prevented: float = 0.8) -> dict[str, Industry]:
    """The island without a licence, with one of the same cost or by sales (of the same money), and with one firm.

    >>> [(float(each.number), round(each.hhi)) for each in books_of_the_island().values()]
    [(9.0, 1111), (4.0, 2500), (7.0, 1429), (1.0, 10000)]
    """
    return {
        "no licence": free_entry(ISLAND),
        PAYERS[0]: free_entry(ISLAND, [Licence(fee, prevented=prevented)]),
        PAYERS[1]: free_entry(ISLAND, [Licence(proportional=levy, prevented=prevented)]),
        "one firm": free_entry(ISLAND, [Licence(fee, prevented=prevented, places=1)]),
    }


def book(industry: Industry) -> Ledger:
    """A year of these firms in a ledger; what firms are left with goes to their owners."""
    ledger = Ledger(new_parties="by name")
    ledger.book(industry)
    ledger.check_conserved()
    return ledger
