"""A day at a pool, written into the ledger: the material of labs in which students read one."""

from __future__ import annotations

import numpy as np

from defi_lib.exchange import ConstantProductPool, arbitrage_outside, sandwich_attack
from defi_lib.exchange.arbitrage.paths import ARBITRAGE
from defi_lib.labs.kit import round_number
from defi_lib.ledger import Ledger

#: Who was there, and in which role.
ROLES = {
    "pool": "providers",
    "Ann": "traders",
    "Ben": "traders",
    "Cleo": "traders",
    "searcher": "arbitrageurs",
    "bot": "attackers",
    "validator": "validators",
    "market": "outside market",
}

_FEE = 0.003


def example_day(rng: np.random.Generator | None = None) -> Ledger:
    """The ledger of a day at a pool of ether (``"ETH"``) and dollars (``"USD"``); times in hours.

    Overnight the price outside has moved, and it stays there: an arbitrageur corrects the pool. Ann and Cleo sell,
    Ben buys with much tolerance and is sandwiched; after each, the arbitrageur is back. Ann pays for Ben's lunch.

    Args:
        rng: decides on all amounts; by default always the same day.
    """
    rng = np.random.default_rng(1) if rng is None else rng
    price, ether = round_number(rng, 1_000, 4_000), round_number(rng, 500, 2_000)
    yesterday = price * float(np.exp(rng.choice([-1, 1]) * rng.uniform(0.03, 0.1)))
    day = Ledger(ROLES)
    day.mark("ETH", price)
    pool = _correct(day, ConstantProductPool((ether, ether * yesterday), _FEE), 1.0, rng)
    sale = pool.swap_exact_in(round_number(rng, 0.02 * ether, 0.06 * ether))
    day.book(sale, time=9.0, trader="Ann")
    pool = _correct(day, sale.pool, 9.0, rng)
    day.record("Ann", "Ben", round_number(rng, 15, 60), "USD", "lunch", 12.0)
    pool = _correct(day, _sandwich(day, pool, 15.0, rng), 15.0, rng)
    sale = pool.swap_exact_in(round_number(rng, 0.02 * ether, 0.06 * ether))
    day.book(sale, time=20.0, trader="Cleo")
    _correct(day, sale.pool, 20.0, rng)
    return day


def _correct(day: Ledger, pool: ConstantProductPool, time: float, rng: np.random.Generator) -> ConstantProductPool:
    """The searcher trades the pool back to the outside price, and the opposite outside."""
    price = day.price("ETH")
    trade = arbitrage_outside(pool, price)
    bought, sold = trade.swaps
    if bought.amount_in > 0:
        day.book(bought, time=time, trader="searcher")
        day.record("searcher", "market", bought.amount_out, "ETH", ARBITRAGE)
        day.record("market", "searcher", bought.amount_out * price, "USD", ARBITRAGE)
    if sold.amount_in > 0:
        day.book(sold, time=time, trader="searcher")
        day.record("market", "searcher", sold.amount_in, "ETH", ARBITRAGE)
        day.record("searcher", "market", sold.amount_in * price, "USD", ARBITRAGE)
    day.record("searcher", "validator", round_number(rng, 2, 20), "USD", "gas")
    return trade.pool


def _sandwich(day: Ledger, pool: ConstantProductPool, time: float, rng: np.random.Generator) -> ConstantProductPool:
    """Ben buys ether, the bot buys before and sells after him, and tips the validator for the order of the three."""
    held = float(pool.reserves[1])
    dollars = round_number(rng, 0.03 * held, 0.06 * held)
    attack = sandwich_attack(pool, dollars, float(rng.uniform(0.02, 0.05)), token_in=1, token_out=0)
    day.book(attack, time=time, attacker="bot", victim="Ben")
    day.record("bot", "validator", attack.attacker_profit * rng.uniform(0.5, 0.9), "USD", "tip")
    return attack.pool


__all__ = ["ROLES", "example_day"]
