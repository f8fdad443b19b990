"""Gas: the base fee of EIP-1559, tips, and what a transaction pays to whom."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from defi_lib.rounding import below
from defi_lib.validation import Amount, Whole, at_least, between, broadcastable, non_negative, whole

#: Wei in an ether, and in a gwei.
WEI_PER_ETHER = 10**18
WEI_PER_GWEI = 10**9
#: Gas of a plain payment in ether, fixed by the protocol.
PAYMENT_GAS = 21_000

# Within these bounds no product below leaves the 63 bits of an int64.
_MAX_BASE_FEE = 2**53
_MAX_GAS = 2**31


def next_base_fee(
    base_fee: Whole, gas_used: Whole, gas_limit: Whole, elasticity: int = 2, change_denominator: int = 8
) -> Whole:
    """Base fee of the next block, exact: ``b + b·(used − target)/target/8`` with ``target = limit/2``.

    Every division rounds down; above the target the fee rises by at least 1 wei.

    Args:
        base_fee: of this block, wei per gas, a whole number.
        gas_used: by this block, from 0 to ``gas_limit``.
        gas_limit: of this block, at least ``elasticity``.
        elasticity: limit over target, >= 1; 2 on Ethereum, more on some layers 2.
        change_denominator: the largest change is one over this, >= 1; 8 on Ethereum.

    Raises:
        ValueError: an argument outside its range or not whole.

    Source: Buterin et al., EIP-1559; Roughgarden, arXiv:2012.00854.
    """
    elasticity, divisor = at_least("elasticity", elasticity, 1), at_least("change_denominator", change_denominator, 1)
    base_fee = whole("base_fee", base_fee, 0, _MAX_BASE_FEE)
    gas_limit = whole("gas_limit", gas_limit, elasticity, _MAX_GAS)
    gas_used = whole("gas_used", gas_used, 0, _MAX_GAS)
    broadcastable(base_fee=base_fee, gas_used=gas_used, gas_limit=gas_limit)
    between("gas_used", gas_used, 0, gas_limit)
    return _next_base_fee(base_fee, gas_used, gas_limit // elasticity, divisor)


def _next_base_fee(base_fee: Whole, gas_used: Whole, target: Whole, divisor: int) -> Whole:
    """The rule for arguments already known to be valid."""
    distance = np.abs(gas_used - target)
    # base·distance // target in two parts, because the whole product can exceed 63 bits.
    part = base_fee // target * distance + base_fee % target * distance // target
    change = part // divisor
    following = np.where(gas_used > target, base_fee + np.maximum(change, 1), base_fee - change)
    return int(following) if following.ndim == 0 else following


class GasPayment(NamedTuple):
    """What one transaction pays, in ether: the base fee to nobody (burned), the tip to the block's proposer."""

    included: bool | np.ndarray  #: whether the sender offers at least the base fee
    burned: Amount  #: sender → nobody
    tip: Amount  #: sender → proposer of the block

    @property
    def total(self) -> Amount:
        """Paid by the sender (ether)."""
        return self.burned + self.tip


def pay_for_gas(gas: Amount, base_fee: Amount, max_fee: Amount, max_tip: Amount) -> GasPayment:
    """What a transaction pays: ``gas·base`` burned, ``gas·min(max_tip, max_fee − base)`` as tip; 0 if left out.

    Args:
        gas: used by the transaction, >= 0.
        base_fee: of the block, wei per gas, >= 0.
        max_fee: the most the sender pays in all, wei per gas, >= 0.
        max_tip: the most the sender pays to the proposer, wei per gas, >= 0.

    Raises:
        ValueError: a negative argument.

    Source: EIP-1559. A contract call that fails still pays for the gas it used.
    """
    gas, base_fee = non_negative("gas", gas), non_negative("base_fee", base_fee)
    max_fee, max_tip = non_negative("max_fee", max_fee), non_negative("max_tip", max_tip)
    broadcastable(gas=gas, base_fee=base_fee, max_fee=max_fee, max_tip=max_tip)
    included = ~np.asarray(below(max_fee, base_fee))
    paid_gas = gas * included / WEI_PER_ETHER
    burned, tip = paid_gas * base_fee, paid_gas * np.maximum(np.minimum(max_tip, max_fee - base_fee), 0.0)
    if np.ndim(tip) == 0:
        return GasPayment(bool(included), float(burned), float(tip))
    return GasPayment(included, burned, tip)
