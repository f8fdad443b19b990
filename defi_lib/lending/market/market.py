"""A money market with several assets: supply, borrowing against collateral, interest, liquidation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

import numpy as np
from numpy.typing import NDArray

from defi_lib.frozen import FrozenDict, kept
from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.lending.market.account import NO_ACCOUNT, Account
from defi_lib.lending.market.liquidation import liquidation_amounts
from defi_lib.lending.market.record import (
    MARKET,
    TREASURY,
    MarketChange,
    MarketLiquidation,
    borrow_transfers,
    gift_transfers,
    repay_transfers,
    supply_transfers,
    withdraw_transfers,
)
from defi_lib.lending.market.reserve import Listing, Reserve
from defi_lib.lending.market.state import MarketState
from defi_lib.lending.market.tokens import debt_token, supply_token
from defi_lib.lending.positions.liquidation import AAVE_V3, CloseRules
from defi_lib.lending.rates.interest import INTEREST_METHODS
from defi_lib.rounding import within
from defi_lib.validation import Amount, fulfilled, non_negative, one_of, plain, positive


class Market(MarketState):
    """A market like Aave v3: everybody's deposits of an asset in one reserve, from which borrowers take.

    Args:
        listings: terms of each asset.
        prices: worth of each asset (USD per token, > 0), from an oracle.
        close_rules: how much a liquidation may repay.
        accrual: how debts are compounded between two touches of a reserve, a method of
            :func:`~defi_lib.lending.rates.interest.compounded_interest`.
        whole_basis_points: round mean loan-to-value and threshold of several assets down, as the contract does.

    Prices and amounts may be arrays with one entry per scenario; a transition that is refused in one scenario is
    refused, and nothing changes.

    Raises:
        ValueError: an argument outside its range, or a listing without a price.

    >>> from defi_lib.lending import SharedRates, aave_curve
    >>> terms = Listing(SharedRates(aave_curve(0.0, 0.04, 0.6, 0.9)), 0.75, 0.8, 0.05)
    >>> market = Market({"USD": terms, "ETH": terms}, {"USD": 1.0, "ETH": 2_000.0})
    >>> market = market.supply("bob", "USD", 50_000.0).after.supply("alice", "ETH", 10.0).after
    >>> loan = market.borrow("alice", "USD", 12_000.0)
    >>> loan.after.position("alice").available_borrows, round(loan.after.position("alice").health_factor, 4)
    (3000.0, 1.3333)
    >>> fallen = loan.after.set_prices({"ETH": 1_400.0}).after
    >>> step = fallen.liquidate("carol", "alice", "ETH", "USD")
    >>> step.repaid, round(step.seized, 4)
    (12000.0, 9.0)

    Source: @aave/core-v3; aave-dao/aave-v3-origin. Not modelled: stable-rate debt, caps, isolation and efficiency
    modes. Amounts, and worth in 10⁻⁸ USD, are rounded to whole units where listings have ``decimals``, as deployed.
    """

    __slots__ = ()

    def __new__(
        cls,
        listings: Mapping[str, Listing],
        prices: Mapping[str, Amount],
        close_rules: CloseRules = AAVE_V3,
        accrual: str = "aave_v3",
        whole_basis_points: bool = True,
    ) -> Self:
        """Check the arguments and build an empty market."""
        if set(listings) != set(prices):
            names, priced = ", ".join(map(repr, listings)), ", ".join(map(repr, prices))
            raise ValueError(f"prices has {priced or 'no assets'}: allowed are exactly those of listings, {names}")
        known = {asset: kept(positive(f"prices[{asset!r}]", prices[asset])) for asset in listings}
        reserves = {asset: Reserve(listing).with_new_rates() for asset, listing in listings.items()}
        one_of("accrual", accrual, tuple(INTEREST_METHODS))
        return super().__new__(
            cls,
            FrozenDict(reserves),
            FrozenDict(known),
            FrozenDict({}),
            0.0,
            close_rules,
            accrual,
            whole_basis_points,
        )

    # Time and prices

    def advance(self, seconds: Amount, touch: bool = False) -> MarketChange[Self]:
        """Let time pass (seconds, >= 0): claims and debts grow at the rates of the last touch.

        As deployed, rates change only when somebody touches a reserve. ``touch`` does that to all of them afterwards.

        Raises:
            ValueError: a negative duration.
        """
        market = self._replace(time=self.time + non_negative("seconds", seconds))
        if touch:
            market = market._replace(
                reserves=FrozenDict({asset: market.reserve(asset).with_new_rates() for asset in self.reserves})
            )
        return MarketChange(self, market, 0.0)

    def set_prices(self, prices: Mapping[str, Amount]) -> MarketChange[Self]:
        """The oracle reports new prices (USD per token, > 0) of some assets.

        Raises:
            ValueError: an unknown asset, or a price that is not positive.
        """
        new = dict(self.prices)
        for asset, price in prices.items():
            self._stored(asset)
            new[asset] = kept(positive(f"prices[{asset!r}]", price))
        return MarketChange(self, self._replace(prices=FrozenDict(new)), 0.0)

    # Supplying and borrowing

    def supply(self, user: str, asset: str, amount: Amount) -> MarketChange[Self]:
        """Deposit ``amount`` (tokens, >= 0); it earns interest and is collateral if the asset may be.

        Raises:
            ValueError: an unknown asset, or a negative amount.
        """
        if user == MARKET:
            raise ValueError(f"user = {user!r} is the market itself: allowed is any other name")
        reserve = self.reserve(asset)
        amount = kept(reserve.whole(non_negative("amount", amount)))
        scaled = self._scaled_supply(user, asset) + reserve.whole(amount / reserve.supply_index)
        market = self._with(asset, reserve, cash=amount, supply={user: scaled})
        return MarketChange(self, market, amount, supply_transfers(user, asset, amount))

    def withdraw(self, user: str, asset: str, amount: Amount | None = None) -> MarketChange[Self]:
        """Take ``amount`` (tokens; by default everything) of a deposit back.

        Raises:
            ValueError: an unknown user or asset, more than the user has or than lies in the market, or an amount that
                would bring the health factor below 1.
        """
        balance, reserve = self.supplied(user, asset), self.reserve(asset)
        amount = reserve.part_of(plain(np.minimum(balance, reserve.cash)), balance if amount is None else amount)
        held = self._scaled_supply(user, asset)
        scaled = reserve.scaled_rest(held, reserve.left(balance, amount), (amount,), reserve.supply_index)
        market = self._with(asset, reserve, cash=-amount, supply={user: scaled})
        market._still_healthy(user, "amount", amount, np.logical_and(amount, self.pledged(user, asset)))
        return MarketChange(self, market, amount, withdraw_transfers(user, asset, amount))

    def pledge(self, user: str, asset: str, as_collateral: bool) -> MarketChange[Self]:
        """Use a deposit as collateral, or stop doing so.

        Raises:
            ValueError: an unknown user or asset, or a health factor that would fall below 1.
        """
        account = self._account(user)
        self._stored(asset)
        unpledged = account.not_collateral - {asset} if as_collateral else account.not_collateral | {asset}
        market = self._with_account(user, account._replace(not_collateral=unpledged))
        market._still_healthy(user, "as_collateral", float(as_collateral), not as_collateral)
        return MarketChange(self, market, 0.0)

    def borrow(self, user: str, asset: str, amount: Amount) -> MarketChange[Self]:
        """Borrow ``amount`` (tokens, >= 0) against the collateral.

        Raises:
            ValueError: an unknown user or asset, or more than lies in the market or than the loan-to-value allows.
        """
        reserve, scaled = self.reserve(asset), self._account(user).scaled_debt.get(asset, 0.0)
        position, price = self.position(user), self.prices[asset]
        room = position.largest_loan(price, reserve.listing.decimals)
        amount = reserve.part_of(reserve.cash, amount, room, position.loan_scale(price))
        scaled = scaled + reserve.whole(amount / reserve.borrow_index)
        market = self._with(asset, reserve, cash=-amount, debt={user: scaled})
        return MarketChange(self, market, amount, borrow_transfers(user, asset, amount))

    def repay(
        self, user: str, asset: str, at_most: Amount | None = None, payer: str | None = None
    ) -> MarketChange[Self]:
        """Pay a debt back, but never more than is owed: the record says how much.

        Args:
            user: whose debt.
            asset: what was borrowed.
            at_most: tokens, >= 0; by default everything.
            payer: who pays; by default the user.

        Raises:
            ValueError: an unknown user or asset, or a negative amount.
        """
        debt = self.owed(user, asset)
        amount = debt if at_most is None else self.reserves[asset].at_most(debt, non_negative("at_most", at_most))
        moved = repay_transfers(payer or user, user, asset, amount)
        return MarketChange(self, self._paid_back(user, asset, debt, amount), amount, moved)

    def flash_loan(self, user: str, asset: str, amount: Amount, fee: Amount = 0.0005) -> MarketChange[Self]:
        """Lend ``amount`` (tokens) within one transaction; what stays is the fee (ratio), which suppliers share.

        Raises:
            ValueError: an unknown asset, an amount of more than lies in the market, or a negative fee.
        """
        reserve = self.reserve(asset)
        amount = reserve.part_of(reserve.cash, amount)
        income, claims = reserve.whole(amount * non_negative("fee", fee)), reserve.supplied + reserve.treasury
        growth = income / plain(np.where(claims > 0, claims, 1.0))
        fuller = reserve._replace(supply_index=reserve.supply_index * (1 + growth))
        paid = actual([Transfer(user, MARKET, income, asset, "flash loan fee")])
        gifts = gift_transfers(self, asset, growth, "flash loan fee")
        return MarketChange(self, self._with(asset, fuller, cash=income), amount, paid + gifts)

    def collect_treasury(self, asset: str) -> MarketChange[Self]:
        """Make the claim of the treasury a deposit of its own account, as anybody may at any time."""
        reserve = self.reserve(asset)
        scaled = self._scaled_supply(TREASURY, asset) + reserve.scaled_treasury
        market = self._with(asset, reserve._replace(scaled_treasury=0.0), supply={TREASURY: scaled})
        return MarketChange(self, market, reserve.treasury)

    # Liquidating

    def liquidate(
        self,
        liquidator: str,
        user: str,
        collateral: str,
        debt: str,
        at_most: Amount | None = None,
        take_claim: bool = False,
    ) -> MarketLiquidation[Self]:
        """Repay a debt of somebody whose health factor is below 1, and take collateral with a bonus for it.

        In scenarios in which the user is healthy nothing happens.

        Args:
            liquidator: who repays.
            user: who is liquidated.
            collateral: the asset to take.
            debt: the asset to repay.
            at_most: tokens of ``debt``, >= 0; by default, and at most, what the close rules allow.
            take_claim: take the deposit itself instead of tokens, which the market may not have.

        Raises:
            ValueError: an unknown user or asset, nothing to liquidate in any scenario, a rest that is too small, or
                more collateral than lies in the market.
        """
        repaid, seized, fee = liquidation_amounts(self, user, collateral, debt, at_most)
        settled = self._paid_back(user, debt, self.owed(user, debt), repaid)
        market = settled._seized(liquidator, user, collateral, seized, fee, take_claim)
        moved = actual(
            (
                *repay_transfers(liquidator, user, debt, repaid, "liquidation"),
                Transfer(user, liquidator, seized - fee, supply_token(collateral), "liquidation"),
                Transfer(user, TREASURY, fee, supply_token(collateral), "liquidation"),
            )
        )
        if not take_claim:
            moved += withdraw_transfers(liquidator, collateral, seized - fee, "liquidation")
        after = market.position(user)
        ruined = np.asarray((seized > 0) & (after.collateral_value <= 0))
        bad_debt = plain(np.where(ruined, after.debt_value, 0.0))
        if self.close_rules.writes_off and np.any(ruined):
            market, written_off = market._written_off(user, ruined)
            moved += written_off
        return MarketLiquidation(self, market, repaid, seized, fee, bad_debt, moved)

    def _seized(self, liquidator: str, user: str, asset: str, seized: Amount, fee: Amount, take_claim: bool) -> Self:
        """``seized`` tokens of the user's deposit for the liquidator, and ``fee`` of them for the treasury."""
        reserve, balance = self.reserve(asset), self.supplied(user, asset)
        held, index = self._scaled_supply(user, asset), reserve.supply_index
        claims = {user: reserve.scaled_rest(held, reserve.left(balance, seized), (seized - fee, fee), index)}
        for name, gain in ((TREASURY, fee), (liquidator, (seized - fee) * take_claim)):
            if np.any(gain):
                held = claims.get(name, self._scaled_supply(name, asset))
                claims[name] = held + reserve.whole(gain / index)
        cash = 0.0 if take_claim else within("seized collateral", seized - fee, 0.0, reserve.cash)
        return self._with(asset, reserve, cash=-cash, supply=claims)

    def _written_off(self, user: str, ruined: NDArray[np.bool_]) -> tuple[Self, tuple[Transfer, ...]]:
        """The market without the debts of a user who has no collateral left, and the transfers."""
        market, moved = self, []
        for asset in self._account(user).scaled_debt:
            loss, reserve = plain(np.where(ruined, self.owed(user, asset), 0.0)), self.reserve(asset)
            lossy = reserve._replace(deficit=reserve.deficit + loss)
            left = plain(np.where(ruined, 0.0, self._account(user).scaled_debt[asset]))
            market = market._with(asset, lossy, debt={user: left})
            moved.append(Transfer(MARKET, user, loss, debt_token(asset), "bad debt"))
        return market, actual(moved)

    # Inside

    def _paid_back(self, user: str, asset: str, debt: Amount, amount: Amount) -> Self:
        reserve, held = self.reserve(asset), self._account(user).scaled_debt.get(asset, 0.0)
        scaled = reserve.scaled_rest(held, reserve.left(debt, amount), (amount,), reserve.borrow_index)
        return self._with(asset, reserve, cash=amount, debt={user: scaled})

    def _with(
        self,
        asset: str,
        reserve: Reserve,
        cash: Amount = 0.0,
        supply: Mapping[str, Amount] = FrozenDict({}),
        debt: Mapping[str, Amount] = FrozenDict({}),
    ) -> Self:
        """The market after a touch: ``cash`` more tokens in the reserve, new scaled amounts of users, new rates."""
        accounts, scaled_supply, scaled_debt = dict(self.accounts), reserve.scaled_supply, reserve.scaled_debt
        for user, amount in supply.items():
            account, amount = accounts.get(user, NO_ACCOUNT), reserve.whole(amount)
            scaled_supply = scaled_supply + (amount - account.scaled_supply.get(asset, 0.0))
            accounts[user] = account.with_supply(asset, amount)
        for user, amount in debt.items():
            account, amount = accounts.get(user, NO_ACCOUNT), reserve.whole(amount)
            scaled_debt = scaled_debt + (amount - account.scaled_debt.get(asset, 0.0))
            accounts[user] = account.with_debt(asset, amount)
        if debt and reserve.listing.decimals is not None:
            # Whole units of 18 decimals are finer than a float: only a fresh sum ends at 0 with the last debt.
            scaled_debt = sum(account.scaled_debt.get(asset, 0.0) for account in accounts.values())
        # The rest of many sums may round to less than nothing.
        touched = reserve._replace(
            cash=reserve.whole(reserve.cash + cash),
            scaled_supply=reserve.whole(plain(np.maximum(scaled_supply, 0.0))),
            scaled_debt=reserve.whole(plain(np.maximum(scaled_debt, 0.0))),
        ).with_new_rates()
        reserves = self.reserves | {asset: touched}
        return self._replace(reserves=reserves, accounts=FrozenDict(accounts))

    def _with_account(self, user: str, account: Account) -> Self:
        return self._replace(accounts=self.accounts | {user: account})

    def _still_healthy(self, user: str, name: str, value: Amount, takes: bool | NDArray[np.bool_]) -> None:
        """Refuse the argument that ``takes`` collateral away from a user who then has too little."""
        good = self.position(user).healthy | np.logical_not(takes)
        text = f"is what leaves {user!r} a health factor of 1"
        fulfilled(name, np.broadcast_to(value, np.broadcast_shapes(np.shape(value), np.shape(good))), good, text)
