"""The ways in which the maker of a token takes the buyers' money, each on the pool where it is traded."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np

from defi_lib.exchange import ConstantProductPool
from defi_lib.frozen import kept
from defi_lib.ledger.transfer import OUTSIDE, Transfer, actual
from defi_lib.rounding import below
from defi_lib.validation import (
    Amount,
    between,
    broadcastable,
    non_negative,
    non_negative_or_infinite,
    one_of,
    plain,
    ratio,
)

#: What a maker can do, worst news last.
WAYS = ("insider sale", "hidden mint", "sale tax", "paused withdrawals", "pulled liquidity")


class Taken(NamedTuple):
    """What the maker took, and what it cost whom. The pool has the token (token 0) and USD (token 1)."""

    way: str
    before: ConstantProductPool
    pool: ConstantProductPool  #: after all have sold who still can
    held: Amount  #: tokens of the buyers before
    early_tokens: Amount  #: sold by buyers who saw it in time
    early: Amount  #: USD that they got
    minted: Amount  #: tokens made from nothing
    taxed: Amount  #: tokens that went from buyers to the maker
    sold: Amount  #: tokens that the maker sold
    sale: Amount  #: USD that he got for them
    pulled_tokens: Amount  #: taken out of the pool with its liquidity
    pulled: Amount  #: USD taken out with it
    late_tokens: Amount  #: sold by the other buyers
    late: Amount  #: USD that they got

    @property
    def taken(self) -> Amount:
        """USD that the maker has in the end."""
        return plain(np.asarray(self.sale) + self.pulled)

    @property
    def quoted(self) -> Amount:
        """What the buyers' tokens were worth at the last price: nobody could have got that for all of them."""
        return plain(np.asarray(self.held) * self.before.price(0, 1))

    @property
    def worth_before(self) -> Amount:
        """USD for all of the buyers' tokens, had they sold before the maker did anything."""
        return self.before.swap_exact_in(self.held, 0, 1).amount_out

    @property
    def paper(self) -> Amount:
        """The part of the quoted worth that was never anybody's money."""
        return plain(np.asarray(self.quoted) - self.worth_before)

    @property
    def buyers_lost(self) -> Amount:
        """USD that the buyers get less than if they had sold before."""
        return plain(np.asarray(self.worth_before) - self.early - self.late)

    @property
    def pool_lost(self) -> Amount:
        """USD that are missing in the pool besides: with :attr:`buyers_lost` it makes exactly what was taken.

        It is the loss of whoever provides liquidity, and of him who pulls his own the money that he had put in;
        below 0 where the buyers can no longer sell and leave their part to the pool.
        """
        return plain(np.asarray(self.taken) - self.buyers_lost)

    def transfers(
        self, maker: str = "maker", buyers: str = "buyers", pool: str = "pool", token: str = "TOKEN"
    ) -> tuple[Transfer, ...]:
        """Tokens and USD of every step."""
        return actual(
            (
                Transfer(buyers, pool, self.early_tokens, token, "sale in time"),
                Transfer(pool, buyers, self.early, "USD", "sale in time"),
                Transfer(OUTSIDE, maker, self.minted, token, "mint"),
                Transfer(buyers, maker, self.taxed, token, "tax"),
                Transfer(pool, maker, self.pulled_tokens, token, "liquidity pulled"),
                Transfer(pool, maker, self.pulled, "USD", "liquidity pulled"),
                Transfer(maker, pool, self.sold, token, "maker's sale"),
                Transfer(pool, maker, self.sale, "USD", "maker's sale"),
                Transfer(buyers, pool, self.late_tokens, token, "late sale"),
                Transfer(pool, buyers, self.late, "USD", "late sale"),
            )
        )


def insider_sale(pool: ConstantProductPool, tokens: Amount, held: Amount, first: Amount = 0.0) -> Taken:
    """The maker sells tokens that he kept for himself; then the buyers sell what they have.

    Args:
        pool: of the token (token 0) and USD (token 1).
        tokens: that the maker sells, >= 0.
        held: tokens of the buyers, >= 0.
        first: part of these that is sold before he does, in [0, 1].

    Raises:
        ValueError: an argument outside its range.

    >>> sold = insider_sale(ConstantProductPool((1000.0, 1000.0), fee=0.0), tokens=1000.0, held=500.0)
    >>> round(sold.taken, 2), round(sold.buyers_lost, 2), round(sold.pool_lost, 2)
    (500.0, 233.33, 266.67)
    """
    return _take("insider sale", pool, held, first, sold=tokens)


