"""Federated learning on many ways to split the digits, computed once and kept: what one split shows may be luck."""

from __future__ import annotations

from importlib import resources
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.validation import one_of, ratio

#: Ten clients: how much each knows (Dirichlet), and what the server does with their mean, as (momentum, rate).
MIXES = {"a few digits": 0.1, "its own mix": 0.5, "a fair sample": 1e3}
SERVERS = {"mean": (0.0, 1.0), "mean, twice": (0.0, 2.0), "momentum": (0.7, 1.0)}
STEPS = (1, 5, 20, 60)


class SplitRuns(NamedTuple):
    """Runs that differ only in who has which digits, one for each way to split them (rows)."""

    accuracy: NDArray[np.float64]  #: on new digits, before the first round and after each of twenty

    def rounds_to(self, goal: float) -> NDArray[np.int64]:
        """First round after which the model is as good as ``goal`` (in [0, 1)); 21 if it never is."""
        good = self.accuracy >= ratio("goal", goal)
        return np.where(good.any(axis=1), good.argmax(axis=1), self.accuracy.shape[1]).astype(np.int64)


def split_runs(mix: str = "a few digits", server: str = "mean", steps: int = 5) -> SplitRuns:
    """Sixteen runs of ten clients and twenty rounds, each on another split of the same digits.

    Args:
        mix: what each client has: ``"a few digits"``, ``"its own mix"`` or ``"a fair sample"``.
        server: ``"mean"``, ``"mean, twice"`` (each change doubled) or ``"momentum"`` (Nesterov's, 0.7).
        steps: of each client between two messages: 1, 5, 20 or 60.

    Raises:
        ValueError: a choice that was not computed.

    Source: ``tools/federated_splits.py``, by :func:`defi_lib.compute.train_federated`.

    >>> [int(np.median(split_runs("a few digits", server, 20).rounds_to(0.9))) for server in SERVERS]
    [10, 5, 4]
    """
    one_of("mix", mix, tuple(MIXES)), one_of("server", server, tuple(SERVERS))
    if steps not in STEPS:
        raise ValueError(f"steps = {steps!r} was not computed: choose one of {STEPS}")
    with resources.files(__package__).joinpath("splits.npz").open("rb") as file, np.load(file) as data:
        right, samples = data["right"], int(data["samples"])
    where = tuple(SERVERS).index(server), STEPS.index(steps), tuple(MIXES).index(mix)
    return SplitRuns(right[where] / samples)
