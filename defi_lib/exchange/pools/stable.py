"""StableSwap: the exchange of Curve, for tokens that should be worth the same."""

from __future__ import annotations

from math import prod
from typing import NamedTuple, Self

import numpy as np

from defi_lib.exchange.pools.pool import LiquidityChange, Swap
from defi_lib.validation import (
    Amount,
    at_least,
    between,
    broadcastable,
    non_negative,
    per_token,
    positive,
    ratio,
    token_pair,
)
from defi_lib.validation import token as token_number

_MAX_STEPS = 64
_TOLERANCE = 1e-12  # of the last step: Newton squares the error, so that what is left is far below rounding


class _State(NamedTuple):
    reserves: tuple[Amount, ...]
    amplification: Amount
    fee: Amount
    shares: Amount


class _Curve(NamedTuple):
    """The invariant at the present reserves, divided by A·n + 1 so that neither a tiny nor a huge A overflows."""

    flat: Amount  #: A·n/(A·n + 1), the weight of the constant sum
    bend: Amount  #: D_P/(A·n + 1), the weight of the constant product times D_P = Dⁿ⁺¹/(nⁿ·∏x)
    total: Amount  #: D (tokens)


class StableSwapPool(_State):
    """Two or more reserves between a constant sum and a constant product: ``A·n·Σx + D = A·n·D + Dⁿ⁺¹/(nⁿ·∏x)``.

    Args:
        reserves: tokens held of each token, > 0, each counted in units worth 1 at par.
        amplification: A > 0 **as the contract stores it**, which is ``nⁿ⁻¹`` times the A of the whitepaper: see
            :func:`contract_amplification`. The larger, the flatter the curve around par.
        fee: ratio of the amount that comes out, in [0, 1). It stays in the pool, so D grows with each trade.
        shares: liquidity shares in circulation (tokens); by default D, as after a first deposit.

    Every argument may hold arrays with one entry per scenario.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.
        ArithmeticError: D not found (see :func:`invariant`).

    The fee is taken from the token bought. In a :class:`Swap` it is stated as the same part of what was paid, so that
    price impact and cost mean the same in every pool.

    Source: Egorov, *StableSwap* (2019); repository curvefi/curve-contract. The contract rounds every amount against the
    user by up to two smallest units and gives a part of every fee, usually half, to the protocol.
    """

    __slots__ = ()

    def __new__(
        cls,
        reserves: tuple[Amount, ...],
        amplification: Amount,
        fee: Amount = 0.0004,
        shares: Amount | None = None,
    ) -> Self:
        """Check the arguments and build the pool."""
        reserves = per_token("reserves", reserves, None, positive)
        amplification, fee = positive("amplification", amplification), ratio("fee", fee)
        held = {f"reserves[{i}]": reserve for i, reserve in enumerate(reserves)}
        broadcastable(**held, amplification=amplification, fee=fee)
        shares = invariant(reserves, amplification) if shares is None else positive("shares", shares)
        broadcastable(**held, amplification=amplification, fee=fee, shares=shares)
        return super().__new__(cls, reserves, amplification, fee, shares)

    @property
    def invariant(self) -> Amount:
        """D: what the pool would hold in all if its reserves were equal (tokens)."""
        return invariant(self.reserves, self.amplification)

    @property
    def imbalance_fee(self) -> Amount:
        """Ratio of every deviation from a balanced deposit or withdrawal: ``fee·n/(4(n − 1))``."""
        return self.fee * len(self.reserves) / (4 * (len(self.reserves) - 1))

    def price(self, token: int = 0, quote: int = 1) -> Amount:
        """Marginal price of ``token`` in ``quote``, without fee: ``(A·n + D_P/x_token) / (A·n + D_P/x_quote)``."""
        token_pair(token, quote, len(self.reserves), ("token", "quote"))
        flat, bend, _ = self._curve()
        return (flat + bend / self.reserves[token]) / (flat + bend / self.reserves[quote])

    def swap_exact_in(self, amount_in: Amount, token_in: int = 0, token_out: int = 1) -> Swap:
        """Sell exactly ``amount_in`` (tokens, >= 0) for what D lets go of ``token_out``, less the fee.

        Raises:
            ValueError: a negative amount, or a token that the pool does not have.
        """
        amount_in = non_negative("amount_in", amount_in)
        token_pair(token_in, token_out, len(self.reserves))
        reserve_in, reserve_out = self.reserves[token_in], self.reserves[token_out]
        broadcastable(amount_in=amount_in, reserves=sum(self.reserves), amplification=self.amplification, fee=self.fee)
        reserve_after = reserve_in + amount_in
        kept, lost = reserve_in / reserve_after, amount_in / reserve_after
        change, left = _answer(self._curve(), reserve_out, amount_in, kept, lost)
        pool = self._with_reserves({token_in: reserve_after, token_out: left - self.fee * change})
        return Swap(self, pool, amount_in, -(1 - self.fee) * change, amount_in * self.fee, token_in, token_out)

    def swap_exact_out(self, amount_out: Amount, token_in: int = 0, token_out: int = 1) -> Swap:
        """Buy exactly ``amount_out`` (tokens, >= 0), which is what is left of ``amount_out/(1 − fee)`` after the fee.

        Raises:
            ValueError: an amount outside [0, reserve of ``token_out`` less fee), or a token the pool does not have.
        """
        token_pair(token_in, token_out, len(self.reserves))
        reserve_in, reserve_out = self.reserves[token_in], self.reserves[token_out]
        amount_out = between("amount_out", amount_out, 0.0, reserve_out * (1 - self.fee), high_open=True)
        before_fee = amount_out / (1 - self.fee)
        left = positive("reserve of token_out − amount_out/(1 − fee)", reserve_out - before_fee)
        kept, lost = reserve_out / left, -before_fee / left
        amount_in, reserve_after = _answer(self._curve(), reserve_in, -before_fee, kept, lost)
        pool = self._with_reserves({token_in: reserve_after, token_out: reserve_out - amount_out})
        return Swap(self, pool, amount_in, amount_out, amount_in * self.fee, token_in, token_out)

    def add_liquidity(self, amounts: tuple[Amount, ...]) -> LiquidityChange:
        """Deposit one amount per token (each >= 0) and receive ``shares·(D′/D − 1)``.

        Before D′ is taken, every token pays :attr:`imbalance_fee` on its distance to a balanced deposit that makes the
        pool as large; the whole amounts enter the pool.

        Raises:
            ValueError: a negative amount, not one amount per token, or fees above what the pool holds of a token.
        """
        amounts = self._amounts(amounts)
        minted = self.shares * self._growth_after_fees(amounts)
        return self._change(amounts, np.maximum(minted, 0.0), entering=True)

    def remove_liquidity(self, shares: Amount) -> LiquidityChange:
        """Give back shares (0 to all but the last) and receive the same part of every reserve, without fee.

        Raises:
            ValueError: shares outside [0, shares in circulation).
        """
        shares = between("shares", shares, 0.0, self.shares, high_open=True)
        return self._change(tuple(reserve * (shares / self.shares) for reserve in self.reserves), shares)

    def remove_exact_amounts(self, amounts: tuple[Amount, ...]) -> LiquidityChange:
        """Receive exactly one amount per token (each >= 0) for ``shares·(1 − D′/D)``, fees as in a deposit.

        Raises:
            ValueError: an amount that with its fee takes the whole reserve, or not one amount per token.
        """
        amounts = self._amounts(amounts)
        for i, (reserve, amount) in enumerate(zip(self.reserves, amounts, strict=True)):
            positive(f"reserves[{i}] − amounts[{i}]", reserve - amount)
        burned = -self.shares * self._growth_after_fees(tuple(-amount for amount in amounts))
        return self._change(amounts, burned)

    def remove_single_asset(self, shares: Amount, token: int = 0) -> LiquidityChange:
        """Give back ``shares`` for one token: what D lets go of it, with fees as in a deposit.

        Raises:
            ValueError: shares outside [0, shares in circulation), or a token that the pool does not have.
        """
        token = token_number("token", token, len(self.reserves))
        shares = between("shares", shares, 0.0, self.shares, high_open=True)
        part, rest = shares / self.shares, (self.shares - shares) / self.shares
        curve, fee, reserve = self._curve(), self.imbalance_fee, self.reserves[token]
        others = [other for i, other in enumerate(self.reserves) if i != token]
        missing, count = sum(others) * part / rest, len(others)

        # D is homogeneous: shrink the whole pool to the rest, then return to it what the other tokens did not pay out.
        log_rest, log_charged = np.log1p(-part), np.log1p(-fee * part)
        free, _ = _answer(curve, reserve, missing, rest**count, -np.expm1(count * log_rest))
        kept, lost = (rest / (1 - fee * part)) ** count, -np.expm1(count * (log_rest - log_charged))
        charged, left = _answer(curve, reserve, missing * (1 - fee), kept, lost)
        amount = reserve * part + rest * (fee * free - charged)
        return self._change(self._only(token, amount), shares, {token: rest * (left - fee * free)})

    def _amounts(self, amounts: tuple[Amount, ...]) -> tuple[Amount, ...]:
        amounts = per_token("amounts", amounts, len(self.reserves), non_negative)
        for i, (amount, reserve) in enumerate(zip(amounts, self.reserves, strict=True)):
            broadcastable(
                **{f"amounts[{i}]": amount, f"reserves[{i}]": reserve, "fee": self.fee, "shares": self.shares}
            )
        return amounts

    def _only(self, position: int, amount: Amount) -> tuple[Amount, ...]:
        """``amount`` of one token and nothing of the others."""
        return tuple(amount if i == position else 0.0 for i in range(len(self.reserves)))

    def _curve(self) -> _Curve:
        flat, curved = _weights(self.amplification, len(self.reserves))
        total = self.invariant
        return _Curve(flat, curved * _product_term(total, self.reserves), total)

    def _growth_after_fees(self, changes: tuple[Amount, ...]) -> Amount:
        """``D′/D − 1`` after these changes of the reserves, when every distance to a balanced change pays the fee."""
        growth = self._growth(changes)
        net = tuple(
            change - self.imbalance_fee * np.abs(reserve * growth - change)
            for change, reserve in zip(changes, self.reserves, strict=True)
        )
        for i, (reserve, change) in enumerate(zip(self.reserves, net, strict=True)):
            positive(f"reserves[{i}] after amounts[{i}] and the fee for imbalance", reserve + change)
        return self._growth(net)

    def _growth(self, changes: tuple[Amount, ...]) -> Amount:
        """``D′/D − 1``, exact for tiny changes too: from the difference of the two invariants, polished by Newton."""
        count = len(changes)
        (flat, curved), (_, bend, total) = _weights(self.amplification, count), self._curve()
        after = tuple(reserve + change for reserve, change in zip(self.reserves, changes, strict=True))
        log_product = sum(np.log1p(change / reserve) for change, reserve in zip(changes, self.reserves, strict=True))
        growth = invariant(after, self.amplification) / total - 1
        for _ in range(2):
            log_term = (count + 1) * np.log1p(growth) - log_product
            excess = (flat - curved) * total * growth + bend * np.expm1(log_term) - flat * sum(changes)
            slope = (flat - curved) * total + bend * (count + 1) * np.exp(log_term) / (1 + growth)
            growth = growth - excess / slope
        return growth

    def _change(
        self,
        amounts: tuple[Amount, ...],
        shares: Amount,
        known: dict[int, Amount] | None = None,
        *,
        entering: bool = False,
    ) -> LiquidityChange:
        """Pay ``amounts`` in or out; ``known`` are reserves known better than by a difference."""
        sign = 1 if entering else -1
        reserves = tuple(reserve + sign * amount for reserve, amount in zip(self.reserves, amounts, strict=True))
        pool = self._with_reserves(dict(enumerate(reserves)) | (known or {}))
        pool = StableSwapPool(pool.reserves, self.amplification, self.fee, self.shares + sign * shares)
        return LiquidityChange(self, pool, amounts, shares)

    def _with_reserves(self, new: dict[int, Amount]) -> Self:
        """This pool with some other reserves, already known to be valid."""
        return self._replace(reserves=tuple(new.get(i, reserve) for i, reserve in enumerate(self.reserves)))


