"""Which loans are worth a lender's while: a fixed cost for each loan forbids the small ones, whatever the need.

Everything is an expectation over many equal borrowers: a part of them fails, and pays back a part of the sum lent.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.ledger.transfer import OUTSIDE, Transfer, actual
from defi_lib.rounding import Truth, below, same
from defi_lib.validation import Amount, between, broadcastable, non_negative, plain, positive, representable


class SmallLoan(NamedTuple):
    """What one loan moves on average over many borrowers (dollars)."""

    lent: Amount
    made: Amount  #: what the borrower has of it at the end of the term
    repaid: Amount  #: what of that the lender gets, interest and what failed borrowers pay back
    due: Amount  #: what the lender owes for the money, its interest included
    fixed_cost: Amount  #: of making, paying out and collecting the loan

    @property
    def profit(self) -> Amount:
        """Of the lender; below 0 it is not lent."""
        return plain(np.subtract(self.repaid, np.add(self.due, self.fixed_cost)))

    @property
    def kept(self) -> Amount:
        """The borrower's surplus; below 0 he does not want the loan."""
        return plain(np.subtract(self.made, self.repaid))

    @property
    def surplus(self) -> Amount:
        """Of both together: it does not depend on the rate, which only divides it."""
        return plain(np.subtract(self.made, np.add(self.due, self.fixed_cost)))

    @property
    def given(self) -> Truth:
        """Whether lender and borrower both agree; who gains nothing still does."""
        lends = ~_less(self.repaid, np.add(self.due, self.fixed_cost))
        return _truth(lends & ~_less(self.made, self.repaid))

    @property
    def worth_while(self) -> Truth:
        """Whether the two together gain, so that some rate suits both, asked or not."""
        return _truth(~_less(self.made, np.add(self.due, self.fixed_cost)))

    def transfers(
        self,
        lender: str = "lender",
        borrower: str = "borrower",
        funder: str = "funder",
        clerk: str = "clerk",
        asset: str = "USD",
    ) -> tuple[Transfer, ...]:
        """The loan's way from the funder and back; the borrower's trade brings what he makes from outside."""
        return actual(
            (
                Transfer(funder, lender, self.lent, asset, "funding"),
                Transfer(lender, borrower, self.lent, asset, "loan"),
                Transfer(lender, clerk, self.fixed_cost, asset, "cost of the loan"),
                Transfer(borrower, OUTSIDE, self.lent, asset, "spent on the trade"),
                Transfer(OUTSIDE, borrower, self.made, asset, "made by the trade"),
                Transfer(borrower, lender, self.repaid, asset, "repayment"),
                Transfer(lender, funder, self.due, asset, "money and its interest"),
            )
        )


@representable
def lend_small(
    loan: Amount,
    rate: Amount,
    money_cost: Amount,
    default: Amount,
    fixed_cost: Amount,
    gain: Amount,
    *,
    years: Amount = 1.0,
    recovered: Amount = 0.0,
) -> SmallLoan:
    """A loan of one size, on average over many borrowers: who gains what, and whether it is given.

    Of the loan a borrower makes ``1 + gT`` a dollar and pays ``1 + rT``; who fails makes, and pays, ``ρ`` a dollar.

    Args:
        loan: dollars, >= 0.
        rate: simple interest of the loan a year, >= 0.
        money_cost: what the lender pays a year for the money, >= 0.
        default: chance that a borrower fails, in [0, 1].
        fixed_cost: of each loan, whatever its size (dollars), >= 0.
        gain: what the borrower's trade earns a year, or the dearer loan costs that it replaces, >= 0.
        years: term, > 0; interest is due once, at its end.
        recovered: part of the sum lent that a failed borrower pays back, in [0, 1].

    Raises:
        ValueError: an argument outside its range, shapes that do not fit together, or beyond what a float can hold.

    >>> loan = lend_small(200.0, rate=0.24, money_cost=0.06, default=0.04, fixed_cost=30.0, gain=0.60)
    >>> round(loan.profit, 2), round(loan.kept, 2), loan.given, loan.worth_while
    (-3.92, 69.12, False, True)
    """
    loan, fixed_cost = non_negative("loan", loan), non_negative("fixed_cost", fixed_cost)
    gain = non_negative("gain", gain)
    paid, owed = _per_dollar(rate, money_cost, default, years, recovered)
    broadcastable(loan=loan, fixed_cost=fixed_cost, gain=gain, paid=paid, owed=owed)
    made = _expected(gain, default, years, recovered)
    amounts = (loan, np.multiply(loan, made), np.multiply(loan, paid), np.multiply(loan, owed), fixed_cost)
    return SmallLoan(*(plain(np.array(each, dtype=float)) for each in np.broadcast_arrays(*amounts)))


