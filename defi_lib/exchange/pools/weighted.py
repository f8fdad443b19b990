"""Weighted pool: the exchange of Balancer, whose tokens keep fixed parts of the pool's value."""

from __future__ import annotations

from math import inf, prod
from typing import NamedTuple, Self

import numpy as np

from defi_lib.exchange.pools.pool import LiquidityChange, Swap, price_gaps, replaced
from defi_lib.frozen import kept
from defi_lib.rounding import above, rest
from defi_lib.validation import (
    Amount,
    between,
    broadcastable,
    fulfilled,
    non_negative,
    per_token,
    plain,
    positive,
    ratio,
    token,
    token_pair,
)

#: Relative error by which the contract widens every power against the user, for ``power_error``.
POWER_ERROR = 1e-14


class Limits(NamedTuple):
    """The largest steps that a pool allows; by default those of Balancer's Vault and weighted pools."""

    max_in_ratio: float = 0.3  #: of the reserve of the token paid in, after fee
    max_out_ratio: float = 0.3  #: of the reserve of the token received
    min_invariant_ratio: float = 0.7  #: of the invariant after to before, when leaving in a single token
    max_invariant_ratio: float = 3.0  #: of the invariant after to before, when entering with a single token


#: Steps of Newton's method at most, and the relative change at which the error, which it squares, is below rounding.
_MAX_STEPS, _ENOUGH = 100, 1e-10

#: The bare formulas.
NO_LIMITS = Limits(inf, 1.0, 0.0, inf)


class _State(NamedTuple):
    reserves: tuple[Amount, ...]
    weights: tuple[Amount, ...]
    fee: Amount
    shares: Amount
    limits: Limits
    power_error: Amount


