"""What is measured for the claims about lending: rates, collateral, leverage and cascades."""

from defi_lib.evidence.effects import Registry
from defi_lib.evidence.lending import cascades, interest

EVIDENCE = Registry.joined("lending", cascades.EVIDENCE, interest.EVIDENCE)
