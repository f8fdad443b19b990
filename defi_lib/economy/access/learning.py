"""Hours to learn against what savings earn more: when they are earned back, and from which savings on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.rounding import above
from defi_lib.validation import Amount, between, broadcastable, finite, non_negative, plain, positive, representable

#: Growth over the whole time below which a curve is a straight line to the last digit (and a quotient might not be).
_STRAIGHT = 1e-20


class Learning(NamedTuple):
    """What a beginner gains over some years beyond a saver who stays, part by part (USD)."""

    interest: Amount  #: more than the saver
    mistakes: Amount  #: lost, on average
    labour: Amount  #: what the hours of learning are worth; nobody is paid
    interface_fee: Amount  #: for an interface that saves hours
    way: Amount  #: in and out

    @property
    def net(self) -> Amount:
        """What is gained after all costs."""
        return plain(np.asarray(self.interest - self.mistakes) - self.labour - self.interface_fee - self.way)

    def transfers(
        self,
        learner: str = "learner",
        borrowers: str = "borrowers",
        thieves: str = "thieves",
        interface: str = "interface",
        ramp: str = "ramp",
        asset: str = "USD",
    ) -> tuple[Transfer, ...]:
        """What moves beyond a saver's account; hours do not."""
        more, less = np.maximum(self.interest, 0.0), np.maximum(-np.asarray(self.interest), 0.0)
        return actual(
            (
                Transfer(learner, interface, self.interface_fee, asset, "interface fee"),
                Transfer(learner, ramp, self.way, asset, "way in and out"),
                Transfer(borrowers, learner, plain(more), asset, "extra interest"),
                Transfer(learner, borrowers, plain(less), asset, "interest forgone"),
                Transfer(learner, thieves, self.mistakes, asset, "mistakes"),
            )
        )


@representable
def learn_or_stay(
    savings: Amount,
    hours: Amount,
    hour_value: Amount,
    extra_yield: Amount,
    mistakes: Amount = 0.0,
    years: Amount = 3.0,
    *,
    growth: Amount = 0.0,
    saved: Amount = 0.0,
    fee: Amount = 0.0,
    way: Amount = 0.0,
) -> Learning:
    """Gain of who learns beyond a saver who stays: ``S·(y − m)·A − (w·h·(1 − saved) + S·fee + way)``.

    ``A = (e^{g·T} − 1)/g`` are T years of savings that grow by g; T if they do not. With ``g = y − m`` the gains stay
    in and earn too, all counted in money of the start, as the saver's own interest makes it grow.

    Args:
        savings: S (USD), >= 0.
        hours: h to learn, >= 0, once.
        hour_value: w of an hour (USD), >= 0.
        extra_yield: y beyond the savings account (ratio a year, continuous); may be below 0.
        mistakes: m, what beginners lose on average (part of the money a year), >= 0.
        years: T, >= 0.
        growth: g of the savings beyond the rate at which later money counts less (ratio a year).
        saved: part of the hours that an interface saves, in [0, 1].
        fee: what that interface takes, once (ratio of the savings), in [0, 1].
        way: in and out (USD), >= 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: own model.

    >>> learn_or_stay(1_000.0, hours=20.0, hour_value=10.0, extra_yield=0.03, mistakes=0.01).net
    -140.0
    """
    savings, extra, mistakes = _rates(savings, extra_yield, mistakes)
    labour, fee, way = _outlays(hours, hour_value, saved, fee, way)
    years, growth = non_negative("years", years), finite("growth", growth)
    broadcastable(savings=savings, extra_yield=extra, mistakes=mistakes, labour=labour, fee=fee, way=way, years=years)
    grown = savings * _grown_years(years, growth)
    return Learning(plain(extra * grown), plain(mistakes * grown), labour, plain(savings * fee), way)


