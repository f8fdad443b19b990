"""What is measured for the claims about compute: waiting, batches and a cloud behind."""

from defi_lib.evidence.compute.serving import batching, waiting
from defi_lib.evidence.effects import Registry

EVIDENCE = Registry.joined("compute", batching.EVIDENCE, waiting.EVIDENCE)
