"""States and records keep what they were made of, and travel: to another process, and as a copy."""

import copy
import pickle

import numpy as np
import pytest

from defi_lib import compute
from defi_lib.exchange import BondingCurve
from defi_lib.rewards import StepEmission


def numbers(*values):
    return np.array(values, dtype=float)


def some_samples():
    return compute.Samples(np.eye(4), np.array([0, 1, 0, 1]))


def some_device():
    return compute.Device(numbers(1000, 2000), 4.0, numbers(0.3, 0.4))


def some_model():
    return compute.LanguageModel(numbers(1e9, 8e9), 2.0, 1e5)


def some_card():
    return compute.Accelerator(numbers(1, 2), 80.0, 24.0)


def some_economy():
    return compute.TokenEconomy(1e6, 100.0, numbers(1e5, 2e5), 1e6, 50.0, exponent=numbers(0.5, 1.5), velocity=9.0)


#: One of each kind, and for functions the arguments that may be arrays.
MADE = {
    "Device": some_device,
    "Machine": lambda: compute.Machine(numbers(0.3, 0.4), 0.1, 10.0, 100.0),
    "Accelerator": some_card,
    "LanguageModel": some_model,
    "TokenEconomy": some_economy,
    "Samples": some_samples,
    "Tasks": lambda: compute.Tasks(numbers(1, 2, 3), 1.0, numbers(9, 9, np.inf)),
    "Nodes": lambda: compute.Nodes(numbers(1, 2), 4.0, 0.5),
    "PeerNetwork": lambda: compute.PeerNetwork(np.array([1, 5, 9]), 2, np.random.default_rng(1)),
    "ReedSolomon": lambda: compute.ReedSolomon(2, 4),
    "Share": lambda: compute.split_secret(5, 2, 3, np.random.default_rng(1))[0],
    "SharedKey": lambda: compute.share_key(2, 3, np.random.default_rng(1)),
    "Digits": lambda: compute.Digits(some_samples(), some_samples()),
    "Schedule": lambda: compute.schedule(compute.Tasks(numbers(1, 2)), compute.Nodes(numbers(1, 1))),
    "Assignment": lambda: compute.vcg_assignment([[1.0, 2.0], [3.0, 1.0]], 5.0),
    "Replan": lambda: compute.replan(
        compute.assign([[1.0, 2.0], [3.0, 1.0]], outside=5.0), numbers([1, 2], [3, 1]), [True, False]
    ),
    "SplitTask": lambda: compute.split_task(numbers(1, 2), np.array([3, 4])),
    "Clearing": lambda: compute.posted_price_market(numbers(3, 2), numbers(1, 2), 2.0),
    "Award": lambda: compute.reverse_auction(numbers(3, 2), 5.0),
    "PlanChoice": lambda: compute.choose_plan(numbers(3, 2), 1.0, 5.0),
    "Settlement": lambda: compute.settle_by_contract(numbers(3, 2), 1.0, 0.1),
    "HostYear": lambda: compute.host_year(some_device(), 0.5, 1.0),
    "Footprint": lambda: compute.footprint(numbers(3, 2), 400.0),
    "Queue": lambda: compute.mmc_queue(numbers(1, 2), 1.0, 3),
    "QueueRun": lambda: compute.simulate_queue(numbers(0, 1), numbers(1, 1)),
    "Requests": lambda: compute.real_requests("code"),
    "HybridService": lambda: compute.hybrid_service(numbers(1, 2), 1.0, np.array([1, 2])),
    "SteadyServing": lambda: compute.steady_serving(some_card(), some_model(), 0.1, 100.0),
    "BurnMint": lambda: compute.burn_and_mint(numbers(1, 2), 1.0, 3.0),
    "Payout": lambda: compute.buy_back(100.0, 10.0, numbers(5, 6)),
    "TreasuryRun": lambda: compute.simulate_treasury(1.0, 1.0, 1.0, numbers(1, 2)),
    "TokenRun": lambda: compute.simulate_token_economy(some_economy(), StepEmission(1e5, 0.5, 1.0), 1.0, 12),
    "StorageMonth": lambda: compute.storage_month(2.0, numbers(4, 5), 1.0),
    "DataSale": lambda: compute.sell_data(BondingCurve(100.0, 10.0, 0.5), numbers(1, 2), 3.0),
    "RepairPlan": lambda: compute.repair_plan(2, 4, 3, numbers(0.1, 0.2), 0.01),
    "Yuma": lambda: compute.yuma_consensus([1.0, 2.0], [[0.5, 0.5], [1.0, 0.0]]),
    "Quantised": lambda: compute.quantise(numbers(1, 2), 4),
    "InspectionGame": lambda: compute.inspection_game(numbers(1, 2), 3.0, 1.0, 2.0),
    "Dispute": lambda: compute.settle_dispute(4, abs, abs, abs),
}


