"""What a good name can carry where nothing is pledged. Reading R7a."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from defi_lib.evidence.effects import Control, Registry
from defi_lib.governance.treasury.reputation import name_at_stake

EVIDENCE = Registry("governance")

Worlds = NDArray[np.float64]


def monthly(yearly: Worlds) -> Worlds:
    """The chance of a month of which twelve make the chance of a year.

    >>> round(float(monthly(1 - 0.75**12)), 9)
    0.25
    """
    return np.asarray(1 - (1 - np.asarray(yearly)) ** (1 / 12))


@EVIDENCE.model(
    "R7a",
    placebos=[
        {"keeping": 0.0},  # the name brings nothing: nobody pays to keep it
        {"fresh_name": 0.0, "waiting": 0.0},  # a new name is free and as good as the old
    ],
    controls=[
        # Who cheats misses one month: 0.8 · 0.1.
        Control({"keeping": 0.1, "patience": 0.8, "fresh_name": 0.0, "misfortune": 0.0, "waiting": 1}, 0.08),
        # A quarter fails each month, and no one buys a name for 9: V = 0.1/0.4, 0.2 is at stake, 3/4 of it is lent.
        Control({"keeping": 0.1, "patience": 0.8, "fresh_name": 9, "misfortune": 1 - 0.75**12, "waiting": 1}, 0.15),
        # A name for 0.05, without a wait: its price is at stake, 3/4 of it is lent.
        Control(
            {"keeping": 0.1, "patience": 0.8, "fresh_name": 0.05, "misfortune": 1 - 0.75**12, "waiting": 0}, 0.0375
        ),
        # The same with a wait of a month: V = 0.0875/0.24, at stake 0.8·V − (0.64·V − 0.05) = 0.10833.
        Control(
            {"keeping": 0.1, "patience": 0.8, "fresh_name": 0.05, "misfortune": 1 - 0.75**12, "waiting": 1}, 0.08125
        ),
    ],
)
def lent_on_a_name(
    keeping: Worlds, patience: Worlds, fresh_name: Worlds, misfortune: Worlds, waiting: Worlds
) -> Worlds:
    """The largest loan on a name alone (months of income); without a name nothing is lent.

    Who can pay does, if what is due is not above what the name is worth to them. The lender asks of these what those
    lack who cannot: it loses nothing, money and work being free.

    Args:
        keeping: what the name brings, part of income a month.
        patience: worth now of a dollar that comes in a month.
        fresh_name: price of a new name, months of income.
        misfortune: part of borrowers who lose their income in a year.
        waiting: months until a new name is as good as the old.
    """
    unlucky = monthly(misfortune)
    due = name_at_stake(keeping, patience, unlucky, fresh_name, waiting)
    return np.asarray((1 - unlucky) * np.asarray(due))
