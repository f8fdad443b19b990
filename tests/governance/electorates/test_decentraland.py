"""The real electorate: what the file counts, and what it does not."""

import numpy as np
import pytest

from defi_lib.governance import decentraland_members, decentraland_proposals, liquid_votes

DAO = decentraland_members()
ENDED = decentraland_proposals()


def test_delegations_between_members_move_votes_and_make_none():
    away = DAO.delegate >= 0
    assert np.count_nonzero(away) == 277
    # 78 of those who were given votes give their own away: what they got stays with them, one step and no further.
    assert np.count_nonzero(away[DAO.delegate[away]]) == 78
    assert DAO.votes.sum() == pytest.approx(DAO.own.sum(), rel=1e-14)
    assert np.all(DAO.votes[away & ~np.isin(np.arange(away.size), DAO.delegate)] == 0)
    by_hand = [0.0] * DAO.own.size
    for member, own in enumerate(DAO.own):
        by_hand[DAO.delegate[member] if away[member] else member] += own
    assert np.allclose(DAO.votes, by_hand, rtol=1e-13)


def test_over_chains_the_votes_end_elsewhere_but_are_as_many():
    chains = liquid_votes(DAO.own, np.where(DAO.delegate < 0, np.arange(DAO.own.size), DAO.delegate))
    assert chains.votes.sum() + chains.lost == pytest.approx(DAO.own.sum(), rel=1e-12)
    assert not np.array_equal(chains.votes, DAO.votes)


def test_of_the_votes_listed_as_delegated_most_come_from_people_who_are_not_in_the_file():
    assert DAO.listed.sum() == pytest.approx(39_517_265.4)
    assert DAO.own[DAO.delegate >= 0].sum() == pytest.approx(11_618_192.5)
    assert DAO.votes_as_listed.sum() > DAO.votes.sum()


def test_proposals_are_in_order_and_add_up():
    assert np.all(np.diff(ENDED.started) >= np.timedelta64(0))
    assert np.all(ENDED.delegated <= ENDED.cast) and np.all(ENDED.voters >= 0) and np.all(ENDED.cast >= 0)
    assert ENDED.passed.sum() == 696 + 493 + 2 and set(ENDED.kind) >= {"poll", "grant", "governance"}
    assert str(ENDED.started[0]) == "2021-05-24" and ENDED.cast[0] == 544_066


@pytest.mark.parametrize("array", [*DAO, *ENDED])
def test_nobody_can_change_the_data(array):
    with pytest.raises(ValueError, match="read-only"):
        array[0] = array[1]
