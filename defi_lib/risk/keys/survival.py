"""How long a stack of protocols lasts, from what is lost a year: published losses by year and kind, bridges apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from defi_lib.figures import figure
from defi_lib.validation import Amount, between, broadcastable, non_negative, plain


def survival(loss_rate: Amount, years: Amount = 1.0) -> Amount:
    """Chance that nothing is lost in so many years, where the part ``loss_rate`` of all is lost a year: ``(1 − r)ᵗ``.

    Args:
        loss_rate: part of all value that is lost in a year, as if each dollar were lost whole or not at all, in [0, 1].
        years: >= 0.

    Raises:
        ValueError: an argument outside its range.

    >>> round(survival(0.0313, 5.0), 4)
    0.853
    """
    loss_rate, years = between("loss_rate", loss_rate, 0.0, 1.0), non_negative("years", years)
    broadcastable(loss_rate=loss_rate, years=years)
    return plain((1 - np.asarray(loss_rate)) ** years)


def stack_survival(loss_rates: Sequence[Amount], years: Amount = 1.0, alike: Amount = 0.0) -> Amount:
    """Chance that no layer of a stack fails: a coin that is lent, bridged and lent again needs them all.

    Args:
        loss_rates: of each layer in a year, in [0, 1]; at least one.
        years: >= 0.
        alike: chance that all layers share one fate (one key, one oracle), in [0, 1]: then the worst counts alone.

    Raises:
        ValueError: an argument outside its range.

    >>> round(stack_survival([0.0313] * 3), 4), round(stack_survival([0.0313] * 3, alike=1.0), 4)
    (0.909, 0.9687)
    """
    if len(loss_rates) == 0:
        raise ValueError("loss_rates has no entry: allowed is at least one")
    each = [np.asarray(survival(rate, years)) for rate in loss_rates]
    alike = between("alike", alike, 0.0, 1.0)
    broadcastable(**{f"loss_rates[{i}]": one for i, one in enumerate(each)}, alike=alike)
    independent, worst = each[0], each[0]
    for one in each[1:]:
        independent, worst = independent * one, np.minimum(worst, one)
    return plain(np.asarray(alike) * worst + (1 - np.asarray(alike)) * independent)


class PublishedLoss(NamedTuple):
    """What was stolen of one kind in one period, by published counts."""

    period: str
    kind: str  #: "all", or "bridges" and "protocols" where they are published apart
    lost: float  #: USD


def published_losses() -> tuple[PublishedLoss, ...]:
    """Thefts from DeFi by period and kind, newest last: whole years, and the quarter for which bridges stand apart.

    >>> [(each.period, each.kind, round(each.lost / 1e9, 2)) for each in published_losses()[1:3]]
    [('2022', 'bridges', 1.98), ('2022', 'protocols', 1.12)]
    """
    stolen = {year: 1e9 * _number(f"hacks.stolen_from_defi.{year}") for year in ("2021", "2022", "2023")}
    quarter = 1e6 * _number("hacks.losses_defi_exploits_q2_2026")
    return (
        PublishedLoss("2021", "all", stolen["2021"]),
        *_apart("2022", stolen["2022"], _number("hacks.share_defi_thefts_2022_bridges") / 100 * stolen["2022"]),
        PublishedLoss("2023", "all", stolen["2023"]),
        *_apart("2026-Q2", quarter, 1e6 * _number("hacks.stolen_bridges_q2_2026")),
    )


def loss_rates_2022() -> dict[str, float]:
    """Part of the value in DeFi that was stolen in 2022, through bridges and otherwise.

    It is the one year for which thefts, their part through bridges and the value in DeFi are published together. Of
    what lay in bridges alone the part lost was larger, of all else smaller.

    >>> {kind: round(rate, 4) for kind, rate in loss_rates_2022().items()}
    {'bridges': 0.02, 'protocols': 0.0113}
    """
    rate = _number("hacks.loss_share_average_tvl_2022") / 100
    bridges = _number("hacks.share_defi_thefts_2022_bridges") / 100
    return {"bridges": rate * bridges, "protocols": rate * (1 - bridges)}


def _apart(period: str, all_of_it: float, bridges: float) -> tuple[PublishedLoss, PublishedLoss]:
    return PublishedLoss(period, "bridges", bridges), PublishedLoss(period, "protocols", all_of_it - bridges)


def _number(key: str) -> float:
    return float(figure(key).value)
