"""What a loop of staking and lending earns beside staking alone, and what ends it. Reading P9a."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.evidence.effects import Control, Registry
from defi_lib.evidence.gas import gas_cost
from defi_lib.figures import figure
from defi_lib.lending import SharedRates, aave_curve, fall_to_liquidation, liquidate, net_yield
from defi_lib.units import DAYS_PER_YEAR

EVIDENCE = Registry("lending")

Worlds = NDArray[np.float64]

#: Years for one wrong price: Aave's third version opened on Ethereum in January 2023, and had one by March 2026.
YEARS_APART = 3


def ether_pool() -> SharedRates:
    """The rule of Aave's pool of ether in April 2026: 2.35 % at the kink of 92 %, 8.35 % where all is lent out."""
    rule = ("rate_at_kink", "rate_above_kink", "kink", "reserve_factor")
    kink_rate, steep, kink, factor = (float(figure(f"leverage.aave_ether_{part}").value) / 100 for part in rule)
    return SharedRates(aave_curve(0.0, kink_rate, steep, kink), factor)


def staked_terms() -> tuple[float, float]:
    """Liquidation threshold and bonus (ratios) of staked ether against ether at Aave."""
    threshold = figure("leverage.aave_staked_ether_threshold")
    bonus = figure("lending_params.aave_v3_ethereum_e_mode_eth_correlated_bonus")
    return float(threshold.value) / 100, float(bonus.value)


def year_of_a_loop(times: ArrayLike, staked_rate: ArrayLike, ether_loan: ArrayLike, dear_days: ArrayLike) -> Worlds:
    """What a loop earns in a year without accidents, as a part of the own ether.

    On dear days all ether is lent out: the loan costs what the rule asks there.

    Args:
        times: how many times the own ether is at work, >= 1.
        staked_rate: what staking pays (ratio per year).
        ether_loan: what the loan costs on other days (ratio per year).
        dear_days: days of such a year, in [0, 365].

    >>> round(float(year_of_a_loop(7, 0.024, 0.0227, 0)), 4), round(float(year_of_a_loop(7, 0.024, 0.0227, 10)), 4)
    (0.0318, 0.0218)
    """
    part = np.asarray(dear_days) / DAYS_PER_YEAR
    loan = np.asarray(ether_loan) * (1 - part) + float(ether_pool().borrow_rate(1.0)) * part
    return np.asarray(net_yield(np.asarray(times, float), np.asarray(staked_rate), loan))


def loop_by_use(lent_out: ArrayLike, times: ArrayLike, staked_rate: ArrayLike) -> dict[str, Worlds]:
    """What lesson 2.3 explores: what a loop earns by the part of the pool's ether that is lent out.

    >>> found = loop_by_use(0.92, 7.0, 0.024)
    >>> {name: round(float(value), 4) for name, value in found.items()}
    {'The loop': 0.027, 'Staking alone': 0.024, 'Lending alone': 0.0184, 'loan': 0.0235, 'distance': 0.0977}
    """
    rule, used = ether_pool(), np.asarray(lent_out, float)
    loan = np.asarray(rule.borrow_rate(used))
    return {
        "The loop": np.asarray(net_yield(times, staked_rate, loan)),
        "Staking alone": np.asarray(staked_rate) + 0 * used,
        "Lending alone": np.asarray(rule.supply_rate(used)),
        "loan": loan,
        "distance": np.asarray(fall_to_liquidation(times, staked_terms()[0])),
    }


def lost_to_a_wrong_price(times: ArrayLike, wrong_fall: ArrayLike) -> Worlds:
    """What a loop loses when its coin is priced too low for a moment, as a part of the own ether.

    Liquidators close what they may at the wrong price, and keep the bonus. Whoever keeps enough distance loses nothing.

    >>> lost_to_a_wrong_price([7.0, 14.0], 0.0285).round(3).tolist()
    [0.0, 0.258]
    """
    times = np.asarray(times, float)
    threshold, bonus = staked_terms()
    step = liquidate(times, times - 1, 1 - np.asarray(wrong_fall), threshold, bonus)
    return np.asarray(step.seized - step.repaid)


