"""The centralised baseline: a bank that takes deposits, sets both rates itself, and refuses bad risks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Self

import numpy as np

from defi_lib.frozen import FrozenDict, Parts, kept
from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.lending.market.tokens import debt_token, supply_token
from defi_lib.rounding import reaches, rest, within
from defi_lib.units import SECONDS_PER_YEAR
from defi_lib.validation import Amount, between, broadcastable, finite, fulfilled, non_negative, plain

#: Name of the bank and of its currency in transfers.
BANK, CURRENCY = "bank", "USD"


class _Scoring(NamedTuple):
    lending_rate: Amount
    deposit_rate: Amount
    recovery: Amount
    cost: Amount


class CreditScoring(_Scoring):
    """The bank's rule: lend if the expected repayment covers what the money and the work cost.

    A loan of 1 is worth ``(1 − p)·(1 + r_loan) + p·recovery`` after a year; it costs ``1 + r_deposit + cost``.

    Args:
        lending_rate: what borrowers pay (ratio per year), >= 0.
        deposit_rate: what depositors earn (ratio per year), >= 0.
        recovery: part of a loan that is got back after a default, in [0, 1].
        cost: of checking and serving a loan (ratio of the loan, per year), >= 0.

    Raises:
        ValueError: an argument outside its range.
    """

    __slots__ = ()

    def __new__(cls, lending_rate: Amount, deposit_rate: Amount, recovery: Amount = 0.4, cost: Amount = 0.0) -> Self:
        """Check the arguments."""
        broadcastable(lending_rate=lending_rate, deposit_rate=deposit_rate, recovery=recovery, cost=cost)
        lending_rate, deposit_rate = (
            non_negative("lending_rate", lending_rate),
            non_negative("deposit_rate", deposit_rate),
        )
        recovery, cost = between("recovery", recovery, 0.0, 1.0), non_negative("cost", cost)
        return super().__new__(cls, kept(lending_rate), kept(deposit_rate), kept(recovery), kept(cost))

    def expected_profit(self, default_probability: Amount) -> Amount:
        """Profit per unit lent for a year (ratio), for a probability of default in a year in [0, 1].

        Raises:
            ValueError: a probability outside its range.
        """
        default = between("default_probability", default_probability, 0.0, 1.0)
        # The margin, less what a default costs: no difference of two numbers close to 1.
        return rest(self._margin, default * (1 + self.lending_rate - self.recovery), self.lending_rate)

    def approves(self, default_probability: Amount) -> Amount:
        """Who gets a loan: everybody up to :attr:`cut_off`, itself included."""
        return np.greater_equal(self.expected_profit(default_probability), 0)

    @property
    def cut_off(self) -> Amount:
        """The largest probability of default that gets a loan: ``(r_loan − r_deposit − cost)/(1 + r_loan − recovery)``.

        Below 0 nobody gets one. Where a default costs nothing (no interest, all recovered) everybody gets one: it is 1.
        """
        lost, margin = 1 + self.lending_rate - self.recovery, self._margin
        free = np.where(np.less(margin, 0), margin, 1.0)
        return plain(np.where(np.greater(lost, 0), np.divide(margin, np.where(np.greater(lost, 0), lost, 1.0)), free))

    @property
    def _margin(self) -> Amount:
        """What a loan that is paid back earns (ratio per year)."""
        return rest(self.lending_rate, self.deposit_rate + self.cost)


class _State(NamedTuple):
    reserves: Amount
    deposits: FrozenDict[str, Amount]
    loans: FrozenDict[str, Amount]
    scoring: CreditScoring
    reserve_ratio: Amount


class Bank(Parts, _State):
    """A bank: depositors trust it, borrowers are chosen by it, and the spread between its two rates is its income.

    Args:
        equity: the owners' money (USD), >= 0.
        deposit_rate: what depositors earn (ratio per year), >= 0.
        lending_rate: what borrowers pay (ratio per year), >= 0.
        recovery: part of a loan that is got back after a default, in [0, 1].
        cost: of checking and serving a loan (ratio of the loan, per year), >= 0.
        reserve_ratio: part of the deposits that must stay as cash, in [0, 1].

    Amounts and rates may be arrays with one entry per scenario. Interest is compounded once a year, so that the
    length of a step changes nothing; costs are counted on the loans at the beginning of a step.

    Raises:
        ValueError: an argument outside its range.
    """

    __slots__ = ()

    def __new__(
        cls,
        equity: Amount,
        deposit_rate: Amount,
        lending_rate: Amount,
        recovery: Amount = 0.4,
        cost: Amount = 0.0,
        reserve_ratio: Amount = 0.1,
    ) -> Self:
        """Check the arguments and open the bank."""
        scoring = CreditScoring(lending_rate, deposit_rate, recovery, cost)
        equity, reserve_ratio = non_negative("equity", equity), between("reserve_ratio", reserve_ratio, 0.0, 1.0)
        broadcastable(equity=equity, reserve_ratio=reserve_ratio, lending_rate=lending_rate, deposit_rate=deposit_rate)
        return super().__new__(cls, kept(equity), FrozenDict(), FrozenDict(), scoring, kept(reserve_ratio))

    @property
    def spread(self) -> Amount:
        """Lending rate less deposit rate (ratio per year)."""
        return self.scoring.lending_rate - self.scoring.deposit_rate

    @property
    def all_deposits(self) -> Amount:
        """What the bank owes (USD)."""
        return sum(self.deposits.values(), 0.0)

    @property
    def all_loans(self) -> Amount:
        """What the bank is owed (USD)."""
        return sum(self.loans.values(), 0.0)

    @property
    def equity(self) -> Amount:
        """What belongs to the owners (USD); below 0 the bank is insolvent and depositors bear the rest."""
        return self.reserves + self.all_loans - self.all_deposits

    @property
    def lendable(self) -> Amount:
        """What the bank may lend now (USD): cash above the reserve that deposits demand."""
        return plain(np.maximum(rest(self.reserves, self.reserve_ratio * self.all_deposits), 0.0))

    def deposit(self, user: str, amount: Amount) -> BankChange:
        """Bring ``amount`` (USD, >= 0) to the bank.

        Raises:
            ValueError: a negative amount.
        """
        amount = kept(non_negative("amount", amount))
        bank = self._with_deposit(user, self.deposits.get(user, 0.0) + amount, cash=amount)
        return BankChange(self, bank, amount, _swap(user, BANK, amount, supply_token(CURRENCY), "deposit"))

    def withdraw(self, user: str, amount: Amount | None = None) -> BankChange:
        """Take ``amount`` (USD; by default all) from a deposit; in a run the cash ends before the claims.

        Raises:
            ValueError: an unknown user, more than its deposit, or more than the bank has in cash.
        """
        balance = _known(self.deposits, "user", user)
        most = plain(np.minimum(balance, self.reserves))
        amount = kept(within("amount", balance if amount is None else amount, 0.0, most))
        bank = self._with_deposit(user, rest(balance, amount), cash=-amount)
        return BankChange(self, bank, amount, _swap(BANK, user, amount, supply_token(CURRENCY), "withdraw"))

    def lend(self, user: str, amount: Amount, default_probability: Amount) -> BankChange:
        """Apply for a loan of ``amount`` (USD, >= 0); the amount of the record is 0 where the bank refuses.

        Args:
            user: who applies.
            amount: USD, up to what the bank may lend.
            default_probability: what the bank knows or guesses, per year, in [0, 1].

        Raises:
            ValueError: an argument outside its range.
        """
        amount = kept(within("amount", amount, 0.0, self.lendable, self.reserves))
        granted = plain(np.where(self.scoring.approves(default_probability), amount, 0.0))
        bank = self._with_loan(user, self.loans.get(user, 0.0) + granted, cash=-granted)
        return BankChange(self, bank, granted, _swap(BANK, user, granted, debt_token(CURRENCY), "lend"))

    def repay(self, user: str, amount: Amount | None = None) -> BankChange:
        """Pay ``amount`` (USD; by default all) of a loan back.

        Raises:
            ValueError: an unknown user, or more than it owes.
        """
        loan = _known(self.loans, "user", user)
        amount = kept(within("amount", loan if amount is None else amount, 0.0, loan))
        bank = self._with_loan(user, rest(loan, amount), cash=amount)
        return BankChange(self, bank, amount, _swap(user, BANK, amount, debt_token(CURRENCY), "repay"))

    def default(self, user: str) -> BankChange:
        """The borrower does not repay: the bank gets the recovery and writes the rest off.

        Raises:
            ValueError: an unknown user.
        """
        loan = _known(self.loans, "user", user)
        recovered = loan * self.scoring.recovery
        loss = Transfer(BANK, user, loan - recovered, debt_token(CURRENCY), "default")
        moved = (*_swap(user, BANK, recovered, debt_token(CURRENCY), "repay"), loss)
        return BankChange(self, self._with_loan(user, 0.0 * loan, cash=recovered), recovered, actual(moved))

    def advance(self, seconds: Amount) -> BankChange:
        """Let time pass (seconds, >= 0): interest is added to deposits and loans, and the bank pays its costs.

        Raises:
            ValueError: a negative duration, or costs that the bank has no cash for.
        """
        years = non_negative("seconds", seconds) / SECONDS_PER_YEAR
        with np.errstate(over="ignore"):
            earned = finite("interest", np.expm1(years * np.log1p(self.scoring.deposit_rate)))
            due = finite("interest", np.expm1(years * np.log1p(self.scoring.lending_rate)))
        costs = self.all_loans * self.scoring.cost * years
        fulfilled("costs", costs, reaches(self.reserves, costs), "is what the bank has in cash")
        bank = self._replace(
            reserves=rest(self.reserves, costs),
            deposits=FrozenDict({user: amount * (1 + earned) for user, amount in self.deposits.items()}),
            loans=FrozenDict({user: amount * (1 + due) for user, amount in self.loans.items()}),
        )
        moved = [Transfer(BANK, u, d * earned, supply_token(CURRENCY), "interest") for u, d in self.deposits.items()]
        moved += [Transfer(u, BANK, loan * due, debt_token(CURRENCY), "interest") for u, loan in self.loans.items()]
        moved.append(Transfer(BANK, "staff", costs, CURRENCY, "cost"))
        return BankChange(self, bank, costs, actual(moved))

    def _with_deposit(self, user: str, amount: Amount, cash: Amount) -> Self:
        deposits = self.deposits | {user: amount}
        return self._replace(reserves=self._with_cash(cash), deposits=deposits)

    def _with_loan(self, user: str, amount: Amount, cash: Amount) -> Self:
        return self._replace(reserves=self._with_cash(cash), loans=self.loans | {user: amount})

    def _with_cash(self, cash: Amount) -> Amount:
        return finite("reserves", rest(self.reserves, -cash))


class BankChange(NamedTuple):
    """What happened in a transition of the bank."""

    before: Bank
    bank: Bank  #: the bank after
    amount: Amount  #: cash that moved (USD)
    transfers: tuple[Transfer, ...]

    @property
    def after(self) -> Bank:
        """The bank after."""
        return self.bank


def _known(accounts: Mapping[str, Amount], name: str, user: str) -> Amount:
    if user not in accounts:
        names = ", ".join(map(repr, accounts)) or "none yet"
        raise ValueError(f"{name} = {user!r} has no account of this kind: allowed are {names}")
    return accounts[user]


def _swap(payer: str, payee: str, amount: Amount, claim: str, reason: str) -> tuple[Transfer, ...]:
    """Money one way, and the claim that it creates or settles the other way."""
    return actual((Transfer(payer, payee, amount, CURRENCY, reason), Transfer(payee, payer, amount, claim, reason)))
