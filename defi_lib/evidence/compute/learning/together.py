"""Learning together: how accurate, how dear is secrecy, and is it done sooner? Readings C15a, C15b and C15c."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib import compute as net
from defi_lib.evidence.effects import Control, Registry
from defi_lib.ledger import Ledger

EVIDENCE = Registry("compute")

Array = NDArray[np.float64]

#: For which twenty rounds need a noise of 8.
EPSILON_8 = float(net.gaussian_privacy_spent(8.0, 20, 1e-5))
#: Bits of a number of a model, and times that each number is used for a token: forwards once, backwards twice, each
#: time a product and a sum.
BITS, OPERATIONS = 32.0, 6.0


@EVIDENCE.model(
    "C15a",
    placebos=[
        # A message after each step, all honest, and the mean: training in one place, but for one scan in thousands.
        {"steps": 1.0, "server": 0.0, "liars": 0.0},
        {"steps": 1.0, "server": 1.0, "liars": 0.0},
    ],
    controls=[
        # Two in five lie: trained anew, 70.2 % recognised against 94.7 (tests/compute/learning/test_measured.py).
        Control(
            {"clients": 20, "alike": 0.5, "steps": 5, "rounds": 20, "server": 0, "liars": 0.4}, 0.702 - 0.947, 0.01
        ),
    ],
)
def behind_one_place(clients: Array, alike: Array, steps: Array, rounds: Array, server: Array, liars: Array) -> Array:
    """Accuracy of a model that many train, less that of the same training where all data are; below 0 is behind.

    Both are measured on real digits, in worlds that were trained once. In one place somebody puts wrong labels right.

    Args:
        clients: number of them.
        alike: concentration of the Dirichlet draw by which the pictures are divided.
        steps: of learning between two messages.
        rounds: number of them.
        server: takes the mean, the mean with momentum, or the median.
        liars: part of the clients whose labels are all wrong.
    """
    rule = server.astype(np.int64)
    together = net.accuracy_together(rule, steps, alike, clients, liars, rounds)
    return np.asarray(together) - net.accuracy_in_one_place(rule, steps, rounds)


@EVIDENCE.model(
    "C15b",
    placebos=[{"epsilon": np.inf}],  # no promise, no noise
    controls=[
        # Noise of 8, tried itself: 86.8 % recognised against 92.4.
        Control({"epsilon": EPSILON_8, "clients": 100, "alike": 0.5, "rounds": 20}, 0.868 / 0.924 - 1, 0.02),
    ],
)
def cost_of_hiding(epsilon: Array, clients: Array, alike: Array, rounds: Array) -> Array:
    """What noise takes from the accuracy, below 0 (part of the accuracy of the same training without it).

    Args:
        epsilon: how weak the promise is, over all rounds.
        clients: number of them.
        alike: concentration of the Dirichlet draw by which the pictures are divided.
        rounds: number of them.
    """
    clear = net.accuracy_hidden(np.full(np.shape(epsilon), np.inf), alike, clients, rounds)
    return np.asarray(net.accuracy_hidden(epsilon, alike, clients, rounds)) / clear - 1


@EVIDENCE.model(
    "C15c",
    placebos=[{"homes": 1.0}],  # one home alone
    controls=[
        # A line so fast that messages take no time.
        Control(
            {
                "homes": 10,
                "steps": 100,
                "tokens": 5e4,
                "card": 66,
                "line": 1e15,
                "shorter": 4,
                "counts": 1,
                "leaving": 0,
            },
            9,
            1e-6,
        ),
        Control(
            {
                "homes": 10,
                "steps": 100,
                "tokens": 5e4,
                "card": 66,
                "line": 1e15,
                "shorter": 4,
                "counts": 0.5,
                "leaving": 0.2,
            },
            3.6,
            1e-6,
        ),
        # 1.8 · 32/4 bits by 72 Mbit/s: 0.2 s for a million numbers; 100 · 6 · 20,000 products by 60 Tflop: as long.
        Control(
            {"homes": 10, "steps": 100, "tokens": 2e4, "card": 60, "line": 72, "shorter": 4, "counts": 1, "leaving": 0},
            4,
        ),
        Control(
            {"homes": 2, "steps": 50, "tokens": 2e4, "card": 60, "line": 80, "shorter": 4, "counts": 1, "leaving": 0}, 0
        ),
    ],
)
def more_work_by_homes(
    homes: Array, steps: Array, tokens: Array, card: Array, line: Array, shorter: Array, counts: Array, leaving: Array
) -> Array:
    """What homes get done beyond one of them alone in the same time (part of one home's work).

    Args:
        homes: number of them.
        steps: of learning between two messages.
        tokens: that one home reads in a step.
        card: what a home's card really computes (Tflop a second).
        line: what a home sends (Mbit a second).
        shorter: by which a message is made shorter than 32 bits a number.
        counts: part of a further home's work that counts.
        leaving: part of the others who leave before a round ends, with what they have computed.
    """
    working = steps * step_time(tokens, card)
    share = working / (working + message_time(homes, line, shorter))
    return (1 + (homes - 1) * counts * (1 - leaving)) * share - 1


def step_time(tokens: ArrayLike, card: ArrayLike) -> Array:
    """Seconds of a step for each million numbers of the model: each is used six times for a token.

    >>> step_time(50_000, 100.0).item()
    0.003
    """
    return OPERATIONS * np.asarray(tokens) / (np.asarray(card) * 1e6)


def message_time(homes: ArrayLike, line: ArrayLike, shorter: ArrayLike) -> Array:
    """Seconds in which each home sends its part, for each million numbers of the model; in a ring, nobody waits long.

    Each of n homes sends ``2·(n − 1)/n`` models: parts of sums on the way there, parts of the mean on the way back.

    >>> message_time(2, 32.0, 1.0).item()
    1.0
    """
    number = np.asarray(homes, float)
    return 2 * (number - 1) / number * BITS / np.asarray(shorter) / np.asarray(line)


def rounds_needed(mix: str, server: str, steps: float) -> dict[str, ArrayLike]:
    """What lesson 7.19 explores: ten clients, on the worst, the middle and the best of sixteen ways to divide digits.

    Args:
        mix: "a few digits" or "a fair sample" each.
        server: "mean", "mean, twice" or "momentum".
        steps: between two messages: 1, 5, 20 or 60.

    >>> found = rounds_needed("a few digits", "mean", 5)
    >>> found["middle"], found["slowest"]
    (12.5, 21)
    """
    runs = net.split_runs(mix, server, int(steps))
    worst, middle, best = np.quantile(runs.accuracy, (0.0, 0.5, 1.0), axis=0)
    needed = runs.rounds_to(0.9)
    return {
        "Round": np.arange(runs.accuracy.shape[1]), "Middle": middle, "Worst": worst, "Best": best,
        "middle": float(np.median(needed)), "fastest": int(needed.min()), "slowest": int(needed.max()),
    }  # fmt: skip


def who_gains(
    sizes: ArrayLike, alone: ArrayLike, together: float, one_place: float, point: float, server: float, picture: float
) -> dict[str, Ledger]:
    """Ten clients use a model for a year: each its own, a common one, or a firm's that bought all pictures (USD).

    The firm takes half of what its model brings a client more than the own one.

    Args:
        sizes: pictures of each client.
        alone: accuracy of each client's own model.
        together: of the common one.
        one_place: of the firm's.
        point: what users pay a client for each point (of a hundred) that is recognised.
        server: what all clients together pay for it.
        picture: what the firm pays for one.

    >>> books = who_gains([1, 2], [0.5, 0.6], 0.9, 0.95, 100.0, 20.0, 1.0)
    >>> [round(book.balance("client 1", "USD")) for book in books.values()]
    [5000, 8990, 7251]
    """
    own, pictures = np.asarray(alone, float), np.asarray(sizes, float)
    books = {}
    for name, reached in (("alone", own), ("together", together), ("a firm", one_place)):
        ledger = books[name] = Ledger(
            (*(f"client {number}" for number in range(1, own.size + 1)), "users", "server", "firm")
        )
        for number, accuracy in enumerate(np.broadcast_to(reached, own.shape), start=1):
            client, bought = f"client {number}", picture * pictures[number - 1]
            ledger.record("users", client, float(100 * point * accuracy), "USD", "use")
            if name == "together":
                ledger.record(client, "server", server / own.size, "USD", "server")
            if name == "a firm":
                ledger.record("firm", client, float(bought), "USD", "pictures")
                ledger.record(client, "firm", float(50 * point * (accuracy - own[number - 1])), "USD", "rent")
        ledger.check_conserved()
    return books
