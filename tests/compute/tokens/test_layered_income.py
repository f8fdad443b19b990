"""Income on top of income."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.compute import layer_income, staking_dilution
from defi_lib.exchange import impermanent_loss
from tests.support.contracts import assert_refuses


def test_more_tokens_of_a_falling_token_are_worth_less():
    year = layer_income(1000.0, -0.7, 0.4, 0.2, 0.4, 0.3)
    assert year.sold == pytest.approx(200)
    assert year.staked == pytest.approx(400 * 1.2 * 0.3)
    assert year.pooled == pytest.approx(400 * 1.3 * 0.3**0.5)
    assert year.total < 1000
    assert layer_income(1000.0, 0.5, 1.0, 0.2).total == pytest.approx(1800)
    assert layer_income(1000.0, -1.0, 0.5, 9.0, 0.5, 9.0).total == 0


@given(st.floats(-0.99, 20))
def test_a_pool_is_the_exchange_without_fees(price_return):
    held = 1 + price_return / 2
    pooled = layer_income(1.0, price_return, 0.0, 0.0, 1.0).pooled
    assert pooled / held - 1 == pytest.approx(impermanent_loss(1 + price_return), abs=1e-12)


@given(st.floats(0, 5), st.floats(0, 1))
def test_staking_rewards_create_nothing(rate, staked):
    change = staking_dilution(rate, staked)
    assert staked * change.stakers + (1 - staked) * change.others == pytest.approx(0, abs=1e-12)
    assert change.stakers >= 0 >= change.others
    assert staking_dilution(rate, 1.0).stakers == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: layer_income(-1.0, 0.0), r"value = -1 .*\[0, inf\)"),
        (lambda: layer_income(1.0, -1.5), r"price_return = -1.5 .*\[-1, inf\)"),
        (lambda: layer_income(1.0, 0.0, 0.6, 0.0, 0.6), r"staked_share \+ pooled_share = 1.2 .*at most 1"),
        (lambda: layer_income(1.0, 0.0, 0.5, -0.1), r"staking_rate = -0.1 .*\[0, inf\)"),
        (lambda: staking_dilution(0.1, 1.1), r"staked_supply = 1.1 .*\[0, 1\]"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)


def test_parts_that_are_just_all():
    year = layer_income(1.0, 0.0, 0.7, 0.0, 0.1 + 0.2)  # a little more than 1
    assert year.sold == 0 and year.total == pytest.approx(1)
    assert layer_income(1.0, 0.0, 0.9, 0.0, 1 - 0.9).sold == 0
