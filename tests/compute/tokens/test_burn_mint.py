import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.compute import (
    TOKEN,
    akash_lease,
    burn_and_mint,
    exchange_price,
    helium_epoch,
    render_epoch,
    stationary_price,
)
from defi_lib.ledger import Ledger
from tests.support.contracts import assert_refuses

amounts, prices = st.floats(0, 1e9), st.floats(1e-3, 1e4)


def test_at_the_stationary_price_supply_is_at_rest():
    assert stationary_price(20_000.0, 10_000.0) == 2
    assert burn_and_mint(20_000.0, 2.0, 10_000.0).supply_change == 0
    assert burn_and_mint(20_000.0, 4.0, 10_000.0).supply_change == 5000
    assert burn_and_mint(20_000.0, 1.0, 10_000.0).supply_change == -10_000


def test_akash_moves_supply_with_the_market():
    rising, falling = akash_lease(1000.0, 1.14, 1.5), akash_lease(1000.0, 1.14, 0.9)
    assert rising.burned == pytest.approx(877.192982, rel=1e-8)
    assert rising.minted_nodes == pytest.approx(666.666667, rel=1e-8)
    assert rising.supply_change == pytest.approx(-210.526316, rel=1e-8)
    assert falling.supply_change == pytest.approx(233.918129, rel=1e-8)


def test_render_and_helium():
    epoch = render_epoch(10_000.0, 4.0, 1000.0)
    assert (epoch.bought, epoch.burned, epoch.fee) == (2500, 2375, 125)
    assert (epoch.minted_nodes, epoch.minted_foundation) == (250, 750)
    # The net emission limit of a half-hour epoch in 2020 was 34.24 tokens, one hundredth of its schedule.
    assert helium_epoch(20.0, 1.0, 3424.0).minted_nodes == pytest.approx(3444)
    assert helium_epoch(1000.0, 1.0, 3424.0).minted_nodes == pytest.approx(3458.24)
    assert helium_epoch(1000.0, 1.0, 3424.0).supply_change == pytest.approx(2458.24)
    assert helium_epoch(1000.0, 1.0, 0.0).supply_change == -1000  # nothing comes from a schedule that has ended


def test_equation_of_exchange():
    assert exchange_price(1e7, 20.0, 1e8) == pytest.approx(0.005)
    assert exchange_price(1e7, np.array([4.0, 365.0]), 1e8) == pytest.approx([0.025, 0.1 / 365])


@given(amounts, prices, amounts, st.floats(0, 1), st.floats(0, 1))
def test_tokens_are_minted_less_burned(demand, price, minted, burned_share, node_share):
    epoch = burn_and_mint(demand, price, minted, burned_share, node_share)
    ledger = Ledger({"users": "users", "token holders": "token holders"}, new_parties="by name")
    ledger.open("users", "USD", demand)
    ledger.open("token holders", TOKEN, 1e13)
    ledger.book(epoch)
    ledger.check_conserved()
    assert ledger.supply(TOKEN) - 1e13 == pytest.approx(epoch.supply_change, abs=0.01)
    assert ledger.balance("users", TOKEN) == pytest.approx(0, abs=1e-9 * (1 + epoch.bought))
    assert ledger.balance("token holders", "USD") == demand


@given(amounts, prices, prices)
def test_a_lease_is_worth_the_same_twice(payment, bought_at, paid_at):
    lease = akash_lease(payment, bought_at, paid_at)
    assert lease.burned * bought_at == pytest.approx(payment)
    assert lease.minted_nodes * paid_at == pytest.approx(payment)
    assert lease.fee == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: burn_and_mint(-1.0, 1.0, 1.0), r"demand = -1 .*\[0, inf\)"),
        (lambda: burn_and_mint(1.0, 0.0, 1.0), r"price = 0 .*\(0, inf\)"),
        (lambda: burn_and_mint(1.0, 1.0, [1.0, -1.0]), r"minted\[1\] = -1 .*\[0, inf\)"),
        (lambda: burn_and_mint(1.0, 1.0, 1.0, 1.1), r"burned_share = 1.1 .*\[0, 1\]"),
        (lambda: render_epoch(1.0, 1.0, 1.0, node_share=-0.1), r"node_share = -0.1 .*\[0, 1\]"),
        (lambda: helium_epoch(1.0, 1.0, 1.0, -0.01), r"cap_share = -0.01 .*\[0, inf\)"),
        (lambda: akash_lease(1.0, 1.0, 0.0), r"settlement_price = 0 .*\(0, inf\)"),
        (lambda: akash_lease(1.0, 0.0, 1.0), r"deposit_price = 0 .*\(0, inf\)"),
        (lambda: stationary_price(1.0, 0.0), r"minted = 0 .*\(0, inf\)"),
        (lambda: exchange_price(1.0, 0.0, 1.0), r"velocity = 0 .*\(0, inf\)"),
        (lambda: exchange_price(np.ones(2), np.ones(3), 1.0), "shapes do not fit"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)
