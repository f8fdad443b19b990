import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.exchange import ConstantProductPool
from defi_lib.governance import (
    Defences,
    attack,
    borrow_votes,
    buy_votes,
    deciding_share,
    flash_votes,
    rent_votes,
    safe_treasury,
)
from defi_lib.ledger import Ledger
from tests.support.contracts import assert_broadcasts, assert_refuses

VALUE = 100e6


def pool(share, fee=0.0):
    """Holds a share of a supply of 1 that is worth 100 million."""
    return ConstantProductPool((share, share * VALUE), fee=fee)


@pytest.mark.parametrize(("share", "cost"), [(0.05, 100.0), (0.1, 9.0909), (0.2, 6.25)])
def test_worked_values_of_buying(share, cost):
    assert buy_votes(pool(share), deciding_share(0.05)).paid / 1e6 == pytest.approx(cost, abs=5e-5)


def test_worked_values_of_borrowing_and_of_a_flash_loan():
    assert borrow_votes(deciding_share(0.05), VALUE, 0.2, 3.0).cost == pytest.approx(7_827.79, abs=5e-3)
    # Quorum 4 % of a billion tokens at 6 dollars.
    assert deciding_share(0.0, 0.04) * 1e9 * 6 == pytest.approx(240e6)
    flash = flash_votes(40e6, 6.0, 0.0005, gas=100.0, snapshot=False)
    assert flash.cost == pytest.approx(120_100) and flash.votes == 40e6
    assert flash_votes(40e6, 6.0, 0.0005).votes == 0.0
    assert rent_votes(1e6, 0.03).cost == pytest.approx(30_000)


@settings(max_examples=50, deadline=None)
@given(st.floats(0.01, 0.9), st.just(0.0) | st.floats(1e-9, 0.99), st.floats(0, 0.1), st.floats(0, 0.9))
def test_buying_and_selling_never_gains_and_a_fall_costs_more(share, part, fee, fall):
    kept, fallen = buy_votes(pool(share, fee), share * part), buy_votes(pool(share, fee), share * part, fall)
    assert kept.cost >= -1e-9 * kept.paid and fallen.back <= kept.back * (1 + 1e-9)
    assert fallen.back <= share * part * VALUE * (1 - fall) * (1 + 1e-9)
    book = Ledger(new_parties="by name")
    book.book(fallen)
    book.check_conserved()


def test_booty_is_sold_with_the_votes_at_what_the_pool_still_pays():
    pool = ConstantProductPool((0.1, 0.1), fee=0.0)
    alone, both = (buy_votes(pool, 0.05, fall=0.75, booty=booty) for booty in (0.0, 0.075))
    assert alone.paid == pytest.approx(0.1) and both.paid == alone.paid
    assert alone.back == pytest.approx(0.05 * 0.05 / 0.25) and both.back == pytest.approx(0.05 * 0.125 / 0.325)
    with pytest.raises(ValueError, match="booty = -1"):
        buy_votes(pool, 0.05, booty=-1.0)


def test_no_treasury_no_attack_pays_and_the_safe_treasury_is_the_boundary():
    rules = Defences(quorum=0.04, delay=3.0, limit=0.5, exit=0.1, veto=0.05)
    assert not attack(0.0, 0.05, 1.0, rules).pays
    safe = safe_treasury(0.05, 9e6, rules)
    assert not attack(safe, 0.05, 9e6, rules).pays and attack(safe * 1.001, 0.05, 9e6, rules).pays
    assert attack(safe, 0.05, 9e6, rules).profit == pytest.approx(0.0, abs=1e-6)
    assert safe_treasury(0.05, 9e6, Defences(limit=0.0)) == np.inf


@settings(max_examples=80, deadline=None)
@given(
    st.floats(0, 1e12),
    st.floats(0, 1),
    st.floats(0, 1e9),
    st.tuples(*[st.floats(0, 1)] * 4),
    st.floats(0, 100),
    st.floats(0, 0.5),
)
def test_every_defence_only_lowers_the_profit(treasury, turnout, cost, parts, delay, more):
    quorum, limit, leave, veto = parts
    rules = Defences(quorum, delay, limit, leave, veto)
    profit = attack(treasury, turnout, cost, rules).profit
    scale = 1e-9 * max(treasury, cost, 1.0)
    assert profit >= -cost - scale
    for harder in (
        rules._replace(delay=delay + more),
        rules._replace(limit=limit * (1 - more)),
        rules._replace(veto=min(veto + more, 1.0)),
    ):
        assert attack(treasury, turnout, cost, harder).profit <= profit + scale
    if delay:
        assert attack(treasury, turnout, cost, rules._replace(exit=min(leave + more, 1.0))).profit <= profit + scale
    one = attack(treasury, turnout, cost, rules)
    assert one.take + one.left <= treasury * (1 + 1e-9)


def test_a_delay_alone_stops_nobody_but_lets_out_who_may_leave():
    assert attack(50e6, 0.05, 9e6, Defences(delay=30.0)).profit == attack(50e6, 0.05, 9e6).profit
    out = attack(50e6, 0.05, 9e6, Defences(delay=30.0, exit=1.0))
    assert out.take == pytest.approx(50e6 * 0.05 / 1.05) and not out.pays


def test_scenarios_are_each_scenario():
    days = np.array([0.0, 1.0, 7.0])
    assert_broadcasts(lambda d: attack(50e6, 0.05, 9e6, Defences(delay=d, exit=0.2, veto=0.1)), days)
    assert_broadcasts(lambda q: buy_votes(pool(0.2), q, 0.5), np.array([0.0, 0.05, 0.15]))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: buy_votes(pool(0.1), 0.1), "amount_out = 0.1"),
        (lambda: buy_votes(pool(0.1), 0.01, fall=1.0), "fall = 1"),
        (lambda: borrow_votes(2.0, 1.0, 0.1, 1.0, available=1.0), r"tokens = 2 .*\[0, 1\]"),
        (lambda: borrow_votes(2.0, 1.0, -0.1, 1.0), "rate = -0.1"),
        (lambda: borrow_votes(2.0, 1.0, 0.1, 1.0, available=np.nan), "available = nan"),
        (lambda: rent_votes(1e200, 1e200), "beyond what a float can hold"),
        (lambda: rent_votes(-1.0, 1.0), "votes = -1"),
        (lambda: flash_votes(1.0, 1.0, -0.1), "fee = -0.1"),
        (lambda: attack(-1.0, 0.1, 1.0), "treasury = -1"),
        (lambda: attack(1.0, 1.1, 1.0), "turnout = 1.1"),
        (lambda: attack(1.0, 0.1, 1.0, Defences(delay=-1.0)), "delay = -1"),
        (lambda: attack(1.0, 0.1, 1.0, Defences(quorum=1.5)), "quorum = 1.5"),
        (lambda: attack([1.0, 2.0], 0.1, [1.0, 2.0, 3.0]), "shapes do not fit"),
    ],
)
def test_refusals_name_the_argument(call, message):
    assert_refuses(call, message)
