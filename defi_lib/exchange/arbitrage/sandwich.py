"""Sandwich attack on a swap in a constant product pool: buy before the victim, sell after him.

With the fee kept in the pool and all amounts in units of the reserve x of the token paid in (front-run α, victim ν,
``γ = 1 − fee``), the attacker's profit before gas is ``x·α·(m₀ + m₁·α)/(1 + d·α + γ²·α²)`` with
``m₀ = γ²·(1+ν)·(1+γν) − 1``, ``m₁ = γ²·(1+ν) − 1`` and ``d = 1 + γ² + γ³ν``: own derivation, by adding up the three
swaps. Everything else in this file follows from it by solving quadratic equations.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from defi_lib.exchange.pools.constant_product import ConstantProductPool, needs_constant_product
from defi_lib.exchange.pools.pool import ASSETS, Swap
from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.rounding import above, rest
from defi_lib.validation import (
    Amount,
    between,
    broadcastable,
    non_negative,
    plain,
    positive,
    ratio,
    representable,
    token_pair,
)


class Sandwich(NamedTuple):
    """What happened in an attack. ``token_in`` is what the victim pays and the attacker counts his profit in."""

    undisturbed: Swap  #: the victim's swap, had nobody attacked
    front_run: Swap  #: by the attacker, ``token_in`` to ``token_out``; of nothing where the attack does not pay
    victim: Swap
    back_run: Swap  #: by the attacker, all that the front-run gave
    gas: Amount  #: paid by the attacker for both swaps, ``token_in``; 0 where he does not attack

    @property
    def pool(self) -> ConstantProductPool:
        """The pool after the attack."""
        return self.back_run.pool

    @property
    def attacker_profit(self) -> Amount:
        """What the attacker gets back more than he paid, after gas (``token_in``)."""
        return self.back_run.amount_out - self.front_run.amount_in - self.gas

    @property
    def victim_loss(self) -> Amount:
        """What the victim receives less than without the attack (``token_out``)."""
        return self.undisturbed.amount_out - self.victim.amount_out

    @property
    def extra_fees(self) -> tuple[Amount, Amount]:
        """Fees of the attacker's two swaps, which stay in the pool (``token_in``, ``token_out``)."""
        return self.front_run.fee, self.back_run.fee

    @property
    def pool_gain(self) -> tuple[Amount, Amount]:
        """What the pool holds more than without the attack (``token_in``, ``token_out``).

        The other side of the attacker's profit before gas and of the victim's loss: nothing else moved.
        """
        return self.front_run.amount_in - self.back_run.amount_out, self.victim_loss

    def transfers(
        self,
        attacker: str = "attacker",
        victim: str = "victim",
        pool: str = "pool",
        producer: str = "block producers",
        assets: Sequence[str] = ASSETS,
    ) -> tuple[Transfer, ...]:
        """The three swaps, in the order in which the pool saw them, and the gas of the attacker, if he pays any.

        Args:
            attacker, victim, pool, producer: their names; the producer of the block gets the gas.
            assets: the names of the pool's tokens, in the pool's order.

        Raises:
            ValueError: too few names of assets.
        """
        made = ((self.front_run, attacker), (self.victim, victim), (self.back_run, attacker))
        swaps = (transfer for swap, trader in made for transfer in swap.transfers(trader, pool, assets))
        gas = actual([Transfer(attacker, producer, self.gas, assets[self.front_run.token_in], "gas")])
        return (*swaps, *gas)


