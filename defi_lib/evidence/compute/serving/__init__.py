"""What is measured for the claims about compute: waiting, batches and a cloud behind."""

from defi_lib.evidence.compute.serving import batching, overflow, waiting
from defi_lib.evidence.effects import Registry

EVIDENCE = Registry.joined("compute", batching.EVIDENCE, waiting.EVIDENCE, overflow.EVIDENCE)
