import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from defi_lib.staking import LiquidStakingPool
from tests.support.contracts import assert_refuses


def test_rewards_raise_the_rate_and_the_fee_is_paid_in_shares():
    report = LiquidStakingPool(1000.0, 800.0, 0.1).report(50.0)
    assert report.pool.pooled == 1050
    assert report.fee == pytest.approx(5)
    assert report.pool.balance(report.fee_shares) == pytest.approx(5, rel=1e-14)
    assert report.pool.balance(800.0) == pytest.approx(1045, rel=1e-14)
    assert report.holders_gain == pytest.approx(45)


def test_slashing_is_shared_and_costs_no_fee():
    report = LiquidStakingPool(1000.0).report(10.0, 60.0)
    assert report.fee == report.fee_shares == 0
    assert report.pool.rate == pytest.approx(0.95)


def test_rebasing_and_wrapped_tokens_are_the_same_claim():
    pool = LiquidStakingPool(1000.0)
    mine = pool.deposit(10.0)
    later = mine.pool.report(101.0).pool
    assert later.balance(mine.shares) == pytest.approx(mine.shares * later.rate)
    assert later.redeem(mine.shares).amount == pytest.approx(-10 * (1 + 0.9 * 101 / 1010), rel=1e-14)


def test_scenarios_agree_with_single_runs():
    rewards = np.array([0.0, 5.0, 50.0])
    together = LiquidStakingPool(1000.0).deposit(3.0).pool.report(rewards, 10.0)
    for i, reward in enumerate(rewards):
        alone = LiquidStakingPool(1000.0).deposit(3.0).pool.report(float(reward), 10.0)
        assert alone.pool.rate == pytest.approx(together.pool.rate[i], rel=1e-15)
        assert alone.fee == pytest.approx(together.fee[i], rel=1e-15)


@pytest.mark.parametrize("scale", [1e-12, 1e18])
def test_tiny_and_huge_pools(scale):
    change = LiquidStakingPool(scale).deposit(scale * 1e-9)
    assert change.pool.redeem(change.shares).amount == pytest.approx(-scale * 1e-9, rel=1e-14)


class Holders(RuleBasedStateMachine):
    """Deposits, redemptions and reports: claims always add up to what is pooled."""

    def __init__(self):
        super().__init__()
        self.pool = LiquidStakingPool(1000.0)
        self.shares = {"first": 1000.0, "operators": 0.0, "alice": 0.0, "bob": 0.0}
        self.paid_in = 1000.0

    @rule(who=st.sampled_from(["alice", "bob"]), amount=st.floats(0, 1e6))
    def deposit(self, who, amount):
        change = self.pool.deposit(amount)
        assert change.pool.rate == pytest.approx(self.pool.rate, rel=1e-12)
        self.pool, self.paid_in = change.pool, self.paid_in + change.amount
        self.shares[who] += change.shares

    @rule(who=st.sampled_from(["alice", "bob", "operators"]), part=st.floats(0, 1))
    def redeem(self, who, part):
        change = self.pool.redeem(self.shares[who] * part)
        assert change.pool.rate == pytest.approx(self.pool.rate, rel=1e-12)
        self.pool, self.paid_in = change.pool, self.paid_in + change.amount
        self.shares[who] += change.shares

    @rule(reward=st.floats(0, 0.2), slashed=st.floats(0, 0.2))
    def report(self, reward, slashed):
        report = self.pool.report(reward * self.pool.pooled, slashed * self.pool.pooled)
        self.pool, self.paid_in = report.pool, self.paid_in + report.reward - report.slashed
        self.shares["operators"] += report.fee_shares

    @invariant()
    def claims_add_up(self):
        assert sum(map(self.pool.balance, self.shares.values())) == pytest.approx(self.pool.pooled, rel=1e-9)
        assert self.pool.pooled == pytest.approx(self.paid_in, rel=1e-9, abs=1e-6)


TestHolders = Holders.TestCase
TestHolders.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: LiquidStakingPool(0), r"pooled = 0 is outside the allowed range \(0, inf\)"),
        (lambda: LiquidStakingPool(1, 0), r"shares = 0"),
        (lambda: LiquidStakingPool(1, 1, 1), r"fee = 1 is outside the allowed range \[0, 1\)"),
        (lambda: LiquidStakingPool([1, 2], [1, 2, 3]), r"shapes do not fit together"),
        (lambda: LiquidStakingPool(1).balance(-1), r"shares = -1"),
        (lambda: LiquidStakingPool(1).deposit(-1), r"amount = -1"),
        (lambda: LiquidStakingPool(1).redeem(1), r"shares = 1 is outside the allowed range \[0, 1\)"),
        (lambda: LiquidStakingPool(1).redeem([0.5, -1]), r"shares\[1\] = -1"),
        (lambda: LiquidStakingPool(1).report(-1), r"reward = -1"),
        (lambda: LiquidStakingPool(1).report(0.5, 1.5), r"slashed = 1.5 is outside the allowed range \[0, 1.5\)"),
        (lambda: LiquidStakingPool(1).report(0.5, -1), r"slashed = -1"),
    ],
)
def test_errors(call, message):
    assert_refuses(call, message)
