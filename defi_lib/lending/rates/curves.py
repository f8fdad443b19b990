"""Interest rates set by utilisation: one curve with a kink, in the conventions of three protocols."""

from __future__ import annotations

from typing import NamedTuple, Protocol, Self

import numpy as np

from defi_lib.frozen import kept
from defi_lib.rounding import rest
from defi_lib.units import COMPOUND_BLOCKS_PER_YEAR
from defi_lib.validation import Amount, between, broadcastable, finite, fulfilled, non_negative, plain, positive, ratio


def utilisation(cash: Amount, debt: Amount, reserves: Amount = 0.0, unbacked: Amount = 0.0) -> Amount:
    """The part of the money in a market that is lent out: ``U = debt / (cash + debt − reserves + unbacked)``.

    Args:
        cash: tokens that lie in the market, >= 0.
        debt: tokens that are lent out, >= 0.
        reserves: tokens that belong to the protocol, not to suppliers, in [0, cash + debt]; Compound v2 takes them off.
        unbacked: claims without tokens behind them, >= 0; Aave v3 adds them where it computes the supply rate.

    Without debt the utilisation is 0, even of an empty market.

    Raises:
        ValueError: an argument outside its range, or a debt in a market of which all belongs to the protocol: the
            contract divides by zero and reverts.

    >>> utilisation(20.0, 80.0), utilisation(0.0, 0.0)
    (0.8, 0.0)
    """
    cash, debt = non_negative("cash", cash), non_negative("debt", debt)
    broadcastable(cash=cash, debt=debt, reserves=reserves, unbacked=unbacked)
    reserves = between("reserves", reserves, 0.0, cash + debt)
    lendable = rest(finite("cash and debt", cash + debt), reserves) + non_negative("unbacked", unbacked)
    lent = np.greater(debt, 0)
    fulfilled("reserves", reserves, ~lent | np.greater(lendable, 0), "is less than all the money there is")
    return lent_share(debt, lendable)


def lent_share(debt: Amount, lendable: Amount) -> Amount:
    """``debt / lendable``, and 0 without debt; the arguments are known to be valid."""
    if type(debt) is float and type(lendable) is float:
        return debt / lendable if debt > 0 else 0.0
    lent = np.greater(debt, 0)
    return plain(np.where(lent, debt, 0.0) / np.where(lent, lendable, 1.0))


class _Curve(NamedTuple):
    base: Amount
    low: Amount
    high: Amount
    kink: Amount


class KinkedCurve(_Curve):
    """A rate that rises with utilisation, then faster: ``base + low·min(U, kink) + high·max(0, U − kink)``.

    Build it in the convention in which a protocol publishes its parameters: :func:`aave_curve`,
    :func:`compound_v2_curve`, or as here, which is the convention of Compound III.

    Args:
        base: rate at utilisation 0 (ratio per year), >= 0.
        low: rise of the rate per unit of utilisation below the kink, >= 0.
        high: the same above the kink, >= 0.
        kink: utilisation of the kink, in [0, 1].

    Any argument may be an array with one entry per scenario.

    Raises:
        ValueError: an argument outside its range.

    >>> curve = KinkedCurve(0.01, 0.05, 1.0, 0.8)
    >>> round(curve.rate(0.8), 4), round(curve.rate(0.9), 4)
    (0.05, 0.15)

    Source: compound-finance/comet, Comet.sol. That contract stores each parameter per second, rounded down to 18
    decimals, has one curve for borrowing and one for supply, and its utilisation, debt / supply, may exceed 1.
    """

    __slots__ = ()

    def __new__(cls, base: Amount, low: Amount, high: Amount, kink: Amount) -> Self:
        """Check the arguments."""
        broadcastable(base=base, low=low, high=high, kink=kink)
        low, high = non_negative("low", low), non_negative("high", high)
        kink = between("kink", kink, 0.0, 1.0)
        return super().__new__(cls, kept(non_negative("base", base)), kept(low), kept(high), kept(kink))

    def rate(self, utilisation: Amount) -> Amount:
        """The rate (ratio per year) at ``utilisation``, which is >= 0 and in most protocols at most 1.

        Raises:
            ValueError: a negative utilisation, or a rate too large for a float.
        """
        used = non_negative("utilisation", utilisation)
        below = plain(np.minimum(used, self.kink))
        return finite("rate", self.base + self.low * below + self.high * (used - below))


