import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.economy import SeenOrder, chain_record, interface_record, personal_prices, ways_to_own

ORDERS = (
    SeenOrder(3.0, "home", "0xa", 50.0, 24.0),
    SeenOrder(1.0, "office", "0xb", 70.0, 12.0),
    SeenOrder(2.0, "home", "0xc", 9.0, None),
)


class TestRecords:
    def test_the_chain_shows_what_was_sent_by_block(self):
        assert chain_record(ORDERS) == ((12.0, "0xb", 70.0), (24.0, "0xa", 50.0))

    def test_the_interface_sees_all_and_earlier(self):
        seen = interface_record(ORDERS)
        assert [each[2] for each in seen] == ["0xb", "0xc", "0xa"]
        assert all(seen[i][0] < block for i, block in ((0, 12.0), (2, 24.0)))

    def test_the_order_of_writing_and_the_network_are_not_on_the_chain(self):
        moved = [each._replace(origin="elsewhere", written=0.0) for each in reversed(ORDERS)]
        assert chain_record(moved) == chain_record(ORDERS) and interface_record(moved) != interface_record(ORDERS)

    def test_an_own_node_hides_its_user_alone(self):
        assert interface_record(ORDERS, own_node=["home"]) == ((1.0, "office", "0xb", 70.0),)
        assert interface_record(ORDERS, own_node=["home", "office"]) == ()

    @pytest.mark.parametrize("record", [chain_record, interface_record])
    def test_no_block_before_writing(self, record):
        with pytest.raises(ValueError, match=r"orders\[1\].in_block is 1.0: allowed is its time of writing, 2.0"):
            record([ORDERS[0], SeenOrder(2.0, "home", "0xa", 1.0, 1.0)])
        assert record([SeenOrder(2.0, "home", "0xa", 1.0, 2.0)])


class TestWaysToOwn:
    def test_bell_numbers(self):
        assert [ways_to_own(range(n)) for n in range(8)] == [1, 1, 2, 5, 15, 52, 203, 877]  # OEIS A000110

    def test_what_is_known_together_counts_as_one(self):
        assert ways_to_own("abcde", [("a", "b"), ("c", "d"), ("b", "a"), ("d", "d")]) == 5

    @given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=8))
    def test_knowing_more_leaves_fewer_ways(self, pairs):
        left = [ways_to_own(range(7), pairs[:i]) for i in range(len(pairs) + 1)]
        assert left == sorted(left, reverse=True) and left[-1] >= 1

    def test_an_unknown_name(self):
        with pytest.raises(ValueError, match=r"together\[0\] has 'x': allowed are the accounts, \['a', 'b'\]"):
            ways_to_own("ab", [("a", "x")])


class TestPersonalPrices:
    def test_by_hand(self):
        known = personal_prices([1.0, 2.0, 6.0])  # 3 · 1, 2 · 2 or 1 · 6
        assert known == (6.0, 6.0, 9.0, 0.0) and known.gain == 3.0
        known = personal_prices([5.0, 4.0, 4.0], cost=1.0)
        assert known == (4.0, 9.0, 10.0, 1.0)

    def test_equal_users_leave_nothing_to_know(self):
        assert personal_prices([3.0] * 4, cost=2.0).gain == 0.0

    def test_nobody_pays_the_cost(self):
        assert personal_prices([1.0, 2.0], cost=2.0) == (2.0, 0.0, 0.0, 0.0)

    def test_scenarios(self):
        limits = np.array([[1.0, 2.0, 6.0], [5.0, 4.0, 4.0]])
        both = personal_prices(limits, cost=[0.0, 1.0])
        assert both.margin.tolist() == [6.0, 9.0] and both.gain.tolist() == [3.0, 1.0]
        assert personal_prices(limits[1], cost=[1.0, 4.5]).margin.tolist() == [9.0, 0.5]

    @given(st.lists(st.floats(0.0, 1e6), min_size=1, max_size=12), st.floats(0.0, 1e6))
    def test_knowing_never_costs_and_the_one_price_is_best(self, limits, cost):
        known = personal_prices(limits, cost)
        assert known.personal >= known.margin * (1 - 1e-12) >= 0
        for price in limits:
            assert known.margin >= (price - cost) * sum(each >= price for each in limits) * (1 - 1e-12) - 1e-9
        # What one price earns and leaves is at most all that there is.
        assert known.margin + known.kept <= known.personal + 1e-9 * max(sum(limits), 1.0)

    def test_uniform_limits_double_what_is_earned(self):
        known = personal_prices(np.arange(1, 1_001) / 1_000)
        assert math.isclose(known.personal / known.margin, 2.0, rel_tol=0.01)

    @pytest.mark.parametrize(
        "arguments, message",
        [
            (([-1.0],), "limits"),
            (([1.0], -1.0), "cost"),
            (([1.0], np.nan), "cost"),
            (([],), "limits has the shape"),
            ((np.ones((2, 3)), np.ones(3)), "cost"),
        ],
    )
    def test_errors(self, arguments, message):
        with pytest.raises(ValueError, match=message):
            personal_prices(*arguments)

    def test_what_is_paid(self):
        (paid,) = personal_prices([1.0, 2.0, 6.0]).transfers(seller="shop")
        assert (paid.payer, paid.payee, paid.amount) == ("users", "shop", 9.0)
