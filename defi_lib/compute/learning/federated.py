"""Federated averaging: clients learn on their own data and send only what they learned."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from defi_lib.compute.learning.classifier import Gathered, Samples, accuracy, blank_model, gathered, train_each
from defi_lib.renamed import renamed
from defi_lib.validation import Amount, at_least, finite, non_negative, positive, ratio

#: From the clients' updates (first axis) and sizes to one update.
Aggregate: TypeAlias = Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]

#: What a client sends instead of its update.
Behaviour: TypeAlias = Callable[[NDArray[np.float64]], NDArray[np.float64]]


def federated_average(updates: Amount, sizes: Amount) -> NDArray[np.float64]:
    """Mean of the clients' updates, weighted by their numbers of samples: ``Σ n_k·w_k/Σ n_k``.

    Args:
        updates: one for each client along the first axis, of any shape.
        sizes: n, >= 0, not all 0; as each client says, and nobody can check.

    Raises:
        ValueError: no client, a negative size, or numbers of clients that differ.

    Source: McMahan et al., arXiv:1602.05629.

    >>> federated_average([1.0, 2.0], [10, 30]).item()
    1.75
    """
    updates, sizes = np.atleast_1d(finite("updates", updates)), np.atleast_1d(non_negative("sizes", sizes))
    if sizes.shape != updates.shape[:1]:
        raise ValueError(
            f"updates of {len(updates)} clients and sizes {sizes.shape}: allowed is one size for each client"
        )
    total = positive("sum of sizes", float(np.sum(sizes)))
    return np.tensordot(sizes / total, updates, axes=1)


@renamed(random="rng")
def split_samples(
    samples: Samples, clients: int, rng: np.random.Generator, alike: float | None = None, sizes: Amount = 1.0
) -> list[Samples]:
    """Divide samples among clients: at random, or so that each sees its own mix of classes.

    Args:
        samples: all of them are given away.
        clients: >= 1.
        rng: where the randomness comes from.
        alike: concentration of a Dirichlet distribution, > 0: at 100 all clients have nearly the same mix, at 0.1 most
            have one or two classes; by default the samples are divided at random.
        sizes: relative sizes of the clients, > 0.

    Raises:
        ValueError: an argument outside its range, or sizes that do not fit.

    Source: Hsu, Qi, Brown, arXiv:1909.06335, for classes by Dirichlet.
    """
    shares = np.broadcast_to(positive("sizes", sizes), (at_least("clients", clients, 1),))
    owner = np.empty(samples.size, dtype=np.int64)
    if alike is None:
        owner[rng.permutation(samples.size)] = _divided(samples.size, shares)
    else:
        for label in np.unique(samples.labels):
            those = rng.permutation(np.flatnonzero(samples.labels == label))
            mix = rng.dirichlet(np.full(clients, positive("alike", alike)))
            # Where all chances round to zero, the class is spread evenly.
            weights = shares * mix if np.sum(shares * mix) > 0 else shares
            owner[those] = _divided(those.size, weights)
    return [samples.part(owner == client) for client in range(clients)]


def flip_labels(samples: Samples, classes: int = 10) -> Samples:
    """Poisoned data: each label k becomes ``classes − 1 − k``."""
    return Samples(samples.features, classes - 1 - samples.labels)


class FederatedRun(NamedTuple):
    """What federated training leaves behind."""

    parameters: NDArray[np.float64]  #: of the shared model at the end
    accuracy: NDArray[np.float64]  #: on the test data, before the first round and after each
    sent: int  #: bytes that all clients sent, in numbers of 4 bytes


def client_updates(
    parameters: NDArray[np.float64], clients: Sequence[Samples] | Gathered, steps: int, rate: float
) -> NDArray[np.float64]:
    """What each client learns in ``steps`` steps from the shared model: its parameters less the shared ones."""
    return train_each(parameters, clients, steps, rate) - parameters


def train_federated(
    clients: Sequence[Samples],
    test: Samples,
    rounds: int,
    steps: int = 5,
    rate: float = 1.0,
    *,
    aggregate: Aggregate = federated_average,
    behaviours: Mapping[int, Behaviour] | None = None,
    classes: int = 10,
    momentum: float = 0.0,
    server_rate: float = 1.0,
) -> FederatedRun:
    """Rounds of federated learning, starting from a blank model.

    With momentum the server treats what it aggregates as a slope, in Nesterov's way: ``v ← m·v + u``,
    ``w ← w + rate·(m·v + u)``. What clients agree on counts up to ``1/(1 − m)`` times, and what they disagree
    on cancels.

    Args:
        clients: their samples; one client at least.
        test: data that no client has.
        rounds: >= 0.
        steps: of each client in a round, >= 0; with 1 it is gradient descent on all data together.
        rate: of the clients' steps, > 0.
        aggregate: from updates and sizes to the change of the shared model.
        behaviours: for clients that cheat, by number: from the honest update to what is sent.
        classes: of the labels.
        momentum: m, of the server, in [0, 1); 0 is plain averaging.
        server_rate: by which the server multiplies each change, > 0.

    Raises:
        ValueError: an argument outside its range, or no client.

    Source: McMahan et al., arXiv:1602.05629; for momentum Hsu, Qi, Brown, arXiv:1909.06335; Douillard et al. (DiLoCo),
    arXiv:2311.08105, who use 0.7.
    """
    ratio("momentum", momentum), positive("server_rate", server_rate)
    at_least("number of clients", len(clients), 1), at_least("rounds", rounds, 0)
    sizes = np.array([samples.size for samples in clients], dtype=float)
    parameters = blank_model(test, classes)
    reached, together, velocity = [accuracy(parameters, test)], gathered(clients), np.zeros(parameters.shape)
    for _ in range(rounds):
        updates = client_updates(parameters, together, steps, rate)
        for client, behaviour in (behaviours or {}).items():
            updates[client] = behaviour(updates[client])
        change = aggregate(updates, sizes)
        if momentum:
            velocity = momentum * velocity + change
            change = momentum * velocity + change
        parameters = parameters + server_rate * change
        reached.append(accuracy(parameters, test))
    return FederatedRun(parameters, np.array(reached), rounds * len(clients) * parameters.size * 4)


def coalition_accuracy(
    start: NDArray[np.float64], updates: NDArray[np.float64], sizes: Amount, test: Samples
) -> Callable[[NDArray[np.bool_]], NDArray[np.float64]]:
    """Value of coalitions of clients: accuracy of the model that only they would have made in this round.

    Args:
        start: shared model before the round; the value of the empty coalition is its accuracy.
        updates: of the clients along the first axis.
        sizes: of the clients, > 0.
        test: data on which accuracy counts.

    Returns:
        A function of masks, one row for each coalition, for :mod:`defi_lib.compute.learning.data_value`.

    Raises:
        ValueError: sizes that are not positive or do not fit.
    """
    weights = np.atleast_1d(positive("sizes", sizes))
    if weights.shape != updates.shape[:1]:
        raise ValueError(f"updates of {len(updates)} clients and sizes {weights.shape}: allowed is one size for each")

    def value(coalitions: NDArray[np.bool_]) -> NDArray[np.float64]:
        together = coalitions * weights
        totals = np.sum(together, axis=1, keepdims=True)
        shares = np.divide(together, totals, out=np.zeros(together.shape), where=totals > 0)
        return np.asarray(accuracy(start + np.tensordot(shares, updates, axes=1), test))

    return value


def _divided(count: int, shares: NDArray[np.float64]) -> NDArray[np.int64]:
    """Numbers of the owners of ``count`` things in their shares, rounded without losing one."""
    ends = np.rint(np.cumsum(shares) / np.sum(shares) * count).astype(np.int64)
    return np.searchsorted(ends, np.arange(count), side="right").astype(np.int64)
