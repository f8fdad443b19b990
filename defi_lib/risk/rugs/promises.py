"""Promises paid by newcomers: how long the cash lasts, and who has whose money in the end."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.validation import Amount, between, broadcastable, finite, non_negative, plain, positive, representable

_HALVINGS = 80


@representable
def promised_cash(time: Amount, inflow: Amount, growth: Amount, rate: Amount, skim: Amount = 0.0) -> Amount:
    """What is in the till: ``F·[(s − r/g)·(e^{gt} − 1)/g + (r/g)·t]``, s = 1 − skim; for g = 0 ``F·(s·t − r·t²/2)``.

    Deposits come in at the rate F·e^{gt}, each is promised r per unit of time for ever, and nobody takes it out.

    Args:
        time: t since the start (days), >= 0.
        inflow: F, deposits a day at the start, >= 0.
        growth: g, of the inflow (a day).
        rate: r, promised (a day), >= 0.
        skim: part of each deposit that the organiser takes, in [0, 1].

    Raises:
        ValueError: an argument outside its range.

    Source: Artzrouni, *The Mathematics of Ponzi Schemes* (2009), without withdrawals.

    >>> [round(promised_cash(day, 1.0, 0.0, 0.01), 6) for day in (100.0, 200.0)]
    [50.0, 0.0]
    """
    time, inflow, rate = non_negative("time", time), non_negative("inflow", inflow), non_negative("rate", rate)
    growth, skim = finite("growth", growth), between("skim", skim, 0.0, 1.0)
    broadcastable(time=time, inflow=inflow, growth=growth, rate=rate, skim=skim)
    t, x = np.asarray(time, float), np.asarray(growth, float) * time
    return plain(np.asarray(inflow) * ((1 - np.asarray(skim)) * t * _first(x) - rate * t**2 * _second(x)))


def fullest_day(growth: Amount, rate: Amount, skim: Amount = 0.0) -> Amount:
    """When the till is fullest: ``−ln(1 − s·g/r)/g``, for g = 0 ``s/r``; infinite if newcomers always suffice.

    Args:
        growth, rate, skim: as in :func:`promised_cash`; ``rate`` > 0.

    Raises:
        ValueError: an argument outside its range.

    >>> fullest_day(0.0, 0.01), fullest_day(0.02, 0.01)
    (100.0, inf)
    """
    growth, rate, skim = finite("growth", growth), positive("rate", rate), between("skim", skim, 0.0, 1.0)
    broadcastable(growth=growth, rate=rate, skim=skim)
    return plain(_fullest(np.asarray(growth, float), np.asarray(rate, float), 1 - np.asarray(skim, float)))


def empty_day(growth: Amount, rate: Amount, skim: Amount = 0.0) -> Amount:
    """When the till is empty: for g = 0 after ``2·s/r`` days; infinite as long as deposits grow by r/s or more.

    Args:
        growth, rate, skim: as in :func:`promised_cash`; ``rate`` > 0.

    Raises:
        ValueError: an argument outside its range.

    >>> round(empty_day(0.0, 0.01), 6), round(empty_day(0.005, 0.01), 3), empty_day(0.01, 0.01)
    (200.0, 251.286, inf)
    """
    start = np.asarray(fullest_day(growth, rate, skim), float)
    lasts = np.isinf(start)
    low = np.where(lasts, 1.0, start)
    # Where newcomers stay away soon, the till is full at once and lasts long: steps that double find the end.
    steps = np.array(np.where(low > 0, low, 1.0))
    high = low + steps
    for _ in range(_HALVINGS):
        still = ~lasts & (low > 0) & (_shape(high, growth, rate, skim) > 0)
        if not np.any(still):
            break
        high, steps = np.where(still, high + steps, high), 2 * steps
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        full = _shape(middle, growth, rate, skim) > 0
        low, high = np.where(full, middle, low), np.where(full, high, middle)
    found = np.where(np.asarray(skim, float) == 1, 0.0, (low + high) / 2)
    return plain(np.where(lasts, np.inf, found))


class PromiseRun(NamedTuple):
    """A scheme until its till is empty; early are those who got more than they paid in (in the unit of deposits)."""

    days: Amount  #: until it is empty
    early_paid: Amount  #: deposits of those who gain
    early_got: Amount
    late_paid: Amount  #: deposits of those who lose
    late_got: Amount
    skimmed: Amount  #: the organiser's

    @property
    def late_part(self) -> Amount:
        """Part of all money whose owners lose."""
        total = np.asarray(self.early_paid) + self.late_paid
        return plain(self.late_paid / np.where(total > 0, total, 1.0))

    def transfers(
        self,
        early: str = "early",
        late: str = "late",
        scheme: str = "scheme",
        organiser: str = "organiser",
        asset: str = "USD",
    ) -> tuple[Transfer, ...]:
        """Deposits, what was paid for them, and the organiser's part: the till is empty again."""
        return actual(
            (
                Transfer(early, scheme, self.early_paid, asset, "deposits"),
                Transfer(late, scheme, self.late_paid, asset, "deposits"),
                Transfer(scheme, early, self.early_got, asset, "promised income"),
                Transfer(scheme, late, self.late_got, asset, "promised income"),
                Transfer(scheme, organiser, self.skimmed, asset, "organiser's part"),
            )
        )


