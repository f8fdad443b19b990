"""What is measured for the claims about the economy: who can take part, and what newcomers are told."""

from defi_lib.evidence.economy.access import readers, stories, taking_part
from defi_lib.evidence.effects import Registry

EVIDENCE = Registry.joined("economy", *(part.EVIDENCE for part in (readers, stories, taking_part)))
from defi_lib.evidence.economy.access import readers, saving, taking_part
from defi_lib.evidence.effects import Registry

EVIDENCE = Registry.joined("economy", readers.EVIDENCE, saving.EVIDENCE, taking_part.EVIDENCE)