def aave_curve(base: Amount, slope_1: Amount, slope_2: Amount, optimal: Amount) -> KinkedCurve:
    """The curve of Aave v2 and v3: ``base + slope_1`` at the optimal utilisation, ``base + slope_1 + slope_2`` at 1.

    Args:
        base: rate at utilisation 0 (ratio per year), >= 0.
        slope_1: what is added from 0 to the optimal utilisation, >= 0.
        slope_2: what is added from there to utilisation 1, >= 0.
        optimal: the kink, in (0, 1]; at 1 nothing lies above it.

    Raises:
        ValueError: an argument outside its range.

    Source: aave/protocol-v2 and aave-dao/aave-v3-origin, DefaultReserveInterestRateStrategy. The contract computes
    in 27 decimals and rounds half up. Its rate for stable debt is a second curve of the same form.
    """
    optimal = between("optimal", optimal, 0.0, 1.0, low_open=True)
    slope_1, slope_2 = non_negative("slope_1", slope_1), non_negative("slope_2", slope_2)
    broadcastable(base=base, slope_1=slope_1, slope_2=slope_2, optimal=optimal)
    room = rest(1.0, optimal)
    high = plain(np.where(room > 0, slope_2, 0.0) / np.where(room > 0, room, 1.0))
    return KinkedCurve(base, slope_1 / optimal, high, optimal)


def compound_v2_curve(base: Amount, multiplier: Amount, jump: Amount, kink: Amount, version: int = 2) -> KinkedCurve:
    """The jump rate of Compound v2, from its yearly parameters.

    Args:
        base: rate at utilisation 0 (ratio per year), >= 0.
        multiplier: version 2 of the contract adds it from utilisation 0 to the kink; version 1 takes it per unit of
            utilisation, >= 0.
        jump: rise of the rate per unit of utilisation above the kink (both versions), >= 0.
        kink: utilisation of the kink, in (0, 1].
        version: 1 or 2, of the rate contract.

    Raises:
        ValueError: an argument outside its range.

    Source: compound-finance/compound-protocol, JumpRateModel.sol and JumpRateModelV2.sol. The contract stores each
    parameter per block, rounded down to 18 decimals: see :func:`per_block`.
    """
    if version not in (1, 2):
        raise ValueError(f"version = {version!r} is not allowed: choose 1 or 2")
    kink = between("kink", kink, 0.0, 1.0, low_open=True)
    multiplier, jump = non_negative("multiplier", multiplier), non_negative("jump", jump)
    broadcastable(base=base, multiplier=multiplier, jump=jump, kink=kink)
    low = multiplier / kink if version == 2 else multiplier
    return KinkedCurve(base, low, jump, kink)


#: The curves of Compound III are published as they are computed.
compound_v3_curve = KinkedCurve

BLOCKS_PER_YEAR = COMPOUND_BLOCKS_PER_YEAR


def per_block(rate: Amount, blocks_per_year: Amount = BLOCKS_PER_YEAR) -> Amount:
    """A yearly rate (ratio) per block: ``rate / blocks_per_year``; the rate of a year of simple interest.

    When blocks come faster than assumed, borrowers pay more per year than the published rate.
    """
    with np.errstate(over="ignore"):
        return finite("rate per block", non_negative("rate", rate) / positive("blocks_per_year", blocks_per_year))


def supply_rate(borrow_rate: Amount, utilisation: Amount, reserve_factor: Amount = 0.0) -> Amount:
    """What suppliers earn when borrowers pay ``borrow_rate`` on what is lent out: ``r_s = r_b·U·(1 − RF)``.

    Args:
        borrow_rate: average rate of all debt (ratio per year), >= 0.
        utilisation: part of the money that is lent out, >= 0.
        reserve_factor: part of the interest that goes to the treasury, in [0, 1].

    Raises:
        ValueError: an argument outside its range.
    """
    kept = 1 - between("reserve_factor", reserve_factor, 0.0, 1.0)
    earned = non_negative("borrow_rate", borrow_rate) * non_negative("utilisation", utilisation)
    return finite("supply rate", earned * kept)


