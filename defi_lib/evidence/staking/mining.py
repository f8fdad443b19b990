"""Where the hash rate of a proof-of-work chain gathers, and who writes its blocks. Readings X7a and X7b."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.evidence.effects import Control, Count, Registry
from defi_lib.figures import figure
from defi_lib.numerals import percent
from defi_lib.staking.work.mining import Miners, simulate_mining

EVIDENCE = Registry("staking")

Worlds = NDArray[np.float64]

HALF = 0.5
#: Of a year. What comes out hardly changes if each step is half a month.
MONTHS, DAYS = 12, 365.25

#: A machine that uses a kWh a day, of 0.10 USD in the cheap place, and earns 0.50 USD a day at first; one month.
_BY_HAND = {
    "gap": 0.1, "cheap_power": 0.1, "efficiency": 1_000 / 24, "hash_price": 0.5, "growth": 0, "machine_price": 10,
    "reinvested": 0.5, "life": 2, "years": 1 / 12,
}  # fmt: skip
# A day's profits are 0.40 and 0.30 USD. Half of what 30.4375 days bring buys machines, a 24th of the old ones fails.
_CHEAP, _DEAR = 23 / 24 + 0.60875, 23 / 24 + 0.4565625
# In the second month all together earn twice as much, 2 USD a day.
_EACH = 2 / (_CHEAP + _DEAR)
_CHEAP_2, _DEAR_2 = _CHEAP * (23 / 24 + 1.521875 * (_EACH - 0.1)), _DEAR * (23 / 24 + 1.521875 * (_EACH - 0.2))


@EVIDENCE.model(
    "X7a",
    placebos=[{"gap": 0.0}],
    controls=[
        Control(_BY_HAND, 0.5 - _DEAR / (_CHEAP + _DEAR)),
        Control(_BY_HAND | {"growth": 2.0**12 - 1, "years": 2 / 12}, 0.5 - _DEAR_2 / (_CHEAP_2 + _DEAR_2)),
        # The cheap alone win 1 USD each, and the dear would pay 1.10: they stand still.
        Control(_BY_HAND | {"gap": 1.0}, 0.5),
        # Nobody buys machines: of both halves the same part fails.
        Control(_BY_HAND | {"reinvested": 0}, 0.0),
    ],
)
def dear_half_loses(
    gap: Worlds, cheap_power: Worlds, efficiency: Worlds, hash_price: Worlds, growth: Worlds, machine_price: Worlds,
    reinvested: Worlds, life: Worlds, years: Worlds,
) -> Worlds:  # fmt: skip
    """What the half with dearer power loses of the hash rate that runs, from a half at the start (a part of all)."""
    months = np.round(years * MONTHS).astype(np.int64)
    path = part_of_the_dear(
        gap, cheap_power, efficiency, hash_price, growth, machine_price, reinvested, life, months=int(months.max())
    )
    at_the_end = np.arange(len(path))[:, np.newaxis] == months
    return np.asarray(HALF - (path * at_the_end).sum(axis=0))


def part_of_the_dear(
    gap: ArrayLike,
    cheap_power: ArrayLike,
    efficiency: ArrayLike,
    hash_price: ArrayLike,
    growth: ArrayLike,
    machine_price: ArrayLike,
    reinvested: ArrayLike,
    life: ArrayLike,
    *,
    months: int = 48,
) -> Worlds:
    """Which part of the hash rate runs on dear power, month by month; two halves have the same machines at first.

    Args:
        gap: of the power prices (USD a kWh).
        cheap_power: price of power of the cheap half (USD a kWh).
        efficiency: of all machines (W per TH/s).
        hash_price: what a machine earns a day at first, if all run (USD per TH/s).
        growth: of what all machines together earn (ratio, a year).
        machine_price: USD per TH/s.
        reinvested: part of the profit that buys machines (ratio).
        life: of a machine (years); in each month the same part fails.
        months: how long.

    Returns:
        months along the first axis, the start included; worlds along the last.

    >>> [round(float(part), 3) for part in part_of_the_dear(0.02, 0.05, 20, 0.05, 0, 15, 0.5, 4, months=2)[:, 0]]
    [0.5, 0.498, 0.495]
    """
    gap, growth, prize = (np.atleast_1d(np.asarray(each, float)) for each in (gap, growth, hash_price))
    power = np.stack(np.broadcast_arrays(cheap_power + gap, cheap_power), axis=1)
    draws, price, part, age = (
        np.atleast_1d(np.asarray(each, float))[:, np.newaxis] for each in (efficiency, machine_price, reinvested, life)
    )
    miners = Miners(np.ones(power.shape), power, draws)
    time = np.arange(months + 1)[:, np.newaxis] / MONTHS
    earned = 2 * prize * (1 + growth) ** time  # of two units, one in each half
    path = simulate_mining(miners, earned, price, part, wear=1 / (MONTHS * age), days=DAYS / MONTHS)
    return np.asarray(path.running[..., 0] / path.running.sum(axis=-1))


@EVIDENCE.figures("X7b")
def blocks_of_two_pools() -> Count:
    """How many of Bitcoin's blocks the two largest pools write, in each published count of the time."""
    first = figure("mining_pools.foundry_and_antpool.2024-09")
    counts, ids = {"September 2024": float(first.value) / 100}, [first.id]
    for when, date in (("December 2024", "2024-12"), ("March 2025", "2025-03-20")):
        one, other, total = (
            figure(f"mining_pools.{name}.{date}") for name in ("foundry_hash_rate", "antpool_hash_rate", "total")
        )
        counts[when] = (float(one.value) + float(other.value)) / float(total.value)
        ids += [one.id, other.id, total.id]
    earlier = figure("mining_pools.foundry_and_antpool.2022-12", allow_unreliable=True)
    own = figure("mining.own_templates_protocol")
    shown = ", ".join(f"{percent(part, 3)} in {when}" for when, part in counts.items())
    return Count(
        true=min(counts.values()) > HALF,
        says=f"Foundry and Antpool together: {shown}.",
        who="Counted by BTC.com, TheMinerMag and mempool.space.",
        turns=f"miners with {percent(counts['March 2025'] - HALF, 2)} of the machines point them to other pools",
        sources=(*ids, earlier.id, own.id),
        other=f"{percent(float(earlier.value) / 100, 2)} in {earlier.date} (weak source). A pool does not own the "
        "machines, and in some pools miners choose the transactions themselves; how many do is not published",
    )
