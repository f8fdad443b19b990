"""Read once, answer many. Readings C19a and C19b."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.compute import Accelerator, LanguageModel, cost_per_million_tokens, decode_step, largest_batch
from defi_lib.evidence.effects import Control, Count, Registry
from defi_lib.figures import figure
from defi_lib.ledger import Ledger
from defi_lib.probability import binomial

EVIDENCE = Registry("compute")

Array = NDArray[np.float64]

#: The reading asks how much of the saving is left after a year.
MONTHS = 12.0

#: The model of the lesson, Llama 3.1 8B: parameters, and bytes kept for each token that a talk has seen.
PARAMETERS, NOTES = 8.03e9, 131_072

#: Part of the memory's speed that programs reach (77 % where it was measured).
REACHED = 0.77

# Two sellers, one price: the follower has followed for certain, so that each sets half of a market's price.
_TWO = {"gain": 10.0, "rivals": 1.0, "delay": 0.01, "elasticity": 1.0, "bound": 0.0}


@EVIDENCE.model(
    "C19b",
    placebos=[
        {"elasticity": 1e12, "bound": 0.0},  # who asks for a little more sells nothing: the price is the cost
        {"gain": 1.0},  # many at once make no more tokens than one
    ],
    controls=[
        Control(_TWO, 1 / 9),  # price 0.2 = 0.1/(1 − 1/2), of the 0.9 saved 0.1 are kept
        Control(_TWO | {"bound": 0.4}, 0.4 + 0.6 / 9),
        Control(_TWO | {"elasticity": 2.0}, (0.1 / 0.75 - 0.1) / 0.9),
        Control(_TWO | {"gain": 5.0, "rivals": 3.0}, (0.2 / 0.75 - 0.2) / 0.8),
        Control(_TWO | {"elasticity": 0.5}, 1.0),  # two sellers of what all need ask for the old cost
        Control(_TWO | {"gain": 1.5}, 1.0),  # the two would ask for more than it costs one at a time
        Control(_TWO | {"rivals": 0.0}, 1.0),
        # At a mean delay of twelve months each rival has followed with a chance of 1 − 1/e; k rivals leave 1/(9·k).
        Control(_TWO | {"delay": 12.0}, 1 / np.e + (1 - 1 / np.e) / 9),
        Control(
            _TWO | {"delay": 12.0, "rivals": 3.0},
            (1 + 3 * (np.e - 1) / 9 + 3 * (np.e - 1) ** 2 / 18 + (np.e - 1) ** 3 / 27) / np.e**3,
        ),
    ],
)
def kept_after_a_year(gain: Array, rivals: Array, delay: Array, elasticity: Array, bound: Array) -> Array:
    """Part of what a token costs less that is still margin of the provider who began, a year later.

    A token that a card makes for one request at a time costs 1, and is sold for that. Of many at once it costs
    ``1/gain``. Rivals follow at random times, each with a chance of ``1 − e^(−12/delay)`` within the year; what is kept
    is the mean over how many have. Those who batch know that selling more lowers the price (Cournot). They make no
    agreement, and ask for at most 1, at which others still answer one at a time.

    Args:
        gain: tokens of a card that answers many at once, as a multiple of one that answers one, >= 1.
        rivals: who can learn it, taken as a whole number.
        delay: months that a rival takes on average.
        elasticity: of demand, constant: per cent more tokens at a price that is one per cent lower.
        bound: part of the tokens that is still sold at the old price.
    """
    return kept(gain, rivals, delay, elasticity, bound)


def kept(gain: Array, rivals: Array, delay: Array, elasticity: Array, bound: Array, months: float = MONTHS) -> Array:
    """What :func:`kept_after_a_year` says, after some other number of months."""
    cost, margin = 1 / gain, np.zeros(gain.shape)
    for now, chances, price in _prices(gain, rivals, delay, elasticity, months):
        margin[now] = np.einsum("ij,ij->i", chances, price)
    margin = bound * (1 - cost) + (1 - bound) * (margin - cost)
    return np.divide(margin, 1 - cost, out=np.zeros_like(margin), where=cost < 1)


def _prices(
    gain: Array, rivals: Array, delay: Array, elasticity: Array, months: float
) -> Iterator[tuple[NDArray[np.bool_], Array, Array]]:
    """For each number of rivals: where it is, the chances of how many have followed, and the prices then."""
    many = np.rint(rivals).astype(np.int64)
    for count in np.unique(many):
        now = many == count
        cost, sellers = 1 / gain[now, np.newaxis], np.arange(1, count + 2)
        chances = binomial(int(count), -np.expm1(-months / delay[now]), np.exp(-months / delay[now]))
        yield now, chances, cost / np.maximum(1 - 1 / (sellers * elasticity[now, np.newaxis]), cost)  # at most 1


def cards_with_work(gain: Array, rivals: Array, delay: Array, elasticity: Array, bound: Array) -> Array:
    """Expected cards that have work after a year, in times of those before: more tokens, and fewer cards for each.

    >>> round(float(40 * cards_with_work(*(np.array([each]) for each in (6.6, 9.0, 6.0, 1.0, 0.0)))[0]), 1)
    35.4
    """
    tokens = np.zeros(gain.shape)
    for now, chances, price in _prices(gain, rivals, delay, elasticity, MONTHS):
        tokens[now] = np.einsum("ij,ij->i", chances, price ** -elasticity[now, np.newaxis])
    return (bound + (1 - bound) * tokens) / gain


def average_over_the_year(world: dict[str, Array]) -> Array:
    """What is kept of the saving on average from the first day to the end of the year.

    Args:
        world: the arguments of :func:`kept_after_a_year`.
    """
    steps = 48
    return np.mean([kept(**world, months=MONTHS * (step + 0.5) / steps) for step in range(steps)], axis=0)


@EVIDENCE.figures("C19a")
def energy_of_a_token() -> Count:
    """Energy per token before and after each change, as measured on one card and one model."""
    keys = (
        "llm_energy.llama_3_1_8b_fp16_h100_vllm_energy_token_concurrency_1.2026-05-16",
        "llm_energy.llama_3_1_8b_fp16_h100_vllm_energy_token_concurrency_16.2026-05-16",
        "llm_energy.llama_3_1_8b_h100_energy_output_token_batch_64_vllm_0_5_4.2025",
        "llm_energy.llama_3_1_8b_h100_energy_output_token_batch_64_vllm_0_11_1.2025",
        "llm_energy.a100_v100_power_cap_250.2023",
        "llm_energy.a100_v100_power_cap_250_low.2023",
        "llm_energy.a100_v100_power_cap_250_high.2023",
        "llm_throughput.llama_3_1_8b_bf16_a100_40gb_vllm_one_request_time_throughput.2026",
    )
    alone, sixteen, old, new, cap, slow, slower, eight = (
        float(figure(key, allow_unreliable=True).value) for key in keys
    )
    batch, program, cap = 1 - sixteen / alone, 1 - new / old, -cap / 100
    return Count(
        true=min(batch, program, cap) > 0.2,
        says=f"Sixteen at once took {100 * batch:.0f} % off the energy of a token, a newer program "
        f"{100 * program:.0f} %, a lower power limit {100 * cap:.0f} %.",
        who="a firm's own page (sixteen at once, 2026, a weak source), ML.ENERGY (programs of 2024 and 2025) and Samsi "
        "and others (power limit, 2023).",
        turns="a lower power limit saves less than a fifth; nearest to it of the three",
        sources=keys,
        other=f"Eight at once on another card made {eight} times as many tokens (2026), so that it may draw five times "
        f"the power and still save a fifth. With the lower limit answers took {slow:.0f} to {slower:.0f} % longer",
    )


class Card(NamedTuple):
    """A card as the lesson sees it: its limits, and its rent (USD an hour)."""

    limits: Accelerator
    rent: float


def cards() -> dict[str, Card]:
    """The two cards of the lesson's explorer, at the newest published limits and rents."""
    spec = {"Gaming card": ("RTX 4090: bandwidth", "RTX 4090 FP16 dense tensor with FP32", "RTX 4090: memory")}
    spec["Large card"] = ("H100 SXM: bandwidth", "H100 SXM: FP16 dense tensor", "H100 SXM: memory")
    rents = {"Gaming card": "Vast.ai on-demand: RTX 4090 (low)", "Large card": "RunPod Community: H100 SXM"}
    found = {}
    for name, rows in spec.items():
        bandwidth, peak, memory = (float(figure("gpu_spec", row).value) for row in rows)
        limits = Accelerator(REACHED * bandwidth, peak, memory)
        found[name] = Card(limits, float(figure("gpu_price", rents[name]).value))
    return found


