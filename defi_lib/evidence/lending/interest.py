"""What a lender of dollar coins earns: beside a savings account, a Treasury bill and the customers of a bank."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from defi_lib.evidence.effects import Control, Count, Registry
from defi_lib.figures import figure
from defi_lib.lending import SharedRates, aave_curve

EVIDENCE = Registry("lending")

Worlds = NDArray[np.float64]

#: Half way to the kink; of 3 % that is lost half comes back.
_HALF_WAY = {
    "lent_out": 0.46, "kink_rate": 0.04, "reserve_factor": 0.25, "robbed": 0.01, "bad_debt": 0.02, "recovered": 0.5,
}  # fmt: skip


def _shape() -> tuple[float, float]:
    """Where the rule has its kink (92 %), and what it adds from there to 100 % (ratio per year)."""
    rule = "lending_params.aave_v3_ethereum_usdc_usdt_dai_"
    return float(figure(f"{rule}optimal").value), float(figure(f"{rule}slope2").value)


def pool_rates(lent_out: Worlds, kink_rate: Worlds, reserve_factor: Worlds) -> tuple[Worlds, Worlds]:
    """What borrowers pay and what savers earn (ratios per year) in a pool with the kink of Aave's dollar coins.

    Args:
        lent_out: part of the money that is lent out.
        kink_rate: what borrowers pay at the kink (ratio per year).
        reserve_factor: the treasury's part of the interest.
    """
    kink, steep = _shape()
    rule = SharedRates(aave_curve(0.0, kink_rate, steep, kink), reserve_factor)
    return np.asarray(rule.borrow_rate(lent_out)), np.asarray(rule.supply_rate(lent_out))


def kept_by_savers(earned: Worlds, robbed: Worlds, bad_debt: Worlds, recovered: Worlds) -> Worlds:
    """What is left of a year's rate after expected losses, which take interest too (ratio per year).

    Args:
        earned: what the pool pays (ratio per year).
        robbed: part of the pool that robbers take in a year.
        bad_debt: part of it that borrowers leave unpaid.
        recovered: part of both that savers get back.
    """
    return (1 + earned) * (1 - (robbed + bad_debt) * (1 - recovered)) - 1


def as_in_the_last_year(lent_out: Worlds, kink_rate: Worlds, reserve_factor: Worlds, **_: Worlds) -> NDArray[np.bool_]:
    """Whether savers earn from half to double of what they earned in the year to March 2026 (3.54 %).

    A pool can be lent out to the last dollar for an hour; over a year nobody measured it.
    """
    earned = pool_rates(lent_out, kink_rate, reserve_factor)[1]
    mean = float(figure("lending_rate.aave_v3_ethereum_usdc_mean_supply_rate_1").value) / 100
    return (earned >= mean / 2) & (earned <= 2 * mean)


@EVIDENCE.model(
    "P6b",
    # No loss, no cost, and the rule gives 92 % · 5 % less a tenth, 4.14 %: what the bill pays.
    placebos=[
        {
            "lent_out": 0.92,
            "kink_rate": 0.05,
            "reserve_factor": 0.1,
            "robbed": 0,
            "bad_debt": 0,
            "ways": 0,
            "bill": 0.0414,
        },
    ],
    controls=[
        # Half way to the kink borrowers pay 2 %, savers earn 46 % of three quarters of it, 0.69 %. Of 3 % lost half
        # comes back: 1.0069 · 0.985 = 0.9917965. Less 0.1 % of costs and the bill's 3 %.
        Control(_HALF_WAY | {"ways": 0.001, "bill": 0.03}, -0.0392035),
        # Half way from the kink to the end: 4 % and half of 35 %; 96 % of it, less a tenth, are 18.576 %.
        Control(
            {
                "lent_out": 0.96,
                "kink_rate": 0.04,
                "reserve_factor": 0.1,
                "robbed": 0.01,
                "bad_debt": 0,
                "recovered": 0,
                "ways": 0,
                "bill": 0.05,
            },
            1.18576 * 0.99 - 1.05,
        ),
    ],
    fits=as_in_the_last_year,
)
def pool_beside_a_bill(
    lent_out: Worlds,
    kink_rate: Worlds,
    reserve_factor: Worlds,
    robbed: Worlds,
    bad_debt: Worlds,
    recovered: Worlds,
    ways: Worlds,
    bill: Worlds,
) -> Worlds:
    """What a lender keeps of a year, after expected losses and the cost of coming and leaving, less a bill."""
    earned = pool_rates(lent_out, kink_rate, reserve_factor)[1]
    return kept_by_savers(earned, robbed, bad_debt, recovered) - ways - bill


@EVIDENCE.model(
    "P4b",
    # All is lent out, no treasury, nothing lost: savers get what borrowers pay. A bank without a margin does the same.
    placebos=[{"lent_out": 1, "reserve_factor": 0, "robbed": 0, "bad_debt": 0, "margin": 0}],
    # As above: borrowers pay 2 %, savers keep 0.9917965 - 1; the bank's customers are 3.3 % apart.
    controls=[Control(_HALF_WAY | {"margin": 0.033}, 0.0047965)],
    fits=as_in_the_last_year,
)
def margin_of_a_bank_beside_the_pool(
    lent_out: Worlds,
    kink_rate: Worlds,
    reserve_factor: Worlds,
    robbed: Worlds,
    bad_debt: Worlds,
    recovered: Worlds,
    margin: Worlds,
) -> Worlds:
    """How much smaller the gap between borrowers and savers is in the pool than in a bank.

    The bank's margin pays for its losses; the pool's savers bear theirs, which widens the pool's gap.
    """
    paid, earned = pool_rates(lent_out, kink_rate, reserve_factor)
    return margin - (paid - kept_by_savers(earned, robbed, bad_debt, recovered))


@EVIDENCE.figures("P6a")
def coin_beside_an_account() -> Count:
    """What a lender of USDC earned in a year of months, beside the average savings account."""
    rate = "lending_rate.aave_v3_ethereum_usdc_supply_rate"
    low, high, newest = figure(f"{rate}_lowest"), figure(f"{rate}_highest"), figure(rate)
    account, better = figure("savings_rate.us_savings_account"), figure("savings_rate.us_high_yield_account")
    return Count(
        true=bool(float(low.value) > float(account.value)),
        says=f"On the first days of the twelve months savers at Aave earned {float(low.value):.2f} to "
        f"{float(high.value):.2f} % a year; the average savings account paid {float(account.value):.2f} % "
        f"({account.date})",
        who=f"Rates of Aavescan ({newest.date}), account of the FDIC ({account.date})",
        turns=f"the saver can open an account that pays {float(better.value):.0f} % or more, as online banks offer: "
        f"then it was not true in March 2026, at {float(newest.value):.2f} %",
        sources=(low.id, high.id, newest.id, account.id),
        other="the account is insured, the pool is not",
    )
