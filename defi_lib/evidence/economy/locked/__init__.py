"""What is measured for the claims about the economy: what is counted as locked."""

from defi_lib.evidence.economy.locked import counted_twice
from defi_lib.evidence.effects import Registry

EVIDENCE = Registry.joined("economy", counted_twice.EVIDENCE)
