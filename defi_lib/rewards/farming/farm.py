"""A reward farm with any number of farmers at once, in floats and over scenarios.

A contract cannot afford to touch every farmer and keeps one growing index instead. Here all farmers are one array,
and each emission is credited to all of them at once: there is no index, no debt and no difference of two large
numbers, so that a first stake of the smallest unit costs later farmers no digit.
"""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from defi_lib.frozen import kept, locked
from defi_lib.ledger.transfer import OUTSIDE, Transfer
from defi_lib.rounding import rest, within
from defi_lib.validation import Amount, broadcastable, finite, non_negative, plain

#: Names in the farm's transfers.
FARM, FARMERS = "farm", "farmers"

_STAKED, _REWARD = "staked token", "reward token"


class _State(NamedTuple):
    stakes: NDArray[np.float64]
    pending: NDArray[np.float64]
    undistributed: Amount


class RewardFarm(_State):
    """Farmers share every emission in proportion to their stakes: ``pending_i += emission·stake_i / Σ stake``.

    Args:
        stakes: of each farmer (tokens, >= 0), farmers along the last axis, scenarios along the others.
        pending: earned and not yet claimed (reward tokens, >= 0), one per farmer; by default nothing.
        undistributed: what was emitted while nobody had staked (reward tokens, >= 0), one per scenario.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: the sharing rule of Batog, Boca, Johnson, *Scalable Reward Distribution on the Ethereum Blockchain* (2018),
    which Synthetix StakingRewards and SushiSwap MasterChef use. The contracts round every division down; to their last
    unit they are :class:`~defi_lib.rewards.StakingRewards` and :class:`~defi_lib.rewards.MasterChef`.
    """

    __slots__ = ()

    def __new__(cls, stakes: Amount, pending: Amount = 0.0, undistributed: Amount = 0.0) -> Self:
        """Check the arguments and build the farm."""
        staked = np.atleast_1d(kept(non_negative("stakes", stakes)))
        earned, idle = kept(non_negative("pending", pending)), kept(non_negative("undistributed", undistributed))
        shape = broadcastable(stakes=staked, pending=earned)
        staked, earned = np.broadcast_to(staked, shape), np.broadcast_to(earned, shape)
        idle = np.broadcast_to(idle, np.broadcast_shapes(shape[:-1], np.shape(idle)))
        if idle.shape != shape[:-1]:
            raise ValueError(f"undistributed has shape {idle.shape}: allowed is one number per scenario, {shape[:-1]}")
        return super().__new__(cls, staked, earned, plain(idle))

    @property
    def total_staked(self) -> Amount:
        """What all farmers have staked together (tokens), one number per scenario."""
        return plain(finite("total of stakes", np.sum(self.stakes, axis=-1)))

    @property
    def shares(self) -> NDArray[np.float64]:
        """Part of the next emission that each farmer gets (ratio); 0 for all if nobody has staked."""
        return _parts(self.stakes, self.total_staked)

    def distribute(self, emission: Amount) -> FarmChange:
        """Credit ``emission`` (reward tokens, >= 0, one or one per scenario) to all farmers.

        Emit before stakes change: who enters now has no part in what was emitted until now.

        Raises:
            ValueError: a negative amount, or one that does not fit the scenarios.
        """
        emission, total = self._per_scenario("emission", emission), self.total_staked
        # In place, as with many farmers the time goes into memory.
        pending = _parts(self.stakes, total)
        pending *= np.asarray(emission)[..., np.newaxis]
        pending += self.pending
        idle = self.undistributed + np.where(np.greater(total, 0), 0.0, emission)
        farm = self._replace(pending=locked(pending), undistributed=locked(plain(idle)))
        return FarmChange(self, farm, emitted=emission)

    def stake(self, amounts: Amount) -> FarmChange:
        """Farmers add ``amounts`` (tokens, >= 0, one per farmer).

        Raises:
            ValueError: a negative amount, or one that does not fit the farmers.
        """
        added = self._per_farmer("amounts", non_negative("amounts", amounts))
        return FarmChange(self, self._replace(stakes=locked(self.stakes + added)), staked=added)

    def withdraw(self, amounts: Amount) -> FarmChange:
        """Farmers take ``amounts`` (tokens, one per farmer) back; what they have earned stays pending.

        Raises:
            ValueError: an amount outside [0, stake of the farmer].
        """
        taken = self._per_farmer("amounts", non_negative("amounts", amounts))
        left = self.stakes.copy()
        # Mostly a few of many farmers leave, and only they are looked at.
        who = np.nonzero(taken != 0)
        staked = self.stakes[who]
        if np.any(taken[who] > staked):
            taken = self._per_farmer("amounts", within("amounts", taken, 0.0, self.stakes))
        # No rounding may be left over: it would earn all rewards once everybody else is gone.
        left[who] = rest(staked, taken[who])
        return FarmChange(self, self._replace(stakes=locked(left)), withdrawn=taken)

    def claim(self, who: NDArray[np.bool_] | bool = True) -> FarmChange:
        """Pay what is pending to the farmers of whom ``who`` is true, by default to all.

        Raises:
            ValueError: something else than true or false for each farmer.
        """
        chosen = np.asarray(who)
        if chosen.dtype.kind != "b":
            raise ValueError(f"who has values of type {chosen.dtype}: allowed are true and false")
        paid = np.where(self._per_farmer("who", chosen), self.pending, 0.0)
        return FarmChange(self, self._replace(pending=locked(self.pending - paid)), paid=paid)

    def _per_scenario(self, name: str, value: Amount) -> Amount:
        value = non_negative(name, value)
        shape = self.stakes.shape[:-1]
        if np.ndim(value) and np.shape(value) != shape:
            raise ValueError(f"{name} has shape {np.shape(value)}: allowed is one number, or one per scenario {shape}")
        return value

    def _per_farmer(self, name: str, value: Amount) -> NDArray:
        if broadcastable(**{name: value, "stakes": self.stakes}) != self.stakes.shape:
            raise ValueError(f"{name} has shape {np.shape(value)}: allowed is one per farmer {self.stakes.shape}")
        return np.broadcast_to(value, self.stakes.shape)