def lost_to_robbers(times: Worlds, robbed: Worlds, part_lost: Worlds) -> Worlds:
    """What a loop loses to robbers in a year, of two protocols, as a part of the own ether.

    A robbery takes a part of all that is at work; if that is more than the own ether, the debt is not repaid.
    """
    return np.asarray(2 * robbed / part_lost * np.minimum(times * part_lost, 1.0))


@EVIDENCE.model(
    "P9a",
    placebos=[
        # The loan costs what staking pays, and nothing goes wrong: nothing is earned or lost by the rounds.
        {
            "staked_rate": 0.025,
            "ether_loan": 0.025,
            "dear_days": 0,
            "robbed": 0,
            "wrong_fall": 0,
            "gas_price": 0,
        },
        # Nobody borrows: the loop is the stake.
        {"times": 1, "robbed": 0, "gas_price": 0},
    ],
    controls=[
        # A tenth of the year at 8.35 %: the loan costs 2.635 %, four times 3 % less three times that are 4.095 %.
        # A robbery in twenty years takes 0.8 of the own ether, of two protocols 8 %, of staking alone 1 %. Gas: 10 of
        # 1,000 dollars. A fall of 1 % liquidates nobody at 1.25.
        Control(
            {
                "staked_rate": 0.03,
                "ether_loan": 0.02,
                "dear_days": 36.5,
                "times": 4,
                "robbed": 0.01,
                "part_lost": 0.2,
                "wrong_fall": 0.01,
                "gas_price": 10,
                "loop_gas": 1e6,
                "ether_price": 1_000,
                "capital": 1_000,
            },
            0.04095 - 0.03 - 0.07 - 0.01,
        ),
        # Ten times: a fall of 6 % closes half of the debt, 4.5, for 4.5·1.01/0.94. A robbery takes all, no more.
        Control(
            {
                "staked_rate": 0.03,
                "ether_loan": 0.02,
                "dear_days": 0,
                "times": 10,
                "robbed": 0.01,
                "part_lost": 1,
                "wrong_fall": 0.06,
                "gas_price": 0,
                "loop_gas": 1e6,
                "ether_price": 1_000,
                "capital": 1_000,
            },
            0.09 - 0.01 - 4.5 * (1.01 / 0.94 - 1) / 3,
        ),
    ],
)
def loop_beside_staking(
    staked_rate: Worlds,
    ether_loan: Worlds,
    dear_days: Worlds,
    times: Worlds,
    robbed: Worlds,
    part_lost: Worlds,
    wrong_fall: Worlds,
    gas_price: Worlds,
    loop_gas: Worlds,
    ether_price: Worlds,
    capital: Worlds,
) -> Worlds:
    """How much more a loop earns in a year than staking alone with the same service (part of the own ether).

    Lending the ether, the other protocol alone, earns less than staking wherever a loop gains at all. A fall of the
    staked coin on the market liquidates nobody: the contract takes the service's own exchange rate for its price.

    Args:
        staked_rate: what staking pays (ratio per year).
        ether_loan: what the loan costs on ordinary days (ratio per year).
        dear_days: days on which all ether is lent out.
        times: how many times the own ether is at work.
        robbed: what robbers take of a protocol in a year (ratio).
        part_lost: what they take of one that they rob (ratio).
        wrong_fall: how far a price is wrong, once in :data:`YEARS_APART` years (ratio).
        gas_price: gwei.
        loop_gas: of building the loop and taking it down (units of gas).
        ether_price: USD.
        capital: the own ether (USD).
    """
    more = year_of_a_loop(times, staked_rate, ether_loan, dear_days) - staked_rate
    robbery = lost_to_robbers(times, robbed, part_lost) - robbed
    gas = gas_cost(loop_gas, gas_price, ether_price) / capital
    return np.asarray(more - robbery - lost_to_a_wrong_price(times, wrong_fall) / YEARS_APART - gas)
