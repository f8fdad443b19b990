"""Liquid delegation: votes travel on along the chain, to whoever votes themselves."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.frozen import locked
from defi_lib.integers import positions
from defi_lib.validation import Amount, Whole, non_negative, whole


class LiquidVotes(NamedTuple):
    """Where all votes ended up."""

    votes: NDArray[np.float64]  #: of each member; 0 for who has delegated
    lost: float  #: votes in circles, in which nobody votes
    longest: int  #: delegations in the longest chain


def liquid_votes(weights: Amount, delegates: Whole) -> LiquidVotes:
    """Follow all delegations to their end.

    Args:
        weights: own votes of each member, >= 0, on one axis.
        delegates: position of the member to whom each delegates; the own position votes.

    Raises:
        ValueError: an argument outside its range, or of another length.

    Ann gives hers to Ben, who gives both to Cem; Dan and Eve wait for each other:

    >>> liquid_votes([1.0, 2.0, 3.0, 4.0, 5.0], [1, 2, 2, 4, 3])
    LiquidVotes(votes=array([0., 0., 6., 0., 0.]), lost=9.0, longest=2)

    Where all trust one, one decides: Kahng, Mackenzie, Procaccia, *Liquid Democracy* (2018). Votes of tokens on a
    chain do not travel on (:class:`~defi_lib.governance.VotingToken`). Source: Ford, *Delegative Democracy* (2002).
    """
    own = np.atleast_1d(non_negative("weights", weights))
    target = np.atleast_1d(whole("delegates", delegates, 0, own.size - 1))
    if own.ndim != 1 or target.shape != own.shape:
        raise ValueError(f"delegates has shape {target.shape}: allowed is one position for each of {own.shape} weights")
    # Each step follows twice as many delegations as the one before; who is still on the way after n goes in a circle.
    end, steps = target, (target != np.arange(own.size)).astype(np.int64)
    for _ in range(int(own.size).bit_length()):
        steps = steps + steps[end]
        end = end[end]
    arrived = target[end] == end
    votes = np.bincount(positions(end[arrived]), weights=own[arrived], minlength=own.size)
    return LiquidVotes(locked(votes), float(np.sum(own[~arrived])), int(np.max(np.where(arrived, steps, 0), initial=0)))