class FarmChange(NamedTuple):
    """What happened in a transition of a farm."""

    before: RewardFarm
    farm: RewardFarm  #: the farm after
    emitted: Amount = 0.0  #: reward tokens, one number per scenario
    staked: Amount = 0.0  #: tokens that each farmer added
    withdrawn: Amount = 0.0  #: tokens that each farmer took back
    paid: Amount = 0.0  #: reward tokens paid to each farmer

    @property
    def after(self) -> RewardFarm:
        """:attr:`farm`, by the name that every record has for what is left."""
        return self.farm

    @property
    def transfers(self) -> tuple[Transfer, ...]:
        """Who paid whom what, the farmers as one party, one amount per scenario."""
        return (
            Transfer(OUTSIDE, FARM, self.emitted, _REWARD, "emission"),
            Transfer(FARMERS, FARM, _together(self.staked), _STAKED, "stake"),
            Transfer(FARM, FARMERS, _together(self.withdrawn), _STAKED, "stake"),
            Transfer(FARM, FARMERS, _together(self.paid), _REWARD, "reward"),
        )


def _together(amounts: Amount) -> Amount:
    """What all farmers moved, one number per scenario."""
    return plain(np.sum(np.atleast_1d(amounts), axis=-1))


def _parts(stakes: NDArray[np.float64], total: Amount) -> NDArray[np.float64]:
    """``stakes / total``, and 0 where nobody has staked; a ratio first, so that no tiny total overflows."""
    whole = np.asarray(total)[..., np.newaxis]
    return stakes / np.where(whole > 0, whole, 1.0)
