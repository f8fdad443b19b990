"""The one vote: whether the protocol's income and grants go to holders by their tokens, or to users by head."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.economy.system.people import People, weights
from defi_lib.economy.system.setting import SystemSetting
from defi_lib.economy.system.world import SystemWorld
from defi_lib.governance import names_bought, votes_with_names
from defi_lib.measures import nakamoto

Array = NDArray[np.float64]

#: A holding below this part of a token does not count.
_DUST = 1e-9


class Vote(NamedTuple):
    """How the vote went; one per seed unless it says so."""

    users_win: NDArray[np.bool_]
    winners: Array  #: who gets income and grants, parts of all, seeds × people
    largest_voters: NDArray[np.int64]  #: how few voters have half of the votes; 0 if nobody votes
    names_paid: Array  #: what each voter paid for accounts (USD), seeds × people
    somebody: NDArray[np.bool_]  #: whether there is anybody to pay

    @classmethod
    def nobody(cls, people: People) -> Vote:
        """Before the vote: nobody gets anything."""
        none = np.zeros(len(people.wealth), dtype=bool)
        return cls(none, np.zeros_like(people.wealth), none.astype(np.int64), np.zeros_like(people.wealth), none)


def hold_vote(world: SystemWorld, setting: SystemSetting, people: People, tokens: Array, price: Array) -> Vote:
    """Everybody votes for what pays more: a part by tokens, or the same part as every other user.

    With ``fair_votes`` that part of the votes is counted by the root of the tokens. Who has much may buy accounts; some
    of them are found, nearly all where people prove who they are (``identity``).
    """
    beside = setting.beside_people
    tokens = np.where(tokens > _DUST, tokens, 0.0)
    by_tokens, by_head = weights(tokens), weights(people.served.astype(float))
    turnout = np.where(people.wishes("insider"), beside("eagerness"), 1.0) * beside("turnout")
    comes = tokens * (world.draw("voting") < turnout)
    found = beside("names_found") + beside("identity") * (beside("checked_found") - beside("names_found"))
    spend = comes * price[:, np.newaxis] * beside("name_budget")
    roots = np.asarray(votes_with_names(comes, spend, beside("name_cost"), np.clip(found, 0.0, 1.0)))
    split = roots > np.sqrt(comes) * (1 + 1e-9)
    names = np.where(split, np.asarray(names_bought(comes, spend, beside("name_cost"))) - 1, 0.0)
    mixed = beside("fair_votes")
    power = (1 - mixed) * weights(comes) + mixed * weights(roots)
    for_users = (power * (by_head > by_tokens)).sum(axis=1)
    users_win = for_users > power.sum(axis=1) - for_users
    winners = np.where(users_win[:, np.newaxis], by_head, by_tokens)
    any_votes = power.sum(axis=1) > 0
    some = np.where(any_votes[:, np.newaxis], power, 1.0)
    largest = np.where(any_votes, np.asarray(nakamoto(some)), 0)
    paid = names * beside("name_cost") * (np.asarray(mixed) > 0)
    return Vote(users_win, winners, largest.astype(np.int64), paid, winners.sum(axis=1) > 0.5)
