"""What is measured for the claims about compute: what is burned, minted, staked and sold."""

from defi_lib.evidence.effects import Registry

EVIDENCE = Registry.joined("compute")
