from __future__ import annotations

import numpy as np
import pytest

from defi_lib.exchange import ConstantProductPool
from defi_lib.ledger import Ledger
from defi_lib.rewards import buyers_in_turn

POOL = ConstantProductPool((100.0, 100.0), fee=0.0)


def test_two_buyers_have_what_the_curve_leaves_them():
    run = buyers_in_turn(POOL, [100.0, 200.0])
    # First 50 tokens at 2 dollars, then 25 at 8; a quarter of the second step still belongs to the first half.
    assert run.paid.tolist() == [150.0, 150.0]
    assert run.held == pytest.approx([50 + 6.25, 18.75])
    assert run.pool.price(0, 1) == pytest.approx(16.0)
    assert run.returns() == pytest.approx([56.25 * 16 / 150 - 1, 18.75 * 16 / 150 - 1])
    # All at once get back all that was paid, and no more.
    assert np.sum((run.exit_returns() + 1) * run.paid) == pytest.approx(300.0)


def test_what_buyers_and_sellers_leave_over_is_traded_with_the_pool():
    # 60 dollars and 20 tokens meet at 160/120 = 4/3: 45 tokens for the dollars, 26.67 dollars for the tokens.
    buying = buyers_in_turn(POOL, [60.0], insiders=20.0)
    assert buying.insiders == pytest.approx(20 * 4 / 3) and np.sum(buying.held) == pytest.approx(45.0)
    swap = POOL.swap_exact_in(60 - 20 * 4 / 3, 1, 0)
    assert swap.amount_out == pytest.approx(25.0)
    assert buying.pool.reserves == pytest.approx(swap.pool.reserves)
    selling = buyers_in_turn(POOL, [10.0], insiders=20.0)  # at 110/120
    swap = POOL.swap_exact_in(20 - 10 * 12 / 11, 0, 1)
    assert selling.pool.reserves == pytest.approx(swap.pool.reserves)


def test_locked_insiders_sell_later_and_as_much_a_step():
    money, sold = [10.0, 20.0, 30.0, 0.0], 5.0
    late = buyers_in_turn(POOL, money, insiders=sold, locked=2.5)
    first = buyers_in_turn(POOL, money[:2])
    third = buyers_in_turn(first.pool, money[2:3], insiders=sold / 2)
    last = third.pool.swap_exact_in(sold, 0, 1)
    assert late.pool.reserves == pytest.approx(last.pool.reserves)
    assert late.insiders == pytest.approx(third.insiders + last.amount_out)
    waiting = buyers_in_turn(POOL, money, insiders=sold, locked=[0.0, 4.0, 9.0])
    assert waiting.insiders[0] > 0 and waiting.insiders[1:].tolist() == [0.0, 0.0]
    np.testing.assert_allclose(waiting.returns()[:, 2], buyers_in_turn(POOL, money).returns(), rtol=1e-12)


def test_how_long_a_step_is_does_not_matter():
    def boom(steps):
        month = (np.arange(24 * steps) + 0.5) / steps
        left = 1 - 0.9 ** (1 / steps)
        return buyers_in_turn(POOL, 10 * 1.1**month / steps, leave=left, insiders=2 / steps, income=1 / steps)

    coarse, fine = boom(8), boom(16)
    np.testing.assert_allclose(coarse.returns(), fine.returns(), atol=0.01)
    np.testing.assert_allclose(coarse.exit_returns(), fine.exit_returns(), atol=0.01)


def test_dollars_are_only_passed_on():
    rng = np.random.default_rng(3)
    run = buyers_in_turn(POOL, rng.random((30, 4)) * 20, leave=[0.0, 0.1, 0.5, 0.9], insiders=0.7, income=0.3)
    came = np.sum(run.paid, axis=0) + run.income
    left = np.sum(run.proceeds, axis=0) + run.insiders
    np.testing.assert_allclose(came - left, run.pool.reserves[1] - 100.0, rtol=1e-12)
    tokens = POOL.reserves[0] + 30 * 0.7
    assert np.all(run.pool.reserves[0] + np.sum(run.held, axis=0) <= tokens + 1e-9), "the project keeps what it buys"


def test_its_transfers_are_a_ledger():
    run = buyers_in_turn(POOL, [10.0, 20.0, 30.0], leave=0.2, insiders=2.0, income=1.0)
    ledger = Ledger({name: name for name in ("first half", "later half", "insiders", "project's income", "pool")})
    ledger.book(run)
    ledger.check_conserved()
    assert ledger.balance("pool", "USD") == pytest.approx(run.pool.reserves[1] - 100.0)


@pytest.mark.parametrize("money", [1e-6, [1e-6] * 12])
def test_who_is_too_small_to_move_the_price_neither_gains_nor_loses(money):
    run = buyers_in_turn(POOL, np.broadcast_to(money, 12), leave=0.3)
    assert run.returns() == pytest.approx([0.0, 0.0], abs=1e-6)
    assert run.exit_returns() == pytest.approx([0.0, 0.0], abs=1e-6)


def test_scenarios_agree_with_single_runs():
    rng = np.random.default_rng(1)
    money, leave, insiders, income = rng.random((5, 5)) * 30, rng.random(5) * 0.5, rng.random(5), rng.random(5)
    depth = rng.random(5) * 100 + 10
    together = buyers_in_turn(
        ConstantProductPool((depth, 2 * depth), fee=0.0), money, leave=leave, insiders=insiders, income=income
    )
    for k in range(5):
        pool = ConstantProductPool((depth[k], 2 * depth[k]), fee=0.0)
        alone = buyers_in_turn(pool, money[:, k], leave=leave[k], insiders=insiders[k], income=income[k])
        np.testing.assert_allclose(together.returns()[:, k], alone.returns(), rtol=1e-12)
        np.testing.assert_allclose(together.exit_returns()[:, k], alone.exit_returns(), rtol=1e-12)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"money": [0.0, 0.0]}, r"sum of money = 0"),
        ({"money": [-1.0, 2.0]}, r"money\[0\] = -1"),
        ({"pool": ConstantProductPool((1.0, 1.0), fee=0.003)}, r"pool.fee = 0.003"),
        ({"leave": 1.0}, r"leave = 1 .* \[0, 1\)"),
        ({"insiders": -1.0}, r"insiders = -1"),
        ({"locked": -1.0}, r"locked = -1"),
        ({"income": np.nan}, r"income = nan"),
        ({"leave": [0.1, 0.2], "income": [1.0, 2.0, 3.0]}, r"shapes do not fit together"),
    ],
)
def test_errors_name_argument_value_and_range(change, message):
    with pytest.raises(ValueError, match=message):
        buyers_in_turn(**({"pool": POOL, "money": [1.0, 2.0]} | change))
