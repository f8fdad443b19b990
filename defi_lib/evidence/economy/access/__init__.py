"""What is measured for the claims about the economy: who can take part, and what newcomers are told."""

from defi_lib.evidence.economy.access import readers, saving, stories, taking_part
from defi_lib.evidence.effects import Registry

EVIDENCE = Registry.joined("economy", readers.EVIDENCE, saving.EVIDENCE, stories.EVIDENCE, taking_part.EVIDENCE)