def hidden_mint(pool: ConstantProductPool, minted: Amount, held: Amount, first: Amount = 0.0) -> Taken:
    """The maker makes tokens from nothing and sells them: a lock of the liquidity does not stop it.

    Args:
        pool, held, first: as in :func:`insider_sale`.
        minted: tokens that he makes, >= 0.

    Raises:
        ValueError: an argument outside its range.

    >>> mint = hidden_mint(ConstantProductPool((1000.0, 1000.0), fee=0.0), minted=1e6, held=500.0)
    >>> round(mint.taken, 2), round(mint.late, 4)
    (999.0, 0.0005)
    """
    return _take("hidden mint", pool, held, first, minted=minted, sold=minted)


def sale_tax(pool: ConstantProductPool, tax: Amount, held: Amount, first: Amount = 0.0) -> Taken:
    """Of each token that a buyer sells the contract keeps a part for the maker, who sells it after them.

    Args:
        pool, held: as in :func:`insider_sale`.
        tax: in [0, 1]; 1 is a token that can be bought and not sold (a honeypot).
        first: part of the buyers' tokens that is sold before the tax is raised, in [0, 1].

    Raises:
        ValueError: an argument outside its range.

    >>> pot = sale_tax(ConstantProductPool((1000.0, 1000.0), fee=0.0), tax=1.0, held=1000.0)
    >>> pot.late, pot.taken
    (0.0, 500.0)
    """
    return _take("sale tax", pool, held, first, tax=tax)


def paused_withdrawals(
    pool: ConstantProductPool, tokens: Amount, held: Amount, first: Amount = 0.0, released: Amount = 0.0
) -> Taken:
    """The maker stops the transfers of all others, sells his own tokens, and lets go at best a part of the others'.

    Args:
        pool, tokens, held: as in :func:`insider_sale`.
        first: part of the buyers' tokens that is sold before the pause, in [0, 1].
        released: part of the rest that can be sold afterwards, in [0, 1].

    Raises:
        ValueError: an argument outside its range.

    >>> shut = paused_withdrawals(ConstantProductPool((1000.0, 1000.0), fee=0.0), tokens=1000.0, held=1000.0)
    >>> shut.late, shut.buyers_lost, shut.taken
    (0.0, 500.0, 500.0)
    """
    return _take("paused withdrawals", pool, held, first, sold=tokens, released=released)


def pull_and_sell(
    pool: ConstantProductPool,
    share: Amount,
    held: Amount,
    first: Amount = 0.0,
    *,
    day: Amount = np.inf,
    lock: Amount = 0.0,
    tokens: Amount = 0.0,
) -> Taken:
    """The maker sells what he has and takes his liquidity out of the pool, if its lock has ended.

    Args:
        pool, held, first: as in :func:`insider_sale`.
        share: part of the pool's liquidity that is his, in [0, 1).
        day: on which he tries, >= 0.
        lock: day on which the liquidity is free, >= 0; before it he can only sell.
        tokens: that he sells before, >= 0; those that come out of the pool he keeps, as nobody buys them.

    Raises:
        ValueError: an argument outside its range.

    >>> pool = ConstantProductPool((1000.0, 100_000.0), fee=0.0)
    >>> round(pull_and_sell(pool, 0.95, held=100.0).taken, 6)
    95000.0
    >>> pull_and_sell(pool, 0.95, held=100.0, day=29.0, lock=30.0).taken
    0.0
    """
    now, free = np.asarray(non_negative_or_infinite("day", day)), np.asarray(non_negative("lock", lock))
    broadcastable(day=now, lock=free, share=ratio("share", share))
    pulled = plain(np.where(below(now, free), 0.0, share))
    return _take("pulled liquidity", pool, held, first, sold=tokens, share=pulled)


