"""Runs of a farm, of a launch and of a pool as entries of the double-entry ledger."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from defi_lib.ledger import Ledger
from defi_lib.rewards.farming.capital_flows import FarmRun
from defi_lib.rewards.launches.launch_run import LaunchRun
from defi_lib.rewards.protocol_liquidity.owned_liquidity import LiquiditySide
from defi_lib.validation import Amount, between

#: The asset of the transfers of a farm run and of a launch run.
REWARD_TOKEN, TOKEN = "reward token", "token"

#: How far parts that should add up to 1 may miss it.
_ROUNDING = 1e-9


def record_farm_run(ledger: Ledger, run: FarmRun, farmers: Mapping[str, Amount]) -> None:
    """Write all that happened in a farm, day by day; each evening the reward token is marked at the day's price.

    Transfers count at the price of the evening before, so that the columns ``"sale"`` and ``"purchase"`` of a profit
    table show what moving the price cost those who traded.

    Args:
        ledger: with the parties ``"users"``, ``"buyers"``, ``"pool"`` and those of ``farmers``, and with a mark of the
            reward token, its price before the first day.
        run: what happened.
        farmers: the part of the deposits that each group owned, one number or one per day; they add up to 1.

    Raises:
        ValueError: parts that do not add up to 1, an unknown party, or time running backwards.
    """
    days = len(run.price)
    parts = {
        name: np.broadcast_to(between(f"farmers[{name!r}]", part, 0.0, 1.0), days) for name, part in farmers.items()
    }
    total = sum(parts.values(), np.zeros(days))
    if np.any(np.abs(total - 1) > _ROUNDING):
        day = int(np.argmax(np.abs(total - 1)))
        raise ValueError(f"parts of farmers add up to {total[day]:.12g} on day {day}: allowed is exactly 1")
    for day in range(days):
        for transfer in run.transfers(day):
            whose = {name: part[day] for name, part in parts.items()} if "farmers" in transfer[:2] else {"": 1.0}
            shared = (
                transfer._replace(
                    payer=name if transfer.payer == "farmers" else transfer.payer,
                    payee=name if transfer.payee == "farmers" else transfer.payee,
                    amount=transfer.amount * part,
                )
                for name, part in whose.items()
            )
            ledger.book(shared, time=float(day))
        ledger.mark(REWARD_TOKEN, run.price[day], float(day))


def record_launch_run(ledger: Ledger, run: LaunchRun) -> None:
    """Write a launch and its months, with every token counted at the last price: then nothing is left as price change.

    The column ``"purchase"`` of a profit table shows what buyers gained by the end, ``"sale"`` what sellers gained by
    not having kept.

    Args:
        ledger: with every allocation of the table, ``"buyers"``, ``"project"`` and ``"pool"`` as parties, and without
            a mark of the token.
        run: what happened; its pool was opened with an allocation, or else its tokens and dollars come from outside.

    Raises:
        ValueError: an unknown party, or time running backwards.
    """
    ledger.mark(TOKEN, run.price[-1], 0.0)
    ledger.book(run.opening_transfers(), time=0.0)
    for month in range(len(run.price)):
        ledger.book(run.transfers(month), time=float(month))


def record_liquidity(
    ledger: Ledger,
    side: LiquiditySide,
    provider: str,
    protocol: str = "protocol",
    traders: str = "traders",
    arbitrageurs: str = "arbitrageurs",
) -> None:
    """Write what a pool earned, what it lost against holding, and what the protocol paid for it, over all steps.

    Args:
        ledger: in which all are parties; its numeraire is USD.
        side: the pool, from :func:`~defi_lib.rewards.compare_liquidity`.
        provider: who owns the liquidity; the protocol itself, or who rents it out.
        protocol, traders, arbitrageurs: the names of the others.

    Raises:
        ValueError: an unknown party.
    """
    ledger.record(traders, provider, np.sum(side.fees, axis=0), ledger.numeraire, "fee")
    ledger.record(provider, arbitrageurs, -np.sum(side.divergence, axis=0), ledger.numeraire, "divergence")
    if provider != protocol:
        ledger.record(protocol, provider, np.sum(side.rewards, axis=0), ledger.numeraire, "reward")
