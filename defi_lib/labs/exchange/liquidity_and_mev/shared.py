"""What several questions need: the lab, and random pools."""

from __future__ import annotations

import numpy as np

from defi_lib.labs.kit import Lab, round_number

lab = Lab("1.2")
check, progress = lab.check, lab.progress


def random_pool(rng: np.random.Generator) -> tuple[float, float, float]:
    """Ether and dollars in a pool, and its fee."""
    ether, price = round_number(rng, 100, 2_000), round_number(rng, 1_000, 4_000)
    return ether, float(f"{ether * price:.4g}"), float(rng.choice([0.003, 0.01]))


def moved(rng: np.random.Generator, price: float) -> float:
    """A price after it has risen or fallen a lot."""
    return float(f"{price * rng.uniform(1.4, 4) ** rng.choice([-1, 1]):.4g}")
