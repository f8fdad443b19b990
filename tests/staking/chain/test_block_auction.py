"""Builders bid for a block with what they alone can see, and each on the way keeps a part."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.ledger import Ledger, profits
from defi_lib.staking import MOST_BUILDERS, builder_odds, divide_order_value, sell_block

PARTS = st.floats(0.0, 1.0)
MEANS = st.lists(st.floats(1e-6, 1e6), min_size=2, max_size=5)


def test_the_second_value_is_paid():
    sale = sell_block([[1.0, 3.0, 2.0], [5.0, 5.0, 1.0]])
    assert sale.winner.tolist() == [1, 0] and sale.bid.tolist() == [2.0, 5.0] and sale.profit.tolist() == [1.0, 0.0]
    ledger = Ledger({name: name for name in ("users", "builder", "proposer", "relay")}, numeraire="ETH")
    ledger.book(sell_block([1.0, 3.0, 2.0]))
    ledger.check_conserved()
    totals = {name: row["total"] for name, row in profits(ledger).items() if name != "total"}
    assert totals == {"users": -3.0, "builder": 1.0, "proposer": 2.0, "relay": 0.0}


def test_two_builders_by_hand():
    odds = builder_odds([3.0, 1.0])
    assert odds.wins == pytest.approx([0.75, 0.25]) and odds.profit == pytest.approx([2.25, 0.25])
    assert odds.bid == pytest.approx(1 / (1 / 3 + 1))  # the smaller of two exponentials


def test_equal_builders_share_and_the_more_they_are_the_more_the_proposer_gets():
    for count in range(2, MOST_BUILDERS + 1):
        odds = builder_odds([2.0] * count)
        assert odds.wins == pytest.approx([1 / count] * count)
        assert odds.profit.sum() == pytest.approx(2.0)  # one mean, however many they are
        assert odds.bid == pytest.approx(2 * sum(1 / k for k in range(2, count + 1)))


def test_auctions_drawn_by_lot_come_to_the_same():
    means, rng = np.array([4.0, 2.0, 1.0, 0.5]), np.random.default_rng(1)
    sale = sell_block(7.0 + rng.exponential(means, (400_000, 4)))
    odds = builder_odds(means)
    won = np.array([np.mean(sale.winner == each) for each in range(4)])
    kept = np.array([np.mean(np.where(sale.winner == each, sale.profit, 0.0)) for each in range(4)])
    assert won == pytest.approx(odds.wins, abs=0.003)
    assert kept == pytest.approx(odds.profit, abs=0.02)
    assert np.mean(sale.bid) == pytest.approx(7.0 + odds.bid, abs=0.02)


@given(MEANS, st.floats(1e-3, 1e3))
def test_chances_add_up_and_only_proportions_matter(means, scale):
    odds, scaled = builder_odds(means), builder_odds(np.multiply(means, scale))
    assert odds.wins.sum() == pytest.approx(1.0, abs=1e-9)
    assert scaled.wins == pytest.approx(odds.wins, abs=1e-9)
    assert scaled.profit == pytest.approx(odds.profit * scale, rel=1e-6, abs=1e-9 * max(means) * scale)
    assert np.all(odds.wins >= 0) and odds.bid >= 0


@given(MEANS, st.integers(0, 4))
def test_who_sees_more_wins_more_and_the_others_less(means, who):
    who %= len(means)
    more = np.array(means)
    more[who] *= 2
    before, after = builder_odds(means), builder_odds(more)
    assert after.wins[who] >= before.wins[who] - 1e-12
    others = np.arange(len(means)) != who
    assert np.all(after.wins[others] <= before.wins[others] + 1e-12)


def test_one_code_for_one_case_and_for_many():
    many = builder_odds([[4.0, 1.0], [1.0, 1.0], [1e-320, 1e300]])
    for row, mean in enumerate([[4.0, 1.0], [1.0, 1.0], [1e-320, 1e300]]):
        one = builder_odds(mean)
        assert one.wins.tolist() == many.wins[row].tolist() and one.bid == many.bid[row]
    assert np.all(np.isfinite(many.profit)) and many.wins[2].tolist() == [0.0, 1.0]


@given(st.floats(0.0, 1e9), st.tuples(*[PARTS] * 5))
def test_nothing_is_lost_on_the_way(value, parts):
    kept = divide_order_value(value, *parts)
    assert kept.middlemen + kept.users + kept.stakers == pytest.approx(value)
    names = {name: name for name in ("traders", "searchers", "builders", "relays", "stakers", "staking pools")}
    ledger = Ledger(names, numeraire="ETH")
    ledger.book(kept)
    ledger.check_conserved()
    total = {name: row.get("total", 0.0) for name, row in profits(ledger).items()}
    for name, part in {
        "searchers": kept.searchers, "builders": kept.builders, "staking pools": kept.pools, "stakers": kept.stakers,
        "traders": kept.users - value, "relays": 0.0,
    }.items():  # fmt: skip
        assert total[name] == pytest.approx(part, abs=1e-6)


def test_each_part_by_hand():
    kept = divide_order_value(1_000.0, 0.5, returned=0.2, margin=0.1, pooled=0.5, fee=0.1)
    assert kept == pytest.approx((1_000.0, 500.0, 100.0, 40.0, 18.0, 342.0))
    assert divide_order_value(10.0, 1.0).stakers == 10.0 and divide_order_value(10.0, 0.0).searchers == 10.0


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: sell_block([1.0]), "number of builders"),
        (lambda: sell_block([1.0, -1.0]), "values"),
        (lambda: builder_odds([1.0, 0.0]), "private"),
        (lambda: builder_odds([1.0]), "number of builders"),
        (lambda: builder_odds([1.0] * 11), "number of builders"),
        (lambda: divide_order_value(-1.0, 0.5), "value"),
        (lambda: divide_order_value(1.0, 1.5), "bid"),
        (lambda: divide_order_value(1.0, 0.5, returned=-0.1), "returned"),
        (lambda: divide_order_value(1.0, 0.5, margin=2.0), "margin"),
        (lambda: divide_order_value(1.0, 0.5, pooled=2.0), "pooled"),
        (lambda: divide_order_value(1.0, 0.5, fee=2.0), "fee"),
        (lambda: divide_order_value([1.0, 2.0], [0.5] * 3), "shape"),
    ],
)
def test_bad_input_is_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()
