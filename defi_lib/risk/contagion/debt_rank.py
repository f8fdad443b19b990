"""DebtRank: distress that spreads before anybody has failed, once through each protocol."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from defi_lib.risk.contagion.network import Array, Network
from defi_lib.validation import between, non_negative, shown


class DebtRank(NamedTuple):
    """How distressed each is in the end: 0 is sound, 1 has lost everything."""

    shock: Array  #: at the beginning
    distress: Array  #: at the end
    rounds: int  #: until nothing more was passed on

    def part(self, value: ArrayLike) -> Array:
        """The part of all value (dollars per protocol, >= 0) that is lost *beyond* the shock."""
        worth = np.asarray(non_negative("value", np.asarray(value)))
        if worth.shape != self.distress.shape[-1:] or not np.any(worth):
            raise ValueError(f"value = {shown(value)}: allowed is one number a protocol, not all 0")
        parts = worth / np.max(worth)
        return np.asarray(np.sum((self.distress - self.shock) * parts, axis=-1) / np.sum(parts))


def debt_rank(impact: ArrayLike, shock: ArrayLike) -> DebtRank:
    """Distress that is passed on once by each: ``hⱼ ← min(1, hⱼ + Σᵢ W[i, j]·hᵢ)`` over those newly distressed.

    Args:
        impact: ``W[i, j]`` in [0, 1], how much j loses if i loses everything; nothing on the diagonal.
        shock: distress at the beginning, in [0, 1]; protocols along the last axis, scenarios before.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: Battiston et al., *DebtRank* (2012); Bardoscia et al. (2015) pass on each further loss too.

    >>> debt_rank([[0, 0.5, 0.2], [0, 0, 0.4], [0, 0, 0]], [1, 0, 0]).distress.tolist()
    [1.0, 0.5, 0.4]
    """
    table = np.asarray(between("impact", np.asarray(impact, dtype=float), 0.0, 1.0))
    first = np.asarray(between("shock", np.asarray(shock, dtype=float), 0.0, 1.0))
    if table.ndim != 2 or table.shape[0] != table.shape[1] or first.ndim < 1 or first.shape[-1] != len(table):
        raise ValueError(f"impact {table.shape} and shock {first.shape}: allowed are (n, n) and (…, n)")
    if np.any(np.diagonal(table)):
        raise ValueError(f"impact = {shown(table)} has numbers on its diagonal: nobody has a claim on itself")
    distress, rounds = first.copy(), 0
    active, done = first > 0.0, np.zeros(first.shape, bool)
    while np.any(active):
        new = np.minimum(distress + (distress * active) @ table, 1.0)
        done |= active
        active = (new > distress) & ~done
        distress, rounds = new, rounds + 1
    return DebtRank(first, distress, rounds)


def impact_of(network: Network) -> Array:
    """``W[i, j]``: the part of j's assets that are claims on i (one scenario).

    >>> impact_of(Network([60.0, 30.0], [0], [1], [50.0]))
    array([[0.   , 0.625],
           [0.   , 0.   ]])
    """
    if network.assets.ndim != 1:
        raise ValueError(f"assets has {network.assets.ndim} axes: allowed is one scenario")
    assets = network.assets + network.claims
    return network.matrix() / np.where(assets > 0.0, assets, 1.0)
