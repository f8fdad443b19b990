"""One asset of a money market: its terms, its cash, and the two indices by which claims and debts grow."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np

from defi_lib.lending.interest import INTEREST_METHODS
from defi_lib.lending.rates import RateModel, utilisation
from defi_lib.validation import Amount, between, broadcastable, non_negative, plain


class _Terms(NamedTuple):
    rates: RateModel
    loan_to_value: Amount
    liquidation_threshold: Amount
    bonus: Amount
    fee_share: Amount


class Listing(_Terms):
    """The terms on which a market lists an asset.

    Args:
        rates: its interest rates.
        loan_to_value: part of its worth that may be borrowed, in [0, liquidation_threshold]; 0 if it is no collateral.
        liquidation_threshold: part of its worth that counts for the health factor, in [0, 1 / (1 + bonus)].
        bonus: what a liquidator gets above what it repays (ratio), >= 0.
        fee_share: part of the bonus that goes to the treasury, in [0, 1].

    Raises:
        ValueError: an argument outside its range, thresholds out of order included.
    """

    __slots__ = ()

    def __new__(
        cls,
        rates: RateModel,
        loan_to_value: Amount = 0.0,
        liquidation_threshold: Amount = 0.0,
        bonus: Amount = 0.0,
        fee_share: Amount = 0.0,
    ) -> Self:
        """Check the arguments."""
        bonus, fee_share = non_negative("bonus", bonus), between("fee_share", fee_share, 0.0, 1.0)
        broadcastable(loan_to_value=loan_to_value, liquidation_threshold=liquidation_threshold, bonus=bonus)
        threshold = between("liquidation_threshold", liquidation_threshold, 0.0, 1 / (1 + bonus))
        loan_to_value = between("loan_to_value", loan_to_value, 0.0, threshold)
        return super().__new__(cls, rates, loan_to_value, threshold, bonus, fee_share)


class Reserve(NamedTuple):
    """What a market holds and owes of one asset; claims and debts are kept divided by their index.

    A claim grows linearly and a debt is compounded between two touches, at the rates of the last touch. The treasury
    gets its part of what borrowers owe; the little by which compounding exceeds it all stays as ``surplus``.

    Source: aave-dao/aave-v3-origin, ReserveLogic.sol. The contract rounds to 27 decimals and to whole token units.
    """

    listing: Listing
    cash: Amount = 0.0  #: tokens that lie in the market
    scaled_supply: Amount = 0.0
    scaled_debt: Amount = 0.0
    scaled_treasury: Amount = 0.0
    supply_index: Amount = 1.0
    borrow_index: Amount = 1.0
    supply_rate: Amount = 0.0  #: ratio per year, since the last touch
    borrow_rate: Amount = 0.0  #: ratio per year, since the last touch
    deficit: Amount = 0.0  #: debt that was written off (tokens)
    time: Amount = 0.0  #: of the last touch (seconds)

    @property
    def supplied(self) -> Amount:
        """Claims of all suppliers (tokens)."""
        return self.scaled_supply * self.supply_index

    @property
    def debt(self) -> Amount:
        """Debts of all borrowers (tokens)."""
        return self.scaled_debt * self.borrow_index

    @property
    def treasury(self) -> Amount:
        """Claim of the treasury that it has not collected (tokens)."""
        return self.scaled_treasury * self.supply_index

    @property
    def utilisation(self) -> Amount:
        """The part of the money that is lent out."""
        return utilisation(self.cash, self.debt)

    @property
    def surplus(self) -> Amount:
        """What the market has above all claims (tokens); below 0 it cannot pay everybody."""
        return self.cash + self.debt - self.supplied - self.treasury

    def accrued(self, time: Amount, method: str) -> Reserve:
        """The reserve with the interest of the time since its last touch.

        Args:
            time: seconds, not before the last touch.
            method: how debts are compounded, see :func:`~defi_lib.lending.interest.compounded_interest`.
        """
        elapsed = time - self.time
        if not np.any(elapsed):
            return self
        interest = INTEREST_METHODS[method](self.borrow_rate, elapsed)
        growth = plain(np.where(self.scaled_debt > 0, interest, 0.0))
        supply_index: Amount = self.supply_index * (1 + INTEREST_METHODS["linear"](self.supply_rate, elapsed))
        cut: Amount = self.debt * growth * self.listing.rates.reserve_factor
        return self._replace(
            supply_index=supply_index,
            borrow_index=self.borrow_index * (1 + growth),
            scaled_treasury=self.scaled_treasury + cut / supply_index,
            time=time,
        )

    def with_new_rates(self) -> Reserve:
        """The reserve with the rates of its present utilisation, as at the end of every touch."""
        rates, used = self.listing.rates, self.utilisation
        return self._replace(borrow_rate=rates.borrow_rate(used), supply_rate=rates.supply_rate(used))