def contract_amplification(whitepaper_amplification: Amount, coins: int) -> Amount:
    """The A that the contract stores, from the A of the whitepaper: ``A·nⁿ⁻¹``.

    Raises:
        ValueError: an A that is not positive, or fewer than two coins.
    """
    return positive("whitepaper_amplification", whitepaper_amplification) * at_least("coins", coins, 2) ** (coins - 1)


def invariant(reserves: tuple[Amount, ...], amplification: Amount) -> Amount:
    """D (tokens) of reserves under the contract's A, by Newton: ``D ← (A·n·Σx + n·D_P)·D / ((A·n−1)·D + (n+1)·D_P)``.

    The equation is convex in D, so that from above every step comes closer. The start is the lower of two upper bounds:
    where Newton leads from ``n·(∏x)^(1/n)``, which is below D, and what follows from ``D_P ≤ max(2·A·n·Σx, 2·D)``.
    It is so close that few steps are enough for the most unbalanced reserves.

    Args:
        reserves: of each token, > 0.
        amplification: as in the contract, > 0.

    Raises:
        ValueError: an argument that is not positive.
        ArithmeticError: no convergence in 64 steps.
    """
    reserves = per_token("reserves", reserves, None, positive)
    amplification = positive("amplification", amplification)
    count, total = len(reserves), sum(reserves)
    flat, curved = _weights(amplification, count)
    balanced = count * prod(reserve ** (1 / count) for reserve in reserves)
    from_below = (flat * total + curved * count * balanced) / (flat + curved * count)
    root = 1 / (count + 1)
    unbalanced = balanced ** (count * root) * (2 * flat / curved) ** root * total**root
    invariant = np.minimum(from_below, np.maximum(unbalanced, balanced * 2 ** (1 / count)))
    for _ in range(_MAX_STEPS):
        product = _product_term(invariant, reserves)
        slope = (flat - curved) * invariant + curved * (count + 1) * product
        last, invariant = invariant, invariant * ((flat * total + curved * count * product) / slope)
        if np.all(np.abs(invariant - last) <= _TOLERANCE * invariant):
            return invariant
    raise ArithmeticError(f"no D in {_MAX_STEPS} steps for reserves = {reserves}, amplification = {amplification}")


