"""What votes for locked tokens move. Reading R3c."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from defi_lib.evidence.effects import Control, Registry
from defi_lib.governance.locks.vote_escrow import vote_weight

EVIDENCE = Registry("governance")

Worlds = NDArray[np.float64]

LONGEST = 1.0  #: locks are counted in parts of the longest


@EVIDENCE.model(
    "R3c",
    placebos=[{"large": 1.0, "time": 1.0, "pooled": 0.0}],  # all lock for the same time: votes as before
    controls=[
        # A tenth beside nine tenths, none of whom lock: all votes in place of a tenth.
        Control({"patient": 0.1, "large": 0.0, "time": 0.5, "pooled": 0.0}, 9.0),
        # A fifth beside half of four fifths, for half of the time: 0.2 of 0.4, and half of that.
        Control({"patient": 0.2, "large": 0.5, "time": 0.5, "pooled": 0.5}, 0.25 / 0.2 - 1),
        # All lock as long, and a quarter of the small give their votes away.
        Control({"patient": 0.4, "large": 1.0, "time": 1.0, "pooled": 0.25}, -0.25),
    ],
)
def cast_by_the_patient(patient: Worlds, large: Worlds, time: Worlds, pooled: Worlds) -> Worlds:
    """By what part of their votes by tokens small patient holders cast more where the time of a lock counts.

    Args:
        patient: their part of the votes by tokens; they lock for the longest time.
        large: part of the others who lock too; who does not has no vote.
        time: for which these lock, a part of the longest.
        pooled: part of the small holders' locks whose votes somebody else casts.
    """
    small = vote_weight(patient, LONGEST, LONGEST)
    others = vote_weight((1 - patient) * large, time, LONGEST)
    return np.asarray((1 - pooled) * small / (small + others) / patient - 1)
