import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.rewards import Vesting, launch_gains

PART = st.floats(0.0, 1.0)


def test_a_launch_by_hand():
    # Half of half of the supply is sold at 0.6, the other half at 0.2; 0.05 was paid for all of it.
    gains = launch_gains([1.0, 0.6, 0.2], [0.0, 0.5, 1.0], 0.5, 0.2, paid=0.05)
    assert gains.insiders == pytest.approx(0.25 * 0.6 + 0.25 * 0.2 - 0.05)
    assert gains.users == pytest.approx(0.2 * 0.2)
    assert gains.buyers == pytest.approx(-0.25 * (0.6 - 0.2))
    half = launch_gains([1.0, 0.6, 0.2], [0.0, 0.5, 1.0], 0.5, 0.2, sold=0.5)
    assert half.insiders == pytest.approx(0.125 * 0.6 + 0.125 * 0.2 + 0.25 * 0.2)
    # What is still locked at the end counts at the last price.
    locked = launch_gains([1.0, 0.6, 0.2], [0.0, 0.5, 0.5], 0.5, 0.2)
    assert locked.insiders == pytest.approx(0.25 * 0.6 + 0.25 * 0.2)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0.0, 5.0), min_size=2, max_size=9), PART, PART, PART, st.floats(0.0, 2.0))
def test_all_gains_and_what_the_project_got_are_the_tokens_at_the_last_price(prices, insiders, users, sold, paid):
    users *= 1 - insiders
    gains = launch_gains(prices, np.linspace(0, 1, len(prices)), insiders, users, sold=sold, paid=paid)
    total = gains.insiders + gains.users + gains.buyers + gains.paid
    assert total == pytest.approx((insiders + users) * prices[-1], abs=1e-9)


def test_the_mean_of_many_launches_is_the_launch_at_mean_prices():
    prices = np.random.default_rng(3).lognormal(-0.5, 1.0, (49, 500))
    unlocked = Vesting(12, 0.0, 36, 1).vested(np.arange(49.0))
    many = launch_gains(prices, unlocked, 0.4, 0.2, sold=0.7)
    mean = launch_gains(prices.mean(1), unlocked, 0.4, 0.2, sold=0.7)
    assert np.shape(many.insiders) == (500,)
    assert np.mean(many.insiders) == pytest.approx(mean.insiders, rel=1e-12)
    assert np.mean(many.buyers) == pytest.approx(mean.buyers, rel=1e-9)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"prices": [1.0, -0.1]}, "prices"),
        ({"unlocked": [0.0, 1.1]}, "unlocked"),
        ({"unlocked": [0.5, 0.2]}, "unlocked falls"),
        ({"unlocked": [0.0, 0.5, 1.0]}, "unlocked has 3 steps"),
        ({"insiders": 0.9, "users": 0.2}, "insiders [+] users"),
        ({"sold": 1.1}, "sold"),
        ({"paid": -0.1}, "paid"),
    ],
)
def test_what_it_refuses(change, message):
    right = {"prices": [1.0, 0.5], "unlocked": [0.0, 1.0], "insiders": 0.4, "users": 0.3}
    with pytest.raises(ValueError, match=message):
        launch_gains(**{**right, **change})
