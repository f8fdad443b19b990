"""Which scenario a table shows: one number per cell, though a ledger may hold ten thousand runs."""

from __future__ import annotations

import numpy as np

from defi_lib.validation import Amount, between, one_of

#: ``"mean"`` is the mean of all scenarios, a whole number picks one scenario (a tuple, if they have several axes),
#: and a float in [0, 1] is that quantile, of each cell on its own: quantiles do not add up.
Scenario = str | int | float | tuple[int, ...]


def chosen(value: Amount, scenario: Scenario, shape: tuple[int, ...]) -> float:
    """The number of ``value`` that a table shows, for scenarios of this ``shape``.

    Raises:
        ValueError: an unknown word, a quantile outside [0, 1], or a scenario that there is not.
    """
    if isinstance(scenario, str):
        one_of("scenario", scenario, ["mean"])
        return float(np.mean(value))
    if isinstance(scenario, (float, np.floating)):
        return float(np.quantile(value, between("scenario", float(scenario), 0.0, 1.0)))
    try:
        return float(np.broadcast_to(value, shape)[scenario])
    except (IndexError, TypeError):
        raise ValueError(f"scenario = {scenario!r} is not one of the scenarios, whose shape is {shape}") from None
