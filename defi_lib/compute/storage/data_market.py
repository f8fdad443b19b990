"""Data sold with a bonding curve: a token opens the data once, a curve prices it, and speculators come first."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from defi_lib.exchange import BondingCurve
from defi_lib.frozen import kept
from defi_lib.ledger import former
from defi_lib.ledger.transfer import OUTSIDE, Transfer, actual
from defi_lib.validation import Amount, broadcastable, non_negative, plain

#: Name of the access token in the ledger.
ACCESS = "access token"


@former.with_payments
class DataSale(NamedTuple):
    """Who paid what for access to data. Amounts in the curve's reserve asset, USD, unless it says tokens."""

    before: BondingCurve
    curve: BondingCurve  #: afterwards
    speculator_tokens: Amount
    accesses: Amount  #: tokens that buyers bought and gave to the publisher for access
    speculators_paid: Amount
    buyers_paid: Amount
    speculators_got: Amount
    publisher_got: Amount

    @property
    def speculator_profit(self) -> Amount:
        """Below 0 for a loss."""
        return self.speculators_got - self.speculators_paid

    @property
    def publisher_share(self) -> Amount:
        """Part of what buyers paid that reaches the publisher; 1 where nobody bought."""
        got, paid = np.broadcast_arrays(self.publisher_got, self.buyers_paid)
        return plain(np.divide(got, paid, out=np.ones(paid.shape), where=paid > 0))

    def transfers(
        self,
        speculators: str = "speculators",
        curve: str = "curve",
        buyers: str = "buyers",
        publisher: str = "publisher",
    ) -> tuple[Transfer, ...]:
        """All that moves; the curve's tokens are minted and burned."""
        return actual(
            [
                Transfer(speculators, curve, self.speculators_paid, "USD", "token purchase"),
                Transfer(OUTSIDE, speculators, self.speculator_tokens, ACCESS, "mint"),
                Transfer(buyers, curve, self.buyers_paid, "USD", "token purchase"),
                Transfer(OUTSIDE, buyers, self.accesses, ACCESS, "mint"),
                Transfer(buyers, publisher, self.accesses, ACCESS, "access"),
                Transfer(curve, speculators, self.speculators_got, "USD", "token sale"),
                Transfer(speculators, OUTSIDE, self.speculator_tokens, ACCESS, "burn"),
                Transfer(curve, publisher, self.publisher_got, "USD", "token sale"),
                Transfer(publisher, OUTSIDE, self.accesses, ACCESS, "burn"),
            ]
        )


def sell_data(
    curve: BondingCurve, accesses: Amount, speculator_tokens: Amount = 0.0, publisher_first: bool = False
) -> DataSale:
    """Speculators buy, then buyers buy access and hand their tokens to the publisher; then both sell all they have.

    The curve keeps nothing, so what speculators win is missing for the publisher, to the cent. Data can be copied, the
    token cannot see it: who has read the data once need not buy again.

    Args:
        curve: with its supply and reserve before.
        accesses: tokens that buyers need, one for each time, >= 0.
        speculator_tokens: bought before all others, >= 0.
        publisher_first: who sells first sells dearer.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: Ocean Protocol's data tokens (one token, one access); curve of Bancor.
    """
    accesses = kept(non_negative("accesses", accesses))
    ahead = kept(non_negative("speculator_tokens", speculator_tokens))
    broadcastable(accesses=accesses, speculator_tokens=ahead, reserve=curve.reserve)
    early = curve.buy_exact(ahead)
    late = early.curve.buy_exact(accesses)
    if publisher_first:
        publisher = late.curve.sell(accesses)
        speculators = publisher.curve.sell(ahead)
        final = speculators.curve
    else:
        speculators = late.curve.sell(ahead)
        publisher = speculators.curve.sell(accesses)
        final = publisher.curve
    return DataSale(
        curve,
        final,
        ahead,
        accesses,
        early.amount_in,
        late.amount_in,
        speculators.amount_out,
        publisher.amount_out,
    )
