"""Energy and carbon of shared cards: weigh the work, not the machine. Reading C13a."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.compute import Accelerator, LanguageModel, Machine, decode_step
from defi_lib.evidence.effects import Control, Registry
from defi_lib.figures import figure
from defi_lib.ledger import Ledger
from defi_lib.units import HOURS_PER_YEAR, SECONDS_PER_HOUR

EVIDENCE = Registry("compute")

Array = NDArray[np.float64]

#: Llama 3.1 8B in 16 bits, and how many tokens each request has before it.
MODEL, CONTEXT = LanguageModel(8.03e9, 2.0, 131_072), 1_000

#: Of an H100 and its part of the server (data sheet; 200 watts for the rest are our choice): TB a second, TFLOP a
#: second, GB, kW. And of a card at home (RTX 4090) the arithmetic and the memory.
CENTRE_SPEED, CENTRE_PEAK, CENTRE_MEMORY, CENTRE_POWER = 3.35, 989.0, 80.0, 0.9
HOME_SPEED, HOME_PEAK, HOME_MEMORY, HOME_POWER = 1.008, 165.0, 24.0, 0.55

#: Part of the memory's speed that programs reach; part of the power at work that a machine draws while it waits; years.
REACHED, WAITING, LIFE = 0.75, 0.2, 4.0

#: Million tokens an hour for each token a second that the memory could bring.
_MILLIONS = REACHED * SECONDS_PER_HOUR / 1e6

#: Dollars for a euro, and USD for a kg of carbon: our choice.
EURO, CARBON_PRICE = 1.1, 0.1

_HAND = {
    "home_requests": 1.0, "centre_requests": 1.0, "speed": 1.005, "power": 0.6, "grid": 500.0, "pue": 1.5, "busy": 1.0,
    "computer": 0.0, "home_making": 0.0,
}  # fmt: skip


def made() -> float:
    """Carbon of making the data centre's card with its part of the server (kg): an A100's, an H100's is not known."""
    return float(figure("embodied.a100_share_8_gpu_server").value)


@EVIDENCE.model(
    "C13a",
    placebos=[  # the same card, as full, in a building that needs nothing, bought for the work
        {"speed": CENTRE_SPEED, "power": CENTRE_POWER, "pue": 1.0, "computer": 0.0, "home_making": 318.0}
        | {"home_requests": 16.0, "centre_requests": 16.0},
    ],
    controls=[
        # With one request at a time a token needs all of the memory's speed, at either; 318 kg in four years are
        # 9.0753 g an hour.
        Control(_HAND, 1 - (0.6 * 500 / 1.005) / ((0.9 * 1.5 * 500 + 9.075342) / 3.35), 1e-6),
        Control(_HAND | {"computer": 1.0}, 1 - (0.48 * 500 / 1.005) / ((0.9 * 1.5 * 500 + 9.075342) / 3.35), 1e-6),
        Control(
            _HAND | {"computer": 1.0, "busy": 0.5},
            1 - (0.48 * 500 / 1.005) / (((0.9 + 0.18) * 1.5 * 500 + 18.150685) / 3.35),
            1e-6,
        ),
        Control(
            _HAND | {"home_making": 159.0, "busy": 0.5},
            1 - ((0.6 + 0.12) * 500 + 9.075342) / 1.005 / (((0.9 + 0.18) * 1.5 * 500 + 18.150685) / 3.35),
            1e-6,
        ),
        # Two at once read the weights once, and twice what each of them has before it.
        Control(
            _HAND | {"home_requests": 2.0, "grid": 1e9},
            1 - (0.6 / 1.005) * (16.06e9 + 2 * 131_072e3) / (16.06e9 + 131_072e3) / 2 / (0.9 * 1.5 / 3.35),
            1e-6,
        ),
    ],
)
def carbon_saved_at_home(
    home_requests: Array,
    centre_requests: Array,
    speed: Array,
    power: Array,
    grid: Array,
    pue: Array,
    busy: Array,
    computer: Array,
    home_making: Array,
) -> Array:
    """Carbon of a million tokens that a home card saves, as a part of what a data centre's card causes.

    Args:
        home_requests: answered at once at home.
        centre_requests: answered at once in the data centre.
        speed: of the home card's memory (TB a second).
        power: of the home computer at work (kW).
        grid: g for each kWh, at both.
        pue: of the data centre.
        busy: part of the hours with work, at both.
        computer: 0: it is on for this work; 1: it is on anyway, and only what it draws more counts.
        home_making: carbon of making home cards that sharing causes (kg a card).
    """
    home = home_machine(home_requests, speed, power, computer, home_making).carbon_per_unit(busy, grid)
    centre = centre_machine(centre_requests, pue).carbon_per_unit(busy, grid)
    return np.asarray(1 - home.grams / centre.grams)


