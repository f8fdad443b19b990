"""What is measured for the claims about compute: checks, stakes and secrets."""

from defi_lib.evidence.compute.trust import checking, hiding
from defi_lib.evidence.effects import Registry

EVIDENCE = Registry.joined("compute", checking.EVIDENCE, hiding.EVIDENCE)
