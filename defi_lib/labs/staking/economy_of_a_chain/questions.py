"""Checks of ``labs/3_staking/01_economy_of_a_chain.ipynb``, but what asks where a verdict turns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from math import sqrt
from typing import Any, NamedTuple

import numpy as np

from defi_lib.labs.kit import Lab, Part, equal, holds, matches, round_number
from defi_lib.staking import annual_return, break_even_power_price, next_base_fee

lab = Lab("3.1")
check, progress = lab.check, lab.progress

#: What the first page of a book names as the fingerprint of the page before it.
NOTHING = "0" * 16


class Page(NamedTuple):
    """A page of a book that everybody may read."""

    parent: str  #: fingerprint of the page before; ``NOTHING`` on the first
    text: str
    fingerprint: str  #: of the two together


def fingerprint(parent: str, text: str) -> str:
    """The first 16 digits of the SHA-256 hash of a page: change one letter, and it is another one."""
    return sha256(f"{parent} {text}".encode()).hexdigest()[:16]


def write_book(texts: Sequence[str], parent: str = NOTHING) -> list[Page]:
    """A book with these texts, one page after the other, each with the right fingerprints."""
    pages: list[Page] = []
    for text in texts:
        pages.append(Page(parent, text, fingerprint(parent, text)))
        parent = pages[-1].fingerprint
    return pages


def _texts(rng: np.random.Generator) -> list[str]:
    names = ("Ada", "Ben", "Carl", "Dora", "Ewa")
    texts = []
    for _ in range(int(rng.integers(5, 9))):
        payer, payee = rng.choice(names, 2, replace=False)
        texts.append(f"{payer} pays {payee} {int(rng.integers(1, 100))}")
    return texts


@lab.question(
    "fitting_pages",
    points=3,
    hints=(
        (
            "For each page ask two things: does it name the fingerprint of the page before, and is its own "
            "fingerprint right?"
        ),
        (
            "Keep the fingerprint of the page before, `NOTHING` at first. At the first page that fails, return "
            "its number; after the loop, how many there are."
        ),
    ),
)
def _fitting_pages(rng: np.random.Generator, fitting_pages: Any) -> Iterator[Part]:
    texts = _texts(rng)
    pages, count = write_book(texts), len(texts)
    place = int(rng.integers(1, count - 2))  # not next to the end, so that mistakes differ
    lie = texts[place] + "0"
    whole = fitting_pages(pages)
    yield matches(0.5, f"In a book of {count} good pages, `fitting_pages(pages)`", whole, float(count))
    changed = [*pages[:place], pages[place]._replace(text=lie), *pages[place + 1 :]]
    yield matches(
        1,
        f"With a changed text on page {place} (counted from 0), `fitting_pages(pages)`",
        fitting_pages(changed),
        float(place),
        {
            "The changed page itself does not fit any more: do not count it.": float(place + 1),
            "Does the fingerprint of each page fit its own parent and text? A text was changed, and you did not see "
            "it.": float(count),
            "Count only up to the *first* page that does not fit; what comes after it does not count.": float(
                count - 1
            ),
        },
    )
    renewed = Page(pages[place].parent, lie, fingerprint(pages[place].parent, lie))
    yield matches(
        0.5,
        f"With a new text *and* a new fingerprint on page {place}, `fitting_pages(pages)`",
        fitting_pages([*pages[:place], renewed, *pages[place + 1 :]]),
        float(place + 1),
        {
            "Does each page name the fingerprint of the page before it? One does not.": float(count),
            "The page with the new fingerprint fits; it is the next one that names the old fingerprint.": float(place),
            "Count only up to the *first* page that does not fit; what comes after it does not count.": float(
                count - 1
            ),
        },
    )
    torn = write_book(texts, parent=fingerprint(NOTHING, "somebody else's book"))
    yield matches(
        0.5,
        "With a first page that names another page before it, `fitting_pages(pages)`",
        fitting_pages(torn),
        0.0,
        {"The first page must name `NOTHING` as its parent: there is no page before it.": float(count)},
    )
    forged = write_book([*texts[:place], lie, *texts[place + 1 :]])
    yield matches(
        0.5,
        "In a book of which all later fingerprints were made anew, `fitting_pages(pages)`",
        fitting_pages(forged),
        float(count),
    )


@lab.question(
    "new_base_fee",
    points=3,
    hints=(
        "Work with the size of the distance, without its sign, and round down after each division.",
        (
            "Take `abs` of the distance, then `//` twice. Three cases follow: above the target add at least 1, "
            "below it take off, at it leave."
        ),
    ),
)
def _new_base_fee(rng: np.random.Generator, new_base_fee: Any) -> Iterator[Part]:
    target = 15_000_000
    for points, low, high in ((1, 1.05, 2.0), (1, 0.0, 0.95)):
        fee = int(rng.integers(10**9, 10**11)) | 1
        used = int(target * rng.uniform(low, high)) | 1
        exact = fee * (used - target) / target
        right = next_base_fee(fee, used, 2 * target)
        change = exact / 8
        towards = fee + (used - target) * fee // target // 8
        yield equal(
            points,
            new_base_fee,
            (fee, used, target),
            float(right),
            {
                "Wei are whole numbers, and the contract rounds down: use `//` instead of `/`.": fee + change,
                "Below the target, round the *size* of the fall down, then take it off: `//` of a negative number "
                "rounds away from zero.": float(towards),
                "The change is missing its eighth: a full block raises the fee by one eighth, not twofold.": fee
                + exact,
                "This is only the change; add it to the fee.": change,
                "Compare with the target, not with the limit: a full block uses twice the target.": (
                    fee + fee * (used - 2 * target) / (2 * target) / 8
                ),
                "The direction is turned round: a fuller block makes the next one dearer.": fee - change,
            },
            tolerance=1e-14,
        )
    yield equal(
        0.5, new_base_fee, (7, 16_000_000, target), 8.0, {"Above the target the fee rises by at least 1 wei.": 7.0}
    )
    yield equal(
        0.5,
        new_base_fee,
        (10**9, target, target),
        1e9,
        {"At the target nothing changes.": 1e9 + 1},
        tolerance=1e-14,
    )


@lab.question(
    "break_even",
    points=2,
    hints=(
        "Compare for one unit and one day: what it earns, and how many kilowatt-hours it takes.",
        (
            "It earns its part of the prize. It takes its watts for 24 hours, and a kilowatt is 1,000 watts. "
            "Divide the first by the second."
        ),
    ),
)
def _break_even(rng: np.random.Generator, break_even: Any) -> Iterator[Part]:
    prize, machines = round_number(rng, 1e7, 1e8), round_number(rng, 1e8, 1e9)
    watts = round_number(rng, 15, 60)
    right = float(break_even_power_price(prize / machines, watts))
    yield equal(
        1,
        break_even,
        (prize, machines, watts),
        right,
        {
            "A day has 24 hours.": right * 24,
            "Watts are not kilowatts: divide by 1,000.": right / 1_000,
            "As if one unit won the whole prize: all machines share it.": right * machines,
            "This is what a unit earns in a day; divide by the energy that it takes in a day.": prize / machines,
            "The fraction is turned round: dollars over kilowatt-hours.": 1 / right,
        },
    )
    fewer = float(break_even(prize, machines / 2, watts))
    yield holds(
        1,
        abs(fewer / (2 * right) - 1) < 1e-9,
        "If half of the machines are switched off, each of the others wins twice as often, and can pay twice as much "
        f"for power; yours can pay {fewer / right:.6g} times as much.",
    )


@lab.question(
    "staking_return",
    points=2,
    hints=(
        "Everything is in whole gwei: turn the ether into gwei before you take the root.",
        (
            "Use `isqrt` for the root and `//` for the division. Then count the epochs of a year, and turn the "
            "gwei of a coin back into ether."
        ),
    ),
)
def _staking_return(rng: np.random.Generator, staking_return: Any) -> Iterator[Part]:
    staked = int(round_number(rng, 1e6, 1e8))
    right = float(annual_return(staked))
    per_day = 225 * 365.25
    yield equal(
        1.5,
        staking_return,
        (staked,),
        right,
        {
            "Gwei are whole numbers: use `math.isqrt` and `//`, as the protocol does.": (
                64e9 / sqrt(staked * 1e9) * per_day / 1e9
            ),
            "The root is taken of *gwei*: multiply the ether by 10**9 first.": (
                64 * 10**9 // int(sqrt(staked)) * per_day / 1e9
            ),
            "A year has 365.25 days here.": right * 365 / 365.25,
            "This is the reward of one epoch; a day has 225.": right / per_day,
            "This is the reward of one day.": right / 365.25,
            "This is in gwei; a billion gwei are an ether.": right * 1e9,
            "This is a percentage; give a ratio, 0.03 for 3 %.": right * 100,
            "These are the new coins of all stakers; asked for is the part of *one* staked ether.": right * staked,
        },
    )
    more = float(staking_return(4 * staked))
    yield holds(
        0.5,
        abs(more / right - 0.5) < 0.01,
        f"With four times as much staked, each ether should earn about half; yours earns {more / right:.3g} of it.",
    )


def _urn(
    stake: float, total: float, reward: float, draws: Sequence[float], above: bool = False, alone: bool = False
) -> float:
    """The share at the end; if draws ``above`` the share win, or if the others' rewards are forgotten."""
    for draw in draws:
        won = (draw < stake / total) != above
        stake, total = stake + reward * won, total + reward * (won or not alone)
    return stake / total


