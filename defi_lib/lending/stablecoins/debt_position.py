"""Collateralised debt position with a stability fee: the coin is issued against collateral, as in Maker."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.lending.market.tokens import owed
from defi_lib.lending.rates.interest import SECONDS_PER_YEAR
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

#: Limits that depend on rounded sums are met to this relative precision.
_PRECISION = 1e-12
_LARGEST = float(np.finfo(float).max)


def fee_per_second(annual_fee: Amount) -> Amount:
    """The fee per second that compounds to ``annual_fee`` (ratio, >= 0) in a year: ``(1 + f)^{1/n} − 1``.

    The contract stores 1 plus this, with 27 decimals; a float of 1 plus this would lose half of its digits.
    """
    return plain(np.expm1(np.log1p(non_negative("annual_fee", annual_fee)) / SECONDS_PER_YEAR))


def annual_fee(fee_per_second: Amount) -> Amount:
    """What a fee per second (ratio, >= 0) compounds to in a year: ``(1 + s)ⁿ − 1``."""
    return plain(np.expm1(np.log1p(non_negative("fee_per_second", fee_per_second)) * SECONDS_PER_YEAR))


class _State(NamedTuple):
    collateral: Amount
    scaled_debt: Amount
    price: Amount
    fee: Amount
    liquidation_ratio: Amount
    rate_index: Amount


class DebtPosition(_State):
    """Coins issued against collateral; safe while ``collateral·price / liquidation_ratio ≥ debt``.

    Args:
        collateral: tokens, >= 0.
        debt: coins, >= 0.
        price: coins per token of collateral, > 0.
        fee: stability fee (ratio per year), >= 0; it is compounded every second.
        liquidation_ratio: least worth of the collateral per coin, >= 1; 1.5 is 150 %.
        rate_index: what the fee has made of one coin of debt since the first day, >= 1.

    Every argument may be an array: a million positions, or one position in a million scenarios.

    Raises:
        ValueError: an argument outside its range.

    Source: makerdao/dss, Vat and Jug (``ink``, ``art``, ``rate``, ``mat``). Not modelled: debt ceilings and the least
    debt of a position.
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
    ) -> Self:
        """Check the arguments."""
        collateral, debt = non_negative("collateral", collateral), non_negative("debt", debt)
        price = positive("price", price)
        ratio = between("liquidation_ratio", liquidation_ratio, 1.0, _LARGEST)
        fee, rate_index = non_negative("fee", fee), between("rate_index", rate_index, 1.0, _LARGEST)
        broadcastable(collateral=collateral, debt=debt, price=price)
        broadcastable(collateral=collateral, fee=fee, liquidation_ratio=ratio, rate_index=rate_index)
        return super().__new__(cls, collateral, debt / rate_index, price, fee, ratio, rate_index)

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
        """Where nobody may liquidate."""
        return self.largest_debt >= self.debt

    @property
    def liquidation_price(self) -> Amount:
        """Price below which the position is unsafe (coins per token); 0 where nothing is owed.

        Raises:
            ValueError: a debt without collateral, which is unsafe at any price.
        """
        held = np.asarray(self.collateral) > 0
        fulfilled("collateral", self.collateral, held | (np.asarray(self.debt) <= 0), "is more than 0 against a debt")
        return plain(self.debt * self.liquidation_ratio / np.where(held, self.collateral, 1.0))

    def advance(self, seconds: Amount) -> DebtChange:
        """Let the fee grow for some time (seconds, >= 0): the debt grows, and the issuer mints the difference.

        Raises:
            ValueError: a negative duration.
        """
        years = non_negative("seconds", seconds) / SECONDS_PER_YEAR
        growth = plain(np.expm1(np.log1p(self.fee) * years))
        fee = self.debt * growth
        position = self._replace(rate_index=self.rate_index * (1 + growth))
        return DebtChange(self, position, 0.0, fee, (Transfer("owner", ISSUER, fee, owed(COIN), "stability fee"),))

    def adjust(self, collateral: Amount = 0.0, debt: Amount = 0.0) -> DebtChange:
        """Add to the position, or take away where an amount is negative.

        Args:
            collateral: tokens put in (> 0) or taken out (< 0).
            debt: coins issued (> 0) or paid back (< 0).

        Raises:
            ValueError: more taken out than there is, or more risk and then less collateral than the ratio demands.
        """
        collateral = between("collateral", finite("collateral", collateral), -self.collateral, _LARGEST)
        debt = between("debt", finite("debt", debt), -self.debt, _LARGEST)
        left = (self.debt + debt) / self.rate_index
        position = self._replace(collateral=self.collateral + collateral, scaled_debt=left)
        riskier = (np.asarray(collateral) < 0) | (np.asarray(debt) > 0)
        room = position.largest_debt * (1 + _PRECISION) >= position.debt
        ratio = "is what leaves the worth of the collateral at the liquidation ratio or above"
        fulfilled("debt after", position.debt, room | ~riskier, ratio)
        moved = (
            *_both_ways("owner", ISSUER, collateral, COLLATERAL, "collateral"),
            *_both_ways(ISSUER, "owner", debt, COIN, "issue"),
            *_both_ways("owner", ISSUER, debt, owed(COIN), "issue"),
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
        all_of_it = unsafe & (np.asarray(wanted) >= self.collateral * paid)
        sold = np.where(all_of_it, self.collateral, wanted / paid)
        proceeds = sold * paid
        bad_debt = np.maximum(debt - proceeds, 0.0)
        returned = np.where(unsafe, self.collateral - sold, 0.0)
        position = self._replace(
            collateral=plain(np.where(unsafe, 0.0, self.collateral)),
            scaled_debt=plain(np.where(unsafe, 0.0, self.scaled_debt)),
        )
        moved = (
            Transfer(BIDDER, ISSUER, proceeds, COIN, "liquidation"),
            Transfer(ISSUER, BIDDER, sold, COLLATERAL, "liquidation"),
            Transfer(ISSUER, "owner", returned, COLLATERAL, "collateral"),
            Transfer(ISSUER, "owner", debt, owed(COIN), "liquidation"),
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


def _both_ways(payer: str, payee: str, amount: Amount, asset: str, reason: str) -> tuple[Transfer, ...]:
    """``amount`` from payer to payee, and back where it is negative."""
    there = Transfer(payer, payee, plain(np.maximum(amount, 0.0)), asset, reason)
    back = Transfer(payee, payer, plain(np.maximum(np.negative(amount), 0.0)), asset, reason)
    return actual((there, back))
