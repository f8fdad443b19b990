"""Members who leave, and customers who know more: redemption and adverse selection."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from defi_lib.labs.kit import Part, matches, together
from defi_lib.labs.kit.compare import numbers_of
from defi_lib.labs.risk.run_a_mutual.questions import lab
from defi_lib.risk import Mutual, token_price, unravel
from defi_lib.rounding import reaches

ETHER = 10**18
MEMBERS = 60  #: who want to leave, more than can


def leave(pool_value: int, mcr: int, tokens: int, members: int) -> tuple[int, int]:
    """How many members get out one after the other, and what they get together (wei), as the contract counts."""
    mutual, paid = Mutual(pool_value, mcr, tokens * members), 0
    for out in range(members):
        try:
            change = mutual.sell(tokens)
        except ValueError:
            return out, paid
        mutual, paid = change.after, paid + change.trade.eth
    return members, paid


def _wrong_ways(pool_value: int, mcr: int, tokens: int, members: int) -> dict[str, tuple[int, int]]:
    """What usual mistakes give."""

    def queue(price: Any, shuts: Any, moves: bool = True) -> tuple[int, int]:
        value, out, paid = pool_value, 0, 0
        for _ in range(members):
            before = token_price(value, mcr)
            after = token_price(value - tokens * before // ETHER, mcr)
            eth = price(before, after) * tokens // ETHER
            if shuts(value, value - eth):
                break
            out, paid, value = out + 1, paid + eth, value - eth * moves
        return out, paid

    def right(before: int, after: int) -> int:
        return min((before + after) // 2 * 975 // 1000, after)

    return {
        "A member who would take the pool below the requirement is refused: look at what is left *after* the sale.": (
            queue(right, lambda now, left: now < mcr)
        ),
        "Nobody is refused here; below the requirement nobody gets out.": queue(right, lambda now, left: False),
        "Each pays out less than the price before: a sale is settled at the lower of two numbers.": queue(
            lambda before, after: before, lambda now, left: left < mcr
        ),
        "The mean price is cut to 97.5 % of itself.": queue(
            lambda before, after: (before + after) // 2, lambda now, left: left < mcr
        ),
        "Of the two numbers the lower one counts; this is the price afterwards.": queue(
            lambda before, after: after, lambda now, left: left < mcr
        ),
        "What a member took is gone: the next one sells to a smaller pool.": queue(
            right, lambda now, left: left < mcr, moves=False
        ),
    }


def _leaving(said: str, got: Any, right: tuple[int, int], mistakes: dict[str, tuple[int, int]]) -> Part:
    """Compare whole numbers, to the last wei."""
    numbers_of(got, said, (2,))
    if not all(isinstance(each, (int, np.integer)) for each in got):
        return Part(1, f"{said} gives {tuple(got)}: the contract counts in whole wei. Use `//` and no decimal point.")
    found = int(got[0]), int(got[1])
    if found == right:
        return Part(1)
    for mistake, wrong in mistakes.items():
        if found == wrong:
            return Part(1, mistake)
    near = " That is close: where does the contract cut to a whole number?" if found[0] == right[0] else ""
    return Part(1, f"{said} should be {right}; yours gives {found}.{near}")


def _pool(rng: np.random.Generator) -> tuple[int, int, int]:
    """What the mutual owns, what is required, and what each member sells; some get out, and not all."""
    mcr = int(rng.integers(50, 200)) * 1_000 * ETHER
    value = mcr * int(rng.integers(1_060, 1_120)) // 1000 + int(rng.integers(10**17))
    return value, mcr, int(rng.integers(60, 120)) * 100 * ETHER * (mcr // ETHER) // 100_000


@lab.question(
    "exits",
    points=3,
    hints=(
        "One member first: the price before, the price when that much is taken out, then the lower of the two numbers.",
        "For the next member start from what is left. If the sale would leave less than `mcr`, stop before you pay.",
    ),
)
def _exits(rng: np.random.Generator, exits: Any) -> Iterator[Part]:
    for members in (1, MEMBERS):
        while True:
            value, mcr, tokens = _pool(rng)
            right, wrong = leave(value, mcr, tokens, members), _wrong_ways(value, mcr, tokens, members)
            if 0 < right[0] < MEMBERS:
                break
        said = f"`exits({value}, {mcr}, {tokens}, {members})`"
        yield _leaving(said, exits(value, mcr, tokens, members), right, wrong)
    value, mcr, tokens = _pool(rng)
    parts = []
    for owned in (value, mcr, mcr * 99 // 100):
        right, said = leave(owned, mcr, tokens, 3), f"`exits({owned}, {mcr}, {tokens}, 3)`"
        part = _leaving(said, exits(owned, mcr, tokens, 3), right, {})
        if owned <= mcr:
            part = part.said(
                f"{said}: the mutual owns {owned / mcr:.0%} of what is required, so nobody gets out: (0, 0)."
            )
        parts.append(part)
    yield together(1, *parts)


def _risks(rng: np.random.Generator) -> tuple[list[float], float]:
    """Customers, of whom some leave, and then others because of them."""
    while True:
        risks = [round(float(each), 4) for each in rng.uniform(0.002, 0.1, int(rng.integers(8, 14)))]
        margin = round(float(rng.uniform(0.15, 0.5)), 2)
        found, mean = unravel(risks, margin), float(np.mean(risks))
        once = [risk for risk in risks if reaches((1 + margin) * risk, mean)]
        stay = int(np.sum(found.takes))
        if len(set(risks)) == len(risks) and 2 <= stay < len(once) < len(risks):
            return risks, margin


def _lasting_of(risks: list[float], margin: float, got: Any) -> Part:
    right, mean = float(unravel(risks, margin).premium), float(np.mean(risks))
    once = [risk for risk in risks if reaches((1 + margin) * risk, mean)]
    mistakes = {
        "At this premium the better risks leave; the rest cost more than they pay.": mean,
        "After the first have left, the premium rises, and others leave. When does it end?": float(np.mean(once)),
        "This is the mean of what customers would pay; the premium must cover what they *cost*.": mean * (1 + margin),
        "This covers its cost, but a lower premium does too.": max(risks),
        "At this premium nobody but the worst buys.": max(risks) * (1 + margin),
        "This is more than those who stay cost.": right * (1 + margin),
    }
    return matches(1, f"`lasting({risks}, {margin})`", got, right, mistakes)


@lab.question(
    "lasting",
    points=2,
    hints=(
        "Ask for the mean risk of all. Who stays? What do those cost on average?",
        "Ask for the mean risk of those who stayed, again and again, until nobody leaves any more.",
    ),
)
def _lasting(rng: np.random.Generator, lasting: Any) -> Iterator[Part]:
    risks, margin = _risks(rng)
    yield _lasting_of(risks, margin, lasting(list(risks), margin))
    parts = [
        _lasting_of(risks, margin, lasting(list(risks), margin))
        for risks, margin in ((_risks(rng)[0], 0.0), _risks(rng), (_risks(rng)[0], 60.0))
    ]
    said = "who pays nothing above their own risk leaves as soon as one is worse: only the worst stays."
    parts[0] = parts[0].said(f"{parts[0].mistake} Without a margin {said}")
    yield together(1, *parts)
