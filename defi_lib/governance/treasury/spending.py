"""How common money is spent: by the middle vote, and what the right to leave saves."""

from __future__ import annotations

import numpy as np

from defi_lib.rounding import below
from defi_lib.validation import Amount, between, broadcastable, non_negative, plain


def middle_vote(gainers: Amount, others: Amount, difference: Amount, spread: Amount) -> Amount:
    """How far a vote on an amount ends from the typical wish, towards those who gain: the wish of the middle vote.

    Everybody votes for the amount nearer to the own wish, so that the wish of the middle vote beats any other. Wishes
    of the others are spread evenly, at most ``spread`` to either side of the typical one; those who gain want
    ``difference`` more. Among the others the middle vote lies at ``spread·gainers/others``, and never beyond what
    those who gain want: they get all of it at the latest with half of the votes.

    Args:
        gainers, others: votes cast, >= 0. If nobody votes, the typical wish stays.
        difference, spread: parts of the money, in [0, 1].

    Returns:
        A part of the money.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    The middle of 30 and 100 votes is the 65th of the hundred, 15 beyond their own middle:

    >>> middle_vote(30, 100, difference=0.5, spread=0.4), middle_vote(100, 100, difference=0.5, spread=0.4)
    (0.12, 0.5)

    Source: Black, *On the Rationale of Group Decision-making* (1948). Real votes are mostly on yes or no to one amount.
    """
    gainers, others = non_negative("gainers", gainers), non_negative("others", others)
    difference, spread = between("difference", difference, 0.0, 1.0), between("spread", spread, 0.0, 1.0)
    broadcastable(gainers=gainers, others=others, difference=difference, spread=spread)
    beaten = np.asarray(below(gainers, others))
    ahead = np.where(beaten, gainers, 0.0) / np.where(beaten, others, 1.0)
    nobody = (np.asarray(gainers) == 0) & (np.asarray(others) == 0)
    outcome = np.where(beaten, np.minimum(spread * ahead, difference), difference)
    return plain(np.where(nobody, 0.0, outcome))


def loss_with_exit(outcome: Amount, awake: Amount, leaving: Amount) -> Amount:
    """How far the typical member's own part of the money ends from the member's wish, if who sees it may leave.

    Who watches bears the outcome or the cost of leaving, whichever is less; who sleeps bears the outcome:
    ``(1 − awake)·outcome + awake·min(outcome, leaving)``.

    Args:
        outcome: without leaving, a part of the money, in [0, 1].
        awake: chance that the member sees the decision in time, in [0, 1].
        leaving: what is given up by leaving, a part of the money, in [0, 1]; with 1 nobody leaves.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> round(loss_with_exit(0.5, awake=0.1, leaving=0.2), 2)
    0.47

    Source: own derivation. :class:`~defi_lib.governance.voting.rage_quit.Guild` is the contract that does it.
    """
    outcome, awake = between("outcome", outcome, 0.0, 1.0), between("awake", awake, 0.0, 1.0)
    leaving = between("leaving", leaving, 0.0, 1.0)
    broadcastable(outcome=outcome, awake=awake, leaving=leaving)
    return plain((1 - np.asarray(awake)) * outcome + awake * np.minimum(outcome, leaving))
