"""The ledger as tables (pandas is imported when one is asked for); ``scenario`` says which number a cell shows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from defi_lib.ledger.accounts import Accounts, Entry, Mark
from defi_lib.ledger.scenarios import Scenario, chosen
from defi_lib.validation import Amount, one_of

if TYPE_CHECKING:
    import pandas as pd


def groups(ledger: Accounts, by: str) -> dict[str, str]:
    """The row of each party: its role, or itself."""
    one_of("by", by, ["role", "party"])
    return dict(ledger.roles) if by == "role" else {party: party for party in ledger.roles}


def by_party(ledger: Accounts, scenario: Scenario = "mean") -> pd.DataFrame:
    """What each party holds of each asset (tokens)."""
    return _holdings(ledger, "party", scenario)


def by_role(ledger: Accounts, scenario: Scenario = "mean") -> pd.DataFrame:
    """What all parties of a role together hold of each asset (tokens)."""
    return _holdings(ledger, "role", scenario)


def by_reason(ledger: Accounts, scenario: Scenario = "mean") -> pd.DataFrame:
    """What was moved for each reason, of each asset (tokens), whoever paid."""
    moved: dict[tuple[str, str], Amount] = {}
    for route, flow in ledger.flows.items():
        cell = route.reason, route.asset
        moved[cell] = moved.get(cell, 0.0) + flow.amount
    reasons = dict.fromkeys(route.reason for route in ledger.flows)
    return _table(ledger, "reason", reasons, ledger.assets, moved, scenario)


def transfers(ledger: Accounts, scenario: Scenario = "mean") -> pd.DataFrame:
    """Every transfer, one row each: time, payer, payee, asset, amount (tokens) and reason.

    Raises:
        ValueError: a ledger that keeps no history.
    """
    import pandas as pd

    rows = [
        (entry.time, *entry.route[:3], chosen(entry.amount, scenario, ledger.shape), entry.route.reason)
        for entry in _history(ledger)
        if isinstance(entry, Entry)
    ]
    return pd.DataFrame(rows, columns=["time", "payer", "payee", "asset", "amount", "reason"])


def over_time(
    ledger: Accounts, asset: str | None = None, by: str = "role", scenario: Scenario = "mean"
) -> pd.DataFrame:
    """Wealth (numeraire), or holdings of one ``asset`` (tokens), of each role or party after each time.

    Raises:
        ValueError: a ledger that keeps no history, an asset that never moved, or one without a price.
    """
    import pandas as pd

    group_of = groups(ledger, by)
    history = _history(ledger)
    if asset is not None:
        one_of("asset", asset, ledger.assets)
    counted = ledger.assets if asset is None else [asset]
    if asset is None:
        for held in counted:
            ledger.price(held)
    prices = dict(ledger.first_prices)
    names = list(dict.fromkeys(group_of.values()))
    held_by: dict[tuple[str, str], Amount] = {(name, held): 0.0 for name in names for held in counted}
    rows: dict[float, list[float]] = {}
    for position, entry in enumerate(history):
        if isinstance(entry, Entry):
            route, amount = entry.route, entry.amount
            for party, signed in ((route.payer, -amount), (route.payee, amount)):
                if party in group_of and route.asset in counted:
                    held_by[group_of[party], route.asset] = held_by[group_of[party], route.asset] + signed
        else:
            prices[entry.asset] = entry.price
        if position + 1 == len(history) or history[position + 1].time > entry.time:
            worth = [
                sum((held_by[name, held] * (prices[held] if asset is None else 1.0) for held in counted), 0.0)
                for name in names
            ]
            rows[entry.time] = [chosen(value, scenario, ledger.shape) for value in worth]
    return pd.DataFrame(rows.values(), index=pd.Index(rows.keys(), name="time"), columns=pd.Index(names, name=by))


def _history(ledger: Accounts) -> list[Entry | Mark]:
    if ledger.history is None:
        raise ValueError("keep_history = False: this ledger kept totals only; build it with keep_history=True")
    return ledger.history


def _holdings(ledger: Accounts, by: str, scenario: Scenario) -> pd.DataFrame:
    group_of = groups(ledger, by)
    held: dict[tuple[str, str], Amount] = {}
    for party, group in group_of.items():
        for asset in ledger.assets:
            held[group, asset] = held.get((group, asset), 0.0) + ledger.balance(party, asset)
    return _table(ledger, by, dict.fromkeys(group_of.values()), ledger.assets, held, scenario)


def _table(
    ledger: Accounts,
    name: str,
    rows: Iterable[str],
    columns: list[str],
    cells: dict[tuple[str, str], Amount],
    scenario: Scenario,
) -> pd.DataFrame:
    import pandas as pd

    rows = list(rows)
    numbers = [[chosen(cells.get((row, col), 0.0), scenario, ledger.shape) for col in columns] for row in rows]
    return pd.DataFrame(numbers, index=pd.Index(rows, name=name), columns=columns, dtype=float)
