"""First come: a firm that was alone for a while, and an equal rival; what lasts of the head start.

For the first speak clients who stay because changing costs something, work that taught it to be cheaper, and size. For
the second: it buys its machines later, when they cost less. Routers ask only who is cheaper at the moment.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from defi_lib.validation import Amount, at_least, between, broadcastable, non_negative, one_number, plain, positive

Array = NDArray[np.float64]

#: The part of all clients below which a share counts as nothing, when new machines are compared with it.
_NOTHING = 1e-4


class RivalRun(NamedTuple):
    """Two firms, step by step from the day on which the second opens; scenarios behind the steps."""

    times: Array  #: years since then
    clients: Array  #: of all, in those of the day on which the second opens
    shares: Array  #: the first firm's part of them
    prices: Array  #: of either, the first one's first, behind the steps; 1 is a cost without learning, size and time

    @property
    def cheaper(self) -> Array:
        """By how much the first firm is cheaper than the second, in logarithms (0.05 is about 5 %)."""
        return np.asarray(np.log(self.prices[:, 1] / self.prices[:, 0]))

    @property
    def first_share(self) -> Amount:
        """The first firm's part of all clients in the end."""
        return plain(self.shares[-1])


def simulate_rivals(
    head_start: Amount,
    years: float,
    *,
    switching: Amount = 0.0,
    taste: Amount = 0.1,
    looks: Amount = 1.0,
    learning: Amount = 0.0,
    size_saves: Amount = 0.0,
    machines_fall: Amount = 0.0,
    routed: Amount = 0.0,
    growth: Amount = 0.0,
    capital: Amount = 0.5,
    life: Amount = 4.0,
    router_scale: Amount = 0.01,
    opens_with: Amount = 0.01,
    below_cost: Amount = 0.0,
    below_years: Amount = 0.0,
    steps: int = 24,
) -> RivalRun:
    """How a market is shared after a second, equal firm has opened beside the first.

    Each firm's cost is ``(k·A + 1 − k)·(Q/Q₀)^log₂(1 − l)·n^log₂(1 − s)``, where A is the mean price of its machines
    when they were bought, Q all work done and n its clients. Its price is its cost, the second's perhaps lower for a
    while. New clients take the first with chance ``1/(1 + exp(−d/τ))``, d the logarithm of the second's price over the
    first's; clients who look around do the same, with d raised or lowered by the cost of changing. A router's clients
    are shared at each moment, by price alone.

    Args:
        head_start: years in which the first was alone, >= 0.
        years: after the second has opened, >= 0.
        switching: cost of changing (part of a year's spending), >= 0.
        taste: τ, how far clients' other reasons differ (part of the price), > 0.
        looks: how often a client looks around in a year, >= 0.
        learning: l, by which a doubling of all work lowers the cost, in [0, 0.9]. Whoever opens knows as much as a year
            of work for the clients of the second's first day teaches (Q₀).
        size_saves: s, by which a doubling of its clients lowers a firm's cost, in [0, 0.9].
        machines_fall: of the price of machines in a year, in [−1, 0.95].
        routed: part of the clients behind a router, in [0, 1].
        growth: of all clients in a year, in (−1, 100].
        capital: k, part of the cost that is machines (at the price of the second's first day), in [0, 1].
        life: of a machine (years), > 0: a firm replaces them one by one.
        router_scale: τ of a router, which also looks at waiting, > 0.
        opens_with: part of all clients as which a firm's size counts at least, in [0.001, 1]: what a trial brings.
        below_cost: part of its cost by which the second asks less, in [0, 0.9].
        below_years: for so many years after it has opened, >= 0.
        steps: in a year, >= 1; twice as many say the same.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: own model; Farrell and Klemperer (2007) on switching costs, Wright (1936) and Spence (1981) on learning.

    >>> equal, loyal = (simulate_rivals(1.0, 1.0, switching=cost).first_share for cost in (0.0, 0.2))
    >>> round(equal, 2), round(loyal, 2)
    (0.68, 0.9)
    """
    before, after = non_negative("head_start", head_start), one_number("years", non_negative("years", years))
    cost, spread, often = (
        non_negative("switching", switching),
        positive("taste", taste),
        non_negative("looks", looks),
    )
    taught, large = between("learning", learning, 0.0, 0.9), between("size_saves", size_saves, 0.0, 0.9)
    fall, part = between("machines_fall", machines_fall, -1.0, 0.95), between("routed", routed, 0.0, 1.0)
    more, share, old = (
        between("growth", growth, -0.99, 100.0),
        between("capital", capital, 0.0, 1.0),
        positive("life", life),
    )
    width, least = positive("router_scale", router_scale), between("opens_with", opens_with, 0.001, 1.0)
    given, until = between("below_cost", below_cost, 0.0, 0.9), non_negative("below_years", below_years)
    shape = broadcastable(
        head_start=before, switching=cost, taste=spread, looks=often, learning=taught, size_saves=large,
        machines_fall=fall, routed=part, growth=more, capital=share, life=old, router_scale=width,
        opens_with=least, below_cost=given, below_years=until,
    )  # fmt: skip
    rate, down = np.log1p(more), np.log1p(-np.asarray(fall))
    curve, scale = np.log2(1.0 - np.asarray(taught)), np.log2(1.0 - np.asarray(large))
    step = 1.0 / at_least("steps", steps, 1)
    count = max(round(after / step), 0)
    # The first one's years alone: work done, and machines bought as clients came and machines wore out.
    work = np.stack(np.broadcast_arrays(1.0 + _sum(rate, -before, 0.0), np.ones(shape)))
    renewed = 1.0 / old + np.maximum(rate, 0.0)
    forgot = np.exp(-renewed * before)
    first_price = forgot * np.exp(-down * before) + renewed * _sum(renewed + down, -before, 0.0)
    machines = np.stack(np.broadcast_arrays(first_price, np.ones(shape)))
    loyal, held = np.ones(shape), np.stack([np.ones(shape), np.zeros(shape)])
    shares, prices, sizes = [np.ones(shape)], [], []
    for k in range(count + 1):
        time = k * step
        whole = np.exp(rate * time) * np.ones(shape)
        price = np.log(share * machines + 1.0 - share) + curve * np.log(work)
        price = price + scale * np.log(np.maximum(held, least * whole))
        price[1] += np.where(time < np.asarray(until), np.log1p(-np.asarray(given)), 0.0)
        edge = price[1] - price[0]
        prices.append(np.exp(price))
        sizes.append(whole)
        if k == count:
            break
        grown = np.exp(rate * (time + step))
        new, gone = np.maximum(grown - whole, 0.0), np.minimum(grown / whole, 1.0)
        look = -np.expm1(-often * step)
        stay, come = expit((edge + cost) / spread), expit((edge - cost) / spread)
        loyal = gone * whole * (loyal * (1.0 - look) + look * (loyal * stay + (1.0 - loyal) * come))
        loyal = (loyal + new * expit(edge / spread)) / grown
        now = grown * ((1.0 - part) * loyal + part * expit(edge / width))
        later = np.stack([now, grown - now])
        bought = (later - held * np.exp(-step / old)) / np.maximum(later, _NOTHING * whole)
        bought = np.clip(bought, -np.expm1(-step / old), 1.0)  # who shrinks gives up its oldest machines first
        machines = machines + bought * (np.exp(down * (time + step)) - machines)
        work = work + step * (held + later) / 2.0
        held = later
        shares.append(now / grown)
    return RivalRun(np.arange(count + 1, dtype=float) * step, np.stack(sizes), np.stack(shares), np.stack(prices))


def _sum(rate: Amount, low: Amount, high: Amount) -> Array:
    """The integral of ``exp(rate·t)`` from low to high."""
    rate = np.asarray(rate, dtype=float)
    small = np.abs(rate) < 1e-9
    safe = np.where(small, 1.0, rate)
    exact = (np.exp(safe * np.asarray(high)) - np.exp(safe * np.asarray(low))) / safe
    return np.where(small, np.asarray(high) - np.asarray(low), exact)
