"""Fees, mining and staking as entries of the double-entry ledger."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from defi_lib.ledger import Ledger
from defi_lib.staking.fees.transaction_cost import Fee
from defi_lib.staking.stake.stake_shares import StakeHistory
from defi_lib.staking.work.mining import MiningPath
from defi_lib.validation import between

#: Reasons of the entries. What is burned leaves the system, what is new comes from outside of it.
BURNED, FEE, NEW_COINS, POWER, MACHINES, COST = "burned fee", "fee", "new coins", "power", "machines", "cost"


def record_fee(
    ledger: Ledger,
    fee: Fee,
    user: str,
    validators: str = "validators",
    operator: str = "operator",
    asset: str = "USD",
    time: float | None = None,
) -> None:
    """Write what a user pays for a transaction: a part is burned, the rest goes to validators and to an operator.

    Args:
        ledger: in which all three are parties.
        fee: one, or one per scenario; multiply its parts to write many equal ones at once.
        user, validators, operator: their names; the operator runs a layer 2, a card network, a bank.
        asset: in which the fee is counted.
        time: of the entries; by default the ledger's.

    Raises:
        ValueError: an unknown party, or time running backwards.
    """
    ledger.burn(user, fee.burned, asset, BURNED, time)
    ledger.record(user, validators, fee.validators, asset, FEE, time)
    ledger.record(user, operator, fee.operator, asset, FEE, time)


def record_mining(
    ledger: Ledger,
    path: MiningPath,
    miners: Sequence[str],
    fee_share: float = 0.0,
    users: str = "users",
    power: str = "power companies",
    makers: str = "makers of machines",
    asset: str = "USD",
) -> None:
    """Write all periods of a mining path at once: new coins and fees come in, power and machines are paid.

    Args:
        ledger: in which all are parties.
        path: what happened.
        miners: a name for each miner; several miners may share one.
        fee_share: part of the revenue that users pay, in [0, 1]; the rest is new coins.
        users, power, makers: the names of those who pay fees, sell power, and sell machines.
        asset: in which all is counted.

    Raises:
        ValueError: not one name per miner, an unknown party, or a part outside its range.
    """
    paid = float(between("fee_share", fee_share, 0.0, 1.0))
    columns = [np.sum(part, axis=0) for part in (path.revenue, path.cost, path.invested)]
    for name, (revenue, cost, invested) in _by_name("miners", miners, columns):
        ledger.mint(name, revenue * (1 - paid), asset, NEW_COINS)
        ledger.record(users, name, revenue * paid, asset, FEE)
        ledger.record(name, power, cost, asset, POWER)
        ledger.record(name, makers, invested, asset, MACHINES)


def record_stakes(
    ledger: Ledger,
    history: StakeHistory,
    stakers: Sequence[str],
    operator: str = "operator",
    suppliers: str = "suppliers",
    asset: str = "token",
) -> None:
    """Write what stakers received, paid to the operator of their pool, and paid for machines and power.

    Runs are the scenarios of the ledger. What is withdrawn stays with the staker: it is no transfer.

    Args:
        ledger: in which all are parties.
        history: what happened.
        stakers: a name for each staker; several may share one.
        operator: who receives the fees of the pool: somebody outside, or one of the names of stakers.
        suppliers: who is paid for what staking costs.
        asset: the token.

    Raises:
        ValueError: not one name per staker, or an unknown party.
    """
    for name, (reward, fee, cost) in _by_name("stakers", stakers, [history.rewards, history.fees, history.costs]):
        ledger.mint(name, reward, asset, NEW_COINS)
        if name != operator:  # a fee that the operator takes from himself is none
            ledger.record(name, operator, fee, asset, FEE)
        ledger.record(name, suppliers, cost, asset, COST)


def _by_name(
    argument: str, names: Sequence[str], columns: Sequence[NDArray[np.float64]]
) -> list[tuple[str, list[NDArray[np.float64]]]]:
    """Each name with the sums of its entries along the last axis."""
    count = columns[0].shape[-1]
    if len(names) != count:
        raise ValueError(f"{argument} has {len(names)} names: allowed is one for each of {count}")
    whose = np.asarray(names)
    return [(name, [column[..., whose == name].sum(axis=-1) for column in columns]) for name in dict.fromkeys(names)]
