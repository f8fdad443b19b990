"""What the whole economy is told: every parameter by name, with today's value and its range, and the nine remedies.

All values stand in ``parameters.csv`` beside this module: they were written down before the first year was run. A value
may be one number, or an array with one entry per scenario. Whoever changes a row keeps the old one with day and reason,
and runs ``make remedies combinations ranges``, whose tables the lesson reads.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import inf
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from defi_lib.frozen import FrozenDict, kept
from defi_lib.validation import Amount, between, broadcastable, finite, one_of, plain

#: The remedies R1 to R9 of the claims, in their order: each is a strength from 0 (off) to 1 (on).
REMEDIES = (
    "vesting",
    "more_airdrop",
    "fair_votes",
    "own_liquidity",
    "layer_2",
    "simple_interface",
    "identity",
    "licence",
    "cover",
)

#: What a world without prices has: no fee, gas, spread, rate or risk, no launch, all people alike and no insiders.
NO_PRICES: Mapping[str, float] = FrozenDict(
    {
        **dict.fromkeys(("wealth_spread", "skill_spread", "skill_wealth", "insider_heads"), 0.0),
        **dict.fromkeys(("volatility", "pool_fee", "gas_price", "layer_2_gas", "wallet_fee", "mistakes"), 0.0),
        **dict.fromkeys(("impact_taken", "money_cost", "kink_rate", "steep_rate", "bonus"), 0.0),
        **dict.fromkeys(("insider_tokens", "airdrop", "emission", "grants", "token_budget", "wages"), 0.0),
        **dict.fromkeys(("bill", "staking_rate", "hack", "key_lost", "key_stolen", "deceived"), 0.0),
        **dict.fromkeys(("exchange_fee", "half_spread", "savings", "broker_loan", "ordinary", "custodian_fails"), 0.0),
    }
)


class SystemParameter(NamedTuple):
    """A row of the table: what is assumed, its range and where it comes from."""

    name: str
    label: str
    unit: str
    today: float
    low: float
    high: float
    least: float  #: below this a value has no meaning
    most: float  #: above this neither
    main: bool  #: whether the statements are tried at ``low`` and ``high``
    source: str
    reason: str


@cache
def system_parameters() -> Mapping[str, SystemParameter]:
    """Every parameter in force, by name, in the order of the table."""
    with (Path(__file__).parent / "parameters.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if not row["replaced"]]
    return FrozenDict({row["name"]: _parameter(row) for row in rows})


def _parameter(row: Mapping[str, str]) -> SystemParameter:
    today, low, high = (float(row[column]) for column in ("today", "low", "high"))
    least, most = float(row["least"] or -inf), float(row["most"] or inf)
    told = row["name"], row["label"], row["unit"]
    return SystemParameter(*told, today, low, high, least, most, row["main"] == "1", row["source"], row["reason"])


@dataclass(frozen=True, eq=False)
class SystemSetting:
    """Every parameter's value and every remedy's strength; whatever is not named has today's value.

    Args:
        changes: values by name, each a number or an array with one entry per scenario. Remedies are strengths
            in [0, 1].

    Raises:
        ValueError: a name that is not in the table, a value outside its range, or arrays of different lengths.

    >>> setting = SystemSetting({"pool_fee": 0.001, "layer_2": 1.0})
    >>> setting["pool_fee"], setting["layer_2"], setting["vesting"], setting["hurry"]
    (0.001, 1.0, 0.0, 3.0)
    """

    changes: Mapping[str, Amount] = FrozenDict()

    def __post_init__(self) -> None:
        table = system_parameters()
        checked: dict[str, Any] = {}
        for name, value in dict(self.changes).items():
            one_of("name", name, (*table, *REMEDIES))
            least, most = (0.0, 1.0) if name in REMEDIES else (table[name].least, table[name].most)
            if np.ndim(value) > 1:
                raise ValueError(f"{name} has {np.ndim(value)} axes: allowed are one number or one per scenario")
            checked[name] = kept(plain(between(name, finite(name, value), least, most)))
        broadcastable(**checked)
        object.__setattr__(self, "changes", FrozenDict(checked))

    def __getitem__(self, name: str) -> Any:
        if name in self.changes:
            return self.changes[name]
        return 0.0 if name in REMEDIES else system_parameters()[name].today

    def with_changes(self, **changes: Amount) -> SystemSetting:
        """The same setting with other values for these names."""
        return SystemSetting({**self.changes, **changes})

    def beside_people(self, name: str) -> Any:
        """The value, shaped to stand beside arrays of scenarios and people."""
        value = self[name]
        return value[:, np.newaxis] if np.ndim(value) else value

    def swap_gas_cost(self) -> Any:
        """What the gas of one swap costs (USD): on the main chain, or for the part ``layer_2`` of all use there."""
        price = (1 - self["layer_2"]) * self["gas_price"] + self["layer_2"] * self["layer_2_gas"]
        return price * self["swap_gas"] * self["ether_price"] * 1e-9

    def way_cost(self) -> Any:
        """What it costs to come to layer 2 and to leave it (USD), for the part ``layer_2`` of all use there."""
        return self["layer_2"] * self["way_gas"] * self["gas_price"] * self["ether_price"] * 1e-9
