"""What every exchange of this package has in common: its interface, and the records it returns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol, Self, TypeVar

import numpy as np

from defi_lib.ledger.transfer import OUTSIDE, Transfer
from defi_lib.rounding import TOLERANCE
from defi_lib.validation import Amount, broadcastable, fulfilled, plain, positive

#: Reason of both sides of a swap without its fee. At the price before the swap they differ by what the trader
#: lost through moving the price, so that this column of a profit table is the price impact.
PRICE_IMPACT = "price impact"

#: What the tokens of a pool are called when nobody says otherwise.
ASSETS = ("ETH", "USD")


class Pool(Protocol):
    """The contract of everything that can be traded with; tokens are numbered from 0.

    A pool is immutable. Every transition returns a record that carries the new pool in ``.pool``; a quote
    is the same call whose new pool is not kept. Amounts, prices and fees may be arrays with one entry per scenario.

    Only the pool knows its curve, so it says itself which trade brings it to a price: whoever needs that trade asks
    for it and adds up the swaps that were made, instead of knowing a formula for one kind of pool.
    """

    @property
    def reserves(self) -> tuple[Amount, ...]:
        """What the pool holds of each token (tokens)."""

    @property
    def fee(self) -> Amount:
        """Trading fee of the next trade, as a ratio of what is paid in."""

    def price(self, token: int = 0, quote: int = 1) -> Amount:
        """Marginal price of ``token`` in units of ``quote``, without fee."""

    def swap_exact_in(self, amount_in: Amount, token_in: int = 0, token_out: int = 1) -> Swap:
        """Sell exactly ``amount_in`` of ``token_in``."""

    def swap_exact_out(self, amount_out: Amount, token_in: int = 0, token_out: int = 1) -> Swap:
        """Buy exactly ``amount_out`` of ``token_out``."""

    def trade_to(self, price: Amount, token: int = 0, quote: int = 1, *, after_fee: bool = False) -> tuple[Swap, Swap]:
        """The trade that moves the price of ``token`` in units of ``quote`` to ``price``: ``(bought, sold)``.

        ``bought`` pays ``quote`` for ``token`` where the price is too low; ``sold``, which starts from
        ``bought.pool``, pays ``token`` for ``quote`` where it is too high. In each scenario at most one of the two is
        more than nothing, and ``sold.pool`` is the pool after both.

        Args:
            price: of ``token`` in units of ``quote``, > 0.
            token, quote: two different tokens of the pool.
            after_fee: what it is that comes to ``price``.
                ``False``: the pool's price, so that ``sold.pool.price(token, quote)`` is ``price``. What of the fee
                stays in the reserves moves the price too.
                ``True``: what the last bit of the trade cost, its fee included: the most profitable trade against an
                outside market with this price. A buyer stops when the curve's price, moved by what was paid *without*
                fee, is ``γ·price``, a seller when it is ``price/γ``, ``γ = 1 − fee`` as before the trade; between the
                two (:func:`~defi_lib.exchange.no_trade_band`) nothing is traded.

        Where prices come in steps, as in an order book, the trade goes as near as it can without passing ``price``.

        Raises:
            ValueError: a price that is not positive, or that one trade cannot reach, or a token that the pool does
                not have.
        """

    def with_fee(self, fee: Amount) -> Self:
        """The same pool with another fee (ratio, in [0, 1)) from now on; ``ValueError`` outside this range."""


class SharedPool(Pool, Protocol):
    """A pool whose providers own shares of all that it holds, as opposed to orders or ranges of their own."""

    @property
    def shares(self) -> Amount:
        """Liquidity shares in circulation."""

    def add_liquidity(self, amounts: tuple[Amount, ...]) -> LiquidityChange:
        """Deposit one amount per token and receive shares."""

    def remove_liquidity(self, shares: Amount) -> LiquidityChange:
        """Give back shares and receive a part of every reserve."""


class Swap(NamedTuple):
    """What happened in a swap, seen by the trader. Amounts in tokens; prices in ``token_out`` per ``token_in``."""

    before: Any  #: the pool before
    pool: Any  #: the pool after
    amount_in: Amount  #: paid by the trader, fee included
    amount_out: Amount  #: received by the trader
    fee: Amount  #: the part of ``amount_in`` that was the fee
    token_in: int
    token_out: int

    @property
    def price_before(self) -> Amount:
        """Marginal price before the trade, without fee."""
        return self.before.price(self.token_in, self.token_out)

    @property
    def price_after(self) -> Amount:
        """Marginal price after the trade, without fee."""
        return self.pool.price(self.token_in, self.token_out)

    @property
    def average_price(self) -> Amount:
        """What the trader got per unit paid, fee included; the price after fee where nothing was traded."""
        untraded = self.price_before * (1 - self.before.fee)
        return _ratio_or(self.amount_out, self.amount_in, untraded)

    @property
    def price_impact(self) -> Amount:
        """Shortfall against the marginal price that comes from moving the price (ratio), without the fee."""
        fair = (self.amount_in - self.fee) * self.price_before
        return 1 - _ratio_or(self.amount_out, fair, 1.0)

    @property
    def cost(self) -> Amount:
        """Shortfall against the marginal price, price impact and fee together (ratio)."""
        return 1 - self.average_price / self.price_before

    def transfers(
        self, trader: str = "trader", pool: str = "pool", assets: Sequence[str] = ASSETS
    ) -> tuple[Transfer, ...]:
        """The fee, what the trader paid besides, and what he received.

        Args:
            trader, pool: their names; what a pool gets, its providers own.
            assets: the names of the pool's tokens, in the pool's order.

        Raises:
            ValueError: too few names of assets.
        """
        paid, received = self._traded(assets)
        return (
            Transfer(trader, pool, self.fee, paid, "fee"),
            Transfer(trader, pool, self.amount_in - self.fee, paid, PRICE_IMPACT),
            Transfer(pool, trader, self.amount_out, received, PRICE_IMPACT),
        )

    def _traded(self, assets: Sequence[str]) -> tuple[str, str]:
        """The names of the token paid and of the token received."""
        if max(self.token_in, self.token_out) >= len(assets):
            raise ValueError(f"assets = {tuple(assets)!r}: allowed are the names of all tokens of the pool")
        return assets[self.token_in], assets[self.token_out]


class LiquidityChange(NamedTuple):
    """What happened when liquidity was added (amounts paid in) or removed (amounts received)."""

    before: Any  #: the pool before
    pool: Any  #: the pool after
    amounts: tuple[Amount, ...]  #: tokens that moved, one per token
    shares: Amount  #: shares minted to, or burned from, the provider
    protocol_shares: Amount = 0.0  #: shares minted to the protocol in the same step

    def transfers(
        self, provider: str = "provider", pool: str = "pool", protocol: str = "protocol", assets: Sequence[str] = ASSETS
    ) -> tuple[Transfer, ...]:
        """What the provider paid in for new shares, or got back for shares that are burned: ``"<pool> share"``.

        What a pool keeps until it is collected (Uniswap v3) moves when it is collected. Of what is so little that the
        pool's reserves do not feel it, nothing is written.

        Args:
            provider, pool, protocol: their names; the protocol gets the shares that pay its part of the fees.
            assets: the names of the pool's tokens, in the pool's order.

        Raises:
            ValueError: not one name for each token.
        """
        if len(assets) != len(self.amounts):
            raise ValueError(f"assets = {tuple(assets)!r}: allowed are the names of all {len(self.amounts)} tokens")
        share, reason = f"{pool} share", "liquidity"
        now = self.pool.reserves
        held = [0.0 * amount for amount in now] if self.before is None else self.before.reserves
        paid = any(np.any(np.greater(after, before)) for after, before in zip(now, held, strict=True))
        moved = any(np.any(np.not_equal(after, before)) for after, before in zip(now, held, strict=True))
        moves = []
        if moved:
            payer, payee = (provider, pool) if paid else (pool, provider)
            pairs = zip(assets, self.amounts, strict=True)
            moves = [Transfer(payer, payee, amount, asset, reason) for asset, amount in pairs]
        elif all(np.all(np.equal(h + amount, h)) for h, amount in zip(held, self.amounts, strict=True)):
            return ()
        payer, payee = (OUTSIDE, provider) if paid else (provider, OUTSIDE)
        moves.append(Transfer(payer, payee, self.shares, share, reason))
        if np.any(self.protocol_shares):
            moves.append(Transfer(OUTSIDE, protocol, self.protocol_shares, share, "protocol fee"))
        return tuple(moves)


class BalanceChange(NamedTuple):
    """Tokens that came to a pool, or left it, without a trade and without shares."""

    before: Any  #: the pool before
    pool: Any  #: the pool after
    amounts: tuple[Amount, ...]  #: what the pool got, one per token; what was taken away is negative

    def transfers(
        self, party: str = "giver", pool: str = "pool", assets: Sequence[str] = ASSETS
    ) -> tuple[Transfer, ...]:
        """From the party to the pool, and what is negative from the pool to the party.

        Raises:
            ValueError: not one name for each token.
        """
        if len(assets) != len(self.amounts):
            raise ValueError(f"assets = {tuple(assets)!r}: allowed are the names of all {len(self.amounts)} tokens")
        moves = []
        for asset, amount in zip(assets, self.amounts, strict=True):
            moves.append(Transfer(party, pool, plain(np.maximum(amount, 0.0)), asset, "donation"))
            moves.append(Transfer(pool, party, plain(np.maximum(np.negative(amount), 0.0)), asset, "donation"))
        return tuple(move for move in moves if np.any(move.amount))


def _ratio_or(part: Amount, whole: Amount, default: Amount) -> Amount:
    """``part / whole``, and ``default`` where ``whole`` is zero."""
    if np.ndim(part) == 0 and np.ndim(whole) == 0:
        return part / whole if whole else default
    part, whole = np.broadcast_arrays(part, whole)
    out = np.array(np.broadcast_to(default, part.shape), dtype=float)
    return np.divide(part, whole, out=out, where=whole != 0)


_State = TypeVar("_State", bound=tuple)


def replaced(state: _State, **fields: Any) -> _State:
    """A state, which is a ``NamedTuple``, with some fields replaced unchecked; a subclass keeps what it added."""
    new: _State = state._replace(**fields)  # type: ignore[attr-defined]
    if added := getattr(state, "__dict__", None):
        new.__dict__.update(added)
    return new


def price_gaps(
    pool: Pool, price: Amount, token: int = 0, quote: int = 1, *, after_fee: bool = False
) -> tuple[Amount, Amount]:
    """For ``trade_to``: how far a trade must raise the curve's price of ``token``, and of ``quote`` (ratios, >= 0).

    ``κ·p/P − 1`` and ``κ·P/p − 1`` where positive, P the pool's price and κ either 1 or, ``after_fee``, ``1 − fee``.

    Raises:
        ValueError: a price that is not positive, or too far away for a float, or shapes that do not fit together.
    """
    price, spot, fee = positive("price", price), pool.price(token, quote), pool.fee
    held = {f"reserve_{number}": pool.reserves[number] for number in (token, quote)}
    broadcastable(**held, fee=fee, price=price, **{"the pool's price": spot})
    kept = 1 - fee if after_fee else 1.0
    with np.errstate(over="ignore"):
        up, down = (kept * price - spot) / spot, (kept * spot - price) / price
    fulfilled("price", price, np.isfinite(up + down), "are prices nearer to the pool's")
    # At the edge to within rounding there is nothing to trade.
    return plain(np.where(up > TOLERANCE, up, 0.0)), plain(np.where(down > TOLERANCE, down, 0.0))


__all__ = ["Amount", "BalanceChange", "LiquidityChange", "Pool", "Self", "SharedPool", "Swap", "price_gaps", "replaced"]