def measured(rent: float) -> dict[str, list[float]]:
    """A million tokens on a large card at this rent, as two groups measured it: users at once, and USD.

    The second group's first value follows from the energy of a token and the 700 watts that the card may draw; the
    other is of a model as large, with half of the bits and short talks.
    """
    page = [
        figure("llm_throughput", f"Llama-3.1-8B fp16 H100 vLLM throughput, concurrency {n}") for n in (1, 4, 16, 64)
    ]
    energy = figure("llm_energy", "batch 64, vLLM 0.11.1")
    others = (
        float(figure("gpu_spec", "H100 SXM: TDP").value) / float(energy.value),
        float(figure("llm_throughput", "fp8 on one H100, vLLM, 128 tokens in and out").value),
    )
    most = float(
        figure("llm_throughput", "Users at once on one H100 within the latency limit: Qwen3-8B fp8, 128").value
    )
    return {
        "users of the page": [1.0, 4.0, 16.0, 64.0],
        "One firm's page": [cost_per_million_tokens(rent, float(each.value)) for each in page],
        "other users": [64.0, most],
        "Two other groups": [cost_per_million_tokens(rent, each) for each in others],
    }


def cost_of_tokens(users: ArrayLike, bits: float, notes: float, busy: float) -> dict[str, ArrayLike]:
    """What lesson 7.14 explores: the rent in a million tokens of each card, by users at once (USD).

    More users than the memory holds wait, and the cost stays.

    Args:
        users: at once, >= 1.
        bits: of each weight.
        notes: tokens that each user's talk has so far.
        busy: part of the hours in which the card has work; its rent is paid in all of them.

    >>> found = cost_of_tokens(16.0, bits=16.0, notes=1_000.0, busy=1.0)
    >>> round(found["Gaming card"], 2), round(found["Large card"], 2), round(found["each"])
    (0.28, 0.33, 142)
    """
    kind, found = LanguageModel(PARAMETERS, bits / 8, NOTES), {}
    for name, (limits, rent) in cards().items():
        at_once = np.minimum(np.asarray(users, float), largest_batch(limits, kind, notes))
        step = decode_step(limits, kind, at_once, notes)
        found[name] = cost_per_million_tokens(rent / busy, step.tokens_per_second)
    return found | {"each": step.tokens_per_second_each}


def first_hour(
    tokens: float = 3_000.0, alone: float = 75.0, gain: float = 6.6, rent: float = 1.39
) -> dict[str, Ledger]:
    """An hour of the first day's answers, before any rival has followed (USD): one at a time, and many at once.

    Args:
        tokens: asked for in a second.
        alone: tokens a second of a card that answers one at a time.
        gain: how many times as many it makes if it answers many.
        rent: of a card for an hour.

    >>> first_hour()["many at once"].balance("the firm", "USD")
    45.87
    """
    many = {"one at a time": np.ceil(tokens / alone), "many at once": np.ceil(tokens / (alone * gain))}
    books = {}
    for name, used in many.items():
        ledger = books[name] = Ledger(("clients", "the firm", "owners of cards"))
        ledger.record("clients", "the firm", rent * many["one at a time"], "USD", "answers")
        ledger.record("the firm", "owners of cards", rent * used, "USD", "rent")
        ledger.check_conserved()
    return books
