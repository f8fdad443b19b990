"""A payment and its takers: exact sums, order, limits, concentration."""

from fractions import Fraction
from math import fsum

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.economy import Taker, broker_takers, follow_payment, swap_takers, taker_concentration
from defi_lib.ledger import Ledger

RULES = ("of what reaches it", "of the amount", "fixed")
ratios = st.floats(0.0, 1.0)


@st.composite
def takers(draw):
    rule = draw(st.sampled_from(RULES))
    take = draw(st.floats(0.0, 1e6) if rule == "fixed" else ratios)
    part = draw(ratios)
    return Taker(draw(st.sampled_from("abcd")), take, rule, (("e", part), ("f", (1 - part) * draw(ratios))))


def by_fractions(paid, way):
    """The same in exact fractions: who keeps what, and the rest."""
    paid = left = Fraction(paid)
    kept = {}
    for name, take, rule, passes_on, _ in way:
        asked = Fraction(take) * {"fixed": 1, "of the amount": paid}.get(rule, left)
        taken = min(asked, left)
        left -= taken
        kept[name] = kept.get(name, 0) + taken * (1 - sum(Fraction(part) for _, part in passes_on))
        for other, part in passes_on:
            kept[other] = kept.get(other, 0) + taken * Fraction(part)
    return kept, left


@given(st.floats(1e-300, 1e300), st.lists(takers(), max_size=8))
def test_the_pieces_add_up_to_the_payment_exactly(paid, way):
    went = follow_payment(paid, way)
    assert sum(map(Fraction, went.amounts), Fraction(went.rest)) == Fraction(paid)
    assert fsum([*went.amounts, went.rest]) == paid
    assert min([*went.amounts, went.rest]) >= 0.0 and went.short >= 0.0


@given(st.floats(0.01, 1e9), st.lists(takers(), max_size=6))
def test_each_gets_what_fractions_say(paid, way):
    went = follow_payment(paid, way)
    kept, left = by_fractions(paid, way)
    assert went.gets.keys() == kept.keys()
    for name, amount in kept.items():
        assert went.gets[name] == pytest.approx(float(amount), rel=1e-9, abs=1e-12 * paid)
    assert went.rest == pytest.approx(float(left), rel=1e-9, abs=1e-12 * paid)
    assert went.take_rate == pytest.approx(float(1 - left / Fraction(paid)), abs=1e-12)


def test_by_hand():
    way = (
        Taker("wallet", 0.01, "of the amount"),
        Taker("builder", 3.0, "fixed", (("proposer", 0.5),)),
        Taker("pool", 0.25),
    )
    went = follow_payment(100.0, way)
    assert went.gets == {"wallet": 1.0, "builder": 1.5, "proposer": 1.5, "pool": 24.0} and went.rest == 72.0
    assert went.take_rate == 0.28 and went.short == 0.0
    assert [move[:3] for move in went.transfers] == [
        ("user", "wallet", 1.0),
        ("user", "builder", 3.0),
        ("builder", "proposer", 1.5),
        ("user", "pool", 24.0),
        ("user", "what the user buys", 72.0),
    ]


def test_the_order_matters_only_to_those_who_count_what_reaches_them():
    some = [Taker(name, rate) for name, rate in zip("abc", (0.1, 0.2, 0.3), strict=True)]
    there, back = follow_payment(100.0, some), follow_payment(100.0, some[::-1])
    assert there.rest == pytest.approx(100 * 0.9 * 0.8 * 0.7) == back.rest
    assert there.gets["a"] == pytest.approx(10.0) and back.gets["a"] == pytest.approx(5.6)
    whole = [taker._replace(rule="of the amount") for taker in some]
    there, back = follow_payment(100.0, whole), follow_payment(100.0, whole[::-1])
    assert there.gets == pytest.approx(back.gets) and there.rest == pytest.approx(40.0)


def test_nobody_takes_more_than_there_is():
    went = follow_payment([1.0, 5.0, 8.0], [Taker("gas", 5.0, "fixed"), Taker("tip", 1.0, "fixed")])
    assert went.gets["gas"].tolist() == [1.0, 5.0, 5.0] and went.gets["tip"].tolist() == [0.0, 0.0, 1.0]
    assert went.short.tolist() == [5.0, 1.0, 0.0] and went.rest.tolist() == [0.0, 0.0, 2.0]
    # Tenths that add up to the whole are no shortage.
    assert follow_payment(1.0, [Taker(f"{i}", 0.1, "of the amount") for i in range(10)]).short == 0.0


