"""Who has gained what from a launch whose prices are known, from a chart or a count of many launches."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from defi_lib.ledger.transfer import OUTSIDE, Transfer, actual
from defi_lib.rounding import below, within
from defi_lib.validation import Amount, between, broadcastable, non_negative, plain

#: Roles in the transfers.
INSIDERS, USERS, BUYERS, PROJECT = "insiders", "users", "buyers", "project"


class LaunchGains(NamedTuple):
    """Tokens and money of each party; tokens as parts of the supply, money as a part of what all cost at the launch.

    Users who sell to buyers pass their gain or loss on to them: the two together stay the same.
    """

    price: Amount  #: of the last step
    insiders_tokens: Amount  #: given to the insiders at the launch
    users_tokens: Amount  #: given to the users by the end
    paid: Amount  #: by the insiders, to the project
    sold: Amount  #: tokens that the insiders have sold to the buyers
    proceeds: Amount  #: what they got for them

    @property
    def insiders(self) -> Amount:
        """Gain of the insiders: money got, and the rest of their tokens at the last price, less money paid."""
        return plain(self.proceeds + (self.insiders_tokens - self.sold) * self.price - self.paid)

    @property
    def users(self) -> Amount:
        """Gain of those who were given tokens."""
        return plain(self.users_tokens * self.price)

    @property
    def buyers(self) -> Amount:
        """Gain of those who bought what the insiders sold; mostly below 0."""
        return plain(self.sold * self.price - self.proceeds)

    def transfers(
        self, insiders: str = INSIDERS, users: str = USERS, buyers: str = BUYERS, project: str = PROJECT
    ) -> tuple[Transfer, ...]:
        """Who paid whom what. Mark the token at :attr:`price`, and nothing is left as price change."""
        return actual(
            (
                Transfer(OUTSIDE, insiders, self.insiders_tokens, "token", "allocation"),
                Transfer(OUTSIDE, users, self.users_tokens, "token", "allocation"),
                Transfer(insiders, project, self.paid, "USD", "token sale"),
                Transfer(insiders, buyers, self.sold, "token", "sale"),
                Transfer(buyers, insiders, self.proceeds, "USD", "sale"),
            )
        )


def launch_gains(
    prices: Amount,
    unlocked: Amount,
    insiders: Amount,
    users: Amount,
    *,
    sold: Amount = 1.0,
    paid: Amount = 0.0,
) -> LaunchGains:
    """Insiders sell a part of what has just been unlocked, at the price of that step, and keep the rest.

    Everything is linear in the prices: the means of many launches give the mean of their gains.

    Args:
        prices: of a token, as multiples of the launch price, >= 0; steps along the first axis, then scenarios.
        unlocked: part of the insiders' tokens that may be sold by each step, in [0, 1], never falling; as ``prices``.
        insiders: their part of the supply, in [0, 1].
        users: the part of the supply that users are given by the last step, in [0, 1]; they hold it, or pass it on.
        sold: part of newly unlocked tokens that insiders sell at once, in [0, 1].
        paid: what insiders paid for their tokens, failed projects included (part of what all tokens cost at the
            launch), >= 0.

    Raises:
        ValueError: an argument outside its range, more than the supply, a lock that closes again, or shapes that do
            not fit together.

    >>> gains = launch_gains([1.0, 0.6, 0.2], [0.0, 0.5, 1.0], insiders=0.5, users=0.2, paid=0.05)
    >>> [round(float(gain), 9) for gain in (gains.insiders, gains.users, gains.buyers)]
    [0.15, 0.04, -0.1]

    Source: own model. :func:`~defi_lib.rewards.simulate_launch` makes the prices in a pool instead.
    """
    price = np.atleast_1d(non_negative("prices", prices))
    free = np.atleast_1d(between("unlocked", unlocked, 0.0, 1.0))
    share, given = between("insiders", insiders, 0.0, 1.0), between("users", users, 0.0, 1.0)
    within("insiders + users", share + given, 0.0, 1.0)
    part, cost = between("sold", sold, 0.0, 1.0), non_negative("paid", paid)
    if len(price) != len(free):
        raise ValueError(f"unlocked has {len(free)} steps: allowed is one for each of {len(price)} prices")
    broadcastable(prices=price[0], unlocked=free[0], insiders=share, users=given, sold=part, paid=cost)
    if np.any(below(free[1:], free[:-1], scale=1.0)):
        raise ValueError("unlocked falls: allowed is a part that never falls")
    new = np.maximum(np.diff(free, axis=0, prepend=0.0), 0.0)
    last = plain(price[-1])
    new, price = (each.reshape(*each.shape, *(1,) * (max(free.ndim, price.ndim) - each.ndim)) for each in (new, price))
    tokens = np.asarray(share * part)
    amounts = plain(tokens * np.sum(new, axis=0)), plain(tokens * np.sum(new * price, axis=0))
    return LaunchGains(last, share, given, cost, *amounts)
