"""A price range that holds liquidity, in the integers of the contract: every result equals it to the last unit.

Amounts are in smallest units, prices are roots √P·2⁹⁶ (P in token 1 per token 0, per smallest unit), and what the
contract would refuse or could not hold is a ``ValueError``. One number at a time: for lessons, scenarios and arrays
there is :mod:`~defi_lib.exchange.pools.price_range`.

Source: Adams et al., *Uniswap v3 Core* (2021), section 6; rounding as in the contracts.
"""

from __future__ import annotations

from typing import NamedTuple

from defi_lib.validation import integer, token

#: The greatest amount, liquidity and √P·2⁹⁶ that the contract's integers can hold.
MAX_AMOUNT, MAX_LIQUIDITY, _MAX_ROOT = 2**255 - 1, 2**128 - 1, 2**160 - 1

#: Fees are counted in millionths of what is paid.
_PIPS = 10**6


class ExactStep(NamedTuple):
    """What a trade did at constant liquidity, until it was filled or reached its target. Amounts in smallest units."""

    sqrt_price_x96: int  #: afterwards
    amount_in: int  #: what moved the price; the fee comes on top
    amount_out: int
    fee: int


def exact_amount_0(sqrt_a_x96: int, sqrt_b_x96: int, liquidity: int, round_up: bool) -> int:
    """Token 0 (smallest units) between two prices: ``L·(√P_b − √P_a)·2⁹⁶/(√P_a·√P_b)``.

    Args:
        sqrt_a_x96, sqrt_b_x96: √P·2⁹⁶ at both ends, in any order.
        liquidity: L, an integer below 2¹²⁸.
        round_up: as the contract does when it is paid; it rounds down when it pays.

    Raises:
        ValueError: an argument that the contract's types cannot hold, or a price of 0.
    """
    low, high = _ends(sqrt_a_x96, sqrt_b_x96)
    # The contract divides twice and rounds twice, which gives the same integer.
    return _divide((_liquidity(liquidity) << 96) * (high - low), low * high, round_up)


def exact_amount_1(sqrt_a_x96: int, sqrt_b_x96: int, liquidity: int, round_up: bool) -> int:
    """Token 1 (smallest units) between two prices: ``L·(√P_b − √P_a)``.

    Arguments and errors as in :func:`exact_amount_0`.
    """
    low, high = _ends(sqrt_a_x96, sqrt_b_x96)
    return _divide(_liquidity(liquidity) * (high - low), 1 << 96, round_up)


def exact_amounts_for_liquidity(
    liquidity: int, sqrt_price_x96: int, sqrt_a_x96: int, sqrt_b_x96: int, round_up: bool = False
) -> tuple[int, int]:
    """Tokens 0 and 1 (smallest units) that a range holds at a price; arguments as in :func:`exact_amount_0`.

    Raises:
        ValueError: as in :func:`exact_amount_0`.
    """
    low, high = _ends(sqrt_a_x96, sqrt_b_x96)
    root = min(max(_root("sqrt_price_x96", sqrt_price_x96), low), high)
    return exact_amount_0(root, high, liquidity, round_up), exact_amount_1(low, root, liquidity, round_up)


