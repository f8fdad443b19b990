"""Products that stand on one another: how soon the next one comes, if its code may be copied, or not."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.validation import Amount, between, broadcastable, non_negative, plain, positive

Floats = NDArray[np.float64]

#: Steps after which the search for the rate of new products ends at the latest; some ten are usual.
_STEPS = 60


class ProductYears(NamedTuple):
    """What comes of a kind of product in some years; amounts in years of what users got from it at the start."""

    rate: Amount  #: new products a year
    reward: Amount  #: what a builder expects of a product, in years of its gain
    use: Amount  #: what all get of it, before they pay for it
    fees: Amount  #: what users pay to builders
    thefts: Amount  #: what thieves take from users
    granted: Amount  #: what others pay to builders: buyers of tokens, givers of grants
    spent: Amount  #: what building costs

    @property
    def users(self) -> Amount:
        """What users get after fees and thefts."""
        return plain(np.asarray(self.use) - self.fees - self.thefts)

    @property
    def builders(self) -> Amount:
        """What builders get after what they spend."""
        return plain(np.asarray(self.fees) + self.granted - self.spent)

    def transfers(
        self,
        users: str = "users",
        builders: str = "builders",
        thieves: str = "thieves",
        givers: str = "token buyers",
        suppliers: str = "work",
        asset: str = "USD",
    ) -> tuple[Transfer, ...]:
        """Fees, thefts, tokens and grants, and what is spent on building."""
        return actual(
            (
                Transfer(users, builders, self.fees, asset, "fees"),
                Transfer(users, thieves, self.thefts, asset, "thefts"),
                Transfer(givers, builders, self.granted, asset, "tokens and grants"),
                Transfer(builders, suppliers, self.spent, asset, "building"),
            )
        )


def product_years(
    gain: Amount,
    keeps: Amount,
    cost: Amount,
    ideas: Amount,
    rebuild: Amount = 1.0,
    head_start: Amount = np.inf,
    made_up: Amount = 0.0,
    faults: Amount = 0.0,
    years: Amount = 10.0,
    outside: Amount = 0.9,
    discount: Amount = 0.1,
) -> ProductYears:
    """A ladder of products: each adds ``gain`` to what users get, and ends what its predecessor earned.

    With r products a year a builder who is copied after h years expects, in years of the gain,

        R(r) = k·(1 − e^(−(d+r)·h))/(d+r) + m·k·e^(−(d+r)·h)/(d+r)

    and builds if his idea's cost, exponential with mean c, is at most R; who stands outside pays ``rebuild``·c besides,
    for what it stands on. So r = ideas·((1 − outside)·F(R) + outside·F(R − rebuild·c)), ``F(x) = 1 − e^(−x/c)``: the
    more come, the sooner each is overtaken, so that there is one such r. Closed code: ``rebuild`` 1, no copies. Open
    code: ``rebuild`` is the cost of copying, as a part of building.

    Args:
        gain: g, what a product adds to what users get, of what they got before (ratio, >= 0).
        keeps: k, the builder's part of this gain until a copy or a better product comes (ratio in [0, 1]).
        cost: c, years of the gain, > 0.
        ideas: for the next product, of all teams, a year, >= 0.
        rebuild: what outsiders need for the product below (part of c, >= 0).
        head_start: h, years until copies come, >= 0; infinite: never.
        made_up: m, the part of what copies take that tokens or grants make up (ratio in [0, 1]).
        faults: what thieves take of a new product, in years of what users get from it, >= 0.
        years: how long it is looked at, > 0.
        outside: part of the ideas that others than the last builder have (ratio in [0, 1]).
        discount: d, of later income, a year, > 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: the ladder is Aghion and Howitt, *A Model of Growth through Creative Destruction* (1992); that copies may
    help, where each product stands on the last, is Bessen and Maskin, *Sequential Innovation, Patents, and Imitation*
    (2009). Tokens, thefts and the closed forms of the means are our addition. All means are exact: products come by a
    Poisson process. That the last builder competes with his own product (Arrow 1962) is left out.

    >>> closed = product_years(gain=0.1, keeps=0.5, cost=2.0, ideas=2.0)
    >>> freely = product_years(gain=0.1, keeps=0.5, cost=2.0, ideas=2.0, rebuild=0.1, head_start=0.25, made_up=0.5)
    >>> round(float(closed.rate), 3), round(float(freely.rate), 3)
    (0.147, 0.37)
    """
    gain, cost, ideas = non_negative("gain", gain), positive("cost", cost), non_negative("ideas", ideas)
    keeps, rebuild = between("keeps", keeps, 0.0, 1.0), non_negative("rebuild", rebuild)
    head_start = _head_start(head_start)
    made_up, faults = between("made_up", made_up, 0.0, 1.0), non_negative("faults", faults)
    years, outside = positive("years", years), between("outside", outside, 0.0, 1.0)
    discount = positive("discount", discount)
    broadcastable(
        gain=gain, keeps=keeps, cost=cost, ideas=ideas, rebuild=rebuild, head_start=head_start, made_up=made_up,
        faults=faults, years=years, outside=outside, discount=discount,
    )  # fmt: skip

    def reward(rate: Floats) -> tuple[Floats, Floats]:
        """What copies leave of the profit, and what is made up of the rest."""
        forgone = np.asarray(discount + rate, float)
        left = keeps * _mean_time(forgone, head_start)
        return left, np.asarray(made_up) * (keeps / forgone - left)

    def built(rate: Floats) -> tuple[Floats, Floats]:
        """How far a builder's reward reaches, in mean costs: the last builder's own ideas, and those of others."""
        reach = np.asarray(sum(reward(rate))) / cost
        return reach, np.maximum(reach - rebuild, 0.0)

    def excess(rate: Floats) -> Floats:
        """Products that are built, less those that are expected: falls as more are expected."""
        own, others = built(rate)
        part = -(1 - np.asarray(outside)) * np.expm1(-own) - outside * np.expm1(-others)
        return np.asarray(ideas * part - rate)

    shape = np.broadcast_shapes(*(np.shape(each) for each in (gain, keeps, cost, ideas, rebuild, head_start, made_up)))
    shape = np.broadcast_shapes(shape, *(np.shape(each) for each in (faults, years, outside, discount)))
    rate = _falling_root(excess, np.zeros(shape), np.broadcast_to(np.asarray(ideas, float), shape))
    growth, (left, given), (own, others) = rate * gain, reward(rate), built(rate)
    use = np.exp(growth * years) * _mean_time(growth, years)
    # Of ideas that cost up to z mean costs: what they cost together is 1 − (1 + z)·e^(−z).
    spent = (1 - np.asarray(outside)) * _cost_up_to(own) + outside * (
        _cost_up_to(others) - np.asarray(rebuild) * np.expm1(-others)
    )
    return ProductYears(
        plain(rate),
        plain(left + given),
        plain(use),
        plain(np.asarray(keeps) * gain * _time_paid(rate, growth, np.minimum(head_start, years), years)),
        plain(np.asarray(faults) * rate * (1 + np.asarray(gain)) * use),
        plain(rate * gain * given * use),
        plain(np.asarray(ideas) * cost * gain * spent * use),
    )


def _falling_root(function: Callable[[Floats], Floats], low: Floats, high: Floats) -> Floats:
    """Where a falling function, >= 0 at ``low`` and <= 0 at ``high``, is zero: false position, as in Illinois."""
    at_low, at_high = function(low), function(high)
    last, scale = np.zeros(np.shape(low)), np.maximum(high, 1e-300)
    root = low
    for _ in range(_STEPS):
        drop = at_low - at_high
        root = np.where(drop > 0, low + at_low * (high - low) / np.where(drop > 0, drop, 1.0), low)
        here = function(root)
        if np.all(np.abs(here) <= 1e-15 * scale):
            break
        rises = here > 0
        # An end that stays twice counts half, so that the other one moves too.
        at_high = np.where(rises, np.where(last > 0, at_high / 2, at_high), here)
        at_low = np.where(rises, here, np.where(last < 0, at_low / 2, at_low))
        low, high = np.where(rises, root, low), np.where(rises, high, root)
        last = np.where(rises, 1.0, -1.0)
    return np.asarray(root)


def _head_start(value: Amount) -> Amount:
    """A time >= 0 that may be infinite."""
    given = np.asarray(value, float)
    non_negative("head_start", np.where(np.isposinf(given), 0.0, given))
    return plain(given)


def _mean_time(rate: Floats, length: Amount) -> Floats:
    """``(1 − e^(−rate·length))/rate``: a time that ends at this rate, and at the latest after ``length``."""
    rate, span = np.broadcast_arrays(np.asarray(rate, float), np.asarray(length, float))
    going = rate > 0
    with np.errstate(invalid="ignore"):
        ended = -np.expm1(-np.where(going, rate, 1.0) * span) / np.where(going, rate, 1.0)
    return np.where(going, ended, span)


def _time_paid(rate: Floats, growth: Floats, length: Amount, years: Amount) -> Floats:
    """``∫₀ᵀ e^(a·u)·(1 − e^(−r·min(h, T − u))) du``: for how long products are paid for, weighed by their size."""
    before = np.asarray(years - np.asarray(length, float))
    whole = -np.expm1(-rate * length) * np.exp(growth * before) * _mean_time(growth, before)
    last = np.exp(growth * years) * (_mean_time(growth, length) - _mean_time(growth + rate, length))
    return np.asarray(whole + last)


def _cost_up_to(reach: Floats) -> Floats:
    """``1 − (1 + z)·e^(−z)``: cost of an idea, in its mean, counted if it is at most z."""
    return np.asarray(-np.expm1(-reach) - reach * np.exp(-reach))
