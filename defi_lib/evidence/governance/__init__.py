"""What is measured for the claims about votes: who decides, what a vote costs, and which rules change that."""

from defi_lib.evidence.effects import Registry
from defi_lib.evidence.governance import buying_votes, deciding, naming, rules, spending

EVIDENCE = Registry.joined(
    "governance", buying_votes.EVIDENCE, deciding.EVIDENCE, naming.EVIDENCE, rules.EVIDENCE, spending.EVIDENCE
)
