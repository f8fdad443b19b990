"""The flywheel of provider networks: when more providers make each of them richer, and when all of them leave."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from defi_lib.rounding import below
from defi_lib.validation import (
    Amount,
    between,
    broadcastable,
    finite,
    fulfilled,
    non_negative,
    plain,
    positive,
    representable,
)


class Growth(NamedTuple):
    """Factors by which growth of the network changes what a provider sees."""

    price: Amount  #: of the token
    emission_value: Amount  #: of the tokens minted for one provider, before supply grows
    diluted_emission_value: Amount  #: the same at the new price


@representable
def network_growth(provider_factor: Amount, supply_factor: Amount, exponent: Amount) -> Growth:
    """More providers, more tokens, and a market value of ``providers^η``: price changes by ``N^η/S``.

    The value of emissions per provider changes as ``N^(η − 1)``, before dilution: entry raises it only if η > 1. The
    price rises only if ``η·ln N > ln S``.

    Args:
        provider_factor: providers after over before, > 0.
        supply_factor: supply after over before, > 0.
        exponent: η; 1 where value is proportional to providers, 2 for Metcalfe's law.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: own derivation; compare Cong, Li, Wang, *Tokenomics*, Review of Financial Studies 34(3).

    >>> network_growth(2.0, 1.25, 2.0)
    Growth(price=3.2, emission_value=2.0, diluted_emission_value=1.6)
    """
    providers, supply = positive("provider_factor", provider_factor), positive("supply_factor", supply_factor)
    exponent = finite("exponent", exponent)
    broadcastable(provider_factor=providers, supply_factor=supply, exponent=exponent)
    per_provider = providers ** (exponent - 1)
    return Growth(providers**exponent / supply, per_provider, per_provider / supply)


@representable
def provider_income(emission: Amount, price: Amount, paid_demand: Amount, providers: Amount) -> Amount:
    """What one of many equal providers gets (USD per year): ``(E·p + D)/N``.

    Args:
        emission: E, tokens per year for all, >= 0.
        price: p, USD per token, >= 0.
        paid_demand: D, USD per year that users pay to providers, >= 0.
        providers: N, > 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.
    """
    emission, price = non_negative("emission", emission), non_negative("price", price)
    paid_demand, providers = non_negative("paid_demand", paid_demand), positive("providers", providers)
    broadcastable(emission=emission, price=price, paid_demand=paid_demand, providers=providers)
    return (emission * price + paid_demand) / providers


def emission_share(emission: Amount, price: Amount, paid_demand: Amount) -> Amount:
    """Part of the providers' income that is new tokens, not revenue: ``E·p/(E·p + D)``; 0 without any income.

    Arguments and errors as in :func:`provider_income`.
    """
    value = np.asarray(provider_income(emission, price, 0.0, 1.0))
    total = np.asarray(provider_income(emission, price, paid_demand, 1.0))
    return plain(np.divide(value, total, out=np.zeros(total.shape), where=total > 0))


def feedback(emission_part: Amount, exponent: Amount, demand_exponent: Amount = 0.0) -> Amount:
    """Growth of all providers' income per growth of the network: ``s·η + (1 − s)·δ``.

    Above 1 each new provider makes the others richer: the flywheel turns, and it turns backwards just as well, because
    each who leaves makes the others poorer (the death spiral). Below 1 free entry finds a stable size.

    Args:
        emission_part: s, part of the income that is new tokens, in [0, 1].
        exponent: η, of the token's price in the number of providers.
        demand_exponent: δ, of paid demand in the number of providers; 0 where users come for other reasons.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: own derivation, ``d ln(E·p + D)/d ln N``.

    >>> feedback(0.75, 2.0)
    1.5
    """
    part = between("emission_part", emission_part, 0.0, 1.0)
    exponent, demand_exponent = finite("exponent", exponent), finite("demand_exponent", demand_exponent)
    broadcastable(emission_part=part, exponent=exponent, demand_exponent=demand_exponent)
    return part * exponent + (1 - part) * demand_exponent


def shock_multiplier(feedback_strength: Amount) -> Amount:
    """Change of the number of providers (%) when income falls or costs rise by 1 %: ``1/(1 − feedback)``.

    Args:
        feedback_strength: result of :func:`feedback`, below 1.

    Raises:
        ValueError: a feedback of 1 or more: no stable size, a small shock begins a spiral.

    >>> shock_multiplier(0.75)
    4.0
    """
    strength = np.asarray(finite("feedback_strength", feedback_strength))
    stable = below(strength, 1.0)
    fulfilled("feedback_strength", strength, stable, "are values below 1: else a small shock begins a spiral")
    return plain(1 / (1 - strength))
