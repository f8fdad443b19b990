"""Inclusion: who can keep an order out of a block, and how long it then waits.

Three parties stand between an order and a block of Ethereum. A **builder** puts a block together and bids for its
place; a **relay** vouches for the bid and keeps the block secret; the **proposer**, a staker drawn by lot, signs the
highest bid, or builds a block alone.
"""

from __future__ import annotations

import numpy as np

from defi_lib.validation import Amount, between, broadcastable, fulfilled, non_negative, plain

#: Stakers, drawn anew for each block, who write a list of orders that it must contain (EIP-7805).
LIST_MEMBERS = 16


def inclusion_chance(
    bought: Amount,
    builders_refuse: Amount = 0.0,
    relays_refuse: Amount = 0.0,
    proposers_refuse: Amount = 0.0,
    list_members: Amount = 0,
) -> Amount:
    """Chance that the next block takes an order that pays enough and that some refuse.

    ``1 − (1 − b·(1 − q)(1 − r) − (1 − b)(1 − p))·pᵐ`` with m members of a list; without lists the last factor is 1.
    A bought block takes the order if neither its builder nor its relay refuses, a block of one's own if the proposer
    does not, and every block if one member of the list does not refuse.

    Args:
        bought: ratio of proposers who sign what builders offer, b, in [0, 1]; the others build alone.
        builders_refuse: ratio of the bought blocks from builders who refuse, q, in [0, 1].
        relays_refuse: ratio of these that come through relays that refuse, r, in [0, 1].
        proposers_refuse: ratio of stakers who refuse, p, in [0, 1].
        list_members: m, a whole number; 0 = there are no lists (today), :data:`LIST_MEMBERS` as in EIP-7805.

    Raises:
        ValueError: an argument outside its range.

    >>> round(inclusion_chance(0.9, builders_refuse=0.95), 4)
    0.145
    >>> inclusion_chance(1.0, builders_refuse=1.0, proposers_refuse=0.5, list_members=1)
    0.5

    Source: own derivation; parties draw lots independently. On the chain a list holds 8,192 bytes at most, and a full
    block may leave it out; a builder who refuses also loses fees, so that refusing has a price.
    """
    broadcastable(
        bought=bought,
        builders_refuse=builders_refuse,
        relays_refuse=relays_refuse,
        proposers_refuse=proposers_refuse,
        list_members=list_members,
    )
    bought, builders = between("bought", bought, 0.0, 1.0), between("builders_refuse", builders_refuse, 0.0, 1.0)
    relays = between("relays_refuse", relays_refuse, 0.0, 1.0)
    proposers = between("proposers_refuse", proposers_refuse, 0.0, 1.0)
    members = non_negative("list_members", list_members)
    fulfilled("list_members", members, np.asarray(members) % 1 == 0, "a whole number >= 0")
    taken = bought * (1 - builders) * (1 - relays) + (1 - bought) * (1 - proposers)
    unlisted = np.where(np.equal(members, 0), 1.0, np.power(proposers, members))
    return plain(np.asarray(1 - (1 - taken) * unlisted))


def chance_within(chance: Amount, blocks: Amount) -> Amount:
    """Chance that one of the next ``blocks`` takes an order: ``1 − (1 − chance)^blocks``.

    Args:
        chance: of a single block, in [0, 1].
        blocks: how many there are, >= 0; between whole numbers the chance left falls evenly on a logarithmic scale.

    Raises:
        ValueError: an argument outside its range.

    >>> chance_within(0.5, 2)
    0.75
    """
    broadcastable(chance=chance, blocks=blocks)
    chance, blocks = between("chance", chance, 0.0, 1.0), non_negative("blocks", blocks)
    return plain(np.asarray(1 - np.power(1 - chance, blocks)))
