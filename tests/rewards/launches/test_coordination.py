from __future__ import annotations

import numpy as np
import pytest

from defi_lib.exchange import ConstantProductPool
from defi_lib.rewards import BOND, CASH_OUT, HOLD, SELL, STAKE, cash_game, equilibria, three_three_game


def test_the_table_of_olympus():
    table = three_three_game()
    assert table[STAKE].tolist() == [3.0, 3.0, -1.0]
    assert table[BOND].tolist() == [1.0, 1.0, -1.0]
    assert table[SELL].tolist() == [1.0, 1.0, -3.0]
    sums = table + table.T
    published = {(0, 0): 6, (0, 1): 4, (1, 1): 2, (0, 2): 0, (1, 2): 0, (2, 2): -6}
    assert {pair: sums[pair] for pair in published} == published
    assert equilibria(table) == [(STAKE, STAKE)]


def test_without_new_money_cashing_out_dominates():
    table = cash_game(ConstantProductPool((1e6, 1e6)), 1e5)
    assert table[CASH_OUT, HOLD] > table[HOLD, HOLD] == table[CASH_OUT, CASH_OUT] > table[HOLD, CASH_OUT]
    assert equilibria(table) == [(CASH_OUT, CASH_OUT)]


def test_new_money_makes_holding_an_equilibrium():
    pool = ConstantProductPool((1e6, 1e6))
    table = cash_game(pool, 1e5, 0.5, 5e5)
    assert (HOLD, HOLD) in equilibria(table)
    # What the two get more is what the buyers brought and the pool lost.
    assert 2 * table[HOLD, HOLD] < 1e6 + 5e5


def test_what_is_paid_out_was_in_the_pool():
    pool = ConstantProductPool((1e6, 1e6), 0.0)
    table = cash_game(pool, 1e5)
    one = pool.swap_exact_in(1e5)
    assert table[CASH_OUT, HOLD] == one.amount_out
    both = pool.swap_exact_in(2e5).amount_out
    assert table[CASH_OUT, HOLD] + table[HOLD, CASH_OUT] == pytest.approx(both, rel=1e-12)


def test_scenarios_agree_with_single_games():
    money = np.array([0.0, 1e5, 1e6])
    together = cash_game(ConstantProductPool((1e6, 1e6)), 1e5, 0.2, money)
    assert together.shape == (2, 2, 3)
    for row in range(3):
        alone = cash_game(ConstantProductPool((1e6, 1e6)), 1e5, 0.2, float(money[row]))
        np.testing.assert_array_equal(together[:, :, row], alone)


def test_tolerance_and_other_games():
    assert equilibria([[2.0, 0.0], [0.0, 1.0]]) == [(0, 0), (1, 1)]
    assert equilibria([[1.0, 0.0], [1.1, 0.0]], 0.2) == [(0, 0), (0, 1), (1, 0), (1, 1)]


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (lambda: three_three_game(-1.0), r"price_effect = -1"),
        (lambda: three_three_game(1.0, -1.0), r"bond_discount = -1"),
        (
            lambda: cash_game(ConstantProductPool((1.0, 1.0)), 0.0),
            r"tokens = 0 is outside the allowed range \(0, inf\)",
        ),
        (lambda: cash_game(ConstantProductPool((1.0, 1.0)), 1.0, -1.0), r"growth = -1"),
        (lambda: cash_game(ConstantProductPool((1.0, 1.0)), 1.0, 0.0, -1.0), r"new_money = -1"),
        (lambda: cash_game(ConstantProductPool((1.0, 1.0)), [1.0, 1.0], [1.0] * 3), r"shapes do not fit together"),
        (lambda: equilibria([[1.0, 2.0]]), r"payoffs has shape \(1, 2\)"),
        (lambda: equilibria([[1.0]], -1.0), r"tolerance = -1"),
    ],
)
def test_errors_name_argument_value_and_range(action, message):
    with pytest.raises(ValueError, match=message):
        action()
