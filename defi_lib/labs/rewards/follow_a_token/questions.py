"""Checks of ``labs/4_rewards/01_follow_a_token.ipynb``, but what asks where a verdict turns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from defi_lib.exchange import ConstantProductPool
from defi_lib.labs.kit import Lab, Part, equal, holds, matches, round_number
from defi_lib.rewards import RewardFarm, Vesting, apr_after_entry, farm_apr, share_factor, yield_sources

lab = Lab("4.1")
check, progress = lab.check, lab.progress

#: Fee of the pool in which unlocked tokens are sold.
FEE = 0.003


@lab.question(
    "farm_rate",
    points=2,
    hints=(
        "Which dollars does the farm give out in a year, and how many dollars share them?",
        "A year has 365 days. Those who came share too: add `entry` to the deposits.",
    ),
)
def _farm_rate(rng: np.random.Generator, farm_rate: Any) -> Iterator[Part]:
    emission, price = round_number(rng, 500, 5_000), round_number(rng, 0.5, 5)
    deposits = round_number(rng, 1e6, 5e7)
    rate = float(farm_apr(emission, price, deposits))
    yield equal(
        1,
        farm_rate,
        (emission, price, deposits, 0.0),
        rate,
        {
            "This is the rate of one day; a year has 365.": rate / 365,
            "This is a percentage; give a ratio, 0.05 for 5 %.": 100 * rate,
            "The price is missing: the tokens are worth more or less than a dollar each.": rate / price,
            "The fraction is turned round: what is emitted over what is there.": 1 / rate,
            "These are the dollars of a year; divide by the deposits.": rate * deposits,
        },
    )
    entry = round_number(rng, 0.2 * deposits, 5 * deposits)
    later = float(apr_after_entry(rate, deposits, entry))
    yield equal(
        1,
        farm_rate,
        (emission, price, deposits, entry),
        later,
        {
            "The newcomers are missing: they share the same tokens.": rate,
            "Only the newcomers are counted; the others are still there.": rate * deposits / entry,
            "As if the newcomers brought tokens with them: more deposits make the rate smaller.": (
                rate * (deposits + entry) / deposits
            ),
            "Newcomers are taken off the deposits; they add to them.": rate * deposits / (deposits - entry),
        },
    )


def _farmers(rng: np.random.Generator) -> tuple[list[float], list[int], float, int]:
    """Stakes of three farmers, the days on which they come (one after all others), tokens a day, and days."""
    stakes = [round_number(rng, 100, 1_000) for _ in range(3)]
    entries = sorted(int(day) for day in rng.choice(np.arange(1, 9), 2, replace=False))
    return stakes, [0, *entries], round_number(rng, 50, 500), int(rng.integers(12, 20))


def _shared(stakes: list[float], entries: list[int], emission: float, days: int) -> np.ndarray:
    farm = RewardFarm(np.zeros(len(stakes)))
    for day in range(days):
        farm = farm.stake(np.where(np.array(entries) == day, stakes, 0.0)).farm
        farm = farm.distribute(emission).farm
    return np.asarray(farm.pending)


@lab.question(
    "share_out",
    points=3,
    hints=(
        "Go through the days one by one. Who is there on this day, and what is the sum of their stakes?",
        (
            "On each day a farmer who is there gets the emission times the stake over the sum of those there. "
            "Mind the day on which nobody is."
        ),
    ),
)
def _share_out(rng: np.random.Generator, share_out: Any) -> Iterator[Part]:
    stakes, entries, emission, days = _farmers(rng)
    together = [0, 0, 0]
    right = _shared(stakes, together, emission, days)
    call = f"`share_out({stakes}, {together}, {emission:g}, {days})`"
    equally = np.full(3, emission * days / 3)
    mistakes = {
        "Everybody gets the same here; share in proportion to the stakes.": equally,
        "This is the reward of one day.": right / days,
        "As if each farmer got the whole emission: it is one emission for all.": np.full(3, emission * days),
    }
    yield matches(1, call, share_out(stakes, together, emission, days), right, mistakes)
    right = _shared(stakes, entries, emission, days)
    call = f"`share_out({stakes}, {entries}, {emission:g}, {days})`"
    answer = share_out(stakes, entries, emission, days)
    presence = np.array(stakes) * (days - np.array(entries))
    late = np.array(entries) + (np.array(entries) > 0)
    mistakes = {
        "As if all had been there from the first day; look at the days on which they came.": _shared(
            stakes, together, emission, days
        ),
        "Stake times days is not enough: an early day was shared by fewer. Go through the days, one by one.": (
            emission * days * presence / presence.sum()
        ),
        "Who comes on a day has a part in that day's emission already.": _shared(stakes, list(late), emission, days),
    }
    yield matches(1, call, answer, right, mistakes)
    start = [day + 2 for day in entries]
    right, answer = _shared(stakes, start, emission, days), share_out(stakes, start, emission, days)
    call = f"`share_out({stakes}, {start}, {emission:g}, {days})`"
    early = f"{call} gives out {float(np.sum(answer)):.6g} tokens; on the first 2 days nobody is there to get any."
    whole = abs(float(np.sum(answer)) - emission * days) < 1e-6 * emission
    yield Part(1, early) if whole else matches(1, call, answer, right)


@lab.question(
    "true_return",
    points=2,
    hints=(
        "The tokens come in two parts: sold as they come, and kept. Each fetches another price.",
        (
            "Find the mean price of the sold part and the last price of the kept part, as ratios of the first. "
            "Weigh them, and add the fees."
        ),
    ),
)
def _true_return(rng: np.random.Generator, true_return: Any) -> Iterator[Part]:
    fees, emissions = round_number(rng, 0.01, 0.05), round_number(rng, 0.2, 1.5)
    change, part = -float(f"{rng.uniform(0.3, 0.9):.2g}"), float(f"{rng.uniform(0.2, 0.8):.2g}")
    for sold in (0.0, part):
        right = float(yield_sources(fees, emissions, change, sold=sold).total)
        yield equal(
            1,
            true_return,
            (fees, emissions, change, sold),
            right,
            {
                "This is what the screen shows; the token has fallen since.": fees + emissions,
                "The fees are missing.": right - fees,
                "The fees do not fall with the token: they are dollars.": (
                    (fees + emissions) * (1 + change * (1 - sold / 2))
                ),
                "As if everything had been sold at the last price; what is sold as it comes fetches the mean price.": (
                    fees + emissions * (1 + change)
                ),
                "As if everything had been sold as it came; what is kept is worth the last price.": (
                    fees + emissions * (1 + change / 2)
                ),
                "What is sold as it comes fetches the mean of the first and the last price, not the first.": (
                    fees + emissions * (1 + change * (1 - sold))
                ),
                "The two parts are swapped: `sold` fetches the mean price.": (
                    fees + emissions * (1 + change * (1 + sold) / 2)
                ),
            },
        )


@lab.question(
    "free_tokens",
    points=3,
    hints=(
        "There are three times: before the cliff, between cliff and end, and after the end.",
        (
            "Count the full months since the cliff, and never more than `months`. What is free is the part at the "
            "cliff and these steps of the rest."
        ),
    ),
)
def _free_tokens(rng: np.random.Generator, free_tokens: Any) -> Iterator[Part]:
    tokens, cliff, months = round_number(rng, 1e6, 1e8), int(rng.integers(6, 13)), int(rng.choice([12, 24, 36]))
    at_cliff = float(rng.choice([0.1, 0.2, 0.25]))
    rule = Vesting(cliff, at_cliff, months, 1)

    def ask(month: float, otherwise: dict[str, float]) -> Part:
        right = tokens * float(rule.vested(month))
        return equal(0.5, free_tokens, (month, tokens, cliff, at_cliff, months), right, otherwise)

    whole = tokens * 1.0
    before = cliff - 1
    yield ask(
        before,
        {
            "Before the cliff nothing is free.": tokens * at_cliff,
            "Before the cliff nothing is free: no month counts yet.": tokens * before / (cliff + months),
        },
    )
    yield ask(
        cliff,
        {
            "At the cliff the first part is free already: at or after it, not only after it.": 0.0,
            "This is a part; give tokens.": at_cliff,
            "This is as if the tokens had vested evenly since the launch; at the cliff the given part is free.": (
                tokens * cliff / (cliff + months)
            ),
        },
    )
    steps = int(rng.integers(2, int(0.7 * months)))  # so few that no mistake reaches the whole
    for passed in (steps, steps + 0.5):
        yield ask(
            cliff + passed,
            {
                "The months are counted from the launch; count from the cliff.": (
                    tokens * (at_cliff + (1 - at_cliff) * min((cliff + steps) / months, 1))
                ),
                "The part of the cliff is free too: add it.": tokens * (1 - at_cliff) * steps / months,
                "The part of the cliff comes on top of the whole here: only the *rest* is released month by month.": (
                    tokens * (at_cliff + steps / months)
                ),
                "Between two months nothing more is released: round down to full months.": (
                    tokens * (at_cliff + (1 - at_cliff) * passed / months)
                ),
                "The part of the cliff is missing, and half months do not count.": tokens * passed / months,
            },
        )
    for month in (cliff + months, cliff + months + 7):
        more = at_cliff + (1 - at_cliff) * (month - cliff) / months
        yield ask(month, {"More than all tokens cannot become free: stop at the whole.": whole * more})


@lab.question(
    "sell_unlocks",
    points=3,
    hints=(
        (
            "Go through the months. In each, first the buyers trade, then the insiders, in the pool that the "
            "buyers left."
        ),
        (
            "Keep three things through the loop: the pool, the dollars taken, the tokens bought. After it, sell "
            "all that was bought, at once."
        ),
    ),
)
def _sell_unlocks(rng: np.random.Generator, sell_unlocks: Any) -> Iterator[Part]:
    tokens, price = round_number(rng, 1e6, 1e7), round_number(rng, 0.2, 5)
    dollars = float(f"{tokens * price:.4g}")
    unlocks = [round_number(rng, 0.02 * tokens, 0.3 * tokens) for _ in range(4)]
    demand = round_number(rng, 0.05 * dollars, 0.3 * dollars)
    run = _run(unlocks, tokens, dollars, demand)
    call = f"`sell_unlocks({unlocks}, {tokens:g}, {dollars:g}, {demand:g})`"
    answer = sell_unlocks(unlocks, tokens, dollars, demand)
    swapped = _run(unlocks, tokens, dollars, demand, sellers_first=True)
    alone = _run(unlocks, tokens, dollars, 0.0)
    price = dollars / tokens
    fresh = [_run([amount], tokens, dollars, demand) for amount in unlocks]
    whole = demand * len(unlocks)
    said = (
        {
            "As if all were sold at the price of the launch: each sale moves the price.": sum(unlocks) * price,
            "The buyers are missing: each month they come first.": alone[0],
            "In each month the buyers come first, then the insiders sell.": swapped[0],
            "Each month meets the pool of the launch; it should meet the pool that the month before left.": sum(
                each[0] for each in fresh
            ),
        },
        {
            "As if the price stayed where it was: each purchase moves it.": whole / price,
            "In each month the buyers come first, then the insiders sell.": swapped[1],
            "Each month meets the pool of the launch; it should meet the pool that the month before left.": sum(
                each[1] for each in fresh
            ),
            "These are the dollars that buyers paid; asked for are their tokens.": whole,
        },
        {
            "This is the last price times their tokens. If all sell, the price falls while they do.": run.paper,
            "This is what they paid, not what they could get back.": whole,
            "The buyers of the last month are missing, or they sell before the insiders of that month.": run.too_early,
        },
    )
    for item, (right, mistakes) in enumerate(zip(run[:3], said, strict=True)):
        try:
            value = tuple(answer)[item]
        except (TypeError, IndexError):
            yield Part(1, f"{call} should return three values, separated by commas.")
            continue
        yield matches(1, f"{call}, value {item + 1},", value, right, mistakes)


class _Run(NamedTuple):
    """What happened in the pool, and two wrong answers."""

    taken: float  #: by insiders (USD)
    bought: float  #: by buyers (tokens)
    back: float  #: what buyers could get for them (USD)
    paper: float  #: their tokens at the last price (USD)
    too_early: float  #: what they could have got before the last sale (USD)


def _run(unlocks: list[float], tokens: float, dollars: float, demand: float, sellers_first: bool = False) -> _Run:
    pool, taken, bought, before = ConstantProductPool((tokens, dollars), FEE), 0.0, 0.0, 0.0
    for amount in unlocks:
        for selling in (sellers_first, not sellers_first):
            trade = pool.swap_exact_in(amount) if selling else pool.swap_exact_in(demand, 1, 0)
            taken += float(trade.amount_out) if selling else 0.0
            bought += 0.0 if selling else float(trade.amount_out)
            pool = trade.pool
            before = before if selling else float(pool.swap_exact_in(bought).amount_out)
    back = float(pool.swap_exact_in(bought).amount_out)
    return _Run(taken, bought, back, bought * float(pool.price(0, 1)), before)


@lab.question(
    "staker_share",
    points=2,
    hints=(
        "A share is yours over all. By what does yours grow, and by what do all tokens grow?",
        (
            "Stakers' tokens grow by the same factor each time, so take a power. Of all tokens, the staked part "
            "grows by it, and the rest stays."
        ),
    ),
)
def _staker_share(rng: np.random.Generator, staker_share: Any) -> Iterator[Part]:
    rate, part = round_number(rng, 0.001, 0.005), float(f"{rng.uniform(0.2, 0.95):.2g}")
    times = int(rng.integers(100, 1_095))
    growth = float((1 + rate) ** times)
    right = float(share_factor(rate, part, times))
    yield equal(
        1,
        staker_share,
        (rate, part, times),
        right,
        {
            "This is the growth of the *number* of tokens; divide by the growth of all tokens.": growth,
            "As if all tokens grew like yours; those that are not staked stay as they are.": 1.0,
            "This is by how much all tokens grow; yours grow too.": part * growth + 1 - part,
            "Those who do not stake are missing in the sum of all tokens.": 1 / part,
            "This is simple interest; each time the new tokens earn new ones.": (
                (1 + rate * times) / (part * (1 + rate * times) + 1 - part)
            ),
            "This is the growth less one; asked for is the factor.": right - 1,
            "The two parts are swapped: `staked` is the part that grows.": growth / ((1 - part) * growth + part),
        },
    )
    everybody = float(staker_share(rate, 1.0, times))
    yield holds(1, abs(everybody - 1) < 1e-9, "If all stake, everybody has the same share as before: the factor is 1.")
