import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.compute import (
    HOURS_PER_YEAR,
    Device,
    break_even_utilisation,
    free_entry_nodes,
    host_year,
    rental_value,
    shared_utilisation,
)
from defi_lib.ledger import Ledger, profits
from tests.support.contracts import assert_refuses

CARD = Device(1600, 4, 0.45, 0.06)
amounts = st.floats(0, 1e4)
devices = st.builds(
    lambda *numbers: Device(*numbers), st.floats(1, 1e5), st.floats(0.5, 10), st.floats(0, 2), st.floats(0.001, 0.5)
)


def test_the_years_of_a_graphics_card():
    year = host_year(CARD, np.array([0.1, 0.2, 0.4, 0.7]), 0.35, 0.25, 0.17)
    np.testing.assert_allclose(year.profit, [-317.4808, -145.6096, 198.1328, 713.7464], rtol=1e-12)
    np.testing.assert_allclose(year.hourly_profit * HOURS_PER_YEAR, year.profit)
    np.testing.assert_allclose(year.electricity, 8760 * np.array([0.099, 0.138, 0.216, 0.333]) * 0.17)


def test_break_even_depends_on_the_country():
    assert break_even_utilisation(CARD, 0.35, 0.25, 0.17) == pytest.approx(0.2847, abs=5e-5)
    assert break_even_utilisation(CARD, 0.35, 0.25, 0.44) == pytest.approx(0.7928, abs=5e-5)


def test_arrays_agree_with_numbers():
    prices = np.array([0.0, 0.2, 0.35])
    years = host_year(CARD, 0.5, prices, 0.25, 0.17, emission=10.0, token_share=0.5, token_return=-0.3, tax_rate=0.2)
    for i, price in enumerate(prices):
        one = host_year(CARD, 0.5, price, 0.25, 0.17, emission=10.0, token_share=0.5, token_return=-0.3, tax_rate=0.2)
        assert type(one.profit) is float
        assert years.profit[i] == one.profit
        assert years.tax[i] == one.tax


@given(devices, st.floats(0.1, 10), st.floats(0, 0.9), st.floats(0, 1))
def test_at_the_break_even_utilisation_nothing_is_left(device, price, fee, electricity_price):
    if device.margin(price, fee, electricity_price) <= 1e-6:
        return
    utilisation = break_even_utilisation(device, price, fee, electricity_price)
    if utilisation <= 1:
        year = host_year(device, utilisation, price, fee, electricity_price)
        assert abs(year.profit) <= 1e-9 * (year.rent + year.electricity + year.depreciation)
    else:
        assert host_year(device, 1.0, price, fee, electricity_price).profit < 0


def test_a_token_that_falls_takes_the_profit_and_a_loss_is_not_refunded():
    dollars = host_year(CARD, 0.4, 0.35, 0.25, 0.17, tax_rate=0.25)
    tokens = host_year(CARD, 0.4, 0.35, 0.25, 0.17, token_share=1.0, token_return=-0.8, tax_rate=0.25)
    assert dollars.tax == pytest.approx(0.25 * 198.1328)
    assert dollars.profit == pytest.approx(0.75 * 198.1328)
    assert tokens.token_gain == pytest.approx(-0.8 * 8760 * 0.4 * 0.35 * 0.75)
    assert (tokens.tax, tokens.profit) == (0.0, tokens.profit_before_tax)
    emitted = host_year(CARD, 0.4, 0.35, 0.25, 0.17, emission=300.0, token_return=-1.0)
    assert emitted.profit == pytest.approx(198.1328)  # worthless when sold


@given(devices, st.floats(0, 1), amounts, st.floats(0, 0.9), st.floats(0, 1), amounts, st.floats(0, 0.9))
def test_the_ledger_shows_the_same_profit(device, utilisation, price, fee, electricity_price, emission, tax_rate):
    year = host_year(device, utilisation, price, fee, electricity_price, emission=emission, tax_rate=tax_rate)
    ledger = Ledger(new_parties="by name")
    ledger.book(year)
    ledger.check_conserved()
    booked = profits(ledger)["provider"]["total"]
    assert booked == pytest.approx(year.profit, rel=1e-9, abs=1e-9 * (year.rent + emission + year.depreciation))


