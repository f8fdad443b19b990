"""Constant product pool: the exchange of Uniswap v2."""

from __future__ import annotations

from typing import Any, NamedTuple, Self

import numpy as np

from defi_lib.exchange.pools.pool import BalanceChange, LiquidityChange, Swap, price_gaps, replaced
from defi_lib.frozen import kept
from defi_lib.rounding import below, rest
from defi_lib.validation import Amount, between, broadcastable, non_negative, per_token, positive, ratio, token_pair

#: Builds a record from values already known to be valid, in half the time of its constructor.
_record = tuple.__new__

#: Shares locked for ever by the first deposit: 1000 of the smallest units of an 18-decimal share.
MINIMUM_LIQUIDITY = 1e-15


class _State(NamedTuple):
    reserves: tuple[Amount, Amount]
    fee: Amount
    shares: Amount
    protocol_fee: Amount
    root_k_last: Amount


class ConstantProductPool(_State):
    """Two reserves whose product no trade can lower: ``x·y = k``.

    Args:
        reserves: tokens held of token 0 and token 1, each > 0.
        fee: ratio of the amount paid in, in [0, 1). It stays in the pool, so k grows with each trade.
        shares: liquidity shares in circulation (tokens); by default ``√(x·y)``, as after a first deposit.
        protocol_fee: part of the fee income that goes to the protocol, in [0, 1); 1/6 in Uniswap v2 when on.
        root_k_last: ``√(x·y)`` when the protocol was last paid; by default now.

    Every argument may be an array with one entry per scenario.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: Adams, Zinsmeister, Robinson, *Uniswap v2 Core* (2020); Angeris et al., arXiv:1911.03380.
    The contract computes in integers and rounds every amount against the user by up to one smallest unit.
    """

    __slots__ = ()

    def __new__(
        cls,
        reserves: tuple[Amount, Amount],
        fee: Amount = 0.003,
        shares: Amount | None = None,
        protocol_fee: Amount = 0.0,
        root_k_last: Amount | None = None,
    ) -> Self:
        """Check the arguments and build the pool."""
        x, y = map(kept, per_token("reserves", reserves, 2, positive))
        broadcastable(**{"reserves[0]": x, "reserves[1]": y})
        fee, protocol_fee = kept(ratio("fee", fee)), kept(ratio("protocol_fee", protocol_fee))
        root_k = kept(_root_product(x, y))
        shares = root_k if shares is None else kept(positive("shares", shares))
        last = root_k if root_k_last is None else kept(non_negative("root_k_last", root_k_last))
        broadcastable(reserve_0=x, reserve_1=y, fee=fee, shares=shares, protocol_fee=protocol_fee, root_k_last=last)
        return super().__new__(cls, (x, y), fee, shares, protocol_fee, last)

    def price(self, token: int = 0, quote: int = 1) -> Amount:
        """Marginal price of ``token`` in units of ``quote``, without fee: ``reserve_quote / reserve_token``."""
        token_pair(token, quote, 2, ("token", "quote"))
        return self.reserves[quote] / self.reserves[token]

    def swap_exact_in(self, amount_in: Amount, token_in: int = 0, token_out: int = 1) -> Swap:
        """Sell exactly ``amount_in`` (tokens, >= 0): ``Δy = y·γΔx / (x + γΔx)``, ``γ = 1 − fee``.

        Raises:
            ValueError: a negative amount, or a token that the pool does not have.
        """
        amount_in = non_negative("amount_in", amount_in)
        token_pair(token_in, token_out, 2)
        reserve_in, reserve_out = self.reserves[token_in], self.reserves[token_out]
        if type(amount_in) is not float:
            broadcastable(amount_in=amount_in, reserve_in=reserve_in, reserve_out=reserve_out, fee=self.fee)
        fee = amount_in * self.fee
        net_in = amount_in - fee
        reserve_net = reserve_in + net_in
        # Two ratios instead of a difference: neither side can round to zero or below.
        amount_out = reserve_out * (net_in / reserve_net)
        left = reserve_out * (reserve_in / reserve_net)
        pool = self._holding(reserve_in + amount_in, left, token_in)
        return _record(Swap, (self, pool, amount_in, amount_out, fee, token_in, token_out))

    def swap_exact_out(self, amount_out: Amount, token_in: int = 0, token_out: int = 1) -> Swap:
        """Buy exactly ``amount_out`` (tokens): ``Δx = x·Δy / ((y − Δy)·γ)``.

        Raises:
            ValueError: an amount outside [0, reserve of ``token_out``), or a token that the pool does not have.
        """
        token_pair(token_in, token_out, 2)
        reserve_in, reserve_out = self.reserves[token_in], self.reserves[token_out]
        amount_out = between("amount_out", amount_out, 0.0, reserve_out, high_open=True)
        left = positive("reserve of token_out − amount_out", rest(reserve_out, amount_out))
        net_in = reserve_in * (amount_out / left)
        amount_in = net_in / (1 - self.fee)
        pool = self._holding(reserve_in + amount_in, left, token_in)
        return _record(Swap, (self, pool, amount_in, amount_out, amount_in * self.fee, token_in, token_out))

    def trade_to(self, price: Amount, token: int = 0, quote: int = 1, *, after_fee: bool = False) -> tuple[Swap, Swap]:
        """The trade that moves the price to ``price``, ``(bought, sold)``; contract and arguments as in :class:`Pool`.

        A price that must rise by the part e takes, in units of the reserve paid into, ``δ`` with
        ``(1 + δ)·(1 + γδ) = 1 + e``; after fee, ``(√(1 + e) − 1)/γ``.

        Raises:
            ValueError: a price that is not positive, or a token that the pool does not have.

        >>> pool = ConstantProductPool((1000.0, 2e6))
        >>> bought, sold = pool.trade_to(2100.0)
        >>> round(bought.amount_in, 2), sold.amount_in, round(sold.pool.price(), 9)
        (49464.35, 0.0, 2100.0)
        """
        up, down = price_gaps(self, price, token, quote, after_fee=after_fee)
        bought = self.swap_exact_in(self.reserves[quote] * _paid_in(up, self.fee, after_fee), quote, token)
        sold = self.reserves[token] * _paid_in(down, self.fee, after_fee)
        return bought, bought.pool.swap_exact_in(sold, token, quote)

    def with_fee(self, fee: Amount) -> Self:
        """The same pool with another fee (ratio, in [0, 1)) from now on.

        Raises:
            ValueError: a fee outside its range, or of a shape that does not fit.

        >>> ConstantProductPool((1000.0, 2e6)).with_fee(0.0005).fee
        0.0005
        """
        fee = kept(ratio("fee", fee))
        broadcastable(reserve_0=self.reserves[0], reserve_1=self.reserves[1], fee=fee, shares=self.shares)
        return replaced(self, fee=fee)

    def matching_amount(self, amount: Amount, token: int = 0) -> Amount:
        """How much of the other token must accompany ``amount`` of ``token`` in a deposit (the router's quote)."""
        amount, price = non_negative("amount", amount), self.price(token, 1 - token)
        broadcastable(amount=amount, price=price)
        with np.errstate(over="ignore"):
            return non_negative("amount at the pool's price", amount * price)

    def add_liquidity(self, amounts: tuple[Amount, Amount]) -> LiquidityChange:
        """Deposit both tokens (each > 0) and receive ``shares·min(Δx/x, Δy/y)``.

        As in the contract, what one amount exceeds the pool's ratio by is a gift to the pool: use
        :meth:`matching_amount`. When the protocol fee is on, the protocol is paid first.

        Raises:
            ValueError: an amount that is not positive, or not exactly two amounts.
        """
        dx, dy = per_token("amounts", amounts, 2, positive)
        x, y = self.reserves
        broadcastable(**{"amounts[0]": dx, "amounts[1]": dy, "reserves[0]": x, "reserves[1]": y})
        protocol_shares = self._protocol_shares()
        circulating = self.shares + protocol_shares
        minted = circulating * np.minimum(dx / x, dy / y)
        pool = self._with_liquidity((x + dx, y + dy), circulating + minted)
        return LiquidityChange(self, pool, (dx, dy), minted, protocol_shares)

    def remove_liquidity(self, shares: Amount) -> LiquidityChange:
        """Give back shares (0 to all but the last) and receive the same part of both reserves.

        Raises:
            ValueError: shares outside [0, shares in circulation).
        """
        protocol_shares = self._protocol_shares()
        circulating = self.shares + protocol_shares
        shares = between("shares", shares, 0.0, self.shares, high_open=True)
        left = positive("shares in circulation − shares", rest(self.shares, shares)) + protocol_shares
        part, kept_part = shares / circulating, left / circulating
        x, y = self.reserves
        pool = self._with_liquidity((x * kept_part, y * kept_part), left)
        return LiquidityChange(self, pool, (x * part, y * part), shares, protocol_shares)

    def donate(self, amounts: tuple[Amount, Amount]) -> BalanceChange:
        """Give tokens (each >= 0) to all who hold shares: sent to the pool and counted, with nothing in return.

        What is not in proportion moves the price, so that arbitrageurs take a part of it. The protocol's part of the
        growth of k is that of a fee. In the contract a donation is a plain transfer; until somebody calls ``sync`` the
        tokens are nobody's, and whoever calls ``skim`` or trades first can have them.

        Raises:
            ValueError: a negative amount, or not exactly two amounts.

        >>> ConstantProductPool((100.0, 100.0)).donate((0.0, 21.0)).pool.price()
        1.21
        """
        dx, dy = per_token("amounts", amounts, 2, non_negative)
        x, y = self.reserves
        broadcastable(**{"amounts[0]": dx, "amounts[1]": dy, "reserves[0]": x, "reserves[1]": y})
        return BalanceChange(self, self._counting((x + dx, y + dy)), (dx, dy))

    def sync(self, balances: tuple[Amount, Amount]) -> BalanceChange:
        """Take for reserves what the pool really holds (tokens, each > 0), more or less than it knew.

        Raises:
            ValueError: a balance that is not positive, or not exactly two.
        """
        x, y = per_token("balances", balances, 2, positive)
        before_x, before_y = self.reserves
        broadcastable(**{"balances[0]": x, "balances[1]": y, "reserves[0]": before_x, "reserves[1]": before_y})
        return BalanceChange(self, self._counting((x, y)), (x - before_x, y - before_y))

    def skim(self, balances: tuple[Amount, Amount]) -> BalanceChange:
        """Take away what the pool really holds (tokens) above its reserves, which stay as they are: the amounts are
        negative, and whoever asks first gets them.

        Raises:
            ValueError: a balance below the reserve, which the contract refuses too, or not exactly two.
        """
        held = per_token("balances", balances, 2, positive)
        for i, (balance, reserve) in enumerate(zip(held, self.reserves, strict=True)):
            if np.any(below(balance, reserve)):
                between(f"balances[{i}]", balance, reserve, np.inf)
        amounts = tuple(
            np.minimum(0.0 - rest(balance, reserve), 0.0) for balance, reserve in zip(held, self.reserves, strict=True)
        )
        return BalanceChange(self, self, amounts)

    def _protocol_shares(self) -> Amount:
        """Shares that pay the protocol its part φ of the growth of √k: ``S·(√k − √k₀)/((1/φ − 1)·√k + √k₀)``."""
        root_k = _root_product(*self.reserves)
        growth = self.protocol_fee * (root_k - self.root_k_last)
        owed = self.shares * growth / ((1 - self.protocol_fee) * root_k + self.protocol_fee * self.root_k_last)
        return np.maximum(owed, 0.0)

    def _holding(self, reserve_in: Amount, reserve_out: Amount, token_in: int) -> Self:
        """This pool with other reserves, already known to be valid."""
        reserves = (reserve_in, reserve_out) if token_in == 0 else (reserve_out, reserve_in)
        if type(self) is not ConstantProductPool:
            return replaced(self, reserves=reserves)
        _, fee, shares, protocol_fee, root_k_last = self
        new: Self = _record(type(self), (reserves, fee, shares, protocol_fee, root_k_last))
        return new

    def _counting(self, reserves: tuple[Amount, Amount]) -> Self:
        """This pool with other reserves that came without a trade."""
        x, y = per_token("reserves", reserves, 2, positive)
        return replaced(self, reserves=(kept(x), kept(y)))

    def _with_liquidity(self, reserves: tuple[Amount, Amount], shares: Amount) -> Self:
        """This pool after a deposit or withdrawal, with which the protocol was paid."""
        x, y = per_token("reserves", reserves, 2, positive)
        return replaced(self, reserves=(x, y), shares=positive("shares", shares), root_k_last=_root_product(x, y))


