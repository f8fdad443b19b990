"""A treasury: how long it lasts, what its own token is worth, and who gains when it pays or charges."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from defi_lib.exchange import Pool
from defi_lib.ledger.transfer import Transfer, actual
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
    token_pair,
)


class FeeSwitch(NamedTuple):
    """Fees of an exchange before and after a part of them goes to holders of its token (USD a year)."""

    volume: Amount  #: after
    holders: Amount  #: what they get
    providers: Amount  #: what providers get
    providers_before: Amount
    liquidity: Amount  #: after, as a part of that before

    def transfers(
        self, traders: str = "traders", holders: str = "holders", providers: str = "providers"
    ) -> tuple[Transfer, ...]:
        """The fees of a year."""
        return actual(
            [
                Transfer(traders, holders, self.holders, "USD", "protocol fee"),
                Transfer(traders, providers, self.providers, "USD", "fee"),
            ]
        )


class Payouts(NamedTuple):
    """What one amount does for each token that is kept (USD per token)."""

    dividend: Amount
    buyback: Amount
    investment: Amount
    bought: Amount  #: tokens that the buyback burns
    amount: Amount  #: USD

    def transfers(
        self, treasury: str = "treasury", sellers: str = "pool", token: str = "token"
    ) -> tuple[Transfer, ...]:
        """The buyback: USD for tokens, which are burned."""
        return actual(
            [
                Transfer(treasury, sellers, self.amount, "USD", "buyback"),
                Transfer(sellers, treasury, self.bought, token, "buyback"),
                Transfer(treasury, "outside", self.bought, token, "burn"),
            ]
        )


class DelegatesChoice(NamedTuple):
    """What effort of a delegate is worth (USD)."""

    delegate: Amount  #: to the delegate, pay included
    members: Amount  #: to all members together, pay paid


def runway(treasury: Amount, spending: Amount, income: Amount = 0.0) -> Amount:
    """Years until a treasury is empty: ``treasury/(spending − income)``; infinite where income covers spending.

    Args:
        treasury: USD, >= 0; its own token counts at :func:`sale_value`.
        spending, income: USD a year, >= 0.

    Raises:
        ValueError: a negative argument, or shapes that do not fit together.

    >>> runway(30e6, 12e6), runway(30e6, 12e6, income=6e6)
    (2.5, 5.0)
    """
    treasury, spending, income = (
        non_negative("treasury", treasury),
        non_negative("spending", spending),
        non_negative("income", income),
    )
    broadcastable(treasury=treasury, spending=spending, income=income)
    gap = np.asarray(rest(spending, income))
    with np.errstate(over="ignore"):  # longer than a float can say
        return plain(np.where(gap > 0, treasury / np.where(gap > 0, gap, 1.0), np.inf))


def sale_value(pool: Pool, tokens: Amount, token: int = 0, quote: int = 1) -> Amount:
    """What a treasury's own token brings at most today: what the pool pays for all of it (units of ``quote``).

    Args:
        pool: where the token is traded.
        tokens: >= 0.
        token, quote: positions in the pool.

    Raises:
        ValueError: a negative amount, or a token that the pool does not have.

    Ten million tokens at a price of 1, and a pool with half a million of each:

    >>> from defi_lib.exchange import ConstantProductPool
    >>> round(sale_value(ConstantProductPool((5e5, 5e5), fee=0.0), 1e7), 2)
    476190.48
    """
    return pool.swap_exact_in(tokens, token, quote).amount_out


@representable
def fee_switch(volume: Amount, fee: Amount, part: Amount, elasticity: Amount = 0.0) -> FeeSwitch:
    """Let holders have the part φ of the fees; providers leave until the rest earn as much as before on their money.

    Volume follows liquidity, ``V ∝ Lᵉ``, so that ``L/L₀ = (1 − φ)^(1/(1 − e))``. With e = 0 all that holders gain is
    what providers lose; with more, something is lost to both.

    Args:
        volume: USD a year, >= 0.
        fee: ratio of the volume, in [0, 1).
        part: φ, in [0, 1].
        elasticity: e, in [0, 1).

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> switched = fee_switch(1e9, 0.003, 1 / 6)
    >>> round(switched.holders, 2), round(switched.providers_before - switched.providers, 2)
    (500000.0, 500000.0)

    Source: own derivation; Uniswap's fee switch.
    """
    volume, fee = non_negative("volume", volume), ratio("fee", fee)
    part, elasticity = between("part", part, 0.0, 1.0), ratio("elasticity", elasticity)
    broadcastable(volume=volume, fee=fee, part=part, elasticity=elasticity)
    liquidity = (1 - np.asarray(part)) ** (1 / (1 - np.asarray(elasticity)))
    after = volume * liquidity**elasticity
    fees = after * fee
    return FeeSwitch(plain(after), plain(fees * part), plain(fees * (1 - part)), plain(volume * fee), plain(liquidity))


@representable
def compare_payouts(
    amount: Amount, supply: Amount, pool: Pool, gain: Amount = 0.0, token: int = 0, quote: int = 1
) -> Payouts:
    """The same amount as a dividend, a buyback, or an investment, for each token that is kept.

    A dividend is ``A/S``. A buyback burns the b tokens that A buys out of the pool; the value ``p·S`` of the rest then
    belongs to fewer: ``p·b/(S − b)``, less than the dividend where buying moves the price. An investment is
    ``A·(1 + gain)/S``.

    Args:
        amount: A (USD), >= 0.
        supply: S tokens, > 0, more than the pool holds.
        pool: where the token is traded, whose price is what a token is worth.
        gain: present value of an investment over its cost, as a part of it, >= −1.
        token, quote: positions in the pool.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> from defi_lib.exchange import ConstantProductPool
    >>> paid = compare_payouts(1e5, 1e7, ConstantProductPool((1e6, 1e6), fee=0.0), gain=-0.2)
    >>> round(paid.dividend, 6), round(paid.buyback, 6), round(paid.investment, 6)
    (0.01, 0.009174, 0.008)

    Source: Miller, Modigliani (1961), for a deep market; what a buyback pays too much, sellers and providers get.
    """
    amount, supply = non_negative("amount", amount), positive("supply", supply)
    gain = between("gain", gain, -1.0, np.inf, high_open=True)
    broadcastable(amount=amount, supply=supply, gain=gain)
    token_pair(token, quote, len(pool.reserves), ("token", "quote"))
    held = np.asarray(pool.reserves[token])
    fulfilled("supply", np.asarray(supply), np.greater(supply, held), "is more than the pool holds")
    bought = pool.swap_exact_in(amount, quote, token).amount_out
    value = np.asarray(pool.price(token, quote)) * bought / (np.asarray(supply) - bought)
    return Payouts(plain(amount / supply), plain(value), plain(amount * (1 + gain) / supply), bought, amount)


@representable
def delegate_effort(
    value: Amount, chance: Amount, effort: Amount, own_share: Amount, bonus: Amount = 0.0, pay: Amount = 0.0
) -> DelegatesChoice:
    """What it is worth to a delegate to read a proposal, and to all: principal and agent.

    The delegate gets ``(own share + bonus)·chance·value + pay − effort``, members
    ``(1 − bonus)·chance·value − pay``. Fixed pay alone does not buy effort: it comes without it too.

    Args:
        value: of a right decision to all members (USD), >= 0.
        chance: by which effort raises the chance of it, in [0, 1].
        effort: its cost to the delegate (USD), >= 0.
        own_share: of the value that falls to the delegate as a member, in [0, 1].
        bonus: part of the value that is paid for a right decision, in [0, 1].
        pay: fixed (USD), >= 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> delegate_effort(1e6, 0.1, 2_000.0, own_share=0.001)
    DelegatesChoice(delegate=-1900.0, members=100000.0)

    Source: Holmström (1979); Olson, *The Logic of Collective Action* (1965).
    """
    value, chance = non_negative("value", value), between("chance", chance, 0.0, 1.0)
    effort, pay = non_negative("effort", effort), non_negative("pay", pay)
    own_share, bonus = between("own_share", own_share, 0.0, 1.0), between("bonus", bonus, 0.0, 1.0)
    broadcastable(value=value, chance=chance, effort=effort, own_share=own_share, bonus=bonus, pay=pay)
    better = chance * value
    return DelegatesChoice(plain((own_share + bonus) * better + pay - effort), plain((1 - bonus) * better - pay))
