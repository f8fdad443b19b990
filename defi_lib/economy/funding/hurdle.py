"""What a fund with a return hurdle finances, where few projects earn most: private against social choice.

Returns are multiples of what a project costs: 1 gives the money back. What a portfolio earns whose returns nobody
knows before: :mod:`defi_lib.economy.funding.power_law`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.economy.funding.power_law import chance_above, checked_tail, mean_above, one_number
from defi_lib.rounding import below, same
from defi_lib.validation import Amount, broadcastable, non_negative, plain, positive, representable

Array = NDArray[np.float64]


class ProjectChoice(NamedTuple):
    """Which projects a fund finances and which society would, with the same money; projects along the last axis."""

    private_part: Array  #: of each project's cost, what the fund pays: 0 to 1
    social_part: Array  #: what one would pay who looks at the social return
    private: Array  #: return to the fund, a multiple of the cost
    social: Array  #: return to all, the fund's included
    cost: Array  #: dollars

    @property
    def fund_gain(self) -> Amount:
        """Of the fund, over its costs (dollars)."""
        return self._gain(self.private_part, self.private)

    @property
    def social_gain(self) -> Amount:
        """Of all, over the costs, by what the fund finances (dollars)."""
        return self._gain(self.private_part, self.social)

    @property
    def possible_gain(self) -> Amount:
        """Of all, over the costs, if the social return decided (dollars)."""
        return self._gain(self.social_part, self.social)

    def _gain(self, part: Array, multiple: Array) -> Amount:
        return plain(np.sum(part * self.cost * (multiple - 1.0), axis=-1))


def choose_projects(
    private: Amount,
    social: Amount,
    cost: Amount,
    hurdle: Amount,
    budget: float | None = None,
    social_hurdle: Amount = 1.0,
) -> ProjectChoice:
    """Finance each project whose private return reaches the hurdle, the best first; beside it, by social return.

    Where the money ends, the last project is financed in part, so that each choice is the best that its own measure
    has for this budget. Of equal returns the earlier comes first.

    Args:
        private: expected return to the fund, a multiple of the cost, >= 0; projects along the last axis.
        social: expected return to all, the fund's included, >= 0; less than private where others are harmed.
        cost: of each project (dollars), > 0.
        hurdle: the multiple from which on the fund finances, >= 0; one, or one per project.
        budget: dollars, >= 0; by default there is enough for all.
        social_hurdle: the multiple from which on society would, >= 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> choice = choose_projects([4.0, 1.5, 0.8], [4.5, 9.0, 3.0], 10.0, hurdle=3.0)
    >>> choice.private_part.tolist(), choice.social_part.tolist()
    ([1.0, 0.0, 0.0], [1.0, 1.0, 1.0])
    >>> choice.fund_gain, choice.social_gain, choice.possible_gain
    (30.0, 35.0, 135.0)
    """
    private, social = non_negative("private", private), non_negative("social", social)
    cost = positive("cost", cost)
    hurdle, social_hurdle = non_negative("hurdle", hurdle), non_negative("social_hurdle", social_hurdle)
    lines = {"hurdle": hurdle, "social_hurdle": social_hurdle}
    shape = broadcastable(private=private, social=social, cost=cost, **lines) or (1,)
    private, social, cost = (np.array(np.broadcast_to(each, shape), dtype=float) for each in (private, social, cost))
    money = np.inf if budget is None else one_number("budget", non_negative("budget", budget))
    parts = (_best_first(private, cost, hurdle, money), _best_first(social, cost, social_hurdle, money))
    return ProjectChoice(*parts, private, social, cost)


class HurdleChoice(NamedTuple):
    """What a hurdle does to projects whose private return follows a power law (parts of all projects)."""

    financed: Amount  #: part of all projects that reaches the fund's hurdle
    wanted: Amount  #: part that reaches society's
    missed: Amount  #: wanted, and not financed
    missed_value: Amount  #: what these would bring over society's hurdle, as a part of the cost of all projects
    unwanted: Amount  #: financed, and not wanted
    unwanted_value: Amount  #: by how much these fall short of society's hurdle, in the same measure
    mean_financed: Amount  #: private return of a financed project on average


@representable
def hurdle_choice(
    hurdle: Amount, kept: Amount, lowest: Amount, tail: Amount, social_hurdle: Amount = 1.0
) -> HurdleChoice:
    """What a fund finances, leaves undone and should not do, in closed form.

    A fund sees the private return p, and gets the part ``a`` of what a project brings to all (``p/a``). It finances
    where ``p ≥ h``; society would where ``p ≥ a·s``. Between the two lies what is missed, or done and not worth it.

    Args:
        hurdle: h, the multiple from which on the fund finances, > 0.
        kept: a, what the fund gets of the social return, > 0; above 1 if projects harm others.
        lowest: x_m, the lowest private return, > 0.
        tail: α > 1; the smaller, the fewer earn most.
        social_hurdle: s, the multiple that society asks, > 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> choice = hurdle_choice(hurdle=3.0, kept=0.5, lowest=0.5, tail=2.0)
    >>> [round(float(each), 4) for each in choice]
    [0.0278, 1.0, 0.9722, 0.6944, 0.0, 0.0, 6.0]
    """
    hurdle, kept, lowest = positive("hurdle", hurdle), positive("kept", kept), positive("lowest", lowest)
    tail = checked_tail(tail)
    social_hurdle = positive("social_hurdle", social_hurdle)
    broadcastable(hurdle=hurdle, kept=kept, lowest=lowest, tail=tail, social_hurdle=social_hurdle)
    line = np.multiply(kept, social_hurdle)
    line = np.where(same(line, hurdle), hurdle, line)
    financed, wanted = (np.asarray(chance_above(each, lowest, tail)) for each in (hurdle, line))
    between_both = (mean_above(line, lowest, tail) - mean_above(hurdle, lowest, tail)) / kept
    value = np.where(wanted == financed, 0.0, between_both - social_hurdle * (wanted - financed))
    mean = np.maximum(hurdle, lowest) * np.asarray(tail) / np.subtract(tail, 1.0)
    return HurdleChoice(
        plain(financed),
        plain(wanted),
        plain(np.maximum(wanted - financed, 0.0)),
        plain(np.where(wanted > financed, value, 0.0)),
        plain(np.maximum(financed - wanted, 0.0)),
        plain(np.where(wanted < financed, value, 0.0)),
        plain(mean),
    )


def _best_first(multiple: Array, cost: Array, hurdle: Amount, money: float) -> Array:
    """Part of each project that is paid for."""
    wanted = np.where(below(multiple, hurdle), 0.0, cost)
    order = np.argsort(-multiple, axis=-1, kind="stable")
    asked = np.take_along_axis(wanted, order, axis=-1)
    paid = np.clip(money - (np.cumsum(asked, axis=-1) - asked), 0.0, asked)
    back = np.empty_like(paid)
    np.put_along_axis(back, order, paid, axis=-1)
    return back / cost
