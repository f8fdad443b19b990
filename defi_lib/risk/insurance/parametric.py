"""Cover that pays by an index instead of by a loss: no judge, and a payment that may miss the loss."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.rounding import below
from defi_lib.validation import Amount, at_least, between, broadcastable, finite, non_negative, plain, positive


class BasisRisk(NamedTuple):
    """What a parametric cover does, on average of a period (parts of the cover)."""

    premium: Amount  #: fair: the chance that it pays
    paid_for_loss: Amount  #: chance of a loss that is paid for
    unpaid_loss: Amount  #: chance of a loss without payment
    paid_for_nothing: Amount  #: chance of a payment without a loss

    @property
    def missed(self) -> Amount:
        """Part of all losses that is not paid for; 0 where there is none."""
        losses = np.asarray(self.paid_for_loss) + self.unpaid_loss
        return plain(self.unpaid_loss / np.where(losses > 0, losses, 1.0))


def basis_risk(chance: Amount, sensitivity: Amount, specificity: Amount) -> BasisRisk:
    """How well an index stands for a loss.

    Args:
        chance: of a loss in the period, in [0, 1].
        sensitivity: chance that the index pays if there is a loss, in [0, 1].
        specificity: chance that it does not pay if there is none, in [0, 1].

    Raises:
        ValueError: an argument outside its range.

    >>> risk = basis_risk(0.05, 0.8, 0.98)
    >>> round(risk.premium, 4), round(risk.missed, 4)
    (0.059, 0.2)
    """
    chance = between("chance", chance, 0.0, 1.0)
    sensitivity, specificity = (
        between("sensitivity", sensitivity, 0.0, 1.0),
        between("specificity", specificity, 0.0, 1.0),
    )
    broadcastable(chance=chance, sensitivity=sensitivity, specificity=specificity)
    hit, miss = chance * np.asarray(sensitivity), chance * (1 - np.asarray(sensitivity))
    false = (1 - np.asarray(chance)) * (1 - np.asarray(specificity))
    return BasisRisk(plain(hit + false), plain(hit), plain(miss), plain(false))


class ParametricPayout(NamedTuple):
    """Losses and what an index paid; each entry is one holder, year or world."""

    loss: NDArray[np.float64]
    paid: NDArray[np.float64]

    @property
    def unpaid(self) -> NDArray[np.float64]:
        """Of each loss what was not paid."""
        return np.maximum(self.loss - self.paid, 0.0)

    @property
    def beyond(self) -> NDArray[np.float64]:
        """What was paid above the loss."""
        return np.maximum(self.paid - self.loss, 0.0)

    def transfers(self, insurer: str = "insurer", holder: str = "holder", asset: str = "USD") -> tuple[Transfer, ...]:
        """What is paid, whatever the loss."""
        return actual((Transfer(insurer, holder, self.paid, asset, "parametric cover"),))


def pay_by_index(loss: Amount, index: Amount, trigger: Amount, payout: Amount) -> ParametricPayout:
    """Pay a fixed sum where an index falls below its trigger.

    Args:
        loss: what each really lost, >= 0.
        index: such as the lowest price of a coin.
        trigger: it pays where the index is below.
        payout: what it pays, >= 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> paid = pay_by_index([0.0, 30.0, 30.0], [0.99, 0.90, 0.97], trigger=0.95, payout=20.0)
    >>> paid.paid.tolist(), paid.unpaid.tolist()
    ([0.0, 20.0, 0.0], [0.0, 10.0, 30.0])
    """
    loss, payout = non_negative("loss", loss), non_negative("payout", payout)
    index, trigger = finite("index", index), finite("trigger", trigger)
    shape = broadcastable(loss=loss, index=index, trigger=trigger, payout=payout)
    paid = np.where(below(index, trigger), payout, 0.0)
    return ParametricPayout(*(np.array(np.broadcast_to(each, shape), dtype=float) for each in (loss, paid)))


def lowest_lasting(prices: ArrayLike, steps: int) -> NDArray[np.float64]:
    """The index of a cover against a lost peg: the lowest price below which the coin stayed for so many steps.

    Args:
        prices: of the coin, > 0; time along the first axis.
        steps: for how many in a row, from 1 to the number of prices.

    Raises:
        ValueError: an argument outside its range.

    A price that is back soon triggers nothing: with one step it is the lowest price, with all steps the highest.

    >>> [float(lowest_lasting([1.0, 0.9, 0.96, 1.0], steps)) for steps in (1, 2, 4)]
    [0.9, 0.96, 1.0]
    """
    array = np.atleast_1d(np.asarray(positive("prices", np.asarray(prices, float)), float))
    steps = at_least("steps", steps, 1)
    if steps > array.shape[0]:
        raise ValueError(f"steps = {steps} is outside the allowed range: an integer from 1 to {array.shape[0]}")
    highest = np.max(np.lib.stride_tricks.sliding_window_view(array, steps, axis=0), axis=-1)
    return np.asarray(np.min(highest, axis=0))
