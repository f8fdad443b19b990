"""Bonding curve: a contract that mints its token to whoever pays, and buys it back from its reserve."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np

from defi_lib.frozen import kept
from defi_lib.rounding import rest, within
from defi_lib.validation import Amount, between, broadcastable, finite, non_negative, plain, positive


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
        supply: S, tokens in circulation, > 0. Once all are sold back, nothing is left of both, and no price.
        reserve_ratio: F in (0, 1]. At 1 the price is constant, at 1/2 it grows in proportion to the supply; the
            smaller, the more early buyers gain from late ones, and the less of the market value can be paid out.

    Every argument may be an array with one entry per scenario.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: Hertzog, Benartzi, Benartzi, *Bancor Protocol* (2017/18). The contract computes powers in integers and
    rounds against the user, and refuses powers with too large a base or exponent; launch platforms add a fee on both
    sides.

    >>> curve = BondingCurve(1000.0, 10_000.0, 0.5)
    >>> round(curve.price(), 4), round(curve.buy(100.0).amount_out, 4), curve.sell(10_000.0).amount_out
    (0.2, 488.0885, 1000.0)
    """

    __slots__ = ()

    def __new__(cls, reserve: Amount, supply: Amount, reserve_ratio: Amount) -> Self:
        """Check the arguments and build the curve."""
        reserve, supply = kept(positive("reserve", reserve)), kept(positive("supply", supply))
        reserve_ratio = kept(between("reserve_ratio", reserve_ratio, 0.0, 1.0, low_open=True))
        broadcastable(reserve=reserve, supply=supply, reserve_ratio=reserve_ratio)
        return super().__new__(cls, reserve, supply, reserve_ratio)

    def price(self) -> Amount:
        """Marginal price of the token (reserve asset): ``R/(S·F)``; ``ValueError`` where no token is left."""
        return self.reserve / positive("supply", self.supply) / self.reserve_ratio

    def market_value(self) -> Amount:
        """All tokens at the marginal price (reserve asset): ``R/F``. Only the part F of it is there to be paid out."""
        return self.reserve / self.reserve_ratio

    def buy(self, payment: Amount) -> CurveTrade:
        """Pay exactly ``payment`` (reserve asset, >= 0) for newly minted tokens: ``S·((1 + ΔR/R)^F − 1)``.

        Raises:
            ValueError: a negative payment.
        """
        payment, _ = non_negative("payment", payment), positive("supply", self.supply)
        with np.errstate(over="ignore"):  # refused below
            minted = plain(self.supply * np.expm1(self.reserve_ratio * np.log1p(payment / self.reserve)))
            after = self._holding(self.reserve + payment, self.supply + minted)
        finite("reserve + payment", after.reserve), finite("supply + tokens minted", after.supply)
        return CurveTrade(self, after, payment, minted, True)

    def buy_exact(self, tokens: Amount) -> CurveTrade:
        """Pay what it costs to mint exactly ``tokens`` (>= 0): ``R·((1 + ΔS/S)^(1/F) − 1)``.

        Raises:
            ValueError: a negative number of tokens, or so many that their cost is beyond all numbers.
        """
        tokens = non_negative("tokens", tokens)
        payment = fund_cost(self.reserve, self.supply, self.reserve_ratio, tokens)
        return CurveTrade(self, self._holding(self.reserve + payment, self.supply + tokens), payment, tokens, True)

    def sell(self, tokens: Amount) -> CurveTrade:
        """Give back exactly ``tokens`` (0 to all), which are burned: ``R·(1 − (1 − ΔS/S)^(1/F))``.

        The whole supply is paid the whole reserve; the curve is then empty, and sells no more.

        Raises:
            ValueError: tokens outside [0, supply], or a curve on which nothing is left.
        """
        tokens = within("tokens", tokens, 0.0, positive("supply", self.supply))
        supply = rest(self.supply, tokens)
        with np.errstate(divide="ignore"):  # log 0 = −∞, of which nothing is left
            growth = np.log1p(np.where(np.equal(supply, 0), -1.0, -tokens / self.supply)) / self.reserve_ratio
        paid = plain(0.0 - self.reserve * np.expm1(growth))
        left = plain(self.reserve * np.exp(growth))
        return CurveTrade(self, self._holding(left, supply), tokens, paid, False)

    def _holding(self, reserve: Amount, supply: Amount) -> Self:
        """This curve with another reserve and supply, already known to be valid."""
        return tuple.__new__(type(self), (reserve, supply, self.reserve_ratio))


def fund_cost(reserve: Amount, supply: Amount, total_weight: Amount, tokens: Amount) -> Amount:
    """What minting exactly ``tokens`` costs of a reserve: ``R·((1 + ΔS/S)^(1/F) − 1)``.

    A token may have several reserves, each paid so. F is then the sum of all weights, and may exceed 1.

    Args:
        reserve: R (reserve asset), > 0.
        supply: S, tokens in circulation, > 0.
        total_weight: F in (0, 2], as in the contract.
        tokens: ΔS, to be minted, >= 0.

    Raises:
        ValueError: an argument outside its range, or so many tokens that their cost is beyond all numbers.

    Source: as :class:`BondingCurve`, ``calculateFundCost``. The contract rounds up.

    >>> round(fund_cost(250.0, 1000.0, 0.5, 1000.0), 9)
    750.0
    """
    reserve, supply, tokens = positive("reserve", reserve), positive("supply", supply), non_negative("tokens", tokens)
    total_weight = between("total_weight", total_weight, 0.0, 2.0, low_open=True)
    broadcastable(reserve=reserve, supply=supply, total_weight=total_weight, tokens=tokens)
    with np.errstate(over="ignore"):
        cost = reserve * np.expm1(np.log1p(tokens / supply) / total_weight)
    return non_negative("cost of tokens", cost)


def cross_reserve_return(
    source: Amount, source_weight: Amount, target: Amount, target_weight: Amount, amount: Amount
) -> Amount:
    """What one reserve of a token pays for ``amount`` of another: ``T·(1 − (R/(R + ΔR))^(F_R/F_T))``.

    Args:
        source, target: reserves R and T (each in its own asset), > 0.
        source_weight, target_weight: their weights F in (0, 1].
        amount: ΔR, paid into the source (source asset), >= 0.

    Raises:
        ValueError: an argument outside its range.

    Source: as :class:`BondingCurve`, ``calculateCrossReserveReturn``; the trade of a
    :class:`~defi_lib.exchange.pools.weighted.WeightedPool` without fee. The contract rounds down.

    >>> round(cross_reserve_return(1000.0, 0.5, 4000.0, 0.5, 100.0), 6)
    363.636364
    """
    source, target = positive("source", source), positive("target", target)
    source_weight = between("source_weight", source_weight, 0.0, 1.0, low_open=True)
    target_weight = between("target_weight", target_weight, 0.0, 1.0, low_open=True)
    amount = non_negative("amount", amount)
    broadcastable(source=source, target=target, weights=source_weight + target_weight, amount=amount)
    return plain(0.0 - target * np.expm1(-np.log1p(amount / source) * (source_weight / target_weight)))
