"""Questions 4 and 5: an attack on a trade, and the defence."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from defi_lib.exchange import (
    ConstantProductPool,
    deterring_tolerance,
    max_front_run,
    min_victim,
    sandwich_attack,
    sandwich_profit,
)
from defi_lib.labs.exchange.liquidity_and_mev.shared import lab, random_pool
from defi_lib.labs.kit import Part, equal, holds, matches, round_number
from defi_lib.validation import Amount

#: A tolerance that is found by trying many front-runs is right if it is this close (relative).
TRIED = 0.01


@lab.question(
    "sandwich",
    points=2,
    hints=(
        "Three trades follow each other. Each must meet the pool that the one before has left behind.",
        (
            "Give each trade a name: front-run, victim, back-run, which pays in the dollars of the first. And let "
            "the victim trade once alone in the untouched pool."
        ),
    ),
)
def _sandwich(rng: np.random.Generator, sandwich: Any) -> Iterator[Part]:
    ether, dollars, fee = random_pool(rng)
    victim, front_run = round_number(rng, 0.05 * ether, 0.2 * ether), round_number(rng, 0.02 * ether, 0.1 * ether)
    question = front_run, victim, ether, dollars, fee
    untouched = ConstantProductPool((ether, dollars), fee)
    undisturbed, first, second, back, _ = attack = sandwich_attack(untouched, victim, 0.9, front_run=front_run)

    def back_run(pool: ConstantProductPool, amount: Amount = first.amount_out) -> Amount:
        return pool.swap_exact_in(amount, 1, 0).amount_out - front_run

    yield equal(
        1,
        sandwich,
        question,
        attack.attacker_profit,
        {
            "This is what the attacker gets back; subtract what was paid first.": back.amount_out,
            "The sign is turned round: what comes back, less what was paid, is the profit.": -attack.attacker_profit,
            "The back-run meets the pool as the front-run left it: where is the victim's trade?": back_run(first.pool),
            "The back-run meets the untouched pool; it should meet the pool that the victim left.": back_run(untouched),
            "The victim meets the untouched pool; it should be the pool that the front-run left.": back_run(
                undisturbed.pool
            ),
            "The attacker sells what the victim got; there is only what the front-run brought.": back_run(
                second.pool, second.amount_out
            ),
        },
        item=0,
    )
    yield equal(
        1,
        sandwich,
        question,
        attack.victim_loss,
        {
            "This is what the victim gets; asked for is how much less it is than without the attack.": (
                second.amount_out
            ),
            "The sign is turned round: a loss is counted as a positive number here.": -attack.victim_loss,
            "This is a ratio; asked for are dollars.": attack.victim_loss / undisturbed.amount_out,
            "Even without an attack the victim would not get the price on the screen. Compare with what the untouched "
            "pool would have paid.": victim * dollars / ether - second.amount_out,
        },
        item=1,
    )


@lab.question(
    "safe_tolerance",
    points=3,
    hints=(
        "Ask `sandwich` for many front-runs at once, and keep those whose profit is more than the gas.",
        (
            "Of these, the smallest loss of the victim counts, as a part of what the victim would get alone. Is "
            "there none at all? Then it is 1."
        ),
    ),
)
def _safe_tolerance(rng: np.random.Generator, sandwich: Any, safe_tolerance: Any) -> Iterator[Part]:
    ether, dollars, fee = random_pool(rng)
    pool, free = ConstantProductPool((ether, dollars), fee), ConstantProductPool((ether, dollars), 0.0)
    victim = round_number(rng, 0.05 * ether, 0.2 * ether)
    gas = float(f"{sandwich_profit(pool, victim, rng.uniform(0.02, 0.08) * ether):.3g}")
    question = victim, gas, ether, dollars, fee
    limit = float(deterring_tolerance(pool, victim, gas))
    front_run, expected = max_front_run(pool, victim, limit), pool.swap_exact_in(victim).amount_out
    mistakes = {
        "This is a percentage; give a ratio, 0.05 for 5 %.": 100 * limit,
        "These are the dollars that the attack costs the victim; give them as a part of what the victim expects.": (
            limit * expected
        ),
        "This is the front-run; asked for is what it costs the victim, as a part of what is expected.": front_run,
        "This is the front-run as a part of the pool; asked for is what it costs the victim.": front_run / ether,
        "Divide by what the victim expects, not by what is left after the attack.": limit / (1 - limit),
        "This is the gas as a part of the trade, as if the attacker got exactly what the victim loses; but the pool "
        "stands between them.": gas / victim,
        "The fee is missing: the attacker pays it twice, and that protects you.": deterring_tolerance(
            free, victim, gas
        ),
        "With a tolerance of 0 you are safe, but anybody who trades just before you cancels your trade. The gas leaves "
        "you some room.": 0.0,
    }
    call, answer = f"`{safe_tolerance.said(question)}`", safe_tolerance(*question)
    part, tolerance = matches(1, call, answer, limit, mistakes, TRIED), float(answer)
    named = part.mistake if part.mistake in mistakes else ""
    right = not part.mistake or math.isclose(tolerance, _own_limit(sandwich, *question), rel_tol=TRIED)
    yield holds(1, right or 0 <= tolerance < limit, named or _said_of_attack(pool, victim, gas, tolerance))
    yield holds(1, right, named or f"{call} is safe, but too careful: no attack pays at {limit:.4g} either.")
    small = float(f"{0.5 * min_victim(fee) * ether:.3g}")
    yield holds(
        1,
        tolerance < 1 and safe_tolerance(small, gas, ether, dollars, fee) == 1,
        f"A trade of {small:g} ether is so small that no attack on it pays its own fees: return 1 where nothing pays.",
    )


def _said_of_attack(pool: ConstantProductPool, victim: float, gas: float, tolerance: float) -> str:
    """The attack that a tolerance invites."""
    if not 0 <= tolerance <= 1:
        return f"A tolerance is a ratio between 0 and 1; yours is {tolerance:.6g}."
    attack = sandwich_attack(pool, victim, min(tolerance, 0.999), gas)
    return (
        f"You were attacked: at a tolerance of {tolerance:.4g} somebody sells {float(attack.front_run.amount_in):.4g} "
        f"ether before you and gains {float(attack.attacker_profit):.3g} ether after gas; you lose "
        f"{float(attack.victim_loss):,.2f} dollars."
    )


def _own_limit(sandwich: Any, victim: float, gas: float, ether: float, dollars: float, fee: float) -> float:
    """The tolerance as the student's own ``sandwich`` sees it, so that a mistake there is not counted twice."""
    for front_run in ether * np.geomspace(1e-4, 1, 2_000):
        profit, loss = sandwich(float(front_run), victim, ether, dollars, fee)
        if profit > gas:
            return float(loss / ConstantProductPool((ether, dollars), fee).swap_exact_in(victim).amount_out)
    return 1.0
