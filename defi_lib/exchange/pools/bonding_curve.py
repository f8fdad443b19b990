"""Bonding curve: a contract that mints its token to whoever pays, and buys it back from its reserve."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np

from defi_lib.validation import Amount, between, broadcastable, non_negative, plain, positive


class CurveTrade(NamedTuple):
    """What happened in a purchase or a sale, seen by the trader: one of the two amounts is the reserve asset."""

    before: BondingCurve  #: the curve before
    curve: BondingCurve  #: the curve after
    amount_in: Amount  #: paid: reserve asset in a purchase, minted token in a sale (burned)
    amount_out: Amount  #: received: minted token in a purchase, reserve asset in a sale
    is_purchase: bool

    @property
    def average_price(self) -> Amount:
        """Reserve asset per token; the price before where nothing was traded."""
        sides = self.amount_in, self.amount_out
        reserve, tokens = np.broadcast_arrays(*(sides if self.is_purchase else sides[::-1]))
        price = np.array(np.broadcast_to(self.before.price(), tokens.shape), dtype=float)
        return plain(np.divide(reserve, tokens, out=price, where=tokens != 0))


class _State(NamedTuple):
    reserve: Amount
    supply: Amount
    reserve_ratio: Amount


class BondingCurve(_State):
    """A reserve that is always the same part of the token's market value: ``R = F·price·S``.

    Args:
        reserve: R, held by the contract (reserve asset), > 0.
        supply: S, tokens in circulation, > 0.
        reserve_ratio: F in (0, 1]. At 1 the price is constant, at 1/2 it grows in proportion to the supply; the
            smaller, the more early buyers gain from late ones, and the less of the market value can be paid out.

    Every argument may be an array with one entry per scenario.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: Hertzog, Benartzi, Benartzi, *Bancor Protocol* (2017/18). The contract computes powers in integers and
    rounds against the user; launch platforms add a fee on both sides.
    """

    __slots__ = ()

    def __new__(cls, reserve: Amount, supply: Amount, reserve_ratio: Amount) -> Self:
        """Check the arguments and build the curve."""
        reserve, supply = positive("reserve", reserve), positive("supply", supply)
        reserve_ratio = between("reserve_ratio", reserve_ratio, 0.0, 1.0, low_open=True)
        broadcastable(reserve=reserve, supply=supply, reserve_ratio=reserve_ratio)
        return super().__new__(cls, reserve, supply, reserve_ratio)

    def price(self) -> Amount:
        """Marginal price of the token (reserve asset): ``R/(S·F)``."""
        return self.reserve / self.supply / self.reserve_ratio

    def market_value(self) -> Amount:
        """All tokens at the marginal price (reserve asset): ``R/F``. Only the part F of it is there to be paid out."""
        return self.reserve / self.reserve_ratio

    def buy(self, payment: Amount) -> CurveTrade:
        """Pay exactly ``payment`` (reserve asset, >= 0) for newly minted tokens: ``S·((1 + ΔR/R)^F − 1)``.

        Raises:
            ValueError: a negative payment.
        """
        payment = non_negative("payment", payment)
        minted = plain(self.supply * np.expm1(self.reserve_ratio * np.log1p(payment / self.reserve)))
        return CurveTrade(self, self._holding(self.reserve + payment, self.supply + minted), payment, minted, True)

    def buy_exact(self, tokens: Amount) -> CurveTrade:
        """Pay what it costs to mint exactly ``tokens`` (>= 0): ``R·((1 + ΔS/S)^(1/F) − 1)``.

        Raises:
            ValueError: a negative number of tokens, or so many that their cost is beyond all numbers.
        """
        tokens = non_negative("tokens", tokens)
        with np.errstate(over="ignore"):
            cost = self.reserve * np.expm1(np.log1p(tokens / self.supply) / self.reserve_ratio)
        payment = non_negative("cost of tokens", cost)
        return CurveTrade(self, self._holding(self.reserve + payment, self.supply + tokens), payment, tokens, True)

    def sell(self, tokens: Amount) -> CurveTrade:
        """Give back exactly ``tokens`` (0 to all but the last), which are burned: ``R·(1 − (1 − ΔS/S)^(1/F))``.

        Raises:
            ValueError: tokens outside [0, supply).
        """
        tokens = between("tokens", tokens, 0.0, self.supply, high_open=True)
        growth = np.log1p(-tokens / self.supply) / self.reserve_ratio
        paid = plain(0.0 - self.reserve * np.expm1(growth))
        left = plain(self.reserve * np.exp(growth))
        return CurveTrade(self, self._holding(left, self.supply - tokens), tokens, paid, False)

    def _holding(self, reserve: Amount, supply: Amount) -> Self:
        """This curve with another reserve and supply, already known to be valid."""
        return tuple.__new__(type(self), (reserve, supply, self.reserve_ratio))
