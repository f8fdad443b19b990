"""A small real model on small real data: softmax regression on scanned handwritten digits, in plain numpy."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

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
        rows, classes = np.asarray(finite("features", features)), np.atleast_1d(whole("labels", labels))
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


def load_digits(random: np.random.Generator, test_share: float = 0.25) -> Digits:
    """The 1797 digits that come with scikit-learn, shuffled and divided; features in [0, 1] and a constant.

    Args:
        random: how they are shuffled.
        test_share: part that no model learns from, in (0, 1).

    Raises:
        ValueError: a part outside its range.

    Source: Alpaydin, Kaynak, *Optical Recognition of Handwritten Digits*, UCI Machine Learning Repository (1998).
    """
    from sklearn.datasets import load_digits as load

    between("test_share", test_share, 0.0, 1.0, low_open=True, high_open=True)
    images, labels = load(return_X_y=True)
    features = np.column_stack([images / _SHADES, np.ones(len(labels))])
    order = random.permutation(len(labels))
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
    scores = samples.features @ parameters
    scores -= np.max(scores, axis=1, keepdims=True)
    chances = np.exp(scores)
    chances /= np.sum(chances, axis=1, keepdims=True)
    chances[np.arange(samples.size), samples.labels] -= 1
    return samples.features.T @ chances / max(samples.size, 1)


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
    """
    at_least("steps", steps, 0), positive("rate", rate), non_negative("decay", decay)
    if samples.size:
        between("labels", samples.labels, 0, parameters.shape[1] - 1)
    for _ in range(steps):
        parameters = parameters - rate * (loss_gradient(parameters, samples) + decay * parameters)
    return parameters