class WeightedPool(_State):
    """Two or more reserves whose weighted geometric mean no trade can lower: ``V = ∏ Bᵢ^wᵢ``.

    Args:
        reserves: tokens held of each token, > 0.
        weights: part of the pool's value held in each token, in (0, 1); they sum to 1.
        fee: ratio of the amount paid in, in [0, 1). It stays in the pool, so V grows with each trade.
        shares: liquidity shares in circulation (tokens); by default ``n·V``, as after a first deposit.
        limits: the largest steps allowed. The contract refuses a trade of more than 30 % of a reserve, so this is
            the default: a model that fills a trade the real pool refuses would understate what large trades cost.
            :data:`NO_LIMITS` gives the bare formulas.
        power_error: relative error by which every power is widened against the user, in [0, 1). By default 0, the
            formula itself; with :data:`POWER_ERROR` what the contract pays: dust buys nothing.

    Every argument but ``limits`` may hold arrays with one entry per scenario.

    Raises:
        ValueError: an argument outside its range, weights that do not sum to 1, or shapes that do not fit together.

    Source: Martinelli, Mushegian, *Balancer whitepaper* (2019). The contract computes with 18 decimals, wants weights
    of 1 % or more, locks the first 10⁶ smallest units of the shares, and may take a part of the fees for the protocol.
    """

    __slots__ = ()

    def __new__(
        cls,
        reserves: tuple[Amount, ...],
        weights: tuple[Amount, ...],
        fee: Amount = 0.003,
        shares: Amount | None = None,
        limits: Limits = Limits(),  # noqa: B008 (immutable)
        power_error: Amount = 0.0,
    ) -> Self:
        """Check the arguments and build the pool."""
        reserves = tuple(map(kept, per_token("reserves", reserves, None, positive)))
        weights = tuple(map(kept, per_token("weights", weights, len(reserves), positive)))
        fee, power_error = kept(ratio("fee", fee)), kept(ratio("power_error", power_error))
        held = {f"reserves[{i}]": reserve for i, reserve in enumerate(reserves)}
        parts = {f"weights[{i}]": weight for i, weight in enumerate(weights)}
        broadcastable(**held, **parts, fee=fee, power_error=power_error)
        between("the sum of weights", sum(weights), 1 - 1e-12, 1 + 1e-12)
        shares = kept(len(reserves) * _mean(reserves, weights) if shares is None else positive("shares", shares))
        broadcastable(**held, **parts, fee=fee, power_error=power_error, shares=shares)
        return super().__new__(cls, reserves, weights, fee, shares, _checked(limits), power_error)

    @property
    def invariant(self) -> Amount:
        """The weighted geometric mean of the reserves, ``V = ∏ Bᵢ^wᵢ`` (tokens)."""
        return _mean(self.reserves, self.weights)

    def price(self, token: int = 0, quote: int = 1) -> Amount:
        """Marginal price of ``token`` in units of ``quote``, without fee: ``(B_quote/w_quote) / (B_token/w_token)``."""
        token_pair(token, quote, len(self.reserves), ("token", "quote"))
        reserves, weights = self.reserves, self.weights
        return reserves[quote] / reserves[token] * (weights[token] / weights[quote])

    def swap_exact_in(self, amount_in: Amount, token_in: int = 0, token_out: int = 1) -> Swap:
        """Sell exactly ``amount_in`` (tokens, >= 0): ``A_out = B_out·(1 − (B_in/(B_in + γA_in))^(w_in/w_out))``.

        Raises:
            ValueError: a negative amount, one above the limit, or a token that the pool does not have.
        """
        amount_in = non_negative("amount_in", amount_in)
        token_pair(token_in, token_out, len(self.reserves))
        reserve_in, reserve_out = self.reserves[token_in], self.reserves[token_out]
        broadcastable(amount_in=amount_in, reserve_in=reserve_in, reserve_out=reserve_out, fee=self.fee)
        fee = amount_in * self.fee
        net_in = _at_most("amount_in·(1 − fee)", amount_in - fee, self.limits.max_in_ratio * reserve_in)
        log_kept = self.weights[token_in] / self.weights[token_out] * -np.log1p(net_in / reserve_in)
        amount_out = reserve_out * np.maximum(-_power(log_kept, self.power_error), 0.0)
        part_left = np.minimum(np.exp(log_kept) * (1 + self.power_error), 1.0)
        left = positive("the reserve of token_out that is left", reserve_out * part_left)
        pool = self._with_reserves({token_in: reserve_in + amount_in, token_out: left})
        return Swap(self, pool, amount_in, amount_out, fee, token_in, token_out)

    def swap_exact_out(self, amount_out: Amount, token_in: int = 0, token_out: int = 1) -> Swap:
        """Buy exactly ``amount_out`` (tokens, >= 0): ``A_in = B_in·((B_out/(B_out − A_out))^(w_out/w_in) − 1)/γ``.

        Raises:
            ValueError: a negative amount, one above the limit or the reserve, or a token that the pool does not have.
        """
        token_pair(token_in, token_out, len(self.reserves))
        reserve_in, reserve_out = self.reserves[token_in], self.reserves[token_out]
        amount_out = _at_most("amount_out", amount_out, self.limits.max_out_ratio * reserve_out)
        left = positive("reserve of token_out − amount_out", rest(reserve_out, amount_out))
        log_growth = self.weights[token_out] / self.weights[token_in] * -np.log1p(-amount_out / reserve_out)
        net_in = reserve_in * _power(log_growth, self.power_error)
        amount_in = non_negative("amount_in", net_in / (1 - self.fee))
        pool = self._with_reserves({token_in: reserve_in + amount_in, token_out: left})
        return Swap(self, pool, amount_in, amount_out, amount_in * self.fee, token_in, token_out)

    def trade_to(self, price: Amount, token: int = 0, quote: int = 1, *, after_fee: bool = False) -> tuple[Swap, Swap]:
        """The trade that moves the price to ``price``, ``(bought, sold)``; contract and arguments as in :class:`Pool`.

        Paying the part a of its reserve, net of fee, for a token raises that token's price on the curve by
        ``(1 + a)^(1 + w_in/w_out)``; with the fee in the reserve, by ``(1 + a/γ)·(1 + a)^(w_in/w_out)``.

        Raises:
            ValueError: a price that is not positive, one that takes more than the limits allow in one trade, or a
                token that the pool does not have.

        >>> pool = WeightedPool((8000.0, 4e6), (0.8, 0.2))
        >>> bought, sold = pool.trade_to(2100.0)
        >>> round(bought.amount_in, 2), sold.amount_in, round(sold.pool.price(), 9)
        (159311.16, 0.0, 2100.0)
        """
        up, down = price_gaps(self, price, token, quote, after_fee=after_fee)
        bought = self.swap_exact_in(self._paid_in(price, up, quote, token, after_fee), quote, token)
        sold = self._paid_in(price, down, token, quote, after_fee)
        return bought, bought.pool.swap_exact_in(sold, token, quote)

    def with_fee(self, fee: Amount) -> Self:
        """The same pool with another fee (ratio, in [0, 1)) from now on.

        Raises:
            ValueError: a fee outside its range, or of a shape that does not fit.

        >>> WeightedPool((1000.0, 2e6), (0.5, 0.5)).with_fee(0.0005).fee
        0.0005
        """
        fee = kept(ratio("fee", fee))
        broadcastable(reserves=sum(self.reserves), weights=sum(self.weights), fee=fee, shares=self.shares)
        return replaced(self, fee=fee)

    def add_liquidity(self, amounts: tuple[Amount, ...]) -> LiquidityChange:
        """Deposit one amount per token (each >= 0) and receive ``shares·(V′/V − 1)``.

        By how much an amount exceeds its part of a balanced deposit counts as a trade and pays the fee before it
        counts for V′; the whole amount enters the pool.

        Raises:
            ValueError: a negative amount, or not one amount per token.
        """
        amounts = self._amounts(amounts)
        balanced = sum(w * (a / b) for w, a, b in zip(self.weights, amounts, self.reserves, strict=True))
        counted = tuple(
            amount - self.fee * np.maximum(amount - reserve * balanced, 0.0)
            for amount, reserve in zip(amounts, self.reserves, strict=True)
        )
        minted = self.shares * np.maximum(self._invariant_growth(counted), 0.0)
        return self._change(amounts, minted, entering=True)

    def add_single_asset(self, shares: Amount, token: int = 0) -> LiquidityChange:
        """Pay in one token for exactly ``shares``: ``A = B·((1 + s/S)^(1/w) − 1)``, and the fee on 1 − w of it.

        Raises:
            ValueError: shares outside [0, what triples the invariant], or a token that the pool does not have.
        """
        reserve, weight = self._single(token)
        shares = _at_most("shares", shares, (self.limits.max_invariant_ratio - 1) * self.shares)
        amount = reserve * _power(np.log1p(shares / self.shares) / weight, self.power_error)
        amount = non_negative("the amount", amount * (weight + (1 - weight) / (1 - self.fee)))
        return self._change(self._only(token, amount), shares, entering=True)

    def remove_liquidity(self, shares: Amount) -> LiquidityChange:
        """Give back shares (0 to all but the last) and receive the same part of every reserve, without fee.

        Raises:
            ValueError: shares outside [0, shares in circulation).
        """
        shares = between("shares", shares, 0.0, self.shares, high_open=True)
        positive("shares in circulation − shares", rest(self.shares, shares))
        return self._change(tuple(reserve * (shares / self.shares) for reserve in self.reserves), shares)

    def remove_single_asset(self, shares: Amount, token: int = 0) -> LiquidityChange:
        """Give back ``shares`` for one token: ``A = B·(1 − (1 − s/S)^(1/w))``, less the fee on 1 − w of it.

        Raises:
            ValueError: shares outside [0, what lowers the invariant to 70 %], or a token that the pool does not have.
        """
        reserve, weight = self._single(token)
        shares = _at_most("shares", shares, (1 - self.limits.min_invariant_ratio) * self.shares)
        positive("shares in circulation − shares", rest(self.shares, shares))
        amount = reserve * np.maximum(-_power(np.log1p(-shares / self.shares) / weight, self.power_error), 0.0)
        return self._change(self._only(token, amount * (weight + (1 - weight) * (1 - self.fee))), shares)

    def remove_exact_amounts(self, amounts: tuple[Amount, ...]) -> LiquidityChange:
        """Receive exactly one amount per token (each >= 0) for ``shares·(1 − V′/V)``.

        By how much an amount exceeds its part of a balanced withdrawal pays the fee on top before it counts for V′.

        Raises:
            ValueError: an amount that with its fee takes the whole reserve, or not one amount per token.
        """
        amounts = self._amounts(amounts)
        balanced = sum(w * (a / b) for w, a, b in zip(self.weights, amounts, self.reserves, strict=True))
        counted = tuple(
            -amount - self.fee / (1 - self.fee) * np.maximum(amount - reserve * balanced, 0.0)
            for amount, reserve in zip(amounts, self.reserves, strict=True)
        )
        for i, (reserve, change) in enumerate(zip(self.reserves, counted, strict=True)):
            positive(f"reserves[{i}] − amounts[{i}] with its fee", rest(reserve, -change))
        return self._change(amounts, self.shares * -self._invariant_growth(counted))

    def _paid_in(self, price: Amount, rise: Amount, token_in: int, token_out: int, after_fee: bool) -> Amount:
        """What to pay in to raise the price of ``token_out`` by the part ``rise``, if the limits allow it."""
        weight_in, weight_out, gamma = self.weights[token_in], self.weights[token_out], 1 - self.fee
        log_rise, exponent = np.log1p(rise), weight_in / weight_out
        growth = np.expm1(log_rise / (1 + exponent)) if after_fee else _growth_for(log_rise, exponent, gamma)
        most = self.limits.max_in_ratio
        fulfilled(
            "price",
            price,
            ~np.asarray(above(growth, most)),
            f"are prices that a trade of at most {most:g} of a reserve can reach",
        )
        return plain(self.reserves[token_in] * growth / gamma)

    def _amounts(self, amounts: tuple[Amount, ...]) -> tuple[Amount, ...]:
        amounts = per_token("amounts", amounts, len(self.reserves), non_negative)
        for i, (amount, reserve) in enumerate(zip(amounts, self.reserves, strict=True)):
            broadcastable(
                **{f"amounts[{i}]": amount, f"reserves[{i}]": reserve, "fee": self.fee, "shares": self.shares}
            )
        return amounts

    def _single(self, position: int) -> tuple[Amount, Amount]:
        """Reserve and weight of one token."""
        position = token("token", position, len(self.reserves))
        return self.reserves[position], self.weights[position]

    def _only(self, position: int, amount: Amount) -> tuple[Amount, ...]:
        """``amount`` of one token and nothing of the others."""
        return tuple(amount if i == position else 0.0 for i in range(len(self.reserves)))

    def _invariant_growth(self, changes: tuple[Amount, ...]) -> Amount:
        """``V′/V − 1`` when every reserve changes by so much; exact for tiny changes too."""
        relative = (change / reserve for change, reserve in zip(changes, self.reserves, strict=True))
        logs = sum(weight * np.log1p(change) for weight, change in zip(self.weights, relative, strict=True))
        return _power(logs, -len(changes) * self.power_error)

    def _change(self, amounts: tuple[Amount, ...], shares: Amount, entering: bool = False) -> LiquidityChange:
        sign = 1 if entering else -1
        after = tuple(reserve + sign * amount for reserve, amount in zip(self.reserves, amounts, strict=True))
        reserves = per_token("reserves", after, len(after), positive)
        circulating = positive("shares", self.shares + sign * shares)
        return LiquidityChange(self, replaced(self, reserves=reserves, shares=circulating), amounts, shares)

    def _with_reserves(self, new: dict[int, Amount]) -> Self:
        """This pool with some other reserves, already known to be valid."""
        reserves = tuple(new.get(i, reserve) for i, reserve in enumerate(self.reserves))
        return replaced(self, reserves=reserves)


