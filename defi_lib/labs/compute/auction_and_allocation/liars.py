"""Sellers, nodes and traders who lie, and nodes that cheat: they attack the markets that students write.

Each attack takes a student's function and returns a sentence on the lie that brought most, or nothing if none did.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import inf, isfinite
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from defi_lib.compute import deterring_stake, spot_check_income

#: Dollars of each task (row) on each node (column); ``inf`` where it does not fit.
Table: TypeAlias = list[list[float]]

#: Gains below this are rounding (USD).
ROUNDING = 1e-6


class _Lie(NamedTuple):
    """The lie that brought most, and what somebody would say who saw it."""

    gain: float = 0.0
    story: str = ""


def dollars(amount: float) -> str:
    """An amount as short as it can be written."""
    return f"{round(float(amount), 2):g}"


def listed(amounts: Iterable[float]) -> str:
    """Amounts with commas between them."""
    return ", ".join(dollars(amount) for amount in amounts)


def payments(buy: Any, asks: Sequence[float], limit: float, units: int) -> np.ndarray:
    """What each seller gets, as numbers."""
    return np.asarray(buy(list(asks), limit, units), dtype=float)


def lying_seller(buy: Any, costs: list[float], limit: float, units: int) -> str:
    """The lie by which one seller gains most if all others tell the truth, a false name included."""
    best, honest = _Lie(), payments(buy, costs, limit, units)
    for seller, cost in enumerate(costs):
        earned = honest[seller] - cost if honest[seller] > 0 else 0.0
        if earned < -ROUNDING:
            got = dollars(honest[seller])
            return f"A seller with cost {cost:g} asked {cost:g} and got {got}: the truth costs it money."
        for ask in np.arange(0.5, limit + 2).tolist():
            lie = [*costs[:seller], ask, *costs[seller + 1 :]]
            names = [*costs, ask]  # the second ask comes from nobody: it brings no machine and earns nothing
            for asks, story in ((lie, f"asked {ask:g}"), (names, f"also asked {ask:g} under a false name,")):
                paid = payments(buy, asks, limit, units)[seller]
                gain = (paid - cost if paid > 0 else 0.0) - earned
                if gain > best.gain + ROUNDING:
                    best = _Lie(gain, f"A seller with cost {cost:g} {story} and earned {dollars(gain)} more.")
    return best.story


def copied(costs: Table) -> Table:
    """The table again, which a student's function may change."""
    return [list(row) for row in costs]


def lying_node(vcg: Any, costs: Table, cloud: float) -> str:
    """The lie by which one node gains most if all others tell the truth."""

    def earned(said: Table, node: int) -> float:
        plan, paid = vcg(copied(said), cloud)
        task = list(plan).index(node) if node in list(plan) else None
        return float(paid[node]) - (0.0 if task is None else costs[task][node])

    best = _Lie()
    for node, column in enumerate(zip(*costs, strict=True)):
        honest = earned(costs, node)
        if honest < -ROUNDING:
            return f"Node {node} told the truth and lost {dollars(-honest)}: it gets less than its task costs it."
        could = f"Node {node}, whose costs are {listed(column)},"
        lies = [[max(cost + more, 0.5) for cost in column] for more in (-20, -3.5, -1.5, 0.5, 1.5, 2.5, 4.5)]
        for task in range(len(column)):
            for more in (-20, -1.5, 1.5, 3.5, inf):
                lies.append([max(cost + more, 0.5) if i == task else cost for i, cost in enumerate(column)])
        for lie in lies:
            lie = [said if isfinite(cost) else inf for said, cost in zip(lie, column, strict=True)]
            said = [[*row[:node], new, *row[node + 1 :]] for row, new in zip(costs, lie, strict=True)]
            gain = earned(said, node) - honest
            if gain > best.gain + ROUNDING:
                best = _Lie(gain, f"{could} said {listed(lie)} and earned {dollars(gain)} more.")
    return best.story


def lying_trader(mcafee: Any, values: list[float], costs: list[float]) -> str:
    """Who loses by the truth, what the market adds, or the lie by which one trader gains most."""

    def cleared(bids: list[float], asks: list[float]) -> tuple[int, float, float]:
        trades, buyer_price, seller_price = mcafee(list(bids), list(asks))
        return int(trades), float(buyer_price), float(seller_price)

    def earned(person: int, buys: bool, said: list[float]) -> float:
        trades, *prices = cleared(said, costs) if buys else cleared(values, said)
        if buys:
            return values[person] - prices[0] if sum(each > said[person] for each in said) < trades else 0.0
        return prices[1] - costs[person] if sum(each < said[person] for each in said) < trades else 0.0

    trades, buyer_price, seller_price = cleared(values, costs)
    if trades * (seller_price - buyer_price) > ROUNDING:
        return (
            f"With all honest, {trades} buyers pay {dollars(buyer_price)} and {trades} sellers get "
            f"{dollars(seller_price)}: the market must add {dollars(trades * (seller_price - buyer_price))}."
        )
    best = _Lie()
    for buys, people in ((True, values), (False, costs)):
        for person, truth in enumerate(people):
            honest = earned(person, buys, people)
            who = f"A buyer to whom it is worth {truth:g}" if buys else f"A seller with cost {truth:g}"
            if honest < -ROUNDING:
                price = f"pays {dollars(buyer_price)}" if buys else f"gets {dollars(seller_price)}"
                return f"{who} said so and {price}: truth costs money."
            for lie in np.arange(0.5, 32).tolist():
                gain = earned(person, buys, [*people[:person], lie, *people[person + 1 :]]) - honest
                if gain > best.gain + ROUNDING:
                    best = _Lie(gain, f"{who} {'bid' if buys else 'asked'} {lie:g} and earned {dollars(gain)} more.")
    return best.story


def cheating_node(stakes: Any, item: int, payment: float, cost: float, rate: float) -> str:
    """Whether cheating pays with the stake for a lazy node (item 0) or for one without a card (1), and by how much."""
    stake, fake = float(tuple(stakes(payment, cost, rate))[item]), item == 1
    if stake < 0:
        return f"Nobody can put up a stake of {dollars(stake)}."
    cheat = spot_check_income(1.0, 1.0, rate, payment, stake, cost).income
    gain = float(cheat if fake else cheat - (payment - cost))  # without a card there is no honest work
    if gain > ROUNDING:
        who = "A node without a card" if fake else "A lazy node"
        return f"{who} that has {dollars(stake)} at stake earns {gain:.2f} by a cheat."
    least = float(deterring_stake(rate, saving=payment if fake else cost, reward=payment))
    return f"{dollars(stake)} at stake deter, but so do {least:.2f}, and large stakes keep the poor out."
