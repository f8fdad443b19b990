"""What is measured for the claims about compute: what strangers store, and data for sale."""

from defi_lib.evidence.compute.storage import selling, storing
from defi_lib.evidence.effects import Registry

EVIDENCE = Registry.joined("compute", storing.EVIDENCE, selling.EVIDENCE)