def _take(
    way: str,
    pool: ConstantProductPool,
    held: Amount,
    first: Amount,
    *,
    minted: Amount = 0.0,
    sold: Amount = 0.0,
    tax: Amount = 0.0,
    share: Amount = 0.0,
    released: Amount = 1.0,
) -> Taken:
    """Some buyers sell, the maker acts, the other buyers sell what they can, and he sells what a tax brought him."""
    held, first = non_negative("held", held), between("first", first, 0.0, 1.0)
    minted, sold = non_negative("minted", minted), non_negative("tokens", sold)
    tax, share = between("tax", tax, 0.0, 1.0), ratio("share", share)
    released = between("released", released, 0.0, 1.0)
    broadcastable(held=held, first=first, sold=sold, tax=tax, share=share, released=released, reserve=pool.reserves[0])
    early = pool.swap_exact_in(plain(np.asarray(held) * first), 0, 1)
    own = early.pool.swap_exact_in(sold, 0, 1)
    after, out = own.pool, (0.0, 0.0)
    if np.any(share):
        removal = own.pool.remove_liquidity(share * own.pool.shares)
        after, out = removal.pool, removal.amounts
    left = np.asarray(held) * (1 - np.asarray(first)) * released
    late = after.swap_exact_in(plain(left * (1 - np.asarray(tax))), 0, 1)
    taxed = plain(left * tax)
    last = late.pool.swap_exact_in(taxed, 0, 1)
    return Taken(
        way,
        pool,
        last.pool,
        held,
        early.amount_in,
        early.amount_out,
        minted,
        taxed,
        plain(np.asarray(sold) + taxed),
        plain(np.asarray(own.amount_out) + last.amount_out),
        *out,
        late.amount_in,
        late.amount_out,
    )


class _Token(NamedTuple):
    pool: ConstantProductPool
    held: Amount
    tokens: Amount
    share: Amount
    lock: Amount
    mint_right: Amount
    highest_tax: Amount
    may_pause: bool


class LaunchedToken(_Token):
    """A token and its pool, with the rights that its maker kept.

    Args:
        pool: of the token (token 0) and USD (token 1).
        held: tokens of the buyers, >= 0.
        tokens: of the maker himself, >= 0.
        share: part of the pool's liquidity that is his, in [0, 1).
        lock: day on which that liquidity is free, >= 0.
        mint_right: tokens that he may make, >= 0.
        highest_tax: on a buyer's sale that he may set, in [0, 1].
        may_pause: whether he may stop the others' transfers.

    Raises:
        ValueError: an argument outside its range.

    >>> token = LaunchedToken(ConstantProductPool((1000.0, 1000.0), fee=0.0), held=500.0, share=0.9, lock=365.0)
    >>> token.take("pulled liquidity", day=10.0).taken, round(token.take("pulled liquidity", day=365.0).taken, 6)
    (0.0, 900.0)
    >>> token.most_taken(10.0).taken  # without mint, tax, pause and tokens of his own a lock does hold
    0.0
    """

    __slots__ = ()

    def __new__(
        cls,
        pool: ConstantProductPool,
        held: Amount,
        tokens: Amount = 0.0,
        share: Amount = 0.0,
        lock: Amount = 0.0,
        mint_right: Amount = 0.0,
        highest_tax: Amount = 0.0,
        may_pause: bool = False,
    ) -> Self:
        """Check the arguments."""
        held, tokens = kept(non_negative("held", held)), kept(non_negative("tokens", tokens))
        share, lock = kept(ratio("share", share)), kept(non_negative("lock", lock))
        mint_right = kept(non_negative("mint_right", mint_right))
        highest_tax = kept(between("highest_tax", highest_tax, 0.0, 1.0))
        broadcastable(held=held, tokens=tokens, share=share, lock=lock, mint_right=mint_right, highest_tax=highest_tax)
        return super().__new__(cls, pool, held, tokens, share, lock, mint_right, highest_tax, bool(may_pause))

    def take(self, way: str, day: Amount = np.inf, first: Amount = 0.0) -> Taken:
        """Let the maker use one of his rights as far as it goes; without it nothing happens, or he can only sell.

        Args:
            way: one of :data:`WAYS`.
            day: on which he does, >= 0.
            first: part of the buyers' tokens that is sold in time, in [0, 1].

        Raises:
            ValueError: another way, or an argument outside its range.
        """
        one_of("way", way, WAYS)
        day = non_negative_or_infinite("day", day)
        if way == "insider sale":
            return insider_sale(self.pool, self.tokens, self.held, first)
        if way == "hidden mint":
            return hidden_mint(self.pool, self.mint_right, self.held, first)
        if way == "sale tax":
            return sale_tax(self.pool, self.highest_tax, self.held, first)
        if way == "paused withdrawals":
            paused = 0.0 if self.may_pause else 1.0
            return paused_withdrawals(self.pool, self.tokens, self.held, first, released=paused)
        return pull_and_sell(self.pool, self.share, self.held, first, day=day, lock=self.lock)

    def most_taken(self, day: Amount = np.inf, first: Amount = 0.0) -> Taken:
        """The one way that brings the maker most on average of the scenarios; the arguments of :meth:`take`.

        Raises:
            ValueError: an argument outside its range.
        """
        return max((self.take(way, day, first) for way in WAYS), key=lambda each: float(np.mean(each.taken)))
