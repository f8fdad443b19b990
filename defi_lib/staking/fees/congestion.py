"""Congestion: blocks are limited, so who offers less waits outside."""

from __future__ import annotations

from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.integers import INT64_MAX, UINT256_MAX, largest, python_integers
from defi_lib.probability import normal_below
from defi_lib.staking.fees.gas import MAX_GAS, WEI_PER_ETHER, _next_base_fee
from defi_lib.validation import (
    Amount,
    Whole,
    at_least,
    between,
    broadcastable,
    integer,
    one_number,
    positive,
    whole,
)


class BlockFees(NamedTuple):
    """One block: who got in, and what was paid. Transactions along the last axis, scenarios before it."""

    base_fee: Whole  #: wei per gas
    included: NDArray[np.bool_]  #: per transaction
    gas_used: Whole
    burned: NDArray[np.float64]  #: per transaction, ether: sender → nobody
    tips: NDArray[np.float64]  #: per transaction, ether: sender → proposer


class FeeMarketRun(NamedTuple):
    """Blocks along the first axis, then scenarios, transactions last.

    Whole numbers are ``int64``, or Python integers (an array of ``object``) where one may pass 2⁶³.
    """

    base_fee: NDArray[np.int64]  #: wei per gas, one more than there are blocks: the last is the next block's
    included: NDArray[np.bool_]  #: per transaction
    gas_used: NDArray[np.int64]  #: per block
    burned: NDArray[np.float64]  #: per transaction, ether: sender → nobody
    tips: NDArray[np.float64]  #: per transaction, ether: sender → proposer


def fill_block(max_fee: Whole, max_tip: Whole, gas: Whole, base_fee: Whole, gas_limit: int) -> BlockFees:
    """The block that a proposer builds: those who offer the base fee, the highest tips first, until it is full.

    Args:
        max_fee: the most each sender pays in all, wei per gas; transactions along the last axis.
        max_tip: the most each sender pays to the proposer, wei per gas.
        gas: of each transaction, >= 1.
        base_fee: wei per gas, one per scenario; fees are below 2²⁵⁶, as the protocol stores them.
        gas_limit: of the block, up to 2⁶³ − 1.

    The first transaction that does not fit ends the block. Real builders fill the rest with smaller ones.

    Raises:
        ValueError: an argument outside its range or not whole.

    Source: EIP-1559; Roughgarden, arXiv:2012.00854.
    """
    offers = _offers(max_fee, max_tip, gas)
    limit = integer("gas_limit", gas_limit, 1, MAX_GAS)
    return _fill_block(*offers, _array(whole("base_fee", base_fee, 0, UINT256_MAX)), limit)


