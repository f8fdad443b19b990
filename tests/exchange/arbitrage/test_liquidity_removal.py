import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.exchange import ConstantProductPool, price_factor, pull_liquidity
from tests.support.contracts import assert_refuses


def test_check_value():
    pool = ConstantProductPool((1e6, 100_000.0))
    pull = pull_liquidity(pool, 0.95)
    assert pull.removal.amounts[1] == pytest.approx(95_000.0, rel=1e-12)
    assert pull.removal.amounts[0] == pytest.approx(950_000.0, rel=1e-12)
    assert pull.holder_loss == 0.0


@given(x=st.floats(1.0, 1e9), y=st.floats(1.0, 1e9), share=st.floats(0.0, 0.999), sale=st.floats(0.0, 1e9))
@settings(max_examples=100)
def test_the_sale_moves_the_price_by_the_factor_of_the_smaller_pool(x, y, share, sale):
    pull = pull_liquidity(ConstantProductPool((x, y), 0.0), share, sale)
    factor = price_factor(x, sale, share)
    assert factor == pytest.approx(((1 - share) * x / ((1 - share) * x + sale)) ** 2, rel=1e-14)
    assert pull.sale.price_after / pull.sale.price_before == pytest.approx(factor, rel=1e-12)
    assert pull.holder_loss >= -1e-12 * y
    # What the owner took, what the holder got and what is left is what the pool held.
    assert pull.removal.amounts[1] + pull.sale.amount_out + pull.pool.reserves[1] == pytest.approx(y, rel=1e-13)
    assert pull.removal.amounts[0] + pull.pool.reserves[0] == pytest.approx(x + sale, rel=1e-13)


def test_who_leaves_late_pays_for_it_in_either_direction():
    pool = ConstantProductPool((1e6, 100_000.0), 0.003)
    pull = pull_liquidity(pool, np.array([0.0, 0.5, 0.95]), 10_000.0)
    assert pull.holder_loss[0] == 0.0
    assert np.all(np.diff(pull.holder_loss) > 0)
    other = pull_liquidity(pool, 0.5, 1000.0, token_in=1, token_out=0)
    assert other.sale.token_in == 1
    assert other.holder_loss == pytest.approx(
        pool.swap_exact_in(1000.0, 1, 0).amount_out
        - ConstantProductPool((5e5, 5e4)).swap_exact_in(1000.0, 1, 0).amount_out,
        rel=1e-12,
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: pull_liquidity(ConstantProductPool((1.0, 1.0)), 1.0), r"share = 1 .*\[0, 1\)"),
        (lambda: pull_liquidity(ConstantProductPool((1.0, 1.0)), 0.5, -1.0), r"sale = -1 .*\[0, inf\)"),
        (
            lambda: pull_liquidity(ConstantProductPool((1.0, 1.0)), np.ones(2) / 2, np.ones(3)),
            r"share \(2,\), sale \(3,\)",
        ),
        (lambda: price_factor(0.0, 1.0), r"reserve = 0 .*\(0, inf\)"),
        (lambda: price_factor(1.0, -1.0), r"sale = -1 .*\[0, inf\)"),
        (lambda: price_factor(1.0, 1.0, np.array([0.0, 1.0])), r"share_removed\[1\] = 1 .*\[0, 1\)"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)
