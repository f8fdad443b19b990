"""Writes `defi_lib/compute/learning/splits.npz`: federated learning on many ways to split the digits, minutes of work.

python tools/federated_splits.py
"""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np

from defi_lib.compute import load_digits, split_samples, train_federated
from defi_lib.compute.learning import many_splits

TARGET = Path(__file__).parents[1] / "defi_lib/compute/learning/splits.npz"
CLIENTS, ROUNDS, SPLITS = 10, 20, 16
MIXES, SERVERS = (np.array(list(each.values())) for each in (many_splits.MIXES, many_splits.SERVERS))
STEPS = np.array(many_splits.STEPS)


def main() -> None:
    """Train, and keep how many digits of the test each model knew after each round."""
    digits = load_digits(np.random.default_rng(1))
    right = np.empty((len(SERVERS), len(STEPS), len(MIXES), SPLITS, ROUNDS + 1), dtype=np.uint16)
    for (k, mix), split in product(enumerate(MIXES.tolist()), range(SPLITS)):
        parts = split_samples(digits.train, CLIENTS, np.random.default_rng(2 + split), alike=mix)
        for (i, (momentum, rate)), (j, steps) in product(enumerate(SERVERS.tolist()), enumerate(STEPS.tolist())):
            run = train_federated(parts, digits.test, ROUNDS, steps, momentum=momentum, server_rate=rate)
            right[i, j, k, split] = np.rint(run.accuracy * digits.test.size)
    np.savez_compressed(TARGET, right=right, servers=SERVERS, steps=STEPS, mixes=MIXES, samples=digits.test.size)


if __name__ == "__main__":
    main()
