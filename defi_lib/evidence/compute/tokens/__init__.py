"""What is measured for the claims about compute: what is burned, minted, staked and sold."""

from defi_lib.evidence.compute.tokens import burning, flywheel, staking
from defi_lib.evidence.effects import Registry

EVIDENCE = Registry.joined("compute", *(part.EVIDENCE for part in (burning, flywheel, staking)))
