"""Lending: a million positions in one call, and a year of a market in a thousand scenarios, against plain loops.

Prints the best of several runs of both in one run, and their ratio: ``make bench``.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from defi_lib.lending import DAY, Listing, Market, SharedRates, aave_curve, compounded_interest, liquidate

POSITIONS = 1_000_000
SCENARIOS = 1000
DAYS = 365
THRESHOLD, BONUS = 0.825, 0.05


def seconds(work: Callable[[], object], repeats: int) -> float:
    """The shortest of several runs: the others were disturbed."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def plain_liquidation(collateral: list[float], debt: list[float], price: float) -> tuple[list[float], ...]:
    """Health factor, repaid debt and seized collateral of each position, one after the other."""
    health_factors, repayments, seizures = [], [], []
    for tokens, owed in zip(collateral, debt, strict=True):
        value = tokens * price
        health = value * THRESHOLD / owed
        repaid = seized = 0.0
        if health < 1:
            most, payable = owed if health <= 0.95 else owed * 0.5, value / (1 + BONUS)
            repaid, seized = (most, most * (1 + BONUS) / price) if most < payable else (payable, tokens)
        health_factors.append(health)
        repayments.append(repaid)
        seizures.append(seized)
    return health_factors, repayments, seizures


def compare_liquidation() -> None:
    """Positions of which a part, or all, is below a health factor of 1."""
    rng = np.random.default_rng(7)
    collateral = rng.lognormal(1.0, 1.0, POSITIONS)
    debt = collateral * 2000 * THRESHOLD / rng.uniform(1.0, 3.0, POSITIONS)
    few = POSITIONS // 20
    for name, price in (("as it was", 2000.0), ("after a fall of a quarter", 1500.0), ("of two thirds", 667.0)):
        fast = seconds(lambda price=price: liquidate(collateral, debt, price, THRESHOLD, BONUS), 7)
        slow = seconds(lambda p=price: plain_liquidation(collateral[:few].tolist(), debt[:few].tolist(), p), 3)
        result = liquidate(collateral[:few], debt[:few], price, THRESHOLD, BONUS)
        want = plain_liquidation(collateral[:few].tolist(), debt[:few].tolist(), price)
        np.testing.assert_allclose((result.health_factor, result.repaid, result.seized), want, rtol=1e-12)
        rate, plain_rate = POSITIONS / fast / 1e6, few / slow / 1e6
        hit = np.mean(result.health_factor < 1)
        print(
            f"liquidate, price {name} ({hit:4.0%} below 1): {rate:6.1f} million positions/s, "
            f"plain loop {plain_rate:.2f}, ratio {rate / plain_rate:.0f}"
        )


def year_of_a_market(scenarios: int) -> Market:
    """Deposits and loans follow a random path; every day somebody touches each reserve."""
    rng = np.random.default_rng(8)
    usd = Listing(SharedRates(aave_curve(0.0, 0.04, 0.60, 0.9), 0.1), 0.75, 0.8, 0.05, 0.1)
    eth = Listing(SharedRates(aave_curve(0.0, 0.07, 3.0, 0.45), 0.1), 0.8, 0.825, 0.05, 0.1)
    price = np.full(scenarios, 2000.0)
    market = Market({"USD": usd, "ETH": eth}, {"USD": 1.0, "ETH": price})
    market = market.supply("bob", "USD", 1e6).market.supply("alice", "ETH", 1000.0).market
    for _ in range(DAYS):
        price = price * np.exp(rng.normal(0.0, 0.02, scenarios))
        market = market.advance(DAY, touch=True).market.set_prices({"ETH": price}).market
        room = np.minimum(market.position("alice").available_borrows, market.reserve("USD").cash)
        market = market.borrow("alice", "USD", 0.05 * room).market
        market = market.repay("alice", "USD", 0.02 * market.owed("alice", "USD")).market
    return market


def plain_year() -> float:
    """The same year in one scenario, in plain floats."""
    rng = np.random.default_rng(8)
    price, cash, scaled_debt, borrow_index, supply_index, treasury = 2000.0, 1e6, 0.0, 1.0, 1.0, 0.0
    borrow_rate = supply_rate = 0.0
    for _ in range(DAYS):
        price *= float(np.exp(rng.normal(0.0, 0.02)))
        growth = float(compounded_interest(borrow_rate, float(DAY)))
        supply_index *= 1 + supply_rate * DAY / 31_536_000
        treasury += scaled_debt * borrow_index * growth * 0.1 / supply_index
        borrow_index *= 1 + growth
        room = min(max(1000 * price * 0.8 - scaled_debt * borrow_index, 0.0), cash)
        cash -= 0.05 * room
        scaled_debt += 0.05 * room / borrow_index
        repaid = 0.02 * scaled_debt * borrow_index
        cash += repaid
        scaled_debt -= repaid / borrow_index
        debt = scaled_debt * borrow_index
        used = debt / (cash + debt)
        borrow_rate = 0.04 * used / 0.9 if used <= 0.9 else 0.04 + 0.6 * (used - 0.9) / 0.1
        supply_rate = borrow_rate * used * 0.9
    return scaled_debt * borrow_index


def compare_market() -> None:
    """A year of daily steps in many scenarios."""
    alone = float(np.ravel(year_of_a_market(1).owed("alice", "USD"))[0])
    np.testing.assert_allclose(alone, plain_year(), rtol=1e-9)
    fast, slow = seconds(lambda: year_of_a_market(SCENARIOS), 3), seconds(plain_year, 3) * SCENARIOS
    print(
        f"a year of a market in {SCENARIOS} scenarios: {fast:.3f} s, "
        f"plain loop {slow:.1f} s (one scenario times {SCENARIOS}), ratio {slow / fast:.0f}"
    )


if __name__ == "__main__":
    compare_liquidation()
    compare_market()
