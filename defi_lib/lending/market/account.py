"""What one user has in a money market."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from defi_lib.lending.market.units import USD_DECIMALS, largest_below, rounded
from defi_lib.lending.positions.collateral import cover
from defi_lib.validation import Amount, plain

#: Limits that depend on rounded sums are met to this relative precision.
_PRECISION = 1e-12


class Account(NamedTuple):
    """Deposits and debts of a user, divided by the indices of the market."""

    scaled_supply: Mapping[str, Amount] = MappingProxyType({})
    scaled_debt: Mapping[str, Amount] = MappingProxyType({})
    not_collateral: frozenset[str] = frozenset()  #: assets that the user does not pledge

    def with_supply(self, asset: str, scaled: Amount) -> Account:
        """The account with another deposit of ``asset``."""
        return self._replace(scaled_supply=MappingProxyType({**self.scaled_supply, asset: scaled}))

    def with_debt(self, asset: str, scaled: Amount) -> Account:
        """The account with another debt of ``asset``."""
        return self._replace(scaled_debt=MappingProxyType({**self.scaled_debt, asset: scaled}))


class Position(NamedTuple):
    """What all assets of a user come to (USD and ratios)."""

    collateral_value: Amount
    debt_value: Amount
    loan_to_value: Amount  #: mean of the collateral, by worth
    liquidation_threshold: Amount  #: mean of the collateral, by worth

    @property
    def health_factor(self) -> Amount:
        """Below 1 anybody may liquidate the position."""
        return cover(self.collateral_value * self.liquidation_threshold, self.debt_value)

    @property
    def available_borrows(self) -> Amount:
        """What may still be borrowed (USD), if the market has it."""
        return plain(np.maximum(self.collateral_value * self.loan_to_value - self.debt_value, 0.0))

    @property
    def healthy(self) -> Amount:
        """Whether the health factor is 1 or more, to the precision of sums that were rounded."""
        return np.greater_equal(self.health_factor, 1 - _PRECISION)

    def largest_loan(self, price: Amount, decimals: int | None) -> Amount:
        """How much more of an asset may be borrowed (tokens), at ``price`` (USD per token)."""
        return self.available_borrows / price * (1 + _PRECISION)


class WholePosition(Position):
    """A position counted in whole 10⁻⁸ USD, as the contract does if tokens have whole units too.

    Source: @aave/core-v3, GenericLogic.sol and ValidationLogic.sol.
    """

    __slots__ = ()

    @property
    def health_factor(self) -> Amount:
        """Below 1 anybody may liquidate the position."""
        return cover(rounded(self.collateral_value * self.liquidation_threshold, USD_DECIMALS), self.debt_value)

    @property
    def available_borrows(self) -> Amount:
        """What may still be borrowed (USD), if the market has it."""
        limit = rounded(self.collateral_value * self.loan_to_value, USD_DECIMALS)
        return rounded(plain(np.maximum(limit - self.debt_value, 0.0)), USD_DECIMALS)

    @property
    def healthy(self) -> Amount:
        """Whether the health factor is 1 or more: nothing was rounded but to whole units."""
        return np.greater_equal(self.health_factor, 1)

    def largest_loan(self, price: Amount, decimals: int | None) -> Amount:
        """How much more of an asset may be borrowed (tokens), at ``price`` (USD per token).

        The contract divides debt and loan by the loan-to-value and compares with the collateral. The loan is worth
        whole units, rounded down; the quotient is rounded to the nearest. So the limit is half a unit of collateral
        above :attr:`available_borrows`, and up to a unit of worth comes for nothing.
        """
        unit = 10.0**-USD_DECIMALS
        debt = largest_below((self.collateral_value + unit / 2) * self.loan_to_value, USD_DECIMALS)
        room = rounded(debt - self.debt_value + unit, USD_DECIMALS) / price
        tokens = room if decimals is None else largest_below(room, decimals)
        return plain(np.where(np.greater(self.collateral_value, 0), np.maximum(tokens, 0.0), 0.0))


def mean_ratio(weighted: Amount, value: Amount, whole_basis_points: bool) -> Amount:
    """The mean of ratios weighted by worth, rounded down to whole basis points if wanted; 0 without any worth.

    Args:
        weighted: sum of ratio times worth (USD).
        value: sum of worth (USD), >= 0.
        whole_basis_points: whether to round.
    """
    mean = weighted / plain(np.where(value > 0, value, 1.0))
    # A mean that is a whole number of basis points must not lose one to the rounding of floats.
    return plain(np.floor(mean * 1e4 + 1e-11) / 1e4) if whole_basis_points else mean