def average_rate(debts: tuple[Amount, ...], rates: tuple[Amount, ...]) -> Amount:
    """The mean of several rates (ratios per year) by debt, 0 without debt: Aave mixes stable and variable debt.

    Raises:
        ValueError: a negative debt or rate, or not one rate per debt.
    """
    if len(debts) != len(rates) or not debts:
        raise ValueError(
            f"rates has {len(rates)} entries: allowed is one for each of the {len(debts)} debts, at least 1"
        )
    debts = tuple(non_negative(f"debts[{i}]", debt) for i, debt in enumerate(debts))
    interest = sum(debt * non_negative(f"rates[{i}]", rates[i]) for i, debt in enumerate(debts))
    total, interest = finite("sum of debts", sum(debts)), finite("interest", interest)
    return interest / plain(np.where(total > 0, total, 1.0))


def stable_debt_surcharge(stable_share: Amount, optimal_share: Amount, offset: Amount) -> Amount:
    """What Aave v3 adds to the stable rate when too much debt is stable: ``offset·max(0, s − s*)/(1 − s*)``.

    Args:
        stable_share: stable debt as a part of all debt, in [0, 1].
        optimal_share: the part up to which nothing is added, in [0, 1).
        offset: surcharge when all debt is stable (ratio per year), >= 0.

    Raises:
        ValueError: an argument outside its range.
    """
    optimal = ratio("optimal_share", optimal_share)
    excess = plain(np.maximum(rest(between("stable_share", stable_share, 0.0, 1.0), optimal), 0.0))
    return non_negative("offset", offset) * excess / (1 - optimal)


class RateModel(Protocol):
    """What a money market asks of its interest rates."""

    @property
    def reserve_factor(self) -> Amount:
        """Part of the borrowers' interest that goes to the treasury (ratio)."""

    def borrow_rate(self, utilisation: Amount) -> Amount:
        """What borrowers pay (ratio per year)."""

    def supply_rate(self, utilisation: Amount) -> Amount:
        """What suppliers earn (ratio per year)."""


class _SharedRates(NamedTuple):
    curve: KinkedCurve
    reserve_factor: Amount


class SharedRates(_SharedRates):
    """One curve for borrowers; suppliers share what borrowers pay (Aave, Compound v2).

    Args:
        curve: rate of the borrowers.
        reserve_factor: part of the interest that goes to the treasury, in [0, 1].

    Raises:
        ValueError: a reserve factor outside its range.
    """

    __slots__ = ()

    def __new__(cls, curve: KinkedCurve, reserve_factor: Amount = 0.0) -> Self:
        """Check the reserve factor."""
        return super().__new__(cls, curve, kept(between("reserve_factor", reserve_factor, 0.0, 1.0)))

    def borrow_rate(self, utilisation: Amount) -> Amount:
        """What borrowers pay (ratio per year)."""
        return self.curve.rate(utilisation)

    def supply_rate(self, utilisation: Amount) -> Amount:
        """What suppliers earn (ratio per year): ``r_b·U·(1 − RF)``."""
        return supply_rate(self.curve.rate(utilisation), utilisation, self.reserve_factor)


class SeparateRates(NamedTuple):
    """Two curves, one for borrowers and one for suppliers (Compound III); the protocol keeps the difference.

    The difference stays in the market as its surplus. It can be negative: at a utilisation at which suppliers are
    promised more than borrowers pay, the surplus shrinks.
    """

    borrow_curve: KinkedCurve
    supply_curve: KinkedCurve

    @property
    def reserve_factor(self) -> Amount:
        """Nothing: what borrowers pay and suppliers do not get is not booked for a treasury."""
        return 0.0

    def borrow_rate(self, utilisation: Amount) -> Amount:
        """What borrowers pay (ratio per year)."""
        return self.borrow_curve.rate(utilisation)

    def supply_rate(self, utilisation: Amount) -> Amount:
        """What suppliers earn (ratio per year)."""
        return self.supply_curve.rate(utilisation)
