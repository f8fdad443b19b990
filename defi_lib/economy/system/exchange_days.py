"""A year of the exchange: who trades at what cost, what providers get, and how many of them stay."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.economy.system.people import People, swaps_a_year
from defi_lib.economy.system.setting import SystemSetting
from defi_lib.economy.system.world import SystemWorld
from defi_lib.exchange import arbitrage_profit_rate
from defi_lib.units import DAYS_PER_YEAR, SECONDS_PER_DAY
from defi_lib.validation import Amount

Array = NDArray[np.float64]

#: Before the vote on this day no part of the fees goes to the protocol.
VOTE_DAY = 90
#: The liquidity of all providers stays between these parts of what people wish to provide.
_LEAST_SCALE, _MOST_SCALE = 0.05, 5.0
#: How much of the newest day's rate providers believe.
_SMOOTHING = 0.05


class ExchangeDays(NamedTuple):
    """What happened in the exchange; sums of the year in USD, one per seed unless it says so."""

    traded: Array  #: what each person traded (USD), seeds × people
    cost: Array  #: what that cost each person, of the trade (ratio), seeds × people
    interface_fee: Array  #: what the interface took of each person's trades (ratio), seeds × people
    mistakes: Array  #: what each person lost to whoever orders trades (ratio), seeds × people
    impact: Array  #: how far each person's order moves the price (ratio), seeds × people
    liquidity: Array  #: each provider's liquidity (USD of a full-range pool), seeds × people
    fees: Array
    to_protocol: Array  #: of the fees
    arbitrage: Array  #: what arbitrageurs take from providers
    scale: Array  #: liquidity at the end, in times what people wish to provide
    least_scale: Array  #: the same on the worst day


def arbitrage_a_day(setting: SystemSetting) -> Amount:
    """What arbitrage takes from a full-range pool a day (part of its value), by the closed form for its blocks.

    With ``layer_2`` that part of the pool stands where blocks are shorter.
    """
    daily = np.asarray(setting["volatility"]) / DAYS_PER_YEAR**0.5
    moving, log_fee = np.where(daily > 0, daily, 1.0), -np.log1p(-np.asarray(setting["pool_fee"]))
    each = [
        arbitrage_profit_rate(moving, log_fee, SECONDS_PER_DAY / np.asarray(setting[name], dtype=float))
        for name in ("block_time", "layer_2_block")
    ]
    rate = (1 - setting["layer_2"]) * each[0] + setting["layer_2"] * each[1]
    return np.where(daily > 0, rate, 0.0)


def trading_costs(people: People, setting: SystemSetting, depth: Array) -> tuple[Array, Array, Array, Array]:
    """Of each person's trade: the interface's fee, what mistakes cost, the price impact, and all with fee and gas."""
    beside = setting.beside_people
    lack = 1 - people.skill
    dear = np.minimum(2 * beside("dear_part") * lack, 1.0) * beside("wallet_fee")
    interface = dear + beside("simple_interface") * (beside("simple_fee") - dear)
    mistakes = 2 * beside("mistakes") * lack
    swaps = swaps_a_year(people.role, setting)
    order = people.wished_volume / np.maximum(swaps, 1.0)
    moved = np.divide(2 * order, depth[:, np.newaxis], out=np.zeros_like(order), where=depth[:, np.newaxis] > 0)
    impact = np.minimum(moved, beside("pool_fee")) * beside("impact_taken")
    gas = np.where(people.wishes("trader"), swaps * people.swap_gas[:, np.newaxis], 0.0)
    a_dollar = np.divide(gas, people.wished_volume, out=np.zeros_like(gas), where=people.wished_volume > 0)
    return interface, mistakes, impact, beside("pool_fee") + interface + mistakes + impact + a_dollar


def exchange_days(world: SystemWorld, setting: SystemSetting, people: People) -> ExchangeDays:
    """Day by day: volume follows cost, fees follow volume, liquidity follows what fees leave after arbitrage.

    A person who trades at the cost c trades ``exp(−c/g)`` of what is wished, where g is ``give_up``. Liquidity grows by
    ``speed·(rate/asked − 1)`` a day, the bracket kept within −1 and 1.
    """
    liquidity = people.deployed * np.where(people.is_("active"), setting.beside_people("concentration"), 1.0)
    liquidity = liquidity * people.is_("provider", "active")
    depth = liquidity.sum(axis=1)
    capital = (people.deployed * people.is_("provider", "active")).sum(axis=1)
    interface, mistakes, impact, cost = trading_costs(people, setting, depth)
    trades = people.wished_volume * people.served * (depth > 0)[:, np.newaxis]
    trades = trades * np.exp(-cost / setting.beside_people("give_up"))
    base, stir = trades.sum(axis=1), world.stir()
    mean_impact = np.divide((trades * impact).sum(axis=1), base, out=np.zeros_like(base), where=base > 0)
    taken, fee, part = arbitrage_a_day(setting), setting["pool_fee"], setting["protocol_part"]
    scale, rate = np.ones_like(base), np.full_like(base, setting["provider_asks"])
    least, volume, fees, to_protocol, arbitrage = scale, *(np.zeros_like(base) for _ in range(4))
    for day in range(DAYS_PER_YEAR):
        traded = base / DAYS_PER_YEAR * stir[:, day] * np.exp(-mean_impact * (1 / scale - 1) / setting["give_up"])
        earned, lost = traded * fee, taken * depth * scale
        kept_back = earned * part * (day >= VOTE_DAY)
        there = np.maximum(capital * scale, 1e-9)
        rate = rate + _SMOOTHING * ((earned - kept_back - lost) * DAYS_PER_YEAR / there - rate)
        pull = np.clip(rate / setting["provider_asks"] - 1, -1, 1)
        volume, fees, to_protocol = volume + traded, fees + earned, to_protocol + kept_back
        arbitrage = arbitrage + lost
        scale = np.clip(scale * (1 + setting["provider_speed"] * pull), _LEAST_SCALE, _MOST_SCALE)
        least = np.minimum(least, scale)
    grown = np.divide(volume, base, out=np.zeros_like(base), where=base > 0)[:, np.newaxis]
    sums = fees, to_protocol, arbitrage, scale, least
    return ExchangeDays(trades * grown, cost, interface, mistakes, impact, liquidity, *sums)
