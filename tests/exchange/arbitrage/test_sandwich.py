import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.exchange import (
    ConstantProductPool,
    best_front_run,
    deterring_tolerance,
    max_front_run,
    min_victim,
    sandwich_attack,
    sandwich_profit,
)

reserves = st.floats(1e-3, 1e9)
fees = st.floats(0.0, 0.1)
victims = st.floats(1e-6, 3.0)  #: parts of the reserve
tolerances = st.floats(0.0, 0.9)


def test_check_values_without_fee():
    attack = sandwich_attack(ConstantProductPool((1000.0, 2e6), 0.0), 20.0, 0.01)
    assert attack.front_run.amount_in == pytest.approx(5.087696, rel=1e-7)
    assert attack.undisturbed.amount_out == pytest.approx(39_215.6863, rel=1e-8)
    assert attack.victim.amount_out == pytest.approx(38_823.5294, rel=1e-8)
    assert attack.attacker_profit == pytest.approx(0.203959, rel=2e-6)


def test_check_value_with_fee_and_the_same_front_run():
    pool = ConstantProductPool((1000.0, 2e6))
    front_run = max_front_run(ConstantProductPool((1000.0, 2e6), 0.0), 20.0, 0.01)
    assert front_run == pytest.approx((-20 + np.sqrt(20**2 + 4 * 1000 * 1020 / 0.99)) / 2 - 1000, rel=1e-10)
    attack = sandwich_attack(pool, 20.0, 0.01, front_run=front_run)
    assert attack.attacker_profit == pytest.approx(0.172113, rel=2e-6)
    assert sandwich_profit(pool, 20.0, front_run) == pytest.approx(0.172113, rel=2e-6)


@given(x=reserves, y=reserves, fee=fees, victim=victims, tolerance=tolerances)
@settings(max_examples=150)
def test_the_largest_front_run_uses_up_the_tolerance(x, y, fee, victim, tolerance):
    pool = ConstantProductPool((x, y), fee)
    front = max_front_run(pool, victim * x, tolerance)
    attack = sandwich_attack(pool, victim * x, tolerance, front_run=front)
    assert attack.victim.amount_out / attack.undisturbed.amount_out == pytest.approx(1 - tolerance, rel=1e-13)


@given(x=reserves, y=reserves, fee=fees, victim=victims, front=st.floats(0.0, 10.0))
@settings(max_examples=150)
def test_the_profit_formula_agrees_with_three_swaps(x, y, fee, victim, front):
    pool = ConstantProductPool((x, y), fee)
    first = pool.swap_exact_in(front * x)
    middle = first.pool.swap_exact_in(victim * x)
    last = middle.pool.swap_exact_in(first.amount_out, 1, 0)
    want = last.amount_out - first.amount_in
    assert sandwich_profit(pool, victim * x, front * x) == pytest.approx(want, rel=1e-12, abs=1e-12 * x * (1 + front))


@given(fee=fees, victim=victims, tolerance=tolerances)
@settings(max_examples=150)
def test_no_allowed_front_run_is_better_than_the_best(fee, victim, tolerance):
    pool = ConstantProductPool((1.0, 1.0), fee)
    best = best_front_run(pool, victim, tolerance)
    largest = max_front_run(pool, victim, tolerance)
    assert 0 <= best <= largest
    profits = sandwich_profit(pool, victim, np.linspace(0.0, largest, 2001))
    assert sandwich_profit(pool, victim, best) >= profits.max() - 1e-14 * (1 + largest)
    assert sandwich_profit(pool, victim, best) >= 0


def test_without_fee_more_is_better_and_with_fee_it_is_not():
    assert best_front_run(ConstantProductPool((1e3, 1e3), 0.0), 20.0, 0.9) == max_front_run(
        ConstantProductPool((1e3, 1e3), 0.0), 20.0, 0.9
    )
    pool = ConstantProductPool((1e3, 1e3), 0.003)
    best = best_front_run(pool, 4.0, 0.9)
    assert best < max_front_run(pool, 4.0, 0.9)
    around = sandwich_profit(pool, 4.0, best * np.array([0.999, 1.0, 1.001]))
    assert np.argmax(around) == 1


@given(x=reserves, y=reserves, fee=fees, victim=victims, tolerance=tolerances, gas=st.floats(0.0, 0.1))
@settings(max_examples=100)
def test_what_one_gains_another_loses(x, y, fee, victim, tolerance, gas):
    attack = sandwich_attack(ConstantProductPool((x, y), fee), victim * x, tolerance, gas * x)
    after, without = attack.pool.reserves, attack.undisturbed.pool.reserves
    gain_in, gain_out = attack.pool_gain
    size = x * (1 + victim) + attack.front_run.amount_in
    assert after[0] - without[0] == pytest.approx(gain_in, abs=1e-13 * size)
    assert after[1] - without[1] == pytest.approx(gain_out, abs=1e-13 * y)
    assert gain_in + attack.attacker_profit + attack.gas == pytest.approx(0.0, abs=1e-15 * size)
    assert gain_out == attack.victim_loss >= -1e-14 * y
    assert attack.extra_fees[0] == pytest.approx(fee * attack.front_run.amount_in)
    assert attack.extra_fees[1] == pytest.approx(fee * attack.back_run.amount_in)


