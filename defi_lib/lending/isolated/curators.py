"""What a curator gets for taking a risk that his lenders bear."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from defi_lib.validation import Amount, between, broadcastable, non_negative, plain, positive, ratio


class CuratorPay(NamedTuple):
    """A year of two curators with the same fee: one lends against a coin that may fail, one does not."""

    premium: Amount  #: what the vault earns more with the coin, until it fails (a year, ratio of the vault)
    shown: Amount  #: how much more of it lenders see, after the fee (a year, ratio)
    size: Amount  #: money that the higher rate brings, over that of the careful vault
    bold: Amount  #: fees less losses of his own, on average, per dollar of the careful vault (a year)
    careful: Amount  #: fees of the careful one, per dollar (a year)

    @property
    def gain(self) -> Amount:
        """What the bold curator earns more, over the careful one's fees (ratio)."""
        return plain(np.asarray(self.bold) / self.careful - 1.0)


def curator_pay(
    fee: Amount,
    careful_rate: Amount,
    part: Amount,
    fails: Amount,
    follow: Amount = 0.0,
    leaves: Amount = 0.0,
    away: Amount = 0.0,
    own: Amount = 0.0,
) -> CuratorPay:
    """The coin pays just as much more as its lenders lose by it: on average they are as well off without it.

    Good years last 1/``fails`` on average; then the coin fails, takes its part of the vault, much of the rest leaves
    and stays away, and the curator lends carefully until it is back. With ``m = fails·part·(1 − own)``, what lenders
    lose a year, the premium is ``m/(1 − fee)``, the size ``1 + follow·100·m``, and a cycle brings ::

        size·(fee·(rate + premium)/fails − own·part + away·fee·rate·(1 − part)·(1 − leaves))

    Args:
        fee: the curator's part of the interest, in (0, 1).
        careful_rate: what careful loans pay (a year, ratio), > 0.
        part: of the vault that a failure takes, in [0, 1).
        fails: chance of a failure in a year, > 0.
        follow: how much more money a percentage point of rate brings (ratio of the vault), >= 0.
        leaves: part of the money left that leaves after a failure, in [0, 1].
        away: years for which it stays away, >= 0.
        own: part of a loss that the curator bears himself, in [0, 1].

    Raises:
        ValueError: an argument outside its range.

    A curator who bears as large a part of losses as he has of interest gains nothing by the coin. Source: the argument
    is that of Carpenter, *Does Option Compensation Increase Managerial Risk Appetite?* (2000), without its utility.

    >>> pay = curator_pay(fee=0.1, careful_rate=0.04, part=0.15, fails=0.1)
    >>> round(pay.gain, 4), round(curator_pay(0.1, 0.04, 0.15, 0.1, own=0.1).gain, 12) == 0
    (0.4167, True)
    """
    fee = between("fee", fee, 0.0, 1.0, low_open=True, high_open=True)
    rate, fails = positive("careful_rate", careful_rate), positive("fails", fails)
    part, follow, away = ratio("part", part), non_negative("follow", follow), non_negative("away", away)
    leaves, own = between("leaves", leaves, 0.0, 1.0), between("own", own, 0.0, 1.0)
    broadcastable(fee=fee, careful_rate=rate, part=part, fails=fails, follow=follow, leaves=leaves, away=away, own=own)
    shown = np.asarray(fails) * part * (1.0 - np.asarray(own))
    premium = shown / (1.0 - np.asarray(fee))
    size = 1.0 + 100.0 * np.asarray(follow) * shown
    stays = (1.0 - np.asarray(part)) * (1.0 - np.asarray(leaves))
    cycle = fee * (rate + premium) / fails - np.asarray(own) * part + away * np.asarray(fee) * rate * stays
    bold = size * cycle / (1.0 / np.asarray(fails) + away)
    return CuratorPay(plain(premium), plain(shown), plain(size), plain(bold), plain(np.asarray(fee) * rate))
