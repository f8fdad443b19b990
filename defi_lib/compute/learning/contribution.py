"""What each client of federated training contributed: by training without it, and round by round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.compute.learning.classifier import Samples, accuracy, blank_model
from defi_lib.compute.learning.data_value import Game, exact_shapley
from defi_lib.compute.learning.federated import (
    Behaviour,
    client_updates,
    coalition_accuracy,
    federated_average,
    train_federated,
)
from defi_lib.validation import at_least, positive


def retrained_accuracy(
    clients: Sequence[Samples],
    test: Samples,
    rounds: int,
    steps: int = 5,
    rate: float = 1.0,
    *,
    behaviours: Mapping[int, Behaviour] | None = None,
    classes: int = 10,
) -> Game:
    """Value of coalitions of clients: accuracy of the model that only they would have trained, from the start.

    One training for each coalition: ask a :class:`CachedGame`. The empty coalition is worth what a blank model is.

    Args:
        clients: their samples; one sample at least in all of each coalition that is asked for.
        test: data on which accuracy counts.
        rounds, steps, rate, behaviours, classes: as in :func:`train_federated`.

    Returns:
        A function of masks, one row for each coalition, for :mod:`defi_lib.compute.learning.data_value`.

    Raises:
        ValueError: no client; or as in :func:`train_federated`, when it is used.

    Source: Ghorbani, Zou, *Data Shapley*, arXiv:1904.02868.
    """
    at_least("number of clients", len(clients), 1)

    def one(members: NDArray[np.bool_]) -> float:
        chosen = np.flatnonzero(members)
        if not chosen.size:
            return float(accuracy(blank_model(test, classes), test))
        known = behaviours or {}
        cheats = {place: known[client] for place, client in enumerate(chosen.tolist()) if client in known}
        together = [clients[client] for client in chosen.tolist()]
        run = train_federated(together, test, rounds, steps, rate, behaviours=cheats, classes=classes)
        return float(run.accuracy[-1])

    return lambda coalitions: np.array([one(members) for members in coalitions])


class ContributionRun(NamedTuple):
    """Federated training, and what each client added to the accuracy."""

    parameters: NDArray[np.float64]  #: of the shared model at the end
    accuracy: NDArray[np.float64]  #: on the test data, before the first round and after each
    values: NDArray[np.float64]  #: Shapley values, one row for each round, one column for each client


def contributions_by_round(
    clients: Sequence[Samples], test: Samples, present: ArrayLike, steps: int = 5, rate: float = 1.0, classes: int = 10
) -> ContributionRun:
    """Train as :func:`train_federated`, with those who are there, and share out the accuracy that each round adds.

    In each round those present are the players, and a coalition is worth the accuracy of the model that only its
    updates would have made of the shared one. The values of a round add up to what the accuracy changed in it.

    Args:
        clients: their samples, each one at least.
        test: data that no client has.
        present: who takes part, one row for each round, one column for each client. Without anybody the model stays.
        steps: of each client in a round, >= 0.
        rate: of the clients' steps, > 0.
        classes: of the labels.

    Raises:
        ValueError: no client, a client without samples, more than 20 present, or columns that do not fit.

    Source: Wang, Rausch, Zhang, Jia, Song, *A Principled Approach to Data Valuation for Federated Learning*,
    arXiv:2009.06192.
    """
    at_least("number of clients", len(clients), 1)
    sizes = np.array([samples.size for samples in clients], dtype=float)
    positive("size of a client", sizes)
    there = np.asarray(present, dtype=bool)
    if there.ndim != 2 or there.shape[1] != len(clients):
        raise ValueError(f"present has shape {there.shape}: allowed are rounds, and one column for each client")
    parameters = blank_model(test, classes)
    reached, values = [accuracy(parameters, test)], np.zeros(there.shape)
    for round_, row in enumerate(there):
        who = np.flatnonzero(row)
        if who.size:
            updates = client_updates(parameters, [clients[client] for client in who.tolist()], steps, rate)
            game = coalition_accuracy(parameters, updates, sizes[who], test)
            values[round_, who] = exact_shapley(game, who.size)
            parameters = parameters + federated_average(updates, sizes[who])
        reached.append(accuracy(parameters, test))
    return ContributionRun(parameters, np.array(reached), values)
