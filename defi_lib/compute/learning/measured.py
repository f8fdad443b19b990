"""Learning together in many worlds, trained once and kept: a training is too slow to ask for thousands of them.

What is kept are means over four ways to divide the digits (and, with noise, four draws of it); between the worlds
that were trained all is interpolated, along the logarithm where a grid is spaced so.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.compute.learning.classifier import Digits, accuracy, blank_model, load_digits, train_each
from defi_lib.compute.learning.differential_privacy import gaussian_noise_needed, private_average
from defi_lib.compute.learning.federated import federated_average, flip_labels, split_samples, train_federated
from defi_lib.compute.learning.robust_aggregation import coordinate_median
from defi_lib.validation import Amount, Whole, between, broadcastable, plain, positive, whole

Array = NDArray[np.float64]

#: What was trained: how alike the data are (Dirichlet), how many clients, steps, liars, rounds; and the noise.
ALIKE = (0.1, 0.5, 10.0)
CLIENTS = (5, 20, 100)
STEPS = (1, 5, 20)
LIARS = (0.0, 0.1, 0.2, 0.4)
ROUNDS = (5, 10, 20, 30)
SERVERS = ("the mean", "the mean, with momentum", "the median")
HIDING_CLIENTS = (10, 30, 100, 300)
NOISES = (0.0, *(2 ** (power / 2) for power in range(13)))  # none, 1, 1.4, 2 … 64
SPLITS = 4
#: Of the server, as in DiLoCo; the chance that a promise fails; steps and greatest length of an update that is hidden.
MOMENTUM, DELTA, HIDDEN_STEPS, LENGTH = 0.7, 1e-5, 5, 1.0


def measure_together(server: str, steps: int, alike: float, clients: int, liars: float) -> Array:
    """Mean accuracy after each of :data:`ROUNDS`, by training; who has no picture does not take part.

    Liars label every picture of theirs wrongly, and follow the rules otherwise.

    Args:
        server: one of :data:`SERVERS`.
        steps: between two messages.
        alike: concentration of the Dirichlet draw.
        clients: number of them.
        liars: part of them.
    """
    digits, reached = _digits(), []
    rule = coordinate_median if server == SERVERS[2] else federated_average
    for split in range(SPLITS):
        parts = split_samples(digits.train, clients, np.random.default_rng(2 + split), alike=alike)
        parts = [flip_labels(part) if number < round(liars * clients) else part for number, part in enumerate(parts)]
        present = [part for part in parts if part.size]
        momentum = MOMENTUM if server == SERVERS[1] else 0.0
        run = train_federated(present, digits.test, max(ROUNDS), steps, aggregate=rule, momentum=momentum)
        reached.append(run.accuracy[list(ROUNDS)])
    return np.mean(reached, axis=0)


def measure_in_one_place(server: str, steps: int) -> Array:
    """The same training where all data, rightly labelled, are with one client."""
    momentum = MOMENTUM if server == SERVERS[1] else 0.0
    digits = _digits()
    run = train_federated([digits.train], digits.test, max(ROUNDS), steps, momentum=momentum)
    return run.accuracy[list(ROUNDS)]


def measure_alone(alike: float, clients: int) -> Array:
    """Mean and best accuracy of clients who learn alone, a hundred steps: means over the splits."""
    digits, found = _digits(), []
    for split in range(SPLITS):
        parts = split_samples(digits.train, clients, np.random.default_rng(2 + split), alike=alike)
        present = [part for part in parts if part.size]
        each = np.asarray(accuracy(train_each(blank_model(digits.test), present, 100), digits.test))
        found.append((np.mean(each), np.max(each)))
    return np.mean(found, axis=0)


def measure_hidden(noise: float, alike: float, clients: int) -> Array:
    """Mean accuracy after each of :data:`ROUNDS` if updates are cut to length 1 and hidden by noise.

    Args:
        noise: deviation as a multiple of what one client can change.
        alike: concentration of the Dirichlet draw.
        clients: number of them; who has no picture sends nothing, and hides others as well.
    """
    digits, reached = _digits(), []
    for split in range(SPLITS):
        parts = split_samples(digits.train, clients, np.random.default_rng(2 + split), alike=alike)
        rule = private_average(LENGTH, noise, np.random.default_rng(100 + split))
        run = train_federated(parts, digits.test, max(ROUNDS), HIDDEN_STEPS, aggregate=rule)
        reached.append(run.accuracy[list(ROUNDS)])
    return np.mean(reached, axis=0)


def accuracy_together(
    server: Whole, steps: Amount, alike: Amount, clients: Amount, liars: Amount, rounds: Amount
) -> Amount:
    """Accuracy of a model that many train, between the worlds that were trained.

    Args:
        server: number of one of :data:`SERVERS`, from 0.
        steps: between two messages, 1 to 20.
        alike: concentration of the Dirichlet draw; beyond 0.1 to 10 the nearest end.
        clients: number of them; beyond 5 to 100 the nearest end.
        liars: part of the clients, 0 to 0.4.
        rounds: number of them; beyond 5 to 30 the nearest end.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> round(accuracy_together(0, 5, 0.5, 20, 0.0, 20), 1)
    0.9
    """
    chosen = between("server", whole("server", server), 0, len(SERVERS) - 1)
    where = _places(
        ("steps", steps, STEPS), ("alike", alike, ALIKE), ("clients", clients, CLIENTS), ("rounds", rounds, ROUNDS)
    )
    lie = np.interp(between("liars", liars, 0.0, LIARS[-1]), LIARS, np.arange(len(LIARS)))
    return _between(_kept()["together"], chosen, where[0], where[1], where[2], lie, where[3])


def accuracy_in_one_place(server: Whole, steps: Amount, rounds: Amount) -> Amount:
    """Accuracy of the same training where all data are; arguments and errors as in :func:`accuracy_together`.

    >>> accuracy_in_one_place(0, 1, 20) == accuracy_together(0, 1, 0.1, 100, 0.0, 20)
    True
    """
    chosen = between("server", whole("server", server), 0, len(SERVERS) - 1)
    where = _places(("steps", steps, STEPS), ("rounds", rounds, ROUNDS))
    return _between(_kept()["one_place"], chosen, *where)


def accuracy_alone(alike: Amount, clients: Amount) -> tuple[Amount, Amount]:
    """Accuracy of clients who learn alone, their mean and the best of them; arguments as in :func:`accuracy_together`.

    >>> mean, best = accuracy_alone(0.1, 20)
    >>> bool(mean < 0.4 < best < 0.6)
    True
    """
    where, kept = _places(("alike", alike, ALIKE), ("clients", clients, CLIENTS)), _kept()["alone"]
    return _between(kept[..., 0], *where), _between(kept[..., 1], *where)


def accuracy_hidden(epsilon: Amount, alike: Amount, clients: Amount, rounds: Amount) -> Amount:
    """Accuracy of a model that many train while noise hides each of them, between the worlds that were trained.

    The noise is the least that keeps the promise with a chance of 1e-5 to fail.

    Args:
        epsilon: how weak the promise is, > 0; ``inf`` is no noise.
        alike: concentration of the Dirichlet draw; beyond 0.1 to 10 the nearest end.
        clients: number of them; beyond 10 to 300 the nearest end.
        rounds: number of them, which share the promise; beyond 5 to 30 the nearest end.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> bool(accuracy_hidden(2.0, 0.5, 10, 20) < 0.3 < 0.8 < accuracy_hidden(2.0, 0.5, 100, 20))
    True
    """
    positive("epsilon", np.minimum(np.asarray(epsilon, float), 1.0))
    where = _places(("alike", alike, ALIKE), ("clients", clients, HIDING_CLIENTS), ("rounds", rounds, ROUNDS))
    noise = noise_of_one_round(epsilon) * np.sqrt(np.asarray(rounds, float))
    # Below the least noise that was tried, in proportion; above, along the logarithm.
    place = np.where(noise < NOISES[1], noise, 1 + 2 * np.log2(np.maximum(noise, NOISES[1])))
    return _between(_kept()["hidden"], np.minimum(place, len(NOISES) - 1), *where)


def noise_of_one_round(epsilon: Amount) -> NDArray[np.float64]:
    """:func:`gaussian_noise_needed` for one round at δ = 1e-5, read from 400 of its values; 0 for ``inf``.

    >>> bool(np.isclose(noise_of_one_round(2.0), gaussian_noise_needed(2.0, 1, 1e-5), rtol=1e-5))
    True
    """
    given = np.asarray(epsilon, float)
    known, noises = _noise_curve()
    some = np.exp(np.interp(np.log(np.clip(given, 1e-3, 1e3)), known, noises))
    return np.where(np.isinf(given), 0.0, some)


@cache
def _noise_curve() -> tuple[Array, Array]:
    known = np.linspace(np.log(1e-3), np.log(1e3), 400)
    return known, np.log(np.asarray(gaussian_noise_needed(np.exp(known), 1, DELTA)))


@cache
def _digits() -> Digits:
    return load_digits(np.random.default_rng(1))


@cache
def _kept() -> dict[str, Array]:
    with resources.files(__package__).joinpath("measured.npz").open("rb") as file, np.load(file) as data:
        return {name: data[name].astype(np.float64) for name in data.files}


def _places(*axes: tuple[str, Amount, tuple[float, ...]]) -> list[Array]:
    """Where values stand on their grids: 0 at the first value, 1 at the second; between them by logarithm."""
    broadcastable(**{name: values for name, values, _ in axes})
    return [
        np.interp(np.log(positive(name, values)), np.log(grid), np.arange(len(grid))) for name, values, grid in axes
    ]


def _between(table: Array, *places: ArrayLike) -> Amount:
    """Value of a table between its entries, linear along each axis."""
    from scipy.ndimage import map_coordinates

    where = np.broadcast_arrays(*(np.asarray(place, float) for place in places))
    return plain(map_coordinates(table, [np.atleast_1d(each) for each in where], order=1).reshape(where[0].shape))
