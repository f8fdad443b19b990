"""A firm in front of a protocol, beside either alone: weak points add up, a gatekeeper refuses.

A *way* to lend or save is a rate, a list of weak points that all lie on it, and a gatekeeper who refuses a part of
those who ask. Losses are expectations over many years; weak points fail independently of each other.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.rounding import Truth, below
from defi_lib.validation import Amount, between, broadcastable, finite, non_negative, plain

Array = NDArray[np.float64]


def chain_loss(losses: Amount) -> Amount:
    """What money loses on a way with several weak points: ``1 − Π(1 − lᵢ)``, nearly their sum while they are small.

    Args:
        losses: part that each takes in a year on average, in [0, 1]; weak points along the last axis.

    Raises:
        ValueError: a part outside [0, 1].

    >>> round(chain_loss([0.01, 0.02]), 6), chain_loss([0.3, 1.0])
    (0.0298, 1.0)
    """
    losses = np.atleast_1d(np.asarray(between("losses", losses, 0.0, 1.0), float))
    return plain(1.0 - np.prod(1.0 - losses, axis=-1))


def kept_rate(pays: Amount, lost: Amount) -> Amount:
    """What is left of a year's interest after expected losses, which take interest too: ``(1 + r)(1 − l) − 1``.

    Args:
        pays: interest a year before losses, >= 0.
        lost: part of the money lost in a year on average, in [0, 1].

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> round(kept_rate(0.05, 0.02), 4), kept_rate(0.05, 1.0)
    (0.029, -1.0)
    """
    pays, lost = non_negative("pays", pays), between("lost", lost, 0.0, 1.0)
    broadcastable(pays=pays, lost=lost)
    return plain(np.multiply(1.0 + np.asarray(pays), 1.0 - np.asarray(lost)) - 1.0)


def mean_with_refused(accepted: Amount, refused: Amount, elsewhere: Amount) -> Amount:
    """What all who ask keep on average: ``(1 − q)·a + q·e``; who looks only at customers counts ``a``.

    Args:
        accepted: what a customer keeps a year.
        refused: part of those who ask that is refused, in [0, 1].
        elsewhere: what one keeps who is refused, by the best door that is left.

    Raises:
        ValueError: an argument outside its range, not finite, or shapes that do not fit together.

    >>> round(mean_with_refused(0.04, 0.25, 0.0), 4)
    0.03
    """
    accepted, elsewhere = finite("accepted", accepted), finite("elsewhere", elsewhere)
    refused = between("refused", refused, 0.0, 1.0)
    broadcastable(accepted=accepted, refused=refused, elsewhere=elsewhere)
    return plain(np.multiply(1.0 - np.asarray(refused), accepted) + np.multiply(refused, elsewhere))


class ThreeWays(NamedTuple):
    """What a year brings by a firm, a protocol and the mixture (ratios), to customers and to all who ask."""

    firm: Amount  #: to a customer of the firm that works by itself
    protocol: Amount  #: to anybody, with the protocol alone
    mixture: Amount  #: to a customer of the firm that works on the protocol
    left: Amount  #: to who is refused by the firm of the mixture
    refused: Amount  #: part of those who ask, by either firm

    @property
    def firm_for_all(self) -> Amount:
        """On average over all who ask; who is refused earns nothing."""
        return mean_with_refused(self.firm, self.refused, 0.0)

    @property
    def mixture_for_all(self) -> Amount:
        """On average over all who ask; who is refused takes what is left."""
        return mean_with_refused(self.mixture, self.refused, self.left)

    @property
    def gain(self) -> Amount:
        """By how much the mixture is better than the better of the two, on average over all who ask."""
        return plain(np.subtract(self.mixture_for_all, np.maximum(self.firm_for_all, self.protocol)))

    @property
    def customers_better_off(self) -> Truth:
        """Whether a customer is better off than in both other ways, who is one in either."""
        better = np.asarray(below(np.maximum(self.firm, self.protocol), self.mixture))
        return bool(better) if better.ndim == 0 else better


def three_ways_to_lend(
    *,
    firm_pays: Amount,
    protocol_pays: Amount,
    fee: Amount,
    code_loss: Amount,
    key_loss: Amount,
    firm_loss: Amount,
    screened: Amount,
    exposed: Amount,
    refused: Amount,
    open_door: Truth = True,
) -> ThreeWays:
    """The same loans by a firm, by a protocol, and by a firm in front of the protocol.

    The firm loses by its own failures, the protocol by code and bad debts, who holds keys by these. The firm of the
    mixture takes a fee from the interest, keeps the keys, and avoids a part of the protocol's losses; a part of its own
    failures reaches the money.

    Args:
        firm_pays: interest a year at the firm that lends by itself, >= 0.
        protocol_pays: interest a year in the protocol, >= 0.
        fee: the firm's part of the protocol's interest in the mixture, in [0, 1].
        code_loss: part lost in the protocol in a year on average, in [0, 1].
        key_loss: part that holders of their own keys lose besides, in [0, 1].
        firm_loss: part that customers of a firm lose by its failures, in [0, 1].
        screened: part of the protocol's losses that the firm of the mixture avoids, in [0, 1].
        exposed: part of the firm's failures that reaches money in the protocol, in [0, 1].
        refused: part of those who ask that the firm refuses, in [0, 1].
        open_door: whether who is refused can use the protocol alone; he earns nothing otherwise.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> ways = three_ways_to_lend(firm_pays=0.02, protocol_pays=0.05, fee=0.2, code_loss=0.01, key_loss=0.02,
    ...     firm_loss=0.01, screened=0.5, exposed=0.5, refused=0.1)
    >>> round(ways.firm, 4), round(ways.protocol, 4), round(ways.mixture, 4), round(ways.gain, 4)
    (0.0098, 0.0187, 0.0296, 0.0098)
    """
    rates = {"firm_pays": firm_pays, "protocol_pays": protocol_pays}
    pays = {name: np.asarray(non_negative(name, value), float) for name, value in rates.items()}
    given = {
        "fee": fee, "code_loss": code_loss, "key_loss": key_loss, "firm_loss": firm_loss, "screened": screened,
        "exposed": exposed, "refused": refused,
    }  # fmt: skip
    part = {name: np.asarray(between(name, value, 0.0, 1.0), float) for name, value in given.items()}
    broadcastable(**pays, **part, open_door=np.asarray(open_door, float))
    alone = np.stack(np.broadcast_arrays(part["code_loss"], part["key_loss"]), axis=-1)
    chain = np.broadcast_arrays(part["code_loss"] * (1 - part["screened"]), part["firm_loss"] * part["exposed"])
    protocol = kept_rate(pays["protocol_pays"], chain_loss(alone))
    mixture = kept_rate(pays["protocol_pays"] * (1 - part["fee"]), chain_loss(np.stack(chain, axis=-1)))
    firm = kept_rate(pays["firm_pays"], part["firm_loss"])
    left = np.where(open_door, protocol, 0.0)
    ways = np.broadcast_arrays(firm, protocol, mixture, left, part["refused"])
    return ThreeWays(*(plain(np.array(each, float)) for each in ways))
