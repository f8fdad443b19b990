"""Savings rate: holders of a coin deposit it with its issuer and are paid out of the issuer's income, as in Maker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Self

import numpy as np

from defi_lib.frozen import FrozenDict, Parts, kept
from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.lending.stablecoins.debt_position import COIN, ISSUER
from defi_lib.rounding import TOLERANCE, rest
from defi_lib.units import SECONDS_PER_YEAR
from defi_lib.validation import Amount, between, finite, fulfilled, non_negative, plain, positive

#: Name of the savings contract in transfers.
SAVINGS = "savings"


class _State(NamedTuple):
    rate: Amount
    rate_index: Amount
    shares: Mapping[str, Amount]


class SavingsRate(Parts, _State):
    """Deposits that all grow with one index: ``chi ← chi·(1 + rate)^years``, and a deposit is ``share·chi``.

    The interest is new money, minted at the cost of the issuer's surplus; what exceeds its income is bad debt.

    Args:
        rate: what depositors earn (ratio per year), >= 0; compounded every second.

    Amounts may be arrays with one entry per scenario.

    Raises:
        ValueError: an argument outside its range.

    Source: makerdao/dss, Pot (``dsr``, ``chi``, ``pie``). In the contract the index only moves when somebody calls
    ``drip``, deposits and withdrawals are counted in shares and refused before it was called in the same block.

    >>> pot = SavingsRate(0.05).deposit("alice", 100.0).savings
    >>> round(pot.advance(31_536_000.0).savings.balance("alice"), 9)
    105.0
    """

    __slots__ = ()

    def __new__(cls, rate: Amount) -> Self:
        """Check the argument; nobody has deposited yet."""
        return super().__new__(cls, kept(non_negative("rate", rate)), 1.0, FrozenDict())

    @property
    def total(self) -> Amount:
        """All deposits with interest (coins)."""
        return plain(sum(self.shares.values(), 0.0) * self.rate_index)

    def balance(self, user: str) -> Amount:
        """A deposit with its interest (coins); 0 for who has none."""
        return plain(self.shares.get(user, 0.0) * self.rate_index)

    def with_rate(self, rate: Amount) -> Self:
        """The same deposits at another ``rate`` from now on (ratio per year, >= 0).

        Raises:
            ValueError: a negative rate.
        """
        return self._replace(rate=kept(non_negative("rate", rate)))

    def advance(self, seconds: Amount) -> SavingsChange:
        """Let interest grow for some time (seconds, >= 0); the issuer pays it.

        Raises:
            ValueError: a negative duration, or one after which a deposit is more than a float can hold.
        """
        years = non_negative("seconds", seconds) / SECONDS_PER_YEAR
        with np.errstate(over="ignore"):  # an infinite growth is refused
            growth = plain(np.expm1(np.log1p(self.rate) * years))
            savings = self._replace(rate_index=self.rate_index * (1 + growth))
            good = np.isfinite(savings.rate_index) & np.isfinite(savings.total)
        fulfilled("seconds", seconds, good, "is a time in which deposits stay below 1.8e308")
        paid = {user: plain(share * self.rate_index * growth) for user, share in self.shares.items()}
        moved = [Transfer(SAVINGS, user, interest, SHARE, "interest") for user, interest in paid.items()]
        moved.append(Transfer(ISSUER, SAVINGS, self.total * growth, COIN, "interest"))
        return SavingsChange(self, savings, 0.0, self.total * growth, actual(moved))

    def deposit(self, user: str, coins: Amount) -> SavingsChange:
        """``user`` puts in ``coins`` (> 0).

        Raises:
            ValueError: no coins.
        """
        coins = positive("coins", coins)
        return self._moved(user, plain(self.shares.get(user, 0.0) + coins / self.rate_index), coins)

    def withdraw(self, user: str, coins: Amount | None = None) -> SavingsChange:
        """``user`` takes out ``coins``, by default all, with interest.

        Raises:
            ValueError: a user without a deposit, or more than it is.
        """
        if user not in self.shares:
            names = ", ".join(map(repr, self.shares)) or "none yet"
            raise ValueError(f"user = {user!r} has no deposit: allowed are {names}")
        held = self.balance(user)
        coins = held if coins is None else between("coins", finite("coins", coins), 0.0, held * (1 + TOLERANCE))
        return self._moved(user, plain(rest(held, coins) / self.rate_index), np.negative(coins))

    def _moved(self, user: str, share: Amount, coins: Amount) -> SavingsChange:
        there, back = plain(np.maximum(coins, 0.0)), plain(np.maximum(np.negative(coins), 0.0))
        moved = (
            Transfer(user, SAVINGS, there, COIN, "deposit"),
            Transfer(SAVINGS, user, there, SHARE, "deposit"),
            Transfer(SAVINGS, user, back, COIN, "withdraw"),
            Transfer(user, SAVINGS, back, SHARE, "withdraw"),
        )
        savings = self._replace(shares=FrozenDict(self.shares) | {user: share})
        return SavingsChange(self, savings, plain(coins), 0.0, actual(moved))


#: The claim of a depositor in transfers.
SHARE = f"{COIN} saved"


class SavingsChange(NamedTuple):
    """What happened to the deposits."""

    before: SavingsRate
    savings: SavingsRate  #: after
    coins: Amount  #: put in (> 0) or taken out (< 0)
    interest: Amount  #: what the issuer paid to all depositors (coins)
    transfers: tuple[Transfer, ...]
