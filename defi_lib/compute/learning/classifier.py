"""A small real model on small real data: softmax regression on scanned handwritten digits, in plain numpy."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from defi_lib.frozen import kept
from defi_lib.renamed import renamed
from defi_lib.validation import Amount, Whole, at_least, between, finite, non_negative, plain, positive, whole

#: Shades of grey of a pixel in the data set.
_SHADES = 16.0


class _SampleState(NamedTuple):
    features: NDArray[np.float64]
    labels: NDArray[np.int64]


class Samples(_SampleState):
    """What a model learns from.

    Args:
        features: one row for each sample.
        labels: class of each sample, numbered from 0.

    Raises:
        ValueError: features that are not finite, labels that are no whole numbers >= 0, or lengths that differ.
    """

    __slots__ = ()

    def __new__(cls, features: Amount, labels: Whole) -> Self:
        """Check the arguments and build the samples."""
        rows, classes = kept(np.asarray(finite("features", features))), kept(np.atleast_1d(whole("labels", labels)))
        if rows.ndim != 2 or classes.shape != rows.shape[:1]:
            raise ValueError(
                f"features {rows.shape} and labels {classes.shape}: allowed are rows, and one label for each"
            )
        return super().__new__(cls, rows, classes)

    @property
    def size(self) -> int:
        """Number of samples."""
        return len(self.labels)

    def part(self, chosen: NDArray) -> Samples:
        """The chosen samples, by number or by a mask."""
        return Samples(self.features[chosen], self.labels[chosen])


class Digits(NamedTuple):
    """Handwritten digits, 8 × 8 pixels each."""

    train: Samples
    test: Samples


@renamed(random="rng")
def load_digits(rng: np.random.Generator, test_share: float = 0.25) -> Digits:
    """The 1797 digits that come with this package, shuffled and divided; features in [0, 1] and a constant.

    Args:
        rng: how they are shuffled.
        test_share: part that no model learns from, in (0, 1).

    Raises:
        ValueError: a part outside its range.

    Source: Alpaydin, Kaynak, *Optical Recognition of Handwritten Digits*, UCI Machine Learning Repository (1998), under
    CC BY 4.0; ``digits.txt`` says more.
    """
    between("test_share", test_share, 0.0, 1.0, low_open=True, high_open=True)
    with resources.files(__package__).joinpath("digits.npz").open("rb") as file, np.load(file) as data:
        images, labels = data["images"].astype(np.float64), data["labels"].astype(np.int64)
    features = np.column_stack([images / _SHADES, np.ones(len(labels))])
    order = rng.permutation(len(labels))
    cut = round(test_share * len(labels))
    samples = Samples(features, labels)
    return Digits(samples.part(order[cut:]), samples.part(order[:cut]))


def blank_model(samples: Samples, classes: int = 10) -> NDArray[np.float64]:
    """Parameters of a model that knows nothing: one row for each feature, one column for each class."""
    return np.zeros((samples.features.shape[1], at_least("classes", classes, 1)))


def accuracy(parameters: NDArray[np.float64], samples: Samples) -> Amount:
    """Part of the samples whose label gets the highest score; many models at once along first axes.

    Raises:
        ValueError: no sample.
    """
    at_least("number of samples", samples.size, 1)
    guesses = np.argmax(samples.features @ parameters, axis=-1)
    return plain(np.mean(guesses == samples.labels, axis=-1))


def log_loss(parameters: NDArray[np.float64], samples: Samples) -> float:
    """Mean of ``−ln(probability given to the right label)``.

    Raises:
        ValueError: no sample.
    """
    at_least("number of samples", samples.size, 1)
    scores = samples.features @ parameters
    scores = scores - np.max(scores, axis=1, keepdims=True)
    right = np.take_along_axis(scores, samples.labels[:, np.newaxis], axis=1)[:, 0]
    return float(np.mean(np.log(np.sum(np.exp(scores), axis=1)) - right))


def loss_gradient(parameters: NDArray[np.float64], samples: Samples) -> NDArray[np.float64]:
    """Gradient of :func:`log_loss`: ``features' · (probabilities − truth)/n``; zero without samples."""
    return _gradients(np.asarray(parameters).T[np.newaxis], gathered([samples]))[0].T


