"""Voting power by delegation, remembered block by block: who has how many votes, and who had how many then."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from typing import NamedTuple, Self

from defi_lib.frozen import FrozenDict, Parts
from defi_lib.ledger import Transfer
from defi_lib.validation import at_least, integer

MAX_SUPPLY = 2**208 - 1  #: smallest units

Checkpoints = tuple[tuple[int, int], ...]  #: clock and votes since then, ascending


def _at(checkpoints: Checkpoints, clock: int) -> int:
    """The value of the last checkpoint at or before ``clock``, 0 before the first."""
    position = bisect_right(checkpoints, clock, key=lambda each: each[0])
    return checkpoints[position - 1][1] if position else 0


def _written(checkpoints: Checkpoints, clock: int, value: int) -> Checkpoints:
    """One checkpoint per clock: the last change within a block overwrites those before it."""
    before = checkpoints[:-1] if checkpoints and checkpoints[-1][0] == clock else checkpoints
    return (*before, (clock, value))


class _State(NamedTuple):
    clock: int
    balances: Mapping[str, int]
    delegates: Mapping[str, str]
    history: Mapping[str, Checkpoints]
    supply_history: Checkpoints


class VotingToken(Parts, _State):
    """Tokens whose votes are delegated, in whole units, as in the contract.

    Args:
        balances: smallest units of each holder, >= 0.
        clock: now, a block number or seconds, >= 0.

    A holder who has delegated to nobody counts for nobody, not even for themselves. Votes do not travel on: whoever
    delegates passes on their own tokens alone. Votes of the past are those at the end of a block, so that tokens held
    only within one block never vote.

    Raises:
        ValueError: an argument outside its range; what the contract refuses.

    >>> token = VotingToken({"ann": 60, "ben": 40}, clock=1).delegate("ann", "cem").advance(1)
    >>> token.votes("cem"), token.votes("ann"), token.past_votes("cem", 1), token.past_votes("cem", 0)
    (60, 0, 60, 0)

    Source: OpenZeppelin's ERC20Votes, version 5; Compound's COMP keeps the same books.
    """

    __slots__ = ()

    def __new__(cls, balances: Mapping[str, int] | None = None, clock: int = 0) -> Self:
        """Check the arguments, and begin with nobody delegating."""
        held = {
            name: integer(f"balances[{name!r}]", amount, 0, MAX_SUPPLY) for name, amount in (balances or {}).items()
        }
        integer("the sum of balances", sum(held.values()), 0, MAX_SUPPLY)
        clock = at_least("clock", clock, 0)
        supply: Checkpoints = ((clock, sum(held.values())),) if held else ()
        return super().__new__(cls, clock, FrozenDict(held), FrozenDict(), FrozenDict(), supply)

    @property
    def supply(self) -> int:
        """All tokens, those that nobody votes with included."""
        return self.supply_history[-1][1] if self.supply_history else 0

    def balance(self, holder: str) -> int:
        """Tokens of a holder."""
        return self.balances.get(holder, 0)

    def votes(self, user: str) -> int:
        """Votes of a user now: the tokens of all who delegate to them."""
        checkpoints = self.history.get(user, ())
        return checkpoints[-1][1] if checkpoints else 0

    def past_votes(self, user: str, clock: int) -> int:
        """Votes of a user at the end of an earlier block; ``clock`` must be before now."""
        return _at(self.history.get(user, ()), self._past(clock))

    def past_supply(self, clock: int) -> int:
        """All tokens at the end of an earlier block."""
        return _at(self.supply_history, self._past(clock))

    def advance(self, steps: int) -> Self:
        """``steps`` (>= 0) blocks or seconds later."""
        return self._replace(clock=self.clock + at_least("steps", steps, 0))

    def delegate(self, holder: str, to: str | None) -> Self:
        """Let ``to`` vote with all tokens of ``holder``, those to come too; ``None`` takes them out of every vote."""
        delegates = {name: other for name, other in self.delegates.items() if name != holder}
        if to is not None:
            delegates[holder] = to
        moved = self._moved(self.delegates.get(holder), to, self.balance(holder))
        return moved._replace(delegates=FrozenDict(delegates))

    def transfer(self, payer: str, payee: str, amount: int) -> TokenMove:
        """Give ``amount`` to another holder; its votes go from one delegate to the other."""
        amount = integer("amount", amount, 0, self.balance(payer))
        balances = {**self.balances, payer: self.balance(payer) - amount}
        balances[payee] = balances.get(payee, 0) + amount
        moved = self._moved(self.delegates.get(payer), self.delegates.get(payee), amount)
        return TokenMove(self, moved._replace(balances=FrozenDict(balances)), payer, payee, amount)

    def mint(self, holder: str, amount: int) -> Self:
        """Create ``amount`` for a holder, up to 2²⁰⁸ − 1 in all."""
        amount = integer("amount", amount, 0, MAX_SUPPLY - self.supply)
        return self._changed(holder, amount)

    def burn(self, holder: str, amount: int) -> Self:
        """Destroy ``amount`` of a holder's tokens."""
        return self._changed(holder, -integer("amount", amount, 0, self.balance(holder)))

    def _changed(self, holder: str, amount: int) -> Self:
        delegate = self.delegates.get(holder)
        moved = self._moved(None, delegate, amount) if amount >= 0 else self._moved(delegate, None, -amount)
        return moved._replace(
            balances=FrozenDict({**self.balances, holder: self.balance(holder) + amount}),
            supply_history=_written(self.supply_history, self.clock, self.supply + amount),
        )

    def _moved(self, source: str | None, target: str | None, amount: int) -> Self:
        """Votes from one delegate to another; nothing is written where nothing moves."""
        if source == target or not amount:
            return self
        history = dict(self.history)
        for user, change in ((source, -amount), (target, amount)):
            if user is not None:
                history[user] = _written(self.history.get(user, ()), self.clock, self.votes(user) + change)
        return self._replace(history=FrozenDict(history))

    def _past(self, clock: int) -> int:
        if at_least("clock", clock, 0) >= self.clock:
            raise ValueError(f"clock = {clock} is not past: allowed is 0 to {self.clock - 1}")
        return clock


class TokenMove(NamedTuple):
    """What happened in a transfer of voting tokens."""

    before: VotingToken
    after: VotingToken
    payer: str
    payee: str
    amount: int  #: smallest units

    def transfers(self, asset: str = "votes", reason: str = "transfer") -> tuple[Transfer, ...]:
        """The tokens that moved."""
        moved = self.amount and self.payer != self.payee
        return (Transfer(self.payer, self.payee, float(self.amount), asset, reason),) if moved else ()
