"""Mercenary capital: it comes for the yield, sells what it gets, and leaves with the yield."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.exchange import Pool
from defi_lib.ledger.transfer import OUTSIDE, Moment, Transfer, complete, divide
from defi_lib.units import DAYS_PER_YEAR
from defi_lib.validation import Amount, at_least, between, broadcastable, non_negative, positive


class FarmRun(NamedTuple):
    """A farm day by day; every array has one entry per day first, then one per scenario."""

    pool: Pool  #: of the reward token (token 0) and USD (token 1), after the last day
    emission: NDArray[np.float64]  #: reward tokens emitted on the day
    fees: NDArray[np.float64]  #: USD that users of the protocol paid to the deposits
    sold: NDArray[np.float64]  #: reward tokens that farmers sold
    proceeds: NDArray[np.float64]  #: USD that they got for them
    demand: NDArray[np.float64]  #: USD that new buyers spent on reward tokens
    bought: NDArray[np.float64]  #: reward tokens that they got
    price: NDArray[np.float64]  #: USD per reward token after the day
    value_locked: NDArray[np.float64]  #: USD in the farm on the day
    mercenary: NDArray[np.float64]  #: the part of it that came for the yield

    @property
    def after(self) -> Pool:
        """:attr:`pool`, by the name that every record has for what is left."""
        return self.pool

    @property
    def fee_yield(self) -> NDArray[np.float64]:
        """What fees alone pay (ratio per year)."""
        return self.fees * DAYS_PER_YEAR / self.value_locked

    @property
    def emission_yield(self) -> NDArray[np.float64]:
        """What the emission pays: proceeds of what is sold, and the rest at the day's price (ratio per year)."""
        held = (self.emission - self.sold) * self.price
        return (self.proceeds + held) * DAYS_PER_YEAR / self.value_locked

    @property
    def nominal_yield(self) -> NDArray[np.float64]:
        """What is shown to newcomers (ratio per year)."""
        return self.fee_yield + self.emission_yield

    def earned(self, entry: int, days: int) -> Amount:
        """Income (ratio of the deposit, not compounded) of who enters on day ``entry`` and stays ``days`` days.

        Raises:
            ValueError: a stay that is not within the run.
        """
        last = len(self.price)
        entry, days = at_least("entry", entry, 0), at_least("days", days, 1)
        if entry + days > last:
            raise ValueError(f"entry + days = {entry + days} is outside the allowed range: at most {last}")
        return np.sum(self.nominal_yield[entry : entry + days], axis=0) / DAYS_PER_YEAR

    def transfers(self, day: int) -> tuple[Transfer, ...]:
        """Who paid whom what on ``day``."""
        return (
            Transfer("users", "farmers", self.fees[day], "USD", "fee"),
            Transfer("buyers", "pool", self.demand[day], "USD", "purchase"),
            Transfer("pool", "buyers", self.bought[day], "reward token", "purchase"),
            Transfer(OUTSIDE, "farmers", self.emission[day], "reward token", "emission"),
            Transfer("farmers", "pool", self.sold[day], "reward token", "sale"),
            Transfer("pool", "farmers", self.proceeds[day], "USD", "sale"),
        )

    def moments(self, farmers: str | Mapping[str, Amount] = "farmers") -> Iterator[Moment]:
        """Day by day all that happened; each evening the reward token is marked at the day's price.

        Transfers count at the price of the evening before (mark the price before the first day), so that the columns
        ``"sale"`` and ``"purchase"`` of a profit table show what moving the price cost those who traded.

        Args:
            farmers: who owned the deposits: one name, or the part of each group, one number or one per day; they add
                up to 1.

        Raises:
            ValueError: a part outside [0, 1], or parts that do not add up to 1.
        """
        days = len(self.price)
        given = {farmers: 1.0} if isinstance(farmers, str) else farmers
        parts = {
            name: np.broadcast_to(between(f"farmers[{name!r}]", part, 0.0, 1.0), days) for name, part in given.items()
        }
        wrong = np.broadcast_to(~np.asarray(complete(parts)), days)
        if np.any(wrong):
            day = int(np.argmax(wrong))
            total = sum(part[day] for part in parts.values())
            raise ValueError(f"parts of farmers add up to {total:.12g} on day {day}: allowed is exactly 1")
        for day in range(days):
            moves = divide(self.transfers(day), "farmers", {name: part[day] for name, part in parts.items()})
            yield Moment(moves, time=float(day))
            yield Moment((), {"reward token": self.price[day]}, float(day))


