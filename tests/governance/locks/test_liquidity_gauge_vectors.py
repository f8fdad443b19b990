"""Vote escrow, controller and gauge against the real contracts, step by step through both groups of cases."""

import pytest

from defi_lib.governance import Emission, GaugeController, LiquidityGauge, VoteEscrow
from tests.support.vectors import cases

CASES = cases("curve_gauge")
#: The file does not say when the first epoch of the token ends; the payments of boost-20 and boost-22 do.
EPOCH_END = 1_731_715_200
FLOORS = 2  # wei, README of the vectors


def near(got, want):
    return abs(got - int(want)) <= int(want) // 10**9 + FLOORS


class World:
    """What the contracts of one group hold."""

    def __init__(self, first):
        state, params = first["state_before"], first["params"]
        now = int(state["block_timestamp"])
        self.escrow = VoteEscrow(now)
        self.controller = GaugeController([int(weight) for weight in params["type_weights"]])
        self.gauges = {}
        for name, kind in params["gauge_types"].items():
            weight = int(state["gauges"][name]["next_bias"])
            self.controller = self.controller.add_gauge(name, now, int(kind), weight)
            emission = Emission(int(state["rate"]), EPOCH_END)
            self.gauges[name] = LiquidityGauge(name, int(params["gauge_start"]), emission)

    def act(self, case):
        inputs = case["inputs"]
        user, gauge, op = inputs.get("user"), inputs.get("gauge"), case["op"]
        if op == "warp":
            self.escrow = self.escrow.advance(int(inputs["seconds"]))
        elif op == "lock":
            self.escrow = self.escrow.create_lock(user, int(inputs["amount"]), int(inputs["unlock_time"])).after
        elif op == "vote":
            self.controller = self.controller.vote(user, gauge, int(inputs["weight_bps"]), self.escrow)
        else:
            amount = [int(inputs["amount"])] if "amount" in inputs else []
            act = getattr(self.gauges[gauge], op)
            change = act(inputs.get("who", user), *amount, self.escrow, self.controller)
            self.gauges[gauge] = change.after
            return change
        return None

    def compare(self, state):
        now = int(state["block_timestamp"])
        assert self.escrow.time == now and near(self.escrow.total_power(), state["ve_total"])
        for name, want in state["gauges"].items():
            gauge, later = self.gauges[name], (now + 604_800) // 604_800 * 604_800
            assert gauge.deposits == int(want["deposits"]) and near(gauge.working_supply, want["working_supply"])
            assert self.controller.relative_weight(name, now) == int(want["relative_weight"])
            assert self.controller.relative_weight(name, later) == int(want["next_relative_weight"])
            assert self.controller.weight(name, later) == int(want["next_bias"])
            assert self.controller.slope(name, later) == int(want["next_slope"])
        for name, want in state["users"].items():
            self.compare_user(name, want)

    def compare_user(self, name, want):
        lock = self.escrow.lock(name)
        assert (lock.amount, lock.end) == (int(want["locked"]), int(want["lock_end"]))
        assert self.escrow.power(name) == int(want["ve"])
        assert self.controller.power_used(name) == int(want["vote_power_used"])
        for gauge_name, numbers in want["gauges"].items():
            gauge = self.gauges[gauge_name]
            user = gauge.user(name)
            assert user.deposit == int(numbers["deposit"]) and near(user.working, numbers["working"])
            assert near(user.minted, numbers["minted"])
            assert near(gauge.claimable(name, self.escrow, self.controller), numbers["claimable"])
        for gauge_name, numbers in want["votes"].items():
            vote = self.controller.votes[name, gauge_name]
            assert (vote.slope, vote.power, vote.time) == tuple(int(numbers[key]) for key in ("slope", "power", "time"))


@pytest.mark.parametrize("group", ["boost", "vote"])
def test_every_step_of_the_contracts(group):
    steps = [case for case in CASES if case["group"] == group]
    world = World(steps[0])
    assert len(steps) >= 10
    for case in steps:
        if case["outputs"]["reverted"]:
            before = world.escrow, world.controller, dict(world.gauges)
            with pytest.raises(ValueError):
                world.act(case)
            assert before == (world.escrow, world.controller, world.gauges)
        else:
            change = world.act(case)
            if case["op"] == "mint":
                assert near(change.minted, case["outputs"]["paid"])
        world.compare(case["state_after"])
