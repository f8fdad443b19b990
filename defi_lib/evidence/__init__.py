"""What is measured for each claim: worlds, turning points and verdicts; one module of effects for each part.

A claim has readings, each precise enough to be false. A reading is tested in today's world and in many plausible ones:
is it true, by how much, and at which value of which assumption does the answer turn?

>>> from defi_lib.evidence import evidence
>>> evidence("X9a").true, evidence("X9a").strength
(False, 'nearly none')
"""

import numpy  # noqa: F401 - what every part needs

from defi_lib.lazy import attach

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "unknowns": ["Assumption", "PEOPLE", "assumptions", "apart", "beside", "brief", "changes", "in_unit", "signed"],
        "situations": ["Case", "cases", "others"],
        "effects": ["Control", "Count", "Effect", "Proof", "Registry"],
        "registry": ["effect", "evidence", "tested"],
        "turning": ["Pair", "Turning", "turned", "turning_pair", "turning_points"],
        "verdicts": ["Evidence", "evidence_on", "written"],
        "drawing": ["WORLDS", "today", "worlds"],
    },
)
