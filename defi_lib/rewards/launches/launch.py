"""How a token comes to its first holders: allocation table, rounds, public sale, bonding curve, airdrop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from defi_lib.exchange import BondingCurve
from defi_lib.rewards.launches.vesting import Vesting
from defi_lib.rounding import above, below, within
from defi_lib.validation import (
    Amount,
    at_least,
    between,
    broadcastable,
    non_negative,
    one_number,
    plain,
    positive,
    representable,
)

#: Shares of published tables are cut to a few digits: this is a tolerance on what is written, not on rounding.
_WRITTEN = 1e-9


class Allocation(NamedTuple):
    """One line of an allocation table."""

    name: str
    share: float  #: of the total supply (ratio)
    vesting: Vesting = Vesting()
    price: float = 0.0  #: what its holders paid per token (USD)


class _Table(NamedTuple):
    supply: float
    allocations: tuple[Allocation, ...]


class AllocationTable(_Table):
    """Who gets which part of the supply, when it vests, and what was paid for it.

    Args:
        supply: tokens in total, > 0.
        allocations: with different names; their shares add up to 1.

    Raises:
        ValueError: an argument outside its range, names that repeat, or shares that do not add up to 1.
    """

    __slots__ = ()

    def __new__(cls, supply: float, allocations: Sequence[Allocation]) -> Self:
        """Check the arguments and build the table."""
        lines = tuple(Allocation(*allocation) for allocation in allocations)
        for line in lines:
            between(f"share of {line.name!r}", line.share, 0.0, 1.0)
            non_negative(f"price of {line.name!r}", line.price)
        names = [line.name for line in lines]
        if len(set(names)) < len(names):
            repeated = next(name for name in names if names.count(name) > 1)
            raise ValueError(f"allocations names {repeated!r} more than once: allowed are different names")
        total = sum(line.share for line in lines)
        if abs(total - 1) > _WRITTEN:
            raise ValueError(f"shares add up to {total:.12g}: allowed are shares that add up to 1")
        return super().__new__(cls, one_number("supply", positive("supply", supply)), lines)

    @property
    def names(self) -> tuple[str, ...]:
        """Of the allocations, in their order."""
        return tuple(line.name for line in self.allocations)

    @property
    def tokens(self) -> NDArray[np.float64]:
        """Of each allocation, vested or not."""
        return np.array([line.share * self.supply for line in self.allocations])

    @property
    def raised(self) -> NDArray[np.float64]:
        """What the holders of each allocation paid (USD)."""
        return self.tokens * [line.price for line in self.allocations]

    def unlocked(self, time: Amount) -> NDArray[np.float64]:
        """Tokens of each allocation that have vested at ``time`` (months after the launch), allocations first."""
        return np.stack([line.share * self.supply * np.asarray(line.vesting.vested(time)) for line in self.allocations])

    def circulating(self, time: Amount) -> Amount:
        """Tokens that have vested at ``time`` (months)."""
        return plain(np.sum(self.unlocked(time), axis=0))

    def float_share(self, time: Amount) -> Amount:
        """Part of the supply that has vested at ``time`` (months)."""
        return plain(np.minimum(self.circulating(time) / self.supply, 1.0))

    def market_value(self, price: Amount, time: Amount) -> Amount:
        """What the tokens that have vested cost at ``price`` (USD)."""
        return non_negative("price", price) * self.circulating(time)

    def fully_diluted_value(self, price: Amount) -> Amount:
        """What all tokens would cost at ``price`` (USD), if that price held for all."""
        return non_negative("price", price) * self.supply


class SaleRound(NamedTuple):
    """A sale before the launch."""

    price: Amount  #: USD per token
    tokens: Amount
    share: Amount  #: of the supply (ratio)


@representable
def sale_round(raised: Amount, valuation: Amount, supply: Amount) -> SaleRound:
    """Seed or venture round: ``price = valuation/supply``, ``share = raised/valuation``.

    Args:
        raised: USD, >= 0 and at most ``valuation``.
        valuation: fully diluted, the round included (USD), > 0.
        supply: tokens in total, > 0.

    Raises:
        ValueError: an argument outside its range.
    """
    valuation, supply = positive("valuation", valuation), positive("supply", supply)
    raised = non_negative("raised", raised)
    broadcastable(raised=raised, valuation=valuation, supply=supply)
    raised = within("raised", raised, 0.0, valuation)
    return SaleRound(valuation / supply, raised / valuation * supply, raised / valuation)


@representable
def price_factor_of_unlock(float_before: Amount, float_after: Amount) -> Amount:
    """By which factor the price falls if the market value stays while the float grows: ``φ₀/φ₁``.

    Args:
        float_before, float_after: parts of the supply that circulate, in (0, 1].

    Raises:
        ValueError: a float outside (0, 1].
    """
    before = between("float_before", float_before, 0.0, 1.0, low_open=True)
    after = between("float_after", float_after, 0.0, 1.0, low_open=True)
    broadcastable(float_before=before, float_after=after)
    return before / after


@representable
def price_of_counted(worth: Amount, trading: Amount, coming: Amount, counted: Amount) -> Amount:
    """What a token costs buyers who see what trades and a part of what is to come: ``W/(T + c·L)``.

    At c = 0 the market value moves with the news alone, so that a release lowers the price; at c = 1 the calendar is in
    the price, and a release changes nothing.

    Args:
        worth: what buyers think all tokens that they count worth (USD), >= 0.
        trading: tokens that trade, > 0.
        coming: tokens still locked or not yet sold that will trade, >= 0.
        counted: the part of these that buyers count, in [0, 1].

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: own model.

    >>> price_of_counted(100.0, 10.0, 30.0, [0.0, 0.5, 1.0]).tolist()
    [10.0, 4.0, 2.5]
    >>> price_of_counted(100.0, 40.0, 0.0, 0.5)  # after the release
    2.5
    """
    money, traded = non_negative("worth", worth), positive("trading", trading)
    later, part = non_negative("coming", coming), between("counted", counted, 0.0, 1.0)
    broadcastable(worth=money, trading=traded, coming=later, counted=part)
    return plain(money / (traded + part * later))


class PublicSale(NamedTuple):
    """Outcome of a sale at a fixed price; arrays with one entry per buyer."""

    tokens: NDArray[np.float64]
    paid: NDArray[np.float64]  #: USD
    refunded: NDArray[np.float64]  #: USD that found no tokens


def public_sale(orders: Amount, tokens: float, price: float) -> PublicSale:
    """Sell at a fixed price; if more is ordered than there is, everybody gets the same part of the order.

    Args:
        orders: what each buyer wants to spend (USD, >= 0), buyers along the last axis.
        tokens: for sale, >= 0.
        price: USD per token, > 0.

    Raises:
        ValueError: an argument outside its range.
    """
    wanted = np.atleast_1d(non_negative("orders", orders))
    worth = non_negative("tokens", tokens) * positive("price", price)
    total = np.sum(wanted, axis=-1, keepdims=True)
    filled = np.where(above(total, worth), worth / np.where(total > 0, total, 1.0), 1.0)
    return PublicSale(wanted * filled / price, wanted * filled, wanted * (1 - filled))


class CurveLaunch(NamedTuple):
    """Outcome of purchases or sales on a bonding curve, one after the other; arrays in the order of the traders."""

    curve: BondingCurve  #: after the last
    tokens: NDArray[np.float64]  #: bought or sold
    money: NDArray[np.float64]  #: paid or received (reserve asset)

    @property
    def after(self) -> BondingCurve:
        """:attr:`curve`, by the name that every record has for what is left."""
        return self.curve

    @property
    def average_price(self) -> NDArray[np.float64]:
        """Of each trader (reserve asset per token); 0 where nothing was traded."""
        return np.where(self.tokens > 0, self.money / np.where(self.tokens > 0, self.tokens, 1.0), 0.0)


def curve_launch(curve: BondingCurve, payments: Amount) -> CurveLaunch:
    """Buyers come one after the other: each pays (reserve asset, >= 0) at the price the ones before left.

    Args:
        curve: at the start.
        payments: in the order of the buyers.

    Raises:
        ValueError: a negative payment.
    """
    paid = np.atleast_1d(non_negative("payments", payments))
    before = np.concatenate([[0.0], np.cumsum(paid)])
    supplies = curve.supply * np.exp(curve.reserve_ratio * np.log1p(before / curve.reserve))
    # Every buyer meets a curve of their own: one array of curves instead of a loop.
    met = BondingCurve(curve.reserve + before[:-1], supplies[:-1], curve.reserve_ratio)
    after = BondingCurve(curve.reserve + float(before[-1]), float(supplies[-1]), curve.reserve_ratio)
    return CurveLaunch(after, np.asarray(met.buy(paid).amount_out), paid)


def curve_exit(curve: BondingCurve, tokens: Amount) -> CurveLaunch:
    """Holders sell one after the other: who comes first takes the best prices.

    Args:
        curve: at the start.
        tokens: in the order of the sellers, each >= 0; together less than the supply.

    Raises:
        ValueError: a negative number of tokens, or the whole supply.
    """
    sold = np.atleast_1d(non_negative("tokens", tokens))
    before = np.concatenate([[0.0], np.cumsum(sold)])
    supply = float(curve.supply)
    total = within("sum of tokens", float(before[-1]), 0.0, supply)
    between("sum of tokens", total if below(total, supply) else supply, 0.0, supply, high_open=True)
    reserves = curve.reserve * np.exp(np.log1p(-before / curve.supply) / curve.reserve_ratio)
    met = BondingCurve(reserves[:-1], curve.supply - before[:-1], curve.reserve_ratio)
    after = BondingCurve(float(reserves[-1]), curve.supply - float(before[-1]), curve.reserve_ratio)
    return CurveLaunch(after, sold, np.asarray(met.sell(sold).amount_out))


def airdrop(activity: Amount, tokens: float, equal_part: float = 0.0) -> NDArray[np.float64]:
    """Give ``tokens`` to past users: a part equally to each account, the rest in proportion to activity.

    Args:
        activity: of each account (volume, deposits, transactions; any unit), >= 0; 0 is not eligible.
        tokens: given away, >= 0.
        equal_part: of the tokens that goes equally to all eligible accounts, in [0, 1].

    Raises:
        ValueError: an argument outside its range, or nobody who is eligible.
    """
    use = np.atleast_1d(non_negative("activity", activity))
    equal = between("equal_part", equal_part, 0.0, 1.0)
    relative = use / positive("largest activity", np.max(use, initial=0.0))
    eligible = use > 0
    parts = equal * eligible / np.sum(eligible) + (1 - equal) * relative / np.sum(relative)
    return non_negative("tokens", tokens) * parts


def sybil_gain(activity: Amount, account: int, copies: int, equal_part: float = 0.0) -> float:
    """How many times as much one user gets who splits their activity into ``copies`` accounts.

    Args:
        activity: of each account, >= 0; that of ``account`` > 0.
        account: position of the user who splits.
        copies: accounts that the user makes of one, >= 1.
        equal_part: as in :func:`airdrop`.

    Raises:
        ValueError: an argument outside its range.
    """
    use = np.atleast_1d(non_negative("activity", activity))
    copies = at_least("copies", copies, 1)
    if not 0 <= at_least("account", account, 0) < len(use):
        raise ValueError(f"account = {account} is outside the allowed range: an integer from 0 to {len(use) - 1}")
    own = positive(f"activity[{account}]", use[account])
    split = np.concatenate([np.delete(use, account), np.full(copies, own / copies)])
    return float(np.sum(airdrop(split, 1.0, equal_part)[-copies:]) / airdrop(use, 1.0, equal_part)[account])
