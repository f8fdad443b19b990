"""What an exchange for perpetual futures does when losers have lost more than their margin: who pays winners then."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from defi_lib.ledger.transfer import Transfer, by_name
from defi_lib.lending.futures.margin import FuturesAccounts
from defi_lib.rounding import below, same
from defi_lib.validation import Amount, broadcastable, one_of, plain, positive, ratio

Numbers = NDArray[np.float64]

#: Who pays what margins and the insurance fund lack: winners, by closing them in the order of a queue, or each in
#: proportion to what he has won (socialised loss); or the members of a clearing house, out of their default fund.
Rule = Literal["queue", "shared", "members"]


#: How many times the rounding of one formula a settlement can lose.
_ROUNDINGS = 1_000.0
#: The leverage of an account that is worth nothing, in the queue.
_ENDLESS = 1e100


class FuturesSettlement(NamedTuple):
    """Accounts after forced closings at one price; the last axis counts accounts, the last of them the makers."""

    before: FuturesAccounts
    accounts: FuturesAccounts  #: after
    mark: Amount  #: USD
    liquidated: NDArray[np.bool_]  #: whose account was worth less than the maintenance margin
    slipped: Numbers  #: what each lost by being sold worse than at the mark; makers gained it (USD)
    lacking: Numbers  #: what each would owe if all of it were sold (USD)
    insured: Numbers  #: of that, what the insurance fund paid (USD)
    closed: Numbers  #: what auto-deleveraging closed of each winner's position (coins, >= 0)
    delevered: Numbers  #: what each got by that beside a closing at the mark (USD); negative: paid
    shared: Numbers  #: what each got of others' profits (USD); negative: paid
    from_members: Numbers  #: what members of a clearing house paid for each (USD)

    @property
    def lost_by_winners(self) -> Amount:
        """What winners got less than the mark owes them (USD); negative if the closings were better than the mark."""
        others = ~self.liquidated[..., :-1]
        return plain(0.0 - np.sum(np.where(others, (self.delevered + self.shared)[..., :-1], 0.0), axis=-1))

    def transfers(
        self,
        traders: Sequence[str] | None = None,
        exchange: str = "exchange",
        fund: str = "insurance fund",
        members: str = "members",
    ) -> tuple[Transfer, ...]:
        """What everybody has won or lost since positions were opened, and what the forced closings moved.

        Args:
            traders: one name for each account; the last is that of the market makers.
            exchange: through which losers pay winners.
            fund, members: their names.

        Raises:
            ValueError: not one name per account.
        """
        count = self.lacking.shape[-1]
        names = traders or (*(f"trader {k + 1}" for k in range(count - 1)), "makers")
        through = {
            "profit and loss": (exchange, self.before.profit(self.mark)),
            "forced sale": (exchange, -self.slipped),
            "insurance": (fund, self.insured),
            "auto-deleveraging": (exchange, self.delevered),
            "socialised loss": (exchange, self.shared),
            "default fund": (members, self.from_members),
        }
        moves = []
        for reason, (other, gains) in through.items():
            for name, (gain,) in by_name("traders", names, [np.broadcast_to(gains, self.lacking.shape)], False):
                moves += [
                    Transfer(other, name, plain(np.maximum(gain, 0.0)), "USD", reason),
                    Transfer(name, other, plain(np.maximum(-gain, 0.0)), "USD", reason),
                ]
        return tuple(moves)


def settle_futures(
    accounts: FuturesAccounts, mark: Amount, maintenance: Amount, slip: Amount = 0.0, rule: Rule = "queue"
) -> FuturesSettlement:
    """Close all positions whose accounts are worth less than the maintenance margin, and divide what is lacking.

    Each is sold to the market makers, ``slip`` worse than the mark. Where an account falls below zero by that the
    insurance fund pays, as long as it lasts. What it cannot pay for is not sold: with the rule ``"queue"`` it is closed
    at its bankruptcy price against winners of the other side, those with the largest profit times leverage first
    (auto-deleveraging). An account at exactly the maintenance margin is left alone.

    Args:
        accounts: before.
        mark: the price that the exchange believes (USD), > 0.
        maintenance: margin that a position needs (ratio of its worth), in [0, 1).
        slip: how much worse than the mark forced sales are, on average (ratio), in [0, 1).
        rule: who pays what the fund lacks.

    Raises:
        ValueError: an argument outside its range, or market makers without enough margin.

    The real exchange closes one loser after another as the price moves, in small steps, each against the head of the
    queue; here all are closed at one price, against the mean of their bankruptcy prices. A winner who could not pay for
    such a closing is passed over. What no winner can take market makers take, who come last.

    Source: documentation of Hyperliquid and Binance; Chitra, *Autodeleveraging*, arXiv:2512.01112.

    >>> book = FuturesAccounts([10.0, -10.0, 0.0], 4_000.0, [4_000.0, 20_000.0, 1e6])
    >>> step = settle_futures(book, 3_500.0, 0.02)
    >>> step.lacking.tolist(), step.closed.tolist(), step.lost_by_winners
    ([1000.0, 0.0, 0.0], [0.0, 10.0, 0.0], 1000.0)
    """
    one_of("rule", rule, get_args(Rule))
    mark, maintenance, slip = positive("mark", mark), ratio("maintenance", maintenance), ratio("slip", slip)
    few = broadcastable(mark=mark, maintenance=maintenance, slip=slip, fund=accounts.fund, total=accounts.size[..., 0])
    shape = (*few, accounts.size.shape[-1])
    size, equity = (np.broadcast_to(each, shape) for each in (accounts.size, accounts.equity(mark)))
    need = np.abs(size) * np.multiply(mark, maintenance)[..., None]
    liquidated = np.asarray(below(equity, need, scale=np.abs(size * accounts.entry) + accounts.margin)) & (size != 0)
    liquidated[..., -1] = False
    slipped = np.where(liquidated, np.abs(size) * np.multiply(mark, slip)[..., None], 0.0)
    lacking = np.where(liquidated, np.maximum(slipped - equity, 0.0), 0.0)
    part = _part(np.asarray(accounts.fund), np.sum(lacking, axis=-1))[..., None]
    insured, nothing = lacking * part, np.zeros(shape)
    unsold = np.where(lacking > 0, 1 - part, 0.0) if rule == "queue" else nothing
    slipped = slipped * (1 - unsold)
    closed, delevered = _queue(accounts, np.asarray(mark), liquidated, unsold) if rule == "queue" else (nothing,) * 2
    shared = _shares(accounts.profit(mark), liquidated, lacking - insured) if rule == "shared" else nothing
    members = lacking - insured if rule == "members" else nothing
    slipped[..., -1] = -np.sum(slipped, axis=-1)
    moved = insured - slipped + delevered + shared + members
    after = _after(accounts, np.asarray(mark), liquidated, closed, moved, np.sum(insured, axis=-1))
    return FuturesSettlement(
        accounts, after, mark, liquidated, slipped, lacking, insured, closed, delevered, shared, members
    )


def _part(money: Numbers, needed: Numbers) -> Numbers:
    """The part of ``needed`` that ``money`` pays for: all, where nothing is needed."""
    return np.minimum(np.divide(money, needed, where=needed > 0, out=np.ones(np.broadcast(money, needed).shape)), 1.0)


def _queue(
    accounts: FuturesAccounts, mark: Numbers, liquidated: NDArray[np.bool_], unsold: Numbers
) -> tuple[Numbers, Numbers]:
    """What is closed of each winner (coins), and what each account gets by it beside a closing at the mark (USD)."""
    size = np.broadcast_to(accounts.size, liquidated.shape)
    bankruptcy = np.where(size != 0, accounts.bankruptcy_price(), 0.0)
    profit = accounts.profit(mark)
    returned = profit / (np.abs(size * accounts.entry) + (size == 0))  # of the position's worth at the start
    rank = returned * np.minimum(accounts.leverage(mark), _ENDLESS)
    closed, got = np.zeros(size.shape), np.zeros(size.shape)
    for side in (1.0, -1.0):
        coins = np.where(side * size > 0, np.abs(size) * unsold, 0.0)
        wanted = np.sum(coins, axis=-1, keepdims=True)
        worth = np.sum(coins * bankruptcy, axis=-1, keepdims=True)
        price = np.divide(worth, wanted, where=wanted > 0, out=np.broadcast_to(mark[..., None], wanted.shape).copy())
        left = accounts.margin + size * (price - accounts.entry)
        solvent = ~np.asarray(below(left, 0.0, scale=np.abs(size * accounts.entry)))
        open_to = (side * size < 0) & ~liquidated & (profit > 0) & solvent
        open_to[..., -1] = False
        taken = _in_order(np.where(open_to, np.abs(size), 0.0), rank, wanted)
        taken[..., -1] = np.maximum(wanted[..., 0] - np.sum(taken, axis=-1), 0.0)
        gap = side * (price - mark[..., None])  # what a loser gets above the mark, and a winner below it
        got += side * coins * (bankruptcy - mark[..., None]) - taken * gap
        taken[..., -1] = 0.0  # makers open what nobody else can close
        closed += taken
    return closed, got


def _in_order(most: Numbers, rank: Numbers, wanted: Numbers) -> Numbers:
    """How much is taken of each until ``wanted`` is reached, those of the highest rank first."""
    order = np.argsort(-np.broadcast_to(rank, most.shape), axis=-1, kind="stable")
    queue = np.take_along_axis(most, order, axis=-1)
    ahead = np.cumsum(queue, axis=-1) - queue
    taken = np.empty_like(most)
    np.put_along_axis(taken, order, np.clip(wanted - ahead, 0.0, queue), axis=-1)
    return taken


def _shares(profit: Numbers, liquidated: NDArray[np.bool_], unpaid: Numbers) -> Numbers:
    """What winners give of their profits, each the same part, and what losers get; makers give what is left."""
    won = np.where(liquidated, 0.0, np.maximum(profit, 0.0))
    won[..., -1] = 0.0
    total, needed = (np.sum(each, axis=-1, keepdims=True) for each in (won, unpaid))
    given = won * _part(needed, total) * (total > 0)
    given[..., -1] = np.maximum(needed[..., 0] - np.sum(given, axis=-1), 0.0)
    return unpaid - given


def _after(
    accounts: FuturesAccounts,
    mark: Numbers,
    liquidated: NDArray[np.bool_],
    closed: Numbers,
    moved: Numbers,
    paid: Numbers,
) -> FuturesAccounts:
    """The accounts after: whoever paid or was closed has its profit credited, and what is open goes on at the mark."""
    size = np.where(liquidated, 0.0, np.sign(accounts.size) * np.maximum(np.abs(accounts.size) - closed, 0.0))
    size[..., -1] = -np.sum(size[..., :-1], axis=-1)
    touched = liquidated | (moved != 0) | (closed > 0)
    touched[..., -1] = True
    equity = accounts.equity(mark) + moved
    terms = np.abs(accounts.size * accounts.entry) + accounts.margin + np.abs(moved)
    at_nothing = np.asarray(same(equity, 0.0, scale=_ROUNDINGS * terms))
    equity = np.where(at_nothing & (liquidated | (equity < 0)), 0.0, equity)
    entry = np.where(touched, mark[..., None], accounts.entry)
    margin = np.where(touched, equity, accounts.margin)
    return FuturesAccounts(size, entry, margin, plain(np.maximum(accounts.fund - paid, 0.0)))
