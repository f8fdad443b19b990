"""Collateralised debt position with a stability fee: the coin is issued against collateral, as in Maker."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from defi_lib.frozen import Parts, kept
from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.lending.market.tokens import debt_token
from defi_lib.rounding import TOLERANCE, above, below, rest
from defi_lib.units import SECONDS_PER_YEAR
from defi_lib.validation import (
    Amount,
    between,
    broadcastable,
    finite,
    fulfilled,
    non_negative,
    plain,
    positive,
)

#: Names in transfers: who issues the coin, and who buys at an auction.
ISSUER, BIDDER = "issuer", "bidder"
#: The issued coin and the collateral in transfers.
COIN, COLLATERAL = "coin", "collateral"

_LARGEST = float(np.finfo(float).max)
_LARGEST_EXPONENT = float(np.log(_LARGEST))


def fee_per_second(annual_fee: Amount) -> Amount:
    """The fee per second that compounds to ``annual_fee`` (ratio, >= 0) in a year: ``(1 + f)^{1/n} − 1``.

    The contract stores 1 plus this, with 27 decimals; a float of 1 plus this would lose half of its digits.
    """
    return plain(np.expm1(np.log1p(non_negative("annual_fee", annual_fee)) / SECONDS_PER_YEAR))


def annual_fee(fee_per_second: Amount) -> Amount:
    """What a fee per second (ratio, >= 0) compounds to in a year: ``(1 + s)ⁿ − 1``.

    Raises:
        ValueError: a negative fee, or one that compounds to more than a float can hold.

    >>> round(annual_fee(1.243680656318820312e-9), 12)
    0.04
    """
    fee = non_negative("fee_per_second", fee_per_second)
    return plain(np.expm1(_held("fee_per_second", fee, np.log1p(fee) * SECONDS_PER_YEAR)))


def _held(name: str, value: Amount, exponent: Amount) -> Amount:
    """``exponent``, if e to its power is a number that a float can hold."""
    fulfilled(name, value, np.less(exponent, _LARGEST_EXPONENT), "is a growth below 1.8e308")
    return exponent


class _State(NamedTuple):
    collateral: Amount
    scaled_debt: Amount
    price: Amount
    fee: Amount
    liquidation_ratio: Amount
    rate_index: Amount
    least_debt: Amount


class DebtPosition(Parts, _State):
    """Coins issued against collateral; safe while ``collateral·price / liquidation_ratio ≥ debt``.

    Args:
        collateral: tokens, >= 0.
        debt: coins, >= 0.
        price: coins per token of collateral, > 0.
        fee: stability fee (ratio per year), >= 0; it is compounded every second.
        liquidation_ratio: least worth of the collateral per coin, >= 1; 1.5 is 150 %.
        rate_index: what the fee has made of one coin of debt since the first day, >= 1.
        least_debt: a position that owes anything owes at least this (coins, >= 0), so that its liquidation pays.

    Every argument may be an array: a million positions, or one position in a million scenarios.

    Raises:
        ValueError: an argument outside its range.

    Source: makerdao/dss, Vat and Jug (``ink``, ``art``, ``rate``, ``mat``, ``dust``). How much all positions together
    may owe is a :class:`~defi_lib.lending.DebtCeiling`. The contract counts in integers, and its price is that of the
    last update.

    >>> DebtPosition(10.0, 10_000.0, price=2000.0).liquidation_price
    1500.0
    """

    __slots__ = ()

    def __new__(
        cls,
        collateral: Amount,
        debt: Amount,
        price: Amount,
        fee: Amount = 0.0,
        liquidation_ratio: Amount = 1.5,
        rate_index: Amount = 1.0,
        least_debt: Amount = 0.0,
    ) -> Self:
        """Check the arguments."""
        collateral, debt = kept(non_negative("collateral", collateral)), kept(non_negative("debt", debt))
        price = kept(positive("price", price))
        ratio = kept(between("liquidation_ratio", liquidation_ratio, 1.0, _LARGEST))
        fee, rate_index = kept(non_negative("fee", fee)), kept(between("rate_index", rate_index, 1.0, _LARGEST))
        least_debt = kept(non_negative("least_debt", least_debt))
        broadcastable(collateral=collateral, debt=debt, price=price)
        broadcastable(collateral=collateral, fee=fee, liquidation_ratio=ratio, rate_index=rate_index)
        broadcastable(collateral=collateral, debt=debt, least_debt=least_debt)
        with np.errstate(over="ignore"):  # what is infinite is refused
            fulfilled("price", price, np.isfinite(collateral * price), "is a worth of the collateral below 1.8e308")
            fulfilled("debt", debt, np.isfinite(debt * ratio), "is a needed worth of the collateral below 1.8e308")
        return super().__new__(cls, collateral, kept(debt / rate_index), price, fee, ratio, rate_index, least_debt)

    @property
    def debt(self) -> Amount:
        """Coins owed, with all fees."""
        return self.scaled_debt * self.rate_index

    @property
    def largest_debt(self) -> Amount:
        """Coins that the collateral allows."""
        return self.collateral * self.price / self.liquidation_ratio

    @property
    def is_safe(self) -> bool | NDArray[np.bool_]:
        """Where nobody may liquidate: ``collateral·price ≥ debt·liquidation_ratio``, also exactly at the limit."""
        return np.logical_not(below(self.collateral * self.price, self.debt * self.liquidation_ratio))

    @property
    def liquidation_price(self) -> Amount:
        """Price below which the position is unsafe (coins per token); 0 where nothing is owed.

        Raises:
            ValueError: a debt without collateral, which is unsafe at any price.
        """
        held = np.asarray(self.collateral) > 0
        fulfilled("collateral", self.collateral, held | (np.asarray(self.debt) <= 0), "is more than 0 against a debt")
        with np.errstate(over="ignore"):  # a price of infinity is refused
            price = self.debt * self.liquidation_ratio / np.where(held, self.collateral, 1.0)
        return plain(finite("liquidation_price", price))

    def advance(self, seconds: Amount) -> DebtChange:
        """Let the fee grow for some time (seconds, >= 0): the debt grows, and the issuer mints the difference.

        Raises:
            ValueError: a negative duration, or one after which the debt is more than a float can hold.
        """
        seconds = non_negative("seconds", seconds)
        exponent = np.log1p(self.fee) * (seconds / SECONDS_PER_YEAR)
        _held("seconds", seconds, exponent + np.log(np.maximum(np.maximum(self.debt, self.rate_index), 1.0)))
        growth = plain(np.expm1(exponent))
        fee = self.debt * growth
        position = self._replace(rate_index=self.rate_index * (1 + growth))
        return DebtChange(
            self, position, 0.0, fee, (Transfer("owner", ISSUER, fee, debt_token(COIN), "stability fee"),)
        )

    def adjust(self, collateral: Amount = 0.0, debt: Amount = 0.0, room: Amount = np.inf) -> DebtChange:
        """Add to the position, or take away where an amount is negative.

        Args:
            collateral: tokens put in (> 0) or taken out (< 0).
            debt: coins issued (> 0) or paid back (< 0).
            room: what may be issued before a debt ceiling is reached (coins, >= 0); by default there is none.

        Raises:
            ValueError: more taken out than there is; more risk and then less collateral than the ratio demands; more
                issued than there is room for; or a rest below the least debt.
        """
        collateral = _change("collateral", collateral, self.collateral)
        debt = _change("debt", debt, self.debt)
        left = rest(self.debt, np.negative(debt))
        held = rest(self.collateral, np.negative(collateral))
        position = self._replace(collateral=held, scaled_debt=plain(left / self.rate_index))
        riskier = (np.asarray(collateral) < 0) | (np.asarray(debt) > 0)
        ratio = "is what leaves the worth of the collateral at the liquidation ratio or above"
        fulfilled("debt after", left, position.is_safe | ~riskier, ratio)
        fulfilled(
            "debt", debt, (np.asarray(debt) <= 0) | ~np.asarray(above(debt, room)), "is the room below the ceiling"
        )
        dusty = (np.asarray(left) > 0) & below(left, self.least_debt)
        fulfilled("debt after", left, ~dusty, "is 0 or at least the least debt")
        moved = (
            *_both_ways("owner", ISSUER, collateral, COLLATERAL, "collateral"),
            *_both_ways(ISSUER, "owner", debt, COIN, "issue"),
            *_both_ways("owner", ISSUER, debt, debt_token(COIN), "issue"),
        )
        return DebtChange(self, position, collateral, debt, moved)

    def liquidate(self, penalty: Amount = 0.13, auction_price: Amount | None = None) -> DebtLiquidation:
        """Sell the collateral of unsafe positions for debt and penalty; what is left goes back to the owner.

        Args:
            penalty: what the owner pays above the debt (ratio), >= 0.
            auction_price: what bidders pay (coins per token), > 0; by default the price.

        Raises:
            ValueError: an argument outside its range.
        """
        paid = positive("auction_price", self.price if auction_price is None else auction_price)
        unsafe = ~np.asarray(self.is_safe)
        debt = plain(np.where(unsafe, self.debt, 0.0))
        wanted = debt * (1 + non_negative("penalty", penalty))
        all_of_it = unsafe & ~np.asarray(below(wanted, self.collateral * paid))
        sold = np.where(all_of_it, self.collateral, wanted / np.where(all_of_it, 1.0, paid))
        proceeds = sold * paid
        bad_debt = np.maximum(rest(debt, proceeds), 0.0)
        returned = np.where(unsafe, self.collateral - sold, 0.0)
        position = self._replace(
            collateral=plain(np.where(unsafe, 0.0, self.collateral)),
            scaled_debt=plain(np.where(unsafe, 0.0, self.scaled_debt)),
        )
        moved = (
            Transfer(BIDDER, ISSUER, proceeds, COIN, "liquidation"),
            Transfer(ISSUER, BIDDER, sold, COLLATERAL, "liquidation"),
            Transfer(ISSUER, "owner", returned, COLLATERAL, "collateral"),
            Transfer(ISSUER, "owner", debt, debt_token(COIN), "liquidation"),
        )
        return DebtLiquidation(
            self, position, plain(sold), plain(proceeds), plain(returned), plain(bad_debt), actual(moved)
        )


class DebtChange(NamedTuple):
    """What happened in a transition of a position."""

    before: DebtPosition
    position: DebtPosition  #: the position after
    collateral: Amount  #: tokens put in (> 0) or taken out
    debt: Amount  #: coins by which the debt grew
    transfers: tuple[Transfer, ...]


class DebtLiquidation(NamedTuple):
    """What happened in a liquidation; 0 where the position was safe."""

    before: DebtPosition
    position: DebtPosition  #: the position after
    sold: Amount  #: collateral sold (tokens)
    proceeds: Amount  #: what bidders paid (coins)
    returned: Amount  #: collateral that the owner got back (tokens)
    bad_debt: Amount  #: coins in circulation that nobody owes any more
    transfers: tuple[Transfer, ...]


def _change(name: str, change: Amount, whole: Amount) -> Amount:
    """``change``, if it takes away no more than the whole, to within rounding."""
    return between(name, finite(name, change), np.negative(whole) * (1 + TOLERANCE), _LARGEST)


def _both_ways(payer: str, payee: str, amount: Amount, asset: str, reason: str) -> tuple[Transfer, ...]:
    """``amount`` from payer to payee, and back where it is negative."""
    there = Transfer(payer, payee, plain(np.maximum(amount, 0.0)), asset, reason)
    back = Transfer(payee, payer, plain(np.maximum(np.negative(amount), 0.0)), asset, reason)
    return actual((there, back))
