"""What an interface can charge: alone, among rivals, and where looking for another and moving there cost something.

Fees, costs and worth are ratios of the money that a user moves in a year; looking and moving too: 5 dollars on 1,000
are 0.005. All rivals serve equally well here (:func:`search_fees`), or differ in taste (:func:`circle_fee`); the two
models answer differently what the number of rivals does, and a reader should see both.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.rounding import Truth
from defi_lib.validation import Amount, Whole, between, broadcastable, non_negative, plain, positive, whole

Floats = NDArray[np.float64]

#: Nodes of the integrals, in the logarithm of a chance; and how far behind its bend a curve is followed.
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(256)
_TAIL = 60.0


class SearchFees(NamedTuple):
    """Fees of rivals who serve equally well, where some users compare all of them and the others do not."""

    cost: Amount  #: of serving (ratio)
    worth: Amount  #: the most a user would pay (ratio)
    rivals: Whole
    compare: Amount  #: part of users who compare all (ratio)
    margin: Amount  #: highest fee that any rival asks, above cost (ratio)
    spread: Amount  #: by how much the mean of the fees that rivals ask is below the highest (ratio)

    @property
    def highest(self) -> Amount:
        """The fee at which a user would begin to look for another."""
        return plain(np.add(self.cost, self.margin))

    @property
    def lowest(self) -> Amount:
        """The lowest fee that any rival asks: nobody gains by going below it."""
        return self.asked(0.0)

    @property
    def stays(self) -> Amount:
        """Mean fee of users who take what is in front of them."""
        return plain(self.cost + np.subtract(self.margin, self.spread))

    @property
    def compares(self) -> Amount:
        """Mean fee of users who compare all, the expected lowest: ``cost + spread·(1 − μ)/μ``."""
        part, mean = np.asarray(self.compare), np.subtract(self.margin, self.spread)
        least = np.where(part > 0, self.spread / np.where(part > 0, part, 1.0) * (1 - part), mean)
        return plain(self.cost + np.where(np.asarray(self.rivals) == 1, mean, np.minimum(least, mean)))

    @property
    def paid(self) -> Amount:
        """Mean fee over all users, ``cost + (1 − μ)·margin``; with one firm, ``cost + margin``."""
        part = np.where(np.asarray(self.rivals) == 1, 0.0, self.compare)
        return plain(self.cost + (1 - part) * self.margin)

    @property
    def used(self) -> Truth:
        """Whether anybody uses an interface: it is worth at least what it costs."""
        enough = np.broadcast_to(np.greater_equal(self.worth, self.cost), np.shape(self.margin))
        return enough if enough.ndim else bool(enough)

    def asked(self, chance: Amount) -> Amount:
        """The fee below which a rival's lies with this ``chance`` (in [0, 1]); of a uniform number, a fee at random.

        ``cost + margin·(1 − μ)/(1 − μ + μ·N·(1 − chance)^(N − 1))``.

        Raises:
            ValueError: a chance outside [0, 1], or shapes that do not fit together.
        """
        chance = between("chance", chance, 0.0, 1.0)
        broadcastable(fees=np.asarray(self.margin), chance=chance)
        count, part = np.asarray(self.rivals, float), np.asarray(self.compare, float)
        pull = np.where(count > 1, part * count * np.power(1 - np.asarray(chance), count - 1), 0.0)
        below = 1 - np.where(count > 1, part, 0.0)
        return plain(self.cost + self.margin * below / np.where(below + pull > 0, below + pull, 1.0))


def search_fees(
    worth: Amount, cost: Amount = 0.0, look: Amount = 0.0, move: Amount = 0.0, rivals: Whole = 2, compare: Amount = 0.5
) -> SearchFees:
    """The fees that equal interfaces ask, if each expects what the others do (the symmetric equilibrium).

    A part μ of users has all interfaces open and takes the cheapest. The others have one in front of them. They may
    look at another, for ``look``, and go there for ``move``; they do not if the fee before them is at most ``r``, at
    which looking would just not pay: ``E[max(r − move − fee, 0)] = look``. No rival asks more than ``r`` or ``worth``,
    and which fee it asks is left to chance, as each would otherwise be undercut by a little. One firm asks ``worth``.

    Args:
        worth: what a user would pay at most, which is what using the protocol directly loses more (ratio, >= 0).
        cost: of serving a user (ratio, >= 0).
        look: cost of looking at one more interface (ratio, >= 0).
        move: cost of changing to it: keys, habits, points (ratio, >= 0).
        rivals: how many firms, 1 to a million.
        compare: the part μ, in [0, 1].

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Limits: all compare: the fee is the cost (Bertrand); nobody does and looking costs something, however little: the
    fee of one firm (Diamond 1971); looking and moving are free: cost. If an interface is worth less than it costs,
    nobody uses one, and the fees are the cost.

    Source: Varian, *A Model of Sales* (1980); Stahl, *Oligopolistic Pricing with Sequential Consumer Search* (1989):
    without ``move``, ``r = cost + look/(1 − A)``, ``A = ∫₀¹ dy/(1 + N·μ/(1 − μ)·y^(N − 1))``. The cost of moving is our
    addition, by Weitzman's rule for when to stop a search (1979). Old and new users pay the same here.

    >>> fees = search_fees(worth=0.05, look=0.001, rivals=2, compare=0.5)
    >>> round(fees.highest, 6), round(fees.paid, 6), search_fees(0.05, rivals=1).paid
    (0.002219, 0.001109, 0.05)
    """
    worth, cost = non_negative("worth", worth), non_negative("cost", cost)
    look, move = non_negative("look", look), non_negative("move", move)
    compare, rivals = between("compare", compare, 0.0, 1.0), whole("rivals", rivals, 1, 10**6)
    shape = broadcastable(worth=worth, cost=cost, look=look, move=move, rivals=rivals, compare=compare)
    given = (np.broadcast_to(np.asarray(each, float), shape).ravel() for each in (worth, cost, look, move))
    most, base, looking, moving = given
    count, part = (np.broadcast_to(np.asarray(each, float), shape).ravel() for each in (rivals, compare))
    room = np.maximum(most - base, 0.0)
    margin = room.copy()
    spread = np.zeros_like(room)
    several = count > 1
    free = several & ((part == 1) | (looking + moving == 0))
    margin[free] = 0.0
    mixed = several & ~free & (part > 0)
    if np.any(mixed):
        strength = np.log(part[mixed]) - np.log1p(-part[mixed]) + np.log(count[mixed])
        power = 1 / (count[mixed] - 1)
        saved = _saved(strength, power)
        margin[mixed] = _highest_margin(strength, power, saved, looking[mixed], moving[mixed], room[mixed])
        spread[mixed] = margin[mixed] * saved
    return SearchFees(cost, worth, rivals, compare, plain(margin.reshape(shape)), plain(spread.reshape(shape)))


def _saved(strength: Floats, power: Floats) -> Floats:
    """``1 − A``: by how much the mean fee is below the highest, of its margin."""
    return _gain(np.ones_like(strength), strength, power, np.zeros_like(strength))[0]


def _gain(margin: Floats, strength: Floats, power: Floats, move: Floats) -> tuple[Floats, Floats]:
    """``E[max(R − move − R·x, 0)]`` of a fee ``R·x`` at random, and its slope in R.

    With chance y of a higher fee, ``y = e^(−α·w)``, ``α = 1/(N − 1)``, ``1 − x`` is logistic in ``strength − w``; the
    gain is positive up to the w at which ``R·(1 − x) = move``, so that the integral ends there and stays smooth.
    """
    end = np.maximum(strength, 0.0) + _TAIL
    with np.errstate(divide="ignore", invalid="ignore"):
        bend = strength + np.log(margin - move) - np.log(move)
    end = np.where(move > 0, np.clip(np.where(margin > move, bend, 0.0), 0.0, end), end)
    at = end[..., np.newaxis] * (_NODES + 1) / 2
    density = power[..., np.newaxis] * np.exp(-power[..., np.newaxis] * at) * (_WEIGHTS / 2) * end[..., np.newaxis]
    cheaper = 1 / (1 + np.exp(np.minimum(at - strength[..., np.newaxis], 700.0)))
    slope = np.sum(cheaper * density, axis=-1)
    gain = margin * slope - move * np.sum(density, axis=-1)
    return np.maximum(gain, 0.0), slope


def _highest_margin(strength: Floats, power: Floats, saved: Floats, look: Floats, move: Floats, room: Floats) -> Floats:
    """The margin at which looking just does not pay, at most ``room``: Newton on a convex rise, from above."""
    margin = np.minimum((look + move) / np.maximum(saved, 1e-300), room)
    # Where a look would not pay even at the highest fee that users pay, that fee is asked.
    capped = _gain(margin, strength, power, move)[0] <= look
    left = np.flatnonzero(~capped)
    for _ in range(80):
        gain, slope = _gain(margin[left], strength[left], power[left], move[left])
        step = np.where(slope > 0, (gain - look[left]) / np.where(slope > 0, slope, 1.0), 0.0)
        step = np.maximum(step, 0.0)
        margin[left] -= step
        left = left[step > 1e-14 * margin[left]]
        if left.size == 0:
            break
    return margin


def circle_fee(worth: Amount, cost: Amount = 0.0, difference: Amount = 0.0, rivals: Whole = 2) -> Amount:
    """The fee of interfaces that differ: users stand on a circle, N firms at equal distance, and fees are known to all.

    What a user misses of the ideal is worth ``difference`` t for once around. Rivals ask ``cost + t/N``; if that leaves
    the user halfway without a gain, ``worth − t/(2N)``, and if t is larger still each rules its own part of the circle,
    ``(worth + cost)/2``.
    One firm asks ``worth − t/2``, or ``(worth + cost)/2`` if that is more.

    Args:
        worth: of the ideal interface (ratio, >= 0).
        cost: of serving (ratio, >= 0).
        difference: t (ratio, >= 0); 0: all are the same.
        rivals: firms, at least 1.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    An interface worth less than it costs is not offered; its fee counts as the cost.

    Source: Salop, *Monopolistic Competition with Outside Goods* (1979).

    >>> [round(circle_fee(0.05, cost=0.001, difference=0.01, rivals=n), 6) for n in (1, 2, 5)]
    [0.045, 0.006, 0.003]
    """
    worth, cost = non_negative("worth", worth), non_negative("cost", cost)
    difference, rivals = non_negative("difference", difference), whole("rivals", rivals, 1, 10**6)
    broadcastable(worth=worth, cost=cost, difference=difference, rivals=rivals)
    share = np.asarray(difference, float) / np.asarray(rivals, float)
    alone = np.maximum(np.add(worth, cost) / 2, worth - share / 2)
    fee = np.where(np.asarray(rivals) == 1, alone, np.minimum(np.add(cost, share), alone))
    return plain(np.where(np.less(worth, cost), np.asarray(cost, float), fee))


def circle_entry(difference: Amount, fixed: Amount) -> Amount:
    """How many firms enter until none gains, ``N = √(t/F)``, as a real number; each asks ``cost + √(t·F)``.

    Args:
        difference: t, of all users together (dollars a year, >= 0).
        fixed: F, what a firm costs however few use it (dollars a year, > 0).

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: Salop (1979). More enter than would serve users best, which is half as many.

    >>> circle_entry(1_000_000.0, 10_000.0)
    10.0
    """
    difference, fixed = non_negative("difference", difference), positive("fixed", fixed)
    broadcastable(difference=difference, fixed=fixed)
    return plain(np.sqrt(np.asarray(difference) / fixed))


class InterfaceYear(NamedTuple):
    """A user's year with an interface, beside the same year without one (dollars)."""

    moved: Amount  #: money moved in the year
    fee: Amount
    mistakes: Amount  #: what mistakes lose, with the interface
    direct: Amount  #: what mistakes and effort lose without it
    cost: Amount  #: of serving, which the interface pays

    @property
    def gain(self) -> Amount:
        """What the user keeps more than with direct use."""
        return plain(np.asarray(self.direct) - self.fee - self.mistakes)

    @property
    def margin(self) -> Amount:
        """What the interface keeps; below 0 it loses."""
        return plain(np.subtract(self.fee, self.cost))

    def transfers(
        self, user: str = "user", interface: str = "interface", suppliers: str = "suppliers", finders: str = "thieves"
    ) -> tuple[Transfer, ...]:
        """The fee, what mistakes give to others, and what the interface pays for serving."""
        return actual(
            (
                Transfer(user, interface, self.fee, "USD", "interface fee"),
                Transfer(user, finders, self.mistakes, "USD", "mistakes"),
                Transfer(interface, suppliers, self.cost, "USD", "cost of serving"),
            )
        )


