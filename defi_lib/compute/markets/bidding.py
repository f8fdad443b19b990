"""The rule decides: sealed asks by first or second price, or open asks, with rings and with rivals who do not exist."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from defi_lib.compute.markets.procurement import Award, equilibrium_ask_first_price, reverse_auction, ring_asks
from defi_lib.validation import Amount, Whole, at_least, between, broadcastable, non_negative, one_of, plain, whole

RULES = ("second price", "first price", "pay as asked")


def procure(
    costs: Amount, reserve: float, rule: str = "second price", *, low: float = 0.0, ring: int = 0, fakes: int = 0
) -> Award:
    """A buyer needs one unit; sellers ask what is best for them by the rule that is in force.

    ``"second price"``: sealed, the cheapest gets the second lowest ask; truth is best, whatever others do.
    ``"first price"``: sealed, the cheapest gets his ask; each asks :func:`sealed_asks`, which depends on how many
    rivals he believes in. ``"pay as asked"``: asks are open, as on Akash, and sellers undercut each other while it
    pays; the cheapest stops just below the second lowest cost. A ring competes with its cheapest member alone, by
    every rule. Fakes are names without machines that ask the reserve: they never sell, and count only for who must
    guess his rivals.

    Args:
        costs: USD, sellers along the last axis, one at least; in [low, reserve] by the first price.
        reserve: most that the buyer pays (USD), > low.
        rule: ``"second price"``, ``"first price"`` or ``"pay as asked"``.
        low: least possible cost (USD), >= 0; costs are uniform from there to the reserve, as sellers believe.
        ring: how many sellers collude, the first ones, from 0 to all.
        fakes: names of nobody, >= 0, which all sellers take for rivals.

    Raises:
        ValueError: an argument outside its range, or no seller.

    Source: Vickrey (1961); Krishna, *Auction Theory*.

    >>> [procure([1.0, 2.0, 3.0], 4.0, rule).price for rule in RULES]
    [2.0, 2.0, 2.0]
    >>> procure([1.0, 2.0, 3.0], 4.0, "first price", fakes=3).price
    1.5
    """
    one_of("rule", rule, RULES)
    costs = np.atleast_1d(non_negative("costs", costs))
    at_least("number of sellers", costs.shape[-1], 1), at_least("fakes", fakes, 0)
    if rule == "first price":
        believed = costs.shape[-1] + fakes
        return reverse_auction(sealed_asks(costs, believed, low, reserve, ring), reserve, rule="first price")
    sealed = reverse_auction(ring_asks(costs, ring, reserve), reserve)
    if rule == "second price":
        return sealed
    return Award(np.where(sealed.won, sealed.paid, sealed.asks), sealed.won, sealed.paid)


def sealed_asks(costs: Amount, believed: int, low: float, high: float, ring: int = 0) -> NDArray[np.float64]:
    """Asks (USD) by the first price of sellers who believe in so many bidders: ``c + (high − c)/N``.

    The cheapest of a ring of m knows of ``N − m`` rivals, who suspect nothing: ``c + (high − c)/(N − m + 1)``, but not
    less than ``low + (high − low)/N``, below which nobody else asks; the others of the ring ask ``high``.

    Args:
        costs: USD, in [low, high], sellers along the last axis.
        believed: N, bidders in whom each believes, those in the ring included, at least as many as there are.
        low, high: limits of the costs (USD), which are uniform between them; ``high`` is the reserve price.
        ring: m, how many sellers collude, the first ones, from 0 to all.

    Raises:
        ValueError: an argument outside its range.

    Source: Krishna, *Auction Theory*; for the ring own derivation: its best answer to asks of that form.

    >>> sealed_asks([1.0, 2.0], 2, 0.0, 4.0).tolist()
    [2.5, 3.0]
    """
    costs = np.atleast_1d(np.asarray(costs, dtype=float))
    sellers = at_least("number of sellers", costs.shape[-1], 1)
    count = at_least("believed", believed, sellers)
    members = int(whole("ring", ring, 0, sellers))
    asks = np.array(equilibrium_ask_first_price(costs, count, low, high))
    if members > 1:
        inside = costs[..., :members]
        competes = np.arange(members) == np.argmin(inside, axis=-1)[..., np.newaxis]
        alone = np.maximum(inside + (high - inside) / (count - members + 1), low + (high - low) / count)
        asks[..., :members] = np.where(competes, alone, high)
    return asks


def believed_price(bidders: Whole, believed: Whole, low: float = 0.0, high: float = 1.0, ring: Whole = 1) -> Amount:
    """Mean price (USD) of one unit by the first price, where n bidders believe in N: ``m + (high − m)/N``.

    ``m = low + (high − low)/(n + 1)`` is the mean of the lowest cost. Invented rivals lower it; by the second price and
    with open asks they change nothing. With a ring of r it is the mean of the lower of two asks, see
    :func:`sealed_asks`: of the ring's cheapest, who knows of N − r rivals, and of the cheapest outside.

    Args:
        bidders: n, who are there, >= 1.
        believed: N, in whom each believes, >= 1, and >= n if there is a ring.
        low, high: limits of the costs (USD), which are uniform between them; ``high`` is the reserve price.
        ring: r, from 1 (nobody) to n.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> believed_price(3, 3, 1.0, 3.5), round(believed_price(3, 12, 1.0, 3.5), 2)
    (2.25, 1.78)
    >>> believed_price(3, 3, 1.0, 3.5, ring=3)
    3.5
    """
    non_negative("low", low), between("high", high, low, np.inf, low_open=True, high_open=True)
    count, names = np.asarray(whole("bidders", bidders, 1)), np.asarray(whole("believed", believed, 1))
    members = np.asarray(whole("ring", ring, 1))
    broadcastable(bidders=count, believed=names, ring=members)
    between("ring", members, 1, count), between("believed", names, np.where(members > 1, count, 1), np.inf)
    alone = 1 / (count + 1.0) + count / ((count + 1.0) * names)
    return plain(low + (high - low) * np.where(members > 1, _lower_of_two(count, names, members), alone))


def _lower_of_two(bidders: NDArray, believed: NDArray, ring: NDArray) -> NDArray[np.float64]:
    """Mean of the lower of the ring's ask and the lowest outside, in parts of the spread, for a ring of two at least.

    With q the distance of an ask below the reserve, all outside ask more with chance ``(N·q/(N − 1))^(n − r)``, and
    the ring with ``(q·(N − r + 1)/(N − r))^r``, or certainly from ``q = (N − r)/(N − r + 1)`` on.
    """
    outside, rivals = bidders - ring, believed - ring
    most = 1 - 1.0 / np.maximum(believed, 2)
    reach = rivals / (rivals + 1.0)
    below = reach / (bidders + 1.0) * (reach / most) ** outside
    beyond = (most - reach * (reach / most) ** outside) / (outside + 1.0)
    return np.where(rivals > 0, 1.0 - most + below + beyond, 1.0)
