"""What a name can carry: a loan where nothing is pledged, and a vote by heads. Readings R7a and R7b."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from defi_lib.evidence.effects import Control, Registry
from defi_lib.exchange import ConstantProductPool
from defi_lib.governance.attacks.votes import buy_votes
from defi_lib.governance.power.coalitions import deciding_share
from defi_lib.governance.treasury.reputation import name_at_stake

EVIDENCE = Registry("governance")

Worlds = NDArray[np.float64]


def monthly(yearly: Worlds) -> Worlds:
    """The chance of a month of which twelve make the chance of a year.

    >>> round(float(monthly(1 - 0.75**12)), 9)
    0.25
    """
    return np.asarray(1 - (1 - np.asarray(yearly)) ** (1 / 12))


@EVIDENCE.model(
    "R7a",
    placebos=[
        {"keeping": 0.0},  # the name brings nothing: nobody pays to keep it
        {"fresh_name": 0.0, "waiting": 0.0},  # a new name is free and as good as the old
    ],
    controls=[
        # Who cheats misses one month: 0.8 · 0.1.
        Control({"keeping": 0.1, "patience": 0.8, "fresh_name": 0.0, "misfortune": 0.0, "waiting": 1}, 0.08),
        # A quarter fails each month, and no one buys a name for 9: V = 0.1/0.4, 0.2 is at stake, 3/4 of it is lent.
        Control({"keeping": 0.1, "patience": 0.8, "fresh_name": 9, "misfortune": 1 - 0.75**12, "waiting": 1}, 0.15),
        # A name for 0.05, without a wait: its price is at stake, 3/4 of it is lent.
        Control(
            {"keeping": 0.1, "patience": 0.8, "fresh_name": 0.05, "misfortune": 1 - 0.75**12, "waiting": 0}, 0.0375
        ),
        # The same with a wait of a month: V = 0.0875/0.24, at stake 0.8·V − (0.64·V − 0.05) = 0.10833.
        Control(
            {"keeping": 0.1, "patience": 0.8, "fresh_name": 0.05, "misfortune": 1 - 0.75**12, "waiting": 1}, 0.08125
        ),
    ],
)
def lent_on_a_name(
    keeping: Worlds, patience: Worlds, fresh_name: Worlds, misfortune: Worlds, waiting: Worlds
) -> Worlds:
    """The largest loan on a name alone (months of income); without a name nothing is lent.

    Who can pay does, if what is due is not above what the name is worth to them. The lender asks of these what those
    lack who cannot: it loses nothing, money and work being free.

    Args:
        keeping: what the name brings, part of income a month.
        patience: worth now of a dollar that comes in a month.
        fresh_name: price of a new name, months of income.
        misfortune: part of borrowers who lose their income in a year.
        waiting: months until a new name is as good as the old.
    """
    unlucky = monthly(misfortune)
    due = name_at_stake(keeping, patience, unlucky, fresh_name, waiting)
    return np.asarray((1 - unlucky) * np.asarray(due))


#: Of persons for hire, and of tokens in the markets, nobody buys more: the last are a hundred times as dear.
MOST_HIRED = 0.99

# Ten thousand of twenty thousand are hired: the price doubles. Tokens for 10 million: 10 % needed, a fifth in the pool.
_CLUB = {
    "price": 50, "voters": 10_000, "checked": 0.2, "willing": 0.1, "worth": 10, "turnout": 1 / 9, "depth": 0.2,
    "fall": 0.75, "owned": 0.0,
}  # fmt: skip


@EVIDENCE.model(
    "R7b",
    placebos=[{"voters": 0, "turnout": 0.0}],  # nobody votes against him: both are free
    controls=[
        # Hired: 50 dollars each rising to four times, a million. Bought: 0.2·10·(0.1/0.1) = 2, sold for 1·0.1/0.5.
        Control(_CLUB, 1.0 - (2.0 - 0.2)),
        # Without a fall others have brought the price back: 2·0.1/0.3.
        Control({**_CLUB, "fall": 0.0}, 1.0 - (2.0 - 2 / 3)),
        # He has half of the tokens that he needs: 2·0.05/0.15 less what 0.05 fetch of 0.4 tokens and 1 of money.
        Control({**_CLUB, "owned": 0.05}, 1.0 - (2 / 3 - 1.0 * 0.05 / 0.45)),
        # He has more than he needs.
        Control({**_CLUB, "owned": 0.15}, 1.0),
        # A quarter of those for hire: a third more than the price of all.
        Control({**_CLUB, "voters": 5_000, "owned": 0.15}, 1.0 / 3),
        # More are needed than are for hire: 99 in 100 of them, ninety-nine times as dear as all.
        Control({**_CLUB, "voters": 50_000, "owned": 0.15}, 99.0),
        # More tokens are needed than the market has: 1.98·100, sold for 1·0.198/0.598.
        Control({**_CLUB, "turnout": 1.0}, 1.0 - (198.0 - 1.0 * 0.198 / 0.598)),
    ],
)
def heads_cost_more(
    price: Worlds,
    voters: Worlds,
    checked: Worlds,
    willing: Worlds,
    worth: Worlds,
    turnout: Worlds,
    depth: Worlds,
    fall: Worlds,
    owned: Worlds,
) -> Worlds:
    """What it costs more to win a vote by heads than by tokens (million USD).

    Who hires persons or buys tokens takes the cheapest first, and the price rises by the same law in both markets.

    Args:
        price: of the first person for hire (USD); each further one asks more.
        voters: honest persons who vote against him.
        checked: persons with a proof (million).
        willing: part of these who are for hire.
        worth: of all tokens (million USD).
        turnout: part of the other tokens that votes against him.
        depth: part of the tokens that the markets hold.
        fall: of the price, before he sells them again.
        owned: part of the tokens that he has already.
    """
    hired = willing * checked
    persons = ConstantProductPool((hired, hired * price), fee=0.0)
    heads = buy_votes(persons, np.minimum(voters / 1e6, MOST_HIRED * hired)).paid
    lacking = np.clip(deciding_share(turnout) - owned, 0.0, MOST_HIRED * depth)
    tokens = buy_votes(ConstantProductPool((depth, depth * worth), fee=0.0), lacking, fall)
    return np.asarray(heads - tokens.cost)
