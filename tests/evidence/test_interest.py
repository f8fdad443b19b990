"""What lesson 2.1 says of the pool's rates, of the bill and of the bank, and that the rule gives published rates."""

import numpy as np
import pytest

from defi_lib.evidence import effect, evidence, today, worlds
from defi_lib.evidence.lending import interest
from defi_lib.figures import figure

P6B, P4B = effect("P6b"), effect("P4b")


def one(test, **changed):
    return float(test(today(test.assumptions, changed=changed))[0])


def rates(lent_out, kink_rate=0.04):
    paid, earned = interest.pool_rates(np.array([lent_out]), np.array([kink_rate]), np.array([0.1]))
    return float(paid[0]), float(earned[0])


def test_the_rule_gives_the_published_rates_of_a_day_and_of_the_year():
    published = "lending_rate.aave_v3_ethereum_usdc_"
    paid, earned = rates(0.76)
    assert round(100 * paid, 1) == figure(f"{published}borrowing_rate").value
    assert round(100 * earned, 2) == figure(f"{published}supply_rate").value
    paid, earned = rates(P6B.assumptions["lent_out"].today, P6B.assumptions["kink_rate"].today)
    assert round(100 * paid, 2) == figure(f"{published}mean_borrowing_rate_1").value
    assert round(100 * earned, 2) == figure(f"{published}mean_supply_rate_1").value


def test_a_bill_pays_more_on_what_it_costs_than_on_what_it_pays_back():
    discount = figure("savings_rate.treasury_bill_3_months").value / 100
    assert round(365 * discount / (360 - 91 * discount), 4) == P6B.assumptions["bill"].today


def test_lenders_pass_the_bill_beyond_the_kink_in_march_2026_and_at_two_thirds_by_the_rule_of_early_2025():
    bill = P6B.assumptions["bill"].today
    assert rates(0.92)[1] < bill < rates(0.925)[1]
    assert rates(0.66, 0.085)[1] < bill < rates(0.68, 0.085)[1]


def test_no_loss_alone_turns_p6b_but_the_pool_or_the_rule_does():
    assert 0 > one(P6B, robbed=0, bad_debt=0, ways=0) > -0.005
    assert one(P6B, reserve_factor=0) < 0 and one(P6B, lent_out=0.76, kink_rate=0.04) < -0.015
    assert one(P6B, lent_out=0.91) < P6B.more_than < one(P6B, lent_out=0.92)
    assert one(P6B, kink_rate=0.0729) < P6B.more_than < one(P6B, kink_rate=0.074)
    assert evidence("P6b").named == "lent_out"


def test_a_loss_takes_the_interest_of_what_is_lost_and_nothing_is_lost_that_comes_back():
    half, all_back = (interest.kept_by_savers(0.05, 0.01, 0.01, back) for back in (0.5, 1.0))
    assert half == pytest.approx(1.05 * 0.99 - 1)
    assert all_back == pytest.approx(0.05)


def test_more_lent_out_and_a_dearer_rule_pay_lenders_more():
    drawn = worlds(P6B.assumptions, 128)
    fuller = {**drawn, "lent_out": (1 + drawn["lent_out"]) / 2}
    dearer = {**drawn, "kink_rate": 1.5 * drawn["kink_rate"]}
    assert np.all(P6B(fuller) >= P6B(drawn)) and np.all(P6B(dearer) >= P6B(drawn))


def test_worlds_pay_what_a_year_paid():
    assert P6B.kept(today(P6B.assumptions)).all() and P4B.kept(today(P4B.assumptions)).all()
    assert 0.3 < P6B.kept(worlds(P6B.assumptions, 512)).mean() < 0.9


def test_a_bank_beside_the_pool():
    paid, earned = rates(0.804, 0.056)
    assert one(P4B, robbed=0, bad_debt=0) == pytest.approx(0.0331 - (paid - earned))
    assert evidence("P4b").true
    assert one(P4B, lent_out=0.94) > P4B.more_than > one(P4B, lent_out=0.95)


def test_the_account_is_passed_in_every_month_counted():
    count = evidence("P6a")
    assert count.true and "2.10 to 4.23" in count.says and "0.39" in count.says
