"""A price range that holds liquidity: what lies in it, what it is worth, and what a trade inside it does.

Everything here is one formula that broadcasts over arrays. Many ranges together are a
:class:`~defi_lib.exchange.pools.concentrated.ConcentratedPool`; the impermanent loss of one range is
:func:`~defi_lib.exchange.providing.divergence.concentrated_divergence`.

Source: Adams et al., *Uniswap v3 Core* (2021), sections 2 and 6.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from defi_lib.rounding import below, rest, same, within
from defi_lib.validation import Amount, between, broadcastable, fulfilled, non_negative, plain, positive, ratio, token

#: A yes or no, or one for each scenario.
Flag: TypeAlias = bool | NDArray[np.bool_]


def amounts_for_liquidity(liquidity: Amount, price: Amount, low: Amount, high: Amount) -> tuple[Amount, Amount]:
    """Tokens 0 and 1 that a range holds: ``x = L·(1/√p − 1/√P_b)``, ``y = L·(√p − √P_a)``, p the price clipped to it.

    Args:
        liquidity: L (√(token 0 · token 1)), >= 0.
        price: of token 0 in token 1, > 0.
        low, high: ends P_a < P_b of the range, > 0.

    Raises:
        ValueError: an argument outside its range.

    The contract rounds both down when it pays and up when it is paid.
    """
    liquidity, price = non_negative("liquidity", liquidity), positive("price", price)
    low, high = price_range(low, high)
    broadcastable(liquidity=liquidity, price=price, low=low, high=high)
    amount_0, amount_1 = amounts_between(liquidity, np.sqrt(price), np.sqrt(low), np.sqrt(high))
    return plain(amount_0), plain(amount_1)


def liquidity_for_amounts(amount_0: Amount, amount_1: Amount, price: Amount, low: Amount, high: Amount) -> Amount:
    """The most liquidity that both amounts can pay for: the smaller of what each token allows.

    ``L₀ = x·√p·√P_b/(√P_b − √p)`` and ``L₁ = y/(√p − √P_a)``, p the price clipped to the range. Below the range only
    token 0 counts, above it only token 1.

    Args:
        amount_0, amount_1: tokens that may be paid, >= 0.
        price: of token 0 in token 1, > 0.
        low, high: ends P_a < P_b of the range, > 0.

    Raises:
        ValueError: an argument outside its range.
    """
    amount_0, amount_1 = non_negative("amount_0", amount_0), non_negative("amount_1", amount_1)
    price = positive("price", price)
    low, high = price_range(low, high)
    broadcastable(amount_0=amount_0, amount_1=amount_1, price=price, low=low, high=high)
    root_low, root_high = np.sqrt(low), np.sqrt(high)
    root = np.clip(np.sqrt(price), root_low, root_high)
    # At an end to within rounding, that end's token does not count: none of it is needed.
    to_high, to_low = rest(root_high, root), rest(root, root_low)
    from_0 = np.where(to_high > 0, amount_0 * root * root_high / np.where(to_high > 0, to_high, 1.0), np.inf)
    from_1 = np.where(to_low > 0, amount_1 / np.where(to_low > 0, to_low, 1.0), np.inf)
    return plain(np.minimum(from_0, from_1))


def position_value(liquidity: Amount, price: Amount, low: Amount, high: Amount) -> Amount:
    """Value in token 1 of what a range holds at ``price``: ``x·P + y``, without fees.

    Arguments and errors as in :func:`amounts_for_liquidity`.
    """
    amount_0, amount_1 = amounts_for_liquidity(liquidity, price, low, high)
    return amount_0 * price + amount_1


def capital_efficiency(low: Amount, high: Amount, price: Amount | None = None) -> Amount:
    """How many times the capital a full range would need for the same liquidity: ``2/(2 − √(P/P_b) − √(P_a/P))``.

    At the geometric mean of the ends, ``1/(1 − (P_a/P_b)^¼)``.

    Args:
        low, high: ends P_a < P_b of the range, > 0.
        price: P inside the range; by default ``√(P_a·P_b)``.

    Raises:
        ValueError: an argument outside its range.
    """
    low, high = price_range(low, high)
    price = np.sqrt(low) * np.sqrt(high) if price is None else within("price", price, low, high)
    broadcastable(low=low, high=high, price=price)
    # 1 − √q = (1 − q)/(1 + √q), and 1 − q from the difference: no digits are lost in a narrow range.
    above = (high - price) / high / (1 + np.sqrt(price / high))
    below = (price - low) / price / (1 + np.sqrt(low / price))
    return plain(2 / (above + below))


class Step(NamedTuple):
    """What a trade did at constant liquidity, until it was filled or reached its target."""

    sqrt_price: Amount  #: √(token 1 per token 0) afterwards
    amount_in: Amount  #: tokens that moved the price; the fee comes on top
    amount_out: Amount  #: tokens received
    fee: Amount  #: tokens paid as fee
    reached: Flag  #: whether the price is the target

    @property
    def paid(self) -> Amount:
        """All that was paid, fee included (tokens)."""
        return self.amount_in + self.fee


def swap_step(
    sqrt_price: Amount,
    sqrt_target: Amount,
    liquidity: Amount,
    amount: Amount,
    fee: Amount = 0.0,
    token_in: int = 0,
    exact_in: bool = True,
) -> Step:
    """Trade along one stretch of constant liquidity, as far as ``sqrt_target`` at most.

    Token 0 in: ``1/√P`` rises by ``Δx/L`` and ``√P`` falls by ``Δy/L``. Token 1 in: the other way round.

    Args:
        sqrt_price: √P, P in token 1 per token 0, > 0.
        sqrt_target: where to stop; not above ``sqrt_price`` for token 0 in, not below for token 1 in.
        liquidity: L (√(token 0 · token 1)), >= 0; where it is 0, nothing is traded and the target is reached.
        amount: tokens still to pay, fee included, or to receive if not ``exact_in``; >= 0.
        fee: ratio of what is paid, in [0, 1).
        token_in: 0 or 1.
        exact_in: whether ``amount`` is paid or received.

    Raises:
        ValueError: an argument outside its range.

    The contract rounds the price so that the pool never loses, amounts paid up and amounts received down.
    """
    sqrt_price, sqrt_target = positive("sqrt_price", sqrt_price), positive("sqrt_target", sqrt_target)
    liquidity, amount, fee = non_negative("liquidity", liquidity), non_negative("amount", amount), ratio("fee", fee)
    broadcastable(sqrt_price=sqrt_price, sqrt_target=sqrt_target, liquidity=liquidity, amount=amount, fee=fee)
    if token("token_in", token_in, 2) == 0:
        sqrt_target = between("sqrt_target", _onto(sqrt_target, sqrt_price), 0.0, sqrt_price, low_open=True)
    else:
        sqrt_target = between("sqrt_target", _onto(sqrt_target, sqrt_price), sqrt_price, np.inf, high_open=True)
    step = unchecked_step(sqrt_price, sqrt_target, liquidity, amount, fee, token_in, exact_in)
    reached = bool(step.reached) if np.ndim(step.reached) == 0 else step.reached
    return Step(plain(step.sqrt_price), plain(step.amount_in), plain(step.amount_out), plain(step.fee), reached)


def sqrt_price_after_input(sqrt_price: Amount, liquidity: Amount, amount_in: Amount, token_in: int = 0) -> Amount:
    """Root of the price after ``amount_in`` (tokens, without fee): ``√P/(1 + √P·Δx/L)``, or ``√P + Δy/L``.

    Raises:
        ValueError: a price or liquidity that is not positive, or a negative amount.
    """
    sqrt_price, liquidity = positive("sqrt_price", sqrt_price), positive("liquidity", liquidity)
    amount_in = non_negative("amount_in", amount_in)
    broadcastable(sqrt_price=sqrt_price, liquidity=liquidity, amount_in=amount_in)
    if token("token_in", token_in, 2) == 0:
        return sqrt_price / (1 + sqrt_price * (amount_in / liquidity))
    return sqrt_price + amount_in / liquidity


def sqrt_price_after_output(sqrt_price: Amount, liquidity: Amount, amount_out: Amount, token_in: int = 0) -> Amount:
    """Root of the price after ``amount_out`` (tokens) of the other token: ``√P − Δy/L``, or ``√P/(1 − √P·Δx/L)``.

    Raises:
        ValueError: a price or liquidity that is not positive, or an amount outside [0, all that the liquidity has),
            which is ``L·√P`` of token 1 and ``L/√P`` of token 0.
    """
    sqrt_price, liquidity = positive("sqrt_price", sqrt_price), positive("liquidity", liquidity)
    broadcastable(sqrt_price=sqrt_price, liquidity=liquidity, amount_out=amount_out)
    if token("token_in", token_in, 2) == 0:
        amount_out = _less_than("amount_out", amount_out, liquidity * sqrt_price)
        return sqrt_price * (1 - amount_out / liquidity / sqrt_price)
    amount_out = _less_than("amount_out", amount_out, liquidity / sqrt_price)
    return sqrt_price / (1 - amount_out / liquidity * sqrt_price)


def _onto(target: Amount, price: Amount) -> Amount:
    """``target``, or ``price`` where they are the same to within rounding."""
    return plain(np.where(same(target, price), price, target))


def _less_than(name: str, amount: Amount, whole: Amount) -> Amount:
    """An amount that leaves something of the whole, and not only rounding."""
    amount = between(name, amount, 0.0, whole, high_open=True)
    return fulfilled(name, amount, below(amount, whole), "is less than all that the liquidity has")


def price_range(low: Amount, high: Amount) -> tuple[Amount, Amount]:
    """Both ends of a price range, checked: ``0 < low < high``."""
    broadcastable(low=low, high=high)
    low = positive("low", low)
    high = between("high", high, low, np.inf, low_open=True, high_open=True)
    # The roots of the ends must differ by more than rounding.
    return low, fulfilled("high", high, below(low, high, scale=4 * high), "is more than low, and not only by rounding")


def amounts_between(liquidity: Amount, root: Amount, root_low: Amount, root_high: Amount) -> tuple[Amount, Amount]:
    """:func:`amounts_for_liquidity` from roots of prices, unchecked."""
    root = np.minimum(np.maximum(root, root_low), root_high)
    return liquidity * (root_high - root) / (root * root_high), liquidity * (root - root_low)


def unchecked_step(
    root: Amount, target: Amount, liquidity: Amount, amount: Amount, fee: Amount, token_in: int, exact_in: bool
) -> Step:
    """:func:`swap_step` for arguments known to be valid."""
    distance: Amount = liquidity * (root - target if token_in == 0 else target - root)
    room_in, room_out = distance, distance / (root * target)
    # Seen from the token that is paid, √P and 1/√P change places, and one formula serves both directions.
    unit: Amount = 1 / root
    if token_in == 0:
        room_in, room_out, unit = room_out, room_in, root
    depth = select(liquidity > 0, liquidity, 1.0)
    if exact_in:
        net_in = amount - amount * fee
        reached = net_in >= room_in
        growth = 1 + net_in * unit / depth
        amount_out = net_in * (unit * unit / growth)
    else:
        amount_out = amount
        reached = amount >= room_out
        growth = 1 / (1 - select(reached, 0.0, amount / (depth * unit)))
        net_in = amount * (growth / (unit * unit))
    moved = root / growth if token_in == 0 else root * growth
    passed = moved < target if token_in == 0 else moved > target
    net_in = select(reached, room_in, net_in)
    fee_on_top = net_in * (fee / (1 - fee))
    return Step(
        select(reached | passed, target, moved),
        net_in,
        select(reached, room_out, amount_out),
        select(reached, fee_on_top, amount * fee) if exact_in else fee_on_top,
        reached,
    )


def select(condition: Flag, yes: Amount, no: Amount) -> Amount:
    """``np.where``, without its price where there is one condition only."""
    if isinstance(condition, (bool, np.bool_)):
        return yes if condition else no
    return np.where(condition, yes, no)


def some(flag: Flag) -> bool:
    """``np.any``, without its price where there is one flag only."""
    return bool(flag) if isinstance(flag, (bool, np.bool_)) else bool(np.any(flag))
