"""Mining: who earns at a given price of power, who has to switch off, and where the hashrate gathers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from defi_lib.frozen import kept, locked
from defi_lib.ledger.transfer import OUTSIDE, Transfer, by_name
from defi_lib.rounding import TOLERANCE, below
from defi_lib.units import HOURS_PER_DAY
from defi_lib.validation import (
    Amount,
    between,
    broadcastable,
    finite,
    non_negative,
    one_number,
    positive,
    ratio,
    representable,
)

_WATTS_PER_KILOWATT = 1000.0


class _Miners(NamedTuple):
    hashrate: NDArray[np.float64]
    power_price: NDArray[np.float64]
    efficiency: NDArray[np.float64]
    fixed_cost: NDArray[np.float64]


class Miners(_Miners):
    """Miners along the last axis; scenarios before it.

    Args:
        hashrate: of each miner, TH/s, >= 0.
        power_price: USD per kWh, >= 0.
        efficiency: joules per terahash, >= 0 (what a machine draws in watts at 1 TH/s).
        fixed_cost: USD per day and TH/s while it runs, >= 0: staff, site, cooling.

    Raises:
        ValueError: a negative argument, or shapes that do not fit together.
    """

    __slots__ = ()

    def __new__(cls, hashrate: Amount, power_price: Amount, efficiency: Amount, fixed_cost: Amount = 0.0) -> Self:
        """Check the arguments and build the miners."""
        values = {"hashrate": hashrate, "power_price": power_price, "efficiency": efficiency, "fixed_cost": fixed_cost}
        checked = {name: np.atleast_1d(kept(non_negative(name, value))) for name, value in values.items()}
        shape = broadcastable(**checked)
        return super().__new__(cls, *(np.broadcast_to(value, shape) for value in checked.values()))

    @property
    def unit_cost(self) -> NDArray[np.float64]:
        """USD per day for each TH/s that runs: ``efficiency·24 h/1000·power_price + fixed_cost``."""
        return self.efficiency * (HOURS_PER_DAY / _WATTS_PER_KILOWATT) * self.power_price + self.fixed_cost


class MiningDay(NamedTuple):
    """One day of mining at the difficulty to which the network has adjusted. Miners along the last axis."""

    running: NDArray[np.float64]  #: TH/s switched on
    unit_revenue: Amount  #: USD per day and TH/s, the same for all: the hash price
    revenue: NDArray[np.float64]  #: USD: network (subsidy) and users (fees) → miner
    cost: NDArray[np.float64]  #: USD: miner → power company and suppliers

    @property
    def profit(self) -> NDArray[np.float64]:
        """Revenue less cost (USD)."""
        return self.revenue - self.cost


@representable
def daily_reward(coin_price: Amount, subsidy: Amount, fees: Amount = 0.0, blocks: Amount = 144.0) -> Amount:
    """What all miners share in a day (USD): ``blocks·(subsidy + fees)·price``.

    Args:
        coin_price: USD, >= 0.
        subsidy: new coins per block, >= 0.
        fees: coins per block, >= 0.
        blocks: per day, >= 0; 144 at ten minutes each.

    Raises:
        ValueError: a negative argument.
    """
    coin_price, subsidy = non_negative("coin_price", coin_price), non_negative("subsidy", subsidy)
    fees, blocks = non_negative("fees", fees), non_negative("blocks", blocks)
    broadcastable(coin_price=coin_price, subsidy=subsidy, fees=fees, blocks=blocks)
    return blocks * (subsidy + fees) * coin_price


def mining_day(miners: Miners, reward: Amount, everybody: bool = False) -> MiningDay:
    """Who runs, and what each earns, when those who would lose switch off.

    Sorted by unit cost, miners run as long as ``reward/(hashrate so far)`` covers their own cost; the marginal
    miner runs just so much that he earns nothing: he is the one who is indifferent. Miners of the same cost run the
    same part of their machines.

    Args:
        miners: who could run.
        reward: USD per day to all miners together, >= 0, one per scenario.
        everybody: run all machines whatever they lose, as before anybody has reacted.

    Raises:
        ValueError: a negative reward, or one too large for so little hashrate to be divided in floats.

    Source: free exit at constant reward per day; the difficulty adjusts within two weeks.
    """
    reward = np.asarray(non_negative("reward", reward))
    broadcastable(miners=miners.hashrate[..., 0], reward=reward)
    shape = (*np.broadcast_shapes(reward.shape, miners.hashrate.shape[:-1]), miners.hashrate.shape[-1])
    hashrate, cost = np.broadcast_to(miners.hashrate, shape), np.broadcast_to(miners.unit_cost, shape)
    reward = np.broadcast_to(reward, shape[:-1])[..., np.newaxis]
    running = hashrate if everybody else _running(hashrate, cost, reward)
    total = np.sum(running, axis=-1, keepdims=True)
    share = np.divide(running, total, out=np.zeros(shape), where=total > 0)
    with np.errstate(over="ignore"):
        unit_revenue = np.divide(reward, total, out=np.zeros_like(total), where=total > 0)[..., 0]
    return MiningDay(running, finite("unit_revenue", unit_revenue), share * reward, running * cost)


def _running(
    hashrate: NDArray[np.float64], cost: NDArray[np.float64], reward: NDArray[np.float64]
) -> NDArray[np.float64]:
    """TH/s that each miner runs: all, a part if his cost is the marginal one, or nothing."""
    order = np.argsort(cost, axis=-1, kind="stable")
    sorted_cost, sorted_rate = (np.take_along_axis(each, order, axis=-1) for each in (cost, hashrate))
    so_far = np.cumsum(sorted_rate, axis=-1)
    dearer = below(sorted_cost[..., :-1], sorted_cost[..., 1:])  # than the one before
    edge = np.ones((*cost.shape[:-1], 1), dtype=bool)
    first, last = np.concatenate([edge, dearer], axis=-1), np.concatenate([dearer, edge], axis=-1)
    # Who has the same cost belongs to one group: what the cheaper groups have, and what it has together with them.
    cheaper = np.maximum.accumulate(np.where(first, so_far - sorted_rate, 0.0), axis=-1)
    with_them = np.minimum.accumulate(np.where(last, so_far, np.inf)[..., ::-1], axis=-1)[..., ::-1]
    # At unit cost c the network carries reward/c in all; what the cheaper ones leave of it is the group's.
    with np.errstate(over="ignore"):
        bearable = np.divide(reward, sorted_cost, out=np.full(cost.shape, np.inf), where=sorted_cost > 0)
    left, own = bearable - cheaper, with_them - cheaper
    part = np.divide(left, own, out=np.ones(cost.shape), where=(own > 0) & (left < own))
    running = np.empty(cost.shape)
    np.put_along_axis(running, order, sorted_rate * np.where(left > TOLERANCE * cheaper, part, 0.0), axis=-1)
    return np.where(reward > 0, running, 0.0)


def break_even_power_price(unit_revenue: Amount, efficiency: Amount, fixed_cost: Amount = 0.0) -> Amount:
    """Highest power price (USD per kWh) at which a machine pays: ``(revenue − fixed)/(efficiency·24/1000)``, >= 0.

    Args:
        unit_revenue: USD per day and TH/s, >= 0.
        efficiency: joules per terahash, > 0.
        fixed_cost: USD per day and TH/s, >= 0.

    Raises:
        ValueError: an argument outside its range.
    """
    unit_revenue, fixed_cost = non_negative("unit_revenue", unit_revenue), non_negative("fixed_cost", fixed_cost)
    efficiency = positive("efficiency", efficiency)
    broadcastable(unit_revenue=unit_revenue, efficiency=efficiency, fixed_cost=fixed_cost)
    return np.maximum(unit_revenue - fixed_cost, 0.0) / (efficiency * (HOURS_PER_DAY / _WATTS_PER_KILOWATT))


def break_even_coin_price(miners: Miners, coins_per_day: Amount) -> NDArray[np.float64]:
    """Coin price (USD) at which each miner's cost is covered if all run: ``unit cost·total hashrate/coins``.

    Args:
        miners: all of them, with some hashrate.
        coins_per_day: to all miners together, > 0, one per scenario.

    Raises:
        ValueError: coins that are not positive, or no hashrate.
    """
    coins = np.asarray(positive("coins_per_day", coins_per_day))[..., np.newaxis]
    total = positive("total hashrate", np.sum(miners.hashrate, axis=-1))
    broadcastable(miners=total, coins_per_day=coins[..., 0])
    return miners.unit_cost * np.asarray(total)[..., np.newaxis] / coins


class MiningRun(NamedTuple):
    """Periods along the first axis, then scenarios, miners last."""

    hashrate: NDArray[np.float64]  #: TH/s owned, one more than there are periods: the last is the next period's
    running: NDArray[np.float64]  #: TH/s switched on
    revenue: NDArray[np.float64]  #: USD: network and users → miner
    cost: NDArray[np.float64]  #: USD: miner → power company and suppliers
    invested: NDArray[np.float64]  #: USD: miner → maker of machines

    @property
    def withdrawn(self) -> NDArray[np.float64]:
        """What the owners of the miner take out (USD)."""
        return self.revenue - self.cost - self.invested

    def transfers(
        self,
        miners: str | Sequence[str] = "miners",
        fee_share: float = 0.0,
        users: str = "users",
        power: str = "power companies",
        makers: str = "makers of machines",
        asset: str = "USD",
    ) -> tuple[Transfer, ...]:
        """All periods at once: new coins and fees come in, power and machines are paid.

        Args:
            miners: one name for all, or a name for each miner; several miners may share one.
            fee_share: part of the revenue that users pay, in [0, 1]; the rest is new coins.
            users, power, makers: the names of those who pay fees, sell power, and sell machines.
            asset: in which all is counted.

        Raises:
            ValueError: not one name per miner, or a part outside its range.
        """
        paid = one_number("fee_share", between("fee_share", fee_share, 0.0, 1.0))
        columns = [np.sum(part, axis=0) for part in (self.revenue, self.cost, self.invested)]
        moves = []
        for name, (revenue, cost, invested) in by_name("miners", miners, columns, isinstance(miners, str)):
            moves += [
                Transfer(OUTSIDE, name, revenue * (1 - paid), asset, "new coins"),
                Transfer(users, name, revenue * paid, asset, "fee"),
                Transfer(name, power, cost, asset, "power"),
                Transfer(name, makers, invested, asset, "machines"),
            ]
        return tuple(moves)


def simulate_mining(
    miners: Miners,
    reward: Amount,
    machine_price: Amount,
    reinvested: Amount,
    wear: Amount = 0.0,
    days: float = 30.0,
) -> MiningRun:
    """Miners over time: each runs while it pays, and puts part of its profit into new machines.

    ``hashrate' = hashrate·(1 − wear) + reinvested·profit/machine_price``. Whoever has dearer power earns less per
    machine, grows slower, and switches off first.

    Args:
        miners: at the start.
        reward: USD per day to all miners, >= 0; periods along the first axis, scenarios after it.
        machine_price: USD per TH/s, > 0, one per scenario or per scenario and miner (large buyers pay less).
        reinvested: part of a profit that buys machines, in [0, 1]: one, or one per miner.
        wear: part of the machines that fails in a period, in [0, 1).
        days: length of a period, > 0.

    Raises:
        ValueError: an argument outside its range, or no period at all.
    """
    rewards = np.atleast_1d(non_negative("reward", reward))
    if len(rewards) == 0:
        raise ValueError("reward is empty: allowed is at least one period")
    machine_price, wear, days = positive("machine_price", machine_price), ratio("wear", wear), float(days)
    positive("days", days)
    reinvested = np.asarray(non_negative("reinvested", reinvested))
    if np.any(reinvested > 1):
        raise ValueError(f"reinvested = {np.max(reinvested):.12g} is outside the allowed range [0, 1]")
    owned, records = [miners.hashrate], []
    for period in rewards:
        day = mining_day(miners, period)
        # The marginal miner's profit is rounding; nobody buys machines from a loss.
        invested = np.maximum(day.profit, 0.0) * days * reinvested
        records.append((day.running, day.revenue * days, day.cost * days, invested))
        grown = miners.hashrate * (1 - wear) + invested / machine_price
        miners = Miners(locked(grown), miners.power_price, miners.efficiency, miners.fixed_cost)
        owned.append(grown)
    start = np.broadcast_to(owned[0], owned[-1].shape)
    return MiningRun(np.stack([start, *owned[1:]]), *(np.stack(part) for part in zip(*records, strict=True)))