def sandwich_attack(
    pool: ConstantProductPool,
    victim_amount: Amount,
    tolerance: Amount,
    gas: Amount = 0.0,
    token_in: int = 0,
    token_out: int = 1,
    front_run: Amount | None = None,
) -> Sandwich:
    """Attack a swap: front-run, victim, back-run, each a swap with the pool.

    Args:
        pool: the pool before.
        victim_amount: what the victim sells (``token_in``), > 0.
        tolerance: part of the undisturbed amount that the victim accepts to lose, in [0, 1).
        gas: cost of the attacker's two swaps (``token_in``), >= 0.
        token_in: what the victim pays.
        token_out: what the victim receives.
        front_run: what the attacker sells first (``token_in``); by default :func:`best_front_run`, and nothing where
            its profit does not exceed the gas.

    Raises:
        ValueError: an argument outside its range; a front-run so large that the victim's swap would be reverted.

    Source: Zhou, Qin, Torres, Le, Gervais, arXiv:2009.14021; Daian et al., *Flash Boys 2.0*, arXiv:1904.05234.
    Real attackers also pay the block producer for the order of the three swaps, mostly the larger part of the profit.
    """
    gas = non_negative("gas", gas)
    largest = max_front_run(pool, victim_amount, tolerance, token_in, token_out)
    attack: Amount
    if front_run is None:
        best = best_front_run(pool, victim_amount, tolerance, token_in, token_out)
        pays = above(sandwich_profit(pool, victim_amount, best, token_in, token_out), gas)
        attack = np.where(pays, best, 0.0)
    else:
        attack = non_negative("front_run", front_run)
        broadcastable(front_run=attack, largest=largest)
        if np.any(above(attack, largest)):
            between("front_run", attack, 0.0, largest)
    first = pool.swap_exact_in(attack, token_in, token_out)
    victim = first.pool.swap_exact_in(victim_amount, token_in, token_out)
    last = victim.pool.swap_exact_in(first.amount_out, token_out, token_in)
    undisturbed = pool.swap_exact_in(victim_amount, token_in, token_out)
    return Sandwich(undisturbed, first, victim, last, plain(np.where(np.asarray(attack) > 0, gas, 0.0)))


@representable
def max_front_run(
    pool: ConstantProductPool, victim_amount: Amount, tolerance: Amount, token_in: int = 0, token_out: int = 1
) -> Amount:
    """The largest front-run (``token_in``) after which the victim still gets ``1 − tolerance`` of what he expects.

    Solves ``(x + γa)·(x + a + γv) = x·(x + γv)/(1 − s)``; without fee ``a = (−v + √(v² + 4x(x+v)/(1−s)))/2 − x``.
    Arguments and errors as in :func:`sandwich_attack`.
    """
    reserve, share, gamma = _scaled(pool, victim_amount, token_in, token_out)
    tolerance = ratio("tolerance", tolerance)
    broadcastable(victim_amount=share, tolerance=tolerance)
    linear = 1 + gamma + gamma**2 * share
    constant = (1 + gamma * share) * tolerance / (1 - tolerance)
    return plain(reserve * (2 * constant / (linear + np.sqrt(linear**2 + 4 * gamma * constant))))


@representable
def best_front_run(
    pool: ConstantProductPool, victim_amount: Amount, tolerance: Amount, token_in: int = 0, token_out: int = 1
) -> Amount:
    """The most profitable front-run (``token_in``) that the victim's tolerance allows; 0 if none has a profit.

    Without fee more is always better. With a fee the profit is largest where
    ``m₀ + 2·m₁·α + (m₁·d − γ²·m₀)·α² = 0``, or at the tolerance, whichever comes first.
    Arguments and errors as in :func:`sandwich_attack`.
    """
    reserve, share, gamma = _scaled(pool, victim_amount, token_in, token_out)
    at_once, later, drag = _profit_terms(share, pool.fee, gamma)
    curvature = later * drag - gamma**2 * at_once
    root = np.sqrt(np.maximum(later**2 - curvature * at_once, 0.0))
    peaks = (at_once > 0) & (curvature < 0)
    # Two forms of one root: in each, two terms of the same sign are added.
    part = np.where(later > 0, later + root, at_once)
    whole = np.where(peaks, np.where(later > 0, -curvature, root - later), 1.0)
    peak = np.where(peaks, part / whole, np.where(at_once > 0, np.inf, 0.0))
    return plain(np.minimum(reserve * peak, max_front_run(pool, victim_amount, tolerance, token_in, token_out)))


