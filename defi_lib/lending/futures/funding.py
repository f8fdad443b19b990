"""What keeps a perpetual future near the price of the coin: those on the crowded side pay the others."""

from __future__ import annotations

import numpy as np

from defi_lib.validation import Amount, broadcastable, finite, non_negative, plain, positive

#: The interest part of nearly all exchanges, for eight hours (ratio), and how far the premium may stray beside it.
INTEREST, BAND = 0.0001, 0.0005


def funding_rate(premium: Amount, interest: Amount = INTEREST, band: Amount = BAND) -> Amount:
    """What longs pay shorts for eight hours, as a part of the position: ``P + clamp(I − P, −b, b)``.

    Near the price of the coin it is the interest alone; far above it longs pay nearly the whole premium, far below it
    shorts pay.

    Args:
        premium: P, price of the future over the price of the coin, less 1.
        interest: I (ratio for eight hours).
        band: b, >= 0.

    Raises:
        ValueError: a number that is not finite, or a negative band.

    Source: documentation of BitMEX (since 2017), Binance and Hyperliquid, which charges an eighth of it each hour, at
    most 4 %.

    >>> round(funding_rate(0.0), 6), round(funding_rate(0.01), 6), round(funding_rate(-0.01), 6)
    (0.0001, 0.0095, -0.0095)
    """
    premium, interest, band = finite("premium", premium), finite("interest", interest), non_negative("band", band)
    broadcastable(premium=premium, interest=interest, band=band)
    return plain(np.asarray(premium) + np.clip(np.subtract(interest, premium), -np.asarray(band), band))


def funding_paid(size: Amount, index: Amount, rate: Amount) -> Amount:
    """What each position pays (USD), negative what it gets: ``size·index·rate``, nil in sum where sizes are.

    Args:
        size: coins, negative of a short.
        index: the price of the coin itself, not of the future (USD), > 0.
        rate: of the time that is paid for (ratio).

    Raises:
        ValueError: an argument outside its range.

    >>> funding_paid(np.array([10.0, -10.0]), 4_000.0, 0.0001).tolist()
    [4.0, -4.0]
    """
    size, index, rate = finite("size", size), positive("index", index), finite("rate", rate)
    broadcastable(size=size, index=index, rate=rate)
    with np.errstate(over="ignore"):
        return finite("funding", plain(np.asarray(size) * index * rate))
