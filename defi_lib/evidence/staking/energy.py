"""What security costs in power, and what the least share of it costs and brings. Readings P14a, P14b and P14c."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from defi_lib.evidence.effects import Control, Count, Registry
from defi_lib.evidence.gas import gas_cost
from defi_lib.figures import figure
from defi_lib.numerals import number
from defi_lib.staking.stake.delegation import net_staking_return
from defi_lib.staking.work.energy import free_entry_energy, machines_energy, mining_return

EVIDENCE = Registry("staking")

Worlds = NDArray[np.float64]

#: What a pool of miners keeps; the same 2 % as in lesson 3.7.
MINING_FEE = 0.02

#: From November 2026 until block 1,050,000, from which new coins are half as many: April 2028 (years).
HALVING = 17 / 12

#: A billion dollars buy 5·10⁹ kWh. A thousand machines of 100 watts use 876,600, and half as much again is raced for.
_BY_HAND = {
    "payment": 1e9, "power_price": 0.1, "power_part": 0.5, "machines": 1_000, "watts": 100, "raced": 0.00004383,
}  # fmt: skip


@EVIDENCE.model(
    "P14a",
    # Stakers who burn all their pay in a race, as miners do, and nothing else, use the same power.
    placebos=[{"machines": 0.0, "power_part": 0.6, "raced": 0.6}],
    controls=[
        Control(_BY_HAND, 5e9 / (876_600 + 438_300) - 1),
        Control(_BY_HAND | {"raced": 0.0, "power_price": 0.05}, 1e10 / 876_600 - 1),
    ],
)
def work_uses_more(
    payment: Worlds, power_price: Worlds, power_part: Worlds, machines: Worlds, watts: Worlds, raced: Worlds,
) -> Worlds:  # fmt: skip
    """How many times more power miners use than stakers, both paid the same for a year."""
    by_work = free_entry_energy(payment, power_price, power_part)
    by_stake = machines_energy(machines, watts) + free_entry_energy(payment, power_price, raced)
    return np.asarray(by_work / by_stake - 1)


#: 500 dollars at 4 % less a tenth; two swaps of a million gas at 5 gwei, of 10 dollars each, in four years.
_STAKED = {
    "amount": 500, "gross_rate": 0.04, "staking_fee": 0.1, "gas_price": 5, "swap_gas": 1e6, "ether_price": 2_000,
}  # fmt: skip
#: A machine of a kWh a day, of 0.10 USD, that earns 0.196 after the pool's fee, and costs 70.128 for four years.
_MINED = {
    "power": 0.1, "heat": 0, "efficiency": 1_000 / 24, "hash_price": 0.2, "kept": 1.0, "machine_price": 70.128,
    "life": 4,
}  # fmt: skip


@EVIDENCE.model(
    "P14b",
    # Neither share wins anything, no fee is paid and no machine wears: the money is only held.
    placebos=[{"gross_rate": 0.0, "gas_price": 0.0, "hash_price": 0.0, "life": 1e15}],
    controls=[
        Control(_STAKED | _MINED, (0.036 - 0.01) - (0.5 - 0.25)),
        Control(_STAKED | _MINED | {"power": 0.3}, 0.026 + 0.25),  # stands still
        Control(_STAKED | _MINED | {"power": 0.2, "heat": 0.5}, 0.026 - 0.25),
        # It earns 0.147 after the halving, and 0.047 more than its power; then 0.098, and stands still.
        Control(_STAKED | _MINED | {"kept": 0.75}, 0.026 + 0.25 - 0.5 * (17 + 31 * 0.047 / 0.096) / 48),
        Control(_STAKED | _MINED | {"kept": 0.5}, 0.026 + 0.25 - 0.5 * 17 / 48),
        # One that lasts a year and costs a quarter never sees the halving.
        Control(_STAKED | _MINED | {"kept": 0.5, "life": 1, "machine_price": 17.532}, (0.036 - 0.04) - (2 - 1)),
    ],
)
def staking_leaves_more(
    amount: Worlds, gross_rate: Worlds, staking_fee: Worlds, gas_price: Worlds, swap_gas: Worlds,
    ether_price: Worlds, power: Worlds, heat: Worlds, efficiency: Worlds, hash_price: Worlds, kept: Worlds,
    machine_price: Worlds, life: Worlds,
) -> Worlds:  # fmt: skip
    """How much more a dollar brings a year as a share of a pool of stakers than as mining machines in a pool.

    From the halving on a machine earns the part ``kept`` of before; it stands still while power costs more.
    """
    two_swaps = 2 * gas_cost(swap_gas, gas_price, ether_price)  # into the pool's token, and out
    staked = net_staking_return(gross_rate, 1.0, staking_fee, two_swaps / (amount * life))
    earned = hash_price * (1 - MINING_FEE)
    full, halved = (
        mining_return(pay, power * (1 - heat), efficiency, machine_price, life) for pay in (earned, kept * earned)
    )
    before = np.minimum(HALVING / np.asarray(life), 1.0)
    return np.asarray(staked - before * full - (1 - before) * halved)


@EVIDENCE.figures("P14c")
def least_with_a_vote() -> Count:
    """The price of the least share with which its owner decides what is written, on either side."""
    rule, ether = figure("ethereum_pos.least_stake"), figure("price.ether.2026-06-24")
    pooled, own = figure("staking.own_part_rocket_pool"), figure("mining.own_templates_protocol")
    speed = figure("mining.machine_speed")
    prices = [figure(f"mining.machine_price_{end}") for end in ("low", "high")]
    low, high = (float(each.value) * float(speed.value) for each in prices)
    least, part, price = (float(each.value) for each in (rule, pooled, ether))
    return Count(
        true=least * price < low,
        says=f"{number(least, 2)} ether cost {number(least * price, 3)} USD in June 2026, one new mining machine "
        f"{number(low, 2)} to {number(high, 2)}.",
        who="The chain's own rule; prices of machines from July 2025 (weak source).",
        turns=f"the least stake falls below {number(low / price, 2)} ether. No rule forbids a smaller "
        "machine, or an old one",
        sources=(rule.id, ether.id, *(each.id for each in prices), speed.id, own.id, pooled.id),
        other=f"With {number(part, 1)} ether of one's own, {number(part * price, 2)} USD, Rocket Pool adds the other "
        "28, and the owner of the 4 decides for all. A machine's owner decides if the pool lets him write the block",
    )
