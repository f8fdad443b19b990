"""What lesson 2.5 says of flash loans: a million is worth three cents within a transaction, and more outside of it."""

import numpy as np
import pytest

from defi_lib.evidence import effect, evidence, today, worlds
from defi_lib.evidence.lending.flash_loans import by_own_money, two_pools
from defi_lib.exchange import arbitrage_cycle
from defi_lib.figures import figure

X12B = effect("X12b")


def one(**changed):
    return float(X12B(today(X12B.assumptions, changed=changed))[0])


def test_today_gives_the_measured_mean_trade():
    trade = arbitrage_cycle(two_pools(X12B.assumptions["gap"].today, X12B.assumptions["pool_side"].today))
    count = figure("lvr.cex_dex_arbitrage_trades_19").value
    assert trade.profit == pytest.approx(figure("lvr.cex_dex_arbitrage_value_taken").value * 1e6 / count, rel=0.01)
    assert trade.amount_in == pytest.approx(figure("lvr.cex_dex_arbitrage_volume").value * 1e9 / count, rel=0.05)


def test_what_turns_x12b_is_the_reach_and_the_race():
    assert one(reach=0.73) > X12B.more_than > one(reach=0.75)
    assert one(tip=0.82) > X12B.more_than > one(tip=0.84)
    assert evidence("X12b").named == "tip"
    assert one(reach=1) < 0.002 and one(reach=1, loan_fee=0.0005) > X12B.more_than


def test_with_a_loan_it_does_not_count_what_one_owns():
    owned = np.array([10.0, 100.0, 1e6])
    found = by_own_money(owned, 0.02, 10.0, 0.0, 0.615)
    assert np.ptp(found["With a flash loan"]) == 0 and np.all(np.diff(found["Own money"]) >= 0)
    assert 0 < found["Own money"][-1] - found["With a flash loan"][-1] < 0.05


def test_a_dearer_loan_and_a_poorer_searcher_never_help_the_poor():
    drawn = worlds(X12B.assumptions, 128)
    assert np.all(X12B({**drawn, "loan_fee": drawn["loan_fee"] + 1e-4}) >= X12B(drawn) - 1e-12)
    assert np.all(X12B({**drawn, "own": 0.5 * drawn["own"]}) >= X12B(drawn) - 1e-12)
