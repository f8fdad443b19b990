"""One asset of a money market: its terms, its cash, and the two indices by which claims and debts grow."""

from __future__ import annotations

from typing import Any, NamedTuple, Self

import numpy as np

from defi_lib.frozen import kept
from defi_lib.lending.market.units import rounded, snapped
from defi_lib.lending.rates.curves import RateModel, lent_share
from defi_lib.lending.rates.interest import INTEREST_METHODS
from defi_lib.rounding import Truth, above, rest, within
from defi_lib.validation import Amount, between, broadcastable, finite, integer, non_negative, plain


class _Terms(NamedTuple):
    rates: RateModel
    loan_to_value: Amount
    liquidation_threshold: Amount
    bonus: Amount
    fee_share: Amount
    decimals: int | None


class Listing(_Terms):
    """The terms on which a market lists an asset.

    Args:
        rates: its interest rates.
        loan_to_value: part of its worth that may be borrowed, in [0, liquidation_threshold]; 0 if it is no collateral.
        liquidation_threshold: part of its worth that counts for the health factor, in [0, 1 / (1 + bonus)].
        bonus: what a liquidator gets above what it repays (ratio), >= 0.
        fee_share: part of the bonus that goes to the treasury, in [0, 1].
        decimals: of the token, from 0 to 22: amounts are rounded to whole units as the contract does, see
            :class:`Reserve`. None for amounts without a smallest unit.

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
        decimals: int | None = None,
    ) -> Self:
        """Check the arguments."""
        bonus, fee_share = non_negative("bonus", bonus), between("fee_share", fee_share, 0.0, 1.0)
        broadcastable(loan_to_value=loan_to_value, liquidation_threshold=liquidation_threshold, bonus=bonus)
        threshold = within("liquidation_threshold", liquidation_threshold, 0.0, 1 / (1 + bonus))
        loan_to_value = within("loan_to_value", loan_to_value, 0.0, threshold)
        if decimals is not None:
            # Up to here a power of ten is exact in a float.
            decimals = integer("decimals", decimals, 0, 22)
        return super().__new__(cls, rates, kept(loan_to_value), kept(threshold), kept(bonus), kept(fee_share), decimals)


class _Balances(NamedTuple):
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


class Reserve(_Balances):
    """What a market holds and owes of one asset; claims and debts are kept divided by their index.

    A claim grows linearly and a debt is compounded between two touches, at the rates of the last touch. The treasury
    gets its part of what borrowers owe; the little by which compounding exceeds it all stays as ``surplus``.

    If the listing has ``decimals``, every amount, scaled or not, is a whole number of token units: what is multiplied
    or divided by an index is rounded to the nearest, a half goes up. This favours nobody; a claim, or a debt, may
    begin with half a unit more or less than was paid.

    Source: @aave/core-v3 and aave-dao/aave-v3-origin, ReserveLogic.sol, ScaledBalanceTokenBase.sol. The contract also
    rounds indices and rates, to 27 decimals: a float has 16.
    """

    __slots__ = ()

    def __new__(cls, listing: Listing, *balances: Any, **named: Any) -> Self:
        """Keep copies."""
        others = {name: kept(value) for name, value in named.items()}
        return super().__new__(cls, listing, *map(kept, balances), **others)

    @property
    def supplied(self) -> Amount:
        """Claims of all suppliers (tokens)."""
        return self.whole(self.scaled_supply * self.supply_index)

    @property
    def debt(self) -> Amount:
        """Debts of all borrowers (tokens)."""
        return self.whole(self.scaled_debt * self.borrow_index)

    @property
    def treasury(self) -> Amount:
        """Claim of the treasury that it has not collected (tokens)."""
        return self.whole(self.scaled_treasury * self.supply_index)

    @property
    def utilisation(self) -> Amount:
        """The part of the money that is lent out."""
        return lent_share(self.debt, self.cash + self.debt)

    @property
    def surplus(self) -> Amount:
        """What the market has above all claims (tokens); below 0 it cannot pay everybody."""
        return self.cash + self.debt - self.supplied - self.treasury

    def whole(self, amount: Amount) -> Amount:
        """``amount`` (tokens) to the nearest whole unit, if the token has one."""
        return rounded(amount, self.listing.decimals)

    def exceeds(self, amount: Amount, limit: Amount) -> Truth:
        """Whether ``amount`` is more than ``limit``: by a unit, or by more than rounding if the token has none."""
        return above(amount, limit) if self.listing.decimals is None else np.greater(amount, limit)

    def left(self, balance: Amount, amount: Amount) -> Amount:
        """What is left of ``balance`` after ``amount`` of it has gone; nothing, if that is a rounding and no unit."""
        return rest(balance, amount) if self.listing.decimals is None else balance - amount

    def part_of(self, limit: Amount, amount: Amount, room: Amount = np.inf, scale: Amount = 0.0) -> Amount:
        """``amount`` (tokens) in whole units if it lies in [0, min(limit, room)].

        Args:
            limit: what there is.
            amount: what is wanted.
            room: what is allowed.
            scale: size of the numbers of which ``room`` is the difference, if the token has no units.

        Raises:
            ValueError: a negative amount, or one that exceeds the room, or the limit by more than floats are rounded
                by.
        """
        number = amount if type(amount) is float else finite("amount", amount)
        amount = snapped(number, limit, self.listing.decimals)
        most = plain(np.minimum(limit, room))
        if self.listing.decimals is None:
            return kept(within("amount", amount, 0.0, most, scale))
        return self.whole(between("amount", amount, 0.0, most))

    def at_most(self, limit: Amount, amount: Amount) -> Amount:
        """``amount`` (tokens) in whole units, or the limit where that is less."""
        return plain(np.minimum(self.whole(snapped(amount, limit, self.listing.decimals)), limit))

    def scaled_rest(self, scaled: Amount, left: Amount, gone: tuple[Amount, ...], index: Amount) -> Amount:
        """A scaled amount after a part of it has gone; exactly 0 where nothing is left.

        Args:
            scaled: before.
            left: what remains (tokens).
            gone: what went, each part rounded on its own (tokens).
            index: of the claim or the debt.
        """
        if self.listing.decimals is None:
            return left / index
        rest = scaled - sum(self.whole(part / index) for part in gone)
        return plain(np.where(np.greater(left, 0), np.maximum(self.whole(rest), 0.0), 0.0))

    def accrued(self, time: Amount, method: str) -> Self:
        """The reserve with the interest of the time since its last touch.

        Args:
            time: seconds, not before the last touch.
            method: how debts are compounded, see :func:`~defi_lib.lending.rates.interest.compounded_interest`.

        Raises:
            ValueError: interest too large for a float.
        """
        elapsed = time - self.time
        if not np.any(elapsed):
            return self
        with np.errstate(over="ignore", invalid="ignore"):
            interest = finite("interest", INTEREST_METHODS[method](self.borrow_rate, elapsed))
            earned = finite("interest", INTEREST_METHODS["linear"](self.supply_rate, elapsed))
        growth = plain(np.where(self.scaled_debt > 0, interest, 0.0))
        supply_index: Amount = self.supply_index * (1 + earned)
        debt = self.scaled_debt * self.borrow_index
        accrued = debt * growth
        if self.listing.decimals is not None:
            # The difference of two rounded debts, in a form in which the interest of a second keeps its digits.
            accrued = self.whole((debt - self.whole(debt)) + accrued)
        cut = self.whole(accrued * self.listing.rates.reserve_factor)
        return self._replace(
            supply_index=supply_index,
            borrow_index=self.borrow_index * (1 + growth),
            scaled_treasury=self.whole(self.scaled_treasury + self.whole(cut / supply_index)),
            time=time,
        )

    def with_new_rates(self) -> Self:
        """The reserve with the rates of its present utilisation, as at the end of every touch."""
        rates, used = self.listing.rates, self.utilisation
        borrow_rate, supply_rate = rates.borrow_rate(used), rates.supply_rate(used)
        if self.listing.decimals is not None:
            # The contract shares out a whole number of billionths of a unit: it matters for a debt of a few units.
            interest = self.debt * borrow_rate * 10.0 ** (self.listing.decimals + 9)
            supply_rate = supply_rate * (rounded(interest, 0) / plain(np.where(interest > 0, interest, 1.0)))
        return self._replace(borrow_rate=borrow_rate, supply_rate=supply_rate)
