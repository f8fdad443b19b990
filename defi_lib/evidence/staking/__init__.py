"""What is measured for the claims about blocks, keys, fees and stake."""

from defi_lib.evidence.effects import Registry
from defi_lib.evidence.staking import (
    access,
    builders,
    energy,
    fees,
    keys,
    layer_two,
    ledger,
    measures,
    mining,
    payments,
    restaking,
    stake,
)

EVIDENCE = Registry.joined(
    "staking",
    *(
        part.EVIDENCE
        for part in (
            ledger,
            keys,
            fees,
            layer_two,
            payments,
            access,
            measures,
            mining,
            stake,
            energy,
            builders,
            restaking,
        )
    ),
)