def flat(thing):
    """All numbers in it, in order."""
    if isinstance(thing, (tuple, list)):
        return [number for part in thing for number in flat(part)]
    if hasattr(thing, "__dataclass_fields__"):
        return [
            number
            for name in thing.__dataclass_fields__
            if hasattr(thing, name)
            for number in flat(getattr(thing, name))
        ]
    return np.ravel(thing).tolist()


@pytest.mark.parametrize("name", MADE)
def test_it_travels(name):
    thing = MADE[name]()
    assert type(thing).__name__ == name
    for other in (pickle.loads(pickle.dumps(thing)), copy.deepcopy(thing), copy.copy(thing)):
        assert type(other) is type(thing) and flat(other) == flat(thing) and flat(thing)


X = numbers(1, 2)


@pytest.mark.parametrize(
    "make",
    [
        lambda x: compute.Device(x, x, x, x),
        lambda x: compute.Machine(x, x, x, x, x, x),
        lambda x: compute.Accelerator(x, x, x),
        lambda x: compute.LanguageModel(x, x, x),
        lambda x: compute.TokenEconomy(x, x, x, x, x, velocity=x, potential=x),
        lambda x: compute.Tasks(x, x, x, x),
        lambda x: compute.Nodes(x, x, x),
        lambda x: compute.Samples(np.eye(2), x.astype(int)),
        lambda x: compute.k_double_auction(x, x),
        lambda x: compute.posted_price_market(x, x, x[..., 0]),
        lambda x: compute.reverse_auction(x, 5.0, 1),
        lambda x: compute.assign(np.outer(x, x), "optimal", x),
        lambda x: compute.choose_plan(x, x, x, x),
        lambda x: compute.settle_by_invoice(x, x, x),
        lambda x: compute.burn_and_mint(x, x, x),
        lambda x: compute.akash_lease(x, x, x),
        lambda x: compute.buy_back(10 * x, x, x),
        lambda x: compute.pay_dividend(10 * x, x, x),
        lambda x: compute.mm1_queue(x, 9 * x),
        lambda x: compute.mmc_queue(x, 9 * x, 2),
        lambda x: compute.unreliable_queue(x, 9 * x, 1.0, 0.1),
        lambda x: compute.unreliable_pool(x, 9 * x, 2, 1.0, 0.1),
        lambda x: compute.hybrid_service(x, x, x.astype(int)),
        lambda x: compute.simulate_queue(x, x),
        lambda x: compute.decode_step(compute.Accelerator(9.0, 9.0, 99.0), compute.LanguageModel(1e9), x),
        lambda x: compute.storage_month(x, x, x),
        lambda x: compute.sell_data(BondingCurve(100.0, 10.0, 0.5), x, x),
        lambda x: compute.host_year(some_device(), 0.5, x, emission=x),
        lambda x: compute.PeerNetwork(np.array(x, dtype=np.int64), 2, np.random.default_rng(1)),
    ],
)
def test_it_keeps_what_it_was_made_of(make):
    """Whoever changes his array afterwards changes only his array."""
    mine = X.copy()
    made = make(mine)
    before = flat(made)
    mine[:] = 77.0
    assert flat(made) == before


def test_whole_numbers_are_kept_too():
    servers, labels, ids, rows = np.array([1, 2]), np.array([0, 1]), np.array([3, 4]), np.eye(2)
    service = compute.hybrid_service(1.0, 1.0, servers)
    queue = compute.mmc_queue(0.5, 1.0, servers)
    samples, net = compute.Samples(rows, labels), compute.PeerNetwork(ids, 2, np.random.default_rng(1))
    for mine in (servers, labels, ids, rows):
        mine[:] = 7
    assert service.servers.tolist() == queue.servers.tolist() == [1, 2]
    assert samples.labels.tolist() == [0, 1] and samples.features.tolist() == [[1, 0], [0, 1]]
    assert net.ids.tolist() == [3, 4]
    for kept in (queue.servers, samples.labels, samples.features, net.ids):
        with pytest.raises(ValueError, match="read-only"):
            kept[0] = 1


def test_every_public_record_is_tried():
    public = {n for n in compute.__all__ if isinstance(getattr(compute, n), type)}
    simple = {"Estimate", "Growth", "LayeredIncome", "Dilution", "Lookup", "Signature", "Nonce", "Pooling"}
    simple |= {"DecodeStep", "Replacement", "SpotCheckIncome", "ChurnRun", "Rewards", "SampledShapley"}
    simple |= {"FederatedRun", "ContributionRun", "CachedGame", "ReplanRun", "SplitRuns"}
    assert public - simple - set(MADE) == set()