def open_pool(
    amounts: tuple[Amount, Amount],
    fee: Amount = 0.003,
    protocol_fee: Amount = 0.0,
    minimum_liquidity: float = MINIMUM_LIQUIDITY,
) -> LiquidityChange:
    """The first deposit (tokens, each > 0): ``√(x·y)`` shares, of which ``minimum_liquidity`` are locked for ever.

    Locking them makes it dear to push the value of one share so high that nobody small can enter.

    Raises:
        ValueError: an amount that is not positive, a deposit worth no more than the locked shares, or a negative
            ``minimum_liquidity``.
    """
    x, y = per_token("amounts", amounts, 2, positive)
    pool = ConstantProductPool((x, y), fee, protocol_fee=protocol_fee)
    locked = non_negative("minimum_liquidity", minimum_liquidity)
    minted = positive("√(amounts[0]·amounts[1]) − minimum_liquidity", pool.shares - locked)
    return LiquidityChange(None, pool, pool.reserves, minted)


def _paid_in(rise: Amount, fee: Amount, after_fee: bool) -> Amount:
    """What to pay in, in units of its reserve, to raise the other token's price by the part ``rise``; no digit lost."""
    gamma = 1 - fee
    if after_fee:
        return rise / (1 + np.sqrt(1 + rise)) / gamma
    return 2 * rise / (1 + gamma + np.sqrt((1 + gamma) ** 2 + 4 * gamma * rise))


