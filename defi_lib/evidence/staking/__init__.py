"""What is measured for the claims about blocks, keys, fees and stake."""

from defi_lib.evidence.effects import Registry
from defi_lib.evidence.staking import access, fees, keys, ledger, measures

EVIDENCE = Registry.joined("staking", ledger.EVIDENCE, keys.EVIDENCE, fees.EVIDENCE, access.EVIDENCE, measures.EVIDENCE)
