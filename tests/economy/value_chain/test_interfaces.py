"""Fees of interfaces: limits of the literature, nobody gains by another fee, and a market drawn at random."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.economy import circle_entry, circle_fee, interface_year, search_fees
from defi_lib.ledger import Ledger

#: look, move, rivals, part that compares: below the worth of 0.05 above cost, and such that the worth binds.
MARKETS = [
    (0.001, 0.0, 2, 0.5),
    (0.001, 0.003, 2, 0.5),
    (0.0, 0.004, 3, 0.3),
    (0.0005, 0.002, 5, 0.7),
    (0.002, 0.01, 10, 0.05),
    (1e-5, 1e-3, 40, 0.9),
]
COST, WORTH = 0.001, 0.051


def test_stahl_by_hand():
    # Two rivals: A = ln(1 + 2b)/(2b) with b = μ/(1 − μ).
    for part in (0.1, 0.5, 0.9):
        b = part / (1 - part)
        a = np.log1p(2 * b) / (2 * b)
        fees = search_fees(1.0, 0.01, look=0.002, compare=part)
        assert fees.highest == pytest.approx(0.01 + 0.002 / (1 - a), rel=1e-12)
        assert fees.stays == pytest.approx(0.01 + a * 0.002 / (1 - a), rel=1e-12)
        assert fees.lowest == pytest.approx(0.01 + 0.002 / (1 - a) * (1 - part) / (1 + part), rel=1e-12)


def test_the_mean_by_another_integral():
    for _, _, rivals, part in MARKETS:
        chance = (np.arange(400_000) + 0.5) / 400_000
        fees = search_fees(WORTH, COST, 0.001, 0.002, rivals, part)
        assert fees.stays == pytest.approx(np.mean(fees.asked(chance)), rel=1e-6)


@pytest.mark.parametrize(("look", "move", "rivals", "part"), MARKETS)
def test_looking_just_does_not_pay(look, move, rivals, part):
    fees = search_fees(WORTH, COST, look, move, rivals, part)
    asked = fees.asked((np.arange(400_000) + 0.5) / 400_000)
    gain = np.mean(np.maximum(fees.highest - move - asked, 0.0))
    if fees.highest < WORTH:
        assert gain == pytest.approx(look, rel=1e-4, abs=1e-12)
    else:
        assert fees.highest == pytest.approx(WORTH) and gain <= look


@pytest.mark.parametrize(("look", "move", "rivals", "part"), MARKETS)
def test_no_rival_gains_by_another_fee(look, move, rivals, part):
    """Profit of every fee against rivals who ask as in the equilibrium, counted user by user."""
    fees = search_fees(WORTH, COST, look, move, rivals, part)
    chance = np.linspace(0.0, 1.0, 200_001)
    curve = fees.asked(chance)
    usual = (1 - part) / rivals * fees.margin

    def profit(fee):
        higher = (1 - np.interp(fee, curve, chance)) ** (rivals - 1)
        # Above the highest fee those before it look, and come back if no rival is cheaper by the cost of moving.
        back = np.where(fee > fees.highest, (1 - np.interp(fee - move, curve, chance)) ** (rivals - 1), 1.0)
        return (fee - COST) * (part * higher + (1 - part) / rivals * back) * (fee <= WORTH)

    inside = np.linspace(fees.lowest, fees.highest, 50)
    assert profit(inside[1:-1]) == pytest.approx(usual, rel=1e-3)
    below = np.linspace(COST, fees.lowest, 50)[:-1]
    above = np.linspace(fees.highest, WORTH, 200)[1:]
    assert np.all(profit(below) < usual)
    assert np.all(profit(above) <= usual * (1 + 1e-6)) or fees.highest == WORTH


def test_a_market_drawn_at_random():
    fees = search_fees(WORTH, COST, 0.001, 0.003, rivals=3, compare=0.4)
    rng = np.random.default_rng(8)
    asked = fees.asked(rng.random((400_000, 3)))
    assert np.mean(asked[:, 0]) == pytest.approx(fees.stays, rel=2e-3)
    assert np.mean(np.min(asked, axis=1)) == pytest.approx(fees.compares, rel=2e-3)
    paid = np.where(rng.random(400_000) < 0.4, np.min(asked, axis=1), asked[:, 0])
    assert np.mean(paid) == pytest.approx(fees.paid, rel=2e-3)


def test_limits():
    assert search_fees(0.05, 0.01, 0.001, 0.0, rivals=1, compare=0.9).paid == 0.05  # one firm
    assert search_fees(0.05, 0.01, 1e-9, 0.0, rivals=9, compare=0.0).paid == 0.05  # Diamond
    assert search_fees(0.05, 0.01, 0.5, 0.5, rivals=2, compare=1.0).paid == 0.01  # Bertrand
    assert search_fees(0.05, 0.01, 0.0, 0.0, rivals=2, compare=0.0).paid == 0.01  # looking and moving are free
    assert search_fees(0.05, 0.01, 0.0, 0.0, rivals=2, compare=0.3).paid == 0.01
    assert search_fees(0.05, 0.01, 9.0, 0.0, rivals=2, compare=0.5).highest == 0.05  # the worth binds
    dear = search_fees(0.01, 0.05, 0.001, 0.001, [1, 2], 0.5)
    assert not np.any(dear.used) and dear.paid.tolist() == [0.05, 0.05]
    assert search_fees(0.05, 0.05, 0.001, rivals=[1, 2]).used.tolist() == [True, True]
    assert search_fees(0.0, 0.0, 0.0, 0.0, 1).paid == 0.0


def test_only_looking_with_no_free_look_to_move_to():
    # Looking is free: the margin is move·(1 + bN)/(bN), at which even the lowest fee is not worth moving for.
    fees = search_fees(1.0, 0.0, 0.0, 0.004, rivals=3, compare=0.25)
    assert fees.margin == pytest.approx(0.004 * 2.0, rel=1e-6)
    assert fees.highest - fees.lowest == pytest.approx(0.004, rel=1e-6)


def test_more_rivals_do_not_lower_the_mean_fee_of_equal_interfaces():
    fees = search_fees(1.0, 0.0, 0.001, 0.0, rivals=np.arange(2, 40), compare=0.5)
    assert np.all(np.diff(fees.paid) > 0)
    # Those who compare pay (1 − μ)/μ times the cost of a look, however many rivals there are, until the worth binds.
    assert fees.compares == pytest.approx(np.full(38, 0.001), rel=1e-9)
    assert np.all(np.diff(search_fees(0.002, 0.0, 0.001, 0.0, np.arange(3, 40)).compares) < 0)
    assert np.all(np.diff(circle_fee(1.0, 0.0, 0.01, np.arange(1, 40))) < 0)


ratios = st.floats(0.0, 1.0)


@settings(max_examples=200)
@given(ratios, ratios, st.floats(0.0, 0.1), st.floats(0.0, 0.1), st.integers(1, 10**6), ratios)
def test_fees_lie_between_cost_and_worth(worth, cost, look, move, rivals, part):
    fees = search_fees(worth, cost, look, move, rivals, part)
    most = max(worth, cost) + 1e-12
    for fee in (fees.lowest, fees.compares, fees.paid, fees.stays, fees.highest):
        assert np.isfinite(fee) and cost - 1e-9 <= fee <= most
    assert fees.lowest <= fees.stays + 1e-12 and fees.paid <= fees.highest + 1e-12
    more = search_fees(worth, cost, look, move + 0.01, rivals, part)
    assert more.paid >= fees.paid - 1e-9


def test_many_cases_are_each_case():
    look, move = np.array([[0.0], [0.001], [0.01]]), np.array([0.0, 0.002, 0.02])
    many = search_fees(0.05, 0.001, look, move, 4, 0.3)
    for i, each in enumerate(look[:, 0].tolist()):
        for j, other in enumerate(move.tolist()):
            assert many.paid[i, j] == pytest.approx(search_fees(0.05, 0.001, each, other, 4, 0.3).paid, rel=1e-12)
    assert isinstance(search_fees(0.05).paid, float)


def best_reply(fee, worth, t, rivals):
    """The best fee at cost 0 against others who ask ``fee``, by trying many, users standing side by side."""
    way = np.linspace(0.0, 0.5, 5_001)
    tries = np.linspace(0.0, worth, 1_001)[:, np.newaxis]
    beside = np.abs(way - 1 / rivals) if rivals > 1 else np.full(way.shape, np.inf)
    mine, theirs = worth - tries - t * way, worth - fee - t * beside
    buys = (mine >= 0) & (mine >= theirs)
    return float(tries[np.argmax(tries[:, 0] * buys.mean(axis=1)), 0])


@pytest.mark.parametrize("rivals", [1, 2, 4])
@pytest.mark.parametrize("t", [0.05, 0.3, 0.5, 1.3, 2.5, 5.0])
def test_the_fee_on_the_circle_is_the_best_reply_to_itself(rivals, t):
    fee = circle_fee(1.0, 0.0, t, rivals)
    assert best_reply(fee, 1.0, t, rivals) == pytest.approx(fee, abs=3e-3)


def test_the_circle_by_hand():
    assert circle_fee(0.05, 0.001, 0.01, 4) == pytest.approx(0.0035)
    assert circle_fee(0.05, 0.001, 0.0, [1, 2]).tolist() == [0.05, 0.001]
    assert circle_fee(0.01, 0.05, 0.1, [1, 2]).tolist() == [0.05, 0.05]
    count = circle_entry(4e6, 1e4)
    assert count == 20.0 and circle_fee(1e9, 0.0, 4e6, 20) == pytest.approx(np.sqrt(4e6 * 1e4))
    # The profit of each of them is its fixed cost.
    assert circle_fee(1e9, 0.0, 4e6, 20) / count == pytest.approx(1e4)


def test_a_year_by_hand_and_in_the_ledger():
    year = interface_year(1_000.0, fee=0.00875, mistakes=0.02, left=0.25, effort=4.0, cost=0.001)
    assert (year.fee, year.mistakes, year.direct, year.cost) == pytest.approx((8.75, 5.0, 24.0, 1.0))
    assert year.gain == pytest.approx(10.25) and year.margin == pytest.approx(7.75)
    ledger = Ledger(new_parties="by name")
    ledger.book(year)
    ledger.check_conserved()
    assert ledger.balance("interface", "USD") == year.margin and ledger.balance("user", "USD") == -13.75


def test_one_firm_takes_all_that_it_is_worth_and_no_fee_no_mistakes_change_nothing():
    worth = 0.02 * 0.75 + 4.0 / 1_000.0
    alone = search_fees(worth, 0.001, 0.001, 0.002, rivals=1).paid
    assert interface_year(1_000.0, alone, 0.02, 0.25, 4.0).gain == pytest.approx(0.0, abs=1e-9)
    several = search_fees(worth, 0.001, 0.001, 0.002, rivals=3).paid
    assert interface_year(1_000.0, several, 0.02, 0.25, 4.0).gain > 0
    nothing = interface_year([0.0, 1e12], 0.0, 0.0)
    assert nothing.gain.tolist() == [0.0, 0.0] and nothing.transfers() == ()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: search_fees(-0.1), "worth = -0.1"),
        (lambda: search_fees(0.1, -0.1), "cost = -0.1"),
        (lambda: search_fees(0.1, look=-1.0), "look = -1"),
        (lambda: search_fees(0.1, move=-1.0), "move = -1"),
        (lambda: search_fees(0.1, rivals=0), "rivals = 0"),
        (lambda: search_fees(0.1, compare=1.5), "compare = 1.5"),
        (lambda: search_fees([0.1, 0.2], [0.1, 0.2, 0.3]), "shapes do not fit"),
        (lambda: search_fees(0.1).asked(1.5), "chance = 1.5"),
        (lambda: circle_fee(0.1, difference=-1.0), "difference = -1"),
        (lambda: circle_entry(1.0, 0.0), "fixed = 0"),
        (lambda: interface_year(1.0, 1.5, 0.0), "fee = 1.5"),
        (lambda: interface_year(1.0, 0.5, 0.0, left=2.0), "left = 2"),
    ],
)
def test_what_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