def needs_constant_product(name: str, pool: Any, *, fee_may_change: bool = False) -> ConstantProductPool:
    """``pool``, if closed forms for a constant product are right for it.

    Args:
        name: what the caller's argument is called.
        pool: whatever was given.
        fee_may_change: whether the formula holds although each trade may change the fee of the next, as in a subclass
            that computes its fee.

    Raises:
        ValueError: another kind of pool, or a subclass that trades differently; it names the class.

    >>> from defi_lib.exchange import WeightedPool
    >>> needs_constant_product("pool", WeightedPool((1.0, 1.0), (0.8, 0.2)))
    Traceback (most recent call last):
    ValueError: pool is a WeightedPool: allowed is a ConstantProductPool, for which the formula holds
    """
    kind = type(pool)
    if kind is ConstantProductPool:
        return pool
    own = ("price", "swap_exact_in", "swap_exact_out", "reserves", *(() if fee_may_change else ("fee",)))
    if not isinstance(pool, ConstantProductPool):
        raise ValueError(f"{name} is a {kind.__name__}: allowed is a ConstantProductPool, for which the formula holds")
    for part in own:
        if getattr(kind, part) is not getattr(ConstantProductPool, part):
            raise ValueError(f"{name} is a {kind.__name__} with its own {part}: allowed is that of ConstantProductPool")
    return pool


def _root_product(x: Amount, y: Amount) -> Amount:
    """``√(x·y)`` without overflow."""
    return x**0.5 * y**0.5
