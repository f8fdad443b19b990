"""A vote by lot: a few are drawn, and decide for all."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.validation import Amount, at_least, between, broadcastable, non_negative, one_of, plain


class Jury(NamedTuple):
    """Who was drawn."""

    seats: int
    votes_for: Amount  #: seats in favour, one number per electorate

    @property
    def passed(self) -> bool | NDArray[np.bool_]:
        """Whether more seats are for than against."""
        more = np.greater(2 * np.asarray(self.votes_for), self.seats)
        return bool(more) if more.ndim == 0 else more


def draw_jury(holdings: Amount, in_favour: Amount, seats: int, rng: np.random.Generator, by: str = "tokens") -> Jury:
    """Draw ``seats`` voters, and count theirs; voters along the last axis, electorates along the others.

    By tokens, each seat falls to each token with the same chance, and one holder may have several; by heads, each who
    holds something is drawn at most once. So a holder's mean number of seats is its share of tokens, or of names: by
    heads, false names pay as much as under one name one vote.

    Args:
        holdings: tokens of each voter, >= 0, not all 0.
        in_favour: whether each is for: 1 or 0.
        seats: >= 1; by heads, at most those who hold something.
        rng: generator of random numbers.
        by: ``"tokens"`` or ``"heads"``.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> draw_jury(np.ones(1_000), np.arange(1_000) < 700, 101, np.random.default_rng(1), by="heads").passed
    True

    Source: Fishkin; the juries of Kleros (by tokens). Seats of one lot are independent of those of the next.
    """
    held = np.atleast_1d(non_negative("holdings", holdings))
    said = np.asarray(between("in_favour", in_favour, 0.0, 1.0))
    broadcastable(holdings=held, in_favour=said)
    seats, by = at_least("seats", seats, 1), one_of("by", by, ("tokens", "heads"))
    weight = held if by == "tokens" else (held > 0).astype(float)
    every = np.sum(np.broadcast_to(weight, np.broadcast_shapes(weight.shape, said.shape)), axis=-1)
    agreed = np.vecdot(*np.broadcast_arrays(weight, said))
    if not np.all(every > 0) or (by == "heads" and not np.all(every >= seats)):
        raise ValueError(f"seats = {seats} cannot be filled: allowed are electorates with as many who hold something")
    if by == "tokens":
        return Jury(seats, plain(np.asarray(rng.binomial(seats, np.minimum(agreed / every, 1.0)), dtype=float)))
    yes = np.rint(agreed).astype(np.int64)
    return Jury(seats, plain(np.asarray(rng.hypergeometric(yes, every.astype(np.int64) - yes, seats), dtype=float)))
