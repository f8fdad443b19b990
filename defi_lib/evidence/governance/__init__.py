"""What is measured for the claims about votes: who decides, what a vote costs, and which rules change that."""

from defi_lib.evidence.effects import Registry
from defi_lib.evidence.governance import buying_votes, deciding, keys, locking, naming, rules, spending

EVIDENCE = Registry.joined(
    "governance",
    *(part.EVIDENCE for part in (buying_votes, deciding, keys, locking, naming, rules, spending)),
)
