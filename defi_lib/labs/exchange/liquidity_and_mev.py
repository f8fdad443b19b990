"""Checks of ``labs/1_exchange/02_liquidity_and_mev.ipynb``."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from defi_lib.exchange import (
    ConstantProductPool,
    arbitrage_outside,
    deterring_tolerance,
    max_front_run,
    min_victim,
    pool_divergence,
    sandwich_attack,
    sandwich_profit,
)
from defi_lib.labs.exchange.day import example_day
from defi_lib.labs.kit import Lab, Part, equal, holds, matches, round_number
from defi_lib.ledger import Ledger
from defi_lib.validation import Amount

lab = Lab("1.2")
check, progress = lab.check, lab.progress

#: A tolerance that is found by trying many front-runs is right if it is this close (relative).
TRIED = 0.01

#: Who searches for the best trade may miss it by so many dollars.
_NOTHING = 1e-6

_BELOW_ZERO = "An amount below zero means that there is nothing to gain in this direction: return 0 for it."


def _pool(rng: np.random.Generator) -> tuple[float, float, float]:
    """Ether and dollars in a pool, and its fee."""
    ether, price = round_number(rng, 100, 2_000), round_number(rng, 1_000, 4_000)
    return ether, float(f"{ether * price:.4g}"), float(rng.choice([0.003, 0.01]))


def _moved(rng: np.random.Generator, price: float) -> float:
    """A price after it has risen or fallen a lot."""
    return float(f"{price * rng.uniform(1.4, 4) ** rng.choice([-1, 1]):.4g}")


@lab.question(
    "position",
    points=3,
    hints=(
        "Two equations, two amounts: put the dollars of the second, price times ether, into the first.",
        (
            "Then the square of the pool's ether is the product over the price. What is it worth with its "
            "dollars, and what would the tokens you put in be worth?"
        ),
    ),
)
def _position(rng: np.random.Generator, position: Any) -> Iterator[Part]:
    ether, dollars, _ = _pool(rng)
    start = dollars / ether
    question = _moved(rng, start), ether, dollars
    holding, value, loss = pool_divergence(2 * dollars, question[0] / start)
    yield equal(
        1,
        position,
        question,
        value,
        {
            "This is what the tokens would be worth, had you kept them; but arbitrageurs have traded with your pool "
            "until its price was the new one.": holding,
            "This is what you put in; the price has changed since.": 2 * dollars,
            "This grows like the price, as if all of it were ether that you kept.": 2 * ether * question[0],
            "This is one half of it: the ether and the dollars are worth the same, add both.": value / 2,
            "The square root is taken of the product alone: where is the new price?": 2 * math.sqrt(ether * dollars),
        },
        item=0,
    )
    yield equal(
        1,
        position,
        question,
        loss,
        {
            "The sign is turned round: less than holding is a negative number here.": -loss,
            "This is a percentage; give a ratio, -0.05 for 5 % less.": 100 * loss,
            "These are dollars; divide by what holding would be worth.": value - holding,
            "This compares with what you put in. The question is what the same tokens would be worth now.": (
                value / (2 * dollars) - 1
            ),
            "Divide by what holding would be worth, not by what the position is worth.": 1 - holding / value,
            "This is what is left of it; the loss is this less 1.": value / holding,
        },
        item=1,
    )
    prices = start * np.array([0.5, 1.0, 2.0])
    try:
        several = position(prices, ether, dollars)[0]
    except (TypeError, ValueError):
        yield Part(1, "An array of prices does not get through: use `np.sqrt` instead of `math.sqrt`, and no `if`.")
    else:
        values = pool_divergence(2 * dollars, prices / start).pool
        yield matches(1, "The value of the position at three prices at once", several, values)


@lab.question(
    "break_even_volume",
    points=2,
    hints=(
        ("First find how many dollars you are behind those who kept their tokens; `position` gives you what you have."),
        (
            "Of a dollar that is traded you get the fee, times your part of the pool. How many such dollars make "
            "up for what you are behind?"
        ),
    ),
)
def _break_even_volume(rng: np.random.Generator, position: Any, break_even_volume: Any) -> Iterator[Part]:
    for share in (1.0, round_number(rng, 0.001, 0.2)):
        ether, dollars, fee = _pool(rng)
        price = _moved(rng, dollars / ether)
        holding, value, ratio = pool_divergence(2 * dollars, price * ether / dollars)
        loss, income = holding - value, fee * share  # what a volume must make up for, and what one dollar of it brings
        question = price, ether, dollars, fee, share
        part = equal(
            1,
            break_even_volume,
            question,
            loss / income,
            {
                "Only your part of every fee is yours, so the pool must trade more than that: divide by `share`.": (
                    loss / fee
                ),
                "Your part of the fees is small, so the volume must be larger, not smaller: divide by `share`.": (
                    loss / fee * share
                ),
                "This is the loss itself; a volume brings only the fee, a small part of it.": loss,
                "This is what such a volume would bring. Turn it round: which volume brings this?": loss * fee,
                "This makes up for the change of what you put in; make up for what you lose against holding.": (
                    (2 * dollars - value) / income
                ),
                "The impermanent loss is a ratio; multiply it by what holding would be worth, and it is in dollars.": (
                    -ratio / income
                ),
                "The sign is turned round: a volume is positive.": -loss / income,
            },
        )
        if part.mistake:  # one in `position` is not counted twice
            own_value, own_ratio = position(price, ether, dollars)
            for own_loss in (holding - own_value, -own_ratio * holding):
                own = equal(1, break_even_volume, question, own_loss / income)
                part = part if own.mistake else own
        yield part


@lab.question(
    "arbitrage",
    points=3,
    hints=(
        ("Set what the next dollar brings, times the price outside, equal to 1, and solve for the dollars paid in."),
        (
            "You get a square root, less a reserve, divided by what the fee leaves. For the other direction "
            "change the roles and turn the price round; below zero, pay 0."
        ),
    ),
)
def _arbitrage(rng: np.random.Generator, arbitrage: Any) -> Iterator[Part]:
    for buys in (True, False):  # the pool's ether is cheaper than outside, then dearer
        ether, dollars, fee = _pool(rng)
        gap = float(rng.uniform(1.03, 1.3)) / (1 - fee)
        price = float(f"{dollars / ether * (gap if buys else 1 / gap):.4g}")
        yield _best_trade(arbitrage, buys, price, ether, dollars, fee)
    ether, dollars, fee = _pool(rng)
    price = float(f"{dollars / ether * (1 + fee * rng.uniform(-0.8, 0.8)):.6g}")
    idle = equal(1, arbitrage, (price, ether, dollars, fee), (0.0, 0.0))
    yield Part(1, idle.mistake and _said_of_idle_trade(arbitrage, price, ether, dollars, fee))


def _best_trade(arbitrage: Any, buys: bool, *question: float) -> Part:
    """Right is a trade that gains, and that gains less if a little more or a little less is paid in."""
    price, ether, dollars, fee = question
    best = arbitrage_outside(ConstantProductPool((ether, dollars), fee), price)
    swap = best.bought if buys else best.sold
    held, worth = (dollars, ether * price) if buys else (ether, dollars / price)  # in the token that is paid in
    too_far = math.sqrt(held * worth) - held

    def pay(right: Amount, other: Amount = 0.0) -> tuple[Amount, Amount]:
        return (other, right) if buys else (right, other)

    mistakes = {
        "This is the part that moves the price. The fee is paid on top of it: divide by `1 - fee`.": pay(
            swap.amount_in * (1 - fee)
        ),
        "This brings the pool's price all the way to the outside price, as if there were no fee. With it, the last "
        "part of the trade costs more than it brings: stop earlier.": pay(too_far),
        "This brings the pool's price all the way to the outside price. Because of the fee, the last part of the trade "
        "costs more than it brings: stop earlier.": pay(too_far / (1 - fee)),
        "This is what you receive; asked for is what you pay in.": pay(0.0, swap.amount_out),
        "The two values are swapped: first the ether that is paid in, then the dollars.": pay(0.0, swap.amount_in),
    }
    part = equal(1, arbitrage, question, pay(swap.amount_in), mistakes)
    unnamed = part.mistake and part.mistake not in mistakes
    return Part(1, _said_of_trade(arbitrage, *question)) if unnamed else part


def _said_of_trade(arbitrage: Any, *question: float) -> str:
    """What is wrong with a trade, found by trying a little more and a little less; nothing if neither gains more."""
    sold, bought = (float(amount) for amount in arbitrage(*question))
    if min(sold, bought) < 0:
        return _BELOW_ZERO
    call, gain = f"`{arbitrage.said(question)}`", _gain(sold, bought, *question)
    if sold == bought == 0:
        return f"{call} trades nothing, but the two prices differ by more than the fee."
    for factor, more in ((0.999, "less"), (1.001, "more")):
        if max(_gain(sold * factor, bought, *question), _gain(sold, bought * factor, *question)) > gain:
            return f"{call} gains {gain:,.2f} dollars; paying in a little {more} would gain more."
    return ""


def _said_of_idle_trade(arbitrage: Any, *question: float) -> str:
    """What is wrong with a trade where there is nothing to gain."""
    sold, bought = (float(amount) for amount in arbitrage(*question))
    if min(sold, bought) < 0:
        return _BELOW_ZERO
    loss = -_gain(sold, bought, *question)
    if loss < _NOTHING:
        return ""
    call = f"`{arbitrage.said(question)}`"
    return f"The two prices differ by less than the fee, so nobody trades; {call} loses {loss:.3g} dollars."


def _gain(sold: float, bought: float, price: float, ether: float, dollars: float, fee: float) -> float:
    """Profit (dollars) of paying in ether, or dollars, and trading the opposite outside."""
    pool = ConstantProductPool((ether, dollars), fee)
    received, ether_received = pool.swap_exact_in(sold).amount_out, pool.swap_exact_in(bought, 1, 0).amount_out
    return float(received - sold * price + ether_received * price - bought)


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
    ether, dollars, fee = _pool(rng)
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
    ether, dollars, fee = _pool(rng)
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


@lab.question(
    "who_paid",
    points=3,
    hints=(
        ("Go through the transfers one by one. Turn ether into dollars first; then ask who paid and who got it."),
        (
            "Begin with 0 for every role. A payment to `role` adds to the payer's number, one from `role` takes "
            "off from the payee's."
        ),
    ),
)
def _who_paid(rng: np.random.Generator, who_paid: Any) -> Iterator[Part]:
    day = example_day(rng)
    for role in ("validators", "arbitrageurs", "traders"):
        yield _paid_part(who_paid, day, role)


def _paid_part(who_paid: Any, day: Ledger, role: str) -> Part:
    roles = list(dict.fromkeys(day.roles.values()))
    answer = who_paid(day.transfers(), dict(day.roles), day.price("ETH"), role)
    try:
        got = dict(answer)
    except (TypeError, ValueError):
        return Part(1, f"`who_paid` should return a dictionary of roles and dollars, but it is {str(answer)[:60]!r}.")
    if stranger := next((key for key in got if key not in roles), None):
        return Part(1, f"{stranger!r} is not a role: look up the role of each payer and payee in `roles`.")
    right = _paid(day, role, roles)
    return matches(
        1,
        f"What {', '.join(roles)} paid to the {role} (dollars)",
        tuple(got.get(each, 0.0) for each in roles),
        right,
        {
            "Nothing was found: `payer` and `payee` are parties; compare the roles of both.": (0.0,) * len(roles),
            "The sign is turned round: what the role receives counts as positive.": tuple(-each for each in right),
            "What the role pays is missing: subtract it.": _paid(day, role, roles, given=0.0),
            "What the role pays is added to what it receives: subtract it.": _paid(day, role, roles, given=-1.0),
            "What the role receives is missing: add it.": _paid(day, role, roles, received=0.0),
            "Ether is added to dollars, one for one: multiply amounts of ether by their price.": _paid(
                day, role, roles, price=1.0
            ),
            "What moves between two of the same role is counted as income: one receives it, but the other pays it.": (
                _paid(day, role, roles, inside=1.0)
            ),
        },
        tolerance=1e-3,
    )


def _paid(
    day: Ledger,
    role: str,
    others: list[str],
    *,
    price: Amount | None = None,
    received: float = 1.0,
    given: float = 1.0,
    inside: float = 0.0,
) -> tuple[float, ...]:
    """What each other role paid to ``role`` less what it got from it (dollars), to a millionth of a dollar."""
    prices = {"USD": 1.0, "ETH": day.price("ETH") if price is None else price}
    paid = dict.fromkeys(others, 0.0)
    for route, flow in day.flows.items():
        worth = float(flow.amount * prices[route.asset])
        payer, payee = day.roles[route.payer], day.roles[route.payee]
        if payer == payee == role:
            paid[role] += inside * worth
        elif payee == role:
            paid[payer] += received * worth
        elif payer == role:
            paid[payee] -= given * worth
    return tuple(round(each, 6) for each in paid.values())


__all__ = ["check", "lab", "progress"]
