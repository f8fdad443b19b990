"""What is measured for the claims about the economy: whether the larger one or the better one wins."""

from defi_lib.evidence.economy.networks import copied_code, first_come, winners
from defi_lib.evidence.effects import Registry

EVIDENCE = Registry.joined("economy", copied_code.EVIDENCE, winners.EVIDENCE, first_come.EVIDENCE)