def _at_most(name: str, value: Amount, bound: Amount) -> Amount:
    """``value`` if it lies in [0, bound]; exactly the bound is allowed, whatever the rounding."""
    if type(value) is float and type(bound) is float and 0.0 <= value <= bound:
        return value
    value = non_negative(name, value)
    broadcastable(**{name: value, "its upper bound": bound})
    return between(name, value, 0.0, bound) if np.any(above(value, bound)) else value


def _growth_for(log_rise: Amount, exponent: Amount, gamma: Amount) -> Amount:
    """The a with ``(1 + a/γ)·(1 + a)^exponent = e^log_rise``, by Newton in ``z = ln(1 + a)``.

    In z the logarithm of the left side is concave and nearly a line. The start, its tangent at 0, is below the
    solution, and from below every step stays below and comes closer.
    """
    z = log_rise / (1 / gamma + exponent)
    for _ in range(_MAX_STEPS):
        growth = np.expm1(z)
        missing = log_rise - np.log1p(growth / gamma) - exponent * z
        slope = (1 + growth) / (gamma + growth) + exponent
        last, z = z, z + missing / slope
        if np.all(np.abs(z - last) <= _ENOUGH * z):
            break
    return np.expm1(z)


def _checked(limits: Limits) -> Limits:
    """``limits`` if each lies in its range; no limit is infinity."""
    max_in, max_out, min_invariant, max_invariant = limits
    if max_in != inf:
        non_negative("max_in_ratio", max_in)
    between("max_out_ratio", max_out, 0.0, 1.0)
    between("min_invariant_ratio", min_invariant, 0.0, 1.0)
    if max_invariant != inf:
        between("max_invariant_ratio", max_invariant, 1.0, inf)
    return limits


def _mean(reserves: tuple[Amount, ...], weights: tuple[Amount, ...]) -> Amount:
    """Weighted geometric mean of the reserves."""
    return prod((reserve**weight for reserve, weight in zip(reserves, weights, strict=True)), start=1.0)


def _power(log: Amount, error: Amount) -> Amount:
    """``e^log·(1 + error) − 1``, exact where it is tiny."""
    return np.expm1(log) + error * np.exp(log)
