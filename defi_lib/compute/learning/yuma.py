"""Bittensor's Yuma consensus: validators grade miners, and stake decides whose grades count."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.rounding import below
from defi_lib.validation import Amount, between, broadcastable, non_negative, positive


class Yuma(NamedTuple):
    """Validators along the second last axis, miners along the last; scenarios before them."""

    consensus: NDArray[np.float64]  #: highest grade of each miner that enough stake supports
    clipped: NDArray[np.float64]  #: grades of each validator, cut at the consensus
    incentive: NDArray[np.float64]  #: share of each miner
    dividends: NDArray[np.float64]  #: share of each validator


def yuma_consensus(stake: Amount, grades: Amount, majority: Amount = 0.5) -> Yuma:
    """Miners are paid by stake-weighted grades, none above what a majority of the stake gives.

    ``c_j = max{w : Σ_i s_i·[w_ij >= w] >= κ}``, ``w̄ = min(w, c)``, incentive ``∝ Σ_i s_i·w̄_ij``, and validators share
    each miner's incentive by ``s_i·w̄_ij``. Who grades better than the majority is cut; who grades worse is not, but
    earns less. Whoever has the majority of stake decides everything.

    Args:
        stake: of each validator, >= 0, not all 0; as parts of all stake after division by its sum.
        grades: of each validator (second last axis) for each miner (last axis), >= 0; one of each at least.
        majority: κ, part of the stake, in (0, 1].

    Raises:
        ValueError: an argument outside its range, no stake, or shapes that do not fit together.

    Source: opentensor/subtensor, docs/consensus.md, which averages the validators' shares over time (bonds), counts
    only stake above a limit, and computes in fixed point.

    >>> yuma_consensus([0.5, 0.3, 0.2], [[0.7, 0.3], [0.6, 0.4], [0.0, 1.0]]).incentive.round(3)
    array([0.602, 0.398])
    """
    grades = np.asarray(non_negative("grades", grades))
    if grades.ndim < 2:
        raise ValueError(f"grades has shape {grades.shape}: allowed are validators and miners along the last two axes")
    held = np.atleast_1d(non_negative("stake", stake))
    broadcastable(stake=held, validators=np.broadcast_to(0.0, grades.shape[:-1]))
    majority = between("majority", majority, 0.0, 1.0, low_open=True)
    parts = held / np.asarray(positive("sum of stake", np.sum(held, axis=-1)))[..., np.newaxis]
    weight = np.broadcast_to(parts[..., np.newaxis], grades.shape)
    order = np.argsort(-grades, axis=-2, kind="stable")
    support = np.cumsum(np.take_along_axis(weight, order, axis=-2), axis=-2)
    needed = np.asarray(majority)[..., np.newaxis, np.newaxis]
    # Each of the sum's terms may have been rounded.
    enough = ~np.asarray(below(support, needed, scale=float(support.shape[-2])))
    middle = np.argmax(enough, axis=-2)[..., np.newaxis, :]
    consensus = np.take_along_axis(np.take_along_axis(grades, order, axis=-2), middle, axis=-2)
    clipped = np.minimum(grades, consensus)
    backing = weight * clipped
    rank = np.sum(backing, axis=-2, keepdims=True)
    incentive = _shares(rank)
    bonds = np.divide(backing, rank, out=np.zeros(backing.shape), where=rank > 0)
    return Yuma(consensus[..., 0, :], clipped, incentive[..., 0, :], np.sum(bonds * incentive, axis=-1))


def _shares(rank: NDArray[np.float64]) -> NDArray[np.float64]:
    """Parts of the sum along the last axis; nothing where nobody is graded above zero."""
    total = np.sum(rank, axis=-1, keepdims=True)
    return np.divide(rank, total, out=np.zeros(rank.shape), where=total > 0)