def home_machine(
    requests: ArrayLike,
    speed: ArrayLike = HOME_SPEED,
    power: ArrayLike = HOME_POWER,
    computer: ArrayLike = 0.0,
    making: ArrayLike = 0.0,
) -> Machine:
    """A home computer with a card, by how many requests it answers at once; its work in million tokens.

    Args:
        requests: at once.
        speed: of the card's memory (TB a second).
        power: at work (kW).
        computer: 1 if it is on anyway.
        making: kg of carbon a card.
    """
    card = Accelerator(np.asarray(speed, float), HOME_PEAK, HOME_MEMORY)
    draws, waits = np.asarray(power, float), WAITING * np.asarray(power, float)
    more, anyway = np.asarray(making, float), np.asarray(computer, float)
    return Machine(draws - anyway * waits, (1 - anyway) * waits, _million_tokens(card, requests), more, LIFE)


def centre_machine(requests: ArrayLike, pue: ArrayLike) -> Machine:
    """A data centre's card with its part of the server and of the building; its work in million tokens.

    Args:
        requests: at once.
        pue: of the building.
    """
    card = Accelerator(CENTRE_SPEED, CENTRE_PEAK, CENTRE_MEMORY)
    work = _million_tokens(card, requests)
    return Machine(CENTRE_POWER, WAITING * CENTRE_POWER, work, made(), LIFE, np.asarray(pue, float))


def _million_tokens(card: Accelerator, requests: ArrayLike) -> Array:
    """Million tokens an hour."""
    step = decode_step(card, MODEL, np.asarray(requests, float), CONTEXT)
    return np.asarray(_MILLIONS * np.asarray(step.tokens_per_second))


def measured_joules() -> dict[str, tuple[list[int], Array]]:
    """Joules of a token of this model on an H100 by requests at once, as two groups measured them."""
    ours = "llm_energy.llama_3_1_8b_"
    one = [float(figure(f"{ours}fp16_h100_vllm_energy_token_concurrency_{n}").value) for n in (1, 4, 16, 64)]
    versions = ("0_5_4", "0_11_1")
    other = [float(figure(f"{ours}h100_energy_output_token_batch_64_vllm_{version}").value) for version in versions]
    return {"Measured": ([1, 4, 16, 64], np.array(one)), "Measured by others": ([64, 64], np.array(other))}


def weigh(
    requests: ArrayLike, grid: float, busy: float, computer: str = "on for this", pue: float = 1.2
) -> dict[str, ArrayLike]:
    """What lesson 7.23 explores: grams of a million tokens by requests at once, at home and in a data centre.

    Args:
        requests: at once, at either.
        grid: g for each kWh.
        busy: part of the hours with work.
        computer: at home: "on for this" or "on anyway".
        pue: of the data centre.

    >>> found = weigh([1.0, 16.0], 475.0, 0.5, pue=1.56)
    >>> [round(float(grams)) for grams in found["At home"]]
    [1865, 131]
    """
    machines = {
        "At home": home_machine(requests, computer=float(computer == "on anyway")),
        "Data centre": centre_machine(requests, pue),
    }
    grams = {name: np.asarray(each.carbon_per_unit(busy, grid).grams) for name, each in machines.items()}
    return {**grams, "requests": np.asarray(requests)}


def year_of_serving(requests: float = 4.0, cards: float = 1_000.0, busy: float = 0.5) -> dict[str, Ledger]:
    """A year of cards at home in the European Union, on Germany's grid, and the same tokens from a data centre (USD).

    Owners pay what households pay for power, the firm what firms pay; carbon is paid by everybody.

    Args:
        requests: that a home card answers at once; a card in the data centre answers sixteen.
        cards: at home.
        busy: part of the hours with work.

    >>> round(year_of_serving()["at home"].balance("owners", "USD"), -3) < 0
    True
    """
    pue = float(figure("pue.average_data_centre_pue_2024").value)
    home, centre = home_machine(requests), centre_machine(16, pue)
    sold = float(figure("inference_price.llama_3_1_8b_cheapest_output").value)  # USD for a million, as in lesson 7.14
    tokens = cards * busy * HOURS_PER_YEAR * float(np.asarray(home.throughput))
    grid = float(figure("carbon.grid_carbon_intensity_germany").value)
    books = {}
    for name, machine, series in (("at home", home, "eu_household"), ("data centre", centre, "eu_firm")):
        ledger = books[name] = Ledger(("clients", "owners", "power companies", "everybody"))
        job = machine.carbon_per_unit(busy, grid)
        price = EURO * float(figure(f"electricity.{series}").value)
        ledger.record("clients", "owners", tokens * sold, "USD", "service")
        ledger.record("owners", "power companies", tokens * float(np.asarray(job.energy)) * price, "USD", "power")
        ledger.burn("everybody", tokens * float(np.asarray(job.operation)) * CARBON_PRICE, "USD", "carbon")
        ledger.check_conserved()
    return books