def interface_year(
    moved: Amount, fee: Amount, mistakes: Amount, left: Amount = 0.0, effort: Amount = 0.0, cost: Amount = 0.0
) -> InterfaceYear:
    """What a year with an interface costs a user, against direct use with its mistakes and effort.

    The most that a user would pay, ``worth`` of :func:`search_fees`, is ``mistakes·(1 − left) + effort/moved``.

    Args:
        moved: money moved in a year (dollars, >= 0).
        fee: of the interface (ratio in [0, 1]).
        mistakes: part of the money that direct use loses (ratio in [0, 1]).
        left: part of these mistakes that remains with the interface (ratio in [0, 1]).
        effort: what direct use costs in time (dollars a year, >= 0); paid to nobody.
        cost: of serving (ratio in [0, 1]).

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: own bookkeeping.

    >>> year = interface_year(1_000.0, fee=0.00875, mistakes=0.02, left=0.25)
    >>> round(year.gain, 6)
    6.25
    """
    moved, effort = non_negative("moved", moved), non_negative("effort", effort)
    fee, mistakes = between("fee", fee, 0.0, 1.0), between("mistakes", mistakes, 0.0, 1.0)
    left, cost = between("left", left, 0.0, 1.0), between("cost", cost, 0.0, 1.0)
    broadcastable(moved=moved, fee=fee, mistakes=mistakes, left=left, effort=effort, cost=cost)
    lost = np.asarray(moved) * mistakes
    parts = (np.asarray(moved) * fee, lost * left, lost + effort, np.asarray(moved) * cost)
    return InterfaceYear(moved, *(plain(part) for part in parts))