@given(devices, st.floats(0, 1), st.floats(0, 10), st.floats(0, 0.9), st.floats(0, 1))
def test_who_pays_the_rental_value_earns_nothing(device, utilisation, price, fee, electricity_price):
    worth = rental_value(device, utilisation, price, fee, electricity_price)
    if worth >= 0:
        bought = device._replace(purchase_price=worth)
        year = host_year(bought, utilisation, price, fee, electricity_price)
        # Below the least normal float no digits are left to compare.
        assert abs(year.profit) <= 1e-9 * (year.rent + year.electricity) + np.finfo(float).tiny


def test_rental_value_is_discounted():
    rates = np.array([0.0, 1e-15, 0.1])
    yearly = host_year(Device(0, 4, 0.45, 0.06), 0.5, 0.35, 0.25, 0.17).profit
    values = rental_value(CARD, 0.5, 0.35, 0.25, 0.17, rates)
    np.testing.assert_allclose(values, yearly * np.array([4, 4, sum(1.1**-t for t in (1, 2, 3, 4))]), rtol=1e-12)
    assert rental_value(CARD, 0.5, 0.35, 0.25, 0.17, 0.1) == values[2]
    assert rental_value(CARD, 1.0, 0.0, 0.0, 0.17) < 0


def test_who_joins_takes_work_from_the_others():
    np.testing.assert_allclose(shared_utilisation(np.array([1, 10, 20]), 87_600), [1, 1, 0.5])
    assert shared_utilisation(5.0, 0.0) == 0.0


@pytest.mark.parametrize("emission", [0.0, 5e4, 5e6])
@pytest.mark.parametrize("price", [0.05, 0.2, 0.5])
def test_at_free_entry_the_last_node_earns_nothing(price, emission):
    demand = 4e5
    nodes = free_entry_nodes(CARD, demand, price, 0.25, 0.17, emission)
    if nodes == 0:
        assert emission == 0
        assert host_year(CARD, 1.0, price, 0.25, 0.17).profit < 0
        return
    use = shared_utilisation(nodes, demand)
    profit = host_year(CARD, use, price, 0.25, 0.17, emission=emission / nodes).profit
    assert abs(profit) < 1e-9 * CARD.depreciation


def test_more_emission_feeds_more_nodes_not_richer_ones():
    nodes = free_entry_nodes(CARD, 4e5, 0.35, 0.25, 0.17, np.array([0.0, 1e5, 1e6]))
    assert np.all(np.diff(nodes) > 0)
    assert nodes[0] == free_entry_nodes(CARD, 4e5, 0.35, 0.25, 0.17)


def test_a_phone_and_a_rented_cloud_card_use_the_same_formulas():
    phone = Device(0, 3, 0.005, 0.001)
    assert host_year(phone, 1.0, 0.0, 0.0, 0.0).profit == 0.0
    assert break_even_utilisation(phone, 0.01) == 0.0
    assert host_year(Device(1e-300, 1e-3, 0, 0), 1.0, 1e-300).profit > 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Device(-1, 4, 0.4), r"purchase_price = -1 .*\[0, inf\)"),
        (lambda: Device(1, 0, 0.4), r"life = 0 .*\(0, inf\)"),
        (lambda: Device(1, 4, [0.4, -0.1]), r"busy_power\[1\] = -0.1 .*\[0, inf\)"),
        (lambda: Device(1, 4, 0.4, np.nan), r"idle_power = nan .*\[0, inf\)"),
        (lambda: Device([1, 2], [1, 2, 3], 0.4), "shapes do not fit"),
        (lambda: host_year(CARD, 1.1, 1.0), r"utilisation = 1.1 .*\[0, 1\]"),
        (lambda: host_year(CARD, -0.1, 1.0), r"utilisation = -0.1 .*\[0, 1\]"),
        (lambda: host_year(CARD, 0.5, -1.0), r"price = -1 .*\[0, inf\)"),
        (lambda: host_year(CARD, 0.5, 1.0, 1.0), r"fee = 1 .*\[0, 1\)"),
        (lambda: host_year(CARD, 0.5, 1.0, 0.0, -0.1), r"electricity_price = -0.1 .*\[0, inf\)"),
        (lambda: host_year(CARD, 0.5, 1.0, emission=-1.0), r"emission = -1 .*\[0, inf\)"),
        (lambda: host_year(CARD, 0.5, 1.0, token_share=2.0), r"token_share = 2 .*\[0, 1\]"),
        (lambda: host_year(CARD, 0.5, 1.0, token_return=-1.5), r"token_return = -1.5 .*\[-1, inf\)"),
        (lambda: host_year(CARD, 0.5, 1.0, tax_rate=1.0), r"tax_rate = 1 .*\[0, 1\)"),
        (lambda: host_year(CARD, np.zeros(2), np.zeros(3)), "shapes do not fit"),
        (lambda: break_even_utilisation(CARD, 0.05, 0.0, 0.44), r"margin .* = -0.1216 .*\(0, inf\)"),
        (lambda: break_even_utilisation(CARD, -1.0), r"price = -1 .*\[0, inf\)"),
        (lambda: rental_value(CARD, 0.5, 1.0, discount_rate=-0.1), r"discount_rate = -0.1 .*\[0, inf\)"),
        (lambda: shared_utilisation(0.0, 1.0), r"nodes = 0 .*\(0, inf\)"),
        (lambda: shared_utilisation(1.0, -1.0), r"demand = -1 .*\[0, inf\)"),
        (lambda: free_entry_nodes(Device(0, 1, 0.1), 1.0, 1.0), r"fixed cost .* = 0 .*\(0, inf\)"),
        (lambda: free_entry_nodes(CARD, -1.0, 1.0), r"demand = -1 .*\[0, inf\)"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)


