"""The whole road of a sum, from cash to cash: what each step takes in proportion, fixed, by chance and in time."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.economy.access.road_steps import Road, RoadStep, checked_road, road_zeros
from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.rounding import below
from defi_lib.validation import Amount, at_least, broadcastable, non_negative, plain, positive


class RoadWalk(NamedTuple):
    """What a road asks of an amount; the first axis of the arrays are the steps, the others are worlds."""

    amount: Amount  #: USD
    names: tuple[str, ...]  #: of the steps
    payees: tuple[str, ...]
    fees: NDArray[np.float64]  #: proportional and fixed (USD)
    losses: NDArray[np.float64]  #: by chance, on average (USD)
    time: NDArray[np.float64]  #: what the sender's hours are worth (USD)
    mishap: Amount  #: chance that anything goes wrong on the way

    @property
    def steps(self) -> NDArray[np.float64]:
        """Cost of each step (USD), time included."""
        return self.fees + self.losses + self.time

    @property
    def cost(self) -> Amount:
        """All that the road costs (USD), time included; more than the amount where it cannot be gone."""
        return plain(np.sum(self.steps, axis=0))

    @property
    def part(self) -> Amount:
        """:attr:`cost` as a ratio of the amount."""
        return plain(np.asarray(self.cost) / self.amount)

    @property
    def arrives(self) -> Amount:
        """Money that arrives, on average (USD); what time is worth is not taken from it."""
        return plain(np.maximum(self.amount - np.sum(self.fees + self.losses, axis=0), 0.0))

    def transfers(
        self, sender: str = "sender", receiver: str = "receiver", thieves: str = "thieves", asset: str = "USD"
    ) -> tuple[Transfer, ...]:
        """Who is paid on the way, step by step until nothing is left, and what arrives: the mean of many senders.

        Args:
            sender, receiver: may be one person, if the road leads to an own account.
            thieves: who gets what is lost by chance; ``OUTSIDE``, if nobody does.
            asset: in which all is counted.
        """
        left = np.asarray(self.amount, float) + np.zeros(self.fees.shape[1:])
        moves = []
        for name, payee, fee, loss in zip(self.names, self.payees, self.fees, self.losses, strict=True):
            for whom, asked, reason in ((payee, fee, name), (thieves, loss, f"{name}: lost")):
                paid = np.minimum(asked, left)
                left = left - paid
                moves.append(Transfer(sender, whom, plain(paid), asset, reason))
        return actual((*moves, Transfer(sender, receiver, plain(left), asset, "arrives")))


def walk_road(amount: Amount, road: Road, hour_value: Amount = 0.0, *, in_turn: bool = False) -> RoadWalk:
    """What a road costs: the sum of its steps, each counted of the amount sent, as price lists and statistics do.

    Losses are means, ``chance·lost·amount``; hours cost ``hours·hour_value``, which nobody is paid.

    Args:
        amount: sent (USD), > 0.
        road: its steps, one or more: :func:`coin_road`, :func:`service_road`, or others.
        hour_value: of an hour of the sender (USD), >= 0.
        in_turn: each step takes its part of what the steps before it left, not of the amount sent.

    Raises:
        ValueError: an argument outside its range, a road without steps, or shapes that do not fit together.

    Source: own model; the World Bank counts a remittance so, fee and exchange-rate margin together.

    >>> from defi_lib.economy import coin_road, service_road
    >>> sent = 200.0
    >>> round(walk_road(sent, coin_road()).cost, 2), round(walk_road(sent, service_road(0.062)).cost, 2)
    (8.1, 12.4)
    >>> round(walk_road(sent, coin_road(), in_turn=True).cost, 2)
    8.05
    """
    road = checked_road(road)
    amount, value = positive("amount", amount), non_negative("hour_value", hour_value)
    worlds = broadcastable(amount=amount, hour_value=value, road=road_zeros(road))
    whole = left = np.asarray(amount, float) + np.zeros(worlds)
    fees, losses, safe = [], [], np.ones(worlds)
    for step in road:
        fee = np.maximum(step.proportional * (left if in_turn else whole) + step.fixed, step.least)
        left = np.maximum(left - fee, 0.0)
        loss = step.chance * step.lost * (left if in_turn else whole)
        left = np.maximum(left - loss, 0.0)
        fees.append(fee)
        losses.append(loss)
        safe = safe * (1.0 - np.asarray(step.chance))
    names, payees = tuple(step.name for step in road), tuple(step.payee for step in road)
    time = np.stack([np.broadcast_to(np.asarray(step.hours) * value, worlds) for step in road])
    return RoadWalk(amount, names, payees, np.stack(fees), np.stack(losses), time, plain(1.0 - safe))


def draw_arrivals(amount: float, road: Road, rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    """What arrives for each of ``count`` senders of one amount (USD): most lose nothing by chance, a few all.

    The steps take in turn; the mean is :attr:`RoadWalk.arrives` of ``walk_road(…, in_turn=True)``, as long as fees
    never ask for more than is left.

    Args:
        amount: sent by each (USD), > 0.
        road: its steps, with one number for each of their parts.
        rng: source of the mishaps.
        count: of senders, >= 0.

    Raises:
        ValueError: an argument outside its range.

    >>> from defi_lib.economy import service_road
    >>> draw_arrivals(200.0, service_road(0.05, chance=0.5), np.random.default_rng(1), 4).tolist()
    [190.0, 190.0, 0.0, 190.0]
    """
    left = np.full(at_least("count", count, 0), positive("amount", amount))
    for step in checked_road(road):
        left = np.maximum(left - np.maximum(step.proportional * left + step.fixed, step.least), 0.0)
        left = np.where(rng.random(count) < step.chance, left * (1.0 - np.asarray(step.lost)), left)
    return left


def cheaper_from(road: Road, other: Road, hour_value: Amount = 0.0) -> Amount:
    """Amount (USD) above which ``road`` always costs less than ``other``: 0 if everywhere, infinite if never.

    Without smallest fees it is ``(F − F')/(p' − p)``: what one has more fixed, over what the other takes more in
    proportion. A smallest fee bends a cost once, at ``(least − fixed)/proportional``; between bends costs are straight,
    so that the amount is exact.

    Args:
        road, other: steps of each; their proportions are of the amount sent.
        hour_value: of an hour of the sender (USD), >= 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> from defi_lib.economy import coin_road, service_road
    >>> round(cheaper_from(coin_road(), service_road(0.062)), 2)  # 2.50 fixed against 3.4 points
    73.53
    """
    both = (checked_road(road), checked_road(other))
    value = non_negative("hour_value", hour_value)
    worlds = broadcastable(hour_value=value, road=road_zeros(both[0]), other=road_zeros(both[1]))
    bends = [np.zeros(worlds), *(np.broadcast_to(_bend(step), worlds) for each in both for step in each)]
    at = np.sort(np.stack(bends), axis=0)
    mine, theirs = (_costs(at, each, value) for each in both)
    lead = np.where(below(mine, theirs), mine - theirs, np.maximum(mine - theirs, 0.0))  # below 0: mine is cheaper
    slopes = [np.broadcast_to(_slope(each), worlds) for each in both]
    flatter, level = below(*slopes), ~(below(*slopes) | below(*slopes[::-1]))
    last = len(at) - 1 - np.argmax((lead >= 0)[::-1], axis=0)  # the last bend at which mine is not cheaper
    beyond = flatter & (lead[-1] >= 0)
    on_ray = at[-1] + lead[-1] / np.where(beyond, slopes[1] - slopes[0], 1.0)
    found = np.where(beyond, on_ray, np.where(np.all(lead < 0, axis=0), 0.0, _crossing(at, lead, last)))
    return plain(np.where(flatter | (level & (lead[-1] < 0)), found, np.inf))


def _bend(step: RoadStep) -> Amount:
    """Amount from which the step takes more than its smallest fee; 0 if it has none, or takes nothing more."""
    bends = (step.least > step.fixed) & np.asarray(np.asarray(step.proportional) > 0)
    with np.errstate(over="ignore"):  # of next to nothing in proportion: beyond any amount
        bend = np.minimum((step.least - step.fixed) / np.where(bends, step.proportional, 1.0), 1e290)
    return np.where(bends, bend, 0.0)


def _slope(road: Road) -> Amount:
    return sum((step.proportional + step.chance * step.lost for step in road), np.zeros(()))


def _costs(amount: NDArray[np.float64], road: Road, value: Amount) -> NDArray[np.float64]:
    fees = (np.maximum(step.proportional * amount + step.fixed, step.least) for step in road)
    others = (step.chance * step.lost * amount + step.hours * value for step in road)
    return sum((*fees, *others), np.zeros(amount.shape))


def _crossing(at: NDArray[np.float64], lead: NDArray[np.float64], last: NDArray[np.intp]) -> NDArray[np.float64]:
    """Where the lead falls to 0 between bend ``last`` and the next."""
    here, there = last[np.newaxis], np.minimum(last + 1, len(at) - 1)[np.newaxis]
    (low, high), (before, after) = (
        (np.take_along_axis(each, here, 0)[0], np.take_along_axis(each, there, 0)[0]) for each in (at, lead)
    )
    falls = before > after
    return low + np.where(falls, (high - low) * (before / np.where(falls, before - after, 1.0)), 0.0)
