"""The small model on scanned digits."""

import numpy as np
import pytest

from defi_lib.compute import Samples, accuracy, blank_model, load_digits, log_loss, loss_gradient, train
from tests.support.contracts import assert_refuses


@pytest.fixture(scope="module")
def digits():
    return load_digits(np.random.default_rng(1))


def test_the_data_are_whole(digits):
    assert digits.train.size + digits.test.size == 1797
    assert digits.test.size == 449
    assert digits.train.features.shape[1] == 65
    assert digits.train.features.min() == 0
    assert digits.train.features.max() == 1
    assert np.unique(digits.test.labels).tolist() == list(range(10))


def test_the_data_are_those_of_the_source():
    digits = load_digits(np.random.default_rng(1))
    both = [np.concatenate([getattr(part, name) for part in digits]) for name in ("features", "labels")]
    assert np.bincount(both[1]).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]  # of each digit
    assert both[0][:, :64].sum() * 16 == 561_718  # all shades of grey


def test_the_gradient_is_that_of_the_loss(digits):
    random = np.random.default_rng(3)
    few = digits.train.part(np.arange(40))
    parameters = random.normal(0, 0.3, (65, 10))
    direction = random.normal(0, 1, (65, 10))
    change = 1e-5
    numeric = (log_loss(parameters + change * direction, few) - log_loss(parameters - change * direction, few)) / 2e-5
    assert np.sum(loss_gradient(parameters, few) * direction) == pytest.approx(numeric, rel=1e-6)
    assert log_loss(blank_model(few), few) == pytest.approx(np.log(10))
    assert np.all(train(parameters, Samples(np.empty((0, 65)), []), 3) == parameters)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Samples(np.ones((2, 3)), [0]), r"features \(2, 3\) and labels \(1,\)"),
        (lambda: Samples(np.ones((1, 3)), [-1]), r"labels\[0\] = -1 .*from 0"),
        (lambda: Samples([[np.nan]], [0]), r"features\[0, 0\] = nan"),
        (lambda: load_digits(np.random.default_rng(1), 1.0), r"test_share = 1 .*\(0, 1\)"),
        (lambda: accuracy(np.ones((1, 2)), Samples(np.empty((0, 1)), [])), r"number of samples = 0 .*>= 1"),
        (lambda: train(np.ones((1, 2)), Samples([[1.0]], [2]), 1), r"labels\[0\] = 2 .*\[0, 1\]"),
        (lambda: train(np.ones((1, 2)), Samples([[1.0]], [1]), 1, 0.0), r"rate = 0 .*\(0, inf\)"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)
