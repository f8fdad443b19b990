"""What is measured for the claims about pools, their providers and those who trade with them."""

from defi_lib.evidence.effects import Registry
from defi_lib.evidence.exchange import concentrating, providing, trading

EVIDENCE = Registry.joined("exchange", concentrating.EVIDENCE, providing.EVIDENCE, trading.EVIDENCE)
