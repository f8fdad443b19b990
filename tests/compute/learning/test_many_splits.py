"""What was computed once is what is computed today."""

import numpy as np
import pytest

from defi_lib.compute import load_digits, split_runs, split_samples, train_federated
from defi_lib.compute.learning.many_splits import MIXES, SERVERS, STEPS
from tests.support.contracts import assert_refuses


@pytest.mark.parametrize(
    ("mix", "server", "steps", "split"),
    [("a few digits", "mean", 5, 3), ("a few digits", "momentum", 20, 15), ("its own mix", "mean, twice", 1, 0)],
)
def test_a_kept_run_is_that_of_today(mix, server, steps, split):
    digits = load_digits(np.random.default_rng(1))
    parts = split_samples(digits.train, 10, np.random.default_rng(2 + split), alike=MIXES[mix])
    momentum, rate = SERVERS[server]
    run = train_federated(parts, digits.test, 20, steps, momentum=momentum, server_rate=rate)
    # Another processor may sum in another order: then a digit at the edge may fall to the other side.
    assert split_runs(mix, server, steps).accuracy[split] == pytest.approx(run.accuracy, abs=1.5 / digits.test.size)


def test_momentum_halves_the_rounds_whatever_the_split():
    for steps, plain, fast in ((1, 9, 4), (5, 12.5, 5), (20, 10, 4)):
        rounds = {server: split_runs("a few digits", server, steps).rounds_to(0.9) for server in SERVERS}
        assert np.median(rounds["mean"]) == plain and np.median(rounds["momentum"]) == fast
        assert np.all(rounds["momentum"] < rounds["mean"])
    assert np.ptp(split_runs("a few digits", "mean", 20).rounds_to(0.9)) >= 10, "one split says little"


def test_all_that_is_kept():
    for mix in MIXES:
        for server in SERVERS:
            for steps in STEPS:
                runs = split_runs(mix, server, steps)
                assert runs.accuracy.shape == (16, 21) and np.all((runs.accuracy >= 0) & (runs.accuracy <= 1))
    assert np.all(runs.rounds_to(0.999) == 21), "one more than there are, where it is never reached"
    assert np.all(runs.rounds_to(0.0) == 0)
    assert_refuses(lambda: split_runs("all"), "mix = 'all'")
    assert_refuses(lambda: split_runs(server="none"), "server = 'none'")
    assert_refuses(lambda: split_runs(steps=2), "steps = 2")
    assert_refuses(lambda: runs.rounds_to(1.0), "goal = 1")