def train(
    parameters: NDArray[np.float64], samples: Samples, steps: int, rate: float = 1.0, decay: float = 0.0
) -> NDArray[np.float64]:
    """Gradient descent over all samples.

    Args:
        parameters: where it starts; they stay as they are.
        samples: may be none: then only the decay acts.
        steps: >= 0.
        rate: length of a step per gradient, > 0.
        decay: pull towards zero per step and rate, >= 0.

    Raises:
        ValueError: an argument outside its range, or a label for which the model has no class.

    >>> apart = Samples([[1.0, 0.0], [0.0, 1.0]], [0, 1])
    >>> accuracy(train(blank_model(apart, 2), apart, 3), apart)
    1.0
    """
    return train_each(parameters, [samples], steps, rate, decay)[0]


def train_each(
    parameters: NDArray[np.float64],
    clients: Sequence[Samples] | Gathered,
    steps: int,
    rate: float = 1.0,
    decay: float = 0.0,
) -> NDArray[np.float64]:
    """What each client makes of the same model by itself; arguments and errors as in :func:`train`.

    Returns:
        Parameters, one model for each client along the first axis. All learn at once, which is much faster than one
        after the other.

    >>> apart = Samples([[1.0, 0.0], [0.0, 1.0]], [0, 1])
    >>> train_each(blank_model(apart, 2), [apart, apart, apart], 3).shape
    (3, 2, 2)
    """
    at_least("steps", steps, 0), positive("rate", rate), non_negative("decay", decay)
    together = clients if isinstance(clients, Gathered) else gathered(clients)
    between("labels", together.labels, 0, parameters.shape[1] - 1)
    weights = np.repeat(np.asarray(parameters, dtype=float).T[np.newaxis], len(together.parts), axis=0)
    for _ in range(steps):
        slope = _gradients(weights, together)
        weights -= rate * (slope + decay * weights if decay else slope)
    return np.ascontiguousarray(np.swapaxes(weights, 1, 2))


class Gathered(NamedTuple):
    """The samples of several clients in one table, which is made once for many steps."""

    features: NDArray[np.float64]  #: rows of all clients, one client after the other
    columns: NDArray[np.float64]  #: the same with samples last
    labels: NDArray[np.int64]
    parts: tuple[slice, ...]  #: where those of each client are


def gathered(clients: Sequence[Samples]) -> Gathered:
    """The samples of all clients, of whom there is one at least."""
    at_least("number of clients", len(clients), 1)
    features = np.concatenate([samples.features for samples in clients])
    ends = np.cumsum([samples.size for samples in clients]).tolist()
    parts = tuple(slice(end - samples.size, end) for end, samples in zip(ends, clients, strict=True))
    labels = np.concatenate([samples.labels for samples in clients])
    return Gathered(features, np.ascontiguousarray(features.T), labels, parts)


def _gradients(weights: NDArray[np.float64], clients: Gathered) -> NDArray[np.float64]:
    """Gradient of each client's loss at its own weights: clients, then classes, then features.

    Classes come first, because sums over ten long rows are much faster than over many rows of ten.
    """
    chances = np.empty((weights.shape[1], len(clients.labels)))
    for own, part in zip(weights, clients.parts, strict=True):
        np.matmul(own, clients.columns[:, part], out=chances[:, part])
    chances -= np.max(chances, axis=0)
    np.exp(chances, out=chances)
    chances /= np.sum(chances, axis=0)
    chances[clients.labels, np.arange(len(clients.labels))] -= 1
    slopes = np.empty(weights.shape)
    for slope, part in zip(slopes, clients.parts, strict=True):
        np.matmul(chances[:, part], clients.features[part], out=slope)
        slope /= max(part.stop - part.start, 1)
    return slopes
