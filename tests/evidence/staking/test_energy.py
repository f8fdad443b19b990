"""What lesson 3.9 says of the power that security costs, and of its least share."""

import pytest

from defi_lib.evidence import effect, evidence, today
from defi_lib.evidence.staking import energy
from defi_lib.figures import figure
from defi_lib.staking import SATOSHI, block_subsidy, daily_reward, entry_power_part


def one(id, **changed):
    found = effect(id)
    return float(found(today(found.assumptions, changed=changed))[0])


def test_today_is_of_the_order_of_what_was_counted():
    """138 TWh of 2024 for what miners are paid in June 2026, against 7.5 GWh for two billion: kWh a dollar."""
    work, stake = 138e9 / 10.29e9, 7.5e6 / 1.967e9
    assert one("P14a", raced=0) + 1 == pytest.approx(work / stake, rel=0.25)
    # When Ethereum changed over, the same payment went to both: 23 TWh became 2.6 GWh.
    before, after = figure("energy.ethereum_work").value * 1e3, figure("energy.ethereum.2022-09").value
    assert 5_000 < before / after < 10_000


def test_what_stakers_save_they_save_by_the_payment_not_by_the_machine():
    assert one("P14a", raced=0, payment=4e9) + 1 == pytest.approx(2 * (one("P14a", raced=0, payment=2e9) + 1))
    assert one("P14a", payment=5e7) < 99 < one("P14a", payment=5e8)
    assert one("P14a", raced=0.007) < 99  # who races for a hundredth of the pay burns it, coins or not


def test_what_a_machine_earns_is_what_the_lesson_says_that_all_earn():
    paid = daily_reward(figure("price.bitcoin").value, block_subsidy(888_000) / SATOSHI)  # USD a day, without tips
    earned = today(effect("P14b").assumptions)["hash_price"]
    assert earned == pytest.approx(paid / (figure("mining.speed_of_all").value * 1e6), rel=0.01)
    part = entry_power_part(0.045, 20, 15, 4)
    assert today(effect("P14a").assumptions)["power_part"] == pytest.approx(part, abs=0.005)


def test_in_a_firms_hall_a_new_machine_earns_more_than_stakers_but_for_the_halving():
    assert 0.05 < one("P14b") < 0.1  # the machine earns its power, and not its wear
    assert one("P14b", kept=1.0) < 0 < one("P14b", kept=1.0, efficiency=17)
    assert one("P14b", kept=0.96) < 0.01 < one("P14b", kept=0.94)
    assert one("P14b", kept=0.5) == pytest.approx(one("P14b", kept=0.55))  # from then on it stands still
    assert one("P14b", hash_price=0.0382) < 0
    assert one("P14b", power=0.04) > 0.01 > one("P14b", power=0.0345)
    assert one("P14b", amount=50) > 0.01
    assert one("P14b", gas_price=200, amount=50) < one("P14b", amount=50) - 0.4  # two swaps cost as much as all


def test_at_home_a_machine_stands_still():
    assert one("P14b", power=0.165) == one("P14b", power=0.245) > 0.25  # a quarter of its price a year is lost


def test_the_pools_fee_is_that_of_the_lesson_before():
    assert energy.MINING_FEE == 0.02


def test_a_vote_of_ones_own_costs_less_by_work():
    count = evidence("P14c")
    assert not count.true and "53,184" in count.says and "2,340" in count.says and "6,648" in count.other
