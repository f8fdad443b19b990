"""What the k-th buyer of a token loses on average, if its maker may take everything after any of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from defi_lib.exchange import ConstantProductPool
from defi_lib.exchange.pools.constant_product import needs_constant_product
from defi_lib.validation import Amount, at_least, between, broadcastable, plain, positive, ratio


def expected_loss_of_buyers(
    pool: ConstantProductPool,
    money: Amount,
    buyers: int,
    chance: Amount,
    wait: int,
    share: Amount = 0.95,
) -> NDArray[np.float64]:
    """Expected loss (part of what he paid, below 0 a gain) of each buyer, in the order in which they come.

    They come one after the other, each with the same money. After each of them the maker pulls his liquidity with
    ``chance``, and what is left is all that a buyer can sell into. Who is spared sells, alone, after so many others as
    he waits for, or after the last. So the first have cheap tokens and long to wait for the end; the last pay most and
    find nobody who comes after them.

    Args:
        pool: of the token (token 0) and USD (token 1).
        money: that each brings (USD), > 0.
        buyers: how many, >= 1.
        chance: that the maker acts after a buyer, if he has not yet, in [0, 1].
        wait: later buyers for whom somebody waits before he sells, >= 0.
        share: part of the liquidity that the maker pulls, in [0, 1).

    Returns:
        One row a buyer, then scenarios.

    Raises:
        ValueError: an argument outside its range, or another kind of pool.

    Source: own model. A buyer's own sale is counted and the others' are not: together they would get less.

    >>> pool = ConstantProductPool((1000.0, 1000.0), fee=0.0)
    >>> expected_loss_of_buyers(pool, 100.0, 5, 0.0, wait=2).round(3).tolist()
    [-0.374, -0.342, -0.316, -0.142, 0.0]
    """
    pool = needs_constant_product("pool", pool)
    money, chance = positive("money", money), between("chance", chance, 0.0, 1.0)
    buyers, wait, share = at_least("buyers", buyers, 1), at_least("wait", wait, 0), ratio("share", share)
    shape = broadcastable(money=money, chance=chance, share=share, reserve=pool.reserves[0], fee=pool.fee)
    pools, tokens = [], []
    for _ in range(buyers):
        step = pool.swap_exact_in(money, 1, 0)
        pool = step.pool
        pools.append(pool)
        tokens.append(step.amount_out)
    alive = 1 - np.asarray(chance, float)
    losses = np.zeros((buyers, *shape))
    for k, mine in enumerate(tokens):
        last = min(k + wait, buyers - 1)
        got, spared = np.zeros(shape), np.ones(shape)
        for now in range(k, last + 1):
            rest = pools[now].remove_liquidity(share * pools[now].shares).pool if np.any(share) else pools[now]
            got = got + spared * chance * rest.swap_exact_in(mine, 0, 1).amount_out
            spared = spared * alive
        got = got + spared * pools[last].swap_exact_in(mine, 0, 1).amount_out
        losses[k] = 1 - got / money
    return losses


def chance_to_be_spared(chance: Amount, wait: int) -> Amount:
    """Chance that the maker has not acted by the time a buyer sells: ``(1 − h)^{wait + 1}``.

    Args:
        chance: h, that he acts after a buyer, in [0, 1].
        wait: later buyers, >= 0.

    Raises:
        ValueError: an argument outside its range.

    >>> round(chance_to_be_spared(0.1, 4), 5)
    0.59049
    """
    return plain((1 - np.asarray(between("chance", chance, 0.0, 1.0), float)) ** (at_least("wait", wait, 0) + 1))
