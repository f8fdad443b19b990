"""A bounty against the loot: when who finds a hole would rather report it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.rounding import reaches
from defi_lib.validation import Amount, between, broadcastable, non_negative, plain


def bounty_needed(loot: Amount, caught: Amount = 0.0, penalty: Amount = 0.0) -> Amount:
    """The least bounty that is worth as much as a theft: ``(1 − d)·loot − d·penalty``, at least 0.

    Args:
        loot: what a thief could take, >= 0.
        caught: d, chance to be caught and lose it, in [0, 1].
        penalty: what that is worth to him beyond the loot, >= 0.

    Raises:
        ValueError: an argument outside its range.

    Source: Becker, *Crime and Punishment* (1968), for one who asks only what pays.

    >>> bounty_needed(10e6, 0.5, 1e6)
    4500000.0
    """
    loot, penalty = non_negative("loot", loot), non_negative("penalty", penalty)
    caught = between("caught", caught, 0.0, 1.0)
    broadcastable(loot=loot, caught=caught, penalty=penalty)
    return plain(np.maximum((1 - np.asarray(caught)) * loot - np.asarray(caught) * penalty, 0.0))


class BountyOutcome(NamedTuple):
    """What happens on average to a hole that somebody finds (in the unit of the loot)."""

    reported: Amount  #: chance that it is
    bounties: Amount  #: paid
    stolen: Amount  #: taken by thieves
    returned: Amount  #: of it, got back from those who are caught

    @property
    def cost(self) -> Amount:
        """What the protocol and its users lose: bounties, and loot that stays away."""
        return plain(np.asarray(self.bounties) + self.stolen - self.returned)

    def transfers(
        self, protocol: str = "protocol", finders: str = "finders", thieves: str = "thieves", asset: str = "USD"
    ) -> tuple[Transfer, ...]:
        """Bounties, loot, and what comes back."""
        return actual(
            (
                Transfer(protocol, finders, self.bounties, asset, "bounty"),
                Transfer(protocol, thieves, self.stolen, asset, "theft"),
                Transfer(thieves, protocol, self.returned, asset, "returned loot"),
            )
        )


def offer_bounty(
    bounty: Amount, loot: Amount, caught: Amount = 0.0, penalty: Amount = 0.0, honest: Amount = 0.0
) -> BountyOutcome:
    """Offer a bounty: the honest always report, the others if it pays at least as much as the loot would.

    Args:
        bounty: >= 0.
        loot: what is there to take, >= 0; if one bounty stands for many holes, one entry each.
        caught: chance that a thief is caught and gives it back, in [0, 1].
        penalty: what being caught costs him besides, >= 0.
        honest: part of the finders who never steal, in [0, 1].

    Raises:
        ValueError: an argument outside its range.

    >>> offer_bounty([1e6, 5e6], 10e6, 0.5, 1e6, honest=0.4).cost.round(0).tolist()
    [3400000.0, 5000000.0]
    """
    bounty, honest = non_negative("bounty", bounty), between("honest", honest, 0.0, 1.0)
    needed = bounty_needed(loot, caught, penalty)
    broadcastable(bounty=bounty, needed=needed, honest=honest)
    reported = np.where(reaches(np.asarray(bounty), needed), 1.0, honest)
    stolen = (1 - reported) * loot
    return BountyOutcome(plain(reported), plain(reported * bounty), plain(stolen), plain(stolen * np.asarray(caught)))
