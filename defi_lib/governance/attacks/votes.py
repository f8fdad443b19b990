"""Votes for an attacker: bought out of a pool, borrowed, rented, or flash-borrowed."""

from __future__ import annotations

from math import prod
from typing import NamedTuple

import numpy as np

from defi_lib.exchange import Pool
from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.rounding import within
from defi_lib.units import DAYS_PER_YEAR
from defi_lib.validation import (
    Amount,
    broadcastable,
    non_negative,
    non_negative_or_infinite,
    plain,
    ratio,
    representable,
)


class VotesGot(NamedTuple):
    """Votes that somebody got for one proposal, and what they cost (USD)."""

    votes: Amount  #: tokens that vote
    paid: Amount  #: USD before the vote
    back: Amount  #: USD from selling the tokens afterwards
    seller: str  #: who is paid

    @property
    def cost(self) -> Amount:
        """What was paid and did not come back."""
        return self.paid - self.back

    def transfers(self, attacker: str = "attacker") -> tuple[Transfer, ...]:
        """What was paid, and what came back."""
        return actual(
            [
                Transfer(attacker, self.seller, self.paid, "USD", "votes"),
                Transfer(self.seller, attacker, self.back, "USD", "resale of votes"),
            ]
        )


def buy_votes(
    pool: Pool,
    tokens: Amount,
    fall: Amount | None = None,
    token: int = 0,
    quote: int = 1,
    *,
    booty: Amount = 0.0,
) -> VotesGot:
    """Buy tokens out of a pool, vote, and sell them into it again, with those that the vote took.

    Out of a constant product pool without fee that holds the share w of a supply worth M, a share q costs
    ``w·M·q/(w − q)``, since the price rises all the way.

    Args:
        pool: whose ``quote`` counts as USD.
        tokens: >= 0, less than the pool holds.
        fall: part by which the price is below the one before, when the tokens are sold, in [0, 1): others have then
            brought the pool there. By default nobody trades in between, and all but the fees comes back.
        token, quote: positions in the pool.
        booty: tokens that the vote took out of the treasury, which are sold with them, >= 0.

    Raises:
        ValueError: an argument outside its range.

    Supply worth 100 million, a tenth of it in the pool, 4.7619 % bought:

    >>> from defi_lib.exchange import ConstantProductPool
    >>> bought = buy_votes(ConstantProductPool((0.1, 10e6), fee=0.0), 0.05 / 1.05)
    >>> round(bought.paid / 1e6, 4), round(abs(bought.cost), 2)
    (9.0909, 0.0)
    >>> worthless = buy_votes(ConstantProductPool((0.1, 10e6), fee=0.0), 0.05 / 1.05, fall=0.9)
    >>> round(worthless.back / 1e6, 4)
    0.4139

    The fall has left the pool with the share ``w/√(1 − fall)``; who has more to sell gets less for each.

    Source: own derivation.
    """
    booty = non_negative("booty", booty)
    bought = pool.swap_exact_out(tokens, quote, token)
    market = bought.pool
    if fall is not None:
        price = np.asarray(pool.price(token, quote)) * (1 - np.asarray(ratio("fall", fall)))
        market = market.trade_to(plain(price), token, quote)[1].pool
    sold = market.swap_exact_in(bought.amount_out + booty, token, quote)
    return VotesGot(bought.amount_out, bought.amount_in, sold.amount_out, "pool")


def borrow_votes(tokens: Amount, price: Amount, rate: Amount, days: Amount, available: Amount = np.inf) -> VotesGot:
    """Borrow tokens for the time of the vote: ``tokens·price·rate·days/365``.

    Args:
        tokens: >= 0, at most ``available``.
        price: USD per token, >= 0.
        rate: of interest a year (ratio), >= 0.
        days: for which they are borrowed, >= 0.
        available: tokens that lenders have; by default enough.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> round(borrow_votes(0.05 / 1.05, 100e6, 0.2, 3.0).cost, 2)
    7827.79

    Collateral comes back and is not counted. What is borrowed is taken out of the votes of its lenders.
    """
    tokens, price = non_negative("tokens", tokens), non_negative("price", price)
    rate, days = non_negative("rate", rate), non_negative("days", days)
    available = non_negative_or_infinite("available", available)
    broadcastable(tokens=tokens, price=price, rate=rate, days=days, available=available)
    tokens = within("tokens", tokens, 0.0, available)
    interest = _product(tokens, price, rate, days / DAYS_PER_YEAR)
    return VotesGot(tokens, interest, 0.0 * interest, "lenders")


def rent_votes(votes: Amount, bribe: Amount) -> VotesGot:
    """Pay holders for each vote, as vote markets do; the tokens stay with them.

    Args:
        votes: tokens that vote, >= 0.
        bribe: USD for each, >= 0.

    Raises:
        ValueError: a negative argument, or shapes that do not fit together.

    >>> rent_votes(1_000.0, 0.05).cost
    50.0

    A holder sells for more than the own part of the damage, weighed by the chance to decide: next to nothing for each
    of many. Source: Dal Bó, *Bribing Voters* (2007).
    """
    votes, bribe = non_negative("votes", votes), non_negative("bribe", bribe)
    broadcastable(votes=votes, bribe=bribe)
    paid = _product(votes, bribe)
    return VotesGot(votes, paid, 0.0 * paid, "holders")


def flash_votes(tokens: Amount, price: Amount, fee: Amount, gas: Amount = 0.0, snapshot: bool = True) -> VotesGot:
    """Borrow tokens within one transaction: ``tokens·price·fee + gas``.

    Args:
        tokens: >= 0.
        price: USD per token, >= 0.
        fee: ratio of the loan, >= 0.
        gas: USD, >= 0.
        snapshot: whether votes count as of an earlier block, in which the tokens were not there: no votes then.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> flash_votes(1e6, 2.0, 0.0005).votes, flash_votes(1e6, 2.0, 0.0005, snapshot=False)[:2]
    (0.0, (1000000.0, 1000.0))

    Source: the attack on Beanstalk (2022); Maker's repair of DSChief (:class:`~defi_lib.governance.ApprovalVoting`).
    """
    tokens, price = non_negative("tokens", tokens), non_negative("price", price)
    fee, gas = non_negative("fee", fee), non_negative("gas", gas)
    broadcastable(tokens=tokens, price=price, fee=fee, gas=gas)
    paid = _product(tokens, price, fee) + gas
    return VotesGot(0.0 * tokens if snapshot else tokens, paid, 0.0 * paid, "flash lender")


@representable
def _product(*factors: Amount) -> Amount:
    """What so many votes cost."""
    return prod(factors, start=1.0)
