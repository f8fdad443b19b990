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
#: A limit that nobody reaches, and hardly a difference between clients.
_NO_LIMIT, _ALIKE = 1e6, 0.01


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

    All in mean bills a month for each client of before. A use costs 1 by the use; the mean client has one.

    Args:
        use_cost: of a use to the provider.
        spread: of the logarithm of uses.
        fee: the flat price.
        newcomers: people who come for it only, for each client of before; each uses as much as the mean client.
        worth: the most that a month is worth to one of them, spread evenly from nothing.
        more: how much more a subscriber uses; a further use is worth half of its price on average.
        limit: how many times what the flat price would buy is included; beyond, uses are paid.
        calm: what it is worth to a client not to be counted.
    """
    most = np.maximum(fee * limit, 1e-9)
    least = np.maximum((fee - calm) / (1 + more / 2), 1e-9)  # who uses more takes the flat price
    takes, their_uses = users_above(least, spread)
    over, uses_over = users_above(most, spread)
    flat = their_uses - uses_over + most * over  # uses that are not paid one by one any more
    come = newcomers * np.maximum(1 - fee / worth, 0)
    margin = fee * takes - flat * (1 + use_cost * more) + come * (fee - use_cost)
    gain = flat * (1 + more / 2) - (fee - calm) * takes + come * (worth - fee) / 2
    return np.asarray(margin), np.asarray(gain)


# All clients use the same, and nobody new comes: whoever takes the flat price saves what the provider loses.
_EQUAL = {"use_cost": 0.5, "spread": _ALIKE, "fee": 0.9, "newcomers": 0.0, "worth": 6.0, "more": 0.0, "limit": 10.0,
          "calm": 0.2}  # fmt: skip


@EVIDENCE.model(
    "C11a",
    placebos=[
        {"fee": 1e9},  # nobody takes it
        {"newcomers": 0.0, "more": 0.0, "limit": 1.0, "calm": 0.0},  # it buys what it costs
    ],
    controls=[
        Control(_EQUAL, -0.2),  # 0.9 instead of 1
        Control(_EQUAL | {"fee": 1.2, "calm": 0.5}, 0.4),
        Control(_EQUAL | {"fee": 1.4, "calm": 0.5}, 0.2),  # the clients' gain is the lesser
        Control(_EQUAL | {"fee": 1.4, "calm": 0.5, "use_cost": 0.0}, 0.1),
        Control(_EQUAL | {"fee": 1.2, "calm": 0.5, "more": 0.5}, -0.1),
        Control(_EQUAL | {"fee": 1.2, "calm": 0.5, "more": 0.2}, 0.2),
        Control(_EQUAL | {"fee": 1.7, "calm": 0.5, "more": 0.8, "use_cost": 0.2}, 0.2 / 0.8),  # the clients' again
        Control(_EQUAL | {"spread": 1e-3, "fee": 1.3, "calm": 0.0, "more": 0.4}, 0.0),  # worth 1.2: nobody takes it
        Control(_EQUAL | {"fee": 0.6, "limit": 1.0, "more": 0.5}, -0.3),
        Control(_EQUAL | {"fee": 0.6, "limit": 1.5}, -0.6),
        Control(_EQUAL | {"fee": 3.0, "newcomers": 0.5}, 0.75),  # a quarter comes, and each keeps 1.5 on average
        Control(_EQUAL | {"fee": 1.5, "newcomers": 0.5}, 0.75),  # three eighths come, and leave 1 each
        Control(_EQUAL | {"fee": 1.5, "newcomers": 0.5, "use_cost": 0.25}, 0.375 * 1.25 / 0.75),
        # Two clients of a thousand use more than twenty; by integration over uses in a test.
        Control(_EQUAL | {"spread": 1.2, "fee": 2.0, "calm": 0.0}, -0.5212289, 1e-5),
    ],
)
def the_lesser_gain(
    use_cost: Array, spread: Array, fee: Array, newcomers: Array, worth: Array, more: Array, limit: Array, calm: Array
) -> Array:
    """The lesser of two gains by a flat price beside pay per use, the provider's and the clients' (part of the margin).

    Args:
        use_cost, spread, fee, newcomers, worth, more, limit, calm: as :func:`gains` has them.
    """
    margin, gain = gains(use_cost, spread, fee, newcomers, worth, more, limit, calm)
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


def flat_price(fee: ArrayLike, use_cost: float, spread: float, newcomers: float) -> dict[str, ArrayLike]:
    """What lesson 7.9 explores: a flat price without a limit beside pay per use, whose mean bill is 10 dollars.

    Clients use no more than before and do not mind being counted.

    Args:
        fee: the flat price (USD a month).
        use_cost: of a use (part of its price).
        spread: of the logarithm of uses.
        newcomers: who come for a flat price only, for each client of before.

    >>> found = flat_price(20.0, 0.25, 1.2, 0.0)
    >>> {name: round(float(value), 2) for name, value in found.items()}
    {'Provider': -2.7, 'Clients': 2.7, 'Both': 0.0, 'takes': 0.12}
    """
    in_bills = np.asarray(fee, float) / BILL
    margin, gain = gains(use_cost, spread, in_bills, newcomers, WORTH / BILL, 0.0, _NO_LIMIT, 0.0)
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
    spread, cost, heavy, clients = 1.2, 0.25, 2 * BILL, 40_000
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
