"""Firms under free entry, and what a licence gives users and takes from them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.economy import (
    Licence,
    ServiceMarket,
    firms_that_remain,
    fixed_cost_for,
    free_entry,
    licence_effect,
)
from defi_lib.ledger import Ledger


def play(market, licences, firms):
    """Another way to the equilibrium of so many firms: each answers the others in turn, until nobody moves."""
    kinds = [kind for kind, count in enumerate(firms) for _ in range(int(count))]
    sold = np.zeros(len(kinds))
    for _ in range(4_000):
        before = sold.copy()
        for i, kind in enumerate(kinds):
            licence = licences[kind]
            loss = market.foreseen * market.fraud * (1 - licence.prevented)
            room = market.highest - market.cost - licence.proportional - loss - market.slope * (sold.sum() - sold[i])
            sold[i] = min(max(room / (2 * market.slope), 0.0), licence.largest)
        if np.abs(sold - before).max(initial=0.0) < 1e-12:
            break
    price = market.highest - market.slope * sold.sum()
    profits = []
    for i, kind in enumerate(kinds):
        loss = market.foreseen * market.fraud * (1 - licences[kind].prevented)
        margin = price - market.cost - licences[kind].proportional - loss
        profits.append(margin * sold[i] - market.fixed - licences[kind].fixed)
    return sold, price, np.array(profits), kinds


@pytest.mark.parametrize(
    ("fixed", "firms", "hhi", "margin", "surplus"),
    [(1.0, 9, 10_000 / 9, 1.0, 40.5), (4.0, 4, 2_500, 2.0, 32.0), (10.0, 2, 5_000, 10 / 3, 200 / 9)],
)
def test_as_published(fixed, firms, hhi, margin, surplus):
    found = free_entry(ServiceMarket(10.0, fixed=fixed))
    assert firms_that_remain(100.0, fixed) == found.number == firms
    assert found.hhi == pytest.approx(hhi) and found.consumer_surplus == pytest.approx(surplus)
    assert found.margins[0] == pytest.approx(margin)


def test_a_licence_is_a_fixed_cost_and_a_proportional_one_a_cost_of_each_unit():
    with_fee = free_entry(ServiceMarket(10.0), [Licence(fixed=3.0)])
    assert with_fee.number == free_entry(ServiceMarket(10.0, fixed=4.0)).number == 4
    levied = free_entry(ServiceMarket(12.0, cost=1.0), [Licence(proportional=1.0)])
    assert levied.number == 9 and levied.price == pytest.approx(3.0) and levied.consumer_surplus == pytest.approx(40.5)


@pytest.mark.parametrize("number", [1, 2, 9, 280, 10**6])
@pytest.mark.parametrize("size", [0.3, 100.0, 7e9])
def test_exactly_on_the_boundary_the_last_firm_enters(number, size):
    fixed = fixed_cost_for(size, float(number))
    market = ServiceMarket(np.sqrt(size) + 0.7, cost=0.7, fixed=fixed)
    assert firms_that_remain(size, fixed) == number == free_entry(market).number
    assert firms_that_remain(size, fixed * (1 + 1e-6 / number)) == number - 1


def test_a_market_too_small_for_anybody():
    for market in (ServiceMarket(10.0, fixed=25.1), ServiceMarket(10.0, cost=10.0), ServiceMarket(10.0, cost=99.0)):
        found = free_entry(market)
        assert (found.number, found.quantity, found.hhi, found.users_gain) == (0.0, 0.0, 0.0, 0.0)
        assert found.price == 10.0 and found.transfers() == ()
    assert free_entry(ServiceMarket(10.0, fixed=25.0)).number == 1
    assert free_entry(ServiceMarket(10.0), [Licence(places=0)]).number == 0


def test_broken_numbers_of_firms_lie_between_whole_ones_and_all_earn_just_their_costs():
    fixed = np.linspace(1.0, 20.0, 77)
    market = ServiceMarket(10.0, fixed=fixed, fraud=1.0)
    kind = [Licence(0.5, 0.25, 0.5)]
    whole, broken = (free_entry(market, kind, each) for each in (True, False))
    assert broken.number == pytest.approx(9.75 / np.sqrt(fixed + 0.5) - 1.0)
    assert np.all((broken.number >= whole.number - 1e-12) & (broken.number < whole.number + 1.0))
    assert broken.profits[0] == pytest.approx(0.0, abs=1e-9) and np.all(np.diff(broken.users_gain) < 0)
    assert free_entry(ServiceMarket(10.0, fixed=101.0), whole_firms=False).number == 0
    effect = licence_effect(market, kind, whole_firms=False)
    assert effect.before.number == pytest.approx(10.0 / np.sqrt(fixed) - 1.0)
    assert effect.useless.number == pytest.approx(effect.after.number)
    assert effect.after.users_gain == pytest.approx(broken.users_gain)


def test_tiny_and_huge():
    huge = free_entry(ServiceMarket(1e150, fixed=1e280))
    assert np.isfinite(huge.users_gain) and huge.number == 10**10 - 1
    many = free_entry(ServiceMarket(10.0, fixed=1e-30))
    assert many.consumer_surplus == pytest.approx(50.0) and np.isfinite(many.hhi)
    assert free_entry(ServiceMarket(10.0), [Licence(largest=1e-320)]).number == 0
    with pytest.raises(ValueError, match="beyond what a float can hold"):
        free_entry(ServiceMarket(1e200))


kinds = st.builds(
    Licence,
    fixed=st.floats(0.0, 6.0),
    proportional=st.floats(0.0, 2.0),
    prevented=st.floats(0.0, 1.0),
    largest=st.one_of(st.floats(0.3, 4.0), st.just(1e9)),
    places=st.one_of(st.integers(0, 4), st.just(10**6)),
)
markets = st.builds(
    ServiceMarket,
    highest=st.floats(1.0, 12.0),
    slope=st.floats(0.5, 2.0),
    cost=st.floats(0.0, 2.0),
    fixed=st.floats(1.0, 4.0),
    fraud=st.floats(0.0, 2.0),
    foreseen=st.floats(0.0, 1.0),
)


@settings(max_examples=60, deadline=None)
@given(markets, st.lists(kinds, min_size=1, max_size=3))
def test_nobody_leaves_nobody_enters_and_nobody_would_rather_sell_more_or_less(market, licences):
    found = free_entry(market, licences)
    sold, price, profits, who = play(market, licences, found.firms)
    assert price == pytest.approx(found.price, rel=1e-8)
    assert sold == pytest.approx(found.output[who], abs=1e-8) and profits == pytest.approx(found.profits[who], abs=1e-6)
    assert profits.size == 0 or profits.min() > -1e-7
    for kind, licence in enumerate(licences):
        if found.firms[kind] < licence.places:
            more = found.firms.copy()
            more[kind] += 1
            _, _, profits, who = play(market, licences, more)
            assert profits[who.index(kind)] < 1e-7, "one more would live"


@settings(max_examples=60, deadline=None)
@given(markets, st.lists(kinds, min_size=1, max_size=3))
def test_money_is_conserved_and_profits_are_what_the_ledger_says(market, licences):
    found = free_entry(market, licences)
    ledger = Ledger(new_parties="by name")
    ledger.book(found)
    ledger.check_conserved()
    balance = {"firms": 0.0, "users": 0.0, "fraudsters": 0.0}
    for payer, payee, amount, _, _ in found.transfers():
        for name, sign in ((payer, -1), (payee, 1)):
            balance[name] = balance.get(name, 0.0) + sign * amount
    assert balance["firms"] == pytest.approx(np.sum(found.firms * found.profits), abs=1e-8)
    assert balance["fraudsters"] == pytest.approx(found.fraud)
    units = np.linspace(0.0, found.quantity, 20_001)  # what the units are worth to users, added up
    worth = np.trapezoid(market.highest - market.slope * units, units)
    assert worth + balance["users"] == pytest.approx(found.users_gain, abs=1e-7)


def test_small_firms_and_sandboxes():
    all_pay = free_entry(ServiceMarket(10.0), [Licence(fixed=3.0)])
    by_size = free_entry(ServiceMarket(10.0, fixed=0.1), [Licence(fixed=3.9), Licence(fixed=0.1, largest=1.0)])
    assert all_pay.firms.tolist() == [4.0] and by_size.firms.tolist() == [0.0, 21.0]
    assert by_size.consumer_surplus > 1.3 * all_pay.consumer_surplus
    tried = free_entry(ServiceMarket(10.0), [Licence(fixed=3.0), Licence(largest=0.9, places=3)])
    assert tried.firms.tolist() == [2.0, 3.0] and tried.output[1] == 0.9
    tiny = free_entry(ServiceMarket(10.0), [Licence(fixed=3.0), Licence(largest=0.1, places=3)])
    assert tiny.firms.tolist() == [4.0, 0.0], "a sandbox too small to live in changes nothing"


def test_a_licence_without_cost_and_effect_changes_nothing():
    effect = licence_effect(ServiceMarket(10.0, fraud=1.5, foreseen=0.3), [Licence()])
    assert (effect.net, effect.dearer, effect.protected, bool(effect.pays)) == (0.0, 0.0, 0.0, False)


@settings(max_examples=60, deadline=None)
@given(markets, st.lists(kinds, min_size=1, max_size=2))
def test_net_is_protection_less_the_dearer_price(market, licences):
    effect = licence_effect(market, licences)
    assert effect.net == pytest.approx(effect.protected - effect.dearer, abs=1e-9)
    assert effect.net == pytest.approx(effect.after.users_gain - effect.before.users_gain)
    nothing_to_prevent = licence_effect(market._replace(fraud=0.0), licences)
    assert nothing_to_prevent.protected == 0.0


def test_who_foresees_fraud_buys_less_and_protection_makes_him_buy_more():
    blind, wise = (ServiceMarket(10.0, fraud=4.0, foreseen=seen) for seen in (0.0, 1.0))
    assert free_entry(blind).quantity == 9.0 and free_entry(wise).quantity == pytest.approx(5.0)
    assert free_entry(wise).users_gain == pytest.approx(12.5) and free_entry(blind).users_gain == pytest.approx(4.5)
    whole = licence_effect(wise, [Licence(prevented=1.0)])
    assert whole.after.number == 9 and whole.net == pytest.approx(40.5 - 12.5)


def test_the_part_prevented_at_which_it_turns():
    market = ServiceMarket(10.0, fraud=1.5)
    turn = 7.0 / (1.5 * 8.0)  # the dearer price, over what fraud takes of what is still sold
    assert [bool(licence_effect(market, [Licence(3.0, prevented=turn + d)]).pays) for d in (-1e-6, 1e-6)] == [
        False,
        True,
    ]
    assert licence_effect(market, [Licence(3.0, prevented=turn)]).net == pytest.approx(0.0, abs=1e-12)


def test_worlds_side_by_side():
    fees, highest = np.array([0.0, 3.0, 9.0]), np.array([10.0, 8.0, 12.0])
    both = [Licence(fees, prevented=0.5), Licence(largest=np.array([0.5, 2.0, 1.0]), places=3)]
    many = licence_effect(ServiceMarket(highest, fraud=0.4), both)
    for at in range(3):
        one = [Licence(fees[at], prevented=0.5), Licence(largest=float(both[1].largest[at]), places=3)]
        alone = licence_effect(ServiceMarket(highest[at], fraud=0.4), one)
        assert many.net[at] == pytest.approx(alone.net) and many.after.hhi[at] == pytest.approx(alone.after.hhi)
        assert many.after.firms[:, at].tolist() == alone.after.firms.tolist()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: firms_that_remain(-1.0, 1.0), r"size = -1 .*\[0, inf\)"),
        (lambda: firms_that_remain(1.0, 0.0), r"fixed = 0 .*\(0, inf\)"),
        (lambda: fixed_cost_for(1.0, -1.0), r"firms = -1 .*\[0, inf\)"),
        (lambda: free_entry(ServiceMarket(0.0)), r"market.highest = 0 .*\(0, inf\)"),
        (lambda: free_entry(ServiceMarket(1.0, slope=0.0)), r"market.slope = 0 .*\(0, inf\)"),
        (lambda: free_entry(ServiceMarket(1.0, cost=-1.0)), r"market.cost = -1 .*\[0, inf\)"),
        (lambda: free_entry(ServiceMarket(1.0, fixed=0.0)), r"market.fixed = 0 .*\(0, inf\)"),
        (lambda: free_entry(ServiceMarket(1.0, fraud=np.nan)), r"market.fraud = nan .*\[0, inf\)"),
        (lambda: free_entry(ServiceMarket(1.0, foreseen=1.1)), r"market.foreseen = 1.1 .*\[0, 1\]"),
        (lambda: free_entry(ServiceMarket(1.0), []), r"len\(licences\) = 0 .*an integer >= 1"),
        (lambda: free_entry(ServiceMarket(1.0), [Licence(), Licence(fixed=-1.0)]), r"licences\[1\].fixed = -1 "),
        (lambda: free_entry(ServiceMarket(1.0), [Licence(proportional=-1.0)]), r"licences\[0\].proportional = -1 "),
        (lambda: free_entry(ServiceMarket(1.0), [Licence(prevented=2.0)]), r"licences\[0\].prevented = 2 .*\[0, 1\]"),
        (lambda: free_entry(ServiceMarket(1.0), [Licence(largest=0.0)]), r"licences\[0\].largest = 0 .*\(0, inf\)"),
        (lambda: free_entry(ServiceMarket(1.0), [Licence(places=1.5)]), r"licences\[0\].places = 1.5 .*whole"),
        (lambda: free_entry(ServiceMarket([1.0, 2.0]), [Licence(np.zeros(3))]), "shapes do not fit together"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    with pytest.raises(ValueError, match=message):
        call()
