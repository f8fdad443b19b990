"""What is measured for the claims about compute: who does which task, and what comes and goes."""

from defi_lib.evidence.compute.matching import adding_up, allocating, churn, edge
from defi_lib.evidence.effects import Registry

EVIDENCE = Registry.joined("compute", adding_up.EVIDENCE, allocating.EVIDENCE, churn.EVIDENCE, edge.EVIDENCE)
