"""What is measured for the claims about the whole economy, one room for each part of ``defi_lib.economy``."""

from defi_lib.evidence.economy import access, funding, locked, networks, rules, value_chain
from defi_lib.evidence.effects import Registry

EVIDENCE = Registry.joined(
    "economy", *(room.EVIDENCE for room in (networks, value_chain, locked, access, funding, rules))
)
