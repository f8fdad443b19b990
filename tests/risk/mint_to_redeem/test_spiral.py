"""The run in closed form against the contract block by block, and what no run may do."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.exchange import ConstantProductPool
from defi_lib.ledger import Ledger
from defi_lib.risk import TerraMarket, spiral
from defi_lib.risk.mint_to_redeem.decimal import ONE

COIN = {
    "supply": 17.6e9,
    "leaving": 0.7,
    "days": 4.0,
    "base_pool": 67e6,
    "recovery_period": 36,
    "pool": 500e6,
    "value": 21.8e9,
    "token_supply": 346e6,
    "answer": 1.0,
    "reserve": 2.7e9,
}
SMALL = {
    "supply": 3e6,
    "leaving": 0.8,
    "days": 0.4,
    "base_pool": 1e6,
    "recovery_period": 200,
    "pool": 4e5,
    "value": 20e6,
    "token_supply": 1e6,
    "reserve": 3e5,
    "blocks_per_day": 5_000,
    "answer": 0.0,
}


def block_by_block(days, least):
    """The same run with the contract in whole numbers and the pool of module 1."""
    blocks, pace = int(days * 5_000), 0.8 * 3e6 / 0.4 / 5_000
    market = TerraMarket(10**6 * 10**6 * ONE, round(least * ONE), 200, {"usdr": ONE, "uusd": ONE})
    pool = ConstantProductPool((4e5, 4e5), fee=0.0)
    reserve, redeemed = 3e5, 0.0
    for block in range(blocks):
        offered = pace if block < 2_000 else 0.0
        paid = min(reserve, offered)
        reserve -= paid
        pool = pool.swap_exact_in(offered - paid).pool
        delta = market.delta / ONE / 1e6
        q, q_market = (pool.reserves[0] - 4e5) / 4e5, max(delta / 1e6, (1 - least) ** -0.5 - 1)
        if q > q_market:
            # At the least spread the pool goes back to it; beyond, both move until they meet.
            room = max(q_market * 1e6 - delta, 0.0)
            out = min((q - q_market) * 4e5, room)
            out += ((q * 4e5 - out) * 1e6 - (delta + out) * 4e5) / 1.4e6 if (q - q_market) * 4e5 > room else 0.0
            pool = pool.swap_exact_out(out, token_in=1, token_out=0).pool
            redeemed += out
            market = market.swap("uusd", "uluna", round(out * 1e6)).after if out > 1e-5 else market
        market = market.replenish()
    return pool.price(), redeemed


@pytest.mark.parametrize("least", [0.0, 0.02, 0.2])
@pytest.mark.parametrize("days", [0.1, 0.4, 0.5])
def test_it_is_the_contract_block_by_block(days, least):
    run = spiral(days, **SMALL, min_spread=least)
    price, redeemed = block_by_block(days, least)
    assert run.coin_price == pytest.approx(price, rel=4e-3)
    assert run.redeemed == pytest.approx(redeemed, rel=6e-3, abs=500.0)


worlds = st.fixed_dictionaries(
    {
        "leaving": st.floats(0.0, 1.0),
        "days": st.floats(0.1, 20.0),
        "base_pool": st.floats(1e5, 1e10),
        "recovery_period": st.floats(1.0, 1e5),
        "pool": st.floats(1e6, 1e10),
        "answer": st.floats(0.0, 10.0),
        "reserve": st.floats(0.0, 1e10),
        "min_spread": st.floats(0.0, 0.5),
        "halt": st.floats(1e-4, 0.5),
    }
)


@given(world=worlds)
@settings(max_examples=200)
def test_what_holders_lose_somebody_got_or_was_paper(world):
    run = spiral(np.array([0.0, 0.3, 1.0, 5.0, 40.0]), **(COIN | world))
    scale = 60e9
    lost, got = sum(run.losses.values()), run.redeemed
    assert lost == pytest.approx(run.paper + got, abs=1e-9 * scale)
    assert np.all(np.isfinite([part for part in run if np.ndim(part)]))
    assert np.all((run.coin_price > 0) & (run.coin_price <= 1 + 1e-12))
    assert np.all(np.diff(run.token_supply) >= -1e-6 * run.token_supply[1:])
    assert np.all(np.diff(run.raised) >= -1e-9 * scale) and np.all(run.raised <= run.redeemed * (1 + 1e-9) + 1.0)
    assert np.all(np.diff(run.halted) >= 0) and np.all(run.sold <= 17.6e9 * (1 + 1e-12))
    ledger = Ledger(new_parties="by name")
    ledger.party("leavers")
    ledger.book(run)
    ledger.check_conserved()
    assert ledger.balance("leavers", "USD") == pytest.approx(run.proceeds, abs=1.0)
    assert ledger.balance("leavers", "UST") == pytest.approx(-run.sold, abs=1e-9 * scale)


@given(world=worlds, more=st.floats(0.1, 3.0))
@settings(max_examples=100)
def test_a_larger_reserve_never_makes_a_run_worse(world, more):
    # While the run lasts; afterwards both are back at the least spread, or not.
    coin = COIN | world
    less = spiral(coin["days"], **coin)
    richer = spiral(coin["days"], **(coin | {"reserve": coin["reserve"] * (1 + more) + 1e8}))
    assert richer.coin_price >= less.coin_price - 1e-9
    assert richer.raised <= less.raised + 1.0 and richer.halted <= less.halted


def test_placebos():
    nobody = spiral(9.0, **(COIN | {"leaving": 0.0}))
    assert nobody.coin_price == 1.0 and sum(nobody.losses.values()) == 0.0 and nobody.transfers() == ()
    all_reserved = spiral(9.0, **(COIN | {"reserve": 18e9}))
    assert all_reserved.coin_price == 1.0 and all_reserved.raised == 0.0 and all_reserved.token_value == 21.8e9
    unmoved = spiral(9.0, **(COIN | {"answer": 0.0}))
    assert unmoved.token_value == 21.8e9 and unmoved.token_supply == pytest.approx(
        346e6 * np.exp(unmoved.raised / 21.8e9)
    )


def test_after_the_halt_leavers_have_only_the_pool():
    run = spiral(np.array([1.0, 3.0, 9.0]), **(COIN | {"answer": 5.0}))
    assert run.halted.tolist() == [0.0, 1.0, 1.0]
    assert run.token_value[1:] == pytest.approx(21.8e9 * 1e-3)
    assert run.redeemed[1] == pytest.approx(run.redeemed[2])
    assert run.halt_time[1] == pytest.approx(run.halt_time[2])
    dead = spiral(run.halt_time[1], **(COIN | {"answer": 5.0}))
    coins = 500e6 * dead.coin_price**-0.5 + (run.sold[2] - dead.sold)
    assert run.coin_price[2] == pytest.approx((500e6 / coins) ** 2)


def test_who_survives_returns_to_the_least_spread():
    assert spiral(60.0, **COIN).coin_price == pytest.approx(0.98)
    assert spiral(3.0, **COIN).coin_price < 0.9


def test_many_worlds_are_each_world():
    answers = np.array([0.0, 1.0, 3.0, 6.0])
    many = spiral(np.array([[2.0], [9.0]]), **(COIN | {"answer": answers}))
    for row, time in enumerate((2.0, 9.0)):
        for column, answer in enumerate(answers.tolist()):
            one = spiral(time, **(COIN | {"answer": answer}))
            for name in ("coin_price", "token_supply", "raised", "halt_time"):
                assert getattr(many, name)[row, column] == pytest.approx(getattr(one, name), rel=1e-9)


@pytest.mark.parametrize(
    "name, value",
    [
        ("supply", 0.0),
        ("leaving", 1.1),
        ("days", 0.0),
        ("base_pool", -1.0),
        ("recovery_period", 0.5),
        ("pool", 0.0),
        ("value", 0.0),
        ("token_supply", np.nan),
        ("answer", -0.1),
        ("reserve", -1.0),
        ("min_spread", 1.0),
        ("halt", 0.0),
        ("blocks_per_day", 0.0),
    ],
)
def test_errors(name, value):
    with pytest.raises(ValueError, match=name):
        spiral(1.0, **(COIN | {name: value}))
