"""Which few decide: the smallest winning coalition, at any quorum and turnout, and the share that decides alone."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.frozen import locked
from defi_lib.rounding import above, reaches, within
from defi_lib.validation import Amount, between, broadcastable, non_negative, one_number, plain, positive


class Coalition(NamedTuple):
    """The fewest members who decide together, the largest first."""

    members: NDArray[np.int64]  #: their positions
    share: float  #: of all votes that they have (ratio)


def deciding_share(turnout: Amount = 1.0, quorum: Amount = 0.0) -> Amount:
    """Share of the supply above which somebody wins alone: ``max(t/(1 + t), quorum)``.

    The others vote against with the part t of their tokens; the quorum asks for votes in favour.

    Args:
        turnout: of the others, in [0, 1].
        quorum: share of the supply, in [0, 1].

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> round(deciding_share(0.05), 6), deciding_share(0.05, quorum=0.1)
    (0.047619, 0.1)

    Own derivation: ``s > t·(1 − s)``. If t counts the own votes too, it is ``t/2``.
    """
    turnout, quorum = between("turnout", turnout, 0.0, 1.0), between("quorum", quorum, 0.0, 1.0)
    broadcastable(turnout=turnout, quorum=quorum)
    return plain(np.maximum(turnout / (1 + turnout), quorum))


def deciding_number(weights: Amount, turnout: Amount = 1.0, quorum: Amount = 0.0) -> int | NDArray[np.int64]:
    """The least number of members who pass what they want against all others who come (Nakamoto's coefficient).

    They need more votes than the part ``turnout`` of all others, and the quorum. With turnout 1 and no quorum it is
    :func:`~defi_lib.measures.nakamoto`; the lower the turnout, the fewer decide.

    Args:
        weights: votes of each member, >= 0, along the last axis.
        turnout: of the others, in [0, 1]; one number or one per scenario.
        quorum: votes in favour that are needed, as a share of all, in [0, 1]; reaching it is enough.

    Raises:
        ValueError: an argument outside its range, no votes at all, or shapes that do not fit together.

    >>> deciding_number([40.0, 30.0, 20.0, 10.0]), deciding_number([40.0, 30.0, 20.0, 10.0], turnout=0.5)
    (2, 1)

    Source: Srinivasan, Lee, *Quantifying Decentralization* (2017).
    """
    votes = _votes(weights)
    turnout, quorum = between("turnout", turnout, 0.0, 1.0), between("quorum", quorum, 0.0, 1.0)
    broadcastable(weights=votes[..., 0], turnout=turnout, quorum=quorum)
    held = np.cumsum(-np.sort(-votes, axis=-1), axis=-1)
    total = held[..., -1:]
    others = np.asarray(turnout)[..., np.newaxis] * (total - held)
    enough = np.asarray(above(held, others, scale=0.0) & (held > 0))
    enough = enough & reaches(held, np.asarray(quorum)[..., np.newaxis] * total)
    number = np.argmax(enough, axis=-1).astype(np.int64) + 1
    return int(number) if np.ndim(number) == 0 else number


def minimal_winning_coalition(weights: Amount, quota: float) -> Coalition:
    """The fewest members who have ``quota`` votes, and of those the ones who have most.

    Args:
        weights: votes of each member, >= 0, on one axis.
        quota: votes that win, > 0, at most all.

    Raises:
        ValueError: an argument outside its range, no votes at all.

    >>> minimal_winning_coalition([10.0, 40.0, 30.0, 20.0], quota=51.0)
    Coalition(members=array([1, 2]), share=0.7)
    """
    votes = _votes(weights)
    if votes.ndim != 1:
        raise ValueError(f"weights has shape {votes.shape}: allowed is one axis of members")
    order = np.argsort(-votes, kind="stable")
    held = np.cumsum(votes[order])
    quota = one_number("quota", within("quota", positive("quota", quota), 0.0, float(held[-1])))
    number = int(np.argmax(reaches(held, quota))) + 1
    return Coalition(locked(order[:number].astype(np.int64)), float(held[number - 1] / held[-1]))


def _votes(weights: Amount) -> NDArray[np.float64]:
    votes = np.atleast_1d(non_negative("weights", weights))
    if not votes.size or not np.all(np.any(votes > 0, axis=-1)):
        raise ValueError(f"weights of shape {votes.shape} add up to 0: allowed are votes of which one is > 0")
    return votes
