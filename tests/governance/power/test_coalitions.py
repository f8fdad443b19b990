import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.governance import (
    deciding_number,
    deciding_share,
    majority_right,
    minimal_winning_coalition,
    whale_decides,
)
from defi_lib.measures import nakamoto
from tests.support.contracts import assert_broadcasts, assert_refuses


def test_worked_values():
    assert deciding_share(0.05) == pytest.approx(0.047619, abs=1e-6) and deciding_share(0.5) == pytest.approx(1 / 3)
    assert deciding_share(0.05, 0.04) == deciding_share(0.05) and deciding_share(0.05, 0.3) == 0.3
    assert [round(majority_right(n, 0.6), 6) for n in (3, 11, 101)] == [0.648, 0.753498, 0.979103]
    assert [round(majority_right(n, 0.55), 6) for n in (3, 101)] == [0.57475, 0.843755]
    assert majority_right(11, 0.7) == pytest.approx(0.921775, abs=1e-6)
    assert whale_decides(0.05, 1_000) == pytest.approx(0.9063, abs=5e-5)
    assert whale_decides(0.01, 1_000) == pytest.approx(0.2720, abs=5e-5)


def test_the_lower_the_turnout_the_fewer_decide():
    votes = np.arange(1.0, 101.0)
    numbers = deciding_number(votes, np.array([1.0, 0.5, 0.1, 0.0]))
    assert numbers.tolist() == sorted(numbers.tolist(), reverse=True) and numbers[-1] == 1
    assert deciding_number(votes, 0.0, quorum=1.0) == 100 == deciding_number(votes, 1.0, quorum=1.0)
    assert deciding_number([0.1, 0.1, 0.1], 0.0, quorum=2 / 3) == 2
    assert_broadcasts(lambda t, q: deciding_number(votes, t, q), np.array([0.0, 0.3, 1.0]), np.array([0.9, 0.1, 0.0]))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 1_000), min_size=1, max_size=30).filter(any))
def test_with_full_turnout_it_is_nakamotos_coefficient(votes):
    assert deciding_number(votes) == nakamoto(votes)
    coalition = minimal_winning_coalition(votes, sum(votes) / 2 + 0.25)
    assert len(coalition.members) == nakamoto(votes)
    held = np.asarray(votes)[coalition.members]
    assert held.sum() > sum(votes) / 2 >= held[:-1].sum() and held.sum() / sum(votes) == pytest.approx(coalition.share)


def test_a_certain_voter_is_right_and_a_coin_helps_nobody():
    assert majority_right(5, 1.0) == 1.0 and majority_right(5, 0.0) == 0.0
    assert majority_right(10_001, 0.5) == pytest.approx(0.5, abs=1e-9)
    assert whale_decides(0.6, 10) == pytest.approx(1.0) and whale_decides(0.3, 1, come=0.0) == 0.0


def test_a_whale_beside_voters_who_follow_one_another():
    shares, others = np.array([0.05, 0.2, 0.45]), np.array([7, 50, 1_000])
    for share in shares:  # an ocean of small voters: every division equally likely is power s/(1 − s)
        assert whale_decides(share, 20_000, alike=1 / 3) == pytest.approx(share / (1 - share), abs=1e-4)
    for count in (1, 3, 19, 20, 999):  # one of equals: 1/n, as Shapley and Shubik say
        assert whale_decides(1 / (count + 1), count, alike=1 / 3) == pytest.approx(1 / (count + 1), rel=1e-12)
    # By hand: three others, chances 1/4 each; with half of all votes the whale decides unless all are in favour.
    assert whale_decides(0.5, 3, alike=1 / 3) == pytest.approx(0.75)
    assert whale_decides(0.05, 1_000, 0.89, alike=0.999) < 0.001  # all as one
    assert whale_decides(0.05, 1_000, 0.89) < 1e-12  # each for itself, and nearly all in favour
    assert_broadcasts(lambda s, n: whale_decides(s, n, 0.7, 0.1), shares, others)
    many = whale_decides(0.1, np.arange(1, 300), 0.4, 0.2)
    assert many == pytest.approx([whale_decides(0.1, n, 0.4, 0.2) for n in range(1, 300)], rel=1e-9)
    assert whale_decides(0.3, 1, come=1.0) == 0.0 and whale_decides(0.6, 5, come=1.0) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: deciding_share(1.1), "turnout = 1.1"),
        (lambda: deciding_number([0.0]), "add up to 0"),
        (lambda: deciding_number([1.0], quorum=-0.1), "quorum = -0.1"),
        (lambda: minimal_winning_coalition([1.0, 2.0], 3.5), "quota = 3.5"),
        (lambda: minimal_winning_coalition([[1.0], [2.0]], 1.0), "weights has shape"),
        (lambda: majority_right(4, 0.5), "voters = 4 can tie"),
        (lambda: majority_right(3, 1.5), "chance = 1.5"),
        (lambda: whale_decides(1.0, 3), "share = 1"),
        (lambda: whale_decides(0.1, 0), "others = 0"),
        (lambda: whale_decides(0.1, 3, alike=1.0), "alike = 1"),
        (lambda: whale_decides(0.1, 3, come=-0.1), "come = -0.1"),
    ],
)
def test_refusals_name_the_argument(call, message):
    assert_refuses(call, message)
