"""What is measured for the claims about the economy: what licences and rules at the door give and take."""

from defi_lib.evidence.economy.rules import doors, licensing
from defi_lib.evidence.effects import Registry

EVIDENCE = Registry.joined("economy", licensing.EVIDENCE, doors.EVIDENCE)