def simulate_farm(
    emission: Amount,
    pool: Pool,
    loyal: Amount,
    outside_yield: Amount,
    speed: Amount = 0.1,
    *,
    mercenary: Amount = 0.0,
    sold: Amount = 1.0,
    fees: Amount = 0.0,
    demand: Amount = 0.0,
    days: int | None = None,
) -> FarmRun:
    """Lead a farm through its days: buyers buy, the farm emits, farmers sell, and capital follows the yield.

    Each evening mercenary capital closes a part of the gap to where farm and outside pay the same,
    ``K ← K* + (K − K*)·e^(−speed)``, ``K* = max(income·365/outside_yield − loyal, 0)``: the gap is the difference of
    the yields times ``value/outside_yield``. Deposits are in USD; for assets that move see
    :func:`~defi_lib.rewards.yield_sources`.

    Args:
        emission: reward tokens per day, >= 0; one number, or days along the first axis.
        pool: of any kind, of the reward token (token 0) and USD (token 1), where rewards are sold.
        loyal: capital that stays whatever happens (USD), > 0.
        outside_yield: what capital earns elsewhere (ratio per year), > 0.
        speed: of mercenary capital per day, >= 0; 0.1 closes a tenth of the gap a day.
        mercenary: capital that is there at the start (USD), >= 0.
        sold: part of the rewards that is sold on the day, in [0, 1].
        fees: that users pay to the deposits (USD per day), >= 0; one number, or days along the first axis.
        demand: that new buyers spend on the reward token (USD per day), >= 0; as ``fees``.
        days: length of the run, >= 1; by default that of ``emission``.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: own model; for what it is a model of, see Augustin, Chen-Zhang, Shin, *Reaching for Yield in Decentralized
    Financial Markets*, SSRN 4063228.
    """
    days = at_least("days", len(np.atleast_1d(emission)) if days is None else days, 1)
    emissions = per_step("emission", emission, days)
    fee_income, purchases = per_step("fees", fees, days), per_step("demand", demand, days)
    loyal, outside_yield = positive("loyal", loyal), positive("outside_yield", outside_yield)
    kept, part = np.exp(-np.asarray(non_negative("speed", speed))), between("sold", sold, 0.0, 1.0)
    capital = non_negative("mercenary", mercenary)
    broadcastable(
        emission=emissions[0], fees=fee_income[0], demand=purchases[0], loyal=loyal, outside_yield=outside_yield,
        speed=kept, sold=part, mercenary=capital, reserves=pool.reserves[0], fee=pool.fee,
    )  # fmt: skip
    columns = []
    for emitted, fee, spent in zip(emissions, fee_income, purchases, strict=True):
        purchase = pool.swap_exact_in(spent, 1, 0)
        sale = purchase.pool.swap_exact_in(emitted * part, 0, 1)
        pool = sale.pool
        price = pool.price(0, 1)
        row = (
            emitted,
            fee,
            sale.amount_in,
            sale.amount_out,
            spent,
            purchase.amount_out,
            price,
            loyal + capital,
            capital,
        )
        columns.append(np.broadcast_arrays(*row))
        income = fee + sale.amount_out + (emitted - sale.amount_in) * price
        capital = _closer(capital, income, loyal, outside_yield, kept)
    return FarmRun(pool, *(np.stack(column) for column in zip(*columns, strict=True)))


def follow_yield(
    income: Amount,
    outside_yield: Amount,
    speed: Amount = 0.1,
    *,
    loyal: Amount = 1.0,
    mercenary: Amount = 0.0,
    days: int | None = None,
) -> NDArray[np.float64]:
    """Deposits (USD) on each day of a farm whose daily income is known: capital comes and leaves as in a farm's run.

    The rule is that of :func:`simulate_farm`; where rewards are sold, and at which price, is in the income already.

    Args:
        income: what the farm pays to all deposits together (USD per day), >= 0; one number, or days along the first
            axis.
        outside_yield: what capital earns elsewhere (ratio per year), > 0.
        speed: of mercenary capital per day, >= 0; 0.1 closes a tenth of the gap a day.
        loyal: capital that stays whatever happens (USD), > 0.
        mercenary: capital that is there at the start (USD), >= 0.
        days: length of the run, >= 1; by default that of ``income``.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> follow_yield(10.0, 0.0365, np.log(2), loyal=40_000.0, days=3).round()  # it pays for 100,000 USD
    array([40000., 70000., 85000.])

    Source: as :func:`simulate_farm`.
    """
    days = at_least("days", len(np.atleast_1d(income)) if days is None else days, 1)
    paid = per_step("income", income, days)
    loyal, outside_yield = positive("loyal", loyal), positive("outside_yield", outside_yield)
    kept = np.exp(-np.asarray(non_negative("speed", speed)))
    capital = non_negative("mercenary", mercenary)
    shape = broadcastable(income=paid[0], loyal=loyal, outside_yield=outside_yield, speed=kept, mercenary=capital)
    deposits = np.empty((days, *shape))
    for day, each in enumerate(paid):
        deposits[day] = loyal + capital
        capital = _closer(capital, each, loyal, outside_yield, kept)
    return deposits


def _closer(capital: Amount, income: Amount, loyal: Amount, outside_yield: Amount, kept: NDArray) -> Amount:
    """Mercenary capital after an evening, on which the part ``kept`` of its gap stays open."""
    target = np.maximum(income * DAYS_PER_YEAR / outside_yield - loyal, 0.0)
    return target * (1 - kept) + capital * kept


def per_step(name: str, value: Amount, steps: int) -> NDArray[np.float64]:
    """``value`` (>= 0) for each of ``steps``: one number for all, or time along the first axis.

    Raises:
        ValueError: a negative value, or another number of steps.
    """
    array = np.asarray(non_negative(name, value))
    if array.ndim == 0:
        return np.full(steps, float(array))
    if len(array) != steps:
        raise ValueError(f"{name} has {len(array)} entries: allowed is one number, or {steps} along the first axis")
    return array
