"""A year of buybacks and payouts, against the same year day by day."""

import numpy as np
import pytest

from defi_lib.compute import buy_back, pay_dividend
from defi_lib.evidence import effect
from defi_lib.evidence.rewards.payouts import three_pipes, worth_at_end

YEAR = {"spent": 0.054, "tax": 0.2, "buying_cost": 0.01, "lasting": 0.0, "gone": 0.9, "invested": 0, "bill": 0.0363}


def day_by_day(price_change, days):
    """The same effect, in steps: each day a part of the money buys at that day's price, or is paid out."""
    spent = YEAR["spent"] / days
    supply, paid = 1.0, 0.0
    for day in range(days):
        left = 1 - (day + 0.5) / days
        value = (1 + price_change) ** (1 - left)
        supply -= supply * spent * (1 - YEAR["buying_cost"]) * YEAR["gone"] / value
        paid += spent * (1 - YEAR["tax"]) * (1 + YEAR["bill"]) ** left
    return ((1 + price_change) / supply - (1 + price_change + paid)) / YEAR["spent"]


@pytest.mark.parametrize("change", [-0.8, -0.5, 0.0, 1.0])
def test_steps_come_to_the_same(change):
    world = {name: np.array([float(value)]) for name, value in {**YEAR, "price_change": change}.items()}
    found = effect("R4b")(world)[0]
    assert day_by_day(change, 1_000) == pytest.approx(found, abs=2e-3)
    assert abs(day_by_day(change, 2_000) - found) < abs(day_by_day(change, 1_000) - found)


def test_at_one_moment_nothing_tells_them_apart():
    assert buy_back(1e7, 1e7, 5e5).value_per_token == pytest.approx(pay_dividend(1e7, 1e7, 5e5).value_per_token)
    assert worth_at_end(0.0) == 1.0 and worth_at_end(1e-12) == pytest.approx(1.0)


def test_what_locks_gain_the_others_lose():
    at = three_pipes(np.array([-0.5, 0.5]), 0.1, 0.25, 0.0)
    np.testing.assert_allclose(0.25 * at["Paid to locks"], at["Paid to all"])
    assert at["Buyback"][0] < at["Paid to all"][0] < at["Buyback"][1]
