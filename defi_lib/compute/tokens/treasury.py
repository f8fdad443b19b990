"""A network's treasury: what its members vote for, how long it lasts, and whether a buyback enriches anybody."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.compute.tokens.burn_mint import TOKEN
from defi_lib.frozen import kept
from defi_lib.ledger import former
from defi_lib.ledger.transfer import OUTSIDE, Transfer, actual
from defi_lib.rounding import rest
from defi_lib.validation import (
    Amount,
    between,
    broadcastable,
    fulfilled,
    non_negative,
    plain,
    positive,
    ratio,
    representable,
)


@former.with_payments
class Payout(NamedTuple):
    """What a distribution to holders does to each token."""

    price: Amount  #: USD per token afterwards
    supply: Amount  #: tokens afterwards
    dividend: Amount  #: USD paid to each token that is left
    burned: Amount  #: tokens
    amount: Amount  #: USD spent

    @property
    def value_per_token(self) -> Amount:
        """Price and dividend together (USD)."""
        return self.price + self.dividend

    def transfers(self, treasury: str = "treasury", holders: str = "token holders") -> tuple[Transfer, ...]:
        """Treasury → holders, and the tokens bought back to be burned."""
        return actual(
            [
                Transfer(treasury, holders, self.amount, "USD", "payout"),
                Transfer(holders, treasury, self.burned, TOKEN, "payout"),
                Transfer(treasury, OUTSIDE, self.burned, TOKEN, "burn"),
            ]
        )


@representable
def buy_back(market_value: Amount, supply: Amount, amount: Amount) -> Payout:
    """Buy tokens at the market price and burn them: fewer tokens share a value that is smaller by what was spent.

    The price stays: ``(value − B)/(S − B/p) = value/S``. A holder is as rich as after a dividend of the same sum.

    Args:
        market_value: of all tokens before, the treasury's money included (USD), > 0.
        supply: tokens before, > 0.
        amount: B, USD, in [0, market value).

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: Miller, Modigliani (1961).

    >>> buy_back(1000.0, 100.0, 100.0).price
    10.0
    """
    market_value, supply = positive("market_value", market_value), positive("supply", supply)
    amount = kept(between("amount", amount, 0.0, market_value, high_open=True))
    broadcastable(market_value=market_value, supply=supply, amount=amount)
    burned = supply * (amount / market_value)
    return Payout(market_value / supply, supply - burned, 0.0, burned, amount)


@representable
def pay_dividend(market_value: Amount, supply: Amount, amount: Amount) -> Payout:
    """Pay the same sum to each token; arguments and errors as in :func:`buy_back`."""
    market_value, supply = positive("market_value", market_value), kept(positive("supply", supply))
    amount = kept(between("amount", amount, 0.0, market_value, high_open=True))
    broadcastable(market_value=market_value, supply=supply, amount=amount)
    return Payout((market_value - amount) / supply, supply, amount / supply, 0.0, amount)


class TreasuryRun(NamedTuple):
    """Months along the first axis, scenarios after it; the state after each month."""

    cash: NDArray[np.float64]  #: USD
    tokens: NDArray[np.float64]  #: own
    raised: NDArray[np.float64]  #: USD by selling tokens in each month
    unpaid: NDArray[np.float64]  #: USD of the spending of each month that could not be paid

    @property
    def runway(self) -> Amount:
        """Months in which all spending was paid, before the first that was not."""
        return plain(np.sum(np.cumprod(self.unpaid == 0, axis=0), axis=0).astype(float))


def simulate_treasury(
    cash: Amount,
    tokens: Amount,
    spending: Amount,
    prices: Amount,
    diversified: Amount = 0.0,
    discount: Amount = 0.0,
) -> TreasuryRun:
    """A treasury of cash and its own token pays a monthly budget: cash first, then it sells tokens.

    A treasury in its own token looks rich while the price is high, and must sell most when the price is low.

    Args:
        cash: USD, >= 0.
        tokens: own, >= 0.
        spending: USD per month, > 0.
        prices: of the token in each month along the first axis (USD), >= 0.
        diversified: part of the tokens that is sold for cash in the first month, in [0, 1].
        discount: what a sale gets less than the price, in [0, 1).

    Raises:
        ValueError: an argument outside its range, no month, or shapes that do not fit together.

    >>> simulate_treasury(250.0, 100.0, 100.0, [1.0, 0.5, 0.5]).runway
    3.0
    """
    cash, tokens, spending = non_negative("cash", cash), non_negative("tokens", tokens), positive("spending", spending)
    quotes, discount = np.atleast_1d(non_negative("prices", prices)), ratio("discount", discount)
    diversified = between("diversified", diversified, 0.0, 1.0)
    fulfilled("number of months", np.asarray(float(len(quotes))), len(quotes) > 0, "is at least 1")
    named = {"cash": cash, "tokens": tokens, "spending": spending, "prices": quotes[0]}
    shape = broadcastable(**named, diversified=diversified, discount=discount)
    run = TreasuryRun(*(np.empty((len(quotes), *shape)) for _ in TreasuryRun._fields))
    net = quotes * (1 - discount) if np.ndim(discount) == 0 else quotes * (1 - np.asarray(discount))
    proceeds = tokens * diversified * net[0]
    fund, own = cash + proceeds, np.broadcast_to(tokens * (1 - np.asarray(diversified)), shape)
    held = own
    for month, price in enumerate(net):
        # Counted from the start: a long row of subtractions would add up its roundings.
        due = spending * (month + 1.0)
        missing, worth = np.minimum(np.maximum(rest(due, fund), 0.0), spending), held * price
        unpaid = np.maximum(rest(missing, worth, scale=own * price * len(net)), 0.0)
        kept = np.divide(worth - missing, worth, out=np.zeros(shape), where=worth > missing)
        sold = np.where(unpaid > 0, worth, missing)
        held = np.where(missing > 0, held * kept, held)
        run.cash[month], run.tokens[month] = np.maximum(rest(fund, due), 0.0), held
        run.raised[month], run.unpaid[month] = sold, unpaid
    run.raised[0] += proceeds
    return run
