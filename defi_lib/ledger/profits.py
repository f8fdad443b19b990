"""The two questions that end every lesson: who profits, and how concentrated is it?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from defi_lib.ledger.accounts import OPENING, PRICE_CHANGE, TOTAL
from defi_lib.ledger.book import Ledger
from defi_lib.ledger.scenarios import Scenario, chosen
from defi_lib.ledger.views import groups
from defi_lib.measures import effective_number, gini, herfindahl, nakamoto, top_share
from defi_lib.validation import Amount

if TYPE_CHECKING:
    import pandas as pd


def profits(ledger: Ledger, by: str = "role") -> dict[str, dict[str, Amount]]:
    """Net result (numeraire) of each role or party, for each reason, by price change, and in total.

    Each transfer counts at the mark of its time; what a party gains because its holdings are marked anew
    is its price change ``Σ_assets (balance·last mark − Σ ± amount·mark of its time)``. So the reasons and the
    price change add up to the change of wealth since the opening. The last row, ``"total"``, is zero for
    whatever moved between parties, and shows what was minted (> 0) or burned (< 0).

    Args:
        ledger: with a mark for every asset that moved, except the numeraire.
        by: ``"role"`` or ``"party"``.

    Raises:
        ValueError: an asset that was never marked.
    """
    # What leaves the outside is created for all parties together: its account is the total, seen from without.
    row_of = {**groups(ledger, by), ledger.outside: TOTAL}
    reasons = list(dict.fromkeys(route.reason for route in ledger.flows if route.reason != OPENING))
    columns = [*reasons, PRICE_CHANGE, TOTAL]
    result: dict[str, dict[str, Amount]] = {name: dict.fromkeys(columns, 0.0) for name in row_of.values()}
    for route, flow in ledger.flows.items():
        price = ledger.price(route.asset)
        # The value today of what was moved, less its value when it was.
        gain = flow.amount * price - flow.value if route.asset in ledger.repriced else 0.0
        payer, payee = row_of[route.payer], row_of[route.payee]
        if payer == payee:
            continue
        for name, sign in ((payer, -1.0 if payer != TOTAL else 1.0), (payee, 1.0 if payee != TOTAL else -1.0)):
            row = result[name]
            row[PRICE_CHANGE] = row[PRICE_CHANGE] + sign * gain
            if route.reason != OPENING:
                row[route.reason] = row[route.reason] + sign * flow.value
    for row in result.values():
        row[TOTAL] = sum((row[column] for column in columns[:-1]), 0.0)
    return result


def who_profits(ledger: Ledger, by: str = "role", scenario: Scenario = "mean") -> pd.DataFrame:
    """The table of :func:`profits` (numeraire): the most profitable first, the total of all last.

    Args:
        ledger: with a mark for every asset that moved, except the numeraire.
        by: ``"role"`` or ``"party"``.
        scenario: ``"mean"``, a scenario's number, or a quantile as a float (quantiles do not add up).

    Raises:
        ValueError: an asset that was never marked, or a scenario that there is not.
    """
    import pandas as pd

    numbers = {
        row: {column: chosen(value, scenario, ledger.shape) for column, value in cells.items()}
        for row, cells in profits(ledger, by).items()
    }
    order = sorted((row for row in numbers if row != TOTAL), key=lambda row: -numbers[row][TOTAL])
    frame = pd.DataFrame([numbers[row] for row in [*order, TOTAL]], index=pd.Index([*order, TOTAL], name=by))
    return frame + 0.0  # no minus before a zero


def concentration(
    holdings: Ledger | Amount | Mapping[str, Ledger | Amount],
    *,
    asset: str | None = None,
    role: str | None = None,
    scenario: Scenario = "mean",
) -> pd.DataFrame:
    """How concentrated holdings are between parties: one column of measures, or one for each named set of holdings.

    Every scenario is measured on its own, then the scenario to show is chosen.

    Args:
        holdings: a ledger, an array (parties along the last axis, each >= 0), or a mapping from names to these.
        asset: of a ledger, count this asset (tokens) instead of wealth (numeraire).
        role: of a ledger, count only the parties of this role.
        scenario: ``"mean"``, a scenario's number, or a quantile as a float.

    Raises:
        ValueError: no party, negative holdings, holdings that add up to nothing, or an asset without a price.
    """
    import pandas as pd

    named = holdings if isinstance(holdings, Mapping) else {"value": holdings}
    columns = {}
    for name, held in named.items():
        values = _held(held, asset, role) if isinstance(held, Ledger) else np.asarray(held)
        shape = np.shape(values)[:-1]
        columns[name] = {measure: chosen(result, scenario, shape) for measure, result in _measured(values).items()}
    return pd.DataFrame(columns).rename_axis("measure")


def _held(ledger: Ledger, asset: str | None, role: str | None) -> Amount:
    """Holdings with parties along the last axis."""
    parties = [party for party, its_role in ledger.roles.items() if role in (None, its_role)]
    if not parties:
        raise ValueError(f"role = {role!r} has no party: the roles are {sorted(set(ledger.roles.values()))}")
    held = [ledger.wealth(party) if asset is None else ledger.balance(party, asset) for party in parties]
    return np.stack(np.broadcast_arrays(*held), axis=-1)


def _measured(values: Amount) -> dict[str, Amount]:
    return {
        "parties": float(np.shape(values)[-1]),
        "Gini coefficient": gini(values),
        "share of the top 1 %": top_share(values, fraction=0.01),
        "share of the top 10 %": top_share(values, fraction=0.1),
        "Herfindahl–Hirschman index": herfindahl(values),
        "effective number": effective_number(values),
        "Nakamoto coefficient": np.asarray(nakamoto(values), dtype=float),
    }
