"""What is measured for the claims about lending: rates, collateral, liquidations, credit and cascades."""

from defi_lib.evidence.effects import Registry
from defi_lib.evidence.lending import cascades, credit, interest, liquidations

EVIDENCE = Registry.joined("lending", cascades.EVIDENCE, credit.EVIDENCE, interest.EVIDENCE, liquidations.EVIDENCE)
