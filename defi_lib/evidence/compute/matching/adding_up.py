"""Does it add up: a hundred cards in a hundred homes, and what a phone earns. Readings C27a, C2a, C2b."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.compute import HOURS_PER_YEAR, split_task
from defi_lib.evidence.effects import Control, Count, Registry
from defi_lib.figures import figure
from defi_lib.ledger import Ledger

EVIDENCE = Registry("compute")

Array = NDArray[np.float64]

#: Cards in as many homes, as the reading says.
HOMES = 100

HOURS_PER_DAY = 24

# Cards that need not talk, are all alike and leave nothing to one of them.
_ALL_SPLITS = {
    "steps": 100.0,
    "step_time": 4.5,
    "message": 0.0,
    "line": 50.0,
    "spread": 0.0,
    "serial": 0.0,
    "more": 1.0,
}


@EVIDENCE.model(
    "C27a",
    placebos=[{"message": 0.0, "spread": 0.0, "serial": 0.0, "more": 1.0}],  # nothing keeps them from adding up
    controls=[
        Control(_ALL_SPLITS | {"serial": 0.01}, 100 / 1.99 - 100),  # Amdahl's law
        Control(_ALL_SPLITS | {"spread": 1.0}, 100 / 5.187377517639621 - 100),  # all wait for the slowest of a hundred
        Control(_ALL_SPLITS | {"more": 2.0}, -50.0),
        Control(_ALL_SPLITS | {"message": 1_000.0, "line": 52.8}, -40.0),  # 300 seconds of talk for 450 of work
        Control(_ALL_SPLITS | {"message": 1_000.0, "line": 52.8, "steps": 50.0}, 100 * 225 / 525 - 100),
    ],
)
def cards_lost_of_a_hundred(
    steps: Array, step_time: Array, message: Array, line: Array, spread: Array, serial: Array, more: Array
) -> Array:
    """How many times as fast a hundred cards in homes are as one, less a hundred: what does not add up.

    Between two exchanges each card takes some steps on examples of its own; then all send what they learnt in a ring,
    and wait for the slowest. One card alone would take all these steps one after the other, and talk to nobody.

    Args:
        steps: of each card between two exchanges.
        step_time: seconds of work.
        message: MB that all must agree on.
        line: Mbit per second that a home can send.
        spread: part of a card's time that is chance.
        serial: part of the work that only one machine can do.
        more: how much more must be computed because they exchange seldom, in times the work of one card.
    """
    together = split_task(
        HOMES * steps * step_time, HOMES, serial=serial, rounds=1, message=message, line=line, spread=spread
    )
    return together.speedup / more - HOMES


@EVIDENCE.model(
    "C2a",
    placebos=[{"income": 0.0, "watts": 0.0, "wear": 0.0, "data": 0.0}],  # a phone that takes no part
    controls=[
        Control({"income": 6, "watts": 4, "hours": 24, "home_power": 0.17, "wear": 0, "data": 0}, 6 - 35.04 * 0.17),
        Control({"income": 6, "watts": 4, "hours": 12, "home_power": 0.17, "wear": 1, "data": 2}, 3 - 17.52 * 0.17),
    ],
)
def phone_year(income: Array, watts: Array, hours: Array, home_power: Array, wear: Array, data: Array) -> Array:
    """USD a year that a phone earns beyond what it costs its owner to take part.

    Args:
        income: USD a year from the network.
        watts: that it draws for it.
        hours: of a day in which it does.
        home_power: USD a kWh.
        wear: of the battery, USD a year.
        data: what the line costs in addition, USD a year.
    """
    drawn = watts / 1_000 * HOURS_PER_YEAR * hours / HOURS_PER_DAY
    return income - drawn * home_power - wear - data


@EVIDENCE.figures("C2b")
def what_networks_ask() -> Count:
    """Networks that ask for no deposit or fee, no approval and no special device, of eleven."""
    small = ("entry_rule.akash_deposit", "entry_rule.ionet_stake", "entry_rule.bittensor")
    large = tuple(f"entry_rule.{name}" for name in ("filecoin", "helium", "render", "aethir", "livepeer_places"))
    free = tuple(f"entry_rule.{name}" for name in ("storj", "grass", "salad"))
    asked = [figure(key) for key in (*small, *large, *free)]
    return Count(
        true=2 * len(free) > len(asked),
        says=f"{len(free)} of {len(asked)} ask nothing: Storj, Grass and Salad. Filecoin and Aethir want a deposit, "
        "Livepeer one of a hundred places for the largest stakes, Render a card on its list, Helium its own device; "
        "Akash, io.net and Bittensor a small sum.",
        who="the networks' own documents, 2021 to 2026; for Salad a guide (weak source).",
        turns=f"sums up to some fifty dollars count as nothing: then {len(free) + len(small)} of {len(asked)} are open",
        sources=tuple(each.id for each in asked),
        other="Akash gives its half a coin for each bid back, io.net asks for 200 coins a card (some 50 dollars in "
        "June 2026) before it pays rewards, Bittensor often a few dollars that do not come back",
    )


def many_machines(machines: ArrayLike, serial: float, work: float, message: float, line: float) -> dict[str, ArrayLike]:
    """What lesson 7.4 explores: one task on many machines at home.

    Where they exchange, all wait for the slowest (a tenth of each machine's time is chance), and each pair of
    neighbours in the ring needs 30 milliseconds. With nothing to exchange each takes its next piece when it is free.

    Args:
        machines: how many.
        serial: part of the work that only one can do.
        work: minutes between two exchanges that one machine alone would need.
        message: MB that all must agree on.
        line: Mbit per second that a home can send.

    >>> found = many_machines(20, 0.0, 10.0, 20.0, 50.0)
    >>> {name: round(float(value), 1) for name, value in found.items()}
    {'These machines': 13.3, 'All power adds up': 20.0, 'part': 0.7}
    """
    count = np.rint(np.asarray(machines, float)).astype(np.int64)
    hops, talks = 0.03 * 2 * (count - 1), np.where(np.asarray(message) > 0, 1, 0)
    chance = 0.1 * talks
    task = split_task(
        60 * work, count, serial=serial, rounds=talks, message=message, line=line, latency=hops, spread=chance
    )
    return {
        "These machines": np.asarray(task.speedup),
        "All power adds up": count.astype(float),
        "part": np.asarray(task.speedup) / count,
    }


def one_job(seconds: float, *, cards: int = 20, hours: float = 1_000.0, message: float = 20.0) -> dict[str, Ledger]:
    """A client's job of some hours of one card, booked twice: twenty cards in homes, and twenty in one building.

    Cards are paid while they wait; a tenth of their time is chance. At home the line is the world's median, in the
    building ten thousand Mbit per second.

    Args:
        seconds: that each card works between two exchanges.
        cards: how many.
        hours: of one card alone.
        message: MB that all must agree on.

    >>> {name: round(book.balance("client", "USD")) for name, book in one_job(30.0).items()}
    {'homes': -494, 'one building': -933}
    """
    home = float(figure("home_line.upload_median_world").value)
    rents = {"homes": "gpu_price.runpod_community_rtx_4090", "one building": "gpu_price.runpod_secure_rtx_4090"}
    books = {}
    for (name, key), line in zip(rents.items(), (home, 10_000.0), strict=True):
        rent = float(figure(key).value)
        speedup = split_task(seconds * cards, cards, rounds=1, message=message, line=line, spread=0.1).speedup
        waited = hours * (cards / float(speedup) - 1)
        books[name] = book = Ledger(("client", "owners of the cards"))
        book.record("client", "owners of the cards", hours * rent, "USD", "work")
        book.record("client", "owners of the cards", waited * rent, "USD", "waiting")
        book.check_conserved()
    return books