@representable
def loan_margin(
    rate: Amount, money_cost: Amount, default: Amount, years: Amount = 1.0, recovered: Amount = 0.0
) -> Amount:
    """What each dollar lent leaves before the fixed cost: ``(1 − d)(1 + rT) + dρ − (1 + cT)``; may be below 0.

    Arguments as in :func:`lend_small`. A margin within rounding of nothing is nothing.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> round(loan_margin(0.24, 0.06, 0.04), 4), loan_margin(0.06, 0.06, 0.0)
    (0.1304, 0.0)
    """
    paid, owed = _per_dollar(rate, money_cost, default, years, recovered)
    return plain(np.where(same(paid, owed), 0.0, np.subtract(paid, owed)))


def break_even_loan(
    fixed_cost: Amount,
    rate: Amount,
    money_cost: Amount,
    default: Amount,
    years: Amount = 1.0,
    recovered: Amount = 0.0,
) -> Amount:
    """The smallest loan that pays its lender: ``F / ((1 − d)(1 + rT) + dρ − (1 + cT))``.

    Infinite where no loan pays, however large: where a dollar leaves no margin, and there is a fixed cost to earn.
    Without fixed cost every loan pays (0) if the margin is at least nothing, and none if it is below.

    Arguments as in :func:`lend_small`. Source: the expected profit set to nothing; money cost, default and cost of
    operation as in Rosenberg et al., *Microcredit Interest Rates and Their Determinants* (CGAP, 2013).

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> round(break_even_loan(30.0, 0.24, 0.06, 0.04), 2), round(break_even_loan(5.0, 0.24, 0.06, 0.04), 2)
    (230.06, 38.34)
    >>> break_even_loan(30.0, 0.24, 0.06, 0.20)
    inf
    """
    fixed_cost = non_negative("fixed_cost", fixed_cost)
    margin = np.asarray(loan_margin(rate, money_cost, default, years, recovered))
    broadcastable(fixed_cost=fixed_cost, margin=margin)
    with np.errstate(over="ignore"):
        loan = np.divide(fixed_cost, np.where(margin > 0, margin, 1.0))
    free = (margin == 0) & np.equal(fixed_cost, 0)
    return plain(np.where((margin > 0) | free, loan, np.inf))


def break_even_rate(
    loan: Amount,
    fixed_cost: Amount,
    money_cost: Amount,
    default: Amount,
    years: Amount = 1.0,
    recovered: Amount = 0.0,
) -> Amount:
    """The rate a year at which a loan of one size just pays: ``(F/L + cT + d(1 − ρ))/((1 − d)T)``.

    Infinite where all borrowers fail and the loan costs anything. Arguments as in
    :func:`lend_small`, with ``loan`` > 0. Two parties agree where it is at most what the borrower gains a year.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> round(break_even_rate(200.0, 30.0, 0.06, 0.04), 4), round(break_even_rate(20_000.0, 30.0, 0.06, 0.04), 4)
    (0.2604, 0.1057)
    """
    loan, fixed_cost = positive("loan", loan), non_negative("fixed_cost", fixed_cost)
    short = -np.asarray(loan_margin(0.0, money_cost, default, years, recovered))
    broadcastable(loan=loan, fixed_cost=fixed_cost, margin=short)
    repaying = np.subtract(1.0, default) * years
    with np.errstate(over="ignore"):
        wanted = short + np.divide(fixed_cost, loan)
        rate = wanted / np.where(repaying > 0, repaying, 1.0)
    return plain(np.where((repaying > 0) | (wanted == 0), rate, np.inf))


