"""What is measured for the claims about risk: what holds a coin's price, how failure spreads, and who pays for it."""

from defi_lib.evidence.effects import Registry
from defi_lib.evidence.risk import contagion, insuring, issuers, keys, losses, makers, own_tokens, pegs

EVIDENCE = Registry.joined(
    "risk", *(part.EVIDENCE for part in (contagion, insuring, issuers, keys, losses, makers, own_tokens, pegs))
)
