"""Those who buy a token one after the other: what the first half of the money has in the end, and what the later."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.exchange import ConstantProductPool
from defi_lib.ledger.transfer import Transfer
from defi_lib.rewards.farming.capital_flows import per_step
from defi_lib.validation import Amount, between, broadcastable, non_negative, positive

#: Who takes part, in transfers.
FIRST, LATER, INSIDERS, BUYBACK, POOL = "first half", "later half", "insiders", "project's income", "pool"


class BuyersRun(NamedTuple):
    """What two halves of the buyers paid and got; arrays have the first half first, then the later, then scenarios."""

    pool: ConstantProductPool  #: of the token (token 0) and USD (token 1), after the last step
    paid: NDArray[np.float64]  #: USD
    proceeds: NDArray[np.float64]  #: USD from tokens sold on the way
    held: NDArray[np.float64]  #: tokens that are left
    insiders: NDArray[np.float64]  #: USD that insiders got
    income: NDArray[np.float64]  #: USD that the project spent on its own token

    def returns(self) -> NDArray[np.float64]:
        """Gain of each half (part of what it paid), what is left counted at the last price."""
        return (self.proceeds + self.held * self.pool.price(0, 1)) / self.paid - 1

    def exit_returns(self) -> NDArray[np.float64]:
        """Gain of each half if all buyers sell what is left at once, at one average price."""
        total = np.sum(self.held, axis=0)
        worth = self.pool.swap_exact_in(total, 0, 1).amount_out
        return (self.proceeds + self.held / np.where(total > 0, total, 1.0) * worth) / self.paid - 1

    def transfers(self) -> tuple[Transfer, ...]:
        """Who paid whom how many USD on the way; what the tokens left are worth is not among them."""
        moves = [Transfer(BUYBACK, POOL, self.income, "USD", "purchase")]
        for name, paid, got in zip((FIRST, LATER), self.paid, self.proceeds, strict=True):
            moves += [Transfer(name, POOL, paid, "USD", "purchase"), Transfer(POOL, name, got, "USD", "sale")]
        moves.append(Transfer(POOL, INSIDERS, self.insiders, "USD", "sale"))
        return tuple(moves)


def buyers_in_turn(
    pool: ConstantProductPool,
    money: Amount,
    *,
    leave: Amount = 0.0,
    insiders: Amount = 0.0,
    locked: Amount = 0.0,
    income: Amount = 0.0,
) -> BuyersRun:
    """Lead a token through its buyers: in each step they and the project buy, and earlier buyers and insiders sell.

    All orders of a step meet at one price, and the pool takes what is left over: ``(Y + m)/(X + s)`` USD for m USD and
    s tokens in a pool of X tokens and Y USD. So nobody gains from standing first within a step, and the steps may be
    as long as one likes. Every buyer sells the same part of what is held: the halves, equal in money, differ in
    nothing but when they came.

    Args:
        pool: of the token (token 0) and USD (token 1), without fee.
        money: that new buyers bring in each step (USD), >= 0 and not 0 altogether; time along the first axis.
        leave: part of what buyers hold at a step's beginning that they sell in it, in [0, 1).
        insiders: tokens from elsewhere that are sold in each step, >= 0.
        locked: steps at the beginning in which insiders may not sell, >= 0; of a step that is half over, half is sold.
        income: of the project that buys tokens in each step (USD), >= 0.

    Raises:
        ValueError: an argument outside its range, a pool with a fee, or shapes that do not fit together.

    Source: own model.

    >>> run = buyers_in_turn(ConstantProductPool((100.0, 100.0), fee=0.0), [50.0, 50.0])
    >>> run.returns().round(4).tolist(), run.exit_returns().round(4).tolist()  # the first had cheaper tokens
    ([1.6667, 0.3333], [0.3333, -0.3333])
    """
    between("pool.fee", pool.fee, 0.0, 0.0)
    steps = per_step("money", money, len(np.atleast_1d(money)))
    total = positive("sum of money", np.sum(steps, axis=0))
    part, sold = between("leave", leave, 0.0, 1.0, high_open=True), non_negative("insiders", insiders)
    earned, wait = non_negative("income", income), non_negative("locked", locked)
    tokens, dollars = pool.reserves
    shape = broadcastable(money=steps[0], leave=part, insiders=sold, locked=wait, income=earned, reserves=tokens)
    held, proceeds = np.zeros((2, *shape)), np.zeros((2, *shape))
    insiders_got = np.zeros(shape)
    for step, spent in enumerate(_halves(steps, total, shape)):
        leaving, released = held * part, sold * np.clip(step + 1 - np.asarray(wait), 0.0, 1.0)
        brought, sales = np.sum(spent, axis=0) + earned, np.sum(leaving, axis=0) + released
        price = (dollars + brought) / (tokens + sales)
        held, proceeds = held + spent / price - leaving, proceeds + leaving * price
        insiders_got = insiders_got + released * price
        # What is left over leaves the product of the reserves as it was.
        tokens, dollars = dollars / price, tokens * price
    paid = np.stack([np.broadcast_to(total / 2, shape)] * 2)
    after = ConstantProductPool((tokens, dollars), fee=0.0)
    return BuyersRun(after, paid, proceeds, held, insiders_got, np.broadcast_to(len(steps) * np.asarray(earned), shape))


def _halves(steps: NDArray[np.float64], total: Amount, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """The money of each step: what belongs to the first half of all of it, and the rest; time first."""
    before = np.cumsum(steps, axis=0) - steps
    first = np.clip(np.asarray(total) / 2 - before, 0.0, steps)
    halves = np.stack([first, steps - first], axis=1)
    scenarios = halves.reshape(*halves.shape, *(1,) * (len(shape) + 2 - halves.ndim))
    return np.broadcast_to(scenarios, (len(steps), 2, *shape))
