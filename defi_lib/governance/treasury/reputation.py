"""A name instead of collateral: what can be lent to who has something to lose, and proofs that a name is a person."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from defi_lib.rounding import within
from defi_lib.validation import (
    Amount,
    between,
    broadcastable,
    non_negative,
    non_negative_or_infinite,
    plain,
    ratio,
    representable,
)


class Admission(NamedTuple):
    """Who passes a proof of personhood."""

    admitted: Amount  #: people with a name
    shut_out: Amount  #: people without one
    fakes: Amount  #: names that are no person

    @property
    def fake_share(self) -> Amount:
        """Part of all names that are no person; 0 without a name."""
        names = np.asarray(self.admitted + self.fakes)
        return plain(np.divide(self.fakes, names, out=np.zeros(names.shape), where=names > 0))


@representable
def largest_loan(
    surplus: Amount,
    discount: Amount,
    name_cost: Amount = 0.0,
    newcomer_surplus: Amount = 0.0,
    probation: Amount = np.inf,
) -> Amount:
    """The most that a borrower without collateral pays back: ``L = δ·(1 − δᵀ)/(1 − δ)·(s − s₀) + k``.

    Who defaults begins again as a newcomer, with the surplus s₀ for T periods, after paying k for a new name. Without a
    second chance (s₀ = 0, T infinite) it is ``δ/(1 − δ)·s + k``. Where names are free and newcomers get the terms
    of the old, nothing can be lent.

    Args:
        surplus: s, what an old name is worth each period (USD), >= 0.
        discount: δ, worth of one USD of the next period, in [0, 1).
        name_cost: k (USD), >= 0.
        newcomer_surplus: s₀ (USD), in [0, ``surplus``].
        probation: T, periods as a newcomer, >= 0; may be infinite.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> round(largest_loan(10.0, 0.95), 9), round(largest_loan(10.0, 0.8), 9)
    (190.0, 40.0)
    >>> largest_loan(10.0, 0.95, newcomer_surplus=10.0)
    0.0

    Source: Friedman, Resnick, *The Social Cost of Cheap Pseudonyms* (2001).
    """
    surplus, discount = non_negative("surplus", surplus), ratio("discount", discount)
    name_cost = non_negative("name_cost", name_cost)
    newcomer = within("newcomer_surplus", newcomer_surplus, 0.0, surplus)
    waiting = np.asarray(non_negative_or_infinite("probation", probation))
    broadcastable(surplus=surplus, discount=discount, name_cost=name_cost, newcomer=newcomer, probation=waiting)
    base = np.asarray(discount)
    lost = np.where(waiting > 0, base / (1 - base) * -np.expm1(np.where(waiting > 0, waiting, 1.0) * np.log(base)), 0.0)
    return plain(lost * (np.asarray(surplus) - newcomer) + name_cost)


@representable
def name_at_stake(
    surplus: Amount, discount: Amount, misfortune: Amount = 0.0, name_cost: Amount = 0.0, probation: Amount = np.inf
) -> Amount:
    """What a name is worth to a borrower who may also fail without fault: the most it is rational to pay to keep it.

    With a name each period brings s, and with chance p the borrower cannot pay and loses the name. Who has lost it
    may pay k and wait T periods for another, and does so only if that is worth it. With V the worth of a name and N
    of being without one,

        ``V = s + δ·(1 − p)·V + p·N``,  ``N = max(0, δᵀ⁺¹·V − k)``,

    and at stake is ``δ·V − N``. Without misfortune (p = 0), and where a new name is worth its price, this is
    :func:`largest_loan`.

    Args:
        surplus: s, what the name brings each period, >= 0.
        discount: δ, worth of one USD of the next period, in [0, 1).
        misfortune: p, chance of each period to be unable to pay, in [0, 1].
        name_cost: k, price of a new name, >= 0, in the unit of the surplus.
        probation: T, periods without the surplus after a new start, >= 0; may be infinite.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> round(name_at_stake(10.0, 0.95), 9), name_at_stake(10.0, 0.95, probation=0.0)
    (190.0, 0.0)
    >>> round(name_at_stake(10.0, 0.8, misfortune=0.25), 9)  # a name lasts four periods on average
    20.0

    Source: after Friedman, Resnick, *The Social Cost of Cheap Pseudonyms* (2001); misfortune is ours.
    """
    surplus, discount = np.asarray(non_negative("surplus", surplus)), np.asarray(ratio("discount", discount))
    unlucky = np.asarray(between("misfortune", misfortune, 0.0, 1.0))
    cost = np.asarray(non_negative("name_cost", name_cost))
    waiting = np.asarray(non_negative_or_infinite("probation", probation))
    broadcastable(surplus=surplus, discount=discount, misfortune=unlucky, name_cost=cost, probation=waiting)
    once = 1 - discount * (1 - unlucky)  # a name that is never bought again
    again = once - unlucky * discount ** (waiting + 1)
    name = np.maximum(surplus / once, (surplus - unlucky * cost) / again)  # the better of the two plans
    without = np.maximum(0.0, discount ** (waiting + 1) * name - cost)
    return plain(np.maximum(0.0, discount * name - without))


def admit(
    people: Amount, attempts: Amount, false_rejections: Amount, false_acceptances: Amount, tries: Amount = 1.0
) -> Admission:
    """Who gets a name from a proof of personhood that errs both ways.

    A person is shut out if all tries fail, ``r^tries``; each of the attackers' attempts passes with chance a.

    Args:
        people: who want a name, >= 0.
        attempts: of attackers, >= 0.
        false_rejections: r, chance that a person is refused, in [0, 1].
        false_acceptances: a, chance that a fake passes, in [0, 1].
        tries: of each person, >= 1; they fail independently.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> admit(1_000.0, 500.0, 0.05, 0.01)
    Admission(admitted=950.0, shut_out=50.0, fakes=5.0)

    A stricter test trades one error for the other, and those it refuses are not a random part of all people.
    """
    people, attempts = non_negative("people", people), non_negative("attempts", attempts)
    refused = between("false_rejections", false_rejections, 0.0, 1.0)
    passed = between("false_acceptances", false_acceptances, 0.0, 1.0)
    tries = between("tries", tries, 1.0, np.inf, high_open=True)
    broadcastable(people=people, attempts=attempts, refused=refused, passed=passed, tries=tries)
    out = people * np.asarray(refused) ** tries
    return Admission(plain(people - out), plain(out), plain(attempts * np.asarray(passed)))