def exact_liquidity_for_amounts(
    amount_0: int, amount_1: int, sqrt_price_x96: int, sqrt_a_x96: int, sqrt_b_x96: int
) -> int:
    """The most liquidity that the router finds both amounts (smallest units) to pay for, rounded down.

    ``L₀ = x·⌊√P·√P_b⌋/(√P_b − √P)`` and ``L₁ = y/(√P − √P_a)``, P clipped to the range, the smaller of the two. The
    inner rounding can make it a little less than what the amounts would really pay for.

    Raises:
        ValueError: an empty range, or an amount or result that the contract's types cannot hold.
    """
    low, high = _ends(sqrt_a_x96, sqrt_b_x96)
    if low == high:
        raise ValueError(f"sqrt_b_x96 = {sqrt_b_x96} equals sqrt_a_x96: allowed is any other price")
    amount_0, amount_1 = _amount("amount_0", amount_0), _amount("amount_1", amount_1)
    root = min(max(_root("sqrt_price_x96", sqrt_price_x96), low), high)
    bounds = []
    if root < high:
        bounds.append(_liquidity(amount_0 * (root * high >> 96) // (high - root), "liquidity from amount_0"))
    if root > low:
        bounds.append(_liquidity((amount_1 << 96) // (root - low), "liquidity from amount_1"))
    return min(bounds)


def exact_sqrt_price_after_input(sqrt_price_x96: int, liquidity: int, amount_in: int, token_in: int = 0) -> int:
    """√P·2⁹⁶ after ``amount_in`` (smallest units, without fee), rounded so that the pool does not lose.

    ``√P/(1 + √P·Δx/L)`` rounded up for token 0 in, ``√P + Δy/L`` rounded down for token 1 in.

    Raises:
        ValueError: a price or liquidity of 0, or an argument or result that the contract's types cannot hold.
    """
    root, liquidity = _root("sqrt_price_x96", sqrt_price_x96), _liquidity(liquidity, low=1)
    depth = liquidity << 96
    amount_in = _amount("amount_in", amount_in)
    if token("token_in", token_in, 2) == 1:
        return _root("sqrt_price_x96 after the trade", root + (amount_in << 96) // liquidity)
    if depth + amount_in * root < 2**256:
        return _divide(depth * root, depth + amount_in * root, True)
    # Where its product would overflow, the contract loses digits, and so must this.
    return _divide(depth, depth // root + amount_in, True)


def exact_sqrt_price_after_output(sqrt_price_x96: int, liquidity: int, amount_out: int, token_in: int = 0) -> int:
    """√P·2⁹⁶ after ``amount_out`` (smallest units) of the other token, rounded so that the pool does not lose.

    ``√P − Δy/L`` rounded down for token 0 in, ``√P/(1 − √P·Δx/L)`` rounded up for token 1 in.

    Raises:
        ValueError: a price or liquidity of 0, more than the liquidity has, or a result that the contract's types
            cannot hold.
    """
    root, liquidity = _root("sqrt_price_x96", sqrt_price_x96), _liquidity(liquidity, low=1)
    depth = liquidity << 96
    if token("token_in", token_in, 2) == 0:
        amount_out = integer("amount_out", amount_out, 0, (root - 1) * liquidity >> 96)
        return root - _divide(amount_out << 96, liquidity, True)
    amount_out = integer("amount_out", amount_out, 0, (depth - 1) // root)
    return _root("sqrt_price_x96 after the trade", _divide(depth * root, depth - amount_out * root, True))


def exact_swap_step(
    sqrt_price_x96: int, sqrt_target_x96: int, liquidity: int, amount: int, fee_pips: int = 0, exact_in: bool = True
) -> ExactStep:
    """Trade along one stretch of constant liquidity towards a target price, as far as that at most.

    Args:
        sqrt_price_x96: √P·2⁹⁶ now.
        sqrt_target_x96: where to stop; below the price token 0 is paid, above it token 1.
        liquidity: L, an integer below 2¹²⁸; where it is 0, nothing is traded and the target is reached.
        amount: smallest units still to pay, fee included, or to receive if not ``exact_in``.
        fee_pips: millionths of what is paid, below 1,000,000.
        exact_in: whether ``amount`` is paid or received.

    Raises:
        ValueError: an argument outside its range.

    Where the whole ``amount`` is paid before the target, all that does not move the price is fee.
    """
    root, target = _root("sqrt_price_x96", sqrt_price_x96), _root("sqrt_target_x96", sqrt_target_x96)
    amount, fee_pips = _amount("amount", amount), integer("fee_pips", fee_pips, 0, _PIPS - 1)
    token_in = 0 if target <= root else 1
    need, give = (exact_amount_0, exact_amount_1) if token_in == 0 else (exact_amount_1, exact_amount_0)
    if exact_in:
        net_in = amount * (_PIPS - fee_pips) // _PIPS
        reached = net_in >= need(root, target, liquidity, True)
        after = target if reached else exact_sqrt_price_after_input(root, liquidity, net_in, token_in)
    else:
        reached = amount >= give(root, target, liquidity, False)
        after = target if reached else exact_sqrt_price_after_output(root, liquidity, amount, token_in)
    amount_in, amount_out = need(root, after, liquidity, True), give(root, after, liquidity, False)
    if exact_in and after != target:
        return ExactStep(after, amount_in, amount_out, amount - amount_in)
    fee = _divide(amount_in * fee_pips, _PIPS - fee_pips, True)
    return ExactStep(after, amount_in, amount_out if exact_in else min(amount_out, amount), fee)


def _divide(numerator: int, denominator: int, round_up: bool) -> int:
    return -(-numerator // denominator) if round_up else numerator // denominator


def _root(name: str, value: int) -> int:
    return integer(name, value, 1, _MAX_ROOT)


def _ends(sqrt_a_x96: int, sqrt_b_x96: int) -> tuple[int, int]:
    """Both ends of a range, the lower first."""
    a, b = _root("sqrt_a_x96", sqrt_a_x96), _root("sqrt_b_x96", sqrt_b_x96)
    return min(a, b), max(a, b)


def _liquidity(value: int, name: str = "liquidity", low: int = 0) -> int:
    return integer(name, value, low, MAX_LIQUIDITY)


def _amount(name: str, value: int) -> int:
    return integer(name, value, 0, MAX_AMOUNT)
