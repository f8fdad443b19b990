"""What is measured for the claims about compute: prices, plans and what settling costs."""

from defi_lib.evidence.compute.markets import competing, plans, settling
from defi_lib.evidence.effects import Registry

EVIDENCE = Registry.joined("compute", competing.EVIDENCE, plans.EVIDENCE, settling.EVIDENCE)
