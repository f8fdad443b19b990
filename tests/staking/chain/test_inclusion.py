import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.staking import LIST_MEMBERS, chance_within, inclusion_chance
from tests.support.contracts import assert_refuses

PARTS = st.floats(0, 1)
ALL = {"bought": 0.9, "builders_refuse": 0.5, "relays_refuse": 0.2, "proposers_refuse": 0.1, "list_members": 2}


def test_each_party_by_itself():
    assert inclusion_chance(0.9) == 1  # nobody refuses
    assert inclusion_chance(1.0, builders_refuse=0.75) == 0.25
    assert inclusion_chance(1.0, relays_refuse=0.75) == 0.25
    assert inclusion_chance(0.0, builders_refuse=1.0, relays_refuse=1.0, proposers_refuse=0.25) == 0.75
    assert inclusion_chance(0.5, builders_refuse=1.0) == 0.5
    # 0.9 bought blocks of which 0.5 · 0.8 take it, 0.1 blocks of one's own of which 0.9 do: 0.45.
    assert inclusion_chance(0.9, 0.5, 0.2, 0.1) == pytest.approx(0.45)
    assert inclusion_chance(**ALL) == pytest.approx(1 - 0.55 * 0.01)


def test_a_list_needs_one_member_who_does_not_refuse():
    assert inclusion_chance(1.0, builders_refuse=1.0, proposers_refuse=0.5, list_members=LIST_MEMBERS) == 1 - 0.5**16
    assert inclusion_chance(1.0, builders_refuse=1.0, proposers_refuse=1.0, list_members=LIST_MEMBERS) == 0
    assert inclusion_chance(1.0, builders_refuse=1.0, proposers_refuse=0.0, list_members=0) == 0


@settings(max_examples=50, deadline=None)
@given(PARTS, PARTS, PARTS, PARTS, st.integers(0, 3))
def test_it_is_the_part_of_the_blocks_that_take_it(bought, builders, relays, proposers, members):
    chance = inclusion_chance(bought, builders, relays, proposers, members)
    assert 0 <= chance <= 1
    more = inclusion_chance(bought, builders / 2, relays, proposers, members)
    assert more >= chance - 1e-12


def test_a_draw_of_lots_agrees():
    rng = np.random.default_rng(1)
    draws = rng.random((200_000, 4))
    buys, builder, relay, proposer = draws[:, 0] < 0.9, draws[:, 1] >= 0.5, draws[:, 2] >= 0.2, draws[:, 3] >= 0.1
    taken = np.where(buys, builder & relay, proposer)
    assert taken.mean() == pytest.approx(inclusion_chance(0.9, 0.5, 0.2, 0.1), abs=0.004)


def test_waiting():
    assert chance_within(0.1, 0) == 0 and chance_within(1.0, 1) == 1 and chance_within(0.0, 50) == 0
    assert chance_within(0.1, 50) == pytest.approx(1 - 0.9**50)
    assert chance_within([0.1, 0.5], [1, 2]) == pytest.approx([0.1, 0.75])


@pytest.mark.parametrize(
    "bad", [{"bought": 1.1}, {"builders_refuse": -0.1}, {"relays_refuse": 2}, {"proposers_refuse": -1}]
)
def test_what_cannot_be_is_refused(bad):
    assert_refuses(lambda: inclusion_chance(**(ALL | bad)), "allowed")


def test_members_and_blocks_that_cannot_be_are_refused():
    for bad in (-1, 1.5):
        assert_refuses(lambda bad=bad: inclusion_chance(**(ALL | {"list_members": bad})), "allowed")
    assert_refuses(lambda: chance_within(1.1, 1), "allowed")
    assert_refuses(lambda: chance_within(0.5, -1), "allowed")
