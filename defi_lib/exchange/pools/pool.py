"""What every exchange of this package has in common: its interface, and the records it returns."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol, Self

import numpy as np

from defi_lib.validation import Amount


class Pool(Protocol):
    """The interface shared by all pools; tokens are numbered from 0.

    A pool is immutable. Every transition returns a record that carries the new pool in ``.pool``; a quote
    is the same call whose new pool is not kept.
    """

    @property
    def reserves(self) -> tuple[Amount, ...]:
        """What the pool holds of each token (tokens)."""

    @property
    def fee(self) -> Amount:
        """Trading fee as a ratio of what is paid in."""

    @property
    def shares(self) -> Amount:
        """Liquidity shares in circulation."""

    def price(self, token: int = 0, quote: int = 1) -> Amount:
        """Marginal price of ``token`` in units of ``quote``, without fee."""

    def swap_exact_in(self, amount_in: Amount, token_in: int = 0, token_out: int = 1) -> Swap:
        """Sell exactly ``amount_in`` of ``token_in``."""

    def swap_exact_out(self, amount_out: Amount, token_in: int = 0, token_out: int = 1) -> Swap:
        """Buy exactly ``amount_out`` of ``token_out``."""

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


class LiquidityChange(NamedTuple):
    """What happened when liquidity was added (amounts paid in) or removed (amounts received)."""

    before: Any  #: the pool before
    pool: Any  #: the pool after
    amounts: tuple[Amount, ...]  #: tokens that moved, one per token
    shares: Amount  #: shares minted to, or burned from, the provider
    protocol_shares: Amount = 0.0  #: shares minted to the protocol in the same step


def _ratio_or(part: Amount, whole: Amount, default: Amount) -> Amount:
    """``part / whole``, and ``default`` where ``whole`` is zero."""
    if np.ndim(part) == 0 and np.ndim(whole) == 0:
        return part / whole if whole else default
    part, whole = np.broadcast_arrays(part, whole)
    out = np.array(np.broadcast_to(default, part.shape), dtype=float)
    return np.divide(part, whole, out=out, where=whole != 0)


__all__ = ["Amount", "LiquidityChange", "Pool", "Self", "Swap"]
