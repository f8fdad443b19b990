"""The way to the pool: what routing saves, what an interface takes, who gets what users pay. P9b, X10a, X10b, X2c.

A pair trades in three pools of one fee. The price of the largest is that outside; of the other two, which are equal,
one is dearer and one is cheaper.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.evidence.effects import Control, Count, Registry
from defi_lib.evidence.gas import gas_cost, todays_gas_cost
from defi_lib.evidence.unknowns import assumptions
from defi_lib.exchange import ConstantProductPool, sandwich_attack, split_trade
from defi_lib.figures import figure
from defi_lib.numerals import percent

EVIDENCE = Registry("exchange")

Array = NDArray[np.float64]

#: What who goes alone accepts to lose of the amount shown: a usual setting (ratio).
TOLERANCE = 0.005

#: Front ends of the week that was counted, and which of them took a fee of their own from most swaps at that time.
WEEK = ("cow_swap", "1inch", "uniswap", "uniswap_v2", "curve", "okx", "banana_gun", "maestro", "odos", "metamask")
PAID = ("uniswap", "banana_gun", "maestro", "metamask")

_FLAT = {"pool_fee": 0.0, "apart": 0.0, "gas_price": 0.0, "swap_gas": 200_000.0, "ether_price": 1_000.0}
_GAS = {**_FLAT, "gas_price": 10.0}  # a swap costs 2 dollars


def pools_of_a_pair(
    depth: ArrayLike, largest: ArrayLike, apart: ArrayLike, pool_fee: ArrayLike
) -> list[ConstantProductPool]:
    """The largest pool, one in which the coin is dearer, and one in which it is cheaper; the coin costs a dollar.

    Args:
        depth: dollars in all three (USD).
        largest: part of it in the largest.
        apart: how far the prices of the other two stand from its price (ratio).
        pool_fee: of a trade (ratio).
    """
    whole, part, dearer = (np.asarray(value, float) for value in (depth, largest, apart))
    other = whole * (1 - part) / 2
    sides = (whole * part, whole * part), (other / (1 + dearer), other), (other * (1 + dearer), other)
    return [ConstantProductPool(side, fee=pool_fee) for side in sides]


@EVIDENCE.model(
    "P9b",
    # All pools have one price, which the swap does not move, and nobody takes a cut: nothing to route for.
    placebos=[{"apart": 0.0, "cut": 0.0, "amount": 1e-6, "depth": 1e9}],
    controls=[
        # The swap is as large as all pools: together they give a half of it, the largest alone a third; the router
        # takes a tenth, and two more pools cost 4 dollars.
        Control({**_GAS, "amount": 1e6, "depth": 1e6, "largest": 0.5, "cut": 0.1}, 0.45 - 1 / 3 - 4e-6),
        # It moves nothing, and one pool pays a tenth more.
        Control(
            {**_GAS, "amount": 1e3, "depth": 1e14, "largest": 0.5, "apart": 0.1, "pool_fee": 0.01, "cut": 0.0},
            0.099,
            within=1e-6,
        ),
        # Pools of (4, 4), (1/2, 2) and (8, 2). With √(xy) = 4, 1 and 4 together they give
        # 8 − 9²/(12.5 + 14.5) = 5, the first alone 4 · 14.5/18.5.
        Control(
            {**_FLAT, "amount": 14.5, "depth": 8.0, "largest": 0.5, "apart": 3.0, "cut": 0.0},
            (5 - 4 * 14.5 / 18.5) / 14.5,
        ),
    ],
)
def routing_saves(
    amount: Array,
    depth: Array,
    largest: Array,
    apart: Array,
    cut: Array,
    pool_fee: Array,
    gas_price: Array,
    swap_gas: Array,
    ether_price: Array,
) -> Array:
    """What routing over all pools saves against the largest pool alone (part of the swap).

    Args:
        amount: worth of what is sold (USD).
        depth: dollars in all pools of the pair (USD).
        largest: part of it in the largest.
        apart: how far the prices of the other pools stand from its price (ratio).
        cut: of the router (ratio).
        pool_fee: of each pool (ratio).
        gas_price: gwei.
        swap_gas: units of gas of each pool that is used.
        ether_price: USD.
    """
    gas = gas_cost(swap_gas, gas_price, ether_price)
    pools = pools_of_a_pair(depth, largest, apart, pool_fee)
    split = split_trade(pools, amount, 0, 1, cut, gas)
    alone = pools[0].swap_exact_in(amount).amount_out
    return np.asarray((split.amount_out - split.gas - (alone - gas)) / amount)


def larger_swaps(trade: ArrayLike, cut: float, apart: float, depth: float) -> dict[str, Any]:
    """What lesson 1.7 explores: what routing saves by the size of a swap; ``depth`` in millions, the rest is today's.

    >>> found = larger_swaps(50_000.0, 0.001, 0.0, 10.0)
    >>> {name: round(float(value), 4) for name, value in found.items()}
    {'Free router': 0.0049, 'Router with a cut': 0.0039, 'zero': 0.0}
    """
    known, gas = assumptions("P9b", ("largest", "pool_fee")), todays_gas_cost("P9b", "swap_gas")
    amount = np.asarray(trade, float)
    places = (1e6 * depth, known["largest"].today, apart, known["pool_fee"].today)
    pools = pools_of_a_pair(*places)
    alone = pools[0].swap_exact_in(amount).amount_out - gas
    free = split_trade(pools, amount, gas=gas)  # the cut changes what the trader gets, not the way
    given = {"Free router": free.amount_out, "Router with a cut": free.amount_out - free.amount_out * cut}
    return {**{name: (out - free.gas - alone) / amount for name, out in given.items()}, "zero": 0.0}


@EVIDENCE.model(
    "X10b",
    # One price everywhere, which the swap does not move, no attackers, no mistakes, no time, no fee.
    placebos=[
        {"apart": 0.0, "interface": 0.0, "attacked": 0.0, "mistakes": 0.0, "saved_time": 0.0, "amount": 1e-6,
         "depth": 1e9}
    ],
    controls=[
        # As large as all pools: the button leaves nine tenths of a half, less gas of three pools. Alone it is a third,
        # of which one fiftieth is lost by mistakes, and 0.005 to attackers, every second time; time is 1 %.
        Control(
            {**_GAS, "amount": 1e6, "depth": 1e6, "largest": 0.5, "interface": 0.1, "attacked": 0.5, "mistakes": 0.02,
             "saved_time": 1e4},
            (0.98 - 0.0025) / 3 - 0.01 - 0.45 + 4e-6,
        ),
        # It moves nothing, and one pool pays a tenth more; no attack pays. The button takes a half.
        Control(
            {**_GAS, "amount": 1e3, "depth": 1e14, "largest": 0.5, "apart": 0.1, "pool_fee": 0.01, "interface": 0.5,
             "attacked": 1.0, "mistakes": 0.0, "saved_time": 0.0}, 0.99 - 1.1 * 0.99 / 2, within=1e-6,
        ),
        # As large as the largest pool: an attacker would win 2 · 0.005/1.005 · 600 = 5.97 dollars, and pay 8 for gas.
        # The button gives 400 for 12 dollars of gas, the largest pool 300 for 4.
        Control(
            {**_GAS, "gas_price": 20.0, "amount": 600.0, "depth": 1_200.0, "largest": 0.5, "interface": 0.0,
             "attacked": 1.0, "mistakes": 0.0, "saved_time": 0.0}, (296 - 388) / 600,
        ),
        # The three pools of the third control of P9b; the button takes a half.
        Control(
            {**_FLAT, "amount": 14.5, "depth": 8.0, "largest": 0.5, "apart": 3.0, "interface": 0.5, "attacked": 0.0,
             "mistakes": 0.0, "saved_time": 0.0}, (4 * 14.5 / 18.5 - 5 / 2) / 14.5,
        ),
    ],
)  # fmt: skip
def button_costs_more(
    amount: Array,
    interface: Array,
    depth: Array,
    largest: Array,
    apart: Array,
    attacked: Array,
    mistakes: Array,
    saved_time: Array,
    pool_fee: Array,
    gas_price: Array,
    swap_gas: Array,
    ether_price: Array,
) -> Array:
    """How much better off is who goes to the largest pool alone than who presses the button (part of the swap).

    The button routes over all pools, is safe from attacks and mistakes, and takes its part of what comes out. What
    attackers take of who goes alone is computed: the best sandwich that the usual tolerance allows, if it pays.

    Args:
        amount: worth of what is sold (USD).
        interface: what the button takes (ratio).
        depth, largest, apart, pool_fee: as in :func:`pools_of_a_pair`.
        attacked: chance that an order sent alone meets an attacker.
        mistakes: what mistakes cost who goes alone (ratio).
        saved_time: what the time is worth that the button saves (USD).
        gas_price, swap_gas, ether_price: as in :func:`routing_saves`.
    """
    gas = gas_cost(swap_gas, gas_price, ether_price)
    pools = pools_of_a_pair(depth, largest, apart, pool_fee)
    split = split_trade(pools, amount, 0, 1, interface, gas)
    attack = sandwich_attack(pools[0], amount, TOLERANCE, gas=2 * gas)
    kept = attack.undisturbed.amount_out * (1 - mistakes) - attacked * attack.victim_loss
    return np.asarray((kept - gas - saved_time - (split.amount_out - split.gas)) / amount)


@EVIDENCE.figures("X10a")
def paid_front_ends() -> Count:
    """What went through front ends that took a fee, of the ten largest in the one week of which a count was found."""
    week = {name: figure(f"front_end.week_{name}") for name in WEEK}
    volume = {name: float(each.value) for name, each in week.items()}
    whole, paid = sum(volume.values()), sum(volume[name] for name in PAID)
    bots = figure("front_end.uniswap_bots_share")
    since = paid - volume["uniswap"]
    return Count(
        true=paid > whole / 2,
        says=f"In a week of 2024 the ten largest front ends on Ethereum traded {whole:,.0f} million USD; those with a "
        f"fee of their own had {percent(paid / whole, 2)} of it.",
        who="Counted by hildobby (Dune, a weak source); which of them took a fee is from memory.",
        turns=f"CoW Swap counts, which takes a part of what it improves: then it is "
        f"{percent((paid + volume['cow_swap']) / whole, 2)}",
        sources=(*(each.id for each in week.values()), bots.id),
        other=f"Nobody publishes the private people among them, nor a newer week. Uniswap has asked nothing since "
        f"December 2025: without it the same week gives {percent(since / whole, 2)}. By volume most trading is that of "
        f"bots that trade for themselves ({bots.value:.0f} % on Uniswap, {bots.dates}).",
    )


@EVIDENCE.figures("X2c")
def who_gets_what_users_pay() -> Count:
    """The part of what users pay that holders of the token get, or could get, at four protocols."""
    switch, lido = figure("dex_fees.uniswap_v2_protocol_share_when"), figure("staking_fees.lido_fee_staking_rewards")
    aave, kept = figure("user_fees.aave_week"), figure("user_fees.aave_revenue_week")
    sky, revenue, holders = (figure(f"user_fees.sky{what}_year") for what in ("", "_revenue", "_holders"))
    parts = {
        "Uniswap": float(switch.value),
        "Aave": float(kept.value) / float(aave.value),
        "Lido": float(lido.value) / 100,
        "Sky": float(revenue.value) / float(sky.value),
    }
    paid = float(holders.value) / float(sky.value)
    return Count(
        true=sum(part > 0.5 for part in parts.values()) >= 2,
        says="Of what users pay, all that the protocols keep is "
        + ", ".join(f"{percent(part, 2)} at {name}" for name, part in parts.items())
        + "; providers of liquidity, lenders, stakers and savers get the rest.",
        who="By the contract of Uniswap v2 (since December 2025; before, nothing), Lido's price list of 2026, and "
        "DefiLlama (Aave 2025, Sky 2026; weak sources).",
        turns="gains of the token's price count as what holders get",
        sources=tuple(each.id for each in (switch, lido, aave, kept, sky, revenue, holders)),
        other=f"Holders themselves get less than the protocol keeps: at Sky {percent(paid, 2)}.",
    )
