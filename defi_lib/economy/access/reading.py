"""Who reads what all could read: each for himself, whoever is promised a bounty, and one reader paid for all."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import exprel

from defi_lib.rounding import above
from defi_lib.validation import Amount, Whole, between, broadcastable, fulfilled, non_negative, plain, whole

Array = NDArray[np.float64]

#: The largest group that is counted.
MOST = 10**9


def chance_found(readers: Whole, finds: Amount, blind: Amount = 0.0) -> Amount:
    """Chance that at least one of k readers finds a fault that is there: ``(1 − blind)·(1 − (1 − finds)^k)``.

    Args:
        readers: k, a whole number >= 0.
        finds: chance that one reader finds a fault that can be found, in [0, 1]; readers look independently.
        blind: part of the faults that none of them sees, because all have learnt the same, in [0, 1].

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: own bookkeeping; a common blind spot is the simplest dependence (``risk.hole_missed`` has another: readers
    who see, or miss, the same).

    >>> [round(float(chance_found(k, 0.8)), 3) for k in (0, 1, 2)], round(float(chance_found(2, 0.8, blind=0.5)), 3)
    ([0.0, 0.8, 0.96], 0.48)
    """
    readers = whole("readers", readers, 0, MOST)
    finds, blind = between("finds", finds, 0.0, 1.0), between("blind", blind, 0.0, 1.0)
    broadcastable(readers=readers, finds=finds, blind=blind)
    return plain(np.asarray((1.0 - np.asarray(blind)) * _one_of(np.asarray(readers, float), np.asarray(finds, float))))


class FreeRiding(NamedTuple):
    """What a group does in which nobody knows who else reads, and all are told what one reader finds."""

    share: Amount  #: of the members that read (ratio)
    readers: Amount  #: on average
    found: Amount  #: chance that a fault which is there is found (ratio)


def free_riding(
    group: Whole, stake: Amount, cost: Amount, fault: Amount, finds: Amount, blind: Amount = 0.0
) -> FreeRiding:
    """Reading as a public good: the part x of n equal members that reads, if each is as well off reading as not.

    ``fault·(1 − blind)·finds·stake·(1 − finds·x)^(n − 1) = cost``: a reader gains only if there is a fault, it can be
    found, this reader finds it, and nobody else does. With r the cost over what a lone reader gains,
    ``x = (1 − r^(1/(n − 1)))/finds``, at most 1, and nobody reads if r > 1. So x falls to nil as n grows; the chance
    that somebody finds the fault does not, and falls to ``(1 − blind)·(1 − r)``.

    Args:
        group: n, a whole number >= 1.
        stake: what a fault costs each member (dollars), >= 0.
        cost: of reading (dollars), >= 0.
        fault: chance that there is one, in [0, 1].
        finds, blind: as in :func:`chance_found`.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: Diekmann, *Volunteer's Dilemma* (1985), the symmetric equilibrium, with readers who may overlook something.
    With equal stakes nobody is large enough to read for all (Olson, *The Logic of Collective Action*, 1965).

    >>> one, many = (free_riding(n, stake=5_000.0, cost=500.0, fault=0.2, finds=0.8) for n in (1, 100))
    >>> one.found, round(many.share, 4), round(many.found, 3)
    (0.8, 0.0059, 0.378)
    """
    group = whole("group", group, 1, MOST)
    stake, cost, fault = non_negative("stake", stake), non_negative("cost", cost), between("fault", fault, 0.0, 1.0)
    finds, blind = between("finds", finds, 0.0, 1.0), between("blind", blind, 0.0, 1.0)
    broadcastable(group=group, stake=stake, cost=cost, fault=fault, finds=finds, blind=blind)
    number, sees = np.asarray(group, float), np.asarray(finds, float)
    alone = np.asarray(fault) * (1.0 - np.asarray(blind)) * sees * stake
    worth = ~np.asarray(above(cost, alone))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        part = np.minimum(cost / np.where(alone > 0, alone, 1.0), 1.0)
        caught = 0.0 - np.expm1(np.log(part) / np.maximum(number - 1.0, 1.0))  # finds·x
        share = np.where(number == 1, 1.0, np.minimum(caught / np.where(sees > 0, sees, 1.0), 1.0))
        share = np.where(worth, share, 0.0)
        found = (1.0 - np.asarray(blind)) * (0.0 - np.expm1(number * np.log1p(-sees * share)))
    return FreeRiding(*(plain(np.asarray(each)) for each in (share, share * number, found)))


def largest_part(rank: Whole, group: Whole, unequal: Amount) -> Amount:
    """Part of all that the member of this rank has, the largest first: ``rank^−u / Σ r^−u`` over all n ranks (Zipf).

    Args:
        rank: 1 for the largest, a whole number from 1 to the group's.
        group: n, 1 to a billion.
        unequal: u in [0, 3]; 0 where all have the same.

    Raises:
        ValueError: an argument outside its range, a rank beyond the group, or shapes that do not fit together.

    Sources: Zipf, *Human Behavior and the Principle of Least Effort* (1949); ranks beyond 64 are summed by Euler and
    Maclaurin's formula, to more than ten digits.

    >>> [round(float(largest_part(r, 3, 1.0)), 4) for r in (1, 2, 3)]
    [0.5455, 0.2727, 0.1818]
    """
    rank, group = whole("rank", rank, 1, MOST), whole("group", group, 1, MOST)
    unequal = between("unequal", unequal, 0.0, 3.0)
    broadcastable(rank=rank, group=group, unequal=unequal)
    fulfilled("rank", np.asarray(rank, float), np.less_equal(rank, group), "is at most group")
    return plain(np.asarray(rank, float) ** -np.asarray(unequal, float) / _power_sum(group, unequal))


def own_readers(
    group: Whole,
    bounty: Amount,
    stake: Amount,
    cost: Amount,
    fault: Amount,
    finds: Amount,
    blind: Amount = 0.0,
    unequal: Amount = 0.0,
) -> Whole:
    """How many read without being paid for it: the most at which the last of them still gains its cost.

    Of k readers each is as likely as another to find the fault first, and that one gets the bounty B; a reader has a
    stake D as well, which it alone saves if all others overlook the fault. Its gain falls with k::

        fault·(1 − blind)·(B·(1 − (1 − finds)^k)/k + D_k·finds·(1 − finds)^(k − 1)) >= cost

    Who has most comes first, since it gains most: D_k is the stake of rank k (:func:`largest_part`).

    Readers know how many there are (free entry), which is the best case for them; :func:`free_riding` is the other.

    Args:
        group: how many could read, 1 to a billion.
        bounty: for the first who finds the fault (dollars), >= 0.
        stake: of each of the group, on average (dollars), >= 0.
        cost, fault, finds, blind: as in :func:`free_riding`.
        unequal: how unequal stakes are, as in :func:`largest_part`.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: own model; free entry for a prize is Loury, *Market Structure and Innovation* (1979).

    >>> own_readers(300, bounty=6_000.0, stake=200.0, cost=500.0, fault=0.2, finds=0.8)
    2
    >>> own_readers(300, bounty=0.0, stake=200.0, cost=500.0, fault=0.2, finds=0.8, unequal=1.2)  # the largest alone
    1
    """
    group = whole("group", group, 1, MOST)
    bounty, stake, cost = non_negative("bounty", bounty), non_negative("stake", stake), non_negative("cost", cost)
    fault, finds = between("fault", fault, 0.0, 1.0), between("finds", finds, 0.0, 1.0)
    blind, unequal = between("blind", blind, 0.0, 1.0), between("unequal", unequal, 0.0, 3.0)
    shape = broadcastable(
        group=group, bounty=bounty, stake=stake, cost=cost, fault=fault, finds=finds, blind=blind, unequal=unequal
    )
    sees, there = np.asarray(finds, float), np.asarray(fault) * (1.0 - np.asarray(blind))
    largest = np.asarray(group, float) / _power_sum(group, unequal) * stake
    low = np.zeros(shape, np.int64)
    high = np.array(np.broadcast_to(np.asarray(group, np.int64), shape))
    while np.any(low < high):  # halved each time
        count = (low + high + 1) // 2
        others = np.maximum(count - 1.0, 0.0)
        own = largest * np.maximum(count, 1.0) ** -np.asarray(unequal, float)
        gain = bounty * _one_of(count, sees) / np.maximum(count, 1) + own * sees * (1.0 - sees) ** others
        pays = ~np.asarray(above(cost, there * gain))
        low, high = np.where(pays, count, low), np.where(pays, high, np.maximum(count - 1, low))
    return int(low) if low.ndim == 0 else low


def _one_of(count: Array | NDArray[np.int64], chance: Array) -> Array:
    """``1 − (1 − chance)^count`` without losing small chances."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.asarray(count, float) * np.log1p(-chance)
    return np.asarray(0.0 - np.expm1(np.where(np.asarray(count) == 0, 0.0, logs)))


def _power_sum(group: Whole, unequal: Amount) -> Array:
    """``Σ r^−u`` for r from 1 to n: the first 64 one by one, the others by Euler and Maclaurin's formula."""
    number, power = np.asarray(group, float), np.asarray(unequal, float)
    ranks = np.arange(1.0, 65.0).reshape(-1, *(1,) * max(number.ndim, power.ndim))
    first = np.sum(np.where(ranks <= number, ranks**-power, 0.0), axis=0)
    last, far = 64.0, np.maximum(number, 64.0)
    logs = np.log(far / last)
    between_both = last ** (1.0 - power) * logs * exprel((1.0 - power) * logs)
    ends = (far**-power - last**-power) / 2 - power * (far ** (-power - 1) - last ** (-power - 1)) / 12
    return np.asarray(first + between_both + ends)
