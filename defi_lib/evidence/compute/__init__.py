"""What is measured for the claims about compute markets, one room for each part of ``defi_lib.compute``."""

from defi_lib.evidence.compute import earning, learning, markets, matching, serving, storage, tokens, trust
from defi_lib.evidence.effects import Registry

EVIDENCE = Registry.joined(
    "compute",
    *(room.EVIDENCE for room in (earning, matching, markets, trust, serving, tokens, learning, storage)),
)