def years_to_earn_back(
    savings: Amount,
    hours: Amount,
    hour_value: Amount,
    extra_yield: Amount,
    mistakes: Amount = 0.0,
    *,
    growth: Amount = 0.0,
    saved: Amount = 0.0,
    fee: Amount = 0.0,
    way: Amount = 0.0,
) -> Amount:
    """Years until learning is earned back: ``ln(1 + g·L/(S·(y − m)))/g``; ``L/(S·(y − m))`` without growth.

    L is all that is spent at the start, ``w·h·(1 − saved) + S·fee + way``; the arguments are those of
    :func:`learn_or_stay`. 0 if nothing was spent; infinite if it never comes back, which shrinking savings (g < 0) may
    do although each year brings something.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: own model.

    >>> round(years_to_earn_back(1_000.0, 20.0, 10.0, extra_yield=0.03, mistakes=0.01), 3)
    10.0
    >>> round(years_to_earn_back(1_000.0, 20.0, 10.0, 0.03, 0.01, growth=0.02), 3)  # gains stay in: ln(1.2)/0.02
    9.116
    """
    savings, extra, mistakes = _rates(savings, extra_yield, mistakes)
    labour, fee, way = _outlays(hours, hour_value, saved, fee, way)
    growth = finite("growth", growth)
    broadcastable(savings=savings, extra_yield=extra, mistakes=mistakes, labour=labour, fee=fee, way=way, growth=growth)
    spent = np.asarray(labour + savings * fee + way)
    earns = np.asarray(above(extra, mistakes)) & (np.asarray(savings) > 0)
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        simple = spent / np.where(earns, savings * (extra - mistakes), 1.0)
        lasting = earns & np.asarray(above(growth * simple, -1.0))
        grows = lasting & (np.abs(growth * simple) > _STRAIGHT)
        bent = np.log1p(np.where(grows, growth * simple, 0.0)) / np.where(grows, growth, 1.0)
    found = np.where(grows, bent, np.where(lasting, simple, np.inf))
    return plain(np.where(spent == 0, 0.0, found))


def savings_to_earn_back(
    hours: Amount,
    hour_value: Amount,
    extra_yield: Amount,
    mistakes: Amount = 0.0,
    years: Amount = 3.0,
    *,
    growth: Amount = 0.0,
    saved: Amount = 0.0,
    fee: Amount = 0.0,
    way: Amount = 0.0,
) -> Amount:
    """Savings (USD) that earn learning back within some years: ``(w·h·(1 − saved) + way)/((y − m)·A − fee)``.

    The arguments are those of :func:`learn_or_stay`; ``years`` > 0. Infinite if no savings are enough.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: own model.

    >>> round(savings_to_earn_back(hours=20.0, hour_value=10.0, extra_yield=0.03, mistakes=0.01), 2)
    3333.33
    """
    _, extra, mistakes = _rates(0.0, extra_yield, mistakes)
    labour, fee, way = _outlays(hours, hour_value, saved, fee, way)
    years, growth = positive("years", years), finite("growth", growth)
    broadcastable(extra_yield=extra, mistakes=mistakes, labour=labour, fee=fee, way=way, years=years, growth=growth)
    grown = _grown_years(years, growth)
    enough = np.asarray(above(extra * grown, mistakes * grown + fee))
    gain = np.where(enough, (extra - mistakes) * grown - fee, 1.0)
    return plain(np.where(enough, (labour + way) / gain, np.inf))


@representable
def _grown_years(years: Amount, growth: Amount) -> Amount:
    """``(e^{g·T} − 1)/g``, the years that savings count which grow by g; T if they do not."""
    grows = np.abs(np.asarray(growth) * years) > _STRAIGHT
    rate = np.where(grows, growth, 1.0)
    return np.where(grows, np.expm1(np.where(grows, rate * years, 0.0)) / rate, years)


def _rates(savings: Amount, extra_yield: Amount, mistakes: Amount) -> tuple[Amount, Amount, Amount]:
    savings, mistakes = non_negative("savings", savings), non_negative("mistakes", mistakes)
    return savings, finite("extra_yield", extra_yield), mistakes


def _outlays(
    hours: Amount, hour_value: Amount, saved: Amount, fee: Amount, way: Amount
) -> tuple[Amount, Amount, Amount]:
    """What the hours that remain are worth, the interface's fee (ratio), the way in and out."""
    hours, hour_value = non_negative("hours", hours), non_negative("hour_value", hour_value)
    saved, fee = between("saved", saved, 0.0, 1.0), between("fee", fee, 0.0, 1.0)
    broadcastable(hours=hours, hour_value=hour_value, saved=saved)
    return hours * hour_value * (1.0 - saved), fee, non_negative("way", way)
