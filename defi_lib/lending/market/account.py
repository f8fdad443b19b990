"""What one user has in a money market."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Self

import numpy as np

from defi_lib.frozen import FrozenDict, kept
from defi_lib.lending.market.units import USD_DECIMALS, largest_below, portion, rounded, rounded_down
from defi_lib.lending.positions.collateral import cover, exact_cover
from defi_lib.rounding import Truth, reaches, rest
from defi_lib.validation import Amount, plain, positive


class _Account(NamedTuple):
    scaled_supply: FrozenDict[str, Amount]
    scaled_debt: FrozenDict[str, Amount]
    not_collateral: frozenset[str]


class Account(_Account):
    """Deposits and debts of a user, divided by the indices of the market.

    Args:
        scaled_supply: deposits by asset.
        scaled_debt: debts by asset.
        not_collateral: assets that the user does not pledge.
    """

    __slots__ = ()

    def __new__(
        cls,
        scaled_supply: Mapping[str, Amount] = FrozenDict(),
        scaled_debt: Mapping[str, Amount] = FrozenDict(),
        not_collateral: frozenset[str] = frozenset(),
    ) -> Self:
        """Keep copies."""
        supply, debt = (FrozenDict({a: kept(v) for a, v in part.items()}) for part in (scaled_supply, scaled_debt))
        return super().__new__(cls, supply, debt, frozenset(not_collateral))

    def with_supply(self, asset: str, scaled: Amount) -> Self:
        """The account with another deposit of ``asset``."""
        return self._replace(scaled_supply=self.scaled_supply | {asset: scaled})

    def with_debt(self, asset: str, scaled: Amount) -> Self:
        """The account with another debt of ``asset``."""
        return self._replace(scaled_debt=self.scaled_debt | {asset: scaled})


#: Of whoever has done nothing yet.
NO_ACCOUNT = Account()


class Position(NamedTuple):
    """What all assets of a user come to (USD and ratios)."""

    collateral_value: Amount
    debt_value: Amount
    loan_to_value: Amount  #: mean of the collateral, by worth
    liquidation_threshold: Amount  #: mean of the collateral, by worth

    @property
    def health_factor(self) -> Amount:
        """Below 1 anybody may liquidate the position; equal to 1 within rounding it is 1."""
        return cover(self.collateral_value * self.liquidation_threshold, self.debt_value)

    @property
    def available_borrows(self) -> Amount:
        """What may still be borrowed (USD), if the market has it."""
        return plain(np.maximum(rest(self.collateral_value * self.loan_to_value, self.debt_value), 0.0))

    @property
    def healthy(self) -> Truth:
        """Whether nobody may liquidate, the rule by which a withdrawal is allowed too: a health factor of 1 or more."""
        return np.greater_equal(self.health_factor, 1)

    def at_most(self, health_factor: float) -> Truth:
        """Whether the health factor is at or below a limit."""
        return reaches(health_factor, self.health_factor)

    def largest_loan(self, price: Amount, decimals: int | None) -> Amount:
        """How much more of an asset may be borrowed (tokens), at ``price`` (USD per token)."""
        return self.available_borrows / positive("price", price)

    def loan_scale(self, price: Amount) -> Amount:
        """Size of the numbers of which :meth:`largest_loan` is the difference (tokens): it is rounded like these."""
        return self.collateral_value * self.loan_to_value / positive("price", price)


class WholePosition(Position):
    """A position counted in whole 10⁻⁸ USD, as the contract does if tokens have whole units too.

    Source: @aave/core-v3, GenericLogic.sol and ValidationLogic.sol.
    """

    __slots__ = ()

    @property
    def health_factor(self) -> Amount:
        """Below 1 anybody may liquidate the position."""
        return exact_cover(self._covered, self.debt_value)

    @property
    def _covered(self) -> Amount:
        """The debt (USD) at which the health factor is 1."""
        return portion(self.collateral_value, self.liquidation_threshold, USD_DECIMALS)

    @property
    def available_borrows(self) -> Amount:
        """What may still be borrowed (USD), if the market has it."""
        limit = portion(self.collateral_value, self.loan_to_value, USD_DECIMALS)
        return rounded(plain(np.maximum(limit - self.debt_value, 0.0)), USD_DECIMALS)

    def at_most(self, health_factor: float) -> Truth:
        """Whether the health factor is at or below a limit, in whole units."""
        return np.less_equal(self._covered, rounded_down(self.debt_value * health_factor, USD_DECIMALS))

    def largest_loan(self, price: Amount, decimals: int | None) -> Amount:
        """How much more of an asset may be borrowed (tokens), at ``price`` (USD per token).

        The contract divides debt and loan by the loan-to-value and compares with the collateral. The loan is worth
        whole units, rounded down; the quotient is rounded to the nearest. So the limit is half a unit of collateral
        above :attr:`available_borrows`, and up to a unit of worth comes for nothing.
        """
        price, unit = positive("price", price), 10.0**-USD_DECIMALS
        debt = portion(self.collateral_value, self.loan_to_value, USD_DECIMALS, below_half_more=True)
        room = rounded(debt - self.debt_value + unit, USD_DECIMALS) / price
        tokens = room
        if decimals is not None:
            # Among many units a float cannot tell the last: those that are available count in any case.
            safe = rounded_down(self.available_borrows / price, decimals)
            tokens = plain(np.maximum(largest_below(room, decimals), safe))
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