def _weights(amplification: Amount, count: int) -> tuple[Amount, Amount]:
    """Weights of constant sum and constant product, ``A·n/(A·n + 1)`` and ``1/(A·n + 1)``."""
    return amplification / (amplification + 1 / count), 1 / count / (amplification + 1 / count)


def _product_term(total: Amount, reserves: tuple[Amount, ...]) -> Amount:
    """``D_P = Dⁿ⁺¹/(nⁿ·∏x)``, which is D when all reserves are equal."""
    return prod((total / (len(reserves) * reserve) for reserve in reserves), start=total)


def _answer(curve: _Curve, reserve: Amount, added: Amount, kept: Amount, lost: Amount) -> tuple[Amount, Amount]:
    """How a reserve y answers so that D stays when others change: its change t, and what it becomes.

    For a given D the invariant is a quadratic in y, and so in t (f flat, b bend):
    ``f·t² + (f·(y + added) + b)·t + y·(f·added + b·lost) = 0``. In t nothing cancels for tiny trades.

    Args:
        curve: before the change.
        reserve: y (tokens).
        added: change of the sum of the other reserves (tokens); all of them rise, or all of them fall.
        kept: product of the other reserves before, divided by the one after.
        lost: ``1 − kept``, given apart because it may be tiny.
    """
    flat, bend, _ = curve
    linear = flat * (reserve + added) + bend
    constant = reserve * (flat * added + bend * lost)
    free = flat * (reserve - added) - bend
    root = np.hypot(free, 2 * (flat * bend * reserve * kept) ** 0.5)
    large = root + np.abs(linear)
    change = np.where(linear > 0, -2 * constant / large, large / (2 * flat))
    wide = root + np.abs(free)
    after = np.where(free > 0, wide / (2 * flat), 2 * bend * reserve * kept / wide)
    return change[()], after[()]
