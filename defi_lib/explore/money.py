"""The two pictures that end every lesson: who profits, and how concentrated it is."""

from __future__ import annotations

from collections.abc import Mapping

from defi_lib.explore.plots import Axis, Bars, Line, Plot
from defi_lib.explore.view import PlotView
from defi_lib.ledger import Ledger, who_profits
from defi_lib.ledger.scenarios import Scenario
from defi_lib.measures import gini, lorenz_curve
from defi_lib.validation import Amount


def show_profits(ledger: Ledger, by: str = "role", unit: str = "USD", scenario: Scenario = "mean") -> PlotView:
    """Net result of each role or party as stacked bars, one colour per reason: gains to the right, losses to the left.

    Args:
        ledger: with a mark for every asset that moved.
        by: ``"role"`` or ``"party"``.
        unit: the numeraire.
        scenario: ``"mean"``, a scenario's number, or a quantile as a float.
    """
    table = who_profits(ledger, by, scenario)
    rows = table.iloc[:-1]
    reasons = [name for name in rows.columns[:-1] if rows[name].abs().max() > 0]
    result = {by: rows.index.to_numpy(), **{name: rows[name].to_numpy() for name in reasons}}
    plot = Plot(
        Bars(by, tuple(reasons)),
        x=Axis("Net result", unit, format="money" if unit == "USD" else "number"),
        y=Axis(""),
        height=90 + 42 * len(rows),
    )
    winner, loser = rows["total"].idxmax(), rows["total"].idxmin()
    sentence = (
        f"**{winner}** gains most ({rows['total'].max():,.2f} {unit}), "
        f"**{loser}** least ({rows['total'].min():,.2f} {unit})."
    )
    return PlotView(plot, result, sentence)


def show_concentration(holdings: Mapping[str, Amount]) -> PlotView:
    """Lorenz curves of named holdings: what share of the whole the poorest share of the parties has.

    Args:
        holdings: one array per name (one entry per party, each >= 0, not all zero).
    """
    columns: dict[str, Amount] = {"equal x": [0.0, 1.0], "Equal shares": [0.0, 1.0]}  # type: ignore[dict-item]
    marks = [Line("equal x", "Equal shares")]
    for name, values in holdings.items():
        curve = lorenz_curve(values)
        columns |= {f"{name} x": curve[0], name: curve[1]}
        marks.append(Line(f"{name} x", name))
    plot = Plot(
        *marks,
        x=Axis("Poorest share of the parties", format="percent", range=(0, 1)),
        y=Axis("Their share of the whole", format="percent", range=(0, 1)),
    )
    ginis = "; ".join(f"{name} **{gini(values):.3f}**" for name, values in holdings.items())
    return PlotView(plot, columns, f"Gini coefficient (0 = all equal, 1 = one has all): {ginis}.")
