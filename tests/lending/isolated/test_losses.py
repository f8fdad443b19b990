"""Who bears a loss, who leaves in time, and what a curator gets."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.lending import bear_loss, curator_pay, run_on_vault

PARTS = st.floats(0.0, 1.0)
RATIOS = st.floats(0.0, 0.999)


@given(st.floats(0, 1e12), st.floats(0, 1e12), PARTS)
def test_a_loss_is_borne_once(loss, fund, rescued):
    borne = bear_loss(loss, fund, rescued)
    assert borne.fund + borne.others + borne.lenders == pytest.approx(loss, rel=1e-12, abs=1e-12)
    assert min(borne.fund, borne.others, borne.lenders) >= 0 and borne.fund <= fund
    assert not (borne.lenders and borne.fund < fund)


def test_who_pays_first():
    borne = bear_loss(np.array([5.0, 30.0, 30.0]), np.array([10.0, 10.0, 0.0]), np.array([0.5, 0.25, 1.0]))
    np.testing.assert_allclose(borne[1:], [[5, 10, 0], [0, 5, 30], [0, 15, 0]])


@given(RATIOS, RATIOS, PARTS, st.booleans())
def test_a_run_pays_out_what_is_there_and_no_more(first, second, leaving, waits):
    liquid, loss = first * (1 - second), second
    run = run_on_vault(liquid, loss, leaving, waits)
    assert 0 <= run.served <= leaving + 1e-15
    assert run.served * run.early <= liquid + 1e-12
    assert run.served * run.early + (1 - run.served) * run.late == pytest.approx(1 - loss, abs=1e-9)
    assert run.late <= run.early + 1e-9


def test_a_loss_on_the_books_is_borne_by_all_alike():
    run = run_on_vault(0.2, 0.4, np.array([0.0, 0.1, 1.0]), waits=False)
    np.testing.assert_allclose(run.late, 0.6)
    # No loss: a run only makes people wait.
    np.testing.assert_allclose(run_on_vault(0.2, 0.0, 1.0).late, 1.0)
    # Nobody leaves: whether it is on the books does not matter.
    assert run_on_vault(0.2, 0.4, 0.0).late == run_on_vault(0.2, 0.4, 0.0, waits=False).late == 0.6
    # All could leave and did.
    assert run_on_vault(0.6, 0.4, 1.0).late == 0.0


def test_what_is_lost_cannot_be_liquid():
    with pytest.raises(ValueError, match=r"liquid \+ loss"):
        run_on_vault(0.7, 0.4, 0.5)
    with pytest.raises(ValueError, match=r"leaving = 1\.5"):
        run_on_vault(0.2, 0.4, 1.5)
    with pytest.raises(ValueError, match="loss = -1"):
        bear_loss(-1.0)
    with pytest.raises(ValueError, match="fee = 0"):
        curator_pay(0.0, 0.04, 0.1, 0.1)
    with pytest.raises(ValueError, match="fails = 0"):
        curator_pay(0.1, 0.04, 0.1, 0.0)


def test_a_share_in_losses_as_large_as_in_interest_takes_the_gain_away():
    fee = np.array([0.05, 0.1, 0.3])
    np.testing.assert_allclose(curator_pay(fee, 0.04, 0.2, 0.1, own=fee).gain, 0.0, atol=1e-12)
    # No coin, no gain, if nobody leaves for it.
    np.testing.assert_allclose(curator_pay(fee, 0.04, 0.0, 0.1, follow=0.3, away=2.0).gain, 0.0, atol=1e-12)


def test_pay_by_hand():
    # m = 0.1·0.2 = 2 %; premium 2.5 % of which a fifth is the fee; good years: 0.2·0.065 a dollar, 1.1 dollars.
    pay = curator_pay(0.2, 0.04, 0.2, 0.1, follow=0.05, leaves=0.5, away=2.0)
    assert (pay.premium, pay.shown, pay.size) == pytest.approx((0.025, 0.02, 1.1))
    assert pay.bold == pytest.approx(1.1 * (10 * 0.2 * 0.065 + 2 * 0.2 * 0.04 * 0.8 * 0.5) / 12)
    assert pay.gain == pytest.approx(pay.bold / 0.008 - 1)


def test_years_drawn_one_by_one_give_the_same_as_the_formula():
    """Good times of random length, then years away: the mean over many cycles."""
    rng = np.random.default_rng(8)
    fee, rate, part, fails, follow, leaves, away, own = 0.1, 0.04, 0.3, 0.2, 0.1, 0.7, 2.0, 0.05
    good = rng.exponential(1 / fails, 200_000)
    pay = curator_pay(fee, rate, part, fails, follow, leaves, away, own)
    income = pay.size * (fee * (rate + pay.premium) * good - own * part + fee * rate * (1 - part) * (1 - leaves) * away)
    assert income.sum() / (good + away).sum() == pytest.approx(pay.bold, rel=0.01)
    lenders = (1 - fee) * (rate + pay.premium) - fails * part * (1 - own)
    assert lenders == pytest.approx((1 - fee) * rate)
