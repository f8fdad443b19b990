import numpy as np
import pytest

from defi_lib.evidence import effect, evidence, today
from defi_lib.evidence.compute.markets.settling import (
    gas_of_payments,
    kept,
    one_clients_hundred_dollars,
    ways_to_pay,
)


def found(id, **changed):
    return effect(id)(today(effect(id).assumptions, changed=changed))[0]


def test_what_the_lesson_says_of_today():
    contract = 0.001 + 0.005 + 10 * 0.01 / 200 + 0.0363 * 5 / 365
    card = 0.003 + 0.997 * (0.029 + 0.0363 * 2 / 365) + 0.3 / 200
    assert found("C23a") == pytest.approx(card - contract)
    kept_so = {name: found("C23a", **world) > 0 for name, world in {
        "each hour": {"transactions": 100.0}, "ten times the fee": {"transfer_fee": 0.1},
        "nothing taken back": {"unpaid": 0.0}, "coins by card": {"way_in": 0.043},
    }.items()}  # fmt: skip
    assert [name for name, good in kept_so.items() if not good] == ["coins by card"]


def test_every_way_to_pay_has_its_price():
    ways = ways_to_pay()
    assert ways["card"] - ways["contract on a layer 2"] == pytest.approx(found("C23a"))
    assert ways["card"] / ways["layer 2, both live in coins"] > 30
    assert ways["layer 2, both live in coins"] < ways["contract on a layer 2"] < ways["bank debit"] + 0.0001
    hourly = 0.0249 + 0.001 + 0.005 + 0.0363 * 5 / 365
    assert ways["contract on layer 1, each hour"] == pytest.approx(hourly, abs=1e-4)


def test_drawn_markets_give_the_second_price_of_the_formula():
    """Another way: a hundred thousand jobs of seven machines in one network, and of those in four."""
    rng = np.random.default_rng(3)
    for machines in (4, 7, 16):
        costs = np.sort(1 + rng.random((100_000, machines)), axis=1)
        assert costs[:, 1].mean() == pytest.approx(1 + 2 / (machines + 1), abs=0.003)


def test_rivals_help_by_their_cut_and_hurt_by_thin_choice():
    assert found("C30a") > 0 > found("C30a", cut_one=0.055)
    assert found("C30a", everywhere=1.0, cut_one=0.055) == pytest.approx(0)


def test_one_network_of_five_keeps_more_than_half():
    assert [name for name, part in kept().items() if part > 50] == ["Salad, bandwidth (2026)"]
    assert not evidence("C31a").true and "1 of 5" in evidence("C31a").says


def test_gas_is_a_fee_on_each_payment_and_not_on_the_amount():
    each = gas_of_payments(np.array([0.4619, 98.7]), 2.0, 1.0)["Layer 1"]
    assert each == pytest.approx(65_000 * np.array([0.4619e-9, 98.7e-9]) * 1_662 / 2)
    assert gas_of_payments(98.7, 2.0, 100.0)["Layer 1"] == pytest.approx(each[1] / 100)


def test_burned_money_goes_to_holders_who_pay_the_owners():
    books = one_clients_hundred_dollars()
    burned = books["burned, new tokens"]
    assert burned.balance("token holders", "USD") == 15 and burned.balance("owners of machines", "USD") == 20
    assert books["cloud"].balance("platform", "USD") == 40
