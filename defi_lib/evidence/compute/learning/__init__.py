"""What is measured for the claims about compute: models that many train."""

from defi_lib.evidence.compute.learning import contributing, together
from defi_lib.evidence.effects import Registry

EVIDENCE = Registry.joined("compute", together.EVIDENCE, contributing.EVIDENCE)
