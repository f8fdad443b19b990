"""What holds a peg: bands within which nobody earns, a module with a finite reserve, arbitrageurs with capital."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.exchange import Pool
from defi_lib.ledger.transfer import OUTSIDE, Transfer, actual
from defi_lib.lending import SavingsRate
from defi_lib.risk.coins.reserve_coin import COIN, DOLLAR
from defi_lib.risk.coins.weekend import COIN_TOKEN, DOLLAR_TOKEN, buy_up_to, sell_down_to
from defi_lib.rounding import below
from defi_lib.units import SECONDS_PER_YEAR
from defi_lib.validation import Amount, at_least, finite, fulfilled, non_negative, one_number, plain, positive, ratio

#: Days of a year, for rates per step of a day.
DAYS_PER_YEAR = 365
#: The module, and its second dollar, in transfers.
MODULE, GEM = "peg module", "gem"


class PegBand(NamedTuple):
    """The prices between which nobody earns by bringing a coin back to its dollar."""

    floor: Amount
    ceiling: Amount


def redemption_band(redemption_fee: Amount, minimum_ratio: Amount) -> PegBand:
    """A coin that collateral is lent against: redeemed for a dollar less the fee, and worth at most what it takes.

    Above ``minimum_ratio`` dollars one borrows, sells, and leaves the collateral behind.

    Args:
        redemption_fee: in [0, 1).
        minimum_ratio: worth of collateral per coin of debt, >= 1.

    Raises:
        ValueError: an argument outside its range.

    >>> redemption_band(0.005, 1.1)
    PegBand(floor=0.995, ceiling=1.1)

    Source: Liquity; troves that are redeemed and liquidated are in :class:`~defi_lib.lending.Troves`.
    """
    fee, least = ratio("redemption_fee", redemption_fee), positive("minimum_ratio", minimum_ratio)
    fulfilled("minimum_ratio", least, np.greater_equal(least, 1), "is 1 or more")
    return PegBand(plain(1 - np.asarray(fee)), plain(least))


def module_band(tin: Amount = 0.0, tout: Amount = 0.0, gem_price: Amount = 1.0) -> PegBand:
    """A coin that a module swaps with another dollar at par: ``gem price/(1 + tout)`` to ``gem price/(1 − tin)``.

    Args:
        tin, tout: fees of bringing and of taking the other dollar, in [0, 1).
        gem_price: of the other dollar (USD), > 0.

    Raises:
        ValueError: an argument outside its range.

    >>> [round(edge, 6) for edge in module_band(0.001, 0.002)]
    [0.998004, 1.001001]
    """
    tin, tout, price = ratio("tin", tin), ratio("tout", tout), positive("gem_price", gem_price)
    return PegBand(plain(price / (1 + np.asarray(tout))), plain(price / (1 - np.asarray(tin))))


class PegRun(NamedTuple):
    """A coin under a flow of sales, step by step; the first axis counts steps."""

    price: NDArray[np.float64]  #: after each step (USD)
    gem: NDArray[np.float64]  #: in the module after each step
    capital: NDArray[np.float64]  #: free dollars of the arbitrageurs after each step
    users: tuple[Amount, Amount]  #: coins and dollars that users got (> 0) or gave from and to the pool, in all
    arbitrage: tuple[Amount, Amount]  #: the same for arbitrageurs and the pool
    module: tuple[Amount, Amount, Amount]  #: coins taken back, coins issued, fees (in all)
    interest: Amount  #: coins that savers were paid
    pool: Any

    @property
    def lowest(self) -> Amount:
        """The lowest price."""
        return plain(self.price.min(axis=0))

    @property
    def arbitrage_gain(self) -> Amount:
        """Dollars that arbitrageurs earned with pool and module."""
        taken, issued, fees = self.module
        return self.arbitrage[1] + taken - issued - fees

    def steps_to_return(self, tolerance: float = 0.005) -> Amount:
        """Steps from the first price outside 1 ± tolerance to the first after which none is outside; 0 if none was.

        A price that is still outside at the end counts until then: see :meth:`returned`.
        """
        outside = self._outside(tolerance)
        first = np.argmax(outside, axis=0)
        last = len(outside) - 1 - np.argmax(outside[::-1], axis=0)
        return plain(np.where(outside.any(axis=0), last + 1.0 - first, 0.0))

    def returned(self, tolerance: float = 0.005) -> Any:
        """Whether the last price is within 1 ± tolerance."""
        return ~self._outside(tolerance)[-1]

    def _outside(self, tolerance: float) -> NDArray[np.bool_]:
        tolerance = one_number("tolerance", non_negative("tolerance", tolerance))
        return np.asarray(below(tolerance, np.abs(self.price - 1), 1.0))

    def transfers(
        self, users: str = "users", arbitrageurs: str = "arbitrageurs", pool: str = "pool", module: str = MODULE
    ) -> tuple[Transfer, ...]:
        """What moved in all."""
        taken, issued, fees = self.module
        moved = [
            *_both_ways(users, pool, self.users[0], COIN, "flow"),
            *_both_ways(users, pool, self.users[1], DOLLAR, "flow"),
            *_both_ways(arbitrageurs, pool, self.arbitrage[0], COIN, "arbitrage"),
            *_both_ways(arbitrageurs, pool, self.arbitrage[1], DOLLAR, "arbitrage"),
            Transfer(arbitrageurs, OUTSIDE, taken, COIN, "taken back"),
            Transfer(OUTSIDE, arbitrageurs, issued, COIN, "issued"),
            Transfer(module, arbitrageurs, taken, DOLLAR, "taken back"),
            Transfer(arbitrageurs, module, issued, DOLLAR, "issued"),
            Transfer(arbitrageurs, module, fees, DOLLAR, "fee"),
            Transfer("issuer", "savers", self.interest, COIN, "interest"),
        ]
        return actual(moved)


def hold_peg(
    flows: Amount,
    pool: Pool,
    *,
    gem: Amount = 0.0,
    room: Amount = 0.0,
    tin: Amount = 0.0,
    tout: Amount = 0.0,
    capital: Amount = 0.0,
    bound: int = 1,
    saved: Amount = 0.0,
    savings_rate: Amount = 0.0,
    outside_rate: Amount = 0.0,
    sensitivity: Amount = 0.0,
) -> PegRun:
    """Users sell and buy a coin day by day; arbitrageurs with a module and little capital bring its price back.

    Each day the flow meets the pool. Below the module's floor arbitrageurs buy coins and bring them to the module,
    above its ceiling they bring it dollars and sell the coins: as far as their free capital and the module go. What a
    trade took is bound for some days.

    Args:
        flows: of each day (first axis): coins sold (> 0), or dollars that buy (< 0).
        pool: of the coin (token 0) and dollars (token 1).
        gem: dollars in the module, >= 0.
        room: coins that it may issue on top of what it takes back, >= 0.
        tin, tout: its fees, in [0, 1).
        capital: dollars of the arbitrageurs, >= 0.
        bound: days until the dollars of a trade are free again, >= 1.
        saved: coins that earn the savings rate, >= 0.
        savings_rate, outside_rate: ratios per year, >= 0.
        sensitivity: what a savings rate 1 (100 points) above the outside rate draws in a year, as a part of ``saved``.

    Arguments other than ``bound`` may be arrays with one entry per scenario (the other axes of ``flows``).

    Raises:
        ValueError: an argument outside its range.

    >>> from defi_lib.exchange import ConstantProductPool
    >>> thin = ConstantProductPool((100.0, 100.0), fee=0.0)
    >>> [round(hold_peg([10.0, 10.0, 0.0], thin, gem=50.0, capital=k).lowest, 4) for k in (0.0, 5.0, 100.0)]
    [0.6944, 0.8696, 1.0]

    Source: own model; that arbitrageurs' capital decides how far a price strays: Shleifer, Vishny (1997), and for
    dollar coins Ma, Zeng, Zhang, *Stablecoin Runs and the Centralization of Arbitrage* (2023).
    """
    days = np.atleast_1d(finite("flows", flows))
    numbers = {"gem": gem, "room": room, "capital": capital, "saved": saved, "savings_rate": savings_rate}
    checked = {name: np.asarray(non_negative(name, value)) for name, value in numbers.items()}
    band, bound = module_band(tin, tout), at_least("bound", bound, 1)
    gap = checked["savings_rate"] - non_negative("outside_rate", outside_rate)
    drawn = checked["saved"] * gap * non_negative("sensitivity", sensitivity) / DAYS_PER_YEAR
    held, room_left, free = checked["gem"], checked["room"], checked["capital"]
    waiting: list[Any] = [0.0] * bound
    paths: tuple[list[Any], ...] = ([], [], [])
    shapes = [np.shape(each) for each in (*checked.values(), drawn, *band)]
    totals = np.zeros((7, *np.broadcast_shapes(days.shape[1:], *shapes)))
    for flow in days:
        free, waiting = free + waiting[0], [*waiting[1:], 0.0]
        pool, moved = _day_of_flow(pool, flow - drawn)
        bought = buy_up_to(pool, band.floor, plain(free), plain(held * (1 + tout)))
        sold = sell_down_to(bought.pool, band.ceiling, plain(np.minimum(room_left, free / np.asarray(band.ceiling))))
        coins, given = bought.amount_out, sold.amount_in
        out, into = coins / (1 + np.asarray(tout)), given / (1 - np.asarray(tin))  # gem out of and into the module
        held, room_left = np.maximum(held - out, 0.0) + into, room_left + coins - given
        free = np.maximum(free - bought.amount_in - into, 0.0)
        waiting[-1] = waiting[-1] + out + sold.amount_out
        spent = sold.amount_out - bought.amount_in
        amounts = (*moved, coins - given, spent, coins, given, (coins - out) + (into - given))
        for at, amount in enumerate(amounts):
            totals[at] += amount
        pool = sold.pool
        now = (pool.price(COIN_TOKEN, DOLLAR_TOKEN), held, free)
        for path, value in zip(paths, now, strict=True):
            path.append(np.broadcast_to(value, totals.shape[1:]))
    return _peg_run(paths, totals, checked, pool)


def _day_of_flow(pool: Pool, flow: Any) -> tuple[Any, tuple[Amount, Amount]]:
    """The pool after users' trades of a day, and the coins and dollars that they got."""
    sold = pool.swap_exact_in(plain(np.maximum(flow, 0.0)), COIN_TOKEN, DOLLAR_TOKEN)
    bought = sold.pool.swap_exact_in(plain(np.maximum(-flow, 0.0)), DOLLAR_TOKEN, COIN_TOKEN)
    coins, dollars = bought.amount_out - sold.amount_in, sold.amount_out - bought.amount_in
    return bought.pool, (coins, dollars)


def _peg_run(paths: tuple[list[Any], ...], totals: NDArray[np.float64], given: dict[str, Any], pool: Any) -> PegRun:
    seconds = len(paths[0]) * SECONDS_PER_YEAR / DAYS_PER_YEAR
    saved, rate = given["saved"], plain(given["savings_rate"])
    some = np.maximum(saved, np.finfo(float).tiny)
    grown = SavingsRate(rate).deposit("savers", plain(some)).savings.advance(seconds).interest
    interest = np.where(saved > 0, grown, 0.0)
    price, gem, capital = (np.array(path) for path in paths)
    users, arbitrage, module = totals[:2], totals[2:4], totals[4:]
    return PegRun(
        price,
        gem,
        capital,
        (plain(users[0]), plain(users[1])),
        (plain(arbitrage[0]), plain(arbitrage[1])),
        (plain(module[0]), plain(module[1]), plain(module[2])),
        plain(interest),
        pool,
    )


def _both_ways(user: str, other: str, amount: Amount, asset: str, reason: str) -> tuple[Transfer, ...]:
    got, given = plain(np.maximum(amount, 0.0)), plain(np.maximum(np.negative(amount), 0.0))
    return Transfer(other, user, got, asset, reason), Transfer(user, other, given, asset, reason)