def simulate_fee_market(
    max_fee: Whole,
    max_tip: Whole,
    gas: Whole,
    base_fee: Whole,
    gas_limit: int,
    elasticity: int = 2,
    change_denominator: int = 8,
) -> FeeMarketRun:
    """Block after block of :func:`fill_block`, with the base fee of EIP-1559 between them.

    Args:
        max_fee: the most each sender pays in all, wei per gas; blocks along the first axis, transactions along
            the last, scenarios between them.
        max_tip: the most each sender pays to the proposer, wei per gas.
        gas: of each transaction, >= 1.
        base_fee: of the first block, wei per gas, one per scenario.
        gas_limit: of every block, from ``elasticity`` to 2⁶³ − 1.
        elasticity: limit over target, >= 1.
        change_denominator: the largest change of the base fee is one over this, >= 1.

    Who is left out does not come back: put him into a later block to let him wait.

    Raises:
        ValueError: an argument outside its range or not whole, or no block at all.
    """
    fees, tips, gas_each = _offers(max_fee, max_tip, gas)
    if fees.ndim < 2 or len(fees) == 0:
        raise ValueError(f"max_fee has shape {fees.shape}: allowed is (blocks, …, transactions), at least one block")
    elasticity, divisor = at_least("elasticity", elasticity, 1), at_least("change_denominator", change_denominator, 1)
    limit = at_least("gas_limit", gas_limit, elasticity)
    integer("gas_limit", limit, elasticity, MAX_GAS)
    current = np.broadcast_to(_array(whole("base_fee", base_fee, 0, UINT256_MAX)), fees.shape[1:-1])
    blocks, path = [], [current]
    for fee, tip, size in zip(fees, tips, gas_each, strict=True):
        blocks.append(_fill_block(fee, tip, size, current, limit))
        used = _array(blocks[-1].gas_used)
        current = _array(_next_base_fee(current, used, limit // elasticity, divisor))
        path.append(current)
    _, included, gas_used, burned, paid_tips = (np.stack(part) for part in zip(*blocks, strict=True))
    return FeeMarketRun(np.stack(path), included, gas_used, burned, paid_tips)


def served_by_price(crowding: Amount, link: Amount, low: float, high: float, points: int = 256) -> Amount:
    """Part that finds room of those whose amounts lie between two ranks, once the price has cleared the crowd.

    Amounts and what people will pay are lognormal. The price settles where as many offer at least as much as there is
    room for; of those at one amount the part that does so is that of a normal distribution.

    Args:
        crowding: how many want in, as a multiple of the room, > 0; up to 1 all find room.
        link: correlation of the logarithms of the amount and of what is offered for a place, from 0 to 1.
        low, high: ranks among all amounts, 0 <= low < high <= 1: (0, 0.5) is the smaller half.
        points: amounts looked at, of equal ranks apart.

    Raises:
        ValueError: an argument outside its range.

    Block after block, :func:`simulate_fee_market` comes to the same.

    >>> round(served_by_price(10, 0.0, 0, 0.5), 3)  # all offer the same sum, whatever the amount
    0.1
    >>> round(served_by_price(10, 1.0, 0.9, 1), 3)  # offers go with the amount
    1.0
    """
    crowding = positive("crowding", crowding)
    link, _ = between("link", link, 0.0, 1.0), broadcastable(crowding=crowding, link=link)
    high = one_number("high", between("high", high, 0.0, 1.0))
    low = one_number("low", between("low", low, 0.0, high, high_open=True))
    at_least("points", points, 1)
    normal = NormalDist()
    ranks = low + (high - low) * (np.arange(points) + 0.5) / points
    amounts = np.array([normal.inv_cdf(rank) for rank in ranks])
    rooms = np.atleast_1d(np.minimum(1 / np.asarray(crowding, float), 1.0))
    price = np.array([-normal.inv_cdf(room) if room < 1 else -np.inf for room in rooms.ravel()])
    price = price.reshape(rooms.shape)[..., None]
    links = np.atleast_1d(np.asarray(link, float))[..., None]
    spread = np.sqrt(np.maximum(1 - links**2, _NEARLY_NOTHING))
    served = np.mean(normal_below((links * amounts - price) / spread), axis=-1)
    return float(served[0]) if np.ndim(crowding) == 0 and np.ndim(link) == 0 else served


#: The spread of offers at one amount is never quite nil: its square is at least this.
_NEARLY_NOTHING = 1e-18


def _fill_block(
    max_fee: NDArray[np.int64],
    max_tip: NDArray[np.int64],
    gas: NDArray[np.int64],
    base_fee: NDArray[np.int64],
    gas_limit: int,
) -> BlockFees:
    base = base_fee[..., np.newaxis]
    tip = np.minimum(max_tip, max_fee - base)
    willing = (tip >= 0).astype(bool, copy=False)
    # Who does not offer the base fee comes last: all others have a key of at most 0.
    order = np.argsort(np.where(willing, -tip, 1), axis=-1, kind="stable")
    filled = np.cumsum(np.take_along_axis(np.where(willing, gas, 0), order, axis=-1), axis=-1, dtype=gas.dtype)
    included = np.empty_like(willing)
    np.put_along_axis(included, order, filled <= gas_limit, axis=-1)
    included &= willing
    paid_gas = np.where(included, gas, 0)
    ether = paid_gas.astype(np.float64) / WEI_PER_ETHER
    burned, tips = ether * base.astype(np.float64), ether * tip.astype(np.float64)
    return BlockFees(base_fee, included, np.sum(paid_gas, axis=-1, dtype=gas.dtype), burned, tips)


def _offers(
    max_fee: Whole, max_tip: Whole, gas: Whole
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    fee, tip = whole("max_fee", max_fee, 0, UINT256_MAX), whole("max_tip", max_tip, 0, UINT256_MAX)
    gas = whole("gas", gas, 1, MAX_GAS)
    shape = broadcastable(max_fee=fee, max_tip=tip, gas=gas) or (1,)
    fee, tip, gas = (np.broadcast_to(_array(offer), shape) for offer in (fee, tip, gas))
    # The gas of a block is added up, whether or not it finds room.
    return fee, tip, python_integers(gas) if largest(gas) * shape[-1] > INT64_MAX else gas


def _array(numbers: Whole) -> NDArray[np.int64]:
    """As an array of 64 bits, or of Python integers if they need more."""
    array = np.asarray(numbers, dtype=None if isinstance(numbers, np.ndarray) else object)
    return array.astype(np.int64) if array.dtype == object and largest(array) <= INT64_MAX else array