@lab.question(
    "urn_share",
    points=3,
    hints=(
        "Your share changes after each draw: compare each draw with your share at that time.",
        (
            "In the loop: ask whether you win with the share of now, then add the reward to you if so, and to the "
            "total in any case."
        ),
    ),
)
def _urn_share(rng: np.random.Generator, urn_share: Any) -> Iterator[Part]:
    total, reward = round_number(rng, 50, 200), round_number(rng, 5, 20)
    stake = float(f"{total * rng.uniform(0.2, 0.6):.3g}")
    results = [0.0, 0.0, 0.0, 0.0]
    while min(np.diff(np.sort(results))) < 1e-3:  # draws with which no two of the mistakes give the same result
        draws = [float(f"{draw:.3g}") for draw in rng.random(12)]
        wins = sum(draw < stake / total for draw in draws)
        fixed = (stake + reward * wins) / (total + 12 * reward)
        right, above, alone = (
            _urn(stake, total, reward, draws, *changed) for changed in ((False, False), (True, False), (False, True))
        )
        results = [right, above, alone, fixed]
    call = f"`urn_share({stake:g}, {total:g}, {reward:g}, {draws})`"
    mistakes = {
        "Your chance is your share *now*; it changes with every block.": fixed,
        "A reward that others win counts too: all coins grow with every block.": alone,
        "All coins together grow with every block: divide by what there is at the end.": right
        * (total + 12 * reward)
        / total,
        "These are your coins; asked for is your part of all.": right * (total + 12 * reward),
        "You win if the draw is *below* your share.": above,
    }
    yield matches(1.5, call, urn_share(stake, total, reward, draws), right, mistakes)
    yield matches(0.5, "Without any draw, `urn_share`", urn_share(stake, total, reward, []), stake / total)
    start, runs = 0.3, 400
    ends = [float(urn_share(30.0, 100.0, 10.0, list(rng.random(40)))) for _ in range(runs)]
    spread = sqrt(start * (1 - start) / 11)  # of one run, at the most
    mean = float(np.mean(ends))
    yield holds(
        1,
        abs(mean - start) < 5 * spread / sqrt(runs),
        f"On average of many runs the share should stay at {start:.0%}; in yours it ends at {mean:.1%}.",
    )