def test_nodes_that_cover_their_cost_only_when_always_busy_may_all_stay():
    """At a margin of just the fixed cost as many nodes as there is work for earn nothing, and lose nothing."""
    for price in np.arange(1, 200) / 10:
        device = Device(price * 8760 * 3, 3.0, 0.0)  # costs a year of work at this price, but for rounding
        assert free_entry_nodes(device, 8760.0, price) == pytest.approx(1.0)


def test_work_that_pays_just_its_power_has_no_break_even():
    for price in np.arange(1, 100) / 10:
        for fee in (0.1, 0.2, 0.3):
            device = Device(1000.0, 4.0, price * (1 - fee) / 0.3)
            assert device.margin(price, fee, 0.3) == 0
            with pytest.raises(ValueError, match="margin"):
                break_even_utilisation(device, price, fee, 0.3)


def test_second_hand_value_and_rent_move_the_break_even():
    # Lesson 7.1's card; 0.35 USD was the lowest listed rent of April 2025, 0.682 the lowest of June 2026.
    kept, sold = Device(1600, 4, 0.45, 0.06), Device(1600, 4, 0.45, 0.06, 750)
    found = [break_even_utilisation(card, rent, 0.25, 0.17) for rent in (0.35, 0.682) for card in (kept, sold)]
    assert found == pytest.approx([0.2847, 0.1756, 0.1255, 0.0774], abs=1e-4)
    assert host_year(kept, 0.5, 0.35, 0.25, 0.17).profit + 750 / 4 == pytest.approx(
        host_year(sold, 0.5, 0.35, 0.25, 0.17).profit
    )


@given(devices, st.floats(0, 1), st.floats(0, 1), st.floats(0, 0.3))
def test_a_device_bought_at_its_rental_value_earns_nothing_however_it_is_sold(device, share, use, rent):
    resale = share * device.purchase_price
    sold = Device(*device[:4], resale)
    worth = rental_value(sold, use, rent, 0.1, 0.05)
    assert worth == pytest.approx(rental_value(device, use, rent, 0.1, 0.05) + resale)
    if worth > resale:
        year = host_year(Device(worth, *sold[1:]), use, rent, 0.1, 0.05)
        assert year.profit == pytest.approx(0.0, abs=1e-9 * (worth + year.rent + year.electricity))


def test_resale_is_discounted_and_at_most_the_price():
    sold = Device(1000.0, 2.0, 0.0, 0.0, 121.0)
    assert rental_value(sold, 0.0, 1.0, discount_rate=0.1) == pytest.approx(100.0)
    assert Device(5.0, 1.0, 0.0, 0.0, 5.0).depreciation == 0.0
    assert_refuses(lambda: Device(5.0, 1.0, 0.0, 0.0, 6.0), "resale_value = 6")