def test_without_rates_all_of_it_arrives():
    for way in ((), swap_takers(), broker_takers()):
        went = follow_payment(1_000.0, way)
        assert went.rest == 1_000.0 and went.take_rate == 0.0 and len(went.transfers) == 1


def test_a_swap_by_hand():
    went = follow_payment(1_000.0, swap_takers(0.0025, 0.3, 0.2, 0.9, 0.001, 0.1, 0.8, 0.003, 1 / 6))
    pool = 0.003 * (1_000 - 2.5 - 0.3 - 0.2 - 1.0)
    assert went.gets == pytest.approx(
        {
            "interface": 2.5,
            "holders of the coin": 0.3,
            "builder": 0.02 + 0.1,
            "proposer": 0.18 + 0.8,
            "searcher": 0.1,
            "liquidity providers": pool * 5 / 6,
            "protocol": pool / 6,
        }
    )


def test_a_broker_by_hand():
    went = follow_payment(1_000.0, broker_takers(1.0, 0.001, 0.002, 0.0005, 0.4, 0.0001, 0.02, 0.003))
    assert went.gets == pytest.approx(
        {
            "broker": 1.0 + 1.0 + 0.2,
            "state": 2.0,
            "market maker": 0.3,
            "exchange": 0.1,
            "clearing house": 0.02,
            "depository": 3.0,
        }
    )
    # Payment for orders moves money from the market maker to the broker, and costs the user nothing more.
    without = follow_payment(1_000.0, broker_takers(1.0, 0.001, 0.002, 0.0005, 0.0, 0.0001, 0.02, 0.003))
    assert without.rest == went.rest


def test_the_ledger_says_the_same():
    went = follow_payment(1_000.0, swap_takers(0.0025, 0.3, 0.2, 0.9, 0.001, 0.1, 0.8, 0.003, 0.25))
    ledger = Ledger(new_parties="by name")
    ledger.book(went)
    ledger.check_conserved()
    for name, amount in went.gets.items():
        assert ledger.balance(name, "USD") == pytest.approx(amount)


def test_concentration_counts_takers_and_their_owners():
    went = follow_payment([100.0, 1e12], [Taker("a", 0.02, RULES[1]), Taker("b", 0.01, RULES[1], (("c", 0.5),))])
    apart = taker_concentration(went)
    assert apart.herfindahl == pytest.approx([1e4 * (4 + 0.25 + 0.25) / 9] * 2)
    assert apart.largest == pytest.approx([2 / 3] * 2) and apart.effective == pytest.approx([2.0, 2.0])
    joined = taker_concentration(went, {"b": "a", "c": "a"})
    assert joined.herfindahl == pytest.approx([1e4] * 2)
    assert np.all(taker_concentration(went, {"c": "b"}).herfindahl > apart.herfindahl)


@pytest.mark.parametrize(
    ("way", "message"),
    [
        ([Taker("a", 1.1)], r"takers\[0\].take = 1.1"),
        ([Taker("a", 0.0), Taker("b", -1.0, "fixed")], r"takers\[1\].take = -1"),
        ([Taker("a", 0.1, "of all")], r"takers\[0\].rule = 'of all'"),
        ([Taker("a", 0.1, passes_on=(("b", 0.6), ("c", 0.6)))], r"sum of takers\[0\].passes_on = 1.2"),
        ([Taker("a", 0.1, passes_on=(("b", -0.1),))], r"takers\[0\].passes_on\['b'\] = -0.1"),
        ([Taker("user", 0.1)], "takers.0. has the name 'user'"),
        ([Taker("a", [0.1, 0.2, 0.3])], "shapes do not fit"),
    ],
)
def test_what_is_refused(way, message):
    with pytest.raises(ValueError, match=message):
        follow_payment([1.0, 2.0], way)


def test_what_else_is_refused():
    with pytest.raises(ValueError, match="paid = 0"):
        follow_payment(0.0, [])
    with pytest.raises(ValueError, match="no takers"):
        taker_concentration(follow_payment(1.0, []))
    with pytest.raises(ValueError, match="add up to 0"):
        taker_concentration(follow_payment(1.0, [Taker("a", 0.0)]))
    with pytest.raises(ValueError, match="name in owners = 'z'"):
        taker_concentration(follow_payment(1.0, [Taker("a", 0.5)]), {"z": "a"})
