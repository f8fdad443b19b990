"""One scenario gives plain floats, which print as numbers; that holds for every record of numbers."""

import numpy as np
import pytest

from defi_lib import compute

CALLS = {
    "queue": lambda: compute.mmc_queue(8.0, 1.0, 10),
    "two asked": lambda: compute.shorter_line(0.8, 1.0),
    "split": lambda: (
        compute.amdahl_speedup(3, 0.1),
        compute.gustafson_speedup(3, 0.1),
        compute.scalable_speedup(3, 0.1, 0.1),
        compute.fastest_number(0.1, 0.1),
        compute.slowest_time(3),
        *compute.split_task(1.0, 3),
        compute.split_task(1.0, 3).speedup,
        compute.attainable_speed(compute.Accelerator(1.0, 1.0, 1.0), 2.0),
    ),
    "believed": lambda: [compute.believed_price(3, 12)],
    "breakdowns": lambda: compute.unreliable_queue(0.5, 1.0, 10.0, 1.0),
    "tail": lambda: (
        compute.late_share(compute.mm1_queue(0.5, 1.0), 1.0),
        compute.wait_quantile(compute.mm1_queue(0.5, 1.0), 0.9),
    ),
    "load": lambda: (compute.erlang_b(3, 2.0), compute.erlang_c(3, 2.0), compute.settling_time(0.5, 1.0)),
    "hybrid": lambda: compute.hybrid_service(3.0, 1.0, 2, 1, 1.0, 0.1),
    "own cards that fail": lambda: compute.failing_hybrid(3.0, 1.0, 2, 90.0, 10.0, 1, 1.0, 0.1),
    "decode": lambda: compute.decode_step(compute.Accelerator(1.0, 100.0, 40.0), compute.LanguageModel(8e9)),
    "distance": lambda: (
        compute.round_trip(100.0),
        compute.mean_nearest_distance(5),
        compute.split_token_time(0.1, 2, 0.1),
    ),
    "failures": lambda: (compute.survival(1.0, 1.0, 9.0), compute.replicated_availability(0.9, 2.0)),
    "checkpoints": lambda: (
        compute.young_interval(0.1, 9.0),
        compute.daly_interval(0.1, 9.0),
        compute.expected_run_time(1.0, 1.0, 0.1, 9.0),
    ),
    "burn": lambda: compute.helium_epoch(10.0, 2.0, 100.0),
    "growth": lambda: compute.network_growth(1.5, 1.4, 0.8),
    "income": lambda: (
        compute.emission_share(1.0, 1.0, 1.0),
        compute.feedback(0.5, 1.0),
        compute.shock_multiplier(0.5),
    ),
    "layers": lambda: compute.layer_income(1.0, 0.1, 0.5, 0.1, 0.5, 0.1),
    "dilution": lambda: compute.staking_dilution(0.1, 0.5),
    "filecoin": lambda: (
        compute.simple_minting(1.0),
        compute.baseline_power(1.0),
        compute.consensus_pledge(1.0, 1.0, 2.0),
    ),
    "payout": lambda: compute.buy_back(100.0, 10.0, 5.0),
    "runway": lambda: (compute.simulate_treasury(1.0, 1.0, 1.0, [1.0]).runway,),
    "privacy": lambda: (
        compute.gaussian_deviation(1.0, 0.5, 0.1),
        compute.privacy_spent(1.0, 1, 0.1),
        compute.noise_needed(1.0, 1, 0.1),
        compute.gaussian_delta(1.0, 1, 0.1),
        compute.gaussian_privacy_spent(1.0, 1, 0.1),
        compute.gaussian_noise_needed(1.0, 1, 0.1),
    ),
    "durability": lambda: (
        compute.loss_probability(1, 2, 0.1),
        compute.correlated_loss(1, 2, 0.1, 0.1),
        compute.grouped_loss(1, 2, 1, 0.1),
        compute.yearly_loss(1, 2, 0.1, 4, groups=1, group_loss=0.1),
    ),
    "repair": lambda: compute.repair_plan(1, 3, 2, 1.0, 0.1),
    "storage": lambda: compute.storage_month(2.0, 4.0, 1.5),
    "for ever": lambda: (compute.endowment(1.0, 0.1), compute.endowment_left(1.0, 0.1, 0.1, 1.0)),
}


@pytest.mark.parametrize("name", CALLS)
def test_one_scenario_gives_plain_numbers(name):
    result = CALLS[name]()
    for value in result:
        assert type(value) in (int, float), f"{name}: {value!r}"
        assert np.isfinite(value)
