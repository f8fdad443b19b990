"""What is measured for the claims about the economy: what is paid for and what is left undone."""

from defi_lib.evidence.economy.funding import lenders
from defi_lib.evidence.effects import Registry

EVIDENCE = Registry.joined("economy", lenders.EVIDENCE)
