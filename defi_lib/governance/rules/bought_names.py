"""Votes of a holder who buys names and cuts a holding into them, some of which are found out."""

from __future__ import annotations

from math import inf

import numpy as np

from defi_lib.governance.rules.weighing import votes_of
from defi_lib.rounding import ceil, floor
from defi_lib.validation import Amount, between, broadcastable, non_negative, plain, positive, representable


@representable
def names_bought(holdings: Amount, spend: Amount, name_cost: Amount, least: Amount = 1.0) -> Amount:
    """Names that a holder can have: one, and as many more as the money buys, none with less than ``least`` tokens.

    Args:
        holdings: tokens, >= 0.
        spend: on names (USD), >= 0.
        name_cost: of each name but the first (USD), >= 0.
        least: tokens in a name, > 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> names_bought(100.0, spend=120.0, name_cost=5.0), names_bought(100.0, spend=120.0, name_cost=0.0)
    (25.0, 100.0)
    """
    holdings, least = non_negative("holdings", holdings), positive("least", least)
    spend, cost = non_negative("spend", spend), non_negative("name_cost", name_cost)
    broadcastable(holdings=holdings, spend=spend, name_cost=cost, least=least)
    paid = np.divide(spend, cost, out=np.full(np.broadcast(spend, cost).shape, inf), where=np.greater(cost, 0))
    most = np.asarray(floor(np.minimum(paid, np.divide(holdings, least))))
    # The first name costs nothing, so that the money buys further ones; the tokens are divided over all of them.
    return plain(np.maximum(np.minimum(most + 1.0, np.asarray(floor(np.divide(holdings, least)))), 1.0))


@representable
def votes_with_names(
    holdings: Amount,
    spend: Amount,
    name_cost: Amount,
    found: Amount = 0.0,
    rule: str = "quadratic",
    cap: Amount = inf,
    least: Amount = 1.0,
) -> Amount:
    """Votes of holders who cut their tokens into bought names if that brings more than one name does.

    Of m names ``kept = 1 + (1 − found)·(m − 1)`` stay; the tokens in the others do not count in this vote. The root
    gives ``kept·√(h/m)``, for many names ``(1 − found)·√(m·h)``. More than the root's smallest gain is either with one
    name or with as many as the money buys; under a cap no more are bought than the holding fills.

    Args:
        holdings: tokens, >= 0.
        spend, name_cost, least: as in :func:`names_bought`.
        found: part of the bought names that is found and struck, in [0, 1].
        rule, cap: as in :func:`~defi_lib.governance.votes_of`.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    A hundred tokens, twenty-four bought names; all stay, or half of them:

    >>> votes_with_names(100.0, 120.0, 5.0), votes_with_names(100.0, 120.0, 5.0, found=0.5)
    (50.0, 26.0)

    Where names are free, the root of the tokens is the tokens:

    >>> votes_with_names(100.0, 0.0, 0.0), votes_with_names(7.0, 0.0, 0.0)
    (100.0, 7.0)

    Own derivation. Who checks names costs something too, and strikes true ones by mistake: not counted here.
    """
    names = names_bought(holdings, spend, name_cost, least)
    found = between("found", found, 0.0, 1.0)
    one = votes_of(holdings, rule, cap)
    broadcastable(names=names, found=found, one=one)
    if rule == "capped":
        filled = np.where(np.isposinf(cap), 1.0, ceil(np.divide(holdings, cap)))
        names = np.minimum(names, np.maximum(filled, 1.0))
    kept = 1.0 + (1.0 - np.asarray(found)) * (np.asarray(names) - 1.0)
    return plain(np.maximum(one, kept * votes_of(np.divide(holdings, names), rule, cap)))
