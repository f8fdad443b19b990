"""Claims that holders of the token judge: a vote of those who would have to pay."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.governance.power.chances import divided
from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.rounding import above
from defi_lib.validation import Amount, at_least, between, broadcastable, integer, non_negative, plain


class ClaimVote(NamedTuple):
    """A claim and how holders voted; the first axis are holders, the others are claims or worlds."""

    amount: Amount  #: claimed
    interest: NDArray[np.float64]  #: what each gains if it is paid (in the unit of the claim)
    votes_for: NDArray[np.bool_]
    part_for: Amount  #: of the tokens
    accepted: NDArray[np.bool_]

    @property
    def paid(self) -> Amount:
        """What the mutual pays."""
        return plain(np.where(self.accepted, self.amount, 0.0))

    def transfers(self, mutual: str = "mutual", claimant: str = "claimant", asset: str = "USD") -> tuple[Transfer, ...]:
        """The payment, if there is one."""
        return actual((Transfer(mutual, claimant, self.paid, asset, "claim"),))


def judge_claim(
    amount: Amount,
    valid: ArrayLike,
    holdings: Amount,
    *,
    selfish: ArrayLike = True,
    own_claims: Amount = 0.0,
    trust_lost: Amount = 0.0,
    stake: Amount = 0.0,
    overturned: Amount = 0.0,
    threshold: Amount = 0.5,
) -> ClaimVote:
    """Let holders vote on a claim: an honest one by what is true, a selfish one by what he gains.

    Who holds the part s of the tokens pays ``s·amount`` of a claim. He gains his own claims of the same event; and by
    the right verdict he keeps his part of the trust that a wrong one costs, and the stake that an appeal would take.

    Args:
        amount: claimed, >= 0.
        valid: whether the loss is one that the cover names.
        holdings: tokens of each holder (first axis), >= 0, at least one above 0.
        selfish: of each holder, whether he votes by his gain; in a tie by what is true.
        own_claims: what each holder gets himself if this kind of claim is paid, >= 0.
        trust_lost: by how much a wrong verdict lowers what the mutual is worth to its holders, >= 0.
        stake: what each holder loses if he voted for a verdict that is overturned, >= 0.
        overturned: chance that a wrong verdict is, in [0, 1].
        threshold: part of the tokens above which a claim is paid, in [0, 1).

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: own model; Nexus Mutual's first claims assessment fined who voted against the result.

    A claim above what a wrong verdict costs is refused, however right; with a judge from outside it is paid:

    >>> judge_claim([50.0, 150.0], True, [[3.0], [1.0]], trust_lost=100.0).accepted
    array([ True, False])
    >>> bool(judge_claim(150.0, True, [3.0, 1.0], selfish=False).accepted)
    True
    """
    amount = np.asarray(non_negative("amount", amount), float)
    right = np.asarray(valid, dtype=bool)
    held = np.atleast_1d(np.asarray(non_negative("holdings", holdings), float))
    total = np.sum(held, axis=0)
    if np.any(total <= 0):
        raise ValueError("holdings sum to 0: allowed is at least one holder with tokens")
    own, trust = non_negative("own_claims", own_claims), non_negative("trust_lost", trust_lost)
    stake, chance = non_negative("stake", stake), between("overturned", overturned, 0.0, 1.0)
    threshold = between("threshold", threshold, 0.0, 1.0, high_open=True)
    broadcastable(amount=amount, valid=right, holdings=held, own_claims=own, trust_lost=trust, stake=stake)
    part = held / total
    for_truth = part * trust + np.asarray(stake) * chance
    interest = np.asarray(own - part * amount + np.where(right, for_truth, -for_truth))
    tie = ~np.asarray(above(interest, 0.0)) & ~np.asarray(above(0.0, interest))
    votes = np.where(np.asarray(selfish, dtype=bool) & ~tie, interest > 0, right)
    part_for = np.sum(np.where(votes, part, 0.0), axis=0)
    return ClaimVote(plain(amount), interest, votes, plain(part_for), np.asarray(above(part_for, threshold)))


def chance_paid(assessors: int, interested: int = 0, right: Amount = 1.0, alike: Amount = 0.0) -> Amount:
    """Chance that more than half of those who judge accept a just claim, if some of them never do.

    Args:
        assessors: who vote, each with one vote, >= 1.
        interested: how many of them refuse whatever they see, in [0, assessors].
        right: chance that each of the others sees that it is just, in [0, 1].
        alike: correlation of two of them, in [0, 1): they read the same post.

    Raises:
        ValueError: an argument outside its range.

    >>> round(chance_paid(9, 0, 0.8), 4), round(chance_paid(9, 3, 0.8), 4), chance_paid(9, 5, 1.0)
    (0.9804, 0.6554, 0.0)
    """
    assessors = at_least("assessors", assessors, 1)
    others = assessors - integer("interested", interested, 0, assessors)
    right, alike = between("right", right, 0.0, 1.0), between("alike", alike, 0.0, 1.0, high_open=True)
    shape = broadcastable(right=right, alike=alike)
    needed = assessors // 2 + 1
    if others < needed:
        return plain(np.zeros(shape))
    chances, links = (np.broadcast_to(np.asarray(each, float), shape).ravel() for each in (right, alike))
    counts = divided(np.full(chances.shape, others), chances, links)
    return plain(np.clip(np.sum(counts[:, needed:], axis=-1), 0.0, 1.0).reshape(shape))
