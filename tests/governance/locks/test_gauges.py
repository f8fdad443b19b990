import copy
import pickle

import numpy as np
import pytest

from defi_lib.governance import (
    MAX_LOCK,
    VOTE_DELAY,
    WEEK,
    Emission,
    GaugeController,
    LiquidityGauge,
    VoteEscrow,
    boost,
    working_balance,
)
from defi_lib.ledger import Ledger
from tests.support.contracts import assert_refuses

TOKEN = 10**18
YEAR = 365 * 86_400


def test_boost_of_the_documentation():
    assert working_balance(1e4, 1e6, 0.5, 100.0) == 7_000 and boost(1e4, 1e6, 0.5, 100.0) == pytest.approx(1.75)
    assert boost(1.0, 10.0, 0.0, 1.0) == 1 and boost(1.0, 10.0, 1.0, 1.0) == 2.5
    assert boost(1.0, 1.0, np.array([0.0, 0.5, 1.0]), 1.0) == pytest.approx([1.0, 1.75, 2.5])


def world():
    escrow = VoteEscrow(0).create_lock("ann", 10_000 * TOKEN, MAX_LOCK).after
    escrow = escrow.create_lock("bob", 30_000 * TOKEN, MAX_LOCK).after
    controller = GaugeController().add_gauge("pool", 0).add_gauge("other", 0)
    return escrow, controller.vote("ann", "pool", 10_000, escrow).vote("bob", "other", 10_000, escrow)


def test_votes_share_the_emission_and_add_up_to_one():
    escrow, controller = world()
    weights = [controller.relative_weight(gauge, WEEK) / 1e18 for gauge in ("pool", "other")]
    assert weights == pytest.approx([0.25, 0.75])
    assert controller.relative_weight("pool", 0) == 0, "a vote counts from the next week on"
    assert controller.relative_weight("pool", MAX_LOCK) == 0, "and leaves with the lock"
    again = controller.vote("bob", "other", 5_000, escrow.advance(VOTE_DELAY))
    assert again.power_used("bob") == 5_000
    assert again.relative_weight("pool", 2 * WEEK) / 1e18 == pytest.approx(0.4)


def test_what_a_gauge_pays_is_what_its_weight_earned_less_dust():
    escrow, controller = world()
    gauge = LiquidityGauge("pool", 0, Emission(TOKEN, 10 * YEAR))
    for name, amount in (("ann", 100), ("bob", 100), ("eve", 200)):
        gauge = gauge.deposit(name, amount * TOKEN, escrow, controller).after
    escrow = escrow.advance(5 * WEEK)
    book = Ledger({name: "provider" for name in ("ann", "bob", "eve")} | {"pool": "gauge"})
    for name in ("ann", "bob", "eve"):
        change = gauge.mint(name, escrow, controller)
        book.book(change)
        gauge = change.after
    earned = sum(controller.relative_weight("pool", week * WEEK) for week in range(1, 5)) * WEEK
    paid = [book.balance(name, "CRV") for name in ("ann", "bob", "eve")]
    assert sum(paid) == pytest.approx(earned, rel=1e-12) and paid == pytest.approx([paid[0], paid[0], 2 * paid[0]])
    assert [gauge.user(name).working / TOKEN for name in ("ann", "bob", "eve")] == pytest.approx([100, 100, 80])


def test_a_gauge_without_deposits_pays_nobody_later():
    escrow, controller = world()
    gauge = LiquidityGauge("pool", 0, Emission(TOKEN, 10 * YEAR))
    late = escrow.advance(3 * WEEK)
    gauge = gauge.deposit("ann", TOKEN, late, controller).after
    assert gauge.integral == 0 and gauge.claimable("ann", late.advance(WEEK), controller) > 0


def test_the_rate_falls_at_the_end_of_an_epoch_and_not_before():
    escrow, controller = world()
    emission = Emission(TOKEN, YEAR)
    assert (
        emission.updated(YEAR - 1) == emission and emission.updated(YEAR).rate == TOKEN * 10**18 // 1189207115002721024
    )
    gauge = LiquidityGauge("pool", 0, emission).deposit("ann", TOKEN, escrow, controller).after
    year = gauge.claimable("ann", escrow.advance(YEAR), controller)
    both = gauge.claimable("ann", escrow.advance(2 * YEAR), controller)
    assert both - year < year


ESCROW, CONTROLLER = world()
GAUGE = LiquidityGauge("pool", 0).deposit("ann", 5, ESCROW, CONTROLLER).after


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: GaugeController([]), "type_weights"),
        (lambda: CONTROLLER.add_gauge("pool", 0), "gauge = 'pool' is there already"),
        (lambda: CONTROLLER.relative_weight("pond", 0), "gauge = 'pond' is unknown: allowed are 'pool', 'other'"),
        (lambda: CONTROLLER.vote("ann", "other", 1, ESCROW), "makes 10001 with the other votes"),
        (lambda: CONTROLLER.vote("ann", "pool", 5, ESCROW.advance(VOTE_DELAY - 1)), "again from 864000 on"),
        (lambda: CONTROLLER.vote("eve", "pool", 1, ESCROW), "'eve' has a lock until 0"),
        (lambda: GAUGE.withdraw("ann", 6, ESCROW, CONTROLLER), "amount = 6 .* from 0 to 5"),
        (lambda: GAUGE.kick("ann", ESCROW, CONTROLLER), "kick is not allowed"),
        (lambda: working_balance(2.0, 1.0, 0.0, 1.0), r"total = 1 .*\[2, inf\]"),
        (lambda: boost(0.0, 1.0, 0.0, 1.0), r"deposit = 0 .*\(0, inf\)"),
    ],
)
def test_refusals_name_the_argument(call, message):
    assert_refuses(call, message)


@pytest.mark.parametrize("state", [CONTROLLER, GAUGE])
def test_states_travel(state):
    assert pickle.loads(pickle.dumps(state)) == state == copy.deepcopy(state)