@representable
def sandwich_profit(
    pool: ConstantProductPool, victim_amount: Amount, front_run: Amount, token_in: int = 0, token_out: int = 1
) -> Amount:
    """The attacker's profit before gas (``token_in``; a loss is negative), whatever the victim tolerates.

    Args:
        pool: the pool before.
        victim_amount: what the victim sells (``token_in``), > 0.
        front_run: what the attacker sells first (``token_in``), >= 0.
        token_in: what the victim pays.
        token_out: what the victim receives.

    Raises:
        ValueError: an argument outside its range.
    """
    reserve, share, gamma = _scaled(pool, victim_amount, token_in, token_out)
    front_run = non_negative("front_run", front_run)
    broadcastable(victim_amount=share, front_run=front_run)
    part = front_run / reserve
    at_once, later, drag = _profit_terms(share, pool.fee, gamma)
    return plain(reserve * (part * (at_once + later * part) / (1 + part * (drag + gamma**2 * part))) + 0.0)


@representable
def min_victim(fee: Amount) -> Amount:
    """Part of the pool that a victim must sell before any attack pays, without gas: ``(1+ν)·(1+γν) = 1/γ²``.

    About the fee. Smaller swaps are safe whatever their tolerance.

    Args:
        fee: ratio in [0, 1).

    Raises:
        ValueError: a fee outside [0, 1).
    """
    gamma = 1 - ratio("fee", fee)
    excess = fee * (2 - fee) / gamma**2
    return plain(2 * excess / (1 + gamma + np.sqrt((1 + gamma) ** 2 + 4 * gamma * excess)))


@representable
def deterring_tolerance(
    pool: ConstantProductPool, victim_amount: Amount, gas: Amount, token_in: int = 0, token_out: int = 1
) -> Amount:
    """The largest tolerance at which no attack pays its gas; 1 where none pays at any tolerance.

    The smallest front-run whose profit is the gas solves a quadratic equation; the tolerance is what it costs the
    victim. Arguments and errors as in :func:`sandwich_attack`.
    """
    reserve, share, gamma = _scaled(pool, victim_amount, token_in, token_out)
    cost = non_negative("gas", gas)
    broadcastable(victim_amount=share, gas=cost)
    cost = cost / reserve
    at_once, later, drag = _profit_terms(share, pool.fee, gamma)
    square, linear = later - cost * gamma**2, at_once - cost * drag
    discriminant = linear**2 + 4 * square * cost
    # The smaller positive root of square·α² + linear·α = cost, if the profit ever reaches the gas.
    divisor = linear + np.sqrt(np.maximum(discriminant, 0.0))
    reached = (discriminant >= 0) & (divisor > 0)
    part = np.divide(2 * cost, divisor, out=np.zeros(np.shape(divisor)), where=reached)
    disturbed = (1 + gamma * part) * (1 + part + gamma * share)
    lost = part * (1 + gamma + gamma**2 * share + gamma * part) / disturbed
    return plain(np.where(reached, lost, 1.0))


def _scaled(
    pool: ConstantProductPool, victim_amount: Amount, token_in: int, token_out: int
) -> tuple[Amount, Amount, Amount]:
    """The reserve of the token paid in, the victim's amount in units of it, and γ."""
    needs_constant_product("pool", pool)
    token_pair(token_in, token_out, 2)
    reserve, victim_amount = pool.reserves[token_in], positive("victim_amount", victim_amount)
    broadcastable(reserve=reserve, fee=pool.fee, victim_amount=victim_amount)
    return reserve, victim_amount / reserve, 1 - pool.fee


def _profit_terms(share: Amount, fee: Amount, gamma: Amount) -> tuple[Amount, Amount, Amount]:
    """``m₀``, ``m₁`` and ``d`` of the profit; the fee is subtracted last, so that small numbers keep their digits."""
    lost = fee * (2 - fee)
    at_once = rest(gamma**2 * share * (1 + gamma + gamma * share), lost)
    return at_once, gamma**2 * share - lost, 1 + gamma**2 + gamma**3 * share
