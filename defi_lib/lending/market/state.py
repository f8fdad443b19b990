"""What a money market has, owes and is owed: everything that can be read from it without changing it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from defi_lib.frozen import FrozenDict, Parts
from defi_lib.lending.market.account import NO_ACCOUNT, Account, Position, WholePosition, mean_ratio
from defi_lib.lending.market.reserve import Reserve
from defi_lib.lending.market.units import USD_DECIMALS, rounded, rounded_down
from defi_lib.lending.positions.liquidation import CloseRules
from defi_lib.validation import Amount, finite, plain


class _State(NamedTuple):
    reserves: FrozenDict[str, Reserve]
    prices: FrozenDict[str, Amount]
    accounts: FrozenDict[str, Account]
    time: Amount
    close_rules: CloseRules
    accrual: str
    whole_basis_points: bool


class MarketState(Parts, _State):
    """A market as a reader sees it: reserves, balances and positions, with interest up to now."""

    __slots__ = ()

    def reserve(self, asset: str) -> Reserve:
        """The reserve of ``asset`` with all interest up to now."""
        return self._stored(asset).accrued(self.time, self.accrual)

    def supplied(self, user: str, asset: str) -> Amount:
        """What ``user`` has supplied, with interest (tokens)."""
        reserve = self.reserve(asset)
        return reserve.whole(self._account(user).scaled_supply.get(asset, 0.0) * reserve.supply_index)

    def owed(self, user: str, asset: str) -> Amount:
        """What ``user`` owes, with interest (tokens)."""
        reserve = self.reserve(asset)
        return reserve.whole(self._account(user).scaled_debt.get(asset, 0.0) * reserve.borrow_index)

    def pledged(self, user: str, asset: str) -> Amount:
        """The part of :meth:`supplied` that is collateral (tokens): all or nothing."""
        if asset in self._account(user).not_collateral:
            return 0.0
        counts = np.greater(self._stored(asset).listing.liquidation_threshold, 0)
        return plain(np.where(counts, self.supplied(user, asset), 0.0))

    def position(self, user: str) -> Position:
        """Collateral, debt and health factor of ``user``.

        Raises:
            ValueError: an unknown user, or a worth too large for a float.
        """
        account, decimals = self._account(user), self._usd_decimals
        collateral: Amount = 0.0
        loan: Amount = 0.0
        threshold: Amount = 0.0
        debt: Amount = 0.0
        for asset in account.scaled_supply:
            value = rounded_down(self.pledged(user, asset) * self.prices[asset], decimals)
            terms = self.reserves[asset].listing
            collateral = collateral + value
            loan = loan + value * terms.loan_to_value
            threshold = threshold + value * terms.liquidation_threshold
        for asset in account.scaled_debt:
            debt = debt + rounded_down(self.owed(user, asset) * self.prices[asset], decimals)
        finite("worth of a position", collateral + debt)
        means = [mean_ratio(part, collateral, self.whole_basis_points) for part in (loan, threshold)]
        if decimals is None:
            return Position(collateral, debt, *means)
        return WholePosition(rounded(collateral, decimals), rounded(debt, decimals), *means)

    # Inside

    @property
    def _usd_decimals(self) -> int | None:
        """Worth is counted in whole units as soon as a token is."""
        whole = any(reserve.listing.decimals is not None for reserve in self.reserves.values())
        return USD_DECIMALS if whole else None

    def _stored(self, asset: str) -> Reserve:
        if asset not in self.reserves:
            names = ", ".join(map(repr, self.reserves))
            raise ValueError(f"asset = {asset!r} is not listed: allowed are {names}")
        return self.reserves[asset]

    def _account(self, user: str) -> Account:
        if user not in self.accounts:
            names = ", ".join(map(repr, self.accounts)) or "none yet: supply something first"
            raise ValueError(f"user = {user!r} has no account: allowed are {names}")
        return self.accounts[user]

    def _scaled_supply(self, user: str, asset: str) -> Amount:
        return self.accounts.get(user, NO_ACCOUNT).scaled_supply.get(asset, 0.0)
