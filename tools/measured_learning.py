"""Writes `defi_lib/compute/learning/measured.npz`: learning together in some hundred worlds, half an hour of work.

python tools/measured_learning.py
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from itertools import product
from pathlib import Path

import numpy as np

from defi_lib.compute.learning import measured as by

TARGET = Path(__file__).parents[1] / "defi_lib/compute/learning/measured.npz"


def main() -> None:
    """Train in every world of the grids, and keep the mean accuracies."""
    together = list(product(by.SERVERS, by.STEPS, by.ALIKE, by.CLIENTS, by.LIARS))
    hidden = list(product(by.NOISES, by.ALIKE, by.HIDING_CLIENTS))
    with ProcessPoolExecutor(4) as pool:
        seen = np.array(list(pool.map(by.measure_together, *zip(*together, strict=True), chunksize=4)))
        noisy = np.array(list(pool.map(by.measure_hidden, *zip(*hidden, strict=True), chunksize=4)))
    shape = [len(each) for each in (by.SERVERS, by.STEPS, by.ALIKE, by.CLIENTS, by.LIARS, by.ROUNDS)]
    np.savez_compressed(
        TARGET,
        together=seen.reshape(shape).astype(np.float32),
        hidden=noisy.reshape(len(by.NOISES), len(by.ALIKE), len(by.HIDING_CLIENTS), len(by.ROUNDS)).astype(np.float32),
        one_place=np.array(
            [[by.measure_in_one_place(server, steps) for steps in by.STEPS] for server in by.SERVERS]
        ).astype(np.float32),
        alone=np.array([[by.measure_alone(alike, count) for count in by.CLIENTS] for alike in by.ALIKE]).astype(
            np.float32
        ),
    )


if __name__ == "__main__":
    main()
