"""The middle vote on common money, and what the right to leave saves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.governance import Guild, GuildRules, loss_with_exit, middle_vote

PART = st.floats(0, 1)
VOTES = st.floats(0, 1e6)


def test_the_middle_vote_is_the_median_of_all_wishes_counted_one_by_one():
    for gainers in (0, 3, 40, 90):
        others = np.linspace(-0.4, 0.4, 100_001)  # wishes, each with the same votes
        votes = np.append(np.full(others.size, 100 / others.size), gainers)
        wishes = np.append(others, 0.3)
        order = np.argsort(wishes)
        middle = wishes[order][np.searchsorted(np.cumsum(votes[order]), votes.sum() / 2)]
        assert middle_vote(gainers, 100, 0.3, 0.4) == pytest.approx(middle, abs=1e-4)


def test_nobody_votes_and_only_gainers_vote():
    assert middle_vote(0, 0, 0.3, 0.4) == 0
    assert middle_vote(1e-300, 0, 0.3, 0.4) == 0.3
    assert middle_vote(0, 1e-300, 0.3, 0.4) == 0


def test_with_half_of_the_votes_those_who_gain_get_all():
    assert middle_vote(99, 100, 0.9, 0.1) == pytest.approx(0.099)
    assert middle_vote(100, 100, 0.9, 0.1) == 0.9


@given(VOTES, VOTES, PART, PART, st.floats(0, 1e6))
def test_more_votes_of_those_who_gain_never_bring_them_less_and_never_more_than_they_want(
    gainers, others, difference, spread, more
):
    before = middle_vote(gainers, others, difference, spread)
    if others > 0:  # where nobody else votes the first vote decides
        assert before <= middle_vote(gainers + more, others, difference, spread) <= difference
    assert 0 <= before <= difference


@given(PART, PART, PART)
def test_who_may_leave_never_loses_more(outcome, awake, leaving):
    assert loss_with_exit(outcome, awake, leaving) <= outcome * (1 + 1e-12)
    assert loss_with_exit(outcome, awake, 1.0) == pytest.approx(outcome, rel=1e-12)
    assert loss_with_exit(outcome, 0.0, leaving) == outcome


def test_a_guild_saves_the_part_of_who_watches():
    guild = Guild({"whale": 50, "awake": 20, "asleep": 30}, {"USD": 1_000}, rules=GuildRules(voting=1, grace=1))
    guild = guild.propose("firm", "USD", 600).vote("whale", 1, yes=True).advance(1)
    left = guild.quit("awake", 20)
    rest = left.after.advance(1).process(1).after.bank["USD"]
    assert left.moved["USD"] == 200 * (1 - loss_with_exit(0.6, awake=1.0, leaving=0.0))
    assert rest == 1_000 - 200 - 600


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: middle_vote(-1, 1, 0.1, 0.1), "gainers"),
        (lambda: middle_vote(1, -1, 0.1, 0.1), "others"),
        (lambda: middle_vote(1, 1, 1.1, 0.1), "difference"),
        (lambda: middle_vote(1, 1, 0.1, -0.1), "spread"),
        (lambda: loss_with_exit(1.1, 0.1, 0.1), "outcome"),
        (lambda: loss_with_exit(0.1, 1.1, 0.1), "awake"),
        (lambda: loss_with_exit(0.1, 0.1, -0.1), "leaving"),
        (lambda: middle_vote(np.ones(2), np.ones(3), 0.1, 0.1), "others"),
    ],
)
def test_bad_input_is_named(call, name):
    with pytest.raises(ValueError, match=name):
        call()