def test_who_cannot_profit_stays_out():
    pool = ConstantProductPool((1000.0, 2e6), 0.003)
    gas = np.array([0.0, 0.1, 0.2])
    attack = sandwich_attack(pool, 20.0, 0.01, gas)
    assert (attack.front_run.amount_in > 0).tolist() == [True, True, False]
    assert attack.gas.tolist() == [0.0, 0.1, 0.0]
    assert attack.attacker_profit[2] == attack.victim_loss[2] == 0.0
    assert attack.attacker_profit[1] == pytest.approx(attack.attacker_profit[0] - 0.1, rel=1e-12)


@given(fee=st.floats(1e-6, 0.2), tolerance=st.floats(1e-4, 0.9))
@settings(max_examples=100)
def test_smaller_victims_than_the_smallest_are_safe(fee, tolerance):
    pool = ConstantProductPool((1.0, 1.0), fee)
    smallest = min_victim(fee)
    assert smallest == pytest.approx(fee, rel=2 * fee)
    assert best_front_run(pool, smallest * (1 - 1e-9), tolerance) == 0.0
    assert best_front_run(pool, smallest * (1 + 1e-6), tolerance) > 0.0
    tiny = 1e-9 * smallest
    assert sandwich_profit(pool, smallest * 0.9, tiny) < 0 < sandwich_profit(pool, smallest * 1.1, tiny)


def test_smallest_victim_without_fee_is_nothing():
    assert min_victim(0.0) == 0.0
    assert min_victim(np.array([0.0, 0.003]))[1] == min_victim(0.003)


@given(fee=fees, victim=victims, gas=st.floats(1e-9, 0.5))
@settings(max_examples=150)
def test_the_deterring_tolerance_is_where_the_profit_is_the_gas(fee, victim, gas):
    pool = ConstantProductPool((1.0, 1.0), fee)
    tolerance = deterring_tolerance(pool, victim, gas)
    assert 0 < tolerance <= 1
    if tolerance == 1.0:
        assert sandwich_profit(pool, victim, best_front_run(pool, victim, 1 - 1e-9)) <= gas * (1 + 1e-9)
        return
    for factor, pays in ((0.999, False), (1.001, True)):
        if factor * tolerance < 1 - 1e-6:
            best = best_front_run(pool, victim, factor * tolerance)
            assert (sandwich_profit(pool, victim, best) > gas * (1 + 1e-9)) <= pays
    at_tolerance = max_front_run(pool, victim, min(tolerance, 1 - 1e-16))
    assert sandwich_profit(pool, victim, at_tolerance) == pytest.approx(gas, rel=1e-4, abs=1e-13)


def test_free_attacks_are_deterred_by_the_fee_only():
    pool = ConstantProductPool((1000.0, 2e6), 0.003)
    assert deterring_tolerance(pool, np.array([2.0, 20.0]), 0.0).tolist() == [1.0, 0.0]


def test_both_directions_and_arrays_agree_with_scalars():
    victim, tolerance = np.array([10.0, 200.0, 3.0]), np.array([0.005, 0.1, 0.0])
    pool, mirror = ConstantProductPool((1000.0, 2e6), 0.003), ConstantProductPool((2e6, 1000.0), 0.003)
    together = sandwich_attack(pool, victim, tolerance, 0.01)
    other_side = sandwich_attack(mirror, victim, tolerance, 0.01, token_in=1, token_out=0)
    np.testing.assert_array_equal(together.attacker_profit, other_side.attacker_profit)
    np.testing.assert_array_equal(together.victim_loss, other_side.victim_loss)
    for i in range(3):
        alone = sandwich_attack(pool, victim.tolist()[i], tolerance.tolist()[i], 0.01)
        assert alone.front_run.amount_in == pytest.approx(together.front_run.amount_in[i], rel=1e-14)
        assert alone.attacker_profit == pytest.approx(together.attacker_profit[i], rel=1e-12)
        assert type(alone.attacker_profit) is type(alone.gas) is float
    assert together.front_run.amount_in[2] == 0.0  # who tolerates nothing loses nothing


def test_tiny_victims_keep_their_digits():
    pool = ConstantProductPool((1.0, 1.0), 0.0)
    # Without fee and to first order a = s/2·x, and the profit 2·v·a/x.
    front = max_front_run(pool, 1e-12, 1e-6)
    assert front == pytest.approx(1e-6 / 2, rel=1e-6)
    assert sandwich_profit(pool, 1e-12, front) == pytest.approx(2e-12 * front, rel=2e-6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda p: sandwich_attack(p, 0.0, 0.1), r"victim_amount = 0 .*\(0, inf\)"),
        (lambda p: sandwich_attack(p, 1.0, 1.0), r"tolerance = 1 .*\[0, 1\)"),
        (lambda p: sandwich_attack(p, 1.0, 0.1, gas=-1.0), r"gas = -1 .*\[0, inf\)"),
        (lambda p: sandwich_attack(p, 1.0, 0.01, front_run=100.0), r"front_run = 100 .*\[0, 5.04"),
        (lambda p: sandwich_attack(p, 1.0, 0.1, token_in=2), r"token_in = 2 "),
        (lambda p: sandwich_attack(p, np.ones(2), np.ones(3) / 9), r"victim_amount \(2,\), tolerance \(3,\)"),
        (lambda p: sandwich_profit(p, 1.0, np.array([1.0, -1.0])), r"front_run\[1\] = -1 .*\[0, inf\)"),
        (lambda p: min_victim(1.0), r"fee = 1 .*\[0, 1\)"),
        (lambda p: deterring_tolerance(p, 1.0, -1.0), r"gas = -1 .*\[0, inf\)"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    with pytest.raises(ValueError, match=message):
        call(ConstantProductPool((1000.0, 2e6)))
