"""Who insures himself knows more than the insurer: adverse selection, and where it ends."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.rounding import reaches
from defi_lib.validation import Amount, between, broadcastable, non_negative, plain


class Selection(NamedTuple):
    """Where one price for all ends (parts of the cover, or of those asked)."""

    premium: Amount  #: that covers what it costs
    insured: Amount  #: part of those asked who take it
    risk: Amount  #: mean risk of those who take it


def premium_with_selection(highest: Amount, margin: Amount) -> Selection:
    """The premium that covers its cost if risks are spread evenly and only the worse buy: ``p(1+m)/(1+2m)``.

    Everybody knows his own risk, between 0 and p, and pays up to 1 + m times that; the insurer asks all the same.

    Args:
        highest: p, largest risk, in [0, 1].
        margin: m, what somebody pays above his own risk to be rid of it, >= 0: without it nobody is insured.

    Raises:
        ValueError: an argument outside its range.

    Source: Akerlof, *The Market for "Lemons"* (1970).

    >>> found = premium_with_selection(0.1, 0.2)
    >>> round(found.premium, 6), round(found.insured, 4), round(premium_with_selection(0.1, 0.0).insured, 4)
    (0.085714, 0.2857, 0.0)
    """
    highest, margin = between("highest", highest, 0.0, 1.0), non_negative("margin", margin)
    broadcastable(highest=highest, margin=margin)
    m = np.asarray(margin, float)
    premium = highest * (1 + m) / (1 + 2 * m)  # the mean of the risks from premium/(1 + m) to the highest
    insured = 2 * m / (1 + 2 * m)
    return Selection(plain(premium), plain(insured), plain(premium))


class Pooling(NamedTuple):
    """One premium for all, and who takes it; the first axis are those asked, then worlds."""

    premium: Amount  #: part of the cover
    takes: NDArray[np.bool_]  #: who buys
    risks: NDArray[np.float64]  #: of each, part of the cover

    @property
    def insured(self) -> Amount:
        """Part of those asked who buy."""
        return plain(np.mean(self.takes, axis=0))

    @property
    def gain(self) -> Amount:
        """Premiums less expected losses (cover of one)."""
        return plain(np.sum(np.where(self.takes, self.premium - self.risks, 0.0), axis=0))

    def transfers(self, insured: str = "insured", insurer: str = "insurer", asset: str = "USD") -> tuple[Transfer, ...]:
        """Premiums, and what is paid for losses on average, for covers of one unit."""
        premiums = np.sum(self.takes, axis=0) * np.asarray(self.premium)
        losses = np.sum(np.where(self.takes, self.risks, 0.0), axis=0)
        return actual(
            (
                Transfer(insured, insurer, plain(premiums), asset, "premiums"),
                Transfer(insurer, insured, plain(losses), asset, "claims"),
            )
        )


def offer_premium(premium: Amount, risks: Amount, margin: Amount) -> Pooling:
    """Offer one premium to all: who takes it is whoever would pay as much, ``(1 + margin)·risk >= premium``.

    Args:
        premium: part of the cover, >= 0; one number or one a world.
        risks: chance of a loss of each (first axis), in [0, 1].
        margin: what each pays above his own risk, >= 0.

    Raises:
        ValueError: an argument outside its range.

    >>> sold = offer_premium(0.05, [0.01, 0.05, 0.09], margin=0.2)
    >>> sold.takes.tolist(), round(sold.gain, 3)
    ([False, True, True], -0.04)
    """
    premium, margin = non_negative("premium", premium), non_negative("margin", margin)
    risks = np.atleast_1d(np.array(between("risks", risks, 0.0, 1.0), dtype=float))
    broadcastable(premium=premium, margin=margin, risks=risks)
    takes = reaches((1 + np.asarray(margin)) * risks, premium)
    return Pooling(premium, np.asarray(takes), risks)


def unravel(risks: Amount, margin: Amount) -> Pooling:
    """Ask the mean risk of all, then of those who stayed, and so on until nobody leaves any more.

    Args:
        risks: chance of a loss of each (first axis), in [0, 1]; at least one.
        margin: what each pays above his own risk, >= 0.

    Raises:
        ValueError: an argument outside its range.

    It ends at the cheapest premium that covers its cost, since each step can only raise it. At a margin of nothing only
    the worst stay.

    >>> found = unravel(np.linspace(0.0, 0.1, 100_001), margin=0.2)
    >>> round(found.premium, 4), round(found.insured, 3)
    (0.0857, 0.286)
    """
    sold = offer_premium(0.0, risks, margin)
    if sold.risks.shape[0] == 0:
        raise ValueError("risks has no entry: allowed is at least one")
    while True:
        premium = np.sum(np.where(sold.takes, sold.risks, 0.0), axis=0) / np.maximum(np.sum(sold.takes, axis=0), 1)
        asked = offer_premium(plain(premium), sold.risks, margin)
        if np.array_equal(asked.takes, sold.takes):
            return asked
        sold = asked
