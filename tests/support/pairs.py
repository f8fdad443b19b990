"""How often two covers are lost together, kept: tests ask it for the same histories again and again."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from defi_lib.risk import joint_chance

TRIED = np.linspace(0, 0.9, 46)


@lru_cache(maxsize=4096)
def chances_of_pairs(chance: float) -> NDArray[np.float64]:
    """For each dependence of ``TRIED``."""
    return np.asarray(joint_chance(chance, TRIED))
