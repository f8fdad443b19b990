"""What is measured for the claims about blocks, keys, fees and stake."""

from defi_lib.evidence.effects import Registry
from defi_lib.evidence.staking import fees, measures

EVIDENCE = Registry.joined("staking", fees.EVIDENCE, measures.EVIDENCE)
