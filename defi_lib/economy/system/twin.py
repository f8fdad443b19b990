"""The same people on the same shocks with an exchange, a bank, a broker and a payment firm."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.economy.system.book import SystemBook
from defi_lib.economy.system.lending_days import loan_ratio
from defi_lib.economy.system.people import People, gather_people, weights
from defi_lib.economy.system.setting import REMEDIES, SystemSetting
from defi_lib.economy.system.token_days import token_days
from defi_lib.economy.system.world import SystemWorld
from defi_lib.economy.system.year import book_token, check_length, close_firms, ownership
from defi_lib.ledger import OUTSIDE

Array = NDArray[np.float64]

_FIRMS = ("exchange", "bank", "broker", "payment firm")
_SAVERS = ("provider", "active", "lender", "farmer", "staker")
_PUT_TO_WORK = ("trader", "borrower", "holder", *_SAVERS)


class TwinYear(NamedTuple):
    """What a year of the twin left; USD, and one per seed unless it says so."""

    book: SystemBook
    people: People
    profit: Array  #: of each person, seeds × people
    benefit: Array  #: what trades, payments and loans were worth to each person, before their cost, seeds × people
    volume: Array  #: traded in all
    payments: Array  #: sent in all
    loan_years: Array  #: lent in all, dollars times years

    @property
    def worth(self) -> Array:
        """Profit and what the services were worth to each person, seeds × people."""
        return self.profit + self.benefit


def twin_year(world: SystemWorld, setting: SystemSetting | None = None) -> TwinYear:
    """A year of the same people and *wishes* with ordinary firms: no gas, no searchers, but spreads and shareholders.

    Who wishes to provide, lend, farm or stake has a savings account, the more skilled half a Treasury bill. Remedies
    change nothing here. Who lacks papers is shut out, and a broker lends to nobody below its least account.

    Args:
        world: the draws, the same as of :func:`~defi_lib.economy.system_year`.
        setting: parameters; by default today's.

    Raises:
        ValueError: an array in the setting whose length is not the number of seeds.
    """
    setting = (setting or SystemSetting()).with_changes(**dict.fromkeys(REMEDIES, 0.0))
    check_length(world, setting)
    people = _customers(world, setting)
    book, owners, beside = SystemBook(people.role), ownership(people, setting), setting.beside_people
    fee = beside("exchange_fee") + beside("half_spread")
    traded = people.wished_volume * people.served * np.exp(-fee / beside("give_up"))
    book.pay("trading fees", (traded * fee).sum(axis=1), weights(traded), "exchange")
    sent = beside("payments") * people.wealth * people.is_("payer")
    sent = np.asarray(sent * np.exp(-beside("ordinary") / beside("give_up_payment")))
    book.pay("payments", (sent * beside("ordinary")).sum(axis=1), weights(sent), "payment firm")
    _book_bank(book, people, setting)
    debt = _book_loans(book, world, people, setting)
    _book_losses(book, world, people, setting)
    if np.any(setting["twin_token"]):
        _book_listed_token(book, world, people, setting)
    close_firms(book, _FIRMS, owners, setting)
    benefit = traded * (fee + beside("give_up")) + sent * (beside("ordinary") + beside("give_up_payment"))
    benefit = benefit + debt * beside("loan_worth")
    sums = traded.sum(axis=1), sent.sum(axis=1), debt.sum(axis=1)
    return TwinYear(book, people, book.profit(), np.asarray(benefit), *sums)


def _customers(world: SystemWorld, setting: SystemSetting) -> People:
    """The same people, served by who has papers and enough money instead of by who has skill and pays gas."""
    people = gather_people(world, setting)
    served = world.draw("papers") >= setting.beside_people("no_papers")
    served &= ~people.wishes("borrower") | (people.wealth >= setting.beside_people("least_loan"))
    return people._replace(served=served)


def _book_bank(book: SystemBook, people: People, setting: SystemSetting) -> None:
    """The bank earns what a Treasury bill pays on savings and current accounts, and pays savers less."""
    saved = people.deployed * people.is_(*_SAVERS)
    at_bank = saved * (people.own_skill < 0.5)
    current = setting["coins_held"] * (people.wealth * people.served).sum(axis=1)
    book.pay("interest", setting["bill"] * (at_bank.sum(axis=1) + current), OUTSIDE, "bank")
    book.pay("interest", setting["savings"] * at_bank.sum(axis=1), "bank", weights(at_bank))
    bills = saved - at_bank
    book.pay("interest", setting["bill"] * bills.sum(axis=1), OUTSIDE, weights(bills))


def _book_loans(book: SystemBook, world: SystemWorld, people: People, setting: SystemSetting) -> Array:
    """The broker lends against the same collateral, at a Treasury bill and its margin; returns what is lent."""
    debt: Array = people.deployed * people.is_("borrower") * loan_ratio(world, setting)
    total = debt.sum(axis=1)
    book.pay("interest", setting["bill"] * total, weights(debt), OUTSIDE)
    book.pay("interest", setting["broker_loan"] * total, weights(debt), "broker")
    return debt


def _book_losses(book: SystemBook, world: SystemWorld, people: People, setting: SystemSetting) -> None:
    """A custodian that fails with what traders and owners have there, and fraud."""
    there = people.deployed * people.is_("trader", "holder")
    fails = world.happens("custodian", setting["custodian_fails"])
    fails &= world.happens("customers", setting["reaches_customers"])
    lost = fails * (1 - setting["repaid"]) * there.sum(axis=1)
    book.pay("a custodian fails", lost, weights(there), "thieves")
    kept = people.deployed * people.is_(*_PUT_TO_WORK)
    rate = 2 * setting.beside_people("deceived") * setting.beside_people("twin_deceived")
    fraud = kept * (1 - people.own_skill) * rate
    book.pay("fraud", fraud.sum(axis=1), weights(fraud), "thieves")


def _book_listed_token(book: SystemBook, world: SystemWorld, people: People, setting: SystemSetting) -> None:
    """The same token launched on the exchange: the same insiders, buyers and prices, and no vote for users.

    With ``twin_gift`` the same part of the tokens is given to all customers; with ``twin_rewards`` the same farmers get
    the same emission, beside their interest, and owners get the grants by their tokens.
    """
    gift, rewards = setting["twin_gift"], setting["twin_rewards"]
    listed = setting.with_changes(
        turnout=0.0,
        airdrop=gift * setting["airdrop"],
        emission=rewards * setting["emission"],
        grants=rewards * setting["grants"],
    )
    book_token(book, people, listed, token_days(world, listed, people))
