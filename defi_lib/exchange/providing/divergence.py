"""What providing liquidity costs: impermanent loss, and loss versus rebalancing."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.validation import Amount, between, broadcastable, non_negative, plain, positive, representable

Array = NDArray[np.float64]

#: Below this, ``e^z − 1 − z`` is summed as a series, above it, the difference loses no more than two bits.
SERIES_LIMIT = 0.5

#: Terms of the series: the last is below 1e-17 of the first at the limit.
SERIES_TERMS = 14

#: κ of :func:`arbitrage_part`.
EVEN_BLOCKS = math.sqrt(2 * math.pi) / 1.4603545088095868


class Divergence(NamedTuple):
    """A position in a pool beside holding the tokens that were put in. Values in token 1."""

    holding: Amount  #: value of the tokens that were put in, had they been kept
    pool: Amount  #: value of the position, without fees
    impermanent_loss: Amount  #: ``pool/holding − 1``, exact where both are nearly equal; never positive

    @property
    def loss(self) -> Amount:
        """What fees must earn to make up for it (token 1, >= 0)."""
        return -self.impermanent_loss * self.holding


@representable
def impermanent_loss(price_ratio: Amount, weight: Amount = 0.5) -> Amount:
    """Value of a pool position against holding the tokens, as a ratio less one: ``r^w/(w·r + 1 − w) − 1``.

    In a constant product pool, ``2√r/(1 + r) − 1``. Without fees; never positive.

    Args:
        price_ratio: r, price of token 0 now over that at the deposit, > 0.
        weight: w, part of the pool's value in token 0, in [0, 1]; 1/2 in a constant product pool.

    Raises:
        ValueError: an argument outside its range.

    Source: Pintail (2018); Tiruviluamala, Port, Lewis, arXiv:2203.11352.
    Computed as ``−E/(1+E)``, ``E = w·ψ((1−w)·ln r) + (1−w)·ψ(−w·ln r)``, ``ψ(z) = e^z − 1 − z``: only positive
    terms, so that all digits are right for the smallest change of price.
    """
    price_ratio, weight = positive("price_ratio", price_ratio), between("weight", weight, 0.0, 1.0)
    broadcastable(price_ratio=price_ratio, weight=weight)
    growth = np.log(price_ratio)
    excess = weight * _exponential_excess((1 - weight) * growth) + (1 - weight) * _exponential_excess(-weight * growth)
    return plain(0.0 - excess / (1 + excess))


@representable
def pool_divergence(value: Amount, price_ratio: Amount, weight: Amount = 0.5) -> Divergence:
    """A deposit in a constant product or weighted pool, beside holding: ``V·r^w`` beside ``V·(w·r + 1 − w)``.

    Args:
        value: V, value of the deposit (token 1), > 0.
        price_ratio: r, price of token 0 now over that at the deposit, > 0.
        weight: w, part of the pool's value in token 0, in [0, 1].

    Raises:
        ValueError: an argument outside its range.
    """
    loss = impermanent_loss(price_ratio, weight)
    value = positive("value", value)
    broadcastable(value=value, price_ratio=price_ratio, weight=weight)
    price_ratio, weight = np.asarray(price_ratio), np.asarray(weight)
    return Divergence(plain(value * (weight * price_ratio + (1 - weight))), plain(value * price_ratio**weight), loss)


@representable
def concentrated_divergence(start: Amount, price: Amount, low: Amount, high: Amount) -> Divergence:
    """A position of liquidity 1 in a price range, beside holding what was put in.

    Worth ``P/c + c − P/√P_b − √P_a``, where c is ``√P`` clipped to the range; what was put in, the same with c
    of the start. The difference ``(c − c₀)·(1 − P/(c·c₀))`` is computed from differences of prices.

    Args:
        start: price of token 0 in token 1 at the deposit, > 0.
        price: P, price now, > 0.
        low: P_a, lower end of the range, > 0.
        high: P_b, upper end of the range, > low.

    Returns:
        Values in token 1 per unit of liquidity L.

    Raises:
        ValueError: an argument outside its range.

    Source: Adams et al., *Uniswap v3 Core* (2021); own derivation of the stable form.
    """
    start, price = positive("start", start), positive("price", price)
    low, high = _range(low, high)
    broadcastable(start=start, price=price, low=low, high=high)
    root_low, root_high = np.sqrt(low), np.sqrt(high)
    inside, inside_before = np.clip(price, low, high), np.clip(start, low, high)
    root, before = np.sqrt(inside), np.sqrt(inside_before)
    change = (inside - inside_before) / (root + before)
    # P − c·c₀ = (P − c²) + c·(c − c₀), and the two terms have the sign of the change.
    lost = change * ((price - inside) + root * change) / (root * before)
    holding = _range_value(price, before, root_low, root_high)
    value = _range_value(price, root, root_low, root_high)
    return Divergence(plain(holding), plain(value), plain(0.0 - lost / holding))


@representable
def lvr_rate(volatility: Amount, weight: Amount = 0.5) -> Amount:
    """Loss versus rebalancing per unit of time, as a part of the pool's value: ``w·(1−w)·σ²/2``, or ``σ²/8``.

    What a pool without fee loses to those who trade against its stale price. Unlike impermanent loss, it does not
    come back when the price does.

    Args:
        volatility: σ per square root of the unit of time (ratio), >= 0.
        weight: w, part of the pool's value in token 0, in [0, 1].

    Raises:
        ValueError: an argument outside its range.

    Source: Milionis, Moallemi, Roughgarden, Zhang, arXiv:2208.06046.
    """
    volatility, weight = non_negative("volatility", volatility), between("weight", weight, 0.0, 1.0)
    broadcastable(volatility=volatility, weight=weight)
    return weight * (1 - weight) * volatility**2 / 2


@representable
def expected_lvr(value: Amount, volatility: Amount, time: Amount, weight: Amount = 0.5) -> Amount:
    """Expected loss versus rebalancing over a time, without fee: ``V₀·(1 − e^(−ℓ·t))``, ℓ the :func:`lvr_rate`.

    Exact for a price without drift, however often the pool is arbitraged, because the pool's expected value shrinks
    at the rate ℓ while rebalancing earns nothing on average.

    Args:
        value: V₀, value of the pool at the start (token 1), >= 0.
        volatility: σ per square root of the unit of time (ratio), >= 0.
        time: t in the unit of σ, >= 0.
        weight: w, part of the pool's value in token 0, in [0, 1].

    Raises:
        ValueError: an argument outside its range.

    Source: arXiv:2208.06046; the sum over time is an own derivation.
    """
    value, time = non_negative("value", value), non_negative("time", time)
    broadcastable(value=value, volatility=volatility, time=time, weight=weight)
    return -value * np.expm1(-lvr_rate(volatility, weight) * time)


@representable
def concentrated_lvr_rate(price: Amount, low: Amount, high: Amount, volatility: Amount) -> Amount:
    """Loss versus rebalancing of a concentrated position per unit of time, as a part of its value; 0 out of range.

    ``σ²·√P/4 / (2√P − P/√P_b − √P_a)``: the narrower the range, the larger.

    Args:
        price: P of token 0 in token 1, > 0.
        low: P_a, lower end of the range, > 0.
        high: P_b, upper end of the range, > low.
        volatility: σ per square root of the unit of time (ratio), >= 0.

    Raises:
        ValueError: an argument outside its range.

    Source: arXiv:2208.06046, ``σ²·P²/2·|V''(P)|`` with V of *Uniswap v3 Core*.
    """
    price, volatility = positive("price", price), non_negative("volatility", volatility)
    low, high = _range(low, high)
    broadcastable(price=price, low=low, high=high, volatility=volatility)
    root = np.sqrt(np.clip(price, low, high))
    value = _range_value(price, root, np.sqrt(low), np.sqrt(high))
    return plain(np.where((low < price) & (price < high), volatility**2 * root / 4, 0.0) / value)


@representable
def trade_probability(volatility: Amount, log_fee: Amount, blocks: Amount) -> Amount:
    """Part of the blocks in which arbitrage pays: ``1/(1 + √(2λ)·γ/σ)``.

    Args:
        volatility: σ per square root of the unit of time (ratio), > 0.
        log_fee: γ, fee in logarithmic units, >= 0; ``−ln(1 − fee)`` for a pool's ``fee``, nearly the same.
        blocks: λ, mean number of blocks per unit of time, > 0.

    Raises:
        ValueError: an argument outside its range.

    Source: Milionis, Moallemi, Roughgarden, arXiv:2305.14604. Exact for blocks at random (Poisson) times. With
    blocks at even times, arbitrage pays a little more often, and less each time: :func:`arbitrage_part`.
    """
    return _one_over(math.sqrt(2), volatility, log_fee, blocks)


@representable
def arbitrage_part(volatility: Amount, log_fee: Amount, blocks: Amount) -> Amount:
    """Part of the loss versus rebalancing that arbitrageurs keep, with blocks at even times: ``1/(1 + κ·√λ·γ/σ)``.

    κ = √(2π)/|ζ(1/2)| = 1.7165. At random times the number is √2 and the part is :func:`trade_probability`. Even
    blocks leave less, because no wait is long. Arguments and errors as in :func:`trade_probability`.

    Source: Nezlobin, Tassy, arXiv:2505.05113. After each trade the price stands at the edge of the band ±γ. Steps of
    variance s² then pass it by H, with E[H²]/E[H] = 2·s/κ; and what leaves the band balances what steps bring:
    2γ·E[H] + E[H²] = s² a block. The error is of the order of e^(−γ/s). Ethereum writes at even times, but for
    blocks that are missed.

    >>> float(round(arbitrage_part(0.8, 0.003, 31_536_000 / 12), 4))
    0.0875
    """
    return _one_over(EVEN_BLOCKS, volatility, log_fee, blocks)


@representable
def jump_part(jump: Amount, log_fee: Amount) -> Amount:
    """Part of the loss to a rare jump of the price that arbitrageurs keep: nearly ``(1 − γ/j)²``.

    Nobody can trade while the price jumps, so that faster blocks change nothing: only the fee gives something back.

    Args:
        jump: j, size of the jump in logarithmic units, >= 0.
        log_fee: γ, fee in logarithmic units, >= 0; ``−ln(1 − fee)`` for a pool's ``fee``, nearly the same.

    Raises:
        ValueError: an argument outside its range.

    Source: own derivation. A pool of value V whose price is a little u behind sells V/4 more for each du; without fee a
    jump j costs ``V/4·∫u du = V·j²/8``, and arbitrageurs, who come no nearer than γ, keep ``V·(j − γ)²/8``. Before it
    the pool may be behind by anything in ±γ; the mean over that is ``((j − γ)² + γ²/3)/j²`` for ``j >= 2γ``, and
    ``j/(6γ)`` below.

    >>> round(float(jump_part(0.01, 0.001)), 4), round(float(jump_part(0.001, 0.003)), 4)
    (0.8133, 0.0556)
    """
    jump, log_fee = non_negative("jump", jump), non_negative("log_fee", log_fee)
    broadcastable(jump=jump, log_fee=log_fee)
    jump, log_fee = np.broadcast_arrays(np.asarray(jump, float), np.asarray(log_fee, float))
    far = jump >= 2 * log_fee
    ratio = np.where(far, log_fee, jump) / np.where(far & (jump == 0), 1.0, np.where(far, jump, log_fee))
    return plain(np.where(far, (1 - ratio) ** 2 + ratio**2 / 3, ratio / 6))


@representable
def arbitrage_part_with_jumps(
    volatility: Amount, log_fee: Amount, blocks: Amount, jumps: Amount, jump: Amount
) -> Amount:
    """Part of the loss versus rebalancing that arbitrageurs keep, if a part of the price's moves are jumps.

    ``(1 − c)·P(σ·√(1 − c)) + c·J``: P is :func:`arbitrage_part` of the part of the variance that moves in small steps,
    J the :func:`jump_part` of the rest.

    Args:
        volatility: σ per square root of the unit of time (ratio), jumps included, > 0.
        log_fee: γ, fee in logarithmic units, >= 0.
        blocks: λ, number of blocks per unit of time, at even times, > 0.
        jumps: c, the part of the variance that comes in jumps, in [0, 1].
        jump: their size in logarithmic units, >= 0.

    Raises:
        ValueError: an argument outside its range.

    Source: :func:`arbitrage_part` and :func:`jump_part`; a jump that meets a small move is counted as if it came alone.
    Where they meet often (a jump in fifty steps, of less than twice the fee) arbitrageurs keep up to 3 points more.

    >>> fast, slow = (float(arbitrage_part_with_jumps(0.8, 0.003, n, 0.3, 0.01)) for n in (3e8, 2.6e6))
    >>> round(fast, 2), round(slow, 2)  # the jumps stay
    (0.16, 0.21)
    """
    jumps = between("jumps", jumps, 0.0, 1.0)
    broadcastable(volatility=volatility, log_fee=log_fee, blocks=blocks, jumps=jumps, jump=jump)
    steady = 1 - np.asarray(jumps)
    moving = np.where(steady > 0, steady, 1.0)
    small = arbitrage_part(positive("volatility", volatility) * np.sqrt(moving), log_fee, blocks)
    return plain(steady * small + jumps * jump_part(jump, log_fee))


def _one_over(number: float, volatility: Amount, log_fee: Amount, blocks: Amount) -> Amount:
    volatility, log_fee = positive("volatility", volatility), non_negative("log_fee", log_fee)
    blocks = positive("blocks", blocks)
    broadcastable(volatility=volatility, log_fee=log_fee, blocks=blocks)
    return 1 / (1 + number * np.sqrt(blocks) * (log_fee / volatility))


@representable
def arbitrage_profit_rate(volatility: Amount, log_fee: Amount, blocks: Amount) -> Amount:
    """What arbitrageurs gain after fees per unit of time, as a part of a constant product pool's value.

    Nearly ``trade_probability · lvr_rate`` for small fees; the rest of the loss versus rebalancing comes back to the
    pool as fees that the arbitrageurs pay. Arguments, errors and source as in :func:`trade_probability`.
    """
    return trade_probability(volatility, log_fee, blocks) * lvr_rate(volatility)


@representable
def break_even_volume(volatility: Amount, fee: Amount, weight: Amount = 0.5, trade_probability: Amount = 1.0) -> Amount:
    """Volume per unit of time, as a part of the pool's value, whose fees pay for the loss versus rebalancing.

    ``ℓ·P/f``. It must come from traders who know no better than the pool: what arbitrageurs trade is in P.

    Args:
        volatility: σ per square root of the unit of time (ratio), >= 0.
        fee: f, ratio in (0, 1).
        weight: w, part of the pool's value in token 0, in [0, 1].
        trade_probability: P, part of the loss that arbitrageurs do not give back as fees, in [0, 1];
            see :func:`trade_probability`.

    Raises:
        ValueError: an argument outside its range.

    Source: arXiv:2208.06046 and arXiv:2305.14604.
    """
    fee = between("fee", fee, 0.0, 1.0, low_open=True, high_open=True)
    trade_probability = between("trade_probability", trade_probability, 0.0, 1.0)
    broadcastable(volatility=volatility, fee=fee, weight=weight, trade_probability=trade_probability)
    return lvr_rate(volatility, weight) * trade_probability / fee


def _range(low: Amount, high: Amount) -> tuple[Amount, Amount]:
    """Both ends of a price range."""
    broadcastable(low=low, high=high)
    low = positive("low", low)
    return low, between("high", high, low, np.inf, low_open=True, high_open=True)


def _range_value(price: Amount, root: Amount, root_low: Amount, root_high: Amount) -> Amount:
    """Value of what liquidity 1 holds when the root of its price is ``root``: ``P·(1/c − 1/√P_b) + (c − √P_a)``."""
    return price * ((root_high - root) / (root * root_high)) + (root - root_low)


def _exponential_excess(exponent: Amount) -> Amount:
    """``e^z − 1 − z``, with all digits also for the smallest z."""
    small = np.clip(exponent, -SERIES_LIMIT, SERIES_LIMIT)
    series: Amount = 1.0
    for term in range(SERIES_TERMS, 2, -1):
        series = 1 + small * series / term
    # Read from the inside: z²/2·(1 + z/3·(1 + z/4·(…))).
    return np.where(np.abs(exponent) <= SERIES_LIMIT, small**2 / 2 * series, np.expm1(exponent) - exponent)
