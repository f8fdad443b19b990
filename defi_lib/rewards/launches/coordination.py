"""The game of (3,3): why holding together looked like the best move, and what the table leaves out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from defi_lib.exchange import Pool
from defi_lib.rounding import below
from defi_lib.validation import (
    Amount,
    between,
    broadcastable,
    finite,
    non_negative,
    one_number,
    positive,
    representable,
)

#: Moves in :func:`three_three_game`.
STAKE, BOND, SELL = 0, 1, 2
#: Moves in :func:`cash_game`.
HOLD, CASH_OUT = 0, 1


@representable
def three_three_game(price_effect: float = 2.0, bond_discount: float = 1.0) -> NDArray[np.float64]:
    """Payoff of the row player as Olympus put it; by symmetry the column player's is the transpose.

    Staking moves the price up and selling moves it down by ``price_effect``; who moves it gets half of that on top.
    Bonding leaves the price and gives a discount. Where one stakes or bonds and the other sells, the seller takes
    half of the effect from the other. Rows and columns: stake, bond, sell.

    The payoffs are points, not money: nothing says who pays six points when both stake. See :func:`cash_game`.

    Args:
        price_effect: points, >= 0.
        bond_discount: points, >= 0.

    Raises:
        ValueError: a negative argument.

    Source: OlympusDAO, *The Game (Theory) of Olympus* (2021) for the rules and the sum of each pair of moves; the split
    of the sums is from memory.
    """
    effect = one_number("price_effect", non_negative("price_effect", price_effect))
    discount = one_number("bond_discount", non_negative("bond_discount", bond_discount))
    half = effect / 2
    return np.array(
        [
            [effect + half, effect + half, -half],
            [discount, discount, -half],
            [half, half, -effect - half],
        ]
    )


def cash_game(pool: Pool, tokens: Amount, growth: Amount = 0.0, new_money: Amount = 0.0) -> NDArray[np.float64]:
    """Money (USD) that the row player gets out of the pool if both players hold ``tokens`` each.

    Who cashes out sells now. Who holds is paid ``growth`` in new tokens, and sells all of them after ``new_money`` has
    bought. Who sells at the same time shares alike. Without growth and new money, both get as much by holding as by
    selling, but who sells first has more, whatever the other does. Growth alone is paid by the pool's providers.

    Args:
        pool: of any kind, of the token (token 0) and USD (token 1).
        tokens: that each of the two holds, > 0.
        growth: of the tokens of who holds (ratio), >= 0.
        new_money: that buyers bring in the meantime (USD), >= 0.

    Returns:
        Payoffs (USD); own move first, then the other's (hold, cash out), then scenarios.

    Raises:
        ValueError: an argument outside its range.

    Source: own model.
    """
    tokens, growth = positive("tokens", tokens), non_negative("growth", growth)
    new_money = non_negative("new_money", new_money)
    broadcastable(tokens=tokens, growth=growth, new_money=new_money, reserve=pool.reserves[0], fee=pool.fee)
    grown = tokens * (1 + growth)
    both_hold = pool.swap_exact_in(new_money, 1, 0).pool.swap_exact_in(2 * grown, 0, 1).amount_out / 2
    first = pool.swap_exact_in(tokens, 0, 1)
    second = first.pool.swap_exact_in(new_money, 1, 0).pool.swap_exact_in(grown, 0, 1).amount_out
    both_sell = pool.swap_exact_in(2 * tokens, 0, 1).amount_out / 2
    payoffs = np.stack(np.broadcast_arrays(both_hold, second, first.amount_out, both_sell))
    return payoffs.reshape(2, 2, *payoffs.shape[1:])


def equilibria(payoffs: Amount, tolerance: float = 0.0) -> list[tuple[int, int]]:
    """Pairs of moves in which neither player of a symmetric game gains by moving alone (Nash, pure strategies).

    Args:
        payoffs: of the row player, own move first, then the other's.
        tolerance: gains up to this do not tempt anybody, >= 0.

    Raises:
        ValueError: a table that is not square.

    Source: Nash (1950).
    """
    table = np.asarray(finite("payoffs", payoffs))
    if table.ndim != 2 or table.shape[0] != table.shape[1]:
        raise ValueError(f"payoffs has shape {table.shape}: allowed is a square table of one game")
    enough = np.max(table, axis=0) - between("tolerance", tolerance, 0.0, np.inf, high_open=True)
    best = ~np.asarray(below(table, enough, scale=np.max(np.abs(table), axis=0)))
    return [(int(row), int(column)) for row, column in np.argwhere(best & best.T)]
