"""A price for a month: who gains by a flat price beside pay per use, and how steady it makes a margin."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from defi_lib.compute import choose_plan
from defi_lib.evidence.effects import Control, Registry
from defi_lib.ledger import Ledger

EVIDENCE = Registry("compute")

Array = NDArray[np.float64]
Value = Array | float

#: USD a month: the mean bill of pay per use in lesson 7.9; what a month is worth at most to a newcomer there.
BILL, WORTH = 10.0, 30.0
#: Of a use to the provider there (part of its price).
COST = 0.25
#: Prices that a provider tries: 1 to 40 dollars, in mean bills. Clients of the controls hardly differ.
PRICES, _ALIKE = np.arange(1, 41) / BILL, 0.01


def users_above(uses: ArrayLike, spread: ArrayLike) -> tuple[Array, Array]:
    """Part of the clients that uses more than so much, and their part of all uses.

    Uses are lognormal with the mean 1.

    Args:
        uses: > 0.
        spread: of the logarithm, > 0.

    >>> tuple(round(float(part), 3) for part in users_above(2.0, 1.2))
    (0.119, 0.509)
    """
    below, half = np.log(uses) / np.asarray(spread, float), np.asarray(spread, float) / 2
    return np.asarray(ndtr(-half - below)), np.asarray(ndtr(half - below))


def gains(
    use_cost: Value, spread: Value, fee: Value, newcomers: Value, worth: Value, more: Value, limit: Value, calm: Value
) -> tuple[Array, Array]:
    """What the provider's margin and the clients' gain rise by, if a flat price is offered beside pay per use.

    All in mean bills a month for each client of before. A use costs 1 by the use; the mean client has one. Everybody
    takes what is better for him.

    Args:
        use_cost: of a use to the provider.
        spread: of the logarithm of uses.
        fee: the flat price.
        newcomers: people who come for it only, for each client of before; each uses as much as the mean client, or what
            is included if that is less.
        worth: the most that a month of such use is worth to one of them, spread evenly from nothing.
        more: how much more is used within the limit; a further use is worth half of its price on average.
        limit: how many times what the flat price would buy is included, at least 1; beyond, uses are paid and counted.
        calm: what it is worth to a client not to be counted.
    """
    most = np.maximum(fee * limit, 1e-9)
    # Who uses more than this takes it: a fifth more is of use to him, or what is left below the limit.
    least = np.maximum(np.maximum((fee - calm) / (1 + more / 2), 2 * (fee - calm) - most), 1e-9)
    stops = np.clip(most / (1 + more), least, most)  # whoever uses more is stopped by the limit
    takes, their_uses = users_above(least, spread)
    stopped, uses_stopped = users_above(stops, spread)
    over, uses_over = users_above(most, spread)
    flat = their_uses - uses_over + most * over  # uses that are not paid one by one any more
    further = more * (their_uses - uses_stopped) + most * (stopped - over) - (uses_stopped - uses_over)
    part = np.minimum(most, 1.0)
    come = newcomers * np.maximum(1 - fee / (worth * part), 0)
    margin = fee * takes - flat - use_cost * further + come * (fee - use_cost * part)
    gain = flat - fee * takes + further / 2 + calm * (takes - over) + come * (worth * part - fee) / 2
    return np.asarray(margin), np.asarray(gain)


def best_plan(
    use_cost: Value, spread: Value, newcomers: Value, worth: Value, more: Value, calm: Value
) -> tuple[Array, Array, Array]:
    """The flat price that earns the provider most, in mean bills, and what both sides gain by it; 0, 0, 0 if none does.

    Its limit is 1: a higher one gives heavy users a discount. (It pays where further uses are worth much and cost
    little: in one drawn world of sixteen.)

    Args:
        use_cost, spread, newcomers, worth, more, calm: as :func:`gains` has them.

    >>> [round(float(each), 2) for each in best_plan(0.25, 1.2, 0.2, 3.0, 0.2, 0.2)]
    [1.6, 0.13, 0.07]
    """
    known = np.broadcast_arrays(use_cost, spread, newcomers, worth, more, calm)
    cost, differ, new, most, further, quiet = known
    prices = np.stack([np.full(cost.shape, price) for price in PRICES])
    margins, found = gains(cost, differ, prices, new, most, further, 1.0, quiet)
    best = margins.argmax(axis=0)[None]
    margin, gain = (np.take_along_axis(each, best, axis=0)[0] for each in (margins, found))
    pays = margin > 0
    return np.where(pays, PRICES[best[0]], 0.0), np.where(pays, margin, 0.0), np.where(pays, gain, 0.0)


# All clients use the same, and nobody new comes: they pay for the calm in whole dollars, and keep the rest of it.
_EQUAL = {"use_cost": 0.5, "spread": _ALIKE, "newcomers": 0.0, "worth": 3.0, "more": 0.0, "calm": 0.25}
# Nobody minds being counted: only newcomers take it.
_NEW = _EQUAL | {"use_cost": 0.4, "newcomers": 0.5, "calm": 0.0}
# Many uses are few clients': by integration over uses, client by client.
_UNLIKE = {"use_cost": 0.25, "spread": 1.2, "newcomers": 0.0, "worth": 3.0, "more": 0.2, "calm": 0.2}


@EVIDENCE.model(
    "C11a",
    placebos=[{"newcomers": 0.0, "calm": 0.0}],  # it buys what it costs
    controls=[
        Control(_EQUAL, 0.05 / 0.5, 1e-6),  # 1.2 instead of 1
        Control(_EQUAL | {"use_cost": 0.75, "calm": 0.35}, 0.05 / 0.25, 1e-6),
        Control(_EQUAL | {"use_cost": 0.2, "more": 0.5}, (0.25 + 0.2 - 0.4) / 0.8, 1e-3),  # 1.4, and 0.4 further uses
        Control(_EQUAL | {"calm": 0.18}, 0.08 / 0.5, 1e-6),
        Control(_NEW, 0.5 * (1 - 1.7 / 3) * 0.65 / 0.6),  # 1.7, halfway from the cost to the most it is worth
        Control(_NEW | {"worth": 2.0}, 0.5 * (1 - 1.2 / 2) * 0.4 / 0.6),
        Control(_NEW | {"use_cost": 0.2, "worth": 1.2}, 0.5 / 6 * 0.1 / 0.8),
        Control(_NEW | {"use_cost": 0.9, "worth": 0.5}, 0.0),  # worth less than it costs: none is offered
        Control(_UNLIKE, 0.035819, 1e-4),
        Control(_UNLIKE | {"newcomers": 0.2}, 0.09449, 1e-4),
        Control(_UNLIKE | {"use_cost": 0.6, "spread": 1.0, "more": 1.0, "calm": 0.5}, 0.22832, 1e-4),
        Control(_UNLIKE | {"newcomers": 0.05, "worth": 1.1, "calm": 0.3}, 0.071165, 1e-4),
        Control(_UNLIKE | {"use_cost": 0.9, "newcomers": 0.3, "worth": 1.05, "calm": 0.3}, 0.47879, 1e-4),
    ],
)
def the_lesser_gain(
    use_cost: Array, spread: Array, newcomers: Array, worth: Array, more: Array, calm: Array
) -> Array:  # fmt: skip
    """The lesser of two gains by a flat price beside pay per use, the provider's and the clients' (part of the margin).

    Args:
        use_cost, spread, newcomers, worth, more, calm: as :func:`gains` has them.
    """
    _, margin, gain = best_plan(use_cost, spread, newcomers, worth, more, calm)
    return np.minimum(margin, gain) / (1 - use_cost)


_MONTHS = {"use_cost": 0.25, "swing": 0.5, "common": 0.1, "clients": 50.0, "leave": 0.0}


@EVIDENCE.model(
    "C22b",
    placebos=[{"use_cost": 0.5}],  # half of the price: what income gains in calm, cost loses
    controls=[
        Control(_MONTHS, 2 / 3),
        Control(_MONTHS | {"use_cost": 0.75}, -2.0),
        # 0.64 · (0.18/9 + 0.01) against (0.0036 + 0.0576)/9 + 0.0004
        Control({"use_cost": 0.2, "swing": 0.3, "common": 0.1, "clients": 9.0, "leave": 0.09}, 1 - 0.375**0.5),
        Control({"use_cost": 0.2, "swing": 0.0, "common": 0.1, "clients": 9.0, "leave": 0.09}, 1 - (17 / 32) ** 0.5),
    ],
)
def steadier_margin(use_cost: Array, swing: Array, common: Array, clients: Array, leave: Array) -> Array:
    """How much less the margin of a month swings with a flat price than with pay per use, same mean (part).

    A client's use has a standard deviation of its own and one that all share; how many clients there are swings too.

    Args:
        use_cost: of a use (part of its price).
        swing: of one client's use (part of its mean).
        common: of all clients' use together (part of the mean).
        clients: how many.
        leave: part of the clients that comes or goes in a month.
    """
    kept = 1 - use_cost
    per_use = kept * np.sqrt((swing**2 + leave) / clients + common**2)
    flat = np.sqrt((use_cost**2 * swing**2 + kept**2 * leave) / clients + use_cost**2 * common**2)
    return 1 - flat / per_use


def flat_price(fee: ArrayLike, limit: float, spread: float, newcomers: float) -> dict[str, ArrayLike]:
    """What lesson 7.9 explores: a flat price beside pay per use, whose mean bill is 10 dollars, a quarter of it cost.

    Clients use no more than before and do not mind being counted.

    Args:
        fee: the flat price (USD a month).
        limit: how many times what it would buy is included.
        spread: of the logarithm of uses.
        newcomers: who come for a flat price only, for each client of before.

    >>> found = flat_price(20.0, 1e6, 1.2, 0.0)
    >>> {name: round(float(value), 2) for name, value in found.items()}
    {'Provider': -2.7, 'Clients': 2.7, 'Both': 0.0, 'takes': 0.12}
    """
    in_bills = np.asarray(fee, float) / BILL
    margin, gain = gains(COST, spread, in_bills, newcomers, WORTH / BILL, 0.0, limit, 0.0)
    takes, _ = users_above(in_bills, spread)
    return {"Provider": BILL * margin, "Clients": BILL * gain, "Both": BILL * (margin + gain), "takes": takes}


def month_booked(fee: float | None, newcomers: float = 0.0) -> dict[str, float]:
    """Who pays and who gets what in a month of lesson 7.9, for each client of before (USD).

    Uses are spread by 1.2, a use costs a quarter of its price; heavy are clients whose bill is over 20 dollars.

    Args:
        fee: the flat price beside pay per use; None if there is none.
        newcomers: who may come for it, for each client of before.

    >>> {name: round(amount, 1) for name, amount in month_booked(20.0).items()}
    {'light clients': -4.9, 'heavy clients': -2.4, 'newcomers': 0.0, 'provider': 4.8, 'suppliers': 2.5}
    """
    spread, cost, heavy, clients = 1.2, COST, 2 * BILL, 40_000
    bills = BILL * np.exp(spread * ndtri((np.arange(clients) + 0.5) / clients) - spread**2 / 2)
    bills *= BILL / bills.mean()
    roles = ("light clients", "heavy clients", "newcomers", "provider", "suppliers")
    ledger = Ledger(roles)
    for role, theirs in zip(roles, (bills[bills <= heavy], bills[bills > heavy]), strict=False):
        plan = choose_plan(theirs, 1.0, 1e12 if fee is None else fee, cost)
        ledger.record(role, "provider", float(np.sum(plan.paid)) / clients, "USD", "use")
        ledger.record("provider", "suppliers", float(np.sum(plan.service_cost)) / clients, "USD", "cost of service")
    if fee is not None:
        come = newcomers * max(1 - fee / WORTH, 0.0)
        ledger.record("newcomers", "provider", come * fee, "USD", "use")
        ledger.record("provider", "suppliers", come * cost * BILL, "USD", "cost of service")
    ledger.check_conserved()
    return {role: float(ledger.balance(role, "USD")) for role in roles}