@lab.question(
    "who_pays",
    points=3,
    hints=(
        "Take one coin for all coins before. How many are there afterwards?",
        (
            "Stakers share the new coins less the operator's part, so each coin of theirs grows; a holder's does "
            "not. Divide all of it by all coins afterwards."
        ),
    ),
)
def _who_pays(rng: np.random.Generator, who_pays: Any) -> Iterator[Part]:
    inflation, staked = round_number(rng, 0.02, 0.4), float(f"{rng.uniform(0.2, 0.9):.2g}")
    fee = round_number(rng, 0.05, 0.3)
    grown = 1 + inflation
    staker = (1 + inflation * (1 - fee) / staked) / grown - 1
    holder, operator = 1 / grown - 1, inflation * fee / grown
    arguments = (inflation, staked, fee)
    yield equal(
        1,
        who_pays,
        arguments,
        staker,
        {
            "This is the growth of the *number* of coins; all coins have grown too.": inflation * (1 - fee) / staked,
            "The fee of the pool is missing.": (1 + inflation / staked) / grown - 1,
            "New coins go only to those who stake: each gets more than the inflation.": (
                (1 + inflation * (1 - fee)) / grown - 1
            ),
            "This is the factor; asked for is the change, the factor less 1.": 1 + staker,
        },
        item=0,
    )
    yield equal(
        0.5,
        who_pays,
        arguments,
        holder,
        {
            "Who does not stake has as many coins as before, but a smaller part of all.": 0.0,
            "All coins grow to 1 + inflation: divide by that, instead of taking the inflation off.": -inflation,
            "This is the factor; asked for is the change, the factor less 1.": 1 + holder,
        },
        item=1,
    )
    yield equal(
        0.5,
        who_pays,
        arguments,
        operator,
        {
            "This is a part of the coins of before; divide by all coins of after.": inflation * fee,
            "The fee is taken of the new coins only.": fee,
            "The fee is taken of all new coins, whoever stakes them.": inflation * fee * staked / grown,
        },
        item=2,
    )
    changes = tuple(float(each) for each in tuple(who_pays(*arguments))[:3])
    rest = staked * changes[0] + (1 - staked) * changes[1] + changes[2]
    yield holds(
        1,
        abs(rest) < 1e-9,
        "What some win of the whole, others lose: staked part times the stakers' change, the rest times the holders' "
        f"change, and the operator's part should add up to 0; yours add up to {rest:.6g}.",
    )
