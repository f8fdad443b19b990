"""Exactly at an edge, to within rounding, nobody trades."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.exchange import (
    ConstantProductPool,
    WeightedPool,
    arbitrage_between,
    arbitrage_outside,
    best_front_run,
    deterring_tolerance,
    max_front_run,
    min_victim,
    no_trade_band,
    sandwich_attack,
)

reserves = st.floats(0.1, 1e9)
fees = st.sampled_from([0.0005, 0.003, 0.01, 0.1])
few = settings(max_examples=100, deadline=None)


@few
@given(x=reserves, y=reserves, fee=fees)
def test_at_the_edge_of_the_band_nobody_trades(x, y, fee):
    for pool in (ConstantProductPool((x, y), fee), WeightedPool((x, y), (0.8, 0.2), fee)):
        band = np.array(no_trade_band(pool.price(), fee))
        for price in (band, *band.tolist()):
            found = arbitrage_outside(pool, price)
            assert np.all(found.bought.amount_in == 0) and np.all(found.sold.amount_in == 0)
            assert np.all(found.profit == 0)
        beyond = arbitrage_outside(pool, band * (1 + np.array([-1e-9, 1e-9])))
        assert beyond.sold.amount_in[0] > 0 and beyond.bought.amount_in[1] > 0


@few
@given(x=reserves, y=reserves, fee=fees)
def test_between_pools_at_the_edge_of_each_others_band_nobody_trades(x, y, fee):
    near, far = ConstantProductPool((x, y), fee), ConstantProductPool((3 * x, 3 * y / (1 - fee) ** 2), fee)
    assert [cycle.amount_in for cycle in arbitrage_between(near, far)] == [0.0, 0.0]


@few
@given(x=reserves, y=reserves, fee=fees, part=st.floats(0.1, 0.9))
def test_an_attack_that_only_just_pays_is_not_made(x, y, fee, part):
    pool = ConstantProductPool((x, y), fee)
    assert best_front_run(pool, min_victim(fee) * x, 0.05) == 0.0
    victim = 3 * min_victim(fee) * x
    gas = part * sandwich_attack(pool, victim, 0.05).attacker_profit
    if gas > 0:
        tolerance = deterring_tolerance(pool, victim, gas)
        assert sandwich_attack(pool, victim, tolerance, gas).front_run.amount_in == 0.0
    largest = max_front_run(pool, victim, 0.01)
    assert sandwich_attack(pool, victim, 0.01, front_run=largest * (1 + 1e-15)).victim_loss > 0
    with pytest.raises(ValueError, match="front_run = "):
        sandwich_attack(pool, victim, 0.01, front_run=largest * (1 + 1e-13))
