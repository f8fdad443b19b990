"""Erasure coding, durability, repair, what storage costs, and data sold with a bonding curve."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.compute import (
    ACCESS,
    ReedSolomon,
    correlated_loss,
    endowment,
    endowment_left,
    field_inverse,
    field_product,
    grouped_loss,
    loss_probability,
    matrix_inverse,
    matrix_product,
    record_payments,
    repair_plan,
    sell_data,
    storage_month,
    yearly_loss,
)
from defi_lib.exchange import BondingCurve
from defi_lib.ledger import Ledger, profits

ELEMENTS = np.arange(256, dtype=np.uint8)


def polynomial_product(one, other):
    """Multiplication bit by bit, reduced by x⁸ + x⁴ + x³ + x² + 1."""
    result = 0
    while other:
        if other & 1:
            result ^= one
        one = one << 1 ^ (0x11D if one & 0x80 else 0)
        other >>= 1
    return result


def test_the_field_is_that_of_polynomials():
    table = field_product(ELEMENTS[:, np.newaxis], ELEMENTS)
    expected = [[polynomial_product(a, b) for b in range(256)] for a in range(256)]
    assert table.tolist() == expected
    assert np.all(field_product(ELEMENTS[1:], field_inverse(ELEMENTS[1:])) == 1)


def test_matrices():
    random = np.random.default_rng(1)
    matrix = random.integers(0, 256, (12, 12), dtype=np.uint8)
    np.testing.assert_array_equal(matrix_product(matrix, matrix_inverse(matrix)), np.eye(12))
    with pytest.raises(ValueError, match="matrix of 2 rows is singular"):
        matrix_inverse(np.ones((2, 2), dtype=np.uint8))
    with pytest.raises(ValueError, match="element = 0 has no inverse"):
        field_inverse(np.array([3, 0], dtype=np.uint8))


@settings(deadline=None)
@given(st.binary(max_size=300), st.integers(1, 40), st.integers(0, 40), st.randoms(use_true_random=False))
def test_any_k_pieces_give_the_file_back(data, needed, spare, random):
    code = ReedSolomon(needed, needed + spare)
    pieces = code.encode(data)
    assert len(pieces) == needed + spare
    assert b"".join(pieces[:needed])[: len(data)] == data
    numbers = random.sample(range(needed + spare), needed)
    left = {number: pieces[number] for number in numbers}
    assert code.decode(left, len(data)) == data
    lost = random.randrange(needed + spare)
    assert code.repair(left, lost) == pieces[lost]


def test_the_largest_code():
    code = ReedSolomon(100, 256)
    data = np.random.default_rng(2).bytes(5000)
    pieces = code.encode(data)
    assert code.decode(dict(enumerate(pieces[156:], 156)), 5000) == data
    assert code.expansion == 2.56


def test_durability_check_values():
    losses = np.array([0.2, 0.3, 0.5])
    np.testing.assert_allclose(loss_probability(29, 80, losses), [2.9175e-18, 1.1132e-10, 4.8414e-3], rtol=1e-4)
    np.testing.assert_allclose(loss_probability(1, 3, losses), [8e-3, 2.7e-2, 0.125])
    np.testing.assert_allclose(loss_probability(20, 40, losses), [5.0273e-6, 2.4194e-3, 0.43731], rtol=1e-4)
    assert ReedSolomon(29, 80).expansion == pytest.approx(2.7586, rel=1e-4)


@given(st.integers(1, 40), st.integers(0, 40), st.integers(0, 64))
def test_durability_is_the_binomial_tail(needed, spare, part):
    pieces, p = needed + spare, Fraction(part, 64)
    exact = sum(comb(pieces, i) * (1 - p) ** i * p ** (pieces - i) for i in range(needed))
    assert loss_probability(needed, pieces, part / 64) == pytest.approx(float(exact), rel=1e-11)


def test_common_failures_beat_every_code():
    alone, together = loss_probability(29, 80, 0.1), correlated_loss(29, 80, 0.1, 0.2)
    assert together > 1e9 * alone
    assert correlated_loss(29, 80, 0.3, 1e-7) == pytest.approx(loss_probability(29, 80, 0.3), rel=1e-2)
    assert correlated_loss(29, 80, 0.3, 0.0) == loss_probability(29, 80, 0.3)
    assert correlated_loss(1, 1, 0.3, 0.5) == pytest.approx(0.3)
    assert correlated_loss(5, 9, 1.0, 0.5) == 1
    assert correlated_loss(1, 2, 0.3, 0.4) == pytest.approx(0.09 + 0.4 * 0.21)  # the meaning of a correlation


def test_correlated_losses_agree_with_draws():
    random = np.random.default_rng(3)
    chance = random.beta(0.2 * 4, 0.8 * 4, 200_000)  # correlation 1/5
    lost = random.binomial(20, chance) > 10
    expected = correlated_loss(10, 20, 0.2, 0.2)
    assert lost.mean() == pytest.approx(expected, abs=4 * np.sqrt(expected / 200_000))


def test_groups():
    assert grouped_loss(2, 4, 2, 0.1) == pytest.approx(0.01)  # two in each of two places: one place is enough
    assert grouped_loss(3, 4, 2, 0.1) == pytest.approx(0.19)
    assert grouped_loss(29, 80, 80, 0.0, 0.3) == pytest.approx(loss_probability(29, 80, 0.3))
    assert grouped_loss(29, 80, 80, 0.3) == pytest.approx(loss_probability(29, 80, 0.3))
    assert grouped_loss(29, 80, 1, 0.01) == pytest.approx(0.01)
    random = np.random.default_rng(4)
    left = (random.random((100_000, 4)) > 0.2).sum(axis=1)
    lost = random.binomial(left * 5, 0.7) < 9
    expected = grouped_loss(9, 20, 4, 0.2, 0.3)
    assert lost.mean() == pytest.approx(expected, abs=4 * np.sqrt(expected / 100_000))


def test_a_year_with_checks():
    assert yearly_loss(29, 80, 0.3) == pytest.approx(loss_probability(29, 80, 0.3), rel=1e-12)
    assert yearly_loss(1, 3, 0.19, 2) == pytest.approx(1 - (1 - 0.1**3) ** 2, rel=1e-12)
    assert yearly_loss(1, 3, 0.2, group_loss=0.1) == pytest.approx(0.28**3)  # each copy with another operator
    assert yearly_loss(29, 80, 0.1, groups=10, group_loss=0.2) == pytest.approx(grouped_loss(29, 80, 10, 0.2, 0.1))
    assert yearly_loss(29, 80, 0.2, 4, shock=0.9, shock_chance=0.01) == pytest.approx(0.01, rel=1e-3)
    assert yearly_loss(29, 80, 0.2, 1, shock=0.3, shock_chance=1.0) == pytest.approx(loss_probability(29, 80, 0.44))
    assert yearly_loss(29, 80, 0.2, 1, shock_chance=0.5) == pytest.approx(loss_probability(29, 80, 0.2))
    assert [yearly_loss(1, 2, part, 1, shock=shock, shock_chance=1.0) for part, shock in ((1.0, 0.0), (0.0, 1.0))] == [
        1,
        1,
    ]
    assert yearly_loss(1, 2, 1.0, 3) == yearly_loss(2, 4, 0.0, 3, groups=1, group_loss=1.0) == 1
    assert yearly_loss(1, 2, 0.0, 3) == 0


def test_a_year_with_checks_agrees_with_draws():
    random, runs = np.random.default_rng(6), 100_000
    struck, when = random.random(runs) < 0.3, random.integers(0, 4, runs)
    alive = np.ones(runs, dtype=bool)
    for quarter in range(4):
        there = random.random((runs, 5)) > 1 - 0.8**0.25
        own = random.random((runs, 5, 4)) > 1 - 0.6**0.25
        hit = (struck & (when == quarter))[:, np.newaxis, np.newaxis] & (random.random((runs, 5, 4)) < 0.25)
        alive &= np.sum(there[:, :, np.newaxis] & own & ~hit, axis=(1, 2)) >= 13
    expected = yearly_loss(13, 20, 0.4, 4, groups=5, group_loss=0.2, shock=0.25, shock_chance=0.3)
    assert 1 - alive.mean() == pytest.approx(expected, abs=4 * np.sqrt(expected / runs))


@given(
    st.integers(1, 6),
    st.sampled_from([1, 2, 3, 6]),
    st.integers(1, 12),
    st.lists(st.floats(0, 1), min_size=4, max_size=4),
)
def test_a_year_with_checks_is_a_chance(needed, groups, checks, chances):
    piece, group, shock, chance = chances
    rest = {"groups": groups, "group_loss": group, "shock": shock, "shock_chance": chance}
    loss = yearly_loss(needed, 6, piece, checks, **rest)
    assert type(loss) is float and 0 <= loss <= 1
    assert loss >= yearly_loss(needed, 6, piece, checks, **rest | {"shock": 0.0}) - 1e-12
    array = yearly_loss(needed, 6, np.array([piece, 0.5]), checks, **rest)
    assert array[0] == pytest.approx(loss, rel=1e-12, abs=1e-300)


def test_repair_agrees_with_the_chain_and_with_draws():
    plan = repair_plan(3, 8, 5, 1.0, 0.2)
    # Mean time from the linear equations of the chain: after a repair nothing is lost.
    rates = np.zeros((6, 6))
    failing, repairing = np.array([8.0, 7, 6, 5, 4, 3]), np.array([0, 0, 0, 5.0, 5, 5])
    for lost in range(6):
        if lost < 5:
            rates[lost, lost + 1] = failing[lost]
        rates[lost, 0] += repairing[lost]
        rates[lost, lost] -= failing[lost] + repairing[lost]
    assert plan.mean_time_to_loss == pytest.approx(np.linalg.solve(rates, -np.ones(6))[0], rel=1e-12)
    random, times, repairs, moved = np.random.default_rng(5), np.zeros(4000), np.zeros(4000), np.zeros(4000)
    held = np.zeros(4000)
    state, alive = np.zeros(4000, dtype=int), np.ones(4000, dtype=bool)
    while np.any(alive):
        both = failing[state] + repairing[state]
        passed = alive * random.standard_exponential(4000) / both
        times, held = times + passed, held + passed * (8 - state)
        fixed = alive & (random.random(4000) * both < repairing[state])
        repairs, moved = repairs + fixed, moved + fixed * (1 + state / 3)
        state = np.where(fixed, 0, state + alive)
        alive &= state < 6
        state = np.minimum(state, 5)
    assert times.mean() == pytest.approx(plan.mean_time_to_loss, abs=4 * times.std() / np.sqrt(4000))
    assert repairs.sum() / times.sum() == pytest.approx(plan.repairs, rel=0.02)
    assert moved.sum() / times.sum() == pytest.approx(plan.traffic, rel=0.02)
    assert held.sum() / times.sum() == pytest.approx(plan.mean_pieces, rel=0.02)


def test_without_repair_all_is_lost():
    never = repair_plan(1, 3, 0, 0.5, 1.0)
    assert never.mean_time_to_loss == pytest.approx(2 * (1 / 3 + 1 / 2 + 1))
    assert never.repairs == never.traffic == 0
    assert never.loss_within(0.0) == 0
    assert never.mean_pieces == pytest.approx(3 * 2 / (2 * (1 / 3 + 1 / 2 + 1)))
    fast = repair_plan(29, 80, 50, 0.2, np.array([1 / 12, 1 / 365]))
    assert fast.mean_time_to_loss[1] > 1e6 * fast.mean_time_to_loss[0]
    assert repair_plan(29, 80, 35, 0.2, 0.02).traffic < repair_plan(29, 80, 70, 0.2, 0.02).traffic


def test_a_code_of_80_pieces_costs_more_than_the_customer_pays():
    month = storage_month(80 / 29, 4.0, 1.5)
    assert month.storage_payout == pytest.approx(4.138, rel=1e-4)
    assert month.margin < 0
    ledger = Ledger()
    full = storage_month(80 / 29, 4.0, np.array([1.5, 1.0]), 0.5, 7.0, 2.0, 0.05, 2.0)
    record_payments(ledger, full.payments)
    ledger.check_conserved()
    np.testing.assert_allclose(ledger.balance("network", "USD"), full.margin)


def test_endowments():
    assert [endowment(1.0, k) for k in (0.005, 0.1, 0.3)] == pytest.approx([200, 10, 10 / 3])
    assert endowment(1.0, 0.0, 0.04) == pytest.approx(26)
    assert endowment_left(10.0, 1.0, 0.0, 3.0) == 7
    assert endowment_left(10.0, 1.0, 0.0, 11.0) == 0
    assert endowment_left(200.0, 1.0, 0.0, 200.0) == 0  # a decline that stops
    assert endowment_left(10.0, 1.0, 1.0, np.array([0.0, 1.0, 50.0])).tolist() == [10, 9, 9]


@given(st.floats(0, 1e3), st.floats(0, 10), st.floats(0, 1), st.integers(0, 60), st.floats(0, 0.2))
def test_the_fund_year_by_year(fund, cost, decline, years, interest):
    left, due = fund, cost
    for _ in range(years):
        left, due = max(left - due, 0.0) * (1 + interest), due * (1 - decline)
        if left == 0:
            break
    scale = (fund + 60 * cost) * (1 + interest) ** 60
    assert endowment_left(fund, cost, decline, float(years), interest) == pytest.approx(left, abs=1e-11 * scale + 1e-12)


@given(st.floats(0.01, 1), st.floats(0, 0.2), st.floats(1, 1000))
def test_an_endowment_lasts_for_ever_and_less_does_not(decline, interest, cost):
    fund = endowment(cost, decline, interest)
    years = min(2000.0, 300 / (decline + interest))
    assert endowment_left(fund * (1 + 1e-9), cost, decline, years, interest) > 0
    assert endowment_left(fund * 0.99, cost, decline, years, interest) == 0


CURVE = BondingCurve(1000.0, 1000.0, 0.5)
tokens = st.floats(0, 5000)


@given(tokens, tokens, st.booleans(), st.floats(0.1, 1))
def test_what_speculators_win_the_publisher_misses(accesses, ahead, publisher_first, reserve_ratio):
    curve = BondingCurve(1000.0, 1000.0, reserve_ratio)
    sale = sell_data(curve, accesses, ahead, publisher_first)
    gap = sale.buyers_paid - sale.publisher_got
    scale = 1e-9 * (1000 + sale.buyers_paid + sale.speculators_paid)
    assert sale.speculator_profit == pytest.approx(gap, abs=scale)
    assert sale.curve.reserve == pytest.approx(1000, abs=scale)
    assert (sale.speculator_profit >= -scale) or publisher_first
    ledger = Ledger({"curve": "curve"})
    ledger.open("curve", "USD", 1000.0)
    ledger.mark(ACCESS, 0.0)
    record_payments(ledger, sale.payments)
    ledger.check_conserved()
    assert ledger.supply(ACCESS) == pytest.approx(0, abs=1e-9)
    ledger.reconcile("curve", {"USD": sale.curve.reserve}, 1e-9)
    if accesses > 0 and ahead > 0:
        assert profits(ledger)["speculators"]["total"] == pytest.approx(sale.speculator_profit, abs=scale)


def test_who_stands_in_front_takes_a_part():
    plain, front = sell_data(CURVE, 100.0), sell_data(CURVE, 100.0, 500.0)
    assert plain.publisher_share == pytest.approx(1)
    assert front.publisher_share < 0.85
    assert front.speculator_profit > 0
    assert sell_data(CURVE, 100.0, 500.0, publisher_first=True).speculator_profit == pytest.approx(0)
    assert sell_data(CURVE, 0.0, 500.0).publisher_share == 1
    assert sell_data(CURVE, np.array([0.0, 100.0]), 0.0).publisher_share == pytest.approx([1, 1])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ReedSolomon(0, 5), r"needed = 0 .*>= 1"),
        (lambda: ReedSolomon(6, 5), r"needed = 6 .*\[1, 5\]"),
        (lambda: ReedSolomon(5, 257), r"pieces = 257 .*\[1, 256\]"),
        (lambda: ReedSolomon(2, 3).decode({0: b"a"}, 1), r"number of pieces = 1 .*2 or more"),
        (lambda: ReedSolomon(2, 3).decode({0: b"a", 3: b"b"}, 1), r"number of a piece = 3 .*\[0, 2\]"),
        (lambda: ReedSolomon(2, 3).decode({0: b"a", 1: b"bc"}, 1), r"lengths \[1, 2\]"),
        (lambda: ReedSolomon(2, 3).decode({0: b"a", 1: b"b"}, 3), r"size = 3 .*\[0, 2\]"),
        (lambda: ReedSolomon(2, 3).repair({0: b"a", 1: b"b"}, 3), r"lost = 3 .*\[0, 2\]"),
        (lambda: ReedSolomon(2, 3).repair({}, 0), r"number of pieces = 0 .*2 or more"),
        (lambda: loss_probability(6, 5, 0.1), r"needed = 6 .*\[1, 5\]"),
        (lambda: loss_probability(1, 5, [0.1, 1.1]), r"piece_loss\[1\] = 1.1 .*\[0, 1\]"),
        (lambda: correlated_loss(1, 5, 0.1, 1.0), r"correlation = 1 .*\[0, 1\)"),
        (lambda: correlated_loss(1, 5, -0.1, 0.1), r"piece_loss = -0.1 .*\[0, 1\]"),
        (lambda: grouped_loss(1, 5, 2, 0.1), r"groups = 2 does not divide 5"),
        (lambda: grouped_loss(1, 4, 2, 1.1), r"group_loss = 1.1 .*\[0, 1\]"),
        (lambda: yearly_loss(3, 5, 0.1, 0), r"checks = 0 .*>= 1"),
        (lambda: yearly_loss(3, 5, 0.1, groups=0), r"groups = 0 .*>= 1"),
        (lambda: yearly_loss(3, 5, 0.1, groups=2), r"groups = 2 does not divide 5"),
        (lambda: yearly_loss(3, 5, 1.1), r"piece_loss = 1.1 .*\[0, 1\]"),
        (lambda: yearly_loss(3, 5, 0.1, shock=2.0), r"shock = 2 .*\[0, 1\]"),
        (lambda: repair_plan(3, 5, 2, 1.0, 1.0), r"threshold = 2 .*\[3, 4\]"),
        (lambda: repair_plan(3, 5, 4, 0.0, 1.0), r"failure_rate = 0 .*\(0, inf\)"),
        (lambda: repair_plan(3, 5, 4, 1.0, 0.0), r"repair_time = 0 .*\(0, inf\)"),
        (lambda: repair_plan(1, 200, 199, 1e-9, 1e-9), r"mean time to loss = inf .*repair less often"),
        (lambda: storage_month(0.5, 1.0, 1.0), r"expansion = 0.5 .*\[1, inf\)"),
        (lambda: storage_month(1.5, -1.0, 1.0), r"price = -1 .*\[0, inf\)"),
        (lambda: endowment(1.0, 0.0), r"decline \+ interest = 0 .*\(0, inf\)"),
        (lambda: endowment(1.0, 1.5), r"decline = 1.5 .*\[0, 1\]"),
        (lambda: endowment_left(1e300, 0.0, 0.0, 1e4, 0.1), r"fund left = inf"),
        (lambda: endowment_left(-1.0, 1.0, 0.1, 1.0), r"fund = -1 .*\[0, inf\)"),
        (lambda: sell_data(CURVE, -1.0), r"accesses = -1 .*\[0, inf\)"),
        (lambda: sell_data(CURVE, 1.0, -1.0), r"speculator_tokens = -1 .*\[0, inf\)"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    with pytest.raises(ValueError, match=message):
        call()
