"""What a holding weighs under each rule, and what it weighs split over several names."""

from __future__ import annotations

from math import inf
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.rounding import above
from defi_lib.validation import (
    Amount,
    Whole,
    broadcastable,
    fulfilled,
    non_negative,
    one_of,
    plain,
    positive,
    representable,
    whole,
)

#: One token one vote; no more than a cap for each name; the root of the tokens; one name one vote. What is linear in
#: tokens (conviction, delegation, a lottery by tokens) counts names like the first, a lottery by heads like the last.
RULES = ("linear", "capped", "quadratic", "equal")


class Tally(NamedTuple):
    """The count of a vote."""

    votes_for: Amount
    votes_against: Amount

    @property
    def passed(self) -> bool | NDArray[np.bool_]:
        """Whether more are for than against."""
        more = np.asarray(above(self.votes_for, self.votes_against))
        return bool(more) if more.ndim == 0 else more


class Split(NamedTuple):
    """What a holder gains by voting under several names."""

    votes: Amount  #: under one name
    split_votes: Amount  #: under all names
    gain: Amount  #: what the votes more are worth to the holder (USD)
    cost: Amount  #: of the names but the first (USD)
    break_even: Amount  #: cost of a name at which nothing is gained (USD); 0 with one name

    @property
    def profit(self) -> Amount:
        """Gain less cost (USD)."""
        return self.gain - self.cost

    def transfers(self, holder: str = "holder", issuer: str = "issuer of names") -> tuple[Transfer, ...]:
        """What the names cost."""
        return actual([Transfer(holder, issuer, self.cost, "USD", "false names")])


@representable
def votes_of(holdings: Amount, rule: str = "linear", cap: Amount = inf, identities: Whole = 1) -> Amount:
    """Votes of holdings h, each split equally over m names.

    Linear ``h``, capped ``min(h, m·cap)``, quadratic ``√(m·h)``, equal ``m`` (0 for who holds nothing).

    Args:
        holdings: tokens, >= 0.
        rule: one of ``RULES``.
        cap: tokens that count for one name, > 0; infinite is no cap.
        identities: names m, whole, >= 1.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    A hundred tokens under 25 names have five times the votes:

    >>> votes_of(100.0, "quadratic"), votes_of(100.0, "quadratic", identities=25), votes_of(100.0, identities=25)
    (10.0, 50.0, 100.0)

    Source: Lalley, Weyl, *Quadratic Voting* (2018): v votes cost v².
    """
    holdings, rule = non_negative("holdings", holdings), one_of("rule", rule, RULES)
    names = whole("identities", identities, 1)
    cap = np.asarray(cap, dtype=float) if np.all(np.isposinf(cap)) else positive("cap", cap)
    broadcastable(holdings=holdings, cap=cap, identities=names)
    if rule == "quadratic":
        return plain(np.sqrt(holdings) * np.sqrt(names) if np.any(np.greater(names, 1)) else np.sqrt(holdings))
    if rule == "equal":
        return plain(np.where(np.greater(holdings, 0), names, 0) * 1.0)
    limit = np.multiply(names, cap) if rule == "capped" else inf
    return plain(np.minimum(holdings, limit) + 0.0 * np.asarray(names))


def count_votes(holdings: Amount, in_favour: Amount, rule: str = "linear", cap: Amount = inf) -> Tally:
    """Count a vote again under a rule; voters along the last axis, electorates along the others.

    Args:
        holdings: tokens of each voter, >= 0.
        in_favour: whether each is for (true) or against; a number in [0, 1] is the part of their votes for it.
        rule, cap: as in :func:`votes_of`.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> whale, small = [100.0, 1.0, 1.0], [1, 0, 0]
    >>> [count_votes(whale, small, rule).passed for rule in ("linear", "quadratic", "equal")]
    [True, True, False]
    """
    said = np.asarray(non_negative("in_favour", in_favour))
    fulfilled("in_favour", said, np.less_equal(said, 1.0), "from 0 to 1")
    weight = np.atleast_1d(votes_of(holdings, rule, cap))
    broadcastable(holdings=weight, in_favour=said)
    agreed = np.vecdot(*np.broadcast_arrays(weight, said))
    return Tally(plain(agreed), plain(np.vecdot(*np.broadcast_arrays(weight, 1.0 - said))))


@representable
def split_names(
    holding: Amount, identities: Whole, value: Amount, cost: Amount, rule: str = "quadratic", cap: Amount = inf
) -> Split:
    """What a holder gains by splitting a holding over ``identities`` names.

    Break-even cost of a name: ``gain/(m − 1)``. A rule that weighs the first token more than the hundredth pays for
    false names, so that rule and cost of a name belong together; one token one vote does not.

    Args:
        holding: tokens, >= 0.
        identities: names m, whole, >= 1.
        value: of one vote more (USD), >= 0.
        cost: of each name but the first (USD), >= 0.
        rule, cap: as in :func:`votes_of`.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> split = split_names(100.0, 25, value=1.2, cost=1.0)
    >>> split.split_votes, split.gain, split.cost, split.break_even
    (50.0, 48.0, 24.0, 2.0)

    Source: own derivation after Lalley, Weyl (2018).
    """
    value, cost = non_negative("value", value), non_negative("cost", cost)
    names = whole("identities", identities, 1)
    broadcastable(holding=holding, identities=names, value=value, cost=cost)
    before, after = votes_of(holding, rule, cap), votes_of(holding, rule, cap, names)
    gain = value * (after - before)
    more = np.subtract(names, 1)
    return Split(before, after, plain(gain), plain(cost * more), plain(gain / np.maximum(more, 1)))