def cost_by_code(tasks: Amount, removed: Amount, added: Amount = 0.0) -> Amount:
    """The fixed cost of a loan when code does a part of each task: ``Σ tᵢ(1 − qᵢ) + a``.

    Args:
        tasks: dollars a loan for each task (finding, judging, paying out, collecting), along the last axis, >= 0.
        removed: part of each that code removes, in [0, 1]; a number, or one per task.
        added: what code itself costs a loan, such as gas (dollars), >= 0; a number, or one per scenario.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> cost_by_code([8.0, 10.0, 4.0, 8.0], [0.0, 0.5, 1.0, 0.25], added=1.0)
    20.0
    """
    tasks, removed = np.asarray(non_negative("tasks", tasks)), between("removed", removed, 0.0, 1.0)
    added = non_negative("added", added)
    broadcastable(tasks=tasks, removed=removed)
    left = np.atleast_1d(tasks * (1.0 - np.asarray(removed))).sum(axis=-1)
    broadcastable(**{"tasks, added up": left, "added": added})
    return plain(left + added)


def removal_needed(
    loan: Amount,
    fixed_cost: Amount,
    rate: Amount,
    money_cost: Amount,
    default: Amount,
    years: Amount = 1.0,
    recovered: Amount = 0.0,
) -> Amount:
    """The part of the fixed cost that has to go before a loan of one size pays: ``1 − L·m/F``, at least 0.

    Above 1 no code is enough: the loan loses money without any fixed cost (infinite if there is none to remove).
    Arguments as in :func:`lend_small`.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> round(removal_needed(200.0, 30.0, 0.24, 0.06, 0.04), 4), removal_needed(231.0, 30.0, 0.24, 0.06, 0.04)
    (0.1307, 0.0)
    """
    loan, fixed_cost = non_negative("loan", loan), np.asarray(non_negative("fixed_cost", fixed_cost))
    margin = loan_margin(rate, money_cost, default, years, recovered)
    broadcastable(loan=loan, fixed_cost=fixed_cost, margin=margin)
    earned = np.multiply(loan, margin)
    with np.errstate(over="ignore"):
        part = 1.0 - earned / np.where(fixed_cost > 0, fixed_cost, 1.0)
    free = np.where(earned < 0, np.inf, 0.0)
    return plain(np.where(fixed_cost > 0, np.where(same(earned, fixed_cost), 0.0, np.maximum(part, 0.0)), free))


def _per_dollar(
    rate: Amount, money_cost: Amount, default: Amount, years: Amount, recovered: Amount
) -> tuple[Amount, Amount]:
    """What a dollar lent brings back on average, and what it owes."""
    rate, money_cost = non_negative("rate", rate), non_negative("money_cost", money_cost)
    default, recovered = between("default", default, 0.0, 1.0), between("recovered", recovered, 0.0, 1.0)
    years = positive("years", years)
    broadcastable(rate=rate, money_cost=money_cost, default=default, years=years, recovered=recovered)
    return _expected(rate, default, years, recovered), _grown(money_cost, years)


def _expected(rate: Amount, default: Amount, years: Amount, recovered: Amount) -> Amount:
    return plain(np.subtract(1.0, default) * np.asarray(_grown(rate, years)) + np.multiply(default, recovered))


def _grown(rate: Amount, years: Amount) -> Amount:
    return plain(1.0 + np.multiply(rate, years))


def _less(first: Amount, second: Amount) -> NDArray[np.bool_]:
    return np.asarray(below(first, second))


def _truth(value: NDArray[np.bool_]) -> Truth:
    return bool(value) if np.ndim(value) == 0 else value
