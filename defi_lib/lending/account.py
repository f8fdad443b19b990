"""What one user has in a money market."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from defi_lib.lending.collateral import cover
from defi_lib.validation import Amount, plain


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
