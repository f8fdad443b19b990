"""What is measured for the claims about yields, launches, owned pools, and those who hold a token from its birth."""

from defi_lib.evidence.effects import Registry
from defi_lib.evidence.rewards import (
    airdrops,
    fair_launch,
    farming,
    insiders,
    locks,
    owning,
    payouts,
    points,
    renumbering,
)

EVIDENCE = Registry.joined(
    "rewards",
    farming.EVIDENCE,
    insiders.EVIDENCE,
    fair_launch.EVIDENCE,
    locks.EVIDENCE,
    airdrops.EVIDENCE,
    owning.EVIDENCE,
    renumbering.EVIDENCE,
    payouts.EVIDENCE,
    points.EVIDENCE,
)
