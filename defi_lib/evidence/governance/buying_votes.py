"""Does the price of votes guard a treasury, where they are for sale and no rule acts? Reading P12b.

All tokens in circulation together are worth 1 before the attack. All markets stand as one pool that holds the part
``depth`` of them and as much money; it asks no fee.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.evidence.effects import Control, Registry
from defi_lib.exchange import ConstantProductPool
from defi_lib.governance import (
    Attack,
    Defences,
    attack,
    borrow_votes,
    buy_votes,
    deciding_share,
    flash_votes,
    rent_votes,
)
from defi_lib.ledger import Ledger

EVIDENCE = Registry("governance")

Array = NDArray[np.float64]

#: Of the tokens in the markets nobody buys more: the price is then ten thousand times as high.
MOST_BOUGHT = 0.99

#: What borrowed votes cost in lesson 5.2: interest a year, and days from before the proposal to the end of the vote.
INTEREST, DAYS = 0.2, 3.0

# A twentieth of all tokens is needed, and half of the market sells it: 0.1 is paid. The price falls to a quarter: then
# the market has 0.2 tokens and 0.05 of money.
_TWENTIETH = {
    "treasury": 0.3, "own": 0.0, "turnout": 1 / 19, "quorum": 0.0, "depth": 0.1, "fall": 0.75,
    "limit": 1.0, "left": 0.0,
}  # fmt: skip
_NOBODY = {"turnout": 0.0, "quorum": 0.0}


@EVIDENCE.model(
    "P12b",
    placebos=[
        _NOBODY | {"treasury": 0.0, "own": 0.0},  # no treasury, and votes cost nothing
        _NOBODY | {"limit": 0.0},  # a vote may move nothing
        _NOBODY | {"left": 1.0},  # all has left before
    ],
    controls=[
        Control(_TWENTIETH, 0.1 - 0.05 * 0.05 / 0.25 - 0.3),
        Control(_TWENTIETH | {"fall": 0.0}, 0.1 - 0.1 * 0.05 / 0.15 - 0.3),
        Control(_TWENTIETH | {"turnout": 0.0, "quorum": 0.05}, 0.1 - 0.05 * 0.05 / 0.25 - 0.3),
        # A quarter of the treasury and of its own tokens can be had: 0.125 tokens are sold in all.
        Control(_TWENTIETH | {"own": 0.3, "limit": 0.5, "left": 0.5}, 0.1 - 0.05 * 0.125 / 0.325 - 0.075),
        Control(_TWENTIETH | {"own": 0.3, "limit": 0.2, "left": 0.0}, 0.1 - 0.05 * 0.11 / 0.31 - 0.06),
        # Half of all tokens would be needed, of which a tenth is there: buying it out costs 99 times its worth.
        Control(_TWENTIETH | {"turnout": 1.0}, 9.9 - 0.05 * 0.099 / 0.299 - 0.3),
    ],
)
def loss_of_a_stranger(
    treasury: Array,
    own: Array,
    turnout: Array,
    quorum: Array,
    depth: Array,
    fall: Array,
    limit: Array,
    left: Array,
) -> Array:
    """What a stranger loses who buys the votes to take a treasury (part of what the tokens are worth).

    He pays the market for the deciding share, takes what one vote may move of what members have left, and sells his
    tokens and the treasury's own once the price has fallen.

    Args:
        treasury: other money in it (part of what the tokens in circulation are worth).
        own: its own tokens (part of those in circulation).
        turnout: part of the other tokens that votes against.
        quorum: part of the tokens that must be in favour.
        depth: part of the tokens that waits for buyers in markets, > 0.
        fall: of the price, against the one before, when he sells.
        limit: part of the treasury that one vote may move.
        left: part of the treasury that members take out before.
    """
    share = np.minimum(deciding_share(turnout, quorum), MOST_BOUGHT * depth)
    part = limit * (1 - left)
    got = buy_votes(ConstantProductPool((depth, depth), fee=0.0), share, fall, booty=part * own)
    return np.asarray(got.cost - part * treasury)


def cost_by_way(
    turnout: ArrayLike, treasury: float, delay: float, leave: float, depth: float, lenders: float, fall: float = 0.3
) -> dict[str, ArrayLike]:
    """What lesson 5.2 explores: what the votes cost bought or borrowed, and what they bring (million USD).

    A DAO without own tokens in its treasury, whose tokens are worth 100 million. Who borrows first takes what lenders
    have, and buys the rest.

    Args:
        turnout: of the others, all against.
        treasury: million USD.
        delay: days from the vote until it is carried out.
        leave: part of the members who leave with their part, each day.
        depth: part of the tokens that the pool holds, more than is needed.
        lenders: part of the tokens that can be borrowed.
        fall: of the price, when the bought tokens are sold.

    >>> found = cost_by_way(0.05, 20.0, 0.0, 0.0, 0.1, 0.0, fall=0.9)
    >>> {name: round(float(value), 3) for name, value in found.items()}
    {'Buy': 8.677, 'Borrow first': 8.677, 'The vote brings': 20.0, 'gain': 11.323}
    """
    share = deciding_share(turnout)
    pool = ConstantProductPool((depth, depth * 100), fee=0.0)
    borrowed = np.minimum(share, lenders)
    buy = buy_votes(pool, share, fall).cost
    rest = buy_votes(pool, share - borrowed, fall).cost
    both = rest + borrow_votes(borrowed, 100.0, INTEREST, DAYS + delay).cost
    brings = attack(treasury, turnout, both, Defences(delay=delay, exit=leave))
    return {"Buy": buy, "Borrow first": both, "The vote brings": brings.take, "gain": brings.profit}


def four_ways(tokens: float, price: float, bribe: float, fee: float) -> dict[str, tuple[float, float]]:
    """Votes and their cost (USD) for one proposal, by each way; a tenth of 100 million tokens lies in the pool.

    Args:
        tokens: that are needed.
        price: USD for each.
        bribe: USD that a holder asks for a vote.
        fee: of a flash loan (ratio).

    >>> {way: round(cost) for way, (_, cost) in four_ways(5e6, 1.0, 0.1, 0.0005).items()}["flash loan, balances of now"]
    2500
    """
    pool = ConstantProductPool((1e7, 1e7 * price), fee=0.0)
    ways = {
        "buy": buy_votes(pool, tokens),
        "borrow": borrow_votes(tokens, price, INTEREST, DAYS),
        "rent": rent_votes(tokens, bribe),
        "flash loan, balances of now": flash_votes(tokens, price, fee, snapshot=False),
        "flash loan, snapshot": flash_votes(tokens, price, fee),
    }
    return {way: (float(got.votes), float(got.paid)) for way, got in ways.items()}


def book_attack(one: Attack) -> Ledger:
    """What an attack moves: by the vote, by those who leave before, and for the votes.

    >>> round(book_attack(attack(30e6, 0.05, 9e6)).balance("attacker", "USD"))
    21000000
    """
    ledger = Ledger({who: who for who in ("attacker", "treasury", "members", "sellers of votes")})
    ledger.book(one)
    ledger.check_conserved()
    return ledger
