"""What lesson 2.3 says of the loop: who may turn the answer, who was sold in March 2026, and what a dear day costs."""

import numpy as np
import pytest

from defi_lib.evidence import effect, evidence, today, worlds
from defi_lib.evidence.lending.leverage import ether_pool, lost_to_a_wrong_price, year_of_a_loop
from defi_lib.figures import figure

P9A = effect("P9a")


def one(**changed):
    return float(P9A(today(P9A.assumptions, changed=changed))[0])


def test_the_pools_rule_gives_the_published_rates():
    used = figure("leverage.aave_ether_use").value / 100
    assert round(100 * float(ether_pool().borrow_rate(used)), 2) == pytest.approx(2.26)  # published: 2.27
    assert float(ether_pool().borrow_rate(1.0)) == pytest.approx(0.0835)


def test_a_cheaper_loan_alone_turns_p9a_and_neither_calm_days_nor_safety_do():
    assert one() < one(dear_days=0) < P9A.more_than > one(robbed=0) and one(times=12) < one()
    assert one(ether_loan=0.0208) > P9A.more_than > one(ether_loan=0.021)
    assert one(dear_days=0, robbed=0) > P9A.more_than and one(gas_price=0) < 0
    assert evidence("P9a").named == "ether_loan"


def test_losses_to_robbers_grow_with_the_loop_until_all_of_the_own_ether_is_gone():
    robbed = P9A.assumptions["robbed"].today
    assert one(robbed=0) - one() == pytest.approx(2 * 2 * robbed - robbed)  # half of seven times is more than all
    assert one(times=1.5, robbed=0) - one(times=1.5) == pytest.approx(2 * 1.5 * robbed - robbed)


def test_whoever_was_sold_in_march_2026_had_more_than_thirteen_times_his_ether_at_work():
    wrong = figure("oracle.aave_cap_error").value / 100
    lost = lost_to_a_wrong_price([7.0, 12.8, 13.1, 20.0], wrong)
    assert lost[0] == lost[1] == 0 < lost[2] < lost[3]


def test_a_week_of_dear_days_costs_most_of_what_the_rounds_bring():
    calm, week = (float(year_of_a_loop(7, 0.024, 0.0227, days)) for days in (0, 7))
    assert 0.7 < (calm - week) / (calm - 0.024) < 1


def test_dearer_loans_and_more_robbers_never_help():
    drawn = worlds(P9A.assumptions, 128)
    for name in ("ether_loan", "dear_days", "robbed", "wrong_fall", "gas_price"):
        assert np.all(P9A({**drawn, name: 1.2 * drawn[name]}) <= P9A(drawn) + 1e-15), name
