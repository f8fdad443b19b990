"""What is measured for the claims about the economy: who takes what of a dollar on its way."""

from defi_lib.evidence.economy.value_chain import halves
from defi_lib.evidence.effects import Registry

EVIDENCE = Registry.joined("economy", *(part.EVIDENCE for part in (halves,)))
