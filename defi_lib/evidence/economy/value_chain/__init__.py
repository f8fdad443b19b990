"""What is measured for the claims about the economy: who takes what of a dollar on its way."""

from defi_lib.evidence.economy.value_chain import halves, middlemen
from defi_lib.evidence.effects import Registry

EVIDENCE = Registry.joined("economy", halves.EVIDENCE, middlemen.EVIDENCE)