def run_promise(inflow: Amount, growth: Amount, rate: Amount, skim: Amount = 0.0) -> PromiseRun:
    """Lead a scheme to its end: who came in more than 1/r days before it has gained, all others have lost.

    Args:
        inflow: deposits a day at the start, > 0.
        growth, rate, skim: as in :func:`promised_cash`; the rate above what growth alone can pay.

    Raises:
        ValueError: an argument outside its range, or a scheme that never ends as long as deposits grow so fast.

    >>> run = run_promise(1.0, 0.0, 0.01)
    >>> round(run.early_got - run.early_paid, 4), round(run.late_paid - run.late_got, 4), round(run.late_part, 4)
    (50.0, 50.0, 0.5)
    """
    inflow = positive("inflow", inflow)
    days = empty_day(growth, rate, skim)
    if not np.all(np.isfinite(days)):
        raise ValueError(f"growth = {growth} pays for rate = {rate} as long as it lasts: allowed is less")
    broadcastable(inflow=inflow, days=days)
    g, r = np.asarray(growth, float), np.asarray(rate, float)
    end, before = np.asarray(days, float), np.maximum(np.asarray(days) - 1 / r, 0.0)
    total, early = inflow * end * _first(g * end), inflow * before * _first(g * before)
    gain = inflow * r * before**2 * _second(g * before)
    skimmed = total * skim
    late = total - early
    return PromiseRun(days, *(plain(each) for each in (early, early + gain, late, late - gain - skimmed, skimmed)))


def _shape(time: NDArray[np.float64], growth: Amount, rate: Amount, skim: Amount) -> NDArray[np.float64]:
    """The sign of the till's content: divided by time, and by the growth where that is huge."""
    x = np.asarray(growth, float) * time
    scale = np.exp(-np.maximum(x, 0.0))
    return np.asarray((1 - np.asarray(skim, float)) * _first(x, scale) - np.asarray(rate) * time * _second(x, scale))


def _fullest(g: NDArray[np.float64], r: NDArray[np.float64], s: NDArray[np.float64]) -> NDArray[np.float64]:
    part = s * g / r
    ends = part < 1
    inside = np.where(ends, part, 0.0)
    small = np.abs(inside) < 1e-8
    with np.errstate(divide="ignore", invalid="ignore"):
        day = np.where(small, s / r * (1 + inside / 2), -np.log1p(-inside) / np.where(g == 0, 1.0, g))
    return np.asarray(np.where(ends, day, np.inf))


def _first(x: NDArray[np.float64], scale: Amount = 1.0) -> NDArray[np.float64]:
    """``(eˣ − 1)/x``, 1 at 0; times a scale that keeps it finite."""
    near = np.abs(x) < 1e-8
    safe = np.where(near, 1.0, x)
    grown = np.where(safe > 0, np.exp(np.where(safe > 0, safe, 0.0) + np.log(scale)) - scale, np.expm1(safe) * scale)
    grown = np.where(np.abs(safe) < 1, np.expm1(np.clip(safe, -1, 1)) * scale, grown)
    return np.asarray(np.where(near, (1 + x / 2) * scale, grown / safe))


def _second(x: NDArray[np.float64], scale: Amount = 1.0) -> NDArray[np.float64]:
    """``(eˣ − 1 − x)/x²``, ½ at 0."""
    near = np.abs(x) < 1e-2
    safe = np.where(near, 1.0, x)
    series = 0.5 + x / 6 + x**2 / 24 + x**3 / 120 + x**4 / 720 + x**5 / 5040
    return np.asarray(np.where(near, np.where(near, series, 0.0) * scale, (_first(safe, scale) - scale) / safe))
