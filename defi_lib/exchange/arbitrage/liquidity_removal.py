"""Liquidity removal: what an owner of most of a pool takes out, and what the others' tokens are worth afterwards."""

from __future__ import annotations

from typing import Any, NamedTuple

from defi_lib.exchange.pools.pool import LiquidityChange, SharedPool, Swap
from defi_lib.validation import Amount, broadcastable, non_negative, positive, ratio, representable


class LiquidityPull(NamedTuple):
    """A removal of liquidity, and the sale of a holder who wants to leave before or after it."""

    removal: LiquidityChange  #: what the owner takes, one amount per token
    sale_before: Swap  #: the holder's sale, had it come before the removal
    sale: Swap  #: the same sale after the removal

    @property
    def pool(self) -> Any:
        """The pool after the removal and the sale."""
        return self.sale.pool

    @property
    def holder_loss(self) -> Amount:
        """What the holder receives less because he is late (the token he sells for)."""
        return self.sale_before.amount_out - self.sale.amount_out


def pull_liquidity(
    pool: SharedPool, share: Amount, sale: Amount = 0.0, token_in: int = 0, token_out: int = 1
) -> LiquidityPull:
    """Withdraw a share of the pool, after which a holder sells his tokens into what is left.

    Args:
        pool: the pool before, of any kind whose providers hold shares.
        share: part of all liquidity shares that the owner gives back, in [0, 1).
        sale: what the holder sells (``token_in``), >= 0.
        token_in: the token that the holder sells.
        token_out: the token that the holder wants.

    Raises:
        ValueError: an argument outside its range.

    Source: own derivation from the constant product. A lock of the shares, or shares burned at the start, are what
    prevents it in real pools; the owner's right to mint the token has the same effect and is not seen in the pool.
    """
    if not hasattr(pool, "shares"):
        raise ValueError(f"pool is a {type(pool).__name__} without shares: allowed is a pool whose providers hold them")
    share, sale = ratio("share", share), non_negative("sale", sale)
    broadcastable(share=share, sale=sale, reserves=pool.reserves[0])
    removal = pool.remove_liquidity(share * pool.shares)
    before = pool.swap_exact_in(sale, token_in, token_out)
    return LiquidityPull(removal, before, removal.pool.swap_exact_in(sale, token_in, token_out))


@representable
def price_factor(reserve: Amount, sale: Amount, share_removed: Amount = 0.0) -> Amount:
    """By what a sale multiplies the price after a removal, without fee: ``((1−q)·x/((1−q)·x + Δx))²``.

    Args:
        reserve: x, the pool's reserve of the token sold, before the removal, > 0.
        sale: Δx, >= 0.
        share_removed: q, part of the liquidity that was withdrawn, in [0, 1).

    Raises:
        ValueError: an argument outside its range.
    """
    left = positive("reserve", reserve) * (1 - ratio("share_removed", share_removed))
    sale = non_negative("sale", sale)
    broadcastable(reserve=left, sale=sale)
    return (left / (left + sale)) ** 2
