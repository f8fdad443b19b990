"""What is measured for the claims about lending: rates, collateral, credit, loops, cascades and futures."""

from defi_lib.evidence.effects import Registry
from defi_lib.evidence.lending import (
    cascades,
    credit,
    flash_loans,
    interest,
    isolated,
    leverage,
    liquidations,
    oracles,
    perpetuals,
)

EVIDENCE = Registry.joined(
    "lending",
    cascades.EVIDENCE,
    credit.EVIDENCE,
    flash_loans.EVIDENCE,
    interest.EVIDENCE,
    isolated.EVIDENCE,
    leverage.EVIDENCE,
    liquidations.EVIDENCE,
    oracles.EVIDENCE,
    perpetuals.EVIDENCE,
)
