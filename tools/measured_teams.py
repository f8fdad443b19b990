"""Writes `defi_lib/compute/learning/teams.npz`: what teams of six and people who come and go bring, a minute of work.

python tools/measured_teams.py
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from defi_lib.compute.learning import measured_teams as by

TARGET = Path(__file__).parents[1] / "defi_lib/compute/learning/teams.npz"


def main() -> None:
    """Train each team of both casts, and all six in turns."""
    np.savez_compressed(
        TARGET,
        teams=np.array([by.measure_teams(alone) for alone in (True, False)]),
        turns=np.array([by.measure_turns(alike) for alike in by.MIXES.values()]),
    )


if __name__ == "__main__":
    main()
