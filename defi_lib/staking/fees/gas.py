"""Gas: the base fee of EIP-1559, tips, and what a transaction pays to whom."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from defi_lib.integers import INT64_MAX, UINT256_MAX, fitted, largest, python_integers
from defi_lib.rounding import below
from defi_lib.validation import Amount, Whole, at_least, between, broadcastable, fulfilled, non_negative, whole

#: Wei in an ether, and in a gwei.
WEI_PER_ETHER = 10**18
WEI_PER_GWEI = 10**9
#: Gas of a plain payment in ether, fixed by the protocol.
PAYMENT_GAS = 21_000

#: Largest gas of a block: clients count it in 64 bits (EIP-1985).
MAX_GAS = 2**63 - 1


def next_base_fee(
    base_fee: Whole, gas_used: Whole, gas_limit: Whole, elasticity: int = 2, change_denominator: int = 8
) -> Whole:
    """Base fee of the next block, exact: ``b + b·(used − target)/target/8`` with ``target = limit/2``.

    Every division rounds down; above the target the fee rises by at least 1 wei.

    Args:
        base_fee: of this block, wei per gas, a whole number below 2²⁵⁶, as the protocol stores it.
        gas_used: by this block, from 0 to ``gas_limit``.
        gas_limit: of this block, from ``elasticity`` to 2⁶³ − 1.
        elasticity: limit over target, >= 1; 2 on Ethereum, more on some layers 2.
        change_denominator: the largest change is one over this, >= 1; 8 on Ethereum.

    Returns:
        an ``int``; for arrays ``int64``, or Python integers (an array of ``object``) if one passes 2⁶³ − 1.

    Raises:
        ValueError: an argument outside its range or not whole.

    Source: Buterin et al., EIP-1559; Roughgarden, arXiv:2012.00854.

    >>> next_base_fee(10**9, 30_000_000, 30_000_000), next_base_fee(10**30, 0, 2**50)
    (1125000000, 875000000000000000000000000000)
    """
    elasticity, divisor = at_least("elasticity", elasticity, 1), at_least("change_denominator", change_denominator, 1)
    base_fee = whole("base_fee", base_fee, 0, UINT256_MAX)
    gas_limit = whole("gas_limit", gas_limit, elasticity, MAX_GAS)
    gas_used = whole("gas_used", gas_used, 0, MAX_GAS)
    broadcastable(base_fee=base_fee, gas_used=gas_used, gas_limit=gas_limit)
    within = np.less_equal(gas_used, gas_limit).astype(bool)
    if not np.all(within):
        between("gas_used", gas_used, 0, gas_limit)
        fulfilled(
            "gas_used", np.asarray(gas_used, dtype=float), within, "is at most gas_limit"
        )  # closer to it than floats can tell
    return _next_base_fee(base_fee, gas_used, gas_limit // elasticity, divisor)


def _next_base_fee(base_fee: Whole, gas_used: Whole, target: Whole, divisor: int) -> Whole:
    """The rule for arguments already known to be valid."""
    if np.ndim(base_fee) == np.ndim(gas_used) == np.ndim(target) == 0:
        base_fee, gas_used, target = int(base_fee), int(gas_used), int(target)
        change = base_fee * abs(gas_used - target) // target // divisor
        return base_fee + max(change, 1) if gas_used > target else base_fee - change
    if not _fits(base_fee, gas_used, target):
        base_fee, gas_used, target = map(python_integers, (base_fee, gas_used, target))
    distance: Any = np.abs(gas_used - target)
    # base·distance // target in two parts, because the whole product can exceed 63 bits where the result does not.
    part = base_fee // target * distance + base_fee % target * distance // target
    return fitted(np.where(gas_used > target, base_fee + np.maximum(part // divisor, 1), base_fee - part // divisor))


def _fits(base_fee: Whole, gas_used: Whole, target: Whole) -> bool:
    """Whether no product of the rule can leave the 63 bits of an ``int64``."""
    if not np.size(target):
        return True
    base, far = largest(base_fee), max(largest(gas_used), largest(target))
    return base + (base // int(np.min(target)) + largest(target)) * far <= INT64_MAX


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
