"""Members and proposals of the Decentraland DAO, as it publishes them: numbers only, names and addresses left out.

Source: Decentraland-DAO/transparency, branch gh-pages, commit daff7ebf (2026-04-27), under Apache-2.0.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.frozen import locked
from defi_lib.integers import positions

#: As a lesson cites it.
DECENTRALAND = "Decentraland DAO, transparency data of 27 April 2026 (Apache-2.0), without names and addresses"


class Members(NamedTuple):
    """The members of a DAO, the richest first; an array has one entry a member."""

    own: NDArray[np.float64]  #: votes of their own tokens, names and land, in tenths
    listed: NDArray[np.float64]  #: votes that others have delegated to them, as the DAO's file says
    delegate: NDArray[np.int64]  #: the place in these arrays of the member whom they let vote; -1: they vote themselves

    @property
    def votes(self) -> NDArray[np.float64]:
        """What each can cast if only delegations between these members count: they go one step, and no further.

        Of the votes that the file lists as delegated most come from people who are not in it; ``listed`` has them all.
        """
        away = self.delegate >= 0
        got = np.bincount(positions(self.delegate[away]), self.own[away], self.own.size)
        return np.where(away, 0.0, self.own) + got

    @property
    def votes_as_listed(self) -> NDArray[np.float64]:
        """What each can cast if the file's own sums count: the own votes of who votes, and what is listed."""
        return np.where(self.delegate >= 0, 0.0, self.own) + self.listed


class Proposals(NamedTuple):
    """The ended proposals of a DAO, the oldest first; an array has one entry a proposal."""

    started: NDArray[np.datetime64]
    kind: NDArray[np.str_]  #: "poll", "grant", "governance" …
    passed: NDArray[np.bool_]  #: passed, enacted or finished; not: rejected or out of budget
    voters: NDArray[np.int64]  #: who cast a vote
    cast: NDArray[np.float64]  #: votes cast, delegated ones too
    delegated: NDArray[np.float64]  #: of these the delegated ones
    threshold: NDArray[np.float64]  #: votes that it needs to pass


@cache
def decentraland_members() -> Members:
    """The 4,811 members, with 52 million own votes.

    >>> dao = decentraland_members()
    >>> dao.own.size, int(dao.own.sum()), int(dao.own[dao.delegate >= 0].sum())
    (4811, 51996262, 11618192)

    If all came, fourteen of them could outvote the others:

    >>> votes = np.sort(dao.votes)[::-1]
    >>> int(np.argmax(np.cumsum(votes) > votes.sum() / 2)) + 1
    14
    """
    rows = _rows("decentraland_members.csv")
    return Members(
        locked(np.array([float(row["own_power"]) for row in rows])),
        locked(np.array([float(row["delegated_power_as_listed"]) for row in rows])),
        locked(np.array([int(row["delegates_to_rank"] or 0) - 1 for row in rows])),
    )


@cache
def decentraland_proposals() -> Proposals:
    """The 2,666 proposals that ended between May 2021 and April 2026.

    >>> ended = decentraland_proposals()
    >>> ended.voters.size, float(np.median(ended.voters))
    (2666, 50.0)
    """
    rows = _rows("decentraland_proposals.csv")
    numbers = {name: np.array([float(row[name]) for row in rows]) for name in rows[0] if name not in _WORDS}
    return Proposals(
        locked(np.array([row["started"] for row in rows], dtype="datetime64[D]")),
        locked(np.array([row["type"] for row in rows])),
        locked(np.array([row["status"] in ("passed", "enacted", "finished") for row in rows])),
        locked(numbers["voters"].astype(np.int64)),
        locked(numbers["power_cast"]),
        locked(numbers["delegated_power_cast"]),
        locked(numbers["threshold"]),
    )


_WORDS = ("started", "type", "status")


def _rows(name: str) -> list[dict[str, str]]:
    text = files("defi_lib.governance.electorates").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
