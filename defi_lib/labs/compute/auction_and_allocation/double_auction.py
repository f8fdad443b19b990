"""Question 5: many sellers and many buyers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf
from typing import Any, NamedTuple

import numpy as np

from defi_lib.compute import (
    mcafee_auction,
    vcg_double_auction,
)
from defi_lib.labs.compute.auction_and_allocation.liars import (
    listed,
    lying_trader,
)
from defi_lib.labs.compute.auction_and_allocation.shared import bracket, lab, with_evidence
from defi_lib.labs.kit import Part, matches


class _Margin(NamedTuple):
    """Where falling bids meet rising asks, in the order in which they are given."""

    pairs: int
    bids: Sequence[float]
    asks: Sequence[float]

    def mcafee(self) -> tuple[float, float, float]:
        """Trades and prices, as if the lists were sorted."""
        if not self.pairs:
            return 0.0, 0.0, 0.0
        last = self.bids[self.pairs - 1], self.asks[self.pairs - 1]
        following = [*self.bids, 0.0][self.pairs], [*self.asks, inf][self.pairs]
        middle = sum(following) / 2
        if last[1] <= middle <= last[0]:
            return self.pairs, middle, middle
        return (self.pairs - 1, *last) if self.pairs > 1 else (0.0, 0.0, 0.0)


def _order_mistakes(bids: Sequence[float], asks: Sequence[float]) -> list[tuple[float, float, float]]:
    """What somebody gets who does not sort, or sorts both lists in the same direction."""
    results = []
    for b, a in ((bids, asks), (sorted(bids), sorted(asks)), (sorted(bids)[::-1], sorted(asks)[::-1])):
        good = [bid >= ask for bid, ask in zip(b, a, strict=False)]
        for pairs in (sum(good), [*good, False].index(False)):
            results.append(_Margin(pairs, b, a).mcafee())
    return results


def _bazaar(rng: np.random.Generator, together: bool) -> tuple[list[float], list[float]]:
    """Bids and asks, not sorted; the middle of the next pair suits the last pair if ``together``."""
    while True:
        people = rng.choice(np.arange(2, 31), 11, replace=False).astype(float)
        bids, asks = people[: rng.integers(5, 7)].tolist(), people[6:].tolist()
        falling, rising = sorted(bids)[::-1], sorted(asks)
        right = mcafee_auction(bids, asks)
        pairs = sum(bid >= ask for bid, ask in zip(falling, rising, strict=False))
        if not 2 <= pairs < 5 or (right.trades == pairs) != together:
            continue
        room = falling[pairs - 1] - max(falling[pairs], rising[pairs - 1])  # for the last buyer's lie
        answer = right.trades, right.buyer_price, right.seller_price
        named = [answer, *_mistraded(falling, rising, pairs).values()]
        if room > 1 and len(set(named)) == 7 and not set(named) & set(_order_mistakes(bids, asks)):
            return bids, asks


def _mistraded(falling: list[float], rising: list[float], pairs: int) -> dict[str, tuple[float, float, float]]:
    """What usual mistakes give, and what to say of them; bids and asks are sorted."""
    last, following = (falling[pairs - 1], rising[pairs - 1]), (falling[pairs], rising[pairs])
    middle, between = sum(following) / 2, sum(last) / 2
    both = vcg_double_auction(falling, rising)
    sent = pairs - 1
    fits = last[1] <= middle <= last[0]
    return {
        "The last pair that trades sets its own price. Take the middle of the first pair that does not trade.": (
            (pairs, between, between)
        ),
        "No lie pays, but the market does, out of its own pocket: each seller gets more than each buyer pays.": (
            (pairs, both.buyer_price, both.seller_price)
        ),
        (
            "The middle suits the last pair, so nobody has to go home: all trade at the middle."
            if fits
            else "The middle does not suit the last pair: send it home, and let its bid and its ask be the prices."
        ): (sent, *last) if fits else (pairs, middle, middle),
        "The last pair goes home: it does not trade at the prices that it sets.": (pairs, *last),
        "The prices are swapped: buyers pay the last bid, sellers get the last ask.": (sent, *last[::-1]),
        "You take the prices of the last pair that stays; take those of the pair that goes home.": (
            sent,
            falling[sent - 1],
            rising[sent - 1],
        ),
    }


@lab.question(
    "mcafee",
    points=3,
    hints=(
        "Sort both lists and count the pairs that gain. The next pair, which does not gain, gives the middle.",
        (
            "Put a 0 behind the bids and an `inf` behind the asks, so that this pair is always there. Then "
            "compare the middle with bid and ask of the last pair that gains."
        ),
    ),
)
def _mcafee(rng: np.random.Generator, mcafee: Any) -> Iterator[Part]:
    for together in (True, False):
        bids, asks = market = _bazaar(rng, together)
        falling, rising = sorted(bids)[::-1], sorted(asks)
        pairs = sum(bid >= ask for bid, ask in zip(falling, rising, strict=False))
        right = mcafee_auction(bids, asks)
        mistakes = _mistraded(falling, rising, pairs)
        result = mcafee(list(bids), list(asks))
        for wrong in _order_mistakes(bids, asks):
            if np.shape(result) == (3,) and np.allclose(result, wrong):
                mistakes["Sort first: the bids from high to low, the asks from low to high."] = wrong
        call = f"`mcafee({bracket(bids)}, {bracket(asks)})`"
        part = matches(1, call, result, (right.trades, right.buyer_price, right.seller_price), mistakes)
        yield with_evidence(part, lying_trader, mcafee, *market)
    attacks = (lying_trader(mcafee, *_bazaar(rng, together)) for together in (False, True))
    closed = "" if any(np.ravel(mcafee(list(bids), list(asks)))) else "Nobody trades at all: then no lie pays either."
    yield Part(0.5, next((story for story in attacks if story), closed))
    yield Part(0.25, _no_trade(mcafee, rng) or closed)
    yield Part(0.25, _last_in_the_queue(mcafee, rng))


def _no_trade(mcafee: Any, rng: np.random.Generator) -> str:
    """What goes wrong where nobody trades."""
    low, high = sorted(rng.choice(np.arange(2, 20), 2, replace=False).astype(float).tolist())
    cases = {
        "Nobody is there": ([], []),
        "There are no sellers": ([high, low], []),
        "There are no buyers": ([], [low]),
        "Each bid is below each ask": ([low], [high]),
        "One buyer and one seller, and no next pair to make a price: even they go home": ([high], [low]),
    }
    for story, (bids, asks) in cases.items():
        got = np.asarray(mcafee(bids, asks), dtype=float)
        if got.shape != (3,) or np.any(got != 0):
            return f"{story}: return `0, 0, 0`; `mcafee({bracket(bids)}, {bracket(asks)})` gives {listed(got.flat)}."
    return ""


def _last_in_the_queue(mcafee: Any, rng: np.random.Generator) -> str:
    """What goes wrong where all of one side could trade, or where bids and asks are equal."""
    base = float(rng.integers(4, 10))
    cases = {
        "All sellers could trade, so the next ask is missing: count it as `inf`": (
            [base + 4, base + 6, base + 5],
            [base, base - 1],
        ),
        "All buyers could trade, so the next bid is missing: count it as 0": (
            [base + 2, base + 3],
            [base + 8, base - 1, base],
        ),
        "Bids and asks are equal. A bid that is at least the ask trades": ([base] * 4, [base] * 3),
    }
    for story, (bids, asks) in cases.items():
        right = mcafee_auction(bids, asks)
        wanted = right.trades, right.buyer_price, right.seller_price
        got = np.asarray(mcafee(list(bids), list(asks)), dtype=float)
        if got.shape != (3,) or not np.allclose(got, wanted):
            call = f"`mcafee({bracket(bids)}, {bracket(asks)})`"
            return f"{story}. {call} should be {listed(wanted)}; yours gives {listed(got.flat)}."
    return ""
