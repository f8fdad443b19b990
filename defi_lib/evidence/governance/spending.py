"""Who spends the treasury: a vote by tokens beside a board, and a largest holder alone. Readings C18a and X3c."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from defi_lib.evidence.effects import Control, Registry
from defi_lib.governance.treasury.spending import loss_with_exit, middle_vote

EVIDENCE = Registry("governance")

Worlds = NDArray[np.float64]

#: The world of the lesson's explorer, not today's: what those who gain want, the others' spread, and their heads.
WISH, SPREAD, HEADS = 0.6, 0.4, 0.01

_HALF = {"insiders": 0.4, "interested": 0.5, "eagerness": 2.0, "turnout": 0.1, "difference": 0.6, "spread": 0.3}


@EVIDENCE.model(
    "C18a",
    # Nobody gains, or those who gain want what all want: the same outcome.
    placebos=[{"interested": 0.0, "board": 0.0}, {"difference": 0.0}],
    controls=[
        # Of 100 tokens 40 are insiders', a fifth of which votes: 4 votes gain; 4 and 6 others. 0.3·4/10 = 0.12.
        Control({**_HALF, "board": 0.5, "leaving": 1.0}, 0.5 * 0.6 - 0.12),
        # One in ten watches and leaves for 0.02 in place of 0.12.
        Control({**_HALF, "board": 0.5, "leaving": 0.02}, 0.3 - (0.9 * 0.12 + 0.1 * 0.02)),
        # All vote: insiders cannot vote twice. 20 votes gain, 80 others: 0.3·20/80.
        Control({**_HALF, "turnout": 1.0, "board": 0.0, "leaving": 1.0}, -0.075),
        # All insiders gain and vote five times as often: 20 votes against 6. They get everything.
        Control({**_HALF, "interested": 1.0, "eagerness": 5.0, "board": 0.25, "leaving": 1.0}, 0.15 - 0.6),
    ],
)
def nearer_than_a_board(
    insiders: Worlds,
    interested: Worlds,
    eagerness: Worlds,
    turnout: Worlds,
    difference: Worlds,
    spread: Worlds,
    board: Worlds,
    leaving: Worlds,
) -> Worlds:
    """How much nearer to the typical member's wish a vote by tokens ends than a board's decision (part of the money).

    Args:
        insiders: their part of the tokens.
        interested: part of these whose owners gain; the others vote as members do.
        eagerness: how many times as often insiders' tokens vote, at most all of them.
        turnout: part of the other tokens that votes, and chance that the typical member watches.
        difference: how much more of the money those who gain want.
        spread: how far the others' wishes lie from the typical one, at most.
        board: how far a board goes from the typical wish to that of those who gain.
        leaving: what who watches gives up by leaving; a company's shareholder can only sell to another.
    """
    gainers, others = votes_cast(insiders, interested, eagerness, turnout)
    outcome = middle_vote(gainers, others, difference, spread)
    return np.asarray(board * difference - loss_with_exit(outcome, turnout, leaving))


def votes_cast(
    insiders: Worlds | float, interested: Worlds | float, eagerness: Worlds | float, turnout: Worlds | float
) -> tuple[Worlds, Worlds]:
    """Votes of those who gain and of all others, as parts of all tokens."""
    theirs = insiders * np.minimum(eagerness * np.asarray(turnout), 1.0)
    return np.asarray(theirs * interested), np.asarray(theirs * (1 - interested) + (1 - insiders) * turnout)


_OWN_FIRM = {"part": 0.2, "turnout": 0.1, "treasury": 0.2, "limit": 0.5, "profit": 0.5, "fall": 0.1}


@EVIDENCE.model(
    "X3c",
    placebos=[{"profit": 0.0}],  # no private gain: the holder wants what the others want
    controls=[
        # 20 votes against 8. Ten hundredths are paid, five are profit; a fifth of a loss of twenty is four.
        Control(_OWN_FIRM, 0.2),
        Control({**_OWN_FIRM, "fall": 0.2}, 0.0),  # a fifth of thirty is six
        Control({**_OWN_FIRM, "fall": 0.149}, 0.249),
        Control({**_OWN_FIRM, "limit": 1.0, "fall": 0.2}, 0.4),  # ten against a fifth of forty
        Control({**_OWN_FIRM, "turnout": 0.26}, 0.0),  # 20 votes against 20.8
        Control({**_OWN_FIRM, "turnout": 0.24}, 0.2),  # 20 votes against 19.2
        Control({**_OWN_FIRM, "part": 0.26, "turnout": 0.0}, 0.0),  # it loses more than its firm gains
        Control({**_OWN_FIRM, "part": 0.24, "turnout": 0.3}, 0.2),  # 24 votes against 22.8
    ],
)
def taken_by_the_largest(
    part: Worlds, turnout: Worlds, treasury: Worlds, limit: Worlds, profit: Worlds, fall: Worlds
) -> Worlds:
    """What the others lose by a payment to the largest holder's firm, if it passes and pays (part of their tokens).

    Worth is counted in parts of what all tokens are worth. The holder bears its part of what the tokens lose, as all.

    Args:
        part: the holder's part of the tokens; all of them vote.
        turnout: part of the others' tokens that votes against it.
        treasury: other money in it.
        limit: part of it that one vote may move.
        profit: part of the payment that the firm keeps.
        fall: of the tokens' worth, beyond what was paid.
    """
    paid = limit * treasury
    lost = paid + fall
    return np.where((part > turnout * (1 - part)) & (profit * paid > part * lost), lost, 0.0)


def three_ways(gaining: Worlds, turnout: float, moves: float, leaving: float, board: float) -> dict[str, Worlds]:
    """How far three ways to decide end from the typical member's wish, as parts of the treasury.

    Args:
        gaining: part of the tokens of those who gain, all of which vote.
        turnout: part of the others, and of their tokens, that votes and watches.
        moves: part of the treasury that one vote may move.
        leaving: what who watches gives up by leaving, a part of the treasury.
        board: how far a board goes to what those who gain want.
    """
    cost, gaining = np.minimum(leaving / np.asarray(moves), 1.0), np.asarray(gaining)
    by_tokens = middle_vote(gaining, (1 - gaining) * turnout, WISH, SPREAD)
    by_heads = middle_vote(HEADS, (1 - HEADS) * turnout, WISH, SPREAD) + 0 * gaining
    return {
        "By tokens": np.asarray(moves * loss_with_exit(by_tokens, turnout, cost)),
        "One vote each": np.asarray(moves * loss_with_exit(by_heads, turnout, cost)),
        "A board": np.asarray(moves * board * WISH + 0 * gaining),
    }
