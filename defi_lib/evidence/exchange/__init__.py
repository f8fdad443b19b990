"""What is measured for the claims about pools, their providers and those who trade with them."""

from defi_lib.evidence.effects import Registry
from defi_lib.evidence.exchange import (
    arbitrage,
    concentrating,
    first_places,
    intents,
    listing,
    providing,
    routing,
    sandwiches,
    trading,
)

EVIDENCE = Registry.joined(
    "exchange",
    *(
        part.EVIDENCE
        for part in (arbitrage, concentrating, first_places, intents, listing, providing, routing, sandwiches, trading)
    ),
)
