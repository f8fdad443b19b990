import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.economy import follow_fees, payment_to_hold, vampire_attack
from defi_lib.ledger import Ledger

DAYS = np.arange(200)


def test_paid_just_so_much_nobody_gains_by_moving():
    for share in (0.1, 0.3, 0.7):
        payment = payment_to_hold(share, 2e6, 1e4, 0.005, 1e6, routed=0.3)
        fees = follow_fees([share * 2e6, (1 - share) * 2e6], 1e4, 0.005, 1e6, 1, routed=0.3).fees[0]
        assert (fees[0] + payment) / share == pytest.approx(fees[1] / (1 - share), rel=1e-6)


@given(st.floats(0.01, 0.49), st.floats(1e4, 1e8))
def test_even_pools_need_nothing_and_the_two_sides_mirror_each_other(share, depth):
    assert payment_to_hold(0.5, depth, 1e4, 0.005, 1e6) == pytest.approx(0.0, abs=1e-9)
    small, large = (payment_to_hold(x, depth, 1e4, 0.005, 1e6) for x in (share, 1 - share))
    assert small * (1 - share) == pytest.approx(-large * share, rel=1e-6, abs=1e-6)


def test_all_behind_a_router_earn_the_same_wherever_they_are():
    assert payment_to_hold(0.2, 2e6, 1e4, 0.005, 1e6, routed=1.0) == pytest.approx(0.0, abs=1e-9)


def test_held_by_its_payment_a_share_stays():
    payment = payment_to_hold(0.1, 1e5, 1e3, 0.005, 8e3)
    run = vampire_attack(np.full(50, payment), 0.1, 1e5, 1e3, 0.005, 8e3)
    assert run.shares == pytest.approx(0.1, abs=1e-9)


def test_without_payment_it_is_the_loop_of_fees():
    run = vampire_attack(np.zeros(60), 0.6, 1e5, 1e3, 0.005, 8e3)
    loop = follow_fees([0.6e5, 0.4e5], 1e3, 0.005, 8e3, 60)
    assert run.shares == pytest.approx(loop.shares[:, 0], abs=1e-6)
    assert run.fees * run.traded == pytest.approx(loop.fees[:, 0], abs=1e-6)


def test_whoever_stops_before_depth_is_a_reason_to_stay_has_paid_for_nothing():
    days = np.array([30, 60])
    payments = np.where(DAYS[:, np.newaxis] < days, 20.0, 0.0) * 0.7
    run = vampire_attack(payments, 0.01, 1e5, 1e3, 0.005, 8e3)
    assert run.kept == pytest.approx([0.0, 1.0], abs=0.01)
    assert run.cost == pytest.approx(14.0 * days)


def test_half_of_the_step_is_nearly_the_same():
    whole = vampire_attack(np.full(60, 14.0), 0.01, 1e5, 1e3, 0.005, 8e3, speed=0.1)
    half = vampire_attack(np.full(120, 14.0), 0.01, 1e5, 1e3, 0.005, 8e3, speed=0.05)
    assert np.abs(whole.shares - half.shares[::2]).max() < 0.06
    assert whole.kept == pytest.approx(half.kept, abs=0.06)


def test_the_books_say_who_paid_whom():
    run = vampire_attack(np.where(DAYS < 60, 14.0, 0.0), 0.01, 1e5, 1e3, 0.005, 8e3)
    ledger = Ledger(new_parties="by name")
    ledger.book(run)
    ledger.check_conserved()
    assert ledger.balance("buyers of the copy's token", "USD") == pytest.approx(-840.0)
    assert ledger.balance("traders", "USD") == pytest.approx(-24.0 * 200)
    assert ledger.balance("copy's providers", "USD") == pytest.approx(840.0 + np.sum(run.fees * run.traded))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"payments": [-1.0]}, "payments"),
        ({"payments": []}, "payments has shape"),
        ({"payments": 1.0}, "payments has shape"),
        ({"share": 0.0}, "share = 0"),
        ({"share": 1.0}, "share = 1"),
        ({"depth": 0.0}, "depth = 0"),
        ({"volume": 0.0}, "volume = 0"),
        ({"speed": 1.5}, "speed = 1.5"),
        ({"routed": 2.0}, "routed = 2"),
        ({"taste": 0.0}, "taste = 0"),
    ],
)
def test_attacks_refuse_what_cannot_be(changed, message):
    given_ = {"payments": [1.0], "share": 0.1, "depth": 1e5, "amount": 1e3, "taste": 0.005, "volume": 8e3}
    with pytest.raises(ValueError, match=message):
        vampire_attack(**given_ | changed)


@pytest.mark.parametrize("name", ["share", "depth", "amount", "taste", "volume"])
def test_payments_refuse_nothing_at_all(name):
    given_ = {"share": 0.1, "depth": 1e5, "amount": 1e3, "taste": 0.005, "volume": 8e3}
    with pytest.raises(ValueError, match=f"{name} = 0"):
        payment_to_hold(**given_ | {name: 0.0})
