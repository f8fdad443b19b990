"""Who reads what all could read: by hand, by chance, and against what free riding must do as groups grow."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.economy import chance_found, free_riding, largest_part, own_readers

HOUSE = dict(stake=5_000.0, cost=500.0, fault=0.2, finds=0.8)
CHANCE = st.floats(0.0, 1.0)


def gain(k, bounty, stake, fault, finds, blind, group=1, unequal=0.0):
    """What the last of k readers gains."""
    stake = stake * group * k**-unequal / sum(each**-unequal for each in range(1, group + 1))
    return fault * (1 - blind) * (bounty * (1 - (1 - finds) ** k) / k + stake * finds * (1 - finds) ** (k - 1))


def test_chances_by_hand():
    assert chance_found([0, 1, 2, 3], 0.6).tolist() == pytest.approx([0.0, 0.6, 0.84, 0.936])
    assert chance_found(3, 0.6, blind=0.5) == pytest.approx(0.468)
    assert chance_found(5, 1.0) == 1.0 and chance_found(0, 1.0) == 0.0 and chance_found(7, 0.0) == 0.0


def test_one_or_two_owners_by_hand():
    alone, two = free_riding(1, **HOUSE), free_riding(2, **HOUSE)
    assert alone == (1.0, 1.0, pytest.approx(0.8))
    # A lone reader gains 800: with two each must leave the other 500/800, so each finds with 3/8.
    assert two.share == pytest.approx(0.375 / 0.8) and two.readers == pytest.approx(0.75 / 0.8)
    assert two.found == pytest.approx(1 - 0.625**2)
    blind = free_riding(2, **HOUSE | {"stake": 10_000.0}, blind=0.5)
    assert blind.share == pytest.approx(two.share) and blind.found == pytest.approx(two.found / 2)


def test_by_chance_nobody_is_better_off_by_reading_or_not():
    run, rng = free_riding(5, **HOUSE), np.random.default_rng(8)
    others = (rng.random((400_000, 4)) < run.share) & (rng.random((400_000, 4)) < 0.8)
    lonely = ~others.any(axis=1) & (rng.random(400_000) < 0.8) & (rng.random(400_000) < 0.2)
    saved = 5_000.0 * lonely
    assert abs(saved.mean() - 500.0) < 4 * saved.std() / saved.size**0.5
    sample = (rng.random((400_000, 5)) < 0.8 * run.share).any(axis=1)
    assert abs(sample.mean() - run.found) < 4 * 0.5 / sample.size**0.5


def test_with_size_the_share_goes_to_nil_and_what_is_found_to_one_less_the_ratio():
    sizes = np.array([1, 2, 3, 10, 100, 10_000, 10**9])
    run = free_riding(sizes, **HOUSE)
    assert np.all(np.diff(run.share) < 0) and run.share[-1] < 1e-9
    assert np.all(np.diff(run.found) < 0) and run.found[-1] == pytest.approx(0.375)
    assert run.readers[-1] == pytest.approx(-np.log(0.625) / 0.8)


def test_where_reading_does_not_pay_or_costs_nothing():
    assert free_riding(7, 100.0, 500.0, 0.2, 0.8) == (0.0, 0.0, 0.0)
    assert free_riding(7, 5e-324, 500.0, 1.0, 1.0) == (0.0, 0.0, 0.0)
    assert free_riding(7, 100.0, 0.0, 0.2, 0.8) == (1.0, 7.0, pytest.approx(1 - 0.2**7))
    assert free_riding([1, 2], **HOUSE | {"cost": 800.0}).share.tolist() == pytest.approx(
        [1.0, 0.0]
    )  # just worth it, alone
    assert free_riding(3, 5_000.0, 1e-9, 0.2, 0.8).share == 1.0  # all read long before it costs nothing
    assert own_readers(7, 0.0, 0.0, 0.0, 0.0, 0.0) == 7
    assert own_readers(7, 6_000.0, 200.0, 500.0, 0.0, 0.8) == 0 == own_readers(7, 0.0, 200.0, 500.0, 0.2, 0.8)


def test_hunters_by_hand():
    # 960 for one, 576 each for two, 396.80 each for three; 32, 6.40 and 1.28 of the own stake besides.
    assert [own_readers(300, 6_000.0, 200.0, cost, 0.2, 0.8) for cost in (993, 991, 583, 582, 399, 398)] == [
        0, 1, 1, 2, 2, 3,
    ]  # fmt: skip
    assert own_readers(2, 6_000.0, 200.0, 1.0, 0.2, 0.8) == 2  # no more than there are
    assert own_readers(300, 6_000.0, 0.0, 960.0, 0.2, 0.8) == 1  # exactly worth it
    assert own_readers(1, 6_000.0, 0.0, 480.0, 0.2, 0.8, blind=0.5) == 1


@settings(max_examples=150, deadline=None)
@given(
    st.integers(1, 10_000), st.floats(0.0, 1e7), st.floats(0.0, 1e6), st.floats(1.0, 1e5), CHANCE,
    st.floats(0.01, 0.99), CHANCE, st.floats(0.0, 3.0),
)  # fmt: skip
def test_the_last_gains_its_cost_and_one_more_would_not(group, bounty, stake, cost, fault, finds, blind, unequal):
    k = own_readers(group, bounty, stake, cost, fault, finds, blind, unequal)
    worth = (bounty, stake, fault, finds, blind, group, unequal)
    assert 0 <= k <= group
    assert k == 0 or gain(k, *worth) >= cost * (1 - 1e-9)
    assert k == group or gain(k + 1, *worth) <= cost * (1 + 1e-9)


def test_the_largest_by_hand():
    assert largest_part([1, 2, 3], 3, 1.0) == pytest.approx(np.array([6, 3, 2]) / 11)
    assert largest_part(1, 1, 3.0) == 1.0 and largest_part(7, 10**9, 0.0) == pytest.approx(1e-9)
    assert largest_part(1, 10**9, 2.0) == pytest.approx(6 / np.pi**2)
    # Deposits of 6,000, 3,000 and 2,000 dollars on 3 owners: 960, 96 and 12.80 for the last of one, two, three.
    bounties = [own_readers(3, 0.0, 11_000 / 3, cost, 0.2, 0.8, unequal=1.0) for cost in (961, 959, 97, 95, 13, 12)]
    assert bounties == [0, 1, 1, 2, 2, 3]


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 3_000), st.floats(0.0, 3.0))
def test_all_parts_are_one_and_none_is_larger_than_the_one_before(group, unequal):
    parts = largest_part(np.arange(1, group + 1), group, unequal)
    assert parts.sum() == pytest.approx(1.0, rel=1e-9) and np.all(np.diff(parts) <= 0)


@settings(max_examples=150, deadline=None)
@given(
    st.integers(1, 10**9), st.floats(0.0, 1e7), st.floats(0.0, 1e5), CHANCE, CHANCE, CHANCE,
)  # fmt: skip
def test_a_group_gives_shares_and_finds_no_more_than_can_be_found(group, stake, cost, fault, finds, blind):
    run = free_riding(group, stake, cost, fault, finds, blind)
    assert 0 <= run.share <= 1 and run.readers == pytest.approx(group * run.share)
    assert 0 <= run.found <= 1 - blind + 1e-12


def test_arrays_are_each_case():
    stakes = np.array([100.0, 5_000.0, 1e6])
    many, own = free_riding(50, stakes, 500.0, 0.2, 0.8, 0.1), own_readers(50, 1e5, stakes, 500.0, 0.2, 0.8, 0.1)
    for at, stake in enumerate(stakes.tolist()):
        one = free_riding(50, stake, 500.0, 0.2, 0.8, 0.1)
        assert [column[at] for column in many] == pytest.approx(list(one))
        assert own[at] == own_readers(50, 1e5, stake, 500.0, 0.2, 0.8, 0.1)


@pytest.mark.parametrize(
    "changed, message",
    [
        ({"group": 0}, "group = 0"),
        ({"group": 1.5}, "group = 1.5"),
        ({"stake": -1.0}, "stake = -1"),
        ({"cost": -1.0}, "cost = -1"),
        ({"fault": 1.1}, "fault = 1.1"),
        ({"finds": -0.1}, "finds = -0.1"),
        ({"blind": 2.0}, "blind = 2"),
        ({"stake": [1.0, 2.0], "cost": [1.0, 2.0, 3.0]}, "shapes do not fit together"),
    ],
)
def test_bad_arguments_are_named(changed, message):
    given_ = {"group": 10, **HOUSE, **changed}
    with pytest.raises(ValueError, match=message):
        free_riding(**given_)
    with pytest.raises(ValueError, match=message):
        own_readers(**given_, bounty=1.0)


def test_bad_arguments_of_chances_and_bounties_are_named():
    with pytest.raises(ValueError, match="readers = -1"):
        chance_found(-1, 0.5)
    with pytest.raises(ValueError, match=r"finds = 1\.5"):
        chance_found(1, 1.5)
    with pytest.raises(ValueError, match=r"blind = -0\.5"):
        chance_found(1, 0.5, -0.5)
    with pytest.raises(ValueError, match="bounty = -1"):
        own_readers(10, -1.0, 5.0, 1.0, 0.1, 0.5)
    with pytest.raises(ValueError, match=r"unequal = 3\.5"):
        own_readers(10, 1.0, 5.0, 1.0, 0.1, 0.5, unequal=3.5)
    for changed, message in (
        ((0, 10, 1.0), "rank = 0"),
        ((11, 10, 1.0), "rank = 11"),
        ((1, 0, 1.0), "group = 0"),
        ((1, 10, -1.0), "unequal = -1"),
        (([1, 2], [3, 3, 3], 1.0), "shapes do not fit together"),
    ):
        with pytest.raises(ValueError, match=message):
            largest_part(*changed)
