"""What no float can hold is refused, by name; nothing is infinite, and nobody is warned by numpy instead."""

import warnings

import numpy as np
import pytest

from defi_lib.lending import (
    Bank,
    KinkedCurve,
    Listing,
    Market,
    SharedRates,
    aave_curve,
    average_rate,
    health_factors,
    leverage_loop,
    linear_cascade,
    liquidate,
    liquidation_price,
    net_yield,
    per_block,
    supply_rate,
    utilisation,
)


def market(price=2000.0, amount=1.0):
    terms = Listing(SharedRates(aave_curve(0.0, 0.04, 0.6, 0.9), 0.1), 0.75, 0.8, 0.05, 0.1)
    empty = Market({"USD": terms, "ETH": terms}, {"USD": 1.0, "ETH": price})
    return empty.supply("bob", "USD", 1e6).after.supply("alice", "ETH", amount).after


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: market(1e200, 1e200).position("alice"), "worth of a position = inf"),
        (lambda: market().borrow("alice", "USD", 100.0).after.advance(1e300).after.owed("alice", "USD"), "interest"),
        (lambda: liquidate(1e200, 1.0, 1e200, 0.8, 0.05), "worth of the collateral = inf"),
        (lambda: liquidate(np.array([1.0, 1e200]), 1.0, 1e200, 0.8, 0.05), "worth of the collateral = inf"),
        (lambda: liquidation_price(1e-300, 0.1, 1e300), "liquidation price = inf"),
        (lambda: health_factors(np.array([[1e200]]), [1e200], [0.5], np.array([1.0])), r"worth of collateral\[0\]"),
        (lambda: net_yield(1e308, 10.0, 0.0), "net yield = inf"),
        (lambda: leverage_loop(1e308, 0.9, 5), r"collateral\[1\] = inf"),
        (lambda: linear_cascade(100.0, 99.9, 0.1, [99.9, 99.8], [1e308, 1e308]), r"fall of the price\[1\] = inf"),
        (lambda: KinkedCurve(1.0, 1.0, 1e308, 0.5).rate(1e10), "rate = inf"),
        (lambda: supply_rate(1e308, 1e10), "supply rate = inf"),
        (lambda: per_block(1e308, 1e-10), "rate per block = inf"),
        (lambda: utilisation(1e308, 1e308), "cash and debt = inf"),
        (lambda: average_rate((1e308, 1e308), (1.0, 1.0)), "sum of debts = inf"),
        (lambda: Bank(1.0, 0.01, 0.05).deposit("ann", 1.0).after.advance(1e15), "interest = inf"),
        (lambda: Bank(1e308, 0.01, 0.05).deposit("ann", 1e308), "reserves = inf"),
    ],
)
def test_what_no_float_can_hold_is_refused(call, message):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ValueError, match=message):
            call()


def test_a_price_near_nothing_seizes_nothing_of_who_owes_nothing():
    assert liquidate(1.0, 0.0, 1e-310, 0.8, 0.05).seized == 0.0
