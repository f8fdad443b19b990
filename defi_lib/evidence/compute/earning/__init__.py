"""What is measured for the claims about compute: what a machine earns and costs its owner."""

from defi_lib.evidence.compute.earning import cards, energy, entry, owning
from defi_lib.evidence.effects import Registry

EVIDENCE = Registry.joined("compute", cards.EVIDENCE, energy.EVIDENCE, entry.EVIDENCE, owning.EVIDENCE)
